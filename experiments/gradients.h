/*
 * gradients.h -- norms of the loss gradient at every time step of every recurrent layer, before and after training.
 *
 * A run or a model has both; a config is trained on the way, in memory: no file is made.
 */
#ifndef S2S_EXPERIMENTS_GRADIENTS_H
#define S2S_EXPERIMENTS_GRADIENTS_H

#include <signal.h>

#include "experiments/chart.h"
#include "experiments/experiment.h"
#include "experiments/terminal.h"
#include "train/state_norms.h"

typedef struct s2s_gradients_request {
    const char *source;                /* a config, a run directory, a model file or `latest` */
    const s2s_setting *settings;
    size_t setting_count;
    s2s_checkpoint checkpoint;         /* of a run */
    int64_t examples;                  /* of the training data, from the first */
    int threads;                       /* for training */
    const s2s_terminal *terminal;      /* shows how far training is */
    const volatile sig_atomic_t *interrupted;      /* ends training early; NULL: never */
} s2s_gradients_request;

typedef struct s2s_gradients {
    int count;                         /* recurrent layers */
    const s2s_state_norms *before, *after;
    int64_t epochs;                    /* that lie between */
} s2s_gradients;

/* Everything lives in the arena. Errors: as for a run; S2S_USAGE when the model has no recurrent layer. */
s2s_status s2s_gradients_measure(const s2s_gradients_request *request, s2s_arena *arena, s2s_gradients *ret, s2s_error_list *errors);

/* Norm by time step, on a logarithmic axis: two series a layer. */
s2s_status s2s_gradients_chart(const s2s_gradients *gradients, s2s_arena *arena, s2s_chart *ret, s2s_error *err);

#endif
