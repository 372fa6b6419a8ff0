/* curves.c -- see curves.h. Here: labels, groups, learning curves. Parameters are in curves_parameters.c. */
#include "experiments/curves.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NAMED_MAX = 8, METRICS_MAX = 8 };

static s2s_status no_memory(s2s_error *err) { return s2s_fail(err, S2S_MEMORY, "out of memory"); }

/* --- labels -------------------------------------------------------------------------------------------------------------- */

/* A `value` or `type` says nothing without what it belongs to: "learning_rate.value". */
static const char *last_part(const char *key)
{
    const char *dot = strrchr(key, '.'), *before = dot;

    if (dot == NULL || (strcmp(dot, ".value") != 0 && strcmp(dot, ".type") != 0))
        return dot ? dot + 1 : key;
    while (before > key && before[-1] != '.')
        before--;
    return before;
}

const char *s2s_key_short(const char *key, const char *const *keys, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(keys[i], key) != 0 && strcmp(last_part(keys[i]), last_part(key)) == 0)
            return key;
    return last_part(key);
}

/* What sets a record apart from the others but for its seed: "rnn=GRU units=64", or its name. */
static const char *label_of(const s2s_record *record, const char *const *keys, size_t key_count, s2s_arena *arena)
{
    s2s_string  text = { 0 };
    const char *label;

    for (size_t i = 0; i < key_count; i++) {
        const char *value = s2s_record_key(record, keys[i]);

        if (value != NULL && strcmp(keys[i], "seed") != 0)
            s2s_string_printf(&text, "%s%s=%s", text.length ? " " : "", s2s_key_short(keys[i], keys, key_count), value);
    }
    label = text.failed ? NULL : text.length > 0 ? s2s_arena_strdup(arena, s2s_string_chars(&text)) : record->name;
    s2s_string_release(&text);
    return label;
}

double s2s_record_best(const s2s_record *record, const char *metric)
{
    const int     column = s2s_history_find(&record->history, metric);
    const int64_t row = s2s_history_best(&record->history, column);

    return row >= 0 ? s2s_history_at(&record->history, row, column) : NAN;
}

typedef struct ranked { double figure; size_t index; } ranked;

static int falling(const void *a, const void *b)
{
    const ranked *x = a, *y = b;

    if (isnan(x->figure) != isnan(y->figure))
        return isnan(x->figure) - isnan(y->figure);
    if (isnan(x->figure) || x->figure == y->figure)
        return (x->index > y->index) - (x->index < y->index);
    return x->figure < y->figure ? 1 : -1;
}

s2s_status s2s_records_rank(const s2s_record *record, size_t count, const char *metric, s2s_arena *arena, const size_t **ret, s2s_error *err)
{
    const double sign = s2s_figure_rises(metric) ? 1 : -1;
    ranked      *list = S2S_NEW_ARRAY(arena, ranked, count);
    size_t      *order = S2S_NEW_ARRAY(arena, size_t, count);

    if (s2s_arena_failed(arena))
        return no_memory(err);
    for (size_t i = 0; i < count; i++)
        list[i] = (ranked){ sign * s2s_record_best(&record[i], metric), i };
    qsort(list, count, sizeof *list, falling);
    for (size_t i = 0; i < count; i++)
        order[i] = list[i].index;
    *ret = order;
    return S2S_OK;
}

/* --- groups -------------------------------------------------------------------------------------------------------------- */

/* Records that differ in their seed alone. */
typedef struct group {
    size_t first, count;           /* its first record; how many */
    double best;                   /* mean of the best figures of those that have one */
    const char *label;             /* NULL: not among the best */
} group;

typedef struct groups {
    const s2s_record *record;
    size_t record_count, count;
    size_t *of;                    /* of each record: its group */
    group *item;
    const char *const *key;        /* that differ */
    size_t key_count;
} groups;

static s2s_status make_groups(const s2s_record *record, size_t count, s2s_arena *arena, groups *ret, s2s_error *err)
{
    size_t *first = S2S_NEW_ARRAY(arena, size_t, count);
    groups  g = { .record = record, .record_count = count, .of = S2S_NEW_ARRAY(arena, size_t, count), .item = S2S_NEW_ARRAY(arena, group, count) };

    if (s2s_arena_failed(arena))
        return no_memory(err);
    S2S_TRY(s2s_records_differ(record, count, arena, &g.key, &g.key_count, err));
    s2s_records_group(record, count, first);
    for (size_t i = 0; i < count; i++) {
        if (first[i] == i) {
            g.of[i] = g.count;
            g.item[g.count++].first = i;
        } else {
            g.of[i] = g.of[first[i]];
        }
        g.item[g.of[i]].count++;
    }
    *ret = g;
    return S2S_OK;
}

static void find_best(groups *g, const char *metric)
{
    for (size_t k = 0; k < g->count; k++) {
        double sum = 0;
        size_t n = 0;

        for (size_t i = 0; i < g->record_count; i++) {
            const double best = g->of[i] == k ? s2s_record_best(&g->record[i], metric) : NAN;

            sum += isnan(best) ? 0 : best;
            n += !isnan(best);
        }
        g->item[k].best = n > 0 ? sum / (double)n : NAN;
    }
}

/* How many groups are better than this one; equal ones by order. */
static size_t rank_of(const groups *g, size_t k, bool rises)
{
    const double mine = g->item[k].best;
    size_t       rank = 0;

    for (size_t i = 0; i < g->count; i++) {
        const double other = g->item[i].best;
        const bool   better = isnan(mine) ? !isnan(other) : rises ? other > mine : other < mine;

        rank += better || (i < k && (other == mine || (isnan(mine) && isnan(other))));
    }
    return rank;
}

static s2s_status name_best(groups *g, const char *metric, s2s_arena *arena, s2s_error *err)
{
    const bool rises = s2s_figure_rises(metric);

    find_best(g, metric);
    for (size_t k = 0; k < g->count; k++)
        if (rank_of(g, k, rises) < NAMED_MAX) {
            g->item[k].label = label_of(&g->record[g->item[k].first], g->key, g->key_count, arena);
            if (g->item[k].label == NULL)
                return no_memory(err);
        }
    return S2S_OK;
}

/* --- learning curves ----------------------------------------------------------------------------------------------------- */

static double first_epoch(const s2s_history *h) { return h->rows > 0 ? s2s_history_at(h, 0, s2s_history_find(h, "epoch")) : NAN; }
static double last_epoch(const s2s_history *h) { return h->rows > 0 ? s2s_history_at(h, h->rows - 1, s2s_history_find(h, "epoch")) : NAN; }

/* A group's figure by epoch; y holds sums first, then means. */
typedef struct curve {
    int64_t first, rows;           /* epochs */
    double *x, *y, *low, *high;
    size_t *members;               /* that have the epoch */
} curve;

static s2s_status curve_init(const groups *g, size_t which, s2s_arena *arena, curve *ret, s2s_error *err)
{
    double first = NAN, last = NAN;
    curve  c;

    for (size_t i = 0; i < g->record_count; i++)
        if (g->of[i] == which) {
            first = fmin(first, first_epoch(&g->record[i].history));       /* fmin and fmax leave NaN out */
            last = fmax(last, last_epoch(&g->record[i].history));
        }
    c.first = isnan(first) ? 0 : (int64_t)first;
    c.rows = isnan(first) ? 0 : (int64_t)last - c.first + 1;
    c.x = S2S_NEW_ARRAY(arena, double, 4 * c.rows);
    c.members = S2S_NEW_ARRAY(arena, size_t, c.rows);
    if (s2s_arena_failed(arena))
        return no_memory(err);
    c.y = c.x + c.rows, c.low = c.y + c.rows, c.high = c.low + c.rows;
    for (int64_t e = 0; e < c.rows; e++) {
        c.x[e] = (double)(c.first + e);
        c.low[e] = INFINITY;
        c.high[e] = -INFINITY;
    }
    *ret = c;
    return S2S_OK;
}

static void curve_add(curve *c, const s2s_history *h, const char *metric)
{
    const int column = s2s_history_find(h, metric), epoch = s2s_history_find(h, "epoch");

    for (int64_t row = 0; row < h->rows; row++) {
        const int64_t e = (int64_t)s2s_history_at(h, row, epoch) - c->first;
        const double  value = s2s_history_at(h, row, column);

        if (isnan(value) || e < 0 || e >= c->rows)
            continue;
        c->y[e] += value;
        c->low[e] = fmin(c->low[e], value);
        c->high[e] = fmax(c->high[e], value);
        c->members[e]++;
    }
}

static s2s_status make_curve(const groups *g, size_t which, const char *metric, s2s_arena *arena, s2s_series *ret, s2s_error *err)
{
    const size_t all = g->item[which].count;
    curve        c = { 0 };

    S2S_TRY(curve_init(g, which, arena, &c, err));
    for (size_t i = 0; i < g->record_count; i++)
        if (g->of[i] == which)
            curve_add(&c, &g->record[i].history, metric);
    for (int64_t e = 0; e < c.rows; e++) {
        const bool enough = c.members[e] > 0 && 2 * c.members[e] >= all;

        c.y[e] = enough ? c.y[e] / (double)c.members[e] : NAN;
        c.low[e] = enough ? c.low[e] : NAN;
        c.high[e] = enough ? c.high[e] : NAN;
    }
    *ret = (s2s_series){ .count = (size_t)c.rows, .x = c.x, .y = c.y, .low = all > 1 ? c.low : NULL, .high = all > 1 ? c.high : NULL };
    return S2S_OK;
}

/* --- which figures ------------------------------------------------------------------------------------------------------- */

/* A single run's monitored figure in training and in validation: the first dashed, beside the second. */
static size_t usual_metrics(const s2s_record *record, size_t count, const char *metric[METRICS_MAX])
{
    const char *monitor = record[0].monitor;
    size_t      n = 0;

    if (count == 1 && strncmp(monitor, "val_", 4) == 0 && s2s_history_find(&record[0].history, monitor + 4) >= 0)
        metric[n++] = monitor + 4;
    metric[n++] = monitor;
    return n;
}

static s2s_status read_metrics(const s2s_record *record, size_t count, const char *list, s2s_arena *arena, const char *metric[METRICS_MAX],
                               size_t *ret, s2s_error *err)
{
    s2s_text rest = s2s_text_of(list ? list : ""), word;
    size_t   n = 0;

    if (list == NULL) {
        *ret = usual_metrics(record, count, metric);
        return s2s_records_check_figure(record, count, metric[*ret - 1], err);
    }
    while (s2s_text_split(&rest, ',', &word)) {
        if (n == METRICS_MAX)
            return s2s_fail(err, S2S_USAGE, "--metric: at most %d figures go into one picture", METRICS_MAX);
        word = s2s_text_trim(word);
        metric[n] = s2s_arena_strndup(arena, word.chars, word.length);
        if (metric[n] == NULL)
            return no_memory(err);
        S2S_TRY(s2s_records_check_figure(record, count, metric[n++], err));
    }
    *ret = n;
    return n > 0 ? S2S_OK : s2s_fail(err, S2S_USAGE, "--metric: expected the name of a figure, got ''");
}

/* "val_accuracy" belongs to an "accuracy" that stands right before it. */
static bool is_pair(const char *a, const char *b) { return strncmp(b, "val_", 4) == 0 && strcmp(a, b + 4) == 0; }

s2s_status s2s_curves_chart(const s2s_record *record, size_t count, const char *metrics, s2s_arena *arena, s2s_chart *ret, s2s_error *err)
{
    const char *metric[METRICS_MAX];
    size_t      n = 0, made = 0;
    groups      g = { 0 };
    s2s_series *series;

    S2S_TRY(read_metrics(record, count, metrics, arena, metric, &n, err));
    S2S_TRY(make_groups(record, count, arena, &g, err));
    S2S_TRY(name_best(&g, metric[n - 1], arena, err));
    series = S2S_NEW_ARRAY(arena, s2s_series, g.count * n);
    if (series == NULL)
        return no_memory(err);
    for (size_t k = 0; k < g.count; k++)
        for (size_t m = 0; m < n; m++) {
            s2s_series *s = &series[made++];

            S2S_TRY(make_curve(&g, k, metric[m], arena, s, err));
            s->dashed = m + 1 < n && is_pair(metric[m], metric[m + 1]);
            if (g.item[k].label != NULL)
                s->name = g.count == 1 ? metric[m] : n == 1 ? g.item[k].label : s2s_arena_printf(arena, "%s %s", g.item[k].label, metric[m]);
        }
    *ret = (s2s_chart){
        .title = g.count == 1 ? g.record[0].name : s2s_arena_printf(arena, "%s of %zu %s", metric[n - 1], count, "runs"),
        .x = { .label = "epoch", .whole = true }, .series = series, .series_count = made,
        .y.label = n == 1 || is_pair(metric[0], metric[1]) ? metric[n - 1] : "",
    };
    return s2s_arena_failed(arena) ? no_memory(err) : S2S_OK;
}
