/*
 * html.h -- pages that need nothing but themselves: text that is safe to show, tables, and one style for light and dark.
 */
#ifndef S2S_EXPERIMENTS_HTML_H
#define S2S_EXPERIMENTS_HTML_H

#include "base/text.h"

/* Text with the characters that HTML takes for itself written out; what is no UTF-8 and control characters are replaced. */
void s2s_html_add(s2s_string *ret, const char *text);
void s2s_html_add_text(s2s_string *ret, s2s_text text);

/* A template: "<td>%s</td>". The only conversion is %s, whose text is made safe; %% is a percent sign. */
void s2s_html_printf(s2s_string *ret, const char *format, ...) S2S_PRINTF(2, 3);

/* From the first byte to <main>, and from </main> to the last. */
void s2s_html_begin(s2s_string *ret, const char *title);
void s2s_html_end(s2s_string *ret);

/* A table that may be wider than the page: it scrolls by itself, by keyboard too. */
void s2s_html_begin_table(s2s_string *ret, const char *label);
void s2s_html_end_table(s2s_string *ret);

#endif
