/*
 * session.h -- one training run under way, and those who watch it.
 *
 * The trainer computes; everything that a run shows or keeps is done by observers, called in a fixed order: progress bar, epoch
 * line, samples, history, TensorBoard, advice, checkpoints. The checkpoint comes last, because it commits what the others have written.
 */
#ifndef S2S_EXPERIMENTS_SESSION_H
#define S2S_EXPERIMENTS_SESSION_H

#include <signal.h>

#include "base/file.h"
#include "experiments/experiment.h"
#include "experiments/terminal.h"

typedef struct s2s_session {
    s2s_arena *arena;
    const s2s_experiment *experiment;      /* opened */
    s2s_trainer *trainer;
    const s2s_terminal *terminal;
    const char *folder;                    /* the run directory */
    s2s_lock *lock;                        /* on the folder: one process at a time */
    const char *config;                    /* as models keep it: resolved, paths as given, no origins */
    int threads;
    s2s_log *history, *samples;
    s2s_text shown;                        /* the samples of this epoch, as lines of samples.jsonl; empty: none */
    const volatile sig_atomic_t *interrupted;      /* NULL: nothing interrupts */
} s2s_session;

/* A trainer for an opened experiment, in its arena; nothing is written. */
s2s_status s2s_session_create(s2s_experiment *experiment, const s2s_terminal *terminal, int threads, s2s_session **ret, s2s_error *err);

/* First weights from files of vectors and from model.initial_weights, where the configuration has them. */
s2s_status s2s_session_load_initial(s2s_session *session, s2s_error *err);

/* Whether these can be loaded: into memory of the experiment's arena that nobody reads. Opens the data set when it must. */
s2s_status s2s_session_try_initial(s2s_experiment *experiment, const s2s_terminal *terminal, s2s_error_list *errors);

/* Lock session->folder, an empty one, and write every file of a run. Logs that have gathered in memory settle there. */
s2s_status s2s_session_fill(s2s_session *session, s2s_error *err);

/* Lock session->folder, a run, and stand where it stood; its logs are cut to what its state counts, and opened. */
s2s_status s2s_session_restore(s2s_session *session, s2s_error *err);

/* The configuration as models keep it, and resolved.yaml anew. */
s2s_status s2s_session_text(const s2s_config *config, s2s_arena *arena, const char **ret, s2s_error *err);
s2s_status s2s_session_write_resolved(const s2s_session *session, s2s_error *err);

/* Close the logs and let the folder go. */
void s2s_session_close(s2s_session *session);

typedef struct s2s_observer {
    void *self;
    void (*step)(void *self, const s2s_progress *progress);                                    /* NULL: not interested */
    s2s_status (*epoch)(void *self, const s2s_epoch_report *report, s2s_error *err);           /* NULL: not interested */
    s2s_status (*end)(void *self, s2s_status why, s2s_error *err);                             /* called once; also frees. NULL: nothing to do */
} s2s_observer;

/* Each makes one observer of a session that outlives it. */
s2s_status s2s_observe_progress(s2s_session *session, s2s_observer *ret, s2s_error *err);      /* the live bar */
s2s_status s2s_observe_epochs(s2s_session *session, s2s_observer *ret, s2s_error *err);        /* a line an epoch */
s2s_status s2s_observe_samples(s2s_session *session, s2s_observer *ret, s2s_error *err);       /* validation examples */
s2s_status s2s_observe_history(s2s_session *session, s2s_observer *ret, s2s_error *err);       /* history.csv */
s2s_status s2s_observe_tensorboard(s2s_session *session, s2s_observer *ret, s2s_error *err);   /* the event file */
s2s_status s2s_observe_advice(s2s_session *session, s2s_observer *ret, s2s_error *err);        /* what the curves show, at the end */
s2s_status s2s_observe_checkpoints(s2s_session *session, s2s_observer *ret, s2s_error *err);   /* state, best, last */

/* "[=====>....]" of `width` characters, brackets apart, into a buffer of width + 3 bytes. */
void s2s_bar_draw(int64_t done, int64_t total, int width, char *buffer);

#endif
