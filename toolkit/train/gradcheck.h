/*
 * gradcheck.h -- analytic against numeric gradients of a whole graph, weight by weight. Meant for the double-precision twin.
 *
 * Numeric: central differences of the batch's loss, penalties and dropout included, at two distances. Where these disagree there is a
 * kink between the points (relu and its kin, mean absolute error): the entry is left out and counted. A wrong analytic gradient
 * cannot hide there: it plays no part in that decision. Errors are shares of the tensor's largest gradient, but at least of 1e-4.
 */
#ifndef S2S_TRAIN_GRADCHECK_H
#define S2S_TRAIN_GRADCHECK_H

#include "train/trainer.h"

typedef struct s2s_gradcheck_row {
    const char *weight;
    int64_t count, checked, skipped;   /* entries; skipped: at a kink */
    int64_t worst;                     /* index of the worst entry in Keras' layout */
    double analytic, numeric;          /* there */
    double error;                      /* their difference as a share of the tensor's largest gradient */
    bool passed;                       /* something was checked, and nothing of it differs by more than the tolerance */
} s2s_gradcheck_row;

typedef struct s2s_gradcheck_options {
    int64_t examples;                  /* of the training split, from the first */
    int64_t entries;                   /* at most so many of each weight, spread evenly; 0: all */
    double tolerance;                  /* share of the largest gradient */
} s2s_gradcheck_options;

/* One row for each trainable weight, in `arena`. S2S_OK also when rows fail: look at `passed`. */
s2s_status s2s_gradcheck(const s2s_trainer_setup *setup, const s2s_gradcheck_options *options, s2s_gradcheck_row **ret, int *count, s2s_error *err);

#endif
