/* optimizer.c -- the registry of optimizers.def, and what all optimizers share. */
#include "train/optimizer.h"

#include <math.h>

#define S2S_OPTIMIZER(name) extern const s2s_optimizer_ops s2s_optimizer_##name;
#include "train/optimizers.def"
#undef S2S_OPTIMIZER

static const s2s_entry *const entries[] = {
#define S2S_OPTIMIZER(name) &s2s_optimizer_##name.entry,
#include "train/optimizers.def"
#undef S2S_OPTIMIZER
};

const s2s_registry s2s_optimizers = {
    .noun = "optimizer", .plural = "optimizers", .entries = entries, .count = sizeof(entries) / sizeof(entries[0]),
};

void s2s_optimizer_prepare(const s2s_object *optimizer, int64_t step, double rate, s2s_factors *ret)
{
    const double decay = s2s_optimizer_common_of(optimizer)->weight_decay;

    *ret = (s2s_factors){ .decay = isnan(decay) ? 0.0 : decay * rate };
    s2s_optimizer_of(optimizer)->prepare(optimizer->options, step, rate, ret->value);
}

S2S_CLONES static void decay_weights(int64_t n, double decay, real *w)
{
    const real share = (real)decay;

    for (int64_t i = 0; i < n; i++)
        w[i] = w[i] - w[i] * share;
}

void s2s_optimizer_update(const s2s_object *optimizer, const s2s_update *update)
{
    if (update->factors->decay != 0.0)
        decay_weights(update->n, update->factors->decay, update->w);
    s2s_optimizer_of(optimizer)->update(optimizer->options, update);
}

s2s_status s2s_optimizer_check(const s2s_object *optimizer, s2s_error *err)
{
    const s2s_optimizer_common *common = s2s_optimizer_common_of(optimizer);
    const s2s_object *schedule = common->learning_rate;
    const s2s_schedule_ops *ops = (const s2s_schedule_ops *)schedule->entry;
    const char *fault = ops->fault == NULL ? NULL : ops->fault(schedule->options);

    if (!isnan(common->clipnorm) + !isnan(common->clipvalue) + !isnan(common->global_clipnorm) > 1)
        return s2s_fail_at(err, S2S_CONFIG, optimizer->at, "%s: expected at most one of clipnorm, clipvalue and global_clipnorm",
                           optimizer->path);
    if (fault != NULL)
        return s2s_fail_at(err, S2S_CONFIG, schedule->at, "%s: %s", schedule->path, fault);
    return S2S_OK;
}
