/*
 * layer.h -- what a layer is: constant data plus pure functions, in one file, and one line in layers.def.
 *
 * To add one: write toolkit/layers/my_layer.c with a `const s2s_layer_ops s2s_layer_my_layer`, add S2S_LAYER(my_layer) to
 * layers.def. The contract tests pick it up and prove shapes, gradients, determinism, padding, saving and loading
 * on each of its examples.
 *
 * Life of a layer
 *   options   parsed from YAML by its field table
 *   infer     the only function that may fail: output shape, weights, memory. Runs once, before anything is allocated
 *   pack      derived copies of the weights (kernel panels), once after every update: those for forward, those for backward
 *   forward   one shard: y from x, keeping what backward needs in `kept`
 *   backward  one shard: adds into the inputs' dx; leaves in `kept` what accumulate needs
 *   accumulate  adds the gradient of the weights: once for each shard, in order, by several threads with disjoint [first, last) tiles
 *   expand    wrappers only: adds the child layers that take this one's place; a wrapper has no kernels of its own
 *
 * Threads  forward, backward and accumulate run for different shards (or tiles) at the same time; all that they write is
 *          in the call. options, spec, weights and packed are read-only while they run.
 */
#ifndef S2S_LAYERS_LAYER_H
#define S2S_LAYERS_LAYER_H

#include "base/random.h"
#include "config/schema.h"
#include "layers/shape.h"
#include "math/precision.h"

enum { S2S_WEIGHTS_MAX = 8, S2S_INPUTS_MAX = 16 };

/* Keys that every layer takes. */
typedef struct s2s_layer_common {
    const char *name;              /* NULL: named as Keras would */
    s2s_text_list inputs;          /* names of earlier layers or streams; empty: the layer before */
    int64_t repeat;                /* copies on top of each other; 0 removes the layer */
    bool trainable;
} s2s_layer_common;

extern const s2s_registry s2s_layers;          /* the registry of layers.def */

typedef struct s2s_layer_input {
    int count;
    const s2s_shape *shape;        /* count shapes */
    int64_t target_steps;          /* n: auto (0: the data set has no sequence target) */
    int64_t target_symbols;        /* units: auto; vocabulary, classes or target columns (0: unknown) */
    unsigned flags;                /* s2s_layer_flag */
    const s2s_kernels *kernels;    /* those that will multiply */
} s2s_layer_input;

/* What surrounds a layer and changes how it runs. infer copies it to spec.flags, calls read it there. */
typedef enum s2s_layer_flag {
    S2S_FLIPPED = 1,               /* recurrent: against go_backwards, and a sequence is given back in time order (Bidirectional) */
    S2S_SEQUENCES = 2,             /* recurrent: return_sequences whatever the options say (`repeat`) */
    S2S_FOLDED = 4                 /* inside TimeDistributed: a sequence's rows stand for single examples */
} s2s_layer_flag;

typedef struct s2s_weight_spec {
    const char *name;              /* "kernel", "recurrent_kernel", "bias", "embeddings", ... Keras' */
    int rank;
    int64_t shape[2];
    int64_t fan_in, fan_out;       /* for the initialisers; 0: from the shape as Keras does */
    const s2s_object *initializer, *regularizer, *constraint;     /* constraint and regularizer may be NULL */
    int64_t ones_first, ones_count;  /* elements set to one after initialising: LSTM's unit_forget_bias */
    bool frozen;                   /* not trained whatever `trainable` says */
    const char *vectors;           /* a file with first values for rows by symbol, for whoever knows the symbols to fill in; NULL: none */
} s2s_weight_spec;

/* Memory for one shard, in elements of real: per packed row, per sequence, per step and once. */
typedef struct s2s_memory_need { int64_t per_row, per_sequence, per_step, once; } s2s_memory_need;

/*
 * Multiply-adds of matrix products in one forward pass (for `bench`), for each packed row of the first input and for each of its
 * sequences. The latter is negative where a sequence's first step needs no product.
 */
typedef struct s2s_products { int64_t per_row, per_sequence; } s2s_products;

typedef struct s2s_layer_spec {
    s2s_shape output;
    unsigned flags;
    const s2s_kernels *kernels;    /* for packing, products and cells; the graph fills it in. All else is the same in all: s2s_kernel */
    int weight_count;
    s2s_weight_spec weight[S2S_WEIGHTS_MAX];
    bool draws;                    /* forward reads call->dropout in training; else it is not made */
    s2s_memory_need kept;          /* lives from forward to accumulate */
    s2s_memory_need scratch;       /* lives within one call */
    int64_t packed;                /* elements of packed weights */
    int64_t tiles;                 /* into how many parts accumulate can be divided; 1 when it cannot; 0 without weights */
    s2s_products input_products;   /* with the inputs: run again for the weights' gradient and, where that is wanted, for the inputs' */
    s2s_products state_products;   /* with states within the layer: always run twice again */
    struct { const char *key; int64_t value; const char *why; } resolved;     /* what `auto` became, for `check`; key NULL: no auto */
    bool alias;                    /* forward points the output at the input's memory (RepeatVector): no x is allocated for it */
} s2s_layer_spec;

/* Everything a call touches. Arrays have the lengths that spec says. */
typedef struct s2s_layer_call {
    const void *options;
    const s2s_layer_spec *spec;
    int input_count;
    s2s_value *input;              /* x is read; dx, if not NULL, is added to */
    s2s_value *output;             /* forward writes x (or sets an alias); backward reads dx */
    const real *const *weight;     /* Keras' layout */
    const real *packed;
    real *const *gradient;         /* accumulate: adds here, Keras' layout; entries of frozen weights are NULL */
    real *kept, *scratch;
    bool training;                 /* dropout is on */
    bool need_gradient;            /* backward will follow */
    s2s_stream dropout;            /* key of this layer and step; index = see s2s_dropout_index */
    const int64_t *example;        /* one number for each sequence of the input, the same however shards are cut */
    int64_t tile_first, tile_last; /* accumulate: only these tiles */
    double *state_norms;           /* recurrent layers: T sums of squares of dL/dh_t are added here, or NULL */
} s2s_layer_call;

/*
 * How a wrapper puts other layers in its place: it adds them one by one; values are numbers.
 *
 *     S2S_TRY(out->add(out, options->layer, "forward", inputs, count, 0, &forward, err));
 *
 * `role` is the part of the weights' names inside the wrapper ("forward"); "": the child's own name; NULL: none. add_plain adds a layer that no config names
 * (a merge, a fold); its options must live in out->arena.
 */
typedef struct s2s_expander s2s_expander;
typedef struct s2s_layer_ops s2s_layer_ops;
struct s2s_expander {
    s2s_arena *arena;
    s2s_status (*add)(s2s_expander *self, const s2s_object *layer, const char *role, const int *inputs, int count,
                      unsigned flags, int *ret, s2s_error *err);
    s2s_status (*add_plain)(s2s_expander *self, const s2s_layer_ops *ops, const void *options, const int *inputs, int count,
                            int *ret, s2s_error *err);
    const s2s_shape *(*shape)(const s2s_expander *self, int value);
};

/* For which pass `pack` makes copies; they are made at the same time, by different threads. */
typedef enum s2s_direction { S2S_FORWARD, S2S_BACKWARD, S2S_DIRECTIONS } s2s_direction;

struct s2s_layer_ops {
    s2s_entry entry;
    bool merges;                   /* takes several inputs */
    bool recurrent;                /* may be wrapped by Bidirectional; `repeat` copies before the last return sequences */
    unsigned forms;                /* accepted input forms: 1u << S2S_DENSE | ...; the graph converts others to dense */
    s2s_status (*infer)(const void *options, const s2s_layer_input *in, s2s_layer_spec *ret, s2s_error *err);
    void (*pack)(const s2s_layer_call *call, s2s_direction direction, real *packed);
    void (*forward)(s2s_layer_call *call);
    void (*backward)(s2s_layer_call *call);
    void (*accumulate)(s2s_layer_call *call);
    s2s_status (*expand)(const void *options, s2s_expander *out, const int *inputs, int count, int *ret, s2s_error *err);
};

static inline const s2s_layer_ops *s2s_layer_of(const s2s_object *object) { return (const s2s_layer_ops *)object->entry; }

#endif
