/*
 * constraint.c -- what weights are forced to be after every update. To add one: options, an apply function, and a row in the list
 * at the end.
 *
 *   norm constraints   w <- w * wanted(norm) / (1e-7 + norm),   norm of each column (axis 0) or row (axis 1)
 *
 * Source  Keras 3's constraints; 1e-7 is keras.config.epsilon().
 */
#include "layers/penalty.h"

#include <math.h>

typedef struct { double max_value; int64_t axis; } max_norm_options;
typedef struct { double min_value, max_value, rate; int64_t axis; } min_max_norm_options;
typedef struct { int64_t axis; } unit_norm_options;
typedef struct { double min_value, max_value; } clip_options;
typedef struct { char none; } non_neg_options;

#define AXIS(type) S2S_FIELD_INT(type, axis, "0", 0, 1, "", "0: a norm for each column (the weights into one unit); 1: for each row")

static const s2s_field max_norm_fields[] = {
    S2S_FIELD_REAL(max_norm_options, max_value, "2.0", 0.0, 1e30, "", "largest norm"),
    AXIS(max_norm_options),
    S2S_FIELD_END
};
static const s2s_field min_max_norm_fields[] = {
    S2S_FIELD_REAL(min_max_norm_options, min_value, "0.0", 0.0, 1e30, "", "smallest norm"),
    S2S_FIELD_REAL(min_max_norm_options, max_value, "1.0", 0.0, 1e30, "", "largest norm"),
    S2S_FIELD_REAL(min_max_norm_options, rate, "1.0", 0.0, 1.0, "fraction", "how much of the way to go at each step"),
    AXIS(min_max_norm_options),
    S2S_FIELD_END
};
static const s2s_field unit_norm_fields[] = { AXIS(unit_norm_options), S2S_FIELD_END };
static const s2s_field non_neg_fields[] = { S2S_FIELD_END };
static const s2s_field clip_fields[] = {
    S2S_FIELD_REAL(clip_options, min_value, S2S_REQUIRED, -1e30, 1e30, "", "smallest value"),
    S2S_FIELD_REAL(clip_options, max_value, S2S_REQUIRED, -1e30, 1e30, "", "largest value"),
    S2S_FIELD_END
};

static double clip(double x, double low, double high) { return x < low ? low : x > high ? high : x; }

/* wanted(norm) = rate * clip(norm, low, high) + (1 - rate) * norm */
typedef struct { double low, high, rate; } norm_rule;

enum { WIDTH = 16 };

/* `width` (at most WIDTH) vectors of n elements side by side: element i of vector k is w[i * stride + k]. */
static void rescale(const norm_rule *rule, int64_t n, int64_t stride, int64_t width, real *w)
{
    double squares[WIDTH] = { 0.0 }, factor[WIDTH];

    for (int64_t i = 0; i < n; i++)
        for (int64_t k = 0; k < width; k++)
            squares[k] += (double)w[i * stride + k] * (double)w[i * stride + k];
    for (int64_t k = 0; k < width; k++) {
        const double norm = sqrt(squares[k]);

        factor[k] = (rule->rate * clip(norm, rule->low, rule->high) + (1.0 - rule->rate) * norm) / (1e-7 + norm);
    }
    for (int64_t i = 0; i < n; i++)
        for (int64_t k = 0; k < width; k++)
            w[i * stride + k] = (real)((double)w[i * stride + k] * factor[k]);
}

static void rescale_all(norm_rule rule, int64_t axis, int rank, int64_t rows, int64_t columns, real *w)
{
    if (rank == 1 || axis == 1)
        for (int64_t r = 0; r < rows; r++)
            rescale(&rule, columns, 1, 1, w + r * columns);
    else
        for (int64_t c = 0; c < columns; c += WIDTH)
            rescale(&rule, rows, columns, columns - c < WIDTH ? columns - c : WIDTH, w + c);
}

static void max_norm_apply(const void *options, int rank, int64_t rows, int64_t columns, real *w)
{
    const max_norm_options *o = options;

    rescale_all((norm_rule){ 0.0, o->max_value, 1.0 }, o->axis, rank, rows, columns, w);
}

static void min_max_norm_apply(const void *options, int rank, int64_t rows, int64_t columns, real *w)
{
    const min_max_norm_options *o = options;

    rescale_all((norm_rule){ o->min_value, o->max_value, o->rate }, o->axis, rank, rows, columns, w);
}

static void unit_norm_apply(const void *options, int rank, int64_t rows, int64_t columns, real *w)
{
    rescale_all((norm_rule){ 1.0, 1.0, 1.0 }, ((const unit_norm_options *)options)->axis, rank, rows, columns, w);
}

static void non_neg_apply(const void *options, int rank, int64_t rows, int64_t columns, real *w)
{
    (void)options, (void)rank;
    for (int64_t i = 0; i < rows * columns; i++)
        w[i] = w[i] < 0 ? 0 : w[i];
}

static void clip_apply(const void *options, int rank, int64_t rows, int64_t columns, real *w)
{
    const real low = (real)((const clip_options *)options)->min_value, high = (real)((const clip_options *)options)->max_value;

    (void)rank;
    for (int64_t i = 0; i < rows * columns; i++)
        w[i] = w[i] < low ? low : w[i] > high ? high : w[i];
}

/* function, name, identifier, summary, example */
#define CONSTRAINTS(ROW)                                                                                                   \
    ROW(clip, "Clip", "clip", "values held in a range", "{type: Clip, min_value: -0.5, max_value: 0.5}")                  \
    ROW(max_norm, "MaxNorm", "max_norm", "norms at most max_value", "{type: MaxNorm, max_value: 1.5}")                    \
    ROW(min_max_norm, "MinMaxNorm", "min_max_norm", "norms between two values", "{type: MinMaxNorm, min_value: 0.5, rate: 0.9}") \
    ROW(non_neg, "NonNeg", "non_neg", "no negative values", "NonNeg")                                                      \
    ROW(unit_norm, "UnitNorm", "unit_norm", "norms of one", "{type: UnitNorm, axis: 1}")

#define DEFINE(function, name_, alias_, summary_, example)                                                                 \
    static const s2s_constraint_ops function##_ops = {                                                                     \
        .entry = { .name = name_, .alias = alias_, .summary = summary_, .fields = function##_fields,                       \
                   .options_size = sizeof(function##_options), .examples = (const char *const[]){ example, NULL } },       \
        .apply = function##_apply,                                                                                         \
    };
CONSTRAINTS(DEFINE)

#define ADDRESS(function, ...) &function##_ops.entry,
static const s2s_entry *const entries[] = { CONSTRAINTS(ADDRESS) };

const s2s_registry s2s_constraints = {
    .noun = "constraint", .plural = "constraints", .entries = entries, .count = sizeof(entries) / sizeof(entries[0]),
};
