/* experiment.c -- the root table, and the way from a file to a checked graph. */
#include "experiments/experiment.h"

#include <assert.h>
#include <string.h>
#include <stdio.h>

#include "experiments/model_file.h"

const char *const s2s_checkpoint_names[] = { "best", "last", NULL };

static const char *const mismatch_names[] = { "error", "initialise", NULL };
static const char *const vocabulary_names[] = { "keep", "new", NULL };

static const s2s_field initial_weights_fields[] = {
    S2S_FIELD_PATH  (s2s_initial_weights, from, S2S_REQUIRED, "a safetensors file or a run directory"),
    S2S_FIELD_CHOICE(s2s_initial_weights, checkpoint, "best", s2s_checkpoint_names, "which model of a run directory"),
    S2S_FIELD_CHOICE(s2s_initial_weights, mismatch, "error", mismatch_names,
                     "weights that are missing or have another shape: stop, or keep their first values"),
    S2S_FIELD_CHOICE(s2s_initial_weights, vocabularies, "keep", vocabulary_names,
                     "number symbols as the other model does, or anew from the data"),
    S2S_FIELD_END
};

static const s2s_field model_fields[] = {
    S2S_FIELD_OBJECTS(s2s_model_options, layers, S2S_REQUIRED, &s2s_layers, "the layers, each reading the one before it"),
    S2S_FIELD_INT(s2s_model_options, parameters, S2S_NONE, 1, 1e12, "parameters",
                  "size of the whole model, to 1 %: recurrent layers with units: auto are made to fit"),
    S2S_FIELD_GROUP_OR_NONE(s2s_model_options, initial_weights, s2s_initial_weights, "from", initial_weights_fields,
                            "begin with the weights of another model"),
    S2S_FIELD_END
};

static const s2s_field log_fields[] = {
    { .key = "samples", .kind = S2S_KIND_INT, .flags = S2S_FLAG_RESUME, .offset = S2S_OFFSET(s2s_log_options, samples, int64_t),
      .preset = "10", .minimum = 0, .maximum = 1000, .unit = "examples", .help = "validation examples shown after every epoch" },
    { .key = "tensorboard", .kind = S2S_KIND_BOOL, .flags = S2S_FLAG_RESUME, .offset = S2S_OFFSET(s2s_log_options, tensorboard, bool),
      .preset = "false", .help = "write an event file for TensorBoard too: every figure, the samples, what was changed by hand" },
    S2S_FIELD_END
};

const s2s_field s2s_experiment_fields[] = {
    S2S_FIELD_INT   (s2s_experiment_options, version, "1", 1, 1, NULL, "version of this file format"),
    S2S_FIELD_TEXT  (s2s_experiment_options, name, "run", "names the run directory: runs/NAME-0001"),
    S2S_FIELD_INT   (s2s_experiment_options, seed, "1", 0, 9007199254740991.0, NULL, "decides everything random"),
    S2S_FIELD_NODE  (s2s_experiment_options, vars, "the file's own names, used as ${vars.NAME}"),
    S2S_FIELD_OBJECT(s2s_experiment_options, dataset, S2S_REQUIRED, &s2s_datasets, "what is learned"),
    S2S_FIELD_GROUP (s2s_experiment_options, model, s2s_model_options, model_fields, "the network"),
    S2S_FIELD_GROUP (s2s_experiment_options, train, s2s_train_options, s2s_train_fields, "how it is trained"),
    S2S_FIELD_GROUP (s2s_experiment_options, log, s2s_log_options, log_fields, "what a run shows"),
    S2S_FIELD_SECTION(s2s_experiment_options, sweep, s2s_sweep_fields, "which values `s2s sweep` tries"),
    S2S_FIELD_END
};

/* --- the graph ----------------------------------------------------------------------------------------------------------- */

static s2s_shape stream_shape(const s2s_stream_info *info)
{
    static const s2s_form forms[] = {
        [S2S_STREAM_TOKENS] = S2S_TOKENS, [S2S_STREAM_REALS] = S2S_DENSE, [S2S_STREAM_GROUPS] = S2S_GROUPS,
    };
    const bool matrix = info->steps == 0;

    assert(!matrix || info->kind == S2S_STREAM_REALS);
    return (s2s_shape){ .form = matrix ? S2S_MATRIX : forms[info->kind], .width = info->width,
                        .steps = info->steps == S2S_LENGTH_ANY ? S2S_STEPS_ANY : info->steps };
}

static s2s_position place(const s2s_experiment *experiment, const char *path)
{
    const s2s_node *node = s2s_config_at(experiment->config, path);

    return node ? node->at : (s2s_position){ 0 };
}

/* Sizes of recurrent layers from model.parameters. */
static s2s_status choose_sizes(const s2s_experiment *experiment, const s2s_graph_source *source, s2s_error *err)
{
    const int64_t parameters = experiment->options->model.parameters;

    if (parameters == 0)
        return S2S_OK;
    if (experiment->open_sizes.count == 0)
        return s2s_fail_at(err, S2S_CONFIG, place(experiment, "model.parameters"),
                           "model.parameters: nothing can be chosen: no recurrent layer has `units: auto`");
    return s2s_open_sizes_choose(&experiment->open_sizes, source, parameters, place(experiment, "model.parameters"), err);
}

/* The sizes that follow from model.parameters, for resolved.yaml. */
static s2s_status record_sizes(s2s_experiment *experiment, const s2s_graph *graph, s2s_error *err)
{
    for (size_t i = 0; i < experiment->open_sizes.count; i++) {
        const struct s2s_open_size *size = &experiment->open_sizes.item[i];
        const char *path = s2s_arena_printf(experiment->arena, "%s.units", size->layer->path);
        const char *value = s2s_arena_printf(experiment->arena, "%lld, for a model of %lld parameters", (long long)*size->units, (long long)graph->parameters);

        if (path == NULL || value == NULL)
            return s2s_fail(err, S2S_MEMORY, "out of memory");
        s2s_config_became(experiment->config, path, value);
    }
    return S2S_OK;
}

/* What each `auto` stands for, so that resolved.yaml can say it. */
static s2s_status record_autos(s2s_experiment *experiment, const s2s_graph *graph, s2s_error *err)
{
    for (int i = 0; i < graph->node_count; i++) {
        const s2s_graph_node *node = &graph->node[i];
        const char *path, *value;

        if (node->spec.resolved.key == NULL || node->path == NULL)
            continue;
        path = s2s_arena_printf(experiment->arena, "%s.%s", node->path, node->spec.resolved.key);
        value = s2s_arena_printf(experiment->arena, "%lld, %s", (long long)node->spec.resolved.value, node->spec.resolved.why);
        if (path == NULL || value == NULL)
            return s2s_fail(err, S2S_MEMORY, "out of memory");
        s2s_config_became(experiment->config, path, value);
    }
    return record_sizes(experiment, graph, err);
}

s2s_status s2s_experiment_build(s2s_experiment *experiment, s2s_error *err)
{
    const s2s_signature *signature = &experiment->signature;
    const s2s_node *layers = s2s_config_at(experiment->config, "model.layers");
    s2s_graph_stream stream[S2S_STREAMS_MAX];
    const s2s_graph_source source = {
        .layers = &experiment->options->model.layers, .stream = stream, .stream_count = signature->stream_count,
        .target_steps = signature->alignment == S2S_OWN_STEPS ? signature->target.steps : 0,
        .target_symbols = signature->target.width, .at = layers ? layers->at : (s2s_position){ 0 },
        .precision = (s2s_precision)experiment->options->train.matmul_precision,
    };
    s2s_graph *graph;

    for (int i = 0; i < signature->stream_count; i++)
        stream[i] = (s2s_graph_stream){ signature->stream[i].name, stream_shape(&signature->stream[i]) };
    S2S_TRY(choose_sizes(experiment, &source, err));
    S2S_TRY(s2s_graph_create(&source, experiment->arena, &graph, err));
    S2S_TRY(s2s_train_fit(&experiment->options->train, graph, signature, err));
    experiment->graph = graph;
    return record_autos(experiment, graph, err);
}

/* --- load ---------------------------------------------------------------------------------------------------------------- */

/* The name becomes a folder's, with a number or a process behind it. */
enum { NAME_BYTES = 200 };

static s2s_status check_name(const s2s_experiment *experiment, s2s_error *err)
{
    const char     *name = experiment->options->name;
    const s2s_node *node = s2s_config_at(experiment->config, "name");
    bool good = *name != '\0' && *name != '.' && *name != '-' && strlen(name) <= NAME_BYTES;

    for (const char *c = name; *c; c++)
        good = good && *c != '/' && (unsigned char)*c >= ' ' && *c != 0x7F;
    if (!good)
        return s2s_fail_at(err, S2S_CONFIG, node ? node->at : (s2s_position){ 0 },
                           "name: expected a text that can name a folder, of %d bytes at most, got '%.*s'", NAME_BYTES, 2 * NAME_BYTES, name);
    return S2S_OK;
}

static bool widths_are_known(const s2s_signature *signature)
{
    for (int i = 0; i < signature->stream_count; i++)
        if (signature->stream[i].width == 0)
            return false;
    return signature->target.width != 0;
}

/* What the signature decides: first that of the description, then that of the opened data set. */
static void check_against_data(s2s_experiment *experiment, s2s_error_list *errors)
{
    s2s_error err = { 0 };

    s2s_train_check(&experiment->options->train, s2s_config_at(experiment->config, "train"), &experiment->signature, errors);
    if (widths_are_known(&experiment->signature) && s2s_experiment_build(experiment, &err) != S2S_OK)
        s2s_errors_take(errors, &err);
}

/* What can be said before the data set is open. */
static void describe(s2s_experiment *experiment, s2s_error_list *errors)
{
    const s2s_experiment_options *options = experiment->options;
    s2s_error err = { 0 };

    if (check_name(experiment, &err) != S2S_OK)
        s2s_errors_take(errors, &err);
    if (s2s_open_sizes_find(&options->model.layers, experiment->arena, &experiment->open_sizes, &err) != S2S_OK
        || s2s_dataset_describe(options->dataset, experiment->arena, &experiment->signature, &err) != S2S_OK)
        s2s_errors_take(errors, &err);
    else
        check_against_data(experiment, errors);
}

/* The section's mistakes come together with whatever else is wrong. */
static void read_sweep(s2s_experiment *experiment, s2s_error_list *errors)
{
    const s2s_signature *signature = experiment->signature.stream_count > 0 ? &experiment->signature : NULL;
    s2s_sweep_spec      *sweep;

    s2s_sweep_read(experiment->config, &experiment->options->train, signature, &sweep, errors);
    experiment->sweep = sweep;
}

static s2s_status experiment_of(s2s_config *config, s2s_arena *arena, s2s_experiment **ret, s2s_error_list *errors)
{
    s2s_experiment *experiment = S2S_NEW(arena, s2s_experiment);
    const size_t    before = errors->count;

    if (experiment == NULL)
        return s2s_errors_no_memory(errors);
    *experiment = (s2s_experiment){ .arena = arena, .config = config, .options = config->values };
    describe(experiment, errors);
    read_sweep(experiment, errors);
    if (errors->count > before)
        return s2s_errors_first(errors, NULL);
    *ret = experiment;
    return S2S_OK;
}

s2s_status s2s_experiment_of_model(s2s_config *config, s2s_arena *arena, s2s_experiment **ret, s2s_error *err)
{
    s2s_experiment *experiment = S2S_NEW(arena, s2s_experiment);

    if (experiment == NULL)
        return s2s_fail(err, S2S_MEMORY, "out of memory");
    *experiment = (s2s_experiment){ .arena = arena, .config = config, .options = config->values };
    S2S_TRY(s2s_open_sizes_find(&experiment->options->model.layers, arena, &experiment->open_sizes, err));
    *ret = experiment;
    return S2S_OK;
}

s2s_status s2s_experiment_load(const char *path, const s2s_setting *settings, size_t count, s2s_arena *arena,
                               s2s_experiment **ret, s2s_error_list *errors)
{
    s2s_config *config;

    S2S_TRY(s2s_config_load(path, settings, count, s2s_experiment_fields, sizeof(s2s_experiment_options), arena, &config, errors));
    return experiment_of(config, arena, ret, errors);
}

s2s_status s2s_experiment_parse(s2s_text text, const char *path, const s2s_setting *settings, size_t count, s2s_arena *arena,
                                s2s_experiment **ret, s2s_error_list *errors)
{
    s2s_config *config;

    S2S_TRY(s2s_config_parse(text, path, settings, count, s2s_experiment_fields, sizeof(s2s_experiment_options), arena, &config,
                             errors));
    return experiment_of(config, arena, ret, errors);
}

s2s_status s2s_experiment_again(const s2s_experiment *base, const s2s_setting *settings, size_t count, s2s_arena *arena,
                                s2s_experiment **ret, s2s_error_list *errors)
{
    s2s_config *config;

    S2S_TRY(s2s_config_again(base->config, settings, count, arena, &config, errors));
    return experiment_of(config, arena, ret, errors);
}

/* --- open ---------------------------------------------------------------------------------------------------------------- */

/* What the opened data set decides. */
static s2s_status fit_to_data(s2s_experiment *experiment, s2s_error_list *errors)
{
    const size_t before = errors->count;

    experiment->signature = experiment->dataset->signature;
    check_against_data(experiment, errors);
    return errors->count > before ? s2s_errors_first(errors, NULL) : S2S_OK;
}

/* The data set, its symbols numbered as in `keep` (empty: anew). */
static s2s_status open_data(s2s_experiment *experiment, const s2s_vocabulary_list *keep, s2s_error *err)
{
    const s2s_experiment_options *options = experiment->options;

    experiment->dataset = S2S_NEW(experiment->arena, s2s_dataset);
    if (experiment->dataset == NULL)
        return s2s_fail(err, S2S_MEMORY, "out of memory");
    return s2s_dataset_open(options->dataset, (uint64_t)options->seed, keep, experiment->arena, experiment->dataset, err);
}

/* Behind model.initial_weights, where there are any. */
static s2s_status open_new(s2s_experiment *experiment, s2s_error *err)
{
    const s2s_initial_weights *initial = experiment->options->model.initial_weights;
    s2s_vocabulary_list keep = { 0 };
    s2s_tensors *tensors;

    if (initial == NULL)
        return open_data(experiment, &keep, err);
    tensors = S2S_NEW(experiment->arena, s2s_tensors);
    if (tensors == NULL)
        return s2s_fail(err, S2S_MEMORY, "out of memory");
    if (s2s_model_file_read(initial->from, (s2s_checkpoint)initial->checkpoint, experiment->arena, tensors, err) != S2S_OK)
        return s2s_error_prefix(err, "model.initial_weights");
    if (initial->vocabularies == 0)
        S2S_TRY(s2s_model_file_vocabularies(tensors, experiment->arena, &keep, err));
    experiment->initial = tensors;
    return open_data(experiment, &keep, err);
}

s2s_status s2s_experiment_open(s2s_experiment *experiment, s2s_error_list *errors)
{
    s2s_error err = { 0 };

    return open_new(experiment, &err) == S2S_OK ? fit_to_data(experiment, errors) : s2s_errors_take(errors, &err);
}

s2s_status s2s_experiment_reopen(s2s_experiment *experiment, const s2s_tensors *model, s2s_error *err)
{
    s2s_error_list errors = { .arena = experiment->arena };
    s2s_vocabulary_list saved;

    S2S_TRY(s2s_model_file_vocabularies(model, experiment->arena, &saved, err));
    S2S_TRY(open_data(experiment, &saved, err));
    return fit_to_data(experiment, &errors) == S2S_OK ? S2S_OK : s2s_errors_first(&errors, err);
}

s2s_status s2s_experiment_share(s2s_experiment *experiment, const s2s_experiment *owner, s2s_error_list *errors)
{
    experiment->dataset = owner->dataset;
    experiment->initial = owner->initial;
    return fit_to_data(experiment, errors);
}
