/*
 * gradient_amx.inc.h -- gradients of weights by tiles of bfloat16 terms. Included by kernel_amx.inc.h.
 *
 * dW += A^T Z: here k runs over the rows, so two rows of Z are woven into a line of a right tile, and two rows of A likewise, then turned
 * over: a line of a left tile holds one column. Rows are converted a slice at a time; each chain goes on in dW from slice to slice. Rows
 * that fill up the last link are zeros.
 */

enum {
    SLICE_ROWS = 256,                /* a multiple of TILE_K */
    CHUNK_COLUMNS = 256,             /* columns of A that are converted at a time */
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
    vec x = row[0] ? load_lanes(row[0] + at, lanes) : vec_set(0), y = row[1] ? load_lanes(row[1] + at, lanes) : vec_set(0);

    weave(x, y, line);
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

/* A vector of columns of Z as right tiles. */
static void convert_vector(const slice *s, int64_t at, int64_t lanes, real *to)
{
    for (int64_t link = 0; link < s->links; link++, to += TERMS * TILE)
        for (int64_t i = 0; i < TILE_SIDE; i++) {
            __m512i line[TERMS];

            weave_rows(s->z + link * TILE_K + 2 * i, at, lanes, line);
            for (int t = 0; t < TERMS; t++)
                store_line(to + t * TILE + i * VEC_LANES, line[t]);
        }
}

static void convert_z(const slice *s, const block *b, const s2s_operand *z, const int64_t *z_at, real *to)
{
    int64_t first = group_offset(b->first, z->panel_stride);

    for (int64_t v = 0; v < b->vectors; v++, to += s->links * TERMS * TILE)
        convert_vector(s, first + z_at[v], group_lanes(b->first + v / z->gates, z->units), to);
}

/* --- the product ------------------------------------------------------------------------------------------------------------- */

/* Between rows of dW, of which `lanes` belong to each vector, and whole vectors. */
static void move_edge(const tile_sum *s, int64_t columns, const block *b, const s2s_operand *z, bool back, real *copy)
{
    for (int64_t j = 0; j < columns; j++)
        for (int64_t v = 0; v < b->vectors; v++) {
            int64_t lanes = group_lanes(b->first + v / z->gates, z->units);
            real *inside = copy + (j * BLOCK_VECTORS + v) * VEC_LANES, *c = s->c + j * s->c_stride + s->c_at[v];

            if (back)
                store_lanes(c, vec_load(inside), lanes);
            else
                vec_store(inside, load_lanes(c, lanes));
        }
}

/* A tile of which some columns or lanes lie beyond dW. */
static void sum_edge(const tile_sum *s, int64_t columns, const block *b, const s2s_operand *z)
{
    _Alignas(LINE_BYTES) real copy[TILE_SIDE * BLOCK_VECTORS * VEC_LANES];
    tile_sum inside = *s;

    move_edge(s, columns, b, z, false, copy);
    inside.start = inside.c = copy;
    inside.start_stride = inside.c_stride = BLOCK_VECTORS * VEC_LANES;
    inside.start_at = inside.c_at = side_by_side;
    sum_row(&inside, b->vectors);
    move_edge(s, columns, b, z, true, copy);
}

/* Some columns of A by one block of Z. */
static void gradient_block(tile_sum s, int64_t columns, const block *b, const s2s_operand *z)
{
    bool narrow = (b->first + b->groups) * VEC_LANES > z->units;

    for (int64_t now; columns > 0; columns -= now) {
        now = columns >= 2 * TILE_SIDE && !narrow ? 2 * TILE_SIDE : min_of(columns, TILE_SIDE);
        if (now == 2 * TILE_SIDE)
            sum_rows(&s, b->vectors);
        else if (now == TILE_SIDE && !narrow)
            sum_row(&s, b->vectors);
        else
            sum_edge(&s, now, b, z);
        s.a += now / TILE_SIDE * s.a_step;
        s.c += now * s.c_stride;
        s.start = s.c;
    }
}

static void gradient_chunk(const slice *s, const s2s_operand *z, int64_t first, int64_t columns, real *dw, int64_t dw_stride)
{
    _Alignas(LINE_BYTES) real a_tiles[CHUNK_COLUMNS / TILE_SIDE * ROW_LINKS * TERMS * TILE];
    _Alignas(LINE_BYTES) real z_tiles[BLOCK_VECTORS * ROW_LINKS * TERMS * TILE];
    int64_t z_at[BLOCK_VECTORS], c_at[BLOCK_VECTORS], step = s->links * TERMS * TILE;

    block_offsets(z->gates, S2S_LANES, z->panel_stride, z_at);
    block_offsets(z->gates, z->units, S2S_LANES, c_at);
    for (int64_t i = 0; i < columns; i += TILE_SIDE)
        convert_columns(s, first + i, min_of(TILE_SIDE, columns - i), a_tiles + i / TILE_SIDE * step);
    for (int64_t group = 0; group < groups_of(z->units); group += groups_a_block[z->gates]) {
        block b = block_at(z->gates, z->units, group);
        tile_sum t = { .a = a_tiles, .a_step = step, .b = z_tiles, .b_step = step, .links = s->links, .c = dw + group * VEC_LANES,
                       .c_stride = dw_stride, .c_at = c_at };

        t.start = t.c;
        t.start_stride = t.c_stride;
        t.start_at = t.c_at;
        convert_z(s, &b, z, z_at, z_tiles);
        gradient_block(t, columns, &b, z);
    }
}

static void product_gradient(const s2s_segment *segments, int64_t segment_count, const real *a, int64_t a_stride, s2s_operand z,
                             int64_t k_first, int64_t k_last, real *dw, int64_t dw_stride)
{
    int64_t rows = 0, done = 0;
    slice s;

    assert(z.gates >= 1 && z.gates <= BLOCK_VECTORS && k_first >= 0);
    tiles_begin();
    for (int64_t i = 0; i < segment_count; i++)
        rows += segments[i].count;
    for (int64_t now; rows > 0; rows -= now) {
        now = min_of(rows, SLICE_ROWS);
        next_slice(&s, now, &segments, &done, a, a_stride, &z);
        for (int64_t k = k_first, columns; k < k_last; k += columns) {
            columns = min_of(CHUNK_COLUMNS, k_last - k);
            gradient_chunk(&s, &z, k, columns, dw + k * dw_stride, dw_stride);
        }
    }
}
