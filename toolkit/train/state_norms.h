/*
 * state_norms.h -- how strongly the loss depends on the hidden state of each time step: who vanishes, who explodes.
 *
 *   norm[t] = sqrt( mean over the examples that have a step t of |dL/dh_t|^2 ),   L: the batch's mean loss times its examples
 *
 * h_t is what the layer gives at step t, in the order in which it reads (go_backwards: the last step first). dL/dh_t holds what comes
 * from above and what flows back from step t+1.
 */
#ifndef S2S_TRAIN_STATE_NORMS_H
#define S2S_TRAIN_STATE_NORMS_H

#include "train/trainer.h"

typedef struct s2s_state_norms {
    const char *layer;             /* "encoder", "lstm_1" */
    int64_t steps;
    const double *norm;            /* steps; NaN where no example is that long */
} s2s_state_norms;

/*
 * s2s_state_norms_measure -- one entry for each recurrent layer, in `arena`, with the trainer's weights as they are.
 *
 * The first `examples` of the split, one thread, no dropout. The weights stay.
 */
s2s_status s2s_state_norms_measure(s2s_trainer *trainer, const s2s_split *split, int64_t examples, s2s_arena *arena,
                                   s2s_state_norms **ret, int *count, s2s_error *err);

#endif
