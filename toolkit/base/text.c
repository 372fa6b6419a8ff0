/* text.c -- slices, UTF-8, columns, near names. */
#include "base/text.h"

#include <locale.h>
#include <string.h>
#include <wchar.h>

s2s_text s2s_text_of(const char *chars) { return (s2s_text){ chars, strlen(chars) }; }

bool s2s_text_equal(s2s_text a, s2s_text b)
{
    return a.length == b.length && (a.length == 0 || memcmp(a.chars, b.chars, a.length) == 0);
}

bool s2s_text_is(s2s_text text, const char *chars) { return s2s_text_equal(text, s2s_text_of(chars)); }

bool s2s_text_starts_with(s2s_text text, const char *prefix)
{
    const size_t length = strlen(prefix);

    return text.length >= length && memcmp(text.chars, prefix, length) == 0;
}

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

s2s_text s2s_text_trim(s2s_text text)
{
    while (text.length > 0 && is_blank(text.chars[0])) {
        text.chars++;
        text.length--;
    }
    while (text.length > 0 && is_blank(text.chars[text.length - 1]))
        text.length--;
    return text;
}

bool s2s_text_next_line(s2s_text *rest, s2s_text *line)
{
    const char *end;

    if (rest->length == 0)
        return false;
    end = memchr(rest->chars, '\n', rest->length);
    *line = (s2s_text){ rest->chars, end == NULL ? rest->length : (size_t)(end - rest->chars) };
    const size_t taken = line->length + (end != NULL);
    rest->chars += taken;
    rest->length -= taken;
    if (end != NULL && line->length > 0 && line->chars[line->length - 1] == '\r')
        line->length--;
    return true;
}

bool s2s_text_split(s2s_text *rest, char separator, s2s_text *field)
{
    const char *end;

    if (rest->chars == NULL)
        return false;
    end = rest->length == 0 ? NULL : memchr(rest->chars, separator, rest->length);
    if (end == NULL) {
        *field = *rest;
        *rest = (s2s_text){ NULL, 0 };
        return true;
    }
    *field = (s2s_text){ rest->chars, (size_t)(end - rest->chars) };
    *rest = (s2s_text){ end + 1, rest->length - field->length - 1 };
    return true;
}

/* Length of the well-formed sequence at the start (Unicode's table 3-7), or 0. */
static size_t sequence_length(const unsigned char *s, size_t room)
{
    const unsigned char lead = s[0];
    size_t              length;

    if (lead < 0x80)
        return 1;
    if (lead < 0xC2 || lead > 0xF4)
        return 0;
    length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    if (room < length)
        return 0;
    if ((lead == 0xE0 && s[1] < 0xA0) || (lead == 0xED && s[1] > 0x9F) || (lead == 0xF0 && s[1] < 0x90) || (lead == 0xF4 && s[1] > 0x8F))
        return 0;
    for (size_t i = 1; i < length; i++)
        if ((s[i] & 0xC0) != 0x80)
            return 0;
    return length;
}

size_t s2s_text_utf8_error(s2s_text text)
{
    const unsigned char *s = (const unsigned char *)text.chars;
    size_t               i = 0;

    while (i < text.length) {
        const size_t length = sequence_length(s + i, text.length - i);
        if (length == 0)
            return i;
        i += length;
    }
    return i;
}

size_t s2s_text_utf8_length(s2s_text text)
{
    const unsigned char lead = text.length > 0 ? (unsigned char)text.chars[0] : 0;
    const size_t        length = lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;

    return length < text.length ? length : text.length;
}

size_t s2s_text_codepoints(s2s_text text)
{
    size_t count = 0;

    for (size_t i = 0; i < text.length; i++)
        count += ((unsigned char)text.chars[i] & 0xC0) != 0x80;
    return count;
}

static wchar_t codepoint(const char *chars, size_t length)
{
    static const unsigned char lead_bits[5] = { 0, 0x7F, 0x1F, 0x0F, 0x07 };
    const unsigned char       *s = (const unsigned char *)chars;
    unsigned                   value = s[0] & lead_bits[length];

    for (size_t i = 1; i < length; i++)
        value = value << 6 | (s[i] & 0x3F);
    return (wchar_t)value;
}

/* The C library knows widths, in a UTF-8 locale; where there is none, a code point counts one column. */
size_t s2s_text_columns(s2s_text text)
{
    locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    locale_t before;
    size_t   columns = 0;

    if (utf8 == (locale_t)0)
        return s2s_text_codepoints(text);
    before = uselocale(utf8);
    for (size_t i = 0; i < text.length;) {
        const size_t length = s2s_text_utf8_length((s2s_text){ text.chars + i, text.length - i });
        const int    width = wcwidth(codepoint(text.chars + i, length));
        columns += width < 0 ? 0 : (size_t)width;
        i += length;
    }
    uselocale(before);
    freelocale(utf8);
    return columns;
}

/* Below ' ', delete, and U+0080 to U+009F, which some terminals obey too. */
static bool is_control(const unsigned char *c, size_t length)
{
    return *c < ' ' || *c == 0x7F || (length > 1 && *c == 0xC2 && c[1] < 0xA0);
}

void s2s_text_make_printable(char *chars, size_t length, const char *keep)
{
    size_t bytes;

    for (size_t i = 0; i < length; i += bytes) {
        const unsigned char *c = (const unsigned char *)chars + i;
        const size_t valid = sequence_length(c, length - i);
        const bool   kept = *c != '\0' && strchr(keep, *c) != NULL;

        bytes = valid > 0 ? valid : 1;
        if (valid == 0 || (is_control(c, valid) && !kept))
            memset(chars + i, *c == '\t' ? ' ' : '?', bytes);
    }
}

enum { NAME_MAX_LENGTH = 63 };

static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c; }

static int smaller(int a, int b) { return a < b ? a : b; }

/* Insertions, deletions, changes and swaps of neighbours that turn a into b, case aside. */
static int edit_distance(const char *a, const char *b)
{
    const size_t m = strlen(a), n = strlen(b);
    int          row[3][NAME_MAX_LENGTH + 1];

    for (size_t j = 0; j <= n; j++)
        row[0][j] = (int)j;
    for (size_t i = 1; i <= m; i++) {
        int *now = row[i % 3], *above = row[(i + 2) % 3], *before = row[(i + 1) % 3];
        now[0] = (int)i;
        for (size_t j = 1; j <= n; j++) {
            const bool same = lower(a[i - 1]) == lower(b[j - 1]);
            now[j] = smaller(above[j - 1] + !same, 1 + smaller(above[j], now[j - 1]));
            if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) && lower(a[i - 2]) == lower(b[j - 1]))
                now[j] = smaller(now[j], before[j - 2] + 1);
        }
    }
    return row[m % 3][n];
}

/* A third of the letters may be wrong; a name that starts with the other one is as far as that. */
static int name_distance(const char *given, const char *name, int *limit)
{
    const size_t m = strlen(given), n = strlen(name), shorter = m < n ? m : n, longer = m < n ? n : m;
    int          distance;

    *limit = (int)(longer / 3);
    if (longer > NAME_MAX_LENGTH)
        return *limit + 1;
    distance = edit_distance(given, name);
    if (distance > *limit && shorter >= 4 && strncasecmp(given, name, shorter) == 0)
        return *limit;
    return distance;
}

const char *s2s_nearest_name(const char *name, const char *const *names, size_t count)
{
    const char *best = NULL;
    int         best_distance = 0;

    for (size_t i = 0; i < count; i++) {
        int       limit;
        const int distance = name_distance(name, names[i], &limit);
        if (distance <= limit && (best == NULL || distance < best_distance)) {
            best = names[i];
            best_distance = distance;
        }
    }
    for (size_t i = 0; best == NULL && strlen(name) >= 3 && i < count; i++)        /* "acc" is short for "accuracy" */
        best = strncmp(name, names[i], strlen(name)) == 0 ? names[i] : NULL;
    return best;
}
