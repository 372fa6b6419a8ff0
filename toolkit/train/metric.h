/*
 * metric.h -- figures by honest names. Each is a few running sums, added shard by shard in order, and a value made from them.
 */
#ifndef S2S_TRAIN_METRIC_H
#define S2S_TRAIN_METRIC_H

#include "base/real.h"
#include "config/schema.h"
#include "math/steps.h"

/* What came out for one shard, beside what was wanted. */
typedef struct s2s_outcome {
    const s2s_steps *steps;         /* rows of target and predicted; sequences = examples */
    int64_t width;
    const int32_t *target;          /* rows, -1: nothing wanted; NULL for real targets */
    const int32_t *predicted;       /* rows; argmax of the output, ties to the lower symbol */
    const real *y, *target_x;       /* rows x width: output (probabilities or values), wanted values */
    const uint8_t *too_long;        /* sequences: target did not fit the decoder: counts as wrong; or NULL */
    const uint8_t *unknown;         /* rows: 1 where the input symbol was not seen in training; NULL: cannot be told */
    int32_t filler;                 /* left out of `accuracy`; -1: none */
    int32_t *scratch;               /* 3 * (steps->count + 1) numbers of room for `add` */
    double loss_sum;                /* sum of the loss over counted rows, nats for cross-entropy */
    int64_t loss_count;
} s2s_outcome;

typedef struct s2s_metric_ops {
    s2s_entry entry;
    bool larger_is_better;
    bool for_symbols, for_reals;
    int64_t (*sums)(int64_t width);                                        /* how many doubles; NULL: 2 */
    void (*add)(const s2s_outcome *outcome, double *sums);
    double (*value)(const double *sums, int64_t width);                    /* NaN when nothing was counted */
} s2s_metric_ops;

extern const s2s_registry s2s_metrics;

const s2s_metric_ops *s2s_metric_find(const char *name);                   /* NULL: unknown. "loss" is not among them */

#endif
