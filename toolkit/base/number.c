/* number.c -- numbers of YAML 1.2's core schema from text, and the shortest text for a number. */
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

enum { NUMBER_MAX_LENGTH = 400 };        /* longer ones are refused: no double needs more */

static int digit_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return 99;
}

bool s2s_text_to_int(s2s_text text, int64_t *ret)
{
    int     base = 10;
    bool    negative = false;
    size_t  i = 0;
    int64_t value = 0;

    if (s2s_text_starts_with(text, "0x") || s2s_text_starts_with(text, "0o")) {
        base = text.chars[1] == 'x' ? 16 : 8;
        i = 2;
    } else if (text.length > 0 && (text.chars[0] == '-' || text.chars[0] == '+')) {
        negative = text.chars[0] == '-';
        i = 1;
    }
    if (i == text.length)
        return false;
    for (; i < text.length; i++) {
        const int digit = digit_value(text.chars[i]);
        if (digit >= base || __builtin_mul_overflow(value, base, &value) ||
            __builtin_add_overflow(value, negative ? -digit : digit, &value))
            return false;
    }
    *ret = value;
    return true;
}

static size_t count_digits(const char *s)
{
    size_t n = 0;

    while (s[n] >= '0' && s[n] <= '9')
        n++;
    return n;
}

/* [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )? */
static bool is_decimal(const char *s)
{
    size_t whole, part = 0;

    s += *s == '-' || *s == '+';
    whole = count_digits(s);
    s += whole;
    if (*s == '.') {
        part = count_digits(s + 1);
        s += 1 + part;
    }
    if (whole + part == 0)
        return false;
    if (*s == 'e' || *s == 'E') {
        s++;
        s += *s == '-' || *s == '+';
        if (count_digits(s) == 0)
            return false;
        s += count_digits(s);
    }
    return *s == '\0';
}

static bool special(const char *s, double *ret)
{
    static const struct { const char *text; double value; } words[] = {
        { ".inf", INFINITY }, { ".Inf", INFINITY }, { ".INF", INFINITY }, { ".nan", NAN }, { ".NaN", NAN }, { ".NAN", NAN },
    };
    const bool sign = *s == '-' || *s == '+';

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(s + sign, words[i].text) == 0 && !(sign && isnan(words[i].value))) {
            *ret = *s == '-' ? -words[i].value : words[i].value;
            return true;
        }
    return false;
}

/* Work in the C locale: glibc's is a constant, so nothing is allocated. */
static locale_t c_locale(void) { return newlocale(LC_ALL_MASK, "C", (locale_t)0); }

bool s2s_text_to_real(s2s_text text, double *ret)
{
    char     chars[NUMBER_MAX_LENGTH + 1];
    int64_t  whole;
    double   value;
    locale_t locale;

    if (text.length > NUMBER_MAX_LENGTH || memchr(text.chars, '\0', text.length) != NULL)
        return false;
    if (s2s_text_starts_with(text, "0") && s2s_text_to_int(text, &whole)) {       /* 0x.., 0o.. */
        *ret = (double)whole;
        return true;
    }
    memcpy(chars, text.chars, text.length);
    chars[text.length] = '\0';
    if (special(chars, ret))
        return true;
    if (!is_decimal(chars))
        return false;
    locale = c_locale();
    value = strtod_l(chars, NULL, locale);
    freelocale(locale);
    if (isinf(value))
        return false;
    *ret = value;
    return true;
}

/* "%.*g" with as few digits as read back to the same value. */
static void format(double value, int most_digits, bool single, char *buffer)
{
    locale_t locale, before;

    if (!isfinite(value)) {
        strcpy(buffer, isnan(value) ? "nan" : value < 0 ? "-inf" : "inf");
        return;
    }
    locale = c_locale();
    before = uselocale(locale);
    if (fabs(value) < 1e15 && value == floor(value) && !(value == 0 && signbit(value))) {      /* 100, not 1e+02 */
        snprintf(buffer, 32, "%.0f", value);
        most_digits = 0;
    }
    for (int digits = 1; digits <= most_digits; digits++) {
        snprintf(buffer, 32, "%.*g", digits, value);
        if (single ? strtof(buffer, NULL) == (float)value : strtod(buffer, NULL) == value)
            break;
    }
    uselocale(before);
    freelocale(locale);
}

void s2s_format_double(double value, char *buffer) { format(value, 17, false, buffer); }

void s2s_format_float(float value, char *buffer) { format(value, 9, true, buffer); }
