/*
 * test_golden.c -- what Keras and PyTorch compute is what s2s computes.
 *
 * Tolerances are relative to the largest entry of a tensor: 2e-6 in double, against numbers recorded in float64; 1e-4 in float,
 * against float32. What an optimizer changed is compared in double only, where the change itself is not mostly rounding.
 */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <math.h>
#include <string.h>

#include "golden.h"
#include "config/config.h"
#include "graph/plan.h"
#include "train/trainer.h"

#ifdef S2S_DOUBLE
static const double tolerance = 2e-6;
#else
static const double tolerance = 1e-4;
#endif

static const char *const files[] = {
    "simple_rnn.json", "gru.json", "lstm.json", "tokens.json", "embedding.json", "dense.json", "activations.json", "losses.json",
    "optimizers.json", "regularizers.json", "constraints.json", "addition_model.json", "bidirectional.json",
    "torch_packed.json", "torch_bidirectional.json", "torch_symbols.json",
};
enum { FILE_COUNT = sizeof files / sizeof *files };

/* --- comparing ----------------------------------------------------------------------------------------------------------- */

static void compare(const golden_case *c, const char *what, const golden_array *wanted, const double *got)
{
    double largest = 0.0, worst = -1.0;
    int64_t at = 0;

    for (int64_t i = 0; i < wanted->count; i++) {
        double off = fabs(got[i] - wanted->value[i]);
        largest = fmax(largest, fabs(wanted->value[i]));
        if (!(off <= worst)) {
            worst = off;
            at = i;
        }
    }
    cr_expect(worst <= tolerance * (largest > 0.0 ? largest : 1.0), "%s: %s %s[%ld] is %.9g, recorded %.9g (largest %.3g)", c->name, what,
              wanted->name, (long)at, got[at], wanted->value[at], largest);
}

static double *as_double(s2s_arena *arena, const real *x, int64_t n)
{
    double *ret = S2S_NEW_ARRAY(arena, double, n);
    for (int64_t i = 0; i < n; i++)
        ret[i] = (double)x[i];
    return ret;
}

/* --- a case as a graph --------------------------------------------------------------------------------------------------- */

typedef struct subject {
    const golden_case *c;
    s2s_arena *arena;
    int64_t batch, steps, width;       /* B, T (1 without a time axis), D or V */
    bool sequence;
    int64_t *order;                    /* packed sequence b is sequence order[b] of the case */
    s2s_steps packed;
    s2s_object_list layers;
    s2s_graph *graph;
} subject;

static s2s_object *parse(s2s_arena *arena, const char *yaml, const s2s_registry *registry)
{
    s2s_error_list errors = { .arena = arena };
    s2s_object *ret = NULL;
    s2s_status status = s2s_object_parse(s2s_text_of(yaml), "golden", registry, arena, &ret, &errors);

    cr_assert(status == S2S_OK, "%s: %s", yaml, errors.count > 0 ? errors.item[0].message : "?");
    return ret;
}

static int64_t length_of(const subject *s, int64_t b)
{
    return s->c->lengths.rank > 0 ? (int64_t)s->c->lengths.value[b] : s->steps;
}

/* Longest first, as the data floor packs. */
static void pack_steps(subject *s)
{
    int64_t *offset = S2S_NEW_ARRAY(s->arena, int64_t, s->steps + 1);
    int32_t *length = S2S_NEW_ARRAY(s->arena, int32_t, s->batch);
    int32_t *sequence_of = S2S_NEW_ARRAY(s->arena, int32_t, s->batch * s->steps);
    int64_t count = 0;

    s->order = S2S_NEW_ARRAY(s->arena, int64_t, s->batch);
    for (int64_t wanted = s->steps; wanted >= 1; wanted--)
        for (int64_t b = 0; b < s->batch; b++)
            if (length_of(s, b) == wanted) {
                length[count] = (int32_t)wanted;
                s->order[count++] = b;
            }
    cr_assert(count == s->batch && length[0] == s->steps);

    for (int64_t t = 0; t < s->steps; t++) {
        offset[t + 1] = offset[t];
        for (int64_t b = 0; b < s->batch && length[b] > t; b++)
            sequence_of[offset[t + 1]++] = (int32_t)b;
    }
    s->packed = (s2s_steps){ .sequences = s->batch, .count = s->steps, .rows = offset[s->steps], .offset = offset,
                             .sequence_of = sequence_of, .length = length };
}

/* For each packed row the row of the recorded (B,T,...) array; steps NULL: one row a sequence. */
static const int64_t *recorded_rows(const subject *s, const s2s_steps *steps, int64_t *count)
{
    *count = steps != NULL ? steps->rows : s->batch;
    int64_t *ret = S2S_NEW_ARRAY(s->arena, int64_t, *count);

    for (int64_t t = 0; steps != NULL && t < steps->count; t++)
        for (int64_t row = steps->offset[t]; row < steps->offset[t + 1]; row++)
            ret[row] = s->order[row - steps->offset[t]] * steps->count + t;
    if (steps == NULL)
        memcpy(ret, s->order, (size_t)s->batch * sizeof *ret);
    return ret;
}

static void to_packed(const subject *s, const s2s_steps *steps, int64_t width, const double *recorded, real *packed)
{
    int64_t rows;
    const int64_t *from = recorded_rows(s, steps, &rows);

    for (int64_t i = 0; i < rows * width; i++)
        packed[i] = (real)recorded[from[i / width] * width + i % width];
}

/* Steps that do not exist are left as they are. */
static void from_packed(const subject *s, const s2s_steps *steps, int64_t width, const real *packed, double *recorded)
{
    int64_t rows;
    const int64_t *to = recorded_rows(s, steps, &rows);

    for (int64_t i = 0; i < rows * width; i++)
        recorded[to[i / width] * width + i % width] = (double)packed[i];
}

/* `front` (or NULL) is a layer put before the case's own; it reads `symbols` tokens or, where the case has no time axis, `columns`. */
static subject make_subject(const golden_case *c, s2s_arena *arena, const char *front, int64_t width)
{
    subject s = { .c = c, .arena = arena, .batch = c->input.shape[0] };
    bool tokens = c->symbols > 0;

    s.sequence = tokens || c->input.rank == 3;
    s.steps = s.sequence ? c->input.shape[1] : 1;
    s.width = front != NULL ? width : tokens ? c->symbols : c->input.shape[c->input.rank - 1];
    if (s.sequence)
        pack_steps(&s);
    else {
        s.order = S2S_NEW_ARRAY(arena, int64_t, s.batch);
        for (int64_t b = 0; b < s.batch; b++)
            s.order[b] = b;
    }

    s.layers.item = S2S_NEW_ARRAY(arena, s2s_object *, c->layer_count + 1);
    if (front != NULL)
        s.layers.item[s.layers.count++] = parse(arena, front, &s2s_layers);
    for (int i = 0; i < c->layer_count; i++)
        s.layers.item[s.layers.count++] = parse(arena, c->layer[i], &s2s_layers);

    s2s_form form = !s.sequence ? S2S_MATRIX : tokens || front != NULL ? S2S_TOKENS : S2S_DENSE;
    bool ragged = c->lengths.rank > 0;
    s2s_graph_stream stream = { .name = "input", .shape = { .form = form, .width = s.width,
        .steps = !s.sequence ? 0 : ragged ? S2S_STEPS_ANY : s.steps } };
    s2s_graph_source source = { .layers = &s.layers, .stream = &stream, .stream_count = 1 };
    s2s_error err = { 0 };
    s2s_status status = s2s_graph_create(&source, arena, &s.graph, &err);
    cr_assert(status == S2S_OK, "%s: %s", c->name, err.message);
    return s;
}

static const s2s_weight *weight_named(const s2s_graph *graph, const char *name)
{
    for (int i = 0; i < graph->weight_count; i++)
        if (strcmp(graph->weight[i].name, name) == 0)
            return &graph->weight[i];
    return NULL;
}

static void set_weights(const subject *s, const golden_arrays *from, real *weights)
{
    for (int i = 0; i < from->count; i++) {
        const golden_array *w = &from->item[i];
        const s2s_weight *ours = weight_named(s->graph, w->name);
        cr_assert(ours != NULL, "%s: no weight is called %s", s->c->name, w->name);
        cr_assert(ours->count == w->count, "%s: %s has %ld elements, not %ld", s->c->name, w->name, (long)ours->count, (long)w->count);
        for (int64_t k = 0; k < w->count; k++)
            weights[ours->offset + k] = (real)w->value[k];
    }
}

static void compare_weights(const subject *s, const char *what, const golden_arrays *wanted, const real *got)
{
    for (int i = 0; i < wanted->count; i++) {
        const s2s_weight *ours = weight_named(s->graph, wanted->item[i].name);
        if (ours != NULL)
            compare(s->c, what, &wanted->item[i], as_double(s->arena, got + ours->offset, ours->count));
    }
}

/* --- one pass ------------------------------------------------------------------------------------------------------------ */

typedef struct pass { s2s_plan *plan; s2s_workspace *workspace; s2s_pass call; s2s_plan_input input; int64_t *position; } pass;

static void forward(const subject *s, const real *x, const int32_t *token, bool to_logits, const golden_array *front, pass *ret)
{
    s2s_plan_options options = { .training = true, .workspaces = 1 };
    s2s_error err = { 0 };

    options.bounds.sequences = s->batch;
    options.bounds.stream[0].rows = s->sequence ? s->packed.rows : s->batch;
    options.bounds.stream[0].steps = s->steps;
    s2s_status status = s2s_plan_create(s->graph, &options, s->arena, &ret->plan, &err);
    cr_assert(status == S2S_OK, "%s: %s", s->c->name, err.message);

    set_weights(s, &s->c->weights, ret->plan->weights);
    if (front != NULL)
        set_weights(s, &(golden_arrays){ .count = 1, .item = { *front } }, ret->plan->weights);
    s2s_plan_pack(ret->plan);

    ret->workspace = ret->plan->workspace[0];
    ret->position = s->order;
    ret->input = (s2s_plan_input){ .steps = s->sequence ? &s->packed : NULL, .x = x, .token = token };
    ret->call = (s2s_pass){ .input = &ret->input, .sequences = s->batch, .position = ret->position };
    s2s_plan_forward(ret->plan, ret->workspace, &ret->call, to_logits);
}

static void input_rows(const subject *s, real **x, int32_t **token)
{
    const golden_array *in = &s->c->input;

    *x = NULL;
    *token = NULL;
    if (s->c->symbols > 0) {
        real *rows = S2S_NEW_ARRAY(s->arena, real, in->count);
        to_packed(s, &s->packed, 1, in->value, rows);
        *token = S2S_NEW_ARRAY(s->arena, int32_t, in->count);
        for (int64_t i = 0; i < s->packed.rows; i++)
            (*token)[i] = (int32_t)rows[i];
    } else {
        *x = S2S_NEW_ARRAY(s->arena, real, in->count);
        to_packed(s, s->sequence ? &s->packed : NULL, s->width, in->value, *x);
    }
}

/* The gradient of the weights for the dx that stands at value `from`. */
static const real *gradient_from(const subject *s, const pass *p, int from)
{
    real *ret = S2S_NEW_ARRAY(s->arena, real, s->graph->weight_elements);

    s2s_plan_backward(p->plan, p->workspace, from);
    for (int i = 0; i < s->graph->node_count; i++)
        if (s->graph->node[i].trainable && s->graph->node[i].spec.tiles > 0)
            s2s_plan_accumulate(p->plan, p->workspace, i, 0, s->graph->node[i].spec.tiles, ret);
    return ret;
}

static const s2s_steps *steps_of(const s2s_value *value) { return value->form == S2S_MATRIX ? NULL : value->steps; }

static const real *backward(const subject *s, const pass *p)
{
    s2s_value *y = s2s_workspace_value(p->workspace, s->graph->output);

    to_packed(s, steps_of(y), y->width, s->c->dy.value, y->dx);
    return gradient_from(s, p, s->graph->output);
}

static void compare_output(const subject *s, const pass *p)
{
    const s2s_value *y = s2s_workspace_value(p->workspace, s->graph->output);
    double *got = S2S_NEW_ARRAY(s->arena, double, s->c->output.count);

    from_packed(s, steps_of(y), y->width, y->x, got);
    compare(s->c, "forward", &s->c->output, got);
}

/* --- tests: one pass ----------------------------------------------------------------------------------------------------- */

/* Parameters cross a process border: the number of a file, not its name. */
static struct criterion_test_params every_file(void)
{
    static int index[FILE_COUNT];
    for (int i = 0; i < FILE_COUNT; i++)
        index[i] = i;
    return cr_make_param_array(int, index, FILE_COUNT);
}

ParameterizedTestParameters(golden, outputs_and_gradients) { return every_file(); }

ParameterizedTest(int *file, golden, outputs_and_gradients)
{
    s2s_arena *arena = s2s_arena_create();
    golden_file golden = golden_read(files[*file], arena);

    for (size_t i = 0; i < golden.count; i++) {
        const golden_case *c = &golden.item[i];
        subject s = make_subject(c, arena, NULL, 0);
        real *x;
        int32_t *token;
        pass p;

        input_rows(&s, &x, &token);
        forward(&s, x, token, false, NULL, &p);
        compare_output(&s, &p);
        if (c->dy.rank > 0)
            compare_weights(&s, "gradient of", &c->gradients, backward(&s, &p));
    }
    s2s_arena_free(arena);
}

/*
 * The gradient of the input: the case's numbers come out of a layer in front, whose weight's gradient is then that of the input.
 * For a sequence an Embedding with one symbol for each step of each sequence; else a Dense layer that reads an identity matrix.
 */
ParameterizedTestParameters(golden, input_gradients) { return every_file(); }

ParameterizedTest(int *file, golden, input_gradients)
{
    s2s_arena *arena = s2s_arena_create();
    golden_file golden = golden_read(files[*file], arena);

    for (size_t i = 0; i < golden.count; i++) {
        const golden_case *c = &golden.item[i];
        const golden_array *wanted = golden_find(&c->gradients, "input");
        if (wanted == NULL)
            continue;

        bool sequence = c->input.rank == 3;
        int64_t width = c->input.shape[c->input.rank - 1], rows = c->input.count / width;
        golden_array front = c->input;
        front.name = sequence ? "front/embeddings" : "front/kernel";
        const char *layer = sequence
            ? s2s_arena_printf(arena, "{type: Embedding, name: front, input_dim: %ld, output_dim: %ld}", (long)rows, (long)width)
            : s2s_arena_printf(arena, "{type: Dense, name: front, use_bias: false, units: %ld}", (long)width);
        subject s = make_subject(c, arena, layer, rows);

        int32_t *token = S2S_NEW_ARRAY(arena, int32_t, rows);
        real *identity = S2S_NEW_ARRAY(arena, real, rows * rows);
        for (int64_t r = 0; r < rows; r++)
            identity[r * rows + r] = 1;
        int64_t packed_rows;
        const int64_t *recorded = recorded_rows(&s, sequence ? &s.packed : NULL, &packed_rows);
        for (int64_t r = 0; r < packed_rows; r++)
            token[r] = (int32_t)recorded[r];

        pass p;
        forward(&s, sequence ? NULL : identity, sequence ? token : NULL, false, &front, &p);
        const real *gradient = backward(&s, &p);
        compare(c, "gradient of", wanted, as_double(arena, gradient + weight_named(s.graph, front.name)->offset, wanted->count));
    }
    s2s_arena_free(arena);
}

/* Where a loss was recorded without an optimizer: its figure and the gradients of the weights. */
ParameterizedTestParameters(golden, loss_gradients) { return every_file(); }

ParameterizedTest(int *file, golden, loss_gradients)
{
    s2s_arena *arena = s2s_arena_create();
    golden_file golden = golden_read(files[*file], arena);

    for (size_t i = 0; i < golden.count; i++) {
        const golden_case *c = &golden.item[i];
        if (c->loss_gradients.count == 0)
            continue;

        subject s = make_subject(c, arena, NULL, 0);
        real *x, *targets = S2S_NEW_ARRAY(arena, real, c->target.count);
        int32_t *token, *symbols = S2S_NEW_ARRAY(arena, int32_t, c->target.count);
        pass p;
        input_rows(&s, &x, &token);
        forward(&s, x, token, true, NULL, &p);

        s2s_value *logits = s2s_workspace_value(p.workspace, s.graph->logits);
        to_packed(&s, steps_of(logits), 1, c->target.value, targets);
        for (int64_t r = 0; r < logits->rows; r++)
            symbols[r] = (int32_t)targets[r];
        const s2s_object *loss = parse(arena, c->loss, &s2s_losses);
        s2s_loss_call call = { .rows = logits->rows, .width = logits->width, .y = logits->x, .target = symbols, .dy = logits->dx,
                               .scale = (real)1 / (real)logits->rows, .p = S2S_NEW_ARRAY(arena, real, logits->rows * logits->width) };
        double mean = ((const s2s_loss_ops *)loss->entry)->evaluate(loss->options, &call) / (double)logits->rows;
        compare(c, "", &c->losses, &mean);
        compare_weights(&s, "loss gradient of", &c->loss_gradients, gradient_from(&s, &p, s.graph->logits));
    }
    s2s_arena_free(arena);
}

/* --- tests: training ----------------------------------------------------------------------------------------------------- */

/* A recorded array as a column: reals, or symbols where width symbols > 0. With lengths, padding is left out. */
static s2s_column make_column(const subject *s, const golden_array *from, int64_t symbols, int64_t width, int64_t steps)
{
    bool ragged = s->c->lengths.rank > 0 && steps == s->steps;
    int64_t per_row = symbols > 0 ? 1 : width, count = 0;
    int64_t *start = S2S_NEW_ARRAY(s->arena, int64_t, s->batch + 1);
    int32_t *token = S2S_NEW_ARRAY(s->arena, int32_t, from->count);
    real *x = S2S_NEW_ARRAY(s->arena, real, from->count);

    for (int64_t b = 0; b < s->batch; b++) {
        int64_t length = ragged ? length_of(s, b) : steps;
        for (int64_t k = 0; k < length * per_row; k++, count++) {
            double value = from->value[b * steps * per_row + k];
            token[count] = (int32_t)value;
            x[count] = (real)value;
        }
        start[b + 1] = count / per_row;
    }
    return (s2s_column){ .kind = symbols > 0 ? S2S_STREAM_TOKENS : S2S_STREAM_REALS, .width = symbols > 0 ? symbols : width,
                         .fixed_steps = ragged ? 0 : steps, .start = ragged ? start : NULL, .token_bytes = 4,
                         .token = symbols > 0 ? token : NULL, .x = symbols > 0 ? NULL : x };
}

/* The recorded batch as a data set that has nothing but a training split. */
static s2s_dataset make_dataset(const subject *s)
{
    static const s2s_dataset_ops ops = { .entry = { .name = "recorded" } };
    const golden_case *c = s->c;
    const s2s_graph_value *output = &s->graph->value[s->graph->output];
    bool sequence = s2s_shape_is_sequence(&output->shape), ragged = c->lengths.rank > 0;
    int64_t width = output->shape.width, symbols = c->target_symbols ? width : 0, steps = sequence ? c->output.shape[1] : 1;
    s2s_alignment alignment = !sequence ? S2S_PER_SEQUENCE : output->shape.own_steps ? S2S_OWN_STEPS : S2S_ALIGNED;

    s2s_dataset ret = { .ops = &ops, .arena = s->arena, .signature = {
        .stream_count = 1, .alignment = alignment, .filler = -1, .opened = true, .examples = { s->batch, 0, 0 },
        .stream = { { .name = "input", .kind = c->symbols > 0 ? S2S_STREAM_TOKENS : S2S_STREAM_REALS, .width = s->width,
                      .steps = !s->sequence ? 0 : ragged ? S2S_LENGTH_ANY : s->steps } },
        .target = { .name = "target", .kind = symbols > 0 ? S2S_STREAM_TOKENS : S2S_STREAM_REALS, .width = width,
                    .steps = !sequence ? 0 : alignment == S2S_ALIGNED && ragged ? S2S_LENGTH_ANY : steps } } };
    s2s_split *train = &ret.split[S2S_TRAIN];
    train->count = s->batch;
    train->stream[0] = make_column(s, &c->input, c->symbols, s->width, s->steps);
    train->target = make_column(s, &c->target, symbols, width, steps);
    return ret;
}

/* What the steps changed: in double to the tolerance of everything else, in float it is mostly rounding. */
static void compare_after(const subject *s, const real *weights)
{
    compare_weights(s, "after training:", &s->c->after, weights);
#ifdef S2S_DOUBLE
    for (int i = 0; i < s->c->after.count; i++) {
        const golden_array *after = &s->c->after.item[i], *before = golden_find(&s->c->weights, after->name);
        const s2s_weight *ours = weight_named(s->graph, after->name);
        double *wanted = S2S_NEW_ARRAY(s->arena, double, after->count), *got = S2S_NEW_ARRAY(s->arena, double, after->count);
        for (int64_t k = 0; k < after->count; k++) {
            wanted[k] = after->value[k] - before->value[k];
            got[k] = weights[ours->offset + k] - before->value[k];
        }
        golden_array change = *after;
        change.value = wanted;
        compare(s->c, "change of", &change, got);
    }
#endif
}

ParameterizedTestParameters(golden, training) { return every_file(); }

ParameterizedTest(int *file, golden, training)
{
    s2s_arena *arena = s2s_arena_create();
    golden_file golden = golden_read(files[*file], arena);

    for (size_t i = 0; i < golden.count; i++) {
        const golden_case *c = &golden.item[i];
        if (c->optimizer == NULL)
            continue;

        subject s = make_subject(c, arena, NULL, 0);
        s2s_dataset dataset = make_dataset(&s);
        s2s_train_options options = { .epochs = c->steps, .batch_size = s.batch, .loss = parse(arena, c->loss, &s2s_losses),
                                      .optimizer = parse(arena, c->optimizer, &s2s_optimizers), .monitor = "loss" };
        s2s_trainer_setup setup = { .graph = s.graph, .options = &options, .dataset = &dataset, .seed = 1, .threads = 1, .arena = arena };
        s2s_trainer *trainer;
        s2s_error err = { 0 };
        cr_assert(s2s_trainer_create(&setup, &trainer, &err) == S2S_OK, "%s: %s", c->name, err.message);
        set_weights(&s, &c->weights, s2s_trainer_plan(trainer)->weights);
        s2s_trainer_weights_changed(trainer);

        double *losses = S2S_NEW_ARRAY(arena, double, c->steps);
        for (int64_t step = 0; step < c->steps; step++) {           /* one batch: an epoch is a step */
            s2s_epoch_report report;
            cr_assert(s2s_trainer_epoch(trainer, NULL, NULL, &report, &err) == S2S_OK, "%s: %s", c->name, err.message);
            losses[step] = s2s_figures_get(&report.train, "loss");
        }
        compare(c, "", &c->losses, losses);
        compare_after(&s, s2s_trainer_plan(trainer)->weights);
    }
    s2s_arena_free(arena);
}

/* --- tests: what a layer starts with, and schedules ---------------------------------------------------------------------------- */

Test(golden, forget_gates_start_as_in_keras)
{
    s2s_arena *arena = s2s_arena_create();
    golden_file golden = golden_read("lstm.json", arena);

    for (size_t i = 0; i < golden.count; i++) {
        const golden_case *c = &golden.item[i];
        if (c->initial_bias.rank == 0)
            continue;
        subject s = make_subject(c, arena, NULL, 0);
        real *weights = S2S_NEW_ARRAY(arena, real, s.graph->weight_elements);
        s2s_error err = { 0 };
        cr_assert(s2s_graph_initialize(s.graph, 1, weights, &err) == S2S_OK, "%s", err.message);
        compare(c, "", &c->initial_bias, as_double(arena, weights + weight_named(s.graph, "lstm/bias")->offset, c->initial_bias.count));
    }
    s2s_arena_free(arena);
}

Test(golden, schedules)
{
    s2s_arena *arena = s2s_arena_create();
    golden_file golden = golden_read("schedules.json", arena);

    for (size_t i = 0; i < golden.count; i++) {
        const golden_case *c = &golden.item[i];
        const s2s_object *schedule = parse(arena, c->schedule, &s2s_schedules);
        double *rates = S2S_NEW_ARRAY(arena, double, c->rates.count);
        for (int64_t step = 0; step < c->rates.count; step++)
            rates[step] = s2s_learning_rate(schedule, step, 0);
        compare(c, "", &c->rates, rates);
    }
    s2s_arena_free(arena);
}
