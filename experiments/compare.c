/* compare.c -- groups of runs into figures. See compare.h; how they are written is in compare_output.c. */
#include "experiments/compare.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static s2s_status no_memory(s2s_error *err) { return s2s_fail(err, S2S_MEMORY, "out of memory"); }

/* --- one run ------------------------------------------------------------------------------------------------------------- */

/* What one run adds to its group; NaN where it has no such figure. */
typedef struct figures { double best, epoch, seconds, rate, to_epochs, to_seconds; } figures;

static double at(const s2s_history *history, int64_t row, const char *name) { return s2s_history_at(history, row, s2s_history_find(history, name)); }

/* The first epoch that reaches the threshold, and the time until its end. */
static void find_threshold(const s2s_history *history, s2s_threshold to, figures *f)
{
    const int  column = to.metric ? s2s_history_find(history, to.metric) : -1;
    const bool rises = to.metric && s2s_figure_rises(to.metric);
    double     seconds = 0;

    for (int64_t row = 0; column >= 0 && row < history->rows && isnan(f->to_epochs); row++) {
        const double value = s2s_history_at(history, row, column), time = at(history, row, "seconds");

        seconds += isnan(time) ? 0 : time;
        if (rises ? value >= to.value : value <= to.value) {
            f->to_epochs = at(history, row, "epoch");
            f->to_seconds = seconds;
        }
    }
}

static figures figures_of(const s2s_record *record, const char *metric, s2s_threshold to)
{
    const s2s_history *history = &record->history;
    const int     column = s2s_history_find(history, metric);
    const int64_t best = s2s_history_best(history, column);
    figures       f = { NAN, NAN, NAN, NAN, NAN, NAN };
    double        samples = 0;

    if (best >= 0) {
        f.best = s2s_history_at(history, best, column);
        f.epoch = at(history, best, "epoch");
    }
    for (int64_t row = 0; row < history->rows; row++) {
        const double seconds = at(history, row, "seconds"), rate = at(history, row, "samples_per_second");

        samples += isnan(seconds) || isnan(rate) ? 0 : seconds * rate;
    }
    if (history->rows > 0)
        f.seconds = record->seconds;
    if (record->seconds > 0)
        f.rate = samples / record->seconds;
    find_threshold(history, to, &f);
    return f;
}

/* --- groups -------------------------------------------------------------------------------------------------------------- */

typedef struct member { const char *seed; figures f; bool counts; } member;

typedef struct group { size_t count; member *member; } group;

static void count_status(s2s_compare_row *row, const char *status)
{
    const struct { const char *status; size_t *count; } table[] = {
        { "finished", &row->finished }, { "stopped", &row->stopped }, { "diverged", &row->diverged }, { "failed", &row->failed },
    };

    row->runs++;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (strcmp(table[i].status, status) == 0) {
            ++*table[i].count;
            return;
        }
    row->unfinished++;
}

static double figure_of(const member *m, size_t offset) { return m->counts ? *(const double *)(const void *)((const char *)&m->f + offset) : NAN; }

/* A seed that was run twice says nothing new: its first run counts. */
static bool is_repeated(const group *g, size_t index, size_t offset)
{
    for (size_t i = 0; i < index; i++)
        if (strcmp(g->member[i].seed, g->member[index].seed) == 0 && !isnan(figure_of(&g->member[i], offset)))
            return true;
    return false;
}

/* The figure at `offset` of all members that count and have it. */
static s2s_summary_figure summarize(const group *g, size_t offset, double *room)
{
    size_t count = 0;

    for (size_t i = 0; i < g->count; i++)
        if (!isnan(figure_of(&g->member[i], offset)) && !is_repeated(g, i, offset))
            room[count++] = figure_of(&g->member[i], offset);
    return s2s_summarize(room, count);
}

static void fill_row(s2s_compare_row *row, const group *g, double *room)
{
    row->best = summarize(g, offsetof(figures, best), room);
    row->epoch = summarize(g, offsetof(figures, epoch), room);
    row->seconds = summarize(g, offsetof(figures, seconds), room);
    row->rate = summarize(g, offsetof(figures, rate), room);
    row->to_epochs = summarize(g, offsetof(figures, to_epochs), room);
    row->to_seconds = summarize(g, offsetof(figures, to_seconds), room);
}

static const member *member_with(const group *g, const char *seed)
{
    for (size_t i = 0; i < g->count; i++)
        if (g->member[i].counts && !isnan(g->member[i].f.best) && strcmp(g->member[i].seed, seed) == 0)
            return &g->member[i];
    return NULL;
}

/* Pairs of equal seeds; of a seed that a group has twice, the first. */
static s2s_t_test test_against(const group *first, const group *g, double *room)
{
    double *a = room, *b = room + g->count;
    size_t  pairs = 0;

    for (size_t i = 0; i < g->count; i++) {
        const member *own = &g->member[i], *other = member_with(first, own->seed);

        if (other == NULL || member_with(g, own->seed) != own)
            continue;
        a[pairs] = own->f.best;
        b[pairs++] = other->f.best;
    }
    return s2s_t_test_paired(a, b, pairs);
}

/* --- the whole ----------------------------------------------------------------------------------------------------------- */

static s2s_status find_keys(const s2s_record *record, size_t count, s2s_arena *arena, s2s_comparison *ret, s2s_error *err)
{
    const char *const *keys;
    const char **kept;
    size_t       key_count;

    S2S_TRY(s2s_records_differ(record, count, arena, &keys, &key_count, err));
    kept = S2S_NEW_ARRAY(arena, const char *, key_count);
    if (kept == NULL)
        return no_memory(err);
    for (size_t i = 0; i < key_count; i++)
        if (strcmp(keys[i], "seed") != 0)
            kept[ret->key_count++] = keys[i];
    ret->key = kept;
    return S2S_OK;
}

static s2s_status make_row(const s2s_comparison *c, const s2s_record *record, s2s_arena *arena, s2s_compare_row *ret, s2s_error *err)
{
    *ret = (s2s_compare_row){ .name = record->name, .value = S2S_NEW_ARRAY(arena, const char *, c->key_count), .test = { .p = NAN, .t = NAN } };
    if (ret->value == NULL)
        return no_memory(err);
    for (size_t i = 0; i < c->key_count; i++)
        ret->value[i] = s2s_record_key(record, c->key[i]);
    return S2S_OK;
}

static void add_member(const s2s_comparison *c, const s2s_record *record, s2s_compare_row *row, group *g)
{
    const char *seed = s2s_record_key(record, "seed");
    const bool  counts = strcmp(record->status, "diverged") != 0 && strcmp(record->status, "failed") != 0;

    count_status(row, record->status);
    row->parameters = row->parameters ? row->parameters : record->parameters;
    g->member[g->count++] = (member){ seed ? seed : "", figures_of(record, c->metric, c->to), counts };
}

/* Records to rows, and the members of each row side by side. */
static s2s_status make_rows(const s2s_record *record, size_t count, s2s_comparison *c, group *groups, s2s_arena *arena, s2s_error *err)
{
    size_t *first = S2S_NEW_ARRAY(arena, size_t, count), *row_of = S2S_NEW_ARRAY(arena, size_t, count);

    c->row = S2S_NEW_ARRAY(arena, s2s_compare_row, count);
    if (first == NULL || row_of == NULL || c->row == NULL)
        return no_memory(err);
    s2s_records_group(record, count, first);
    for (size_t i = 0; i < count; i++) {
        if (first[i] == i) {
            row_of[i] = c->row_count;
            S2S_TRY(make_row(c, &record[i], arena, &c->row[c->row_count], err));
            groups[c->row_count].member = S2S_NEW_ARRAY(arena, member, count - i);
            if (groups[c->row_count++].member == NULL)
                return no_memory(err);
        }
        row_of[i] = row_of[first[i]];
        add_member(c, &record[i], &c->row[row_of[i]], &groups[row_of[i]]);
    }
    return S2S_OK;
}

s2s_status s2s_compare(const s2s_record *record, size_t count, const char *metric, s2s_threshold to, s2s_arena *arena, s2s_comparison *ret,
                       s2s_error *err)
{
    s2s_comparison c = { .metric = metric ? metric : record[0].monitor, .to = to };
    group  *groups = S2S_NEW_ARRAY(arena, group, count);
    double *room = S2S_NEW_ARRAY(arena, double, 2 * count);

    if (groups == NULL || room == NULL)
        return no_memory(err);
    if (metric != NULL)
        S2S_TRY(s2s_records_check_figure(record, count, metric, err));
    if (to.metric != NULL)
        S2S_TRY(s2s_records_check_figure(record, count, to.metric, err));
    c.rises = s2s_figure_rises(c.metric);
    S2S_TRY(find_keys(record, count, arena, &c, err));
    S2S_TRY(make_rows(record, count, &c, groups, arena, err));
    for (size_t i = 0; i < c.row_count; i++) {
        fill_row(&c.row[i], &groups[i], room);
        if (i > 0)
            c.row[i].test = test_against(&groups[0], &groups[i], room);
    }
    *ret = c;
    return S2S_OK;
}
