/*
 * fixture.h -- a whole small network from a few lines of YAML, over random data, for the contract tests.
 *
 *   layers:
 *     - {type: LSTM, units: 4}
 *     - {type: Dense, units: 3}
 *   train: {loss: mean_squared_error, batch_size: 12}
 *
 * The stream "input" holds tokens, real vectors, or one real vector for each example; the target fits what comes out.
 */
#ifndef TESTS_CONTRACT_FIXTURE_H
#define TESTS_CONTRACT_FIXTURE_H

#include "train/gradcheck.h"
#include "train/trainer.h"

typedef enum fixture_input { FIXTURE_TOKENS, FIXTURE_REALS, FIXTURE_VECTORS, FIXTURE_INPUTS } fixture_input;

typedef struct fixture_setup {
    const char *yaml;
    fixture_input input;
    int64_t examples, longest, width;      /* lengths are 1..longest; width: symbols or columns */
    bool ragged;                           /* else every example has `longest` steps */
    uint64_t seed;
} fixture_setup;

typedef struct fixture {
    s2s_arena *arena;
    s2s_object_list layers;
    s2s_train_options train;
    s2s_graph *graph;
    s2s_dataset dataset;                   /* all examples are in the training split */
    char yaml[16384];
} fixture;

/* False, with the reason in err, when the layers do not fit together. */
bool fixture_make(const fixture_setup *setup, fixture *ret, s2s_error *err);
void fixture_free(fixture *f);

s2s_trainer_setup fixture_trainer(fixture *f, int threads);

/* Outputs of the examples listed, each example's rows in a row: written to ret (room for all), which returns elements written. */
int64_t fixture_predict(fixture *f, const real *weights, const int64_t *examples, int64_t count, int64_t batch_size, real *ret);

/* Room for every output of the split, in reals. */
int64_t fixture_output_size(const fixture *f);

/* One layer's example with a head that makes it trainable; which input it needs is found by trying. */
bool fixture_for_layer(const char *layer, bool ragged, fixture *ret, s2s_error *err);

#endif
