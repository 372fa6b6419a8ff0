/*
 * experiment.h -- one configuration file as a whole: what it may say, what it describes, and its data set when that is needed.
 *
 *   load    file, KEY=VALUE -> options -> signature of the data set -> graph. Milliseconds; touches nothing
 *   open    makes or reads the data set
 *
 * Owns     everything lives in the arena given to load.
 */
#ifndef S2S_EXPERIMENTS_EXPERIMENT_H
#define S2S_EXPERIMENTS_EXPERIMENT_H

#include "config/config.h"
#include "datasets/dataset.h"
#include "graph/graph.h"
#include "experiments/sizes.h"
#include "experiments/sweep_options.h"
#include "graph/weights_file.h"
#include "train/trainer.h"

/* Which of a run's two models. */
typedef enum s2s_checkpoint { S2S_CHECKPOINT_DEFAULT = -1, S2S_CHECKPOINT_BEST, S2S_CHECKPOINT_LAST } s2s_checkpoint;
extern const char *const s2s_checkpoint_names[];                       /* "best", "last", NULL */

typedef struct s2s_initial_weights {
    const char *from;                  /* a safetensors file or a run directory */
    int checkpoint;                    /* s2s_checkpoint */
    int mismatch;                      /* s2s_mismatch */
    int vocabularies;                  /* 0 keep, 1 new */
} s2s_initial_weights;

typedef struct s2s_model_options {
    s2s_object_list layers;
    int64_t parameters;                /* for `units: auto`; 0: nothing is auto */
    s2s_initial_weights *initial_weights;
} s2s_model_options;

typedef struct s2s_log_options { int64_t samples; bool tensorboard; } s2s_log_options;

/* The root table's struct. */
typedef struct s2s_experiment_options {
    int64_t version;
    const char *name;
    int64_t seed;
    const s2s_node *vars;
    s2s_object *dataset;
    s2s_model_options model;
    s2s_train_options train;
    s2s_log_options log;
    const s2s_node *sweep;
} s2s_experiment_options;

extern const s2s_field s2s_experiment_fields[];

typedef struct s2s_experiment {
    s2s_arena *arena;
    s2s_config *config;
    const s2s_experiment_options *options;
    s2s_signature signature;           /* as described; final once the data set is open */
    s2s_open_sizes open_sizes;         /* layers whose size follows from model.parameters */
    const s2s_graph *graph;            /* NULL while widths are known to an opened data set only */
    s2s_dataset *dataset;              /* NULL until open */
    const s2s_sweep_spec *sweep;       /* the `sweep` section; NULL: there is none */
    const s2s_tensors *initial;        /* model.initial_weights, read by open; NULL: none */
} s2s_experiment;

/* Errors: S2S_CONFIG, S2S_SHAPE, S2S_DATA, ...; all of them are in `errors`, at least one. */
s2s_status s2s_experiment_load(const char *path, const s2s_setting *settings, size_t count, s2s_arena *arena,
                               s2s_experiment **ret, s2s_error_list *errors);

/* The same from a config's text (`path` names it in messages). */
s2s_status s2s_experiment_parse(s2s_text text, const char *path, const s2s_setting *settings, size_t count, s2s_arena *arena,
                                s2s_experiment **ret, s2s_error_list *errors);

/* The experiment of a trained model: neither data nor signature are looked for, the model brings its own. */
s2s_status s2s_experiment_of_model(s2s_config *config, s2s_arena *arena, s2s_experiment **ret, s2s_error *err);

/* The experiment with other settings than `base`, which must outlive it. No file is read. */
s2s_status s2s_experiment_again(const s2s_experiment *base, const s2s_setting *settings, size_t count, s2s_arena *arena,
                                s2s_experiment **ret, s2s_error_list *errors);

/* The data set and, where they need it, the graph's sizes. Reads model.initial_weights too. */
s2s_status s2s_experiment_open(s2s_experiment *experiment, s2s_error_list *errors);

/* The data set of a run that has begun: symbols are numbered as its model does, and initial weights are not asked for again. */
s2s_status s2s_experiment_reopen(s2s_experiment *experiment, const s2s_tensors *model, s2s_error *err);

/* Instead of opening: share the data set and the initial weights of another, whose configuration says the same of them. */
s2s_status s2s_experiment_share(s2s_experiment *experiment, const s2s_experiment *owner, s2s_error_list *errors);

/* The graph for experiment->signature, whose widths must be known. */
s2s_status s2s_experiment_build(s2s_experiment *experiment, s2s_error *err);

#endif
