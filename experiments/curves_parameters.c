/* curves_parameters.c -- what the keys of many runs have to do with a figure. See curves.h. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "experiments/curves.h"

enum { NAMED_MAX = 5, AXES_MAX = 16, WORDS_MAX = 64 };

static s2s_status no_memory(s2s_error *err) { return s2s_fail(err, S2S_MEMORY, "out of memory"); }

/* One key over all records: numbers on a plain or a logarithmic axis, or words. */
typedef struct scale {
    const char *key;
    bool logarithmic;
    double low, high;
    size_t words;                  /* 0: numbers */
    const char **word;
} scale;

static int by_text(const void *a, const void *b)
{
    const char *const *x = a, *const *y = b;

    return strcmp(*x, *y);
}

static bool is_number(const char *text, double *ret) { return s2s_text_to_real(s2s_text_of(text), ret) && isfinite(*ret); }

static void widen(scale *s, double value)
{
    s->low = fmin(s->low, value);
    s->high = fmax(s->high, value);
}

/* Words in the order of the alphabet, each once. */
static s2s_status make_words(const s2s_record *record, size_t count, s2s_arena *arena, scale *s, s2s_error *err)
{
    s->word = S2S_NEW_ARRAY(arena, const char *, WORDS_MAX);
    if (s->word == NULL)
        return no_memory(err);
    for (size_t i = 0; i < count; i++) {
        const char *value = s2s_record_key(&record[i], s->key);
        bool        known = value == NULL;

        for (size_t k = 0; k < s->words && !known; k++)
            known = strcmp(s->word[k], value) == 0;
        if (!known && s->words == WORDS_MAX)
            return s2s_fail(err, S2S_USAGE, "'%s' has more than %d different values that are no numbers", s->key, WORDS_MAX);
        if (!known)
            s->word[s->words++] = value;
    }
    qsort(s->word, s->words, sizeof *s->word, by_text);
    s->low = 0;
    s->high = s->words > 1 ? (double)s->words - 1 : 1;
    return S2S_OK;
}

static s2s_status make_scale(const s2s_record *record, size_t count, const char *key, s2s_arena *arena, scale *ret, s2s_error *err)
{
    scale s = { .key = key, .low = INFINITY, .high = -INFINITY };
    bool  numbers = true;

    for (size_t i = 0; i < count && numbers; i++) {
        const char *value = s2s_record_key(&record[i], key);
        double      number;

        if (value == NULL)
            continue;
        numbers = is_number(value, &number);
        if (numbers)
            widen(&s, number);
    }
    if (s.low > s.high && numbers)
        return s2s_fail(err, S2S_USAGE, "no run has a key '%s'", key);
    if (!numbers)
        S2S_TRY(make_words(record, count, arena, &s, err));
    s.logarithmic = numbers && s.low > 0 && s.high / s.low >= 50;
    *ret = s;
    return S2S_OK;
}

/* Where a record stands: the number, or the place of the word; NaN where it lacks the key. */
static double place_of(const scale *s, const s2s_record *record)
{
    const char *value = s2s_record_key(record, s->key);
    double      number;

    if (value == NULL)
        return NAN;
    for (size_t i = 0; i < s->words; i++)
        if (strcmp(s->word[i], value) == 0)
            return (double)i;
    return is_number(value, &number) ? number : NAN;
}

/* A key by its path, or by the last part of it, as tables and legends call it. */
static const char *find_key(const s2s_record *record, size_t count, const char *name)
{
    const size_t length = strlen(name);

    for (size_t i = 0; i < count; i++)
        if (s2s_record_key(&record[i], name) != NULL)
            return name;
    for (size_t i = 0; i < record->key_count; i++) {
        const char  *key = record->key[i].key;
        const size_t own = strlen(key);

        if (own > length && key[own - length - 1] == '.' && strcmp(key + own - length, name) == 0)
            return key;
    }
    return name;
}

static s2s_status first_key(const s2s_record *record, size_t count, s2s_arena *arena, const char **ret, s2s_error *err)
{
    const char *const *key;
    size_t keys;

    S2S_TRY(s2s_records_differ(record, count, arena, &key, &keys, err));
    for (size_t i = 0; i < keys; i++)
        if (strcmp(key[i], "seed") != 0) {
            *ret = key[i];
            return S2S_OK;
        }
    return s2s_fail(err, S2S_USAGE, "these runs differ in no key: there is nothing to set beside the figure");
}

s2s_status s2s_scatter_chart(const s2s_record *record, size_t count, const char *key, const char *metric, s2s_arena *arena,
                             s2s_chart *ret, s2s_error *err)
{
    s2s_series *series = S2S_NEW(arena, s2s_series);
    double     *x = S2S_NEW_ARRAY(arena, double, 2 * count), *y = x ? x + count : NULL;
    scale       s;

    if (s2s_arena_failed(arena))
        return no_memory(err);
    if (key == NULL)
        S2S_TRY(first_key(record, count, arena, &key, err));
    key = find_key(record, count, key);
    metric = metric ? metric : record[0].monitor;
    S2S_TRY(s2s_records_check_figure(record, count, metric, err));
    S2S_TRY(make_scale(record, count, key, arena, &s, err));
    for (size_t i = 0; i < count; i++) {
        x[i] = place_of(&s, &record[i]);
        y[i] = s2s_record_best(&record[i], metric);
    }
    *series = (s2s_series){ .name = s2s_arena_printf(arena, "best %s", metric), .count = count, .x = x, .y = y };
    *ret = (s2s_chart){
        .kind = S2S_CHART_POINTS, .title = s2s_arena_printf(arena, "%s by %s", metric, key), .series = series, .series_count = 1,
        .x = { .label = key, .logarithmic = s.logarithmic, .word = s.word, .words = s.words }, .y.label = metric,
    };
    return s2s_arena_failed(arena) ? no_memory(err) : S2S_OK;
}

/* --- parallel coordinates ------------------------------------------------------------------------------------------------ */

/* From 0 at an axis' lowest value to 1 at its highest. */
static double share_of(const scale *s, double value)
{
    if (s->low == s->high)
        return 0.5;
    return s->logarithmic ? log(value / s->low) / log(s->high / s->low) : (value - s->low) / (s->high - s->low);
}

typedef struct parallel {
    const s2s_record *record;
    size_t count, axes;
    scale axis[AXES_MAX + 1];      /* the last one is the figure */
    const char *metric, *name[AXES_MAX + 1];
} parallel;

static s2s_status make_axes(parallel *p, s2s_arena *arena, s2s_error *err)
{
    const char *const *key;
    size_t keys;
    scale  figure = { .low = INFINITY, .high = -INFINITY };

    S2S_TRY(s2s_records_differ(p->record, p->count, arena, &key, &keys, err));
    for (size_t i = 0; i < keys && p->axes < AXES_MAX; i++) {
        if (strcmp(key[i], "seed") == 0)
            continue;
        p->name[p->axes] = s2s_key_short(key[i], key, keys);
        S2S_TRY(make_scale(p->record, p->count, key[i], arena, &p->axis[p->axes++], err));
    }
    for (size_t i = 0; i < p->count; i++) {
        const double best = s2s_record_best(&p->record[i], p->metric);

        if (!isnan(best))
            widen(&figure, best);
    }
    if (p->axes == 0 || figure.low > figure.high)
        return s2s_fail(err, S2S_USAGE, p->axes == 0 ? "these runs differ in no key: there are no axes to draw" : "no run has a figure '%s'", p->metric);
    p->name[p->axes] = p->metric;
    p->axis[p->axes] = figure;
    return S2S_OK;
}

/* The ends of a scale of numbers, or each of its words. */
static size_t add_marks(const scale *s, double x, s2s_arena *arena, s2s_mark *mark)
{
    size_t n = 0;
    char   text[32];

    for (size_t i = 0; i < s->words; i++)
        mark[n++] = (s2s_mark){ x, share_of(s, (double)i), s->word[i] };
    if (s->words == 0) {
        mark[n++] = (s2s_mark){ x, 0, s2s_arena_strdup(arena, s2s_show_tick(s->low, text)) };
        mark[n++] = (s2s_mark){ x, 1, s2s_arena_strdup(arena, s2s_show_tick(s->high, text)) };
    }
    return n;
}

static s2s_series make_line(const parallel *p, const s2s_record *record, const double *x, s2s_arena *arena)
{
    double *y = S2S_NEW_ARRAY(arena, double, p->axes + 1);

    for (size_t k = 0; k < p->axes && y != NULL; k++)
        y[k] = share_of(&p->axis[k], place_of(&p->axis[k], record));
    if (y != NULL)
        y[p->axes] = share_of(&p->axis[p->axes], s2s_record_best(record, p->metric));
    return (s2s_series){ .count = p->axes + 1, .x = x, .y = y };
}

s2s_status s2s_parallel_chart(const s2s_record *record, size_t count, const char *metric, s2s_arena *arena, s2s_chart *ret, s2s_error *err)
{
    parallel   *p = S2S_NEW(arena, parallel);
    s2s_series *series = S2S_NEW_ARRAY(arena, s2s_series, count);
    s2s_mark   *mark = S2S_NEW_ARRAY(arena, s2s_mark, (AXES_MAX + 1) * WORDS_MAX);
    double     *x = S2S_NEW_ARRAY(arena, double, AXES_MAX + 1);
    size_t      marks = 0;
    const size_t *order;

    if (s2s_arena_failed(arena))
        return no_memory(err);
    *p = (parallel){ .record = record, .count = count, .metric = metric ? metric : record[0].monitor };
    S2S_TRY(s2s_records_check_figure(record, count, p->metric, err));
    S2S_TRY(make_axes(p, arena, err));
    for (size_t k = 0; k <= p->axes; k++) {
        x[k] = (double)k;
        marks += add_marks(&p->axis[k], x[k], arena, mark + marks);
    }
    S2S_TRY(s2s_records_rank(record, count, p->metric, arena, &order, err));
    for (size_t i = 0; i < count; i++) {
        const s2s_record *r = &record[order[i]];

        series[i] = make_line(p, r, x, arena);
        if (i < NAMED_MAX && !isnan(s2s_record_best(r, p->metric)))
            series[i].name = s2s_arena_printf(arena, "%s: %.4g", r->name, s2s_record_best(r, p->metric));
    }
    *ret = (s2s_chart){
        .title = s2s_arena_printf(arena, "%zu runs and the best %s of each", count, p->metric), .series = series, .series_count = count,
        .mark = mark, .mark_count = marks, .x = { .word = p->name, .words = p->axes + 1 }, .y.hidden = true,
    };
    return s2s_arena_failed(arena) ? no_memory(err) : S2S_OK;
}
