/*
 * engine.h -- what training, evaluation and prediction share: a batch cut into shards, threads that run them, figures added in order.
 *
 * For the train floor only.
 */
#ifndef S2S_TRAIN_ENGINE_H
#define S2S_TRAIN_ENGINE_H

#include "train/phases.h"
#include "train/runner.h"

typedef struct s2s_engine_setup {
    const s2s_graph *graph;
    const s2s_signature *signature;
    s2s_batcher *batcher;
    s2s_plan *plan;
    int threads;
    const s2s_object *loss;            /* NULL: prediction only */
    const s2s_text_list *metrics;
    s2s_arena *arena;
} s2s_engine_setup;

/* The sums of one run over examples: loss first, then each metric's. */
typedef struct s2s_sums { double loss; int64_t targets, examples, products; double *metric; } s2s_sums;

typedef struct s2s_engine {
    const s2s_graph *graph;
    const s2s_signature *signature;
    s2s_batcher *batcher;
    s2s_plan *plan;
    int threads, metric_count;
    const s2s_loss_ops *loss;
    const void *loss_options;
    const s2s_metric_ops *metric[S2S_FIGURES_MAX];
    int64_t metric_first[S2S_FIGURES_MAX + 1];     /* of each metric's sums; the last entry is their number */
    int from;                          /* the value at which the loss looks: graph->output or graph->logits */
    bool symbols;                      /* the output is symbols' probabilities: there is an argmax */
    int64_t shards;                    /* of the current batch */
    const s2s_shard **shard;
    s2s_sums *partial;                 /* one for each shard of a batch */
    struct s2s_engine_room { int32_t *predicted, *scratch; } *room;      /* one for each workspace */
    int64_t products;                  /* multiply-adds of products in all batches so far */
    s2s_phases *phases;                /* NULL: nobody wants to know */
} s2s_engine;

/* In setup->arena; what the setup points at must live as long. Errors: S2S_MEMORY; S2S_CONFIG for an unknown metric. */
s2s_status s2s_engine_create(const s2s_engine_setup *setup, s2s_engine **ret, s2s_error *err);

/* Bounds for the plan from those of the batcher. */
s2s_plan_bounds s2s_engine_bounds(const s2s_signature *signature, s2s_shard_bounds b);

/* Choose and gather a batch. Returns the number of real targets in it. */
int64_t s2s_engine_begin(s2s_engine *engine, const s2s_split *split, const int64_t *examples, int64_t count);

/*
 * Forward, loss and metrics of one shard in one workspace; the sums go to partial[shard]. With `gradient_scale` not 0 the loss leaves
 * its gradient times that at s2s_workspace_value(engine->from)->dx.
 */
typedef struct s2s_engine_pass { bool training; uint64_t seed, epoch, step; real gradient_scale; double *const *state_norms; } s2s_engine_pass;
void s2s_engine_shard(s2s_engine *engine, int64_t shard, int workspace, const s2s_engine_pass *pass);

/* The output of the shard that ran last in the workspace. */
s2s_output s2s_engine_output(const s2s_engine *engine, int64_t shard, int workspace);

/* Add the batch's partial sums, in shard order. `sums->metric` has metric_first[metric_count] elements. */
void s2s_engine_collect(s2s_engine *engine, s2s_sums *sums);
void s2s_sums_clear(const s2s_engine *engine, s2s_sums *sums);

/* Penalties of all regularisers at the present weights, added to a loss. */
double s2s_engine_penalty(const s2s_engine *engine);

void s2s_engine_figures(const s2s_engine *engine, const s2s_sums *sums, double penalty, s2s_figures *ret);

/* Whole splits, in batches of `batch_size`. */
void s2s_engine_evaluate(s2s_engine *engine, const s2s_split *split, int64_t batch_size, s2s_sums *sums);
void s2s_engine_predict(s2s_engine *engine, const s2s_split *split, const int64_t *examples, int64_t count, int64_t batch_size,
                        s2s_take_function take, void *self);

#endif
