/*
 * tiles_amx.inc.h -- sums of products of tiles. Included by kernel_amx.inc.h.
 *
 * Left tiles lie (tile of rows, link of k, term), right tiles (column of tiles, link of k, term); a link is TILE_K elements of k. Each
 * element of C is one chain: link after link, and within a link x_1 y_0, x_0 y_0, x_0 y_1 (with one term x_0 y_0 alone). Whatever tiles
 * are computed together, it is this chain.
 */

/* C = start + sum over links. Tile (i, j) of C begins at c + i * 16 * c_stride + c_at[j]; likewise where it starts from. */
typedef struct tile_sum {
    const real *a, *b;
    int64_t a_step, b_step;          /* from one tile of rows, one column of tiles to the next */
    int64_t links;
    const real *start;
    int64_t start_stride;            /* 0: all rows start from the same */
    const int64_t *start_at;
    real *c;
    int64_t c_stride;
    const int64_t *c_at;
} tile_sum;

/* Tiles belong to a thread, and so does their shape: 16 lines of 64 bytes. */
static void tiles_begin(void)
{
    static const struct { uint8_t palette, first, zero[14]; uint16_t line_bytes[16]; uint8_t lines[16]; } shape = {
        1, 0, { 0 }, { 64, 64, 64, 64, 64, 64, 64, 64 }, { 16, 16, 16, 16, 16, 16, 16, 16 },
    };
    static __thread bool begun;

    if (!begun)
        _tile_loadconfig(&shape);
    begun = true;
}

/* Tiles 0 to 3 hold sums, 4 and 5 are left, 6 and 7 right ones: numbers must be written out. */
#define LOAD(tile, p)      _tile_loadd(tile, p, 64)
#define BEGIN(tile, i, j)  _tile_loadd(tile, s->start + (i) * TILE_SIDE * s->start_stride + s->start_at[j], s->start_stride * (int64_t)sizeof(real))
#define FINISH(tile, i, j) _tile_stored(tile, s->c + (i) * TILE_SIDE * s->c_stride + s->c_at[j], s->c_stride * (int64_t)sizeof(real))

/* What was stored before must be in memory when tiles are loaded: the compiler does not know that they read it. */
#define SETTLE __asm__ volatile("" : : : "memory")

/* X(tile, row, column) for 1 to 4 columns of one row of tiles; for 1 or 2 columns of two rows. */
#define ROW(columns, X)      do { X(0, 0, 0); if ((columns) > 1) X(1, 0, 1); if ((columns) > 2) X(2, 0, 2); if ((columns) > 3) X(3, 0, 3); } while (0)
#define SQUARE(columns, X)   do { X(0, 0, 0); X(2, 1, 0); if ((columns) > 1) { X(1, 0, 1); X(3, 1, 1); } } while (0)

/* One column of tiles times one tile of rows, whose terms are in 4 and 5. */
#define TIMES_COLUMN(sum, i, j)                      \
    do {                                             \
        LOAD(6, b + (j) * step);                     \
        if (TERMS == 2)                              \
            _tile_dpbf16ps(sum, 5, 6);               \
        _tile_dpbf16ps(sum, 4, 6);                   \
        if (TERMS == 2) {                            \
            LOAD(7, b + (j) * step + TILE);          \
            _tile_dpbf16ps(sum, 4, 7);               \
        }                                            \
    } while (0)

static inline __attribute__((always_inline)) void sum_one(const tile_sum *s, const int columns)
{
    const real *a = s->a, *b = s->b;
    const int64_t step = s->b_step;

    SETTLE;
    ROW(columns, BEGIN);
    for (int64_t k = s->links; k > 0; k--, a += TERMS * TILE, b += TERMS * TILE) {
        LOAD(4, a);
        if (TERMS == 2)
            LOAD(5, a + TILE);
        ROW(columns, TIMES_COLUMN);
    }
    ROW(columns, FINISH);
}

/* All four sums; tiles are loaded as late as they can be, while the unit works on those before. */
#define TIMES(columns, row0, row1, column0, column1)   \
    do {                                               \
        row0;                                          \
        column0;                                       \
        _tile_dpbf16ps(0, 4, 6);                       \
        row1;                                          \
        _tile_dpbf16ps(2, 5, 6);                       \
        if ((columns) > 1) {                           \
            column1;                                   \
            _tile_dpbf16ps(1, 4, 7);                   \
            _tile_dpbf16ps(3, 5, 7);                   \
        }                                              \
    } while (0)

static inline __attribute__((always_inline)) void sum_two(const tile_sum *s, const int columns)
{
    const real *a = s->a, *a1 = a + s->a_step, *b = s->b, *b1 = b + s->b_step;

    SETTLE;
    SQUARE(columns, BEGIN);
    for (int64_t k = s->links; k > 0; k--, a += TERMS * TILE, a1 += TERMS * TILE, b += TERMS * TILE, b1 += TERMS * TILE) {
        if (TERMS == 2)
            TIMES(columns, LOAD(4, a + TILE), LOAD(5, a1 + TILE), LOAD(6, b), LOAD(7, b1));
        if (TERMS == 2)
            TIMES(columns, LOAD(4, a), LOAD(5, a1), , );
        else
            TIMES(columns, LOAD(4, a), LOAD(5, a1), LOAD(6, b), LOAD(7, b1));
        if (TERMS == 2)
            TIMES(columns, , , LOAD(6, b + TILE), LOAD(7, b1 + TILE));
    }
    SQUARE(columns, FINISH);
}

/* One tile of rows by 1 to 4 columns. */
static void sum_row(const tile_sum *s, int columns)
{
    switch (columns) {
    case 1:  sum_one(s, 1); break;
    case 2:  sum_one(s, 2); break;
    case 3:  sum_one(s, 3); break;
    default: sum_one(s, 4);
    }
}

/* Two tiles of rows by 1 to 4 columns. */
static void sum_rows(const tile_sum *s, int columns)
{
    tile_sum t = *s;

    for (; columns > 0; columns -= 2, t.b += 2 * t.b_step, t.start_at += 2, t.c_at += 2)
        if (columns > 1)
            sum_two(&t, 2);
        else
            sum_two(&t, 1);
}

#undef LOAD
#undef BEGIN
#undef FINISH
#undef SETTLE
#undef ROW
#undef SQUARE
#undef TIMES_COLUMN
#undef TIMES

/* Products a second, in GFLOP/s of float32 work: TERMS of two make three products of one. */
static double fma_peak(double seconds)
{
    enum { ROUNDS = 2000, SUMS = 4 };
    const double work = 2.0 * TILE_SIDE * TILE_SIDE * TILE_K * SUMS / (TERMS == 2 ? 3 : 1);
    double start = s2s_clock_seconds(), now = start, rounds = 0;

    tiles_begin();
    for (; now < start + seconds || rounds == 0; now = s2s_clock_seconds(), rounds += ROUNDS)
        for (int r = 0; r < ROUNDS; r++) {
            _tile_dpbf16ps(0, 4, 6);
            _tile_dpbf16ps(1, 4, 7);
            _tile_dpbf16ps(2, 5, 6);
            _tile_dpbf16ps(3, 5, 7);
        }
    return work * rounds / (now - start) * 1e-9;
}
