/*
 * chart_html.c -- charts as inline SVG: colours by class, so that the page's style decides between light and dark.
 *
 * Why not gnuplot here: its SVG has fixed colours, is ten times larger, and a report must come without any program.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "experiments/chart.h"
#include "experiments/html.h"

enum { WIDTH = 480, HEIGHT = 290, LEFT = 66, RIGHT = 14, TOP = 10, BOTTOM = 46, COLOURS = 8 };
enum { TICKS_MAX = 12, WORDS_SHOWN = 12, NAMED_POINTS = 400, FAINT_POINTS = 40, MANY = 100 };

typedef struct frame { const s2s_chart *chart; s2s_range x, y; } frame;

/* --- from values to places ----------------------------------------------------------------------------------------------- */

static double share(const s2s_axis *axis, s2s_range range, double value)
{
    return axis->logarithmic ? log(value / range.low) / log(range.high / range.low) : (value - range.low) / (range.high - range.low);
}

static double place_x(const frame *f, double x) { return LEFT + share(&f->chart->x, f->x, x) * (WIDTH - LEFT - RIGHT); }
static double place_y(const frame *f, double y) { return HEIGHT - BOTTOM - share(&f->chart->y, f->y, y) * (HEIGHT - TOP - BOTTOM); }

static bool can_show(const frame *f, double x, double y)
{
    return isfinite(x) && isfinite(y) && (!f->chart->x.logarithmic || x > 0) && (!f->chart->y.logarithmic || y > 0);
}

/* --- axes ---------------------------------------------------------------------------------------------------------------- */

/* Round numbers across the range: 1, 2 or 5 times a power of ten apart; on logarithmic axes powers of ten. */
static int choose_ticks(const s2s_axis *axis, s2s_range range, double tick[TICKS_MAX])
{
    static const double steps[] = { 1, 2, 5, 10 };
    int count = 0;

    if (axis->logarithmic) {
        const double first = ceil(log10(range.low) - 1e-9), last = floor(log10(range.high) + 1e-9);
        const double step = fmax(1, ceil((last - first + 1) / 6));

        for (double e = first; e <= last && count < TICKS_MAX; e += step)
            tick[count++] = pow(10, e);
        if (count >= 2)
            return count;
        tick[0] = range.low, tick[1] = range.high;
        return 2;
    }
    const double wanted = (range.high - range.low) / 7, power = pow(10, floor(log10(wanted)));
    double step = power;

    for (int i = 0; i < 4 && step < wanted; i++)
        step = steps[i] * power;
    step = axis->whole ? fmax(1, step) : step;
    for (double k = ceil(range.low / step - 1e-9); k * step <= range.high + 1e-9 * step && count < TICKS_MAX; k++)
        tick[count++] = fabs(k * step) < 1e-12 * step ? 0 : k * step;
    return count;
}

static void add_text(s2s_string *ret, double x, double y, const char *anchor, const char *text)
{
    s2s_string_printf(ret, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">", x, y, anchor);
    s2s_html_add(ret, text);
    s2s_string_add(ret, "</text>");
}

static void add_ticks_x(const frame *f, s2s_string *ret)
{
    const s2s_axis *axis = &f->chart->x;
    const int       bottom = HEIGHT - BOTTOM;
    double tick[TICKS_MAX];
    char   text[32];
    int    count = axis->words > 0 ? 0 : choose_ticks(axis, f->x, tick);

    for (int i = 0; i < count; i++) {
        s2s_string_printf(ret, "<path class=\"axis\" d=\"M%.1f %dv4\"/>", place_x(f, tick[i]), bottom);
        add_text(ret, place_x(f, tick[i]), bottom + 18, "middle", s2s_show_tick(tick[i], text));
    }
    /* Many words: every second, third, ... one. Long ones stand on two lines in turn. */
    for (size_t i = 0, step = (axis->words + WORDS_SHOWN - 1) / WORDS_SHOWN; step > 0 && i < axis->words; i += step) {
        const double lower = axis->words > 4 && (i / step) % 2 ? 14 : 0;

        s2s_string_printf(ret, "<path class=\"%s\" d=\"M%.1f %dV%d\"/>", f->chart->y.hidden ? "axis" : "grid", place_x(f, (double)i), bottom, TOP);
        add_text(ret, place_x(f, (double)i), bottom + 16 + lower, "middle", axis->word[i]);
    }
}

static void add_axes(const frame *f, s2s_string *ret)
{
    double tick[TICKS_MAX];
    char   text[32];
    const int count = f->chart->y.hidden ? 0 : choose_ticks(&f->chart->y, f->y, tick);

    for (int i = 0; i < count; i++) {
        s2s_string_printf(ret, "<path class=\"grid\" d=\"M%d %.1fH%d\"/>", LEFT, place_y(f, tick[i]), WIDTH - RIGHT);
        add_text(ret, LEFT - 6, place_y(f, tick[i]) + 4, "end", s2s_show_tick(tick[i], text));
    }
    add_ticks_x(f, ret);
    s2s_string_printf(ret, "<path class=\"axis\" d=\"M%d %dH%d\"/>", LEFT, HEIGHT - BOTTOM, WIDTH - RIGHT);
    if (f->chart->x.label != NULL)
        add_text(ret, (LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 8, "middle", f->chart->x.label);
}

/* --- series -------------------------------------------------------------------------------------------------------------- */

/* Every so many points, the last one always, so that a picture of a thousand runs stays small. */
static size_t stride_of(const s2s_series *s)
{
    const size_t most = s->name ? NAMED_POINTS : FAINT_POINTS;

    return s->count > most ? (s->count + most - 1) / most : 1;
}

static size_t next_index(const s2s_series *s, size_t i, size_t stride) { return i + 1 < s->count && i + stride >= s->count ? s->count - 1 : i + stride; }

/* A gap ends a line; a point alone becomes a dot by its round ends. */
static void add_line(const frame *f, const s2s_series *s, size_t colour, s2s_string *ret)
{
    const size_t stride = stride_of(s);
    bool down = false;

    s2s_string_printf(ret, s->name ? "<path class=\"line s%zu%s\" d=\"" : "<path class=\"line faint\" d=\"", colour % COLOURS, s->dashed ? " dashed" : "");
    for (size_t i = 0; i < s->count; i = next_index(s, i, stride)) {
        if (!can_show(f, s->x[i], s->y[i])) {
            down = false;
            continue;
        }
        s2s_string_printf(ret, "%s%.1f %.1f", down ? "L" : "M", place_x(f, s->x[i]), place_y(f, s->y[i]));
        if (!down)
            s2s_string_add(ret, "l0 0");
        down = true;
    }
    s2s_string_add(ret, "\">");
    if (s->name != NULL)
        s2s_html_printf(ret, "<title>%s</title>", s->name);
    s2s_string_add(ret, "</path>\n");
}

static void add_points(const frame *f, const s2s_series *s, size_t colour, s2s_string *ret)
{
    for (size_t i = 0; i < s->count; i++)
        if (can_show(f, s->x[i], s->y[i]))
            s2s_string_printf(ret, "<circle class=\"point s%zu\" cx=\"%.1f\" cy=\"%.1f\" r=\"4\"/>", colour % COLOURS,
                              place_x(f, s->x[i]), place_y(f, s->y[i]));
    s2s_string_add(ret, "\n");
}

/* Along the upper edge and back along the lower one. */
static void add_band(const frame *f, const s2s_series *s, size_t colour, s2s_string *ret)
{
    const char *step = "M";

    s2s_string_printf(ret, "<path class=\"band s%zu\" d=\"", colour % COLOURS);
    for (size_t i = 0; i < 2 * s->count; i++) {
        const size_t k = i < s->count ? i : 2 * s->count - 1 - i;
        const double y = i < s->count ? s->high[k] : s->low[k];

        if (!can_show(f, s->x[k], y))
            continue;
        s2s_string_printf(ret, "%s%.1f %.1f", step, place_x(f, s->x[k]), place_y(f, y));
        step = "L";
    }
    s2s_string_add(ret, "Z\"/>\n");
}

/* Faint ones first, then bands, then lines: what matters lies on top. */
static void add_series(const frame *f, s2s_string *ret)
{
    const s2s_chart *chart = f->chart;
    size_t colour = 0;

    for (size_t i = 0; i < chart->series_count; i++)
        if (chart->series[i].name == NULL && chart->series[i].count > 0)
            add_line(f, &chart->series[i], 0, ret);
    for (size_t i = 0; i < chart->series_count; i++) {
        const s2s_series *s = &chart->series[i];

        if (s->name != NULL && s->low != NULL && s->count > 1)
            add_band(f, s, colour, ret);
        colour += s->name != NULL && !s->dashed;
    }
    colour = 0;
    for (size_t i = 0; i < chart->series_count; i++) {
        const s2s_series *s = &chart->series[i];

        if (s->name == NULL)
            continue;
        if (chart->kind == S2S_CHART_POINTS)
            add_points(f, s, colour, ret);
        else if (s->count > 0)
            add_line(f, s, colour, ret);
        colour += !s->dashed;
    }
}

static void add_marks(const frame *f, s2s_string *ret)
{
    for (size_t i = 0; i < f->chart->mark_count; i++) {
        const s2s_mark *mark = &f->chart->mark[i];

        s2s_string_printf(ret, "<text class=\"mark\" x=\"%.1f\" y=\"%.1f\">", place_x(f, mark->x) + 5, place_y(f, mark->y) + (mark->y > 0.95 ? 12 : -4));
        s2s_html_add(ret, mark->text);
        s2s_string_add(ret, "</text>");
    }
}

/* --- the figure ---------------------------------------------------------------------------------------------------------- */

static void add_legend(const s2s_chart *chart, s2s_string *ret)
{
    size_t colour = 0, unnamed = 0;
    char   text[64];

    s2s_string_add(ret, "<figcaption>");
    for (size_t i = 0; i < chart->series_count; i++) {
        const s2s_series *s = &chart->series[i];

        unnamed += s->name == NULL;
        if (s->name == NULL || (chart->series_count == 1 && chart->kind == S2S_CHART_POINTS))
            continue;
        s2s_string_printf(ret, "<span><svg viewBox=\"0 0 22 10\" aria-hidden=\"true\"><path class=\"line s%zu%s\" d=\"M2 5H20\"/></svg>", colour % COLOURS,
                          s->dashed ? " dashed" : "");
        s2s_html_printf(ret, "%s</span>", s->name);
        colour += !s->dashed;
    }
    if (unnamed > 0) {
        snprintf(text, sizeof text, "%zu more", unnamed);
        s2s_html_printf(ret, "<span><svg viewBox=\"0 0 22 10\" aria-hidden=\"true\"><path class=\"line faint\" d=\"M2 5H20\"/></svg>%s</span>", text);
    }
    s2s_string_add(ret, "</figcaption>");
}

void s2s_chart_add_html(const s2s_chart *chart, s2s_string *ret)
{
    const frame f = { chart, s2s_chart_range_x(chart), s2s_range_with_room(&chart->y, s2s_chart_range_y(chart), 0.04) };
    s2s_string  words = { 0 };

    s2s_chart_describe(chart, &words);
    s2s_html_printf(ret, "<figure><h3>%s</h3>\n", chart->title);
    s2s_string_printf(ret, "<svg%s viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"", chart->series_count > MANY ? " class=\"many\"" : "", WIDTH, HEIGHT);
    s2s_html_printf(ret, "%s\">\n", s2s_string_chars(&words));
    s2s_string_release(&words);
    add_axes(&f, ret);
    add_series(&f, ret);
    add_marks(&f, ret);
    s2s_string_add(ret, "</svg>\n");
    add_legend(chart, ret);
    s2s_string_add(ret, "</figure>\n");
}
