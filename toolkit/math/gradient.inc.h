/*
 * gradient.inc.h -- gradients of weights, and the other members that walk over rows. Included by kernel.inc.h.
 *
 * dW += A^T Z: the outputs are k rows of A's columns by the vectors of a block of Z's (product.inc.h). A register tile of them stays
 * in registers over a slice of rows, which may lie in several segments; each chain goes on in dW from slice to slice.
 */

enum { SLICE_ROWS = 128 };           /* rows of Z whose block stays in the first-level cache while all of A's columns pass */

/* Rows of A and Z that are multiplied pairwise: `count` of them, each with its stride. */
typedef struct piece { const real *a, *z; int64_t count; } piece;

typedef struct gradient_tile {
    const piece *pieces;
    int64_t piece_count, column;     /* first column of A */
    int64_t a_stride, z_stride;
    const int64_t *z_at;             /* vector v of a row of Z */
    real *c;                         /* row j of the tile at c + j * c_stride, vector v at + c_at[v] */
    int64_t c_stride;
    const int64_t *c_at;
} gradient_tile;

static inline __attribute__((always_inline)) void gradient_any(const gradient_tile *t, const int columns, const int vectors)
{
    vec acc[TILE_ROWS][BLOCK_VECTORS];

    for (int j = 0; j < columns; j++)
        for (int v = 0; v < vectors; v++)
            acc[j][v] = vec_load(t->c + j * t->c_stride + t->c_at[v]);
    for (const piece *p = t->pieces, *last = p + t->piece_count; p < last; p++) {
        const real *a = p->a + t->column, *z = p->z;

        for (int64_t r = p->count; r > 0; r--, a += t->a_stride, z += t->z_stride) {
            vec zv[BLOCK_VECTORS];

            for (int v = 0; v < vectors; v++)
                zv[v] = vec_load(z + t->z_at[v]);
            for (int j = 0; j < columns; j++) {
                vec x = vec_set(a[j]);

                for (int v = 0; v < vectors; v++)
                    acc[j][v] = vec_fma(x, zv[v], acc[j][v]);
            }
        }
    }
    for (int j = 0; j < columns; j++)
        for (int v = 0; v < vectors; v++)
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

/* Where the vectors of a block lie in a row of Keras' order, (gate, unit). */
static void keras_offsets(const block *b, int64_t gates, int64_t units, int64_t *at)
{
    for (int64_t v = 0; v < b->vectors; v++)
        at[v] = v % gates * units + (b->first + v / gates) * VEC_LANES;
}

/* Lanes of vector v of a block that exist. */
static int64_t vector_lanes(const block *b, int64_t gates, int64_t units, int64_t v)
{
    return group_lanes(b->first + v / gates, units);
}

/* A tile whose vectors reach beyond the last unit goes by way of a copy: they must not touch the next gate. */
static void narrow_gradient(gradient_tile t, int64_t columns, const block *b, int64_t gates, int64_t units)
{
    real copy[TILE_ROWS * BLOCK_VECTORS * VEC_LANES], *c = t.c;
    const int64_t width = b->vectors * VEC_LANES, c_stride = t.c_stride, *c_at = t.c_at;

    for (int64_t j = 0; j < columns; j++)
        for (int64_t v = 0; v < b->vectors; v++)
            vec_store(copy + j * width + v * VEC_LANES,
                      vec_load_part(c + j * c_stride + c_at[v], vector_lanes(b, gates, units, v)));
    t.c = copy;
    t.c_stride = width;
    t.c_at = side_by_side;
    gradients[columns - 1][b->vectors - 1](&t);
    for (int64_t j = 0; j < columns; j++)
        for (int64_t v = 0; v < b->vectors; v++)
            vec_store_part(c + j * c_stride + c_at[v], vec_load(copy + j * width + v * VEC_LANES),
                           vector_lanes(b, gates, units, v));
}

/* One slice of rows by one block, columns [k_first, k_last) of A. */
static void gradient_block(gradient_tile t, const block *b, s2s_operand z, int64_t k_first, int64_t k_last, real *dw)
{
    bool narrow = (b->first + b->groups) * VEC_LANES > z.units;
    int64_t columns = k_last - k_first, parts = (columns + VEC_ROWS(b->vectors) - 1) / VEC_ROWS(b->vectors);

    t.column = k_first;
    for (; parts > 0; parts--) {
        int64_t now = (k_last - t.column + parts - 1) / parts;

        t.c = dw + t.column * t.c_stride;
        if (narrow)
            narrow_gradient(t, now, b, z.gates, z.units);
        else
            gradients[now - 1][b->vectors - 1](&t);
        t.column += now;
    }
}

/* A slice of rows, cut from segments that may end anywhere. */
typedef struct slice {
    piece pieces[SLICE_ROWS];
    int64_t count;
    const s2s_segment *segment;      /* the next rows: of this segment, `done` rows are used */
    int64_t done;
} slice;

static void next_slice(slice *s, int64_t rows, const real *a, int64_t a_stride, s2s_operand z)
{
    for (s->count = 0; rows > 0; ) {
        int64_t now = min_of(rows, s->segment->count - s->done);

        if (now > 0)
            s->pieces[s->count++] = (piece){ .a = a + (s->segment->a_row + s->done) * a_stride,
                                             .z = z.base + (s->segment->z_row + s->done) * z.row_stride, .count = now };
        rows -= now;
        s->done += now;
        if (s->done == s->segment->count) {
            s->segment++;
            s->done = 0;
        }
    }
}

/* The rows of a slice of a row-major Z from column `at` on as whole vectors, for a block that is wider than what is left. */
static void copy_pieces(const slice *s, int64_t z_stride, int64_t at, int64_t n, int64_t width, piece *copied, real *copy)
{
    for (int64_t i = 0; i < s->count; i++) {
        copied[i] = (piece){ .a = s->pieces[i].a, .z = copy, .count = s->pieces[i].count };
        rows_to_vectors(s->pieces[i].count, n, s->pieces[i].z + at, z_stride, width, copy);
        copy += s->pieces[i].count * width;
    }
}

static void product_gradient(const s2s_segment *segments, int64_t segment_count, const real *a, int64_t a_stride, s2s_operand z,
                             int64_t k_first, int64_t k_last, real *dw, int64_t dw_stride)
{
    slice s = { .segment = segments };
    int64_t rows = 0, parts;

    assert(z.gates >= 1 && z.gates <= BLOCK_VECTORS);
    for (int64_t i = 0; i < segment_count; i++)
        rows += segments[i].count;
    for (parts = (rows + SLICE_ROWS - 1) / SLICE_ROWS; parts > 0; parts--) {
        int64_t now = (rows + parts - 1) / parts;

        rows -= now;
        next_slice(&s, now, a, a_stride, z);
        for (int64_t first = 0; first < groups_of(z.units); first += block_groups(z.gates)) {
            block b = block_at(z.gates, z.units, first);
            int64_t z_at[BLOCK_VECTORS], c_at[BLOCK_VECTORS];
            real copy[SLICE_ROWS * BLOCK_VECTORS * VEC_LANES];
            piece copied[SLICE_ROWS];
            gradient_tile t = { .pieces = s.pieces, .piece_count = s.count, .a_stride = a_stride, .z_stride = z.row_stride,
                                .z_at = z_at, .c_stride = dw_stride, .c_at = c_at };

            block_offsets(&b, z.gates, z.panel_stride, z_at);
            keras_offsets(&b, z.gates, z.units, c_at);
            if (!z.padded && (first + b.groups) * VEC_LANES > z.units) {
                t.z_stride = b.vectors * VEC_LANES;
                copy_pieces(&s, z.row_stride, first * VEC_LANES, z.units - first * VEC_LANES, t.z_stride, copied, copy);
                t.pieces = copied;
                t.z_at = side_by_side;
            }
            gradient_block(t, &b, z, k_first, k_last, dw);
        }
    }
}

/* --- sums, gathers and scatters -------------------------------------------------------------------------------------------- */

static void column_sums(int64_t m, s2s_operand z, real *db)
{
    for (int64_t first = 0; first < groups_of(z.units); first += block_groups(z.gates)) {
        block b = block_at(z.gates, z.units, first);
        int64_t z_at[BLOCK_VECTORS], db_at[BLOCK_VECTORS], lanes[BLOCK_VECTORS];
        vec sum[BLOCK_VECTORS];

        block_offsets(&b, z.gates, z.panel_stride, z_at);
        keras_offsets(&b, z.gates, z.units, db_at);
        for (int v = 0; v < b.vectors; v++) {
            lanes[v] = vector_lanes(&b, z.gates, z.units, v);
            sum[v] = load_lanes(db + db_at[v], lanes[v]);
        }
        for (int64_t r = 0; r < m; r++)
            for (int v = 0; v < b.vectors; v++)
                sum[v] = vec_add(sum[v], load_lanes(z.base + r * z.row_stride + z_at[v], lanes[v]));
        for (int v = 0; v < b.vectors; v++)
            store_lanes(db + db_at[v], sum[v], lanes[v]);
    }
}

static void scatter_add(int64_t m, s2s_operand z, const int32_t *index, const real *scale, int64_t first, int64_t last,
                        real *dw, int64_t dw_stride)
{
    for (int64_t r = 0; r < m; r++) {
        vec s = vec_set(scale ? scale[r] : 1);

        if (index[r] < first || index[r] >= last)
            continue;
        for (int64_t group = 0; group < groups_of(z.units); group++) {
            const real *from = z.base + r * z.row_stride + group_offset(group, z.panel_stride);
            real *to = dw + index[r] * dw_stride + group * VEC_LANES;
            int64_t lanes = group_lanes(group, z.units);

            for (int64_t g = 0; g < z.gates; g++, from += S2S_LANES, to += z.units)
                store_lanes(to, vec_fma(load_lanes(from, lanes), s, load_lanes(to, lanes)), lanes);
        }
    }
}

static void gather(int64_t m, const real *w, int64_t w_stride, const real *bias, const int32_t *index, const real *scale,
                   int64_t gates, int64_t units, real *z, int64_t z_rows)
{
    int64_t panel_stride = z_rows * gates * S2S_LANES;

    for (int64_t r = 0; r < m; r++) {
        vec s = vec_set(scale ? scale[r] : 1);

        for (int64_t group = 0; group < groups_of(units); group++) {
            const real *from = w + index[r] * w_stride + group * VEC_LANES;
            real *to = z + r * gates * S2S_LANES + group_offset(group, panel_stride);
            int64_t lanes = group_lanes(group, units);

            for (int64_t g = 0; g < gates; g++, from += units, to += S2S_LANES) {
                vec start = bias ? load_lanes(bias + g * units + group * VEC_LANES, lanes) : vec_set(0);

                vec_store(to, vec_fma(load_lanes(from, lanes), s, start));
            }
        }
    }
    clear_padding(m, gates, units, z, z_rows);
}

static void sum_steps(const s2s_steps *steps, int64_t gates, int64_t units, const real *z, real *sums)
{
    int64_t width = gates * S2S_LANES;

    for (int64_t panel = 0; panel < s2s_panels(units); panel++, sums += steps->sequences * width) {
        memcpy(sums, z, (size_t)(steps->offset[1] * width) * sizeof(real));
        z += steps->offset[1] * width;
        for (int64_t t = 1; t < steps->count; t++) {
            int64_t n = (steps->offset[t + 1] - steps->offset[t]) * width;

            for (int64_t i = 0; i < n; i += VEC_LANES)
                vec_store(sums + i, vec_add(vec_load(sums + i), vec_load(z + i)));
            z += n;
        }
    }
}
