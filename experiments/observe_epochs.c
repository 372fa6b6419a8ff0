/* observe_epochs.c -- a line for every epoch on standard output, and what callbacks have to say on standard error. */
#include <math.h>
#include <string.h>

#include "experiments/session.h"

/* The metrics that the config lists; all that are made where it lists none. */
static bool is_shown(const s2s_text_list *listed, const char *name)
{
    bool found = listed->count == 0;

    for (size_t i = 0; i < listed->count; i++)
        found = found || strcmp(listed->item[i], name) == 0;
    return found;
}

/* Loss, and up to `most` metrics. */
static void add_figures(s2s_string *line, const s2s_figures *figures, const s2s_text_list *listed, const char *prefix, int most)
{
    char value[S2S_SHOWN_SIZE];

    for (int i = 0; i < figures->count; i++) {
        const char *name = figures->name[i];

        if (strcmp(name, "loss") != 0 && (!is_shown(listed, name) || most-- <= 0))
            continue;
        s2s_string_printf(line, "  %s%s %s", prefix, name, s2s_show_figure(figures->value[i], value));
    }
}

static void add_epoch(s2s_string *line, const s2s_session *session, const s2s_epoch_report *report)
{
    enum { WIDTH = 30 };
    const s2s_train_options *options = &session->experiment->options->train;
    char bar[WIDTH + 3], seconds[S2S_SHOWN_SIZE], rate[S2S_SHOWN_SIZE];

    s2s_string_printf(line, "Epoch %lld/%lld", (long long)report->epoch, (long long)options->epochs);
    if (report->steps > 0) {
        s2s_bar_draw(report->steps, report->steps, WIDTH, bar);
        s2s_string_printf(line, "  %lld/%lld %s  %s  %s samples/s", (long long)report->steps, (long long)report->steps, bar,
                          s2s_show_seconds(report->seconds, seconds),
                          s2s_show_count(report->seconds > 0 ? llround((double)report->examples / report->seconds) : 0, rate));
    }
    if (report->level > 0)
        s2s_string_printf(line, "  level %lld", (long long)report->level);
    if (report->steps > 0)
        add_figures(line, &report->train, &options->metrics, "", 1);
    add_figures(line, &report->validation, &options->metrics, "val_", S2S_FIGURES_MAX);
}

static s2s_status epoch(void *self, const s2s_epoch_report *report, s2s_error *err)
{
    const s2s_session *session = self;
    s2s_string line = { 0 };
    s2s_status status = S2S_OK;

    add_epoch(&line, session, report);
    if (line.failed)
        status = s2s_fail(err, S2S_MEMORY, "out of memory");
    else
        fprintf(session->terminal->out, "%s\n", s2s_string_chars(&line));
    fflush(session->terminal->out);
    if (report->notice[0] != '\0')
        fprintf(session->terminal->err, "%s%s", report->notice, report->notice[strlen(report->notice) - 1] == '\n' ? "" : "\n");
    s2s_string_release(&line);
    return status;
}

s2s_status s2s_observe_epochs(s2s_session *session, s2s_observer *ret, s2s_error *err)
{
    (void)err;
    *ret = (s2s_observer){ .self = session, .epoch = session->terminal->quiet ? NULL : epoch };
    return S2S_OK;
}
