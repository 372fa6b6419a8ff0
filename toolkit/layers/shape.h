/*
 * shape.h -- what flows between layers: shapes before memory exists, values when it does.
 *
 * A sequence value carries its form, so that no layer pays for what it does not need:
 *
 *   S2S_MATRIX     (B,D)       no time axis
 *   S2S_DENSE      (T,B,D)     packed rows (see math/steps.h) of D reals
 *   S2S_TOKENS     (T,B)       packed integers, the index form of a one-hot vector of V symbols; the one-hot matrix never exists
 *   S2S_CONSTANT   (T,B,D)     the same (B,D) block at every step: what RepeatVector returns. Its dx is (B,D), summed over time
 *   S2S_GROUPS     (T,B,C)     one token sequence for each row (the characters of each word): rows are folded by TimeDistributed
 */
#ifndef S2S_LAYERS_SHAPE_H
#define S2S_LAYERS_SHAPE_H

#include "base/real.h"
#include "math/steps.h"

typedef enum s2s_form { S2S_MATRIX, S2S_DENSE, S2S_TOKENS, S2S_CONSTANT, S2S_GROUPS } s2s_form;

enum { S2S_STEPS_ANY = -1 };

typedef struct s2s_shape {
    s2s_form form;
    int64_t steps;             /* T when it is fixed; S2S_STEPS_ANY when it depends on the batch; 0 for a matrix */
    int64_t width;             /* D, or V for tokens and groups */
    bool own_steps;            /* the steps are the target's (behind RepeatVector), not the input's */
} s2s_shape;

/* "(B,128)", "(B,T,12)", "(B,T) of 12 symbols": Keras' order of axes, as users read them. At least 64 bytes of room. */
void s2s_shape_format(const s2s_shape *shape, char *buffer, size_t size);

static inline bool s2s_shape_is_sequence(const s2s_shape *shape) { return shape->form != S2S_MATRIX; }

typedef struct s2s_value {
    s2s_form form;
    int64_t width;
    int64_t rows;                  /* of x: N for sequences, B for matrices and constants */
    const s2s_steps *steps;        /* NULL for a matrix */
    real *x;                       /* rows x width, row-major; NULL for tokens and groups */
    real *dx;                      /* the same shape; NULL when nobody wants the gradient. Backward adds into it */
    const int32_t *token;          /* tokens */
    const real *scale;             /* tokens: NULL, or a factor for each row (dropout) */
    const s2s_groups *groups;
} s2s_value;

#endif
