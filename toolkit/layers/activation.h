/*
 * activation.h -- nonlinearities that a config can name. To add one: a row in activation.c's table.
 *
 * Pointwise ones see blocks as `rows` x `n` contiguous elements; softmax works on each row.
 * Float: exp, tanh and sigmoid come from the kernels, the rest from libm in double, rounded.
 */
#ifndef S2S_LAYERS_ACTIVATION_H
#define S2S_LAYERS_ACTIVATION_H

#include "config/schema.h"
#include "math/kernels.h"

typedef struct s2s_activation_ops {
    s2s_entry entry;
    int kernel;                     /* the s2s_pointwise that it is, or -1: fused epilogues are not available */
    bool by_row;                    /* softmax */
    bool kinked;                    /* relu and its kin: finite differences across the kink mean nothing */
    void (*forward)(const void *options, int64_t rows, int64_t n, const real *x, real *y);     /* y may be x unless backward needs x */
    /* dx = dy * f'(x); x, y as in forward. dx may be dy. */
    void (*backward)(const void *options, int64_t rows, int64_t n, const real *x, const real *y, const real *dy, real *dx);
} s2s_activation_ops;

extern const s2s_registry s2s_activations;

static inline const s2s_activation_ops *s2s_activation_of(const s2s_object *object)
{
    return (const s2s_activation_ops *)object->entry;
}

#endif
