/* analysis.c -- see analysis.h: from counts to tables. */
#include "experiments/analysis.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "experiments/analysis_counts.h"
#include "experiments/json.h"
#include "experiments/terminal.h"

enum { TABLES_MAX = 8 + S2S_TRAITS_MAX, SHOWN_SYMBOLS = 32, SHOWN_PAIRS = 12, SHOWN_ROWS = 60 };

typedef struct maker {
    s2s_analysis_counts *counts;
    s2s_arena *arena;
    s2s_analysis_table *table;
    size_t count;
    s2s_matrix *confusion;
} maker;

/* --- making tables ------------------------------------------------------------------------------------------------------- */

static s2s_analysis_table *new_table(maker *m, const char *title, const char *label, const char *counted)
{
    s2s_analysis_table *table = &m->table[m->count++];

    *table = (s2s_analysis_table){ .title = title, .label = label, .counted = counted };
    return table;
}

/* Rows of tallies that counted something; `name` NULL: the row's number from `first` on. A table without rows is taken back. */
static void fill_tallies(maker *m, s2s_analysis_table *table, const s2s_tally *tally, int64_t count, int64_t first,
                         const char *(*name)(int which, char *buffer))
{
    s2s_analysis_row *row = S2S_NEW_ARRAY(m->arena, s2s_analysis_row, count);
    char buffer[32];

    for (int64_t i = 0; i < count && row != NULL; i++)
        if (tally[i].count > 0)
            row[table->count++] = (s2s_analysis_row){
                .label = name ? s2s_arena_strdup(m->arena, name((int)i, buffer)) : s2s_arena_printf(m->arena, "%lld", (long long)(first + i)),
                .count = tally[i].count, .figure = { tally[i].hits / (double)tally[i].count },
            };
    table->row = row;
    if (table->count == 0)
        m->count--;
}

static void add_tallies(maker *m, const char *figure, const char *label, const char *counted, const s2s_tally *tally, int64_t count, int64_t first,
                        const char *(*name)(int which, char *buffer))
{
    s2s_analysis_table *table = new_table(m, s2s_arena_printf(m->arena, "%s by %s", figure, label), label, counted);

    table->figures = 1;
    table->figure[0] = figure;
    fill_tallies(m, table, tally, count, first, name);
}

/* --- symbols ------------------------------------------------------------------------------------------------------------- */

/* A symbol as a reader sees it: spaces and nothing are made visible. */
static const char *symbol_name(const maker *m, int32_t symbol)
{
    const s2s_vocabulary *vocabulary = s2s_vocabulary_named(&m->counts->dataset->vocabularies, m->counts->dataset->signature.target.name);
    const s2s_text text = vocabulary ? s2s_vocabulary_symbol(vocabulary, symbol) : s2s_text_of("");

    if (vocabulary == NULL)
        return s2s_arena_printf(m->arena, "%d", symbol);
    if (s2s_text_is(text, " ") || text.length == 0)
        return "space";
    if (s2s_text_is(text, "\n"))
        return "newline";
    return s2s_arena_strndup(m->arena, text.chars, text.length);
}

/* Symbols that were wanted or given, the most wanted first. */
typedef struct ranked { int64_t rank; int32_t symbol; } ranked;

static int by_rank(const void *a, const void *b)
{
    const ranked *x = a, *y = b;

    return x->rank != y->rank ? (x->rank < y->rank ? 1 : -1) : (x->symbol > y->symbol) - (x->symbol < y->symbol);
}

static ranked *rank_symbols(const maker *m, int64_t *count)
{
    const s2s_analysis_counts *c = m->counts;
    ranked *list = S2S_NEW_ARRAY(m->arena, ranked, c->width);

    *count = 0;
    for (int32_t i = 0; i < c->width && list != NULL; i++)
        if (c->wanted[i] > 0 || c->given[i] > 0)
            list[(*count)++] = (ranked){ c->wanted[i], i };
    qsort(list, (size_t)*count, sizeof *list, by_rank);
    return list;
}

static double ratio(int64_t part, int64_t whole) { return whole > 0 ? (double)part / (double)whole : NAN; }

static void add_symbols(maker *m, const ranked *list, int64_t count)
{
    const s2s_analysis_counts *c = m->counts;
    s2s_analysis_table *table = new_table(m, "precision, recall and F1 by symbol", "symbol", "wanted");
    s2s_analysis_row   *row = S2S_NEW_ARRAY(m->arena, s2s_analysis_row, count);

    table->figures = 3;
    table->figure[0] = "precision";
    table->figure[1] = "recall";
    table->figure[2] = "f1";
    for (int64_t i = 0; i < count && row != NULL; i++) {
        const int32_t s = list[i].symbol;

        row[i] = (s2s_analysis_row){ .label = symbol_name(m, s), .count = c->wanted[s], .figure = {
            ratio(c->right[s], c->given[s]), ratio(c->right[s], c->wanted[s]), ratio(2 * c->right[s], c->given[s] + c->wanted[s]) } };
    }
    table->row = row;
    table->count = (size_t)count;
}

/* What is taken for what, the most frequent first. The rank is the number of times; the symbol is wanted * width + given. */
static void add_pairs(maker *m)
{
    const s2s_analysis_counts *c = m->counts;
    ranked *list = S2S_NEW_ARRAY(m->arena, ranked, c->width * c->width);
    s2s_analysis_row *row = S2S_NEW_ARRAY(m->arena, s2s_analysis_row, SHOWN_PAIRS);
    s2s_analysis_table *table;
    int64_t count = 0;

    if (list == NULL || row == NULL)
        return;
    for (int32_t i = 0; i < c->width * c->width; i++)
        if (c->confused[i] > 0 && i / c->width != i % c->width)
            list[count++] = (ranked){ c->confused[i], i };
    if (count == 0)
        return;
    qsort(list, (size_t)count, sizeof *list, by_rank);
    table = new_table(m, "most frequent confusions", "wanted -> given", "times");
    table->figures = 1;
    table->figure[0] = "of the wanted";
    for (int64_t i = 0; i < count && i < SHOWN_PAIRS; i++) {
        const int32_t wanted = list[i].symbol / (int32_t)c->width, given = list[i].symbol % (int32_t)c->width;

        row[table->count++] = (s2s_analysis_row){
            .label = s2s_arena_printf(m->arena, "%s -> %s", symbol_name(m, wanted), symbol_name(m, given)),
            .count = list[i].rank, .figure = { ratio(list[i].rank, c->wanted[wanted]) },
        };
    }
    table->row = row;
}

static void make_confusion(maker *m, const ranked *list, int64_t count)
{
    const s2s_analysis_counts *c = m->counts;
    const int64_t shown = count < SHOWN_SYMBOLS ? count : SHOWN_SYMBOLS;
    const char  **word = S2S_NEW_ARRAY(m->arena, const char *, shown);
    double       *value = S2S_NEW_ARRAY(m->arena, double, shown * shown);

    m->confusion = S2S_NEW(m->arena, s2s_matrix);
    if (s2s_arena_failed(m->arena))
        return;
    for (int64_t i = 0; i < shown; i++) {
        word[i] = symbol_name(m, list[i].symbol);
        for (int64_t j = 0; j < shown; j++)
            value[i * shown + j] = (double)c->confused[list[i].symbol * c->width + list[j].symbol];
    }
    *m->confusion = (s2s_matrix){
        .title = shown == count ? "What was given for what was wanted"
                                : s2s_arena_printf(m->arena, "What was given for what was wanted: the %lld most frequent of %lld symbols",
                                                   (long long)shown, (long long)count),
        .row_label = "wanted", .column_label = "given", .count = (size_t)shown, .word = word, .value = value,
    };
}

static void add_known(maker *m)
{
    const s2s_tally  both[] = { m->counts->known, m->counts->unknown };
    s2s_analysis_row *row = S2S_NEW_ARRAY(m->arena, s2s_analysis_row, 2);
    s2s_analysis_table *table;

    if (row == NULL || both[0].count + both[1].count == 0)
        return;
    table = new_table(m, "accuracy by whether training had seen the element", "element", "elements");
    table->figures = 1;
    table->figure[0] = "accuracy";
    for (int i = 0; i < 2; i++)
        row[i] = (s2s_analysis_row){ .label = i ? "unknown" : "known", .count = both[i].count,
                                     .figure = { both[i].count ? both[i].hits / (double)both[i].count : NAN } };
    table->row = row;
    table->count = 2;
}

static void add_symbol_tables(maker *m)
{
    const s2s_analysis_counts *c = m->counts;
    const s2s_alignment alignment = c->dataset->signature.alignment;
    int64_t count;
    ranked *list;

    for (int i = 0; i < c->traits; i++)
        add_tallies(m, "exact match", c->dataset->ops->trait[i], "examples", c->trait[i], S2S_TRAIT_CLASSES, 0, NULL);
    if (alignment != S2S_PER_SEQUENCE)
        add_tallies(m, "exact match", alignment == S2S_ALIGNED ? "length" : "length of the target", "examples", c->length, S2S_LENGTH_CLASSES, 0,
                    s2s_length_class_name);
    if (alignment == S2S_OWN_STEPS)
        add_tallies(m, "accuracy", "place in the output", "symbols", c->place, c->steps, 1, NULL);
    add_known(m);
    list = rank_symbols(m, &count);
    if (list == NULL)
        return;
    add_symbols(m, list, count);
    if (c->confused == NULL)
        return;
    add_pairs(m);
    make_confusion(m, list, count);
}

/* --- real values --------------------------------------------------------------------------------------------------------- */

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static void add_quantiles(maker *m)
{
    static const struct { const char *label; double share; } quantiles[] = {
        { "half", 0.5 }, { "90 of 100", 0.9 }, { "99 of 100", 0.99 }, { "all", 1 },
    };
    enum { QUANTILES = sizeof quantiles / sizeof quantiles[0] };
    const s2s_analysis_counts *c = m->counts;
    s2s_analysis_row *row = S2S_NEW_ARRAY(m->arena, s2s_analysis_row, QUANTILES);
    s2s_analysis_table *table;

    if (row == NULL || c->error_count == 0)
        return;
    qsort(c->error, (size_t)c->error_count, sizeof *c->error, by_value);
    table = new_table(m, "absolute error", "share of the values", "values");
    table->figures = 1;
    table->figure[0] = "at most";
    for (int i = 0; i < QUANTILES; i++) {
        const int64_t within = (int64_t)ceil(quantiles[i].share * (double)c->error_count);

        row[i] = (s2s_analysis_row){ .label = quantiles[i].label, .count = within, .figure = { c->error[within > 0 ? within - 1 : 0] } };
    }
    table->row = row;
    table->count = QUANTILES;
}

/* --- all of it ----------------------------------------------------------------------------------------------------------- */

s2s_status s2s_analysis_make(s2s_runner *runner, const s2s_dataset *dataset, const s2s_split *split, s2s_arena *arena,
                             s2s_analysis *ret, s2s_error *err)
{
    s2s_analysis_counts counts;
    maker m = { .counts = &counts, .arena = arena };

    S2S_TRY(s2s_analysis_counts_init(&counts, dataset, split, arena, err));
    S2S_TRY(s2s_runner_predict(runner, split, NULL, split->count, s2s_analysis_counts_take, &counts, err));
    m.table = S2S_NEW_ARRAY(arena, s2s_analysis_table, TABLES_MAX);
    if (m.table != NULL && dataset->signature.target.kind == S2S_STREAM_TOKENS)
        add_symbol_tables(&m);
    else if (m.table != NULL) {
        add_quantiles(&m);
        if (counts.steps > 1)
            add_tallies(&m, "mean absolute error", "place in the output", "values", counts.place, counts.steps, 1, NULL);
    }
    *ret = (s2s_analysis){ m.count, m.table, m.confusion };
    return s2s_arena_failed(arena) ? s2s_fail(err, S2S_MEMORY, "out of memory for an error analysis") : S2S_OK;
}

/* --- showing ------------------------------------------------------------------------------------------------------------- */

static void add_table(s2s_string *ret, const s2s_analysis_table *table)
{
    enum { COUNT_WIDTH = 12, FIGURE_WIDTH = 15 };
    size_t width = s2s_text_columns(s2s_text_of(table->label));
    char   shown[S2S_SHOWN_SIZE];

    for (size_t i = 0; i < table->count; i++) {
        const size_t columns = s2s_text_columns(s2s_text_of(table->row[i].label));
        width = columns > width ? columns : width;
    }
    s2s_string_printf(ret, "\n%s\n", table->title);
    s2s_string_pad(ret, table->label, width, false);
    s2s_string_pad(ret, table->counted, COUNT_WIDTH, true);
    for (int k = 0; k < table->figures; k++)
        s2s_string_pad(ret, table->figure[k], FIGURE_WIDTH, true);
    s2s_string_add(ret, "\n");
    for (size_t i = 0; i < table->count && i < SHOWN_ROWS; i++) {
        s2s_string_pad(ret, table->row[i].label, width, false);
        s2s_string_pad(ret, s2s_show_count(table->row[i].count, shown), COUNT_WIDTH, true);
        for (int k = 0; k < table->figures; k++)
            s2s_string_pad(ret, s2s_show_figure(table->row[i].figure[k], shown), FIGURE_WIDTH, true);
        s2s_string_add(ret, "\n");
    }
    if (table->count > SHOWN_ROWS)
        s2s_string_printf(ret, "... and %zu more: --json has all\n", table->count - SHOWN_ROWS);
}

void s2s_analysis_add(const s2s_analysis *analysis, s2s_string *ret)
{
    for (size_t i = 0; i < analysis->count; i++)
        add_table(ret, &analysis->table[i]);
}

static json_t *table_json(const s2s_analysis_table *table)
{
    json_t *rows = json_array();

    for (size_t i = 0; i < table->count; i++) {
        const s2s_analysis_row *row = &table->row[i];
        json_t *object = json_pack("{s:s, s:I}", "label", row->label, "count", (json_int_t)row->count);

        for (int k = 0; k < table->figures; k++)
            json_object_set_new(object, table->figure[k], s2s_json_number(row->figure[k]));
        json_array_append_new(rows, object);
    }
    return json_pack("{s:s, s:s, s:s, s:o}", "title", table->title, "label", table->label, "counted", table->counted, "rows", rows);
}

json_t *s2s_analysis_json(const s2s_analysis *analysis)
{
    json_t *list = json_array();

    for (size_t i = 0; i < analysis->count; i++)
        json_array_append_new(list, table_json(&analysis->table[i]));
    return list;
}
