/*
 * model.h -- a trained model as other commands use it: configuration, graph, vocabularies, weights.
 *
 * Owns     everything lives in the arena given.
 */
#ifndef S2S_EXPERIMENTS_MODEL_H
#define S2S_EXPERIMENTS_MODEL_H

#include "experiments/experiment.h"

typedef struct s2s_model {
    s2s_experiment *experiment;
    s2s_dataset dataset;               /* reads and writes examples; has no splits until its data are opened */
    s2s_tensors tensors;
    const char *run;                   /* the run's directory; NULL where a file stands alone */
    const char *path;                  /* of the weights' file */
    s2s_checkpoint checkpoint;         /* BEST or LAST; DEFAULT where a file was named */
    int64_t epoch;                     /* after which the weights were taken */
} s2s_model;

/*
 * s2s_model_load -- a RUN argument: directory, file or `latest`.
 *
 * With S2S_CHECKPOINT_DEFAULT a directory's best model is taken where a callback restores best weights, else its last.
 * `settings` change the configuration on the way (evaluate --data).
 */
s2s_status s2s_model_load(const char *run, s2s_checkpoint checkpoint, const s2s_setting *settings, size_t count, s2s_arena *arena,
                          s2s_model **ret, s2s_error *err);

/* Open the configuration's data set with the model's own vocabularies: model->dataset then has its splits. */
s2s_status s2s_model_open_data(s2s_model *model, s2s_error *err);

/* The model's weights into an array of graph->weight_elements. */
s2s_status s2s_model_weights(const s2s_model *model, real *weights, s2s_error *err);

/* One file that is the whole model. `config`: its resolved configuration. Bytes depend on the arguments alone. */
s2s_status s2s_model_save(const char *path, const s2s_experiment *experiment, const char *config, const real *weights, int64_t epoch,
                          s2s_error *err);

#endif
