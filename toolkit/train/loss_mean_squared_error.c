/*
 * loss_mean_squared_error.c -- the mean over the width of (y - t)^2, summed over rows.
 *
 *   dy = scale 2 (y - t) / width
 *
 * Source  Keras 3's MeanSquaredError.
 */
#include <assert.h>

#include "train/loss.h"

static double evaluate(const void *options, const s2s_loss_call *call)
{
    const double scale = 2.0 * (double)call->scale / (double)call->width;
    double sum = 0.0;

    (void)options;
    assert(call->target_x != NULL);
    for (int64_t i = 0; i < call->rows * call->width; i++) {
        const double error = (double)call->y[i] - (double)call->target_x[i];

        sum += error * error;
        if (call->dy != NULL)
            call->dy[i] = (real)(scale * error);
    }
    return sum / (double)call->width;
}

static const char *const examples[] = { "mean_squared_error", NULL };

const s2s_loss_ops s2s_loss_mean_squared_error = {
    .entry = { .name = "MeanSquaredError", .alias = "mean_squared_error mse", .summary = "mean of squared errors", .examples = examples },
    .evaluate = evaluate,
};
