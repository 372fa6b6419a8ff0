/*
 * gradient.inc.h -- gradients of weights. Included by kernel.inc.h.
 *
 * dW += A^T Z: the outputs are columns of A by the vectors of a block of Z's (product.inc.h). A register tile of them stays in
 * registers over a slice of rows, which may lie in several segments; each chain goes on in dW from slice to slice. The columns of A
 * that a tile reads are copied together first: left where they lie, a row apart, they would fight for the same cache lines.
 *
 * dW is large, and with several threads its lines come from the core that added to them last: each tile asks for the next one's when it
 * begins, and they arrive while it works.
 */

enum {
    SLICE_ROWS = 384,                /* rows of a slice: a block of Z with 16 lanes is 96 KB, and dW is read and written once for them */
    CHUNK_COLUMNS = 128,             /* columns of A that are copied at a time: they pass over a block of Z while it is near */
    SMALL_ROWS = 32,                 /* of a small model's product, which is made with nothing copied */
    CHUNK_TILES = CHUNK_COLUMNS / 2  /* the most tiles in them: no VEC_ROWS is less than 2 */
};

/* Rows of Z that lie one behind the other. */
typedef struct piece { const real *z; int64_t count; } piece;

typedef struct gradient_tile {
    const piece *pieces;
    int64_t piece_count;
    const real *a;                   /* (rows, columns of the tile) */
    int64_t z_stride, z_first;
    const int64_t *z_at;             /* vector v of a row of Z, from z_first on */
    real *c;                         /* row j of the tile at c + j * c_stride, vector v at + c_at[v] */
    int64_t c_stride;
    const int64_t *c_at;
    const real *next;                /* where the next tile's c will be */
} gradient_tile;

static inline __attribute__((always_inline)) void gradient_any(const gradient_tile *t, const int columns, const int vectors)
{
    const real *a = t->a;
    vec acc[TILE_ROWS][BLOCK_VECTORS];

    UNROLL for (int j = 0; j < columns; j++)
        UNROLL for (int v = 0; v < vectors; v++)
            acc[j][v] = vec_load(t->c + j * t->c_stride + t->c_at[v]);
    UNROLL for (int j = 0; j < columns; j++)
        UNROLL for (int v = 0; v < vectors; v++)
            __builtin_prefetch(t->next + j * t->c_stride + t->c_at[v], 1);
    for (const piece *p = t->pieces, *last = p + t->piece_count; p < last; p++) {
        const real *z = p->z + t->z_first;

        for (int64_t r = p->count; r > 0; r--, a += columns, z += t->z_stride) {
            vec zv[BLOCK_VECTORS];

            UNROLL for (int v = 0; v < vectors; v++)
                zv[v] = vec_load(z + t->z_at[v]);
            UNROLL for (int j = 0; j < columns; j++) {
                vec x = vec_set(a[j]);

                UNROLL for (int v = 0; v < vectors; v++)
                    acc[j][v] = vec_fma(x, zv[v], acc[j][v]);
            }
        }
    }
    UNROLL for (int j = 0; j < columns; j++)
        UNROLL for (int v = 0; v < vectors; v++)
            vec_store(t->c + j * t->c_stride + t->c_at[v], acc[j][v]);
}

typedef void gradient_function(const gradient_tile *t);

#define TILE(columns, vectors) \
static VEC_HOT void gradient_##columns##x##vectors(const gradient_tile *t) { gradient_any(t, columns, vectors); }
VEC_TILES(TILE)
#undef TILE

static gradient_function *const gradients[TILE_ROWS][BLOCK_VECTORS] = {
#define TILE(columns, vectors) [columns - 1][vectors - 1] = gradient_##columns##x##vectors,
VEC_TILES(TILE)
#undef TILE
};

/* --- a slice of rows ------------------------------------------------------------------------------------------------------- */

/* The next rows of the segments; `done` rows of *segment are used already. Rows of A and of Z go together. */
typedef struct slice {
    const s2s_segment *segment;
    int64_t done, rows, count;
    const real *a[SLICE_ROWS];       /* `count` pieces */
    piece z[SLICE_ROWS];
} slice;

static void next_slice(slice *s, int64_t rows, const real *a, int64_t a_stride, const s2s_operand *z)
{
    s->rows = rows;
    for (s->count = 0; rows > 0; ) {
        int64_t now = min_of(rows, s->segment->count - s->done);

        if (now > 0) {
            s->a[s->count] = a + (s->segment->a_row + s->done) * a_stride;
            s->z[s->count++] = (piece){ .z = z->base + (s->segment->z_row + s->done) * z->row_stride, .count = now };
        }
        rows -= now;
        s->done += now;
        if (s->done == s->segment->count) {
            s->segment++;
            s->done = 0;
        }
    }
}

/* A block of a row-major Z that reaches beyond the end of the row: its rows as whole vectors, side by side. */
static piece copy_rows(const slice *s, const block *b, const s2s_operand *z, real *copy)
{
    int64_t first = b->first * VEC_LANES, width = b->vectors * VEC_LANES;
    piece all = { .z = copy, .count = s->rows };

    for (int64_t i = 0; i < s->count; i++) {
        rows_to_vectors(s->z[i].count, z->units - first, s->z[i].z + first, z->row_stride, width, copy);
        copy += s->z[i].count * width;
    }
    return all;
}

/* Some columns of A, in tiles of nearly equal width, each copied together: (tile, row, column). */
typedef struct chunk {
    int64_t tiles, width[CHUNK_TILES];
    const real *a[CHUNK_TILES];
    real copy[CHUNK_COLUMNS * SLICE_ROWS];
} chunk;

/* `count` tiles of one width, column `first` and on: row by row, so that each line of A is read once. */
typedef void copy_function(const slice *s, int64_t a_stride, int64_t first, int64_t count, real *to);

#define COPY(columns, unused)                                                                                           \
static void copy_##columns(const slice *s, int64_t a_stride, int64_t first, int64_t count, real *to)                    \
{                                                                                                                       \
    for (int64_t i = 0; i < s->count; i++) {                                                                            \
        const real *from = s->a[i] + first;                                                                             \
                                                                                                                        \
        for (int64_t r = s->z[i].count; r > 0; r--, from += a_stride, to += columns)                                    \
            for (int64_t t = 0; t < count; t++)                                                                         \
                memcpy(to + t * s->rows * columns, from + t * columns, columns * sizeof(real));                         \
    }                                                                                                                   \
}
TILES_12(COPY, 0)
#undef COPY

static copy_function *const copies[TILE_ROWS] = {
#define COPY(columns, unused) copy_##columns,
TILES_12(COPY, 0)
#undef COPY
};

static void copy_columns(chunk *k, const slice *s, int64_t a_stride, int64_t first, int64_t columns, int64_t widest)
{
    int64_t count = (columns + widest - 1) / widest, narrow = columns / count, wide = columns % count;
    real *to = k->copy;

    k->tiles = count;
    for (int64_t t = 0; t < count; t++) {
        k->width[t] = narrow + (t < wide);
        k->a[t] = to;
        to += s->rows * k->width[t];
    }
    if (wide > 0)
        copies[narrow](s, a_stride, first, wide, k->copy);
    copies[narrow - 1](s, a_stride, first + wide * (narrow + 1), count - wide, k->copy + wide * (narrow + 1) * s->rows);
}

/* --- the product ------------------------------------------------------------------------------------------------------------- */

/* Between Keras' rows, where a vector that reaches beyond the last unit would touch the next gate, and whole vectors. */
static void move_narrow(const gradient_tile *t, int64_t columns, const block *b, const s2s_operand *z, bool back, real *copy)
{
    for (int64_t j = 0; j < columns; j++)
        for (int64_t group = 0, v = 0; group < b->groups; group++) {
            int64_t lanes = group_lanes(b->first + group, z->units);

            for (int64_t gate = 0; gate < z->gates; gate++, v++, copy += VEC_LANES) {
                real *c = t->c + j * t->c_stride + t->c_at[v];

                if (back)
                    store_lanes(c, vec_load(copy), lanes);
                else
                    vec_store(copy, load_lanes(c, lanes));
            }
        }
}

static void narrow_gradient(const gradient_tile *t, int64_t columns, const block *b, const s2s_operand *z)
{
    real copy[TILE_ROWS * BLOCK_VECTORS * VEC_LANES];
    gradient_tile inner = *t;

    move_narrow(t, columns, b, z, false, copy);
    inner.c = copy;
    inner.c_stride = b->vectors * VEC_LANES;
    inner.c_at = side_by_side;
    gradients[columns - 1][b->vectors - 1](&inner);
    move_narrow(t, columns, b, z, true, copy);
}

/* All tiles of a chunk of A by one block of Z; t->c is where the chunk's first row of dW begins. */
static void gradient_block(gradient_tile *t, const chunk *k, const block *b, const s2s_operand *z)
{
    const real *next_block = t->c + b->groups * VEC_LANES;
    bool narrow = (b->first + b->groups) * VEC_LANES > z->units;

    for (int64_t i = 0; i < k->tiles; i++) {
        t->a = k->a[i];
        t->next = i + 1 < k->tiles ? t->c + k->width[i] * t->c_stride : next_block;
        if (narrow)
            narrow_gradient(t, k->width[i], b, z);
        else
            gradients[k->width[i] - 1][b->vectors - 1](t);
        t->c += k->width[i] * t->c_stride;
    }
}

static void gradient_slice(const slice *s, int64_t a_stride, const s2s_operand *z, int64_t k_first, int64_t k_last,
                           real *dw, int64_t dw_stride)
{
    int64_t z_at[BLOCK_VECTORS], c_at[BLOCK_VECTORS], widest = VEC_ROWS(block_at(z->gates, z->units, 0).vectors);
    real narrow[SLICE_ROWS * BLOCK_VECTORS * VEC_LANES];
    piece whole = { .z = NULL };
    chunk k;

    block_offsets(z->gates, z->units, S2S_LANES, z->panel_stride, z_at);
    block_offsets(z->gates, z->units, z->units, S2S_LANES, c_at);
    for (int64_t column = k_first, columns; column < k_last; column += columns) {
        columns = min_of(CHUNK_COLUMNS, k_last - column);
        copy_columns(&k, s, a_stride, column, columns, widest);
        for (int64_t first = 0; first < groups_of(z->units); first += groups_a_block[z->gates]) {
            block b = block_at(z->gates, z->units, first);
            gradient_tile t = { .pieces = s->z, .piece_count = s->count, .z_stride = z->row_stride,
                                .z_first = group_offset(first, z->panel_stride), .z_at = z_at,
                                .c = dw + column * dw_stride + first * VEC_LANES, .c_stride = dw_stride, .c_at = c_at };

            if (!z->padded && (first + b.groups) * VEC_LANES > z->units) {
                if (whole.z == NULL)
                    whole = copy_rows(s, &b, z, narrow);
                t.pieces = &whole;
                t.piece_count = 1;
                t.z_stride = b.vectors * VEC_LANES;
                t.z_first = 0;
                t.z_at = side_by_side;
            }
            gradient_block(&t, &k, &b, z);
        }
    }
}

/* Small models: few rows by one panel of Z, row by row of dW. */
static bool is_small(const s2s_segment *segments, int64_t segment_count, const s2s_operand *z)
{
    return segment_count == 1 && segments->count <= SMALL_ROWS && z->units <= S2S_LANES;
}

static void small_gradient(const s2s_segment *segment, const real *a, int64_t a_stride, const s2s_operand *z, int64_t k_first, int64_t k_last,
                           real *dw, int64_t dw_stride)
{
    row_sums s;

    a += segment->a_row * a_stride + k_first;
    dw += k_first * dw_stride;
    sums_begin(&s, segment->count, a_stride, z, dw_stride);
    for (int64_t first = 0; first < groups_of(z->units); first += groups_a_block[z->gates]) {
        sums_block(&s, z, first);
        s.z += segment->z_row * z->row_stride;
        add_row_sums(&s, k_last - k_first, a, dw + first * VEC_LANES);
    }
}

static void product_gradient(const s2s_segment *segments, int64_t segment_count, const real *a, int64_t a_stride, const s2s_operand *z,
                             int64_t k_first, int64_t k_last, real *dw, int64_t dw_stride)
{
    int64_t rows = 0;
    slice s;

    s.segment = segments;
    s.done = 0;
    assert(z->gates >= 1 && z->gates <= BLOCK_VECTORS && k_first >= 0);
    if (is_small(segments, segment_count, z)) {
        small_gradient(segments, a, a_stride, z, k_first, k_last, dw, dw_stride);
        return;
    }
    for (int64_t i = 0; i < segment_count; i++)
        rows += segments[i].count;
    for (int64_t parts = (rows + SLICE_ROWS - 1) / SLICE_ROWS; parts > 0; parts--) {
        next_slice(&s, (rows + parts - 1) / parts, a, a_stride, z);
        gradient_slice(&s, a_stride, z, k_first, k_last, dw, dw_stride);
        rows -= s.rows;
    }
}
