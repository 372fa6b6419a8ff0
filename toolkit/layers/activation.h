/*
 * activation.h -- nonlinearities that a config can name. To add one: a value, a slope and a row in activation.c.
 *
 * Pointwise ones see blocks as `rows` x `n` contiguous elements; softmax works on each row.
 * Float: exponential, tanh, sigmoid and softmax come from the kernels, the rest from libm in double, rounded once.
 */
#ifndef S2S_LAYERS_ACTIVATION_H
#define S2S_LAYERS_ACTIVATION_H

#include "config/schema.h"
#include "math/kernels.h"

typedef struct s2s_activation_ops {
    s2s_entry entry;
    int pointwise;                  /* the s2s_pointwise that it is with default options, or -1; ask s2s_activation_kernel */
    bool by_row;                    /* softmax and log_softmax */
    bool needs_x;                   /* backward reads x; else only y, and x may be NULL there */
    void (*forward)(const void *options, int64_t rows, int64_t n, const real *x, real *y);     /* y may be x unless needs_x */
    /* dx = dy * f'(x); x, y as in forward. dx may be dy. */
    void (*backward)(const void *options, int64_t rows, int64_t n, const real *x, const real *y, const real *dy, real *dx);
} s2s_activation_ops;

extern const s2s_registry s2s_activations;

/* The s2s_pointwise for the kernels' fused epilogues, or -1 where there is none (relu with a max_value, gelu, ...). */
int s2s_activation_kernel(const s2s_object *activation);

/* Options of the Activation layer. */
typedef struct s2s_activation_options { s2s_object *activation; } s2s_activation_options;

static inline const s2s_activation_ops *s2s_activation_of(const s2s_object *object)
{
    return (const s2s_activation_ops *)object->entry;
}

#endif
