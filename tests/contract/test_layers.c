/*
 * test_layers.c -- the promises that every registered layer keeps, on each of its examples and every form of input it takes.
 */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <stdio.h>
#include <string.h>

#include "fixture.h"

#ifdef S2S_DOUBLE
static const double tolerance = 1e-6;
#endif

static const s2s_layer_ops *layer_at(int i) { return (const s2s_layer_ops *)s2s_layers.entries[i]; }

static struct criterion_test_params every_layer(void)
{
    static int *index;
    const int count = (int)s2s_layers.count;

    index = cr_malloc((size_t)count * sizeof(int));
    for (int i = 0; i < count; i++)
        index[i] = i;
    return cr_make_param_array(int, index, (size_t)count, NULL);
}

/* Calls `check` on each example of a layer with each input that fits, in equal and in different lengths. Returns how many ran. */
static int for_each_network(int layer, void (*check)(fixture *f))
{
    int ran = 0;

    for (const char *const *example = layer_at(layer)->entry.examples; example && *example; example++) {
        char yaml[4096];

        snprintf(yaml, sizeof(yaml), "layers:\n- %s\n- {type: Dense, units: 3}\n"
                 "train: {loss: mean_squared_error, batch_size: 37, metrics: [mae], optimizer: {type: SGD, learning_rate: 0.1}}\n", *example);
        for (int variant = 0; variant < 2 * FIXTURE_INPUTS; variant++) {
            const fixture_setup setup = { .yaml = yaml, .input = (fixture_input)(variant / 2), .examples = 37, .longest = 6, .width = 5,
                                          .ragged = variant % 2, .seed = 11 };
            fixture f;
            s2s_error err;

            if (!fixture_make(&setup, &f, &err))
                continue;
            check(&f);
            fixture_free(&f);
            ran++;
        }
    }
    return ran;
}

#define EVERY_LAYER(test, check)                                                                          \
    ParameterizedTestParameters(layer_contract, test) { return every_layer(); }                           \
    ParameterizedTest(int *layer, layer_contract, test)                                                   \
    {                                                                                                     \
        const int ran = for_each_network(*layer, check);                                                  \
        cr_assert(ran > 0 || layer_at(*layer)->entry.examples == NULL, "%s: no example ran", layer_at(*layer)->entry.name); \
    }

static void gradients(fixture *f)
{
#ifdef S2S_DOUBLE
    const s2s_trainer_setup setup = fixture_trainer(f, 1);
    const s2s_gradcheck_options options = { .examples = 19, .entries = 12, .tolerance = tolerance };
    s2s_gradcheck_row *rows;
    s2s_error err = {0};
    int count = 0;

    cr_assert(s2s_gradcheck(&setup, &options, &rows, &count, &err) == S2S_OK, "%s: %s", f->yaml, err.message);
    for (int i = 0; i < count; i++)
        cr_expect(rows[i].passed, "%s: %s[%ld] analytic %.12g, numeric %.12g, error %g", f->yaml, rows[i].weight, (long)rows[i].worst,
                  rows[i].analytic, rows[i].numeric, rows[i].error);
#else
    (void)f;                       /* finite differences need double; the float kernels are compared with the plain ones elsewhere */
#endif
}

EVERY_LAYER(gradients_match_finite_differences, gradients)

/* Weights after two epochs with so many threads. */
static const real *trained(fixture *f, int threads)
{
    const s2s_trainer_setup setup = fixture_trainer(f, threads);
    s2s_trainer *trainer;
    s2s_epoch_report report;
    s2s_error err = {0};

    cr_assert(s2s_trainer_create(&setup, &trainer, &err) == S2S_OK, "%s: %s", f->yaml, err.message);
    for (int epoch = 0; epoch < 2; epoch++)
        cr_assert(s2s_trainer_epoch(trainer, NULL, NULL, &report, &err) == S2S_OK, "%s: %s", f->yaml, err.message);
    return s2s_trainer_plan(trainer)->weights;
}

static void threads(fixture *f)
{
    static const int numbers[] = { 2, 3, 4, 7 };
    const real *one = trained(f, 1);

    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
        cr_expect(memcmp(one, trained(f, numbers[i]), (size_t)f->graph->weight_elements * sizeof(real)) == 0,
                  "%s: %d threads give other bits", f->yaml, numbers[i]);
}

EVERY_LAYER(threads_change_no_bit, threads)

static void company(fixture *f)
{
    const int64_t count = f->dataset.split[S2S_TRAIN].count;
    const real *weights = trained(f, 1);
    real *together = S2S_NEW_ARRAY(f->arena, real, fixture_output_size(f)), *other = S2S_NEW_ARRAY(f->arena, real, fixture_output_size(f));
    int64_t order[64], stride;

    for (int64_t i = 0; i < count; i++)
        order[i] = i;
    stride = fixture_predict(f, weights, order, count, count, together);
    for (int64_t i = 0; i < count; i++) {
        const int64_t alone[] = { i };

        fixture_predict(f, weights, alone, 1, 1, other);
        cr_expect(memcmp(other, together + i * stride, (size_t)stride * sizeof(real)) == 0, "%s: example %ld alone gives other bits", f->yaml, (long)i);
    }
    for (int64_t i = 0; i < count; i++)
        order[i] = (i * 11 + 5) % count;
    fixture_predict(f, weights, order, count, 9, other);
    for (int64_t k = 0; k < count; k++)
        cr_expect(memcmp(other + k * stride, together + order[k] * stride, (size_t)stride * sizeof(real)) == 0,
                  "%s: example %ld in other company gives other bits", f->yaml, (long)order[k]);
}

EVERY_LAYER(company_changes_no_bit, company)

static void allocation(fixture *f)
{
    const s2s_trainer_setup setup = fixture_trainer(f, 2);
    s2s_trainer *trainer;
    s2s_epoch_report report;
    s2s_error err = {0};
    int64_t before;

    cr_assert(s2s_trainer_create(&setup, &trainer, &err) == S2S_OK);
    cr_assert(s2s_trainer_epoch(trainer, NULL, NULL, &report, &err) == S2S_OK);
    before = s2s_memory_allocations();
    cr_assert(s2s_trainer_epoch(trainer, NULL, NULL, &report, &err) == S2S_OK);
    cr_expect(s2s_memory_allocations() == before, "%s: an epoch allocates", f->yaml);
}

EVERY_LAYER(nothing_is_allocated_within_an_epoch, allocation)

static void shapes(fixture *f)
{
    const s2s_graph *g = f->graph;
    const s2s_trainer_setup setup = fixture_trainer(f, 1);
    s2s_trainer *trainer;
    s2s_epoch_report report;
    s2s_error err = {0};

    cr_assert(s2s_trainer_create(&setup, &trainer, &err) == S2S_OK);
    cr_assert(s2s_trainer_epoch(trainer, NULL, NULL, &report, &err) == S2S_OK);
    for (int i = g->stream_count; i < g->value_count; i++) {
        const s2s_value *v = s2s_workspace_value(s2s_trainer_plan(trainer)->workspace[0], i);

        cr_expect(v->width == g->value[i].shape.width, "%s: value %d", f->yaml, i);
        cr_expect(v->form == g->value[i].shape.form, "%s: value %d", f->yaml, i);
        if (g->value[i].shape.steps > 0)
            cr_expect(v->steps->count == g->value[i].shape.steps, "%s: value %d has %ld steps", f->yaml, i, (long)v->steps->count);
    }
}

EVERY_LAYER(forward_keeps_the_inferred_shapes, shapes)
