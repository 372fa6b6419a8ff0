/* sweep.c -- `s2s sweep`. */
#include "experiments/sweep.h"

#include "experiments/cli/command.h"
#include "experiments/cli/interrupt.h"

static const s2s_option options[] = {
    { "resume", NULL, "go on with a sweep: the last one of CONFIG's name, or the directory named in its place", NULL },
    { "parallel", "N", "trials at a time (default: as many as there are cores for)", NULL },
    { "threads", "N", "threads within each trial (default: 1)", NULL },
    S2S_OPTION_END
};

static s2s_status run(const s2s_line *line, s2s_error_list *errors)
{
    enum { MOST = 1024 };
    s2s_sweep_request request = {
        .source = line->word[0], .settings = line->setting, .setting_count = (size_t)line->setting_count,
        .resume = s2s_line_option(line, "resume") != NULL, .terminal = line->terminal,
    };
    int64_t   parallel, threads;
    s2s_error err = { 0 };

    if (s2s_line_number(line, "parallel", 1, MOST, 0, &parallel, &err) != S2S_OK || s2s_line_number(line, "threads", 1, MOST, 1, &threads, &err) != S2S_OK)
        return s2s_errors_take(errors, &err);
    request.parallel = (int)parallel;
    request.threads = (int)threads;
    request.interrupted = s2s_interrupt_listen();
    return s2s_sweep_run(&request, errors);
}

const s2s_command s2s_command_sweep = { .options = options, .least = 1, .most = 1, .settings = true, .run = run };
