/*
 * sweep_options.h -- the `sweep` section: which values are tried, how often, and what is stopped early.
 *
 * Units    grace_period and everything else that is counted in time: epochs.
 * Owns     everything lives in the config's arena.
 * Errors   all of them at once, each with its place: what the tables say, then what they cannot say (paths that do not exist, min
 *          above max, a metric that is not made, ...).
 */
#ifndef S2S_EXPERIMENTS_SWEEP_OPTIONS_H
#define S2S_EXPERIMENTS_SWEEP_OPTIONS_H

#include "config/config.h"
#include "train/trainer.h"

extern const s2s_field s2s_sweep_fields[];

typedef enum s2s_distribution {
    S2S_DRAW_AUTO,             /* from the keys that are there */
    S2S_DRAW_CONSTANT, S2S_DRAW_CATEGORICAL, S2S_DRAW_INT_UNIFORM, S2S_DRAW_UNIFORM,
    S2S_DRAW_Q_UNIFORM, S2S_DRAW_LOG_UNIFORM_VALUES, S2S_DRAW_Q_LOG_UNIFORM_VALUES,
    S2S_DRAW_NORMAL, S2S_DRAW_Q_NORMAL
} s2s_distribution;

typedef struct s2s_sweep_parameter {
    const char *path;                  /* "train.optimizer.learning_rate" */
    const char *label;                 /* its shortest end that no other parameter shares: "learning_rate" */
    s2s_distribution distribution;
    const s2s_node *node;              /* in the file: errors about drawn values point there */
    size_t count;                      /* constant, categorical: */
    s2s_node *const *value;
    const double *probability;         /*   of each value; NULL: all alike */
    double minimum, maximum;           /* the others, but for normal ones */
    double q;                          /* step of the q_ distributions */
    double mu, sigma;                  /* normal */
} s2s_sweep_parameter;

typedef struct s2s_sweep_spec {
    bool grid;                         /* else random */
    const char *metric;                /* "val_exact_match" */
    bool larger_is_better;
    size_t parameter_count;
    s2s_sweep_parameter *parameter;
    int64_t repeats;                   /* seeds a point */
    int64_t run_cap;                   /* points; 0: all of the grid */
    int64_t keep;                      /* run directories */
    int64_t grace_period;              /* epochs before the first are stopped; 0: none ever is */
    int64_t reduction_factor;          /* one in so many goes on */
} s2s_sweep_spec;

/*
 * s2s_sweep_read -- the section as a spec; *ret is NULL where there is none.
 *
 * `signature` may be NULL where the data set cannot be described: the metric is not checked then.
 */
s2s_status s2s_sweep_read(const s2s_config *config, const s2s_train_options *train, const s2s_signature *signature,
                          s2s_sweep_spec **ret, s2s_error_list *errors);

#endif
