/* evaluation.c -- see evaluation.h. */
#include "experiments/evaluation.h"

/* `data` changes where the data come from. */
static s2s_status load(const s2s_evaluation_request *request, s2s_evaluation *ret, s2s_error *err)
{
    s2s_setting setting = { .value = request->data, .origin = S2S_ORIGIN_COMMAND_LINE };

    setting.key = s2s_arena_printf(request->arena, "dataset.%s", s2s_split_names[request->split]);
    if (setting.key == NULL)
        return s2s_fail(err, S2S_MEMORY, "out of memory");
    S2S_TRY(s2s_model_load(request->run, request->checkpoint, &setting, request->data != NULL, request->arena, &ret->model, err));
    S2S_TRY(s2s_model_open_data(ret->model, err));
    ret->split = &ret->model->dataset.split[request->split];
    ret->split_name = request->split;
    if (ret->split->count == 0)
        return s2s_fail(err, S2S_USAGE, "--split: there is no %s data in this configuration", s2s_split_names[request->split]);
    return S2S_OK;
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
