/*
 * lines.h -- the lines of a text file, with their numbers, checked.
 */
#ifndef S2S_DATASETS_LINES_H
#define S2S_DATASETS_LINES_H

#include "base/text.h"

typedef struct s2s_lines {
    s2s_text rest;
    s2s_position at;               /* of the line that came last */
} s2s_lines;

/* A byte-order mark at the start is left out. `name` is for messages. */
s2s_lines s2s_lines_of(s2s_text bytes, const char *name);

/*
 * s2s_lines_next -- the next line, without "\n" or "\r\n"; *more is false at the end.
 *
 * Errors   S2S_DATA with line and column at a NUL or at bytes that are not UTF-8.
 */
s2s_status s2s_lines_next(s2s_lines *lines, s2s_text *line, bool *more, s2s_error *err);

/* S2S_DATA at column `column` of the line that came last. */
s2s_status s2s_lines_fail(const s2s_lines *lines, int column, s2s_error *err, const char *format, ...) S2S_PRINTF(4, 5);

#endif
