/*
 * record.h -- a run, or a trial of a sweep, as its files tell it: what was asked, what came out, how it ended. No data set is opened.
 *
 * Owns     everything lives in the arena given to read.
 */
#ifndef S2S_EXPERIMENTS_RECORD_H
#define S2S_EXPERIMENTS_RECORD_H

#include "experiments/experiment.h"
#include "experiments/history.h"

typedef struct s2s_record {
    const char *folder;            /* "runs/addition-0001"; NULL for a trial that keeps none */
    const char *name;              /* "addition-0001"; "addition-sweep-0001/7" */
    const s2s_experiment_options *options;         /* NULL for a trial */
    const s2s_pair *key;           /* the configuration, every key with its value as text */
    size_t key_count;
    s2s_history history;
    const char *monitor;           /* the figure that chooses `best`: "val_exact_match" */
    int64_t best_row;              /* of the history, by that figure; -1: before the first epoch */
    double best;                   /* NaN without one */
    int64_t best_epoch;
    double seconds;                /* of training */
    int64_t parameters;            /* of the model; 0: not known */
    const char *status;            /* "finished", "interrupted", "diverged", "failed", "running", "unknown"; a trial's state */
} s2s_record;

/* `run`: a run directory or `latest`. Errors: S2S_DATA, or what is wrong with its configuration. */
s2s_status s2s_record_read(const char *run, s2s_arena *arena, s2s_record *ret, s2s_error *err);

/* Every word a run or a sweep's directory, whose trials come in its place, in order. Errors: S2S_DATA, S2S_IO. */
s2s_status s2s_records_read(const char *const *words, size_t count, s2s_arena *arena, const s2s_record **ret, size_t *ret_count, s2s_error *err);

/* True for a directory that holds a sweep's ledger. */
bool s2s_is_sweep(const char *path);

/* The value of a key as text; NULL: the configuration has no such key. */
const char *s2s_record_key(const s2s_record *record, const char *key);

/* A file of a run's directory; empty where there is none. */
s2s_status s2s_record_file(const s2s_record *record, const char *name, s2s_arena *arena, s2s_text *ret, s2s_error *err);

/* S2S_USAGE, with the nearest name, where no record has such a figure. */
s2s_status s2s_records_check_figure(const s2s_record *record, size_t count, const char *figure, s2s_error *err);

/*
 * The keys whose values are not the same in all records that have them, in the order of the first that has them; without those that
 * lie aside, and those that only repeat one of the file's own names, which is there itself.
 */
s2s_status s2s_records_differ(const s2s_record *record, size_t count, s2s_arena *arena, const char *const **ret, size_t *ret_count,
                              s2s_error *err);

/* group[i] = number of the first record that differs from record i in nothing but `seed` and what lies aside: name, log, sweep, dataset.seed. */
void s2s_records_group(const s2s_record *record, size_t count, size_t *group);

#endif
