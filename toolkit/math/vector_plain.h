/*
 * vector_plain.h -- the vector operations of the kernels in portable C: four lanes, one at a time.
 *
 * Every vector_*.h defines the same names; their comments are here. `vec` holds VEC_LANES reals, VEC_LANES divides 16.
 * VEC_NAME: the name of the table.
 * VEC_ROWS(v): the most rows of a register tile that is v vectors wide; VEC_TILES lists all the tiles. VEC_HOT: attributes of tiles.
 */
#ifndef S2S_MATH_VECTOR_PLAIN_H
#define S2S_MATH_VECTOR_PLAIN_H

#include <math.h>
#include <string.h>

#include "base/real.h"
#include "math/tiles.h"

enum { VEC_LANES = 4 };
#define VEC_NAME plain
#define VEC_HOT
#define VEC_ROWS(vectors) ((vectors) == 1 ? 4 : 2)
#define VEC_TILES(X) TILES_4(X, 1) TILES_2(X, 2) TILES_2(X, 3) TILES_2(X, 4)

typedef struct vec { real lane[VEC_LANES]; } vec;

#define VEC_EACH(expression)                        \
    vec y;                                          \
    for (int l = 0; l < VEC_LANES; l++)             \
        y.lane[l] = (expression);                   \
    return y

static inline vec vec_load(const real *p) { VEC_EACH(p[l]); }
static inline void vec_store(real *p, vec x) { memcpy(p, x.lane, sizeof x.lane); }

/* The first n lanes, 0 <= n <= VEC_LANES; the others read as zero and are not written. */
static inline vec vec_load_part(const real *p, int64_t n) { VEC_EACH(l < n ? p[l] : 0); }
static inline void vec_store_part(real *p, vec x, int64_t n) { memcpy(p, x.lane, (size_t)n * sizeof(real)); }

static inline vec vec_set(real x) { VEC_EACH(x); }
static inline vec vec_add(vec a, vec b) { VEC_EACH(a.lane[l] + b.lane[l]); }
static inline vec vec_sub(vec a, vec b) { VEC_EACH(a.lane[l] - b.lane[l]); }
static inline vec vec_mul(vec a, vec b) { VEC_EACH(a.lane[l] * b.lane[l]); }
static inline vec vec_div(vec a, vec b) { VEC_EACH(a.lane[l] / b.lane[l]); }

/* a b + c, rounded once (the double twin has no bits to agree with: there it is rounded twice, for speed). */
#ifdef S2S_DOUBLE
static inline vec vec_fma(vec a, vec b, vec c) { VEC_EACH(a.lane[l] * b.lane[l] + c.lane[l]); }
#else
static inline vec vec_fma(vec a, vec b, vec c) { VEC_EACH(fmaf(a.lane[l], b.lane[l], c.lane[l])); }
#endif

/* c - a b, rounded once. */
static inline vec vec_negative(vec x) { VEC_EACH(-x.lane[l]); }
static inline vec vec_fnma(vec a, vec b, vec c) { return vec_fma(vec_negative(a), b, c); }

/* b unless a is larger (smaller): a NaN in b passes through. */
static inline vec vec_max(vec a, vec b) { VEC_EACH(a.lane[l] > b.lane[l] ? a.lane[l] : b.lane[l]); }
static inline vec vec_min(vec a, vec b) { VEC_EACH(a.lane[l] < b.lane[l] ? a.lane[l] : b.lane[l]); }

/* x where a > 0, else 0. */
static inline vec vec_where_positive(vec a, vec x) { VEC_EACH(a.lane[l] > 0 ? x.lane[l] : 0); }

#ifdef S2S_DOUBLE
static inline vec vec_exp(vec x) { VEC_EACH(exp(x.lane[l])); }
static inline vec vec_tanh(vec x) { VEC_EACH(tanh(x.lane[l])); }
static inline vec vec_sigmoid(vec x) { VEC_EACH(1 / (1 + exp(-x.lane[l]))); }
#else

static inline vec vec_abs(vec x) { VEC_EACH(fabsf(x.lane[l])); }

/* The magnitude of a (which is not negative) with the sign of b. */
static inline vec vec_copysign(vec a, vec b) { VEC_EACH(copysignf(a.lane[l], b.lane[l])); }

/* The lowest 9 bits of x as sign and exponent of a float with mantissa 1: see functions.inc.h. */
static inline vec vec_exponent(vec x)
{
    vec y;

    for (int l = 0; l < VEC_LANES; l++) {
        uint32_t bits;
        memcpy(&bits, &x.lane[l], sizeof bits);
        bits <<= 23;
        memcpy(&y.lane[l], &bits, sizeof bits);
    }
    return y;
}
#endif

#undef VEC_EACH

#endif
