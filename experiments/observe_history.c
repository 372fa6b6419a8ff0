/* observe_history.c -- history.csv: one row an epoch, every figure with all its digits. */
#include "experiments/csv.h"
#include "experiments/session.h"

static void add_names(s2s_string *row, const s2s_figures *figures, const char *prefix)
{
    for (int i = 0; i < figures->count; i++)
        s2s_string_printf(row, ",%s%s", prefix, figures->name[i]);
}

static void add_number(s2s_string *row, double value)
{
    s2s_string_add(row, ",");
    s2s_csv_add_number(row, value);
}

/* An epoch 0 has no training figures: their cells stay empty. */
static void add_values(s2s_string *row, const s2s_figures *figures)
{
    for (int i = 0; i < figures->count; i++)
        add_number(row, figures->value[i]);
}

static bool has_levels(const s2s_session *session) { return session->experiment->dataset->curriculum.last > 0; }

static void add_header(s2s_string *row, const s2s_session *session, const s2s_epoch_report *report)
{
    s2s_string_add(row, "epoch,seconds,samples_per_second,learning_rate");
    s2s_string_add(row, has_levels(session) ? ",level" : "");
    add_names(row, &report->train, "");
    add_names(row, &report->validation, "val_");
    s2s_string_add(row, "\n");
}

static void add_row(s2s_string *row, const s2s_session *session, const s2s_epoch_report *report)
{
    s2s_string_printf(row, "%lld,%.3f,%.1f", (long long)report->epoch, report->seconds,
                      report->seconds > 0 ? (double)report->examples / report->seconds : 0.0);
    add_number(row, report->learning_rate);
    if (has_levels(session))
        s2s_string_printf(row, ",%lld", (long long)report->level);
    add_values(row, &report->train);
    add_values(row, &report->validation);
    s2s_string_add(row, "\n");
}

static s2s_status epoch(void *self, const s2s_epoch_report *report, s2s_error *err)
{
    const s2s_session *session = self;
    s2s_string rows = { 0 };
    s2s_status status;

    if (s2s_log_size(session->history) == 0)
        add_header(&rows, session, report);
    add_row(&rows, session, report);
    status = s2s_log_append_string(session->history, &rows, err);
    s2s_string_release(&rows);
    return status;
}

s2s_status s2s_observe_history(s2s_session *session, s2s_observer *ret, s2s_error *err)
{
    (void)err;
    *ret = (s2s_observer){ .self = session, .epoch = epoch };
    return S2S_OK;
}
