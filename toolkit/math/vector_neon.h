/* vector_neon.h -- the operations of vector_plain.h on 4 floats at a time: Advanced SIMD of 64-bit ARM. */
#ifndef S2S_MATH_VECTOR_NEON_H
#define S2S_MATH_VECTOR_NEON_H

#include <arm_neon.h>
#include <string.h>

#include "base/real.h"
#include "math/tiles.h"

enum { VEC_LANES = 4 };
#define VEC_NAME neon
#define VEC_HOT
#define VEC_ROWS(vectors) ((vectors) == 1 ? 12 : 24 / (vectors))
#define VEC_TILES(X) TILES_12(X, 1) TILES_12(X, 2) TILES_8(X, 3) TILES_6(X, 4)

typedef float32x4_t vec;

static inline vec vec_load(const real *p) { return vld1q_f32(p); }
static inline void vec_store(real *p, vec x) { vst1q_f32(p, x); }

static inline vec vec_load_part(const real *p, int64_t n)
{
    real lane[VEC_LANES] = { 0 };

    memcpy(lane, p, (size_t)n * sizeof(real));
    return vec_load(lane);
}

static inline void vec_store_part(real *p, vec x, int64_t n)
{
    real lane[VEC_LANES];

    vec_store(lane, x);
    memcpy(p, lane, (size_t)n * sizeof(real));
}

static inline vec vec_set(real x) { return vdupq_n_f32(x); }
static inline vec vec_add(vec a, vec b) { return vaddq_f32(a, b); }
static inline vec vec_sub(vec a, vec b) { return vsubq_f32(a, b); }
static inline vec vec_mul(vec a, vec b) { return vmulq_f32(a, b); }
static inline vec vec_div(vec a, vec b) { return vdivq_f32(a, b); }
static inline vec vec_fma(vec a, vec b, vec c) { return vfmaq_f32(c, a, b); }
static inline vec vec_fnma(vec a, vec b, vec c) { return vfmsq_f32(c, a, b); }

/* Not the max and min instructions: they give a NaN when either operand is one. */
static inline vec vec_max(vec a, vec b) { return vbslq_f32(vcgtq_f32(a, b), a, b); }
static inline vec vec_min(vec a, vec b) { return vbslq_f32(vcltq_f32(a, b), a, b); }

static inline vec vec_where_positive(vec a, vec x)
{
    return vreinterpretq_f32_u32(vandq_u32(vcgtzq_f32(a), vreinterpretq_u32_f32(x)));
}

static inline vec vec_abs(vec x) { return vabsq_f32(x); }
static inline vec vec_copysign(vec a, vec b) { return vbslq_f32(vdupq_n_u32(0x80000000u), b, a); }

static inline vec vec_exponent(vec x)
{
    return vreinterpretq_f32_u32(vshlq_n_u32(vreinterpretq_u32_f32(x), 23));
}

#endif
