/* check.c -- `s2s check`: everything that can be said about an experiment before it runs. */
#include "experiments/advice.h"
#include "experiments/cli/load.h"
#include "experiments/session.h"
#include "graph/plan.h"

/* What each `auto` became, and why. */
static void print_autos(const s2s_experiment *experiment, FILE *stream)
{
    const s2s_graph *graph = experiment->graph;
    char wanted[S2S_SHOWN_SIZE], got[S2S_SHOWN_SIZE];

    for (int i = 0; i < graph->node_count; i++) {
        const s2s_graph_node *node = &graph->node[i];

        if (node->spec.resolved.key != NULL)
            fprintf(stream, "auto        %s.%s = %lld: %s\n", node->name, node->spec.resolved.key, (long long)node->spec.resolved.value,
                    node->spec.resolved.why);
    }
    for (size_t i = 0; i < experiment->open_sizes.count; i++)
        fprintf(stream, "auto        %s.units = %lld: the model is to have %s parameters, and has %s\n", experiment->open_sizes.item[i].layer->path,
                (long long)*experiment->open_sizes.item[i].units, s2s_show_count(experiment->options->model.parameters, wanted),
                s2s_show_count(graph->parameters, got));
}

static void print_data(const s2s_experiment *experiment, FILE *stream)
{
    const s2s_signature *signature = &experiment->signature;
    const int64_t batch = experiment->options->train.batch_size, examples = signature->examples[S2S_TRAIN];
    char shown[S2S_SHOWN_SIZE];

    fprintf(stream, "data        %s", experiment->options->dataset->entry->name);
    for (int split = 0; split < S2S_SPLIT_COUNT; split++)
        if (signature->examples[split] > 0)
            fprintf(stream, ", %s %s", s2s_split_names[split], s2s_show_count(signature->examples[split], shown));
    fputc('\n', stream);
    if (examples > 0)
        fprintf(stream, "batches     %s an epoch, of %lld examples%s\n", s2s_show_count((examples + batch - 1) / batch, shown),
                (long long)batch, examples % batch ? "; the last one is smaller" : "");
}

/* True if every stream has a length of its own, so that the largest shard is known. */
static bool bounds_of(const s2s_experiment *experiment, s2s_plan_bounds *ret)
{
    const s2s_signature *signature = &experiment->signature;
    const int64_t rows = s2s_shard_rows(experiment->graph, experiment->options->train.shard_rows);

    *ret = (s2s_plan_bounds){ .sequences = rows };
    for (int i = 0; i < signature->stream_count; i++) {
        const s2s_stream_info *info = &signature->stream[i];

        if (info->steps == S2S_LENGTH_ANY || info->kind == S2S_STREAM_GROUPS)
            return false;
        ret->stream[i].steps = info->steps;
        ret->stream[i].rows = rows * (info->steps > 0 ? info->steps : 1);
    }
    return true;
}

static s2s_status print_memory(const s2s_experiment *experiment, FILE *stream, s2s_error *err)
{
    s2s_plan_options options = { .training = true, .workspaces = 1 };
    s2s_arena *arena;
    s2s_plan  *plan;
    s2s_status status;
    char weights[S2S_SHOWN_SIZE], packed[S2S_SHOWN_SIZE], shard[S2S_SHOWN_SIZE];

    if (!bounds_of(experiment, &options.bounds)) {
        fprintf(stream, "memory      weights %s; the rest depends on the longest example\n",
                s2s_show_bytes(experiment->graph->weight_elements * (int64_t)sizeof(real), weights));
        return S2S_OK;
    }
    arena = s2s_arena_create();
    status = arena ? s2s_plan_create(experiment->graph, &options, arena, &plan, err) : s2s_fail(err, S2S_MEMORY, "out of memory");
    if (status == S2S_OK)
        fprintf(stream, "memory      weights %s, packed for the kernels %s, activations of a shard of %lld sequences %s\n",
                s2s_show_bytes(plan->bytes.weights, weights), s2s_show_bytes(plan->bytes.packed, packed),
                (long long)options.bounds.sequences, s2s_show_bytes(plan->bytes.workspaces, shard));
    s2s_arena_free(arena);
    return status;
}

static void print_warnings(const s2s_experiment *experiment, FILE *stream)
{
    s2s_string text = { 0 };
    s2s_text   rest, line;

    s2s_advice_before(experiment, &text);
    rest = (s2s_text){ s2s_string_chars(&text), text.length };
    while (s2s_text_next_line(&rest, &line))
        fprintf(stream, "warning: %.*s\n", S2S_TEXT_ARGS(line));
    s2s_string_release(&text);
}

static s2s_status run(const s2s_line *line, s2s_error_list *errors)
{
    FILE *stream = line->terminal->out;
    s2s_experiment *experiment;
    s2s_string      table = { 0 };
    s2s_error       err;

    S2S_TRY(s2s_line_load(line, false, &experiment, errors));
    S2S_TRY(s2s_session_try_initial(experiment, line->terminal, errors));
    if (line->quiet)
        return S2S_OK;
    s2s_graph_summary(experiment->graph, &table);
    fprintf(stream, "%s\n", s2s_string_chars(&table));
    s2s_string_release(&table);
    print_autos(experiment, stream);
    print_data(experiment, stream);
    if (print_memory(experiment, stream, &err) != S2S_OK)
        return s2s_errors_take(errors, &err);
    fflush(stream);
    print_warnings(experiment, line->terminal->err);
    return S2S_OK;
}

const s2s_command s2s_command_check = { .least = 1, .most = 1, .settings = true, .run = run };
