/* gradcheck.c -- `s2s gradcheck`: analytic against numeric gradients of the user's own graph, by the double-precision twin. */
#include "train/gradcheck.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "experiments/cli/load.h"

static const s2s_option options[] = {
    { "examples", "N", "of the training data (default: 8)", NULL },
    { "entries", "N", "of each weight; 0: all (default: 200)", NULL },
    { "tolerance", "X", "error allowed, as a share of the weight's largest gradient (default: 1e-6)", NULL },
    S2S_OPTION_THREADS,
    S2S_OPTION_END
};

#ifndef S2S_DOUBLE

/* The twin stands beside this program and gets the same words. Comes back only when it cannot be started. */
static s2s_status run(const s2s_line *line, s2s_error_list *errors)
{
    char        program[4096];
    ssize_t     length = readlink("/proc/self/exe", program, sizeof program - sizeof "-double");
    char       *words[line->argc + 2];
    s2s_error   err;

    if (length > 0) {
        memcpy(program + length, "-double", sizeof "-double");
        words[0] = program;
        for (int i = 0; i <= line->argc; i++)
            words[i + 1] = line->argv[i];
        fflush(line->terminal->out);
        execv(program, words);
    }
    s2s_fail_errno(&err, S2S_FAILED, "cannot start the double-precision twin '%s'", length > 0 ? program : "s2s-double");
    return s2s_errors_take(errors, &err);
}

#else

static void print_rows(const s2s_line *line, const s2s_gradcheck_row *rows, int count)
{
    FILE *stream = line->terminal->out;

    fprintf(stream, "%-40s %10s %8s %16s %16s %10s\n", "weight", "checked", "kinks", "analytic", "numeric", "error");
    for (int i = 0; i < count; i++) {
        const char *verdict = rows[i].passed ? "ok" : rows[i].checked > 0 ? "WRONG" : "not checked";

        fprintf(stream, "%-40s %10lld %8lld %16.8e %16.8e %10.1e %s\n", rows[i].weight, (long long)rows[i].checked,
                (long long)rows[i].skipped, rows[i].analytic, rows[i].numeric, rows[i].error, verdict);
    }
}

static s2s_status read_options(const s2s_line *line, s2s_gradcheck_options *ret, s2s_error *err)
{
    const char *tolerance = s2s_line_option(line, "tolerance");

    ret->tolerance = 1e-6;
    if (tolerance != NULL && (!s2s_text_to_real(s2s_text_of(tolerance), &ret->tolerance) || !(ret->tolerance > 0)))
        return s2s_fail(err, S2S_USAGE, "--tolerance: expected a number above 0, got '%s'", tolerance);
    S2S_TRY(s2s_line_number(line, "examples", 1, 1000000, 8, &ret->examples, err));
    return s2s_line_number(line, "entries", 0, INT64_MAX, 200, &ret->entries, err);
}

static s2s_status check(const s2s_line *line, s2s_experiment *experiment, s2s_error *err)
{
    s2s_trainer_setup setup = {
        .graph = experiment->graph, .options = &experiment->options->train, .dataset = experiment->dataset,
        .seed = (uint64_t)experiment->options->seed, .arena = line->arena,
    };
    s2s_gradcheck_options how;
    s2s_gradcheck_row    *rows;
    int64_t checked = 0;
    int count, wrong = 0;

    S2S_TRY(read_options(line, &how, err));
    S2S_TRY(s2s_line_threads(line, &setup.threads, err));
    S2S_TRY(s2s_gradcheck(&setup, &how, &rows, &count, err));
    for (int i = 0; i < count; i++) {
        wrong += !rows[i].passed && rows[i].checked > 0;
        checked += rows[i].checked;
    }
    if (!line->quiet)
        print_rows(line, rows, count);
    if (wrong > 0)
        return s2s_fail(err, S2S_FAILED, "%d of %d weights have a gradient that differs by more than %g", wrong, count, how.tolerance);
    if (checked == 0)
        return s2s_fail(err, S2S_FAILED, "nothing could be checked: all that was looked at lies at a kink, or the tolerance is too small");
    return S2S_OK;
}

static s2s_status run(const s2s_line *line, s2s_error_list *errors)
{
    s2s_experiment *experiment;
    s2s_error       err;

    S2S_TRY(s2s_line_load(line, true, &experiment, errors));
    return check(line, experiment, &err) == S2S_OK ? S2S_OK : s2s_errors_take(errors, &err);
}

#endif

const s2s_command s2s_command_gradcheck = { .options = options, .least = 1, .most = 1, .settings = true, .run = run };
