/*
 * sweep.h -- many trials of one experiment: points of its `sweep` section, each with several seeds, in one process.
 *
 *   runs/NAME-sweep-0001/   config.yaml (as given)   base.yaml (the same by itself: bases and KEY=VALUE worked in, paths as seen from here)
 *                           ledger.sqlite (see ledger.h)   trials.csv   trial-0007/ ... (kept runs)
 *
 * Points and results are functions of the configuration alone: not of how many trials run at once, nor of interruptions.
 *
 * Errors   before the first trial: whatever is wrong with the configuration, any point of the sweep, or the command line; no file is left.
 *          Then S2S_IO and S2S_MEMORY, which end the sweep, and S2S_INTERRUPTED; --resume goes on. Faults of single trials are
 *          in the ledger.
 */
#ifndef S2S_EXPERIMENTS_SWEEP_H
#define S2S_EXPERIMENTS_SWEEP_H

#include <signal.h>

#include "config/config.h"
#include "experiments/terminal.h"

#define S2S_SWEEP_BASE   "base.yaml"
#define S2S_SWEEP_TRIALS "trials.csv"

typedef struct s2s_sweep_request {
    const char *source;                /* a config or a run directory; with `resume` also a sweep's directory */
    const s2s_setting *settings;
    size_t setting_count;
    bool resume;
    int parallel;                      /* trials at once; 0: as many as there are cores for */
    int threads;                       /* within each trial */
    const s2s_terminal *terminal;
    const volatile sig_atomic_t *interrupted;      /* becomes true when the user wants to stop; NULL: never */
} s2s_sweep_request;

/* The directory's path is the last line on the terminal's out. */
s2s_status s2s_sweep_run(const s2s_sweep_request *request, s2s_error_list *errors);

#endif
