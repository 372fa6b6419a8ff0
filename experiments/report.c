/* report.c -- see report.h. Here: the page, and what is said of several runs together. */
#include "experiments/report.h"

#include <math.h>
#include <string.h>

#include "base/file.h"
#include "experiments/compare.h"
#include "experiments/curves.h"
#include "experiments/html.h"
#include "experiments/terminal.h"

enum { KEYS_DRAWN = 6 };

/* --- several runs -------------------------------------------------------------------------------------------------------- */

/* The first in the order that has a figure and, if it must, a directory; NULL: none. */
static const s2s_record *best_of(const s2s_record *record, const size_t *order, size_t count, const char *metric, bool with_folder)
{
    for (size_t i = 0; i < count; i++) {
        const s2s_record *r = &record[order[i]];

        if (!isnan(s2s_record_best(r, metric)) && (!with_folder || r->folder != NULL))
            return r;
    }
    return NULL;
}

static s2s_status add_comparison(const s2s_record *record, size_t count, const char *metric, s2s_arena *arena, s2s_string *ret, s2s_error *err)
{
    s2s_comparison comparison;

    S2S_TRY(s2s_compare(record, count, metric, (s2s_threshold){ 0 }, arena, &comparison, err));
    s2s_string_add(ret, "<h2>Side by side</h2>\n");
    s2s_comparison_html(&comparison, ret);
    return S2S_OK;
}

static s2s_status add_curves(const s2s_record *record, size_t count, const char *metric, s2s_arena *arena, s2s_string *ret, s2s_error *err)
{
    const bool  validated = strncmp(metric, "val_", 4) == 0;
    const char *names[] = { metric, validated ? "val_loss" : "loss", "loss" };

    s2s_string_add(ret, "<h2>Curves</h2>\n<p class=\"soft\">Runs that differ in their seed alone are one line: the mean, in a band from the "
                        "lowest to the highest.</p>\n<div class=\"charts\">\n");
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        s2s_chart chart;
        bool      again = false;

        for (size_t k = 0; k < i; k++)
            again = again || strcmp(names[k], names[i]) == 0;
        if (again || s2s_curves_chart(record, count, names[i], arena, &chart, err) != S2S_OK)
            continue;
        chart.title = names[i];
        s2s_chart_add_html(&chart, ret);
    }
    s2s_string_add(ret, "</div>\n");
    return s2s_arena_failed(arena) ? s2s_fail(err, S2S_MEMORY, "out of memory") : S2S_OK;
}

/* A key that cannot be drawn is left out: the table has it. */
static s2s_status add_keys(const s2s_record *record, size_t count, const char *metric, s2s_arena *arena, s2s_string *ret, s2s_error *err)
{
    const char *const *key;
    size_t    keys, drawn = 0;
    s2s_chart chart;

    S2S_TRY(s2s_records_differ(record, count, arena, &key, &keys, err));
    if (s2s_parallel_chart(record, count, metric, arena, &chart, err) != S2S_OK)
        return S2S_OK;
    s2s_string_add(ret, "<h2>What the keys did</h2>\n<div class=\"charts\">\n");
    s2s_chart_add_html(&chart, ret);
    for (size_t i = 0; i < keys && drawn < KEYS_DRAWN; i++)
        if (strcmp(key[i], "seed") != 0 && s2s_scatter_chart(record, count, key[i], metric, arena, &chart, err) == S2S_OK) {
            s2s_chart_add_html(&chart, ret);
            drawn++;
        }
    s2s_string_add(ret, "</div>\n");
    return S2S_OK;
}

static void add_line(const s2s_record *r, const char *const *key, size_t keys, const char *metric, s2s_string *ret)
{
    const double best = s2s_record_best(r, metric);
    char shown[S2S_SHOWN_SIZE];

    s2s_html_printf(ret, "<tr><th scope=\"row\">%s</th>", r->name);
    for (size_t i = 0; i < keys; i++) {
        const char *value = s2s_record_key(r, key[i]);
        s2s_html_printf(ret, "<td>%s</td>", value ? value : "-");
    }
    s2s_html_printf(ret, "<td>%s</td>", s2s_show_figure(best, shown));
    s2s_html_printf(ret, "<td>%s</td>", s2s_show_count(r->history.rows, shown));
    s2s_html_printf(ret, "<td>%s</td><td class=\"left\">%s</td></tr>\n", s2s_show_seconds(r->seconds, shown), r->status);
}

/* Every run, the best first. */
static s2s_status add_lines(const s2s_record *record, const size_t *order, size_t count, const char *metric, s2s_arena *arena, s2s_string *ret, s2s_error *err)
{
    const char *const *key;
    size_t keys;

    S2S_TRY(s2s_records_differ(record, count, arena, &key, &keys, err));
    s2s_string_printf(ret, "<details%s><summary>All %zu runs</summary>\n", count <= 20 ? " open" : "", count);
    s2s_html_begin_table(ret, "All runs");
    s2s_string_add(ret, "<thead><tr><th scope=\"col\">run</th>");
    for (size_t i = 0; i < keys; i++)
        s2s_html_printf(ret, "<th scope=\"col\">%s</th>", s2s_key_short(key[i], key, keys));
    s2s_html_printf(ret, "<th scope=\"col\">best %s</th><th scope=\"col\">epochs</th><th scope=\"col\">training</th>"
                         "<th scope=\"col\" class=\"left\">state</th></tr></thead><tbody>\n", metric);
    for (size_t i = 0; i < count; i++)
        add_line(&record[order[i]], key, keys, metric, ret);
    s2s_string_add(ret, "</tbody>\n");
    s2s_html_end_table(ret);
    s2s_string_add(ret, "</details>\n");
    return S2S_OK;
}

static s2s_status add_several(const s2s_report_request *request, const s2s_record *record, size_t count, const char *metric, s2s_string *ret,
                              s2s_error *err)
{
    const s2s_record *best, *kept;
    const size_t     *order;
    s2s_record whole;
    char       shown[S2S_SHOWN_SIZE];

    S2S_TRY(s2s_records_rank(record, count, metric, request->arena, &order, err));
    best = best_of(record, order, count, metric, false);
    kept = best_of(record, order, count, metric, true);
    if (best != NULL)
        s2s_html_printf(ret, "<p>Best %s: <strong>%s</strong>, of %s.</p>\n", metric, s2s_show_figure(s2s_record_best(best, metric), shown), best->name);
    S2S_TRY(add_comparison(record, count, metric, request->arena, ret, err));
    S2S_TRY(add_curves(record, count, metric, request->arena, ret, err));
    S2S_TRY(add_keys(record, count, metric, request->arena, ret, err));
    S2S_TRY(add_lines(record, order, count, metric, request->arena, ret, err));
    if (kept == NULL)
        return S2S_OK;
    S2S_TRY(s2s_record_read(kept->folder, request->arena, &whole, err));
    s2s_html_printf(ret, "<hr>\n<h2>%s: %s</h2>\n", kept == best ? "The best run" : "The best run that was kept", kept->name);
    return s2s_report_add_run(&whole, request->threads, request->arena, ret, err);
}

/* --- the page ------------------------------------------------------------------------------------------------------------ */

static s2s_status make_page(const s2s_report_request *request, s2s_string *ret, s2s_error *err)
{
    const s2s_record *record;
    const char *metric, *title;
    size_t      count = 0;

    S2S_TRY(s2s_records_read(request->words, request->count, request->arena, &record, &count, err));
    if (count == 0)
        return s2s_fail(err, S2S_DATA, "there is no trial yet");
    if (request->metric != NULL)
        S2S_TRY(s2s_records_check_figure(record, count, request->metric, err));
    metric = request->metric ? request->metric : record[0].monitor;
    title = count == 1 ? record[0].name
          : request->count == 1 ? s2s_arena_printf(request->arena, "%s: %zu trials", s2s_path_name(request->words[0]), count)
                                : s2s_arena_printf(request->arena, "%zu runs", count);
    if (title == NULL)
        return s2s_fail(err, S2S_MEMORY, "out of memory");
    s2s_html_begin(ret, title);
    s2s_html_printf(ret, "<h1>%s</h1>\n", title);
    if (count > 1 || record[0].folder == NULL)
        S2S_TRY(add_several(request, record, count, metric, ret, err));
    else
        S2S_TRY(s2s_report_add_run(&record[0], request->threads, request->arena, ret, err));
    s2s_html_end(ret);
    return S2S_OK;
}

s2s_status s2s_report_write(const s2s_report_request *request, const char *path, s2s_error *err)
{
    s2s_string page = { 0 };
    s2s_status status = make_page(request, &page, err);

    if (status == S2S_OK)
        status = s2s_file_write_string(path, &page, err);
    s2s_string_release(&page);
    return status;
}
