/*
 * cell_gru_reset_before.inc.h -- GRU with the reset gate before the product, gates z,r,h. Included by kernel.inc.h.
 *
 *     z, r = sigmoid(x + h_{t-1} U),   h~ = tanh(x_h + (r h_{t-1}) U_h),   h_t = h~ + z (h_{t-1} - h~)
 *
 * The second product needs every r of a row, so each step is two passes over the units, forward and backward. With recurrent
 * dropout both products read the masked state, the last formula the plain one.
 *
 * Source  Cho et al., "Learning phrase representations using RNN encoder-decoder", 2014.
 */

/* The packed block of the candidate's weight lies behind that of z and r. */
static const real *candidate_weight(const s2s_cell *cell, const real *packed)
{
    return packed + pack_size(cell->units, 2, cell->units);
}

static void reset_gates(const s2s_cell *cell, const step *s, int64_t group)
{
    real *gates = cell->z + panel_row(cell, s->z_first, GRU_WIDTH, group);
    int64_t lanes = group_lanes(group, cell->units);

    for (int64_t r = 0; r < s->rows; r++, gates += GRU_WIDTH) {
        vec reset = vec_sigmoid(vec_load(gates + S2S_LANES));
        vec before = load_or_zero(unit_row(s->masked, r, cell->units, group), lanes);

        vec_store(gates, vec_sigmoid(vec_load(gates)));
        vec_store(gates + S2S_LANES, reset);
        store_lanes(cell->c + (s->c_first + r) * cell->units + group * VEC_LANES, vec_mul(reset, before), lanes);
    }
}

static void reset_outputs(const s2s_cell *cell, const step *s, int64_t group)
{
    real *gates = cell->z + panel_row(cell, s->z_first, GRU_WIDTH, group);
    int64_t lanes = group_lanes(group, cell->units);

    for (int64_t r = 0; r < s->rows; r++, gates += GRU_WIDTH) {
        vec candidate = vec_tanh(vec_load(gates + 2 * S2S_LANES));
        vec before = load_or_zero(unit_row(s->before, r, cell->units, group), lanes);

        vec_store(gates + 2 * S2S_LANES, candidate);
        store_state(cell, s, group, r, vec_fma(vec_load(gates), vec_sub(before, candidate), candidate), lanes);
    }
}

static void gru_reset_before_forward(const s2s_cell *cell)
{
    place gates = place_of(cell, 2, 0, GRU_WIDTH), candidate = place_of(cell, 1, 2, GRU_WIDTH);
    int64_t units = cell->units;

    mask_start(cell);
    for (int64_t t = 0; t < cell->steps->count; t++) {
        step s = step_at(cell, t);
        lhs a = step_lhs(cell, &s, s.masked);

        for (int64_t first = 0; first < groups_of(units); first += groups_a_block[2]) {
            block b = step_block(&s, cell->u_forward, &a, 2, units, first);

            step_product(cell, &s, &gates, &a, &b);
            for (int64_t i = 0; i < b.groups; i++)
                reset_gates(cell, &s, first + i);
        }
        a = step_lhs(cell, &s, s.masked ? cell->c + s.c_first * units : NULL);
        for (int64_t first = 0; first < groups_of(units); first += groups_a_block[1]) {
            block b = step_block(&s, candidate_weight(cell, cell->u_forward), &a, 1, units, first);

            step_product(cell, &s, &candidate, &a, &b);
            for (int64_t i = 0; i < b.groups; i++)
                reset_outputs(cell, &s, first + i);
        }
    }
}

/* Gradients of the update gate and the candidate. */
static void reset_gradients(const s2s_cell *cell, const step *s, const carry *k, int64_t group)
{
    real *gates = cell->z + panel_row(cell, s->first, GRU_WIDTH, group);
    int64_t lanes = group_lanes(group, cell->units);

    for (int64_t r = 0; r < s->rows; r++, gates += GRU_WIDTH) {
        vec before = load_or_zero(unit_row(s->before, r, cell->units, group), lanes), dz, d_candidate;
        vec direct = gru_split(gru_total(cell, s, k, group, r, lanes), vec_load(gates), vec_load(gates + 2 * S2S_LANES), before,
                               &dz, &d_candidate);

        vec_store(gates, dz);
        vec_store(gates + 2 * S2S_LANES, d_candidate);
        vec_store(k->second + r * k->stride + group * VEC_LANES, direct);
    }
}

/* From the gradient of r h (third): that of the reset gate, and into dh its way back to the state before. */
static void reset_gate_gradients(const s2s_cell *cell, const step *s, const carry *k, int64_t group)
{
    real *gates = cell->z + panel_row(cell, s->first, GRU_WIDTH, group);
    int64_t lanes = group_lanes(group, cell->units);

    for (int64_t r = 0; r < s->rows; r++, gates += GRU_WIDTH) {
        vec reset = vec_load(gates + S2S_LANES), before = load_or_zero(unit_row(s->masked, r, cell->units, group), lanes);
        vec d = vec_load(k->third + r * k->stride + group * VEC_LANES);

        vec_store(gates + S2S_LANES, sigmoid_slope(reset, vec_mul(d, before)));
        vec_store(k->dh + r * k->stride + group * VEC_LANES, vec_mul(d, reset));
    }
}

static void gru_reset_before_backward(const s2s_cell *cell)
{
    const s2s_steps *steps = cell->steps;
    s2s_operand gates = s2s_operand_panels(cell->z, steps->rows, GRU_GATES, cell->units), candidate = gates;
    carry k = carry_of(cell);

    gates.gates = 2;
    candidate.gates = 1;
    for (int64_t t = steps->count - 1; t >= 0; t--) {
        step s = step_back(cell, t, &k);

        gates.base = cell->z + (s.first + s.rows) * GRU_WIDTH;
        candidate.base = cell->z + s.first * GRU_WIDTH + 2 * S2S_LANES;
        carry_product(cell, s.next_rows, &gates, cell->u_backward, true, &k, k.dh);
        for (int64_t group = 0; group < groups_of(cell->units); group++)
            reset_gradients(cell, &s, &k, group);
        note_norm(cell, &s, &k);
        carry_product(cell, s.rows, &candidate, candidate_weight(cell, cell->u_backward), false, &k, k.third);
        for (int64_t group = 0; group < groups_of(cell->units); group++)
            reset_gate_gradients(cell, &s, &k, group);
    }
    if (cell->dh_start != NULL) {
        gates.base = cell->z;
        carry_product(cell, steps->sequences, &gates, cell->u_backward, true, &k, k.dh);
        start_gradient(cell, &k, k.second);
    }
}
