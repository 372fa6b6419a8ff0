/*
 * reverse.h -- packed sequences turned round in time, each within its own length, and small elementwise helpers over rows.
 *
 * Step s of sequence b in reversed order is step length[b]-1-s. Reversing twice gives the same rows back.
 */
#ifndef S2S_LAYERS_REVERSE_H
#define S2S_LAYERS_REVERSE_H

#include "base/real.h"
#include "math/steps.h"

void s2s_reverse_tokens(const s2s_steps *steps, const int32_t *x, int32_t *y);

/* y (N,D) = x, reversed or not. y and x differ. */
void s2s_reverse_or_copy(const s2s_steps *steps, bool reverse, int64_t width, const real *x, real *y);

/* y += x, reversed or not, over all packed rows, or over `rows` plain rows when rows > 0. */
void s2s_reverse_or_add(const s2s_steps *steps, int64_t rows, bool reverse, int64_t width, const real *x, real *y);

/* y = a * b; y may be a. */
void s2s_multiply(int64_t n, const real *a, const real *b, real *y);

/* x (N,D): each row times its sequence's row of factor (B,D). */
void s2s_multiply_by_sequence(const s2s_steps *steps, int64_t width, const real *factor, real *x);

#endif
