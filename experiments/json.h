/* json.h -- Jansson values as text. Numbers have 15 significant digits: what is read back is what was meant. */
#ifndef S2S_EXPERIMENTS_JSON_H
#define S2S_EXPERIMENTS_JSON_H

#include <jansson.h>

#include "base/text.h"

/* One line, added to `ret` (whose `failed` says that memory was out); `value` is given back to Jansson. Texts must be UTF-8. */
void s2s_json_add(json_t *value, s2s_string *ret);

/* The same, indented, with a newline at the end. */
void s2s_json_add_pretty(json_t *value, s2s_string *ret);

/* A number, or null for what JSON cannot say (NaN, infinity). */
json_t *s2s_json_number(double value);

#endif
