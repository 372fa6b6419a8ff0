/*
 * functions.inc.h -- exp, tanh and sigmoid of vectors, and the pointwise members of the table. Included by kernel.inc.h.
 *
 * One polynomial serves all three. With n = round(x / ln 2) and r = x - n ln 2, |r| <= ln 2 / 2:
 *
 *     e^r - 1 = r + r^2 (C2 + C3 r + C4 r^2 + C5 r^3 + C6 r^4),     error below 2^-27 of the value
 *
 * n comes from adding 1.5 * 2^23: the sum's lowest bits are the nearest integer, and with the bias 127 added as well they are
 * the exponent field of 2^n (vec_exponent shifts them there). ln 2 is subtracted in two parts, so r is exact to the last bit.
 *
 * Errors   in units in the last place, worst over all floats whose result is normal, proved by trying them all (tests/unit/math):
 *          exp 1, tanh 2, sigmoid 2.5. NaN gives NaN; infinities give their limits.
 * Source   Cody and Waite's reduction; coefficients by minimax fit, each rounded to float before the next was fitted.
 */

#ifndef S2S_DOUBLE

#define LOG2E    0x1.715476p+0f
#define LN2_HIGH 0x1.62e43p-1f
#define LN2_LOW  -0x1.05c61p-29f
#define MAGIC    0x1.8p23f

#define C2 0x1.fffffep-2f
#define C3 0x1.5554b4p-3f
#define C4 0x1.5556f2p-5f
#define C5 0x1.12254ap-7f
#define C6 0x1.6b9c68p-10f

/* Horner's rule for C2 + C3 r + ..., coefficient k times scale * base^k: powers of two and signs change no rounding. */
static inline vec expm1_tail(vec r, float scale, float base)
{
    vec p = vec_set(C6 * scale * base * base * base * base);

    p = vec_fma(p, r, vec_set(C5 * scale * base * base * base));
    p = vec_fma(p, r, vec_set(C4 * scale * base * base));
    p = vec_fma(p, r, vec_set(C3 * scale * base));
    return vec_fma(p, r, vec_set(C2 * scale));
}

/* Two halves of n, so that results below the normal floats and just below overflow are rounded once. */
static inline vec vec_exp(vec x)
{
    vec n, half, r, p;

    x = vec_min(vec_set(89), vec_max(vec_set(-105), x));
    n = vec_sub(vec_fma(x, vec_set(LOG2E), vec_set(MAGIC)), vec_set(MAGIC));
    r = vec_fma(n, vec_set(-LN2_LOW), vec_fma(n, vec_set(-LN2_HIGH), x));
    p = vec_fma(vec_fma(expm1_tail(r, 1, 1), r, vec_set(1)), r, vec_set(1));

    half = vec_fma(n, vec_set(0.5f), vec_set(MAGIC + 127));
    p = vec_mul(p, vec_exponent(half));
    n = vec_sub(n, vec_sub(half, vec_set(MAGIC + 127)));
    return vec_mul(p, vec_exponent(vec_add(n, vec_set(MAGIC + 127))));
}

/*
 * 1 / (1 + e^-x). The reduction is of x itself, with r of the other sign and the polynomial's odd coefficients to match. The
 * power of two is 2^(n-1) and the polynomial is doubled, so that e^89 is the infinity that it should be.
 */
static inline vec vec_sigmoid(vec x)
{
    vec scale, n, r, p;

    x = vec_min(vec_set(80), vec_max(vec_set(-89), x));
    scale = vec_fma(x, vec_set(-LOG2E), vec_set(MAGIC + 126));
    n = vec_sub(scale, vec_set(MAGIC + 126));
    r = vec_fma(n, vec_set(LN2_LOW), vec_fma(n, vec_set(LN2_HIGH), x));
    p = vec_fma(vec_fma(expm1_tail(r, 2, -1), r, vec_set(-2)), r, vec_set(2));
    return vec_div(vec_set(1), vec_fma(p, vec_exponent(scale), vec_set(1)));
}

/*
 * tanh |x| = (1 - e^-2|x|) / (1 + e^-2|x|), both halved. The reduction is of |x| by ln 2 / 2; r is half of the r above, of the
 * other sign, and p = (1 - e^-2r) / 2. Beyond 10 the quotient has long been 1.
 */
static inline vec vec_tanh(vec x)
{
    vec a = vec_min(vec_set(10), vec_abs(x)), half = vec_set(0.5f);
    vec scale = vec_fma(a, vec_set(-2 * LOG2E), vec_set(MAGIC + 127));
    vec n = vec_sub(scale, vec_set(MAGIC + 127));
    vec r = vec_fma(n, vec_set(LN2_LOW / 2), vec_fma(n, vec_set(LN2_HIGH / 2), a));
    vec p = vec_fnma(expm1_tail(r, 2, -2), vec_mul(r, r), r);
    vec above, below;

    scale = vec_exponent(scale);
    above = vec_fma(scale, p, vec_fnma(scale, half, half));
    below = vec_fnma(scale, p, vec_fma(scale, half, half));
    return vec_copysign(vec_div(above, below), x);
}

#undef LOG2E
#undef LN2_HIGH
#undef LN2_LOW
#undef MAGIC
#undef C2
#undef C3
#undef C4
#undef C5
#undef C6

#endif

#define POINTWISE(name, function)                                           \
static void name(int64_t n, const real *x, real *y)                         \
{                                                                           \
    for (; n >= VEC_LANES; n -= VEC_LANES, x += VEC_LANES, y += VEC_LANES)  \
        vec_store(y, function(vec_load(x)));                                \
    vec_store_part(y, function(vec_load_part(x, n)), n);                    \
}

POINTWISE(exponential, vec_exp)
POINTWISE(hyperbolic_tangent, vec_tanh)
POINTWISE(logistic, vec_sigmoid)

#undef POINTWISE

/* The largest of n > 0 elements. NaNs may be overlooked: they come out of the sum that follows. */
static real largest_of(int64_t n, const real *x)
{
    real lane[VEC_LANES], largest = x[0];
    vec max = vec_set(largest);
    int64_t i = 0;

    for (; i + VEC_LANES <= n; i += VEC_LANES)
        max = vec_max(vec_load(x + i), max);
    for (; i < n; i++)
        largest = x[i] > largest ? x[i] : largest;
    if (n < VEC_LANES)
        return largest;
    vec_store(lane, max);
    for (int l = 0; l < VEC_LANES; l++)
        largest = lane[l] > largest ? lane[l] : largest;
    return largest;
}

static void shifted_exponential(int64_t n, const real *x, real *y)
{
    vec shift = vec_set(largest_of(n, x));

    for (; n >= VEC_LANES; n -= VEC_LANES, x += VEC_LANES, y += VEC_LANES)
        vec_store(y, vec_exp(vec_sub(vec_load(x), shift)));
    vec_store_part(y, vec_exp(vec_sub(vec_load_part(x, n), shift)), n);
}

/* A row of one vector. In between it is stored whole: what reads a part of a vector that was just stored waits for it to reach the cache. */
static void softmax_vector(int64_t n, const real *x, real *y)
{
    real lane[VEC_LANES], sum = 0;
    vec e = vec_exp(vec_sub(vec_load_part(x, n), vec_set(largest_of(n, x))));

    vec_store(lane, e);
    for (int64_t i = 0; i < n; i++)
        sum += lane[i];
    vec_store_part(y, vec_div(e, vec_set(sum)), n);
}

enum { SOFTMAX_ROWS = 8 };            /* rows at a time: the sums are chains, and several chains run side by side */

static void softmax_rows(int64_t m, int64_t n, const real *x, int64_t x_stride, real *y, int64_t y_stride)
{
    if (n <= VEC_LANES) {
        for (int64_t r = 0; r < m; r++)
            softmax_vector(n, x + r * x_stride, y + r * y_stride);
        return;
    }
    for (int64_t first = 0; first < m; first += SOFTMAX_ROWS) {
        int64_t rows = m - first < SOFTMAX_ROWS ? m - first : SOFTMAX_ROWS;
        real sum[SOFTMAX_ROWS] = { 0 };

        for (int64_t r = 0; r < rows; r++)
            shifted_exponential(n, x + (first + r) * x_stride, y + (first + r) * y_stride);
        for (int64_t i = 0; i < n; i++)
            for (int64_t r = 0; r < rows; r++)
                sum[r] += y[(first + r) * y_stride + i];
        for (int64_t r = 0; r < rows; r++) {
            real *row = y + (first + r) * y_stride;

            for (int64_t i = 0; i < n; i++)
                row[i] /= sum[r];
        }
    }
}
