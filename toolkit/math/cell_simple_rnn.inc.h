/* cell_simple_rnn.inc.h -- h_t = f(z_t + h_{t-1} U). Included by kernel.inc.h. */

static vec activate(s2s_pointwise f, vec x)
{
    switch (f) {
    case S2S_TANH:    return vec_tanh(x);
    case S2S_SIGMOID: return vec_sigmoid(x);
    case S2S_RELU:    return vec_max(vec_set(0), x);
    default:          return x;
    }
}

static vec activation_slope(s2s_pointwise f, vec y, vec dy)
{
    switch (f) {
    case S2S_TANH:    return tanh_slope(y, dy);
    case S2S_SIGMOID: return sigmoid_slope(y, dy);
    case S2S_RELU:    return vec_where_positive(y, dy);
    default:          return dy;
    }
}

static void simple_rnn_outputs(const s2s_cell *cell, const step *s, int64_t group)
{
    const real *z = cell->z + panel_row(cell, s->z_first, S2S_LANES, group);
    int64_t lanes = group_lanes(group, cell->units);

    for (int64_t r = 0; r < s->rows; r++, z += S2S_LANES)
        store_state(cell, s, group, r, activate(cell->activation, vec_load(z)), lanes);
}

static void simple_rnn_forward(const s2s_cell *cell)
{
    const int64_t blocks = (groups_of(cell->units) + groups_a_block[1] - 1) / groups_a_block[1];
    place p = place_of(cell, 1, 0, S2S_LANES);

    mask_start(cell);
    for (int64_t t = 0; t < cell->steps->count; t++) {
        step s = step_at(cell, t);
        lhs a = step_lhs(cell, &s, s.masked);

        for (int64_t k = 0; k < blocks; k++) {
            const int64_t first = by_turns(cell, &s, k, blocks) * groups_a_block[1];
            block b = step_block(&s, cell->u_forward, &a, 1, cell->units, first);

            step_product(cell, &s, &p, &a, &b);
            for (int64_t i = 0; i < b.groups; i++)
                simple_rnn_outputs(cell, &s, first + i);
        }
    }
}

static void simple_rnn_gradients(const s2s_cell *cell, const step *s, const carry *k, int64_t group)
{
    real *z = cell->z + panel_row(cell, s->first, S2S_LANES, group);
    int64_t lanes = group_lanes(group, cell->units);

    for (int64_t r = 0; r < s->rows; r++, z += S2S_LANES) {
        vec d = r < s->next_rows ? carried(cell, k, group, r, lanes) : vec_set(0);
        vec h = load_lanes(unit_row(cell->h, s->first + r, cell->units, group), lanes);

        vec_store(z, activation_slope(cell->activation, h, total(cell, s, k, group, r, lanes, d)));
    }
}

static void simple_rnn_backward(const s2s_cell *cell)
{
    const s2s_steps *steps = cell->steps;
    s2s_operand dz = s2s_operand_panels(cell->z, steps->rows, 1, cell->units);
    carry k = carry_of(cell);

    for (int64_t t = steps->count - 1; t >= 0; t--) {
        step s = step_back(cell, t, &k);

        dz.base = cell->z + (s.first + s.rows) * S2S_LANES;
        carry_product(cell, s.next_rows, &dz, cell->u_backward, false, &k, k.dh);
        for (int64_t group = 0; group < groups_of(cell->units); group++)
            simple_rnn_gradients(cell, &s, &k, group);
        note_norm(cell, &s, &k);
    }
    if (cell->dh_start != NULL) {
        dz.base = cell->z;
        carry_product(cell, steps->sequences, &dz, cell->u_backward, false, &k, k.dh);
        start_gradient(cell, &k, NULL);
    }
}
