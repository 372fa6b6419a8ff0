/*
 * file.h -- the only place that opens, writes, renames and deletes files.
 *
 * A file that is not a log is written whole: a temporary name beside it, fsync, rename, fsync of the folder. Whoever
 * looks, even after a power cut, sees the old file or the new one. Logs append; s2s_log_truncate cuts them on resume.
 */
#ifndef S2S_BASE_FILE_H
#define S2S_BASE_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/status.h"
#include "base/text.h"

/* The whole file into the arena (a NUL follows the last byte). Errors: S2S_DATA if it cannot be read (missing, a folder, ...). */
s2s_status s2s_file_read(const char *path, s2s_arena *arena, s2s_text *ret, s2s_error *err);

/* The same, but a file over `limit` bytes is S2S_DATA. */
s2s_status s2s_file_read_limited(const char *path, int64_t limit, s2s_arena *arena, s2s_text *ret, s2s_error *err);

/* Several pieces, one after the other, as one new whole file. A device or a pipe is written to as it stands. */
s2s_status s2s_file_write(const char *path, const s2s_text *pieces, size_t count, s2s_error *err);
s2s_status s2s_file_write_string(const char *path, const s2s_string *string, s2s_error *err);   /* S2S_MEMORY if the string has failed */

/* A log: opened at its end, every append reaches the kernel before it returns. */
typedef struct s2s_log s2s_log;
s2s_status s2s_log_open(const char *path, s2s_log **ret, s2s_error *err);
s2s_status s2s_log_append(s2s_log *log, s2s_text bytes, s2s_error *err);
s2s_status s2s_log_append_string(s2s_log *log, const s2s_string *string, s2s_error *err);       /* S2S_MEMORY if the string has failed */

/* A log without a file yet: what is appended waits in memory until s2s_log_settle writes it to a new file and goes on there. */
s2s_status s2s_log_gather(s2s_log **ret, s2s_error *err);
s2s_status s2s_log_settle(s2s_log *log, const char *path, s2s_error *err);
s2s_status s2s_log_sync(s2s_log *log, s2s_error *err);
int64_t s2s_log_size(const s2s_log *log);
void s2s_log_close(s2s_log *log);
s2s_status s2s_log_truncate(const char *path, int64_t size, s2s_error *err);

/* Held by one process at a time, and by none after it has ended, however it ended. Where the file system has no locks nobody is kept out. */
typedef struct s2s_lock s2s_lock;
s2s_status s2s_folder_lock(const char *path, s2s_lock **ret, s2s_error *err);  /* S2S_USAGE if another process holds it */
void s2s_lock_release(s2s_lock *lock);

bool s2s_file_exists(const char *path);
bool s2s_folder_exists(const char *path);
int64_t s2s_file_size(const char *path);                       /* -1 when it cannot be told */
s2s_status s2s_folder_make(const char *path, s2s_error *err);  /* with its parents; there already is fine */
s2s_status s2s_rename(const char *from, const char *to, s2s_error *err);   /* fails if `to` exists */
s2s_status s2s_file_remove(const char *path, s2s_error *err);
s2s_status s2s_folder_remove(const char *path, s2s_error *err);            /* with all that is in it */

/* Names in a folder, sorted by byte, without "." and "..". */
s2s_status s2s_folder_list(const char *path, s2s_arena *arena, const char *const **ret, size_t *count, s2s_error *err);

/* Paths: plain text work. `base` is a folder; an absolute `path` stays as it is. */
char *s2s_path_join(s2s_arena *arena, const char *base, const char *path);
char *s2s_path_folder(s2s_arena *arena, const char *path);     /* "a/b.yaml" -> "a"; "b" -> "." */
const char *s2s_path_name(const char *path);                   /* "a/b.yaml" -> "b.yaml" */
char *s2s_path_absolute(s2s_arena *arena, const char *path);   /* without "." and ".."; NULL when the working directory is unknown */

/* `path`, which is right from the working directory, as seen from `folder`; an absolute path stays as it is. */
char *s2s_path_relative(s2s_arena *arena, const char *folder, const char *path);

/* SHA-256 of a file as 64 hex digits and a NUL. */
s2s_status s2s_file_sha256(const char *path, char ret[65], s2s_error *err);

/* For tests: the n-th write from now (1: the next) and all after it fail as on a full disk. -1: none does. */
void s2s_file_fail_after(int64_t n);

#endif
