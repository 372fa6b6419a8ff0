/*
 * kernels.h -- every loop over numbers that matters, behind one table of functions per instruction set.
 *
 * The bits rule: every element of a product is ONE chain of fused multiply-adds in ascending k, starting from what the
 * accumulator is said to start from, whatever rows share the call; weight gradients are one chain over the rows in packed
 * order (step, then sequence). exp, tanh and sigmoid are the same sequence of operations in every kernel. So all tables give
 * equal bits in float. (In the double twin there is only `plain`, with libm.) The tables for lower precisions (s2s_precision) keep the rule with
 * chains of their own: the same for any company of rows, not the same as the others'.
 *
 * Panels. The columns of a gated weight are G gates of H units each, in Keras' order (gate, unit). Kernels work on *panels*:
 * S2S_LANES = 16 units times all G gates. An activation in *panel order* is an array (P, N, G, 16): panel, packed row, gate, unit;
 * P = ceil(H/16). Units beyond H in the last panel hold zeros in weights and finite values in activations.
 * "k ascending" over a panel-order operand means the order (panel, gate, unit), in every kernel.
 *
 * Weights are packed once per optimizer step by pack_forward and pack_backward; what is inside a packed block is private to the table that made
 * it. A packed block is an array of reals whose length pack_size tells.
 *
 * Owns     nothing. All pointers are borrowed for the call and do not overlap unless it is said.
 * Errors   none; programming errors are asserts, once per call.
 * Threads  every function runs on the calling thread and touches nothing but its arguments.
 */
#ifndef S2S_MATH_KERNELS_H
#define S2S_MATH_KERNELS_H

#include "base/real.h"
#include "math/precision.h"
#include "math/steps.h"

enum { S2S_LANES = 16 };

/* Pointwise functions with fast kernels; the activations registry (layers/) maps Keras' names to these or to plain loops. */
typedef enum s2s_pointwise { S2S_LINEAR, S2S_TANH, S2S_SIGMOID, S2S_RELU } s2s_pointwise;

/* A weight as Keras stores it: k rows of n = gates * units columns, row-major, `stride` elements from row to row. */
typedef struct s2s_matrix {
    const real *w;
    int64_t k, gates, units, stride;
} s2s_matrix;

/*
 * Rows of an operand that is read along its columns: an array (panel, row, gate, 16) whose strides are free, so that row-major
 * matrices, panel order and single gates of it are all the same thing. Column (panel p, gate g, lane l), l < units - 16 p, of row r:
 *
 *     base[p * panel_stride + r * row_stride + g * 16 + l]              gates * units columns
 *
 * Made by s2s_operand_rows and s2s_operand_panels. One gate g of G: base + 16 g with gates = 1, same strides.
 */
typedef struct s2s_operand {
    const real *base;
    int64_t panel_stride, row_stride;
    int64_t gates, units;           /* gates <= 4 */
    bool padded;                    /* the last panel is 16 lanes wide in memory, too: padding may be read, it never counts */
} s2s_operand;

/* One run of rows that are multiplied pairwise: rows a_row.. of A with rows z_row.. of Z. */
typedef struct s2s_segment { int64_t a_row, z_row, count; } s2s_segment;

/*
 * A recurrent layer over one shard, all steps.
 *
 * Shapes   z (P,N,G,16): in: the input projection with bias (when index is NULL); out: what backward needs (see each cell).
 *          projection (P,rows,G,16), index (N) or NULL: where given, packed row r starts from projection row index[r] instead of from
 *          its own z row (tokens: a table with one row a symbol; constant: one row a sequence).
 *          h (N,H) row-major, h_start (B,H) or NULL for zeros. mask (B,H) or NULL: recurrent dropout; then masked (N,H) holds
 *          h * mask for steps 0..T-2 and masked_start (B,H) the masked start, written by forward when h_start is given.
 *          u: recurrent weight packed by pack_forward / its transpose packed by pack_backward.
 */
typedef struct s2s_cell {
    const s2s_steps *steps;
    int64_t units;                         /* H */
    const real *projection;                /* NULL: z holds it already */
    int64_t projection_rows;
    const int32_t *index;
    const real *u_forward, *u_backward;
    const real *bias;                      /* recurrent bias, Keras order (G*H) or NULL: GRU with reset_after only */
    s2s_pointwise activation;              /* SimpleRNN only; LSTM and GRU are fused for tanh and sigmoid */
    const real *h_start, *c_start;         /* (B,H) or NULL */
    const real *mask;                      /* (B,H) or NULL */
    real *masked, *masked_start;
    real *z;                               /* (P,N,G,16) */
    real *h;                               /* (N,H) */
    real *c;                               /* LSTM: (P,N,2,16), cell states and their tanh. GRU: see the functions */
    bool forget;                           /* backward will not follow: each step's c, and its z where projection is given, may take the place of the
                                              step's before, so that they stay in the nearest cache */
    /* backward only */
    const real *dy;                        /* (N,H), or NULL */
    const real *dy_last;                   /* (B,H): gradient of each sequence's last state, or NULL */
    const real *dc_last;                   /* LSTM: (B,H) gradient of each sequence's last cell state, or NULL */
    real *dh_start, *dc_start;             /* (B,H), overwritten; NULL when not wanted. */
    real *scratch;                         /* s2s_kernels.cell_scratch(...) elements */
    double *dh_norms;                      /* T sums of squares of dL/dh_t, added to (rows and units in order), or NULL */
} s2s_cell;

struct s2s_kernels {
    const char *name;                      /* "plain", "avx2", "avx512", "neon", "amx_high", "amx_medium" */
    int64_t rows;                          /* of a product from which on it is about as fast as it gets */
    int64_t gradient_rows;                 /* of dw in product_gradient, so many that what a call does once for all of them counts little */

    /* --- packing ------------------------------------------------------------------------------------------------------- */
    int64_t (*pack_size)(int64_t k, int64_t gates, int64_t units);                 /* elements of either packed form */
    void (*pack_forward)(const s2s_matrix *w, real *packed);                              /* for A (m,k) times W */
    void (*pack_backward)(const s2s_matrix *w, real *packed);                             /* for dZ (panel order) times W transposed: (m, k) */
    /* G=1 weights: Dense, projections to rows. Same layout as pack_forward with gates = 1, wide panels inside. */

    /* --- products ------------------------------------------------------------------------------------------------------ */
    /* z (P,m,G,16) = [bias or 0] + a (m,k) W.   bias in Keras order (G*H) or NULL. a row-major with `a_stride`. z_rows: rows between panels. */
    void (*product_to_panels)(int64_t m, int64_t k, const real *a, int64_t a_stride, const real *packed, const real *bias,
                              int64_t gates, int64_t units, real *z, int64_t z_rows);
    /* The same, but each element of z starts from what z holds. */
    void (*product_add_panels)(int64_t m, int64_t k, const real *a, int64_t a_stride, const real *packed,
                               int64_t gates, int64_t units, real *z, int64_t z_rows);
    /* c (m,n) row-major = [bias | c if add | 0] + a W,  W packed with gates = 1, units = n.  */
    void (*product_to_rows)(int64_t m, int64_t k, const real *a, int64_t a_stride, const real *packed, const real *bias, bool add,
                            int64_t n, real *c, int64_t c_stride);
    /* c (m,n) row-major = [c if add | 0] + a W^T for `a` any operand (panel order or row-major); W (n, columns of a) packed by pack_backward. */
    void (*product_transposed)(int64_t m, const s2s_operand *a, const real *packed, bool add, int64_t n, real *c, int64_t c_stride);
    /* dw (k, G*H) Keras order, row stride dw_stride: += sum over the rows of all segments, in order, of a_row^T z_row. `a` row-major. Only rows
     * [k_first, k_last) of dw are made: so threads can share one large gradient. */
    void (*product_gradient)(const s2s_segment *segments, int64_t segment_count, const real *a, int64_t a_stride, const s2s_operand *z,
                             int64_t k_first, int64_t k_last, real *dw, int64_t dw_stride);
    /* db (G*H) += column sums of z over rows [0,m), one chain of additions each. */
    void (*column_sums)(int64_t m, const s2s_operand *z, real *db);
    /* dw (V, G*H) += z row by row at dw row index[r], r ascending, times scale[r] (NULL: 1). Rows of dw outside [first,last) are left alone. */
    void (*scatter_add)(int64_t m, const s2s_operand *z, const int32_t *index, const real *scale, int64_t first, int64_t last,
                        real *dw, int64_t dw_stride);
    /* z (P,m,G,16) = bias + scale[r] * w[index[r]] (one fma; scale NULL: 1), w Keras order. The inverse of scatter_add. */
    void (*gather)(int64_t m, const real *w, int64_t w_stride, const real *bias, const int32_t *index, const real *scale,
                   int64_t gates, int64_t units, real *z, int64_t z_rows);
    /* z (P,B,G,16) of step sums: sums[.., b, ..] = sum over t ascending of z[.., offset[t]+b, ..]. */
    void (*sum_steps)(const s2s_steps *steps, int64_t gates, int64_t units, const real *z, real *sums);

    /* --- cells, whole sequences ---------------------------------------------------------------------------------------- */
    int64_t (*cell_scratch)(int64_t sequences, int64_t units);     /* elements, enough for every cell; so many for each sequence and once */
    /* SimpleRNN: h_t = f(z_t + h_{t-1} U).   G=1. backward: z becomes dz. For f in {linear, tanh, sigmoid, relu}. */
    void (*simple_rnn_forward)(const s2s_cell *cell);
    void (*simple_rnn_backward)(const s2s_cell *cell);
    /* LSTM, gates i,f,c,o (Keras): z becomes activated gates, then dz. c_t = f c_{t-1} + i g, h_t = o tanh(c_t). */
    void (*lstm_forward)(const s2s_cell *cell);
    void (*lstm_backward)(const s2s_cell *cell);
    /* GRU, gates z,r,h (Keras), reset_after: candidate = tanh(x_h + r * (h U_h + b_h)), h_t = z h_{t-1} + (1-z) candidate.
     * u has all three gates, bias is the recurrent one. forward: c (P,N,16) keeps h U_h + b_h. backward: z becomes the gradient of
     * the input projection; the recurrent side's differs in gate h only (times r), and that becomes c: so the gradient of the
     * recurrent kernel reads gates z,r from z and gate h from c. */
    void (*gru_forward)(const s2s_cell *cell);
    void (*gru_backward)(const s2s_cell *cell);
    /* GRU, reset_after false: candidate = tanh(x_h + (r * h) U_h). u_forward/u_backward: two packed blocks one after the other,
     * first gates z,r (gates=2), then h (gates=1). cell->c is (N,H) row-major and keeps r*h for the weight gradient. */
    void (*gru_reset_before_forward)(const s2s_cell *cell);
    void (*gru_reset_before_backward)(const s2s_cell *cell);

    /* --- pointwise, n elements ------------------------------------------------------------------------------------------ */
    void (*exponential)(int64_t n, const real *x, real *y);                        /* y may be x in all of these */
    void (*tanh)(int64_t n, const real *x, real *y);
    void (*sigmoid)(int64_t n, const real *x, real *y);
    /* Softmax of each of m rows of n; x and y may be the same. Maximum first, exp, sum in ascending order, one division each. */
    void (*softmax_rows)(int64_t m, int64_t n, const real *x, int64_t x_stride, real *y, int64_t y_stride);

    double (*fma_peak)(double seconds);        /* GFLOP/s of this kernel's widest vectors on the calling thread, measured for about so long */
};

/* The table in use: the widest that CPU and build have, or S2S_KERNEL's. Chosen once by s2s_kernels_choose. */
extern const s2s_kernels *s2s_kernel;

/* name NULL: the best. False when the name is unknown or this CPU (or build) lacks it. Not thread-safe: call at start. */
bool s2s_kernels_choose(const char *name);

/* All tables that this CPU and build can run and that give equal bits, for tests that compare them; returns their number. */
int s2s_kernels_available(const s2s_kernels *const **ret);

/* Flush denormals to zero on the calling thread (float only: all kernels alike, inputs and results). Every worker calls it once. */
void s2s_denormals_off(void);

/* Panels of a weight: ceil(units / 16). */
static inline int64_t s2s_panels(int64_t units) { return (units + S2S_LANES - 1) / S2S_LANES; }

/* Turns at the gradient of a weight of so many rows. */
static inline int64_t s2s_gradient_tiles(const s2s_kernels *kernels, int64_t rows)
{
    return (rows + kernels->gradient_rows - 1) / kernels->gradient_rows;
}

/* x, row-major: `columns` reals a row, `stride` from row to row. */
static inline s2s_operand s2s_operand_rows(const real *x, int64_t stride, int64_t columns)
{
    return (s2s_operand){ .base = x, .panel_stride = S2S_LANES, .row_stride = stride, .gates = 1, .units = columns };
}

/* z in panel order (P,rows,G,16), rows counted from z on; z_rows are the rows between panels. */
static inline s2s_operand s2s_operand_panels(const real *z, int64_t z_rows, int64_t gates, int64_t units)
{
    return (s2s_operand){ .base = z, .panel_stride = z_rows * gates * S2S_LANES, .row_stride = gates * S2S_LANES,
                          .gates = gates, .units = units, .padded = true };
}

#endif
