/* sweep_view.c -- what a sweep shows while it runs: a line for every trial that has come to a halt, and on a terminal a table of those under way. */
#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "experiments/sweep_state.h"

void s2s_sweep_view_begin(s2s_sweep *sweep)
{
    sweep->view = (struct s2s_sweep_view){ .started = s2s_clock_seconds() };
}

/* --- time left ----------------------------------------------------------------------------------------------------------- */

static int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

/* Epochs that trials will train once the present rung has been decided: one in so many, for so many epochs more, and so on. */
static double epochs_of_later_rungs(const s2s_sweep *sweep)
{
    int64_t most = 0, going_on = 0;
    double  epochs = 0;

    for (size_t i = 0; i < sweep->trial_count; i++) {
        going_on += sweep->trial[i].record.state != S2S_TRIAL_STOPPED;
        most = sweep->trial[i].epochs > most ? sweep->trial[i].epochs : most;
    }
    for (int64_t rung = sweep->rungs; s2s_sweep_rung(sweep, rung) < most; rung++) {
        going_on = going_on > sweep->spec->reduction_factor ? going_on / sweep->spec->reduction_factor : 1;
        epochs += (double)going_on * (double)(smaller(s2s_sweep_rung(sweep, rung + 1), most) - s2s_sweep_rung(sweep, rung));
    }
    return epochs;
}

static double share_of_epoch(const s2s_trial *trial)
{
    return trial->busy && trial->progress.steps > 0 && trial->progress.epoch > trial->record.epochs
         ? (double)trial->progress.step / (double)trial->progress.steps : 0;
}

/* Seconds, by the pace so far; NaN before there is one. */
static double time_left(const s2s_sweep *sweep)
{
    const double seconds = s2s_clock_seconds() - sweep->view.started;
    double done = (double)sweep->view.epochs, left = epochs_of_later_rungs(sweep);

    for (size_t i = 0; i < sweep->trial_count; i++) {
        const s2s_trial *trial = &sweep->trial[i];
        const int64_t    rest = smaller(sweep->until, trial->epochs) - trial->record.epochs;

        done += share_of_epoch(trial);
        if (!s2s_trial_has_ended(trial) && rest > 0)
            left += (double)rest - share_of_epoch(trial);
    }
    return done > 0 ? seconds / done * left : NAN;
}

/* --- texts --------------------------------------------------------------------------------------------------------------- */

static size_t count_ended(const s2s_sweep *sweep)
{
    size_t count = 0;

    for (size_t i = 0; i < sweep->trial_count; i++)
        count += s2s_trial_has_ended(&sweep->trial[i]);
    return count;
}

/* "best 0.9512 (trial 3), 2:13 left" */
static void add_standing(const s2s_sweep *sweep, s2s_string *line)
{
    const s2s_trial *best = s2s_sweep_best(sweep);
    const double     left = time_left(sweep);
    char shown[S2S_SHOWN_SIZE];

    if (best != NULL)
        s2s_string_printf(line, "best %s (trial %lld)", s2s_show_figure(best->record.best, shown), (long long)best->record.trial);
    if (!isnan(left) && count_ended(sweep) < sweep->trial_count)
        s2s_string_printf(line, "%s%s left", best != NULL ? ", " : "", s2s_show_seconds(left, shown));
}

/* --- lines --------------------------------------------------------------------------------------------------------------- */

void s2s_sweep_view_trial(s2s_sweep *sweep, const s2s_trial *trial)
{
    const s2s_trial_record *record = &trial->record;
    s2s_string line = { 0 };
    char       shown[S2S_SHOWN_SIZE];

    if (sweep->request->terminal->quiet)
        return;
    s2s_sweep_view_erase(sweep);
    s2s_string_printf(&line, "trial %lld/%zu  ", (long long)record->trial, sweep->trial_count);
    s2s_trial_describe(sweep, trial, &line);
    s2s_string_printf(&line, "  %s", s2s_trial_state_names[record->state]);
    if (record->epochs > 0)
        s2s_string_printf(&line, " after epoch %lld", (long long)record->epochs);
    if (record->best_epoch > 0)
        s2s_string_printf(&line, "  %s %s at epoch %lld", sweep->spec->metric, s2s_show_figure(record->best, shown), (long long)record->best_epoch);
    if (record->reason != NULL)
        s2s_string_printf(&line, ": %s", record->reason);
    s2s_string_add(&line, "  ");
    add_standing(sweep, &line);
    fprintf(sweep->request->terminal->out, "%s\n", s2s_string_chars(&line));
    fflush(sweep->request->terminal->out);
    s2s_string_release(&line);
}

void s2s_sweep_view_rung(s2s_sweep *sweep)
{
    size_t going_on = 0;

    if (sweep->request->terminal->quiet)
        return;
    for (size_t i = 0; i < sweep->trial_count; i++)
        going_on += sweep->trial[i].record.state == S2S_TRIAL_PAUSED;
    s2s_sweep_view_erase(sweep);
    fprintf(sweep->request->terminal->out, "after epoch %lld: %zu of %zu trials go on\n", (long long)sweep->until, going_on, sweep->trial_count);
    fflush(sweep->request->terminal->out);
}

/* --- the live table ------------------------------------------------------------------------------------------------------ */

/* A line never wraps: what is too wide is cut. */
static void put_line(s2s_sweep *sweep, const s2s_string *line)
{
    const int columns = s2s_terminal_columns(sweep->request->terminal) - 1;

    fprintf(sweep->request->terminal->err, "%.*s\n", columns, s2s_string_chars(line));
    sweep->view.lines++;
}

static void put_trial(s2s_sweep *sweep, const s2s_trial *trial)
{
    enum { WIDTH = 12 };
    const int64_t epoch = trial->progress.epoch > trial->record.epochs ? trial->progress.epoch : trial->record.epochs;
    s2s_string line = { 0 };
    char       bar[WIDTH + 3], shown[S2S_SHOWN_SIZE];

    s2s_bar_draw((int64_t)(share_of_epoch(trial) * 100), 100, WIDTH, bar);
    s2s_string_printf(&line, "trial %lld  epoch %lld/%lld %s  ", (long long)trial->record.trial, (long long)epoch, (long long)trial->epochs, bar);
    if (trial->record.best_epoch > 0)
        s2s_string_printf(&line, "%s %s  ", sweep->spec->metric, s2s_show_figure(trial->record.best, shown));
    s2s_trial_describe(sweep, trial, &line);
    put_line(sweep, &line);
    s2s_string_release(&line);
}

void s2s_sweep_view_erase(s2s_sweep *sweep)
{
    FILE *stream = sweep->request->terminal->err;

    if (sweep->view.lines > 0)
        fprintf(stream, "\033[%dA\033[J", sweep->view.lines);
    fflush(stream);
    sweep->view.lines = 0;
}

void s2s_sweep_view_draw(s2s_sweep *sweep)
{
    static const double BETWEEN = 0.2;         /* seconds */
    const double now = s2s_clock_seconds();
    s2s_string   line = { 0 };

    if (!sweep->request->terminal->live || sweep->request->terminal->quiet || now - sweep->view.drawn < BETWEEN)
        return;
    sweep->view.drawn = now;
    s2s_sweep_view_erase(sweep);
    for (size_t i = 0; i < sweep->trial_count; i++)
        if (sweep->trial[i].busy)
            put_trial(sweep, &sweep->trial[i]);
    s2s_string_printf(&line, "%zu of %zu trials  ", count_ended(sweep), sweep->trial_count);
    add_standing(sweep, &line);
    put_line(sweep, &line);
    s2s_string_release(&line);
    fflush(sweep->request->terminal->err);
}
