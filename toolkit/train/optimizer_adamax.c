/*
 * optimizer_adamax.c -- Adam with the largest recent gradient in place of the mean square.
 *
 *   m += (1 - beta_1)(g - m);   u = max(beta_2 u, |g|);   w -= rate m / ((1 - beta_1^step)(u + epsilon))
 *
 * Source  Keras 3's Adamax; Kingma and Ba 2014, section 7.
 */
#include <tgmath.h>

#include "train/optimizer.h"

typedef struct {
    s2s_optimizer_common common;
    double beta_1, beta_2, epsilon;
} options;

static const s2s_field fields[] = {
    S2S_OPTIMIZER_FIELDS("0.001", S2S_NONE),
    S2S_FIELD_REAL(options, beta_1, "0.9", 0.0, 0.9999999, "fraction", "how much of the mean stays at each step"),
    S2S_FIELD_REAL(options, beta_2, "0.999", 0.0, 0.9999999, "fraction", "how much of the largest size stays at each step"),
    S2S_FIELD_REAL(options, epsilon, "1e-7", 0.0, 1.0, "", "keeps the divisor from zero"),
    S2S_FIELD_END
};

enum { RATE, CORRECTION };
enum { MOMENTUM, NORM };

static int slots(const void *opt, const char *name[S2S_SLOTS_MAX])
{
    (void)opt;
    name[MOMENTUM] = "momentum";
    name[NORM] = "norm";
    return 2;
}

static void prepare(const void *opt, int64_t step, double rate, double value[S2S_FACTORS_MAX])
{
    value[RATE] = rate;
    value[CORRECTION] = 1.0 - pow(((const options *)opt)->beta_1, (double)step);
}

S2S_CLONES static void run(const options *o, const double *value, int64_t n, const real *restrict g,
                           real *restrict m, real *restrict u, real *restrict w)
{
    const real rate = (real)value[RATE], correction = (real)value[CORRECTION];
    const real rest = (real)(1.0 - o->beta_1), beta_2 = (real)o->beta_2, epsilon = (real)o->epsilon;

    for (int64_t i = 0; i < n; i++) {
        const real size = g[i] < 0 ? -g[i] : g[i], old = beta_2 * u[i];

        m[i] += (g[i] - m[i]) * rest;
        u[i] = old > size ? old : size;
        w[i] -= rate * m[i] / (correction * (u[i] + epsilon));
    }
}

static void update(const void *opt, const s2s_update *u)
{
    run(opt, u->factors->value, u->n, u->g, u->slot[MOMENTUM], u->slot[NORM], u->w);
}

static const char *const examples[] = { "adamax", "{type: Adamax, beta_1: 0.8}", NULL };

const s2s_optimizer_ops s2s_optimizer_adamax = {
    .entry = { .name = "Adamax", .alias = "adamax", .summary = "Adam with the largest recent gradient in place of the mean square",
               .fields = fields, .options_size = sizeof(options), .examples = examples },
    .slots = slots, .prepare = prepare, .update = update,
};
