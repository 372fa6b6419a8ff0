/*
 * optimizer_sgd.c -- gradient descent, with momentum if wanted.
 *
 *   momentum 0      w -= rate g
 *   otherwise       m = momentum m - rate g;   w += m,  or with nesterov  w += momentum m - rate g
 *
 * Source  Keras 3's SGD.
 */
#include "train/optimizer.h"

typedef struct {
    s2s_optimizer_common common;
    double momentum;
    bool nesterov;
} options;

static const s2s_field fields[] = {
    S2S_OPTIMIZER_FIELDS("0.01", S2S_NONE),
    S2S_FIELD_REAL(options, momentum, "0.0", 0.0, 1.0, "fraction", "share of the last step that goes on"),
    S2S_FIELD_BOOL(options, nesterov, "false", "look ahead by the momentum"),
    S2S_FIELD_END
};

enum { RATE };

static int slots(const void *opt, const char *name[S2S_SLOTS_MAX])
{
    name[0] = "momentum";
    return ((const options *)opt)->momentum != 0.0 ? 1 : 0;
}

static void prepare(const void *opt, int64_t step, double rate, double value[S2S_FACTORS_MAX])
{
    (void)opt, (void)step;
    value[RATE] = rate;
}

S2S_CLONES static void plain(int64_t n, real rate, const real *restrict g, real *restrict w)
{
    for (int64_t i = 0; i < n; i++)
        w[i] -= rate * g[i];
}

S2S_CLONES static void with_momentum(int64_t n, real rate, real momentum, const real *restrict g, real *restrict m, real *restrict w)
{
    for (int64_t i = 0; i < n; i++) {
        m[i] = momentum * m[i] - rate * g[i];
        w[i] += m[i];
    }
}

S2S_CLONES static void with_nesterov(int64_t n, real rate, real momentum, const real *restrict g, real *restrict m, real *restrict w)
{
    for (int64_t i = 0; i < n; i++) {
        m[i] = momentum * m[i] - rate * g[i];
        w[i] += momentum * m[i] - rate * g[i];
    }
}

static void update(const void *opt, const s2s_update *u)
{
    const options *o = opt;
    const real rate = (real)u->factors->value[RATE], momentum = (real)o->momentum;

    if (o->momentum == 0.0)
        plain(u->n, rate, u->g, u->w);
    else if (o->nesterov)
        with_nesterov(u->n, rate, momentum, u->g, u->slot[0], u->w);
    else
        with_momentum(u->n, rate, momentum, u->g, u->slot[0], u->w);
}

static const char *const examples[] = { "sgd", "{type: SGD, learning_rate: 0.1, momentum: 0.9, nesterov: true}", NULL };

const s2s_optimizer_ops s2s_optimizer_sgd = {
    .entry = { .name = "SGD", .alias = "sgd", .summary = "gradient descent, with momentum if wanted",
               .fields = fields, .options_size = sizeof(options), .examples = examples },
    .slots = slots, .prepare = prepare, .update = update,
};
