/* csv.h -- cells of comma-separated values. The commas are the caller's. */
#ifndef S2S_EXPERIMENTS_CSV_H
#define S2S_EXPERIMENTS_CSV_H

#include "base/text.h"

/* A text, in quotes where a comma, a quote or a line break would be misread. */
void s2s_csv_add(s2s_string *ret, const char *text);

/* A number with all its digits; NaN and infinities are an empty cell. */
void s2s_csv_add_number(s2s_string *ret, double value);

#endif
