/* evaluation.c -- see evaluation.h. */
#include "experiments/evaluation.h"

#include <string.h>

#include "base/file.h"

static s2s_status parse(const s2s_evaluation_request *request, s2s_evaluation *ret, s2s_error *err)
{
    const s2s_dataset *dataset = &ret->model->dataset;
    s2s_split *split = S2S_NEW(request->arena, s2s_split);

    if (split == NULL)
        return s2s_fail(err, S2S_MEMORY, "out of memory");
    S2S_TRY(s2s_file_read(request->data, request->arena, &ret->bytes, err));
    ret->split = split;
    ret->split_name = request->split;
    return dataset->ops->parse(dataset, ret->bytes, request->data, true, request->arena, split, err);
}

s2s_status s2s_split_check(const s2s_split *split, s2s_split_name name, s2s_error *err)
{
    return split->count > 0 ? S2S_OK : s2s_fail(err, S2S_USAGE, "--split: there is no %s data in this configuration", s2s_split_names[name]);
}

/* Whether the data set has a key for the file of a split. */
static bool reads_file(const s2s_dataset_ops *ops, const char *split)
{
    for (const s2s_field *field = ops->entry.fields; field != NULL && field->key != NULL; field++)
        if (strcmp(field->key, split) == 0)
            return true;
    return false;
}

/* `data` changes where the data come from. */
static s2s_status load(const s2s_evaluation_request *request, s2s_evaluation *ret, s2s_error *err)
{
    s2s_setting setting = { .value = request->data, .origin = S2S_ORIGIN_COMMAND_LINE };

    if (request->data != NULL) {
        const s2s_dataset_ops *ops;

        S2S_TRY(s2s_model_load(request->run, request->checkpoint, NULL, 0, request->arena, &ret->model, err));
        ops = ret->model->dataset.ops;
        if (!reads_file(ops, s2s_split_names[request->split]))
            return s2s_fail(err, S2S_USAGE, "--data: the data set `%s` makes its examples: it reads no file", ops->entry.name);
        if (request->data_alone && ops->parse != NULL)
            return parse(request, ret, err);
    }
    setting.key = s2s_arena_printf(request->arena, "dataset.%s", s2s_split_names[request->split]);
    if (setting.key == NULL)
        return s2s_fail(err, S2S_MEMORY, "out of memory");
    S2S_TRY(s2s_model_load(request->run, request->checkpoint, &setting, request->data != NULL, request->arena, &ret->model, err));
    S2S_TRY(s2s_model_open_data(ret->model, err));
    ret->split = &ret->model->dataset.split[request->split];
    ret->split_name = request->split;
    return s2s_split_check(ret->split, request->split, err);
}

s2s_status s2s_evaluation_open(const s2s_evaluation_request *request, s2s_evaluation *ret, s2s_error *err)
{
    s2s_evaluation all = { 0 };

    S2S_TRY(load(request, &all, err));
    const s2s_model         *model = all.model;
    const s2s_train_options *train = &model->experiment->options->train;
    s2s_runner_setup setup = {
        .graph = model->experiment->graph, .signature = &model->dataset.signature, .splits = &all.split, .split_count = 1,
        .batch_size = train->batch_size, .shard_rows = train->shard_rows, .threads = request->threads, .loss = train->loss,
        .arena = request->arena,
    };

    S2S_TRY(s2s_train_metrics(train, setup.signature, model->dataset.curriculum.last > 0, setup.arena, &setup.metrics, err));
    S2S_TRY(s2s_runner_create(&setup, &all.runner, err));
    S2S_TRY(s2s_model_weights(model, s2s_runner_weights(all.runner), err));
    s2s_runner_ready(all.runner);
    *ret = all;
    return S2S_OK;
}
