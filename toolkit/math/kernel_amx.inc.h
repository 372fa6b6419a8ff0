/*
 * kernel_amx.inc.h -- a table of kernels for Intel's tile unit (AMX): matrix products of float32 as TERMS bfloat16 each, sums in float32;
 * all else is AVX-512's. A kernels_amx_*.c says TERMS and the table's name, then includes this; nothing else differs between them.
 *
 * Weights of fewer than TILE_K rows, and cells of fewer units, would mostly multiply zeros: they are AVX-512's whole, in float32.
 */
#include <assert.h>
#include <string.h>

#include "base/clock.h"
#include "math/kernels.h"
#include "math/tables.h"

#include "math/functions.inc.h"
#include "math/blocks.inc.h"
#include "math/bfloat16.inc.h"
#include "math/tiles_amx.inc.h"
#include "math/product_amx.inc.h"
#include "math/outputs.inc.h"
#include "math/gradient_amx.inc.h"
#include "math/rows.inc.h"
#include "math/cell.inc.h"
#include "math/cell_simple_rnn.inc.h"
#include "math/cell_lstm.inc.h"
#include "math/cell_gru.inc.h"
#include "math/cell_gru_reset_before.inc.h"

static bool small(int64_t k) { return k < TILE_K; }

/* --- either AVX-512's or ours, by the rows of the weight ---------------------------------------------------------------------- */

static int64_t any_pack_size(int64_t k, int64_t gates, int64_t units)
{
    return (small(k) ? s2s_kernels_avx512.pack_size : pack_size)(k, gates, units);
}

static void any_pack_forward(const s2s_matrix *w, real *packed)
{
    (small(w->k) ? s2s_kernels_avx512.pack_forward : pack_forward)(w, packed);
}

static void any_pack_backward(const s2s_matrix *w, real *packed)
{
    (small(w->k) ? s2s_kernels_avx512.pack_backward : pack_backward)(w, packed);
}

static void any_to_panels(int64_t m, int64_t k, const real *a, int64_t a_stride, const real *packed, const real *bias,
                          int64_t gates, int64_t units, real *z, int64_t z_rows)
{
    (small(k) ? s2s_kernels_avx512.product_to_panels : product_to_panels)(m, k, a, a_stride, packed, bias, gates, units, z, z_rows);
}

static void any_add_panels(int64_t m, int64_t k, const real *a, int64_t a_stride, const real *packed,
                           int64_t gates, int64_t units, real *z, int64_t z_rows)
{
    (small(k) ? s2s_kernels_avx512.product_add_panels : product_add_panels)(m, k, a, a_stride, packed, gates, units, z, z_rows);
}

static void any_to_rows(int64_t m, int64_t k, const real *a, int64_t a_stride, const real *packed, const real *bias, bool add,
                        int64_t n, real *c, int64_t c_stride)
{
    (small(k) ? s2s_kernels_avx512.product_to_rows : product_to_rows)(m, k, a, a_stride, packed, bias, add, n, c, c_stride);
}

static void any_transposed(int64_t m, const s2s_operand *a, const real *packed, bool add, int64_t n, real *c, int64_t c_stride)
{
    (small(n) ? s2s_kernels_avx512.product_transposed : product_transposed)(m, a, packed, add, n, c, c_stride);
}

/* Here k is the rows that are summed over. */
static void any_gradient(const s2s_segment *segments, int64_t segment_count, const real *a, int64_t a_stride, const s2s_operand *z,
                         int64_t k_first, int64_t k_last, real *dw, int64_t dw_stride)
{
    int64_t rows = 0;

    for (int64_t i = 0; i < segment_count; i++)
        rows += segments[i].count;
    (small(rows) ? s2s_kernels_avx512.product_gradient : product_gradient)(segments, segment_count, a, a_stride, z, k_first, k_last, dw,
                                                                           dw_stride);
}

#define CELL(name) \
static void any_##name(const s2s_cell *cell) { (small(cell->units) ? s2s_kernels_avx512.name : name)(cell); }
CELL(simple_rnn_forward)
CELL(simple_rnn_backward)
CELL(lstm_forward)
CELL(lstm_backward)
CELL(gru_forward)
CELL(gru_backward)
CELL(gru_reset_before_forward)
CELL(gru_reset_before_backward)
#undef CELL

const s2s_kernels S2S_TABLE(AMX_NAME) = {
    .name = S2S_TABLE_NAME(AMX_NAME),
    .rows = 2 * TILE_SIDE,
    .gradient_rows = 4 * TILE_SIDE,
    .pack_size = any_pack_size,
    .pack_forward = any_pack_forward,
    .pack_backward = any_pack_backward,
    .product_to_panels = any_to_panels,
    .product_add_panels = any_add_panels,
    .product_to_rows = any_to_rows,
    .product_transposed = any_transposed,
    .product_gradient = any_gradient,
    .column_sums = column_sums,
    .scatter_add = scatter_add,
    .gather = gather,
    .sum_steps = sum_steps,
    .cell_scratch = cell_scratch,
    .simple_rnn_forward = any_simple_rnn_forward,
    .simple_rnn_backward = any_simple_rnn_backward,
    .lstm_forward = any_lstm_forward,
    .lstm_backward = any_lstm_backward,
    .gru_forward = any_gru_forward,
    .gru_backward = any_gru_backward,
    .gru_reset_before_forward = any_gru_reset_before_forward,
    .gru_reset_before_backward = any_gru_reset_before_backward,
    .exponential = exponential,
    .tanh = hyperbolic_tangent,
    .sigmoid = logistic,
    .softmax_rows = softmax_rows,
    .fma_peak = fma_peak,
};
