/*
 * run.h -- training one experiment: a new run, or one that goes on.
 *
 * Errors   all of them are in `errors`, at least one, unless S2S_OK or S2S_INTERRUPTED comes back.
 */
#ifndef S2S_EXPERIMENTS_RUN_H
#define S2S_EXPERIMENTS_RUN_H

#include <signal.h>

#include "config/config.h"
#include "experiments/terminal.h"

typedef struct s2s_run_request {
    const char *source;                /* run: a config or a run directory; resume: a run directory or `latest` */
    const s2s_setting *settings;
    size_t setting_count;
    const char *out;                   /* run: the directory to make; NULL: runs/NAME-0001 */
    int threads;
    const s2s_terminal *terminal;
    const volatile sig_atomic_t *interrupted;      /* becomes true when the user wants to stop; NULL: never */
} s2s_run_request;

/*
 * s2s_run -- train from the beginning. The directory's path is the last line on the terminal's out.
 *
 * Errors   before the directory exists: S2S_CONFIG, S2S_SHAPE, S2S_DATA, S2S_USAGE, and no file is left. Then S2S_IO, S2S_NAN,
 *          S2S_INTERRUPTED: the run can be resumed.
 */
s2s_status s2s_run(const s2s_run_request *request, s2s_error_list *errors);

/* Go on from the last checkpoint to the same bits. Settings may change what its tables say may change (train.epochs, log). */
s2s_status s2s_resume(const s2s_run_request *request, s2s_error_list *errors);

/* The configuration file that a CONFIG argument means: itself, or a run directory's. */
s2s_status s2s_config_find(const char *config, s2s_arena *arena, const char **ret, s2s_error *err);

#endif
