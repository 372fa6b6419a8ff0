#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "math/kernels.h"
#include "tests/unit/object.h"
#include "train/loss.h"

static void choose_kernel(void) { s2s_kernels_choose(NULL); }

TestSuite(loss, .init = choose_kernel);

static double evaluate(const s2s_object *loss, const s2s_loss_call *call)
{
    return ((const s2s_loss_ops *)loss->entry)->evaluate(loss->options, call);
}

static void copy(int64_t n, const double *x, real *ret)
{
    for (int64_t i = 0; i < n; i++)
        ret[i] = (real)x[i];
}

static const double logits[12] = { 1.0, -2.0, 0.5, 30.0, -40.0, 0.0, 0.1, 0.2, 0.3, -5.0, 5.0, 5.0 };
static const int32_t targets[4] = { 2, 1, 0, 1 };
static const double outputs[6] = { 0.2, 0.9, 1.0, 0.0, 0.5, 0.7 }, wanted[6] = { 0.0, 1.0, 1.0, 1.0, 0.25, 0.0 };

/* Keras 3.15.1 on JAX 0.10.2, reduction="sum": CategoricalCrossentropy(from_logits=True, label_smoothing=...) of one-hot targets. */
Test(loss, cross_entropy_is_that_of_keras)
{
    static const struct { const char *text; double want; } cases[] = {
        { "categorical_crossentropy", 72.89970963084 }, { "CategoricalCrossentropy", 72.89970963084 },
        { "sparse_categorical_crossentropy", 72.89970963084 }, { "{type: CategoricalCrossentropy, label_smoothing: 0.2}", 66.34637629751 },
    };
    real y[12], p[12];

    copy(12, logits, y);
    for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++) {
        const double got = evaluate(object_of(&s2s_losses, cases[k].text),
                                    &(s2s_loss_call){ .rows = 4, .width = 3, .y = y, .target = targets, .scale = 1, .p = p });

        cr_expect(fabs(got - cases[k].want) < 1e-5, "%s: %.12g, Keras has %.12g", cases[k].text, got, cases[k].want);
    }
    for (int r = 0; r < 4; r++)
        cr_expect(fabs((double)p[3 * r] + (double)p[3 * r + 1] + (double)p[3 * r + 2] - 1.0) < 1e-6, "p is the softmax of y");
}

/* The same versions, float32: BinaryCrossentropy, MeanSquaredError, MeanAbsoluteError with reduction="sum". */
Test(loss, losses_of_values_are_those_of_keras)
{
    static const struct { const char *text; double want; } cases[] = {
        { "binary_crossentropy", 6.114573977888 }, { "{type: BinaryCrossentropy, label_smoothing: 0.2}", 6.205780863762 },
        { "mean_squared_error", 0.5341667085886 }, { "mean_absolute_error", 0.7500000447035 },
    };
    real y[6], t[6];

    copy(6, outputs, y);
    copy(6, wanted, t);
    for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++) {
        const double got = evaluate(object_of(&s2s_losses, cases[k].text), &(s2s_loss_call){ .rows = 2, .width = 3, .y = y, .target_x = t, .scale = 1 });

        cr_expect(fabs(got - cases[k].want) < 2e-6, "%s: %.12g, Keras has %.12g", cases[k].text, got, cases[k].want);
    }
}

#ifdef S2S_DOUBLE
Test(loss, gradients_match_finite_differences)
{
    enum { ROWS = 4, WIDTH = 3, N = ROWS * WIDTH };
    static const int32_t symbols[ROWS] = { 2, -1, 0, 1 };
    const double h = 1e-6, scale = 0.37;

    FOR_EACH_EXAMPLE(s2s_losses, text) {
        const s2s_object *const loss = object_of(&s2s_losses, *text);
        double y[N], t[N], p[N], dy[N];

        for (int i = 0; i < N; i++) {
            y[i] = 0.15 + 0.06 * i;                     /* a probability too */
            t[i] = 0.5 + 0.5 * sin(2.3 * i);
        }
        s2s_loss_call call = { .rows = ROWS, .width = WIDTH, .y = y, .target = symbols, .target_x = t, .scale = scale, .p = p, .dy = dy };
        evaluate(loss, &call);
        call.dy = NULL;
        for (int i = 0; i < N; i++) {
            const double old = y[i];

            y[i] = old + h;
            const double up = evaluate(loss, &call);
            y[i] = old - h;
            const double numeric = scale * (up - evaluate(loss, &call)) / (2.0 * h);
            y[i] = old;
            cr_expect(fabs(dy[i] - numeric) < 1e-8, "%s[%d]: analytic %.12g, numeric %.12g", *text, i, dy[i], numeric);
        }
    }
}
#endif

/* Rows without a target cost nothing and teach nothing, but have their probabilities. */
Test(loss, rows_without_target_do_not_count)
{
    static const int32_t some[4] = { 2, -1, 0, -1 };
    const s2s_object *const loss = object_of(&s2s_losses, "categorical_crossentropy");
    real y[12], p[12], dy[12], kept[6], q[6];

    copy(12, logits, y);
    memcpy(kept, y, 3 * sizeof(real));
    memcpy(kept + 3, y + 6, 3 * sizeof(real));
    const double all = evaluate(loss, &(s2s_loss_call){ .rows = 4, .width = 3, .y = y, .target = some, .scale = 1, .p = p, .dy = dy });
    const double two = evaluate(loss, &(s2s_loss_call){ .rows = 2, .width = 3, .y = kept, .target = (const int32_t[]){ 2, 0 }, .scale = 1, .p = q });
    cr_expect(all == two);
    for (int i = 0; i < 3; i++)
        cr_expect(dy[3 + i] == 0 && dy[9 + i] == 0 && p[9 + i] > 0);
}

/* p may take the place of y: same sum, same bits; blocks of rows make no difference. */
Test(loss, probabilities_in_place_of_logits)
{
    enum { ROWS = 150, WIDTH = 7 };
    const s2s_object *const loss = object_of(&s2s_losses, "{type: CategoricalCrossentropy, label_smoothing: 0.1}");
    static real y[ROWS * WIDTH], p[ROWS * WIDTH], dy[ROWS * WIDTH], dy_in_place[ROWS * WIDTH];
    int32_t target[ROWS];

    for (int i = 0; i < ROWS * WIDTH; i++)
        y[i] = (real)(5.0 * sin(i));
    for (int r = 0; r < ROWS; r++)
        target[r] = r % (WIDTH + 1) - 1;
    const double apart = evaluate(loss, &(s2s_loss_call){ .rows = ROWS, .width = WIDTH, .y = y, .target = target, .scale = 1, .p = p, .dy = dy });
    double by_row = 0.0;
    for (int r = 0; r < ROWS; r++)
        by_row += evaluate(loss, &(s2s_loss_call){ .rows = 1, .width = WIDTH, .y = y + r * WIDTH, .target = target + r, .scale = 1, .p = p + r * WIDTH });
    cr_expect(apart == by_row, "%.17g, row by row %.17g", apart, by_row);
    const double in_place = evaluate(loss, &(s2s_loss_call){ .rows = ROWS, .width = WIDTH, .y = y, .target = target, .scale = 1, .p = y, .dy = dy_in_place });
    cr_expect(apart == in_place && memcmp(p, y, sizeof(p)) == 0 && memcmp(dy, dy_in_place, sizeof(dy)) == 0);
}

Test(loss, far_apart_logits_give_exact_losses)
{
    const s2s_object *const loss = object_of(&s2s_losses, "categorical_crossentropy");
    real y[2] = { 1000, -1000 }, p[2], dy[2];

    cr_expect(evaluate(loss, &(s2s_loss_call){ .rows = 1, .width = 2, .y = y, .target = (const int32_t[]){ 1 }, .scale = 1, .p = p, .dy = dy }) == 2000.0);
    cr_expect(dy[0] == 1 && dy[1] == -1);
    cr_expect(evaluate(loss, &(s2s_loss_call){ .rows = 1, .width = 2, .y = y, .target = (const int32_t[]){ 0 }, .scale = 1, .p = p, .dy = dy }) == 0.0);
    cr_expect(dy[0] == 0 && dy[1] == 0);
}

Test(loss, a_nan_is_never_hidden)
{
    FOR_EACH_EXAMPLE(s2s_losses, text) {
        real y[4] = { (real)0.5, (real)NAN, (real)0.1, (real)0.2 }, t[4] = { 0, 1, 0, 1 }, p[4];
        const double got = evaluate(object_of(&s2s_losses, *text), &(s2s_loss_call){ .rows = 2, .width = 2, .y = y, .target = (const int32_t[]){ 0, 1 },
                                                                                  .target_x = t, .scale = 1, .p = p });

        cr_expect(isnan(got), "%s: %g", *text, got);
    }
}
