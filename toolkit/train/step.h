/*
 * step.h -- one optimizer step: forward and backward of all shards -> gradient -> penalties -> clipping -> update -> packed weights.
 *
 * There is one gradient. Threads share out its tiles, and each tile runs over all shards in order: no copies to clear and to add. (With
 * a copy for each shard a step of two LSTM(128) took 8 % more processor time, and more memory.)
 *
 * For the train floor only.
 */
#ifndef S2S_TRAIN_STEP_H
#define S2S_TRAIN_STEP_H

#include "train/engine.h"
#include "train/optimizer.h"

/* A run of elements of one weight; norms are sums over chunks in order. */
typedef struct s2s_chunk { int weight; int64_t first, count; double squares; bool finite; } s2s_chunk;

typedef struct s2s_step_tile { int node; int64_t tile; } s2s_step_tile;

typedef struct s2s_stepper {
    s2s_engine *engine;
    const s2s_object *optimizer;
    int slots;
    const char *slot_name[S2S_SLOTS_MAX];
    real *slot[S2S_SLOTS_MAX];         /* laid out as the weights */
    real *gradient;                    /* laid out as the weights */
    int64_t chunk_count, tile_count;
    s2s_chunk *chunk;
    s2s_step_tile *tile;
    double *norm;                      /* by weight: square of the gradient's norm */
    real *scale;                       /* by weight: what clipping multiplies the gradient by */
} s2s_stepper;

/* The engine's plan needs a workspace for each shard of a batch. */
s2s_status s2s_stepper_create(s2s_engine *engine, const s2s_object *optimizer, s2s_arena *arena, s2s_stepper **ret, s2s_error *err);

/*
 * s2s_step_run -- the batch that the engine has begun, from forward to packed weights. `step` counts optimizer steps from 1.
 *
 * Errors   S2S_NAN: the loss or a gradient is not finite; weights and slots are untouched.
 */
s2s_status s2s_step_run(s2s_stepper *stepper, const s2s_engine_pass *pass, int64_t step, double rate, s2s_error *err);

/* The first half alone: the batch's gradient, penalties included, before clipping, in `gradient`. */
s2s_status s2s_step_gradient(s2s_stepper *stepper, const s2s_engine_pass *pass, int64_t step, s2s_error *err);

#endif
