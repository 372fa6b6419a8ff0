/*
 * cell.inc.h -- what the recurrent cells share: one step's rows, its product, and the gradient that comes back from the next
 * step. Included by kernel.inc.h.
 *
 * Forward, for each step and each block of units: the product with the states before (block_product), and at once, while its
 * results are in the first-level cache, the gates of these units (the cell's own *_outputs).
 *
 * Backward, for each step from the last: dh in scratch = product of the next step's gate gradients with the transposed weight, for the
 * rows that have a next step; then, unit by unit, dh += what comes from above, and the gate gradients (the cell's own
 * *_gradients).
 */

enum { FIRST_PRODUCT = 1 };          /* the first step that reads the weights, when the states before step 0 are zero */

/* The rows of one time step. */
typedef struct step {
    int64_t t, first, rows;          /* packed rows first .. first + rows - 1 */
    int64_t next_rows;               /* of these, how many have a next step: the first ones */
    int64_t before_first;            /* packed row of the previous step's first, when t > 0 */
    int64_t z_first, c_first, c_before_first;      /* the same for z and c: they may be forgotten */
    const real *before;              /* (rows,H) states before, NULL: zeros */
    const real *masked;              /* the same times the mask of recurrent dropout: what the product reads */
    s2s_operand read;                /* what the product under way reads */
} step;

static step step_at(const s2s_cell *cell, int64_t t)
{
    const int64_t *offset = cell->steps->offset, units = cell->units;
    step s = { .t = t, .first = offset[t], .rows = offset[t + 1] - offset[t] };

    s.z_first = cell->forget && cell->projection ? 0 : s.first;
    s.c_first = cell->forget ? 0 : s.first;
    s.next_rows = t + 1 < cell->steps->count ? offset[t + 2] - offset[t + 1] : 0;
    if (t > 0) {
        s.before_first = offset[t - 1];
        s.c_before_first = cell->forget ? 0 : s.before_first;
        s.before = cell->h + s.before_first * units;
        s.masked = cell->mask ? cell->masked + s.before_first * units : s.before;
    } else {
        s.before = cell->h_start;
        s.masked = cell->mask && cell->h_start ? cell->masked_start : s.before;
    }
    return s;
}

/* Row-major element (row, first unit of the group); NULL stays NULL. */
static const real *unit_row(const real *x, int64_t row, int64_t units, int64_t group)
{
    return x ? x + row * units + group * VEC_LANES : NULL;
}

static vec load_or_zero(const real *p, int64_t lanes) { return p ? load_lanes(p, lanes) : vec_set(0); }

/* Offset of a packed row in an array (P,N,width) at a group's first unit; width = 16 times the gates. */
static int64_t panel_row(const s2s_cell *cell, int64_t row, int64_t width, int64_t group)
{
    return group_offset(group, cell->steps->rows * width) + row * width;
}

/* --- forward ---------------------------------------------------------------------------------------------------------------- */

/* What the product of a step reads: no columns when the states are zero. It lasts until the next one is made: both use the scratch. */
static lhs step_lhs(const s2s_cell *cell, step *s, const real *states)
{
    s->read.base = states ? states : cell->z;
    s->read.panel_stride = S2S_LANES;
    s->read.row_stride = cell->units;
    s->read.gates = 1;
    s->read.units = states ? cell->units : 0;
    return lhs_of(s->rows, &s->read, cell->scratch);
}

/* Where nothing goes back, steps go through the weights from their beginning and from their end by turns: what was read last is still near. */
static int64_t by_turns(const s2s_cell *cell, const step *s, int64_t i, int64_t count)
{
    return cell->forget && s->t % 2 != 0 ? count - 1 - i : i;
}

/* The block that begins with group `first`, for the product of a step. */
static block step_block(const step *s, const real *packed, const lhs *a, int64_t gates, int64_t units, int64_t first)
{
    return packed_block(packed, a, s->t <= FIRST_PRODUCT, gates, units, first);
}

/* Where the product with one packed weight lies in z and in the projection: gates `gate` .. gate + gates - 1. */
typedef struct place {
    int64_t gates, gate, width;      /* width of a row of all gates: 16 G */
    int64_t at[BLOCK_VECTORS], start_at[BLOCK_VECTORS];
} place;

static place place_of(const s2s_cell *cell, int64_t gates, int64_t gate, int64_t width)
{
    place p = { .gates = gates, .gate = gate, .width = width };

    block_offsets(gates, cell->units, S2S_LANES, cell->steps->rows * width, p.at);
    block_offsets(gates, cell->units, S2S_LANES, cell->projection_rows * width, p.start_at);
    return p;
}

/* z = input projection + A U, for one block of U. */
static void step_product(const s2s_cell *cell, const step *s, const place *p, const lhs *a, const block *b)
{
    tile t = { .c = cell->z + panel_row(cell, s->z_first, p->width, b->first) + p->gate * S2S_LANES, .c_stride = p->width, .c_at = p->at };

    if (cell->projection != NULL) {
        t.start = cell->projection + group_offset(b->first, cell->projection_rows * p->width) + p->gate * S2S_LANES;
        t.start_stride = p->width;
        t.start_at = p->start_at;
        t.index = cell->index + s->first;
    } else if (s->masked != NULL) {
        continue_from_c(&t);
    } else {
        return;
    }
    block_product(s->rows, b, a, &t);
}

/*
 * Lanes of the states at `at` that may be written. Of a small model it is all of them, as long as they lie within the states: those beyond
 * the row belong to later ones, which are not made yet. The next step would wait for a part of a vector to reach the cache.
 */
static inline int64_t state_lanes(const s2s_cell *cell, int64_t at, int64_t lanes)
{
    return cell->units < VEC_LANES && at + VEC_LANES <= cell->steps->rows * cell->units ? VEC_LANES : lanes;
}

/* h and, for the next step's product, h times the mask. */
static inline __attribute__((always_inline)) void store_state(const s2s_cell *cell, const step *s, int64_t group, int64_t r, vec h, int64_t lanes)
{
    int64_t at = (s->first + r) * cell->units + group * VEC_LANES;

    store_lanes(cell->h + at, h, state_lanes(cell, at, lanes));
    if (cell->mask != NULL && s->t + 1 < cell->steps->count)
        store_lanes(cell->masked + at, vec_mul(h, load_lanes(unit_row(cell->mask, r, cell->units, group), lanes)), lanes);
}

static void mask_start(const s2s_cell *cell)
{
    if (cell->mask != NULL && cell->h_start != NULL)
        for (int64_t i = 0; i < cell->steps->sequences * cell->units; i++)
            cell->masked_start[i] = cell->h_start[i] * cell->mask[i];
}

/* --- backward --------------------------------------------------------------------------------------------------------------- */

/* Blocks of scratch, each (B, stride) unless it is said. */
typedef struct carry {
    int64_t stride;
    bool far;                        /* the weights have not been read in this pass */
    real *dh;                        /* gradient of the states: first what comes back from the next step, then all of it */
    real *second;                    /* LSTM: gradient of the cell states. GRU: dh times the update gate */
    real *third;                     /* GRU: gates' gradients (P,B,3,16), or gradient of r * h */
} carry;

static int64_t cell_scratch(int64_t sequences, int64_t units)
{
    return 5 * sequences * s2s_panels(units) * S2S_LANES + lhs_padding(units);
}

static carry carry_of(const s2s_cell *cell)
{
    int64_t stride = s2s_panels(cell->units) * S2S_LANES, size = cell->steps->sequences * stride;

    return (carry){ .stride = stride, .dh = cell->scratch, .second = cell->scratch + size, .third = cell->scratch + 2 * size };
}

/* A step on the way back. The weights are read for the first time in the last step or, as a product with what came back, in the one before. */
static step step_back(const s2s_cell *cell, int64_t t, carry *k)
{
    k->far = t + 2 >= cell->steps->count;
    return step_at(cell, t);
}

/* out = [out if add | 0] + dZ U^T for m rows, whole vectors. */
static void carry_product(const s2s_cell *cell, int64_t m, const s2s_operand *dz, const real *packed, bool add, const carry *k, real *out)
{
    multiply_to_rows(m, dz, packed, k->far, NULL, add, groups_of(cell->units) * VEC_LANES, out, k->stride);
}

/* Gradient of the states before a row, through the next step: the product's part times the mask. */
static vec carried(const s2s_cell *cell, const carry *k, int64_t group, int64_t r, int64_t lanes)
{
    vec d = vec_load(k->dh + r * k->stride + group * VEC_LANES);

    return cell->mask ? vec_mul(d, load_lanes(unit_row(cell->mask, r, cell->units, group), lanes)) : d;
}

/* dL/dh of a row: `d`, which came back from the next step, and what comes from above. Kept in dh for the norms. */
static vec total(const s2s_cell *cell, const step *s, const carry *k, int64_t group, int64_t r, int64_t lanes, vec d)
{
    if (cell->dy != NULL)
        d = vec_add(d, load_lanes(unit_row(cell->dy, s->first + r, cell->units, group), lanes));
    if (cell->dy_last != NULL && r >= s->next_rows)
        d = vec_add(d, load_lanes(unit_row(cell->dy_last, r, cell->units, group), lanes));
    vec_store(k->dh + r * k->stride + group * VEC_LANES, d);
    return d;
}

static void note_norm(const s2s_cell *cell, const step *s, const carry *k)
{
    double sum = 0;

    if (cell->dh_norms == NULL)
        return;
    for (int64_t r = 0; r < s->rows; r++)
        for (int64_t u = 0; u < cell->units; u++)
            sum += (double)k->dh[r * k->stride + u] * (double)k->dh[r * k->stride + u];
    cell->dh_norms[s->t] += sum;
}

/* y' for y = f(x), times dy. */
static vec tanh_slope(vec y, vec dy) { return vec_mul(dy, vec_fnma(y, y, vec_set(1))); }
static vec sigmoid_slope(vec y, vec dy) { return vec_mul(dy, vec_fnma(y, y, y)); }

/* dh_start, when it is wanted: what dh carries out of the first step, and what reaches the start directly (GRU) or NULL. */
static void start_gradient(const s2s_cell *cell, const carry *k, const real *direct)
{
    for (int64_t group = 0; group < groups_of(cell->units); group++)
        for (int64_t r = 0; r < cell->steps->sequences; r++) {
            int64_t lanes = group_lanes(group, cell->units);
            vec d = carried(cell, k, group, r, lanes);

            if (direct != NULL)
                d = vec_add(d, vec_load(direct + r * k->stride + group * VEC_LANES));
            store_lanes(cell->dh_start + r * cell->units + group * VEC_LANES, d, lanes);
        }
}
