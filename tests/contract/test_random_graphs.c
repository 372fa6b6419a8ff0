/*
 * test_random_graphs.c -- 320 random networks of one to six layers, over random data: shapes, gradients, company, threads, files.
 *
 * A failure prints the YAML and the seed: that is the recipe to repeat it.
 */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "fixture.h"
#include "graph/weights_file.h"
#include "random_layers.h"

enum { BLOCKS = 16, GRAPHS_EACH = 20, TRIES = 60, EXAMPLES = 21 };

typedef struct drawn { uint64_t seed; fixture_setup setup; char yaml[16384]; } drawn;

static const char *const tail =
    "- {type: Dense, units: 2}\n"
    "train: {loss: mean_squared_error, batch_size: 16, shard_rows: 4, metrics: [mae], optimizer: {type: SGD, learning_rate: 0.05}}\n";

static bool fits(drawn *d, const char *layers, fixture *f)
{
    s2s_error err;

    snprintf(d->yaml, sizeof(d->yaml), "layers:\n%s%s", layers, tail);
    d->setup.yaml = d->yaml;
    return fixture_make(&d->setup, f, &err);
}

/* Draw layers one by one; what does not fit is drawn again. False when nothing fits at all. */
static bool draw_network(uint64_t seed, drawn *d, fixture *f)
{
    random_source r = random_source_make(seed);
    const int wanted = 1 + (int)random_below(&r, 6);
    char layers[16384] = "";
    int made = 0;

    *d = (drawn){ .seed = seed };
    d->setup = (fixture_setup){ .input = (fixture_input)random_below(&r, FIXTURE_INPUTS), .examples = EXAMPLES, .longest = 1 + (int64_t)random_below(&r, 7),
                                .width = 1 + (int64_t)random_below(&r, 7), .ragged = random_below(&r, 2), .seed = seed };
    for (int i = 0; i < TRIES && made < wanted; i++) {
        s2s_string layer = {0};
        char more[16384];

        random_layer(&r, &layer);
        snprintf(more, sizeof(more), "%s- %s\n", layers, s2s_string_chars(&layer));
        s2s_string_release(&layer);
        if (strlen(more) > 12000 || !fits(d, more, f))
            continue;
        fixture_free(f);
        strcpy(layers, more);
        made++;
    }
    return made > 0 && fits(d, layers, f);
}

static const real *trained(const drawn *d, fixture *f, int threads)
{
    const s2s_trainer_setup setup = fixture_trainer(f, threads);
    s2s_trainer *trainer;
    s2s_epoch_report report;
    s2s_error err = {0};
    s2s_status status;

    cr_assert(s2s_trainer_create(&setup, &trainer, &err) == S2S_OK, "seed %lu: %s\n%s", (unsigned long)d->seed, err.message, d->yaml);
    status = s2s_trainer_epoch(trainer, NULL, NULL, &report, &err);
    cr_assert(status == S2S_OK || status == S2S_NAN, "seed %lu: %s\n%s", (unsigned long)d->seed, err.message, d->yaml);
    return s2s_trainer_plan(trainer)->weights;
}

static struct criterion_test_params blocks(void)
{
    int *index = cr_malloc(BLOCKS * sizeof(int));

    for (int i = 0; i < BLOCKS; i++)
        index[i] = i;
    return cr_make_param_array(int, index, BLOCKS, NULL);
}

static void for_each_graph(int block, void (*check)(const drawn *d, fixture *f))
{
    static drawn d;
    int ran = 0;

    for (int i = 0; i < GRAPHS_EACH; i++) {
        fixture f;

        if (!draw_network(1000u * (unsigned)block + (unsigned)i, &d, &f))
            continue;
        check(&d, &f);
        fixture_free(&f);
        ran++;
    }
    cr_assert(ran == GRAPHS_EACH, "only %d of %d graphs could be drawn", ran, GRAPHS_EACH);
}

#define EVERY_GRAPH(test, check)                                                          \
    ParameterizedTestParameters(random_graphs, test) { return blocks(); }                  \
    ParameterizedTest(int *block, random_graphs, test) { for_each_graph(*block, check); }

static void threads(const drawn *d, fixture *f)
{
    static const int numbers[] = { 2, 3, 4, 7 };
    const real *one = trained(d, f, 1);

    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
        cr_expect(memcmp(one, trained(d, f, numbers[i]), (size_t)f->graph->weight_elements * sizeof(real)) == 0,
                  "seed %lu: %d threads give other bits\n%s", (unsigned long)d->seed, numbers[i], d->yaml);
}

EVERY_GRAPH(threads_change_no_bit, threads)

static void company(const drawn *d, fixture *f)
{
    const real *weights = trained(d, f, 1);
    real *together = S2S_NEW_ARRAY(f->arena, real, fixture_output_size(f)), *other = S2S_NEW_ARRAY(f->arena, real, fixture_output_size(f));
    int64_t order[EXAMPLES], stride;

    for (int64_t i = 0; i < EXAMPLES; i++)
        order[i] = i;
    stride = fixture_predict(f, weights, order, EXAMPLES, EXAMPLES, together);
    for (int64_t i = 0; i < EXAMPLES; i++)
        order[i] = (i * 8 + 3) % EXAMPLES;
    fixture_predict(f, weights, order, EXAMPLES, 5, other);
    for (int64_t k = 0; k < EXAMPLES; k++)
        cr_expect(memcmp(other + k * stride, together + order[k] * stride, (size_t)stride * sizeof(real)) == 0,
                  "seed %lu: example %ld in other company gives other bits\n%s", (unsigned long)d->seed, (long)order[k], d->yaml);
}

EVERY_GRAPH(company_changes_no_bit, company)

static void files(const drawn *d, fixture *f)
{
    const real *weights = trained(d, f, 1);
    real *loaded = S2S_NEW_ARRAY(f->arena, real, f->graph->weight_elements);
    s2s_tensors written, read;
    s2s_string notice = {0};
    s2s_error err = {0};
    char path[] = "/tmp/s2s-test-XXXXXX";
    const int file = mkstemp(path);

    cr_assert(file >= 0);
    close(file);
    cr_assert(s2s_tensors_of_weights(f->graph, weights, f->arena, &written, &err) == S2S_OK, "%s", err.message);
    cr_assert(s2s_tensors_write(path, &written, &err) == S2S_OK, "%s", err.message);
    cr_assert(s2s_tensors_read(path, f->arena, &read, &err) == S2S_OK, "%s", err.message);
    cr_assert(s2s_weights_load(f->graph, &read, S2S_MISMATCH_ERROR, loaded, &notice, &err) == S2S_OK, "%s", err.message);
    cr_expect(memcmp(weights, loaded, (size_t)f->graph->weight_elements * sizeof(real)) == 0, "seed %lu\n%s", (unsigned long)d->seed, d->yaml);
    s2s_string_release(&notice);
    unlink(path);
}

EVERY_GRAPH(weights_survive_a_file, files)

static void shapes(const drawn *d, fixture *f)
{
    const s2s_graph *g = f->graph;
    const s2s_trainer_setup setup = fixture_trainer(f, 1);
    s2s_trainer *trainer;
    s2s_epoch_report report;
    s2s_error err = {0};
    s2s_status status;

    cr_assert(s2s_trainer_create(&setup, &trainer, &err) == S2S_OK);
    status = s2s_trainer_epoch(trainer, NULL, NULL, &report, &err);
    cr_assert(status == S2S_OK || status == S2S_NAN, "seed %lu: %s\n%s", (unsigned long)d->seed, err.message, d->yaml);
    for (int i = g->stream_count; i < g->value_count; i++) {
        const s2s_value *v = s2s_workspace_value(s2s_trainer_plan(trainer)->workspace[0], i);

        cr_expect(v->rows > 0 && v->rows == (v->steps == NULL || v->form == S2S_MATRIX || v->form == S2S_CONSTANT ? v->rows : v->steps->rows),
                  "seed %lu: value %d\n%s", (unsigned long)d->seed, i, d->yaml);
        cr_expect(v->width == g->value[i].shape.width && v->form == g->value[i].shape.form, "seed %lu: value %d\n%s", (unsigned long)d->seed, i, d->yaml);
    }
}

EVERY_GRAPH(forward_keeps_the_inferred_shapes, shapes)

#ifdef S2S_DOUBLE
static void gradients(const drawn *d, fixture *f)
{
    const s2s_trainer_setup setup = fixture_trainer(f, 1);
    const s2s_gradcheck_options options = { .examples = 11, .entries = 5, .tolerance = 2e-6 };
    s2s_gradcheck_row *rows;
    s2s_error err = {0};
    int64_t checked = 0;
    int count = 0;
    const s2s_status status = s2s_gradcheck(&setup, &options, &rows, &count, &err);

    cr_assert(status == S2S_OK || status == S2S_NAN, "seed %lu: %s\n%s", (unsigned long)d->seed, err.message, d->yaml);
    for (int i = 0; status == S2S_OK && i < count; i++) {
        checked += rows[i].checked;
        cr_expect(rows[i].passed || rows[i].checked == 0, "seed %lu: %s[%ld] analytic %.12g, numeric %.12g, error %g\n%s", (unsigned long)d->seed,
                  rows[i].weight, (long)rows[i].worst, rows[i].analytic, rows[i].numeric, rows[i].error, d->yaml);
    }
    cr_expect(status == S2S_NAN || checked > 0, "seed %lu: nothing could be checked\n%s", (unsigned long)d->seed, d->yaml);
}

EVERY_GRAPH(gradients_match_finite_differences, gradients)
#endif
