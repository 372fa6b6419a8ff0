/*
 * precision.h -- how exactly matrix products are computed. Sums are float32 at every precision, and so is all that is no product.
 *
 *     highest   float32
 *     high      each factor is the sum of two bfloat16, three of whose four products are made: error about 1.6e-5 of the result's rms
 *     medium    each factor is rounded to bfloat16: error about 4e-3
 *
 * The words are PyTorch's. On a CPU without units for bfloat16 tiles (AMX) all are computed as `highest`: where it was measured (Sapphire
 * Rapids), AVX-512's instruction for bfloat16 makes half as many products a second as its fused multiply-add.
 */
#ifndef S2S_MATH_PRECISION_H
#define S2S_MATH_PRECISION_H

typedef enum s2s_precision { S2S_HIGHEST, S2S_HIGH, S2S_MEDIUM, S2S_PRECISIONS } s2s_precision;

typedef struct s2s_kernels s2s_kernels;          /* kernels.h */

/*
 * The table that computes a precision: the one in use (s2s_kernel) at `highest`, wherever nothing is faster, and when a table was chosen by
 * name, which stands for another machine. Tables may be used side by side.
 *
 * Threads  any, after s2s_kernels_choose.
 */
const s2s_kernels *s2s_kernels_for(s2s_precision precision);

#endif
