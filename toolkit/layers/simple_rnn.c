/* simple_rnn.c -- the plain recurrent network of Elman.
 *   h_t = f(x_t W + h_{t-1} U + b)
 * Shapes  x (T,B,D) -> y (T,B,H) or the last step (B,H); kernel (D,H), recurrent_kernel (H,H), bias (H).
 * Source  Keras SimpleRNN. */
#include "layers/recurrent.h"

static int64_t memory(const s2s_recurrent_options *o) { (void)o; return 0; }
static bool fused(const s2s_recurrent_options *o) { return s2s_activation_kernel(o->activation) >= 0; }
static int64_t packed_size(const s2s_kernels *kernels, const s2s_recurrent_options *o) { return kernels->pack_size(o->units, 1, o->units); }

static void pack_recurrent(const s2s_kernels *kernels, const s2s_recurrent_options *o, const real *u, s2s_direction direction, real *packed)
{
    s2s_matrix_pack(kernels, &(s2s_matrix){ u, o->units, 1, o->units, o->units }, direction, packed);
}

static void run_forward(s2s_cell_run *run)
{
    (fused(run->options) ? run->kernels->simple_rnn_forward(&run->cell) : s2s_generic_simple_rnn_forward(run));
}

static void run_backward(s2s_cell_run *run)
{
    (fused(run->options) ? run->kernels->simple_rnn_backward(&run->cell) : s2s_generic_simple_rnn_backward(run));
}

static void recurrent_gradient(const s2s_cell_run *run, const s2s_segment *segments, int64_t count, const real *h, int64_t first, int64_t last, real *du)
{
    const s2s_cell *c = &run->cell;
    const s2s_operand dz = s2s_operand_panels(c->z, c->steps->rows, 1, c->units);

    run->kernels->product_gradient(segments, count, h, c->units, &dz, first, last, du, c->units);
}

static const s2s_recurrent_cell cell = {
    .gates = 1, .memory = memory, .fused = fused, .packed_size = packed_size, .pack = pack_recurrent,
    .forward = run_forward, .backward = run_backward, .recurrent_gradient = recurrent_gradient,
};

static const s2s_field fields[] = { S2S_RECURRENT_FIELDS, S2S_FIELD_END };

static const char *const examples[] = {
    "{type: SimpleRNN, units: 4}",
    "{type: SimpleRNN, units: 17, activation: relu, return_sequences: true}",
    "{type: SimpleRNN, units: 3, activation: softsign, use_bias: false, go_backwards: true, return_sequences: true}",
    "{type: SimpleRNN, units: 5, dropout: 0.2, recurrent_dropout: 0.3, learned_initial_state: true}",
    NULL
};

S2S_RECURRENT_LAYER(s2s_layer_simple_rnn, cell, "SimpleRNN", NULL, "plain recurrent layer: one nonlinearity of input and last state", fields, examples);
