/* model.c -- saving and loading whole models. */
#include "experiments/model.h"

#include <stdio.h>
#include <string.h>

#include "experiments/model_file.h"
#include "experiments/run_directory.h"

/* True if a callback has restore_best_weights. */
static bool restores_best(const s2s_train_options *options)
{
    for (size_t i = 0; i < options->callbacks.count; i++) {
        const s2s_object       *callback = options->callbacks.item[i];
        const s2s_callback_ops *ops = (const s2s_callback_ops *)callback->entry;

        if (ops->restores_best != NULL && ops->restores_best(callback->options))
            return true;
    }
    return false;
}

s2s_status s2s_model_save(const char *path, const s2s_experiment *experiment, const char *config, const real *weights, int64_t epoch,
                          s2s_error *err)
{
    s2s_arena  *arena = s2s_arena_create();
    s2s_string  vocabularies = { 0 }, signature = { 0 };
    s2s_tensors tensors;
    s2s_status  status;
    char        epoch_text[24];

    if (arena == NULL)
        return s2s_fail(err, S2S_MEMORY, "out of memory");
    s2s_vocabularies_write(&experiment->dataset->vocabularies, &vocabularies);
    s2s_signature_write(&experiment->signature, &signature);
    snprintf(epoch_text, sizeof epoch_text, "%lld", (long long)epoch);
    s2s_metadata metadata[] = {
        { S2S_METADATA_CONFIG, config }, { S2S_METADATA_VOCABULARIES, s2s_string_chars(&vocabularies) },
        { S2S_METADATA_SIGNATURE, s2s_string_chars(&signature) }, { S2S_METADATA_EPOCH, epoch_text },
    };

    status = s2s_tensors_of_weights(experiment->graph, weights, arena, &tensors, err);
    if (status == S2S_OK && (vocabularies.failed || signature.failed))
        status = s2s_fail(err, S2S_MEMORY, "out of memory");
    if (status == S2S_OK) {
        tensors.metadata = metadata;
        tensors.metadata_count = sizeof metadata / sizeof metadata[0];
        status = s2s_tensors_write(path, &tensors, err);
    }
    s2s_string_release(&vocabularies);
    s2s_string_release(&signature);
    s2s_arena_free(arena);
    return status;
}

/* A run: its configuration lies beside the weights and has paths that are right from there; it also says which weights. */
static s2s_status load_from_folder(const char *folder, s2s_arena *arena, s2s_model *model, s2s_error *err)
{
    static const char *const files[] = { [S2S_CHECKPOINT_BEST] = S2S_RUN_BEST, [S2S_CHECKPOINT_LAST] = S2S_RUN_LAST };
    const char    *path = s2s_path_join(arena, folder, S2S_RUN_RESOLVED);
    s2s_error_list errors = { .arena = arena };
    s2s_config    *config;
    s2s_status     status;

    if (path == NULL)
        return s2s_fail(err, S2S_MEMORY, "out of memory");
    status = s2s_config_load(path, NULL, 0, s2s_experiment_fields, sizeof(s2s_experiment_options), arena, &config, &errors);
    if (status != S2S_OK)
        return s2s_errors_first(&errors, err);
    S2S_TRY(s2s_experiment_of_model(config, arena, &model->experiment, err));
    if (model->path == NULL) {
        if (model->checkpoint == S2S_CHECKPOINT_DEFAULT)
            model->checkpoint = restores_best(&model->experiment->options->train) ? S2S_CHECKPOINT_BEST : S2S_CHECKPOINT_LAST;
        model->path = s2s_path_join(arena, folder, files[model->checkpoint]);
    }
    return model->path ? s2s_tensors_read(model->path, arena, &model->tensors, err) : s2s_fail(err, S2S_MEMORY, "out of memory");
}

static s2s_status load_from_file(s2s_arena *arena, s2s_model *model, s2s_error *err)
{
    s2s_error_list errors = { .arena = arena };
    s2s_config    *config;
    const char    *text;
    s2s_status     status;

    S2S_TRY(s2s_tensors_read(model->path, arena, &model->tensors, err));
    text = s2s_metadata_find(&model->tensors, S2S_METADATA_CONFIG);
    if (text == NULL)
        return s2s_fail(err, S2S_DATA, "'%s' holds weights but no configuration: it is no model of this program", model->path);
    status = s2s_config_parse(s2s_text_of(text), model->path, NULL, 0, s2s_experiment_fields, sizeof(s2s_experiment_options), arena,
                              &config, &errors);
    if (status != S2S_OK)
        return s2s_errors_first(&errors, err);
    return s2s_experiment_of_model(config, arena, &model->experiment, err);
}

/* Vocabularies and sizes are those of training, whatever the data are today. `check`: the configuration is the model's own. */
static s2s_status restore(s2s_model *model, bool check, s2s_arena *arena, s2s_error *err)
{
    s2s_dataset        *dataset = &model->dataset;
    s2s_vocabulary_list saved;

    S2S_TRY(s2s_model_file_vocabularies(&model->tensors, arena, &saved, err));
    S2S_TRY(s2s_dataset_restore(model->experiment->options->dataset, &saved, arena, dataset, err));
    return check ? s2s_model_file_check(&model->tensors, &saved, dataset, err)
                 : s2s_model_file_signature(&model->tensors, &dataset->signature, err);
}

/* Settings change what is asked of the model, for instance longer questions; its own sizes stay. */
static s2s_status change(s2s_model *model, const s2s_setting *settings, size_t count, s2s_arena *arena, s2s_error *err)
{
    s2s_error_list errors = { .arena = arena };
    s2s_config    *config;
    s2s_status     status = s2s_config_again(model->experiment->config, settings, count, arena, &config, &errors);

    if (status != S2S_OK)
        return s2s_errors_first(&errors, err);
    S2S_TRY(s2s_experiment_of_model(config, arena, &model->experiment, err));
    return restore(model, false, arena, err);
}

static s2s_status build(s2s_model *model, s2s_arena *arena, s2s_error *err)
{
    s2s_experiment *experiment = model->experiment;
    s2s_signature   signature = model->dataset.signature;
    s2s_error_list  errors = { .arena = arena };

    for (int k = 0; k < S2S_SPLIT_COUNT; k++)
        signature.examples[k] = -1;    /* no matter how many there are */
    s2s_train_check(&experiment->options->train, s2s_config_at(experiment->config, "train"), &signature, &errors);
    if (errors.count > 0)
        return s2s_errors_first(&errors, err);
    experiment->signature = model->dataset.signature;
    return s2s_experiment_build(experiment, err);
}

/* From what has been read to a model whose parts fit together. */
static s2s_status assemble(s2s_model *model, const s2s_setting *settings, size_t count, s2s_arena *arena, s2s_error *err)
{
    S2S_TRY(restore(model, true, arena, err));
    if (count > 0)
        S2S_TRY(change(model, settings, count, arena, err));
    return build(model, arena, err);
}

s2s_status s2s_model_load(const char *run, s2s_checkpoint checkpoint, const s2s_setting *settings, size_t count, s2s_arena *arena,
                          s2s_model **ret, s2s_error *err)
{
    s2s_model      *model = S2S_NEW(arena, s2s_model);
    s2s_model_place place = { 0 };
    const char     *epoch;

    if (model == NULL)
        return s2s_fail(err, S2S_MEMORY, "out of memory");
    S2S_TRY(s2s_model_find(run, arena, &place, err));
    if (place.file != NULL && checkpoint != S2S_CHECKPOINT_DEFAULT)
        return s2s_fail(err, S2S_USAGE, "--checkpoint chooses within a run directory; '%s' is a file", run);
    *model = (s2s_model){ .run = place.folder, .path = place.file, .checkpoint = checkpoint };
    if (place.folder != NULL)
        S2S_TRY(load_from_folder(place.folder, arena, model, err));
    else
        S2S_TRY(load_from_file(arena, model, err));
    if (assemble(model, settings, count, arena, err) != S2S_OK)
        return s2s_error_prefix(err, "%s", model->path);
    epoch = s2s_metadata_find(&model->tensors, S2S_METADATA_EPOCH);
    if (epoch != NULL)
        s2s_text_to_int(s2s_text_of(epoch), &model->epoch);
    *ret = model;
    return S2S_OK;
}

/* Sizes stay those that the graph was made for: an example that does not fit them counts as wrong. */
s2s_status s2s_model_open_data(s2s_model *model, s2s_error *err)
{
    const s2s_experiment_options *options = model->experiment->options;
    const s2s_signature           trained = model->dataset.signature;
    s2s_vocabulary_list saved;
    s2s_dataset         dataset;

    S2S_TRY(s2s_model_file_vocabularies(&model->tensors, model->experiment->arena, &saved, err));
    S2S_TRY(s2s_dataset_open(options->dataset, (uint64_t)options->seed, &saved, model->experiment->arena, &dataset, err));
    for (int i = 0; i < trained.stream_count; i++)
        if (dataset.signature.stream[i].width != trained.stream[i].width)
            return s2s_fail(err, S2S_DATA, "the data's '%s' has %lld symbols; the model was trained with %lld", trained.stream[i].name,
                            (long long)dataset.signature.stream[i].width, (long long)trained.stream[i].width);
    model->dataset = dataset;
    model->dataset.signature.target.steps = trained.target.steps;
    return S2S_OK;
}

s2s_status s2s_model_weights(const s2s_model *model, real *weights, s2s_error *err)
{
    if (s2s_weights_load(model->experiment->graph, &model->tensors, S2S_MISMATCH_ERROR, weights, NULL, err) != S2S_OK)
        return s2s_error_prefix(err, "%s", model->path);
    return S2S_OK;
}
