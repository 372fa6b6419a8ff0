/*
 * loss_mean_absolute_error.c -- the mean over the width of |y - t|, summed over rows.
 *
 *   dy = scale sign(y - t) / width
 *
 * Source  Keras 3's MeanAbsoluteError.
 */
#include <assert.h>
#include <math.h>

#include "train/loss.h"

static double evaluate(const void *options, const s2s_loss_call *call)
{
    const double scale = (double)call->scale / (double)call->width;
    double sum = 0.0;

    (void)options;
    assert(call->target_x != NULL);
    for (int64_t i = 0; i < call->rows * call->width; i++) {
        const double error = (double)call->y[i] - (double)call->target_x[i];

        sum += fabs(error);
        if (call->dy != NULL)
            call->dy[i] = (real)(error > 0.0 ? scale : error < 0.0 ? -scale : 0.0);
    }
    return sum / (double)call->width;
}

static const char *const examples[] = { "mean_absolute_error", NULL };

const s2s_loss_ops s2s_loss_mean_absolute_error = {
    .entry = { .name = "MeanAbsoluteError", .alias = "mean_absolute_error mae", .summary = "mean of absolute errors", .examples = examples },
    .evaluate = evaluate,
};
