/* run_directory.c -- numbering, preparing and finding run directories. */
#include "experiments/run_directory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static s2s_status no_memory(s2s_error *err) { return s2s_fail(err, S2S_MEMORY, "out of memory"); }

static bool has_file(const char *folder, const char *name)
{
    char path[4096];

    return snprintf(path, sizeof path, "%s/%s", folder, name) < (int)sizeof path && s2s_file_exists(path);
}

bool s2s_run_is_directory(const char *path) { return has_file(path, S2S_RUN_STATE) && has_file(path, S2S_RUN_RESOLVED); }

/* --- latest -------------------------------------------------------------------------------------------------------------- */

static bool newer(const struct timespec *a, const struct timespec *b)
{
    return a->tv_sec != b->tv_sec ? a->tv_sec > b->tv_sec : a->tv_nsec > b->tv_nsec;
}

s2s_status s2s_run_latest(s2s_arena *arena, const char **ret, s2s_error *err)
{
    const char *const *names;
    const char *best = NULL;
    struct timespec best_time = { 0 };
    size_t count = 0;

    if (s2s_folder_exists(S2S_RUNS_FOLDER))
        S2S_TRY(s2s_folder_list(S2S_RUNS_FOLDER, arena, &names, &count, err));
    for (size_t i = 0; i < count; i++) {
        const char *folder = s2s_path_join(arena, S2S_RUNS_FOLDER, names[i]);
        const char *state = folder ? s2s_path_join(arena, folder, S2S_RUN_STATE) : NULL;
        struct stat info;

        if (state == NULL)
            return no_memory(err);
        if (names[i][0] != '.' && s2s_run_is_directory(folder) && stat(state, &info) == 0
            && (best == NULL || newer(&info.st_mtim, &best_time))) {
            best = folder;
            best_time = info.st_mtim;
        }
    }
    if (best == NULL)
        return s2s_fail(err, S2S_DATA, "there is no run under %s/", S2S_RUNS_FOLDER);
    *ret = best;
    return S2S_OK;
}

/* --- making -------------------------------------------------------------------------------------------------------------- */

s2s_status s2s_run_directory_check(const char *out, s2s_error *err)
{
    if (out == NULL)
        return S2S_OK;
    if (*out == '\0')
        return s2s_fail(err, S2S_USAGE, "--out: expected a name, got ''");
    if (s2s_folder_exists(out) || s2s_file_exists(out))
        return s2s_fail(err, S2S_USAGE, "--out: '%s' exists; s2s resume goes on with a run", out);
    return S2S_OK;
}

/* "a/b///" -> "a/b": the prepared folder must not lie inside the one that it becomes. */
static char *without_slashes(s2s_arena *arena, const char *path)
{
    size_t length = strlen(path);

    while (length > 1 && path[length - 1] == '/')
        length--;
    return s2s_arena_strndup(arena, path, length);
}

s2s_status s2s_run_directory_prepare(const char *name, const char *out, s2s_arena *arena, const char **ret, s2s_error *err)
{
    const char *target = out ? without_slashes(arena, out) : s2s_arena_printf(arena, "%s/%s", S2S_RUNS_FOLDER, name);
    const char *parent = target ? s2s_path_folder(arena, target) : NULL;
    const char *path = parent ? s2s_arena_printf(arena, "%s/.%s.%ld", parent, s2s_path_name(target), (long)getpid()) : NULL;

    if (path == NULL)
        return no_memory(err);
    if (s2s_folder_make(path, err) != S2S_OK) {
        if (err != NULL)
            err->status = S2S_USAGE;
        return out ? s2s_error_prefix(err, "--out") : S2S_USAGE;
    }
    *ret = path;
    return S2S_OK;
}

/* The number behind NAME- , or 0 for other names. */
static long run_number(const char *folder, const char *name)
{
    const size_t length = strlen(name);
    char        *end;
    long         number;

    if (strncmp(folder, name, length) != 0 || folder[length] != '-' || folder[length + 1] < '0' || folder[length + 1] > '9')
        return 0;
    number = strtol(folder + length + 1, &end, 10);
    return *end == '\0' && number > 0 ? number : 0;
}

static s2s_status highest_number(const char *name, s2s_arena *arena, long *ret, s2s_error *err)
{
    const char *const *names;
    size_t count;

    *ret = 0;
    S2S_TRY(s2s_folder_list(S2S_RUNS_FOLDER, arena, &names, &count, err));
    for (size_t i = 0; i < count; i++) {
        const long number = run_number(names[i], name);
        *ret = number > *ret ? number : *ret;
    }
    return S2S_OK;
}

s2s_status s2s_run_directory_last(const char *name, s2s_arena *arena, const char **ret, s2s_error *err)
{
    long number = 0;

    if (s2s_folder_exists(S2S_RUNS_FOLDER))
        S2S_TRY(highest_number(name, arena, &number, err));
    *ret = number > 0 ? s2s_arena_printf(arena, "%s/%s-%04ld", S2S_RUNS_FOLDER, name, number) : NULL;
    return number == 0 || *ret != NULL ? S2S_OK : no_memory(err);
}

s2s_status s2s_run_directory_place(const char *prepared, const char *name, const char *out, s2s_arena *arena, const char **ret,
                                   s2s_error *err)
{
    long number;

    if (out != NULL) {
        S2S_TRY(s2s_run_directory_check(out, err));       /* it was not there when the run was asked for */
        *ret = without_slashes(arena, out);
        return *ret ? s2s_rename(prepared, *ret, err) : no_memory(err);
    }
    S2S_TRY(highest_number(name, arena, &number, err));
    /* Another run may take the number in between: then the next one. */
    for (int attempts = 0; attempts < 100; attempts++) {
        const char *path = s2s_arena_printf(arena, "%s/%s-%04ld", S2S_RUNS_FOLDER, name, ++number);

        if (path == NULL)
            return no_memory(err);
        if (s2s_rename(prepared, path, err) == S2S_OK) {
            *ret = path;
            return S2S_OK;
        }
        if (!s2s_folder_exists(path))
            break;
    }
    return err ? err->status : S2S_IO;
}
