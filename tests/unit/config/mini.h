/* mini.h -- a small grammar for the tests of the config floor, in the manner of the real one. */
#ifndef MINI_H
#define MINI_H

#include "config/config.h"

typedef struct mini_dense { int64_t units; s2s_object *activation, *kernel_initializer; } mini_dense;
typedef struct mini_lstm { int64_t units; double dropout; bool return_sequences; s2s_object *activation, *recurrent_activation; } mini_lstm;
typedef struct mini_repeat { int64_t n; } mini_repeat;
typedef struct mini_wrapper { s2s_object *layer; } mini_wrapper;
typedef struct mini_stack { s2s_object_list layers; } mini_stack;
typedef struct mini_layer { const char *name; s2s_text_list inputs; int64_t repeat; bool trainable; } mini_layer;
typedef struct mini_constant { double value; } mini_constant;
typedef struct mini_decay { double initial_learning_rate, decay_rate; s2s_real_list steps; } mini_decay;
typedef struct mini_adam { double beta_1; } mini_adam;
typedef struct mini_rates { s2s_object *learning_rate; double clipnorm, global_clipnorm; } mini_rates;
typedef struct mini_addition { int64_t digits; double validation_split; bool reverse_input; } mini_addition;
typedef struct mini_stream { const char *from; int64_t min_count; } mini_stream;
typedef struct mini_files { s2s_text_list train; const char *vectors; s2s_group_list streams; } mini_files;
typedef struct mini_weights { const char *from; int checkpoint; } mini_weights;

typedef struct mini_root {
    int64_t version, seed;
    const char *name;
    s2s_object *dataset;
    struct mini_model { s2s_object_list layers; mini_weights *initial_weights; } model;
    struct mini_train { int64_t epochs, batch_size; int precision; s2s_object *optimizer; s2s_text_list metrics; s2s_int_list rungs; } train;
    struct mini_log { int64_t samples; } log;
    const s2s_node *sweep;
} mini_root;

extern const s2s_field mini_fields[];
extern const s2s_registry mini_layers;

/* Text in, config out; `errors` are kept for the test to look at. Everything lives until mini_end. */
extern s2s_arena *mini_arena;
extern s2s_error_list mini_errors;
void mini_begin(void);
void mini_end(void);
s2s_config *mini_parse(const char *text, const char *const *words);      /* words: "a.b=c", ..., NULL; or NULL */
const mini_root *mini_values(const s2s_config *config);
const char *mini_report(void);                                           /* all errors as the user sees them */

/* The smallest legal file, with `more` behind it. */
#define MINI "dataset: addition\nmodel: {layers: [{type: Dense, units: 3}]}\n"

#endif
