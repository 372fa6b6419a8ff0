/* exp, tanh, sigmoid and softmax of every table: errors against libm in double, and equal bits. */
#include <criterion/criterion.h>
#include <float.h>
#include <math.h>

#include "numbers.h"

enum { BLOCK = 4096 };

typedef struct function {
    const char *name;
    double (*exact)(double);
    double ulp;                     /* worst error that functions.inc.h promises */
} function;

static double exact_sigmoid(double x) { return 1 / (1 + exp(-x)); }

static const function functions[] = { { "exp", exp, 1.0 }, { "tanh", tanh, 2.0 }, { "sigmoid", exact_sigmoid, 2.5 } };
enum { FUNCTIONS = sizeof functions / sizeof *functions };

static void apply(const s2s_kernels *k, int f, int64_t n, const real *x, real *y)
{
    void (*const table[FUNCTIONS])(int64_t, const real *, real *) = { k->exponential, k->tanh, k->sigmoid };

    table[f](n, x, y);
}

#ifndef S2S_DOUBLE

static real float_of(uint32_t bits)
{
    real x;

    memcpy(&x, &bits, sizeof x);
    return x;
}

/* Distance from the exact value in units of the last place of the float nearest to it. Denormals are not held to it. */
static double ulps(real y, double exact)
{
    int exponent;

    if (isnan(exact) || isnan(y))
        return isnan(exact) && isnan(y) ? 0 : INFINITY;
    if (fabs(exact) < 0x1p-126)
        return fabs(y - exact) < 0x1p-126 ? 0 : INFINITY;
    if (fabs(exact) > (double)FLT_MAX + 0x1p103)
        return isinf(y) && (y > 0) == (exact > 0) ? 0 : INFINITY;
    frexp(exact, &exponent);
    return fabs(y - exact) / ldexp(1, exponent - 24);
}

/* Floats `first`, first + stride, ... of all bit patterns through every table. */
static void try_floats(uint32_t first, uint64_t stride)
{
    const s2s_kernels *const *table;
    int tables = s2s_kernels_available(&table);
    static real x[BLOCK], y[BLOCK], plain[BLOCK];
    double worst[FUNCTIONS] = { 0 };
    real at[FUNCTIONS] = { 0 };

    for (uint64_t bits = first; bits < 1ull << 32; bits += BLOCK * stride) {
        for (uint64_t i = 0; i < BLOCK; i++)
            x[i] = float_of((uint32_t)(bits + i * stride));
        for (int f = 0; f < FUNCTIONS; f++) {
            apply(table[tables - 1], f, BLOCK, x, y);
            for (int i = 0; i < BLOCK; i++) {
                double error = ulps(y[i], functions[f].exact(x[i]));

                if (error > worst[f]) {
                    worst[f] = error;
                    at[f] = x[i];
                }
            }
            for (int k = 0; k < tables - 1; k++) {
                apply(table[k], f, BLOCK, x, plain);
                for (int i = 0; i < BLOCK; i++)
                    cr_assert(memcmp(plain + i, y + i, sizeof *y) == 0 || (isnan(plain[i]) && isnan(y[i])),
                              "%s(%a): %s gives %a, %s gives %a", functions[f].name, x[i], table[k]->name, plain[i],
                              table[tables - 1]->name, y[i]);
            }
        }
    }
    for (int f = 0; f < FUNCTIONS; f++) {
        cr_log_info("%s: worst error %.3f ulp, at %a", functions[f].name, worst[f], (double)at[f]);
        cr_expect(worst[f] <= functions[f].ulp, "%s: worst error %.3f ulp, at %a", functions[f].name, worst[f], (double)at[f]);
    }
}

Test(functions, errors_are_small_and_bits_are_equal)
{
    try_floats(0, 4099);
    try_floats(17, 1 << 14);
}

/* All 2^32 floats: S2S_LONG=1. */
Test(functions, errors_are_small_and_bits_are_equal_for_every_float)
{
    if (getenv("S2S_LONG") == NULL)
        cr_skip_test("all floats: only with S2S_LONG=1");
    try_floats(0, 1);
}

#endif

Test(functions, special_values)
{
    const s2s_kernels *const *table;
    int tables = s2s_kernels_available(&table);
    const real x[6] = { (real)NAN, (real)INFINITY, (real)-INFINITY, 0, (real)-0.0, 1000 };

    for (int k = 0; k < tables; k++) {
        real y[6];

        table[k]->exponential(6, x, y);
        cr_expect(isnan(y[0]) && isinf(y[1]) && y[2] == 0 && y[3] == 1 && y[4] == 1 && isinf(y[5]), "%s: exp", table[k]->name);
        table[k]->tanh(6, x, y);
        cr_expect(isnan(y[0]) && y[1] == 1 && y[2] == -1 && y[3] == 0 && y[4] == 0 && signbit(y[4]) && y[5] == 1, "%s: tanh",
                  table[k]->name);
        table[k]->sigmoid(6, x, y);
        cr_expect(isnan(y[0]) && y[1] == 1 && y[2] == 0 && y[3] == (real)0.5 && y[4] == (real)0.5 && y[5] == 1, "%s: sigmoid",
                  table[k]->name);
    }
}

/* Any length, in place: each element is what it is alone. */
Test(functions, any_length_in_place)
{
    const s2s_kernels *const *table;
    int tables = s2s_kernels_available(&table);

    for (int k = 0; k < tables; k++)
        for (int f = 0; f < FUNCTIONS; f++)
            for (int64_t n = 0; n <= 40; n++) {
                real *x = numbers_new(n, 7), *y = numbers_copy(x, n), alone;

                apply(table[k], f, n, y, y);
                for (int64_t i = 0; i < n; i++) {
                    apply(table[k], f, 1, x + i, &alone);
                    cr_assert(memcmp(&alone, y + i, sizeof alone) == 0, "%s %s: element %ld of %ld", table[k]->name,
                              functions[f].name, (long)i, (long)n);
                }
                numbers_free(x, n);
                numbers_free(y, n);
            }
}

static void check_softmax(int64_t m, int64_t n, int64_t stride)
{
    const s2s_kernels *const *table;
    int tables = s2s_kernels_available(&table);
    real *x = numbers_new(m * stride, (uint64_t)(m * n)), *first = NULL;

    for (int64_t i = 0; i < m * stride; i++)
        x[i] *= 20;
    for (int k = 0; k < tables; k++) {
        real *y = numbers_copy(x, m * stride);

        table[k]->softmax_rows(m, n, k % 2 ? y : x, stride, y, stride);
        for (int64_t r = 0; r < m; r++) {
            double sum = 0, largest = -1e30;

            for (int64_t i = 0; i < n; i++)
                largest = fmax(largest, (double)x[r * stride + i]);
            for (int64_t i = 0; i < n; i++)
                sum += exp((double)x[r * stride + i] - largest);
            for (int64_t i = 0; i < n; i++) {
                double expected = exp((double)x[r * stride + i] - largest) / sum;

                cr_assert(fabs((double)y[r * stride + i] - expected) <= REAL_TOLERANCE * expected,
                          "%s: row %ld of %ld, element %ld of %ld", table[k]->name, (long)r, (long)m, (long)i, (long)n);
            }
        }
        if (k == 0)
            first = y;
        else {
            cr_assert(numbers_differ(first, y, m * stride) < 0, "%s: %ld rows of %ld", table[k]->name, (long)m, (long)n);
            numbers_free(y, m * stride);
        }
    }
    numbers_free(first, m * stride);
    numbers_free(x, m * stride);
}

Test(functions, softmax_of_rows)
{
    const int64_t n[] = { 1, 2, 12, 15, 16, 17, 33, 100 };

    for (size_t i = 0; i < sizeof n / sizeof *n; i++)
        for (int64_t m = 1; m <= 19; m += 3)
            check_softmax(m, n[i], n[i] + m % 2 * 5);
}

Test(functions, softmax_passes_nan_and_takes_minus_infinity)
{
    const s2s_kernels *const *table;
    int tables = s2s_kernels_available(&table);

    for (int k = 0; k < tables; k++)
        for (int64_t at = 0; at < 20; at++) {
            real x[20] = { 0 }, y[20];

            x[at] = (real)NAN;
            table[k]->softmax_rows(1, 20, x, 20, y, 20);
            for (int i = 0; i < 20; i++)
                cr_assert(isnan(y[i]), "%s: NaN at %ld did not reach %d", table[k]->name, (long)at, i);
            x[at] = (real)-INFINITY;
            table[k]->softmax_rows(1, 20, x, 20, y, 20);
            cr_assert(y[at] == 0 && fabs((double)y[(at + 1) % 20] * 19 - 1) < 1e-6, "%s: -infinity at %ld", table[k]->name, (long)at);
        }
}
