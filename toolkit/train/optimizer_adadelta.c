/*
 * optimizer_adadelta.c -- steps in proportion to the running size of earlier steps.
 *
 *   s = rho s + (1 - rho) g g;   d = -g sqrt(x + epsilon) / sqrt(s + epsilon);   x = rho x + (1 - rho) d d;   w += rate d
 *
 * Source  Keras 3's Adadelta; Zeiler 2012.
 */
#include <tgmath.h>

#include "train/optimizer.h"

typedef struct {
    s2s_optimizer_common common;
    double rho, epsilon;
} options;

static const s2s_field fields[] = {
    S2S_OPTIMIZER_FIELDS("0.001", S2S_NONE),
    S2S_FIELD_REAL(options, rho, "0.95", 0.0, 1.0, "fraction", "how much of the running means stays at each step"),
    S2S_FIELD_REAL(options, epsilon, "1e-7", 0.0, 1.0, "", "keeps the divisor from zero"),
    S2S_FIELD_END
};

enum { RATE };
enum { GRADIENT, CHANGE };

static int slots(const void *opt, const char *name[S2S_SLOTS_MAX])
{
    (void)opt;
    name[GRADIENT] = "accumulated_grad";
    name[CHANGE] = "accumulated_delta_var";
    return 2;
}

static void prepare(const void *opt, int64_t step, double rate, double value[S2S_FACTORS_MAX])
{
    (void)opt, (void)step;
    value[RATE] = rate;
}

S2S_CLONES static void run(const options *o, real rate, int64_t n, const real *restrict g,
                           real *restrict s, real *restrict x, real *restrict w)
{
    const real rho = (real)o->rho, rest = (real)(1.0 - o->rho), epsilon = (real)o->epsilon;

    for (int64_t i = 0; i < n; i++) {
        s[i] = rho * s[i] + rest * (g[i] * g[i]);

        const real change = sqrt(x[i] + epsilon) * g[i] / sqrt(s[i] + epsilon);
        x[i] = rho * x[i] + rest * (change * change);
        w[i] -= rate * change;
    }
}

static void update(const void *opt, const s2s_update *u)
{
    run(opt, (real)u->factors->value[RATE], u->n, u->g, u->slot[GRADIENT], u->slot[CHANGE], u->w);
}

static const char *const examples[] = { "adadelta", "{type: Adadelta, learning_rate: 1.0, rho: 0.9}", NULL };

const s2s_optimizer_ops s2s_optimizer_adadelta = {
    .entry = { .name = "Adadelta", .alias = "adadelta", .summary = "steps in proportion to the running size of earlier steps",
               .fields = fields, .options_size = sizeof(options), .examples = examples },
    .slots = slots, .prepare = prepare, .update = update,
};
