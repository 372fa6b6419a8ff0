/* chart.c -- pictures as numbers and words. */
#include "experiments/chart.h"

#include <math.h>
#include <stdio.h>

#include "experiments/csv.h"

/* --- texts --------------------------------------------------------------------------------------------------------------- */

const char *s2s_show_tick(double value, char *buffer)
{
    snprintf(buffer, 32, "%.4g", value);
    return buffer;
}

/* --- ranges -------------------------------------------------------------------------------------------------------------- */

static void widen(s2s_range *range, const double *value, size_t count, bool logarithmic)
{
    for (size_t i = 0; value != NULL && i < count; i++)
        if (isfinite(value[i]) && (!logarithmic || value[i] > 0)) {
            range->low = fmin(range->low, value[i]);
            range->high = fmax(range->high, value[i]);
        }
}

/* Some room around words and around what has no extent. */
static s2s_range finished(s2s_range range, const s2s_axis *axis)
{
    if (axis->words > 0)
        return (s2s_range){ -0.5, (double)axis->words - 0.5 };
    if (range.low > range.high)
        return (s2s_range){ axis->logarithmic ? 0.1 : 0, 1 };
    if (range.low == range.high && axis->logarithmic)
        return (s2s_range){ range.low / 2, range.low * 2 };
    if (range.low == range.high) {
        const double room = axis->whole || range.low == 0 ? 0.5 : fabs(range.low) / 2;
        return (s2s_range){ range.low - room, range.low + room };
    }
    return range;
}

s2s_range s2s_chart_range_x(const s2s_chart *chart)
{
    s2s_range range = { INFINITY, -INFINITY };

    for (size_t i = 0; i < chart->series_count; i++)
        widen(&range, chart->series[i].x, chart->series[i].count, chart->x.logarithmic);
    return finished(range, &chart->x);
}

s2s_range s2s_chart_range_y(const s2s_chart *chart)
{
    s2s_range range = { INFINITY, -INFINITY };

    for (size_t i = 0; i < chart->series_count; i++) {
        const s2s_series *s = &chart->series[i];

        widen(&range, s->y, s->count, chart->y.logarithmic);
        widen(&range, s->low, s->count, chart->y.logarithmic);
        widen(&range, s->high, s->count, chart->y.logarithmic);
    }
    return finished(range, &chart->y);
}

s2s_range s2s_range_with_room(const s2s_axis *axis, s2s_range range, double part)
{
    const double span = range.high - range.low;

    if (axis->logarithmic)
        return (s2s_range){ range.low * pow(range.high / range.low, -part), range.high * pow(range.high / range.low, part) };
    return (s2s_range){ range.low - part * span, range.high + part * span };
}

/* --- CSV ----------------------------------------------------------------------------------------------------------------- */

/* The word at a place, or the number; nothing for a gap. */
static void add_value(s2s_string *ret, const s2s_axis *axis, double value)
{
    if (axis->words > 0 && value >= 0 && value < (double)axis->words && value == floor(value))
        s2s_csv_add(ret, axis->word[(size_t)value]);
    else
        s2s_csv_add_number(ret, value);
}

void s2s_chart_add_csv(const s2s_chart *chart, s2s_string *ret)
{
    bool bands = false;

    for (size_t i = 0; i < chart->series_count; i++)
        bands = bands || chart->series[i].low != NULL;
    s2s_string_add(ret, bands ? "series,x,y,low,high\n" : "series,x,y\n");
    for (size_t i = 0; i < chart->series_count; i++) {
        const s2s_series *s = &chart->series[i];

        for (size_t k = 0; k < s->count; k++) {
            s2s_csv_add(ret, s->name ? s->name : "");
            s2s_string_add(ret, ",");
            add_value(ret, &chart->x, s->x[k]);
            s2s_string_add(ret, ",");
            add_value(ret, &chart->y, s->y[k]);
            s2s_string_add(ret, bands ? "," : "");
            add_value(ret, &chart->y, s->low ? s->low[k] : NAN);
            s2s_string_add(ret, bands ? "," : "");
            add_value(ret, &chart->y, s->high ? s->high[k] : NAN);
            s2s_string_add(ret, "\n");
        }
    }
}

void s2s_matrix_add_csv(const s2s_matrix *matrix, s2s_string *ret)
{
    s2s_csv_add(ret, matrix->row_label);
    for (size_t j = 0; j < matrix->count; j++) {
        s2s_string_add(ret, ",");
        s2s_csv_add(ret, matrix->word[j]);
    }
    for (size_t i = 0; i < matrix->count; i++) {
        s2s_string_add(ret, "\n");
        s2s_csv_add(ret, matrix->word[i]);
        for (size_t j = 0; j < matrix->count; j++) {
            s2s_string_add(ret, ",");
            s2s_csv_add_number(ret, matrix->value[i * matrix->count + j]);
        }
    }
    s2s_string_add(ret, "\n");
}

/* --- tables -------------------------------------------------------------------------------------------------------------- */

/* The value of a series at `x`; NaN when it has no such point. */
static double value_at(const s2s_series *series, double x)
{
    for (size_t i = 0; i < series->count; i++)
        if (series->x[i] == x)
            return series->y[i];
    return NAN;
}

static const char *label_of(const s2s_axis *axis) { return axis->label ? axis->label : ""; }

/* One line of the table: x, then each named series' value there; nothing where it has none. */
static void add_line(const s2s_chart *chart, double x, s2s_string *ret)
{
    s2s_string cell = { 0 };

    add_value(&cell, &chart->x, x);
    s2s_string_pad(ret, s2s_string_chars(&cell), 12, false);
    s2s_string_release(&cell);
    for (size_t i = 0; i < chart->series_count; i++) {
        const char  *name = chart->series[i].name;
        const double value = value_at(&chart->series[i], x);
        char text[32] = "";

        if (name == NULL)
            continue;
        if (isfinite(value))
            snprintf(text, sizeof text, "%.5g", value);
        s2s_string_add(ret, "  ");
        s2s_string_pad(ret, text, (size_t)fmax(12, (double)s2s_text_columns(s2s_text_of(name))), true);
    }
    s2s_string_add(ret, "\n");
}

void s2s_chart_add_table(const s2s_chart *chart, int rows, s2s_string *ret)
{
    const s2s_series *longest = chart->series;
    size_t lines;

    s2s_string_pad(ret, label_of(&chart->x), 12, false);
    for (size_t i = 0; i < chart->series_count; i++) {
        longest = chart->series[i].count > longest->count ? &chart->series[i] : longest;
        if (chart->series[i].name != NULL) {
            s2s_string_add(ret, "  ");
            s2s_string_pad(ret, chart->series[i].name, 12, true);
        }
    }
    s2s_string_add(ret, "\n");
    if (chart->series_count == 0)
        return;
    lines = longest->count < (size_t)rows ? longest->count : (size_t)rows;
    for (size_t line = 0; line < lines; line++)
        add_line(chart, longest->x[lines > 1 ? line * (longest->count - 1) / (lines - 1) : 0], ret);
}

void s2s_matrix_add_table(const s2s_matrix *matrix, s2s_string *ret)
{
    size_t width = 5;
    char   text[32];

    for (size_t i = 0; i < matrix->count; i++) {
        const size_t columns = s2s_text_columns(s2s_text_of(matrix->word[i]));
        width = columns > width ? columns : width;
    }
    s2s_string_pad(ret, "", width, false);
    for (size_t j = 0; j < matrix->count; j++) {
        s2s_string_add(ret, " ");
        s2s_string_pad(ret, matrix->word[j], width, true);
    }
    for (size_t i = 0; i < matrix->count; i++) {
        s2s_string_add(ret, "\n");
        s2s_string_pad(ret, matrix->word[i], width, false);
        for (size_t j = 0; j < matrix->count; j++) {
            const double value = matrix->value[i * matrix->count + j];

            s2s_string_add(ret, " ");
            s2s_string_pad(ret, value != 0 ? s2s_show_tick(value, text) : ".", width, true);
        }
    }
    s2s_string_add(ret, "\n");
}

/* --- words --------------------------------------------------------------------------------------------------------------- */

static void describe_series(const s2s_series *s, s2s_string *ret)
{
    double first = NAN, last = NAN, low = INFINITY, high = -INFINITY;
    char   a[32], b[32], c[32], d[32];

    for (size_t i = 0; i < s->count; i++) {
        if (!isfinite(s->y[i]))
            continue;
        first = isnan(first) ? s->y[i] : first;
        last = s->y[i];
        low = fmin(low, last);
        high = fmax(high, last);
    }
    if (isnan(first))
        s2s_string_printf(ret, " %s: nothing.", s->name);
    else
        s2s_string_printf(ret, " %s: from %s to %s, lowest %s, highest %s.", s->name, s2s_show_tick(first, a), s2s_show_tick(last, b),
                          s2s_show_tick(low, c), s2s_show_tick(high, d));
}

void s2s_chart_describe(const s2s_chart *chart, s2s_string *ret)
{
    enum { NAMED_MAX = 8 };
    size_t named = 0;

    s2s_string_printf(ret, "%s: %s by %s.", chart->title, label_of(&chart->y), label_of(&chart->x));
    for (size_t i = 0; i < chart->series_count; i++)
        if (chart->series[i].name != NULL && named++ < NAMED_MAX)
            describe_series(&chart->series[i], ret);
    if (chart->series_count > named)
        s2s_string_printf(ret, " And %zu more without a name.", chart->series_count - named);
}
