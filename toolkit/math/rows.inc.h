/* rows.inc.h -- the members that walk over rows: column sums, gathers and scatters, sums over steps. Included by the kernels' sources. */

/* The columns of one block. */
static void block_sums(int64_t m, const s2s_operand *z, const block *b, const int64_t *z_at, real *db)
{
    const real *from = z->base + group_offset(b->first, z->panel_stride);
    vec sum[BLOCK_VECTORS];
    int64_t lanes[BLOCK_VECTORS];

    db += b->first * VEC_LANES;
    for (int64_t v = 0; v < b->vectors; v++) {
        lanes[v] = group_lanes(b->first + v / z->gates, z->units);
        sum[v] = load_lanes(db + v % z->gates * z->units + v / z->gates * VEC_LANES, lanes[v]);
    }
    for (int64_t r = 0; r < m; r++, from += z->row_stride)
        for (int64_t v = 0; v < b->vectors; v++)
            sum[v] = vec_add(sum[v], load_lanes(from + z_at[v], lanes[v]));
    for (int64_t v = 0; v < b->vectors; v++)
        store_lanes(db + v % z->gates * z->units + v / z->gates * VEC_LANES, sum[v], lanes[v]);
}

static void column_sums(int64_t m, s2s_operand z, real *db)
{
    int64_t z_at[BLOCK_VECTORS];

    block_offsets(z.gates, S2S_LANES, z.panel_stride, z_at);
    for (int64_t first = 0; first < groups_of(z.units); first += groups_a_block[z.gates]) {
        block b = block_at(z.gates, z.units, first);

        block_sums(m, &z, &b, z_at, db);
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
