#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "layers/initializer.h"
#include "tests/unit/object.h"

static void fill(const char *text, uint64_t seed, int rank, int64_t rows, int64_t columns, real *w)
{
    const s2s_object *const object = object_of(&s2s_initializers, text);
    const s2s_stream stream = s2s_stream_make(seed, S2S_RANDOM_INIT, 5, 0, 0);
    const s2s_fill what = { .stream = &stream, .rank = rank, .rows = rows, .columns = columns, .w = w };
    s2s_error err;

    cr_assert(((const s2s_initializer_ops *)object->entry)->fill(object->options, &what, &err) == S2S_OK, "%s", text);
}

typedef struct { double mean, deviation, largest; } moments;

static moments moments_of(int64_t n, const real *w)
{
    double sum = 0.0, squares = 0.0, largest = 0.0;

    for (int64_t i = 0; i < n; i++) {
        sum += (double)w[i];
        squares += (double)w[i] * (double)w[i];
        largest = fmax(largest, fabs((double)w[i]));
    }
    return (moments){ sum / (double)n, sqrt(squares / (double)n - sum / (double)n * (sum / (double)n)), largest };
}

/* Keras' formulas on a kernel of 200 x 300; a cut normal reaches two of its deviations before cutting. */
Test(initializer, deviations_and_ends_are_those_of_keras)
{
    enum { ROWS = 200, COLUMNS = 300 };
    const double cut = 2.0 / 0.87962566103423978, normal = 6.0;      /* ends, in deviations; nobody of 60,000 lies beyond 6 */
    const struct { const char *text; double deviation, end; } cases[] = {
        { "glorot_uniform", sqrt(2.0 / 500), sqrt(3.0) },
        { "glorot_normal", sqrt(2.0 / 500), cut },
        { "he_uniform", sqrt(2.0 / 200), sqrt(3.0) },
        { "he_normal", sqrt(2.0 / 200), cut },
        { "lecun_uniform", sqrt(1.0 / 200), sqrt(3.0) },
        { "lecun_normal", sqrt(1.0 / 200), cut },
        { "random_uniform", 0.05 / sqrt(3.0), sqrt(3.0) },
        { "random_normal", 0.05, normal },
        { "truncated_normal", 0.05 * 0.87962566103423978, cut },
        { "{type: RandomNormal, stddev: 2.0}", 2.0, normal },
        { "variance_scaling", sqrt(1.0 / 200), cut },
        { "{type: VarianceScaling, scale: 3.0, mode: fan_out, distribution: uniform}", sqrt(3.0 / 300), sqrt(3.0) },
        { "{type: VarianceScaling, mode: fan_avg, distribution: untruncated_normal}", sqrt(1.0 / 250), normal },
    };
    static real w[ROWS * COLUMNS];

    for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++) {
        fill(cases[k].text, 1, 2, ROWS, COLUMNS, w);

        const moments m = moments_of(ROWS * COLUMNS, w);
        const double end = cases[k].end * cases[k].deviation;
        cr_expect(fabs(m.mean) < 0.02 * cases[k].deviation, "%s: mean %g", cases[k].text, m.mean);
        cr_expect(fabs(m.deviation / cases[k].deviation - 1.0) < 0.01, "%s: deviation %g, not %g", cases[k].text, m.deviation, cases[k].deviation);
        cr_expect(m.largest <= end * 1.0000001, "%s: %g lies beyond %g", cases[k].text, m.largest, end);
        if (cases[k].end < normal)
            cr_expect(m.largest > 0.99 * end, "%s: nothing near the end: %g of %g", cases[k].text, m.largest, end);
    }
}

Test(initializer, fans_of_a_vector_are_its_length)
{
    real w[50];

    fill("{type: VarianceScaling, scale: 3.0, distribution: uniform}", 3, 1, 1, 50, w);
    cr_expect(moments_of(50, w).largest <= sqrt(9.0 / 50) && moments_of(50, w).largest > 0.8 * sqrt(9.0 / 50));
    fill("{type: VarianceScaling, scale: 3.0, distribution: uniform}", 3, 2, 1, 50, w);
    cr_expect(moments_of(50, w).largest > 1.5, "a kernel of one row has a fan_in of one");
}

Test(initializer, every_name_that_keras_knows)
{
    static const char *const names[][3] = {
        { "RandomUniform", "random_uniform", "uniform" }, { "RandomNormal", "random_normal", "normal" }, { "Zeros", "zeros", "zero" },
        { "Ones", "ones", "one" }, { "GlorotUniform", "glorot_uniform", "GlorotUniform" },
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        for (int k = 1; k < 3; k++)
            cr_expect(object_of(&s2s_initializers, names[i][0])->entry == object_of(&s2s_initializers, names[i][k])->entry, "%s", names[i][k]);
}

Test(initializer, shifts_and_constants)
{
    real w[12];

    fill("{type: RandomUniform, minval: 2.0, maxval: 3.0}", 1, 2, 3, 4, w);
    for (int i = 0; i < 12; i++)
        cr_expect(w[i] >= 2 && w[i] < 3);
    fill("{type: RandomNormal, mean: 5.0, stddev: 0.0}", 1, 2, 3, 4, w);
    for (int i = 0; i < 12; i++)
        cr_expect(w[i] == 5);
    fill("zeros", 1, 2, 3, 4, w);
    cr_expect(moments_of(12, w).largest == 0.0);
    fill("Ones", 1, 2, 3, 4, w);
    cr_expect(moments_of(12, w).mean == 1.0 && moments_of(12, w).largest == 1.0);
    fill("0.25", 1, 2, 3, 4, w);
    cr_expect(moments_of(12, w).mean == 0.25 && moments_of(12, w).largest == 0.25);
    fill("{type: Identity, gain: 2.0}", 1, 2, 3, 4, w);
    for (int r = 0; r < 3; r++)
        for (int c = 0; c < 4; c++)
            cr_expect(w[r * 4 + c] == (r == c ? 2 : 0));
}

/* A value is a function of stream and index, computed in double and rounded once: so float and double builds agree. */
Test(initializer, values_are_rounded_doubles)
{
    const s2s_stream stream = s2s_stream_make(9, S2S_RANDOM_INIT, 5, 0, 0);
    real w[40];

    fill("glorot_uniform", 9, 2, 4, 10, w);
    for (int i = 0; i < 40; i++) {
        const double limit = sqrt(3.0 / 7.0);

        cr_expect(w[i] == (real)(-limit + (limit - -limit) * s2s_random_uniform(&stream, (uint64_t)i)));
    }
    fill("random_normal", 9, 2, 4, 10, w);
    for (int i = 0; i < 40; i++)
        cr_expect(w[i] == (real)(0.0 + 0.05 * s2s_random_normal(&stream, (uint64_t)i)));
}

Test(initializer, a_seed_of_its_own_hides_the_stream)
{
    for (size_t i = 0; i < s2s_initializers.count; i++) {
        const s2s_entry *const entry = s2s_initializers.entries[i];
        bool takes_seed = false;
        char text[96];
        real a[64], b[64], c[64];

        for (const s2s_field *f = entry->fields; f != NULL && f->kind != S2S_KIND_END; f++)
            takes_seed |= strcmp(f->key, "seed") == 0;
        if (!takes_seed)
            continue;
        snprintf(text, sizeof(text), "{type: %s, seed: 11}", entry->name);
        fill(text, 1, 2, 8, 8, a);
        fill(text, 2, 2, 8, 8, b);
        cr_expect(memcmp(a, b, sizeof(a)) == 0, "%s", text);
        fill(entry->name, 1, 2, 8, 8, b);
        fill(entry->name, 2, 2, 8, 8, c);
        cr_expect(memcmp(a, b, sizeof(a)) != 0 && memcmp(b, c, sizeof(b)) != 0, "%s", entry->name);
        fill(entry->name, 1, 2, 8, 8, c);
        cr_expect(memcmp(b, c, sizeof(b)) == 0, "%s is not repeatable", entry->name);
    }
}

/* Worst entry of (shorter side's vectors times their transpose) - gain^2 identity. */
static double worst_product(int64_t rows, int64_t columns, const real *w, double gain)
{
    const bool tall = rows >= columns;
    const int64_t count = tall ? columns : rows, n = tall ? rows : columns;
    double worst = 0.0;

    for (int64_t i = 0; i < count; i++)
        for (int64_t j = 0; j < count; j++) {
            double sum = 0.0;

            for (int64_t k = 0; k < n; k++)
                sum += tall ? (double)w[k * columns + i] * (double)w[k * columns + j] : (double)w[i * columns + k] * (double)w[j * columns + k];
            worst = fmax(worst, fabs(sum - (i == j ? gain * gain : 0.0)));
        }
    return worst;
}

Test(initializer, orthogonal_is_orthogonal)
{
    static const struct { int64_t rows, columns; } shapes[] = { { 1, 1 }, { 1, 9 }, { 9, 1 }, { 8, 8 }, { 33, 7 }, { 7, 33 }, { 64, 256 }, { 150, 150 } };
    const double tolerance = sizeof(real) == sizeof(double) ? 1e-13 : 3e-7;
    static real w[150 * 150];

    for (size_t k = 0; k < sizeof(shapes) / sizeof(shapes[0]); k++) {
        fill("orthogonal", k, 2, shapes[k].rows, shapes[k].columns, w);
        const double worst = worst_product(shapes[k].rows, shapes[k].columns, w, 1.0);
        cr_expect(worst < tolerance, "%ld x %ld: %g", (long)shapes[k].rows, (long)shapes[k].columns, worst);
    }
    fill("{type: Orthogonal, gain: 3.0}", 1, 2, 33, 7, w);
    cr_expect(worst_product(33, 7, w, 3.0) < 9.0 * tolerance);
}

/* Keras: Q of the QR factorisation of a normal matrix, signs such that R has a positive diagonal; transposed if wide. */
Test(initializer, orthogonal_is_the_q_of_a_normal_matrix)
{
    enum { N = 20, M = 6 };
    const s2s_stream stream = s2s_stream_make(4, S2S_RANDOM_INIT, 5, 0, 0);
    real tall[N * M], wide[M * N];

    fill("orthogonal", 4, 2, N, M, tall);
    fill("orthogonal", 4, 2, M, N, wide);
    for (int i = 0; i < M; i++)
        for (int j = 0; j < M; j++) {
            double r = 0.0;      /* R = Q' A, A (N,M) normal, row-major in the stream */

            for (int k = 0; k < N; k++)
                r += (double)tall[k * M + i] * s2s_random_normal(&stream, (uint64_t)(k * M + j));
            if (i == j)
                cr_expect(r > 0.1, "diagonal %d: %g", i, r);
            if (i > j)
                cr_expect(fabs(r) < 1e-5, "below the diagonal at %d, %d: %g", i, j, r);
        }
    for (int i = 0; i < M; i++)
        for (int k = 0; k < N; k++)
            cr_expect(wide[i * N + k] == tall[k * M + i]);
}
