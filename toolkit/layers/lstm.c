/* lstm.c -- long short-term memory; gates i, f, c, o in this order in every array.
 *   i, f, o = s(x_t W + h_{t-1} U + b)    g = f(x_t W_c + h_{t-1} U_c + b_c)    c_t = f c_{t-1} + i g    h_t = o f(c_t)
 * Shapes  x (T,B,D) -> y (T,B,H) or the last step (B,H); kernel (D,4H), recurrent_kernel (H,4H), bias (4H).
 * Source  Keras LSTM. */
#include "layers/recurrent.h"

enum { GATES = 4 };

/* Cell states and their tanh, in panel order. */
static int64_t memory(const s2s_recurrent_options *o) { return 2 * s2s_panels(o->units) * S2S_LANES; }

static bool fused(const s2s_recurrent_options *o)
{
    return s2s_activation_kernel(o->activation) == S2S_TANH && s2s_activation_kernel(o->recurrent_activation) == S2S_SIGMOID;
}

static int64_t packed_size(const s2s_kernels *kernels, const s2s_recurrent_options *o) { return kernels->pack_size(o->units, GATES, o->units); }

static void pack_recurrent(const s2s_kernels *kernels, const s2s_recurrent_options *o, const real *u, s2s_direction direction, real *packed)
{
    s2s_matrix_pack(kernels, &(s2s_matrix){ u, o->units, GATES, o->units, GATES * o->units }, direction, packed);
}

static void run_forward(s2s_cell_run *run)
{
    (fused(run->options) ? run->kernels->lstm_forward(&run->cell) : s2s_generic_lstm_forward(run));
}

static void run_backward(s2s_cell_run *run)
{
    (fused(run->options) ? run->kernels->lstm_backward(&run->cell) : s2s_generic_lstm_backward(run));
}

static void recurrent_gradient(const s2s_cell_run *run, const s2s_segment *segments, int64_t count, const real *h, int64_t first, int64_t last, real *du)
{
    const s2s_cell *c = &run->cell;
    const s2s_operand dz = s2s_operand_panels(c->z, c->steps->rows, GATES, c->units);

    run->kernels->product_gradient(segments, count, h, c->units, &dz, first, last, du, GATES * c->units);
}

static const s2s_recurrent_cell cell = {
    .gates = GATES, .cell_state = true, .memory = memory, .fused = fused, .packed_size = packed_size, .pack = pack_recurrent,
    .forward = run_forward, .backward = run_backward, .recurrent_gradient = recurrent_gradient,
};

static const s2s_field fields[] = {
    S2S_RECURRENT_FIELDS,
    S2S_FIELD_OBJECT(s2s_recurrent_options, recurrent_activation, "sigmoid", &s2s_activations, "nonlinearity of the gates"),
    S2S_FIELD_BOOL(s2s_recurrent_options, unit_forget_bias, "true", "start the forget gate's bias at one"),
    S2S_FIELD_END
};

static const char *const examples[] = {
    "{type: LSTM, units: 4}",
    "{type: LSTM, units: 17, return_sequences: true}",
    "{type: LSTM, units: 3, go_backwards: true, use_bias: false, return_sequences: true}",
    "{type: LSTM, units: 5, dropout: 0.2, recurrent_dropout: 0.3, learned_initial_state: true, return_sequences: true}",
    "{type: LSTM, units: 4, activation: softsign, recurrent_activation: hard_sigmoid, unit_forget_bias: false, learned_initial_state: true}",
    NULL
};

S2S_RECURRENT_LAYER(s2s_layer_lstm, cell, "LSTM", "lstm", "long short-term memory (gates i, f, c, o)", fields, examples);
