/* plot.c -- scripts for gnuplot: settings, the numbers as data blocks, one plot command. Texts are quoted, never run. */
#include "experiments/plot.h"

#include <math.h>
#include <string.h>

#include "base/file.h"
#include "base/process.h"

#define GNUPLOT "gnuplot"

enum { COLOURS = 8, TABLE_ROWS = 25 };

/* Told apart by people who do not see all colours, too (Okabe and Ito, 2008; yellow left out, which white swallows). */
static const char *const colours[COLOURS] = {
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7a5195", "#5c5c5c",
};
static const char *const faint = "#c4c4c4";

bool s2s_plot_possible(void) { return s2s_program_exists(GNUPLOT); }

/* --- parts of a script --------------------------------------------------------------------------------------------------- */

/* In single quotes gnuplot reads nothing but a doubled quote. Control characters become spaces. */
static void add_quoted(s2s_string *script, const char *text)
{
    s2s_string_add(script, "'");
    for (const char *c = text; *c; c++)
        s2s_string_printf(script, *c == '\'' ? "'%c" : "%c", (unsigned char)*c < ' ' ? ' ' : *c);
    s2s_string_add(script, "'");
}

/* Bytes at the start of a text that need at most so many columns. */
static size_t bytes_within(s2s_text text, size_t columns)
{
    size_t bytes = 0, next = 0;

    while (bytes < text.length && s2s_text_columns((s2s_text){ text.chars, next }) <= columns) {
        bytes = next;
        next += s2s_text_utf8_length((s2s_text){ text.chars + next, text.length - next });
    }
    return bytes;
}

/* Quoted; in at most so many columns, 0 for any: of what is wider, the start and the end, which tell decay_rate from decay_steps. */
static void add_short(s2s_string *script, const char *text, size_t columns)
{
    const s2s_text whole = s2s_text_of(text);
    const size_t width = s2s_text_columns(whole), start = bytes_within(whole, columns / 2);
    size_t end = start;
    s2s_string cut = { 0 };

    if (columns == 0 || width <= columns) {
        add_quoted(script, text);
        return;
    }
    while (s2s_text_columns(s2s_text_of(text + end)) > (columns - 1) / 2)
        end += s2s_text_utf8_length(s2s_text_of(text + end));
    s2s_string_append(&cut, text, start);
    s2s_string_printf(&cut, "\u2026%s", text + end);
    add_quoted(script, s2s_string_chars(&cut));
    script->failed = script->failed || cut.failed;
    s2s_string_release(&cut);
}

static void add_setting(s2s_string *script, const char *name, const char *text)
{
    if (text == NULL)
        return;
    s2s_string_printf(script, "set %s ", name);
    add_quoted(script, text);
    s2s_string_add(script, "\n");
}

static int or_usual(int given, int usual) { return given > 0 ? given : usual; }

static void add_terminal(s2s_string *script, const s2s_plot_place *place)
{
    if (place->kind == S2S_PLOT_TERMINAL)
        s2s_string_printf(script, "set terminal dumb noenhanced size %d,%d%s\nset encoding utf8\n", or_usual(place->width, 79),
                          or_usual(place->height, 24), place->colour ? " ansi" : "");
    else
        s2s_string_printf(script, "set terminal %s noenhanced size %d,%d font 'sans-serif,12' background '#ffffff'\nset encoding utf8\n",
                          place->kind == S2S_PLOT_SVG ? "svg" : "pngcairo", or_usual(place->width, 900), or_usual(place->height, 540));
}

/* The words of an axis where they stand; `columns` for all of them, 0 for any: every second, third, ... one where they are too many. */
static void add_words(s2s_string *script, char name, const s2s_axis *axis, size_t columns)
{
    enum { LEAST = 4 };
    size_t step = 1;

    while (columns > 0 && columns * step < LEAST * axis->words)
        step++;
    s2s_string_printf(script, "set %ctics (", name);
    for (size_t i = 0; i < axis->words; i += step) {
        s2s_string_add(script, i ? ", " : "");
        add_short(script, axis->word[i], columns > 0 ? columns * step / axis->words - 1 : 0);
        s2s_string_printf(script, " %zu", i);
    }
    s2s_string_printf(script, ")%s\n", columns == 0 && name == 'x' && axis->words > 5 ? " rotate by 35 right" : "");
}

/* `columns`: characters beside each other that the axis has on a terminal; 0 in a picture. */
static void add_axis(s2s_string *script, char name, const s2s_axis *axis, s2s_range range, size_t columns)
{
    char setting[] = "_label";

    setting[0] = name;
    add_setting(script, setting, axis->label);
    if (axis->logarithmic)
        s2s_string_printf(script, "set logscale %c\nset format %c '%%.0e'\n", name, name);
    s2s_string_printf(script, "set %crange [%.17g:%.17g]\n", name, range.low, range.high);
    if (axis->whole && range.high - range.low < 10)
        s2s_string_printf(script, "set %ctics 1\n", name);
    if (axis->hidden)
        s2s_string_printf(script, "unset %ctics\n", name);
    if (axis->words > 0)
        add_words(script, name, axis, columns);
}

static void add_number(s2s_string *script, double value)
{
    s2s_string_printf(script, isfinite(value) ? " %.9g" : " NaN", value);
}

static void add_data(s2s_string *script, const s2s_chart *chart)
{
    for (size_t i = 0; i < chart->series_count; i++) {
        const s2s_series *s = &chart->series[i];

        s2s_string_printf(script, "$d%zu << end\n", i);
        for (size_t k = 0; k < s->count; k++) {
            add_number(script, s->x[k]);
            add_number(script, s->y[k]);
            if (s->low != NULL) {
                add_number(script, s->low[k]);
                add_number(script, s->high[k]);
            }
            s2s_string_add(script, "\n");
        }
        s2s_string_add(script, "end\n");
    }
}

/* --- charts -------------------------------------------------------------------------------------------------------------- */

/* What stands before the next thing to plot. */
static const char *next(bool *first)
{
    const char *text = *first ? "plot " : ", ";

    *first = false;
    return text;
}

static void add_plain_series(s2s_string *script, const s2s_chart *chart, size_t i, size_t colour, bool picture)
{
    const s2s_series *s = &chart->series[i];
    const bool points = chart->kind == S2S_CHART_POINTS, one = s->count == 1;
    const char *style = points ? "points" : picture && (one || s->count <= 30) ? "linespoints" : one ? "points" : "lines";

    s2s_string_printf(script, "$d%zu using 1:2 with %s", i, style);
    if (picture)
        s2s_string_printf(script, " lc rgb '%s' lw %s%s%s", s->name ? colours[colour % COLOURS] : faint, s->name ? "2" : "1",
                          s->dashed ? " dt 2" : "", points || *style != 'l' || style[4] ? " pt 7 ps 0.6" : "");
    if (s->name != NULL) {
        s2s_string_add(script, " title ");
        add_quoted(script, s->name);
    } else {
        s2s_string_add(script, " notitle");
    }
}

/* Faint series first, then bands, then lines: what matters lies on top. */
static void add_plot(s2s_string *script, const s2s_chart *chart, bool picture)
{
    size_t colour = 0;
    bool   first = true;

    for (size_t i = 0; i < chart->series_count; i++)
        if (chart->series[i].name == NULL) {
            s2s_string_add(script, next(&first));
            add_plain_series(script, chart, i, 0, picture);
        }
    for (size_t i = 0; picture && i < chart->series_count; i++) {
        if (chart->series[i].low != NULL)
            s2s_string_printf(script, "%s$d%zu using 1:3:4 with filledcurves lc rgb '%s' fs transparent solid 0.18 noborder notitle",
                              next(&first), i, colours[colour % COLOURS]);
        colour += chart->series[i].name != NULL && !chart->series[i].dashed;
    }
    colour = 0;
    for (size_t i = 0; i < chart->series_count; i++)
        if (chart->series[i].name != NULL) {
            s2s_string_add(script, next(&first));
            add_plain_series(script, chart, i, colour, picture);
            colour += !chart->series[i].dashed;
        }
    s2s_string_add(script, first ? "plot NaN notitle\n" : "\n");
}

/* Each stands right of its axis and ends before the next. */
static void add_marks(s2s_string *script, const s2s_chart *chart, size_t columns)
{
    const size_t each = chart->x.words > 0 ? columns / chart->x.words : columns, room = columns == 0 ? 0 : each > 3 ? each - 2 : 1;

    for (size_t i = 0; i < chart->mark_count; i++) {
        s2s_string_add(script, "set label ");
        add_short(script, chart->mark[i].text, room);
        s2s_string_printf(script, " at %.9g,%.9g left offset 0.7,0.5 front\n", chart->mark[i].x, chart->mark[i].y);
    }
}

/* Characters between the left and the right end of the axis x on a terminal, at least. */
static size_t columns_between(const s2s_chart *chart, const s2s_plot_place *place)
{
    const int margins = chart->y.hidden ? 8 : 16, width = or_usual(place->width, 79);

    return width > 2 * margins ? (size_t)(width - margins) : (size_t)margins;
}

static void write_chart(s2s_string *script, const s2s_chart *chart, const s2s_plot_place *place)
{
    const bool picture = place->kind != S2S_PLOT_TERMINAL, points = chart->kind == S2S_CHART_POINTS;
    const double room = picture ? 0.03 : 0.08;             /* on a terminal more than a line of characters */
    const size_t columns = picture ? 0 : columns_between(chart, place);
    const s2s_range x = s2s_chart_range_x(chart);

    add_terminal(script, place);
    add_setting(script, "title", chart->title);
    s2s_string_add(script, picture ? "set key outside right top Left reverse samplen 2\nset border 3 lc rgb '#444444'\nset tics nomirror\n"
                                     "set grid lc rgb '#dddddd' lt 1\n"
                                   : "set key outside below width 3 samplen 3\nset tics nomirror\n");
    if (chart->series_count == 1)
        s2s_string_add(script, "unset key\n");
    if (chart->y.hidden)
        s2s_string_add(script, picture ? "set key outside bottom center maxcols 1\nset border 1\nset grid noytics xtics lc rgb '#777777' lt 1\n"
                                       : "set border 1\n");
    add_axis(script, 'x', &chart->x, chart->x.words > 0 ? x : s2s_range_with_room(&chart->x, x, points ? room : 0), columns);
    add_axis(script, 'y', &chart->y, s2s_range_with_room(&chart->y, s2s_chart_range_y(chart), room), columns);
    add_marks(script, chart, columns);
    add_data(script, chart);
    add_plot(script, chart, picture);
}

/* --- squares ------------------------------------------------------------------------------------------------------------- */

static void write_matrix(s2s_string *script, const s2s_matrix *matrix, const s2s_plot_place *place)
{
    const s2s_axis columns = { .label = matrix->column_label, .word = matrix->word, .words = matrix->count };
    const s2s_axis rows = { .label = matrix->row_label, .word = matrix->word, .words = matrix->count };
    const s2s_range range = { -0.5, (double)matrix->count - 0.5 };
    const size_t count = matrix->count;

    add_terminal(script, place);
    add_setting(script, "title", matrix->title);
    add_axis(script, 'x', &columns, range, 0);
    add_axis(script, 'y', &rows, range, 0);
    /* Shares of a row, so that rare rows can be read as well as frequent ones. */
    s2s_string_add(script, "set cbrange [0:1]\nset cblabel 'share of the row'\nset tics nomirror scale 0\n"
                           "set palette defined (0 '#ffffff', 0.1 '#cfe3f3', 1 '#08519c')\nunset key\n");
    s2s_string_printf(script, "set yrange [%.1f:-0.5]\n$d << end\n", range.high);
    for (size_t i = 0; i < count; i++) {
        double sum = 0;

        for (size_t j = 0; j < count; j++)
            sum += matrix->value[i * count + j];
        for (size_t j = 0; j < count; j++)
            s2s_string_printf(script, "%zu %zu %.6g %.6g\n", j, i, sum > 0 ? matrix->value[i * count + j] / sum : 0, matrix->value[i * count + j]);
    }
    s2s_string_add(script, "end\nplot $d using 1:2:3 with image");
    if (count <= 16)
        s2s_string_add(script, ", $d using 1:2:($4 > 0 ? sprintf('%g', $4) : ''):($3 > 0.5 ? 0xffffff : 0x333333) with labels tc rgb variable");
    s2s_string_add(script, "\n");
}

/* --- running ------------------------------------------------------------------------------------------------------------- */

static s2s_status draw(s2s_string *script, s2s_string *ret, s2s_error *err)
{
    static const char *const words[] = { GNUPLOT, "-d", "-", NULL };       /* -d: without the user's own settings */
    s2s_status status;

    if (!s2s_plot_possible())
        status = s2s_fail(err, S2S_FAILED, "%s", S2S_PLOT_MISSING);
    else if (script->failed)
        status = s2s_fail(err, S2S_MEMORY, "out of memory");
    else
        status = s2s_program_run(words, (s2s_text){ script->chars, script->length }, ret, err);
    s2s_string_release(script);
    return status;
}

s2s_status s2s_plot_chart(const s2s_chart *chart, const s2s_plot_place *place, s2s_string *ret, s2s_error *err)
{
    s2s_string script = { 0 };

    write_chart(&script, chart, place);
    return draw(&script, ret, err);
}

s2s_status s2s_plot_matrix(const s2s_matrix *matrix, const s2s_plot_place *place, s2s_string *ret, s2s_error *err)
{
    s2s_string script = { 0 };

    if (place->kind == S2S_PLOT_TERMINAL) {        /* characters have no shades: figures say more */
        s2s_matrix_add_table(matrix, ret);
        return S2S_OK;
    }
    write_matrix(&script, matrix, place);
    return draw(&script, ret, err);
}

/* Without the page feed and the empty lines that come before a picture in characters. */
static const char *without_empty_start(const char *text)
{
    const char *line = text;

    for (const char *c = text; *c == ' ' || *c == '\n' || *c == '\f'; c++)
        if (*c != ' ')
            line = c + 1;
    return line;
}

/* --- for commands -------------------------------------------------------------------------------------------------------- */

static bool ends_with(const char *name, const char *ending)
{
    const size_t length = strlen(name), tail = strlen(ending);

    return length > tail && strcmp(name + length - tail, ending) == 0;
}

s2s_status s2s_plot_check(const char *out, s2s_error *err)
{
    if (out == NULL || ends_with(out, ".svg") || ends_with(out, ".png") || ends_with(out, ".csv"))
        return S2S_OK;
    return s2s_fail(err, S2S_USAGE, "--out: expected a name ending in .svg, .png or .csv, got '%s'", out);
}

static s2s_status make(const s2s_chart *chart, const s2s_matrix *matrix, const s2s_plot_place *place, s2s_string *ret, s2s_error *err)
{
    return chart != NULL ? s2s_plot_chart(chart, place, ret, err) : s2s_plot_matrix(matrix, place, ret, err);
}

static s2s_status write_out(const s2s_chart *chart, const s2s_matrix *matrix, const char *out, s2s_error *err)
{
    const s2s_plot_place place = { .kind = ends_with(out, ".svg") ? S2S_PLOT_SVG : S2S_PLOT_PNG };
    s2s_string picture = { 0 };
    s2s_status status = S2S_OK;

    if (!ends_with(out, ".csv"))
        status = make(chart, matrix, &place, &picture, err);
    else if (chart != NULL)
        s2s_chart_add_csv(chart, &picture);
    else
        s2s_matrix_add_csv(matrix, &picture);
    if (status == S2S_OK)
        status = s2s_file_write_string(out, &picture, err);
    s2s_string_release(&picture);
    return status;
}

s2s_status s2s_plot_show(const s2s_chart *chart, const s2s_matrix *matrix, const char *out, const s2s_terminal *terminal, s2s_error *err)
{
    const s2s_plot_place place = { .kind = S2S_PLOT_TERMINAL, .width = s2s_terminal_columns(terminal) - 1, .colour = terminal->out_colour };
    const bool possible = s2s_plot_possible();
    s2s_string text = { 0 };
    s2s_status status = S2S_OK;

    S2S_TRY(s2s_plot_check(out, err));
    if (out != NULL)
        return write_out(chart, matrix, out, err);
    if (possible || chart == NULL)
        status = make(chart, matrix, &place, &text, err);
    else
        s2s_chart_add_table(chart, TABLE_ROWS, &text);
    if (status == S2S_OK)
        fputs(without_empty_start(s2s_string_chars(&text)), terminal->out);
    if (!possible && chart != NULL && !terminal->quiet)
        fprintf(terminal->err, "%s\n", S2S_PLOT_MISSING);
    s2s_string_release(&text);
    return status;
}
