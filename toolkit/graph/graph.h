/*
 * graph.h -- from the layer list to checked nodes with every shape, weight and size known.
 *
 *   values   0 .. streams-1 are the data set's streams; each node makes one more
 *   nodes    in order; a node reads earlier values only
 *   layouts  how rows lie: a stream's own steps, the inner steps of a groups stream, or n fixed steps (behind RepeatVector)
 *
 * Wrappers and `repeat` are gone: they have been expanded. Forms that a layer does not take were converted by inserted nodes.
 *
 * Owns     everything lives in the arena given to create.
 * Threads  read-only after create.
 */
#ifndef S2S_GRAPH_GRAPH_H
#define S2S_GRAPH_GRAPH_H

#include "layers/layer.h"

typedef enum s2s_layout_kind { S2S_LAYOUT_STREAM, S2S_LAYOUT_INNER, S2S_LAYOUT_FIXED } s2s_layout_kind;

typedef struct s2s_layout {
    s2s_layout_kind kind;
    int stream;                    /* stream, inner; fixed: the layout whose sequences it repeats */
    int64_t steps;                 /* fixed */
} s2s_layout;

typedef struct s2s_graph_value {
    s2s_shape shape;
    int layout;                    /* index into layouts; a matrix has one row for each of the layout's sequences */
    int node;                      /* that makes it; -1: a stream */
    bool wants_gradient;           /* some trainable weight lies before it */
} s2s_graph_value;

typedef struct s2s_graph_node {
    const char *name;              /* "encoder", "lstm_1"; inserted nodes: "to_dense" */
    const char *path;              /* config path for messages, "model.layers.1"; NULL: inserted */
    s2s_position at;
    const s2s_layer_ops *ops;
    const void *options;
    s2s_layer_spec spec;
    int input_count, input[S2S_INPUTS_MAX];
    int output;                    /* value */
    int weight_first;              /* index into weights; spec.weight_count of them */
    int64_t packed_offset;         /* elements from the start of the packed arena */
    int row;                       /* the row of `summary` that it belongs to: wrappers count as one */
    bool trainable;
} s2s_graph_node;

typedef struct s2s_weight {
    const char *name;              /* "encoder/recurrent_kernel" */
    int node;
    const s2s_weight_spec *spec;
    int64_t rows, columns, count;  /* a vector has one row; count = rows * columns */
    int64_t offset;                /* elements from the start of the weights' arena, a multiple of 16 */
    bool trainable;
} s2s_weight;

/* A row of `summary`: a layer as the config names it. */
typedef struct s2s_graph_row {
    const char *name, *type;
    s2s_shape output;
    int64_t parameters;
    s2s_position at;
} s2s_graph_row;

typedef struct s2s_graph {
    int stream_count, value_count, node_count, weight_count, layout_count, row_count;
    s2s_graph_value *value;
    s2s_graph_node *node;
    s2s_weight *weight;
    s2s_layout *layout;
    s2s_graph_row *row;
    int output;                    /* the last value */
    int logits;                    /* the input of a final softmax, for the fused loss; -1: there is none */
    int64_t weight_elements;       /* of the arena, padding included */
    int64_t packed_elements;
    const s2s_kernels *kernels;    /* those that multiply */
    int64_t parameters, frozen;    /* frozen ones are counted in parameters too */
} s2s_graph;

typedef struct s2s_graph_stream { const char *name; s2s_shape shape; } s2s_graph_stream;

typedef struct s2s_graph_source {
    const s2s_object_list *layers;
    const s2s_graph_stream *stream;
    int stream_count;
    int64_t target_steps, target_symbols;      /* for `auto`; 0: none */
    s2s_position at;                           /* of model.layers */
    s2s_precision precision;                   /* of matrix products */
} s2s_graph_source;

/*
 * s2s_graph_create -- build and check.
 *
 * Errors   S2S_SHAPE or S2S_CONFIG with the place of the layer at fault; the message names both layers, their lines, both shapes and
 *          the usual cure. The first error ends the pass.
 */
s2s_status s2s_graph_create(const s2s_graph_source *source, s2s_arena *arena, s2s_graph **ret, s2s_error *err);

/* First values of every weight, in Keras' layout, into an array of graph->weight_elements. */
s2s_status s2s_graph_initialize(const s2s_graph *graph, uint64_t seed, real *weights, s2s_error *err);

/* Keras' summary table: name (type), output shape, parameters; totals. */
void s2s_graph_summary(const s2s_graph *graph, s2s_string *ret);

#endif
