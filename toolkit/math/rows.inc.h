/* rows.inc.h -- what walks over rows: column sums and small gradients, gathers and scatters, sums over steps. Included by the kernels' sources. */

/*
 * Rows of a weight's gradient by one block of Z: c + sum over rows, in order, of a_r z_r. Sums of several rows of the weight are made before
 * any is stored: a part of a vector cannot be read close to where another part was just written.
 */
typedef struct row_sums {
    int64_t rows;
    const real *z;
    int64_t a_stride, z_stride;      /* from row to row */
    int64_t z_at[BLOCK_VECTORS], c_at[BLOCK_VECTORS];
    int vectors, whole;              /* vectors before `whole` have all their lanes, the others so many: */
    int64_t lanes;
    bool padded;                     /* Z has all lanes */
    int64_t width;                   /* of a row of the weight, where the block is all of it, vectors in its order; else -1 */
} row_sums;

static void sums_begin(row_sums *s, int64_t rows, int64_t a_stride, const s2s_operand *z)
{
    s->rows = rows;
    s->a_stride = a_stride;
    s->z_stride = z->row_stride;
    s->padded = z->padded;
    block_offsets(z->gates, S2S_LANES, z->panel_stride, s->z_at);
    block_offsets(z->gates, z->units, S2S_LANES, s->c_at);
}

/* Turn to the block that begins with group `first`. */
static void sums_block(row_sums *s, const s2s_operand *z, int64_t first)
{
    const int64_t groups = groups_of_block(z->gates, z->units, first);

    s->z = z->base + group_offset(first, z->panel_stride);
    s->vectors = (int)(groups * z->gates);
    s->lanes = group_lanes(first + groups - 1, z->units);
    s->whole = s->vectors - (s->lanes < VEC_LANES ? (int)z->gates : 0);
    s->width = groups == groups_of(z->units) && (groups == 1 || z->gates == 1) ? z->gates * z->units : -1;
}

/* narrow: no vector is whole. */
static inline __attribute__((always_inline)) void sum_row_any(const row_sums *s, const real *a, const real *c, real *sums, const int vectors,
                                                              const bool padded, const bool narrow)
{
    const real *z = s->z;
    const int whole = narrow ? 0 : s->whole;
    vec sum[BLOCK_VECTORS];

    UNROLL for (int v = 0; v < vectors; v++)
        sum[v] = v < whole ? vec_load(c + s->c_at[v]) : vec_load_part(c + s->c_at[v], s->lanes);
    for (int64_t r = s->rows; r > 0; r--, a += s->a_stride, z += s->z_stride) {
        vec x = vec_set(*a);

        UNROLL for (int v = 0; v < vectors; v++) {
            const real *from = z + s->z_at[v];

            sum[v] = vec_fma(x, padded || v < whole ? vec_load(from) : vec_load_part(from, s->lanes), sum[v]);
        }
    }
    UNROLL for (int v = 0; v < vectors; v++)
        vec_store(sums + v * VEC_LANES, sum[v]);
}

typedef void sum_function(const row_sums *s, const real *a, const real *c, real *sums);

#define SUM(vectors, form) \
static void sum_row_##vectors##_##form(const row_sums *s, const real *a, const real *c, real *sums) \
{ sum_row_any(s, a, c, sums, vectors, form & PADDED, form & NARROW); }
enum { PADDED = 1, NARROW = 2 };
TILES_4(SUM, 0)
TILES_4(SUM, 1)
TILES_4(SUM, 2)
TILES_4(SUM, 3)
#undef SUM

static sum_function *const row_functions[][BLOCK_VECTORS] = {
    { sum_row_1_0, sum_row_2_0, sum_row_3_0, sum_row_4_0 }, { sum_row_1_1, sum_row_2_1, sum_row_3_1, sum_row_4_1 },
    { sum_row_1_2, sum_row_2_2, sum_row_3_2, sum_row_4_2 }, { sum_row_1_3, sum_row_2_3, sum_row_3_3, sum_row_4_3 },
};

/*
 * Of rows that lie one behind the other, vectors are stored whole: what they write too much, the next one writes again. That is faster than
 * parts of vectors.
 */
static void store_sums(const row_sums *s, int64_t count, const real (*sums)[BLOCK_VECTORS * VEC_LANES], real *c, int64_t stride)
{
    const int64_t last = stride == s->width ? count * stride - VEC_LANES : -1;

    for (int64_t i = 0, row = 0; i < count; i++, row += stride)
        for (int v = 0; v < s->vectors; v++) {
            const int64_t at = row + s->c_at[v];

            store_lanes(c + at, vec_load(&sums[i][v * VEC_LANES]), v < s->whole || at <= last ? VEC_LANES : s->lanes);
        }
}

/* `count` rows of a weight, from the row at c on, `stride` apart; row i takes column i of A. */
static void add_row_sums(const row_sums *s, int64_t count, const real *a, real *c, int64_t stride)
{
    enum { MOST = 16 };
    sum_function *const sum = row_functions[(s->padded ? PADDED : 0) | (s->whole == 0 ? NARROW : 0)][s->vectors - 1];
    real sums[MOST][BLOCK_VECTORS * VEC_LANES];

    for (int64_t now; count > 0; count -= now, a += now, c += now * stride) {
        now = min_of(count, MOST);
        for (int64_t i = 0; i < now; i++)
            sum(s, a + i, c + i * stride, sums[i]);
        store_sums(s, now, sums, c, stride);
    }
}

static void column_sums(int64_t m, s2s_operand z, real *db)
{
    static const real one = 1;
    row_sums s;

    sums_begin(&s, m, 0, &z);
    for (int64_t first = 0; first < groups_of(z.units); first += groups_a_block[z.gates]) {
        sums_block(&s, &z, first);
        add_row_sums(&s, 1, &one, db + first * VEC_LANES, 0);
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
