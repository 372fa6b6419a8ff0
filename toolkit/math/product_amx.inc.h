/*
 * product_amx.inc.h -- packing, and C = start + A W by tiles of bfloat16 terms. Included by kernel_amx.inc.h.
 *
 * A packed weight is its vectors of columns in the order of the blocks (blocks.inc.h), each (link of k, term) right tiles. The rows of A
 * are converted to left tiles before they are multiplied: within a step of a cell once for all columns, else CHUNK_ROWS by SLICE_LINKS
 * at a time. Elements of k beyond the last are zeros in both.
 */

enum {
    SLICE_LINKS = 16,               /* links of k that are converted at a time */
    CHUNK_ROWS = 256,
    BLOCKS_A_TURN = 8,              /* of a cell, before their outputs are made: a core that goes from tiles to vectors is slow at first */
    ASKS_AHEAD = true,              /* outputs, for the next step's lines: tiles would wait longer for them than they compute */
    LHS_ROOM = CHUNK_ROWS / TILE_SIDE * SLICE_LINKS * TERMS * TILE
};

/* Links of k in n runs of 16 elements. */
static int64_t links_of_runs(int64_t n) { return (n + 1) / 2; }

/* --- packing ---------------------------------------------------------------------------------------------------------- */

static int64_t pack_size(int64_t k, int64_t gates, int64_t units)
{
    int64_t forward = gates * groups_of(units) * links_of_runs(groups_of(k));
    int64_t backward = groups_of(k) * links_of_runs(gates * groups_of(units));

    return (forward > backward ? forward : backward) * TERMS * TILE;
}

static void pack_forward(const s2s_matrix *w, real *packed)
{
    const vec zero = vec_set(0);

    for (int64_t group = 0; group < groups_of(w->units); group++)
        for (int64_t gate = 0, lanes = group_lanes(group, w->units); gate < w->gates; gate++) {
            const real *from = w->w + gate * w->units + group * VEC_LANES;

            for (int64_t k = 0; k < w->k; k += TILE_K, packed += TERMS * TILE)
                for (int64_t i = 0; i < TILE_K; i += 2, from += 2 * w->stride) {
                    __m512i line[TERMS];

                    weave(k + i < w->k ? load_lanes(from, lanes) : zero, k + i + 1 < w->k ? load_lanes(from + w->stride, lanes) : zero, line);
                    for (int t = 0; t < TERMS; t++)
                        store_line(packed + t * TILE + i / 2 * VEC_LANES, line[t]);
                }
        }
}

/* Run `run` of 16 columns of a row of w, in the order (panel, gate): zeros beyond the last. */
static vec load_run(const s2s_matrix *w, int64_t row, int64_t run)
{
    int64_t group = run / w->gates;

    if (row >= w->k || group >= groups_of(w->units))
        return vec_set(0);
    return load_lanes(w->w + row * w->stride + run % w->gates * w->units + group * VEC_LANES, group_lanes(group, w->units));
}

/* The outputs are the rows of w; k runs over its columns in the order (panel, gate, unit). */
static void pack_backward(const s2s_matrix *w, real *packed)
{
    for (int64_t first = 0; first < w->k; first += TILE_SIDE)
        for (int64_t link = 0; link < links_of_runs(w->gates * groups_of(w->units)); link++, packed += TERMS * TILE) {
            __m512i line[TILE_SIDE][TERMS];

            for (int64_t i = 0; i < TILE_SIDE; i++)
                split(load_run(w, first + i, 2 * link), load_run(w, first + i, 2 * link + 1), line[i]);
            for (int t = 0; t < TERMS; t++)
                store_transposed(&line[0][t], TERMS, packed + t * TILE);
        }
}

/* --- the left side ------------------------------------------------------------------------------------------------------ */

/* Rows as left tiles: links first .. first + links - 1 of `total` links of k. */
typedef struct lhs {
    const real *tiles;
    int64_t first, links, total;
} lhs;

/* Where run `run` of 16 columns of an operand begins in a row, and how many of them there are. */
static int64_t run_offset(const s2s_operand *a, int64_t run, int64_t *lanes)
{
    int64_t panel = run / a->gates;

    *lanes = panel < groups_of(a->units) ? group_lanes(panel, a->units) : 0;
    return panel * a->panel_stride + run % a->gates * VEC_LANES;
}

/* One link of k of m rows. Rows that fill up the last tile are zeros. */
static void convert_link(int64_t m, const s2s_operand *a, int64_t link, int64_t tile_step, real *to)
{
    int64_t lanes[2], at[2] = { run_offset(a, 2 * link, &lanes[0]), run_offset(a, 2 * link + 1, &lanes[1]) };

    for (int64_t r = 0; r < (m + TILE_SIDE - 1) / TILE_SIDE * TILE_SIDE; r++) {
        const real *row = a->base + r * a->row_stride;
        real *line = to + r / TILE_SIDE * tile_step + r % TILE_SIDE * VEC_LANES;
        __m512i terms[TERMS];

        split(load_lanes(row + at[0], r < m ? lanes[0] : 0), load_lanes(row + at[1], r < m ? lanes[1] : 0), terms);
        UNROLL for (int t = 0; t < TERMS; t++)
            store_line(line + t * TILE, terms[t]);
    }
}

static lhs lhs_convert(int64_t m, const s2s_operand *a, int64_t first, int64_t links, real *room)
{
    tiles_begin();
    for (int64_t i = 0; i < links; i++)
        convert_link(m, a, first + i, links * TERMS * TILE, room + i * TERMS * TILE);
    return (lhs){ .tiles = room, .first = first, .links = links, .total = links_of_runs(a->gates * groups_of(a->units)) };
}

static lhs lhs_of(int64_t m, const s2s_operand *a, real *room)
{
    return lhs_convert(m, a, 0, links_of_runs(a->gates * groups_of(a->units)), room);
}

/* What lhs_of needs for the rows that fill up a tile, beside one row of whole panels for each. */
static int64_t lhs_padding(int64_t k) { return (TILE_SIDE - 1) * (groups_of(k) + 1) * VEC_LANES; }

/* rows: a multiple of TILE_SIDE. */
static void lhs_skip(lhs *a, int64_t rows) { a->tiles += rows / TILE_SIDE * a->links * TERMS * TILE; }

/* Rows row .. row + rows - 1 of a product, by some links of k; `continues`: not the first ones. */
typedef struct part { int64_t row, rows; bool continues; lhs a; } part;

static bool next_part(part *p, int64_t m, const s2s_operand *a, real *room)
{
    int64_t first = p->a.first + p->a.links, total = links_of_runs(a->gates * groups_of(a->units));
    s2s_operand rows = *a;

    if (first >= total) {
        p->row += p->rows;
        first = 0;
    }
    if (p->row >= m)
        return false;
    p->rows = min_of(CHUNK_ROWS, m - p->row);
    p->continues = first > 0;
    rows.base += p->row * a->row_stride;
    p->a = lhs_convert(p->rows, &rows, first, min_of(SLICE_LINKS, total - first), room);
    return true;
}

/* --- the product of a block ------------------------------------------------------------------------------------------------ */

static inline block packed_block(const real *packed, const lhs *a, bool far, int64_t gates, int64_t units, int64_t first)
{
    block b = block_at(gates, units, first);

    (void)far;                       /* asking ahead was measured: tiles and memory get in each other's way */
    b.w = packed + first * gates * a->total * TERMS * TILE;
    return b;
}

static inline __attribute__((always_inline)) void copy_rows(int64_t m, const int vectors, const tile *t)
{
    const real *start[BLOCK_VECTORS];
    real *c[BLOCK_VECTORS];

    UNROLL for (int v = 0; v < vectors; v++) {
        start[v] = t->start + t->start_at[v];
        c[v] = t->c + t->c_at[v];
    }
    for (int64_t r = 0, to = 0, c_stride = t->c_stride, stride = t->start_stride; r < m; r++, to += c_stride) {
        int64_t from = (t->index ? t->index[r] : r) * stride;

        UNROLL for (int v = 0; v < vectors; v++)
            vec_store(c[v] + to, vec_load(start[v] + from));
    }
}

/* C = start. */
static void copy_start(int64_t m, int vectors, const tile *t)
{
    switch (vectors) {
    case 1:  copy_rows(m, 1, t); break;
    case 2:  copy_rows(m, 2, t); break;
    case 3:  copy_rows(m, 3, t); break;
    default: copy_rows(m, 4, t);
    }
}

/* Rows that start from consecutive ones need no index. */
static void drop_index(int64_t m, tile *t)
{
    for (int64_t r = 1; r < m; r++)
        if (t->index[r] != t->index[0] + r)
            return;
    t->start += t->index[0] * t->start_stride;
    t->index = NULL;
}

/* Fewer rows than a tile has go by way of a copy. */
static void sum_few(tile_sum s, int64_t m, int vectors)
{
    _Alignas(LINE_BYTES) real copy[TILE_SIDE * BLOCK_VECTORS * VEC_LANES];
    tile inside = { .start = s.start, .start_stride = s.start_stride, .start_at = s.start_at,
                    .c = copy, .c_stride = BLOCK_VECTORS * VEC_LANES, .c_at = side_by_side };
    tile back = { .start = copy, .start_stride = BLOCK_VECTORS * VEC_LANES, .start_at = side_by_side,
                  .c = s.c, .c_stride = s.c_stride, .c_at = s.c_at };

    if (s.start_stride > 0) {
        copy_start(m, vectors, &inside);
        s.start = copy;
        s.start_stride = inside.c_stride;
        s.start_at = side_by_side;
    }
    s.c = copy;
    s.c_stride = inside.c_stride;
    s.c_at = side_by_side;
    sum_row(&s, vectors);
    copy_start(m, vectors, &back);
}

/* C = start + A W for one block; `t` says what start and C are, and is used up. An A of no columns: C = start. */
static void block_product(int64_t m, const block *b, const lhs *a, tile *t)
{
    tile_sum s = { .a = a->tiles, .a_step = a->links * TERMS * TILE, .b = b->w + a->first * TERMS * TILE, .b_step = a->total * TERMS * TILE,
                   .links = a->links };

    if (t->index != NULL && m > 0)
        drop_index(m, t);
    if (t->index != NULL || a->links == 0) {
        copy_start(m, b->vectors, t);
        continue_from_c(t);
    }
    if (a->links == 0)
        return;
    s.start = t->start;
    s.start_stride = t->start_stride;
    s.start_at = t->start_at;
    s.c = t->c;
    s.c_stride = t->c_stride;
    s.c_at = t->c_at;
    for (int64_t rows; m > 0; m -= rows) {
        rows = m >= 2 * TILE_SIDE ? 2 * TILE_SIDE : min_of(m, TILE_SIDE);
        if (rows == 2 * TILE_SIDE)
            sum_rows(&s, b->vectors);
        else if (rows == TILE_SIDE)
            sum_row(&s, b->vectors);
        else
            sum_few(s, rows, b->vectors);
        s.a += rows / TILE_SIDE * s.a_step;
        s.start += rows * s.start_stride;
        s.c += rows * s.c_stride;
    }
}

/* Of narrow weights the rows are too many for it to matter how they are written. */
static bool few_to_rows(int64_t m, const s2s_operand *a, const real *packed, const real *bias, bool add, int64_t n, real *c, int64_t c_stride)
{
    (void)m, (void)a, (void)packed, (void)bias, (void)add, (void)n, (void)c, (void)c_stride;
    return false;
}
