/*
 * trainer.h -- batch -> shards -> forward -> loss -> backward -> reduce -> clip -> update. No file is touched and nothing is printed:
 * whoever wants to see or keep something is an observer or asks between epochs.
 *
 * The data set is reached through `s2s_train_source`, four functions that the floor above fills in: training knows batches, not data sets.
 *
 * Bits     shards depend on batch and config; their sums are added in shard order; so nothing depends on the number of threads.
 */
#ifndef S2S_TRAIN_TRAINER_H
#define S2S_TRAIN_TRAINER_H

#include "graph/plan.h"
#include "train/callback.h"
#include "train/loss.h"
#include "train/metric.h"
#include "train/optimizer.h"

/* --- the `train` section ------------------------------------------------------------------------------------------------- */

typedef struct s2s_train_options {
    int64_t epochs, batch_size;
    s2s_object *loss, *optimizer;
    s2s_text_list metrics;
    const char *monitor;
    s2s_object_list callbacks;
    bool shuffle;
    int64_t bucket;                /* batches of similar length: sort runs of so many batches; 0: none */
    int64_t shard_rows;            /* sequences a shard; 0 (auto): 16 */
    int matmul_precision;          /* 0 highest, 1 high, 2 medium */
} s2s_train_options;

extern const s2s_field s2s_train_fields[];

/* --- where batches come from ----------------------------------------------------------------------------------------------- */

typedef struct s2s_train_shard {
    s2s_plan_input input[S2S_INPUTS_MAX];
    int64_t sequences;
    const int64_t *position;       /* B */
    const int64_t *example;        /* B */
    const s2s_steps *target_steps;
    const int32_t *target;         /* or NULL */
    const real *target_x;          /* or NULL */
    const uint8_t *unknown;        /* rows; or NULL */
} s2s_train_shard;

typedef struct s2s_train_split {
    void *self;
    int64_t examples;              /* 0: there is no such split */
    int32_t filler;
    bool by_sequence;              /* one target a sequence: exact_match is accuracy */
    /* The order of an epoch (training; evaluation runs in order). NULL: 0, 1, 2, ... */
    void (*order)(void *self, uint64_t seed, uint64_t epoch, int64_t batch_size, int64_t bucket, int64_t *order);
    /* Choose a batch. `level` is the curriculum's. Returns the number of shards. */
    int (*begin)(void *self, uint64_t epoch, int64_t first, const int64_t *examples, int64_t count, int64_t level);
    /* Gather one shard (several threads may ask for different shards). */
    void (*fill)(void *self, int shard, s2s_train_shard *ret);
} s2s_train_split;

/* --- training ------------------------------------------------------------------------------------------------------------------ */

typedef struct s2s_curriculum { int64_t from, levels, over; double threshold; } s2s_curriculum;    /* levels 0: none */

typedef struct s2s_trainer_setup {
    const s2s_graph *graph;
    const s2s_train_options *options;
    s2s_train_split train, validation;     /* validation.examples may be 0 */
    s2s_plan_bounds bounds;                /* of any shard of either */
    int64_t shards;                        /* the most shards a batch has */
    s2s_curriculum curriculum;
    uint64_t seed;
    int threads;
    s2s_arena *arena;
} s2s_trainer_setup;

enum { S2S_FIGURES_MAX = 32 };

/* Figures of an epoch or an evaluation: names[i] = value[i]; "loss" comes first. */
typedef struct s2s_figures {
    int count;
    const char *name[S2S_FIGURES_MAX];
    double value[S2S_FIGURES_MAX];
    int64_t examples;
} s2s_figures;

typedef struct s2s_epoch_report {
    int64_t epoch;                 /* 1-based */
    int64_t steps, examples;
    double seconds;                /* of training alone */
    double learning_rate;
    s2s_figures train, validation; /* validation names carry no "val_"; count 0 when there is no validation split */
    bool improved;                 /* `monitor` is the best so far: weights were copied to best */
    bool stop;                     /* a callback ended training, or it was the last epoch */
    int64_t level;                 /* curriculum, 0: none */
    char notice[320];              /* lines from callbacks, or "" */
} s2s_epoch_report;

typedef struct s2s_progress { int64_t epoch, step, steps, examples; double seconds, loss, learning_rate; int64_t level; } s2s_progress;

typedef struct s2s_trainer s2s_trainer;

s2s_status s2s_trainer_create(const s2s_trainer_setup *setup, s2s_trainer **ret, s2s_error *err);
void s2s_trainer_release(s2s_trainer *trainer);      /* memory belongs to the arena; this ends what does not */

/*
 * s2s_trainer_epoch -- train from where the trainer stands to the end of the epoch, evaluate, run the callbacks.
 *
 * `progress` (may be NULL) is called after every step; when it returns false the step is finished, the trainer stands between two
 * steps and S2S_INTERRUPTED comes back: state can be saved and a later call goes on to the same bits.
 * Errors   S2S_NAN with the step's number and what was not finite (weights are then those of before the step's update).
 */
typedef bool (*s2s_progress_function)(void *self, const s2s_progress *progress);
s2s_status s2s_trainer_epoch(s2s_trainer *trainer, s2s_progress_function progress, void *self, s2s_epoch_report *ret, s2s_error *err);

/* Figures of the weights as they are (or, `best`, of the best so far) on any split. Every metric of the config, and loss. */
s2s_status s2s_trainer_evaluate(s2s_trainer *trainer, const s2s_train_split *split, s2s_figures *ret, s2s_error *err);

int64_t s2s_trainer_epochs_done(const s2s_trainer *trainer);
bool s2s_trainer_finished(const s2s_trainer *trainer);        /* a callback ended it */
bool s2s_trainer_restores_best(const s2s_trainer *trainer);   /* a callback said restore_best_weights: `best` is what commands load by default */
s2s_plan *s2s_trainer_plan(s2s_trainer *trainer);
const real *s2s_trainer_best(const s2s_trainer *trainer, double *value, int64_t *epoch);      /* weights of the best epoch; NULL before the first */
int64_t s2s_trainer_parameters_updated(const s2s_trainer *trainer);

/* --- state: everything that a resumed run needs, as named arrays that borrow the trainer's memory ---------------------------------- */


/*
 * The list is the same for saving (read the data) and loading (write into it, then call s2s_trainer_state_loaded). Weights, best
 * weights, optimizer slots, epoch, step, running sums, callback and curriculum state are all in it.

 */
typedef enum s2s_state_type { S2S_STATE_REAL, S2S_STATE_DOUBLE, S2S_STATE_INTEGER } s2s_state_type;
typedef struct s2s_state { int count; struct { char name[128]; s2s_state_type type; int64_t count; void *data; } item[]; } s2s_state;
s2s_status s2s_trainer_state(s2s_trainer *trainer, s2s_arena *arena, s2s_state **ret, s2s_error *err);
void s2s_trainer_state_loaded(s2s_trainer *trainer);

/* --- prediction and evaluation without training ----------------------------------------------------------------------------------------- */

typedef struct s2s_runner s2s_runner;

typedef struct s2s_runner_setup {
    const s2s_graph *graph;
    s2s_plan_bounds bounds;
    int64_t shards;
    int threads;
    const s2s_object *loss;        /* NULL: prediction only */
    s2s_text_list metrics;
    s2s_arena *arena;
} s2s_runner_setup;

s2s_status s2s_runner_create(const s2s_runner_setup *setup, s2s_runner **ret, s2s_error *err);
real *s2s_runner_weights(s2s_runner *runner);              /* fill, then call ready */
void s2s_runner_ready(s2s_runner *runner);

s2s_status s2s_runner_evaluate(s2s_runner *runner, const s2s_train_split *split, int64_t batch_size, s2s_figures *ret, s2s_error *err);

/*
 * Outputs of examples, shard by shard: `take` is called once for each shard, from one thread, in shard order.
 * y is target-rows x width (probabilities or values), predicted its argmax (NULL for real outputs).
 */
typedef struct s2s_output { const s2s_train_shard *shard; const s2s_steps *steps; int64_t width; const real *y; const int32_t *predicted; } s2s_output;
typedef void (*s2s_take_function)(void *self, const s2s_output *output);
s2s_status s2s_runner_predict(s2s_runner *runner, const s2s_train_split *split, const int64_t *examples, int64_t count, int64_t batch_size,
                              s2s_take_function take, void *self, s2s_error *err);

#endif
