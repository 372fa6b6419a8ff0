/*
 * runner.h -- a graph with its weights over the examples of a split: evaluation and prediction.
 *
 * One thread runs one shard through the graph; figures are added in shard order.
 */
#ifndef S2S_TRAIN_RUNNER_H
#define S2S_TRAIN_RUNNER_H

#include "datasets/batch.h"
#include "graph/plan.h"
#include "train/loss.h"
#include "train/metric.h"

enum { S2S_FIGURES_MAX = 24 };

/* Figures of an epoch or an evaluation; "loss" comes first. */
typedef struct s2s_figures {
    int count;
    const char *name[S2S_FIGURES_MAX];
    double value[S2S_FIGURES_MAX];
    int64_t examples;
} s2s_figures;

/* The figure of that name; NaN when there is none. */
double s2s_figures_get(const s2s_figures *figures, const char *name);

/*
 * Sequences a shard: `asked`, or where that is 0 what suits the graph. 16 keep many threads busy and fit a cache together with a small
 * recurrent weight (tiles of bfloat16 want 32); a large one is fetched again at every time step, for all sequences of the shard at once:
 * more of them share the price.
 */
int64_t s2s_shard_rows(const s2s_graph *graph, int64_t asked);

typedef struct s2s_runner s2s_runner;

typedef struct s2s_runner_setup {
    const s2s_graph *graph;
    const s2s_signature *signature;
    const s2s_split *const *splits;    /* of which batches will be asked: their longest examples size the memory */
    int split_count;
    int64_t batch_size, shard_rows;    /* shard_rows 0: s2s_shard_rows chooses, and without a loss more where there is work for it */
    int threads;
    const s2s_object *loss;            /* NULL: prediction only */
    s2s_text_list metrics;
    s2s_arena *arena;
} s2s_runner_setup;

/* A runner in setup->arena, with weights that are zeros. What the setup points at must live as long. Errors: S2S_MEMORY, S2S_CONFIG. */
s2s_status s2s_runner_create(const s2s_runner_setup *setup, s2s_runner **ret, s2s_error *err);
real *s2s_runner_weights(s2s_runner *runner);              /* graph->weight_elements; fill, then call ready */
void s2s_runner_ready(s2s_runner *runner);
int64_t s2s_runner_products(const s2s_runner *runner);     /* multiply-adds of all products so far */

/* Loss and metrics of a split, which was among setup->splits. */
s2s_status s2s_runner_evaluate(s2s_runner *runner, const s2s_split *split, s2s_figures *ret, s2s_error *err);

/* Of one shard. Row r of steps belongs to sequence steps->sequence_of[r], example shard->example[..]. */
typedef struct s2s_output {
    const s2s_shard *shard;
    const s2s_steps *steps;
    int64_t width;
    const real *y;                     /* rows x width: probabilities or values */
    const int32_t *predicted;          /* rows: argmax; NULL for real targets */
} s2s_output;

/* `take` is called once for each shard, in shard order, never from two threads at once. examples NULL: 0 .. count-1. */
typedef void (*s2s_take_function)(void *self, const s2s_output *output);
s2s_status s2s_runner_predict(s2s_runner *runner, const s2s_split *split, const int64_t *examples, int64_t count,
                              s2s_take_function take, void *self, s2s_error *err);

#endif
