/*
 * callback_reduce_lr_on_plateau.c -- lower the learning rate when a figure has stopped improving.
 *
 * Source  Keras 3's ReduceLROnPlateau. One difference: a figure that is NaN never counts as the best so far.
 */
#include <math.h>
#include <stdio.h>

#include "train/callback.h"

typedef struct {
    const char *monitor;
    double factor;
    int64_t patience;
    int mode;
    double min_delta;
    int64_t cooldown;
    double min_lr;
} options;

static const s2s_field fields[] = {
    S2S_FIELD_TEXT(options, monitor, S2S_NONE, "figure to watch; by default train.monitor"),
    S2S_FIELD_REAL(options, factor, "0.1", 0.0, 0.999999, "", "what the learning rate is multiplied by"),
    S2S_FIELD_INT(options, patience, "10", 0, 1e9, "epochs", "so many epochs without improvement lower it"),
    S2S_FIELD_CHOICE(options, mode, "auto", s2s_callback_modes, "which way is better; auto: the metric knows"),
    S2S_FIELD_REAL(options, min_delta, "1e-4", -1e30, 1e30, "", "smallest change that counts as an improvement"),
    S2S_FIELD_INT(options, cooldown, "0", 0, 1e9, "epochs", "so many epochs of rest after lowering"),
    S2S_FIELD_REAL(options, min_lr, "0.0", 0.0, 1e6, "", "the learning rate is never lowered below this"),
    S2S_FIELD_END
};

enum { USED, BEST, WAIT, COOLDOWN };      /* state */

static void lower(const options *o, double state[S2S_CALLBACK_STATE], s2s_callback_event *event)
{
    const double floor = o->min_lr, rate = event->learning_rate;

    if ((float)rate <= (float)floor)
        return;
    event->learning_rate_factor = o->factor;
    event->minimum_learning_rate = floor;
    state[COOLDOWN] = (double)o->cooldown;
    state[WAIT] = 0.0;
    snprintf(event->notice, sizeof(event->notice), "ReduceLROnPlateau: learning rate %g", fmax(rate * o->factor, floor));
}

static void epoch_end(const void *opt, double state[S2S_CALLBACK_STATE], s2s_callback_event *event)
{
    const options *o = opt;

    if (state[USED] == 0.0) {
        state[USED] = 1.0;
        state[BEST] = NAN;
    }
    if (state[COOLDOWN] > 0.0) {
        state[COOLDOWN] -= 1.0;
        state[WAIT] = 0.0;
    }
    if (s2s_improves(event, o->mode, o->min_delta, state[BEST])) {
        state[BEST] = event->value;
        state[WAIT] = 0.0;
    } else if (state[COOLDOWN] == 0.0) {
        state[WAIT] += 1.0;
        if (state[WAIT] >= (double)o->patience)
            lower(o, state, event);
    }
}

static const char *monitor(const void *opt) { return ((const options *)opt)->monitor; }

static const char *const examples[] = { "{type: ReduceLROnPlateau, factor: 0.5, patience: 3, min_lr: 1e-5}", NULL };

const s2s_callback_ops s2s_callback_reduce_lr_on_plateau = {
    .entry = { .name = "ReduceLROnPlateau", .summary = "lower the learning rate when a figure has stopped improving",
               .fields = fields, .options_size = sizeof(options), .examples = examples },
    .monitor = monitor, .epoch_end = epoch_end,
};
