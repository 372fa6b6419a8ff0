/*
 * optimizer_rmsprop.c -- gradients divided by the root of their running mean square.
 *
 *   v = rho v + (1 - rho) g g;   centered: a = rho a + (1 - rho) g
 *   s = rate g / sqrt(v [- a a] + epsilon)
 *   momentum 0: w -= s;          otherwise: m = momentum m + s;  w -= m
 *
 * Source  Keras 3's RMSprop; Hinton 2012, lecture 6.
 */
#include <tgmath.h>

#include "train/optimizer.h"

typedef struct {
    s2s_optimizer_common common;
    double rho, momentum, epsilon;
    bool centered;
} options;

static const s2s_field fields[] = {
    S2S_OPTIMIZER_FIELDS("0.001", S2S_NONE),
    S2S_FIELD_REAL(options, rho, "0.9", 0.0, 1.0, "fraction", "how much of the running mean square stays at each step"),
    S2S_FIELD_REAL(options, momentum, "0.0", 0.0, 1.0, "fraction", "share of the last step that goes on"),
    S2S_FIELD_REAL(options, epsilon, "1e-7", 0.0, 1.0, "", "keeps the divisor from zero"),
    S2S_FIELD_BOOL(options, centered, "false", "divide by the variance instead of the mean square"),
    S2S_FIELD_END
};

enum { RATE };
enum { VELOCITY };      /* the first slot; momentum and average follow as they are used */

static int slots(const void *opt, const char *name[S2S_SLOTS_MAX])
{
    const options *o = opt;
    int count = 0;

    name[count++] = "velocity";
    if (o->momentum != 0.0)
        name[count++] = "momentum";
    if (o->centered)
        name[count++] = "average_gradient";
    return count;
}

static void prepare(const void *opt, int64_t step, double rate, double value[S2S_FACTORS_MAX])
{
    (void)opt, (void)step;
    value[RATE] = rate;
}

/* m and a may be NULL: not used. The tests stand outside the loops once the compiler is done. */
S2S_CLONES static void run(const options *o, real rate, int64_t n, const real *restrict g,
                           real *restrict v, real *restrict m, real *restrict a, real *restrict w)
{
    const real rho = (real)o->rho, rest = (real)(1.0 - o->rho), momentum = (real)o->momentum, epsilon = (real)o->epsilon;

    for (int64_t i = 0; i < n; i++) {
        v[i] = rho * v[i] + rest * (g[i] * g[i]);

        real square = v[i];
        if (a != NULL) {
            a[i] = rho * a[i] + rest * g[i];
            square -= a[i] * a[i];
        }

        real change = rate * g[i] / sqrt(square + epsilon);
        if (m != NULL)
            change = m[i] = momentum * m[i] + change;
        w[i] -= change;
    }
}

static void update(const void *opt, const s2s_update *u)
{
    const options *o = opt;
    const bool keeps = o->momentum != 0.0;

    run(o, (real)u->factors->value[RATE], u->n, u->g, u->slot[VELOCITY], keeps ? u->slot[1] : NULL,
        o->centered ? u->slot[keeps ? 2 : 1] : NULL, u->w);
}

static const char *const examples[] = { "rmsprop", "{type: RMSprop, rho: 0.95, momentum: 0.9, centered: true}", NULL };

const s2s_optimizer_ops s2s_optimizer_rmsprop = {
    .entry = { .name = "RMSprop", .alias = "rmsprop", .summary = "gradients divided by the root of their running mean square",
               .fields = fields, .options_size = sizeof(options), .examples = examples },
    .slots = slots, .prepare = prepare, .update = update,
};
