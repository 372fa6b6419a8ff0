#include <criterion/criterion.h>
#include <math.h>

#include "layers/penalty.h"
#include "tests/unit/object.h"

static const double w[6] = { 3.0, -0.1, 0.0, 4.0, 0.2, -1.0 };

static const s2s_regularizer_ops *ops_of(const s2s_object *object) { return (const s2s_regularizer_ops *)object->entry; }

/* Keras 3.15.1 on JAX 0.10.2: L1()(w), L2()(w), L1L2(0.1, 0.2)(w). */
Test(regularizer, penalties_are_those_of_keras)
{
    static const struct { const char *text; double want; } cases[] = {
        { "l1", 0.083 }, { "L1", 0.083 }, { "l2", 0.2605 }, { "L2", 0.2605 }, { "{type: L2, l2: 0.02}", 0.521 },
        { "{type: L1L2, l1: 0.1, l2: 0.2}", 6.04 }, { "l1_l2", 0.0 },
    };
    real in[6];

    for (int i = 0; i < 6; i++)
        in[i] = (real)w[i];
    for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++) {
        const s2s_object *const object = object_of(&s2s_regularizers, cases[k].text);
        const double got = ops_of(object)->penalty(object->options, 6, in);

        cr_expect(fabs(got - cases[k].want) < 1e-7, "%s: %.12g, not %.12g", cases[k].text, got, cases[k].want);
    }
}

Test(regularizer, gradients_match_finite_differences_and_add)
{
    const double h = 1e-3, tolerance = sizeof(real) == sizeof(double) ? 1e-10 : 1e-3;      /* quadratic: differences are exact but for rounding */

    FOR_EACH_EXAMPLE(s2s_regularizers, text) {
        const s2s_object *const object = object_of(&s2s_regularizers, *text);
        real in[6], dw[6];

        for (int k = 0; k < 6; k++) {
            in[k] = (real)w[k];
            dw[k] = 1;
        }
        ops_of(object)->gradient(object->options, 6, in, dw);
        for (int k = 0; k < 6; k++) {
            real moved[6];

            for (int j = 0; j < 6; j++)
                moved[j] = in[j];
            moved[k] = (real)(w[k] + h);
            const double up = ops_of(object)->penalty(object->options, 6, moved);
            moved[k] = (real)(w[k] - h);
            const double numeric = (up - ops_of(object)->penalty(object->options, 6, moved)) / (2.0 * h);
            cr_expect(fabs((double)dw[k] - 1.0 - numeric) < tolerance, "%s[%d]: %g, numeric %g", *text, k, (double)dw[k] - 1.0, numeric);
        }
    }
}
