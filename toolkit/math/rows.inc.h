/* rows.inc.h -- what walks over rows: column sums and small gradients, gathers and scatters, sums over steps. Included by the kernels' sources. */

/*
 * Rows of a weight's gradient by one block of Z: c + sum over rows, in order, of a_r z_r. Several rows of the weight are read before any is
 * written: a part of a vector cannot be read close to where another part was just written.
 */
typedef struct row_sums {
    int64_t rows;
    const real *z;
    int64_t a_stride, z_stride;      /* from row to row */
    int64_t z_at[BLOCK_VECTORS], c_at[BLOCK_VECTORS];
    int vectors, whole;              /* vectors before `whole` have all their lanes, the others so many: */
    int64_t lanes;
    bool padded;                     /* Z has all lanes */
    int64_t c_stride;                /* from row to row of the weight */
    bool close;                      /* the block is all of such a row, vectors in its order */
} row_sums;

static void sums_begin(row_sums *s, int64_t rows, int64_t a_stride, const s2s_operand *z, int64_t c_stride)
{
    s->rows = rows;
    s->a_stride = a_stride;
    s->z_stride = z->row_stride;
    s->padded = z->padded;
    s->c_stride = c_stride;
    block_offsets(z->gates, z->units, S2S_LANES, z->panel_stride, s->z_at);
    block_offsets(z->gates, z->units, z->units, S2S_LANES, s->c_at);
}

/* Turn to the block that begins with group `first`. */
static void sums_block(row_sums *s, const s2s_operand *z, int64_t first)
{
    const int64_t groups = groups_of_block(z->gates, z->units, first);

    s->z = z->base + group_offset(first, z->panel_stride);
    s->vectors = (int)(groups * z->gates);
    s->lanes = group_lanes(first + groups - 1, z->units);
    s->whole = s->vectors - (s->lanes < VEC_LANES ? (int)z->gates : 0);
    s->close = groups == groups_of(z->units) && (groups == 1 || z->gates == 1) && s->c_stride == z->gates * z->units;
}

enum { SUMS_TOGETHER = VEC_ROWS(BLOCK_VECTORS) };

/*
 * Row j takes column j of A and lies at c + j * c_stride. Where rows lie close, vectors are written whole as long as they stay within these
 * rows: what they write too much, the next one writes again. That is faster than parts of vectors.
 */
static inline __attribute__((always_inline)) void sum_any(const row_sums *s, const real *a, real *c, const int rows, const int vectors,
                                                          const bool padded)
{
    const int64_t stride = s->c_stride, last = s->close ? rows * stride - VEC_LANES : -1;
    const real *z = s->z;
    vec sum[SUMS_TOGETHER][BLOCK_VECTORS];
    int64_t lanes[BLOCK_VECTORS];

    UNROLL for (int v = 0; v < vectors; v++)
        lanes[v] = v < s->whole ? VEC_LANES : s->lanes;
    UNROLL for (int j = 0; j < rows; j++)
        UNROLL for (int v = 0; v < vectors; v++)
            sum[j][v] = vec_load_part(c + j * stride + s->c_at[v], lanes[v]);
    for (int64_t r = s->rows; r > 0; r--, a += s->a_stride, z += s->z_stride) {
        vec zv[BLOCK_VECTORS];

        UNROLL for (int v = 0; v < vectors; v++)
            zv[v] = padded ? vec_load(z + s->z_at[v]) : vec_load_part(z + s->z_at[v], lanes[v]);
        UNROLL for (int j = 0; j < rows; j++) {
            const vec x = vec_set(a[j]);

            UNROLL for (int v = 0; v < vectors; v++)
                sum[j][v] = vec_fma(x, zv[v], sum[j][v]);
        }
    }
    UNROLL for (int j = 0; j < rows; j++)
        UNROLL for (int v = 0; v < vectors; v++) {
            const int64_t at = j * stride + s->c_at[v];

            store_lanes(c + at, sum[j][v], at <= last ? VEC_LANES : lanes[v]);
        }
}

typedef void sum_function(const row_sums *s, const real *a, real *c);

#define SUM(vectors, padded) \
static void sum_one_##vectors##_##padded(const row_sums *s, const real *a, real *c) { sum_any(s, a, c, 1, vectors, padded); } \
static void sum_some_##vectors##_##padded(const row_sums *s, const real *a, real *c) { sum_any(s, a, c, SUMS_TOGETHER, vectors, padded); }
TILES_4(SUM, 0)
TILES_4(SUM, 1)
#undef SUM

static sum_function *const sums_of_one[][BLOCK_VECTORS] = {
    { sum_one_1_0, sum_one_2_0, sum_one_3_0, sum_one_4_0 }, { sum_one_1_1, sum_one_2_1, sum_one_3_1, sum_one_4_1 },
};

static sum_function *const sums_of_some[][BLOCK_VECTORS] = {
    { sum_some_1_0, sum_some_2_0, sum_some_3_0, sum_some_4_0 }, { sum_some_1_1, sum_some_2_1, sum_some_3_1, sum_some_4_1 },
};

/* `count` rows of a weight, from the row at c on. */
static void add_row_sums(const row_sums *s, int64_t count, const real *a, real *c)
{
    sum_function *const some = sums_of_some[s->padded][s->vectors - 1], *const one = sums_of_one[s->padded][s->vectors - 1];

    for (; count >= SUMS_TOGETHER; count -= SUMS_TOGETHER, a += SUMS_TOGETHER, c += SUMS_TOGETHER * s->c_stride)
        some(s, a, c);
    for (; count > 0; count--, a++, c += s->c_stride)
        one(s, a, c);
}

static void column_sums(int64_t m, const s2s_operand *z, real *db)
{
    static const real one = 1;
    row_sums s;

    sums_begin(&s, m, 0, z, 0);
    for (int64_t first = 0; first < groups_of(z->units); first += groups_a_block[z->gates]) {
        sums_block(&s, z, first);
        add_row_sums(&s, 1, &one, db + first * VEC_LANES);
    }
}

static void scatter_add(int64_t m, const s2s_operand *z, const int32_t *index, const real *scale, int64_t first, int64_t last,
                        real *dw, int64_t dw_stride)
{
    for (int64_t r = 0; r < m; r++) {
        vec s = vec_set(scale ? scale[r] : 1);

        if (index[r] < first || index[r] >= last)
            continue;
        for (int64_t group = 0; group < groups_of(z->units); group++) {
            const real *from = z->base + r * z->row_stride + group_offset(group, z->panel_stride);
            real *to = dw + index[r] * dw_stride + group * VEC_LANES;
            int64_t lanes = group_lanes(group, z->units);

            for (int64_t g = 0; g < z->gates; g++, from += S2S_LANES, to += z->units)
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
