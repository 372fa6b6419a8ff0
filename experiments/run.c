/* run.c -- a session from its first file to its last line. */
#include "experiments/run.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "experiments/checkpoint.h"
#include "experiments/environment.h"
#include "experiments/model_file.h"
#include "experiments/run_directory.h"

static s2s_status no_memory(s2s_error *err) { return s2s_fail(err, S2S_MEMORY, "out of memory"); }

/* --- training ------------------------------------------------------------------------------------------------------------ */

enum { OBSERVERS = 7 };

static s2s_status (*const observers[OBSERVERS])(s2s_session *session, s2s_observer *ret, s2s_error *err) = {
    s2s_observe_progress, s2s_observe_epochs, s2s_observe_samples, s2s_observe_history, s2s_observe_tensorboard, s2s_observe_advice,
    s2s_observe_checkpoints,
};

typedef struct training {
    s2s_session *session;
    s2s_observer observer[OBSERVERS];
} training;

static bool is_interrupted(const s2s_session *session) { return session->interrupted != NULL && *session->interrupted; }

static bool on_step(void *self, const s2s_progress *progress)
{
    const training *all = self;

    for (int i = 0; i < OBSERVERS; i++)
        if (all->observer[i].step != NULL)
            all->observer[i].step(all->observer[i].self, progress);
    return !is_interrupted(all->session);
}

static s2s_status on_epoch(training *all, const s2s_epoch_report *report, s2s_error *err)
{
    for (int i = 0; i < OBSERVERS; i++)
        if (all->observer[i].epoch != NULL)
            S2S_TRY(all->observer[i].epoch(all->observer[i].self, report, err));
    return S2S_OK;
}

/* Everyone ends; the first failure counts, unless training itself had failed. */
static s2s_status on_end(training *all, s2s_status why, s2s_error *err)
{
    s2s_status status = why;

    for (int i = 0; i < OBSERVERS; i++) {
        s2s_error  own = { 0 };
        s2s_status ended = all->observer[i].end ? all->observer[i].end(all->observer[i].self, why, &own) : S2S_OK;

        if (ended != S2S_OK && (status == S2S_OK || status == S2S_INTERRUPTED)) {
            status = ended;
            *err = own;
        }
    }
    return status;
}

/* train.epochs: 0 -- the weights as they are, judged once. History's columns are those of any other epoch. */
static s2s_status judge_only(training *all, s2s_error *err)
{
    const s2s_session *session = all->session;
    const s2s_split   *split = session->experiment->dataset->split;
    const bool         validated = split[S2S_VALIDATION].count > 0;
    s2s_epoch_report   report = { .learning_rate = NAN };
    s2s_figures       *judged = validated ? &report.validation : &report.train;

    S2S_TRY(s2s_trainer_evaluate(session->trainer, &split[validated ? S2S_VALIDATION : S2S_TRAIN], judged, err));
    if (validated) {
        report.train = report.validation;
        for (int i = 0; i < report.train.count; i++)
            report.train.value[i] = NAN;
    }
    return on_epoch(all, &report, err);
}

static s2s_status train_epochs(training *all, s2s_error *err)
{
    s2s_trainer *trainer = all->session->trainer;

    if (all->session->experiment->options->train.epochs == 0 && s2s_log_size(all->session->history) == 0)
        S2S_TRY(judge_only(all, err));
    while (!s2s_trainer_finished(trainer)) {
        s2s_epoch_report report;

        S2S_TRY(s2s_trainer_epoch(trainer, on_step, all, &report, err));
        S2S_TRY(on_epoch(all, &report, err));
        if (is_interrupted(all->session) && !s2s_trainer_finished(trainer))
            return S2S_INTERRUPTED;
    }
    return S2S_OK;
}

static void say_result(const s2s_session *session, s2s_status why)
{
    const s2s_terminal *terminal = session->terminal;
    const bool validates = session->experiment->dataset->split[S2S_VALIDATION].count > 0;
    double  value;
    int64_t epoch;
    char    shown[S2S_SHOWN_SIZE];

    if (!terminal->quiet && s2s_trainer_best(session->trainer, &value, &epoch) != NULL)
        fprintf(terminal->out, "Best %s %s at epoch %lld\n", s2s_train_monitor(&session->experiment->options->train, validates),
                s2s_show_figure(value, shown), (long long)epoch);
    if (!terminal->quiet && why == S2S_INTERRUPTED) {
        fflush(terminal->out);
        fprintf(terminal->err, "Interrupted and saved. Go on with: s2s resume %s\n", session->folder);
    }
    fprintf(terminal->out, "%s\n", session->folder);
    fflush(terminal->out);
}

static s2s_status train(s2s_session *session, s2s_error *err)
{
    training   all = { .session = session };
    s2s_status status = S2S_OK;

    for (int i = 0; i < OBSERVERS && status == S2S_OK; i++)
        status = observers[i](session, &all.observer[i], err);
    if (status == S2S_OK)
        status = train_epochs(&all, err);
    status = on_end(&all, status, err);
    if (status == S2S_OK)
        status = s2s_environment_finish(session, status, err);
    else
        s2s_environment_finish(session, status, NULL);     /* what has ended the run is reported */
    say_result(session, status);
    return status;
}

/* --- run ----------------------------------------------------------------------------------------------------------------- */

/* Prepared aside and renamed: the run exists whole, or not at all. */
static s2s_status make_folder(s2s_session *session, const s2s_run_request *request, s2s_error *err)
{
    const char *name = session->experiment->options->name, *prepared;
    s2s_status  status;

    S2S_TRY(s2s_run_directory_prepare(name, request->out, session->arena, &prepared, err));
    session->folder = prepared;
    status = s2s_session_fill(session, err);
    if (status == S2S_OK)
        status = s2s_run_directory_place(prepared, name, request->out, session->arena, &session->folder, err);
    if (status != S2S_OK) {
        s2s_session_close(session);
        s2s_folder_remove(prepared, NULL);
    }
    return status;
}

/* What the data set has to say before training: baselines, limits. */
static void say_notes(const s2s_session *session)
{
    const char *notes = session->experiment->dataset->notes;

    if (notes == NULL || session->terminal->quiet)
        return;
    fprintf(session->terminal->out, "%s\n", notes);
    fflush(session->terminal->out);
}

static s2s_status run_session(const s2s_run_request *request, s2s_experiment *experiment, s2s_error *err)
{
    s2s_session *session;
    s2s_status   status;

    S2S_TRY(s2s_session_create(experiment, request->terminal, request->threads, &session, err));
    session->interrupted = request->interrupted;
    S2S_TRY(s2s_session_load_initial(session, err));
    S2S_TRY(make_folder(session, request, err));
    say_notes(session);
    status = train(session, err);
    s2s_session_close(session);
    return status;
}

s2s_status s2s_config_find(const char *config, s2s_arena *arena, const char **ret, s2s_error *err)
{
    *ret = s2s_run_is_directory(config) ? s2s_path_join(arena, config, S2S_RUN_RESOLVED) : config;
    return *ret ? S2S_OK : no_memory(err);
}

static s2s_status run_in(const s2s_run_request *request, s2s_arena *arena, s2s_error_list *errors)
{
    s2s_experiment *experiment;
    const char     *config;
    s2s_error       err = { 0 };

    if (s2s_run_directory_check(request->out, &err) != S2S_OK || s2s_config_find(request->source, arena, &config, &err) != S2S_OK)
        return s2s_errors_take(errors, &err);
    S2S_TRY(s2s_experiment_load(config, request->settings, request->setting_count, arena, &experiment, errors));
    S2S_TRY(s2s_experiment_open(experiment, errors));
    const s2s_status status = run_session(request, experiment, &err);

    return status == S2S_OK || status == S2S_INTERRUPTED ? status : s2s_errors_take(errors, &err);
}

static s2s_status in_arena(s2s_status (*work)(const s2s_run_request *, s2s_arena *, s2s_error_list *), const s2s_run_request *request,
                           s2s_error_list *errors)
{
    s2s_arena *arena = s2s_arena_create();
    s2s_status status;

    if (arena == NULL)
        return s2s_errors_no_memory(errors);
    status = work(request, arena, errors);
    s2s_arena_free(arena);
    return status;
}

s2s_status s2s_run(const s2s_run_request *request, s2s_error_list *errors) { return in_arena(run_in, request, errors); }

/* --- resume -------------------------------------------------------------------------------------------------------------- */

/* Every key that would become another and may not: one error each. */
static s2s_status check_changes(const s2s_config *old, const s2s_config *new, s2s_arena *arena, s2s_error_list *errors)
{
    static const s2s_position command_line = { .file = "command line" };
    s2s_pair *was, *is;
    size_t    was_count, is_count;
    s2s_error err = { 0 };
    s2s_status status = S2S_OK;

    if (s2s_config_flatten(old, arena, &was, &was_count, &err) != S2S_OK || s2s_config_flatten(new, arena, &is, &is_count, &err) != S2S_OK)
        return s2s_errors_take(errors, &err);
    for (size_t i = 0; i < is_count; i++) {
        const s2s_pair *before = s2s_pairs_find(was, was_count, is[i].key);

        if ((is[i].flags & S2S_FLAG_RESUME) || (before != NULL && strcmp(before->value, is[i].value) == 0))
            continue;
        s2s_errors_add(errors, command_line, 0, "%s: cannot change when a run goes on (from %s to %s)", is[i].key,
                       before ? before->value : "nothing", is[i].value);
        status = S2S_USAGE;
    }
    for (size_t i = 0; i < was_count; i++)
        if (s2s_pairs_find(is, is_count, was[i].key) == NULL) {
            s2s_errors_add(errors, command_line, 0, "%s: cannot go away when a run goes on", was[i].key);
            status = S2S_USAGE;
        }
    return status;
}

/* The run's configuration with the new settings, after they were found to be harmless. */
static s2s_status load_changed(const s2s_run_request *request, const char *folder, s2s_arena *arena, s2s_experiment **ret,
                               s2s_error_list *errors)
{
    const char     *path = s2s_path_join(arena, folder, S2S_RUN_RESOLVED);
    s2s_experiment *old;

    if (path == NULL)
        return s2s_errors_no_memory(errors);
    if (request->setting_count == 0)
        return s2s_experiment_load(path, NULL, 0, arena, ret, errors);
    S2S_TRY(s2s_experiment_load(path, NULL, 0, arena, &old, errors));
    S2S_TRY(s2s_experiment_load(path, request->settings, request->setting_count, arena, ret, errors));
    return check_changes(old->config, (*ret)->config, arena, errors);
}

/* The models' configuration, changed in the same way. */
static s2s_status change_text(const s2s_run_request *request, s2s_session *session, s2s_error *err)
{
    s2s_error_list errors = { .arena = session->arena };
    s2s_config    *config;

    if (request->setting_count == 0)
        return S2S_OK;
    if (s2s_config_parse(s2s_text_of(session->config), S2S_RUN_STATE, request->settings, request->setting_count,
                         s2s_experiment_fields, sizeof(s2s_experiment_options), session->arena, &config, &errors) != S2S_OK)
        return s2s_errors_first(&errors, err);
    return s2s_session_text(config, session->arena, &session->config, err);
}

/* From the state to a session that stands where the run stood, and files that agree with it and with the new settings. */
static s2s_status restore_session(const s2s_run_request *request, s2s_session *session, s2s_error *err)
{
    S2S_TRY(s2s_environment_check_data(session, err));
    S2S_TRY(s2s_session_restore(session, err));
    S2S_TRY(change_text(request, session, err));
    S2S_TRY(s2s_checkpoint_write(session, err));
    if (request->setting_count > 0)
        S2S_TRY(s2s_session_write_resolved(session, err));
    return s2s_environment_write(session, err);
}

/* Why nothing is left to do, and what to do about it. */
static void say_finished(const s2s_session *session)
{
    const int64_t done = s2s_trainer_epochs_done(session->trainer);

    if (done >= session->experiment->options->train.epochs)
        fprintf(session->terminal->err, "All epochs are done; train.epochs=N with a larger N goes on.\n");
    else
        fprintf(session->terminal->err, "A callback ended this run after epoch %lld, for good; "
                "`s2s run CONFIG model.initial_weights.from=%s` goes on from its weights.\n", (long long)done, session->folder);
}

static s2s_status resume_session(const s2s_run_request *request, const char *folder, s2s_experiment *experiment, s2s_error *err)
{
    s2s_session *session;
    s2s_tensors  model;
    s2s_status   status;

    S2S_TRY(s2s_model_file_read(folder, S2S_CHECKPOINT_LAST, experiment->arena, &model, err));
    S2S_TRY(s2s_experiment_reopen(experiment, &model, err));
    S2S_TRY(s2s_session_create(experiment, request->terminal, request->threads, &session, err));
    session->interrupted = request->interrupted;
    session->folder = folder;
    status = restore_session(request, session, err);
    if (status == S2S_OK && s2s_trainer_finished(session->trainer) && !request->terminal->quiet)
        say_finished(session);
    if (status == S2S_OK)
        status = train(session, err);
    s2s_session_close(session);
    return status;
}

static s2s_status resume_in(const s2s_run_request *request, s2s_arena *arena, s2s_error_list *errors)
{
    s2s_model_place place = { 0 };
    s2s_experiment *experiment;
    s2s_error       err = { 0 };
    s2s_status      status;

    if (s2s_model_find(request->source, arena, &place, &err) == S2S_OK && place.file != NULL)
        s2s_fail(&err, S2S_USAGE, "'%s' is a file; what goes on is a run directory", request->source);
    if (err.status != S2S_OK)
        return s2s_errors_take(errors, &err);
    S2S_TRY(load_changed(request, place.folder, arena, &experiment, errors));
    status = resume_session(request, place.folder, experiment, &err);
    return status == S2S_OK || status == S2S_INTERRUPTED ? status : s2s_errors_take(errors, &err);
}

s2s_status s2s_resume(const s2s_run_request *request, s2s_error_list *errors) { return in_arena(resume_in, request, errors); }
