/*
 * numbers.h -- arrays for the tests of the kernels: filled with seeded numbers, and fenced, so that a write before or behind
 * them is noticed. Nothing here needs Criterion.
 */
#ifndef S2S_TEST_NUMBERS_H
#define S2S_TEST_NUMBERS_H

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "math/kernels.h"

enum { FENCE = 64 };

/* n reals in [-1,1), the same for the same seed; some are exact zeros. */
static inline void numbers_fill(real *x, int64_t n, uint64_t seed)
{
    uint64_t state = seed * 2654435761u + 12345;

    for (int64_t i = 0; i < n; i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        x[i] = (state >> 40) % 61 == 0 ? 0 : (real)((double)(int64_t)(state >> 33) / (double)(1ll << 30) - 1.0);
    }
}

static inline real *numbers_new(int64_t n, uint64_t seed)
{
    size_t line = 64, size = ((size_t)(n + 2 * FENCE) * sizeof(real) + line - 1) / line * line;
    real *block = aligned_alloc(line, size);

    assert(block != NULL);
    memset(block, 0x5a, (size_t)(n + 2 * FENCE) * sizeof(real));
    numbers_fill(block + FENCE, n, seed);
    return block + FENCE;
}

static inline real *numbers_copy(const real *x, int64_t n)
{
    real *y = numbers_new(n, 0);

    memcpy(y, x, (size_t)n * sizeof(real));
    return y;
}

/* Frees an array of n reals whose fences must be whole. */
static inline void numbers_free(real *x, int64_t n)
{
    unsigned char *front, *back;

    if (x == NULL)
        return;
    front = (unsigned char *)(x - FENCE);
    back = (unsigned char *)(x + n);
    for (size_t i = 0; i < FENCE * sizeof(real); i++)
        assert(front[i] == 0x5a && back[i] == 0x5a);
    free(x - FENCE);
}

/* The first difference in bits, or -1. */
static inline int64_t numbers_differ(const real *x, const real *y, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        if (memcmp(x + i, y + i, sizeof(real)) != 0)
            return i;
    return -1;
}

/* Largest difference from `expected`, relative to its largest element. */
static inline double numbers_error(const real *x, const double *expected, int64_t n)
{
    double worst = 0, largest = 1e-30;

    for (int64_t i = 0; i < n; i++) {
        double error = (double)x[i] - expected[i], size = expected[i];

        error = error < 0 ? -error : error;
        size = size < 0 ? -size : size;
        worst = error > worst || error != error ? error : worst;
        largest = size > largest ? size : largest;
    }
    return worst / largest;
}

#define REAL_TOLERANCE (sizeof(real) == sizeof(float) ? 1e-5 : 1e-13)

#endif
