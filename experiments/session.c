/* session.c -- making a session, and the files that every run directory has. */
#include "experiments/session.h"

#include "experiments/checkpoint.h"
#include "experiments/environment.h"
#include "experiments/history.h"
#include "experiments/precision.h"
#include "experiments/run_directory.h"
#include "experiments/vectors.h"

static s2s_status no_memory(s2s_error *err) { return s2s_fail(err, S2S_MEMORY, "out of memory"); }

static const char *inside(const s2s_session *session, const char *name) { return s2s_path_join(session->arena, session->folder, name); }

/* --- beginning ----------------------------------------------------------------------------------------------------------- */

s2s_status s2s_session_create(s2s_experiment *experiment, const s2s_terminal *terminal, int threads, s2s_session **ret, s2s_error *err)
{
    const s2s_trainer_setup setup = {
        .graph = experiment->graph, .options = &experiment->options->train, .dataset = experiment->dataset,
        .seed = (uint64_t)experiment->options->seed, .threads = threads, .arena = experiment->arena,
    };
    s2s_session *session = S2S_NEW(experiment->arena, s2s_session);

    if (session == NULL)
        return no_memory(err);
    s2s_precision_note(experiment, terminal);
    *session = (s2s_session){ .arena = experiment->arena, .experiment = experiment, .terminal = terminal, .threads = threads };
    S2S_TRY(s2s_trainer_create(&setup, &session->trainer, err));
    *ret = session;
    return S2S_OK;
}

/* From files of vectors, then from another model, which knows better. */
static s2s_status load_weights(const s2s_experiment *experiment, real *weights, s2s_string *notice, s2s_error *err)
{
    const s2s_initial_weights *initial = experiment->options->model.initial_weights;

    S2S_TRY(s2s_vectors_load(experiment, weights, notice, err));
    if (experiment->initial == NULL)
        return S2S_OK;
    if (s2s_weights_load(experiment->graph, experiment->initial, (s2s_mismatch)initial->mismatch, weights, notice, err) != S2S_OK)
        return s2s_error_prefix(err, "model.initial_weights: '%s'", initial->from);
    return S2S_OK;
}

static void say(s2s_string *notice, s2s_status status, const s2s_terminal *terminal)
{
    if (status == S2S_OK && !terminal->quiet)
        fputs(s2s_string_chars(notice), terminal->err);
    s2s_string_release(notice);
}

s2s_status s2s_session_load_initial(s2s_session *session, s2s_error *err)
{
    s2s_string notice = { 0 };
    s2s_status status = load_weights(session->experiment, s2s_trainer_plan(session->trainer)->weights, &notice, err);

    say(&notice, status, session->terminal);
    s2s_trainer_weights_changed(session->trainer);
    return status;
}

static bool has_vectors(const s2s_graph *graph)
{
    for (int i = 0; i < graph->node_count; i++)
        for (int k = 0; k < graph->node[i].spec.weight_count; k++)
            if (graph->node[i].spec.weight[k].vectors != NULL)
                return true;
    return false;
}

s2s_status s2s_session_try_initial(s2s_experiment *experiment, const s2s_terminal *terminal, s2s_error_list *errors)
{
    s2s_string notice = { 0 };
    s2s_status status;
    s2s_error err;
    real *weights;

    if (experiment->options->model.initial_weights == NULL && !has_vectors(experiment->graph))
        return S2S_OK;
    if (experiment->dataset == NULL)
        S2S_TRY(s2s_experiment_open(experiment, errors));
    weights = S2S_NEW_ARRAY(experiment->arena, real, experiment->graph->weight_elements);
    if (weights == NULL)
        return s2s_errors_no_memory(errors);
    status = load_weights(experiment, weights, &notice, &err);
    say(&notice, status, terminal);
    return status == S2S_OK ? S2S_OK : s2s_errors_take(errors, &err);
}

void s2s_session_close(s2s_session *session)
{
    s2s_log_close(session->history);
    s2s_log_close(session->samples);
    s2s_lock_release(session->lock);
    session->history = session->samples = NULL;
    session->lock = NULL;
}

/* --- files --------------------------------------------------------------------------------------------------------------- */

static s2s_status config_text(const s2s_config *config, bool origins, const char *folder, s2s_arena *arena, const char **ret, s2s_error *err)
{
    s2s_string text = { 0 };
    s2s_status status = s2s_config_write(config, origins, folder, &text, err);

    if (status == S2S_OK) {
        *ret = text.failed ? NULL : s2s_arena_strdup(arena, s2s_string_chars(&text));
        status = *ret ? S2S_OK : no_memory(err);
    }
    s2s_string_release(&text);
    return status;
}

s2s_status s2s_session_text(const s2s_config *config, s2s_arena *arena, const char **ret, s2s_error *err)
{
    return config_text(config, false, NULL, arena, ret, err);
}

static s2s_status write_file(const s2s_session *session, const char *name, s2s_text text, s2s_error *err)
{
    const char *path = inside(session, name);

    return path ? s2s_file_write(path, &text, 1, err) : no_memory(err);
}

s2s_status s2s_session_write_resolved(const s2s_session *session, s2s_error *err)
{
    const char *text;

    S2S_TRY(config_text(session->experiment->config, true, session->folder, session->arena, &text, err));
    return write_file(session, S2S_RUN_RESOLVED, s2s_text_of(text), err);
}

/* A log that has gathered in memory settles in the folder; one that is not there yet is opened. */
static s2s_status open_log(const s2s_session *session, const char *name, s2s_log **log, s2s_error *err)
{
    const char *path = inside(session, name);

    if (path == NULL)
        return no_memory(err);
    return *log ? s2s_log_settle(*log, path, err) : s2s_log_open(path, log, err);
}

static s2s_status open_logs(s2s_session *session, s2s_error *err)
{
    S2S_TRY(open_log(session, S2S_RUN_HISTORY, &session->history, err));
    return open_log(session, S2S_RUN_SAMPLES, &session->samples, err);
}

s2s_status s2s_session_fill(s2s_session *session, s2s_error *err)
{
    S2S_TRY(s2s_folder_lock(session->folder, &session->lock, err));
    S2S_TRY(open_logs(session, err));
    S2S_TRY(s2s_session_text(session->experiment->config, session->arena, &session->config, err));
    S2S_TRY(write_file(session, S2S_RUN_CONFIG, session->experiment->config->source, err));
    S2S_TRY(s2s_session_write_resolved(session, err));
    S2S_TRY(s2s_environment_write(session, err));
    return s2s_checkpoint_write(session, err);
}

/* A history that the end of the run could not read is refused now, before any work. */
static s2s_status cut_logs(const s2s_session *session, const s2s_checkpoint_info *info, s2s_error *err)
{
    const char *history = inside(session, S2S_RUN_HISTORY), *samples = inside(session, S2S_RUN_SAMPLES);
    s2s_history rows;

    if (history == NULL || samples == NULL)
        return no_memory(err);
    S2S_TRY(s2s_log_truncate(history, info->history_bytes, err));
    S2S_TRY(s2s_history_read(history, session->arena, &rows, err));
    return s2s_log_truncate(samples, info->samples_bytes, err);
}

s2s_status s2s_session_restore(s2s_session *session, s2s_error *err)
{
    s2s_checkpoint_info info;
    s2s_tensors tensors;

    S2S_TRY(s2s_folder_lock(session->folder, &session->lock, err));
    S2S_TRY(s2s_checkpoint_read(session->folder, session->arena, &tensors, &info, err));
    S2S_TRY(s2s_checkpoint_restore(&tensors, session->trainer, session->arena, err));
    session->config = info.config;
    S2S_TRY(cut_logs(session, &info, err));
    return open_logs(session, err);
}
