/*
 * penalty.h -- regularisers (added to the loss) and constraints (applied after the update): attributes of a weight.
 */
#ifndef S2S_LAYERS_PENALTY_H
#define S2S_LAYERS_PENALTY_H

#include "base/real.h"
#include "config/schema.h"

typedef struct s2s_regularizer_ops {
    s2s_entry entry;
    double (*penalty)(const void *options, int64_t n, const real *w);                    /* summed in double, ascending */
    void (*gradient)(const void *options, int64_t n, const real *w, real *dw);           /* adds */
} s2s_regularizer_ops;

typedef struct s2s_constraint_ops {
    s2s_entry entry;
    /*
     * Norms run along Keras' `axis`: 0 (the default) over the rows, so one for each column. rank 1 is a vector: it has one row, and
     * its one axis, 0, is the whole of it. Sums in double, ascending.
     */
    void (*apply)(const void *options, int rank, int64_t rows, int64_t columns, real *w);
} s2s_constraint_ops;

extern const s2s_registry s2s_regularizers;      /* L1, L2, L1L2; also l1, l2, l1_l2 */
extern const s2s_registry s2s_constraints;       /* MaxNorm, MinMaxNorm, UnitNorm, NonNeg, Clip (values to a range) */

#endif
