/*
 * few.inc.h -- products whose results are one vector a row: the narrow layers of small models and the last one of many. Included by kernel.inc.h.
 *
 * Rows lie one behind the other and a vector reaches beyond its own. All of a tile's rows are read before any is written, and they are
 * written from the first on: what one writes too much, the next one writes again. The last ones write just their own.
 */

typedef struct few {
    const real *a;                   /* row r of A at a + r * a_stride; k comes in `runs` pieces of `run` elements, 16 apart */
    int64_t a_stride, runs, run;
    const real *w;
    const real *start;               /* row r starts from start + r * start_stride; NULL: from zero */
    int64_t start_stride;
    real *c;
    int64_t c_stride, lanes;
} few;

/* Where the last row begins that may write a whole vector. */
static int64_t few_last_whole(const few *f, int64_t rows)
{
    if (f->lanes == VEC_LANES)
        return rows * f->c_stride;
    return f->c_stride == f->lanes ? rows * f->c_stride - VEC_LANES : -1;
}

static inline __attribute__((always_inline)) void few_any(const few *f, const int rows)
{
    const int64_t a_stride = f->a_stride, last = few_last_whole(f, rows);
    const real *w = f->w;
    vec acc[TILE_ROWS];

    UNROLL for (int r = 0; r < rows; r++)
        acc[r] = f->start ? vec_load_part(f->start + r * f->start_stride, f->lanes) : vec_set(0);
    for (int64_t piece = 0; piece < f->runs; piece++) {
        const real *a = f->a + piece * S2S_LANES;

        for (const real *end = a + f->run; a < end; a++, w += VEC_LANES) {
            const vec wv = vec_load(w);

            UNROLL for (int r = 0; r < rows; r++)
                acc[r] = vec_fma(vec_set(a[r * a_stride]), wv, acc[r]);
        }
    }
    UNROLL for (int r = 0; r < rows; r++)
        store_lanes(f->c + r * f->c_stride, acc[r], r * f->c_stride <= last ? VEC_LANES : f->lanes);
}

typedef void few_function(const few *f);

#define FEW(rows, unused) static void few_##rows(const few *f) { few_any(f, rows); }
TILES_12(FEW, 0)
#undef FEW

static few_function *const few_rows[TILE_ROWS] = {
#define FEW(rows, unused) [rows - 1] = few_##rows,
TILES_12(FEW, 0)
#undef FEW
};

/* C = [bias | C if add | 0] + A W for a W of one vector: done, or false: not one of these. */
static bool few_to_rows(int64_t m, const s2s_operand *a, const real *packed, const real *bias, bool add, int64_t n, real *c, int64_t c_stride)
{
    const bool is_straight = a->gates == 1 && a->panel_stride == S2S_LANES;
    few f;

    if (n > VEC_LANES || (a->units > S2S_LANES && !is_straight))
        return false;
    f.a_stride = a->row_stride;
    f.runs = a->gates;
    f.run = a->units;
    f.w = packed;
    f.lanes = n;
    f.c_stride = c_stride;
    f.start_stride = add ? c_stride : 0;
    for (int64_t r = 0, rows; r < m; r += rows) {
        rows = min_of(m - r, VEC_ROWS(1));
        f.a = a->base + r * f.a_stride;
        f.c = c + r * c_stride;
        f.start = add ? f.c : bias;
        few_rows[rows - 1](&f);
    }
    return true;
}
