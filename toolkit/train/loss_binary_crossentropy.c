/*
 * loss_binary_crossentropy.c -- each output is the probability of a yes: sigmoid comes before.
 *
 *   u = t (1 - s) + s / 2                                  t: target in 0..1, s: label_smoothing
 *   p = y held between 1e-7 and 1 - 1e-7
 *   loss = sum over rows of the mean over the width of  -(u log p + (1 - u) log(1 - p))
 *   dy = scale (p - u) / (p (1 - p)) / width;  0 where y was held
 *
 * Source  Keras 3's BinaryCrossentropy; 1e-7 is keras.config.epsilon().
 */
#include <assert.h>
#include <math.h>

#include "train/loss.h"

typedef struct { double label_smoothing; } options;

static const s2s_field fields[] = {
    S2S_FIELD_REAL(options, label_smoothing, "0.0", 0.0, 1.0, "fraction", "how far targets are drawn from 0 and 1 towards 1/2"),
    S2S_FIELD_END
};

static const double epsilon = 1e-7;

static double evaluate(const void *opt, const s2s_loss_call *call)
{
    const double smoothing = ((const options *)opt)->label_smoothing, scale = (double)call->scale / (double)call->width;
    double sum = 0.0;

    assert(call->target_x != NULL);
    for (int64_t i = 0; i < call->rows * call->width; i++) {
        const double y = (double)call->y[i], wanted = (double)call->target_x[i] * (1.0 - smoothing) + 0.5 * smoothing;
        const bool held = y < epsilon || y > 1.0 - epsilon;
        const double p = y < epsilon ? epsilon : y > 1.0 - epsilon ? 1.0 - epsilon : y;

        sum -= wanted * log(p) + (1.0 - wanted) * log1p(-p);
        if (call->dy != NULL)
            call->dy[i] = held ? 0 : (real)(scale * (p - wanted) / (p * (1.0 - p)));
    }
    return sum / (double)call->width;
}

static const char *const examples[] = { "binary_crossentropy", "{type: BinaryCrossentropy, label_smoothing: 0.1}", NULL };

const s2s_loss_ops s2s_loss_binary_crossentropy = {
    .entry = { .name = "BinaryCrossentropy", .alias = "binary_crossentropy", .summary = "cross-entropy of yes and no, behind a sigmoid",
               .fields = fields, .options_size = sizeof(options), .examples = examples },
    .evaluate = evaluate,
};
