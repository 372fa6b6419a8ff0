/*
 * kernel.inc.h -- one table of kernels. A kernels_*.c includes a vector header and then this; nothing else differs between them.
 */
#include <assert.h>
#include <string.h>

#include "base/clock.h"
#include "math/kernels.h"
#include "math/tables.h"

#include "math/functions.inc.h"
#include "math/blocks.inc.h"
#include "math/product.inc.h"
#include "math/few.inc.h"
#include "math/outputs.inc.h"
#include "math/rows.inc.h"
#include "math/gradient.inc.h"
#include "math/cell.inc.h"
#include "math/cell_simple_rnn.inc.h"
#include "math/cell_lstm.inc.h"
#include "math/cell_gru.inc.h"
#include "math/cell_gru_reset_before.inc.h"

/* Chains of fused multiply-adds that do not wait for each other, as fast as they go. */
static double fma_peak(double seconds)
{
    enum { CHAINS = 12, ROUNDS = 2000 };
    const vec factor = vec_set((real)0.5), term = vec_set(1);
    double start = s2s_clock_seconds(), now = start, rounds = 0;
    real lane[VEC_LANES];
    volatile real sink;
    vec x[CHAINS];

    for (int i = 0; i < CHAINS; i++)
        x[i] = vec_set((real)i);
    for (; now < start + seconds || rounds == 0; now = s2s_clock_seconds(), rounds += ROUNDS)
        for (int r = 0; r < ROUNDS; r++)
            for (int i = 0; i < CHAINS; i++)
                x[i] = vec_fma(x[i], factor, term);
    for (int i = 1; i < CHAINS; i++)
        x[0] = vec_add(x[0], x[i]);
    vec_store(lane, x[0]);
    sink = lane[0];
    (void)sink;
    return 2.0 * VEC_LANES * CHAINS * rounds / (now - start) * 1e-9;
}

const s2s_kernels S2S_TABLE(VEC_NAME) = {
    .name = S2S_TABLE_NAME(VEC_NAME),
    .rows = 16,
    .gradient_rows = 24,
    .pack_size = pack_size,
    .pack_forward = pack_forward,
    .pack_backward = pack_backward,
    .product_to_panels = product_to_panels,
    .product_add_panels = product_add_panels,
    .product_to_rows = product_to_rows,
    .product_transposed = product_transposed,
    .product_gradient = product_gradient,
    .column_sums = column_sums,
    .scatter_add = scatter_add,
    .gather = gather,
    .sum_steps = sum_steps,
    .cell_scratch = cell_scratch,
    .simple_rnn_forward = simple_rnn_forward,
    .simple_rnn_backward = simple_rnn_backward,
    .lstm_forward = lstm_forward,
    .lstm_backward = lstm_backward,
    .gru_forward = gru_forward,
    .gru_backward = gru_backward,
    .gru_reset_before_forward = gru_reset_before_forward,
    .gru_reset_before_backward = gru_reset_before_backward,
    .exponential = exponential,
    .tanh = hyperbolic_tangent,
    .sigmoid = logistic,
    .softmax_rows = softmax_rows,
    .fma_peak = fma_peak,
};
