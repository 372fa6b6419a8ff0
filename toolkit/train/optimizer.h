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

/* Keys that every optimizer takes; `learning_rate` is a number or a schedule. */
typedef struct s2s_optimizer_common {
    s2s_object *learning_rate;
    double clipnorm, clipvalue, global_clipnorm;       /* NaN: off; at most one is set, checked by s2s_optimizer_check */
    bool lazy;                                         /* embeddings: only rows used in the batch are updated */
} s2s_optimizer_common;

enum { S2S_SLOTS_MAX = 3 };

typedef struct s2s_update {
    int64_t n;
    real *w;
    const real *g;
    real *slot[S2S_SLOTS_MAX];
    const double *factor;           /* what `prepare` computed for this step */
    bool decay;                     /* weight decay applies to this weight */
} s2s_update;

enum { S2S_FACTORS_MAX = 8 };

typedef struct s2s_optimizer_ops {
    s2s_entry entry;
    const char *slot_names[S2S_SLOTS_MAX];                       /* NULL-ended unless full: names in checkpoints, Keras' */
    int (*slots)(const void *options);                           /* how many are used with these options */
    double (*slot_start)(const void *options, int slot);         /* first value of a slot; NULL: zeros */
    /* Scalars of step `step` (1-based) at learning rate `rate`, once per step, in double. */
    void (*prepare)(const void *options, int64_t step, double rate, double factor[S2S_FACTORS_MAX]);
    void (*update)(const void *options, const s2s_update *update);
} s2s_optimizer_ops;

extern const s2s_registry s2s_optimizers;

/* Schedules: the learning rate of a step. `per: epoch` schedules see the epoch in place of the step. */
typedef struct s2s_schedule_ops {
    s2s_entry entry;
    double (*rate)(const void *options, int64_t step, int64_t epoch);      /* both 0-based */
} s2s_schedule_ops;

extern const s2s_registry s2s_schedules;          /* number_entry: "Constant" */

double s2s_learning_rate(const s2s_object *schedule, int64_t step, int64_t epoch);

/* What the tables cannot say (two clippings at once, ...): S2S_CONFIG with a place. */
s2s_status s2s_optimizer_check(const s2s_object *optimizer, s2s_error *err);

#endif
