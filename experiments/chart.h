/*
 * chart.h -- a picture as data: lines, points or a square of figures. plot.h has gnuplot draw it; chart_html.c draws it for reports;
 * as CSV and as a table it needs nobody.
 *
 * Owns     nothing: all arrays and texts are borrowed.
 */
#ifndef S2S_EXPERIMENTS_CHART_H
#define S2S_EXPERIMENTS_CHART_H

#include "base/text.h"

typedef struct s2s_series {
    const char *name;              /* in the legend; NULL: one of many, drawn faintly behind the others */
    size_t count;
    const double *x, *y;           /* NaN: a gap */
    const double *low, *high;      /* a band around y; or NULL */
    bool dashed;                   /* in the colour of the next solid one, to which it belongs */
} s2s_series;

typedef struct s2s_axis {
    const char *label;
    bool logarithmic;              /* what is not above 0 is a gap */
    bool whole;                    /* whole numbers: epochs, steps */
    const char *const *word;       /* 0, 1, 2, ... are these words; NULL: numbers */
    size_t words;
    bool hidden;                   /* no numbers: the marks say it */
} s2s_axis;

typedef struct s2s_mark { double x, y; const char *text; } s2s_mark;       /* a text in the picture */

typedef enum s2s_chart_kind { S2S_CHART_LINES, S2S_CHART_POINTS } s2s_chart_kind;

typedef struct s2s_chart {
    s2s_chart_kind kind;
    const char *title;
    s2s_axis x, y;
    size_t series_count, mark_count;
    const s2s_series *series;
    const s2s_mark *mark;
} s2s_chart;

/* A square: how often row i was taken for column j. */
typedef struct s2s_matrix {
    const char *title, *row_label, *column_label;
    size_t count;
    const char *const *word;
    const double *value;           /* count x count, row by row */
} s2s_matrix;

typedef struct s2s_range { double low, high; } s2s_range;

/* What the axis must reach to show everything that is finite (and above 0 where it is logarithmic); never empty. */
s2s_range s2s_chart_range_x(const s2s_chart *chart);
s2s_range s2s_chart_range_y(const s2s_chart *chart);

/* A little more at both ends, `part` of what the axis spans: nothing that is drawn lies on the frame. */
s2s_range s2s_range_with_room(const s2s_axis *axis, s2s_range range, double part);

/* "series,x,y" or "series,x,y,low,high", a line each point; numbers with all their digits. */
void s2s_chart_add_csv(const s2s_chart *chart, s2s_string *ret);

/* A column each named series, at most `rows` lines spread over the x values of the longest. */
void s2s_chart_add_table(const s2s_chart *chart, int rows, s2s_string *ret);

/* What the picture shows, in a sentence a series: for those who cannot see it. */
void s2s_chart_describe(const s2s_chart *chart, s2s_string *ret);

/* As a figure of HTML: inline SVG with its words for those who cannot see it, and the legend. The page's style gives the colours (html.c). */
void s2s_chart_add_html(const s2s_chart *chart, s2s_string *ret);

void s2s_matrix_add_csv(const s2s_matrix *matrix, s2s_string *ret);
void s2s_matrix_add_table(const s2s_matrix *matrix, s2s_string *ret);

/* A number in up to four significant digits, as on axes: "0.05", "1e-06", "1200". At least 32 bytes of room. */
const char *s2s_show_tick(double value, char *buffer);

#endif
