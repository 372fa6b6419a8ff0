/*
 * initializer.h -- first values of weights, under Keras' names, with Keras' arguments, fans and formulas.
 *
 * Values are a pure function of the stream and the element's index in Keras' layout; computed in double, rounded.
 */
#ifndef S2S_LAYERS_INITIALIZER_H
#define S2S_LAYERS_INITIALIZER_H

#include "base/random.h"
#include "base/real.h"
#include "config/schema.h"

typedef struct s2s_fill {
    const s2s_stream *stream;
    int rank;                       /* 1: a vector, which has one row; 2: a matrix. 0: a vector if there is one row */
    int64_t rows, columns;
    int64_t fan_in, fan_out;        /* 0: from the shape, as Keras: rows and columns; a vector's are its length */
    real *w;                        /* rows x columns */
} s2s_fill;

typedef struct s2s_initializer_ops {
    s2s_entry entry;
    s2s_status (*fill)(const void *options, const s2s_fill *fill, s2s_error *err);      /* S2S_MEMORY: orthogonal needs room */
} s2s_initializer_ops;

extern const s2s_registry s2s_initializers;

#endif
