/* folder.c -- what exists, making, listing and deleting. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

bool s2s_file_exists(const char *path)
{
    struct stat info;

    return stat(path, &info) == 0 && !S_ISDIR(info.st_mode);
}

bool s2s_folder_exists(const char *path)
{
    struct stat info;

    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

int64_t s2s_file_size(const char *path)
{
    struct stat info;

    return stat(path, &info) == 0 && S_ISREG(info.st_mode) ? (int64_t)info.st_size : -1;
}

s2s_status s2s_folder_make(const char *path, s2s_error *err)
{
    char   part[4096];
    size_t length = strlen(path);
    int    why;

    if (length >= sizeof part)
        return s2s_fail(err, S2S_IO, "cannot make the folder '%s': the name is too long", path);
    for (size_t i = 1; i <= length; i++) {
        if (i < length && path[i] != '/')
            continue;
        memcpy(part, path, i);
        part[i] = '\0';
        if (mkdir(part, 0777) == 0)
            continue;
        why = errno;
        if (!s2s_folder_exists(part)) {
            errno = why == EEXIST ? ENOTDIR : why;
            return s2s_fail_errno(err, S2S_IO, "cannot make the folder '%s'", part);
        }
    }
    return S2S_OK;
}

/* --- locks ---------------------------------------------------------------------------------------------------------------- */

struct s2s_lock { int folder; };

s2s_status s2s_folder_lock(const char *path, s2s_lock **ret, s2s_error *err)
{
    s2s_lock  *lock = s2s_memory_zeroed(sizeof *lock);
    s2s_status status = S2S_OK;

    if (lock == NULL)
        return s2s_fail(err, S2S_MEMORY, "out of memory");
    lock->folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (lock->folder < 0)
        status = s2s_fail_errno(err, S2S_IO, "cannot open the folder '%s'", path);
    else if (flock(lock->folder, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
        status = s2s_fail(err, S2S_USAGE, "another process is at work in '%s'", path);
    if (status != S2S_OK)
        s2s_lock_release(lock);
    else
        *ret = lock;
    return status;
}

void s2s_lock_release(s2s_lock *lock)
{
    if (lock == NULL)
        return;
    if (lock->folder >= 0)
        close(lock->folder);
    s2s_memory_free(lock);
}

/* --- deleting ------------------------------------------------------------------------------------------------------------- */

s2s_status s2s_file_remove(const char *path, s2s_error *err)
{
    if (unlink(path) != 0)
        return s2s_fail_errno(err, S2S_IO, "cannot delete '%s'", path);
    return S2S_OK;
}

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *where)
{
    (void)info, (void)kind, (void)where;
    return remove(path);
}

s2s_status s2s_folder_remove(const char *path, s2s_error *err)
{
    if (nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS) != 0)
        return s2s_fail_errno(err, S2S_IO, "cannot delete the folder '%s'", path);
    return S2S_OK;
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

s2s_status s2s_folder_list(const char *path, s2s_arena *arena, const char *const **ret, size_t *count, s2s_error *err)
{
    DIR           *folder = opendir(path);
    struct dirent *one;
    const char   **names = NULL;
    size_t         found = 0, capacity = 0;
    int            fault;

    if (folder == NULL)
        return s2s_fail_errno(err, S2S_IO, "cannot list the folder '%s'", path);
    while (errno = 0, (one = readdir(folder)) != NULL) {
        if (strcmp(one->d_name, ".") == 0 || strcmp(one->d_name, "..") == 0)
            continue;
        const char **slot = s2s_arena_grow(arena, &names, &found, &capacity, sizeof *names);
        if (slot == NULL || (*slot = s2s_arena_strdup(arena, one->d_name)) == NULL) {
            closedir(folder);
            return s2s_fail(err, S2S_MEMORY, "out of memory");
        }
    }
    fault = errno;
    closedir(folder);
    errno = fault;
    if (fault != 0)
        return s2s_fail_errno(err, S2S_IO, "cannot list the folder '%s'", path);
    if (found > 0)
        qsort(names, found, sizeof *names, by_bytes);
    *ret = names;
    *count = found;
    return S2S_OK;
}
