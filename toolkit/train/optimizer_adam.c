/*
 * optimizer_adam.c -- running means of the gradient and of its square: Adam, and AdamW, which differs by its weight decay only.
 *
 *   m += (1 - beta_1)(g - m);   v += (1 - beta_2)(g g - v);   amsgrad: x = max(x, v), used in place of v
 *   w -= m alpha / (sqrt(v) + epsilon),   alpha = rate sqrt(1 - beta_2^step) / (1 - beta_1^step)
 *
 * Source  Keras 3's Adam and AdamW; Kingma and Ba 2014; Reddi, Kale and Kumar 2018; Loshchilov and Hutter 2019.
 */
#include <tgmath.h>

#include "train/optimizer.h"

typedef struct {
    s2s_optimizer_common common;
    double beta_1, beta_2, epsilon;
    bool amsgrad;
} options;

#define OWN_FIELDS                                                                                                         \
    S2S_FIELD_REAL(options, beta_1, "0.9", 0.0, 0.9999999, "fraction", "how much of the mean stays at each step"),         \
    S2S_FIELD_REAL(options, beta_2, "0.999", 0.0, 0.9999999, "fraction", "how much of the mean square stays at each step"), \
    S2S_FIELD_REAL(options, epsilon, "1e-7", 0.0, 1.0, "", "keeps the divisor from zero"),                                 \
    S2S_FIELD_BOOL(options, amsgrad, "false", "divide by the largest mean square so far")

static const s2s_field adam_fields[] = { S2S_OPTIMIZER_FIELDS("0.001", S2S_NONE), OWN_FIELDS, S2S_FIELD_END };
static const s2s_field adamw_fields[] = { S2S_OPTIMIZER_FIELDS("0.001", "0.004"), OWN_FIELDS, S2S_FIELD_END };

enum { ALPHA };
enum { MOMENTUM, VELOCITY, VELOCITY_HAT };

static int slots(const void *opt, const char *name[S2S_SLOTS_MAX])
{
    name[MOMENTUM] = "momentum";
    name[VELOCITY] = "velocity";
    name[VELOCITY_HAT] = "velocity_hat";
    return ((const options *)opt)->amsgrad ? 3 : 2;
}

static void prepare(const void *opt, int64_t step, double rate, double value[S2S_FACTORS_MAX])
{
    const options *o = opt;

    value[ALPHA] = rate * sqrt(1.0 - pow(o->beta_2, (double)step)) / (1.0 - pow(o->beta_1, (double)step));
}

/* x NULL: no amsgrad. */
S2S_CLONES static void run(const options *o, real alpha, int64_t n, const real *restrict g,
                           real *restrict m, real *restrict v, real *restrict x, real *restrict w)
{
    const real rest_1 = (real)(1.0 - o->beta_1), rest_2 = (real)(1.0 - o->beta_2), epsilon = (real)o->epsilon;

    for (int64_t i = 0; i < n; i++) {
        m[i] += (g[i] - m[i]) * rest_1;
        v[i] += (g[i] * g[i] - v[i]) * rest_2;

        real square = v[i];
        if (x != NULL)
            square = x[i] = x[i] > square ? x[i] : square;
        w[i] -= m[i] * alpha / (sqrt(square) + epsilon);
    }
}

static void update(const void *opt, const s2s_update *u)
{
    const options *o = opt;

    run(o, (real)u->factors->value[ALPHA], u->n, u->g, u->slot[MOMENTUM], u->slot[VELOCITY],
        o->amsgrad ? u->slot[VELOCITY_HAT] : NULL, u->w);
}

static const char *const adam_examples[] = { "adam", "{type: Adam, learning_rate: 2e-3, beta_2: 0.99, amsgrad: true}", NULL };
static const char *const adamw_examples[] = { "adamw", "{type: AdamW, weight_decay: 0.01}", NULL };

const s2s_optimizer_ops s2s_optimizer_adam = {
    .entry = { .name = "Adam", .alias = "adam", .summary = "running means of the gradient and of its square",
               .fields = adam_fields, .options_size = sizeof(options), .examples = adam_examples },
    .slots = slots, .prepare = prepare, .update = update,
};

const s2s_optimizer_ops s2s_optimizer_adamw = {
    .entry = { .name = "AdamW", .alias = "adamw", .summary = "Adam with weight decay",
               .fields = adamw_fields, .options_size = sizeof(options), .examples = adamw_examples },
    .slots = slots, .prepare = prepare, .update = update,
};
