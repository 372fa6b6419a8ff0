/*
 * cell_lstm.inc.h -- LSTM, gates i,f,c,o. Included by kernel.inc.h.
 *
 *     i, f, o = sigmoid(z), g = tanh(z_c),   c_t = f c_{t-1} + i g,   h_t = o tanh(c_t)
 *
 * Source  Hochreiter and Schmidhuber, "Long short-term memory", 1997; Gers, Schmidhuber and Cummins, "Learning to forget", 2000.
 */

enum { LSTM_GATES = 4, LSTM_WIDTH = LSTM_GATES * S2S_LANES, LSTM_CELL = 2 * S2S_LANES, LSTM_ROWS = 8 };

/* The cell states before row r: c_start at the first step, or zero. */
static vec lstm_before(const s2s_cell *cell, const step *s, int64_t group, int64_t r, int64_t lanes)
{
    if (s->t > 0)
        return vec_load(cell->c + panel_row(cell, s->c_before_first + r, LSTM_CELL, group));
    return load_or_zero(unit_row(cell->c_start, r, cell->units, group), lanes);
}

/* Where a product leaves the memory idle, the outputs ask for what the next step will read and write of the same row. */
static inline __attribute__((always_inline)) void lstm_ask(const s2s_cell *cell, const step *s, int64_t r, const real *z, const real *cells)
{
    if (!ASKS_AHEAD || cell->forget || r >= s->next_rows)
        return;
    UNROLL for (int v = 0; v < LSTM_GATES; v++)
        __builtin_prefetch(z + s->rows * LSTM_WIDTH + v * S2S_LANES, 1);
    UNROLL for (int v = 0; v < 2; v++)
        __builtin_prefetch(cells + s->rows * LSTM_CELL + v * S2S_LANES, 1);
}

/*
 * Gates, cell and state of `rows` rows from row r on, one group. First all gates and cells, then all tanh of cells: the chains of
 * several rows run side by side.
 */
static inline __attribute__((always_inline)) void lstm_rows(const s2s_cell *cell, const step *s, int64_t group, int64_t r, const int rows)
{
    real *z = cell->z + panel_row(cell, s->z_first + r, LSTM_WIDTH, group);
    real *cells = cell->c + panel_row(cell, s->c_first + r, LSTM_CELL, group);
    int64_t lanes = group_lanes(group, cell->units);
    vec c[LSTM_ROWS], o[LSTM_ROWS];

    UNROLL for (int j = 0; j < rows; j++, z += LSTM_WIDTH) {
        vec i = vec_sigmoid(vec_load(z));
        vec f = vec_sigmoid(vec_load(z + S2S_LANES));
        vec g = vec_tanh(vec_load(z + 2 * S2S_LANES));

        lstm_ask(cell, s, r + j, z, cells + j * LSTM_CELL);
        o[j] = vec_sigmoid(vec_load(z + 3 * S2S_LANES));
        c[j] = vec_fma(f, lstm_before(cell, s, group, r + j, lanes), vec_mul(i, g));
        vec_store(z, i);
        vec_store(z + S2S_LANES, f);
        vec_store(z + 2 * S2S_LANES, g);
        vec_store(z + 3 * S2S_LANES, o[j]);
    }
    UNROLL for (int j = 0; j < rows; j++, cells += LSTM_CELL) {
        vec tanh_c = vec_tanh(c[j]);

        vec_store(cells, c[j]);
        vec_store(cells + S2S_LANES, tanh_c);
        store_state(cell, s, group, r + j, vec_mul(o[j], tanh_c), lanes);
    }
}

static void lstm_outputs(const s2s_cell *cell, const step *s, int64_t group)
{
    int64_t r = 0;

    for (; r + LSTM_ROWS <= s->rows; r += LSTM_ROWS)
        lstm_rows(cell, s, group, r, LSTM_ROWS);
    for (; r < s->rows; r++)
        lstm_rows(cell, s, group, r, 1);
}

static void lstm_forward(const s2s_cell *cell)
{
    const int64_t turns = (groups_of(cell->units) + BLOCKS_A_TURN - 1) / BLOCKS_A_TURN;
    place p = place_of(cell, LSTM_GATES, 0, LSTM_WIDTH);

    mask_start(cell);
    for (int64_t t = 0; t < cell->steps->count; t++) {
        step s = step_at(cell, t);
        lhs a = step_lhs(cell, &s, s.masked);

        for (int64_t i = 0; i < turns; i++) {
            const int64_t first = by_turns(cell, &s, i, turns) * BLOCKS_A_TURN, end = min_of(first + BLOCKS_A_TURN, groups_of(cell->units));

            for (int64_t group = first; group < end; group++) {
                block b = step_block(&s, cell->u_forward, &a, LSTM_GATES, cell->units, group);

                step_product(cell, &s, &p, &a, &b);
            }
            for (int64_t group = first; group < end; group++)
                lstm_outputs(cell, &s, group);
        }
    }
}

static void lstm_gradients(const s2s_cell *cell, const step *s, const carry *k, int64_t group)
{
    real *z = cell->z + panel_row(cell, s->first, LSTM_WIDTH, group);
    const real *cells = cell->c + panel_row(cell, s->first, LSTM_CELL, group);
    int64_t lanes = group_lanes(group, cell->units);

    for (int64_t r = 0; r < s->rows; r++, z += LSTM_WIDTH, cells += LSTM_CELL) {
        real *carried_dc = k->second + r * k->stride + group * VEC_LANES;
        bool next = r < s->next_rows;
        vec i = vec_load(z), f = vec_load(z + S2S_LANES), g = vec_load(z + 2 * S2S_LANES), o = vec_load(z + 3 * S2S_LANES);
        vec tanh_c = vec_load(cells + S2S_LANES);
        vec dh = total(cell, s, k, group, r, lanes, next ? carried(cell, k, group, r, lanes) : vec_set(0));
        vec dc = next ? vec_load(carried_dc) : load_or_zero(unit_row(cell->dc_last, r, cell->units, group), lanes);

        dc = vec_add(dc, tanh_slope(tanh_c, vec_mul(dh, o)));
        vec_store(carried_dc, vec_mul(dc, f));
        vec_store(z, sigmoid_slope(i, vec_mul(dc, g)));
        vec_store(z + S2S_LANES, sigmoid_slope(f, vec_mul(dc, lstm_before(cell, s, group, r, lanes))));
        vec_store(z + 2 * S2S_LANES, tanh_slope(g, vec_mul(dc, i)));
        vec_store(z + 3 * S2S_LANES, sigmoid_slope(o, vec_mul(dh, tanh_c)));
    }
}

static void lstm_backward(const s2s_cell *cell)
{
    const s2s_steps *steps = cell->steps;
    s2s_operand dz = s2s_operand_panels(cell->z, steps->rows, LSTM_GATES, cell->units);
    carry k = carry_of(cell);

    for (int64_t t = steps->count - 1; t >= 0; t--) {
        step s = step_back(cell, t, &k);

        dz.base = cell->z + (s.first + s.rows) * LSTM_WIDTH;
        carry_product(cell, s.next_rows, &dz, cell->u_backward, false, &k, k.dh);
        for (int64_t group = 0; group < groups_of(cell->units); group++)
            lstm_gradients(cell, &s, &k, group);
        note_norm(cell, &s, &k);
    }
    if (cell->dh_start != NULL) {
        dz.base = cell->z;
        carry_product(cell, steps->sequences, &dz, cell->u_backward, false, &k, k.dh);
        start_gradient(cell, &k, NULL);
    }
    if (cell->dc_start != NULL)
        vectors_to_rows(steps->sequences, cell->units, k.second, k.stride, cell->dc_start, cell->units);
}
