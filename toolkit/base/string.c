/* string.c -- a string that grows. */
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* Room for `more` bytes and a NUL. */
static bool reserve(s2s_string *string, size_t more)
{
    size_t need, larger;
    char  *chars;

    if (string->failed || __builtin_add_overflow(string->length + 1, more, &need)) {
        string->failed = true;
        return false;
    }
    if (need <= string->capacity)
        return true;
    larger = string->capacity == 0 ? 64 : string->capacity;
    while (larger < need)
        larger = larger > SIZE_MAX / 2 ? need : 2 * larger;
    chars = s2s_memory_resize(string->chars, larger, 1);
    if (chars == NULL) {
        string->failed = true;
        return false;
    }
    string->chars = chars;
    string->capacity = larger;
    return true;
}

void s2s_string_append(s2s_string *string, const char *chars, size_t length)
{
    if (!reserve(string, length))
        return;
    if (length > 0)
        memcpy(string->chars + string->length, chars, length);
    string->length += length;
    string->chars[string->length] = '\0';
}

void s2s_string_add(s2s_string *string, const char *chars) { s2s_string_append(string, chars, strlen(chars)); }

void s2s_string_printf(s2s_string *string, const char *format, ...)
{
    va_list args, again;
    int     length;

    va_start(args, format);
    va_copy(again, args);
    length = vsnprintf(NULL, 0, format, args);
    assert(length >= 0);
    if (reserve(string, (size_t)length)) {
        vsnprintf(string->chars + string->length, (size_t)length + 1, format, again);
        string->length += (size_t)length;
    }
    va_end(again);
    va_end(args);
}

void s2s_string_pad(s2s_string *string, const char *text, size_t columns, bool right)
{
    const size_t own = s2s_text_columns(s2s_text_of(text));
    const int    spaces = own < columns ? (int)(columns - own) : 0;

    s2s_string_printf(string, "%*s%s%*s", right ? spaces : 0, "", text, right ? 0 : spaces, "");
}

const char *s2s_string_chars(const s2s_string *string) { return string->chars == NULL ? "" : string->chars; }

void s2s_string_clear(s2s_string *string)
{
    string->length = 0;
    string->failed = false;
    if (string->chars != NULL)
        string->chars[0] = '\0';
}

void s2s_string_release(s2s_string *string)
{
    s2s_memory_free(string->chars);
    *string = (s2s_string){ 0 };
}
