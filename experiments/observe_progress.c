/* observe_progress.c -- the live bar: one line on standard error, drawn over ten times a second, never wider than the terminal. */
#include "experiments/session.h"

#include <string.h>

#include "base/clock.h"

typedef struct bar {
    const s2s_session *session;
    double drawn;                  /* seconds; when it was last drawn */
    bool visible;
} bar;

static const double BETWEEN = 0.1;         /* seconds */

void s2s_bar_draw(int64_t done, int64_t total, int width, char *buffer)
{
    const int64_t filled = total > 0 ? done * width / total : width;

    buffer[0] = '[';
    for (int i = 0; i < width; i++)
        buffer[1 + i] = i < filled ? '=' : i == filled ? '>' : '.';
    buffer[width + 1] = ']';
    buffer[width + 2] = '\0';
}

/* What stands right of the bar: rate, time left, loss. */
static int right_text(const bar *self, const s2s_progress *progress, char *buffer, size_t size)
{
    const double seconds = self->drawn > progress->since ? self->drawn - progress->since : 0;
    const double rate = seconds > 0 ? (double)progress->examples / seconds : 0;
    const double left = seconds / (double)progress->step * (double)(progress->steps - progress->step);
    char samples[S2S_SHOWN_SIZE], time[S2S_SHOWN_SIZE], loss[S2S_SHOWN_SIZE];

    return snprintf(buffer, size, "  %s samples/s  %s left  loss %s", s2s_show_count((int64_t)rate, samples),
                    s2s_show_seconds(left, time), s2s_show_figure(progress->loss, loss));
}

static void draw(bar *self, const s2s_progress *progress)
{
    enum { WIDTH_MAX = 30, WIDTH_MIN = 6 };
    const s2s_session *session = self->session;
    FILE *stream = session->terminal->err;
    const int columns = s2s_terminal_columns(session->terminal) - 1;
    char left[96], right[128], middle[WIDTH_MAX + 3] = "";
    int  used = snprintf(left, sizeof left, "Epoch %lld/%lld  %lld/%lld ", (long long)progress->epoch,
                         (long long)session->experiment->options->train.epochs, (long long)progress->step, (long long)progress->steps);
    const int room = columns - used - right_text(self, progress, right, sizeof right) - 2;

    if (room >= WIDTH_MIN)
        s2s_bar_draw(progress->step, progress->steps, room < WIDTH_MAX ? room : WIDTH_MAX, middle);
    used += (int)strlen(middle);
    fprintf(stream, "\r\033[K%.*s%s%.*s", columns, left, middle, columns > used ? columns - used : 0, right);
    fflush(stream);
    self->visible = true;
}

static void step(void *this, const s2s_progress *progress)
{
    bar *self = this;
    const double now = s2s_clock_about();

    if (now - self->drawn < BETWEEN)
        return;
    self->drawn = now;
    draw(self, progress);
}

static void erase(bar *self)
{
    if (self->visible)
        fputs("\r\033[K", self->session->terminal->err);
    fflush(self->session->terminal->err);
    self->visible = false;
}

static s2s_status epoch(void *self, const s2s_epoch_report *report, s2s_error *err)
{
    (void)report, (void)err;
    erase(self);
    return S2S_OK;
}

static s2s_status end(void *self, s2s_status why, s2s_error *err)
{
    (void)why, (void)err;
    erase(self);
    return S2S_OK;
}

s2s_status s2s_observe_progress(s2s_session *session, s2s_observer *ret, s2s_error *err)
{
    bar *self = S2S_NEW(session->arena, bar);

    if (self == NULL)
        return s2s_fail(err, S2S_MEMORY, "out of memory");
    self->session = session;
    *ret = (s2s_observer){ .self = self };
    if (session->terminal->live && !session->terminal->quiet)
        *ret = (s2s_observer){ .self = self, .step = step, .epoch = epoch, .end = end };
    return S2S_OK;
}
