/*
 * loss.h -- losses: the figure and the gradient at the graph's last node, one shard at a time.
 *
 * Sums, not means: the trainer knows the batch's count of real targets and gives its inverse as `scale`.
 */
#ifndef S2S_TRAIN_LOSS_H
#define S2S_TRAIN_LOSS_H

#include "base/real.h"
#include "config/schema.h"

typedef struct s2s_loss_call {
    int64_t rows, width;
    const real *y;                  /* rows x width: the output; for categorical_crossentropy: the LOGITS (softmax is fused) */
    const int32_t *target;          /* rows, -1: not counted; or NULL */
    const real *target_x;           /* rows x width; or NULL */
    real scale;                     /* 1 / (real targets of the whole batch) */
    real *p;                        /* categorical_crossentropy: rows x width, softmax of y (written); else NULL. May be y */
    real *dy;                       /* rows x width, overwritten with scale * d(sum)/dy; NULL when evaluating */
} s2s_loss_call;

typedef struct s2s_loss_ops {
    s2s_entry entry;
    bool fused_softmax;             /* wants softmax as last activation, reads its input */
    bool wants_symbols;             /* targets are symbols; else reals */
    double (*evaluate)(const void *options, const s2s_loss_call *call);    /* the sum over counted rows (mean over width where Keras has it) */
} s2s_loss_ops;

extern const s2s_registry s2s_losses;

#endif
