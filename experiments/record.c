/* record.c -- see record.h. */
#include "experiments/record.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

#include "experiments/model_file.h"
#include "experiments/run_directory.h"

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
    if (s2s_config_load(path, NULL, 0, s2s_experiment_fields, sizeof(s2s_experiment_options), arena, &config, &errors) != S2S_OK) {
        *err = errors.item[0];
        return err->status;
    }
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

static s2s_status read_status(s2s_record *record, s2s_arena *arena, s2s_error *err)
{
    const char *path = s2s_path_join(arena, record->folder, S2S_RUN_ENVIRONMENT), *status;
    s2s_text    text = { "", 0 };
    json_t     *json;

    if (path == NULL)
        return no_memory(err);
    if (s2s_file_exists(path))
        S2S_TRY(s2s_file_read(path, arena, &text, err));
    json = json_loadb(text.chars, text.length, 0, NULL);
    status = json_string_value(json_object_get(json, "status"));
    record->status = s2s_arena_strdup(arena, status ? status : "unknown");
    json_decref(json);
    return record->status ? S2S_OK : no_memory(err);
}

static void find_best(s2s_record *record)
{
    const s2s_history *history = &record->history;
    const int seconds = s2s_history_find(history, "seconds"), epoch = s2s_history_find(history, "epoch");
    const bool validated = s2s_history_find(history, "val_loss") >= 0;

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
    find_best(&record);
    *ret = record;
    return S2S_OK;
}

/* --- several runs -------------------------------------------------------------------------------------------------------- */

static bool same(const char *a, const char *b) { return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0); }

const char *s2s_record_key(const s2s_record *record, const char *key)
{
    for (size_t i = 0; i < record->key_count; i++)
        if (strcmp(record->key[i].key, key) == 0)
            return record->key[i].value ? record->key[i].value : "null";
    return NULL;
}

/* The value of `key`, which stands at place `hint` in most records: configurations of one file have the same keys in the same order. */
static const char *value_near(const s2s_record *record, const char *key, size_t hint)
{
    if (hint < record->key_count && strcmp(record->key[hint].key, key) == 0)
        return record->key[hint].value ? record->key[hint].value : "null";
    return s2s_record_key(record, key);
}

static bool differs(const s2s_record *record, size_t count, const char *key, size_t hint)
{
    const char *first = value_near(&record[0], key, hint);

    for (size_t i = 1; i < count; i++)
        if (!same(first, value_near(&record[i], key, hint)))
            return true;
    return false;
}

static bool is_listed(const char *const *list, size_t count, const char *key)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(list[i], key) == 0)
            return true;
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

            if (strcmp(key, "name") == 0 || (i > 0 && value_near(&record[0], key, k) != NULL) || is_listed(list, listed, key)
                || !differs(record, count, key, k))
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

/* Nothing but seed and name is different. */
static bool belong_together(const s2s_record *a, const s2s_record *b)
{
    if (a->key_count != b->key_count)
        return false;
    for (size_t i = 0; i < a->key_count; i++) {
        const char *key = a->key[i].key;

        if (strcmp(key, "seed") != 0 && strcmp(key, "name") != 0 && !same(value_near(a, key, i), value_near(b, key, i)))
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
