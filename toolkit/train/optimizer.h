/*
 * optimizer.h -- update rules in Keras 3's formulas and defaults. To add one: a new file and a line in optimizers.def.
 *
 * The trainer sums the gradients, adds penalties, clips, and calls `update` on runs of elements of one weight; runs may be
 * handled by different threads, so an update is elementwise.
 */
#ifndef S2S_TRAIN_OPTIMIZER_H
#define S2S_TRAIN_OPTIMIZER_H

#include "base/real.h"
#include "config/schema.h"

/*
 * Keys that every optimizer takes. They come first in every optimizer's options (a member called `common`), because Keras' default
 * learning rate and weight decay are not the same for all: S2S_OPTIMIZER_FIELDS puts them into its table with its own defaults.
 */
typedef struct s2s_optimizer_common {
    s2s_object *learning_rate;                         /* a number or a schedule: see s2s_learning_rate */
    double weight_decay;                               /* NaN: off */
    double clipnorm, clipvalue, global_clipnorm;       /* NaN: off; at most one is set, checked by s2s_optimizer_check */
    bool lazy;                                         /* embeddings: only rows used in the batch are updated */
} s2s_optimizer_common;

#define S2S_OPTIMIZER_FIELDS(default_rate, default_decay)                                                                        \
    S2S_FIELD_OBJECT(s2s_optimizer_common, learning_rate, default_rate, &s2s_schedules, "step size: a number or a schedule"),   \
    S2S_FIELD_REAL(s2s_optimizer_common, weight_decay, default_decay, 0.0, 1.0, "",                                              \
                   "each step first takes weight_decay * learning_rate of every weight off it; null: none"),                    \
    S2S_FIELD_REAL(s2s_optimizer_common, clipnorm, S2S_NONE, 1e-30, 1e30, "", "largest norm of each weight's gradient"),        \
    S2S_FIELD_REAL(s2s_optimizer_common, clipvalue, S2S_NONE, 1e-30, 1e30, "", "largest absolute value of a gradient's entry"), \
    S2S_FIELD_REAL(s2s_optimizer_common, global_clipnorm, S2S_NONE, 1e-30, 1e30, "", "largest norm of all gradients together"), \
    S2S_FIELD_BOOL(s2s_optimizer_common, lazy, "false", "embeddings: update only the rows that the batch used")

static inline const s2s_optimizer_common *s2s_optimizer_common_of(const s2s_object *optimizer)
{
    return (const s2s_optimizer_common *)optimizer->options;
}

enum { S2S_SLOTS_MAX = 3, S2S_FACTORS_MAX = 8 };

/* Scalars of one step, made once for all weights. */
typedef struct s2s_factors {
    double decay;                   /* share of each weight that weight decay takes off before the update; 0: none */
    double value[S2S_FACTORS_MAX];  /* the optimizer's own */
} s2s_factors;

typedef struct s2s_update {
    int64_t n;
    real *w;
    const real *g;
    real *slot[S2S_SLOTS_MAX];      /* as many as `slots` said */
    const s2s_factors *factors;
} s2s_update;

typedef struct s2s_optimizer_ops {
    s2s_entry entry;
    /* How many slots these options use, and their names in checkpoints (Keras'). */
    int (*slots)(const void *options, const char *name[S2S_SLOTS_MAX]);
    double (*slot_start)(const void *options, int slot);         /* first value of a slot; NULL: zeros */
    /* The optimizer's own scalars of step `step` (1-based) at learning rate `rate`, in double. */
    void (*prepare)(const void *options, int64_t step, double rate, double value[S2S_FACTORS_MAX]);
    void (*update)(const void *options, const s2s_update *update);
} s2s_optimizer_ops;

extern const s2s_registry s2s_optimizers;

static inline const s2s_optimizer_ops *s2s_optimizer_of(const s2s_object *optimizer) { return (const s2s_optimizer_ops *)optimizer->entry; }

/* What a trainer calls: scalars once per step; then, for runs of elements, weight decay (as Keras: before the rule) and the rule. */
void s2s_optimizer_prepare(const s2s_object *optimizer, int64_t step, double rate, s2s_factors *ret);
void s2s_optimizer_update(const s2s_object *optimizer, const s2s_update *update);

/* Schedules: the learning rate of a step. `per: epoch` schedules see the epoch in place of the step. */
typedef struct s2s_schedule_ops {
    s2s_entry entry;
    double (*rate)(const void *options, int64_t step, int64_t epoch);      /* both 0-based */
    const char *(*fault)(const void *options);         /* what its table cannot say: NULL if all is well. NULL: nothing to check */
} s2s_schedule_ops;

extern const s2s_registry s2s_schedules;          /* number_entry: "Constant" */

double s2s_learning_rate(const s2s_object *schedule, int64_t step, int64_t epoch);

/* What the tables cannot say (two clippings at once, ...): S2S_CONFIG with a place. */
s2s_status s2s_optimizer_check(const s2s_object *optimizer, s2s_error *err);

#endif
