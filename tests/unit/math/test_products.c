/* Products, gradients, gathers and scatters of every table: against plain loops in double, equal bits, any company of rows. */
#include <criterion/criterion.h>
#include <math.h>

#include "numbers.h"

typedef struct shape { int64_t m, k, gates, units; } shape;

static const shape shapes[] = {
    { 1, 1, 1, 1 },    { 1, 6, 4, 6 },     { 2, 3, 3, 3 },    { 3, 17, 2, 15 },  { 5, 16, 4, 16 },   { 4, 0, 4, 5 },
    { 6, 33, 3, 17 },  { 7, 12, 1, 12 },   { 8, 40, 1, 33 },  { 16, 128, 1, 12 }, { 13, 130, 2, 100 }, { 16, 128, 4, 128 },
    { 20, 128, 3, 40 }, { 19, 300, 1, 130 }, { 33, 70, 1, 60 }, { 100, 9, 4, 20 },  { 200, 20, 1, 70 },  { 12, 520, 1, 16 },
    { 9, 100, 4, 33 },
};
enum { SHAPES = sizeof shapes / sizeof *shapes };

static real *packed_new(const s2s_kernels *k, s2s_matrix w, bool forward)
{
    real *packed = numbers_new(k->pack_size(w.k, w.gates, w.units), 1);

    (forward ? k->pack_forward : k->pack_backward)(&w, packed);
    return packed;
}

/* z's element (row, column in Keras' order) in panel order with z_rows rows. */
static int64_t panel_at(int64_t row, int64_t column, int64_t gates, int64_t units, int64_t z_rows)
{
    int64_t gate = column / units, unit = column % units;

    return ((unit / S2S_LANES * z_rows + row) * gates + gate) * S2S_LANES + unit % S2S_LANES;
}

/* What a test compares: outputs of every table with those of the first one, and of the first with `expected`. */
typedef struct outcome {
    const char *what;
    int64_t count;
    double *expected;
    real *first;
} outcome;

static outcome outcome_of(const char *what, int64_t count)
{
    return (outcome){ .what = what, .count = count, .expected = calloc((size_t)count + 1, sizeof(double)) };
}

static void outcome_add(outcome *o, const char *table, real *y, const shape *s)
{
    if (o->first == NULL) {
        double error = numbers_error(y, o->expected, o->count);

        cr_assert(error <= REAL_TOLERANCE, "%s %s: m %ld, k %ld, %ld gates of %ld: error %g", table, o->what, (long)s->m, (long)s->k,
                  (long)s->gates, (long)s->units, error);
        o->first = y;
    } else {
        int64_t at = numbers_differ(o->first, y, o->count);

        cr_assert(at < 0, "%s %s: m %ld, k %ld, %ld gates of %ld: element %ld is %a, not %a", table, o->what, (long)s->m, (long)s->k,
                  (long)s->gates, (long)s->units, (long)at, (double)y[at], (double)o->first[at]);
        numbers_free(y, o->count);
    }
}

static void outcome_free(outcome *o)
{
    numbers_free(o->first, o->count);
    free(o->expected);
}

/* --- products ----------------------------------------------------------------------------------------------------------- */

/* start 0: zero, 1: bias, 2: what z held. */
static void check_panels(const shape *s, int start)
{
    const s2s_kernels *const *table;
    int tables = s2s_kernels_available(&table);
    int64_t n = s->gates * s->units, a_stride = s->k + 3, z_rows = s->m + 2, w_stride = n + 1;
    int64_t z_count = s2s_panels(s->units) * z_rows * s->gates * S2S_LANES;
    real *a = numbers_new(s->m * a_stride, 1), *w = numbers_new(s->k * w_stride, 2), *bias = numbers_new(n, 3);
    real *z = numbers_new(z_count, 4);
    outcome o = outcome_of(start == 0 ? "to panels" : start == 1 ? "to panels with bias" : "add to panels", s->m * n);
    s2s_matrix matrix = { w, s->k, s->gates, s->units, w_stride };

    for (int64_t r = 0; r < s->m; r++)
        for (int64_t c = 0; c < n; c++) {
            double *sum = &o.expected[r * n + c];

            *sum = start == 1 ? (double)bias[c] : start == 2 ? (double)z[panel_at(r, c, s->gates, s->units, z_rows)] : 0;
            for (int64_t i = 0; i < s->k; i++)
                *sum += (double)a[r * a_stride + i] * (double)w[i * w_stride + c];
        }
    for (int k = 0; k < tables; k++) {
        real *packed = packed_new(table[k], matrix, true), *out = numbers_copy(z, z_count), *y = numbers_new(s->m * n, 0);

        if (start == 2)
            table[k]->product_add_panels(s->m, s->k, a, a_stride, packed, s->gates, s->units, out, z_rows);
        else
            table[k]->product_to_panels(s->m, s->k, a, a_stride, packed, start ? bias : NULL, s->gates, s->units, out, z_rows);
        for (int64_t i = 0; i < s->m * n; i++)
            y[i] = out[panel_at(i / n, i % n, s->gates, s->units, z_rows)];
        for (int64_t c = 0; c < n; c++)
            for (int64_t r = s->m; r < z_rows; r++) {
                int64_t at = panel_at(r, c, s->gates, s->units, z_rows);
                cr_assert(memcmp(out + at, z + at, sizeof *z) == 0, "%s: a row beyond the last was written", table[k]->name);
            }
        outcome_add(&o, table[k]->name, y, s);
        numbers_free(packed, table[k]->pack_size(s->k, s->gates, s->units));
        numbers_free(out, z_count);
    }
    outcome_free(&o);
    numbers_free(a, s->m * a_stride);
    numbers_free(w, s->k * w_stride);
    numbers_free(bias, n);
    numbers_free(z, z_count);
}

Test(products, to_panels)
{
    for (int i = 0; i < SHAPES; i++)
        for (int start = 0; start < 3; start++)
            check_panels(&shapes[i], start);
}

/* gap: elements between the rows of the result, which stay as they are. */
static void check_rows(const shape *s, int start, int64_t gap)
{
    const s2s_kernels *const *table;
    int tables = s2s_kernels_available(&table);
    int64_t n = s->gates * s->units, stride = n + gap;
    real *a = numbers_new(s->m * s->k, 1), *w = numbers_new(s->k * n, 2), *bias = numbers_new(n, 3), *c = numbers_new(s->m * stride, 4);
    outcome o = outcome_of("to rows", s->m * stride);

    for (int64_t i = 0; i < s->m * stride; i++) {
        double *sum = &o.expected[i];

        *sum = (double)c[i];
        if (i % stride >= n)
            continue;
        *sum = start == 1 ? (double)bias[i % stride] : start == 2 ? *sum : 0;
        for (int64_t j = 0; j < s->k; j++)
            *sum += (double)a[i / stride * s->k + j] * (double)w[j * n + i % stride];
    }
    for (int k = 0; k < tables; k++) {
        real *packed = packed_new(table[k], (s2s_matrix){ w, s->k, 1, n, n }, true), *y = numbers_copy(c, s->m * stride);

        table[k]->product_to_rows(s->m, s->k, a, s->k, packed, start == 1 ? bias : NULL, start == 2, n, y, stride);
        outcome_add(&o, table[k]->name, y, s);
        numbers_free(packed, table[k]->pack_size(s->k, 1, n));
    }
    outcome_free(&o);
    numbers_free(a, s->m * s->k);
    numbers_free(w, s->k * n);
    numbers_free(bias, n);
    numbers_free(c, s->m * stride);
}

Test(products, to_rows)
{
    for (int i = 0; i < SHAPES; i++)
        for (int start = 0; start < 3; start++)
            for (int64_t gap = 0; gap < 3; gap += 2)
                check_rows(&shapes[i], start, gap);
}

/* dx (m,k) = dz W^T, dz in panel order or, with one gate, row-major. */
static void check_transposed(const shape *s, bool panels, bool add, int64_t gap)
{
    const s2s_kernels *const *table;
    int tables = s2s_kernels_available(&table);
    int64_t n = s->gates * s->units, z_rows = s->m + 1, stride = s->k + gap;
    int64_t z_count = panels ? s2s_panels(s->units) * z_rows * s->gates * S2S_LANES : s->m * n;
    real *z = numbers_new(z_count, 1), *w = numbers_new(s->k * n, 2), *c = numbers_new(s->m * stride, 3);
    s2s_operand a = panels ? s2s_operand_panels(z, z_rows, s->gates, s->units) : s2s_operand_rows(z, n, n);
    outcome o = outcome_of("transposed", s->m * stride);

    for (int64_t i = 0; i < s->m * stride; i++) {
        double *sum = &o.expected[i];

        *sum = add || i % stride >= s->k ? (double)c[i] : 0;
        for (int64_t j = 0; j < n && i % stride < s->k; j++) {
            int64_t row = i / stride;
            *sum += (double)z[panels ? panel_at(row, j, s->gates, s->units, z_rows) : row * n + j] * (double)w[i % stride * n + j];
        }
    }
    for (int k = 0; k < tables; k++) {
        s2s_matrix matrix = { w, s->k, panels ? s->gates : 1, panels ? s->units : n, n };
        real *packed = packed_new(table[k], matrix, false), *y = numbers_copy(c, s->m * stride);

        table[k]->product_transposed(s->m, &a, packed, add, s->k, y, stride);
        outcome_add(&o, table[k]->name, y, s);
        numbers_free(packed, table[k]->pack_size(s->k, matrix.gates, matrix.units));
    }
    outcome_free(&o);
    numbers_free(z, z_count);
    numbers_free(w, s->k * n);
    numbers_free(c, s->m * stride);
}

Test(products, transposed)
{
    for (int i = 0; i < SHAPES; i++)
        for (int form = 0; form < 8; form++)
            if (shapes[i].k > 0)
                check_transposed(&shapes[i], form & 1, form & 2, form & 4 ? 1 : 0);
}

/* A row has the same bits alone and in company. */
Test(products, a_row_is_the_same_alone)
{
    const s2s_kernels *const *table;
    int tables = s2s_kernels_available(&table);
    enum { M = 110, K = 150, N = 75 };
    real *a = numbers_new(M * K, 1), *w = numbers_new(K * N, 2), *together = numbers_new(M * N, 3), *alone = numbers_new(N, 4);

    for (int k = 0; k < tables; k++) {
        real *packed = packed_new(table[k], (s2s_matrix){ w, K, 1, N, N }, true);

        table[k]->product_to_rows(M, K, a, K, packed, NULL, false, N, together, N);
        for (int r = 0; r < M; r++) {
            table[k]->product_to_rows(1, K, a + r * K, K, packed, NULL, false, N, alone, N);
            cr_assert(numbers_differ(alone, together + r * N, N) < 0, "%s: row %d", table[k]->name, r);
        }
        numbers_free(packed, table[k]->pack_size(K, 1, N));
    }
    numbers_free(a, M * K);
    numbers_free(w, K * N);
    numbers_free(together, M * N);
    numbers_free(alone, N);
}

/* --- gradients ------------------------------------------------------------------------------------------------------------ */

enum { ROWS_MAX = 256 };

/* Segments over m rows of both operands, of 0 to 39 rows, with a gap in A between them; row_of[r] is the row of A for row r of Z. */
static int64_t segments_of(int64_t m, s2s_segment *segments, int64_t *row_of)
{
    int64_t count = 0;

    for (int64_t row = 0; row < m; count++) {
        int64_t rows = count * 7 % 40;

        rows = rows < m - row ? rows : m - row;
        segments[count] = (s2s_segment){ .a_row = row + count, .z_row = row, .count = rows };
        for (; rows > 0; rows--, row++)
            row_of[row] = row + count;
    }
    return count;
}

static int64_t one_segment(int64_t m, s2s_segment *segment, int64_t *row_of)
{
    *segment = (s2s_segment){ .a_row = 1, .z_row = 0, .count = m };
    for (int64_t row = 0; row < m; row++)
        row_of[row] = row + 1;
    return 1;
}

/* close: all rows in one segment, and those of dW one behind the other. */
static void check_gradient(const shape *s, bool panels, bool close)
{
    const s2s_kernels *const *table;
    int tables = s2s_kernels_available(&table);
    s2s_segment segments[ROWS_MAX];
    int64_t row_of[ROWS_MAX], count = close ? one_segment(s->m, segments, row_of) : segments_of(s->m, segments, row_of);
    int64_t n = s->gates * s->units, a_stride = s->k + 1, dw_stride = close ? n : n + 3, first = s->k / 3;
    int64_t z_count = panels ? s2s_panels(s->units) * s->m * s->gates * S2S_LANES : s->m * n;
    real *a = numbers_new((s->m + count) * a_stride, 1), *z = numbers_new(z_count, 2), *dw = numbers_new(s->k * dw_stride, 3);
    s2s_operand operand = panels ? s2s_operand_panels(z, s->m, s->gates, s->units) : s2s_operand_rows(z, n, n);
    outcome o = outcome_of("gradient", s->k * dw_stride);

    for (int64_t i = 0; i < s->k * dw_stride; i++) {
        int64_t row = i / dw_stride, c = i % dw_stride;

        o.expected[i] = (double)dw[i];
        for (int64_t r = 0; r < s->m && row >= first && c < n; r++)
            o.expected[i] += (double)a[row_of[r] * a_stride + row] *
                             (double)z[panels ? panel_at(r, c, s->gates, s->units, s->m) : r * n + c];
    }
    for (int k = 0; k < tables; k++) {
        real *y = numbers_copy(dw, s->k * dw_stride);

        table[k]->product_gradient(segments, count, a, a_stride, &operand, first, s->k, y, dw_stride);
        outcome_add(&o, table[k]->name, y, s);
    }
    outcome_free(&o);
    numbers_free(a, (s->m + count) * a_stride);
    numbers_free(z, z_count);
    numbers_free(dw, s->k * dw_stride);
}

Test(products, gradient)
{
    for (int i = 0; i < SHAPES; i++)
        for (int form = 0; form < 4; form++)
            check_gradient(&shapes[i], form & 1, form & 2);
}

/* One gate of several: what the recurrent gradient of a GRU reads. */
Test(products, gradient_of_some_gates)
{
    enum { M = 30, K = 11, H = 21, G = 3 };
    const s2s_kernels *const *table;
    int tables = s2s_kernels_available(&table);
    int64_t z_count = s2s_panels(H) * M * G * S2S_LANES;
    real *a = numbers_new(M * K, 1), *z = numbers_new(z_count, 2), *whole = numbers_new(K * G * H, 3);
    s2s_operand all = s2s_operand_panels(z, M, G, H), two = all, last = all;
    s2s_segment segment = { 0, 0, M };

    two.gates = 2;
    last.gates = 1;
    last.base += 2 * S2S_LANES;
    for (int k = 0; k < tables; k++) {
        real *parts = numbers_copy(whole, K * G * H), *y = numbers_copy(whole, K * G * H);

        table[k]->product_gradient(&segment, 1, a, K, &all, 0, K, y, G * H);
        table[k]->product_gradient(&segment, 1, a, K, &two, 0, K, parts, G * H);
        table[k]->product_gradient(&segment, 1, a, K, &last, 0, K, parts + 2 * H, G * H);
        cr_assert(numbers_differ(parts, y, K * G * H) < 0, "%s", table[k]->name);
        numbers_free(parts, K * G * H);
        numbers_free(y, K * G * H);
    }
    numbers_free(a, M * K);
    numbers_free(z, z_count);
    numbers_free(whole, K * G * H);
}

/* --- sums, gathers, scatters ---------------------------------------------------------------------------------------------- */

static void check_sums(const shape *s, bool panels)
{
    const s2s_kernels *const *table;
    int tables = s2s_kernels_available(&table);
    int64_t n = s->gates * s->units, z_count = panels ? s2s_panels(s->units) * s->m * s->gates * S2S_LANES : s->m * n;
    real *z = numbers_new(z_count, 1), *db = numbers_new(n, 2);
    s2s_operand operand = panels ? s2s_operand_panels(z, s->m, s->gates, s->units) : s2s_operand_rows(z, n, n);
    outcome o = outcome_of("column sums", n);

    for (int64_t c = 0; c < n; c++) {
        o.expected[c] = (double)db[c];
        for (int64_t r = 0; r < s->m; r++)
            o.expected[c] += (double)z[panels ? panel_at(r, c, s->gates, s->units, s->m) : r * n + c];
    }
    for (int k = 0; k < tables; k++) {
        real *y = numbers_copy(db, n);

        table[k]->column_sums(s->m, &operand, y);
        outcome_add(&o, table[k]->name, y, s);
    }
    outcome_free(&o);
    numbers_free(z, z_count);
    numbers_free(db, n);
}

/* gather to z, then scatter z into another matrix: both against plain loops. */
static void check_gather_scatter(const shape *s, bool scaled, bool biased)
{
    enum { SYMBOLS = 9 };
    const s2s_kernels *const *table;
    int tables = s2s_kernels_available(&table);
    int64_t n = s->gates * s->units, stride = n + 2, z_count = s2s_panels(s->units) * s->m * s->gates * S2S_LANES;
    real *w = numbers_new(SYMBOLS * stride, 1), *dw = numbers_new(SYMBOLS * stride, 2);
    real *scale = numbers_new(s->m, 3), *bias = numbers_new(n, 4);
    int32_t index[ROWS_MAX];
    outcome gathered = outcome_of("gather", s->m * n), scattered = outcome_of("scatter", SYMBOLS * stride);

    for (int64_t i = 0; i < SYMBOLS * stride; i++)
        scattered.expected[i] = (double)dw[i];
    for (int64_t r = 0; r < s->m; r++) {
        index[r] = (int32_t)(r * r % SYMBOLS);
        for (int64_t c = 0; c < n; c++) {
            double z = (scaled ? (double)scale[r] : 1) * (double)w[index[r] * stride + c] + (biased ? (double)bias[c] : 0);

            gathered.expected[r * n + c] = z;
            if (index[r] >= 1 && index[r] < SYMBOLS - 1)
                scattered.expected[index[r] * stride + c] += (scaled ? (double)scale[r] : 1) * z;
        }
    }
    for (int k = 0; k < tables; k++) {
        real *z = numbers_new(z_count, 5), *y = numbers_new(s->m * n, 6), *out = numbers_copy(dw, SYMBOLS * stride);
        const s2s_operand operand = s2s_operand_panels(z, s->m, s->gates, s->units);

        table[k]->gather(s->m, w, stride, biased ? bias : NULL, index, scaled ? scale : NULL, s->gates, s->units, z, s->m);
        for (int64_t i = 0; i < s->m * n; i++)
            y[i] = z[panel_at(i / n, i % n, s->gates, s->units, s->m)];
        outcome_add(&gathered, table[k]->name, y, s);
        table[k]->scatter_add(s->m, &operand, index, scaled ? scale : NULL, 1, SYMBOLS - 1, out, stride);
        outcome_add(&scattered, table[k]->name, out, s);
        numbers_free(z, z_count);
    }
    outcome_free(&gathered);
    outcome_free(&scattered);
    numbers_free(w, SYMBOLS * stride);
    numbers_free(dw, SYMBOLS * stride);
    numbers_free(scale, s->m);
    numbers_free(bias, n);
}

Test(products, sums_gathers_scatters)
{
    for (int i = 0; i < SHAPES; i++) {
        check_sums(&shapes[i], true);
        check_sums(&shapes[i], false);
        check_gather_scatter(&shapes[i], true, true);
        check_gather_scatter(&shapes[i], false, false);
    }
}

Test(products, sums_of_steps)
{
    enum { B = 5, T = 4, N = 13, H = 18, G = 3 };
    static const int64_t offset[T + 1] = { 0, 5, 9, 12, 13 };
    const s2s_steps steps = { .sequences = B, .count = T, .rows = N, .offset = offset };
    const s2s_kernels *const *table;
    int tables = s2s_kernels_available(&table);
    int64_t z_count = s2s_panels(H) * N * G * S2S_LANES, count = s2s_panels(H) * B * G * S2S_LANES;
    real *z = numbers_new(z_count, 1);

    for (int k = 0; k < tables; k++) {
        real *sums = numbers_new(count, 2);

        table[k]->sum_steps(&steps, G, H, z, sums);
        for (int64_t b = 0; b < B; b++)
            for (int64_t c = 0; c < G * H; c++) {
                real expected = z[panel_at(b, c, G, H, N)];

                for (int64_t t = 1; t < T && b < offset[t + 1] - offset[t]; t++)
                    expected += z[panel_at(offset[t] + b, c, G, H, N)];
                cr_assert(sums[panel_at(b, c, G, H, B)] == expected, "%s: sequence %ld, column %ld", table[k]->name, (long)b, (long)c);
            }
        numbers_free(sums, count);
    }
    numbers_free(z, z_count);
}
