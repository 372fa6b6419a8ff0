/*
 * sweep_state.h -- a sweep under way. For the files of the sweep only.
 *
 *   sweep.c          directory, ledger, beginning and end      trial.c           one trial
 *   sweep_trials.c   which trials there are                    sweep_view.c      what is shown meanwhile
 *   sweep_schedule.c who runs when, who is stopped, who is kept   sweep_result.c    what is left at the end
 *
 * Threads  trials run at the same time. `lock` guards the records, the ledger, the view and the arena.
 */
#ifndef S2S_EXPERIMENTS_SWEEP_STATE_H
#define S2S_EXPERIMENTS_SWEEP_STATE_H

#include <omp.h>

#include "experiments/data_pool.h"
#include "experiments/ledger.h"
#include "experiments/sweep.h"
#include "experiments/sweep_points.h"
#include "experiments/session.h"

typedef struct s2s_trial {
    s2s_trial_record record;
    const s2s_sweep_point *point;
    int64_t epochs;                    /* train.epochs of its configuration */
    bool busy;                         /* it is running now: */
    s2s_progress progress;             /*   how far it had come when last seen */
} s2s_trial;

typedef struct s2s_sweep {
    s2s_arena *arena;
    const s2s_sweep_request *request;
    const s2s_setting *setting;        /* KEY=VALUE of the command line that began the sweep */
    size_t setting_count;
    const char *config;                /* the file, as it was named */
    s2s_experiment *base;
    const s2s_sweep_spec *spec;
    s2s_sweep_points points;
    size_t trial_count;
    s2s_trial *trial;
    const char *folder;
    s2s_lock *folder_lock;
    s2s_ledger *ledger;
    s2s_data_pool *data;
    int parallel;
    int64_t rungs;                     /* how often trials have been stopped */
    int64_t until;                     /* epochs to which all of them run just now */
    omp_lock_t lock;
    struct s2s_sweep_view {
        double started, drawn;         /* seconds: when */
        int64_t epochs;                /* trained since */
        int lines;                     /* on the terminal, to be drawn over */
        int epochs_width, metric_width, *width;        /* columns of the table, in characters; `width` of each parameter */
    } view;
    s2s_status status;                 /* the first fault that ends the sweep */
    s2s_error error;
} s2s_sweep;

/* --- which trials there are (sweep_trials.c) --- */

/* Draw the points and lay out the trials. Errors: all that is wrong with any point. */
s2s_status s2s_sweep_plan(s2s_sweep *sweep, s2s_error_list *errors);

/* What a trial changes in the configuration, the command line's settings first. */
s2s_status s2s_trial_settings(const s2s_sweep *sweep, const s2s_trial *trial, s2s_arena *arena, s2s_setting **ret, size_t *count, s2s_error *err);

/* "rnn=LSTM units=128", and " seed=3" where seeds differ. */
void s2s_trial_describe(const s2s_sweep *sweep, const s2s_trial *trial, s2s_string *ret);

/* "trial-0007": its directory in the sweep's. */
enum { S2S_TRIAL_NAME = 32 };
const char *s2s_trial_name(const s2s_trial *trial, char buffer[S2S_TRIAL_NAME]);

/* --- one trial (trial.c) --- */

/*
 * s2s_trial_run -- train a trial to its end, or to `until` epochs, and record what came of it.
 *
 * Errors   only what must end the sweep: the ledger cannot be written, or S2S_INTERRUPTED. The trial's own faults are in its record.
 */
s2s_status s2s_trial_run(s2s_sweep *sweep, s2s_trial *trial, s2s_error *err);

static inline bool s2s_trial_has_ended(const s2s_trial *trial) { return trial->record.state >= S2S_TRIAL_FINISHED; }

/* It counts for the best: finished or stopped. */
static inline bool s2s_trial_counts(const s2s_trial *trial)
{
    return trial->record.state == S2S_TRIAL_FINISHED || trial->record.state == S2S_TRIAL_STOPPED;
}

/* --- who runs when (sweep_schedule.c) --- */

/* Every trial to its end. Errors: as of s2s_trial_run. */
s2s_status s2s_sweep_schedule(s2s_sweep *sweep, s2s_error *err);

/* True if a ranks before b: by the metric, no figure last, then by number. */
bool s2s_trial_is_better(const s2s_sweep *sweep, const s2s_trial *a, const s2s_trial *b);

/* How many trials that count are better. */
size_t s2s_trial_rank(const s2s_sweep *sweep, const s2s_trial *trial);

/* Delete the directories of trials that are not among the best any more. Under the lock. */
s2s_status s2s_sweep_prune(s2s_sweep *sweep, s2s_error *err);

/* The best so far, of trials under way and paused ones too; NULL when none has a figure. */
const s2s_trial *s2s_sweep_best(const s2s_sweep *sweep);

/* The largest train.epochs of all trials. */
int64_t s2s_sweep_most_epochs(const s2s_sweep *sweep);

/* Epochs from 1 that trials must have reached for the rung's decision; INT64_MAX after the last. */
int64_t s2s_sweep_rung(const s2s_sweep *sweep, int64_t rung);

/* --- what is shown (sweep_view.c), under the lock --- */

void s2s_sweep_view_begin(s2s_sweep *sweep);
void s2s_sweep_view_draw(s2s_sweep *sweep);            /* the live table; not more than some times a second */
void s2s_sweep_view_trial(s2s_sweep *sweep, const s2s_trial *trial);       /* a line: what has become of it */
void s2s_sweep_view_rung(s2s_sweep *sweep);            /* a line: who goes on after a decision */
void s2s_sweep_view_erase(s2s_sweep *sweep);

/* --- what is left (sweep_result.c) --- */

s2s_status s2s_sweep_write_csv(s2s_sweep *sweep, s2s_error *err);

/* What came out, and last the directory. */
void s2s_sweep_print_result(const s2s_sweep *sweep);

#endif
