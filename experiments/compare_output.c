/* compare_output.c -- a comparison as a table, as CSV and as JSON. */
#include <math.h>
#include <string.h>

#include "experiments/compare.h"
#include "experiments/csv.h"
#include "experiments/curves.h"
#include "experiments/html.h"
#include "experiments/json.h"
#include "experiments/terminal.h"

/* --- the table ----------------------------------------------------------------------------------------------------------- */

enum { COLUMNS_MAX = 64, CELL = 96 };

/* One column: its heading, what stands in it, and whether it is needed at all. */
typedef struct column {
    const char *heading;
    bool left;                         /* texts; numbers stand right */
    size_t key;
    void (*put)(const s2s_comparison *c, const s2s_compare_row *row, const struct column *column, char cell[CELL]);
} column;

static void put_key(const s2s_comparison *c, const s2s_compare_row *row, const column *col, char cell[CELL])
{
    (void)c;
    snprintf(cell, CELL, "%s", row->value[col->key] ? row->value[col->key] : "-");
}

static void put_name(const s2s_comparison *c, const s2s_compare_row *row, const column *col, char cell[CELL])
{
    (void)c, (void)col;
    snprintf(cell, CELL, "%s", row->name);
}

static void put_parameters(const s2s_comparison *c, const s2s_compare_row *row, const column *col, char cell[CELL])
{
    (void)c, (void)col;
    if (row->parameters > 0)
        s2s_show_count(row->parameters, cell);
}

/* "5", "5 (1 diverged)" */
static void put_runs(const s2s_comparison *c, const s2s_compare_row *row, const column *col, char cell[CELL])
{
    const struct { size_t count; const char *word; } parts[] = {
        { row->stopped, "stopped" }, { row->diverged, "diverged" }, { row->failed, "failed" }, { row->unfinished, "unfinished" },
    };
    int  length = snprintf(cell, CELL, "%zu", row->runs);
    bool open = false;

    (void)c, (void)col;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (parts[i].count > 0) {
            length += snprintf(cell + length, (size_t)(CELL - length), "%s%zu %s", open ? ", " : " (", parts[i].count, parts[i].word);
            open = true;
        }
    if (open)
        snprintf(cell + length, (size_t)(CELL - length), ")");
}

/* "0.9512 ± 0.0123" */
static void put_best(const s2s_comparison *c, const s2s_compare_row *row, const column *col, char cell[CELL])
{
    char mean[S2S_SHOWN_SIZE], half[S2S_SHOWN_SIZE];

    (void)c, (void)col;
    if (row->best.count > 1)
        snprintf(cell, CELL, "%s \u00b1 %s", s2s_show_figure(row->best.mean, mean), s2s_show_figure(row->best.interval, half));
    else if (row->best.count == 1)
        s2s_show_figure(row->best.mean, cell);
}

static void put_mean(const s2s_summary_figure *figure, char cell[CELL])
{
    if (figure->count > 0)
        snprintf(cell, CELL, figure->count == 1 ? "%.0f" : "%.1f", figure->mean);
}

static void put_epoch(const s2s_comparison *c, const s2s_compare_row *row, const column *col, char cell[CELL])
{
    (void)c, (void)col;
    put_mean(&row->epoch, cell);
}

/* "12.4", or "12.4 (4 of 5)" where some never came there */
static void put_to_epochs(const s2s_comparison *c, const s2s_compare_row *row, const column *col, char cell[CELL])
{
    (void)c, (void)col;
    put_mean(&row->to_epochs, cell);
    if (row->to_epochs.count > 0 && row->to_epochs.count < row->best.count)
        snprintf(cell + strlen(cell), CELL - strlen(cell), " (%zu of %zu)", row->to_epochs.count, row->best.count);
}

static void put_to_seconds(const s2s_comparison *c, const s2s_compare_row *row, const column *col, char cell[CELL])
{
    (void)c, (void)col;
    if (row->to_seconds.count > 0)
        s2s_show_seconds(row->to_seconds.mean, cell);
}

static void put_seconds(const s2s_comparison *c, const s2s_compare_row *row, const column *col, char cell[CELL])
{
    (void)c, (void)col;
    if (row->seconds.count > 0)
        s2s_show_seconds(row->seconds.mean, cell);
}

static void put_rate(const s2s_comparison *c, const s2s_compare_row *row, const column *col, char cell[CELL])
{
    (void)c, (void)col;
    if (row->rate.count > 0)
        s2s_show_count((int64_t)llround(row->rate.mean), cell);
}

/* "0.0012 (5)": with the number of pairs */
static void put_test(const s2s_comparison *c, const s2s_compare_row *row, const column *col, char cell[CELL])
{
    (void)c, (void)col;
    if (!isnan(row->test.p))
        snprintf(cell, CELL, "%s%.4f (%zu)", row->test.p < 0.0001 ? "<" : "", fmax(row->test.p, 0.0001), row->test.pairs);
}

static bool is_tested(const s2s_comparison *c)
{
    for (size_t i = 0; i < c->row_count; i++)
        if (!isnan(c->row[i].test.p))
            return true;
    return false;
}

static bool same_values(const s2s_comparison *c, const s2s_compare_row *a, const s2s_compare_row *b)
{
    for (size_t i = 0; i < c->key_count; i++)
        if ((a->value[i] == NULL) != (b->value[i] == NULL) || (a->value[i] != NULL && strcmp(a->value[i], b->value[i]) != 0))
            return false;
    return true;
}

/* Names are needed where the keys do not tell the rows apart. */
static bool needs_names(const s2s_comparison *c)
{
    for (size_t i = 0; i < c->row_count; i++)
        for (size_t k = 0; k < i; k++)
            if (same_values(c, &c->row[i], &c->row[k]))
                return true;
    return c->key_count == 0;
}

static size_t choose_columns(const s2s_comparison *c, column columns[COLUMNS_MAX])
{
    enum { OTHERS = 10 };
    size_t count = 0;

    if (needs_names(c))
        columns[count++] = (column){ "run", true, 0, put_name };
    for (size_t i = 0; i < c->key_count && count < COLUMNS_MAX - OTHERS; i++)
        columns[count++] = (column){ s2s_key_short(c->key[i], c->key, c->key_count), true, i, put_key };
    columns[count++] = (column){ "parameters", false, 0, put_parameters };
    columns[count++] = (column){ "runs", false, 0, put_runs };
    columns[count++] = (column){ c->metric, false, 0, put_best };
    columns[count++] = (column){ "at epoch", false, 0, put_epoch };
    if (c->to.metric != NULL) {
        columns[count++] = (column){ "epochs to", false, 0, put_to_epochs };
        columns[count++] = (column){ "time to", false, 0, put_to_seconds };
    }
    columns[count++] = (column){ "time", false, 0, put_seconds };
    columns[count++] = (column){ "samples/s", false, 0, put_rate };
    if (is_tested(c))
        columns[count++] = (column){ "p (pairs)", false, 0, put_test };
    return count;
}

static size_t columns_of(const char *text) { return s2s_text_columns(s2s_text_of(text)); }

static void read_cell(const s2s_comparison *c, const column *col, size_t row, char cell[CELL])
{
    snprintf(cell, CELL, "-");
    col->put(c, &c->row[row], col, cell);
}

static void put_cell(s2s_string *out, const char *text, size_t width, bool left, bool last)
{
    s2s_string_pad(out, text, left && last ? 0 : width, !left);
    s2s_string_add(out, last ? "\n" : "  ");
}

static void put_notes(const s2s_comparison *c, s2s_string *out)
{
    char value[32];
    bool over_seeds = false;

    for (size_t i = 0; i < c->row_count; i++)
        over_seeds = over_seeds || c->row[i].best.count > 1;
    s2s_string_printf(out, "%s: the best epoch's", c->metric);
    s2s_string_add(out, over_seeds ? "; mean \u00b1 half of the 95 % t interval over seeds\n" : "\n");
    if (c->to.metric != NULL) {
        s2s_format_double(c->to.value, value);
        s2s_string_printf(out, "epochs and time to: %s %s %s\n", c->to.metric, s2s_figure_rises(c->to.metric) ? ">=" : "<=", value);
    }
    s2s_string_add(out, "time: of training, a run\n");
    if (is_tested(c))
        s2s_string_add(out, "p: paired t test, two-sided, against the first line, over the seeds that both have\n");
}

void s2s_comparison_table(const s2s_comparison *c, s2s_string *ret)
{
    column columns[COLUMNS_MAX];
    const size_t count = choose_columns(c, columns);
    size_t width[COLUMNS_MAX];
    char   cell[CELL];

    for (size_t i = 0; i < count; i++) {
        width[i] = columns_of(columns[i].heading);
        for (size_t row = 0; row < c->row_count; row++) {
            read_cell(c, &columns[i], row, cell);
            width[i] = columns_of(cell) > width[i] ? columns_of(cell) : width[i];
        }
    }
    for (size_t i = 0; i < count; i++)
        put_cell(ret, columns[i].heading, width[i], columns[i].left, i + 1 == count);
    for (size_t row = 0; row < c->row_count; row++)
        for (size_t i = 0; i < count; i++) {
            read_cell(c, &columns[i], row, cell);
            put_cell(ret, cell, width[i], columns[i].left, i + 1 == count);
        }
    put_notes(c, ret);
}

static void put_html_row(const s2s_comparison *c, const column *columns, size_t count, size_t row, s2s_string *out)
{
    char cell[CELL];

    s2s_string_add(out, "<tr>");
    for (size_t i = 0; i < count; i++) {
        read_cell(c, &columns[i], row, cell);
        s2s_html_printf(out, columns[i].left ? "<td class=\"left\">%s</td>" : "<td>%s</td>", cell);
    }
    s2s_string_add(out, "</tr>\n");
}

void s2s_comparison_html(const s2s_comparison *c, s2s_string *ret)
{
    column columns[COLUMNS_MAX];
    const size_t count = choose_columns(c, columns);
    s2s_string notes = { 0 };

    s2s_html_begin_table(ret, "Comparison");
    s2s_string_add(ret, "<thead><tr>");
    for (size_t i = 0; i < count; i++)
        s2s_html_printf(ret, columns[i].left ? "<th scope=\"col\" class=\"left\">%s</th>" : "<th scope=\"col\">%s</th>", columns[i].heading);
    s2s_string_add(ret, "</tr></thead><tbody>\n");
    for (size_t row = 0; row < c->row_count; row++)
        put_html_row(c, columns, count, row, ret);
    s2s_string_add(ret, "</tbody>\n");
    s2s_html_end_table(ret);
    put_notes(c, &notes);
    s2s_html_printf(ret, "<p class=\"soft notes\">%s</p>\n", s2s_string_chars(&notes));
    s2s_string_release(&notes);
}

/* --- numbers for programs ------------------------------------------------------------------------------------------------ */

/* What a row holds beside its keys, by the names that CSV and JSON give it. */
static const struct { const char *name; size_t offset; } figures[] = {
    { "best", offsetof(s2s_compare_row, best) }, { "best_epoch", offsetof(s2s_compare_row, epoch) },
    { "to_epochs", offsetof(s2s_compare_row, to_epochs) }, { "to_seconds", offsetof(s2s_compare_row, to_seconds) },
    { "seconds", offsetof(s2s_compare_row, seconds) }, { "samples_per_second", offsetof(s2s_compare_row, rate) },
};
static const struct { const char *name; size_t offset; } counts[] = {
    { "runs", offsetof(s2s_compare_row, runs) }, { "finished", offsetof(s2s_compare_row, finished) },
    { "stopped", offsetof(s2s_compare_row, stopped) }, { "diverged", offsetof(s2s_compare_row, diverged) },
    { "failed", offsetof(s2s_compare_row, failed) }, { "unfinished", offsetof(s2s_compare_row, unfinished) },
};
enum { FIGURES = sizeof figures / sizeof figures[0], COUNTS = sizeof counts / sizeof counts[0] };

static const s2s_summary_figure *figure_at(const s2s_compare_row *row, size_t i)
{
    return (const s2s_summary_figure *)(const void *)((const char *)row + figures[i].offset);
}

static size_t count_at(const s2s_compare_row *row, size_t i) { return *(const size_t *)(const void *)((const char *)row + counts[i].offset); }

static void add_number(s2s_string *out, double value)
{
    s2s_string_add(out, ",");
    s2s_csv_add_number(out, value);
}

static void add_csv_row(const s2s_comparison *c, const s2s_compare_row *row, s2s_string *out)
{
    s2s_csv_add(out, row->name);
    for (size_t i = 0; i < c->key_count; i++) {
        s2s_string_add(out, ",");
        s2s_csv_add(out, row->value[i] ? row->value[i] : "");
    }
    s2s_string_printf(out, ",%lld", (long long)row->parameters);
    for (size_t i = 0; i < COUNTS; i++)
        s2s_string_printf(out, ",%zu", count_at(row, i));
    for (size_t i = 0; i < FIGURES; i++) {
        s2s_string_printf(out, ",%zu", figure_at(row, i)->count);
        add_number(out, figure_at(row, i)->mean);
        add_number(out, figure_at(row, i)->interval);
    }
    s2s_string_printf(out, ",%zu", row->test.pairs);
    add_number(out, row->test.difference);
    add_number(out, row->test.t);
    add_number(out, row->test.p);
    s2s_string_add(out, "\n");
}

void s2s_comparison_csv(const s2s_comparison *c, s2s_string *ret)
{
    s2s_string_add(ret, "name");
    for (size_t i = 0; i < c->key_count; i++) {
        s2s_string_add(ret, ",");
        s2s_csv_add(ret, c->key[i]);
    }
    s2s_string_add(ret, ",parameters");
    for (size_t i = 0; i < COUNTS; i++)
        s2s_string_printf(ret, ",%s", counts[i].name);
    for (size_t i = 0; i < FIGURES; i++)
        s2s_string_printf(ret, ",%s_count,%s_mean,%s_interval", figures[i].name, figures[i].name, figures[i].name);
    s2s_string_add(ret, ",pairs,difference,t,p\n");
    for (size_t i = 0; i < c->row_count; i++)
        add_csv_row(c, &c->row[i], ret);
}

static json_t *summary_to_json(const s2s_summary_figure *figure)
{
    return json_pack("{s:I, s:o, s:o, s:o}", "count", (json_int_t)figure->count, "mean", s2s_json_number(figure->mean),
                     "deviation", s2s_json_number(figure->deviation), "interval", s2s_json_number(figure->interval));
}

static json_t *row_to_json(const s2s_comparison *c, const s2s_compare_row *row)
{
    json_t *json = json_object(), *keys = json_object();

    for (size_t i = 0; i < c->key_count; i++)
        json_object_set_new(keys, c->key[i], row->value[i] ? json_string(row->value[i]) : json_null());
    json_object_set_new(json, "name", json_string(row->name));
    json_object_set_new(json, "keys", keys);
    json_object_set_new(json, "parameters", json_integer(row->parameters));
    for (size_t i = 0; i < COUNTS; i++)
        json_object_set_new(json, counts[i].name, json_integer((json_int_t)count_at(row, i)));
    for (size_t i = 0; i < FIGURES; i++)
        json_object_set_new(json, figures[i].name, summary_to_json(figure_at(row, i)));
    json_object_set_new(json, "test", json_pack("{s:I, s:o, s:o, s:o}", "pairs", (json_int_t)row->test.pairs,
                                                "difference", s2s_json_number(row->test.difference), "t", s2s_json_number(row->test.t),
                                                "p", s2s_json_number(row->test.p)));
    return json;
}

void s2s_comparison_json(const s2s_comparison *c, s2s_string *ret)
{
    json_t *rows = json_array(), *json;

    for (size_t i = 0; i < c->row_count; i++)
        json_array_append_new(rows, row_to_json(c, &c->row[i]));
    json = json_pack("{s:s, s:s, s:s, s:o}", "metric", c->metric, "goal", c->rises ? "maximize" : "minimize",
                     "test", "paired t test, two-sided, against the first row", "rows", rows);
    if (c->to.metric != NULL)
        json_object_set_new(json, "to", json_pack("{s:s, s:o}", "metric", c->to.metric, "value", s2s_json_number(c->to.value)));
    s2s_json_add_pretty(json, ret);
}
