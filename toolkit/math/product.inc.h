/*
 * product.inc.h -- packing, and C = start + A W by register tiles. Included by kernel.inc.h.
 *
 * A register tile is some rows by one block (blocks.inc.h). A packed weight is its blocks one after the other, each (k, vectors,
 * VEC_LANES): the tile reads it from front to back, and a last block that is narrower costs less.
 *
 * Slices. When rows outnumber one tile, k is cut so that a slice of a block stays in the first-level cache while all rows pass
 * over it; the chains wait in C between slices.
 */

enum {
    SLICE_K = 128,                   /* elements of k: 32 KB of a block with 16 lanes */
    CHUNK_ROWS = 96,                 /* rows that pass over all slices of a block before the next rows do */
    PART_ELEMENTS = 1 << 17,         /* of A, that pass over all blocks before the next rows do: 512 KB */
    NEAR_ELEMENTS = 1 << 18,         /* of a weight that is still in the second-level cache when it is read again: 1 MB */
    BLOCKS_A_TURN = 1,               /* of a cell, before their outputs are made: these find the sums in the first-level cache */
    ASKS_AHEAD = false,              /* outputs, for the next step's lines: the products are long enough to wait for them */
    AHEAD_TILE = 16,                 /* vectors of a tile whose multiply-adds leave time to ask for later ones */
    LINE = 64 / sizeof(real)
};

/* What a product reads on its left (outputs.inc.h): here, an operand as it is, from `base` on. Copies of an operand just written would stall. */
typedef struct lhs { const real *base; const s2s_operand *of; } lhs;
enum { LHS_ROOM = 1 };

static lhs lhs_of(int64_t m, const s2s_operand *a, real *room) { (void)m, (void)room; return (lhs){ a->base, a }; }
static int64_t lhs_padding(int64_t k) { (void)k; return 0; }
static void lhs_skip(lhs *a, int64_t rows) { a->base += rows * a->of->row_stride; }

/* Rows row .. row + rows - 1 of a product, by all columns of A or some; `continues`: not its first columns. */
typedef struct part { int64_t row, rows; bool continues; lhs a; } part;

/* As many rows as stay in the second-level cache, with the results of a block, while all blocks of the weight pass over them. */
static bool next_part(part *p, int64_t m, const s2s_operand *a, real *room)
{
    const int64_t columns = a->gates * a->units, most = columns > 0 && m > CHUNK_ROWS ? PART_ELEMENTS / columns : m;

    (void)room;
    p->row += p->rows;
    p->rows = min_of(m - p->row, most < CHUNK_ROWS ? CHUNK_ROWS : most);
    p->a = (lhs){ a->base + p->row * a->row_stride, a };
    return p->rows > 0;
}

/* The block that begins with group `first`, of a weight that `a` will be multiplied with. */
static inline block packed_block(const real *packed, const lhs *a, bool far, int64_t gates, int64_t units, int64_t first)
{
    const int64_t k = a->of->gates * a->of->units, groups = groups_of_block(gates, units, first);

    return (block){ .first = first, .groups = groups, .vectors = (int)(groups * gates), .w = packed + first * gates * k * VEC_LANES,
                    .far = far || gates * units * k > NEAR_ELEMENTS };
}

/* --- packing ---------------------------------------------------------------------------------------------------------- */

static int64_t pack_size(int64_t k, int64_t gates, int64_t units)
{
    int64_t forward = k * gates * s2s_panels(units) * S2S_LANES;
    int64_t backward = s2s_panels(k) * S2S_LANES * gates * units;

    return forward > backward ? forward : backward;
}

static inline __attribute__((always_inline)) void pack_rows(const real *w, int64_t k, int64_t stride, const int64_t *at, const int64_t *lanes,
                                                            const int vectors, real *packed)
{
    for (; k > 0; k--, w += stride, packed += vectors * VEC_LANES)
        UNROLL for (int v = 0; v < vectors; v++)
            vec_store(packed + v * VEC_LANES, vec_load_part(w + at[v], lanes[v]));
}

static void pack_forward(const s2s_matrix *w, real *packed)
{
    int64_t at[BLOCK_VECTORS], lanes[BLOCK_VECTORS];

    assert(w->gates >= 1 && w->gates <= BLOCK_VECTORS && w->k >= 0 && w->units >= 1);
    block_offsets(w->gates, w->units, w->units, S2S_LANES, at);
    for (int64_t first = 0; first < groups_of(w->units); first += groups_a_block[w->gates]) {
        const int64_t groups = groups_of_block(w->gates, w->units, first);
        const int vectors = (int)(groups * w->gates);
        const real *from = w->w + first * VEC_LANES;

        for (int v = 0; v < vectors; v++)
            lanes[v] = v + w->gates < vectors ? VEC_LANES : group_lanes(first + groups - 1, w->units);
        switch (vectors) {
        case 1:  pack_rows(from, w->k, w->stride, at, lanes, 1, packed); break;
        case 2:  pack_rows(from, w->k, w->stride, at, lanes, 2, packed); break;
        case 3:  pack_rows(from, w->k, w->stride, at, lanes, 3, packed); break;
        default: pack_rows(from, w->k, w->stride, at, lanes, 4, packed);
        }
        packed += w->k * vectors * VEC_LANES;
    }
}

/* rows: a constant; the other lanes are zeros. */
static inline __attribute__((always_inline)) void write_columns(const real *w, int64_t stride, const int rows, int64_t columns, real *to,
                                                                int64_t to_stride)
{
#pragma GCC unroll 4
    for (int64_t x = 0; x < columns; x++, w++, to += to_stride) {
        if (rows < VEC_LANES)
            vec_store(to, vec_set(0));
        UNROLL for (int r = 0; r < rows; r++)
            to[r] = w[r * stride];
    }
}

typedef void write_function(const real *w, int64_t stride, int64_t columns, real *to, int64_t to_stride);

#define WRITE(rows, unused) \
static void write_##rows(const real *w, int64_t stride, int64_t columns, real *to, int64_t to_stride) \
{ write_columns(w, stride, rows, columns, to, to_stride); }
TILES_15(WRITE, 0)
#undef WRITE

static write_function *const writes[] = {
#define WRITE(rows, unused) write_##rows,
TILES_15(WRITE, 0)
#undef WRITE
};

/*
 * A square of w's rows, first copied as it lies, then written column by column: read in place, rows that are a power of two apart would
 * fight for the same cache lines. Rows that do not fill a vector are few: they are. `rows` rows of `columns` columns.
 */
static void pack_square(const real *w, int64_t stride, int64_t rows, int64_t columns, real *to, int64_t to_stride)
{
    real square[VEC_LANES][S2S_LANES];

    if (rows < VEC_LANES) {
        writes[rows - 1](w, stride, columns, to, to_stride);
        return;
    }
    for (int64_t r = 0; r < rows; r++)
        for (int64_t x = 0; x < columns; x += VEC_LANES)
            vec_store(&square[r][x], load_lanes(w + r * stride + x, min_of(VEC_LANES, columns - x)));
    write_columns(square[0], S2S_LANES, VEC_LANES, columns, to, to_stride);
}

/* The outputs are the rows of w; k runs over its columns in the order (panel, gate, unit). Of small weights that is the order in which they lie. */
static void pack_backward(const s2s_matrix *w, real *packed)
{
    assert(w->gates >= 1 && w->gates <= BLOCK_VECTORS && w->k >= 1 && w->units >= 1);

    if (w->k < VEC_LANES && w->units <= S2S_LANES) {
        writes[w->k - 1](w->w, w->stride, w->gates * w->units, packed, VEC_LANES);
        return;
    }
    for (int64_t first = 0; first < groups_of(w->k); first += groups_a_block[1]) {
        block b = block_at(1, w->k, first);
        int64_t width = b.groups * VEC_LANES;

        for (int64_t panel = 0; panel < w->units; panel += S2S_LANES)
            for (int64_t gate = 0, columns = min_of(S2S_LANES, w->units - panel); gate < w->gates; gate++, packed += columns * width)
                for (int64_t group = 0; group < b.groups; group++) {
                    int64_t row = (first + group) * VEC_LANES;

                    pack_square(w->w + row * w->stride + gate * w->units + panel, w->stride, min_of(VEC_LANES, w->k - row), columns,
                                packed + group * VEC_LANES, width);
                }
    }
}

/* --- the register tile ------------------------------------------------------------------------------------------------ */

enum { TILE_ROWS = 12 };             /* the most that any vector_*.h asks for */

static inline __attribute__((always_inline)) void tile_any(const tile *t, const int rows, const int vectors)
{
    const int64_t a_stride = t->a_stride, ahead_step = t->ahead_step;
    const real *w = t->w, *ahead = t->ahead;
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

            if (rows * vectors >= AHEAD_TILE) {
                __builtin_prefetch(ahead, 0, 2);
                ahead += ahead_step;
            }
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

/* What the next tile of the slice asks for: the slice behind its own, as long as there is any left of it, or what is there already. */
static void look_ahead(tile *t, const real *from, const real *end)
{
    t->ahead = from < end ? from : t->w;
    t->ahead_step = from < end ? LINE : 0;
}

/* m rows in tiles of nearly equal height; `t` describes the first row, before and after. */
static void tile_rows(int64_t m, int vectors, bool far, tile *t)
{
    const int64_t k = t->runs * t->run;
    const real *next = t->w + k * vectors * VEC_LANES, *end = far ? next + k * vectors * VEC_LANES : next;
    const uint32_t most = VEC_ROWS(vectors);
    const real *a = t->a, *start = t->start;
    const int32_t *index = t->index;
    real *c = t->c;

    for (uint32_t left = (uint32_t)m, parts = (left + most - 1) / most; parts > 0; parts--) {
        uint32_t rows = parts == 1 ? left : (left + parts - 1) / parts;

        look_ahead(t, next, end);
        tiles[rows - 1][vectors - 1](t);
        next += k * LINE;
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

/*
 * `pieces` pieces of k, `length` elements each and `step` apart in A, in slices of about SLICE_K elements. Afterwards `t` stands
 * behind them and goes on from C.
 */
static void tile_slices(int64_t m, const block *b, tile *t, int64_t pieces, int64_t length, int64_t step)
{
    const int vectors = b->vectors;
    int64_t slices = m > VEC_ROWS(vectors) ? (pieces * length + SLICE_K / 2) / SLICE_K : 1;

    if (pieces == 0 || length == 0)
        return;
    for (slices = pieces < slices ? pieces : slices < 1 ? 1 : slices; slices > 0; slices--) {
        int64_t now = slices == 1 ? pieces : (pieces + slices - 1) / slices;

        t->runs = step == length ? 1 : now;
        t->run = step == length ? now * length : length;
        t->a_step = step;
        tile_rows(m, vectors, b->far, t);
        t->a += now * step;
        t->w += now * length * vectors * VEC_LANES;
        pieces -= now;
        continue_from_c(t);
    }
}

/* All of k for rows that fit the cache. */
static void block_chunk(int64_t m, const block *b, const lhs *a, tile *t)
{
    const s2s_operand *of = a->of;

    t->w = b->w;
    if (of->units == 0) {
        t->runs = 0;
        tile_rows(m, b->vectors, false, t);
    } else if (of->gates == 1 && of->panel_stride == S2S_LANES) {
        tile_slices(m, b, t, of->units, 1, 1);
    } else {
        tile_slices(m, b, t, of->units / S2S_LANES, of->gates * S2S_LANES, of->panel_stride);
        tile_slices(m, b, t, of->gates, of->units % S2S_LANES, S2S_LANES);
    }
}

/* Small models: rows that fit one tile, by a k of one panel at most. */
static bool is_one_tile(int64_t m, const block *b, const lhs *a) { return m > 0 && m <= VEC_ROWS(b->vectors) && a->of->units <= S2S_LANES; }

static void one_tile(int64_t m, const block *b, const lhs *a, tile *t)
{
    t->w = b->w;
    t->runs = a->of->units > 0 ? a->of->gates : 0;
    t->run = a->of->units;
    t->a_step = S2S_LANES;
    look_ahead(t, NULL, NULL);
    tiles[m - 1][b->vectors - 1](t);
}

/* C = start + A W for one block; `t` says what start and C are, and is used up. An A of no columns: C = start. */
static void block_product(int64_t m, const block *b, const lhs *a, tile *t)
{
    t->a = a->base;
    t->a_stride = a->of->row_stride;
    if (is_one_tile(m, b, a)) {
        one_tile(m, b, a, t);
        return;
    }
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
