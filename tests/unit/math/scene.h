/*
 * scene.h -- a recurrent cell with all its arrays, for tests: weights in Keras' order, sequences of given lengths, and the
 * options that a bit of `with` switches on.
 */
#ifndef S2S_TEST_SCENE_H
#define S2S_TEST_SCENE_H

#include "numbers.h"

typedef enum cell_kind { TANH_RNN, SIGMOID_RNN, RELU_RNN, LINEAR_RNN, LSTM, GRU, GRU_RESET_BEFORE, KINDS } cell_kind;

enum {
    WITH_START = 1, WITH_MASK = 2, WITH_PROJECTION = 4, WITH_DY = 8, WITH_LAST = 16, WITH_BIAS = 32, ALL_OPTIONS = 64,
    SEQUENCES_MAX = 24, STEPS_MAX = 8, PROJECTION_ROWS = 7
};

typedef struct array { real *x; int64_t count; } array;

typedef struct scene {
    cell_kind kind;
    int with;
    bool forget;                            /* see s2s_cell */
    int64_t units, gates;                   /* H, G */
    int64_t offset[STEPS_MAX + 1];
    int32_t length[SEQUENCES_MAX], sequence_of[SEQUENCES_MAX * STEPS_MAX], index[SEQUENCES_MAX * STEPS_MAX];
    s2s_steps steps;
    array u;                                /* (H, G*H) */
    array bias;                             /* (G*H) */
    array x;                                /* what z starts from: (P,N,G,16), or the projection (P,PROJECTION_ROWS,G,16) */
    array h_start, c_start, mask, dy, dy_last, dc_last;
    array z, h, c, masked, masked_start, dh_start, dc_start, du, dbias;             /* results */
    double norms[STEPS_MAX];
} scene;

static inline array array_new(int64_t count, uint64_t seed) { return (array){ numbers_new(count, seed), count }; }

static inline void scene_steps(scene *s, int64_t sequences, const int32_t *length)
{
    s->steps = (s2s_steps){ .sequences = sequences, .count = length[0], .offset = s->offset, .sequence_of = s->sequence_of,
                            .length = s->length };
    assert(sequences <= SEQUENCES_MAX && length[0] <= STEPS_MAX);
    for (int64_t t = 0; t < length[0]; t++) {
        s->offset[t] = s->steps.rows;
        for (int64_t b = 0; b < sequences && length[b] > t; b++)
            s->sequence_of[s->steps.rows++] = (int32_t)b;
    }
    s->offset[length[0]] = s->steps.rows;
    memcpy(s->length, length, (size_t)sequences * sizeof *length);
}

/* lengths never grow with b. */
static inline void scene_init(scene *s, cell_kind kind, int with, int64_t units, int64_t sequences, const int32_t *length)
{
    int64_t panels = s2s_panels(units), states = sequences * units, rows, gates;

    *s = (scene){ .kind = kind, .with = with, .units = units };
    scene_steps(s, sequences, length);
    rows = s->steps.rows;
    gates = s->gates = kind == LSTM ? 4 : kind == GRU || kind == GRU_RESET_BEFORE ? 3 : 1;
    s->u = array_new(units * gates * units, 1);
    s->bias = array_new(gates * units, 2);
    s->x = array_new(panels * (with & WITH_PROJECTION ? PROJECTION_ROWS : rows) * gates * S2S_LANES, 3);
    s->h_start = array_new(states, 4);
    s->c_start = array_new(states, 5);
    s->mask = array_new(states, 6);
    s->dy = array_new(rows * units, 7);
    s->dy_last = array_new(states, 8);
    s->dc_last = array_new(states, 9);
    s->z = array_new(panels * rows * gates * S2S_LANES, 10);
    s->h = array_new(rows * units, 11);
    s->c = array_new(kind == GRU_RESET_BEFORE ? rows * units : panels * rows * 2 * S2S_LANES, 12);
    s->masked = array_new(rows * units, 13);
    s->masked_start = array_new(states, 14);
    s->dh_start = array_new(states, 15);
    s->dc_start = array_new(states, 16);
    s->du = array_new(units * gates * units, 18);
    s->dbias = array_new(gates * units, 19);
    for (int64_t i = 0; i < states; i++)
        s->mask.x[i] = s->mask.x[i] > 0 ? 2 : 0;
    for (int64_t r = 0; r < rows; r++)
        s->index[r] = (int32_t)(r * 5 % PROJECTION_ROWS);
    for (int64_t i = 0; i < s->u.count; i++)
        s->u.x[i] /= (real)(units < 4 ? 1 : units / 4);
}

static inline void scene_free(scene *s)
{
    array *const all[] = { &s->u, &s->bias, &s->x, &s->h_start, &s->c_start, &s->mask, &s->dy, &s->dy_last, &s->dc_last, &s->z, &s->h,
                           &s->c, &s->masked, &s->masked_start, &s->dh_start, &s->dc_start, &s->du, &s->dbias };

    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        numbers_free(all[i]->x, all[i]->count);
}

/* Element of a panel-order array (P,rows,gates,16). */
static inline int64_t scene_at(int64_t rows, int64_t gates, int64_t row, int64_t gate, int64_t unit)
{
    return ((unit / S2S_LANES * rows + row) * gates + gate) * S2S_LANES + unit % S2S_LANES;
}

/* Packed recurrent weights; GRU with the reset gate before: two blocks. */
static inline array scene_pack(const scene *s, const s2s_kernels *k, bool forward)
{
    void (*pack)(const s2s_matrix *, real *) = forward ? k->pack_forward : k->pack_backward;
    int64_t units = s->units, stride = s->gates * units, first = k->pack_size(units, 2, units);
    array packed;

    if (s->kind != GRU_RESET_BEFORE) {
        packed = array_new(k->pack_size(units, s->gates, units), 0);
        pack(&(s2s_matrix){ s->u.x, units, s->gates, units, stride }, packed.x);
        return packed;
    }
    packed = array_new(first + k->pack_size(units, 1, units), 0);
    pack(&(s2s_matrix){ s->u.x, units, 2, units, stride }, packed.x);
    pack(&(s2s_matrix){ s->u.x + 2 * units, units, 1, units, stride }, packed.x + first);
    return packed;
}

/* Gradients of the recurrent weight and, for GRU, its bias, from what backward left. */
static inline void scene_weight_gradient(scene *s, const s2s_kernels *k, const s2s_cell *cell)
{
    s2s_operand z = s2s_operand_panels(s->z.x, s->steps.rows, s->gates, s->units);
    s2s_operand last = s->kind == GRU ? s2s_operand_panels(s->c.x, s->steps.rows, 1, s->units) : z;
    const real *before = cell->mask ? s->masked.x : s->h.x, *start = cell->mask ? s->masked_start.x : s->h_start.x;
    int64_t units = s->units, stride = s->gates * units;
    s2s_segment segments[STEPS_MAX], first = { 0, 0, s->steps.sequences }, whole = { 0, 0, s->steps.rows };
    bool gru = s->gates == 3;

    memset(s->du.x, 0, (size_t)s->du.count * sizeof(real));
    memset(s->dbias.x, 0, (size_t)s->dbias.count * sizeof(real));
    for (int64_t t = 1; t < s->steps.count; t++)
        segments[t - 1] = (s2s_segment){ s->offset[t - 1], s->offset[t], s->offset[t + 1] - s->offset[t] };
    z.gates = gru ? 2 : s->gates;
    if (s->kind == GRU_RESET_BEFORE) {
        last.base += 2 * S2S_LANES;
        last.gates = 1;
    }
    k->product_gradient(segments, s->steps.count - 1, before, units, &z, 0, units, s->du.x, stride);
    if (s->with & WITH_START)
        k->product_gradient(&first, 1, start, units, &z, 0, units, s->du.x, stride);
    if (s->kind == GRU_RESET_BEFORE) {
        k->product_gradient(&whole, 1, s->c.x, units, &last, 0, units, s->du.x + 2 * units, stride);
    } else if (s->kind == GRU) {
        k->product_gradient(segments, s->steps.count - 1, before, units, &last, 0, units, s->du.x + 2 * units, stride);
        if (s->with & WITH_START)
            k->product_gradient(&first, 1, start, units, &last, 0, units, s->du.x + 2 * units, stride);
        k->column_sums(s->steps.rows, &z, s->dbias.x);
        k->column_sums(s->steps.rows, &last, s->dbias.x + 2 * units);
    }
}

static inline void scene_run(scene *s, const s2s_kernels *k, bool backward)
{
    void (*const forwards[KINDS])(const s2s_cell *) = {
        k->simple_rnn_forward, k->simple_rnn_forward, k->simple_rnn_forward, k->simple_rnn_forward, k->lstm_forward, k->gru_forward,
        k->gru_reset_before_forward };
    void (*const backwards[KINDS])(const s2s_cell *) = {
        k->simple_rnn_backward, k->simple_rnn_backward, k->simple_rnn_backward, k->simple_rnn_backward, k->lstm_backward,
        k->gru_backward, k->gru_reset_before_backward };
    static const s2s_pointwise activations[KINDS] = { S2S_TANH, S2S_SIGMOID, S2S_RELU, S2S_LINEAR, S2S_TANH, S2S_TANH, S2S_TANH };
    array u_forward = scene_pack(s, k, true), u_backward = scene_pack(s, k, false);
    array scratch = array_new(k->cell_scratch(s->steps.sequences, s->units), 20);
    bool start = s->with & WITH_START, last = s->with & WITH_LAST, projection = s->with & WITH_PROJECTION;
    s2s_cell cell = {
        .steps = &s->steps, .units = s->units, .u_forward = u_forward.x, .u_backward = u_backward.x,
        .projection = projection ? s->x.x : NULL, .projection_rows = PROJECTION_ROWS, .index = projection ? s->index : NULL,
        .bias = s->kind == GRU && (s->with & WITH_BIAS) ? s->bias.x : NULL, .activation = activations[s->kind],
        .h_start = start ? s->h_start.x : NULL, .c_start = start && s->kind == LSTM ? s->c_start.x : NULL,
        .mask = s->with & WITH_MASK ? s->mask.x : NULL, .masked = s->masked.x, .masked_start = s->masked_start.x,
        .z = s->z.x, .h = s->h.x, .c = s->c.x, .forget = s->forget,
        .dy = s->with & WITH_DY ? s->dy.x : NULL, .dy_last = last ? s->dy_last.x : NULL,
        .dc_last = last && s->kind == LSTM ? s->dc_last.x : NULL,
        .dh_start = s->dh_start.x, .dc_start = s->kind == LSTM ? s->dc_start.x : NULL,
        .scratch = scratch.x, .dh_norms = s->norms,
    };

    if (!projection)
        memcpy(s->z.x, s->x.x, (size_t)s->z.count * sizeof(real));
    forwards[s->kind](&cell);
    if (backward) {
        backwards[s->kind](&cell);
        scene_weight_gradient(s, k, &cell);
    }
    numbers_free(u_forward.x, u_forward.count);
    numbers_free(u_backward.x, u_backward.count);
    numbers_free(scratch.x, scratch.count);
}

#endif
