/* report.c -- `s2s report`: one page of HTML. */
#include "experiments/report.h"

#include "experiments/cli/command.h"

static const s2s_option options[] = {
    { "out", "FILE", "the page to write (default: report.html)", NULL },
    { "metric", "NAME", "the figure by which runs are compared (default: the one that chooses `best`)", NULL },
    S2S_OPTION_THREADS,
    S2S_OPTION_END
};

static s2s_status report(const s2s_line *line, s2s_error *err)
{
    const char *out = s2s_line_option(line, "out") ? s2s_line_option(line, "out") : "report.html";
    s2s_report_request request = {
        .words = line->word, .count = (size_t)line->word_count, .metric = s2s_line_option(line, "metric"), .arena = line->arena,
    };

    S2S_TRY(s2s_line_threads(line, &request.threads, err));
    S2S_TRY(s2s_report_write(&request, out, err));
    fprintf(line->terminal->out, "%s\n", out);
    return S2S_OK;
}

static s2s_status run(const s2s_line *line, s2s_error_list *errors)
{
    s2s_error err;

    return report(line, &err) == S2S_OK ? S2S_OK : s2s_errors_take(errors, &err);
}

const s2s_command s2s_command_report = { .options = options, .least = 1, .most = -1, .run = run };
