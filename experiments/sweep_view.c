/* sweep_view.c -- what a sweep shows while it runs: a line for every trial that has come to a halt, and on a terminal a table of those under way. */
#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "experiments/sweep_state.h"

/* --- time left ----------------------------------------------------------------------------------------------------------- */

static int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

/* Epochs that trials will train once the present rung has been decided: one in so many, for so many epochs more, and so on. */
static double epochs_of_later_rungs(const s2s_sweep *sweep)
{
    const int64_t most = s2s_sweep_most_epochs(sweep);
    int64_t going_on = 0;
    double  epochs = 0;

    for (size_t i = 0; i < sweep->trial_count; i++)
        going_on += sweep->trial[i].record.state != S2S_TRIAL_STOPPED;
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

enum { TRIAL = 5, BAR = 6, METRIC_MAX = 15, HEADING = 9, VALUE_MAX = 14 };

static int width_of(const char *text, int most)
{
    const size_t length = strlen(text);

    return length < (size_t)most ? (int)length : most;
}

/* A parameter's column holds its widest value, and as much of its heading as that leaves room for. */
static int width_of_parameter(const s2s_sweep *sweep, size_t p)
{
    int width = width_of(sweep->spec->parameter[p].label, HEADING);

    for (size_t i = 0; i < sweep->points.count; i++) {
        const int own = width_of(sweep->points.item[i].text[p], VALUE_MAX);

        width = own > width ? own : width;
    }
    return width;
}

static void lay_out(s2s_sweep *sweep)
{
    struct s2s_sweep_view *view = &sweep->view;
    char epochs[32];
    int  length = snprintf(epochs, sizeof epochs, "%lld", (long long)s2s_sweep_most_epochs(sweep));

    view->epochs_width = 2 * length + 1 > TRIAL ? 2 * length + 1 : TRIAL;
    view->metric_width = width_of(sweep->spec->metric, METRIC_MAX);
    view->width = S2S_NEW_ARRAY(sweep->arena, int, sweep->spec->parameter_count);
    for (size_t p = 0; view->width != NULL && p < sweep->spec->parameter_count; p++)
        view->width[p] = width_of_parameter(sweep, p);
}

static void put_heading(s2s_sweep *sweep)
{
    const struct s2s_sweep_view *view = &sweep->view;
    s2s_string line = { 0 };

    s2s_string_printf(&line, "%*s  %*s %*s  %*.*s", TRIAL, "trial", view->epochs_width, "epoch", BAR + 2, "", view->metric_width, view->metric_width,
                      sweep->spec->metric);
    for (size_t p = 0; p < sweep->spec->parameter_count; p++)
        s2s_string_printf(&line, "  %-*.*s", view->width[p], view->width[p], sweep->spec->parameter[p].label);
    s2s_string_add(&line, sweep->spec->repeats > 1 ? "  seed" : "");
    put_line(sweep, &line);
    s2s_string_release(&line);
}

static void put_trial(s2s_sweep *sweep, const s2s_trial *trial)
{
    const struct s2s_sweep_view *view = &sweep->view;
    const int64_t epoch = trial->progress.epoch > trial->record.epochs ? trial->progress.epoch : trial->record.epochs;
    s2s_string line = { 0 };
    char       epochs[48], bar[BAR + 3], shown[S2S_SHOWN_SIZE];

    snprintf(epochs, sizeof epochs, "%lld/%lld", (long long)epoch, (long long)trial->epochs);
    s2s_bar_draw((int64_t)(share_of_epoch(trial) * 100), 100, BAR, bar);
    s2s_string_printf(&line, "%*lld  %*s %s  %*s", TRIAL, (long long)trial->record.trial, view->epochs_width, epochs, bar, view->metric_width,
                      trial->record.best_epoch > 0 ? s2s_show_figure(trial->record.best, shown) : "-");
    for (size_t p = 0; p < sweep->spec->parameter_count; p++)
        s2s_string_printf(&line, "  %-*.*s", view->width[p], view->width[p], trial->point->text[p]);
    if (sweep->spec->repeats > 1)
        s2s_string_printf(&line, "  %4lld", (long long)trial->record.seed);
    put_line(sweep, &line);
    s2s_string_release(&line);
}

void s2s_sweep_view_begin(s2s_sweep *sweep)
{
    sweep->view = (struct s2s_sweep_view){ .started = s2s_clock_seconds() };
    lay_out(sweep);
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
    enum { TRIALS_MAX = 16 };                  /* lines that fit any terminal's height */
    static const double BETWEEN = 0.2;         /* seconds */
    const double now = s2s_clock_seconds();
    s2s_string   line = { 0 };

    if (!sweep->request->terminal->live || sweep->request->terminal->quiet || sweep->view.width == NULL || now - sweep->view.drawn < BETWEEN)
        return;
    sweep->view.drawn = now;
    s2s_sweep_view_erase(sweep);
    put_heading(sweep);
    for (size_t i = 0; i < sweep->trial_count && sweep->view.lines <= TRIALS_MAX; i++)
        if (sweep->trial[i].busy)
            put_trial(sweep, &sweep->trial[i]);
    s2s_string_printf(&line, "%zu of %zu trials  ", count_ended(sweep), sweep->trial_count);
    add_standing(sweep, &line);
    put_line(sweep, &line);
    s2s_string_release(&line);
    fflush(sweep->request->terminal->err);
}
