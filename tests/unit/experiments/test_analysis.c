/* test_analysis.c -- an error analysis adds up to the metrics of the same predictions. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "experiments/analysis.h"
#include "experiments/experiment.h"

static s2s_arena *arena;
static void begin(void) { arena = s2s_arena_create(); }
static void end(void) { s2s_arena_free(arena); }

TestSuite(analysis, .init = begin, .fini = end);

typedef struct result { s2s_dataset *dataset; s2s_figures figures; s2s_analysis analysis; } result;

/* An untrained model over its training data. */
static result analyse(const char *config)
{
    s2s_error_list  errors = { .arena = arena };
    s2s_experiment *e;
    s2s_runner     *runner;
    result          r;

    cr_assert(s2s_experiment_parse(s2s_text_of(config), "test", NULL, 0, arena, &e, &errors) == S2S_OK, "%s",
              errors.count ? errors.item[0].message : "");
    cr_assert(s2s_experiment_open(e, &errors) == S2S_OK);
    r.dataset = e->dataset;
    const s2s_split *split = &e->dataset->split[S2S_TRAIN];
    s2s_runner_setup setup = { .graph = e->graph, .signature = &e->dataset->signature, .splits = &split, .split_count = 1, .batch_size = 32,
                               .threads = 2, .loss = e->options->train.loss, .arena = arena };

    cr_assert(s2s_train_metrics(&e->options->train, setup.signature, false, arena, &setup.metrics, NULL) == S2S_OK);
    cr_assert(s2s_runner_create(&setup, &runner, NULL) == S2S_OK);
    cr_assert(s2s_graph_initialize(e->graph, 1, s2s_runner_weights(runner), NULL) == S2S_OK);
    s2s_runner_ready(runner);
    cr_assert(s2s_runner_evaluate(runner, split, &r.figures, NULL) == S2S_OK);
    cr_assert(s2s_analysis_make(runner, e->dataset, split, arena, &r.analysis, NULL) == S2S_OK);
    return r;
}

static const s2s_analysis_table *table_named(const s2s_analysis *analysis, const char *title)
{
    for (size_t i = 0; i < analysis->count; i++)
        if (strcmp(analysis->table[i].title, title) == 0)
            return &analysis->table[i];
    cr_assert(0, "no table '%s'", title);
    return NULL;
}

/* The mean of a figure over all rows, and how much was counted. */
static double mean(const s2s_analysis_table *table, int figure, int64_t *count)
{
    double sum = 0;

    *count = 0;
    for (size_t i = 0; i < table->count; i++) {
        sum += table->row[i].figure[figure] * (double)table->row[i].count;
        *count += table->row[i].count;
    }
    return sum / (double)*count;
}

static void expect_mean(const result *r, const char *title, int figure, const char *metric)
{
    int64_t count;
    const double value = mean(table_named(&r->analysis, title), figure, &count), wanted = s2s_figures_get(&r->figures, metric);

    cr_assert(fabs(value - wanted) < 1e-12, "%s: %g, but %s is %g", title, value, metric, wanted);
    cr_assert(count > 0);
}

#define ADDITION "dataset: {type: addition, digits: 1, samples: 50, validation_split: 0.1}\n" \
    "model: {layers: [{type: SimpleRNN, units: 8}, {type: RepeatVector, n: auto}, {type: SimpleRNN, units: 8, return_sequences: true}," \
    " {type: TimeDistributed, layer: {type: Dense, units: auto, activation: softmax}}]}\n" \
    "train: {batch_size: 32, metrics: [accuracy, exact_match]}\n"

Test(analysis, an_additions_tables_add_up_to_its_metrics)
{
    const result r = analyse(ADDITION);

    expect_mean(&r, "exact match by digits of the longer number", 0, "exact_match");
    expect_mean(&r, "exact match by longest chain of carries", 0, "exact_match");
    expect_mean(&r, "exact match by length of the target", 0, "exact_match");
    expect_mean(&r, "accuracy by place in the output", 0, "accuracy");
    expect_mean(&r, "precision, recall and F1 by symbol", 1, "accuracy_padded");
}

Test(analysis, carries_are_counted_in_chains)
{
    const result r = analyse(ADDITION);
    int  wanted[S2S_TRAITS_MAX], longest = 0;
    s2s_split one;

    static const struct { const char *sum; int digits, chain; } cases[] = {
        { "1+2", 1, 0 }, { "5+5", 1, 1 }, { "9+9", 1, 1 }, { "0+0", 1, 0 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cr_assert(r.dataset->ops->encode(r.dataset, s2s_text_of(cases[i].sum), arena, &one, NULL) == S2S_OK);
        r.dataset->ops->classify(r.dataset, &one, 0, wanted);
        cr_assert(wanted[0] == cases[i].digits && wanted[1] == cases[i].chain, "%s: %d digits, chain of %d", cases[i].sum, wanted[0], wanted[1]);
        longest = wanted[1] > longest ? wanted[1] : longest;
    }
    cr_assert(longest == 1);
}

Test(analysis, a_taggers_tables_add_up_to_its_metrics)
{
    const result r = analyse("dataset: {type: pos_toy}\n"
                             "model: {layers: [{type: Embedding, output_dim: 8}, {type: GRU, units: 8, return_sequences: true},"
                             " {type: TimeDistributed, layer: {type: Dense, units: auto, activation: softmax}}]}\n"
                             "train: {batch_size: 2, metrics: [accuracy, exact_match]}\n");
    int64_t all = 0, symbols;
    double  on_diagonal = 0, total = 0;
    const s2s_matrix *confusion = r.analysis.confusion;

    expect_mean(&r, "exact match by length", 0, "exact_match");
    expect_mean(&r, "precision, recall and F1 by symbol", 1, "accuracy");
    mean(table_named(&r.analysis, "precision, recall and F1 by symbol"), 1, &symbols);
    mean(table_named(&r.analysis, "exact match by length"), 0, &all);
    cr_assert(all == r.figures.examples);
    for (size_t i = 0; i < confusion->count; i++)
        for (size_t j = 0; j < confusion->count; j++) {
            total += confusion->value[i * confusion->count + j];
            on_diagonal += i == j ? confusion->value[i * confusion->count + j] : 0;
        }
    cr_assert(total == (double)symbols);
    cr_assert(fabs(on_diagonal / total - s2s_figures_get(&r.figures, "accuracy")) < 1e-12);
}

Test(analysis, real_values_have_quantiles_that_rise)
{
    const result r = analyse("dataset: {type: adding_problem, steps: 5, samples: 200}\n"
                             "model: {layers: [{type: GRU, units: 4}, {type: Dense, units: auto}]}\n"
                             "train: {batch_size: 16, loss: mse, metrics: [mse, mae]}\n");
    const s2s_analysis_table *table = table_named(&r.analysis, "absolute error");

    cr_assert(table->count == 4 && table->row[3].count == 180);
    for (int i = 1; i < 4; i++)
        cr_assert(table->row[i].figure[0] >= table->row[i - 1].figure[0]);
    cr_assert(table->row[0].figure[0] < s2s_figures_get(&r.figures, "mae") * 2);
    cr_assert(r.analysis.confusion == NULL);
}
