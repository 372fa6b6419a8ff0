/* run.c -- `s2s run` and `s2s resume`. */
#include "experiments/run.h"

#include "experiments/cli/command.h"
#include "experiments/cli/interrupt.h"

static const s2s_option run_options[] = {
    { "out", "DIR", "the directory to make (default: runs/NAME-0001, the next free number)", NULL },
    S2S_OPTION_THREADS,
    S2S_OPTION_END
};

static const s2s_option resume_options[] = { S2S_OPTION_THREADS, S2S_OPTION_END };

static s2s_status train(const s2s_line *line, const char *out, s2s_status (*work)(const s2s_run_request *, s2s_error_list *),
                        s2s_error_list *errors)
{
    s2s_run_request request = {
        .source = line->word[0], .settings = line->setting, .setting_count = (size_t)line->setting_count, .out = out,
        .terminal = line->terminal,
    };
    s2s_error err;

    if (s2s_line_threads(line, &request.threads, &err) != S2S_OK)
        return s2s_errors_take(errors, &err);
    request.interrupted = s2s_interrupt_listen();
    return work(&request, errors);
}

static s2s_status run(const s2s_line *line, s2s_error_list *errors) { return train(line, s2s_line_option(line, "out"), s2s_run, errors); }

static s2s_status resume(const s2s_line *line, s2s_error_list *errors) { return train(line, NULL, s2s_resume, errors); }

const s2s_command s2s_command_run = { .options = run_options, .least = 1, .most = 1, .settings = true, .run = run };
const s2s_command s2s_command_resume = { .options = resume_options, .least = 1, .most = 1, .settings = true, .run = resume };
