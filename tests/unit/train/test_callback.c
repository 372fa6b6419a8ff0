#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "tests/unit/object.h"
#include "train/callback.h"

static const s2s_callback_ops *ops_of(const s2s_object *o) { return (const s2s_callback_ops *)o->entry; }

static s2s_callback_event event_of(int64_t epoch, double value, double rate)
{
    return (s2s_callback_event){ .epoch = epoch, .value = value, .learning_rate = rate, .learning_rate_factor = 1.0 };
}

/* The epoch that ends training, or 0. */
static int stopped_at(const char *text, int count, const double *values)
{
    const s2s_object *const o = object_of(&s2s_callbacks, text);
    double state[S2S_CALLBACK_STATE] = { 0.0 };

    for (int i = 0; i < count; i++) {
        s2s_callback_event event = event_of(i + 1, values[i], 0.1);

        ops_of(o)->epoch_end(o->options, state, &event);
        if (event.stop)
            return i + 1;
    }
    return 0;
}

static const double falling[] = { 5, 4, 3, 3.5, 3.4, 3.3, 2.9, 2.95, 2.95, 2.95, 2.95, 2.95 }, level[] = { 1, 1, 1 };

/* Keras 3.15.1, EarlyStopping(monitor="val_loss", ...).on_epoch_end fed with the same figures: the epoch that set stop_training. */
Test(callback, early_stopping_stops_when_that_of_keras_does)
{
    static const struct { const char *text; int want; } cases[] = {
        { "EarlyStopping", 4 },
        { "{type: EarlyStopping, patience: 1}", 4 },
        { "{type: EarlyStopping, patience: 3}", 6 },
        { "{type: EarlyStopping, patience: 4}", 11 },
        { "{type: EarlyStopping, patience: 4, min_delta: 0.2}", 7 },
        { "{type: EarlyStopping, patience: 2, min_delta: -0.2}", 5 },
        { "{type: EarlyStopping, patience: 2, mode: max}", 3 },
        { "{type: EarlyStopping, patience: 3, baseline: 2.92}", 4 },
        { "{type: EarlyStopping, patience: 3, baseline: 1.0}", 4 },
        { "{type: EarlyStopping, patience: 1, start_from_epoch: 4}", 8 },
        { "{type: EarlyStopping, start_from_epoch: 7}", 9 },
    };

    for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++) {
        const int got = stopped_at(cases[k].text, 12, falling);

        cr_expect(got == cases[k].want, "%s: epoch %d, Keras %d", cases[k].text, got, cases[k].want);
    }
    cr_expect(stopped_at("EarlyStopping", 3, level) == 2);
    cr_expect(stopped_at("{type: EarlyStopping, patience: 1}", 3, level) == 2);
}

/* The same for ReduceLROnPlateau: the rate after each epoch, 1 at first. */
Test(callback, reduce_lr_on_plateau_lowers_when_that_of_keras_does)
{
    enum { EPOCHS = 15 };
    static const double figures[EPOCHS] = { 5, 4, 4, 4, 4, 4, 4, 4, 4, 4, 3, 3, 3, 3, 3 };
    static const struct { const char *text; double want[EPOCHS]; } cases[] = {
        { "{type: ReduceLROnPlateau, patience: 2, factor: 0.5}",
          { 1, 1, 1, 0.5, 0.5, 0.25, 0.25, 0.125, 0.125, 0.0625, 0.0625, 0.0625, 0.03125, 0.03125, 0.015625 } },
        { "{type: ReduceLROnPlateau, patience: 2, factor: 0.5, cooldown: 2}",
          { 1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.125, 0.125, 0.125, 0.0625, 0.0625, 0.0625 } },
        { "{type: ReduceLROnPlateau, patience: 1, factor: 0.1, min_lr: 0.005}",
          { 1, 1, 0.1, 0.01, 0.005, 0.005, 0.005, 0.005, 0.005, 0.005, 0.005, 0.005, 0.005, 0.005, 0.005 } },
        { "{type: ReduceLROnPlateau, patience: 0, factor: 0.5}",
          { 1, 1, 0.5, 0.25, 0.125, 0.0625, 0.03125, 0.015625, 0.0078125, 0.00390625, 0.00390625, 0.001953125, 0.0009765625, 0.00048828125, 0.000244140625 } },
    };

    for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++) {
        const s2s_object *const o = object_of(&s2s_callbacks, cases[k].text);
        double state[S2S_CALLBACK_STATE] = { 0.0 }, rate = 1.0;

        for (int i = 0; i < EPOCHS; i++) {
            s2s_callback_event event = event_of(i + 1, figures[i], rate);

            ops_of(o)->epoch_end(o->options, state, &event);
            cr_expect((event.learning_rate_factor != 1.0) == (event.notice[0] != '\0'), "a notice for every change");
            if (event.learning_rate_factor != 1.0)
                rate = fmax(rate * event.learning_rate_factor, event.minimum_learning_rate);
            cr_expect(fabs(rate - cases[k].want[i]) < 1e-6 * cases[k].want[i], "%s, epoch %d: %g, Keras %g", cases[k].text, i + 1, rate, cases[k].want[i]);
        }
    }
}

Test(callback, a_metric_that_should_grow)
{
    static const double accuracy[] = { 0.1, 0.5, 0.4, 0.45, 0.6 };
    const s2s_object *const o = object_of(&s2s_callbacks, "{type: EarlyStopping, patience: 2}");
    double state[S2S_CALLBACK_STATE] = { 0.0 };
    int stopped = 0;

    for (int i = 0; i < 5 && !stopped; i++) {
        s2s_callback_event event = event_of(i + 1, accuracy[i], 0.1);

        event.larger_is_better = true;
        ops_of(o)->epoch_end(o->options, state, &event);
        stopped = event.stop ? i + 1 : 0;
    }
    cr_expect(stopped == 4);
}

/* State is all there is: a run that is cut between any two epochs and goes on elsewhere ends the same. */
Test(callback, state_is_all_that_is_remembered)
{
    FOR_EACH_EXAMPLE(s2s_callbacks, text) {
        double state[S2S_CALLBACK_STATE] = { 0.0 }, resumed[S2S_CALLBACK_STATE] = { 0.0 };

        const s2s_object *const whole = object_of(&s2s_callbacks, *text);
        for (int i = 0; i < 12; i++) {
            const s2s_object *const anew = object_of(&s2s_callbacks, *text);
            s2s_callback_event a = event_of(i + 1, falling[i], 0.1), b = a;

            ops_of(whole)->epoch_end(whole->options, state, &a);
            ops_of(anew)->epoch_end(anew->options, resumed, &b);
            cr_expect(a.stop == b.stop && a.learning_rate_factor == b.learning_rate_factor && strcmp(a.notice, b.notice) == 0, "%s", *text);
        }
        cr_expect(memcmp(state, resumed, sizeof(state)) == 0, "%s", *text);
    }
}

Test(callback, nan_is_never_the_best)
{
    static const double figures[] = { NAN, 2, 3, 4 };

    cr_expect(stopped_at("{type: EarlyStopping, patience: 2}", 4, figures) == 4);
    cr_expect(stopped_at("TerminateOnNaN", 4, figures) == 1);
    cr_expect(stopped_at("TerminateOnNaN", 3, figures + 1) == 0);
}

Test(callback, monitors)
{
    const s2s_object *const o = object_of(&s2s_callbacks, "{type: EarlyStopping, monitor: val_accuracy, restore_best_weights: true}");

    cr_expect(strcmp(ops_of(o)->monitor(o->options), "val_accuracy") == 0 && ops_of(o)->restores_best(o->options));
    const s2s_object *const plain = object_of(&s2s_callbacks, "EarlyStopping");
    cr_expect(ops_of(plain)->monitor(plain->options) == NULL && !ops_of(plain)->restores_best(plain->options));
}
