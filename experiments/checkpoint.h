/*
 * checkpoint.h -- state.safetensors, the one commit point of a run, and the two models that follow from it.
 *
 * The state holds everything that a resumed run needs, the lengths of both logs and the models' configuration. It is written first;
 * last and best are written after it and can always be made again from it.
 */
#ifndef S2S_EXPERIMENTS_CHECKPOINT_H
#define S2S_EXPERIMENTS_CHECKPOINT_H

#include "experiments/session.h"

/* Write state, last and best into session->folder. Errors: S2S_IO; what was there before is then still whole. */
s2s_status s2s_checkpoint_write(const s2s_session *session, s2s_error *err);

/* What a state says beside the trainer's arrays. */
typedef struct s2s_checkpoint_info {
    const char *config;                /* as session->config */
    int64_t history_bytes, samples_bytes;
} s2s_checkpoint_info;

/* Read a run's state into the arena. Errors: S2S_DATA. */
s2s_status s2s_checkpoint_read(const char *folder, s2s_arena *arena, s2s_tensors *ret, s2s_checkpoint_info *info, s2s_error *err);

/* Put what was read into a trainer of the same experiment. */
s2s_status s2s_checkpoint_restore(const s2s_tensors *tensors, s2s_trainer *trainer, s2s_arena *arena, s2s_error *err);

#endif
