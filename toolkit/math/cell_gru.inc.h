/*
 * cell_gru.inc.h -- GRU with the reset gate after the product, gates z,r,h. Included by kernel.inc.h.
 *
 *     u = h_{t-1} U + b,   z = sigmoid(x_z + u_z),   r = sigmoid(x_r + u_r),   h~ = tanh(x_h + r u_h),   h_t = h~ + z (h_{t-1} - h~)
 *
 * Source  Cho et al., "Learning phrase representations using RNN encoder-decoder", 2014, version 1; Keras' reset_after.
 */

enum { GRU_GATES = 3, GRU_WIDTH = GRU_GATES * S2S_LANES, GRU_ROWS = 64 };

/* Gates, candidate and state of rows first .. first + rows - 1 of a step, one group; u (rows, 3 vectors). */
static void gru_outputs(const s2s_cell *cell, const step *s, int64_t group, int64_t first, int64_t rows, const real *u)
{
    int64_t lanes = group_lanes(group, cell->units), x_stride = cell->projection ? cell->projection_rows : cell->steps->rows;
    const real *projection = (cell->projection ? cell->projection : cell->z) + group_offset(group, x_stride * GRU_WIDTH);

    for (int64_t r = first; r < first + rows; r++, u += GRU_GATES * VEC_LANES) {
        int64_t row = s->first + r;
        const real *x = projection + (cell->projection ? cell->index[row] : row) * GRU_WIDTH;
        real *gates = cell->z + panel_row(cell, s->z_first + r, GRU_WIDTH, group);
        vec u_h = vec_load(u + 2 * VEC_LANES), before = load_or_zero(unit_row(s->before, r, cell->units, group), lanes);
        vec z = vec_sigmoid(vec_add(vec_load(x), vec_load(u)));
        vec reset = vec_sigmoid(vec_add(vec_load(x + S2S_LANES), vec_load(u + VEC_LANES)));
        vec candidate = vec_tanh(vec_fma(reset, u_h, vec_load(x + 2 * S2S_LANES)));

        vec_store(gates, z);
        vec_store(gates + S2S_LANES, reset);
        vec_store(gates + 2 * S2S_LANES, candidate);
        vec_store(cell->c + panel_row(cell, s->c_first + r, S2S_LANES, group), u_h);
        store_state(cell, s, group, r, vec_fma(z, vec_sub(before, candidate), candidate), lanes);
    }
}

static void gru_forward(const s2s_cell *cell)
{
    mask_start(cell);
    for (int64_t t = 0; t < cell->steps->count; t++) {
        step s = step_at(cell, t);
        lhs all = step_lhs(cell, &s, s.masked);

        for (int64_t i = 0; i < groups_of(cell->units); i++) {
            const int64_t group = by_turns(cell, &s, i, groups_of(cell->units));
            block b = step_block(&s, cell->u_forward, &all, GRU_GATES, cell->units, group);
            lhs a = all;
            real bias[GRU_GATES * VEC_LANES], u[GRU_ROWS * GRU_GATES * VEC_LANES];

            block_bias(cell->bias, &b, GRU_GATES, cell->units, bias);
            for (int64_t r = 0, rows; r < s.rows; r += rows, lhs_skip(&a, rows)) {
                tile product = { .start = bias, .start_at = side_by_side, .c = u, .c_stride = GRU_GATES * VEC_LANES,
                                 .c_at = side_by_side };

                rows = min_of(GRU_ROWS, s.rows - r);
                block_product(rows, &b, &a, &product);
                gru_outputs(cell, &s, group, r, rows, u);
            }
        }
    }
}

/*
 * From the update gate, the candidate and the state before: gradients of both gates' sums, and of the state before, directly.
 */
static vec gru_split(vec dh, vec z, vec candidate, vec before, vec *dz, vec *d_candidate)
{
    *dz = sigmoid_slope(z, vec_mul(dh, vec_sub(before, candidate)));
    *d_candidate = tanh_slope(candidate, vec_fnma(dh, z, dh));
    return vec_mul(dh, z);
}

/* dL/dh of a row, GRU: what comes back through the products and directly, and what comes from above. */
static vec gru_total(const s2s_cell *cell, const step *s, const carry *k, int64_t group, int64_t r, int64_t lanes)
{
    vec d = vec_set(0);

    if (r < s->next_rows)
        d = vec_add(carried(cell, k, group, r, lanes), vec_load(k->second + r * k->stride + group * VEC_LANES));
    return total(cell, s, k, group, r, lanes, d);
}

static void gru_gradients(const s2s_cell *cell, const step *s, const carry *k, int64_t group)
{
    real *gates = cell->z + panel_row(cell, s->first, GRU_WIDTH, group);
    real *u = cell->c + panel_row(cell, s->first, S2S_LANES, group);
    real *du = k->third + group_offset(group, cell->steps->sequences * GRU_WIDTH);
    int64_t lanes = group_lanes(group, cell->units);

    for (int64_t r = 0; r < s->rows; r++, gates += GRU_WIDTH, u += S2S_LANES, du += GRU_WIDTH) {
        vec z = vec_load(gates), reset = vec_load(gates + S2S_LANES), candidate = vec_load(gates + 2 * S2S_LANES);
        vec before = load_or_zero(unit_row(s->before, r, cell->units, group), lanes), dz, d_candidate, d_reset, du_h;
        vec direct = gru_split(gru_total(cell, s, k, group, r, lanes), z, candidate, before, &dz, &d_candidate);

        d_reset = sigmoid_slope(reset, vec_mul(d_candidate, vec_load(u)));
        du_h = vec_mul(d_candidate, reset);
        vec_store(k->second + r * k->stride + group * VEC_LANES, direct);
        vec_store(gates, dz);
        vec_store(gates + S2S_LANES, d_reset);
        vec_store(gates + 2 * S2S_LANES, d_candidate);
        vec_store(u, du_h);
        vec_store(du, dz);
        vec_store(du + S2S_LANES, d_reset);
        vec_store(du + 2 * S2S_LANES, du_h);
    }
}

static void gru_backward(const s2s_cell *cell)
{
    const s2s_steps *steps = cell->steps;
    carry k = carry_of(cell);
    s2s_operand du = s2s_operand_panels(k.third, steps->sequences, GRU_GATES, cell->units);

    for (int64_t t = steps->count - 1; t >= 0; t--) {
        step s = step_back(cell, t, &k);

        carry_product(cell, s.next_rows, &du, cell->u_backward, false, &k, k.dh);
        for (int64_t group = 0; group < groups_of(cell->units); group++)
            gru_gradients(cell, &s, &k, group);
        note_norm(cell, &s, &k);
    }
    if (cell->dh_start != NULL) {
        carry_product(cell, steps->sequences, &du, cell->u_backward, false, &k, k.dh);
        start_gradient(cell, &k, k.second);
    }
}
