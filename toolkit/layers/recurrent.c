/* recurrent.c -- see recurrent.h. */
#include "layers/recurrent.h"

#include <assert.h>
#include <string.h>

#include "layers/buffers.h"
#include "layers/dropout_mask.h"
#include "layers/reverse.h"

enum { KERNEL, RECURRENT, BIAS };
enum { TABLE_SYMBOLS = 256 };      /* token tables up to so many symbols */

/* Kept from forward to accumulate. Which are empty follows from options and input form. */
enum {
    VIEW, Z, CELL, STATES, MASKED, MASKED_START, INPUT_MASK, STATE_MASK, START_H, START_C, DSTART_H, DSTART_C,
    INPUT, TOKENS, SCALE, PROJECTION, SUMS, SEGMENTS, FLIPPED_DY, BUFFERS
};
enum { CELL_SCRATCH, GENERIC_SCRATCH, INPUT_GRADIENT, SCRATCHES };

/* packed: recurrent forward | recurrent backward | kernel forward | kernel backward, or the token table (P,V,G,16) of kernel + bias. */
typedef struct packed_parts { real *u_forward, *u_backward, *w_forward, *w_backward; } packed_parts;

/* A shard as this layer sees it: made by forward at the start of `kept`, for those that follow. */
typedef struct view {
    const s2s_recurrent_options *o;
    const s2s_recurrent_cell *cell;
    const s2s_kernels *kernels;
    s2s_layer_call *call;
    const s2s_value *in;
    const s2s_steps *steps;
    int64_t width, units, gates;
    const s2s_layer_call *placed;      /* for which, and for which shape, the buffers were placed */
    int64_t rows, batch, count;
    bool backwards, sequences, flipped, drop_input, drop_state;
    s2s_buffer kept_as[BUFFERS], scratch_as[SCRATCHES];
    real *kept[BUFFERS], *scratch[SCRATCHES];
    packed_parts parts;
    s2s_cell_run run;
    s2s_operand dz;                    /* what the kernel's gradient is made from: of every row or, where the input is constant, sums over time */
} view;

static bool backwards(const s2s_recurrent_options *o, unsigned flags)
{
    return o->go_backwards != ((flags & S2S_FLIPPED) != 0);
}

static bool sequences(const s2s_recurrent_options *o, unsigned flags)
{
    return o->return_sequences || (flags & S2S_SEQUENCES) != 0;
}

/* A sequence that must be turned round in time leaves the kernels in a buffer of its own. */
static bool flips_output(const s2s_recurrent_options *o, unsigned flags)
{
    return sequences(o, flags) && (flags & S2S_FLIPPED) != 0;
}

static bool uses_table(int form, int64_t width)
{
    return form == S2S_TOKENS && width <= TABLE_SYMBOLS;
}

static void buffers_of(const s2s_recurrent_cell *cell, const s2s_recurrent_options *o, unsigned flags, s2s_form form, int64_t width,
                       s2s_buffer b[BUFFERS])
{
    const int64_t h = o->units, lanes = s2s_panels(h) * S2S_LANES, gates = cell->gates;
    const bool back = backwards(o, flags), drop = o->dropout > 0;

    memset(b, 0, BUFFERS * sizeof(*b));
    b[VIEW].once = s2s_reals_for(1, sizeof(view));
    b[Z].per_row = lanes * gates;
    b[CELL].per_row = cell->memory(o);
    b[STATES].per_row = sequences(o, flags) && !flips_output(o, flags) ? 0 : h;
    b[SEGMENTS].per_step = s2s_reals_for(1, sizeof(s2s_segment));
    if (o->recurrent_dropout > 0)
        b[MASKED].per_row = b[MASKED_START].per_sequence = b[STATE_MASK].per_sequence = h;
    if (o->learned_initial_state) {
        b[START_H].per_sequence = b[DSTART_H].per_sequence = h;
        b[START_C].per_sequence = b[DSTART_C].per_sequence = cell->cell_state ? h : 0;
    }
    b[FLIPPED_DY].per_row = flips_output(o, flags) ? h : 0;
    if (form == S2S_TOKENS) {
        b[TOKENS].per_row = back ? s2s_reals_for(1, sizeof(int32_t)) : 0;
        b[SCALE].per_row = 1;
    } else if (form == S2S_CONSTANT) {
        b[PROJECTION].per_sequence = b[SUMS].per_sequence = lanes * gates;
        b[INPUT].per_sequence = drop ? width : 0;
        b[INPUT_MASK].per_sequence = drop ? width : 0;
    } else {
        b[INPUT].per_row = back || drop ? width : 0;
        b[INPUT_MASK].per_sequence = drop ? width : 0;
    }
}

static void scratch_of(const s2s_recurrent_cell *cell, const s2s_kernels *kernels, const s2s_recurrent_options *o, unsigned flags, s2s_form form,
                       int64_t width, s2s_buffer b[SCRATCHES])
{
    memset(b, 0, SCRATCHES * sizeof(*b));
    b[CELL_SCRATCH].once = kernels->cell_scratch(0, o->units);
    b[CELL_SCRATCH].per_sequence = kernels->cell_scratch(1, o->units) - b[CELL_SCRATCH].once;
    b[GENERIC_SCRATCH].per_sequence = cell->fused(o) ? 0 : s2s_generic_scratch(1, o->units);
    if (form == S2S_DENSE && (o->dropout > 0 || backwards(o, flags)))
        b[INPUT_GRADIENT].per_row = width;
    else if (form == S2S_CONSTANT && o->dropout > 0)
        b[INPUT_GRADIENT].per_sequence = width;
}

static s2s_status check_input(const s2s_layer_input *in, const s2s_recurrent_options *o, s2s_error *err)
{
    char shape[64];

    if (in->shape[0].form == S2S_MATRIX || in->shape[0].form == S2S_GROUPS) {
        s2s_shape_format(&in->shape[0], shape, sizeof(shape));
        return s2s_fail(err, S2S_SHAPE, "needs a sequence (batch,time,features), got %s", shape);
    }
    if (s2s_activation_of(o->activation)->by_row || (o->recurrent_activation && s2s_activation_of(o->recurrent_activation)->by_row))
        return s2s_fail(err, S2S_CONFIG, "softmax looks at a whole row; a recurrent layer needs a pointwise activation");
    return S2S_OK;
}

static void add_weight(s2s_layer_spec *spec, s2s_weight_spec weight)
{
    assert(spec->weight_count < S2S_WEIGHTS_MAX);
    spec->weight[spec->weight_count++] = weight;
}

static void weights_of(const s2s_recurrent_cell *cell, const s2s_recurrent_options *o, int64_t width, s2s_layer_spec *spec)
{
    static s2s_object *const no_object = NULL;
    const int64_t h = o->units, columns = h * cell->gates;
    const bool two_biases = cell->recurrent_bias_gradient != NULL && o->reset_after;

    add_weight(spec, (s2s_weight_spec){ .name = "kernel", .rank = 2, .shape = { width, columns }, .initializer = o->kernel_initializer,
                                        .regularizer = o->kernel_regularizer, .constraint = o->kernel_constraint });
    add_weight(spec, (s2s_weight_spec){ .name = "recurrent_kernel", .rank = 2, .shape = { h, columns }, .initializer = o->recurrent_initializer,
                                        .regularizer = o->recurrent_regularizer, .constraint = o->recurrent_constraint });
    if (o->use_bias)
        add_weight(spec, (s2s_weight_spec){ .name = "bias", .rank = two_biases ? 2 : 1,
                                            .shape = { two_biases ? 2 : columns, two_biases ? columns : 0 },
                                            .initializer = o->bias_initializer, .regularizer = o->bias_regularizer,
                                            .constraint = o->bias_constraint,
                                            .ones_first = h, .ones_count = cell->cell_state && o->unit_forget_bias ? h : 0 });
    if (o->learned_initial_state) {
        add_weight(spec, (s2s_weight_spec){ .name = "initial_h", .rank = 1, .shape = { h }, .initializer = no_object });
        if (cell->cell_state)
            add_weight(spec, (s2s_weight_spec){ .name = "initial_c", .rank = 1, .shape = { h }, .initializer = no_object });
    }
}

s2s_status s2s_recurrent_infer(const s2s_recurrent_cell *cell, const void *options, const s2s_layer_input *in, s2s_layer_spec *ret, s2s_error *err)
{
    const s2s_recurrent_options *o = options;
    const s2s_shape *x = &in->shape[0];
    const int64_t columns = o->units * cell->gates;
    s2s_layer_spec spec = { .flags = in->flags };
    s2s_buffer kept[BUFFERS], scratch[SCRATCHES];

    if (o->units == 0)
        return s2s_fail(err, S2S_CONFIG, "units: auto needs model.parameters, the size that the whole model should have");
    S2S_TRY(check_input(in, o, err));
    spec.output = *x;
    spec.output.form = sequences(o, in->flags) ? S2S_DENSE : S2S_MATRIX;
    spec.output.steps = sequences(o, in->flags) ? x->steps : 0;
    spec.output.width = o->units;
    weights_of(cell, o, x->width, &spec);

    buffers_of(cell, o, in->flags, x->form, x->width, kept);
    scratch_of(cell, in->kernels, o, in->flags, x->form, x->width, scratch);
    spec.draws = o->dropout > 0 || o->recurrent_dropout > 0;
    spec.kept = s2s_buffers_need(kept, BUFFERS);
    spec.scratch = s2s_buffers_need(scratch, SCRATCHES);
    spec.packed = 2 * cell->packed_size(in->kernels, o);
    if (x->form != S2S_TOKENS)
        spec.packed += 2 * in->kernels->pack_size(x->width, cell->gates, o->units);
    else if (uses_table(x->form, x->width))
        spec.packed += s2s_panels(o->units) * S2S_LANES * cell->gates * x->width;
    spec.tiles = s2s_gradient_tiles(in->kernels, x->width) + s2s_gradient_tiles(in->kernels, o->units) + 1;
    spec.input_products.per_row = x->form == S2S_DENSE ? x->width * columns : 0;
    spec.input_products.per_sequence = x->form == S2S_CONSTANT ? x->width * columns : 0;
    spec.state_products.per_row = o->units * columns;
    spec.state_products.per_sequence = o->learned_initial_state ? 0 : -o->units * columns;
    *ret = spec;
    return S2S_OK;
}

static packed_parts parts_of(const s2s_recurrent_cell *cell, const s2s_layer_call *call, const real *packed)
{
    const s2s_recurrent_options *o = call->options;
    const int64_t u = cell->packed_size(call->spec->kernels, o);
    const int64_t w = call->spec->kernels->pack_size(call->spec->weight[KERNEL].shape[0], cell->gates, o->units);
    union { const real *in; real *out; } p = { .in = packed };     /* pack writes what the calls only read */

    return (packed_parts){ p.out, p.out + u, p.out + 2 * u, p.out + 2 * u + w };
}

static const real *input_bias(const s2s_recurrent_options *o, const s2s_layer_call *call)
{
    return o->use_bias ? call->weight[BIAS] : NULL;
}

/* The kernel's table or panels; nothing for backward where nobody wants the inputs' gradient. */
static void pack_kernel(const s2s_recurrent_cell *cell, const s2s_layer_call *call, s2s_direction direction, packed_parts parts)
{
    const s2s_recurrent_options *o = call->options;
    const int64_t width = call->spec->weight[KERNEL].shape[0], columns = o->units * cell->gates;
    const s2s_matrix w = { call->weight[KERNEL], width, cell->gates, o->units, columns };
    const bool tokens = call->input[0].form == S2S_TOKENS;
    int32_t symbols[TABLE_SYMBOLS];

    if (tokens && direction == S2S_FORWARD && uses_table(S2S_TOKENS, width)) {
        for (int32_t v = 0; v < width; v++)
            symbols[v] = v;
        s2s_kernel->gather(width, w.w, columns, input_bias(o, call), symbols, NULL, cell->gates, o->units, parts.w_forward, width);
    } else if (!tokens && direction == S2S_FORWARD) {
        s2s_matrix_pack(call->spec->kernels, &w, S2S_FORWARD, parts.w_forward);
    } else if (!tokens && call->input[0].dx != NULL) {
        s2s_matrix_pack(call->spec->kernels, &w, S2S_BACKWARD, parts.w_backward);
    }
}

void s2s_recurrent_pack(const s2s_recurrent_cell *cell, const s2s_layer_call *call, s2s_direction direction, real *packed)
{
    const packed_parts parts = parts_of(cell, call, packed);

    cell->pack(call->spec->kernels, call->options, call->weight[RECURRENT], direction, direction == S2S_FORWARD ? parts.u_forward : parts.u_backward);
    pack_kernel(cell, call, direction, parts);
}

static int64_t input_rows(const view *v)
{
    return v->in->form == S2S_CONSTANT ? v->steps->sequences : v->steps->rows;
}

/* --- the input, in the order in which the cell reads it -------------------------------------------------------------------- */

static const int32_t *tokens_of(const view *v)
{
    return v->backwards ? (const int32_t *)(void *)v->kept[TOKENS] : v->in->token;
}

static const real *scale_of(const view *v)
{
    return v->in->scale || v->drop_input ? v->kept[SCALE] : NULL;
}

static const real *input_of(const view *v)
{
    const bool copied = v->drop_input || (v->backwards && v->in->form == S2S_DENSE);

    return copied ? v->kept[INPUT] : v->in->x;
}

static void prepare_tokens(const view *v)
{
    const int64_t n = v->steps->rows;
    real *scale = v->kept[SCALE];

    if (v->backwards)
        s2s_reverse_tokens(v->steps, v->in->token, (int32_t *)(void *)v->kept[TOKENS]);
    if (scale_of(v) == NULL)
        return;
    for (int64_t r = 0; r < n; r++)
        scale[r] = 1;
    if (v->in->scale)
        s2s_reverse_or_copy(v->steps, v->backwards, 1, v->in->scale, scale);
    if (v->drop_input)
        for (int64_t r = 0; r < n; r++)
            scale[r] *= s2s_dropout_factor(&v->call->dropout, v->o->dropout, v->call->example[v->steps->sequence_of[r]], tokens_of(v)[r]);
}

static void prepare_input(const view *v)
{
    if (v->in->form == S2S_TOKENS) {
        prepare_tokens(v);
        return;
    }
    if (v->drop_input)
        s2s_dropout_mask(&v->call->dropout, v->o->dropout, v->call->example, v->steps->sequences, v->width, v->kept[INPUT_MASK]);
    if (v->in->form == S2S_CONSTANT) {
        if (v->drop_input)
            s2s_multiply(v->steps->sequences * v->width, v->in->x, v->kept[INPUT_MASK], v->kept[INPUT]);
        return;
    }
    if (v->kept[INPUT] && input_of(v) == v->kept[INPUT]) {
        s2s_reverse_or_copy(v->steps, v->backwards, v->width, v->in->x, v->kept[INPUT]);
        if (v->drop_input)
            s2s_multiply_by_sequence(v->steps, v->width, v->kept[INPUT_MASK], v->kept[INPUT]);
    }
}

/* --- the cell's view -------------------------------------------------------------------------------------------------------- */

static real *states_of(const view *v)
{
    return v->kept[STATES] ? v->kept[STATES] : v->call->output->x;
}

/* Field by field and in place: it is done for every shard, and copies of what was just written stall. */
static void set_cell(view *v)
{
    const s2s_recurrent_options *o = v->o;
    const real *bias = input_bias(o, v->call);
    s2s_cell *c = &v->run.cell;

    v->run.kernels = v->kernels;
    v->run.options = o;
    v->run.generic = v->scratch[GENERIC_SCRATCH];
    c->steps = v->steps;
    c->units = v->units;
    c->projection = NULL;
    c->u_forward = v->parts.u_forward;
    c->u_backward = v->parts.u_backward;
    c->bias = bias && v->cell->recurrent_bias_gradient && o->reset_after ? bias + v->units * v->gates : NULL;
    c->h_start = v->kept[START_H];
    c->c_start = v->kept[START_C];
    c->mask = v->drop_state ? v->kept[STATE_MASK] : NULL;
    c->masked = v->kept[MASKED];
    c->masked_start = v->kept[MASKED_START];
    c->z = v->kept[Z];
    c->h = states_of(v);
    c->c = v->kept[CELL];
    c->forget = !v->call->need_gradient;
    c->dy = c->dy_last = c->dc_last = NULL;
    c->dh_start = v->kept[DSTART_H];
    c->dc_start = v->kept[DSTART_C];
    c->scratch = v->scratch[CELL_SCRATCH];
    c->dh_norms = v->call->state_norms;
    if (s2s_activation_kernel(o->activation) >= 0)
        c->activation = (s2s_pointwise)s2s_activation_kernel(o->activation);
}

/* Where the buffers lie changes with the shard's shape alone. */
static void place_buffers(view *v)
{
    const s2s_steps *steps = v->steps;

    if (v->placed == v->call && v->rows == steps->rows && v->batch == steps->sequences && v->count == steps->count)
        return;
    if (v->placed != v->call) {
        v->parts = parts_of(v->cell, v->call, v->call->packed);
        buffers_of(v->cell, v->o, v->call->spec->flags, v->in->form, v->width, v->kept_as);
        scratch_of(v->cell, v->kernels, v->o, v->call->spec->flags, v->in->form, v->width, v->scratch_as);
        v->placed = v->call;
    }
    v->rows = steps->rows;
    v->batch = steps->sequences;
    v->count = steps->count;
    s2s_buffers_carve(v->kept_as, BUFFERS, v->rows, v->batch, v->count, v->call->kept, v->kept);
    s2s_buffers_carve(v->scratch_as, SCRATCHES, v->rows, v->batch, v->count, v->call->scratch, v->scratch);
}

/* What an earlier call saw. */
static view *view_of(const s2s_layer_call *call) { return (view *)(void *)call->kept; }

static view *look(const s2s_recurrent_cell *cell, s2s_layer_call *call)
{
    const s2s_recurrent_options *o = call->options;
    const unsigned flags = call->spec->flags;
    s2s_value *in = &call->input[0];
    view *v = view_of(call);

    v->o = o;
    v->cell = cell;
    v->kernels = call->spec->kernels;
    v->call = call;
    v->in = in;
    v->steps = in->steps;
    v->width = in->width;
    v->units = o->units;
    v->gates = cell->gates;
    v->backwards = backwards(o, flags);
    v->sequences = sequences(o, flags);
    v->flipped = flips_output(o, flags);
    v->drop_input = call->training && o->dropout > 0;
    v->drop_state = call->training && o->recurrent_dropout > 0;
    place_buffers(v);
    set_cell(v);
    return v;
}

static void project(const view *v, s2s_cell *cell)
{
    const real *bias = input_bias(v->o, v->call);
    const int64_t rows = v->steps->rows, batch = v->steps->sequences;

    if (v->in->form == S2S_CONSTANT) {
        v->kernels->product_to_panels(batch, v->width, input_of(v), v->width, v->parts.w_forward, bias, v->gates, v->units, v->kept[PROJECTION], batch);
        cell->projection = v->kept[PROJECTION];
        cell->projection_rows = batch;
        cell->index = v->steps->sequence_of;
    } else if (v->in->form == S2S_DENSE) {
        v->kernels->product_to_panels(rows, v->width, input_of(v), v->width, v->parts.w_forward, bias, v->gates, v->units, v->kept[Z], rows);
    } else if (uses_table(S2S_TOKENS, v->width) && scale_of(v) == NULL) {
        cell->projection = v->parts.w_forward;
        cell->projection_rows = v->width;
        cell->index = tokens_of(v);
    } else {
        s2s_kernel->gather(rows, v->call->weight[KERNEL], v->units * v->gates, bias, tokens_of(v), scale_of(v), v->gates, v->units, v->kept[Z], rows);
    }
}

static void start_states(const view *v)
{
    const int first = v->o->use_bias ? BIAS + 1 : BIAS;

    if (!v->o->learned_initial_state)
        return;
    for (int64_t b = 0; b < v->steps->sequences; b++) {
        memcpy(v->kept[START_H] + b * v->units, v->call->weight[first], (size_t)v->units * sizeof(real));
        if (v->kept[START_C])
            memcpy(v->kept[START_C] + b * v->units, v->call->weight[first + 1], (size_t)v->units * sizeof(real));
    }
}

static void last_states(const s2s_steps *steps, int64_t units, const real *h, real *y)
{
    for (int64_t b = 0; b < steps->sequences; b++)
        memcpy(y + b * units, h + (steps->offset[steps->length[b] - 1] + b) * units, (size_t)units * sizeof(real));
}

void s2s_recurrent_forward(const s2s_recurrent_cell *cell, s2s_layer_call *call)
{
    view *v = look(cell, call);

    prepare_input(v);
    start_states(v);
    if (v->drop_state) {
        const s2s_stream stream = s2s_dropout_second(&call->dropout);

        s2s_dropout_mask(&stream, v->o->recurrent_dropout, call->example, v->steps->sequences, v->units, v->kept[STATE_MASK]);
    }
    project(v, &v->run.cell);
    cell->forward(&v->run);
    if (v->flipped)
        s2s_reverse_or_copy(v->steps, true, v->units, v->run.cell.h, call->output->x);
    else if (!v->sequences)
        last_states(v->steps, v->units, v->run.cell.h, call->output->x);
}

/* --- back --------------------------------------------------------------------------------------------------------------------- */

/* dx += dz W^T, through dropout and direction where there is any. */
static void input_gradient(const view *v)
{
    const bool constant = v->in->form == S2S_CONSTANT;
    const int64_t rows = input_rows(v);
    const bool direct = input_of(v) == v->in->x;
    real *dx = direct ? v->in->dx : v->scratch[INPUT_GRADIENT];

    if (v->in->form == S2S_TOKENS || v->in->dx == NULL)
        return;
    v->kernels->product_transposed(rows, &v->dz, v->parts.w_backward, direct, v->width, dx, v->width);
    if (direct)
        return;
    if (v->drop_input && constant)
        s2s_multiply(rows * v->width, dx, v->kept[INPUT_MASK], dx);
    else if (v->drop_input)
        s2s_multiply_by_sequence(v->steps, v->width, v->kept[INPUT_MASK], dx);
    s2s_reverse_or_add(v->steps, constant ? rows : 0, v->backwards && !constant, v->width, dx, v->in->dx);
}

void s2s_recurrent_backward(s2s_layer_call *call)
{
    view *v = view_of(call);
    s2s_cell *c = &v->run.cell;
    const bool constant = v->in->form == S2S_CONSTANT;

    assert(v->call == call);
    if (v->flipped) {
        s2s_reverse_or_copy(v->steps, true, v->units, call->output->dx, v->kept[FLIPPED_DY]);
        c->dy = v->kept[FLIPPED_DY];
    } else if (v->sequences) {
        c->dy = call->output->dx;
    } else {
        c->dy_last = call->output->dx;
    }
    v->cell->backward(&v->run);
    if (constant)
        s2s_kernel->sum_steps(v->steps, v->gates, v->units, v->kept[Z], v->kept[SUMS]);
    v->dz = s2s_operand_panels(constant ? v->kept[SUMS] : v->kept[Z], input_rows(v), v->gates, v->units);
    input_gradient(v);
}

/* --- weight gradients ------------------------------------------------------------------------------------------------------------- */

static void kernel_gradient(const view *v, real *const *gradient, int64_t first, int64_t last)
{
    const int64_t columns = v->units * v->gates, rows = input_rows(v);
    const s2s_segment all = { 0, 0, rows };
    real *dw = gradient[KERNEL];

    if (dw == NULL || first >= last)
        return;
    if (v->in->form == S2S_TOKENS)
        s2s_kernel->scatter_add(rows, &v->dz, tokens_of(v), scale_of(v), first, last, dw, columns);
    else
        v->kernels->product_gradient(&all, 1, input_of(v), v->width, &v->dz, first, last, dw, columns);
}

/* h_{t-1} against dz_t: one run of rows where all sequences are equally long, else one for each step. */
static int64_t recurrent_segments(const s2s_steps *s, s2s_segment *segment)
{
    int64_t count = 0;

    if (s->rows == s->sequences * s->count) {
        segment[0] = (s2s_segment){ 0, s->sequences, s->rows - s->sequences };
        return s->count > 1;
    }
    for (int64_t t = 1; t < s->count; t++)
        segment[count++] = (s2s_segment){ s->offset[t - 1], s->offset[t], s->offset[t + 1] - s->offset[t] };
    return count;
}

static void recurrent_gradient(const view *v, real *const *gradient, int64_t first, int64_t last)
{
    s2s_segment *segment = (s2s_segment *)(void *)v->kept[SEGMENTS];
    const real *start = v->drop_state ? v->kept[MASKED_START] : v->kept[START_H];
    const real *h = v->drop_state ? v->kept[MASKED] : v->run.cell.h;
    const s2s_segment at_start = { 0, 0, v->steps->sequences };
    real *du = gradient[RECURRENT];

    if (du == NULL || first >= last)
        return;
    if (v->kept[START_H])
        v->cell->recurrent_gradient(&v->run, &at_start, 1, start, first, last, du);
    v->cell->recurrent_gradient(&v->run, segment, recurrent_segments(v->steps, segment), h, first, last, du);
}

static void bias_gradient(const view *v, real *const *gradient)
{
    real *db = v->o->use_bias ? gradient[BIAS] : NULL;

    if (db == NULL)
        return;
    s2s_kernel->column_sums(input_rows(v), &v->dz, db);
    if (v->cell->recurrent_bias_gradient && v->o->reset_after)
        v->cell->recurrent_bias_gradient(&v->run, db + v->units * v->gates);
}

static void start_gradient(const view *v, real *const *gradient)
{
    const int first = v->o->use_bias ? BIAS + 1 : BIAS;

    for (int i = 0; v->o->learned_initial_state && i < (v->cell->cell_state ? 2 : 1); i++) {
        const real *d = v->kept[DSTART_H + i];
        real *dw = gradient[first + i];

        for (int64_t b = 0; dw && b < v->steps->sequences; b++)
            for (int64_t u = 0; u < v->units; u++)
                dw[u] += d[b * v->units + u];
    }
}

static int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

/* Tiles: blocks of kernel rows, then blocks of recurrent kernel rows, then one for biases and start states. */
void s2s_recurrent_accumulate(s2s_layer_call *call)
{
    const view *v = view_of(call);
    const int64_t rows = v->kernels->gradient_rows, first = call->tile_first, last = call->tile_last;
    const int64_t k = s2s_gradient_tiles(v->kernels, v->width), r = s2s_gradient_tiles(v->kernels, v->units);

    kernel_gradient(v, call->gradient, first * rows, smaller(smaller(last, k) * rows, v->width));
    recurrent_gradient(v, call->gradient, first > k ? (first - k) * rows : 0, smaller((last - k) * rows, v->units));
    if (last > k + r) {
        bias_gradient(v, call->gradient);
        start_gradient(v, call->gradient);
    }
}
