/*
 * trainer_state.h -- what a trainer is made of, and which of it a checkpoint keeps. For the train floor only.
 */
#ifndef S2S_TRAIN_TRAINER_STATE_H
#define S2S_TRAIN_TRAINER_STATE_H

#include "train/step.h"
#include "train/trainer.h"

/* Whole numbers and figures of the state, by place; both arrays go into the checkpoint as they are. */
enum { S2S_AT_EPOCH, S2S_AT_STEP, S2S_AT_UPDATES, S2S_AT_BEST_EPOCH, S2S_AT_LEVEL, S2S_AT_RECENT, S2S_AT_STOPPED, S2S_AT_COUNT };
enum { S2S_BEST, S2S_RATE_FACTOR, S2S_RATE_FLOOR, S2S_RECENT_EXACT, S2S_SECONDS, S2S_PENALTY, S2S_FIGURE_COUNT };

struct s2s_trainer {
    const s2s_train_options *options;
    s2s_dataset *dataset;
    const s2s_graph *graph;
    s2s_plan *plan;
    s2s_engine *engine;
    s2s_stepper *stepper;
    s2s_text_list metrics;
    const char *monitor;
    uint64_t seed;
    s2s_split drawn;                       /* the training split, or its own copy where examples are fresh */
    int64_t *order;
    s2s_sums sums, validation_sums;        /* of the epoch under way; of the last evaluation */
    real *best_weights;
    double *callback_state;                /* S2S_CALLBACK_STATE of each */
    int64_t numbers[S2S_AT_COUNT];
    double figures[S2S_FIGURE_COUNT];
};

#endif
