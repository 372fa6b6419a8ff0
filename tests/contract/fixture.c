/* fixture.c -- see fixture.h. */
#include "fixture.h"

#include <stdio.h>
#include <string.h>

#include "config/config.h"
#include "datasets/column.h"
#include "math/kernels.h"

typedef struct { s2s_object_list layers; s2s_train_options train; } root;

static const s2s_field fields[] = {
    S2S_FIELD_OBJECTS(root, layers, S2S_REQUIRED, &s2s_layers, "layers"),
    S2S_FIELD_GROUP(root, train, s2s_train_options, s2s_train_fields, "training"),
    S2S_FIELD_END
};

enum { TARGET_WIDTH = 3 };

static bool fail(fixture *f, s2s_error *err, const char *what)
{
    if (err->message[0] == '\0')
        s2s_fail(err, S2S_FAILED, "%s", what);
    s2s_arena_free(f->arena);
    f->arena = NULL;
    return false;
}

static bool read_yaml(fixture *f, s2s_error *err)
{
    s2s_error_list errors = { .arena = f->arena };
    s2s_config *config;

    if (s2s_config_parse(s2s_text_of(f->yaml), "test", NULL, 0, fields, sizeof(root), f->arena, &config, &errors) != S2S_OK) {
        if (errors.count > 0)
            *err = errors.item[0];
        return false;
    }
    f->layers = ((root *)config->values)->layers;
    f->train = ((root *)config->values)->train;
    return true;
}

static s2s_shape input_shape(const fixture_setup *s)
{
    const s2s_form form = s->input == FIXTURE_TOKENS ? S2S_TOKENS : s->input == FIXTURE_REALS ? S2S_DENSE : S2S_MATRIX;

    return (s2s_shape){ .form = form, .steps = s->input == FIXTURE_VECTORS ? 0 : s->ragged ? S2S_STEPS_ANY : s->longest, .width = s->width };
}

static void fill_column(s2s_column *c, int64_t elements, const s2s_stream *random)
{
    for (int64_t i = 0; i < elements; i++) {
        if (c->kind == S2S_STREAM_TOKENS)
            s2s_column_put(c, i, (int32_t)s2s_random_below(random, (uint64_t)i, (uint64_t)c->width));
        for (int64_t k = 0; c->kind == S2S_STREAM_REALS && k < c->width; k++)
            c->x[i * c->width + k] = (real)s2s_random_normal(random, (uint64_t)(i * c->width + k));
    }
}

static bool make_column(fixture *f, s2s_column *c, s2s_stream_kind kind, int64_t width, const int64_t *start, int64_t fixed,
                        int64_t count, uint64_t salt, uint64_t seed)
{
    const int64_t elements = start ? start[count] : fixed * count;
    const s2s_stream random = s2s_stream_make(seed, S2S_RANDOM_TEST, salt, 0, 0);
    s2s_error err = {0};

    if (s2s_column_create(kind, width, elements, f->arena, c, &err) != S2S_OK)
        return false;
    c->start = start;
    c->fixed_steps = fixed;
    fill_column(c, elements, &random);
    return true;
}

static bool make_data(fixture *f, const fixture_setup *s)
{
    const s2s_shape *out = &f->graph->value[f->graph->output].shape;
    const s2s_stream random = s2s_stream_make(s->seed, S2S_RANDOM_TEST, 99, 0, 0);
    s2s_split *split = &f->dataset.split[S2S_TRAIN];
    int64_t *start = S2S_NEW_ARRAY(f->arena, int64_t, s->examples + 1);
    const bool sequence = s->input != FIXTURE_VECTORS, aligned = s2s_shape_is_sequence(out) && sequence && f->dataset.signature.alignment == S2S_ALIGNED;
    const int64_t fixed = sequence ? s->longest : 1;

    for (int64_t i = 0; i < s->examples; i++)
        start[i + 1] = start[i] + (s->ragged ? 1 + (int64_t)s2s_random_below(&random, (uint64_t)i, (uint64_t)s->longest) : fixed);
    split->count = s->examples;
    if (!make_column(f, &split->stream[0], s->input == FIXTURE_TOKENS ? S2S_STREAM_TOKENS : S2S_STREAM_REALS, s->width,
                     s->ragged && sequence ? start : NULL, fixed, s->examples, 1, s->seed))
        return false;
    return make_column(f, &split->target, S2S_STREAM_REALS, out->width, aligned && s->ragged ? start : NULL,
                       aligned ? fixed : f->dataset.signature.target.steps > 0 ? f->dataset.signature.target.steps : 1, s->examples, 2, s->seed);
}

static void make_signature(fixture *f, const fixture_setup *s)
{
    const s2s_graph_value *out = &f->graph->value[f->graph->output];
    s2s_signature *g = &f->dataset.signature;
    const bool fixed = f->graph->layout[out->layout].kind == S2S_LAYOUT_FIXED;

    *g = (s2s_signature){ .stream_count = 1, .filler = -1, .opened = true, .examples = { s->examples, 0, 0 } };
    g->stream[0] = (s2s_stream_info){ .name = "input", .kind = s->input == FIXTURE_TOKENS ? S2S_STREAM_TOKENS : S2S_STREAM_REALS, .width = s->width,
                                      .steps = s->input == FIXTURE_VECTORS ? 0 : s->ragged ? S2S_LENGTH_ANY : s->longest };
    g->alignment = !s2s_shape_is_sequence(&out->shape) ? S2S_PER_SEQUENCE : fixed ? S2S_OWN_STEPS : S2S_ALIGNED;
    g->target = (s2s_stream_info){ .name = "target", .kind = S2S_STREAM_REALS, .width = out->shape.width,
                                   .steps = fixed ? f->graph->layout[out->layout].steps : g->alignment == S2S_ALIGNED ? g->stream[0].steps : 0 };
}

bool fixture_make(const fixture_setup *setup, fixture *f, s2s_error *err)
{
    const s2s_graph_stream stream = { "input", input_shape(setup) };
    s2s_graph_source source = { .layers = &f->layers, .stream = &stream, .stream_count = 1, .target_steps = 4, .target_symbols = TARGET_WIDTH };

    if (s2s_kernel == NULL)
        s2s_kernels_choose(NULL);
    memset(f, 0, sizeof(*f));
    *err = (s2s_error){0};
    f->arena = s2s_arena_create();
    snprintf(f->yaml, sizeof(f->yaml), "%s", setup->yaml);
    if (!read_yaml(f, err))
        return fail(f, err, "the YAML does not parse");
    if (s2s_graph_create(&source, f->arena, &f->graph, err) != S2S_OK)
        return fail(f, err, "the layers do not fit");
    if (f->graph->value[f->graph->output].shape.form == S2S_TOKENS)
        return fail(f, err, "the output is symbols");
    make_signature(f, setup);
    f->dataset.arena = f->arena;
    return make_data(f, setup) ? true : fail(f, err, "out of memory");
}

void fixture_free(fixture *f)
{
    s2s_arena_free(f->arena);
    f->arena = NULL;
}

s2s_trainer_setup fixture_trainer(fixture *f, int threads)
{
    return (s2s_trainer_setup){ .graph = f->graph, .options = &f->train, .dataset = &f->dataset, .seed = 5, .threads = threads, .arena = f->arena };
}

/* --- prediction, example by example --------------------------------------------------------------------------------------------------- */

typedef struct collector { const fixture *f; const int64_t *examples; int64_t count, stride; real *ret; } collector;

static int64_t steps_of_output(const fixture *f)
{
    const s2s_column *target = &f->dataset.split[S2S_TRAIN].target;
    int64_t most = 0;

    for (int64_t i = 0; i < f->dataset.split[S2S_TRAIN].count; i++)
        most = s2s_column_length(target, i) > most ? s2s_column_length(target, i) : most;
    return most;
}

int64_t fixture_output_size(const fixture *f)
{
    return f->dataset.split[S2S_TRAIN].count * steps_of_output(f) * f->graph->value[f->graph->output].shape.width;
}

/* Rows of example examples[k] go to slot k, so that order and company can be compared. */
static void collect(void *self, const s2s_output *o)
{
    const collector *c = self;

    for (int64_t t = 0; t < o->steps->count; t++)
        for (int64_t r = o->steps->offset[t]; r < o->steps->offset[t + 1]; r++)
            for (int64_t k = 0; k < c->count; k++)
                if (c->examples[k] == o->shard->example[r - o->steps->offset[t]])
                    memcpy(c->ret + k * c->stride + t * o->width, o->y + r * o->width, (size_t)o->width * sizeof(real));
}

int64_t fixture_predict(fixture *f, const real *weights, const int64_t *examples, int64_t count, int64_t batch_size, real *ret)
{
    const s2s_split *splits[] = { &f->dataset.split[S2S_TRAIN] };
    const s2s_runner_setup setup = { .graph = f->graph, .signature = &f->dataset.signature, .splits = splits, .split_count = 1,
                                     .batch_size = batch_size, .threads = 2, .arena = f->arena };
    collector c = { f, examples, count, steps_of_output(f) * f->graph->value[f->graph->output].shape.width, ret };
    s2s_runner *runner;
    s2s_error err = {0};

    memset(ret, 0, (size_t)(count * c.stride) * sizeof(real));
    if (s2s_runner_create(&setup, &runner, &err) != S2S_OK)
        return -1;
    memcpy(s2s_runner_weights(runner), weights, (size_t)f->graph->weight_elements * sizeof(real));
    s2s_runner_ready(runner);
    s2s_runner_predict(runner, splits[0], examples, count, collect, &c, &err);
    return c.stride;
}

/* --- one layer --------------------------------------------------------------------------------------------------------------------------- */

bool fixture_for_layer(const char *layer, bool ragged, fixture *ret, s2s_error *err)
{
    char yaml[4096];

    snprintf(yaml, sizeof(yaml), "layers:\n- %s\n- {type: Dense, units: 3}\ntrain: {loss: mean_squared_error, batch_size: 37, metrics: [mae]}\n", layer);
    for (int input = 0; input < FIXTURE_INPUTS; input++) {
        const fixture_setup setup = { .yaml = yaml, .input = (fixture_input)input, .examples = 37, .longest = 6, .width = 5, .ragged = ragged, .seed = 11 };

        if (fixture_make(&setup, ret, err))
            return true;
    }
    return false;
}
