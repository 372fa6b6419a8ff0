/*
 * step.h -- one optimizer step: shards' gradients -> sum -> penalties -> clipping -> update -> constraint -> packed weights.
 *
 * Small models: each shard has a gradient copy, summed in shard order. Large ones: one gradient, whose tiles the threads share out,
 * each tile running over all shards in order. Which of the two follows from sizes alone, never from threads.
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
    bool shared;                       /* one gradient by tiles */
    int64_t copies;
    real **gradient;                   /* copies; the sum goes to the first */
    int64_t chunk_count, tile_count;
    s2s_chunk *chunk;
    s2s_step_tile *tile;
    double *norm;                      /* by weight: square of the gradient's norm */
    real *scale;                       /* by weight: what clipping multiplies the gradient by */
} s2s_stepper;

/* True when so many shards of this graph are better served by one shared gradient. */
bool s2s_step_shares_gradient(const s2s_graph *graph, int64_t shards);

s2s_status s2s_stepper_create(s2s_engine *engine, const s2s_object *optimizer, int64_t shards, s2s_arena *arena, s2s_stepper **ret, s2s_error *err);

/*
 * s2s_step_run -- the batch that the engine has begun, from forward to packed weights. `step` counts optimizer steps from 1.
 *
 * Errors   S2S_NAN: the loss or a gradient is not finite; weights and slots are untouched.
 */
s2s_status s2s_step_run(s2s_stepper *stepper, const s2s_engine_pass *pass, int64_t step, double rate, s2s_error *err);

/* The first half alone: the batch's gradient, penalties included, before clipping, in gradient[0]. */
s2s_status s2s_step_gradient(s2s_stepper *stepper, const s2s_engine_pass *pass, int64_t step, s2s_error *err);

#endif
