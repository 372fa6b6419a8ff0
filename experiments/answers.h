/*
 * answers.h -- what a model said, as text, example by example.
 *
 * Owns     everything lives in the arena given to create.
 */
#ifndef S2S_EXPERIMENTS_ANSWERS_H
#define S2S_EXPERIMENTS_ANSWERS_H

#include "datasets/dataset.h"
#include "train/runner.h"

typedef struct s2s_answer {
    const char *output;            /* NULL until it came */
    const char *target;            /* NULL where the example has none */
    bool correct;                  /* every symbol as wanted; false without symbols to compare */
    double probability;            /* of the output as a whole: the product over its steps; NaN for real values */
    int64_t steps;                 /* only with keep_steps: so many symbols in each of */
    const int32_t *given, *wanted; /* -1: nothing is wanted at this step */
} s2s_answer;

typedef struct s2s_answers {
    const s2s_dataset *dataset;
    s2s_arena *arena;
    const int64_t *examples;       /* borrowed; NULL: 0 .. count-1 */
    int64_t count;
    s2s_answer *item;              /* in the order of examples */
    const s2s_split *asked;        /* count splits of one example each: outputs are worded as answers to them (show_answer). NULL: as targets */
    bool keep_steps;               /* keep what was given and wanted at every step; targets must be symbols aligned with the input */
    int32_t *symbols;              /* room for one answer */
    real *values;
    int64_t room;                  /* steps */
    bool failed;                   /* memory ran out */
} s2s_answers;

s2s_status s2s_answers_create(const s2s_dataset *dataset, const int64_t *examples, int64_t count, s2s_arena *arena,
                              s2s_answers **ret, s2s_error *err);

/* For s2s_runner_predict and s2s_trainer_predict, with the answers as `self`. */
void s2s_answers_take(void *self, const s2s_output *output);

/* After the prediction: S2S_MEMORY if something was lost. */
s2s_status s2s_answers_check(const s2s_answers *answers, s2s_error *err);

#endif
