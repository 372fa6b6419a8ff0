/* summary.c -- `s2s summary`: the layer table. */
#include "experiments/cli/load.h"

static s2s_status run(const s2s_line *line, s2s_error_list *errors)
{
    s2s_experiment *experiment;
    s2s_string      table = { 0 };

    S2S_TRY(s2s_line_load(line, false, &experiment, errors));
    s2s_graph_summary(experiment->graph, &table);
    fputs(s2s_string_chars(&table), line->terminal->out);
    s2s_string_release(&table);
    return S2S_OK;
}

const s2s_command s2s_command_summary = { .least = 1, .most = 1, .settings = true, .run = run };
