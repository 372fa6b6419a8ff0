/* report_run.c -- a report's sections about one run. */
#include <jansson.h>
#include <string.h>

#include "experiments/advice.h"
#include "experiments/analysis.h"
#include "experiments/curves.h"
#include "experiments/evaluation.h"
#include "experiments/html.h"
#include "experiments/json.h"
#include "experiments/report.h"
#include "experiments/run_directory.h"
#include "experiments/terminal.h"

static s2s_status no_memory(s2s_error *err) { return s2s_fail(err, S2S_MEMORY, "out of memory"); }

/* --- facts --------------------------------------------------------------------------------------------------------------- */

static void add_fact(s2s_string *ret, const char *name, const char *value, const char *small)
{
    s2s_html_printf(ret, "<div><dt>%s</dt><dd>%s", name, value);
    if (small != NULL)
        s2s_html_printf(ret, "<small>%s</small>", small);
    s2s_string_add(ret, "</dd></div>\n");
}

static double mean_rate(const s2s_history *h)
{
    const int column = s2s_history_find(h, "samples_per_second");
    double sum = 0;

    for (int64_t row = 0; row < h->rows; row++)
        sum += s2s_history_at(h, row, column);
    return sum / (double)h->rows;
}

static void add_facts(const s2s_record *record, s2s_arena *arena, s2s_string *ret)
{
    const s2s_history *h = &record->history;
    const double rate = mean_rate(h);
    char shown[S2S_SHOWN_SIZE];

    s2s_string_add(ret, "<dl class=\"facts\">\n");
    if (record->best_row >= 0)
        add_fact(ret, s2s_arena_printf(arena, "best %s", record->monitor), s2s_show_figure(record->best, shown),
                 s2s_arena_printf(arena, "in epoch %lld", (long long)record->best_epoch));
    if (record->best_row >= 0 && strcmp(record->monitor, "val_loss") != 0 && s2s_history_find(h, "val_loss") >= 0)
        add_fact(ret, "val_loss", s2s_show_figure(s2s_history_at(h, record->best_row, s2s_history_find(h, "val_loss")), shown), "in the same epoch");
    add_fact(ret, "epochs", s2s_show_count(h->rows, shown), s2s_arena_printf(arena, "of %lld", (long long)record->options->train.epochs));
    add_fact(ret, "training", s2s_show_seconds(record->seconds, shown), NULL);
    if (isfinite(rate))
        add_fact(ret, "samples a second", s2s_show_count(llround(rate), shown), NULL);
    add_fact(ret, "parameters", s2s_show_count(record->parameters, shown), NULL);
    add_fact(ret, "data", record->options->dataset->entry->name, NULL);
    add_fact(ret, "state", record->status, NULL);
    s2s_string_add(ret, "</dl>\n");
}

/* The sentences of the end of a run; what they would need the model for is left out. */
static void add_advice(const s2s_record *record, s2s_string *ret)
{
    const int64_t rows = record->history.rows;
    const s2s_advice_facts facts = {
        .history = &record->history, .monitor = record->monitor, .diverged = strcmp(record->status, "diverged") == 0,
        .all_epochs = rows >= record->options->train.epochs, .epochs = record->options->train.epochs, .folder = record->folder,
    };
    s2s_string text = { 0 };
    s2s_text   rest, line;

    s2s_advice_after(&facts, &text);
    rest = s2s_text_of(s2s_string_chars(&text));
    while (s2s_text_next_line(&rest, &line)) {
        s2s_string_add(ret, "<p class=\"note\">");
        s2s_html_add_text(ret, line);
        s2s_string_add(ret, "</p>\n");
    }
    s2s_string_release(&text);
}

/* --- curves -------------------------------------------------------------------------------------------------------------- */

static s2s_status add_chart(const s2s_record *record, const char *metrics, const char *title, s2s_arena *arena, s2s_string *ret, s2s_error *err)
{
    s2s_chart chart;

    S2S_TRY(s2s_curves_chart(record, 1, metrics, arena, &chart, err));
    chart.title = title;
    s2s_chart_add_html(&chart, ret);
    return S2S_OK;
}

/* Every figure once, training and validation together; the learning rate last. */
static s2s_status add_curves(const s2s_record *record, s2s_arena *arena, s2s_string *ret, s2s_error *err)
{
    static const char *const aside[] = { "epoch", "seconds", "samples_per_second", "learning_rate", NULL };
    const s2s_history *h = &record->history;

    s2s_string_add(ret, "<h2>Curves</h2>\n<div class=\"charts\">\n");
    for (int i = 0; i < h->columns; i++) {
        const char *name = h->name[i], *both = s2s_arena_printf(arena, "%s,val_%s", name, name);
        bool        skip = strncmp(name, "val_", 4) == 0;

        if (both == NULL)
            return no_memory(err);
        for (int k = 0; aside[k] != NULL; k++)
            skip = skip || strcmp(name, aside[k]) == 0;
        if (!skip)
            S2S_TRY(add_chart(record, s2s_history_find(h, both + strlen(name) + 1) >= 0 ? both : name, name, arena, ret, err));
    }
    S2S_TRY(add_chart(record, "learning_rate", "learning rate", arena, ret, err));
    s2s_string_add(ret, "</div>\n");
    return S2S_OK;
}

/* --- samples ------------------------------------------------------------------------------------------------------------- */

enum { EPOCHS_SHOWN = 6 };

/* Some epochs from the first to the last, the best among them, ascending. */
static int choose_epochs(const s2s_record *record, int64_t epoch[EPOCHS_SHOWN + 1])
{
    const s2s_history *h = &record->history;
    const int     column = s2s_history_find(h, "epoch");
    const int64_t steps = h->rows < EPOCHS_SHOWN ? h->rows : EPOCHS_SHOWN;
    int           count = 0;

    for (int64_t i = 0; i < steps; i++) {
        const int64_t row = steps > 1 ? i * (h->rows - 1) / (steps - 1) : 0, here = (int64_t)s2s_history_at(h, row, column);

        if (record->best_epoch < here && record->best_epoch > (count > 0 ? epoch[count - 1] : -1) && record->best_row >= 0)
            epoch[count++] = record->best_epoch;
        epoch[count++] = here;
    }
    return count;
}

static void add_sample(s2s_string *ret, const json_t *sample)
{
    static const char *const keys[] = { "input", "target", "output" };
    const json_t *correct = json_object_get(sample, "correct");

    s2s_string_add(ret, "<tr>");
    for (int i = 0; i < 3; i++) {
        const char *text = json_string_value(json_object_get(sample, keys[i]));
        s2s_html_printf(ret, "<td class=\"text\">%s</td>", text ? text : "");
    }
    if (json_is_boolean(correct))
        s2s_string_add(ret, json_is_true(correct) ? "<td class=\"ok\">\u2611 right</td>" : "<td class=\"wrong\">\u2612 wrong</td>");
    s2s_string_add(ret, "</tr>\n");
}

/* The table of one epoch: its samples stand together in the file. */
static void add_epoch(s2s_string *ret, const json_t *samples, int64_t epoch, bool open, s2s_arena *arena)
{
    const char *title = s2s_arena_printf(arena, "Epoch %lld", (long long)epoch);
    size_t right = 0, all = 0;

    for (size_t i = 0; i < json_array_size(samples); i++)
        if (json_integer_value(json_object_get(json_array_get(samples, i), "epoch")) == epoch) {
            right += json_is_true(json_object_get(json_array_get(samples, i), "correct"));
            all++;
        }
    if (title == NULL || all == 0)
        return;
    s2s_html_printf(ret, open ? "<details open><summary>%s" : "<details><summary>%s", title);
    if (json_is_boolean(json_object_get(json_array_get(samples, 0), "correct")))
        s2s_string_printf(ret, " <span class=\"soft\">%zu of %zu right</span>", right, all);
    s2s_string_add(ret, "</summary>\n");
    s2s_html_begin_table(ret, title);
    s2s_string_add(ret, "<thead><tr><th scope=\"col\" class=\"left\">input</th><th scope=\"col\" class=\"left\">wanted</th>"
                        "<th scope=\"col\" class=\"left\">given</th><th></th></tr></thead><tbody>\n");
    for (size_t i = 0; i < json_array_size(samples); i++)
        if (json_integer_value(json_object_get(json_array_get(samples, i), "epoch")) == epoch)
            add_sample(ret, json_array_get(samples, i));
    s2s_string_add(ret, "</tbody>\n");
    s2s_html_end_table(ret);
    s2s_string_add(ret, "</details>\n");
}

static s2s_status read_samples(const s2s_record *record, s2s_arena *arena, json_t **ret, s2s_error *err)
{
    s2s_text text, line;

    S2S_TRY(s2s_record_file(record, S2S_RUN_SAMPLES, arena, &text, err));
    *ret = json_array();
    while (s2s_text_next_line(&text, &line)) {
        json_t *sample = json_loadb(line.chars, line.length, 0, NULL);

        if (json_is_object(sample))
            json_array_append(*ret, sample);
        json_decref(sample);
    }
    return S2S_OK;
}

static s2s_status add_samples(const s2s_record *record, s2s_arena *arena, s2s_string *ret, s2s_error *err)
{
    int64_t epoch[2 * EPOCHS_SHOWN];
    json_t *samples = NULL;
    int     count;

    S2S_TRY(read_samples(record, arena, &samples, err));
    count = json_array_size(samples) > 0 ? choose_epochs(record, epoch) : 0;
    if (count > 0)
        s2s_string_add(ret, "<h2>Samples through the epochs</h2>\n<p class=\"soft\">Validation examples, others in every epoch.</p>\n");
    for (int i = 0; i < count; i++)
        add_epoch(ret, samples, epoch[i], i == 0 || i == count - 1, arena);
    json_decref(samples);
    return S2S_OK;
}

/* --- errors -------------------------------------------------------------------------------------------------------------- */

static void add_table(s2s_string *ret, const s2s_analysis_table *table)
{
    enum { ROWS = 40 };
    char shown[S2S_SHOWN_SIZE];

    s2s_html_printf(ret, "<div><h3>%s</h3>\n", table->title);
    s2s_html_begin_table(ret, table->title);
    s2s_html_printf(ret, "<thead><tr><th scope=\"col\">%s</th><th scope=\"col\">%s</th>", table->label, table->counted);
    for (int k = 0; k < table->figures; k++)
        s2s_html_printf(ret, "<th scope=\"col\">%s</th>", table->figure[k]);
    s2s_string_add(ret, "</tr></thead><tbody>\n");
    for (size_t i = 0; i < table->count && i < ROWS; i++) {
        s2s_html_printf(ret, "<tr><th scope=\"row\">%s</th><td>%s</td>", table->row[i].label, s2s_show_count(table->row[i].count, shown));
        for (int k = 0; k < table->figures; k++)
            s2s_html_printf(ret, "<td>%s</td>", s2s_show_figure(table->row[i].figure[k], shown));
        s2s_string_add(ret, "</tr>\n");
    }
    s2s_string_add(ret, "</tbody>\n");
    s2s_html_end_table(ret);
    if (table->count > ROWS)
        s2s_string_printf(ret, "<p class=\"soft\">and %zu more</p>\n", table->count - ROWS);
    s2s_string_add(ret, "</div>\n");
}

/* Shades say the share of the row, figures how often. */
static void add_confusion(s2s_string *ret, const s2s_matrix *m)
{
    char shown[32];

    s2s_html_printf(ret, "<h3>%s</h3>\n<p class=\"soft\">Rows: %s. Columns: %s. The shade is the share of the row.</p>\n", m->title,
                    m->row_label, m->column_label);
    s2s_html_begin_table(ret, m->title);
    s2s_string_add(ret, "<tbody class=\"heat\"><tr><td></td>");
    for (size_t j = 0; j < m->count; j++)
        s2s_html_printf(ret, "<th scope=\"col\">%s</th>", m->word[j]);
    for (size_t i = 0; i < m->count; i++) {
        double sum = 0;

        for (size_t j = 0; j < m->count; j++)
            sum += m->value[i * m->count + j];
        s2s_html_printf(ret, "</tr>\n<tr><th scope=\"row\">%s</th>", m->word[i]);
        for (size_t j = 0; j < m->count; j++) {
            const double value = m->value[i * m->count + j], share = sum > 0 ? value / sum : 0;

            s2s_string_printf(ret, "<td%s style=\"--share:%.3g\">%s</td>", share > 0.55 ? " class=\"full\"" : "", share,
                              value > 0 ? s2s_show_tick(value, shown) : "");
        }
    }
    s2s_string_add(ret, "</tr>\n</tbody>\n");
    s2s_html_end_table(ret);
}

static s2s_status analyse(const s2s_record *record, int threads, s2s_arena *arena, s2s_evaluation *on, s2s_analysis *ret, s2s_error *err)
{
    const s2s_evaluation_request request = {
        .run = record->folder, .checkpoint = S2S_CHECKPOINT_BEST, .split = S2S_VALIDATION, .threads = threads, .arena = arena,
    };

    S2S_TRY(s2s_evaluation_open(&request, on, err));
    return s2s_analysis_make(on->runner, &on->model->dataset, on->split, arena, ret, err);
}

static void add_errors(const s2s_record *record, int threads, s2s_arena *arena, s2s_string *ret)
{
    s2s_evaluation on;
    s2s_analysis   analysis;
    s2s_error      err;
    char           shown[S2S_SHOWN_SIZE], epoch[S2S_SHOWN_SIZE];

    s2s_string_add(ret, "<h2>Where the errors are</h2>\n");
    if (analyse(record, threads, arena, &on, &analysis, &err) != S2S_OK) {
        s2s_html_printf(ret, "<p class=\"note\">There is no error analysis: %s%s%s</p>\n", err.file, *err.file ? ": " : "", err.message);
        return;
    }
    s2s_html_printf(ret, "<p class=\"soft\">The best model, of epoch %s, on %s validation examples.</p>\n<div class=\"tables\">\n",
                    s2s_show_count(on.model->epoch, epoch), s2s_show_count(on.split->count, shown));
    for (size_t i = 0; i < analysis.count; i++)
        add_table(ret, &analysis.table[i]);
    s2s_string_add(ret, "</div>\n");
    if (analysis.confusion != NULL)
        add_confusion(ret, analysis.confusion);
}

/* --- environment and configuration --------------------------------------------------------------------------------------- */

static void add_row(s2s_string *ret, const char *name, json_t *value)
{
    s2s_string text = { 0 };

    if (json_is_string(value))
        s2s_string_add(&text, json_string_value(value));
    else
        s2s_json_add(json_incref(value), &text);
    s2s_html_printf(ret, "<tr><th scope=\"row\">%s</th><td class=\"text\">%s</td></tr>\n", name, s2s_string_chars(&text));
    s2s_string_release(&text);
}

static s2s_status add_environment(const s2s_record *record, s2s_arena *arena, s2s_string *ret, s2s_error *err)
{
    const char *name;
    json_t     *json, *value;
    s2s_text    text;

    S2S_TRY(s2s_record_file(record, S2S_RUN_ENVIRONMENT, arena, &text, err));
    json = json_loadb(text.chars, text.length, 0, NULL);
    s2s_string_add(ret, "<h2>Environment</h2>\n");
    s2s_html_begin_table(ret, "Environment");
    s2s_string_add(ret, "<tbody>\n");
    json_object_foreach(json, name, value)
        add_row(ret, name, value);
    s2s_string_add(ret, "</tbody>\n");
    s2s_html_end_table(ret);
    json_decref(json);
    return S2S_OK;
}

static s2s_status add_config(const s2s_record *record, s2s_arena *arena, s2s_string *ret, s2s_error *err)
{
    static const struct { const char *file, *title; } files[] = { { S2S_RUN_CONFIG, "As given" }, { S2S_RUN_RESOLVED, "Complete, with every default" } };

    s2s_string_add(ret, "<h2>Configuration</h2>\n");
    for (size_t i = 0; i < 2; i++) {
        s2s_text text;

        S2S_TRY(s2s_record_file(record, files[i].file, arena, &text, err));
        if (text.length == 0)
            continue;
        s2s_html_printf(ret, "<details><summary>%s <span class=\"soft\">%s</span></summary><pre>", files[i].title, files[i].file);
        s2s_html_add_text(ret, text);
        s2s_string_add(ret, "</pre></details>\n");
    }
    return S2S_OK;
}

s2s_status s2s_report_add_run(const s2s_record *record, int threads, s2s_arena *arena, s2s_string *ret, s2s_error *err)
{
    add_facts(record, arena, ret);
    add_advice(record, ret);
    S2S_TRY(add_curves(record, arena, ret, err));
    S2S_TRY(add_samples(record, arena, ret, err));
    add_errors(record, threads, arena, ret);
    S2S_TRY(add_environment(record, arena, ret, err));
    return add_config(record, arena, ret, err);
}
