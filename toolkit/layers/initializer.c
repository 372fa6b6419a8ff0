/*
 * initializer.c -- how weights begin. To add one: options, a fill function, and a row in the list at the end.
 *
 * Source  Keras 3's initializers; Glorot and Bengio 2010, He et al. 2015, Saxe et al. 2014.
 */
#include "layers/initializer.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/arena.h"

/* --- options ---------------------------------------------------------------------------------------------------------------- */

enum { FAN_IN, FAN_OUT, FAN_AVG };
enum { TRUNCATED_NORMAL, UNTRUNCATED_NORMAL, UNIFORM };

static const char *const modes[] = { "fan_in", "fan_out", "fan_avg", NULL };
static const char *const distributions[] = { "truncated_normal", "untruncated_normal", "uniform", NULL };

typedef struct { int64_t seed; } seed_options;
typedef struct { double value; } constant_options;
typedef struct { double gain; } identity_options;
typedef struct { double gain; int64_t seed; } orthogonal_options;
typedef struct { double minval, maxval; int64_t seed; } uniform_options;
typedef struct { double mean, stddev; int64_t seed; } normal_options;
typedef struct { double scale; int mode, distribution; int64_t seed; } scaling_options;

#define SEED(type) \
    S2S_FIELD_INT(type, seed, S2S_NONE, 1, 9007199254740991.0, "", "values of their own, whatever the run's seed; null: from the run's seed")

static const s2s_field seed_fields[] = { SEED(seed_options), S2S_FIELD_END };
static const s2s_field constant_fields[] = {
    S2S_FIELD_REAL(constant_options, value, "0.0", -1e30, 1e30, "", "value of every element"),
    S2S_FIELD_END
};
static const s2s_field identity_fields[] = {
    S2S_FIELD_REAL(identity_options, gain, "1.0", -1e30, 1e30, "", "value on the diagonal"),
    S2S_FIELD_END
};
static const s2s_field orthogonal_fields[] = {
    S2S_FIELD_REAL(orthogonal_options, gain, "1.0", -1e30, 1e30, "", "factor of the orthogonal matrix"),
    SEED(orthogonal_options),
    S2S_FIELD_END
};
static const s2s_field uniform_fields[] = {
    S2S_FIELD_REAL(uniform_options, minval, "-0.05", -1e30, 1e30, "", "lower end"),
    S2S_FIELD_REAL(uniform_options, maxval, "0.05", -1e30, 1e30, "", "upper end, never reached"),
    SEED(uniform_options),
    S2S_FIELD_END
};
static const s2s_field normal_fields[] = {
    S2S_FIELD_REAL(normal_options, mean, "0.0", -1e30, 1e30, "", "mean"),
    S2S_FIELD_REAL(normal_options, stddev, "0.05", 0.0, 1e30, "", "standard deviation (before any cutting off)"),
    SEED(normal_options),
    S2S_FIELD_END
};
static const s2s_field scaling_fields[] = {
    S2S_FIELD_REAL(scaling_options, scale, "1.0", 1e-30, 1e30, "", "variance times fan"),
    S2S_FIELD_CHOICE(scaling_options, mode, "fan_in", modes, "what the variance is divided by"),
    S2S_FIELD_CHOICE(scaling_options, distribution, "truncated_normal", distributions, "shape of the distribution"),
    SEED(scaling_options),
    S2S_FIELD_END
};

/* --- numbers ------------------------------------------------------------------------------------------------------------------ */

/* A seed of its own makes the values independent of run and layer, as in Keras. */
static s2s_stream stream_of(const s2s_fill *fill, int64_t seed)
{
    return seed == 0 ? *fill->stream : s2s_stream_make((uint64_t)seed, S2S_RANDOM_INIT, 0, 0, 0);
}

/* Standard normal, drawn again until it lies within two deviations: try k of element i has index i + k 2^40. */
static double truncated_normal(const s2s_stream *stream, uint64_t index)
{
    double value;

    do {
        value = s2s_random_normal(stream, index);
        index += (uint64_t)1 << 40;
    } while (value < -2.0 || value > 2.0);
    return value;
}

static void fill_uniform(const s2s_fill *fill, int64_t seed, double low, double high)
{
    const s2s_stream stream = stream_of(fill, seed);

    for (int64_t i = 0; i < fill->rows * fill->columns; i++)
        fill->w[i] = (real)(low + (high - low) * s2s_random_uniform(&stream, (uint64_t)i));
}

typedef double (*normal_source)(const s2s_stream *stream, uint64_t index);

static void fill_normal(const s2s_fill *fill, int64_t seed, double mean, double stddev, normal_source source)
{
    const s2s_stream stream = stream_of(fill, seed);

    for (int64_t i = 0; i < fill->rows * fill->columns; i++)
        fill->w[i] = (real)(mean + stddev * source(&stream, (uint64_t)i));
}

/* --- constants ------------------------------------------------------------------------------------------------------------------ */

static void fill_value(const s2s_fill *fill, double value)
{
    for (int64_t i = 0; i < fill->rows * fill->columns; i++)
        fill->w[i] = (real)value;
}

static s2s_status zeros_fill(const void *options, const s2s_fill *fill, s2s_error *err)
{
    (void)options, (void)err;
    fill_value(fill, 0.0);
    return S2S_OK;
}

static s2s_status ones_fill(const void *options, const s2s_fill *fill, s2s_error *err)
{
    (void)options, (void)err;
    fill_value(fill, 1.0);
    return S2S_OK;
}

static s2s_status constant_fill(const void *options, const s2s_fill *fill, s2s_error *err)
{
    (void)err;
    fill_value(fill, ((const constant_options *)options)->value);
    return S2S_OK;
}

static s2s_status identity_fill(const void *options, const s2s_fill *fill, s2s_error *err)
{
    (void)err;
    fill_value(fill, 0.0);
    for (int64_t i = 0; i < fill->rows && i < fill->columns; i++)
        fill->w[i * fill->columns + i] = (real)((const identity_options *)options)->gain;
    return S2S_OK;
}

/* --- plain distributions ---------------------------------------------------------------------------------------------------------- */

static s2s_status random_uniform_fill(const void *options, const s2s_fill *fill, s2s_error *err)
{
    const uniform_options *o = options;

    (void)err;
    fill_uniform(fill, o->seed, o->minval, o->maxval);
    return S2S_OK;
}

static s2s_status random_normal_fill(const void *options, const s2s_fill *fill, s2s_error *err)
{
    const normal_options *o = options;

    (void)err;
    fill_normal(fill, o->seed, o->mean, o->stddev, s2s_random_normal);
    return S2S_OK;
}

static s2s_status truncated_normal_fill(const void *options, const s2s_fill *fill, s2s_error *err)
{
    const normal_options *o = options;

    (void)err;
    fill_normal(fill, o->seed, o->mean, o->stddev, truncated_normal);
    return S2S_OK;
}

/* --- variance scaling: variance = scale / fan ---------------------------------------------------------------------------------------- */

/* Standard deviation of a standard normal that is cut off at two. */
static const double truncated_deviation = 0.87962566103423978;

static double fan_of(const s2s_fill *fill, int mode)
{
    const bool vector = fill->rank == 1 || (fill->rank == 0 && fill->rows == 1);
    const int64_t in = fill->fan_in ? fill->fan_in : vector ? fill->columns : fill->rows;
    const int64_t out = fill->fan_out ? fill->fan_out : fill->columns;
    const double fan = mode == FAN_IN ? (double)in : mode == FAN_OUT ? (double)out : ((double)in + (double)out) / 2.0;

    return fan < 1.0 ? 1.0 : fan;
}

static void fill_scaled(const s2s_fill *fill, const scaling_options *o)
{
    const double variance = o->scale / fan_of(fill, o->mode);

    switch (o->distribution) {
    case UNIFORM:            fill_uniform(fill, o->seed, -sqrt(3.0 * variance), sqrt(3.0 * variance)); break;
    case UNTRUNCATED_NORMAL: fill_normal(fill, o->seed, 0.0, sqrt(variance), s2s_random_normal); break;
    default:                 fill_normal(fill, o->seed, 0.0, sqrt(variance) / truncated_deviation, truncated_normal); break;
    }
}

static s2s_status variance_scaling_fill(const void *options, const s2s_fill *fill, s2s_error *err)
{
    (void)err;
    fill_scaled(fill, options);
    return S2S_OK;
}

/* The named ones are settings of the same. */
#define SCALED(name, scale_, mode_, distribution_)                                                                     \
static s2s_status name##_fill(const void *options, const s2s_fill *fill, s2s_error *err)                               \
{                                                                                                                      \
    (void)err;                                                                                                         \
    fill_scaled(fill, &(scaling_options){ .scale = scale_, .mode = mode_, .distribution = distribution_,               \
                                          .seed = ((const seed_options *)options)->seed });                            \
    return S2S_OK;                                                                                                     \
}

SCALED(glorot_uniform, 1.0, FAN_AVG, UNIFORM)
SCALED(glorot_normal,  1.0, FAN_AVG, TRUNCATED_NORMAL)
SCALED(he_uniform,     2.0, FAN_IN,  UNIFORM)
SCALED(he_normal,      2.0, FAN_IN,  TRUNCATED_NORMAL)
SCALED(lecun_uniform,  1.0, FAN_IN,  UNIFORM)
SCALED(lecun_normal,   1.0, FAN_IN,  TRUNCATED_NORMAL)

/* --- orthogonal ------------------------------------------------------------------------------------------------------------------------ */

/* Eight chains of additions, joined in one order: the same bits for every vector width. */
S2S_CLONES static double dot(int64_t n, const double *a, const double *b)
{
    double sum[8] = { 0.0 };
    int64_t i = 0;

    for (; i + 8 <= n; i += 8)
        for (int k = 0; k < 8; k++)
            sum[k] += a[i + k] * b[i + k];
    for (; i < n; i++)
        sum[0] += a[i] * b[i];
    return ((sum[0] + sum[1]) + (sum[2] + sum[3])) + ((sum[4] + sum[5]) + (sum[6] + sum[7]));
}

S2S_CLONES static void subtract(int64_t n, double *a, double factor, const double *b)
{
    for (int64_t i = 0; i < n; i++)
        a[i] -= factor * b[i];
}

/*
 * The vectors of q (count of them, n elements each) become orthonormal: Gram-Schmidt, modified, and each vector twice, so that
 * rounding leaves no trace. This is the Q of a QR factorisation whose R has a positive diagonal, which is what makes it uniform.
 */
static void orthonormalize(int64_t count, int64_t n, double *q)
{
    for (int64_t i = 0; i < count; i++) {
        double *const v = q + i * n;

        for (int pass = 0; pass < 2; pass++)
            for (int64_t j = 0; j < i; j++)
                subtract(n, v, dot(n, v, q + j * n), q + j * n);

        const double length = sqrt(dot(n, v, v));
        for (int64_t k = 0; k < n; k++)
            v[k] /= length;
    }
}

/* The longer side's vectors cannot all be orthogonal, so it is the shorter side's: columns of a tall matrix, rows of a wide one. */
static s2s_status orthogonal_fill(const void *options, const s2s_fill *fill, s2s_error *err)
{
    const orthogonal_options *o = options;
    const bool tall = fill->rows >= fill->columns;
    const int64_t count = tall ? fill->columns : fill->rows, n = tall ? fill->rows : fill->columns;
    const s2s_stream stream = stream_of(fill, o->seed);
    double *const q = s2s_memory_resize(NULL, (size_t)(count * n), sizeof(double));

    if (q == NULL)
        return s2s_fail(err, S2S_MEMORY, "no memory for an orthogonal matrix of %lld x %lld", (long long)fill->rows, (long long)fill->columns);
    for (int64_t i = 0; i < count; i++)
        for (int64_t k = 0; k < n; k++)
            q[i * n + k] = s2s_random_normal(&stream, (uint64_t)(k * count + i));
    orthonormalize(count, n, q);
    for (int64_t r = 0; r < fill->rows; r++)
        for (int64_t c = 0; c < fill->columns; c++)
            fill->w[r * fill->columns + c] = (real)(o->gain * (tall ? q[c * n + r] : q[r * n + c]));
    s2s_memory_free(q);
    return S2S_OK;
}

/* --- the table ---------------------------------------------------------------------------------------------------------------------------- */

/* function, Keras' class name, Keras' identifier, options, summary, examples ... */
#define INITIALIZERS(ROW)                                                                                                          \
    ROW(constant, "Constant", "constant", constant, "every element the same", "{type: Constant, value: 0.5}")                      \
    ROW(glorot_normal, "GlorotNormal", "glorot_normal", seed, "cut normal, variance 2 / (fan_in + fan_out)", "glorot_normal")      \
    ROW(glorot_uniform, "GlorotUniform", "glorot_uniform", seed, "uniform, variance 2 / (fan_in + fan_out)",                       \
        "glorot_uniform", "{type: GlorotUniform, seed: 3}")                                                                        \
    ROW(he_normal, "HeNormal", "he_normal", seed, "cut normal, variance 2 / fan_in", "he_normal")                                  \
    ROW(he_uniform, "HeUniform", "he_uniform", seed, "uniform, variance 2 / fan_in", "he_uniform")                                 \
    ROW(identity, "Identity", "identity", identity, "ones on the diagonal", "{type: Identity, gain: 0.5}")                         \
    ROW(lecun_normal, "LecunNormal", "lecun_normal", seed, "cut normal, variance 1 / fan_in", "lecun_normal")                      \
    ROW(lecun_uniform, "LecunUniform", "lecun_uniform", seed, "uniform, variance 1 / fan_in", "lecun_uniform")                     \
    ROW(ones, "Ones", "ones one", no, "one everywhere", "ones")                                                                        \
    ROW(orthogonal, "Orthogonal", "orthogonal", orthogonal, "a random orthogonal matrix", "orthogonal", "{type: Orthogonal, gain: 1.2}") \
    ROW(random_normal, "RandomNormal", "random_normal normal", normal, "normal distribution", "{type: RandomNormal, stddev: 0.1}")        \
    ROW(random_uniform, "RandomUniform", "random_uniform uniform", uniform, "uniform distribution",                                        \
        "{type: RandomUniform, minval: -0.1, maxval: 0.1}")                                                                        \
    ROW(truncated_normal, "TruncatedNormal", "truncated_normal", normal, "normal distribution without what lies beyond two deviations", \
        "{type: TruncatedNormal, stddev: 0.1}")                                                                                    \
    ROW(variance_scaling, "VarianceScaling", "variance_scaling", scaling, "variance scale / fan, as the options say",              \
        "{type: VarianceScaling, scale: 2.0, mode: fan_out, distribution: uniform}")                                               \
    ROW(zeros, "Zeros", "zeros zero", no, "zero everywhere", "zeros")

typedef struct { char none; } no_options;
static const s2s_field no_fields[] = { S2S_FIELD_END };

#define DEFINE(function, name_, alias_, kind, summary_, ...)                                                                       \
    static const s2s_initializer_ops function##_ops = {                                                                            \
        .entry = { .name = name_, .alias = alias_, .summary = summary_, .fields = kind##_fields,                                   \
                   .options_size = sizeof(kind##_options), .examples = (const char *const[]){ __VA_ARGS__, NULL } },               \
        .fill = function##_fill,                                                                                                   \
    };
INITIALIZERS(DEFINE)

#define ADDRESS(function, ...) &function##_ops.entry,
static const s2s_entry *const entries[] = { INITIALIZERS(ADDRESS) };

const s2s_registry s2s_initializers = {
    .noun = "initializer", .plural = "initializers", .entries = entries, .count = sizeof(entries) / sizeof(entries[0]),
    .number_entry = "Constant",
};
