/*
 * cell_generic.c -- recurrent cells with any pointwise activation: a product, then loops over plain (n,H) blocks.
 *
 * Forward leaves the sums before the activations in z, where the fused kernels leave what comes after them; backward runs the
 * activations again. Everything else is as in the kernels: gate orders, packed rows, what backward writes to z and c.
 */
#include <string.h>

#include "layers/recurrent.h"

enum { BLOCKS = 20 };       /* (B,H) blocks of scratch, padding of panels included */

int64_t s2s_generic_scratch(int64_t sequences, int64_t units)
{
    return BLOCKS * sequences * s2s_panels(units) * S2S_LANES;
}

static int64_t block_size(const s2s_cell *c) { return c->steps->sequences * s2s_panels(c->units) * S2S_LANES; }
static int64_t alive(const s2s_cell *c, int64_t t) { return c->steps->offset[t + 1] - c->steps->offset[t]; }

static void activate(const s2s_object *f, int64_t n, int64_t units, const real *x, real *y)
{
    s2s_activation_of(f)->forward(f->options, n, units, x, y);
}

/* d becomes d * f'(x). */
static void derive(const s2s_object *f, int64_t n, int64_t units, const real *x, const real *y, real *d)
{
    s2s_activation_of(f)->backward(f->options, n, units, x, y, d, d);
}

/* Gate `gate` of rows row .. row+n-1 of z (P,rows,gates,16) as a block (n,H), and back (padding becomes zero). */
static void unpack(const real *z, int64_t rows, int gates, int gate, int64_t row, int64_t n, int64_t units, real *x)
{
    for (int64_t r = 0; r < n; r++)
        for (int64_t u = 0; u < units; u++)
            x[r * units + u] = z[(((u / S2S_LANES) * rows + row + r) * gates + gate) * S2S_LANES + u % S2S_LANES];
}

static void pack(const real *x, int64_t rows, int gates, int gate, int64_t row, int64_t n, int64_t units, real *z)
{
    for (int64_t r = 0; r < n; r++)
        for (int64_t u = 0; u < s2s_panels(units) * S2S_LANES; u++)
            z[(((u / S2S_LANES) * rows + row + r) * gates + gate) * S2S_LANES + u % S2S_LANES] = u < units ? x[r * units + u] : 0;
}

/* z rows start from the projection rows that the index names. */
static void take_projection(const s2s_cell *c, int gates)
{
    const int64_t rows = c->steps->rows, width = gates * S2S_LANES;

    for (int64_t p = 0; c->projection && p < s2s_panels(c->units); p++)
        for (int64_t r = 0; r < rows; r++)
            memcpy(c->z + (p * rows + r) * width, c->projection + (p * c->projection_rows + c->index[r]) * width, (size_t)width * sizeof(real));
}

/* The state that step t starts from, as products see it (dropped) and as it is; NULL: zeros. */
static const real *product_state(const s2s_cell *c, int64_t t)
{
    if (t > 0)
        return (c->mask ? c->masked : c->h) + c->steps->offset[t - 1] * c->units;
    return c->mask && c->h_start ? c->masked_start : c->h_start;
}

static const real *plain_state(const s2s_cell *c, int64_t t)
{
    return t > 0 ? c->h + c->steps->offset[t - 1] * c->units : c->h_start;
}

static void drop(const s2s_cell *c, int64_t n, const real *h, real *masked)
{
    for (int64_t i = 0; c->mask && i < n * c->units; i++)
        masked[i] = h[i] * c->mask[i];
}

static void begin_forward(const s2s_cell *c, int gates)
{
    take_projection(c, gates);
    if (c->h_start)
        drop(c, c->steps->sequences, c->h_start, c->masked_start);
}

static void end_step(const s2s_cell *c, int64_t t)
{
    const int64_t at = c->steps->offset[t] * c->units;

    if (c->mask && t + 1 < c->steps->count)
        drop(c, alive(c, t), c->h + at, c->masked + at);
}

/* dh (B,H) holds what flows back from step t+1; add what comes from above at step t. */
static void add_above(const s2s_cell *c, int64_t t, real *dh)
{
    const int64_t h = c->units, n = alive(c, t);
    double norm = 0;

    for (int64_t b = 0; b < n; b++)
        for (int64_t u = 0; u < h; u++) {
            real *d = &dh[b * h + u];

            if (c->dy)
                *d += c->dy[(c->steps->offset[t] + b) * h + u];
            if (c->dy_last && c->steps->length[b] == t + 1)
                *d += c->dy_last[b * h + u];
            norm += (double)*d * (double)*d;
        }
    if (c->dh_norms)
        c->dh_norms[t] += norm;
}

static void product_back(const s2s_cell_run *run, int64_t n, s2s_operand dz, const real *u_backward, real *dh)
{
    const s2s_cell *c = &run->cell;

    run->kernels->product_transposed(n, &dz, u_backward, false, c->units, dh, c->units);
    for (int64_t i = 0; c->mask && i < n * c->units; i++)
        dh[i] *= c->mask[i];
}

static void give_start(const s2s_cell *c, const real *dh, real *start)
{
    if (start)
        memcpy(start, dh, (size_t)(c->steps->sequences * c->units) * sizeof(real));
}

static s2s_operand step_operand(const s2s_cell *c, int gates, int64_t t)
{
    return s2s_operand_panels(c->z + c->steps->offset[t] * gates * S2S_LANES, c->steps->rows, gates, c->units);
}

/* --- SimpleRNN --------------------------------------------------------------------------------------------------------------- */

void s2s_generic_simple_rnn_forward(s2s_cell_run *run)
{
    const s2s_cell *c = &run->cell;
    const int64_t rows = c->steps->rows, h = c->units;

    begin_forward(c, 1);
    for (int64_t t = 0; t < c->steps->count; t++) {
        const int64_t row = c->steps->offset[t], n = alive(c, t);
        const real *state = product_state(c, t);

        if (state)
            run->kernels->product_add_panels(n, h, state, h, c->u_forward, 1, h, c->z + row * S2S_LANES, rows);
        unpack(c->z, rows, 1, 0, row, n, h, run->generic);
        activate(run->options->activation, n, h, run->generic, c->h + row * h);
        end_step(c, t);
    }
}

void s2s_generic_simple_rnn_backward(s2s_cell_run *run)
{
    const s2s_cell *c = &run->cell;
    const int64_t rows = c->steps->rows, h = c->units;
    real *dh = run->generic, *x = dh + block_size(c);

    memset(dh, 0, (size_t)block_size(c) * sizeof(real));
    for (int64_t t = c->steps->count - 1; t >= 0; t--) {
        const int64_t row = c->steps->offset[t], n = alive(c, t);

        add_above(c, t, dh);
        unpack(c->z, rows, 1, 0, row, n, h, x);
        derive(run->options->activation, n, h, x, c->h + row * h, dh);
        pack(dh, rows, 1, 0, row, n, h, c->z);
        product_back(run, n, step_operand(c, 1, t), c->u_backward, dh);
    }
    give_start(c, dh, c->dh_start);
}

/* --- LSTM: gates i, f, c, o -------------------------------------------------------------------------------------------------------- */

enum { I, F, G, O, LSTM_GATES };

static const s2s_object *lstm_activation(const s2s_recurrent_options *o, int gate)
{
    return gate == G ? o->activation : o->recurrent_activation;
}

/* The sums x and the activated gates y of rows row .. row+n-1; each an array of four blocks. */
static void lstm_gates(const s2s_cell_run *run, int64_t row, int64_t n, real *x[LSTM_GATES], real *y[LSTM_GATES])
{
    for (int g = 0; g < LSTM_GATES; g++) {
        unpack(run->cell.z, run->cell.steps->rows, LSTM_GATES, g, row, n, run->cell.units, x[g]);
        activate(lstm_activation(run->options, g), n, run->cell.units, x[g], y[g]);
    }
}

static void blocks_of(real *base, int64_t size, int count, real **block)
{
    for (int i = 0; i < count; i++)
        block[i] = base + i * size;
}

/* c_{t-1} as a block (n,H): cell states are kept as gate 0 of two. */
static void previous_cell(const s2s_cell *c, int64_t t, int64_t n, real *x)
{
    if (t > 0)
        unpack(c->c, c->steps->rows, 2, 0, c->steps->offset[t - 1], n, c->units, x);
    else if (c->c_start)
        memcpy(x, c->c_start, (size_t)(n * c->units) * sizeof(real));
    else
        memset(x, 0, (size_t)(n * c->units) * sizeof(real));
}

void s2s_generic_lstm_forward(s2s_cell_run *run)
{
    const s2s_cell *c = &run->cell;
    const int64_t rows = c->steps->rows, h = c->units;
    real *block[11], **x = block, **y = block + 4, *cell;

    blocks_of(run->generic, block_size(c), 11, block);
    cell = block[8];
    begin_forward(c, LSTM_GATES);
    for (int64_t t = 0; t < c->steps->count; t++) {
        const int64_t row = c->steps->offset[t], n = alive(c, t);
        const real *state = product_state(c, t);

        if (state)
            run->kernels->product_add_panels(n, h, state, h, c->u_forward, LSTM_GATES, h, c->z + row * LSTM_GATES * S2S_LANES, rows);
        lstm_gates(run, row, n, x, y);
        previous_cell(c, t, n, cell);
        for (int64_t i = 0; i < n * h; i++)
            cell[i] = y[F][i] * cell[i] + y[I][i] * y[G][i];
        activate(run->options->activation, n, h, cell, block[9]);
        for (int64_t i = 0; i < n * h; i++)
            c->h[row * h + i] = y[O][i] * block[9][i];
        pack(cell, rows, 2, 0, row, n, h, c->c);
        pack(block[9], rows, 2, 1, row, n, h, c->c);
        end_step(c, t);
    }
}

/* Gradients of one step's gates, written to z; dc becomes what flows to step t-1. */
static void lstm_step_back(s2s_cell_run *run, int64_t t, const real *dh, real *dc, real **block)
{
    const s2s_cell *c = &run->cell;
    const int64_t rows = c->steps->rows, h = c->units, row = c->steps->offset[t], n = alive(c, t);
    real **x = block, **y = block + 4, *cell = block[8], *squashed = block[9], *before = block[10], *d = block[11], *d_cell = block[12];

    lstm_gates(run, row, n, x, y);
    unpack(c->c, rows, 2, 0, row, n, h, cell);
    unpack(c->c, rows, 2, 1, row, n, h, squashed);
    previous_cell(c, t, n, before);
    for (int64_t i = 0; i < n * h; i++)
        d_cell[i] = dh[i] * y[O][i];
    derive(run->options->activation, n, h, cell, squashed, d_cell);
    for (int64_t i = 0; i < n * h; i++)
        dc[i] += d_cell[i];
    for (int g = 0; g < LSTM_GATES; g++) {
        const real *factor = g == I ? y[G] : g == F ? before : g == G ? y[I] : squashed;
        const real *from = g == O ? dh : dc;

        for (int64_t i = 0; i < n * h; i++)
            d[i] = from[i] * factor[i];
        derive(lstm_activation(run->options, g), n, h, x[g], y[g], d);
        pack(d, rows, LSTM_GATES, g, row, n, h, c->z);
    }
    for (int64_t i = 0; i < n * h; i++)
        dc[i] *= y[F][i];
}

void s2s_generic_lstm_backward(s2s_cell_run *run)
{
    const s2s_cell *c = &run->cell;
    const int64_t h = c->units;
    real *block[15], *dh, *dc;

    blocks_of(run->generic, block_size(c), 15, block);
    dh = block[13];
    dc = block[14];
    memset(dh, 0, (size_t)(2 * block_size(c)) * sizeof(real));
    for (int64_t t = c->steps->count - 1; t >= 0; t--) {
        add_above(c, t, dh);
        for (int64_t i = 0; c->dc_last && i < alive(c, t) * h; i++)
            if (c->steps->length[i / h] == t + 1)
                dc[i] += c->dc_last[i];
        lstm_step_back(run, t, dh, dc, block);
        product_back(run, alive(c, t), step_operand(c, LSTM_GATES, t), c->u_backward, dh);
    }
    give_start(c, dh, c->dh_start);
    give_start(c, dc, c->dc_start);
}

/* --- GRU: gates z, r, h -------------------------------------------------------------------------------------------------------------- */

enum { Z, R, CANDIDATE, GRU_GATES };

/* Blocks of scratch by name; `panels` takes three, for products into panel order. */
enum { B_X, B_Y = 3, B_REC = 6, B_STATE = 9, B_D, B_DH, B_DNEXT, B_PANELS, GRU_BLOCKS = 16 };

static const s2s_object *gru_activation(const s2s_recurrent_options *o, int gate)
{
    return gate == CANDIDATE ? o->activation : o->recurrent_activation;
}

/* rec[first..first+gates) = bias + state U for a packed block of that many gates; without a state the bias alone. */
static void gru_product(const s2s_cell_run *run, int64_t n, const real *state, const real *packed, const real *bias, int gates, real *panels, real **rec)
{
    const s2s_cell *c = &run->cell;

    run->kernels->product_to_panels(n, state ? c->units : 0, state ? state : panels, c->units, packed, bias, gates, c->units, panels, n);
    for (int g = 0; g < gates; g++)
        unpack(panels, n, gates, g, 0, n, c->units, rec[g]);
}

/* x[g] += rec[g]; y[g] = f(x[g]). z keeps x. */
static void gru_gate(const s2s_cell_run *run, int gate, int64_t row, int64_t n, const real *rec, real *x, real *y)
{
    const s2s_cell *c = &run->cell;

    for (int64_t i = 0; i < n * c->units; i++)
        x[i] += rec[i];
    activate(gru_activation(run->options, gate), n, c->units, x, y);
    pack(x, c->steps->rows, GRU_GATES, gate, row, n, c->units, c->z);
}

static void state_block(const s2s_cell *c, const real *state, int64_t n, real *x)
{
    if (state)
        memcpy(x, state, (size_t)(n * c->units) * sizeof(real));
    else
        memset(x, 0, (size_t)(n * c->units) * sizeof(real));
}

/* The recurrent part of the candidate: r (h U_h + b) or (r h) U_h; c keeps what backward needs. */
static void gru_candidate(s2s_cell_run *run, int64_t t, int64_t n, real **block)
{
    const s2s_cell *c = &run->cell;
    const int64_t h = c->units, row = c->steps->offset[t];
    const real *state = product_state(c, t);
    real *rec = block[B_REC + CANDIDATE], *r = block[B_Y + R];

    if (run->options->reset_after) {
        pack(rec, c->steps->rows, 1, 0, row, n, h, c->c);
        for (int64_t i = 0; i < n * h; i++)
            rec[i] *= r[i];
        return;
    }
    for (int64_t i = 0; i < n * h; i++)
        c->c[row * h + i] = state ? r[i] * state[i] : 0;
    gru_product(run, n, state ? c->c + row * h : NULL, c->u_forward + run->kernels->pack_size(h, 2, h), NULL, 1, block[B_PANELS], &block[B_REC + CANDIDATE]);
}

void s2s_generic_gru_forward(s2s_cell_run *run)
{
    const s2s_cell *c = &run->cell;
    const int64_t rows = c->steps->rows, h = c->units;
    const int first_product = run->options->reset_after ? GRU_GATES : CANDIDATE;
    real *block[GRU_BLOCKS];

    blocks_of(run->generic, block_size(c), GRU_BLOCKS, block);
    begin_forward(c, GRU_GATES);
    for (int64_t t = 0; t < c->steps->count; t++) {
        const int64_t row = c->steps->offset[t], n = alive(c, t);

        for (int g = 0; g < GRU_GATES; g++)
            unpack(c->z, rows, GRU_GATES, g, row, n, h, block[B_X + g]);
        gru_product(run, n, product_state(c, t), c->u_forward, c->bias, first_product, block[B_PANELS], &block[B_REC]);
        gru_gate(run, Z, row, n, block[B_REC + Z], block[B_X + Z], block[B_Y + Z]);
        gru_gate(run, R, row, n, block[B_REC + R], block[B_X + R], block[B_Y + R]);
        gru_candidate(run, t, n, block);
        gru_gate(run, CANDIDATE, row, n, block[B_REC + CANDIDATE], block[B_X + CANDIDATE], block[B_Y + CANDIDATE]);
        state_block(c, plain_state(c, t), n, block[B_STATE]);
        for (int64_t i = 0; i < n * h; i++)
            c->h[row * h + i] = block[B_Y + Z][i] * block[B_STATE][i] + (1 - block[B_Y + Z][i]) * block[B_Y + CANDIDATE][i];
        end_step(c, t);
    }
}

/* Gradient of the sum before gate `gate`, from the gradient d of the gate; z receives it. */
static void gru_gate_back(s2s_cell_run *run, int gate, int64_t row, int64_t n, real **block, real *d)
{
    const s2s_cell *c = &run->cell;

    derive(gru_activation(run->options, gate), n, c->units, block[B_X + gate], block[B_Y + gate], d);
    pack(d, c->steps->rows, GRU_GATES, gate, row, n, c->units, c->z);
}

/* d: gradient of the candidate's sum. Adds to dnext what flows to h_{t-1} through the products; gives dr in block[B_D]. */
static void gru_after_back(s2s_cell_run *run, int64_t t, int64_t n, real **block)
{
    const s2s_cell *c = &run->cell;
    const int64_t rows = c->steps->rows, h = c->units, row = c->steps->offset[t];
    real *d = block[B_D], *rec = block[B_REC], *r = block[B_Y + R], *dr = block[B_REC + 1];

    unpack(c->c, rows, 1, 0, row, n, h, rec);
    for (int64_t i = 0; i < n * h; i++) {
        dr[i] = d[i] * rec[i];
        d[i] *= r[i];
    }
    pack(d, rows, 1, 0, row, n, h, c->c);
    pack(d, n, GRU_GATES, CANDIDATE, 0, n, h, block[B_PANELS]);
    gru_gate_back(run, R, row, n, block, dr);
    pack(dr, n, GRU_GATES, R, 0, n, h, block[B_PANELS]);
}

static void gru_before_back(s2s_cell_run *run, int64_t t, int64_t n, real **block)
{
    const s2s_cell *c = &run->cell;
    const int64_t h = c->units, row = c->steps->offset[t];
    real *through = block[B_REC], *dr = block[B_REC + 1], *r = block[B_Y + R];
    const real *state = product_state(c, t);
    const s2s_operand candidate = s2s_operand_panels(block[B_PANELS], n, 1, h);

    pack(block[B_D], n, 1, 0, 0, n, h, block[B_PANELS]);
    run->kernels->product_transposed(n, &candidate, c->u_backward + run->kernels->pack_size(h, 2, h), false, h, through, h);
    for (int64_t i = 0; i < n * h; i++) {
        dr[i] = state ? through[i] * state[i] : 0;
        block[B_DNEXT][i] += through[i] * r[i] * (c->mask ? c->mask[i] : 1);
    }
    gru_gate_back(run, R, row, n, block, dr);
    pack(dr, n, 2, R, 0, n, h, block[B_PANELS]);
}

static void gru_step_back(s2s_cell_run *run, int64_t t, real **block)
{
    const s2s_cell *c = &run->cell;
    const int64_t rows = c->steps->rows, h = c->units, row = c->steps->offset[t], n = alive(c, t);
    const int gates = run->options->reset_after ? GRU_GATES : 2;
    real *dh = block[B_DH], *next = block[B_DNEXT], *z = block[B_Y + Z], *y = block[B_Y + CANDIDATE], *dz = block[B_REC + 2];

    for (int g = 0; g < GRU_GATES; g++) {
        unpack(c->z, rows, GRU_GATES, g, row, n, h, block[B_X + g]);
        activate(gru_activation(run->options, g), n, h, block[B_X + g], block[B_Y + g]);
    }
    state_block(c, plain_state(c, t), n, block[B_STATE]);
    for (int64_t i = 0; i < n * h; i++) {
        dz[i] = dh[i] * (block[B_STATE][i] - y[i]);
        block[B_D][i] = dh[i] * (1 - z[i]);
        next[i] = dh[i] * z[i];
    }
    gru_gate_back(run, Z, row, n, block, dz);
    gru_gate_back(run, CANDIDATE, row, n, block, block[B_D]);
    if (run->options->reset_after)
        gru_after_back(run, t, n, block);
    else
        gru_before_back(run, t, n, block);
    pack(dz, n, gates, Z, 0, n, h, block[B_PANELS]);
    product_back(run, n, s2s_operand_panels(block[B_PANELS], n, gates, h), c->u_backward, dh);
    for (int64_t i = 0; i < n * h; i++)
        dh[i] += next[i];
}

void s2s_generic_gru_backward(s2s_cell_run *run)
{
    const s2s_cell *c = &run->cell;
    real *block[GRU_BLOCKS];

    blocks_of(run->generic, block_size(c), GRU_BLOCKS, block);
    memset(block[B_DH], 0, (size_t)block_size(c) * sizeof(real));
    for (int64_t t = c->steps->count - 1; t >= 0; t--) {
        add_above(c, t, block[B_DH]);
        gru_step_back(run, t, block);
    }
    give_start(c, block[B_DH], c->dh_start);
}
