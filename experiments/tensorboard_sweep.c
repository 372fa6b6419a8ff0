/* tensorboard_sweep.c -- a sweep's ledger as event files, one folder a trial, so that TensorBoard sets them side by side. */
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "experiments/record.h"
#include "experiments/tensorboard.h"

/* Every figure of every epoch, at the time at which it would have come had the trial ended now. */
static s2s_status add_epochs(const s2s_record *record, double end, s2s_arena *arena, s2s_string *ret, s2s_error *err)
{
    const s2s_history *h = &record->history;
    const int epoch = s2s_history_find(h, "epoch"), seconds = s2s_history_find(h, "seconds");
    s2s_event_scalar *scalar = S2S_NEW_ARRAY(arena, s2s_event_scalar, h->columns);
    double wall = end - record->seconds;

    if (scalar == NULL)
        return s2s_fail(err, S2S_MEMORY, "out of memory");
    for (int64_t row = 0; row < h->rows; row++) {
        size_t count = 0;

        for (int column = 0; column < h->columns; column++)
            if (column != epoch && column != seconds)
                scalar[count++] = (s2s_event_scalar){ h->name[column], s2s_history_at(h, row, column) };
        wall += seconds >= 0 ? s2s_history_at(h, row, seconds) : 0;
        s2s_events_add_scalars(ret, wall, (int64_t)s2s_history_at(h, row, epoch), scalar, count);
    }
    return S2S_OK;
}

/* The trial's values of the keys that differ. */
static s2s_status choose_pairs(const s2s_record *record, const char *const *key, size_t keys, s2s_arena *arena, s2s_pair **ret, s2s_error *err)
{
    s2s_pair *pair = S2S_NEW_ARRAY(arena, s2s_pair, keys);

    if (pair == NULL)
        return s2s_fail(err, S2S_MEMORY, "out of memory");
    for (size_t i = 0; i < keys; i++)
        pair[i] = (s2s_pair){ .key = key[i], .value = s2s_record_key(record, key[i]) };
    *ret = pair;
    return S2S_OK;
}

static s2s_status write_trial(const s2s_record *record, const char *folder, const char *const *key, size_t keys, s2s_arena *arena, s2s_error *err)
{
    const double now = s2s_clock_wall();
    const char  *path = s2s_path_join(arena, folder, S2S_RUN_EVENTS);
    s2s_string   events = { 0 };
    s2s_pair    *pair = NULL;
    s2s_status   status;

    if (path == NULL)
        return s2s_fail(err, S2S_MEMORY, "out of memory");
    S2S_TRY(choose_pairs(record, key, keys, arena, &pair, err));
    S2S_TRY(s2s_folder_make(folder, err));
    s2s_events_add_version(&events, now - record->seconds);
    s2s_events_add_start(&events, now - record->seconds, pair, keys);
    status = add_epochs(record, now, arena, &events, err);
    s2s_events_add_end(&events, now, record->history.rows + 1, strcmp(record->status, "finished") == 0 || strcmp(record->status, "stopped") == 0);
    if (status == S2S_OK)
        status = s2s_file_write_string(path, &events, err);
    s2s_string_release(&events);
    return status;
}

static s2s_status write_trials(const char *folder, s2s_arena *arena, s2s_error *err)
{
    const s2s_record *record;
    const char *const *key;
    size_t count = 0, keys;

    S2S_TRY(s2s_records_read(&folder, 1, arena, &record, &count, err));
    S2S_TRY(s2s_records_differ(record, count, arena, &key, &keys, err));
    for (size_t i = 0; i < count; i++) {
        const char *place = s2s_arena_printf(arena, "%s/" S2S_SWEEP_EVENTS "/trial-%04zu", folder, i + 1);

        if (place == NULL)
            return s2s_fail(err, S2S_MEMORY, "out of memory");
        S2S_TRY(write_trial(&record[i], place, key, keys, arena, err));
    }
    return S2S_OK;
}

s2s_status s2s_tensorboard_sweep(const char *folder, s2s_error *err)
{
    s2s_arena *arena = s2s_arena_create();
    s2s_status status = arena ? write_trials(folder, arena, err) : s2s_fail(err, S2S_MEMORY, "out of memory");

    s2s_arena_free(arena);
    return status;
}
