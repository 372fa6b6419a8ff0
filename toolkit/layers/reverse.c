/* reverse.c -- see reverse.h. */
#include "layers/reverse.h"

#include <string.h>

/* The packed row that packed row r of step t corresponds to in the other direction. */
static inline int64_t opposite(const s2s_steps *steps, int64_t t, int64_t b)
{
    return steps->offset[steps->length[b] - 1 - t] + b;
}

void s2s_reverse_tokens(const s2s_steps *steps, const int32_t *x, int32_t *y)
{
    for (int64_t t = 0; t < steps->count; t++)
        for (int64_t r = steps->offset[t]; r < steps->offset[t + 1]; r++)
            y[r] = x[opposite(steps, t, r - steps->offset[t])];
}

void s2s_reverse_or_copy(const s2s_steps *steps, bool reverse, int64_t width, const real *x, real *y)
{
    if (!reverse) {
        memcpy(y, x, (size_t)(steps->rows * width) * sizeof(real));
        return;
    }
    for (int64_t t = 0; t < steps->count; t++)
        for (int64_t r = steps->offset[t]; r < steps->offset[t + 1]; r++)
            memcpy(y + r * width, x + opposite(steps, t, r - steps->offset[t]) * width, (size_t)width * sizeof(real));
}

S2S_CLONES static void add_rows(int64_t n, const real *x, real *y)
{
    for (int64_t i = 0; i < n; i++)
        y[i] += x[i];
}

void s2s_reverse_or_add(const s2s_steps *steps, int64_t rows, bool reverse, int64_t width, const real *x, real *y)
{
    if (!reverse) {
        add_rows((rows > 0 ? rows : steps->rows) * width, x, y);
        return;
    }
    for (int64_t t = 0; t < steps->count; t++)
        for (int64_t r = steps->offset[t]; r < steps->offset[t + 1]; r++)
            add_rows(width, x + opposite(steps, t, r - steps->offset[t]) * width, y + r * width);
}

S2S_CLONES void s2s_multiply(int64_t n, const real *a, const real *b, real *y)
{
    for (int64_t i = 0; i < n; i++)
        y[i] = a[i] * b[i];
}

void s2s_multiply_by_sequence(const s2s_steps *steps, int64_t width, const real *factor, real *x)
{
    for (int64_t r = 0; r < steps->rows; r++)
        s2s_multiply(width, x + r * width, factor + steps->sequence_of[r] * width, x + r * width);
}
