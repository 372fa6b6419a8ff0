/* load.h -- what several commands begin with: their CONFIG word, loaded with the line's KEY=VALUE. */
#ifndef S2S_EXPERIMENTS_CLI_LOAD_H
#define S2S_EXPERIMENTS_CLI_LOAD_H

#include "experiments/cli/command.h"

/* `needs_data`: open the data set. Else it is opened only where its sizes cannot be told without. */
s2s_status s2s_line_load(const s2s_line *line, bool needs_data, s2s_experiment **ret, s2s_error_list *errors);

#endif
