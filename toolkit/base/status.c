/* status.c -- filling and printing errors. */
#include "base/status.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void fill(s2s_error *err, s2s_status status, s2s_position at, const char *format, va_list args) S2S_PRINTF(4, 0);

static void fill(s2s_error *err, s2s_status status, s2s_position at, const char *format, va_list args)
{
    if (err == NULL)
        return;
    *err = (s2s_error){ .status = status, .line = at.line, .column = at.column, .span = 1 };
    if (at.file != NULL)
        snprintf(err->file, sizeof err->file, "%s", at.file);
    vsnprintf(err->message, sizeof err->message, format, args);
}

s2s_status s2s_fail(s2s_error *err, s2s_status status, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    fill(err, status, (s2s_position){ 0 }, format, args);
    va_end(args);
    return status;
}

s2s_status s2s_fail_at(s2s_error *err, s2s_status status, s2s_position at, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    fill(err, status, at, format, args);
    va_end(args);
    return status;
}

s2s_status s2s_fail_errno(s2s_error *err, s2s_status status, const char *format, ...)
{
    const int code = errno;
    va_list   args;

    va_start(args, format);
    fill(err, status, (s2s_position){ 0 }, format, args);
    va_end(args);
    if (err != NULL) {
        const size_t length = strlen(err->message);
        snprintf(err->message + length, sizeof err->message - length, ": %s", strerror(code));
    }
    return status;
}

s2s_status s2s_error_prefix(s2s_error *err, const char *format, ...)
{
    char    prefix[S2S_ERROR_MESSAGE], whole[2 * S2S_ERROR_MESSAGE + 2];
    va_list args;

    if (err == NULL)
        return S2S_FAILED;
    va_start(args, format);
    vsnprintf(prefix, sizeof prefix, format, args);
    va_end(args);
    snprintf(whole, sizeof whole, "%s: %s", prefix, err->message);
    memcpy(err->message, whole, sizeof err->message - 1);
    err->message[sizeof err->message - 1] = '\0';
    return err->status;
}

void s2s_error_format(const s2s_error *err, char *buffer, size_t size)
{
    char place[S2S_ERROR_FILE + 32] = "";

    if (err->file[0] != '\0' && err->line > 0 && err->column > 0)
        snprintf(place, sizeof place, "%s:%d:%d: ", err->file, err->line, err->column);
    else if (err->file[0] != '\0' && err->line > 0)
        snprintf(place, sizeof place, "%s:%d: ", err->file, err->line);
    else if (err->file[0] != '\0')
        snprintf(place, sizeof place, "%s: ", err->file);
    snprintf(buffer, size, "%serror: %s%s%s", place, err->message, err->context[0] != '\0' ? "\n" : "", err->context);
}

int s2s_status_exit_code(s2s_status status)
{
    static const int codes[] = {
        [S2S_OK] = 0, [S2S_FAILED] = 1, [S2S_MEMORY] = 1, [S2S_IO] = 1, [S2S_USAGE] = 2, [S2S_CONFIG] = 2,
        [S2S_SHAPE] = 2, [S2S_DATA] = 2, [S2S_NAN] = 3, [S2S_INTERRUPTED] = 130,
    };

    return codes[status];
}
