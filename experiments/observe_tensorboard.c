/* observe_tensorboard.c -- the run's event file, beside its other files: figures and samples of every epoch, and what was changed by hand. */
#include <jansson.h>
#include <string.h>

#include "base/clock.h"
#include "experiments/run_directory.h"
#include "experiments/session.h"
#include "experiments/tensorboard.h"

typedef struct board {
    const s2s_session *session;
    s2s_log *log;
    int64_t epoch;                 /* that was told last */
} board;

static s2s_status append(const board *self, s2s_string *events, s2s_error *err)
{
    const s2s_status status = s2s_log_append_string(self->log, events, err);

    s2s_string_release(events);
    return status;
}

/* --- an epoch ------------------------------------------------------------------------------------------------------------ */

enum { SCALARS_MAX = 2 * S2S_FIGURES_MAX + 4, TAG_SIZE = 96 };

typedef struct scalars { size_t count; s2s_event_scalar item[SCALARS_MAX]; char tag[SCALARS_MAX][TAG_SIZE]; } scalars;

static void add_scalar(scalars *all, const char *prefix, const char *name, double value)
{
    snprintf(all->tag[all->count], TAG_SIZE, "%s%s", prefix, name);
    all->item[all->count] = (s2s_event_scalar){ all->tag[all->count], value };
    all->count++;
}

/* The columns of history.csv, by the same names. */
static void add_figures(s2s_string *events, const s2s_epoch_report *report, double wall)
{
    scalars all = { 0 };

    add_scalar(&all, "", "samples_per_second", report->seconds > 0 ? (double)report->examples / report->seconds : 0);
    add_scalar(&all, "", "learning_rate", report->learning_rate);
    if (report->level > 0)
        add_scalar(&all, "", "level", (double)report->level);
    for (int i = 0; i < report->train.count; i++)
        add_scalar(&all, "", report->train.name[i], report->train.value[i]);
    for (int i = 0; i < report->validation.count; i++)
        add_scalar(&all, "val_", report->validation.name[i], report->validation.value[i]);
    s2s_events_add_scalars(events, wall, report->epoch, all.item, all.count);
}

/* A cell of a Markdown table: as it is, in code marks, without what would end the cell. */
static void add_cell(s2s_string *table, const char *text)
{
    s2s_string_add(table, "`");
    for (const char *c = text; *c; c++)
        s2s_string_append(table, *c == '|' ? "\u00a6" : *c == '`' ? "'" : *c == '\n' ? " " : c, *c == '|' ? 2 : 1);
    s2s_string_add(table, "` | ");
}

static void add_sample(s2s_string *table, const json_t *sample)
{
    static const char *const keys[] = { "input", "target", "output" };
    const json_t *correct = json_object_get(sample, "correct");

    s2s_string_add(table, "| ");
    for (int i = 0; i < 3; i++) {
        const char *text = json_string_value(json_object_get(sample, keys[i]));
        add_cell(table, text ? text : "");
    }
    s2s_string_printf(table, "%s |\n", json_is_boolean(correct) ? (json_is_true(correct) ? "\u2611" : "\u2612") : "");
}

static void add_samples(s2s_string *events, s2s_text lines, int64_t epoch, double wall)
{
    s2s_string table = { 0 };
    s2s_text   line;

    if (lines.length == 0)
        return;
    s2s_string_add(&table, "| input | target | output | |\n|---|---|---|---|\n");
    while (s2s_text_next_line(&lines, &line)) {
        json_t *sample = json_loadb(line.chars, line.length, 0, NULL);

        add_sample(&table, sample);
        json_decref(sample);
    }
    events->failed = events->failed || table.failed;
    s2s_events_add_text(events, wall, epoch, "samples", s2s_string_chars(&table));
    s2s_string_release(&table);
}

static s2s_status epoch(void *this, const s2s_epoch_report *report, s2s_error *err)
{
    board       *self = this;
    const double wall = s2s_clock_wall();
    s2s_string   events = { 0 };

    add_figures(&events, report, wall);
    add_samples(&events, self->session->shown, report->epoch, wall);
    self->epoch = report->epoch;
    return append(self, &events, err);
}

/* --- beginning and end --------------------------------------------------------------------------------------------------- */

/* What a sweep or the command line chose: the columns by which runs are compared. */
static s2s_status begin(board *self, s2s_arena *arena, s2s_error *err)
{
    const double wall = s2s_clock_wall();
    s2s_string   events = { 0 };
    s2s_pair    *pair;
    size_t       count, chosen = 0;

    S2S_TRY(s2s_config_flatten(self->session->experiment->config, arena, &pair, &count, err));
    for (size_t i = 0; i < count; i++)
        if (pair[i].origin == S2S_ORIGIN_SWEEP || pair[i].origin == S2S_ORIGIN_COMMAND_LINE)
            pair[chosen++] = pair[i];
    s2s_events_add_version(&events, wall);
    s2s_events_add_start(&events, wall, pair, chosen);
    return append(self, &events, err);
}

/* A run that goes on has events up to its last checkpoint, and perhaps some more, which it will make again. */
static s2s_status cut(const char *path, int64_t epochs, s2s_arena *arena, s2s_error *err)
{
    s2s_text bytes;

    if (!s2s_file_exists(path))
        return S2S_OK;
    S2S_TRY(s2s_file_read(path, arena, &bytes, err));
    return s2s_log_truncate(path, s2s_events_until(bytes, epochs), err);
}

static s2s_status start(board *self, s2s_arena *arena, s2s_error *err)
{
    const char *path = s2s_path_join(arena, self->session->folder, S2S_RUN_EVENTS);

    if (path == NULL)
        return s2s_fail(err, S2S_MEMORY, "out of memory");
    S2S_TRY(cut(path, self->epoch, arena, err));
    S2S_TRY(s2s_log_open(path, &self->log, err));
    return s2s_log_size(self->log) == 0 ? begin(self, arena, err) : S2S_OK;
}

static s2s_status end(void *this, s2s_status why, s2s_error *err)
{
    board     *self = this;
    s2s_string events = { 0 };
    s2s_status status;

    s2s_events_add_end(&events, s2s_clock_wall(), self->epoch + 1, why == S2S_OK || why == S2S_INTERRUPTED);
    status = append(self, &events, err);
    s2s_log_close(self->log);
    return status;
}

s2s_status s2s_observe_tensorboard(s2s_session *session, s2s_observer *ret, s2s_error *err)
{
    board     *self;
    s2s_arena *arena;
    s2s_status status;

    *ret = (s2s_observer){ 0 };
    if (!session->experiment->options->log.tensorboard)
        return S2S_OK;
    self = S2S_NEW(session->arena, board);
    arena = s2s_arena_create();
    if (self == NULL || arena == NULL) {
        s2s_arena_free(arena);
        return s2s_fail(err, S2S_MEMORY, "out of memory");
    }
    *self = (board){ .session = session, .epoch = s2s_trainer_epochs_done(session->trainer) };
    status = start(self, arena, err);
    s2s_arena_free(arena);
    if (status == S2S_OK)
        *ret = (s2s_observer){ .self = self, .epoch = epoch, .end = end };
    else
        s2s_log_close(self->log);
    return status;
}
