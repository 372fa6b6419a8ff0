/*
 * optimizer_nadam.c -- Adam with Nesterov momentum.
 *
 *   u_i = beta_1 (1 - 0.96^i / 2);   p_t = u_1 u_2 ... u_t
 *   m += (1 - beta_1)(g - m);   v += (1 - beta_2)(g g - v)
 *   w -= rate (u_{t+1} m / (1 - p_{t+1}) + (1 - u_t) g / (1 - p_t)) / (sqrt(v / (1 - beta_2^t)) + epsilon)
 *
 * Source  Keras 3's Nadam; Dozat 2015.
 */
#include <tgmath.h>

#include "train/optimizer.h"

typedef struct {
    s2s_optimizer_common common;
    double beta_1, beta_2, epsilon;
} options;

static const s2s_field fields[] = {
    S2S_OPTIMIZER_FIELDS("0.001", S2S_NONE),
    S2S_FIELD_REAL(options, beta_1, "0.9", 0.0, 0.9999, "fraction", "how much of the mean stays at each step"),
    S2S_FIELD_REAL(options, beta_2, "0.999", 0.0, 0.9999999, "fraction", "how much of the mean square stays at each step"),
    S2S_FIELD_REAL(options, epsilon, "1e-7", 0.0, 1.0, "", "keeps the divisor from zero"),
    S2S_FIELD_END
};

enum { RATE, OF_MEAN, OF_GRADIENT, CORRECTION };
enum { MOMENTUM, VELOCITY };

static int slots(const void *opt, const char *name[S2S_SLOTS_MAX])
{
    (void)opt;
    name[MOMENTUM] = "momentum";
    name[VELOCITY] = "velocity";
    return 2;
}

/* A product of factors below one: when it no longer changes 1 - p it need not be followed further. */
static void prepare(const void *opt, int64_t step, double rate, double value[S2S_FACTORS_MAX])
{
    const options *o = opt;
    double power = 0.96, product = 1.0;

    for (int64_t i = 1; i <= step && product > 1e-20; i++, power *= 0.96)
        product *= o->beta_1 * (1.0 - 0.5 * power);

    const double now = o->beta_1 * (1.0 - 0.5 * pow(0.96, (double)step));
    const double next = o->beta_1 * (1.0 - 0.5 * pow(0.96, (double)(step + 1)));
    value[RATE] = rate;
    value[OF_MEAN] = next / (1.0 - product * next);
    value[OF_GRADIENT] = (1.0 - now) / (1.0 - product);
    value[CORRECTION] = 1.0 - pow(o->beta_2, (double)step);
}

S2S_CLONES static void run(const options *o, const double *value, int64_t n, const real *restrict g,
                           real *restrict m, real *restrict v, real *restrict w)
{
    const real rate = (real)value[RATE], of_mean = (real)value[OF_MEAN], of_gradient = (real)value[OF_GRADIENT];
    const real correction = (real)value[CORRECTION], epsilon = (real)o->epsilon;
    const real rest_1 = (real)(1.0 - o->beta_1), rest_2 = (real)(1.0 - o->beta_2);

    for (int64_t i = 0; i < n; i++) {
        m[i] += (g[i] - m[i]) * rest_1;
        v[i] += (g[i] * g[i] - v[i]) * rest_2;
        w[i] -= (of_mean * m[i] + of_gradient * g[i]) * rate / (sqrt(v[i] / correction) + epsilon);
    }
}

static void update(const void *opt, const s2s_update *u)
{
    run(opt, u->factors->value, u->n, u->g, u->slot[MOMENTUM], u->slot[VELOCITY], u->w);
}

static const char *const examples[] = { "nadam", "{type: Nadam, beta_2: 0.99}", NULL };

const s2s_optimizer_ops s2s_optimizer_nadam = {
    .entry = { .name = "Nadam", .alias = "nadam", .summary = "Adam with Nesterov momentum",
               .fields = fields, .options_size = sizeof(options), .examples = examples },
    .slots = slots, .prepare = prepare, .update = update,
};
