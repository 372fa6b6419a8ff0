#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/object.h"
#include "train/optimizer.h"

enum { POINTS = 8 };

static const int64_t positions[POINTS] = { 0, 1, 5, 10, 11, 20, 25, 60 };

/* Keras 3.15.1 on JAX 0.10.2, keras.optimizers.schedules.NAME(...)(step); the cosines of JAX came in float32. */
static const struct { const char *text; double want[POINTS]; } known[] = {
    { "0.25", { 0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25 } },
    { "{type: ExponentialDecay, initial_learning_rate: 0.1, decay_steps: 10, decay_rate: 0.5}",
      { 0.1, 0.09330329915368, 0.07071067811865, 0.05, 0.04665164957684, 0.025, 0.01767766952966, 0.0015625 } },
    { "{type: ExponentialDecay, initial_learning_rate: 0.1, decay_steps: 10, decay_rate: 0.5, staircase: true}",
      { 0.1, 0.1, 0.1, 0.05, 0.05, 0.025, 0.025, 0.0015625 } },
    { "{type: InverseTimeDecay, initial_learning_rate: 0.1, decay_steps: 10, decay_rate: 0.5}",
      { 0.1, 0.0952380952381, 0.08, 0.06666666666667, 0.06451612903226, 0.05, 0.04444444444444, 0.025 } },
    { "{type: InverseTimeDecay, initial_learning_rate: 0.1, decay_steps: 10, decay_rate: 0.5, staircase: true}",
      { 0.1, 0.1, 0.1, 0.06666666666667, 0.06666666666667, 0.05, 0.05, 0.025 } },
    { "{type: PiecewiseConstantDecay, boundaries: [5, 10], values: [0.1, 0.05, 0.01]}", { 0.1, 0.1, 0.1, 0.05, 0.01, 0.01, 0.01, 0.01 } },
    { "{type: PolynomialDecay, initial_learning_rate: 0.1, decay_steps: 20, end_learning_rate: 0.01, power: 2.0}",
      { 0.1, 0.091225, 0.060625, 0.0325, 0.028225, 0.01, 0.01, 0.01 } },
    { "{type: PolynomialDecay, initial_learning_rate: 0.1, decay_steps: 20, end_learning_rate: 0.01, power: 0.5, cycle: true}",
      { 0.1, 0.09772114910328, 0.0879422863406, 0.07363961030679, 0.07037383539249, 0.01, 0.06511351921262, 0.01 } },
    { "{type: CosineDecay, initial_learning_rate: 0.1, decay_steps: 20, alpha: 0.1}",
      { 0.1000000014901, 0.09944597631693, 0.08681981265545, 0.05499999597669, 0.04796044901013, 0.01000000070781, 0.01000000070781, 0.01000000070781 } },
    { "{type: CosineDecay, initial_learning_rate: 0.01, decay_steps: 20, warmup_target: 0.1, warmup_steps: 10}",
      { 0.01, 0.019, 0.055, 0.1, 0.09938441514969, 0.04999999701977, 0.01464466154575, 0.0 } },
    { "{type: CosineDecayRestarts, initial_learning_rate: 0.1, first_decay_steps: 10}",
      { 0.1, 0.09755282402039, 0.04999999701977, 0.1, 0.09938441514969, 0.04999999701977, 0.01464466154575, 0.01464466154575 } },
    { "{type: CosineDecayRestarts, initial_learning_rate: 0.1, first_decay_steps: 10, t_mul: 1.5, m_mul: 0.5, alpha: 0.1}",
      { 0.1, 0.09779754161835, 0.05499999731779, 0.055, 0.05450832158327, 0.0212499986589, 0.0325, 0.01785294875503 } },
    { "{type: CosineDecayRestarts, initial_learning_rate: 0.1, first_decay_steps: 10, t_mul: 1.0, m_mul: 0.5}",
      { 0.1, 0.09755282402039, 0.04999999701977, 0.05, 0.04877641201019, 0.025, 0.01249999925494, 0.0015625 } },
};

Test(schedule, rates_are_those_of_keras)
{
    for (size_t k = 0; k < sizeof(known) / sizeof(known[0]); k++) {
        const s2s_object *const schedule = object_of(&s2s_schedules, known[k].text);
        const double tolerance = strstr(known[k].text, "Cosine") ? 2e-8 : 1e-12;

        for (int i = 0; i < POINTS; i++) {
            const double got = s2s_learning_rate(schedule, positions[i], 3);

            cr_expect(fabs(got - known[k].want[i]) < tolerance, "%s at %ld: %.13g, Keras has %.13g", known[k].text, (long)positions[i], got, known[k].want[i]);
        }
    }
}

Test(schedule, per_epoch_counts_epochs)
{
    for (size_t k = 1; k < sizeof(known) / sizeof(known[0]); k++) {
        char text[256];

        snprintf(text, sizeof(text), "%.*s, per: epoch}", (int)strlen(known[k].text) - 1, known[k].text);
        const s2s_object *const per_step = object_of(&s2s_schedules, known[k].text), *const per_epoch = object_of(&s2s_schedules, text);
        for (int i = 0; i < POINTS; i++)
            cr_expect(s2s_learning_rate(per_epoch, 1000 + i, positions[i]) == s2s_learning_rate(per_step, positions[i], 77), "%s", text);
    }
}

Test(schedule, rates_are_never_negative_nor_infinite)
{
    FOR_EACH_EXAMPLE(s2s_schedules, text) {
        const s2s_object *const schedule = object_of(&s2s_schedules, *text);

        for (int64_t step = 0; step < 5000; step = step * 5 / 4 + 1) {
            const double rate = s2s_learning_rate(schedule, step, step);

            cr_expect(rate >= 0.0 && isfinite(rate), "%s at %ld: %g", *text, (long)step, rate);
        }
    }
}
