/*
 * callback_early_stopping.c -- end training when a figure has stopped improving.
 *
 * Source  Keras 3's EarlyStopping. One difference: a figure that is NaN never counts as the best so far.
 */
#include <math.h>
#include <stdio.h>

#include "train/callback.h"

typedef struct {
    const char *monitor;
    double min_delta;
    int64_t patience;
    int mode;
    double baseline;                /* NaN: none */
    bool restore_best_weights;
    int64_t start_from_epoch;
} options;

static const s2s_field fields[] = {
    S2S_FIELD_TEXT(options, monitor, S2S_NONE, "figure to watch; by default train.monitor"),
    S2S_FIELD_REAL(options, min_delta, "0.0", -1e30, 1e30, "", "smallest change that counts as an improvement"),
    S2S_FIELD_INT(options, patience, "0", 0, 1e9, "epochs", "so many epochs without improvement end training"),
    S2S_FIELD_CHOICE(options, mode, "auto", s2s_callback_modes, "which way is better; auto: the metric knows"),
    S2S_FIELD_REAL(options, baseline, S2S_NONE, -1e30, 1e30, "", "only what is better than this begins the count anew; null: none"),
    S2S_FIELD_BOOL(options, restore_best_weights, "false", "commands then load the best weights by default, not the last"),
    S2S_FIELD_INT(options, start_from_epoch, "0", 0, 1e9, "epochs", "leave so many epochs out of account at the start"),
    S2S_FIELD_END
};

enum { USED, BEST, WAIT };      /* state */

static void epoch_end(const void *opt, double state[S2S_CALLBACK_STATE], s2s_callback_event *event)
{
    const options *o = opt;

    if (event->epoch <= o->start_from_epoch)
        return;
    if (state[USED] == 0.0) {
        state[USED] = 1.0;
        state[BEST] = NAN;
    }
    state[WAIT] += 1.0;
    if (s2s_improves(event, o->mode, o->min_delta, state[BEST])) {
        state[BEST] = event->value;
        if (isnan(o->baseline) || s2s_improves(event, o->mode, o->min_delta, o->baseline))
            state[WAIT] = 0.0;
    } else if (state[WAIT] >= (double)o->patience && event->epoch > 1) {
        event->stop = true;
        snprintf(event->notice, sizeof(event->notice), "EarlyStopping: no improvement in %.0f epochs", state[WAIT]);
    }
}

static const char *monitor(const void *opt) { return ((const options *)opt)->monitor; }
static bool restores_best(const void *opt) { return ((const options *)opt)->restore_best_weights; }

static const char *const examples[] = { "{type: EarlyStopping, patience: 10, restore_best_weights: true}", NULL };

const s2s_callback_ops s2s_callback_early_stopping = {
    .entry = { .name = "EarlyStopping", .summary = "end training when a figure has stopped improving",
               .fields = fields, .options_size = sizeof(options), .examples = examples },
    .monitor = monitor, .restores_best = restores_best, .epoch_end = epoch_end,
};
