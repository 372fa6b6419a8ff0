/*
 * split.h -- how many examples of a generated or read set go where: the keys that all such data sets share.
 */
#ifndef S2S_DATASETS_SPLIT_H
#define S2S_DATASETS_SPLIT_H

#include "datasets/dataset.h"

typedef struct s2s_split_options {
    int64_t samples, test_samples;
    double validation_split;
} s2s_split_options;

enum { S2S_SAMPLES_MAX = 1000000000 };

/* Rows of a field table, for a struct that has these members. */
#define S2S_SPLIT_FIELDS(type, samples_default) \
    S2S_FIELD_INT(type, samples, samples_default, 1, S2S_SAMPLES_MAX, "examples", "training and validation examples together"), \
    S2S_FIELD_INT(type, test_samples, "0", 0, S2S_SAMPLES_MAX, "examples", "examples kept for `evaluate --split test`, apart from both"), \
    S2S_FIELD_REAL(type, validation_split, "0.1", 0.0, 0.999999, "fraction", "share of samples, the last ones after one shuffle, that validate")

/*
 * s2s_split_sizes -- the number of examples in each split.
 *
 * Errors   S2S_CONFIG at validation_split when it leaves nothing to train on, or nothing to validate with though it is not 0.
 */
s2s_status s2s_split_sizes(const s2s_object *self, const s2s_split_options *options, int64_t ret[S2S_SPLIT_COUNT], s2s_error *err);

#endif
