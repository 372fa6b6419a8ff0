/* test_step.c -- a gradient that is not finite is found in every weight, and named, whatever the weights share. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "experiments/experiment.h"
#include "train/trainer_state.h"

static s2s_arena *arena;
static void begin(void) { arena = s2s_arena_create(); }
static void end(void) { s2s_arena_free(arena); }

TestSuite(step, .init = begin, .fini = end);

/* The second layer is frozen, and a penalty sets the last kernel apart from its neighbours. */
static s2s_trainer *trainer_of(const char *optimizer)
{
    static const char model[] =
        "dataset: {type: copy, symbols: 3, min_length: 4, max_length: 4, samples: 20}\n"
        "model: {layers: [{type: Embedding, output_dim: 3}, {type: GRU, units: 3}, {type: Dense, units: 3, trainable: false}, {type: RepeatVector, n: auto},\n"
        "                 {type: LSTM, units: 40, return_sequences: true},\n"
        "                 {type: TimeDistributed, layer: {type: Dense, units: auto, activation: softmax, kernel_regularizer: l2}}]}\n"
        "train: {batch_size: 8, optimizer: ";
    char              text[1024];
    s2s_error_list    errors = { .arena = arena };
    s2s_experiment   *e;
    s2s_trainer      *trainer;
    s2s_trainer_setup setup = { .seed = 1, .threads = 1, .arena = arena };

    snprintf(text, sizeof text, "%s%s}\n", model, optimizer);
    cr_assert(s2s_experiment_parse(s2s_text_of(text), "test", NULL, 0, arena, &e, &errors) == S2S_OK, "%s", errors.count ? errors.item[0].message : "");
    cr_assert(s2s_experiment_open(e, &errors) == S2S_OK);
    setup.graph = e->graph;
    setup.options = &e->options->train;
    setup.dataset = e->dataset;
    cr_assert(s2s_trainer_create(&setup, &trainer, NULL) == S2S_OK);
    return trainer;
}

/* The gradient of the first batch, with `value` added to element `at` beforehand. */
static s2s_status gradient_with(s2s_trainer *t, int64_t at, real value, s2s_error *err)
{
    static const int64_t examples[] = { 0, 1, 2, 3 };
    const s2s_engine_pass pass = { .training = true, .gradient_scale = 1 };
    s2s_stepper *s = t->stepper;

    s2s_engine_begin(t->engine, &t->dataset->split[S2S_TRAIN], examples, 4);
    memset(s->gradient, 0, (size_t)t->graph->weight_elements * sizeof(real));
    s->gradient[at] = value;
    s->clear = true;
    return s2s_step_gradient(s, &pass, 1, err);
}

static void check_weight(s2s_trainer *t, const s2s_weight *w, int64_t element, real value)
{
    s2s_error err = { 0 };
    char      expected[128];

    snprintf(expected, sizeof expected, "the gradient of %s is not finite at step 1", w->name);
    cr_assert(gradient_with(t, w->offset + element, value, &err) == S2S_NAN, "%s, element %lld: not found", w->name, (long long)element);
    cr_assert(strcmp(err.message, expected) == 0, "got '%s', not '%s'", err.message, expected);
}

static void check_all(const char *optimizer)
{
    s2s_trainer *t = trainer_of(optimizer);
    s2s_error    err = { 0 };

    for (int i = 0; i < t->graph->weight_count; i++) {
        const s2s_weight *w = &t->graph->weight[i];

        for (int64_t element = 0; w->trainable && element < w->count; element += w->count > 1 ? w->count - 1 : 1) {
            check_weight(t, w, element, (real)INFINITY);
            check_weight(t, w, element, (real)NAN);
        }
    }
    cr_assert(gradient_with(t, 0, 1, &err) == S2S_OK);
}

Test(step, a_gradient_that_is_not_finite_names_its_weight) { check_all("sgd"); }
Test(step, so_it_does_where_norms_are_clipped) { check_all("{type: SGD, learning_rate: 0.1, clipnorm: 1.0}"); }

/* Each trained element lies in one chunk, none of the frozen in any. */
Test(step, chunks_cover_trained_weights_once)
{
    const s2s_trainer *t = trainer_of("adam");
    const s2s_stepper *s = t->stepper;

    for (int i = 0; i < t->graph->weight_count; i++) {
        const s2s_weight *w = &t->graph->weight[i];

        for (int64_t at = w->offset; at < w->offset + w->count; at++) {
            int covered = 0;

            for (int64_t k = 0; k < s->chunk_count; k++)
                covered += at >= s->chunk[k].at && at < s->chunk[k].at + s->chunk[k].count;
            cr_assert(covered == w->trainable, "%s: element %lld is in %d chunks", w->name, (long long)(at - w->offset), covered);
        }
    }
    cr_assert(s->chunk_count < t->graph->weight_count, "no weights share a chunk");
}
