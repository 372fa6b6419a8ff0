/* gru.c -- gated recurrent unit; gates z, r, h in this order in every array.
 *   z, r = s(x_t W + h_{t-1} U + b)                                          h_t = z h_{t-1} + (1 - z) candidate
 *   reset_after (Keras' default):  candidate = f(x_t W_h + b_h + r (h_{t-1} U_h + b'_h)), bias (2,3H): input row, recurrent row
 *   else:                          candidate = f(x_t W_h + b_h + (r h_{t-1}) U_h), bias (3H)
 * Shapes  x (T,B,D) -> y (T,B,H) or the last step (B,H); kernel (D,3H), recurrent_kernel (H,3H).
 * Source  Keras GRU. */
#include "layers/recurrent.h"

enum { GATES = 3 };

/* reset_after: the recurrent sum of the candidate, in panel order; else r * h, row-major. */
static int64_t memory(const s2s_recurrent_options *o)
{
    return o->reset_after ? s2s_panels(o->units) * S2S_LANES : o->units;
}

static bool fused(const s2s_recurrent_options *o)
{
    return s2s_activation_kernel(o->activation) == S2S_TANH && s2s_activation_kernel(o->recurrent_activation) == S2S_SIGMOID;
}

static int64_t packed_size(const s2s_kernels *kernels, const s2s_recurrent_options *o)
{
    const int64_t h = o->units;

    return o->reset_after ? kernels->pack_size(h, GATES, h) : kernels->pack_size(h, 2, h) + kernels->pack_size(h, 1, h);
}

static void pack_recurrent(const s2s_kernels *kernels, const s2s_recurrent_options *o, const real *u, s2s_direction direction, real *packed)
{
    const int64_t h = o->units, first = kernels->pack_size(h, 2, h);
    const s2s_matrix all = { u, h, GATES, h, GATES * h }, gates = { u, h, 2, h, GATES * h }, candidate = { u + 2 * h, h, 1, h, GATES * h };

    if (o->reset_after) {
        s2s_matrix_pack(kernels, &all, direction, packed);
        return;
    }
    s2s_matrix_pack(kernels, &gates, direction, packed);
    s2s_matrix_pack(kernels, &candidate, direction, packed + first);
}

static void run_forward(s2s_cell_run *run)
{
    if (!fused(run->options))
        s2s_generic_gru_forward(run);
    else if (run->options->reset_after)
        run->kernels->gru_forward(&run->cell);
    else
        run->kernels->gru_reset_before_forward(&run->cell);
}

static void run_backward(s2s_cell_run *run)
{
    if (!fused(run->options))
        s2s_generic_gru_backward(run);
    else if (run->options->reset_after)
        run->kernels->gru_backward(&run->cell);
    else
        run->kernels->gru_reset_before_backward(&run->cell);
}

/* Gates z, r of dz; the candidate's own gradient lies elsewhere or belongs to another operand. */
static s2s_operand gate_gradients(const s2s_cell *c)
{
    s2s_operand z = s2s_operand_panels(c->z, c->steps->rows, GATES, c->units);

    z.gates = 2;
    return z;
}

static s2s_operand candidate_gradient(const s2s_cell *c, bool reset_after)
{
    s2s_operand z = s2s_operand_panels(c->z, c->steps->rows, GATES, c->units);

    if (reset_after)
        return s2s_operand_panels(c->c, c->steps->rows, 1, c->units);
    z.base += 2 * S2S_LANES;
    z.gates = 1;
    return z;
}

/* r_t h_{t-1} lies at step t itself, so its rows pair with dz of the same step. */
static void reset_segments(const s2s_cell_run *run, const s2s_segment *segments, int64_t count, int64_t first, int64_t last, real *du)
{
    const s2s_cell *c = &run->cell;
    const s2s_operand dz = candidate_gradient(c, false);

    for (int64_t i = 0; i < count; i++) {
        const s2s_segment same = { segments[i].z_row, segments[i].z_row, segments[i].count };

        run->kernels->product_gradient(&same, 1, c->c, c->units, &dz, first, last, du, GATES * c->units);
    }
}

static void recurrent_gradient(const s2s_cell_run *run, const s2s_segment *segments, int64_t count, const real *h, int64_t first, int64_t last, real *du)
{
    const s2s_cell *c = &run->cell;
    const s2s_operand gates = gate_gradients(c), candidate = candidate_gradient(c, true);
    const int64_t stride = GATES * c->units;

    run->kernels->product_gradient(segments, count, h, c->units, &gates, first, last, du, stride);
    if (run->options->reset_after)
        run->kernels->product_gradient(segments, count, h, c->units, &candidate, first, last, du + 2 * c->units, stride);
    else
        reset_segments(run, segments, count, first, last, du + 2 * c->units);
}

static void recurrent_bias_gradient(const s2s_cell_run *run, real *db)
{
    const s2s_cell *c = &run->cell;
    const s2s_operand gates = gate_gradients(c), candidate = candidate_gradient(c, true);

    s2s_kernel->column_sums(c->steps->rows, &gates, db);
    s2s_kernel->column_sums(c->steps->rows, &candidate, db + 2 * c->units);
}

static const s2s_recurrent_cell cell = {
    .gates = GATES, .memory = memory, .fused = fused, .packed_size = packed_size, .pack = pack_recurrent,
    .forward = run_forward, .backward = run_backward,
    .recurrent_gradient = recurrent_gradient, .recurrent_bias_gradient = recurrent_bias_gradient,
};

static const s2s_field fields[] = {
    S2S_RECURRENT_FIELDS,
    S2S_FIELD_OBJECT(s2s_recurrent_options, recurrent_activation, "sigmoid", &s2s_activations, "nonlinearity of the gates"),
    S2S_FIELD_BOOL(s2s_recurrent_options, reset_after, "true", "apply the reset gate after the recurrent product, with a bias of its own"),
    S2S_FIELD_END
};

static const char *const examples[] = {
    "{type: GRU, units: 4}",
    "{type: GRU, units: 17, return_sequences: true}",
    "{type: GRU, units: 3, reset_after: false, return_sequences: true}",
    "{type: GRU, units: 3, go_backwards: true, use_bias: false, return_sequences: true}",
    "{type: GRU, units: 5, dropout: 0.2, recurrent_dropout: 0.3, learned_initial_state: true}",
    "{type: GRU, units: 5, reset_after: false, recurrent_dropout: 0.3, learned_initial_state: true}",
    "{type: GRU, units: 4, activation: softsign, recurrent_activation: hard_sigmoid, learned_initial_state: true}",
    "{type: GRU, units: 4, activation: softsign, reset_after: false, return_sequences: true}",
    NULL
};

S2S_RECURRENT_LAYER(s2s_layer_gru, cell, "GRU", "gru", "gated recurrent unit (gates z, r, h)", fields, examples);
