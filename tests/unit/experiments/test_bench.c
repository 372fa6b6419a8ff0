/* test_bench.c -- what `bench` says of a small network whose products can be counted by hand. */
#include <criterion/criterion.h>
#include <math.h>

#include "experiments/bench.h"
#include "math/kernels.h"

static const char config[] =
    "dataset: {type: addition, digits: 1, samples: 50, validation_split: 0.2}\n"
    "model:\n"
    "  layers:\n"
    "    - {type: LSTM, units: 3}\n"
    "    - {type: RepeatVector, n: auto}\n"
    "    - {type: GRU, units: 2, return_sequences: true}\n"
    "    - {type: TimeDistributed, layer: {type: Dense, units: auto, activation: softmax}}\n"
    "train: {batch_size: 16, metrics: [exact_match], callbacks: [{type: EarlyStopping, patience: 1}]}\n";

/*
 * Multiply-adds for one sum, 3 symbols in and 2 of 12 out. LSTM: tokens are gathered, two steps have a state. GRU: the input is
 * constant, so it is multiplied once; the second step has a state. Training does everything three times: forward, gradients of
 * activations (the LSTM's symbols have none, but it has no product with them either) and gradients of weights.
 */
enum { PRODUCTS = 2 * (3 * 12) + 3 * 6 + 2 * 6 + 2 * (2 * 12) };

static s2s_bench measure(const char *key, const char *value)
{
    const s2s_setting setting = { .key = key, .value = value, .origin = S2S_ORIGIN_COMMAND_LINE };
    s2s_arena *arena = s2s_arena_create();
    s2s_error_list errors = { .arena = arena };
    s2s_experiment *experiment;
    s2s_bench bench;
    s2s_error err;

    cr_assert(s2s_kernels_choose(NULL));
    cr_assert(s2s_experiment_parse(s2s_text_of(config), "config.yaml", &setting, key ? 1 : 0, arena, &experiment, &errors) == S2S_OK);
    cr_assert(s2s_experiment_open(experiment, &errors) == S2S_OK);
    cr_assert(s2s_bench_run(experiment, 2, 0.02, &bench, &err) == S2S_OK, "%s", err.message);
    s2s_arena_free(arena);
    return bench;
}

static void expect_products(const s2s_bench_figures *f, double products, const char *what)
{
    const double each = f->gflops * 1e9 / 2 / f->samples_per_second;

    cr_expect(fabs(each - products) < 1e-6 * products, "%s: %g multiply-adds for an example, not %g", what, each, products);
    cr_expect(f->allocations == 0, "%s: %lld allocations", what, (long long)f->allocations);
    cr_expect(f->milliseconds_per_step > 0, "%s: a step takes %g ms", what, f->milliseconds_per_step);
}

Test(bench, counts_the_products_that_run)
{
    const s2s_bench bench = measure(NULL, NULL);

    expect_products(&bench.train, 3 * PRODUCTS, "training");
    expect_products(&bench.predict, PRODUCTS, "prediction");
    expect_products(&bench.predict_one, PRODUCTS, "one answer");
    cr_expect(bench.predict_one.batch == 1 && bench.train.batch == 16, "batches");
}

Test(bench, counts_no_gradients_that_nobody_wants)
{
    const s2s_bench bench = measure("model.layers.0.trainable", "false");

    /* Nothing goes back through the LSTM, nor to the constant that the GRU reads. */
    expect_products(&bench.train, 3 * PRODUCTS - 2 * 2 * (3 * 12) - 3 * 6, "training");
}

Test(bench, counts_the_first_step_where_its_state_is_learned)
{
    const s2s_bench bench = measure("model.layers.0.learned_initial_state", "true");

    expect_products(&bench.train, 3 * (PRODUCTS + 3 * 12), "training");
}

Test(bench, phases_are_shares)
{
    const s2s_bench bench = measure(NULL, NULL);
    double sum = 0;

    for (int i = 0; i < S2S_PHASE_COUNT; i++) {
        cr_expect(bench.phase[i] > 0, "nothing was spent on %s", s2s_phase_names[i]);
        sum += bench.phase[i];
    }
    cr_expect(fabs(sum - 1) < 1e-9, "phases add up to %g", sum);
    cr_expect(bench.peak_gflops > 0 && bench.peak_memory > 0, "peaks");
}
