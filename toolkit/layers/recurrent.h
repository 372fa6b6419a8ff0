/*
 * recurrent.h -- what SimpleRNN, GRU and LSTM share: options, projection of any input form, dropout, direction, start states, outputs.
 *
 * A cell file says how many gates it has, which packed recurrent blocks it needs and how to run all steps forward and back; the rest is
 * here. Shapes: kernel (D,G*H), recurrent_kernel (H,G*H), bias (G*H), two rows of it for GRU with reset_after; gate order is the cell's.
 *
 * Source  Keras 3's recurrent layers, time axis first; packed rows instead of masks.
 */
#ifndef S2S_LAYERS_RECURRENT_H
#define S2S_LAYERS_RECURRENT_H

#include "layers/activation.h"
#include "layers/initializer.h"
#include "layers/layer.h"
#include "layers/penalty.h"
#include "math/kernels.h"

typedef struct s2s_recurrent_options {
    int64_t units;
    s2s_object *activation, *recurrent_activation;
    bool use_bias, unit_forget_bias, reset_after;
    s2s_object *kernel_initializer, *recurrent_initializer, *bias_initializer;
    s2s_object *kernel_regularizer, *recurrent_regularizer, *bias_regularizer;
    s2s_object *kernel_constraint, *recurrent_constraint, *bias_constraint;
    double dropout, recurrent_dropout;
    bool return_sequences, go_backwards, learned_initial_state;
} s2s_recurrent_options;

/* The keys that all three cells take. */
#define S2S_RECURRENT_FIELDS                                                                                                        \
    S2S_FIELD_INT_OR_AUTO(s2s_recurrent_options, units, S2S_REQUIRED, 1, 65536, "units", "hidden state size H; auto with model.parameters"), \
    S2S_FIELD_OBJECT(s2s_recurrent_options, activation, "tanh", &s2s_activations, "nonlinearity of the candidate state"),           \
    S2S_FIELD_BOOL(s2s_recurrent_options, use_bias, "true", "whether the layer has a bias"),                                        \
    S2S_FIELD_OBJECT(s2s_recurrent_options, kernel_initializer, "glorot_uniform", &s2s_initializers, "first values of the kernel"), \
    S2S_FIELD_OBJECT(s2s_recurrent_options, recurrent_initializer, "orthogonal", &s2s_initializers, "first values of the recurrent kernel"), \
    S2S_FIELD_OBJECT(s2s_recurrent_options, bias_initializer, "zeros", &s2s_initializers, "first values of the bias"),              \
    S2S_FIELD_OBJECT(s2s_recurrent_options, kernel_regularizer, S2S_NONE, &s2s_regularizers, "penalty on the kernel"),              \
    S2S_FIELD_OBJECT(s2s_recurrent_options, recurrent_regularizer, S2S_NONE, &s2s_regularizers, "penalty on the recurrent kernel"), \
    S2S_FIELD_OBJECT(s2s_recurrent_options, bias_regularizer, S2S_NONE, &s2s_regularizers, "penalty on the bias"),                  \
    S2S_FIELD_OBJECT(s2s_recurrent_options, kernel_constraint, S2S_NONE, &s2s_constraints, "bound on the kernel, kept after every update"), \
    S2S_FIELD_OBJECT(s2s_recurrent_options, recurrent_constraint, S2S_NONE, &s2s_constraints, "bound on the recurrent kernel"),     \
    S2S_FIELD_OBJECT(s2s_recurrent_options, bias_constraint, S2S_NONE, &s2s_constraints, "bound on the bias"),                      \
    S2S_FIELD_REAL(s2s_recurrent_options, dropout, "0.0", 0.0, 0.99, "fraction", "share of inputs dropped in training, the same at every step"), \
    S2S_FIELD_REAL(s2s_recurrent_options, recurrent_dropout, "0.0", 0.0, 0.99, "fraction", "share of states dropped on their way to the next step"), \
    S2S_FIELD_BOOL(s2s_recurrent_options, return_sequences, "false", "emit every step, not just the last"),                         \
    S2S_FIELD_BOOL(s2s_recurrent_options, go_backwards, "false", "read the sequence from its end; steps come out in that order"),   \
    S2S_FIELD_BOOL(s2s_recurrent_options, learned_initial_state, "false", "train the first state instead of starting from zeros")

/* What a cell function gets: the kernel's view of the shard and, for activations without fused kernels, the activations. */
typedef struct s2s_cell_run {
    s2s_cell cell;
    const s2s_kernels *kernels;
    const s2s_recurrent_options *options;
    real *generic;                     /* scratch of the unfused path, NULL when fused */
} s2s_cell_run;

/* A weight packed for one direction. */
static inline void s2s_matrix_pack(const s2s_kernels *kernels, const s2s_matrix *w, s2s_direction direction, real *packed)
{
    (direction == S2S_FORWARD ? kernels->pack_forward : kernels->pack_backward)(w, packed);
}

typedef struct s2s_recurrent_cell {
    int gates;
    bool cell_state;                                                   /* LSTM: a second state, c */
    int64_t (*memory)(const s2s_recurrent_options *options);           /* elements of cell->c for each packed row */
    bool (*fused)(const s2s_recurrent_options *options);
    int64_t (*packed_size)(const s2s_kernels *kernels, const s2s_recurrent_options *options);      /* of the recurrent kernel, one direction */
    void (*pack)(const s2s_kernels *kernels, const s2s_recurrent_options *options, const real *u, s2s_direction direction, real *packed);
    void (*forward)(s2s_cell_run *run);
    void (*backward)(s2s_cell_run *run);
    /* dU += h_prev^T dz over the segments, for rows [first, last) of dU. */
    void (*recurrent_gradient)(const s2s_cell_run *run, const s2s_segment *segments, int64_t count, const real *h, int64_t first, int64_t last, real *du);
    /* Gradient of the recurrent bias row; NULL when there is none. */
    void (*recurrent_bias_gradient)(const s2s_cell_run *run, real *db);
} s2s_recurrent_cell;

/* The members of s2s_layer_ops (layer.h), for any cell. */
s2s_status s2s_recurrent_infer(const s2s_recurrent_cell *cell, const void *options, const s2s_layer_input *in, s2s_layer_spec *ret, s2s_error *err);
void s2s_recurrent_pack(const s2s_recurrent_cell *cell, const s2s_layer_call *call, s2s_direction direction, real *packed);
void s2s_recurrent_forward(const s2s_recurrent_cell *cell, s2s_layer_call *call);
void s2s_recurrent_backward(s2s_layer_call *call);
void s2s_recurrent_accumulate(s2s_layer_call *call);

/* Each cell file ends with one of these: the vtable functions bound to its cell, and the vtable. */
#define S2S_RECURRENT_LAYER(symbol, cell_, name_, alias_, summary_, fields_, examples_)                                              \
    static s2s_status infer(const void *o, const s2s_layer_input *in, s2s_layer_spec *ret, s2s_error *err)                          \
    { return s2s_recurrent_infer(&(cell_), o, in, ret, err); }                                                                       \
    static void pack(const s2s_layer_call *call, s2s_direction direction, real *packed)                                              \
    { s2s_recurrent_pack(&(cell_), call, direction, packed); }                                                                       \
    static void forward(s2s_layer_call *call) { s2s_recurrent_forward(&(cell_), call); }                                             \
    const s2s_layer_ops symbol = {                                                                                                   \
        .entry = { name_, alias_, summary_, fields_, sizeof(s2s_recurrent_options), examples_ },                                     \
        .recurrent = true, .forms = 1u << S2S_DENSE | 1u << S2S_TOKENS | 1u << S2S_CONSTANT,                                         \
        .infer = infer, .pack = pack, .forward = forward,                                                                            \
        .backward = s2s_recurrent_backward, .accumulate = s2s_recurrent_accumulate,                                                  \
    }

/* The unfused path (cell_generic.c): product, then pointwise loops with any activation. Elements of scratch for B sequences. */
int64_t s2s_generic_scratch(int64_t sequences, int64_t units);
void s2s_generic_simple_rnn_forward(s2s_cell_run *run);
void s2s_generic_simple_rnn_backward(s2s_cell_run *run);
void s2s_generic_lstm_forward(s2s_cell_run *run);
void s2s_generic_lstm_backward(s2s_cell_run *run);
void s2s_generic_gru_forward(s2s_cell_run *run);
void s2s_generic_gru_backward(s2s_cell_run *run);

#endif
