/* lines.c -- see lines.h. */
#include "datasets/lines.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

s2s_lines s2s_lines_of(s2s_text bytes, const char *name)
{
    static const char mark[] = "\xef\xbb\xbf";

    if (s2s_text_starts_with(bytes, mark))
        bytes = (s2s_text){ bytes.chars + strlen(mark), bytes.length - strlen(mark) };
    return (s2s_lines){ .rest = bytes, .at = { .file = name, .line = 0, .column = 1 } };
}

s2s_status s2s_lines_fail(const s2s_lines *lines, int column, s2s_error *err, const char *format, ...)
{
    s2s_position at = lines->at;
    char message[S2S_ERROR_MESSAGE];
    va_list arguments;

    at.column = column;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    return s2s_fail_at(err, S2S_DATA, at, "%s", message);
}

s2s_status s2s_lines_next(s2s_lines *lines, s2s_text *line, bool *more, s2s_error *err)
{
    size_t bad;
    const char *nul;

    *more = s2s_text_next_line(&lines->rest, line);
    if (!*more)
        return S2S_OK;
    lines->at.line++;
    bad = s2s_text_utf8_error(*line);
    nul = memchr(line->chars, '\0', bad);
    if (nul != NULL)
        bad = (size_t)(nul - line->chars);
    if (bad == line->length)
        return S2S_OK;
    return s2s_lines_fail(lines, (int)s2s_text_codepoints((s2s_text){ line->chars, bad }) + 1, err,
                          nul != NULL ? "a NUL byte in a text file" : "bytes that are not UTF-8");
}
