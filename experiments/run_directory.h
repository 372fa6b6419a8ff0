/*
 * run_directory.h -- where a run's files lie, and how a run comes to exist: prepared aside, then renamed into place.
 *
 * Owns     paths live in the arena given.
 */
#ifndef S2S_EXPERIMENTS_RUN_DIRECTORY_H
#define S2S_EXPERIMENTS_RUN_DIRECTORY_H

#include "base/file.h"

#define S2S_RUNS_FOLDER     "runs"

#define S2S_RUN_CONFIG      "config.yaml"          /* as given */
#define S2S_RUN_RESOLVED    "resolved.yaml"        /* complete, runs again */
#define S2S_RUN_HISTORY     "history.csv"
#define S2S_RUN_SAMPLES     "samples.jsonl"
#define S2S_RUN_BEST        "best.safetensors"
#define S2S_RUN_LAST        "last.safetensors"
#define S2S_RUN_STATE       "state.safetensors"    /* the one commit point */
#define S2S_RUN_ENVIRONMENT "environment.json"

/* True for a folder that holds a state and a resolved configuration. */
bool s2s_run_is_directory(const char *path);

/* The run under runs/ whose state was written last. Errors: S2S_DATA when there is none. */
s2s_status s2s_run_latest(s2s_arena *arena, const char **ret, s2s_error *err);

/* What stands in the way of `out`, before any work is done: S2S_USAGE if it exists. NULL is fine. */
s2s_status s2s_run_directory_check(const char *out, s2s_error *err);

/* runs/NAME-0012, the one with the highest number; *ret is NULL when there is none. */
s2s_status s2s_run_directory_last(const char *name, s2s_arena *arena, const char **ret, s2s_error *err);

/* An empty folder beside the one that will be: `out`, or runs/NAME-0001. */
s2s_status s2s_run_directory_prepare(const char *name, const char *out, s2s_arena *arena, const char **ret, s2s_error *err);

/* Rename the prepared folder to `out`, or to runs/NAME-0001 with the next free number. */
s2s_status s2s_run_directory_place(const char *prepared, const char *name, const char *out, s2s_arena *arena, const char **ret,
                                   s2s_error *err);

#endif
