/*
 * evaluation.h -- a trained model beside the data that judge it.
 *
 * Owns     everything lives in the arena given to open.
 */
#ifndef S2S_EXPERIMENTS_EVALUATION_H
#define S2S_EXPERIMENTS_EVALUATION_H

#include "experiments/model.h"
#include "train/runner.h"

typedef struct s2s_evaluation_request {
    const char *run;                   /* a run directory, a model file or `latest` */
    s2s_checkpoint checkpoint;
    s2s_split_name split;
    const char *data;                  /* a file in place of the one that the configuration names for the split; NULL: as it says */
    bool data_alone;                   /* where the data set can read a file by itself: no other data are needed, nor told apart from */
    int threads;
    s2s_arena *arena;
} s2s_evaluation_request;

typedef struct s2s_evaluation {
    s2s_model *model;                  /* with its data */
    s2s_runner *runner;                /* with its weights, ready */
    const s2s_split *split;
    s2s_split_name split_name;
    s2s_text bytes;                    /* of the file that was read by itself; no chars: of none */
} s2s_evaluation;

/* Whether a split that was asked for has examples. Errors: S2S_USAGE. */
s2s_status s2s_split_check(const s2s_split *split, s2s_split_name name, s2s_error *err);

/* Errors: as for loading a model; S2S_USAGE when the split is empty. */
s2s_status s2s_evaluation_open(const s2s_evaluation_request *request, s2s_evaluation *ret, s2s_error *err);

#endif
