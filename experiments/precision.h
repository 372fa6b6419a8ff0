/* precision.h -- one line for whoever asked for a matmul_precision that this machine does not have. */
#ifndef S2S_EXPERIMENTS_PRECISION_H
#define S2S_EXPERIMENTS_PRECISION_H

#include "experiments/experiment.h"
#include "experiments/terminal.h"

/* To the terminal's err, where the experiment's matrix products are computed as `highest` though it says otherwise. Nothing before the graph is there. */
void s2s_precision_note(const s2s_experiment *experiment, const s2s_terminal *terminal);

#endif
