/*
 * activation.c -- every nonlinearity: its value, its slope, its row in the table.
 *
 * To add a pointwise one: write name_value(options, x) and name_slope(options, x or y), say LOOPS(name, x) or LOOPS(name, y) for what
 * the slope reads, and add a row to the list at the end of this file. Values and slopes are in double; each is rounded once.
 *
 * Source  Keras 3's activations; f'(y) where it can be told from y saves keeping x.
 */
#include "layers/activation.h"

#include <math.h>

/* --- options --------------------------------------------------------------------------------------------------------------- */

typedef struct { double alpha; } alpha_options;
typedef struct { double negative_slope, max_value, threshold; } relu_options;      /* max_value NaN: none */
typedef struct { double negative_slope; } leaky_relu_options;
typedef struct { bool approximate; } gelu_options;
typedef struct { double b; } squareplus_options;
typedef struct { double threshold; } shrink_options;
typedef struct { double threshold, default_value; } threshold_options;

static const s2s_field alpha_fields[] = {
    S2S_FIELD_REAL(alpha_options, alpha, "1.0", 1e-6, 1e6, "", "the value far to the left is -alpha"),
    S2S_FIELD_END
};
static const s2s_field relu_fields[] = {
    S2S_FIELD_REAL(relu_options, negative_slope, "0.0", 0.0, 1e6, "", "slope below the threshold"),
    S2S_FIELD_REAL(relu_options, max_value, S2S_NONE, 0.0, 1e30, "", "largest value; null: none"),
    S2S_FIELD_REAL(relu_options, threshold, "0.0", 0.0, 1e30, "", "values up to here count as negative"),
    S2S_FIELD_END
};
static const s2s_field leaky_relu_fields[] = {
    S2S_FIELD_REAL(leaky_relu_options, negative_slope, "0.2", 0.0, 1e6, "", "slope of the negative side"),
    S2S_FIELD_END
};
static const s2s_field gelu_fields[] = {
    S2S_FIELD_BOOL(gelu_options, approximate, "false", "by tanh instead of the error function"),
    S2S_FIELD_END
};
static const s2s_field squareplus_fields[] = {
    S2S_FIELD_REAL(squareplus_options, b, "4.0", 0.0, 1e30, "", "smoothness"),
    S2S_FIELD_END
};
static const s2s_field shrink_fields[] = {
    S2S_FIELD_REAL(shrink_options, threshold, "0.5", 0.0, 1e30, "", "values nearer to zero than this become zero"),
    S2S_FIELD_END
};
static const s2s_field threshold_fields[] = {
    S2S_FIELD_REAL(threshold_options, threshold, S2S_REQUIRED, -1e30, 1e30, "", "values above it pass"),
    S2S_FIELD_REAL(threshold_options, default_value, S2S_REQUIRED, -1e30, 1e30, "", "what the others become"),
    S2S_FIELD_END
};

/* --- loops ------------------------------------------------------------------------------------------------------------------ */

#define FORWARD(name)                                                                                                 \
static void name##_forward(const void *options, int64_t rows, int64_t n, const real *x, real *y)                      \
{                                                                                                                     \
    (void)options;                                                                                                    \
    for (int64_t i = 0; i < rows * n; i++)                                                                            \
        y[i] = (real)name##_value(options, (double)x[i]);                                                             \
}

#define BACKWARD(name, from)                                                                                          \
static void name##_backward(const void *options, int64_t rows, int64_t n, const real *x, const real *y,               \
                            const real *dy, real *dx)                                                                 \
{                                                                                                                     \
    (void)options, (void)x, (void)y;                                                                                  \
    for (int64_t i = 0; i < rows * n; i++)                                                                            \
        dx[i] = (real)((double)dy[i] * name##_slope(options, (double)from[i]));                                       \
}

#define LOOPS(name, from) FORWARD(name) BACKWARD(name, from)

/* Short names for scalar functions of (options, x) that need no options. */
#define VALUE(name) static inline double name##_value(const void *o __attribute__((unused)), double x)
#define SLOPE(name, from) static inline double name##_slope(const void *o __attribute__((unused)), double from)

static inline double clip(double x, double low, double high) { return x < low ? low : x > high ? high : x; }
static inline double logistic(double x) { return 1.0 / (1.0 + exp(-x)); }

/* --- the kernels' own -------------------------------------------------------------------------------------------------------- */

#define KERNEL(name)                                                                                                  \
static void name##_forward(const void *options, int64_t rows, int64_t n, const real *x, real *y)                      \
{                                                                                                                     \
    (void)options;                                                                                                    \
    s2s_kernel->name(rows * n, x, y);                                                                                 \
}

KERNEL(tanh)
KERNEL(sigmoid)
KERNEL(exponential)
SLOPE(tanh, y)        { return 1.0 - y * y; }
SLOPE(sigmoid, y)     { return y * (1.0 - y); }
SLOPE(exponential, y) { return y; }
S2S_CLONES BACKWARD(tanh, y)
S2S_CLONES BACKWARD(sigmoid, y)
S2S_CLONES BACKWARD(exponential, y)

/* --- straight pieces; a NaN passes through ------------------------------------------------------------------------------------ */

VALUE(linear)    { return x; }
SLOPE(linear, y) { return (void)y, 1.0; }
S2S_CLONES LOOPS(linear, y)

static inline double relu_value(const void *options, double x)
{
    const relu_options *o = options;

    if (x <= o->threshold)
        return o->negative_slope == 0.0 ? 0.0 : o->negative_slope * (x - o->threshold);
    return x > o->max_value ? o->max_value : x;
}
static inline double relu_slope(const void *options, double y)
{
    const relu_options *o = options;

    return y > 0.0 ? (y >= o->max_value ? 0.0 : 1.0) : o->negative_slope;
}
S2S_CLONES FORWARD(relu)
S2S_CLONES BACKWARD(relu, y)

VALUE(relu6)    { return clip(x, 0.0, 6.0); }
SLOPE(relu6, y) { return y > 0.0 && y < 6.0 ? 1.0 : 0.0; }
LOOPS(relu6, y)

VALUE(leaky_relu)    { return x < 0.0 ? ((const leaky_relu_options *)o)->negative_slope * x : x; }
SLOPE(leaky_relu, y) { return y > 0.0 ? 1.0 : ((const leaky_relu_options *)o)->negative_slope; }
LOOPS(leaky_relu, y)

VALUE(hard_sigmoid)    { return clip(x + 3.0, 0.0, 6.0) / 6.0; }
SLOPE(hard_sigmoid, y) { return y > 0.0 && y < 1.0 ? 1.0 / 6.0 : 0.0; }
LOOPS(hard_sigmoid, y)

VALUE(hard_silu)    { return x * hard_sigmoid_value(NULL, x); }
SLOPE(hard_silu, x) { return x <= -3.0 ? 0.0 : x >= 3.0 ? 1.0 : (2.0 * x + 3.0) / 6.0; }
LOOPS(hard_silu, x)

VALUE(hard_tanh)    { return clip(x, -1.0, 1.0); }
SLOPE(hard_tanh, y) { return y > -1.0 && y < 1.0 ? 1.0 : 0.0; }
LOOPS(hard_tanh, y)

VALUE(sparse_sigmoid)    { return clip(0.5 * (x + 1.0), 0.0, 1.0); }
SLOPE(sparse_sigmoid, y) { return y > 0.0 && y < 1.0 ? 0.5 : 0.0; }
LOOPS(sparse_sigmoid, y)

VALUE(sparse_plus)    { return x <= -1.0 ? 0.0 : x >= 1.0 ? x : 0.25 * (x + 1.0) * (x + 1.0); }
SLOPE(sparse_plus, x) { return sparse_sigmoid_value(NULL, x); }
LOOPS(sparse_plus, x)

static inline double soft_shrink_value(const void *options, double x)
{
    const double edge = ((const shrink_options *)options)->threshold;

    return x > edge ? x - edge : x < -edge ? x + edge : x - x;      /* x - x: zero, or the NaN that x is */
}
SLOPE(soft_shrink, y) { return y == 0.0 ? 0.0 : 1.0; }
LOOPS(soft_shrink, y)

VALUE(hard_shrink)    { return fabs(x) <= ((const shrink_options *)o)->threshold ? 0.0 : x; }
SLOPE(hard_shrink, y) { return y == 0.0 ? 0.0 : 1.0; }
LOOPS(hard_shrink, y)

VALUE(threshold)    { return x <= ((const threshold_options *)o)->threshold ? ((const threshold_options *)o)->default_value : x; }
SLOPE(threshold, x) { return x <= ((const threshold_options *)o)->threshold ? 0.0 : 1.0; }
LOOPS(threshold, x)

/* --- by way of exp ------------------------------------------------------------------------------------------------------------- */

VALUE(elu)    { return x > 0.0 ? x : ((const alpha_options *)o)->alpha * expm1(x); }
SLOPE(elu, y) { return y > 0.0 ? 1.0 : y + ((const alpha_options *)o)->alpha; }
LOOPS(elu, y)

VALUE(celu)    { return x > 0.0 ? x : ((const alpha_options *)o)->alpha * expm1(x / ((const alpha_options *)o)->alpha); }
SLOPE(celu, y) { return y > 0.0 ? 1.0 : y / ((const alpha_options *)o)->alpha + 1.0; }
LOOPS(celu, y)

static const double selu_alpha = 1.6732632423543772848170429916717, selu_scale = 1.0507009873554804934193349852946;
VALUE(selu)    { return selu_scale * (x > 0.0 ? x : selu_alpha * expm1(x)); }
SLOPE(selu, y) { return y > 0.0 ? selu_scale : y + selu_scale * selu_alpha; }
LOOPS(selu, y)

VALUE(softplus)    { return (x > 0.0 ? x : 0.0) + log1p(exp(-fabs(x))); }
SLOPE(softplus, y) { return -expm1(-y); }
LOOPS(softplus, y)

VALUE(log_sigmoid)    { return -softplus_value(NULL, -x); }
SLOPE(log_sigmoid, y) { return -expm1(y); }
LOOPS(log_sigmoid, y)

VALUE(silu)    { return x * logistic(x); }
SLOPE(silu, x) { const double s = logistic(x); return s * (1.0 + x * (1.0 - s)); }
LOOPS(silu, x)

VALUE(mish) { return x * tanh(softplus_value(NULL, x)); }
SLOPE(mish, x)
{
    const double t = tanh(softplus_value(NULL, x));

    return t + x * (1.0 - t * t) * logistic(x);
}
LOOPS(mish, x)

static const double root_2 = 1.4142135623730950488, root_2_over_pi = 0.79788456080286535588, gelu_cubic = 0.044715;
static inline double gelu_value(const void *options, double x)
{
    if (((const gelu_options *)options)->approximate)
        return 0.5 * x * (1.0 + tanh(root_2_over_pi * (x + gelu_cubic * x * x * x)));
    return 0.5 * x * erfc(-x / root_2);
}
static inline double gelu_slope(const void *options, double x)
{
    if (((const gelu_options *)options)->approximate) {
        const double t = tanh(root_2_over_pi * (x + gelu_cubic * x * x * x));

        return 0.5 * (1.0 + t) + 0.5 * x * (1.0 - t * t) * root_2_over_pi * (1.0 + 3.0 * gelu_cubic * x * x);
    }
    return 0.5 * erfc(-x / root_2) + 0.5 * root_2_over_pi * x * exp(-0.5 * x * x);
}
LOOPS(gelu, x)

/* --- others --------------------------------------------------------------------------------------------------------------------- */

VALUE(softsign)    { return x / (1.0 + fabs(x)); }
SLOPE(softsign, y) { return (1.0 - fabs(y)) * (1.0 - fabs(y)); }
LOOPS(softsign, y)

VALUE(squareplus)    { return 0.5 * (x + sqrt(x * x + ((const squareplus_options *)o)->b)); }
SLOPE(squareplus, x) { return 0.5 * (1.0 + x / sqrt(x * x + ((const squareplus_options *)o)->b)); }
LOOPS(squareplus, x)

VALUE(tanh_shrink)    { return x - tanh(x); }
SLOPE(tanh_shrink, x) { return tanh(x) * tanh(x); }
LOOPS(tanh_shrink, x)

/* --- by row --------------------------------------------------------------------------------------------------------------------- */

static void softmax_forward(const void *options, int64_t rows, int64_t n, const real *x, real *y)
{
    (void)options;
    s2s_kernel->softmax_rows(rows, n, x, n, y, n);
}

/* dx = y (dy - sum of dy y) */
static void softmax_backward(const void *options, int64_t rows, int64_t n, const real *x, const real *y, const real *dy, real *dx)
{
    (void)options, (void)x;
    for (; rows > 0; rows--, y += n, dy += n, dx += n) {
        double sum = 0.0;

        for (int64_t i = 0; i < n; i++)
            sum += (double)dy[i] * (double)y[i];
        for (int64_t i = 0; i < n; i++)
            dx[i] = (real)((double)y[i] * ((double)dy[i] - sum));
    }
}

static void log_softmax_forward(const void *options, int64_t rows, int64_t n, const real *x, real *y)
{
    (void)options;
    for (; rows > 0; rows--, x += n, y += n) {
        double largest = (double)x[0], sum = 0.0;

        for (int64_t i = 1; i < n; i++)
            largest = (double)x[i] > largest ? (double)x[i] : largest;
        for (int64_t i = 0; i < n; i++)
            sum += exp((double)x[i] - largest);
        sum = log(sum);
        for (int64_t i = 0; i < n; i++)
            y[i] = (real)((double)x[i] - largest - sum);
    }
}

/* dx = dy - exp(y) times the sum of dy */
static void log_softmax_backward(const void *options, int64_t rows, int64_t n, const real *x, const real *y, const real *dy, real *dx)
{
    (void)options, (void)x;
    for (; rows > 0; rows--, y += n, dy += n, dx += n) {
        double sum = 0.0;

        for (int64_t i = 0; i < n; i++)
            sum += (double)dy[i];
        for (int64_t i = 0; i < n; i++)
            dx[i] = (real)((double)dy[i] - exp((double)y[i]) * sum);
    }
}

/* --- the table ------------------------------------------------------------------------------------------------------------------- */

enum { NO_KERNEL = -1 };
enum { BY_ROW = 1, NEEDS_X = 2 };

/*
 * name, other name, options (void: none), kernel, traits, summary, examples ... in the order of the reference. Keras calls these by
 * function names, not class names.
 */
#define ACTIVATIONS(ROW)                                                                                                                  \
    ROW(linear,         NULL,         NULL, 0, S2S_LINEAR, 0, "x", "linear")                                                         \
    ROW(tanh,           NULL,         NULL, 0, S2S_TANH, 0, "hyperbolic tangent", "tanh")                                            \
    ROW(sigmoid,        NULL,         NULL, 0, S2S_SIGMOID, 0, "1 / (1 + exp(-x))", "sigmoid")                                       \
    ROW(softmax,        NULL,         NULL, 0, NO_KERNEL, BY_ROW, "exp(x) / sum of exp(x): probabilities of a row", "softmax")            \
    ROW(log_softmax,    NULL,         NULL, 0, NO_KERNEL, BY_ROW, "logarithm of softmax", "log_softmax")                                  \
    ROW(relu,           NULL,         relu_fields, sizeof(relu_options), S2S_RELU, 0, "max(x, 0)",                                   \
        "relu", "{type: relu, negative_slope: 0.1, max_value: 2.0, threshold: 0.3}")                                                      \
    ROW(relu6,          NULL,         NULL, 0, NO_KERNEL, 0, "min(max(x, 0), 6)", "relu6")                                           \
    ROW(leaky_relu,     NULL,         leaky_relu_fields, sizeof(leaky_relu_options), NO_KERNEL, 0, "x, or negative_slope x for x < 0", \
        "leaky_relu", "{type: leaky_relu, negative_slope: 0.05}")                                                                         \
    ROW(elu,            NULL,         alpha_fields, sizeof(alpha_options), NO_KERNEL, 0, "x, or alpha (exp(x) - 1) for x < 0",       \
        "elu", "{type: elu, alpha: 0.5}")                                                                                                 \
    ROW(celu,           NULL,         alpha_fields, sizeof(alpha_options), NO_KERNEL, 0, "x, or alpha (exp(x / alpha) - 1) for x < 0", \
        "celu", "{type: celu, alpha: 0.5}")                                                                                               \
    ROW(selu,           NULL,         NULL, 0, NO_KERNEL, 0, "elu scaled to keep mean and variance", "selu")                         \
    ROW(silu,           "swish",      NULL, 0, NO_KERNEL, NEEDS_X, "x sigmoid(x)", "silu")                                                \
    ROW(gelu,           NULL,         gelu_fields, sizeof(gelu_options), NO_KERNEL, NEEDS_X, "x times the normal distribution function",  \
        "gelu", "{type: gelu, approximate: true}")                                                                                        \
    ROW(mish,           NULL,         NULL, 0, NO_KERNEL, NEEDS_X, "x tanh(softplus(x))", "mish")                                         \
    ROW(softplus,       NULL,         NULL, 0, NO_KERNEL, 0, "log(1 + exp(x))", "softplus")                                          \
    ROW(softsign,       NULL,         NULL, 0, NO_KERNEL, 0, "x / (1 + |x|)", "softsign")                                            \
    ROW(exponential,    NULL,         NULL, 0, NO_KERNEL, 0, "exp(x)", "exponential")                                                \
    ROW(hard_sigmoid,   NULL,         NULL, 0, NO_KERNEL, 0, "relu6(x + 3) / 6", "hard_sigmoid")                                     \
    ROW(hard_silu,      "hard_swish", NULL, 0, NO_KERNEL, NEEDS_X, "x hard_sigmoid(x)", "hard_silu")                             \
    ROW(hard_tanh,      NULL,         NULL, 0, NO_KERNEL, 0, "x held between -1 and 1", "hard_tanh")                                 \
    ROW(log_sigmoid,    NULL,         NULL, 0, NO_KERNEL, 0, "logarithm of sigmoid", "log_sigmoid")                                  \
    ROW(squareplus,     NULL,         squareplus_fields, sizeof(squareplus_options), NO_KERNEL, NEEDS_X, "(x + sqrt(x x + b)) / 2",       \
        "squareplus", "{type: squareplus, b: 1.0}")                                                                                       \
    ROW(tanh_shrink,    NULL,         NULL, 0, NO_KERNEL, NEEDS_X, "x - tanh(x)", "tanh_shrink")                                          \
    ROW(soft_shrink,    NULL,         shrink_fields, sizeof(shrink_options), NO_KERNEL, 0, "x moved towards zero by threshold",      \
        "soft_shrink", "{type: soft_shrink, threshold: 0.1}")                                                                             \
    ROW(hard_shrink,    NULL,         shrink_fields, sizeof(shrink_options), NO_KERNEL, 0, "x, or zero nearer to zero than threshold", \
        "hard_shrink", "{type: hard_shrink, threshold: 0.1}")                                                                             \
    ROW(threshold,      NULL,         threshold_fields, sizeof(threshold_options), NO_KERNEL, NEEDS_X, "x above threshold, else default_value", \
        "{type: threshold, threshold: 0.2, default_value: -0.5}")                                                                         \
    ROW(sparse_plus,    NULL,         NULL, 0, NO_KERNEL, NEEDS_X, "0, (x + 1)^2 / 4 between -1 and 1, x", "sparse_plus")                 \
    ROW(sparse_sigmoid, NULL,         NULL, 0, NO_KERNEL, 0, "(x + 1) / 2 held between 0 and 1", "sparse_sigmoid")

#define DEFINE(name_, alias_, fields_, size, kernel, traits, summary_, ...)                                                               \
    static const s2s_activation_ops name_##_ops = {                                                                                       \
        .entry = { .name = #name_, .alias = alias_, .summary = summary_, .fields = fields_, .options_size = size,                         \
                   .examples = (const char *const[]){ __VA_ARGS__, NULL } },                                                              \
        .pointwise = kernel, .by_row = ((traits) & BY_ROW) != 0,                                      \
        .needs_x = ((traits) & NEEDS_X) != 0, .forward = name_##_forward, .backward = name_##_backward,                                   \
    };
ACTIVATIONS(DEFINE)

#define ADDRESS(name_, ...) &name_##_ops.entry,
static const s2s_entry *const entries[] = { ACTIVATIONS(ADDRESS) };

const s2s_registry s2s_activations = {
    .noun = "activation", .plural = "activations", .entries = entries, .count = sizeof(entries) / sizeof(entries[0]),
};

int s2s_activation_kernel(const s2s_object *activation)
{
    const s2s_activation_ops *ops = s2s_activation_of(activation);

    if (ops == &relu_ops) {
        const relu_options *o = activation->options;

        if (o->negative_slope != 0.0 || o->threshold != 0.0 || !isnan(o->max_value))
            return NO_KERNEL;
    }
    return ops->pointwise;
}
