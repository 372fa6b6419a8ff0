/* json.c -- Jansson values as text. */
#include "experiments/json.h"

#include <math.h>

static int add(const char *chars, size_t length, void *string)
{
    s2s_string_append(string, chars, length);
    return 0;
}

static void dump(json_t *value, s2s_string *ret, size_t flags)
{
    if (value == NULL || json_dump_callback(value, add, ret, flags | JSON_ENCODE_ANY | JSON_REAL_PRECISION(15)) != 0)
        ret->failed = true;
    json_decref(value);
}

void s2s_json_add(json_t *value, s2s_string *ret) { dump(value, ret, 0); }

void s2s_json_add_pretty(json_t *value, s2s_string *ret)
{
    dump(value, ret, JSON_INDENT(2));
    s2s_string_add(ret, "\n");
}

json_t *s2s_json_number(double value) { return isfinite(value) ? json_real(value) : json_null(); }
