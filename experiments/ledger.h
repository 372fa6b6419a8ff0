/*
 * ledger.h -- what a sweep has done and found: an SQLite database in the sweep's directory, open to anyone's queries at any time.
 *
 *   sqlite3 runs/NAME-sweep-0001/ledger.sqlite 'SELECT trial, best, best_epoch FROM trials ORDER BY best DESC LIMIT 5'
 *
 * Tables
 *   sweep       key, value: format (of this database), s2s (version), config (its path), arguments (KEY=VALUE that were given, one a line),
 *               metric and goal (which trials are ranked by), rungs (how often halving has stopped trials so far)
 *   trials      trial (from 1), point (from 1; trials of one point differ in their seed), seed, state, reason (why it is not `finished`),
 *               model_parameters, epochs (done), best and best_epoch (of the metric), seconds (of training), directory (of a
 *               kept run, relative to the sweep's)
 *   parameters  trial, name (a path: train.batch_size), value (YAML), number (the value where it is one, else NULL)
 *   epochs      trial, epoch, figure (a column of history.csv: loss, val_accuracy, seconds, ...), value
 *
 * States
 *   waiting     not begun                          finished  all its epochs, or a callback ended it
 *   running     under way                          stopped   fell behind (early_terminate)
 *   paused      has a directory to go on from      diverged  NaN or infinity        failed  any other fault
 *
 * Every change is one transaction of a write-ahead log: whatever moment a process dies, the ledger is whole and holds all that was
 * committed.
 *
 * Owns     what is read lives in the arena given.
 * Errors   S2S_IO; S2S_DATA for a file that is no ledger.
 * Threads  one at a time.
 */
#ifndef S2S_EXPERIMENTS_LEDGER_H
#define S2S_EXPERIMENTS_LEDGER_H

#include "experiments/history.h"
#include "train/trainer.h"

#define S2S_LEDGER "ledger.sqlite"

typedef enum s2s_trial_state {
    S2S_TRIAL_WAITING, S2S_TRIAL_RUNNING, S2S_TRIAL_PAUSED, S2S_TRIAL_FINISHED, S2S_TRIAL_STOPPED, S2S_TRIAL_DIVERGED, S2S_TRIAL_FAILED
} s2s_trial_state;

extern const char *const s2s_trial_state_names[];

typedef struct s2s_trial_record {
    int64_t trial, point, seed;
    s2s_trial_state state;
    const char *reason;                /* NULL: none */
    int64_t model_parameters;          /* 0: not known yet */
    int64_t epochs;
    double best;                       /* NaN: none yet */
    int64_t best_epoch;                /* 0: none yet */
    double seconds;
    const char *directory;             /* NULL: it keeps none */
} s2s_trial_record;

typedef struct s2s_trial_value { int64_t trial; const char *name, *value; } s2s_trial_value;

typedef struct s2s_ledger s2s_ledger;

/* A new database; the file must not exist. */
s2s_status s2s_ledger_create(const char *path, s2s_ledger **ret, s2s_error *err);
s2s_status s2s_ledger_open(const char *path, bool to_write, s2s_ledger **ret, s2s_error *err);
void s2s_ledger_close(s2s_ledger *ledger);                     /* NULL is legal */

/* Keys of the table `sweep`. NULL where there is none. */
s2s_status s2s_ledger_set(s2s_ledger *ledger, const char *key, const char *value, s2s_error *err);
s2s_status s2s_ledger_get(s2s_ledger *ledger, const char *key, s2s_arena *arena, const char **ret, s2s_error *err);

/* Several changes as one: all of them are there afterwards, or none. */
s2s_status s2s_ledger_begin(s2s_ledger *ledger, s2s_error *err);
s2s_status s2s_ledger_commit(s2s_ledger *ledger, s2s_error *err);

/* A trial as it stands now, new or known. */
s2s_status s2s_ledger_put(s2s_ledger *ledger, const s2s_trial_record *record, s2s_error *err);
s2s_status s2s_ledger_put_value(s2s_ledger *ledger, int64_t trial, const char *name, const s2s_node *value, const char *text, s2s_error *err);

/* One epoch of a trial, replacing what was known of it; and forgetting all epochs of a trial that begins anew. */
s2s_status s2s_ledger_put_epoch(s2s_ledger *ledger, int64_t trial, const s2s_epoch_report *report, s2s_error *err);
s2s_status s2s_ledger_forget_epochs(s2s_ledger *ledger, int64_t trial, s2s_error *err);

/* Everything, in the order of trials. */
s2s_status s2s_ledger_trials(s2s_ledger *ledger, s2s_arena *arena, s2s_trial_record **ret, size_t *count, s2s_error *err);
s2s_status s2s_ledger_values(s2s_ledger *ledger, s2s_arena *arena, s2s_trial_value **ret, size_t *count, s2s_error *err);
s2s_status s2s_ledger_history(s2s_ledger *ledger, int64_t trial, s2s_arena *arena, s2s_history *ret, s2s_error *err);

#endif
