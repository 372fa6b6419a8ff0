/* csv.c -- see csv.h. */
#include "experiments/csv.h"

#include <math.h>
#include <string.h>

void s2s_csv_add(s2s_string *ret, const char *text)
{
    if (strpbrk(text, ",\"\n\r") == NULL) {
        s2s_string_add(ret, text);
        return;
    }
    s2s_string_add(ret, "\"");
    for (const char *c = text; *c; c++)
        s2s_string_printf(ret, *c == '"' ? "\"%c" : "%c", *c);
    s2s_string_add(ret, "\"");
}

void s2s_csv_add_number(s2s_string *ret, double value)
{
    char text[32];

    if (!isfinite(value))
        return;
    s2s_format_double(value, text);
    s2s_string_add(ret, text);
}
