/* gradients.c -- see gradients.h. */
#include "experiments/gradients.h"

#include <math.h>
#include <string.h>

#include "experiments/model.h"
#include "experiments/model_file.h"
#include "experiments/run_directory.h"
#include "experiments/session.h"

static s2s_status no_memory(s2s_error *err) { return s2s_fail(err, S2S_MEMORY, "out of memory"); }

static s2s_status measure(const s2s_gradients_request *request, s2s_trainer *trainer, const s2s_dataset *dataset, s2s_arena *arena,
                          const s2s_state_norms **norms, int *count, s2s_error *err)
{
    s2s_state_norms *made;

    S2S_TRY(s2s_state_norms_measure(trainer, &dataset->split[S2S_TRAIN], request->examples, arena, &made, count, err));
    *norms = made;
    return *count > 0 ? S2S_OK : s2s_fail(err, S2S_USAGE, "this model has no recurrent layer: there is no hidden state");
}

/* --- a config: train it -------------------------------------------------------------------------------------------------- */

typedef struct watch { const s2s_gradients_request *request; int64_t epochs; } watch;

static bool on_step(void *self, const s2s_progress *progress)
{
    const watch *w = self;
    const s2s_terminal *terminal = w->request->terminal;

    if (terminal->live && !terminal->quiet && (progress->step == progress->steps || progress->step % 20 == 1)) {
        fprintf(terminal->err, "\r\033[Ktraining: epoch %lld/%lld  %lld/%lld", (long long)progress->epoch, (long long)w->epochs,
                (long long)progress->step, (long long)progress->steps);
        fflush(terminal->err);
    }
    return w->request->interrupted == NULL || !*w->request->interrupted;
}

/* Whoever stops it has trained so far. */
static s2s_status train(const s2s_gradients_request *request, s2s_trainer *trainer, int64_t epochs, s2s_error *err)
{
    watch            self = { request, epochs };
    s2s_epoch_report report;
    s2s_status       status = S2S_OK;

    while (status == S2S_OK && !s2s_trainer_finished(trainer))
        status = s2s_trainer_epoch(trainer, on_step, &self, &report, err);
    if (request->terminal->live && !request->terminal->quiet)
        fputs("\r\033[K", request->terminal->err);
    return status == S2S_INTERRUPTED ? S2S_OK : status;
}

static s2s_status of_config(const s2s_gradients_request *request, s2s_experiment *experiment, s2s_arena *arena, s2s_gradients *ret, s2s_error *err)
{
    s2s_session *session;

    S2S_TRY(s2s_session_create(experiment, request->terminal, request->threads, &session, err));
    S2S_TRY(s2s_session_load_initial(session, err));
    S2S_TRY(measure(request, session->trainer, experiment->dataset, arena, &ret->before, &ret->count, err));
    S2S_TRY(train(request, session->trainer, experiment->options->train.epochs, err));
    ret->epochs = s2s_trainer_epochs_done(session->trainer);
    return measure(request, session->trainer, experiment->dataset, arena, &ret->after, &ret->count, err);
}

/* --- a run --------------------------------------------------------------------------------------------------------------- */

/* What its training began with: drawn from the seed, unless the configuration names a model. */
static s2s_status read_initial(s2s_experiment *experiment, s2s_arena *arena, s2s_error *err)
{
    const s2s_initial_weights *initial = experiment->options->model.initial_weights;
    s2s_tensors *tensors = S2S_NEW(arena, s2s_tensors);

    if (tensors == NULL)
        return no_memory(err);
    if (initial == NULL)
        return S2S_OK;
    experiment->initial = tensors;
    return s2s_model_file_read(initial->from, (s2s_checkpoint)initial->checkpoint, arena, tensors, err);
}

static s2s_status of_model(const s2s_gradients_request *request, s2s_model *model, s2s_arena *arena, s2s_gradients *ret, s2s_error *err)
{
    s2s_experiment *experiment = model->experiment;
    s2s_session    *session;

    S2S_TRY(s2s_model_open_data(model, err));
    S2S_TRY(read_initial(experiment, arena, err));
    experiment->dataset = &model->dataset;
    S2S_TRY(s2s_session_create(experiment, request->terminal, request->threads, &session, err));
    S2S_TRY(s2s_session_load_initial(session, err));
    S2S_TRY(measure(request, session->trainer, &model->dataset, arena, &ret->before, &ret->count, err));
    S2S_TRY(s2s_model_weights(model, s2s_trainer_plan(session->trainer)->weights, err));
    s2s_trainer_weights_changed(session->trainer);
    ret->epochs = model->epoch;
    return measure(request, session->trainer, &model->dataset, arena, &ret->after, &ret->count, err);
}

static bool is_model(const char *source)
{
    const size_t length = strlen(source), ending = strlen(".safetensors");

    return strcmp(source, "latest") == 0 || s2s_run_is_directory(source)
           || (length > ending && strcmp(source + length - ending, ".safetensors") == 0);
}

s2s_status s2s_gradients_measure(const s2s_gradients_request *request, s2s_arena *arena, s2s_gradients *ret, s2s_error_list *errors)
{
    s2s_gradients   gradients = { 0 };
    s2s_experiment *experiment;
    s2s_model      *model;
    s2s_error       err = { 0 };
    s2s_status      status;

    if (is_model(request->source)) {
        status = s2s_model_load(request->source, request->checkpoint, request->settings, request->setting_count, arena, &model, &err);
        if (status == S2S_OK)
            status = of_model(request, model, arena, &gradients, &err);
    } else {
        S2S_TRY(s2s_experiment_load(request->source, request->settings, request->setting_count, arena, &experiment, errors));
        S2S_TRY(s2s_experiment_open(experiment, errors));
        status = of_config(request, experiment, arena, &gradients, &err);
    }
    if (status != S2S_OK)
        return s2s_errors_take(errors, &err);
    *ret = gradients;
    return S2S_OK;
}

/* --- as a picture -------------------------------------------------------------------------------------------------------- */

static s2s_series series_of(const s2s_state_norms *norms, const char *when, const double *step, s2s_arena *arena)
{
    return (s2s_series){ .name = s2s_arena_printf(arena, "%s %s", norms->layer, when), .count = (size_t)norms->steps, .x = step, .y = norms->norm };
}

s2s_status s2s_gradients_chart(const s2s_gradients *gradients, s2s_arena *arena, s2s_chart *ret, s2s_error *err)
{
    s2s_series *series = S2S_NEW_ARRAY(arena, s2s_series, 2 * gradients->count);
    int64_t     longest = 0;
    double     *step;

    for (int i = 0; i < gradients->count; i++)
        longest = gradients->before[i].steps > longest ? gradients->before[i].steps : longest;
    step = S2S_NEW_ARRAY(arena, double, longest);
    if (s2s_arena_failed(arena))
        return no_memory(err);
    for (int64_t t = 0; t < longest; t++)
        step[t] = (double)(t + 1);
    for (int i = 0; i < gradients->count; i++) {
        series[2 * i] = series_of(&gradients->before[i], "before", step, arena);
        series[2 * i].dashed = true;
        series[2 * i + 1] = series_of(&gradients->after[i], "after", step, arena);
    }
    *ret = (s2s_chart){
        .title = "Norm of the loss gradient at each hidden state", .x = { .label = "time step", .whole = true },
        .y = { .label = "norm of dL/dh", .logarithmic = true }, .series_count = (size_t)(2 * gradients->count), .series = series,
    };
    return s2s_arena_failed(arena) ? no_memory(err) : S2S_OK;
}
