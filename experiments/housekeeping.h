/*
 * housekeeping.h -- what lies in a folder of runs: the list of them, and what may go.
 *
 * Owns     everything lives in the arena given.
 * Errors   S2S_IO when the folder cannot be read, S2S_MEMORY. A run that cannot be read is listed as such.
 */
#ifndef S2S_EXPERIMENTS_HOUSEKEEPING_H
#define S2S_EXPERIMENTS_HOUSEKEEPING_H

#include "experiments/record.h"

typedef struct s2s_listed_run {
    const char *path;
    const char *state;                 /* "finished", "running", "interrupted", "diverged", ..., "unreadable"; of a sweep "30 of 45 trials" */
    const char *metric;                /* NULL: no figure yet */
    double best;
    int64_t best_epoch, epochs;        /* of a sweep: of its best trial */
    const char *best_trial;            /* of a sweep; NULL: a run */
    int64_t bytes;
} s2s_listed_run;

/* Runs and sweeps in the order of their names. */
s2s_status s2s_runs_list(const char *folder, s2s_arena *arena, s2s_listed_run **ret, size_t *count, s2s_error *err);

typedef struct s2s_litter {
    const char *path, *why;
    int64_t bytes;
    bool folder;
} s2s_litter;

/*
 * s2s_litter_find -- what is not kept: leftovers of killed programs, and runs that came to nothing (diverged, failed, no epoch done).
 *
 * Whatever a process is at work in is left out.
 */
s2s_status s2s_litter_find(const char *folder, s2s_arena *arena, s2s_litter **ret, size_t *count, s2s_error *err);

/* The same for a run or a sweep that the user names: all of it. Errors: S2S_USAGE when it is neither, or a process is at work in it. */
s2s_status s2s_litter_of(const char *path, s2s_arena *arena, s2s_litter *ret, s2s_error *err);

s2s_status s2s_litter_remove(const s2s_litter *litter, s2s_error *err);

#endif
