/*
 * golden.h -- recorded cases as C arrays. What is in a file: record_common.py.
 *
 * Owns     everything lives in the arena given to golden_read.
 * Errors   a file that cannot be read, or is not as it should be, fails the running test.
 */
#ifndef S2S_TESTS_GOLDEN_H
#define S2S_TESTS_GOLDEN_H

#include <stdint.h>

#include "base/arena.h"

enum { GOLDEN_RANK = 3, GOLDEN_ARRAYS = 16, GOLDEN_LAYERS = 8 };

typedef struct golden_array {
    const char *name;
    int rank;                              /* 0: not recorded */
    int64_t shape[GOLDEN_RANK], count;
    const double *value;                   /* row-major */
} golden_array;

typedef struct golden_arrays { int count; golden_array item[GOLDEN_ARRAYS]; } golden_arrays;

typedef struct golden_case {
    const char *name;
    int layer_count;
    const char *layer[GOLDEN_LAYERS];      /* YAML */
    golden_array input;                    /* (B,T,D), (B,D), or tokens (B,T) where symbols > 0 */
    int64_t symbols;
    golden_array lengths;                  /* (B) */
    golden_arrays weights;                 /* by s2s' names, in Keras' layout */
    golden_arrays torch_weights;           /* by PyTorch's */
    golden_array initial_bias;             /* what Keras starts a bias with */
    golden_array dy;
    const char *optimizer, *loss;          /* YAML; optimizer NULL: not trained */
    int64_t steps;
    golden_array target;
    bool target_symbols;                   /* target holds symbols: one axis less than the output */
    const char *schedule;                  /* YAML, with */
    golden_array rates;                    /* the learning rate of each step */
    /* What came out, at the precision of this build. */
    golden_array output, losses;
    golden_arrays gradients, loss_gradients, after;
} golden_case;

typedef struct golden_file { size_t count; golden_case *item; } golden_file;

/* `name` is that of a file in tests/golden; tests run at the top of the source tree. */
golden_file golden_read(const char *name, s2s_arena *arena);

/* NULL when there is none of that name. */
const golden_array *golden_find(const golden_arrays *arrays, const char *name);

#endif
