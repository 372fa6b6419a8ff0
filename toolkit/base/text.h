/*
 * text.h -- slices of bytes, growing strings, numbers, names that are nearly right.
 */
#ifndef S2S_BASE_TEXT_H
#define S2S_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/status.h"

/* A borrowed run of bytes, not ended by NUL. */
typedef struct s2s_text {
    const char *chars;
    size_t length;
} s2s_text;

#define S2S_TEXT_ARGS(text) (int)(text).length, (text).chars      /* for "%.*s" */

s2s_text s2s_text_of(const char *chars);
bool s2s_text_equal(s2s_text a, s2s_text b);
bool s2s_text_is(s2s_text text, const char *chars);
bool s2s_text_starts_with(s2s_text text, const char *prefix);
s2s_text s2s_text_trim(s2s_text text);

/* Take the next line off *rest: without its "\n" or "\r\n". False when nothing is left. A last line needs no newline. */
bool s2s_text_next_line(s2s_text *rest, s2s_text *line);

/* Take what stands before the next `separator` off *rest: "a,," has three fields, "" has one. False when none is left. */
bool s2s_text_split(s2s_text *rest, char separator, s2s_text *field);

/* The offset of the first byte that is not valid UTF-8 (no overlong forms, no surrogates), or length if all is well. */
size_t s2s_text_utf8_error(s2s_text text);

/* Bytes of the code point that starts the text: 1 to 4, never more than there are; 0 at the end. */
size_t s2s_text_utf8_length(s2s_text text);

/* Code points in a valid text; columns a terminal needs for it (wide characters count two, combining marks none). */
size_t s2s_text_codepoints(s2s_text text);
size_t s2s_text_columns(s2s_text text);

/* What a terminal may be given: control characters, but those in `keep` ("\n"), and bytes that are not UTF-8 become '?', a tab ' '. */
void s2s_text_make_printable(char *chars, size_t length, const char *keep);

/* A whole text as a number in YAML 1.2's core schema. False if it is none, or does not fit the type. */
bool s2s_text_to_int(s2s_text text, int64_t *ret);         /* 12 -3 +4 0x1F 0o17 */
bool s2s_text_to_real(s2s_text text, double *ret);         /* also 1e-3 .5 .inf -.INF .nan */

/* The shortest decimal that reads back as the same double (or float); at least 32 bytes of room. Locale plays no part.
   What is no number reads "nan", "inf", "-inf". */
void s2s_format_double(double value, char *buffer);
void s2s_format_float(float value, char *buffer);

/* The name of the table nearest to `name` (edit distance with transpositions, case aside), else one that begins with it; NULL: none. */
const char *s2s_nearest_name(const char *name, const char *const *names, size_t count);

/* A string that grows. Owned: release it. After a failed allocation it stays as it is and `failed` is set. */
typedef struct s2s_string {
    char *chars;             /* always ended by NUL, never NULL after the first append; use s2s_string_chars */
    size_t length, capacity;
    bool failed;
} s2s_string;

void s2s_string_append(s2s_string *string, const char *chars, size_t length);
void s2s_string_add(s2s_string *string, const char *chars);
void s2s_string_printf(s2s_string *string, const char *format, ...) S2S_PRINTF(2, 3);
void s2s_string_pad(s2s_string *string, const char *text, size_t columns, bool right);     /* with spaces behind or, `right`, before the text */
const char *s2s_string_chars(const s2s_string *string);         /* "" when nothing was added */
void s2s_string_clear(s2s_string *string);
void s2s_string_release(s2s_string *string);

#endif
