/*
 * gradient_amx.inc.h -- gradients of weights by tiles of bfloat16 terms. Included by kernel_amx.inc.h.
 *
 * dW += A^T Z: here k runs over the rows, so two rows of Z are woven into a line of a right tile, and two rows of A likewise, then turned
 * over: a line of a left tile holds one column. Rows are converted a slice at a time, and each slice's sums are added to dW. Rows that fill
 * up the last link are zeros.
 */

enum {
    SLICE_ROWS = 512,                /* a multiple of TILE_K: so long that reading and writing dW between slices does not count */
    CHUNK_COLUMNS = 512,             /* columns of A that are converted at a time: half a megabyte of stack, or one */
    ROW_LINKS = SLICE_ROWS / TILE_K
};

/* Some rows of the segments. */
typedef struct slice {
    int64_t rows, links;
    const real *a[SLICE_ROWS], *z[SLICE_ROWS];      /* NULL: zeros */
} slice;

/* The next rows; `done` rows of **segment are used already. */
static void next_slice(slice *s, int64_t rows, const s2s_segment **segment, int64_t *done, const real *a, int64_t a_stride,
                       const s2s_operand *z)
{
    s->rows = rows;
    s->links = (rows + TILE_K - 1) / TILE_K;
    for (int64_t r = 0; r < s->links * TILE_K; r++) {
        for (; r < rows && *done == (*segment)->count; ++*segment)
            *done = 0;
        s->a[r] = r < rows ? a + ((*segment)->a_row + *done) * a_stride : NULL;
        s->z[r] = r < rows ? z->base + ((*segment)->z_row + *done) * z->row_stride : NULL;
        *done += r < rows;
    }
}

/* Two rows from column `at` on, woven. */
static inline void weave_rows(const real *const *row, int64_t at, int64_t lanes, __m512i line[TERMS])
{
    if (lanes == VEC_LANES && row[1] != NULL)
        weave(vec_load(row[0] + at), vec_load(row[1] + at), line);
    else
        weave(row[0] ? load_lanes(row[0] + at, lanes) : vec_set(0), row[1] ? load_lanes(row[1] + at, lanes) : vec_set(0), line);
}

/* 16 columns of A, from `first` on, as left tiles. */
static void convert_columns(const slice *s, int64_t first, int64_t lanes, real *to)
{
    for (int64_t link = 0; link < s->links; link++, to += TERMS * TILE) {
        __m512i line[TILE_SIDE][TERMS];

        for (int64_t i = 0; i < TILE_SIDE; i++)
            weave_rows(s->a + link * TILE_K + 2 * i, first, lanes, line[i]);
        for (int t = 0; t < TERMS; t++)
            store_transposed(&line[0][t], TERMS, to + t * TILE);
    }
}

/* Valid lanes of a block's vectors. */
static void block_lanes(const block *b, const s2s_operand *z, int64_t lanes[BLOCK_VECTORS])
{
    for (int64_t v = 0; v < b->vectors; v++)
        lanes[v] = group_lanes(b->first + v / z->gates, z->units);
}

/* A block of columns of Z as right tiles. */
static void convert_z(const slice *s, const block *b, const s2s_operand *z, const int64_t *z_at, real *to)
{
    int64_t first = group_offset(b->first, z->panel_stride), step = s->links * TERMS * TILE, lanes[BLOCK_VECTORS];

    block_lanes(b, z, lanes);
    for (int64_t link = 0; link < s->links; link++, to += TERMS * TILE)
        for (int64_t i = 0; i < TILE_SIDE; i++)
            for (int64_t v = 0; v < b->vectors; v++) {
                __m512i line[TERMS];

                weave_rows(s->z + link * TILE_K + 2 * i, first + z_at[v], lanes[v], line);
                for (int t = 0; t < TERMS; t++)
                    store_line(to + v * step + t * TILE + i * VEC_LANES, line[t]);
            }
}

/* --- the product ------------------------------------------------------------------------------------------------------------- */

/* Where tiles of dW go: columns of A by the vectors of a block. */
typedef struct gradient { real *dw; int64_t stride; const int64_t *at; const s2s_operand *z; } gradient;

/* dW's rows are read and written one after the other: left to the tiles, rows a power of two apart would drive each other from the cache. */
static void add_sums(const gradient *g, const block *b, int64_t columns, const real *sums)
{
    int64_t lanes[BLOCK_VECTORS];

    block_lanes(b, g->z, lanes);
    for (int64_t j = 0; j < columns; j++)
        for (int64_t v = 0; v < b->vectors; v++, sums += VEC_LANES) {
            real *dw = g->dw + j * g->stride + g->at[v];

            store_lanes(dw, vec_add(load_lanes(dw, lanes[v]), vec_load(sums)), lanes[v]);
        }
}

/*
 * Some columns of A by one block of Z. Two vectors of Z stay in the first-level cache while all of A passes over them. The sums of a slice are
 * made of themselves, then added: what tiles have stored cannot be read at once.
 */
static void gradient_block(gradient g, const block *b, tile_sum s, int64_t columns)
{
    enum { MOST = 2 * TILE_SIDE };
    _Alignas(LINE_BYTES) real sums[CHUNK_COLUMNS * BLOCK_VECTORS * VEC_LANES];
    static const real zeros[VEC_LANES];
    static const int64_t same[BLOCK_VECTORS];

    s.start = zeros;
    s.start_at = same;
    s.c_stride = b->vectors * VEC_LANES;
    s.c_at = side_by_side;
    for (int v = 0; v < b->vectors; v += 2, s.b += 2 * s.b_step, s.c_at += 2) {
        tile_sum t = s;

        t.c = sums;
        for (int64_t i = 0, now; i < columns; i += now, t.a += 2 * t.a_step, t.c += now * t.c_stride) {
            now = min_of(columns - i, MOST);
            (now > TILE_SIDE ? sum_rows : sum_row)(&t, b->vectors - v < 2 ? 1 : 2);
        }
    }
    add_sums(&g, b, columns, sums);
}

static void gradient_chunk(const slice *s, const s2s_operand *z, int64_t first, int64_t columns, real *dw, int64_t dw_stride)
{
    _Alignas(LINE_BYTES) real a_tiles[CHUNK_COLUMNS / TILE_SIDE * ROW_LINKS * TERMS * TILE];
    _Alignas(LINE_BYTES) real z_tiles[BLOCK_VECTORS * ROW_LINKS * TERMS * TILE];
    int64_t z_at[BLOCK_VECTORS], dw_at[BLOCK_VECTORS], step = s->links * TERMS * TILE;
    tile_sum sum = { .a = a_tiles, .a_step = step, .b = z_tiles, .b_step = step, .links = s->links };
    gradient g = { .dw = dw, .stride = dw_stride, .at = dw_at, .z = z };

    block_offsets(z->gates, z->units, S2S_LANES, z->panel_stride, z_at);
    block_offsets(z->gates, z->units, z->units, S2S_LANES, dw_at);
    for (int64_t i = 0; i < columns; i += TILE_SIDE)
        convert_columns(s, first + i, min_of(TILE_SIDE, columns - i), a_tiles + i / TILE_SIDE * step);
    for (int64_t group = 0; group < groups_of(z->units); group += groups_a_block[z->gates]) {
        block b = block_at(z->gates, z->units, group);

        convert_z(s, &b, z, z_at, z_tiles);
        g.dw = dw + group * VEC_LANES;
        gradient_block(g, &b, sum, columns);
    }
}

static void product_gradient(const s2s_segment *segments, int64_t segment_count, const real *a, int64_t a_stride, const s2s_operand *z,
                             int64_t k_first, int64_t k_last, real *dw, int64_t dw_stride)
{
    int64_t rows = 0, done = 0;
    slice s;

    assert(z->gates >= 1 && z->gates <= BLOCK_VECTORS && k_first >= 0);
    tiles_begin();
    for (int64_t i = 0; i < segment_count; i++)
        rows += segments[i].count;
    for (int64_t now; rows > 0; rows -= now) {
        now = min_of(rows, SLICE_ROWS);
        next_slice(&s, now, &segments, &done, a, a_stride, z);
        for (int64_t k = k_first, columns; k < k_last; k += columns) {
            columns = min_of(CHUNK_COLUMNS, k_last - k);
            gradient_chunk(&s, z, k, columns, dw + k * dw_stride, dw_stride);
        }
    }
}
