/*
 * product.inc.h -- packing, and C = start + A W by register tiles. Included by kernel.inc.h.
 *
 * Columns. The outputs of a product are vectors: G gates times VEC_LANES units make one *group* of G vectors. As many whole groups
 * as fit in 4 vectors make a *block*; a register tile is some rows by one block.
 *
 *     G = 1, 70 units, 16 lanes:   | v v v v | v |           G = 3:   | z r h | z r h | ...           G = 4:  | i f c o | ...
 *
 * A packed weight is its blocks one after the other, each (k, vectors, VEC_LANES): the tile reads it from front to back, and a
 * last block that is narrower costs less. Lanes beyond the last unit hold zeros.
 *
 * Slices. When rows outnumber one tile, k is cut so that a slice of a block stays in the first-level cache while all rows pass
 * over it; the chains wait in C between slices.
 */

enum {
    BLOCK_VECTORS = 4,
    SLICE_K = 128,                   /* elements of k: 32 KB of a block with 16 lanes */
    CHUNK_ROWS = 96                  /* rows that pass over all slices of a block before the next rows do */
};

/* One block: its groups of VEC_LANES units, and its weights. */
typedef struct block {
    int64_t first, groups;
    int vectors;
    const real *w;
} block;

/* Groups that share a block, for 1 to 4 gates. */
static const int64_t groups_a_block[BLOCK_VECTORS + 1] = { 0, 4, 2, 1, 1 };

static inline int64_t min_of(int64_t a, int64_t b) { return a < b ? a : b; }
static inline int64_t groups_of(int64_t units) { return (int64_t)((uint64_t)(units + VEC_LANES - 1) / VEC_LANES); }

/* Valid lanes of a group; all but the last have VEC_LANES. */
static inline int64_t group_lanes(int64_t group, int64_t units) { return min_of(VEC_LANES, units - group * VEC_LANES); }

/* The block that begins with group `first`. */
static inline block block_at(int64_t gates, int64_t units, int64_t first)
{
    int64_t groups = min_of(groups_a_block[gates], groups_of(units) - first);

    return (block){ .first = first, .groups = groups, .vectors = (int)(groups * gates) };
}

static inline block packed_block(const real *packed, int64_t k, int64_t gates, int64_t units, int64_t first)
{
    block b = block_at(gates, units, first);

    b.w = packed + first * gates * k * VEC_LANES;
    return b;
}

/* Where a group begins in a row of an array (panel, row, gate, 16). */
static inline int64_t group_offset(int64_t group, int64_t panel_stride)
{
    uint64_t unit = (uint64_t)group * VEC_LANES;

    return (int64_t)(unit / S2S_LANES) * panel_stride + (int64_t)(unit % S2S_LANES);
}

/* Where the vectors of a block lie, seen from its first group: gates are `gate_stride` apart. The same for all blocks of a weight. */
static inline void block_offsets(int64_t gates, int64_t gate_stride, int64_t panel_stride, int64_t *at)
{
    for (int64_t group = 0; group < groups_a_block[gates]; group++)
        for (int64_t gate = 0; gate < gates; gate++)
            *at++ = group_offset(group, panel_stride) + gate * gate_stride;
}

/* `lanes` elements at p, of a vector that may reach beyond the last unit. */
static vec load_lanes(const real *p, int64_t lanes) { return lanes == VEC_LANES ? vec_load(p) : vec_load_part(p, lanes); }

static void store_lanes(real *p, vec x, int64_t lanes)
{
    if (lanes == VEC_LANES)
        vec_store(p, x);
    else
        vec_store_part(p, x, lanes);
}

/* --- packing ---------------------------------------------------------------------------------------------------------- */

static int64_t pack_size(int64_t k, int64_t gates, int64_t units)
{
    int64_t forward = k * gates * s2s_panels(units) * S2S_LANES;
    int64_t backward = s2s_panels(k) * S2S_LANES * gates * units;

    return forward > backward ? forward : backward;
}

static void pack_forward(s2s_matrix w, real *packed)
{
    assert(w.gates >= 1 && w.gates <= BLOCK_VECTORS && w.k >= 0 && w.units >= 1);

    for (int64_t first = 0; first < groups_of(w.units); first += groups_a_block[w.gates]) {
        block b = block_at(w.gates, w.units, first);

        for (int64_t i = 0; i < w.k; i++)
            for (int64_t group = first; group < first + b.groups; group++)
                for (int64_t gate = 0; gate < w.gates; gate++, packed += VEC_LANES)
                    vec_store(packed, load_lanes(w.w + i * w.stride + gate * w.units + group * VEC_LANES,
                                                 group_lanes(group, w.units)));
    }
}

/*
 * A square of w's rows, first copied as it lies, then written column by column: read in place, rows that are a power of two apart would
 * fight for the same cache lines. `rows` rows (the others are zeros) of `columns` columns, VEC_LANES rows to a vector.
 */
static void pack_square(const real *w, int64_t stride, int64_t rows, int64_t columns, real *to, int64_t to_stride)
{
    real square[VEC_LANES][S2S_LANES];

    for (int64_t r = 0; r < VEC_LANES; r++)
        for (int64_t x = 0; x < columns; x += VEC_LANES)
            vec_store(&square[r][x], r < rows ? load_lanes(w + r * stride + x, min_of(VEC_LANES, columns - x)) : vec_set(0));
    for (int64_t x = 0; x < columns; x++, to += to_stride)
        for (int64_t r = 0; r < VEC_LANES; r++)
            to[r] = square[r][x];
}

/* The outputs are the rows of w; k runs over its columns in the order (panel, gate, unit). */
static void pack_backward(s2s_matrix w, real *packed)
{
    assert(w.gates >= 1 && w.gates <= BLOCK_VECTORS && w.k >= 1 && w.units >= 1);

    for (int64_t first = 0; first < groups_of(w.k); first += groups_a_block[1]) {
        block b = block_at(1, w.k, first);
        int64_t width = b.groups * VEC_LANES;

        for (int64_t panel = 0; panel < w.units; panel += S2S_LANES)
            for (int64_t gate = 0, columns = min_of(S2S_LANES, w.units - panel); gate < w.gates; gate++, packed += columns * width)
                for (int64_t group = 0; group < b.groups; group++) {
                    int64_t row = (first + group) * VEC_LANES;

                    pack_square(w.w + row * w.stride + gate * w.units + panel, w.stride, min_of(VEC_LANES, w.k - row), columns,
                                packed + group * VEC_LANES, width);
                }
    }
}

/* --- the register tile ------------------------------------------------------------------------------------------------ */

/* One tile's work. Passed by pointer and changed in place: copies of a struct that was just written stall. */
typedef struct tile {
    const real *a;                   /* row r of A at a + r * a_stride; k comes in `runs` pieces of `run` elements, a_step apart */
    int64_t a_stride, runs, run, a_step;
    const real *w;
    const real *start;               /* row r starts from start + start_row(r) * start_stride + start_at[v] */
    const int32_t *index;            /* start_row(r) = index[r], or r when NULL */
    int64_t start_stride;
    const int64_t *start_at;
    real *c;
    int64_t c_stride;
    const int64_t *c_at;
} tile;

enum { TILE_ROWS = 12 };             /* the most that any vector_*.h asks for */

/* Loops over tiles have constant bounds; only when they are unrolled early do the accumulators stay in registers. */
#define UNROLL _Pragma("GCC unroll 16")

static inline __attribute__((always_inline)) void tile_any(const tile *t, const int rows, const int vectors)
{
    const int64_t a_stride = t->a_stride;
    const real *w = t->w;
    vec acc[TILE_ROWS][BLOCK_VECTORS];

    UNROLL for (int r = 0; r < rows; r++) {
        const real *start = t->start + (t->index ? t->index[r] : r) * t->start_stride;

        UNROLL for (int v = 0; v < vectors; v++)
            acc[r][v] = vec_load(start + t->start_at[v]);
    }
    for (int64_t piece = 0; piece < t->runs; piece++) {
        const real *a = t->a + piece * t->a_step;

        for (const real *end = a + t->run; a < end; a++, w += vectors * VEC_LANES) {
            vec wv[BLOCK_VECTORS];

            UNROLL for (int v = 0; v < vectors; v++)
                wv[v] = vec_load(w + v * VEC_LANES);
            UNROLL for (int r = 0; r < rows; r++) {
                vec x = vec_set(a[r * a_stride]);

                UNROLL for (int v = 0; v < vectors; v++)
                    acc[r][v] = vec_fma(x, wv[v], acc[r][v]);
            }
        }
    }
    UNROLL for (int r = 0; r < rows; r++)
        UNROLL for (int v = 0; v < vectors; v++)
            vec_store(t->c + r * t->c_stride + t->c_at[v], acc[r][v]);
}

typedef void tile_function(const tile *t);

#define TILE(rows, vectors) \
static VEC_HOT void tile_##rows##x##vectors(const tile *t) { tile_any(t, rows, vectors); }
VEC_TILES(TILE)
#undef TILE

static tile_function *const tiles[TILE_ROWS][BLOCK_VECTORS] = {
#define TILE(rows, vectors) [rows - 1][vectors - 1] = tile_##rows##x##vectors,
VEC_TILES(TILE)
#undef TILE
};

/* m rows in tiles of nearly equal height; `t` describes the first row, before and after. */
static void tile_rows(int64_t m, int vectors, tile *t)
{
    const uint32_t most = VEC_ROWS(vectors);
    const real *a = t->a, *start = t->start;
    const int32_t *index = t->index;
    real *c = t->c;

    for (uint32_t left = (uint32_t)m, parts = (left + most - 1) / most; parts > 0; parts--) {
        uint32_t rows = parts == 1 ? left : (left + parts - 1) / parts;

        tiles[rows - 1][vectors - 1](t);
        left -= rows;
        t->a += rows * t->a_stride;
        t->c += rows * t->c_stride;
        if (index != NULL)
            t->index += rows;
        else
            t->start += rows * t->start_stride;
    }
    t->a = a;
    t->c = c;
    t->start = start;
    t->index = index;
}

/* --- one block, all rows ------------------------------------------------------------------------------------------------ */

/* Go on from where the chains wait in C. */
static void continue_from_c(tile *t)
{
    t->start = t->c;
    t->index = NULL;
    t->start_stride = t->c_stride;
    t->start_at = t->c_at;
}

/*
 * `pieces` pieces of k, `length` elements each and `step` apart in A, in slices of about SLICE_K elements. Afterwards `t` stands
 * behind them and goes on from C.
 */
static void tile_slices(int64_t m, int vectors, tile *t, int64_t pieces, int64_t length, int64_t step)
{
    int64_t slices = m > VEC_ROWS(vectors) ? (pieces * length + SLICE_K / 2) / SLICE_K : 1;

    if (pieces == 0 || length == 0)
        return;
    for (slices = pieces < slices ? pieces : slices < 1 ? 1 : slices; slices > 0; slices--) {
        int64_t now = slices == 1 ? pieces : (pieces + slices - 1) / slices;

        t->runs = step == length ? 1 : now;
        t->run = step == length ? now * length : length;
        t->a_step = step;
        tile_rows(m, vectors, t);
        t->a += now * step;
        t->w += now * length * vectors * VEC_LANES;
        pieces -= now;
        continue_from_c(t);
    }
}

/* All of k for rows that fit the cache. */
static void block_chunk(int64_t m, const block *b, const s2s_operand *a, tile *t)
{
    t->w = b->w;
    if (a->units == 0) {
        t->runs = 0;
        tile_rows(m, b->vectors, t);
    } else if (a->gates == 1 && a->panel_stride == S2S_LANES) {
        tile_slices(m, b->vectors, t, a->units, 1, 1);
    } else {
        tile_slices(m, b->vectors, t, a->units / S2S_LANES, a->gates * S2S_LANES, a->panel_stride);
        tile_slices(m, b->vectors, t, a->gates, a->units % S2S_LANES, S2S_LANES);
    }
}

/* C = start + A W for one block; `t` says what start and C are, and is used up. An A of no columns: C = start. */
static void block_product(int64_t m, const block *b, const s2s_operand *a, tile *t)
{
    t->a = a->base;
    t->a_stride = a->row_stride;
    for (int64_t rows = CHUNK_ROWS; m > CHUNK_ROWS; m -= rows) {
        tile next = *t;

        block_chunk(rows, b, a, t);
        next.a += rows * next.a_stride;
        next.c += rows * next.c_stride;
        next.index += next.index ? rows : 0;
        next.start += next.index ? 0 : rows * next.start_stride;
        *t = next;
    }
    block_chunk(m, b, a, t);
}

/* --- whole products ------------------------------------------------------------------------------------------------------ */

/* Bias of one block's columns as vectors, zero beyond the last unit; bias NULL: zeros. */
static void block_bias(const real *bias, const block *b, int64_t gates, int64_t units, real *vectors)
{
    for (int64_t group = b->first; group < b->first + b->groups; group++)
        for (int64_t gate = 0; gate < gates; gate++, vectors += VEC_LANES)
            vec_store(vectors, bias ? load_lanes(bias + gate * units + group * VEC_LANES, group_lanes(group, units)) : vec_set(0));
}

static const int64_t side_by_side[BLOCK_VECTORS] = { 0, VEC_LANES, 2 * VEC_LANES, 3 * VEC_LANES };

/* Groups of the last panel that hold no unit at all: finite, and the same whatever VEC_LANES is. */
static void clear_padding(int64_t m, int64_t gates, int64_t units, real *z, int64_t z_rows)
{
    for (int64_t group = groups_of(units); group < s2s_panels(units) * S2S_LANES / VEC_LANES; group++)
        for (int64_t r = 0; r < m; r++)
            for (int64_t g = 0; g < gates; g++)
                vec_store(z + group_offset(group, z_rows * gates * S2S_LANES) + (r * gates + g) * S2S_LANES, vec_set(0));
}

static void to_panels(int64_t m, int64_t k, const s2s_operand *a, const real *packed, const real *bias, bool add,
                      int64_t gates, int64_t units, real *z, int64_t z_rows)
{
    int64_t panel_stride = z_rows * gates * S2S_LANES, at[BLOCK_VECTORS];
    real start[BLOCK_VECTORS * VEC_LANES];

    assert(gates >= 1 && gates <= BLOCK_VECTORS && z_rows >= m);
    block_offsets(gates, S2S_LANES, panel_stride, at);
    for (int64_t first = 0; first < groups_of(units); first += groups_a_block[gates]) {
        block b = packed_block(packed, k, gates, units, first);
        tile t = { .c = z + group_offset(first, panel_stride), .c_stride = gates * S2S_LANES, .c_at = at,
                   .start = start, .start_at = side_by_side };

        if (add)
            continue_from_c(&t);
        else
            block_bias(bias, &b, gates, units, start);
        block_product(m, &b, a, &t);
    }
    if (!add)
        clear_padding(m, gates, units, z, z_rows);
}

static void product_to_panels(int64_t m, int64_t k, const real *a, int64_t a_stride, const real *packed, const real *bias,
                              int64_t gates, int64_t units, real *z, int64_t z_rows)
{
    s2s_operand rows = s2s_operand_rows(a, a_stride, k);

    to_panels(m, k, &rows, packed, bias, false, gates, units, z, z_rows);
}

static void product_add_panels(int64_t m, int64_t k, const real *a, int64_t a_stride, const real *packed,
                               int64_t gates, int64_t units, real *z, int64_t z_rows)
{
    s2s_operand rows = s2s_operand_rows(a, a_stride, k);

    to_panels(m, k, &rows, packed, NULL, true, gates, units, z, z_rows);
}

/* Between row-major columns and whole vectors: `width` lanes a row in `vectors`, of which n are in c. */
static void rows_to_vectors(int64_t m, int64_t n, const real *c, int64_t c_stride, int64_t width, real *vectors)
{
    for (int64_t r = 0; r < m; r++)
        for (int64_t x = 0; x < n; x += VEC_LANES)
            vec_store(vectors + r * width + x, load_lanes(c + r * c_stride + x, min_of(VEC_LANES, n - x)));
}

static void vectors_to_rows(int64_t m, int64_t n, const real *vectors, int64_t width, real *c, int64_t c_stride)
{
    for (int64_t r = 0; r < m; r++)
        for (int64_t x = 0; x < n; x += VEC_LANES)
            store_lanes(c + r * c_stride + x, vec_load(vectors + r * width + x), min_of(VEC_LANES, n - x));
}

/* A block whose last vector reaches beyond the last column goes by way of a small copy. n: columns from the block on. */
static void narrow_block(int64_t m, const block *b, s2s_operand a, const real *start, bool add, int64_t n, real *c, int64_t c_stride)
{
    enum { ROWS = 32 };
    real copy[ROWS * BLOCK_VECTORS * VEC_LANES];
    int64_t width = b->vectors * VEC_LANES;

    for (int64_t rows; m > 0; m -= rows) {
        tile t = { .c = copy, .c_stride = width, .c_at = side_by_side, .start = start, .start_at = side_by_side };

        rows = min_of(m, ROWS);
        if (add) {
            rows_to_vectors(rows, n, c, c_stride, width, copy);
            continue_from_c(&t);
        }
        block_product(rows, b, &a, &t);
        vectors_to_rows(rows, n, copy, width, c, c_stride);
        a.base += rows * a.row_stride;
        c += rows * c_stride;
    }
}

static void to_rows(int64_t m, const s2s_operand *a, const real *packed, const real *bias, bool add, int64_t n, real *c,
                    int64_t c_stride)
{
    for (int64_t first = 0; first < groups_of(n); first += groups_a_block[1], c += BLOCK_VECTORS * VEC_LANES) {
        block b = packed_block(packed, a->gates * a->units, 1, n, first);
        real start[BLOCK_VECTORS * VEC_LANES];

        if (!add)
            block_bias(bias, &b, 1, n, start);
        if ((first + b.groups) * VEC_LANES <= n) {
            tile t = { .c = c, .c_stride = c_stride, .c_at = side_by_side, .start = start, .start_at = side_by_side };

            if (add)
                continue_from_c(&t);
            block_product(m, &b, a, &t);
        } else {
            narrow_block(m, &b, *a, start, add, n - first * VEC_LANES, c, c_stride);
        }
    }
}

static void product_to_rows(int64_t m, int64_t k, const real *a, int64_t a_stride, const real *packed, const real *bias, bool add,
                            int64_t n, real *c, int64_t c_stride)
{
    s2s_operand rows = s2s_operand_rows(a, a_stride, k);

    to_rows(m, &rows, packed, bias, add, n, c, c_stride);
}

static void product_transposed(int64_t m, s2s_operand a, const real *packed, bool add, int64_t n, real *c, int64_t c_stride)
{
    to_rows(m, &a, packed, NULL, add, n, c, c_stride);
}
