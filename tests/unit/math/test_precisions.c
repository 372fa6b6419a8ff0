/* Tables for lower precisions: against exact products in double, any company of rows, any division of a gradient. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>

#include "numbers.h"

typedef struct shape { int64_t m, k, gates, units; } shape;

static const shape shapes[] = {
    { 1, 32, 1, 1 },    { 3, 33, 3, 17 },  { 16, 128, 4, 128 }, { 17, 40, 1, 33 },  { 32, 64, 2, 100 }, { 48, 100, 4, 20 },
    { 70, 130, 3, 40 }, { 15, 600, 1, 12 }, { 130, 70, 1, 60 },  { 300, 48, 4, 33 }, { 33, 300, 1, 130 }, { 16, 12, 4, 20 },
};
enum { SHAPES = sizeof shapes / sizeof *shapes };

/* Largest error for each precision, in units of the result's root mean square: some times what is typical. */
static const double bounds[S2S_PRECISIONS] = { [S2S_HIGH] = 1e-4, [S2S_MEDIUM] = 2.5e-2 };
static const double typical[S2S_PRECISIONS] = { [S2S_HIGH] = 2e-5, [S2S_MEDIUM] = 5e-3 };

/* The table for a precision, or NULL where this machine computes it as `highest`. */
static const s2s_kernels *table_for(s2s_precision precision)
{
    const s2s_kernels *table;

    s2s_kernels_choose(NULL);
    table = s2s_kernels_for(precision);
    if (table != s2s_kernel)
        return table;
    fprintf(stderr, "precisions: this CPU or build has no bfloat16 tiles: not tested\n");
    return NULL;
}

/* One check over all shapes and lower precisions, each in both of its ways. */
static void check_all(void (*check)(const s2s_kernels *k, s2s_precision precision, const shape *s, bool way))
{
    for (s2s_precision p = S2S_HIGH; p < S2S_PRECISIONS; p++)
        for (int i = 0; i < SHAPES && table_for(p) != NULL; i++) {
            check(table_for(p), p, &shapes[i], true);
            check(table_for(p), p, &shapes[i], false);
        }
}

static void check_error(const char *what, s2s_precision precision, const shape *s, const real *y, const double *expected, int64_t n)
{
    double squares = 0, errors = 0, worst = 0, rms;

    for (int64_t i = 0; i < n; i++) {
        double error = fabs((double)y[i] - expected[i]);

        squares += expected[i] * expected[i];
        errors += error * error;
        worst = error > worst || isnan(error) ? error : worst;
    }
    rms = sqrt(squares / (double)n);
    cr_assert(worst <= bounds[precision] * rms && (n < 100 || sqrt(errors / (double)n) <= typical[precision] * rms),
              "%s, precision %d: m %ld, k %ld, %ld gates of %ld: worst error %g, rms error %g of the result's rms", what, (int)precision,
              (long)s->m, (long)s->k, (long)s->gates, (long)s->units, worst / rms, sqrt(errors / (double)n) / rms);
}

/* z's element (row, column in Keras' order) in panel order with z_rows rows. */
static int64_t panel_at(int64_t row, int64_t column, int64_t gates, int64_t units, int64_t z_rows)
{
    int64_t gate = column / units, unit = column % units;

    return ((unit / S2S_LANES * z_rows + row) * gates + gate) * S2S_LANES + unit % S2S_LANES;
}

/* --- forward ---------------------------------------------------------------------------------------------------------------- */

/* What A (m,k) times W (k,n) adds to `sum`, in double. */
static void add_product(const shape *s, const real *a, const real *w, int64_t n, double *sum)
{
    for (int64_t i = 0; i < s->m * n; i++)
        for (int64_t j = 0; j < s->k; j++)
            sum[i] += (double)a[i / n * s->k + j] * (double)w[j * n + i % n];
}

/* A times W from bias or from what z holds; then every row alone, which must give the same bits. */
static void check_forward(const s2s_kernels *k, s2s_precision precision, const shape *s, bool add)
{
    int64_t n = s->gates * s->units, panels = s2s_panels(s->units) * s->gates * S2S_LANES;
    real *a = numbers_new(s->m * s->k, 1), *w = numbers_new(s->k * n, 2), *bias = numbers_new(n, 3), *z = numbers_new(s->m * panels, 4);
    real *packed = numbers_new(k->pack_size(s->k, s->gates, s->units), 0), *y = numbers_new(s->m * n, 0), *one = numbers_new(panels, 0);
    real *before = numbers_copy(z, s->m * panels);
    double *expected = calloc((size_t)(s->m * n), sizeof *expected);

    for (int64_t i = 0; i < s->m * n; i++)
        expected[i] = add ? (double)z[panel_at(i / n, i % n, s->gates, s->units, s->m)] : (double)bias[i % n];
    add_product(s, a, w, n, expected);
    k->pack_forward(&(s2s_matrix){ w, s->k, s->gates, s->units, n }, packed);
    if (add)
        k->product_add_panels(s->m, s->k, a, s->k, packed, s->gates, s->units, z, s->m);
    else
        k->product_to_panels(s->m, s->k, a, s->k, packed, bias, s->gates, s->units, z, s->m);
    for (int64_t i = 0; i < s->m * n; i++)
        y[i] = z[panel_at(i / n, i % n, s->gates, s->units, s->m)];
    check_error(add ? "add to panels" : "to panels", precision, s, y, expected, s->m * n);
    for (int64_t r = 0; r < s->m; r++) {
        for (int64_t i = 0; i < n; i++)
            one[panel_at(0, i, s->gates, s->units, 1)] = before[panel_at(r, i, s->gates, s->units, s->m)];
        if (add)
            k->product_add_panels(1, s->k, a + r * s->k, s->k, packed, s->gates, s->units, one, 1);
        else
            k->product_to_panels(1, s->k, a + r * s->k, s->k, packed, bias, s->gates, s->units, one, 1);
        for (int64_t i = 0; i < n; i++)
            cr_assert(memcmp(&one[panel_at(0, i, s->gates, s->units, 1)], &y[r * n + i], sizeof(real)) == 0, "row %ld alone", (long)r);
    }
    numbers_free(a, s->m * s->k);
    numbers_free(w, s->k * n);
    numbers_free(bias, n);
    numbers_free(z, s->m * panels);
    numbers_free(before, s->m * panels);
    numbers_free(one, panels);
    numbers_free(y, s->m * n);
    numbers_free(packed, k->pack_size(s->k, s->gates, s->units));
    free(expected);
}

Test(precisions, forward) { check_all(check_forward); }

/* To rows from bias or from what C holds, with columns that fill no vector, and rows of C apart. */
static void check_rows(const s2s_kernels *k, s2s_precision precision, const shape *s, bool add)
{
    int64_t n = s->gates * s->units, stride = n + 3;
    real *a = numbers_new(s->m * s->k, 1), *w = numbers_new(s->k * n, 2), *c = numbers_new(s->m * stride, 4), *y = numbers_new(s->m * n, 0);
    real *packed = numbers_new(k->pack_size(s->k, 1, n), 0), *before = numbers_copy(c, s->m * stride), *bias = numbers_new(n, 3);
    double *expected = calloc((size_t)(s->m * n), sizeof *expected);

    for (int64_t i = 0; i < s->m * n; i++)
        expected[i] = add ? (double)c[i / n * stride + i % n] : (double)bias[i % n];
    add_product(s, a, w, n, expected);
    k->pack_forward(&(s2s_matrix){ w, s->k, 1, n, n }, packed);
    k->product_to_rows(s->m, s->k, a, s->k, packed, add ? NULL : bias, add, n, c, stride);
    for (int64_t i = 0; i < s->m * n; i++)
        y[i] = c[i / n * stride + i % n];
    check_error(add ? "add to rows" : "to rows", precision, s, y, expected, s->m * n);
    for (int64_t r = 0; r < s->m; r++)
        cr_assert(memcmp(c + r * stride + n, before + r * stride + n, 3 * sizeof(real)) == 0, "columns beyond the last were written");
    numbers_free(a, s->m * s->k);
    numbers_free(w, s->k * n);
    numbers_free(c, s->m * stride);
    numbers_free(before, s->m * stride);
    numbers_free(bias, n);
    numbers_free(y, s->m * n);
    numbers_free(packed, k->pack_size(s->k, 1, n));
    free(expected);
}

Test(precisions, rows) { check_all(check_rows); }

/* --- backward --------------------------------------------------------------------------------------------------------------- */

/* The operand's element (row, column in Keras' order): panel order, or rows that lie apart. */
static real element(const s2s_operand *z, int64_t row, int64_t column)
{
    int64_t gate = column / z->units, unit = column % z->units;

    return z->base[unit / S2S_LANES * z->panel_stride + row * z->row_stride + gate * S2S_LANES + unit % S2S_LANES];
}

static s2s_operand operand_of(const real *z, const shape *s, bool panels)
{
    return panels ? s2s_operand_panels(z, s->m, s->gates, s->units) : s2s_operand_rows(z, s->gates * s->units, s->gates * s->units);
}

/* dZ (m rows) times W^T, W (k, G*H). */
static void check_transposed(const s2s_kernels *k, s2s_precision precision, const shape *s, bool panels)
{
    int64_t n = s->gates * s->units, count = s->m * s2s_panels(s->units) * s->gates * S2S_LANES;
    real *z = numbers_new(count, 1), *w = numbers_new(s->k * n, 2), *c = numbers_new(s->m * s->k, 4);
    s2s_matrix matrix = { w, s->k, panels ? s->gates : 1, panels ? s->units : n, n };
    int64_t size = k->pack_size(matrix.k, matrix.gates, matrix.units);
    real *packed = numbers_new(size, 0);
    s2s_operand operand = operand_of(z, s, panels);
    double *expected = calloc((size_t)(s->m * s->k), sizeof *expected);

    for (int64_t i = 0; i < s->m * s->k; i++)
        for (int64_t j = 0; j < n; j++)
            expected[i] += (double)element(&operand, i / s->k, j) * (double)w[i % s->k * n + j];
    k->pack_backward(&matrix, packed);
    k->product_transposed(s->m, &operand, packed, false, s->k, c, s->k);
    check_error(panels ? "panels transposed" : "rows transposed", precision, s, c, expected, s->m * s->k);
    numbers_free(z, count);
    numbers_free(w, s->k * n);
    numbers_free(c, s->m * s->k);
    numbers_free(packed, size);
    free(expected);
}

Test(precisions, transposed) { check_all(check_transposed); }

/* dW += A^T Z over rows in three segments, at once and in parts of dW's rows, which must give the same bits. */
static void check_gradient(const s2s_kernels *k, s2s_precision precision, const shape *s, bool panels)
{
    int64_t n = s->gates * s->units, count = s->m * s2s_panels(s->units) * s->gates * S2S_LANES, third = s->m / 3;
    const s2s_segment segments[] = { { third, 0, third }, { 0, third, 0 }, { 0, third, s->m - 2 * third }, { s->m - third, s->m - third, third } };
    real *a = numbers_new(s->m * s->k, 1), *z = numbers_new(count, 2), *dw = numbers_new(s->k * n, 3), *parts = numbers_copy(dw, s->k * n);
    s2s_operand operand = operand_of(z, s, panels);
    double *expected = calloc((size_t)s->k * (size_t)n, sizeof *expected);

    for (int64_t i = 0; i < s->k * n; i++) {
        expected[i] = (double)dw[i];
        for (int g = 0; g < 4; g++)
            for (int64_t r = 0; r < segments[g].count; r++)
                expected[i] += (double)a[(segments[g].a_row + r) * s->k + i / n] * (double)element(&operand, segments[g].z_row + r, i % n);
    }
    k->product_gradient(segments, 4, a, s->k, &operand, 0, s->k, dw, n);
    check_error(panels ? "gradient from panels" : "gradient from rows", precision, s, dw, expected, s->k * n);
    for (int64_t first = 0; first < s->k; first += 24)
        k->product_gradient(segments, 4, a, s->k, &operand, first, first + 24 < s->k ? first + 24 : s->k, parts, n);
    cr_assert(numbers_differ(dw, parts, s->k * n) < 0, "gradient in parts: m %ld, k %ld, %ld gates of %ld", (long)s->m, (long)s->k,
              (long)s->gates, (long)s->units);
    numbers_free(a, s->m * s->k);
    numbers_free(z, count);
    numbers_free(dw, s->k * n);
    numbers_free(parts, s->k * n);
    free(expected);
}

Test(precisions, gradient) { check_all(check_gradient); }

/* --- which table ------------------------------------------------------------------------------------------------------------- */

Test(precisions, highest_is_the_table_in_use)
{
    s2s_kernels_choose(NULL);
    cr_assert(s2s_kernels_for(S2S_HIGHEST) == s2s_kernel);
}

Test(precisions, a_named_table_computes_all_of_them)
{
    cr_assert(s2s_kernels_choose("plain"));
    for (s2s_precision p = S2S_HIGHEST; p < S2S_PRECISIONS; p++)
        cr_assert(s2s_kernels_for(p) == s2s_kernel);
}
