/* plot.c -- `s2s plot`: pictures of runs and sweeps, on the terminal or as files. */
#include "experiments/plot.h"

#include "experiments/analysis.h"
#include "experiments/cli/command.h"
#include "experiments/curves.h"
#include "experiments/evaluation.h"
#include "experiments/gradients.h"

static const char *const kinds[] = { "curves", "scatter", "parallel", "confusion", "gradients", NULL };
enum { CURVES, SCATTER, PARALLEL, CONFUSION, GRADIENTS };
enum { EXAMPLES = 128 };

static const s2s_option options[] = {
    { "metric", "NAME", "a figure, or several with commas between (default: the one that chooses `best`)", NULL },
    { "kind", "KIND", "curves: figures by epoch (default); scatter: a key against the best figure; parallel: all keys side by side "
                      "(default for sweeps); confusion: symbols taken for others; gradients: norms at each time step", kinds },
    { "key", "KEY", "scatter: which key (default: the first that differs)", NULL },
    { "out", "FILE", "write a picture (.svg, .png) or the numbers (.csv) in place of drawing on the terminal", NULL },
    S2S_OPTION_CHECKPOINT,
    S2S_OPTION_THREADS,
    S2S_OPTION_END
};

static s2s_status plot_records(const s2s_line *line, int kind, s2s_error *err)
{
    const char *metric = s2s_line_option(line, "metric");
    const s2s_record *record;
    s2s_chart chart;
    size_t    count;

    S2S_TRY(s2s_records_read(line->word, (size_t)line->word_count, line->arena, &record, &count, err));
    if (count == 0)
        return s2s_fail(err, S2S_DATA, "there is no trial yet");
    if (kind == SCATTER)
        S2S_TRY(s2s_scatter_chart(record, count, s2s_line_option(line, "key"), metric, line->arena, &chart, err));
    else if (kind == PARALLEL)
        S2S_TRY(s2s_parallel_chart(record, count, metric, line->arena, &chart, err));
    else
        S2S_TRY(s2s_curves_chart(record, count, metric, line->arena, &chart, err));
    return s2s_plot_show(&chart, NULL, s2s_line_option(line, "out"), line->terminal, err);
}

static s2s_status plot_confusion(const s2s_line *line, s2s_error *err)
{
    s2s_evaluation_request request = {
        .run = line->word[0], .checkpoint = s2s_line_checkpoint(line), .split = S2S_VALIDATION, .arena = line->arena,
    };
    s2s_evaluation on;
    s2s_analysis   analysis;

    S2S_TRY(s2s_line_threads(line, &request.threads, err));
    S2S_TRY(s2s_evaluation_open(&request, &on, err));
    S2S_TRY(s2s_analysis_make(on.runner, &on.model->dataset, on.split, line->arena, &analysis, err));
    if (analysis.confusion == NULL)
        return s2s_fail(err, S2S_USAGE, "this model's answers are not symbols, or of too many kinds: there is no confusion to draw");
    return s2s_plot_show(NULL, analysis.confusion, s2s_line_option(line, "out"), line->terminal, err);
}

static s2s_status plot_gradients(const s2s_line *line, s2s_error *err)
{
    s2s_gradients_request request = {
        .source = line->word[0], .checkpoint = s2s_line_checkpoint(line), .examples = EXAMPLES, .terminal = line->terminal,
    };
    s2s_error_list errors = { .arena = line->arena };
    s2s_gradients  gradients;
    s2s_chart      chart;

    S2S_TRY(s2s_line_threads(line, &request.threads, err));
    if (s2s_gradients_measure(&request, line->arena, &gradients, &errors) != S2S_OK)
        return s2s_errors_first(&errors, err);
    S2S_TRY(s2s_gradients_chart(&gradients, line->arena, &chart, err));
    return s2s_plot_show(&chart, NULL, s2s_line_option(line, "out"), line->terminal, err);
}

static s2s_status plot(const s2s_line *line, s2s_error *err)
{
    int kind = s2s_line_choice(line, "kind");

    S2S_TRY(s2s_plot_check(s2s_line_option(line, "out"), err));
    if (kind < 0)
        kind = line->word_count == 1 && s2s_is_sweep(line->word[0]) ? PARALLEL : CURVES;
    if (kind >= CONFUSION && line->word_count > 1)
        return s2s_fail(err, S2S_USAGE, "--kind %s shows one run at a time", kinds[kind]);
    if (kind != SCATTER && s2s_line_option(line, "key") != NULL)
        return s2s_fail(err, S2S_USAGE, "--key belongs to --kind scatter");
    if (kind == CONFUSION)
        return plot_confusion(line, err);
    if (kind == GRADIENTS)
        return plot_gradients(line, err);
    return plot_records(line, kind, err);
}

static s2s_status run(const s2s_line *line, s2s_error_list *errors)
{
    s2s_error err;

    return plot(line, &err) == S2S_OK ? S2S_OK : s2s_errors_take(errors, &err);
}

const s2s_command s2s_command_plot = { .options = options, .least = 1, .most = -1, .run = run };
