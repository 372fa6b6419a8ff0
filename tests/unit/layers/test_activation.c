#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "layers/activation.h"
#include "tests/unit/object.h"

enum { POINTS = 7, ROOM = 64 };

static const double points[POINTS] = { -4.5, -1.5, -0.4, 0.3, 1.2, 3.5, 7.0 };

static void choose_kernel(void) { s2s_kernels_choose(NULL); }

TestSuite(activation, .init = choose_kernel);

static void forward(const s2s_object *a, int64_t n, const double *x, real *ret)
{
    real in[ROOM];

    for (int64_t i = 0; i < n; i++)
        in[i] = (real)x[i];
    s2s_activation_of(a)->forward(a->options, 1, n, in, ret);
}

/* Keras 3.15.1 on JAX 0.10.2, floatx float64: keras.activations.NAME(points, ...); softmax and log_softmax of points as one
 * row; tanh on TensorFlow 2.21.0, because JAX's came in float32. */
static const struct { const char *text; double want[POINTS]; } known[] = {
    { "linear", { -4.5, -1.5, -0.4, 0.3, 1.2, 3.5, 7 } },
    { "tanh", { -0.999753210848, -0.9051482536449, -0.3799489622552, 0.2913126124516, 0.8336546070122, 0.9981778976112, 0.9999983369439 } },
    { "sigmoid", { 0.01098694263059, 0.1824255238064, 0.4013123398875, 0.5744425168117, 0.768524783499, 0.9706877692486, 0.9990889488056 } },
    { "relu", { 0, 0, 0, 0.3, 1.2, 3.5, 7 } },
    { "{type: relu, negative_slope: 0.1, max_value: 2.0, threshold: 0.5}", { -0.5, -0.2, -0.09, -0.02, 1.2, 2, 2 } },
    { "{type: relu, max_value: 2.0}", { 0, 0, 0, 0.3, 1.2, 2, 2 } },
    { "relu6", { 0, 0, 0, 0.3, 1.2, 3.5, 6 } },
    { "leaky_relu", { -0.9, -0.3, -0.08, 0.3, 1.2, 3.5, 7 } },
    { "elu", { -0.9888910034618, -0.7768698398516, -0.3296799539644, 0.3, 1.2, 3.5, 7 } },
    { "{type: elu, alpha: 0.5}", { -0.4944455017309, -0.3884349199258, -0.1648399769822, 0.3, 1.2, 3.5, 7 } },
    { "{type: celu, alpha: 0.5}", { -0.499938295098, -0.4751064658161, -0.2753355179414, 0.3, 1.2, 3.5, 7 } },
    { "selu", { -1.738568621356, -1.365814353367, -0.5796101097553, 0.3152102962066, 1.260841184827, 3.677453455744, 7.354906911488 } },
    { "silu", { -0.04944124183767, -0.2736382857095, -0.160524935955, 0.1723327550435, 0.9222297401988, 3.39740719237, 6.993622641639 } },
    { "swish", { -0.04944124183767, -0.2736382857095, -0.160524935955, 0.1723327550435, 0.9222297401988, 3.39740719237, 6.993622641639 } },
    { "gelu", { -1.528952906129e-05, -0.1002108019033, -0.1378313033559, 0.1853734266567, 1.061916395734, 3.499185798223, 6.999999999991 } },
    { "{type: gelu, approximate: true}",
      { -5.136737412176e-06, -0.1004284230198, -0.1378388305726, 0.1853709235428, 1.061702769138, 3.499383802345, 7 } },
    { "mish", { -0.04971282930734, -0.2980997421668, -0.1889164823935, 0.2080013723481, 1.077945891765, 3.493990715118, 6.99998837981 } },
    { "softplus", { 0.01104774484859, 0.2014132779828, 0.5130152524, 0.8543552444685, 1.463282467338, 3.529750418273, 7.000911466454 } },
    { "softsign", { -0.8181818181818, -0.6, -0.2857142857143, 0.2307692307692, 0.5454545454545, 0.7777777777778, 0.875 } },
    { "exponential", { 0.01110899653824, 0.2231301601484, 0.6703200460356, 1.349858807576, 3.320116922737, 33.11545195869, 1096.633158428 } },
    { "hard_sigmoid", { 0, 0.25, 0.4333333333333, 0.55, 0.7, 1, 1 } },
    { "hard_silu", { 0, -0.375, -0.1733333333333, 0.165, 0.84, 3.5, 7 } },
    { "hard_swish", { 0, -0.375, -0.1733333333333, 0.165, 0.84, 3.5, 7 } },
    { "hard_tanh", { -1, -1, -0.4, 0.3, 1, 1, 1 } },
    { "log_sigmoid",
      { -4.511047744849, -1.701413277983, -0.9130152524, -0.5543552444685, -0.263282467338, -0.02975041827262, -0.0009114664537742 } },
    { "squareplus", { 0.212214450449, 0.5, 0.8198039027186, 1.161187420808, 1.766190378969, 3.765564437075, 7.14005494464 } },
    { "tanh_shrink",
      { -3.500246789152, -0.5948517463551, -0.02005103774478, 0.008687387548409, 0.3663453929878, 2.501822102389, 6.000001663056 } },
    { "soft_shrink", { -4, -1, 0, 0, 0.7, 3, 6.5 } },
    { "hard_shrink", { -4.5, -1.5, 0, 0, 1.2, 3.5, 7 } },
    { "{type: threshold, threshold: 0.5, default_value: -2.0}", { -2, -2, -2, -2, 1.2, 3.5, 7 } },
    { "sparse_plus", { 0, 0, 0.09, 0.4225, 1.2, 3.5, 7 } },
    { "sparse_sigmoid", { 0, 0, 0.3, 0.65, 1, 1, 1 } },
    { "softmax",
      { 9.784876300667e-06, 0.0001965344942259, 0.0005904222500869, 0.001188964404663, 0.002924380548765, 0.02916830516069, 0.9659216082653 } },
    { "log_softmax",
      { -11.53467259893, -8.534672598927, -7.434672598927, -6.734672598927, -5.834672598927, -3.534672598927, -0.03467259892664 } },
};

Test(activation, values_are_those_of_keras)
{
    const double tolerance = sizeof(real) == sizeof(double) ? 1e-11 : 3e-6;

    for (size_t k = 0; k < sizeof(known) / sizeof(known[0]); k++) {
        real y[POINTS];

        forward(object_of(&s2s_activations, known[k].text), POINTS, points, y);
        for (int i = 0; i < POINTS; i++)
            cr_expect(fabs((double)y[i] - known[k].want[i]) <= tolerance * fmax(fabs(known[k].want[i]), 0.01),
                      "%s of %g: %.13g, Keras has %.13g", known[k].text, points[i], (double)y[i], known[k].want[i]);
    }
}

Test(activation, every_entry_is_compared_with_keras)
{
    for (size_t i = 0; i < s2s_activations.count; i++) {
        bool found = false;

        for (size_t k = 0; k < sizeof(known) / sizeof(known[0]); k++)
            found |= object_of(&s2s_activations, known[k].text)->entry == s2s_activations.entries[i];
        cr_expect(found, "no known values of %s", s2s_activations.entries[i]->name);
    }
}

#ifdef S2S_DOUBLE
/* d(sum of dy y)/dx by central differences; the points keep away from every kink of every example. */
Test(activation, gradients_match_finite_differences)
{
    static const double x[] = { -5.3, -3.3, -1.7, -0.9, -0.33, -0.07, 0.06, 0.37, 0.83, 1.4, 1.9, 2.6, 3.4, 5.8, 6.4 };
    enum { N = sizeof(x) / sizeof(x[0]) };
    const double h = 1e-5;

    FOR_EACH_EXAMPLE(s2s_activations, text) {
        const s2s_object *const a = object_of(&s2s_activations, *text);
        const s2s_activation_ops *const ops = s2s_activation_of(a);
        double in[N], y[N], dy[N], dx[N];

        for (int k = 0; k < N; k++) {
            in[k] = x[k];
            dy[k] = 0.3 + 0.1 * k;
        }
        ops->forward(a->options, 1, N, in, y);
        ops->backward(a->options, 1, N, ops->needs_x ? in : NULL, y, dy, dx);
        for (int k = 0; k < N; k++) {
            double numeric = 0.0, up[N], down[N];

            in[k] = x[k] + h;
            ops->forward(a->options, 1, N, in, up);
            in[k] = x[k] - h;
            ops->forward(a->options, 1, N, in, down);
            in[k] = x[k];
            for (int j = 0; j < N; j++)
                numeric += dy[j] * (up[j] - down[j]) / (2.0 * h);
            cr_expect(fabs(dx[k] - numeric) <= 1e-8 * fmax(1.0, fabs(numeric)), "%s at %g: analytic %.12g, numeric %.12g", *text, x[k], dx[k], numeric);
        }
    }
}
#endif

Test(activation, works_in_place_where_it_says_so)
{
    enum { ROWS = 3, N = 7 };

    FOR_EACH_EXAMPLE(s2s_activations, text) {
        const s2s_object *const a = object_of(&s2s_activations, *text);
        const s2s_activation_ops *const ops = s2s_activation_of(a);
        real x[ROWS * N], y[ROWS * N], dy[ROWS * N], dx[ROWS * N], in_place[ROWS * N];

        for (int k = 0; k < ROWS * N; k++) {
            x[k] = in_place[k] = (real)(0.41 * k - 4.0);
            dy[k] = (real)(0.1 * k - 0.7);
        }
        ops->forward(a->options, ROWS, N, x, y);
        ops->forward(a->options, ROWS, N, in_place, in_place);
        cr_expect(memcmp(y, in_place, sizeof(y)) == 0, "%s forward", *text);

        ops->backward(a->options, ROWS, N, ops->needs_x ? x : NULL, y, dy, dx);
        memcpy(in_place, dy, sizeof(dy));
        ops->backward(a->options, ROWS, N, ops->needs_x ? x : NULL, y, in_place, in_place);
        cr_expect(memcmp(dx, in_place, sizeof(dx)) == 0, "%s backward", *text);
    }
}

Test(activation, rows_are_independent_of_their_company)
{
    enum { ROWS = 5, N = 7 };

    FOR_EACH_EXAMPLE(s2s_activations, text) {
        const s2s_object *const a = object_of(&s2s_activations, *text);
        const s2s_activation_ops *const ops = s2s_activation_of(a);
        real x[ROWS * N], all[ROWS * N], one[N];

        for (int k = 0; k < ROWS * N; k++)
            x[k] = (real)sin(1.7 * k);
        ops->forward(a->options, ROWS, N, x, all);
        for (int r = 0; r < ROWS; r++) {
            ops->forward(a->options, 1, N, x + r * N, one);
            cr_expect(memcmp(one, all + r * N, sizeof(one)) == 0, "%s row %d", *text, r);
        }
    }
}

Test(activation, a_nan_is_never_hidden)
{
    FOR_EACH_EXAMPLE(s2s_activations, text) {
        real y[2];

        forward(object_of(&s2s_activations, *text), 2, (const double[]){ NAN, 1.0 }, y);
        cr_expect(isnan((double)y[0]), "%s of NaN is %g", *text, (double)y[0]);
    }
}

/* Far out, every function but those that grow like exp stays finite, and so does its slope. */
Test(activation, far_values_are_finite)
{
    static const double x[] = { -1e4, -700.0, -90.0, 90.0, 700.0, 1e4 };

    FOR_EACH_EXAMPLE(s2s_activations, text) {
        const s2s_object *const a = object_of(&s2s_activations, *text);
        const s2s_activation_ops *const ops = s2s_activation_of(a);

        if (strcmp(a->entry->name, "exponential") == 0)
            continue;
        for (size_t k = 0; k < sizeof(x) / sizeof(x[0]); k++) {
            real in[1] = { (real)x[k] }, y[1], dx[1];

            ops->forward(a->options, 1, 1, in, y);
            ops->backward(a->options, 1, 1, in, y, (const real[]){ 1 }, dx);
            cr_expect(isfinite((double)y[0]) && isfinite((double)dx[0]), "%s of %g: %g, slope %g", *text, x[k], (double)y[0], (double)dx[0]);
        }
    }
}

Test(activation, only_a_plain_relu_is_the_kernels_relu)
{
    static const struct { const char *text; int want; } cases[] = {
        { "linear", S2S_LINEAR }, { "tanh", S2S_TANH }, { "sigmoid", S2S_SIGMOID }, { "relu", S2S_RELU },
        { "{type: relu, max_value: 6}", -1 }, { "{type: relu, negative_slope: 0.1}", -1 }, { "{type: relu, threshold: 0.1}", -1 },
        { "relu6", -1 }, { "softmax", -1 }, { "elu", -1 },
    };

    for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++)
        cr_expect(s2s_activation_kernel(object_of(&s2s_activations, cases[k].text)) == cases[k].want, "%s", cases[k].text);
}
