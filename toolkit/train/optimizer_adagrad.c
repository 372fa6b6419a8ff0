/*
 * optimizer_adagrad.c -- gradients divided by the root of the sum of all their squares.
 *
 *   s += g g;   w -= rate g / sqrt(s + epsilon)
 *
 * Source  Keras 3's Adagrad; Duchi, Hazan and Singer 2011.
 */
#include <tgmath.h>

#include "train/optimizer.h"

typedef struct {
    s2s_optimizer_common common;
    double initial_accumulator_value, epsilon;
} options;

static const s2s_field fields[] = {
    S2S_OPTIMIZER_FIELDS("0.001", S2S_NONE),
    S2S_FIELD_REAL(options, initial_accumulator_value, "0.1", 0.0, 1e30, "", "first value of the sum of squares"),
    S2S_FIELD_REAL(options, epsilon, "1e-7", 0.0, 1.0, "", "keeps the divisor from zero"),
    S2S_FIELD_END
};

enum { RATE };

static int slots(const void *opt, const char *name[S2S_SLOTS_MAX])
{
    (void)opt;
    name[0] = "accumulator";
    return 1;
}

static double slot_start(const void *opt, int slot)
{
    (void)slot;
    return ((const options *)opt)->initial_accumulator_value;
}

static void prepare(const void *opt, int64_t step, double rate, double value[S2S_FACTORS_MAX])
{
    (void)opt, (void)step;
    value[RATE] = rate;
}

S2S_CLONES static void run(real rate, real epsilon, int64_t n, const real *restrict g, real *restrict s, real *restrict w)
{
    for (int64_t i = 0; i < n; i++) {
        s[i] += g[i] * g[i];
        w[i] -= rate * g[i] / sqrt(s[i] + epsilon);
    }
}

static void update(const void *opt, const s2s_update *u)
{
    run((real)u->factors->value[RATE], (real)((const options *)opt)->epsilon, u->n, u->g, u->slot[0], u->w);
}

static const char *const examples[] = { "adagrad", "{type: Adagrad, learning_rate: 0.05, initial_accumulator_value: 0.01}", NULL };

const s2s_optimizer_ops s2s_optimizer_adagrad = {
    .entry = { .name = "Adagrad", .alias = "adagrad", .summary = "gradients divided by the root of the sum of all their squares",
               .fields = fields, .options_size = sizeof(options), .examples = examples },
    .slots = slots, .slot_start = slot_start, .prepare = prepare, .update = update,
};
