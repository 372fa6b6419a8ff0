/* file.c -- reading whole files, writing whole files, logs. */
#include "base/file.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int64_t writes_left = -1;       /* atomic: writes until the disk seems full; negative: never */

void s2s_file_fail_after(int64_t n) { __atomic_store_n(&writes_left, n, __ATOMIC_RELAXED); }

static bool disk_is_full(void)
{
    int64_t left = __atomic_load_n(&writes_left, __ATOMIC_RELAXED);

    if (left > 1)
        __atomic_store_n(&writes_left, left - 1, __ATOMIC_RELAXED);
    return left == 0 || left == 1;
}

static ssize_t read_some(int file, void *buffer, size_t size)
{
    ssize_t got;

    do
        got = read(file, buffer, size);
    while (got < 0 && errno == EINTR);
    return got;
}

static bool write_all(int file, s2s_text bytes)
{
    if (disk_is_full()) {
        errno = ENOSPC;
        return false;
    }
    while (bytes.length > 0) {
        const ssize_t done = write(file, bytes.chars, bytes.length);
        if (done < 0 && errno != EINTR)
            return false;
        if (done > 0) {
            bytes.chars += done;
            bytes.length -= (size_t)done;
        }
    }
    return true;
}

/* A regular file of known size goes straight into the arena. */
static s2s_status read_sized(int file, size_t size, s2s_arena *arena, s2s_text *ret)
{
    char  *chars = s2s_arena_alloc(arena, size + 1, 1);
    size_t length = 0;

    if (chars == NULL)
        return S2S_MEMORY;
    while (length < size) {
        const ssize_t got = read_some(file, chars + length, size - length);
        if (got < 0)
            return S2S_DATA;
        if (got == 0)
            break;
        length += (size_t)got;
    }
    *ret = (s2s_text){ chars, length };
    return S2S_OK;
}

/* Pipes, devices and files that do not say their size; stops after `limit` + 1 bytes. */
static s2s_status read_stream(int file, int64_t limit, s2s_arena *arena, s2s_text *ret)
{
    s2s_string all = { 0 };
    char       buffer[16384];
    ssize_t    got = 0;
    s2s_status status = S2S_OK;

    while ((int64_t)all.length <= limit && (got = read_some(file, buffer, sizeof buffer)) > 0)
        s2s_string_append(&all, buffer, (size_t)got);
    if (got < 0) {
        status = S2S_DATA;
    } else {
        char *chars = all.failed ? NULL : s2s_arena_strndup(arena, s2s_string_chars(&all), all.length);
        if (chars == NULL)
            status = S2S_MEMORY;
        else
            *ret = (s2s_text){ chars, all.length };
    }
    s2s_string_release(&all);
    return status;
}

s2s_status s2s_file_read_limited(const char *path, int64_t limit, s2s_arena *arena, s2s_text *ret, s2s_error *err)
{
    const int   file = open(path, O_RDONLY | O_CLOEXEC);
    struct stat info;
    s2s_text    bytes = { 0 };
    s2s_status  status;

    if (file < 0 || fstat(file, &info) != 0) {
        s2s_fail_errno(err, S2S_DATA, "cannot read '%s'", path);
        if (file >= 0)
            close(file);
        return S2S_DATA;
    }
    if (S_ISREG(info.st_mode) && info.st_size > limit)
        status = S2S_OK;
    else if (S_ISREG(info.st_mode) && info.st_size > 0)
        status = read_sized(file, (size_t)info.st_size, arena, &bytes);
    else
        status = read_stream(file, limit, arena, &bytes);
    if (status == S2S_MEMORY)
        s2s_fail(err, S2S_MEMORY, "out of memory while reading '%s'", path);
    else if (status != S2S_OK)
        s2s_fail_errno(err, status, "cannot read '%s'", path);
    else if ((S_ISREG(info.st_mode) && info.st_size > limit) || (int64_t)bytes.length > limit)
        status = s2s_fail(err, S2S_DATA, "'%s' is too large: more than %lld bytes", path, (long long)limit);
    close(file);
    if (status == S2S_OK)
        *ret = bytes;
    return status;
}

s2s_status s2s_file_read(const char *path, s2s_arena *arena, s2s_text *ret, s2s_error *err)
{
    return s2s_file_read_limited(path, INT64_MAX - 1, arena, ret, err);
}

/* A rename or a new name is only safe when its folder is on the disk too; folders that refuse fsync are let be. */
static void sync_folder_of(const char *path)
{
    char        folder[4096];
    const char *name = s2s_path_name(path);
    int         file;

    if ((size_t)(name - path) >= sizeof folder)
        return;
    snprintf(folder, sizeof folder, "%.*s", name == path ? 1 : (int)(name - path), name == path ? "." : path);
    file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (file >= 0) {
        fsync(file);
        close(file);
    }
}

static bool write_pieces(int file, const s2s_text *pieces, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!write_all(file, pieces[i]))
            return false;
    return true;
}

static s2s_status write_in_place(const char *path, const s2s_text *pieces, size_t count, s2s_error *err)
{
    const int  file = open(path, O_WRONLY | O_CLOEXEC);
    const bool written = file >= 0 && write_pieces(file, pieces, count);
    s2s_status status = written ? S2S_OK : s2s_fail_errno(err, S2S_IO, "cannot write '%s'", path);

    if (file >= 0 && close(file) != 0 && written)
        status = s2s_fail_errno(err, S2S_IO, "cannot write '%s'", path);
    return status;
}

s2s_status s2s_file_write(const char *path, const s2s_text *pieces, size_t count, s2s_error *err)
{
    char        temporary[4096];
    struct stat info;
    int         file;
    bool        done;

    if (stat(path, &info) == 0 && !S_ISREG(info.st_mode))
        return write_in_place(path, pieces, count, err);
    if ((size_t)snprintf(temporary, sizeof temporary, "%s.tmp", path) >= sizeof temporary)
        return s2s_fail(err, S2S_IO, "cannot write '%s': the name is too long", path);
    file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (file < 0)
        return s2s_fail_errno(err, S2S_IO, "cannot write '%s'", path);
    done = write_pieces(file, pieces, count) && fsync(file) == 0;
    if (done) {
        done = close(file) == 0 && rename(temporary, path) == 0;
    } else {
        const int code = errno;
        close(file);
        errno = code;
    }
    if (!done) {
        s2s_fail_errno(err, S2S_IO, "cannot write '%s'", path);
        unlink(temporary);
        return S2S_IO;
    }
    sync_folder_of(path);
    return S2S_OK;
}

s2s_status s2s_file_write_string(const char *path, const s2s_string *string, s2s_error *err)
{
    if (string->failed)
        return s2s_fail(err, S2S_MEMORY, "out of memory");
    return s2s_file_write(path, &(s2s_text){ s2s_string_chars(string), string->length }, 1, err);
}

/* Linux can refuse to replace in the same step as the rename; elsewhere a look before must do. */
static int rename_to_new(const char *from, const char *to)
{
#ifdef RENAME_NOREPLACE
    if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
        return 0;
    if (errno != EINVAL && errno != ENOSYS)
        return -1;
#endif
    struct stat info;
    if (lstat(to, &info) == 0) {
        errno = EEXIST;
        return -1;
    }
    return rename(from, to);
}

s2s_status s2s_rename(const char *from, const char *to, s2s_error *err)
{
    if (rename_to_new(from, to) != 0)
        return s2s_fail_errno(err, S2S_IO, "cannot rename '%s' to '%s'", from, to);
    sync_folder_of(from);
    sync_folder_of(to);
    return S2S_OK;
}

struct s2s_log {
    int file;                      /* -1: it has none yet */
    int64_t size;
    char *path;
    s2s_string waiting;            /* what was appended while there was no file */
};

s2s_status s2s_log_open(const char *path, s2s_log **ret, s2s_error *err)
{
    s2s_log    *log = s2s_memory_zeroed(sizeof *log);
    char       *copy = s2s_memory_zeroed(strlen(path) + 1);
    struct stat info;

    if (log == NULL || copy == NULL) {
        s2s_memory_free(log);
        s2s_memory_free(copy);
        return s2s_fail(err, S2S_MEMORY, "out of memory");
    }
    *log = (s2s_log){ .file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666), .path = strcpy(copy, path) };
    if (log->file < 0 || fstat(log->file, &info) != 0) {
        s2s_fail_errno(err, S2S_IO, "cannot write '%s'", path);
        s2s_log_close(log);
        return S2S_IO;
    }
    log->size = info.st_size;
    *ret = log;
    return S2S_OK;
}

s2s_status s2s_log_gather(s2s_log **ret, s2s_error *err)
{
    s2s_log *log = s2s_memory_zeroed(sizeof *log);

    if (log == NULL)
        return s2s_fail(err, S2S_MEMORY, "out of memory");
    log->file = -1;
    *ret = log;
    return S2S_OK;
}

s2s_status s2s_log_settle(s2s_log *log, const char *path, s2s_error *err)
{
    s2s_log *opened;

    assert(log->file < 0);
    S2S_TRY(s2s_log_open(path, &opened, err));
    log->file = opened->file;
    log->path = opened->path;
    s2s_memory_free(opened);
    log->size = 0;
    const s2s_status status = s2s_log_append(log, (s2s_text){ s2s_string_chars(&log->waiting), log->waiting.length }, err);

    s2s_string_release(&log->waiting);
    return status;
}

static s2s_status gather(s2s_log *log, s2s_text bytes, s2s_error *err)
{
    s2s_string_append(&log->waiting, bytes.chars, bytes.length);
    if (log->waiting.failed)
        return s2s_fail(err, S2S_MEMORY, "out of memory");
    log->size += (int64_t)bytes.length;
    return S2S_OK;
}

s2s_status s2s_log_append(s2s_log *log, s2s_text bytes, s2s_error *err)
{
    if (log->file < 0)
        return gather(log, bytes, err);
    if (!write_all(log->file, bytes)) {
        s2s_fail_errno(err, S2S_IO, "cannot write '%s'", log->path);
        if (ftruncate(log->file, log->size) != 0)      /* half a line would be worse than none; resume cuts it too */
            errno = 0;
        return S2S_IO;
    }
    log->size += (int64_t)bytes.length;
    return S2S_OK;
}

s2s_status s2s_log_append_string(s2s_log *log, const s2s_string *string, s2s_error *err)
{
    if (string->failed)
        return s2s_fail(err, S2S_MEMORY, "out of memory");
    return s2s_log_append(log, (s2s_text){ s2s_string_chars(string), string->length }, err);
}

s2s_status s2s_log_sync(s2s_log *log, s2s_error *err)
{
    if (log->file < 0)
        return S2S_OK;
    if (fsync(log->file) != 0 && errno != EINVAL)      /* pipes have nothing to sync */
        return s2s_fail_errno(err, S2S_IO, "cannot write '%s'", log->path);
    return S2S_OK;
}

int64_t s2s_log_size(const s2s_log *log) { return log->size; }

void s2s_log_close(s2s_log *log)
{
    if (log == NULL)
        return;
    if (log->file >= 0)
        close(log->file);
    s2s_string_release(&log->waiting);
    s2s_memory_free(log->path);
    s2s_memory_free(log);
}

s2s_status s2s_log_truncate(const char *path, int64_t size, s2s_error *err)
{
    const int file = open(path, O_WRONLY | O_CLOEXEC);
    s2s_status status = S2S_OK;

    if (file < 0 || ftruncate(file, size) != 0 || fsync(file) != 0)
        status = s2s_fail_errno(err, S2S_IO, "cannot cut '%s' to %lld bytes", path, (long long)size);
    if (file >= 0)
        close(file);
    return status;
}
