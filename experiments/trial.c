/* trial.c -- one trial: opened, trained, recorded, and given a directory where it needs one. */
#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "experiments/checkpoint.h"
#include "experiments/environment.h"
#include "experiments/run_directory.h"
#include "experiments/session.h"
#include "experiments/sweep_state.h"

enum { OBSERVERS = 2 };

static s2s_status (*const observers[OBSERVERS])(s2s_session *session, s2s_observer *ret, s2s_error *err) = {
    s2s_observe_samples, s2s_observe_history,
};

typedef struct runner {
    s2s_sweep *sweep;
    s2s_trial *trial;
    s2s_arena *arena;                  /* of this run of the trial */
    s2s_terminal silence;
    s2s_experiment *experiment;
    s2s_shared_data *data;
    s2s_session *session;
    s2s_observer observer[OBSERVERS];
    bool begun;                        /* restored or new, and in the ledger: until then an old directory is not its own to change */
    double seen;                       /* seconds: when its progress was last shown */
} runner;

static s2s_status no_memory(s2s_error *err) { return s2s_fail(err, S2S_MEMORY, "out of memory"); }

static bool is_interrupted(const s2s_sweep *sweep) { return sweep->request->interrupted != NULL && *sweep->request->interrupted; }

/* --- records ------------------------------------------------------------------------------------------------------------- */

/* One epoch's figure into the record. NaN improves nothing; anything improves on NaN. */
static void note_epoch(const s2s_sweep *sweep, s2s_trial_record *record, int64_t epoch, double value, double seconds)
{
    const bool better = sweep->spec->larger_is_better ? value > record->best : value < record->best;

    record->epochs = epoch;
    record->seconds += seconds;
    if (!isnan(value) && (isnan(record->best) || better)) {
        record->best = value;
        record->best_epoch = epoch;
    }
}

static double figure_of(const s2s_epoch_report *report, const char *name)
{
    const bool validation = strncmp(name, "val_", 4) == 0;

    return s2s_figures_get(validation ? &report->validation : &report->train, validation ? name + 4 : name);
}

static s2s_status write_epoch(s2s_sweep *sweep, const s2s_trial *trial, const s2s_epoch_report *report, s2s_error *err)
{
    S2S_TRY(s2s_ledger_begin(sweep->ledger, err));
    S2S_TRY(s2s_ledger_put_epoch(sweep->ledger, trial->record.trial, report, err));
    S2S_TRY(s2s_ledger_put(sweep->ledger, &trial->record, err));
    return s2s_ledger_commit(sweep->ledger, err);
}

static s2s_status record_epoch(runner *r, const s2s_epoch_report *report, s2s_error *err)
{
    s2s_sweep *sweep = r->sweep;
    s2s_status status;

    omp_set_lock(&sweep->lock);
    note_epoch(sweep, &r->trial->record, report->epoch, figure_of(report, sweep->spec->metric), report->seconds);
    sweep->view.epochs++;
    status = write_epoch(sweep, r->trial, report, err);
    s2s_sweep_view_draw(sweep);
    omp_unset_lock(&sweep->lock);
    return status;
}

static s2s_status write_beginning(s2s_sweep *sweep, const s2s_trial *trial, bool anew, s2s_error *err)
{
    S2S_TRY(s2s_ledger_begin(sweep->ledger, err));
    if (anew)
        S2S_TRY(s2s_ledger_forget_epochs(sweep->ledger, trial->record.trial, err));
    S2S_TRY(s2s_ledger_put(sweep->ledger, &trial->record, err));
    return s2s_ledger_commit(sweep->ledger, err);
}

static s2s_status record_beginning(runner *r, const s2s_trial_record *record, bool anew, s2s_error *err)
{
    s2s_status status;

    omp_set_lock(&r->sweep->lock);
    r->trial->record = *record;
    r->trial->record.state = S2S_TRIAL_RUNNING;
    r->trial->record.model_parameters = r->experiment->graph->parameters;
    r->trial->epochs = r->experiment->options->train.epochs;
    r->trial->progress = (s2s_progress){ .epoch = record->epochs };
    r->trial->busy = true;
    status = write_beginning(r->sweep, r->trial, anew, err);
    omp_unset_lock(&r->sweep->lock);
    return status;
}

/* --- beginning ----------------------------------------------------------------------------------------------------------- */

static s2s_status load(runner *r, s2s_error *err)
{
    s2s_error_list errors = { .arena = r->arena };
    s2s_setting   *setting;
    size_t         count;
    s2s_status     status;

    S2S_TRY(s2s_trial_settings(r->sweep, r->trial, r->arena, &setting, &count, err));
    status = s2s_experiment_again(r->sweep->base, setting, count, r->arena, &r->experiment, &errors);
    if (status == S2S_OK)
        status = s2s_data_pool_take(r->sweep->data, r->experiment, setting, count, &r->data, &errors);
    return status == S2S_OK ? S2S_OK : s2s_errors_first(&errors, err);
}

/* What the ledger says of the epochs that the restored state has seen; what came after them is forgotten. */
static s2s_status recall(runner *r, s2s_trial_record *record, s2s_error *err)
{
    s2s_sweep    *sweep = r->sweep;
    const int64_t done = s2s_trainer_epochs_done(r->session->trainer);
    s2s_history   history;
    s2s_status    status;

    omp_set_lock(&sweep->lock);
    status = s2s_ledger_history(sweep->ledger, record->trial, r->arena, &history, err);
    omp_unset_lock(&sweep->lock);
    S2S_TRY(status);
    record->best = NAN;
    record->best_epoch = record->epochs = 0;
    record->seconds = 0;
    for (int64_t row = 0; row < history.rows; row++) {
        const int64_t epoch = (int64_t)s2s_history_at(&history, row, 0);

        if (epoch <= done)
            note_epoch(sweep, record, epoch, s2s_history_at(&history, row, s2s_history_find(&history, sweep->spec->metric)),
                       s2s_history_at(&history, row, s2s_history_find(&history, "seconds")));
    }
    return S2S_OK;
}

static s2s_status go_on(runner *r, s2s_error *err)
{
    s2s_trial_record record = r->trial->record;

    r->session->folder = s2s_path_join(r->arena, r->sweep->folder, r->trial->record.directory);
    if (r->session->folder == NULL)
        return no_memory(err);
    S2S_TRY(s2s_environment_check_data(r->session, err));
    S2S_TRY(s2s_session_restore(r->session, err));
    S2S_TRY(recall(r, &record, err));
    return record_beginning(r, &record, false, err);
}

static s2s_status begin_anew(runner *r, s2s_error *err)
{
    const s2s_trial_record *old = &r->trial->record;
    const s2s_trial_record  record = { .trial = old->trial, .point = old->point, .seed = old->seed, .best = NAN };

    S2S_TRY(s2s_log_gather(&r->session->history, err));
    S2S_TRY(s2s_log_gather(&r->session->samples, err));
    S2S_TRY(s2s_session_load_initial(r->session, err));
    return record_beginning(r, &record, true, err);
}

static s2s_status begin(runner *r, s2s_error *err)
{
    S2S_TRY(load(r, err));
    S2S_TRY(s2s_session_create(r->experiment, &r->silence, r->sweep->request->threads, &r->session, err));
    r->session->interrupted = r->sweep->request->interrupted;
    S2S_TRY(r->trial->record.directory ? go_on(r, err) : begin_anew(r, err));
    r->begun = true;
    for (int i = 0; i < OBSERVERS; i++)
        S2S_TRY(observers[i](r->session, &r->observer[i], err));
    return S2S_OK;
}

/* --- training ------------------------------------------------------------------------------------------------------------ */

static bool on_step(void *self, const s2s_progress *progress)
{
    static const double BETWEEN = 0.1;         /* seconds */
    runner      *r = self;
    const double now = s2s_clock_about();

    if (now - r->seen >= BETWEEN) {
        r->seen = now;
        omp_set_lock(&r->sweep->lock);
        r->trial->progress = *progress;
        s2s_sweep_view_draw(r->sweep);
        omp_unset_lock(&r->sweep->lock);
    }
    return !is_interrupted(r->sweep);
}

static s2s_status train(runner *r, s2s_error *err)
{
    s2s_trainer *trainer = r->session->trainer;

    while (!s2s_trainer_finished(trainer) && s2s_trainer_epochs_done(trainer) < r->sweep->until) {
        s2s_epoch_report report;

        S2S_TRY(s2s_trainer_epoch(trainer, on_step, r, &report, err));
        for (int i = 0; i < OBSERVERS; i++)
            if (r->observer[i].epoch != NULL)
                S2S_TRY(r->observer[i].epoch(r->observer[i].self, &report, err));
        S2S_TRY(record_epoch(r, &report, err));
        if (is_interrupted(r->sweep) && !s2s_trainer_finished(trainer))
            return s2s_fail(err, S2S_INTERRUPTED, "interrupted");
    }
    return S2S_OK;
}

/* --- its directory ------------------------------------------------------------------------------------------------------- */

/* Prepared aside and renamed, as any run's. What an earlier attempt left there is deleted. */
static s2s_status make_folder(runner *r, s2s_status why, s2s_error *err)
{
    char name[S2S_TRIAL_NAME];
    const char *folder = s2s_path_join(r->arena, r->sweep->folder, s2s_trial_name(r->trial, name));
    const char *prepared = s2s_arena_printf(r->arena, "%s/.%s", r->sweep->folder, name);

    if (folder == NULL || prepared == NULL)
        return no_memory(err);
    if (s2s_folder_exists(folder))
        S2S_TRY(s2s_folder_remove(folder, err));
    if (s2s_folder_exists(prepared))
        S2S_TRY(s2s_folder_remove(prepared, err));
    S2S_TRY(s2s_folder_make(prepared, err));
    r->session->folder = prepared;
    S2S_TRY(s2s_session_fill(r->session, err));
    S2S_TRY(s2s_environment_finish(r->session, why, err));
    S2S_TRY(s2s_rename(prepared, folder, err));
    r->session->folder = folder;
    return S2S_OK;
}

static s2s_status save(runner *r, s2s_status why, s2s_error *err)
{
    if (r->session->folder == NULL)
        return make_folder(r, why, err);
    S2S_TRY(s2s_checkpoint_write(r->session, err));
    return s2s_environment_finish(r->session, why, err);
}

static void drop_folder(runner *r)
{
    if (r->session->folder == NULL)
        return;
    s2s_folder_remove(r->session->folder, NULL);
    r->session->folder = NULL;
}

/* --- the end ------------------------------------------------------------------------------------------------------------- */

static bool is_among_best(const runner *r)
{
    bool among;

    omp_set_lock(&r->sweep->lock);
    among = s2s_trial_rank(r->sweep, r->trial) < (size_t)r->sweep->spec->keep;
    omp_unset_lock(&r->sweep->lock);
    return among;
}

/* What the trial has become, and its files with it. `why` is how training ended. */
static s2s_trial_state settle(runner *r, s2s_status why, s2s_error *err)
{
    const bool finished = why == S2S_OK && s2s_trainer_finished(r->session->trainer);
    const bool paused = why == S2S_INTERRUPTED || (why == S2S_OK && !finished);

    if (paused || (finished && is_among_best(r)))
        why = save(r, finished ? S2S_OK : S2S_INTERRUPTED, err) == S2S_OK ? why : err->status;
    else
        drop_folder(r);
    if (why == S2S_OK || why == S2S_INTERRUPTED)
        return finished ? S2S_TRIAL_FINISHED : S2S_TRIAL_PAUSED;
    if (why == S2S_NAN || r->trial->record.directory == NULL)      /* else there is a checkpoint to go on from another time */
        drop_folder(r);
    return why == S2S_NAN ? S2S_TRIAL_DIVERGED : S2S_TRIAL_FAILED;
}

static s2s_status write_end(s2s_sweep *sweep, const s2s_trial *trial, s2s_error *err)
{
    S2S_TRY(s2s_ledger_begin(sweep->ledger, err));
    S2S_TRY(s2s_ledger_put(sweep->ledger, &trial->record, err));
    return s2s_ledger_commit(sweep->ledger, err);
}

static s2s_status record_end(runner *r, s2s_trial_state state, const char *reason, s2s_error *err)
{
    s2s_sweep        *sweep = r->sweep;
    s2s_trial_record *record = &r->trial->record;
    const char       *folder = r->begun ? r->session->folder : record->directory;
    s2s_status        status;

    omp_set_lock(&sweep->lock);
    record->state = state;
    record->reason = reason ? s2s_arena_strdup(sweep->arena, reason) : NULL;
    record->directory = folder ? s2s_arena_strdup(sweep->arena, s2s_path_name(folder)) : NULL;
    r->trial->busy = false;
    status = write_end(sweep, r->trial, err);
    if (status == S2S_OK)
        status = s2s_sweep_prune(sweep, err);
    if (!is_interrupted(sweep) || s2s_trial_has_ended(r->trial))
        s2s_sweep_view_trial(sweep, r->trial);
    omp_unset_lock(&sweep->lock);
    return status;
}

/* Everyone lets go; failures on the way out change nothing. */
static void release(runner *r, s2s_status why)
{
    for (int i = 0; i < OBSERVERS; i++)
        if (r->observer[i].end != NULL)
            r->observer[i].end(r->observer[i].self, why, NULL);
    if (r->session != NULL)
        s2s_session_close(r->session);
    s2s_data_pool_give(r->sweep->data, r->data);
    s2s_arena_free(r->arena);
}

s2s_status s2s_trial_run(s2s_sweep *sweep, s2s_trial *trial, s2s_error *err)
{
    runner    r = { .sweep = sweep, .trial = trial, .arena = s2s_arena_create(), .silence = { .quiet = true } };
    s2s_error own = { 0 };
    s2s_status why = r.arena ? S2S_OK : no_memory(&own), status;
    s2s_trial_state state = S2S_TRIAL_FAILED;

    if (why == S2S_OK)
        why = begin(&r, &own);
    if (why == S2S_OK)
        why = train(&r, &own);
    if (r.begun)
        state = settle(&r, why, &own);
    status = record_end(&r, state, state == S2S_TRIAL_DIVERGED || state == S2S_TRIAL_FAILED ? own.message : NULL, err);
    release(&r, why);
    if (status == S2S_OK && why == S2S_INTERRUPTED)
        return s2s_fail(err, S2S_INTERRUPTED, "interrupted");
    return status;
}
