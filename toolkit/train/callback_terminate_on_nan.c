/*
 * callback_terminate_on_nan.c -- accepted because Keras has it: the trainer always ends a run at the first loss or gradient that is
 * not finite. This only adds the figure that it watches.
 */
#include <math.h>
#include <stdio.h>

#include "train/callback.h"

static void epoch_end(const void *options, double state[S2S_CALLBACK_STATE], s2s_callback_event *event)
{
    (void)options, (void)state;
    if (!isfinite(event->value)) {
        event->stop = true;
        snprintf(event->notice, sizeof(event->notice), "TerminateOnNaN: the figure watched is not finite");
    }
}

static const char *monitor(const void *options) { return (void)options, "loss"; }

static const char *const examples[] = { "TerminateOnNaN", NULL };

const s2s_callback_ops s2s_callback_terminate_on_nan = {
    .entry = { .name = "TerminateOnNaN", .summary = "end training at the first loss that is not finite; always on, listed or not", .examples = examples },
    .monitor = monitor, .epoch_end = epoch_end,
};
