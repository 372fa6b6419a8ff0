/* housekeeping.c -- looking through a folder of runs. */
#include "experiments/housekeeping.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "experiments/ledger.h"
#include "experiments/run_directory.h"

static s2s_status no_memory(s2s_error *err) { return s2s_fail(err, S2S_MEMORY, "out of memory"); }

/* Bytes of all files in a folder; of what cannot be read, none. */
static int64_t size_of(const char *path, s2s_arena *arena)
{
    const char *const *names;
    size_t  count;
    int64_t bytes = 0;

    if (!s2s_folder_exists(path))
        return s2s_file_size(path) > 0 ? s2s_file_size(path) : 0;
    if (s2s_folder_list(path, arena, &names, &count, NULL) != S2S_OK)
        return 0;
    for (size_t i = 0; i < count; i++) {
        const char *inside = s2s_path_join(arena, path, names[i]);

        bytes += inside ? size_of(inside, arena) : 0;
    }
    return bytes;
}

/* A process is at work in it. */
static bool is_busy(const char *path)
{
    s2s_lock  *lock = NULL;
    const bool busy = s2s_folder_lock(path, &lock, NULL) == S2S_USAGE;

    s2s_lock_release(lock);
    return busy;
}

/* --- the list ------------------------------------------------------------------------------------------------------------ */

/* "running" is what a run says of itself; a process that died cannot take it back. */
static const char *state_of(const s2s_record *record)
{
    if (is_busy(record->folder))
        return "running";
    return strcmp(record->status, "running") == 0 ? "interrupted" : record->status;
}

static void list_run(const char *path, s2s_arena *arena, s2s_listed_run *ret)
{
    s2s_record record;

    if (s2s_record_read(path, arena, &record, NULL) != S2S_OK)
        return;
    ret->state = state_of(&record);
    ret->metric = record.best_row >= 0 ? record.monitor : NULL;
    ret->best = record.best;
    ret->best_epoch = record.best_epoch;
    ret->epochs = record.history.rows;
}

static bool is_better(bool rises, const s2s_record *a, const s2s_record *b)
{
    if (isnan(a->best) || isnan(b->best))
        return !isnan(a->best);
    return rises ? a->best > b->best : a->best < b->best;
}

static bool has_ended(const char *state)
{
    return strcmp(state, "finished") == 0 || strcmp(state, "stopped") == 0 || strcmp(state, "diverged") == 0 || strcmp(state, "failed") == 0;
}

static void list_sweep(const char *path, s2s_arena *arena, s2s_listed_run *ret)
{
    const s2s_record *record, *best = NULL;
    size_t count, ended = 0;

    if (s2s_records_read(&path, 1, arena, &record, &count, NULL) != S2S_OK)
        return;
    for (size_t i = 0; i < count; i++) {
        const bool counts = strcmp(record[i].status, "diverged") != 0 && strcmp(record[i].status, "failed") != 0;

        ended += has_ended(record[i].status);
        if (counts && (best == NULL || is_better(s2s_figure_rises(record[i].monitor), &record[i], best)))
            best = &record[i];
    }
    ret->state = s2s_arena_printf(arena, "%s%zu of %zu trials", is_busy(path) ? "running, " : "", ended, count);
    if (best == NULL || best->best_row < 0)
        return;
    ret->metric = best->monitor;
    ret->best = best->best;
    ret->best_epoch = best->best_epoch;
    ret->epochs = best->history.rows;
    ret->best_trial = best->name;
}

s2s_status s2s_runs_list(const char *folder, s2s_arena *arena, s2s_listed_run **ret, size_t *count, s2s_error *err)
{
    s2s_listed_run    *list = NULL, *one;
    size_t             listed = 0, capacity = 0, found;
    const char *const *names;

    S2S_TRY(s2s_folder_list(folder, arena, &names, &found, err));
    for (size_t i = 0; i < found; i++) {
        const char *path = s2s_path_join(arena, folder, names[i]);

        if (path == NULL)
            return no_memory(err);
        if (names[i][0] == '.' || !(s2s_run_is_directory(path) || s2s_is_sweep(path)))
            continue;
        one = s2s_arena_grow(arena, &list, &listed, &capacity, sizeof *one);
        if (one == NULL)
            return no_memory(err);
        *one = (s2s_listed_run){ .path = path, .state = "unreadable", .bytes = size_of(path, arena) };
        (s2s_is_sweep(path) ? list_sweep : list_run)(path, arena, one);
    }
    *ret = list;
    *count = listed;
    return S2S_OK;
}

/* --- what may go --------------------------------------------------------------------------------------------------------- */

typedef struct finder {
    s2s_arena *arena;
    s2s_litter *list;
    size_t count, capacity;
} finder;

static s2s_status add(finder *f, const char *path, const char *why, s2s_error *err)
{
    s2s_litter *litter = s2s_arena_grow(f->arena, &f->list, &f->count, &f->capacity, sizeof *litter);

    if (litter == NULL || why == NULL)
        return no_memory(err);
    *litter = (s2s_litter){ .path = path, .why = why, .bytes = size_of(path, f->arena), .folder = s2s_folder_exists(path) };
    return S2S_OK;
}

/* ".NAME.1234": prepared by process 1234, which is no more. */
static bool is_left_over(const char *name)
{
    const char *dot = strrchr(name, '.');
    char       *end;
    long        process;

    if (name[0] != '.' || dot == NULL || dot == name)
        return false;
    process = strtol(dot + 1, &end, 10);
    return dot[1] != '\0' && *end == '\0' && process > 0 && kill((pid_t)process, 0) != 0 && errno == ESRCH;
}

static bool ends_in(const char *name, const char *end)
{
    return strlen(name) > strlen(end) && strcmp(name + strlen(name) - strlen(end), end) == 0;
}

/* Files that were being written when their process died. */
static s2s_status find_half_files(finder *f, const char *folder, s2s_error *err)
{
    const char *const *names;
    size_t count;

    S2S_TRY(s2s_folder_list(folder, f->arena, &names, &count, err));
    for (size_t i = 0; i < count; i++) {
        const char *path = s2s_path_join(f->arena, folder, names[i]);

        if (path == NULL)
            return no_memory(err);
        if (ends_in(names[i], ".tmp") && s2s_file_exists(path))
            S2S_TRY(add(f, path, "half a file", err));
    }
    return S2S_OK;
}

static s2s_status look_at_run(finder *f, const char *path, s2s_error *err)
{
    s2s_record  record;
    const char *state;

    if (is_busy(path) || s2s_record_read(path, f->arena, &record, NULL) != S2S_OK)
        return S2S_OK;                         /* what cannot be read is not for us to judge */
    state = state_of(&record);
    if (strcmp(state, "diverged") == 0 || strcmp(state, "failed") == 0)
        return add(f, path, state, err);
    if (record.history.rows == 0 && record.options->train.epochs > 0)
        return add(f, path, "no epoch done", err);
    return find_half_files(f, path, err);
}

/* Directories of trials that the ledger does not know. */
static s2s_status look_at_sweep(finder *f, const char *path, s2s_error *err)
{
    const s2s_record  *record;
    const char *const *names;
    size_t count, found;

    if (is_busy(path) || s2s_records_read(&path, 1, f->arena, &record, &count, NULL) != S2S_OK)
        return S2S_OK;
    S2S_TRY(s2s_folder_list(path, f->arena, &names, &found, err));
    for (size_t i = 0; i < found; i++) {
        const char *inside = s2s_path_join(f->arena, path, names[i]);
        bool        known = false;

        if (inside == NULL)
            return no_memory(err);
        if (!s2s_folder_exists(inside) || strncmp(names[i] + (names[i][0] == '.'), "trial-", 6) != 0)
            continue;
        for (size_t k = 0; k < count; k++)
            known = known || (record[k].folder != NULL && strcmp(record[k].folder, inside) == 0);
        S2S_TRY(known ? find_half_files(f, inside, err) : add(f, inside, "a trial that is not kept", err));
    }
    return find_half_files(f, path, err);
}

s2s_status s2s_litter_find(const char *folder, s2s_arena *arena, s2s_litter **ret, size_t *count, s2s_error *err)
{
    finder f = { .arena = arena };
    const char *const *names;
    size_t found;

    S2S_TRY(s2s_folder_list(folder, arena, &names, &found, err));
    for (size_t i = 0; i < found; i++) {
        const char *path = s2s_path_join(arena, folder, names[i]);

        if (path == NULL)
            return no_memory(err);
        if (is_left_over(names[i]))
            S2S_TRY(add(&f, path, "left over by a program that was killed", err));
        else if (s2s_is_sweep(path))
            S2S_TRY(look_at_sweep(&f, path, err));
        else if (s2s_run_is_directory(path))
            S2S_TRY(look_at_run(&f, path, err));
    }
    *ret = f.list;
    *count = f.count;
    return S2S_OK;
}

s2s_status s2s_litter_of(const char *path, s2s_arena *arena, s2s_litter *ret, s2s_error *err)
{
    if (!s2s_run_is_directory(path) && !s2s_is_sweep(path))
        return s2s_fail(err, S2S_USAGE, "'%s' is neither a run nor a sweep", path);
    if (is_busy(path))
        return s2s_fail(err, S2S_USAGE, "a process is at work in '%s'", path);
    *ret = (s2s_litter){ .path = path, .why = "as named", .bytes = size_of(path, arena), .folder = true };
    return S2S_OK;
}

s2s_status s2s_litter_remove(const s2s_litter *litter, s2s_error *err)
{
    return litter->folder ? s2s_folder_remove(litter->path, err) : s2s_file_remove(litter->path, err);
}
