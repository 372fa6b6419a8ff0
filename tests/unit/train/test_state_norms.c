/* test_state_norms.c -- norms of dL/dh_t against what a linear recurrence must give. */
#include <criterion/criterion.h>
#include <math.h>

#include "experiments/experiment.h"
#include "train/state_norms.h"

static s2s_arena *arena;
static void begin(void) { arena = s2s_arena_create(); }
static void end(void) { s2s_arena_free(arena); }

TestSuite(state_norms, .init = begin, .fini = end);

static s2s_experiment *load(const char *text)
{
    s2s_error_list  errors = { .arena = arena };
    s2s_experiment *experiment;

    cr_assert(s2s_experiment_parse(s2s_text_of(text), "test", NULL, 0, arena, &experiment, &errors) == S2S_OK, "%s",
              errors.count ? errors.item[0].message : "");
    cr_assert(s2s_experiment_open(experiment, &errors) == S2S_OK);
    return experiment;
}

static s2s_state_norms *measure(const s2s_experiment *experiment, int64_t examples, int *count)
{
    const s2s_trainer_setup setup = { .graph = experiment->graph, .options = &experiment->options->train, .dataset = experiment->dataset,
                                      .seed = 1, .threads = 2, .arena = arena };
    s2s_trainer     *trainer;
    s2s_state_norms *norms;

    cr_assert(s2s_trainer_create(&setup, &trainer, NULL) == S2S_OK);
    cr_assert(s2s_state_norms_measure(trainer, &experiment->dataset->split[S2S_TRAIN], examples, arena, &norms, count, NULL) == S2S_OK);
    return norms;
}

/* h_t = h_{t-1}/2 + ..., linear: each step back halves the gradient. Batches and shards must not matter. */
Test(state_norms, a_linear_recurrence_halves_the_gradient_at_every_step)
{
    const s2s_experiment *experiment = load(
        "dataset: {type: adding_problem, steps: 6, samples: 200}\n"
        "model: {layers: [{type: SimpleRNN, name: r, units: 5, activation: linear, recurrent_initializer: {type: Identity, gain: 0.5}},\n"
        "                 {type: Dense, units: auto}]}\n"
        "train: {batch_size: 40, loss: mse, metrics: [mse]}\n");
    int count;
    const s2s_state_norms *norms = measure(experiment, 100, &count);

    cr_assert(count == 1 && norms[0].steps == 6);
    cr_assert(norms[0].norm[5] > 0);
    for (int t = 0; t < 5; t++)
        cr_assert(fabs(norms[0].norm[t] / norms[0].norm[t + 1] - 0.5) < 1e-5, "step %d: %g", t, norms[0].norm[t]);
}

/* With zero kernels the output is the bias, 0: dL/dy = 2 (0 - target), and dL/dh is that times the Dense kernel, here ones. */
Test(state_norms, the_last_step_has_the_gradient_of_the_loss)
{
    const s2s_experiment *experiment = load(
        "dataset: {type: adding_problem, steps: 4, samples: 20}\n"
        "model: {layers: [{type: SimpleRNN, units: 4, kernel_initializer: zeros}, {type: Dense, units: auto, kernel_initializer: ones}]}\n"
        "train: {batch_size: 10, loss: mse, metrics: [mse]}\n");
    const s2s_split *train = &experiment->dataset->split[S2S_TRAIN];
    double squares = 0;
    int    count;
    const s2s_state_norms *norms = measure(experiment, train->count, &count);

    for (int64_t i = 0; i < train->count; i++)
        squares += 4 * 4.0 * (double)train->target.x[i] * (double)train->target.x[i];
    cr_assert(fabs(norms[0].norm[3] - sqrt(squares / (double)train->count)) < 1e-5, "got %g", norms[0].norm[3]);
}

Test(state_norms, every_recurrent_layer_has_its_own)
{
    const s2s_experiment *experiment = load(
        "dataset: {type: copy, symbols: 3, min_length: 4, max_length: 4, samples: 20}\n"
        "model: {layers: [{type: GRU, units: 3, repeat: 2}, {type: RepeatVector, n: auto},\n"
        "                 {type: LSTM, units: 3, return_sequences: true}, {type: TimeDistributed, layer: {type: Dense, units: auto, activation: softmax}}]}\n"
        "train: {batch_size: 8}\n");
    int count;
    const s2s_state_norms *norms = measure(experiment, 18, &count);

    cr_assert(count == 3, "got %d", count);
    for (int i = 0; i < count; i++) {
        cr_assert(norms[i].steps == 4);
        for (int t = 0; t < 4; t++)
            cr_assert(norms[i].norm[t] > 0 && isfinite(norms[i].norm[t]));
    }
}
