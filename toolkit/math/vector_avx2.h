/* vector_avx2.h -- the operations of vector_plain.h on 8 floats at a time: AVX2 and FMA. */
#ifndef S2S_MATH_VECTOR_AVX2_H
#define S2S_MATH_VECTOR_AVX2_H

#include <immintrin.h>

#include "base/real.h"
#include "math/tiles.h"

enum { VEC_LANES = 8 };
#define VEC_NAME avx2
#define VEC_HOT
#define VEC_ROWS(vectors) (12 / (vectors))
#define VEC_TILES(X) TILES_12(X, 1) TILES_6(X, 2) TILES_4(X, 3) TILES_3(X, 4)

typedef __m256 vec;

static inline __m256i vec_first(int64_t n)
{
    static const int32_t ones_then_zeros[16] = { -1, -1, -1, -1, -1, -1, -1, -1 };

    return _mm256_loadu_si256((const __m256i *)(const void *)(ones_then_zeros + 8 - n));
}

static inline vec vec_load(const real *p) { return _mm256_loadu_ps(p); }
static inline void vec_store(real *p, vec x) { _mm256_storeu_ps(p, x); }
static inline vec vec_load_part(const real *p, int64_t n) { return _mm256_maskload_ps(p, vec_first(n)); }
static inline void vec_store_part(real *p, vec x, int64_t n) { _mm256_maskstore_ps(p, vec_first(n), x); }

static inline vec vec_set(real x) { return _mm256_set1_ps(x); }
static inline vec vec_add(vec a, vec b) { return _mm256_add_ps(a, b); }
static inline vec vec_sub(vec a, vec b) { return _mm256_sub_ps(a, b); }
static inline vec vec_mul(vec a, vec b) { return _mm256_mul_ps(a, b); }
static inline vec vec_div(vec a, vec b) { return _mm256_div_ps(a, b); }
static inline vec vec_fma(vec a, vec b, vec c) { return _mm256_fmadd_ps(a, b, c); }
static inline vec vec_fnma(vec a, vec b, vec c) { return _mm256_fnmadd_ps(a, b, c); }

/* The instructions give the second operand when either is a NaN. */
static inline vec vec_max(vec a, vec b) { return _mm256_max_ps(a, b); }
static inline vec vec_min(vec a, vec b) { return _mm256_min_ps(a, b); }

static inline vec vec_where_positive(vec a, vec x)
{
    return _mm256_and_ps(_mm256_cmp_ps(a, _mm256_setzero_ps(), _CMP_GT_OQ), x);
}

static inline vec vec_abs(vec x) { return _mm256_andnot_ps(_mm256_set1_ps(-0.0f), x); }

static inline vec vec_copysign(vec a, vec b)
{
    return _mm256_or_ps(a, _mm256_and_ps(b, _mm256_set1_ps(-0.0f)));
}

static inline vec vec_exponent(vec x)
{
    return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_castps_si256(x), 23));
}

#endif
