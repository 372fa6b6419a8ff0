/* record.c -- see record.h. */
#include "experiments/record.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

#include "experiments/ledger.h"
#include "experiments/model_file.h"
#include "experiments/run_directory.h"
#include "experiments/sweep.h"

static s2s_status no_memory(s2s_error *err) { return s2s_fail(err, S2S_MEMORY, "out of memory"); }

/* --- one run ------------------------------------------------------------------------------------------------------------- */

static s2s_status read_config(s2s_record *record, s2s_arena *arena, s2s_error *err)
{
    s2s_error_list errors = { .arena = arena };
    const char *path = s2s_path_join(arena, record->folder, S2S_RUN_RESOLVED);
    s2s_config *config;
    s2s_pair   *pair;

    if (path == NULL)
        return no_memory(err);
    if (s2s_config_load(path, NULL, 0, s2s_experiment_fields, sizeof(s2s_experiment_options), arena, &config, &errors) != S2S_OK)
        return s2s_errors_first(&errors, err);
    S2S_TRY(s2s_config_flatten(config, arena, &pair, &record->key_count, err));
    record->key = pair;
    record->options = config->values;
    return S2S_OK;
}

/* A run that was killed before its first epoch has no history yet. */
static s2s_status read_history(s2s_record *record, s2s_arena *arena, s2s_error *err)
{
    const char *path = s2s_path_join(arena, record->folder, S2S_RUN_HISTORY);

    if (path == NULL)
        return no_memory(err);
    return s2s_file_exists(path) ? s2s_history_read(path, arena, &record->history, err) : S2S_OK;
}

s2s_status s2s_record_file(const s2s_record *record, const char *name, s2s_arena *arena, s2s_text *ret, s2s_error *err)
{
    const char *path = s2s_path_join(arena, record->folder, name);

    if (path == NULL)
        return no_memory(err);
    if (s2s_file_exists(path))
        return s2s_file_read(path, arena, ret, err);
    *ret = (s2s_text){ "", 0 };
    return S2S_OK;
}

static s2s_status read_status(s2s_record *record, s2s_arena *arena, s2s_error *err)
{
    const char *status;
    s2s_text    text;
    json_t     *json;

    S2S_TRY(s2s_record_file(record, S2S_RUN_ENVIRONMENT, arena, &text, err));
    json = json_loadb(text.chars, text.length, 0, NULL);
    status = json_string_value(json_object_get(json, "status"));
    record->status = s2s_arena_strdup(arena, status ? status : "unknown");
    json_decref(json);
    return record->status ? S2S_OK : no_memory(err);
}

/* What the weights' file holds. */
static s2s_status count_parameters(s2s_record *record, s2s_error *err)
{
    s2s_arena  *arena = s2s_arena_create();
    s2s_tensors tensors = { 0 };
    s2s_status  status = arena ? s2s_model_file_read(record->folder, S2S_CHECKPOINT_LAST, arena, &tensors, err) : no_memory(err);

    for (size_t i = 0; status == S2S_OK && i < tensors.count; i++)
        record->parameters += tensors.tensor[i].count;
    s2s_arena_free(arena);
    return status;
}

static void find_best(s2s_record *record)
{
    const s2s_history *history = &record->history;
    const int seconds = s2s_history_find(history, "seconds"), epoch = s2s_history_find(history, "epoch");
    const bool validated = s2s_history_find(history, "val_loss") >= 0;

    if (record->monitor == NULL)
        record->monitor = s2s_train_monitor(&record->options->train, validated);
    record->best_row = s2s_history_best(history, s2s_history_find(history, record->monitor));
    record->best = NAN;
    if (record->best_row >= 0) {
        record->best = s2s_history_at(history, record->best_row, s2s_history_find(history, record->monitor));
        record->best_epoch = (int64_t)s2s_history_at(history, record->best_row, epoch);
    }
    for (int64_t row = 0; row < history->rows; row++)
        if (!isnan(s2s_history_at(history, row, seconds)))
            record->seconds += s2s_history_at(history, row, seconds);
}

s2s_status s2s_record_read(const char *run, s2s_arena *arena, s2s_record *ret, s2s_error *err)
{
    s2s_record      record = { 0 };
    s2s_model_place place = { 0 };

    S2S_TRY(s2s_model_find(run, arena, &place, err));
    if (place.folder == NULL)
        return s2s_fail(err, S2S_USAGE, "'%s': expected a run directory, got a model that stands alone", run);
    record.folder = place.folder;
    record.name = s2s_path_name(place.folder);
    S2S_TRY(read_config(&record, arena, err));
    S2S_TRY(read_history(&record, arena, err));
    S2S_TRY(read_status(&record, arena, err));
    S2S_TRY(count_parameters(&record, err));
    find_best(&record);
    *ret = record;
    return S2S_OK;
}

/* --- sweeps -------------------------------------------------------------------------------------------------------------- */

bool s2s_is_sweep(const char *path)
{
    char file[4096];

    return snprintf(file, sizeof file, "%s/%s", path, S2S_LEDGER) < (int)sizeof file && s2s_file_exists(file);
}

typedef struct sweep_reader {
    const char *folder, *metric;
    s2s_config *base;
    s2s_ledger *ledger;
    s2s_arena *arena, *scratch;        /* scratch is emptied after every trial */
    size_t trials, values;
    s2s_trial_record *trial;
    s2s_trial_value *value;            /* in the order of trials */
} sweep_reader;

/* The trial's values and its seed as settings; `next` moves behind the values. */
static s2s_setting *trial_settings(const sweep_reader *sweep, const s2s_trial_record *trial, size_t *next, size_t *count)
{
    const size_t first = *next;
    s2s_setting *setting;

    while (*next < sweep->values && sweep->value[*next].trial == trial->trial)
        (*next)++;
    setting = S2S_NEW_ARRAY(sweep->scratch, s2s_setting, *next - first + 2);
    *count = 0;
    for (size_t i = first; setting != NULL && i < *next; i++)
        setting[(*count)++] = (s2s_setting){ .key = sweep->value[i].name, .value = sweep->value[i].value, .origin = S2S_ORIGIN_SWEEP };
    if (setting != NULL) {
        setting[(*count)++] = (s2s_setting){ .key = "seed", .value = s2s_arena_printf(sweep->scratch, "%lld", (long long)trial->seed),
                                             .origin = S2S_ORIGIN_SWEEP };
        setting[(*count)++] = (s2s_setting){ .key = "sweep", .value = "null", .origin = S2S_ORIGIN_SWEEP };
    }
    return s2s_arena_failed(sweep->scratch) ? NULL : setting;
}

/* The whole configuration of a trial, as of any run. */
static s2s_status trial_keys(const sweep_reader *sweep, const s2s_trial_record *trial, size_t *next, s2s_record *record, s2s_error *err)
{
    s2s_error_list errors = { .arena = sweep->scratch };
    size_t         count;
    s2s_setting   *setting = trial_settings(sweep, trial, next, &count);
    s2s_config    *config;
    s2s_pair      *pair;

    if (setting == NULL)
        return no_memory(err);
    if (s2s_config_again(sweep->base, setting, count, sweep->scratch, &config, &errors) != S2S_OK)
        return s2s_errors_first(&errors, err);
    S2S_TRY(s2s_config_flatten(config, sweep->arena, &pair, &record->key_count, err));
    for (size_t i = 0; i < record->key_count; i++)
        pair[i].value = s2s_arena_strdup(sweep->arena, pair[i].value);
    record->key = pair;
    s2s_arena_reset(sweep->scratch);
    return s2s_arena_failed(sweep->arena) ? no_memory(err) : S2S_OK;
}

static s2s_status read_trial(const sweep_reader *sweep, const s2s_trial_record *trial, size_t *next, s2s_record *ret, s2s_error *err)
{
    s2s_record record = { .monitor = sweep->metric, .parameters = trial->model_parameters, .status = s2s_trial_state_names[trial->state] };

    S2S_TRY(trial_keys(sweep, trial, next, &record, err));
    S2S_TRY(s2s_ledger_history(sweep->ledger, trial->trial, sweep->arena, &record.history, err));
    if (trial->directory != NULL)
        record.folder = s2s_path_join(sweep->arena, sweep->folder, trial->directory);
    record.name = s2s_arena_printf(sweep->arena, "%s/%lld", s2s_path_name(sweep->folder), (long long)trial->trial);
    find_best(&record);
    *ret = record;
    return s2s_arena_failed(sweep->arena) ? no_memory(err) : S2S_OK;
}

static s2s_status read_ledger(sweep_reader *sweep, s2s_record **ret, s2s_error *err)
{
    s2s_record *record;
    size_t      next = 0;

    S2S_TRY(s2s_ledger_get(sweep->ledger, "metric", sweep->arena, &sweep->metric, err));
    S2S_TRY(s2s_ledger_trials(sweep->ledger, sweep->arena, &sweep->trial, &sweep->trials, err));
    S2S_TRY(s2s_ledger_values(sweep->ledger, sweep->arena, &sweep->value, &sweep->values, err));
    record = S2S_NEW_ARRAY(sweep->arena, s2s_record, sweep->trials);
    if (record == NULL)
        return no_memory(err);
    for (size_t i = 0; i < sweep->trials; i++)
        S2S_TRY(read_trial(sweep, &sweep->trial[i], &next, &record[i], err));
    *ret = record;
    return S2S_OK;
}

static s2s_status read_base(sweep_reader *sweep, s2s_error *err)
{
    s2s_error_list errors = { .arena = sweep->arena };
    const char *path = s2s_path_join(sweep->arena, sweep->folder, S2S_SWEEP_BASE);

    if (path == NULL)
        return no_memory(err);
    if (s2s_config_load(path, NULL, 0, s2s_experiment_fields, sizeof(s2s_experiment_options), sweep->arena, &sweep->base, &errors) != S2S_OK)
        return s2s_errors_first(&errors, err);
    return S2S_OK;
}

static s2s_status read_sweep(const char *folder, s2s_arena *arena, s2s_record **ret, size_t *count, s2s_error *err)
{
    sweep_reader sweep = { .folder = folder, .arena = arena };
    const char  *path = s2s_path_join(arena, folder, S2S_LEDGER);
    s2s_status   status;

    if (path == NULL)
        return no_memory(err);
    S2S_TRY(read_base(&sweep, err));
    S2S_TRY(s2s_ledger_open(path, false, &sweep.ledger, err));
    sweep.scratch = s2s_arena_create();
    status = sweep.scratch ? read_ledger(&sweep, ret, err) : no_memory(err);
    s2s_arena_free(sweep.scratch);
    s2s_ledger_close(sweep.ledger);
    *count = sweep.trials;
    return status;
}

s2s_status s2s_records_read(const char *const *words, size_t count, s2s_arena *arena, const s2s_record **ret, size_t *ret_count, s2s_error *err)
{
    s2s_record *list = NULL, *room, *trial = NULL;
    size_t      listed = 0, capacity = 0, trials;

    for (size_t i = 0; i < count; i++) {
        const bool sweep = s2s_is_sweep(words[i]);

        trials = 1;
        if (sweep)
            S2S_TRY(read_sweep(words[i], arena, &trial, &trials, err));
        for (size_t k = 0; k < trials; k++) {
            room = s2s_arena_grow(arena, &list, &listed, &capacity, sizeof *list);
            if (room == NULL)
                return no_memory(err);
            if (sweep)
                *room = trial[k];
            else
                S2S_TRY(s2s_record_read(words[i], arena, room, err));
        }
    }
    *ret = list;
    *ret_count = listed;
    return S2S_OK;
}

/* --- several runs -------------------------------------------------------------------------------------------------------- */

s2s_status s2s_records_check_figure(const s2s_record *record, size_t count, const char *figure, s2s_error *err)
{
    const s2s_history *first = &record[0].history;
    const char *near;

    for (size_t i = 0; i < count; i++)
        if (s2s_history_find(&record[i].history, figure) >= 0)
            return S2S_OK;
    near = s2s_nearest_name(figure, first->name, (size_t)first->columns);
    return s2s_fail(err, S2S_USAGE, "no run has a figure '%s'%s%s%s", figure, near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
}

static bool same(const char *a, const char *b) { return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0); }

const char *s2s_record_key(const s2s_record *record, const char *key)
{
    const s2s_pair *pair = s2s_pairs_find(record->key, record->key_count, key);

    return pair ? pair->value : NULL;
}

/* The value of `key`, which stands at place `hint` in most records: configurations of one file have the same keys in the same order. */
static const char *value_near(const s2s_record *record, const char *key, size_t hint)
{
    if (hint < record->key_count && strcmp(record->key[hint].key, key) == 0)
        return record->key[hint].value;
    return s2s_record_key(record, key);
}

static bool differs(const s2s_record *record, size_t count, const char *key, size_t hint)
{
    const char *first = NULL;

    for (size_t i = 0; i < count; i++) {
        const char *value = value_near(&record[i], key, hint);

        if (first != NULL && value != NULL && strcmp(first, value) != 0)
            return true;
        first = first ? first : value;
    }
    return false;
}

/* Keys that change nothing that is computed, and the seed of the data, which goes with the other. */
static bool is_aside(const char *key)
{
    return strcmp(key, "name") == 0 || strcmp(key, "dataset.seed") == 0 || strncmp(key, "log.", 4) == 0 || strncmp(key, "sweep", 5) == 0;
}

static bool is_listed(const char *const *list, size_t count, const char *key)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(list[i], key) == 0)
            return true;
    return false;
}

/* True if `key` only repeats one of the file's own names: ${vars.rnn} as a layer's type. */
static bool follows(const s2s_record *record, size_t count, const char *const *list, size_t listed, const char *key, size_t hint)
{
    for (size_t k = 0; k < listed; k++) {
        size_t alike = 0;

        if (strncmp(list[k], "vars.", 5) != 0)
            continue;
        while (alike < count && same(s2s_record_key(&record[alike], list[k]), value_near(&record[alike], key, hint)))
            alike++;
        if (alike == count)
            return true;
    }
    return false;
}

s2s_status s2s_records_differ(const s2s_record *record, size_t count, s2s_arena *arena, const char *const **ret, size_t *ret_count,
                              s2s_error *err)
{
    const char **list = NULL;
    size_t listed = 0, capacity = 0;

    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < record[i].key_count; k++) {
            const char  *key = record[i].key[k].key;
            const char **room;

            if (is_aside(key) || (i > 0 && value_near(&record[0], key, k) != NULL) || is_listed(list, listed, key)
                || !differs(record, count, key, k) || follows(record, count, list, listed, key, k))
                continue;
            room = s2s_arena_grow(arena, &list, &listed, &capacity, sizeof *list);
            if (room == NULL)
                return no_memory(err);
            *room = key;
        }
    *ret = list;
    *ret_count = listed;
    return S2S_OK;
}

/* Nothing but the seed and what lies aside is different. */
static bool belong_together(const s2s_record *a, const s2s_record *b)
{
    if (a->key_count != b->key_count)
        return false;
    for (size_t i = 0; i < a->key_count; i++) {
        const char *key = a->key[i].key;

        if (strcmp(key, "seed") != 0 && !is_aside(key) && !same(value_near(a, key, i), value_near(b, key, i)))
            return false;
    }
    return true;
}

void s2s_records_group(const s2s_record *record, size_t count, size_t *group)
{
    for (size_t i = 0; i < count; i++) {
        group[i] = i;
        for (size_t k = 0; k < i && group[i] == i; k++)
            if (group[k] == k && belong_together(&record[k], &record[i]))
                group[i] = k;
    }
}
