/*
 * step.h -- one optimizer step: forward and backward of all shards -> gradient -> penalties -> clipping -> update -> packed weights.
 *
 * There is one gradient, and each part of it takes in the shards in their order. A thread adds a shard's gradient right behind the
 * shard's backward pass, while its activations are in the thread's cache; where two threads meet, the later shard follows the earlier
 * one from part to part:
 *
 *     thread 0   | forward 0   backward 0 | part 0 | part 1 | part 2 |  forward 2 ...
 *     thread 1   | forward 1   backward 1          | part 0 | part 1 | part 2 |  forward 3 ...
 *
 * Where lengths differ, the later shard may be done long before the earlier one: then its thread goes on to another shard, in a second
 * workspace, and adds both gradients in their turn.
 *
 * So there are no copies to clear and to add, no thread waits for all others, and one or two workspaces for each thread are enough. (With one for
 * each shard and the gradient behind them all, a step of two LSTM(128) on 21 + 11 steps took 22 % more processor time.)
 *
 * For the train floor only.
 */
#ifndef S2S_TRAIN_STEP_H
#define S2S_TRAIN_STEP_H

#include "base/turn.h"
#include "train/engine.h"
#include "train/optimizer.h"

/*
 * A run of elements, `at` counted from the start of all weights: of one weight, or from `weight` on of several that nothing tells apart.
 * Norms are sums over chunks in order.
 */
typedef struct s2s_chunk { int weight; int64_t at, count; double squares; bool finite; } s2s_chunk;

/* Tiles first .. last - 1 of a node's gradient; `turn` counts the shards that are in it. */
typedef struct s2s_step_part { int node; int64_t first, last; s2s_turn turn; } s2s_step_part;

/* Copies of a node's trained weights for one direction, made by the thread that has this share of the updates. */
typedef struct s2s_step_packing { int node; s2s_direction direction; int64_t share; } s2s_step_packing;

enum { S2S_STEP_AHEAD = 2 };

/* A thread's shards whose gradient is to be added, the oldest first: as many as it has workspaces, at most S2S_STEP_AHEAD. */
typedef struct s2s_step_queue { int count; struct { int64_t shard; int workspace; } entry[S2S_STEP_AHEAD]; } s2s_step_queue;

typedef struct s2s_stepper {
    s2s_engine *engine;
    const s2s_object *optimizer;
    int slots;
    const char *slot_name[S2S_SLOTS_MAX];
    real *slot[S2S_SLOTS_MAX];         /* laid out as the weights */
    real *gradient;                    /* laid out as the weights */
    bool clear;                        /* the gradient is zero: so it is between steps */
    uint8_t **used;                    /* by weight: rows that the batch reads, where only these have a gradient and are updated; NULL: all */
    int64_t chunk_count, part_count;
    s2s_chunk *chunk;
    s2s_step_part *part;
    s2s_step_queue *queue;             /* by thread */
    int constrained_count, packing_count;
    int *constrained;                  /* trained weights with constraints */
    s2s_step_packing *packing;
    int updaters;                      /* threads that update and pack */
    bool clips;                        /* by norm: else nobody asks for norms, and all scales are 1 */
    double *norm;                      /* by weight: square of the gradient's norm */
    real *scale;                       /* by weight: what clipping multiplies the gradient by */
    const s2s_engine_pass *pass;       /* of the step under way */
    s2s_factors factors;
} s2s_stepper;

/* The engine's plan needs a workspace for each thread, or S2S_STEP_AHEAD. */
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
