/*
 * trainer.h -- batch -> shards -> forward -> loss -> backward -> reduce -> clip -> update.
 *
 * No file is touched and nothing is printed: whoever wants to see or keep something asks between epochs or is told of progress.
 *
 * Bits     shards depend on batch and config; their sums are added in shard order: nothing depends on the number of threads.
 */
#ifndef S2S_TRAIN_TRAINER_H
#define S2S_TRAIN_TRAINER_H

#include "config/config.h"
#include "train/callback.h"
#include "train/optimizer.h"
#include "train/phases.h"
#include "train/runner.h"

/* The `train` section. */
typedef struct s2s_train_options {
    int64_t epochs, batch_size;
    s2s_object *loss, *optimizer;
    s2s_text_list metrics;
    const char *monitor;
    s2s_object_list callbacks;
    bool shuffle;
    int64_t bucket;                /* batches of similar length: sort runs of so many batches; 0: none */
    int64_t shard_rows;            /* sequences a shard; 0 (auto): s2s_shard_rows */
    int matmul_precision;          /* s2s_precision, for whoever makes the graph */
} s2s_train_options;

extern const s2s_field s2s_train_fields[];
extern const char *const s2s_precision_names[];       /* by s2s_precision; ends with NULL */

/* What the tables cannot say: metrics, monitors and loss that fit the target, batch sizes, optimizers. All that is wrong, each with its place. */
void s2s_train_check(const s2s_train_options *options, const s2s_node *section, const s2s_signature *signature, s2s_error_list *errors);

/* Whether what the graph gives is what the target wants: steps, width, softmax. S2S_SHAPE or S2S_CONFIG at the last layer. */
s2s_status s2s_train_fit(const s2s_train_options *options, const s2s_graph *graph, const s2s_signature *signature, s2s_error *err);

/* That training makes the figure `name` ("loss", "val_accuracy"), which stands under `key` at a place. S2S_CONFIG if not. */
s2s_status s2s_train_check_figure(const s2s_train_options *options, const s2s_signature *signature, const char *name, const char *key,
                                  s2s_position at, s2s_error *err);

/* The figures that are made: those of the config, or the usual one, with accuracy_padded where answers are filled up. */
s2s_status s2s_train_metrics(const s2s_train_options *options, const s2s_signature *signature, bool curriculum, s2s_arena *arena,
                             s2s_text_list *ret, s2s_error *err);

/* The figure that chooses `best`, and the one that a callback watches. */
const char *s2s_train_monitor(const s2s_train_options *options, bool validates);
const char *s2s_callback_monitor(const s2s_object *callback, const char *preset);

typedef struct s2s_trainer_setup {
    const s2s_graph *graph;
    const s2s_train_options *options;
    s2s_dataset *dataset;          /* opened; shared with other trainers unless it draws fresh examples (then the trainer copies what it writes) */
    uint64_t seed;
    int threads;
    s2s_arena *arena;
} s2s_trainer_setup;

typedef struct s2s_epoch_report {
    int64_t epoch;                 /* 1-based */
    int64_t steps, examples;
    double seconds;                /* of training alone */
    double learning_rate;          /* of the last step */
    s2s_figures train, validation; /* names without "val_"; validation.count is 0 when there is no validation split */
    bool improved;                 /* `monitor` is the best so far: weights were copied to best */
    bool stop;                     /* a callback ended training, or it was the last epoch */
    int64_t level;                 /* curriculum; 0: none */
    char notice[320];              /* lines from callbacks, or "" */
} s2s_epoch_report;

/* After every step. */
typedef struct s2s_progress {
    int64_t epoch, step, steps, examples;
    double since;                              /* s2s_clock_seconds when the epoch began, or would have without interruptions */
    double loss, learning_rate;                /* loss: mean of the epoch so far */
    int64_t level;
} s2s_progress;

typedef struct s2s_trainer s2s_trainer;

/* The weights are initialised from the seed; load others into s2s_trainer_plan(...)->weights and call s2s_trainer_weights_changed. */
s2s_status s2s_trainer_create(const s2s_trainer_setup *setup, s2s_trainer **ret, s2s_error *err);
void s2s_trainer_weights_changed(s2s_trainer *trainer);

/*
 * s2s_trainer_epoch -- train from where the trainer stands to the end of the epoch, evaluate, run the callbacks.
 *
 * `progress` (may be NULL) is called after every step; when it returns false the trainer stands between two steps and S2S_INTERRUPTED
 * comes back: state can be saved, and a later call goes on to the same bits.
 * Errors   S2S_NAN with the step's number and what was not finite; the weights are then those of before the step.
 */
typedef bool (*s2s_progress_function)(void *self, const s2s_progress *progress);
s2s_status s2s_trainer_epoch(s2s_trainer *trainer, s2s_progress_function progress, void *self, s2s_epoch_report *ret, s2s_error *err);

/* Loss and every metric of the config on a split, with the weights as they are. */
s2s_status s2s_trainer_evaluate(s2s_trainer *trainer, const s2s_split *split, s2s_figures *ret, s2s_error *err);

/* Outputs of examples with the weights as they are (for the samples shown after every epoch). */
s2s_status s2s_trainer_predict(s2s_trainer *trainer, const s2s_split *split, const int64_t *examples, int64_t count,
                               s2s_take_function take, void *self, s2s_error *err);

int64_t s2s_trainer_epochs_done(const s2s_trainer *trainer);
bool s2s_trainer_finished(const s2s_trainer *trainer);        /* a callback ended it, or all epochs are done */
s2s_plan *s2s_trainer_plan(s2s_trainer *trainer);

/* For `bench`: multiply-adds of all products so far, and a clock for the phases of what follows (NULL: none). */
int64_t s2s_trainer_products(const s2s_trainer *trainer);
void s2s_trainer_watch(s2s_trainer *trainer, s2s_phases *phases);

/* Weights of the best epoch (laid out as plan->weights), its figure and its number; NULL before the first. */
const real *s2s_trainer_best(const s2s_trainer *trainer, double *value, int64_t *epoch);

/*
 * State: everything that a resumed run needs, as named arrays that borrow the trainer's memory. The same list serves for saving (read
 * the data) and for loading (write into it, then call s2s_trainer_state_loaded). Weights, best weights, optimizer slots, epoch, step,
 * running sums, callback and curriculum state are all in it. Names and list live in `arena`.
 */
typedef enum s2s_state_type { S2S_STATE_REAL, S2S_STATE_DOUBLE, S2S_STATE_INTEGER } s2s_state_type;
typedef struct s2s_state_item { const char *name; s2s_state_type type; int64_t count; void *data; } s2s_state_item;
typedef struct s2s_state { int count; s2s_state_item *item; } s2s_state;
s2s_status s2s_trainer_state(s2s_trainer *trainer, s2s_arena *arena, s2s_state *ret, s2s_error *err);
void s2s_trainer_state_loaded(s2s_trainer *trainer);

#endif
