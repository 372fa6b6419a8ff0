/*
 * bfloat16.inc.h -- float32 as the sum of TERMS bfloat16, in the forms that the tile unit multiplies. Included by kernel_amx.inc.h.
 *
 *     x = x_0 + x_1 + rest,     x_0 = x rounded to bfloat16,  x_1 = (x - x_0) rounded to bfloat16,     |rest| <= 2^-17 |x|
 *
 * The unit adds to a 16 x 16 tile of float32 the product of two tiles of 16 lines of 64 bytes: 16 rows of 32 bfloat16, and 32 rows of
 * 16 columns, two rows to a line:
 *
 *     left, line i:   a[i][0] a[i][1] ... a[i][31]         right, line p:   b[2p][0] b[2p+1][0]  b[2p][1] b[2p+1][1] ...
 *
 * One line is one vector; a tile is TILE reals of memory.
 */

enum { LINE_BYTES = 64, TILE_SIDE = 16, TILE_K = 32, TILE = TILE_SIDE * 16 };

/* Exact: a bfloat16 is the upper half of a float. */
static inline vec widened(__m256i x) { return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(x), 16)); }

/* The terms of 32 numbers: those of x in the lower halves, those of y in the upper ones. To nearest, ties to even. */
static inline void split(vec x, vec y, __m512i terms[TERMS])
{
    UNROLL for (int t = 0; t < TERMS; t++) {
        terms[t] = (__m512i)_mm512_cvtne2ps_pbh(y, x);
        if (t + 1 < TERMS) {
            x = vec_sub(x, widened(_mm512_castsi512_si256(terms[t])));
            y = vec_sub(y, widened(_mm512_extracti64x4_epi64(terms[t], 1)));
        }
    }
}

/* The same with the numbers of x and y in turn: two rows become a line of a right tile. */
static inline void weave(vec x, vec y, __m512i terms[TERMS])
{
    const __m512i turns = _mm512_set_epi16(31, 15, 30, 14, 29, 13, 28, 12, 27, 11, 26, 10, 25, 9, 24, 8, 23, 7, 22, 6, 21, 5, 20, 4, 19, 3,
                                           18, 2, 17, 1, 16, 0);

    split(x, y, terms);
    UNROLL for (int t = 0; t < TERMS; t++)
        terms[t] = _mm512_permutexvar_epi16(turns, terms[t]);
}

static inline void store_line(real *to, __m512i line) { _mm512_storeu_si512(to, line); }

/* 16 lines of pairs, from `from` on and `stride` vectors apart, as a tile with lines and columns changed places: pairs stay together. */
static void store_transposed(const __m512i *from, int64_t stride, real *to)
{
    __m512i x[TILE_SIDE], y[TILE_SIDE];

    UNROLL for (int i = 0; i < TILE_SIDE; i += 2) {
        x[i] = _mm512_unpacklo_epi32(from[i * stride], from[(i + 1) * stride]);
        x[i + 1] = _mm512_unpackhi_epi32(from[i * stride], from[(i + 1) * stride]);
    }
    UNROLL for (int i = 0; i < TILE_SIDE; i += 4)
        UNROLL for (int j = 0; j < 2; j++) {
            y[i + 2 * j] = _mm512_unpacklo_epi64(x[i + j], x[i + 2 + j]);
            y[i + 2 * j + 1] = _mm512_unpackhi_epi64(x[i + j], x[i + 2 + j]);
        }
    /* y[4 q + c] holds columns c, c+4, c+8, c+12 of lines 4 q .. 4 q + 3, 128 bits each. */
    UNROLL for (int c = 0; c < 4; c++) {
        __m512i low = _mm512_shuffle_i32x4(y[c], y[4 + c], 0x88), high = _mm512_shuffle_i32x4(y[c], y[4 + c], 0xDD);
        __m512i low2 = _mm512_shuffle_i32x4(y[8 + c], y[12 + c], 0x88), high2 = _mm512_shuffle_i32x4(y[8 + c], y[12 + c], 0xDD);

        store_line(to + c * 16, _mm512_shuffle_i32x4(low, low2, 0x88));
        store_line(to + (4 + c) * 16, _mm512_shuffle_i32x4(high, high2, 0x88));
        store_line(to + (8 + c) * 16, _mm512_shuffle_i32x4(low, low2, 0xDD));
        store_line(to + (12 + c) * 16, _mm512_shuffle_i32x4(high, high2, 0xDD));
    }
}
