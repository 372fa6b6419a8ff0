/*
 * loss_categorical_crossentropy.c -- softmax and its cross-entropy in one, from logits y.
 *
 *   q = (1 - s) onehot(target) + s / V                  s: label_smoothing, V: width
 *   loss = sum over rows of -sum_k q_k log p_k = log sum_k exp(y_k) - sum_k q_k y_k,          p = softmax(y)
 *   dy = scale (p - q)
 *
 * p of the largest logit is exp(0) / sum, so  log sum_k exp(y_k) = y_max - log p_max:  one logarithm a row, in double, and nothing
 * overflows or vanishes however far apart the logits are.
 *
 * Source  Keras 3's CategoricalCrossentropy and, as targets are symbols here, SparseCategoricalCrossentropy: one and the same.
 */
#include <assert.h>
#include <math.h>

#include "math/kernels.h"
#include "train/loss.h"

typedef struct { double label_smoothing; } options;

static const s2s_field fields[] = {
    S2S_FIELD_REAL(options, label_smoothing, "0.0", 0.0, 1.0, "fraction", "share of the target's probability that goes to all symbols alike"),
    S2S_FIELD_END
};

/* Softmax runs over blocks of rows. What the loss needs of the logits is read before, because p may be y. */
enum { BLOCK = 64 };

typedef struct { int64_t largest; double above; } row_note;      /* where the largest logit is; y_max - sum_k q_k y_k */

static row_note note_row(int64_t width, const real *y, int32_t target, double smoothing)
{
    int64_t largest = 0;
    double wanted = (double)y[target];

    for (int64_t k = 1; k < width; k++)
        if (y[k] > y[largest])
            largest = k;
    if (smoothing != 0.0) {
        double sum = 0.0;

        for (int64_t k = 0; k < width; k++)
            sum += (double)y[k];
        wanted = (1.0 - smoothing) * wanted + smoothing * (sum / (double)width);
    }
    return (row_note){ .largest = largest, .above = (double)y[largest] - wanted };
}

/* dy = scale (p - q); zeros where nothing is wanted. */
S2S_CLONES static void gradient_row(int64_t width, const real *p, int32_t target, double smoothing, real scale, real *dy)
{
    const real share = (real)(smoothing / (double)width), rest = (real)(1.0 - smoothing);

    if (target < 0) {
        for (int64_t k = 0; k < width; k++)
            dy[k] = 0;
        return;
    }
    const real wanted = scale * (p[target] - (share + rest));
    for (int64_t k = 0; k < width; k++)
        dy[k] = scale * (p[k] - share);
    dy[target] = wanted;
}

static double evaluate(const void *opt, const s2s_loss_call *call)
{
    const double smoothing = ((const options *)opt)->label_smoothing;
    const int64_t width = call->width;
    double sum = 0.0;

    assert(call->p != NULL && call->target != NULL && width >= 1);
    for (int64_t first = 0; first < call->rows; first += BLOCK) {
        const int64_t count = call->rows - first < BLOCK ? call->rows - first : BLOCK;
        const real *const y = call->y + first * width;
        real *const p = call->p + first * width;
        const int32_t *const target = call->target + first;
        row_note note[BLOCK];

        for (int64_t r = 0; r < count; r++)
            if (target[r] >= 0)
                note[r] = note_row(width, y + r * width, target[r], smoothing);
        s2s_kernel->softmax_rows(count, width, y, width, p, width);
        for (int64_t r = 0; r < count; r++) {
            if (target[r] >= 0)
                sum += note[r].above - log((double)p[r * width + note[r].largest]);
            if (call->dy != NULL)
                gradient_row(width, p + r * width, target[r], smoothing, call->scale, call->dy + (first + r) * width);
        }
    }
    return sum;
}

static const char *const examples[] = { "categorical_crossentropy", "{type: CategoricalCrossentropy, label_smoothing: 0.1}", NULL };
static const char *const sparse_examples[] = { "sparse_categorical_crossentropy", NULL };

const s2s_loss_ops s2s_loss_categorical_crossentropy = {
    .entry = { .name = "CategoricalCrossentropy", .alias = "categorical_crossentropy", .summary = "cross-entropy of softmax: for symbols and classes",
               .fields = fields, .options_size = sizeof(options), .examples = examples },
    .fused_softmax = true, .wants_symbols = true, .evaluate = evaluate,
};

const s2s_loss_ops s2s_loss_sparse_categorical_crossentropy = {
    .entry = { .name = "SparseCategoricalCrossentropy", .alias = "sparse_categorical_crossentropy", .summary = "another name for categorical_crossentropy",
               .fields = fields, .options_size = sizeof(options), .examples = sparse_examples },
    .fused_softmax = true, .wants_symbols = true, .evaluate = evaluate,
};
