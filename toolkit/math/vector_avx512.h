/* vector_avx512.h -- the operations of vector_plain.h on 16 floats at a time: AVX-512 F, BW, DQ, VL. */
#ifndef S2S_MATH_VECTOR_AVX512_H
#define S2S_MATH_VECTOR_AVX512_H

#include <immintrin.h>

#include "base/real.h"
#include "math/tiles.h"

enum { VEC_LANES = 16 };
#define VEC_NAME avx512
#define VEC_HOT
#define VEC_ROWS(vectors) ((vectors) == 1 ? 12 : 24 / (vectors))
#define VEC_TILES(X) TILES_12(X, 1) TILES_12(X, 2) TILES_8(X, 3) TILES_6(X, 4)

typedef __m512 vec;

static inline __mmask16 vec_first(int64_t n) { return (__mmask16)((1u << n) - 1); }

static inline vec vec_load(const real *p) { return _mm512_loadu_ps(p); }
static inline void vec_store(real *p, vec x) { _mm512_storeu_ps(p, x); }
static inline vec vec_load_part(const real *p, int64_t n) { return _mm512_maskz_loadu_ps(vec_first(n), p); }
static inline void vec_store_part(real *p, vec x, int64_t n) { _mm512_mask_storeu_ps(p, vec_first(n), x); }

static inline vec vec_set(real x) { return _mm512_set1_ps(x); }
static inline vec vec_add(vec a, vec b) { return _mm512_add_ps(a, b); }
static inline vec vec_sub(vec a, vec b) { return _mm512_sub_ps(a, b); }
static inline vec vec_mul(vec a, vec b) { return _mm512_mul_ps(a, b); }
static inline vec vec_div(vec a, vec b) { return _mm512_div_ps(a, b); }
static inline vec vec_fma(vec a, vec b, vec c) { return _mm512_fmadd_ps(a, b, c); }
static inline vec vec_fnma(vec a, vec b, vec c) { return _mm512_fnmadd_ps(a, b, c); }

/* The instructions give the second operand when either is a NaN. */
static inline vec vec_max(vec a, vec b) { return _mm512_max_ps(a, b); }
static inline vec vec_min(vec a, vec b) { return _mm512_min_ps(a, b); }

static inline vec vec_where_positive(vec a, vec x)
{
    return _mm512_maskz_mov_ps(_mm512_cmp_ps_mask(a, _mm512_setzero_ps(), _CMP_GT_OQ), x);
}

static inline vec vec_abs(vec x) { return _mm512_abs_ps(x); }

static inline vec vec_copysign(vec a, vec b)
{
    return _mm512_or_ps(a, _mm512_and_ps(b, _mm512_set1_ps(-0.0f)));
}

static inline vec vec_exponent(vec x)
{
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_castps_si512(x), 23));
}

#endif
