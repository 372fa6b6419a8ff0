/* sweep.c -- a sweep from its configuration to its last line: directory, ledger, beginning, going on, end. */
#include "experiments/sweep.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

#include "experiments/json.h"
#include "experiments/precision.h"
#include "experiments/record.h"
#include "experiments/run.h"
#include "experiments/run_directory.h"
#include "experiments/sweep_state.h"
#include "experiments/tensorboard.h"
#include "experiments/version.h"

static s2s_status no_memory(s2s_error *err) { return s2s_fail(err, S2S_MEMORY, "out of memory"); }

static const char *inside(const s2s_sweep *sweep, const char *name) { return s2s_path_join(sweep->arena, sweep->folder, name); }

/* --- the configuration --------------------------------------------------------------------------------------------------- */

static s2s_status load_base(s2s_sweep *sweep, s2s_error_list *errors)
{
    s2s_error err;

    S2S_TRY(s2s_experiment_load(sweep->config, sweep->setting, sweep->setting_count, sweep->arena, &sweep->base, errors));
    sweep->spec = sweep->base->sweep;
    if (sweep->spec != NULL)
        return S2S_OK;
    s2s_fail(&err, S2S_USAGE, "the configuration has no `sweep` section; `s2s explain sweep` shows what it holds");
    return s2s_errors_take(errors, &err);
}

/* KEY=VALUE words as the ledger keeps them: a JSON list. */
static s2s_status settings_to_text(const s2s_sweep *sweep, const char **ret, s2s_error *err)
{
    json_t    *list = json_array();
    s2s_string text = { 0 };

    for (size_t i = 0; i < sweep->setting_count; i++)
        json_array_append_new(list, json_sprintf("%s=%s", sweep->setting[i].key, sweep->setting[i].value));
    s2s_json_add(list, &text);
    *ret = text.failed ? NULL : s2s_arena_strdup(sweep->arena, text.chars);
    s2s_string_release(&text);
    return *ret ? S2S_OK : no_memory(err);
}

/* The words of the command line that began the sweep, and then those of this one. */
static s2s_status settings_from_text(s2s_sweep *sweep, const char *text, s2s_error *err)
{
    const s2s_sweep_request *request = sweep->request;
    json_t      *list = json_loads(text ? text : "[]", 0, NULL);
    const size_t kept = json_array_size(list);
    s2s_setting *setting = S2S_NEW_ARRAY(sweep->arena, s2s_setting, kept + request->setting_count);

    for (size_t i = 0; setting != NULL && i < kept; i++) {
        const char *word = json_string_value(json_array_get(list, i)), *equals = word ? strchr(word, '=') : NULL;

        if (equals == NULL)
            continue;
        setting[sweep->setting_count++] = (s2s_setting){
            .key = s2s_arena_strndup(sweep->arena, word, (size_t)(equals - word)), .value = s2s_arena_strdup(sweep->arena, equals + 1),
            .origin = S2S_ORIGIN_COMMAND_LINE,
        };
    }
    json_decref(list);
    if (s2s_arena_failed(sweep->arena))
        return no_memory(err);
    if (request->setting_count > 0)
        memcpy(setting + sweep->setting_count, request->settings, request->setting_count * sizeof *setting);
    sweep->setting = setting;
    sweep->setting_count += request->setting_count;
    return S2S_OK;
}

/* --- a new sweep --------------------------------------------------------------------------------------------------------- */

static s2s_status write_text(const s2s_sweep *sweep, const char *name, s2s_text text, s2s_error *err)
{
    const char *path = inside(sweep, name);

    return path ? s2s_file_write(path, &text, 1, err) : no_memory(err);
}

static s2s_status write_configs(const s2s_sweep *sweep, s2s_error *err)
{
    s2s_string text = { 0 };
    s2s_status status = s2s_config_write_given(sweep->base->config, sweep->folder, &text, err);

    if (status == S2S_OK)
        status = write_text(sweep, S2S_SWEEP_BASE, (s2s_text){ text.chars, text.length }, err);
    s2s_string_release(&text);
    S2S_TRY(status);
    return write_text(sweep, S2S_RUN_CONFIG, sweep->base->config->source, err);
}

static s2s_status fill_ledger(s2s_sweep *sweep, s2s_error *err)
{
    const s2s_sweep_spec *spec = sweep->spec;
    const char *settings, *text;

    S2S_TRY(settings_to_text(sweep, &settings, err));
    S2S_TRY(s2s_session_text(sweep->base->config, sweep->arena, &text, err));
    S2S_TRY(s2s_ledger_begin(sweep->ledger, err));
    S2S_TRY(s2s_ledger_set(sweep->ledger, "s2s", S2S_VERSION, err));
    S2S_TRY(s2s_ledger_set(sweep->ledger, "config", sweep->config, err));
    S2S_TRY(s2s_ledger_set(sweep->ledger, "arguments", settings, err));
    S2S_TRY(s2s_ledger_set(sweep->ledger, "resolved", text, err));
    S2S_TRY(s2s_ledger_set(sweep->ledger, "metric", spec->metric, err));
    S2S_TRY(s2s_ledger_set(sweep->ledger, "goal", spec->larger_is_better ? "maximize" : "minimize", err));
    S2S_TRY(s2s_ledger_set(sweep->ledger, "rungs", "0", err));
    for (size_t i = 0; i < sweep->trial_count; i++) {
        const s2s_trial *trial = &sweep->trial[i];

        S2S_TRY(s2s_ledger_put(sweep->ledger, &trial->record, err));
        for (size_t p = 0; p < spec->parameter_count; p++)
            S2S_TRY(s2s_ledger_put_value(sweep->ledger, trial->record.trial, spec->parameter[p].path, trial->point->value[p], trial->point->text[p], err));
    }
    return s2s_ledger_commit(sweep->ledger, err);
}

static s2s_status fill_folder(s2s_sweep *sweep, s2s_error *err)
{
    const char *ledger = inside(sweep, S2S_LEDGER);
    s2s_status  status;

    S2S_TRY(s2s_folder_lock(sweep->folder, &sweep->folder_lock, err));         /* held in its place too */
    S2S_TRY(ledger ? write_configs(sweep, err) : no_memory(err));
    S2S_TRY(s2s_ledger_create(ledger, &sweep->ledger, err));
    status = fill_ledger(sweep, err);
    s2s_ledger_close(sweep->ledger);           /* opened again in its place: SQLite keeps the path */
    sweep->ledger = NULL;
    return status;
}

/* Prepared aside and renamed: the sweep exists whole, or not at all. */
static s2s_status make_folder(s2s_sweep *sweep, s2s_error *err)
{
    const char *name = s2s_arena_printf(sweep->arena, "%s-sweep", sweep->base->options->name), *prepared;
    s2s_status  status;

    if (name == NULL)
        return no_memory(err);
    S2S_TRY(s2s_run_directory_prepare(name, NULL, sweep->arena, &prepared, err));
    sweep->folder = prepared;
    status = fill_folder(sweep, err);
    if (status == S2S_OK)
        status = s2s_run_directory_place(prepared, name, NULL, sweep->arena, &sweep->folder, err);
    if (status != S2S_OK)
        s2s_folder_remove(prepared, NULL);
    return status;
}

static s2s_status open_ledger(s2s_sweep *sweep, s2s_error *err)
{
    const char *ledger = inside(sweep, S2S_LEDGER);

    return ledger ? s2s_ledger_open(ledger, true, &sweep->ledger, err) : no_memory(err);
}

static s2s_status begin(s2s_sweep *sweep, s2s_error_list *errors)
{
    s2s_error err = { 0 };

    if (s2s_is_sweep(sweep->request->source))
        s2s_fail(&err, S2S_USAGE, "'%s' is a sweep; --resume goes on with it", sweep->request->source);
    else
        s2s_config_find(sweep->request->source, sweep->arena, &sweep->config, &err);
    if (err.status != S2S_OK)
        return s2s_errors_take(errors, &err);
    sweep->setting = sweep->request->settings;
    sweep->setting_count = sweep->request->setting_count;
    S2S_TRY(load_base(sweep, errors));
    S2S_TRY(s2s_sweep_plan(sweep, errors));
    if (make_folder(sweep, &err) != S2S_OK || open_ledger(sweep, &err) != S2S_OK)
        return s2s_errors_take(errors, &err);
    return S2S_OK;
}

/* --- going on ------------------------------------------------------------------------------------------------------------ */

/* The sweep's directory: named as it is, or the last one that the configuration's name has. */
static s2s_status find_folder(s2s_sweep *sweep, s2s_error_list *errors)
{
    const s2s_sweep_request *request = sweep->request;
    s2s_experiment *experiment;
    const char     *config, *name;
    s2s_error       err = { 0 };

    sweep->folder = request->source;
    if (s2s_is_sweep(request->source))
        return S2S_OK;
    if (s2s_config_find(request->source, sweep->arena, &config, &err) != S2S_OK)
        return s2s_errors_take(errors, &err);
    S2S_TRY(s2s_experiment_load(config, request->settings, request->setting_count, sweep->arena, &experiment, errors));
    name = s2s_arena_printf(sweep->arena, "%s-sweep", experiment->options->name);
    if (name == NULL || s2s_run_directory_last(name, sweep->arena, &sweep->folder, &err) != S2S_OK)
        return name ? s2s_errors_take(errors, &err) : s2s_errors_no_memory(errors);
    if (sweep->folder != NULL)
        return S2S_OK;
    s2s_fail(&err, S2S_DATA, "there is no sweep %s/%s-... to go on with; without --resume one begins", S2S_RUNS_FOLDER, name);
    return s2s_errors_take(errors, &err);
}

/* Name the first key that is not as it was. */
static s2s_status say_change(s2s_sweep *sweep, const char *resolved, s2s_error *err)
{
    s2s_error_list errors = { .arena = sweep->arena };
    s2s_config *old;
    s2s_pair   *was, *is;
    size_t      was_count, is_count;

    if (s2s_config_parse(s2s_text_of(resolved), "ledger", NULL, 0, s2s_experiment_fields, sizeof(s2s_experiment_options), sweep->arena, &old,
                         &errors) == S2S_OK
        && s2s_config_flatten(old, sweep->arena, &was, &was_count, err) == S2S_OK
        && s2s_config_flatten(sweep->base->config, sweep->arena, &is, &is_count, err) == S2S_OK)
        for (size_t i = 0; i < is_count; i++) {
            const s2s_pair *before = s2s_pairs_find(was, was_count, is[i].key);

            if (before == NULL || strcmp(before->value, is[i].value) != 0)
                return s2s_fail(err, S2S_USAGE, "%s: cannot change while a sweep goes on (from %s to %s); without --resume a new one begins",
                                is[i].key, before ? before->value : "nothing", is[i].value);
        }
    return s2s_fail(err, S2S_USAGE, "the configuration is not the one that '%s' began with; without --resume a new sweep begins", sweep->folder);
}

/* The configuration that the sweep began with. Where its file is gone or has changed, the copy in the directory serves for a named directory. */
static s2s_status load_again(s2s_sweep *sweep, const char *resolved, s2s_error_list *errors)
{
    const bool     by_folder = s2s_is_sweep(sweep->request->source);
    s2s_error_list own = { .arena = sweep->arena };
    s2s_error      err = { 0 };
    const char    *text = NULL;
    s2s_status     status = load_base(sweep, by_folder ? &own : errors);

    if (status == S2S_OK && s2s_session_text(sweep->base->config, sweep->arena, &text, &err) != S2S_OK)
        return s2s_errors_take(errors, &err);
    if (text != NULL && strcmp(text, resolved) == 0)
        return S2S_OK;
    if (!by_folder || sweep->request->setting_count > 0)
        return status != S2S_OK ? status : (say_change(sweep, resolved, &err), s2s_errors_take(errors, &err));
    sweep->config = inside(sweep, S2S_SWEEP_BASE);
    sweep->setting_count = 0;
    return sweep->config ? load_base(sweep, errors) : s2s_errors_no_memory(errors);
}

/* What the ledger says of each trial. Failed and unfinished ones run again: from their directory, where they have one. */
static s2s_status recall_trials(s2s_sweep *sweep, s2s_error *err)
{
    s2s_trial_record *record;
    size_t            count;

    S2S_TRY(s2s_ledger_trials(sweep->ledger, sweep->arena, &record, &count, err));
    if (count != sweep->trial_count)
        return s2s_fail(err, S2S_DATA, "'%s' holds %zu trials, but the configuration makes %zu", sweep->folder, count, sweep->trial_count);
    for (size_t i = 0; i < count; i++) {
        const char *folder = record[i].directory ? inside(sweep, record[i].directory) : NULL;

        if (record[i].directory && (folder == NULL || !s2s_run_is_directory(folder)))
            record[i].directory = NULL;
        if (record[i].state == S2S_TRIAL_FAILED || (record[i].directory == NULL && record[i].state < S2S_TRIAL_FINISHED))
            record[i].state = S2S_TRIAL_WAITING;
        sweep->trial[i].record = record[i];
    }
    return S2S_OK;
}

static bool belongs_to_trial(const s2s_sweep *sweep, const char *name)
{
    for (size_t i = 0; i < sweep->trial_count; i++)
        if (sweep->trial[i].record.directory != NULL && strcmp(sweep->trial[i].record.directory, name) == 0)
            return true;
    return false;
}

/* Directories that a crash has left between their making and their place in the ledger. */
static s2s_status remove_strays(s2s_sweep *sweep, s2s_error *err)
{
    const char *const *names;
    size_t count;

    S2S_TRY(s2s_folder_list(sweep->folder, sweep->arena, &names, &count, err));
    for (size_t i = 0; i < count; i++) {
        const char *name = names[i][0] == '.' ? names[i] + 1 : names[i];

        if (strncmp(name, "trial-", 6) == 0 && !belongs_to_trial(sweep, names[i]))
            S2S_TRY(s2s_folder_remove(inside(sweep, names[i]), err));
    }
    return S2S_OK;
}

static s2s_status open_again(s2s_sweep *sweep, const char **resolved, s2s_error *err)
{
    const char *settings, *rungs;

    S2S_TRY(s2s_folder_lock(sweep->folder, &sweep->folder_lock, err));
    S2S_TRY(open_ledger(sweep, err));
    S2S_TRY(s2s_ledger_get(sweep->ledger, "config", sweep->arena, &sweep->config, err));
    S2S_TRY(s2s_ledger_get(sweep->ledger, "resolved", sweep->arena, resolved, err));
    S2S_TRY(s2s_ledger_get(sweep->ledger, "arguments", sweep->arena, &settings, err));
    S2S_TRY(s2s_ledger_get(sweep->ledger, "rungs", sweep->arena, &rungs, err));
    if (sweep->config == NULL || *resolved == NULL || rungs == NULL || !s2s_text_to_int(s2s_text_of(rungs), &sweep->rungs))
        return s2s_fail(err, S2S_DATA, "'%s' holds no ledger that a sweep can go on from", sweep->folder);
    return settings_from_text(sweep, settings, err);
}

static s2s_status begin_again(s2s_sweep *sweep, s2s_error_list *errors)
{
    const char *resolved;
    s2s_error   err = { 0 };

    S2S_TRY(find_folder(sweep, errors));
    if (open_again(sweep, &resolved, &err) != S2S_OK)
        return s2s_errors_take(errors, &err);
    S2S_TRY(load_again(sweep, resolved, errors));
    S2S_TRY(s2s_sweep_plan(sweep, errors));
    if (recall_trials(sweep, &err) != S2S_OK || remove_strays(sweep, &err) != S2S_OK)
        return s2s_errors_take(errors, &err);
    return S2S_OK;
}

/* --- the whole ----------------------------------------------------------------------------------------------------------- */

/* Never more threads than cores: one a trial, unless --threads says otherwise. */
static void choose_parallel(s2s_sweep *sweep)
{
    const s2s_sweep_request *request = sweep->request;
    const int cores = omp_get_num_procs(), most = cores / request->threads > 1 ? cores / request->threads : 1;

    sweep->parallel = request->parallel > 0 && request->parallel < most ? request->parallel : most;
    if (request->parallel > most && !request->terminal->quiet)
        fprintf(request->terminal->err, "%d core%s: %d trial%s at a time\n", cores, cores == 1 ? "" : "s", most, most == 1 ? "" : "s");
}

/* A sweep that has no best trial has failed as its trials have. */
static s2s_status judge(const s2s_sweep *sweep, s2s_error *err)
{
    size_t diverged = 0, failed = 0;

    for (size_t i = 0; i < sweep->trial_count; i++) {
        diverged += sweep->trial[i].record.state == S2S_TRIAL_DIVERGED;
        failed += sweep->trial[i].record.state == S2S_TRIAL_FAILED;
    }
    if (s2s_sweep_best(sweep) != NULL || diverged + failed == 0)
        return S2S_OK;
    return s2s_fail(err, failed > 0 ? S2S_FAILED : S2S_NAN, "there is no best trial: %zu diverged, %zu failed; `trials.csv` has the reasons", diverged, failed);
}

static s2s_status train(s2s_sweep *sweep, s2s_error_list *errors)
{
    s2s_error  err = { 0 };
    s2s_status status;

    choose_parallel(sweep);
    s2s_precision_note(sweep->base, sweep->request->terminal);
    sweep->data = s2s_data_pool_create(sweep->base);
    if (sweep->data == NULL)
        return s2s_errors_no_memory(errors);
    s2s_sweep_view_begin(sweep);
    status = s2s_sweep_schedule(sweep, &err);
    s2s_sweep_view_erase(sweep);
    if (status == S2S_OK || status == S2S_INTERRUPTED) {
        s2s_status written = s2s_sweep_write_csv(sweep, &err);

        if (written == S2S_OK && sweep->base->options->log.tensorboard)
            written = s2s_tensorboard_sweep(sweep->folder, &err);
        status = written != S2S_OK ? written : status;
    }
    if (status == S2S_OK || status == S2S_INTERRUPTED)
        s2s_sweep_print_result(sweep);
    if (status == S2S_OK)
        status = judge(sweep, &err);
    return status == S2S_OK || status == S2S_INTERRUPTED ? status : s2s_errors_take(errors, &err);
}

s2s_status s2s_sweep_run(const s2s_sweep_request *request, s2s_error_list *errors)
{
    s2s_sweep  sweep = { .request = request, .arena = s2s_arena_create() };
    s2s_status status;

    if (sweep.arena == NULL)
        return s2s_errors_no_memory(errors);
    omp_init_lock(&sweep.lock);
    status = request->resume ? begin_again(&sweep, errors) : begin(&sweep, errors);
    if (status == S2S_OK)
        status = train(&sweep, errors);
    s2s_data_pool_free(sweep.data);
    s2s_ledger_close(sweep.ledger);
    s2s_lock_release(sweep.folder_lock);
    omp_destroy_lock(&sweep.lock);
    s2s_arena_free(sweep.arena);
    return status;
}
