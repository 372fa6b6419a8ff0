/*
 * plan.h -- all memory of a graph, and running it on one shard.
 *
 *   weights | packed      one array each, for the whole graph, shared by the shards
 *   workspaces            one per shard in flight: activations, their gradients, kept, scratch
 *
 * After creation nothing allocates.
 *
 * Threads  different workspaces may run at the same time; weights and packed are read-only while they do.
 */
#ifndef S2S_GRAPH_PLAN_H
#define S2S_GRAPH_PLAN_H

#include "graph/graph.h"

/* The largest shard that can come, for each stream (the data floor's batcher knows). */
typedef struct s2s_plan_bounds {
    int64_t sequences;
    struct { int64_t rows, steps, inner_rows, inner_steps; } stream[S2S_INPUTS_MAX];
} s2s_plan_bounds;

/* One stream of one shard, as the graph reads it. */
typedef struct s2s_plan_input {
    const s2s_steps *steps;        /* NULL without a time axis */
    const int32_t *token;
    const real *x;
    const s2s_groups *groups;
} s2s_plan_input;

typedef struct s2s_workspace s2s_workspace;

typedef struct s2s_plan {
    const s2s_graph *graph;
    real *weights;                 /* Keras' layout */
    real *packed;
    bool training;
    int workspace_count;
    s2s_workspace **workspace;
    struct { int64_t weights, packed, workspaces; } bytes;
} s2s_plan;

typedef struct s2s_plan_options {
    s2s_plan_bounds bounds;
    bool training;                 /* gradients and backward are wanted */
    int workspaces;                /* shards in flight */
} s2s_plan_options;

/*
 * s2s_plan_create -- all memory that running the graph takes, in `arena`: weights (zeros), their packed copies, workspaces.
 *
 * Owns     nothing: `graph` must live as long as the plan.
 * Errors   S2S_MEMORY: there is none left, or this machine has not as much.
 */
s2s_status s2s_plan_create(const s2s_graph *graph, const s2s_plan_options *options, s2s_arena *arena, s2s_plan **ret, s2s_error *err);

/* Derived copies of the weights, after every update; or those of one node for one direction, so that threads may share it out. */
void s2s_plan_pack(s2s_plan *plan);
void s2s_plan_pack_node(s2s_plan *plan, int node, s2s_direction direction);

/* Who is in the shard and which random numbers it draws. */
typedef struct s2s_pass {
    const s2s_plan_input *input;   /* graph->stream_count of them */
    int64_t sequences;             /* B */
    const int64_t *position;       /* B: place of each sequence in its batch */
    bool training;                 /* dropout */
    bool no_gradient;              /* backward will not follow */
    uint64_t seed, epoch, step;    /* dropout's key */
    double *const *state_norms;    /* per node, T sums, or NULL: see s2s_layer_call */
} s2s_pass;

/* Run all nodes. With `to_logits` the final softmax is left out. */
void s2s_plan_forward(const s2s_plan *plan, s2s_workspace *workspace, const s2s_pass *pass, bool to_logits);

/* The value made by the last forward; its dx is where the loss writes. */
s2s_value *s2s_workspace_value(s2s_workspace *workspace, int value);

/* From the dx of value `from` (graph->output or graph->logits) back to the first trainable weight. Zeroes every other dx first. */
void s2s_plan_backward(const s2s_plan *plan, s2s_workspace *workspace, int from);

/* Multiply-adds of the matrix products that the last forward ran and, with `backward`, that backward and accumulate run for it. */
int64_t s2s_plan_products(const s2s_plan *plan, const s2s_workspace *workspace, bool backward);

/* The gradient of one node's weights by the last backward, tiles [first, last) of them, added into `gradient` (laid out as the weights). */
void s2s_plan_accumulate(const s2s_plan *plan, s2s_workspace *workspace, int node, int64_t first, int64_t last, real *gradient);

#endif
