/*
 * regularizer.c -- penalties on weights. To add one: options, a penalty, its gradient, and a row in the list at the end.
 *
 *   penalty = l1 * sum |w| + l2 * sum w w          dw += l1 * sign(w) + 2 * l2 * w
 *
 * Source  Keras 3's L1, L2, L1L2.
 */
#include "layers/penalty.h"

#include <math.h>

typedef struct { double l1; } l1_options;
typedef struct { double l2; } l2_options;
typedef struct { double l1, l2; } l1_l2_options;

#define FACTOR(type, member, preset) S2S_FIELD_REAL(type, member, preset, 0.0, 1e30, "", "factor of the " #member " penalty")

static const s2s_field l1_fields[] = { FACTOR(l1_options, l1, "0.01"), S2S_FIELD_END };
static const s2s_field l2_fields[] = { FACTOR(l2_options, l2, "0.01"), S2S_FIELD_END };
static const s2s_field l1_l2_fields[] = { FACTOR(l1_l2_options, l1, "0.0"), FACTOR(l1_l2_options, l2, "0.0"), S2S_FIELD_END };

static double penalty_of(double l1, double l2, int64_t n, const real *w)
{
    double sizes = 0.0, squares = 0.0;

    for (int64_t i = 0; i < n; i++) {
        sizes += fabs((double)w[i]);
        squares += (double)w[i] * (double)w[i];
    }
    return l1 * sizes + l2 * squares;
}

S2S_CLONES static void add_gradient(double l1, double l2, int64_t n, const real *w, real *dw)
{
    const real size = (real)l1, twice = (real)(2.0 * l2);

    for (int64_t i = 0; i < n; i++)
        dw[i] += (w[i] > 0 ? size : w[i] < 0 ? -size : 0) + twice * w[i];
}

static double l1_penalty(const void *options, int64_t n, const real *w) { return penalty_of(((const l1_options *)options)->l1, 0.0, n, w); }
static double l2_penalty(const void *options, int64_t n, const real *w) { return penalty_of(0.0, ((const l2_options *)options)->l2, n, w); }
static double l1_l2_penalty(const void *options, int64_t n, const real *w)
{
    return penalty_of(((const l1_l2_options *)options)->l1, ((const l1_l2_options *)options)->l2, n, w);
}

static void l1_gradient(const void *options, int64_t n, const real *w, real *dw) { add_gradient(((const l1_options *)options)->l1, 0.0, n, w, dw); }
static void l2_gradient(const void *options, int64_t n, const real *w, real *dw) { add_gradient(0.0, ((const l2_options *)options)->l2, n, w, dw); }
static void l1_l2_gradient(const void *options, int64_t n, const real *w, real *dw)
{
    add_gradient(((const l1_l2_options *)options)->l1, ((const l1_l2_options *)options)->l2, n, w, dw);
}

/* function, Keras' class name, Keras' identifier, summary, example */
#define REGULARIZERS(ROW)                                                                                   \
    ROW(l1, "L1", "l1", "l1 times the sum of absolute values", "{type: L1, l1: 0.02}")                      \
    ROW(l1_l2, "L1L2", "l1_l2", "both: l1 times absolute values and l2 times squares", "{type: L1L2, l1: 0.01, l2: 0.02}") \
    ROW(l2, "L2", "l2", "l2 times the sum of squares", "{type: L2, l2: 0.02}")

#define DEFINE(function, name_, alias_, summary_, example)                                                  \
    static const s2s_regularizer_ops function##_ops = {                                                     \
        .entry = { .name = name_, .alias = alias_, .summary = summary_, .fields = function##_fields,        \
                   .options_size = sizeof(function##_options), .examples = (const char *const[]){ example, NULL } }, \
        .penalty = function##_penalty, .gradient = function##_gradient,                                     \
    };
REGULARIZERS(DEFINE)

#define ADDRESS(function, ...) &function##_ops.entry,
static const s2s_entry *const entries[] = { REGULARIZERS(ADDRESS) };

const s2s_registry s2s_regularizers = {
    .noun = "regularizer", .plural = "regularizers", .entries = entries, .count = sizeof(entries) / sizeof(entries[0]),
};
