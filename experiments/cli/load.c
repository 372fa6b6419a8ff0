/* load.c -- from a CONFIG word to an experiment. */
#include "experiments/cli/load.h"

#include "experiments/run.h"

s2s_status s2s_line_load(const s2s_line *line, bool needs_data, s2s_experiment **ret, s2s_error_list *errors)
{
    s2s_experiment *experiment;
    const char     *path;
    s2s_error       err;

    if (s2s_config_find(line->word[0], line->arena, &path, &err) != S2S_OK)
        return s2s_errors_take(errors, &err);
    S2S_TRY(s2s_experiment_load(path, line->setting, (size_t)line->setting_count, line->arena, &experiment, errors));
    if (needs_data || experiment->graph == NULL)
        S2S_TRY(s2s_experiment_open(experiment, errors));
    *ret = experiment;
    return S2S_OK;
}
