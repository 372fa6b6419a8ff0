/*
 * outputs.inc.h -- whole products from their blocks, and the table's products. Included by the kernels' sources.
 *
 * What comes before it says how a block is computed: what a product reads on its left (lhs), made from an operand (lhs_of), perhaps in
 * a room of LHS_ROOM elements, and then rows and columns at a time (next_part); where the blocks of a packed weight lie (packed_block);
 * the product of one (block_product); and whether there is a shorter way for a product of one vector (few_to_rows).
 */

static void to_panels(int64_t m, const lhs *a, const real *packed, const real *bias, bool add,
                      int64_t gates, int64_t units, real *z, int64_t z_rows)
{
    int64_t panel_stride = z_rows * gates * S2S_LANES, at[BLOCK_VECTORS];
    real start[BLOCK_VECTORS * VEC_LANES];

    assert(gates >= 1 && gates <= BLOCK_VECTORS && z_rows >= m);
    block_offsets(gates, units, S2S_LANES, panel_stride, at);
    for (int64_t first = 0; first < groups_of(units); first += groups_a_block[gates]) {
        block b = packed_block(packed, a, true, gates, units, first);      /* far: a pass needs such a product once */
        tile t = { .c = z + group_offset(first, panel_stride), .c_stride = gates * S2S_LANES, .c_at = at,
                   .start = start, .start_at = side_by_side };

        if (add)
            continue_from_c(&t);
        else
            block_bias(bias, &b, gates, units, start);
        block_product(m, &b, a, &t);
    }
    if (!add)
        clear_padding(m, gates, units, z, z_rows);
}

/* A block whose last vector reaches beyond the last column goes by way of a small copy. n: columns from the block on. */
static void narrow_block(int64_t m, const block *b, lhs a, const real *start, bool add, int64_t n, real *c, int64_t c_stride)
{
    enum { ROWS = 32 };
    real copy[ROWS * BLOCK_VECTORS * VEC_LANES];
    int64_t width = b->vectors * VEC_LANES;

    for (int64_t rows; m > 0; m -= rows) {
        tile t = { .c = copy, .c_stride = width, .c_at = side_by_side, .start = start, .start_at = side_by_side };

        rows = min_of(m, ROWS);
        if (add) {
            rows_to_vectors(rows, n, c, c_stride, width, copy);
            continue_from_c(&t);
        }
        block_product(rows, b, &a, &t);
        vectors_to_rows(rows, n, copy, width, c, c_stride);
        lhs_skip(&a, rows);
        c += rows * c_stride;
    }
}

static void to_rows(int64_t m, const lhs *a, const real *packed, bool far, const real *bias, bool add, int64_t n, real *c,
                    int64_t c_stride)
{
    for (int64_t first = 0; first < groups_of(n); first += groups_a_block[1], c += BLOCK_VECTORS * VEC_LANES) {
        block b = packed_block(packed, a, far, 1, n, first);
        real start[BLOCK_VECTORS * VEC_LANES];

        if (!add)
            block_bias(bias, &b, 1, n, start);
        if ((first + b.groups) * VEC_LANES <= n) {
            tile t = { .c = c, .c_stride = c_stride, .c_at = side_by_side, .start = start, .start_at = side_by_side };

            if (add)
                continue_from_c(&t);
            block_product(m, &b, a, &t);
        } else {
            narrow_block(m, &b, *a, start, add, n - first * VEC_LANES, c, c_stride);
        }
    }
}

/* --- members of the table -------------------------------------------------------------------------------------------------- */

static void multiply_to_rows(int64_t m, const s2s_operand *a, const real *packed, bool far, const real *bias, bool add, int64_t n, real *c,
                             int64_t c_stride)
{
    _Alignas(64) real room[LHS_ROOM];

    if (few_to_rows(m, a, packed, bias, add, n, c, c_stride))
        return;
    for (part p = { 0 }; next_part(&p, m, a, room); )
        to_rows(p.rows, &p.a, packed, far, bias, add || p.continues, n, c + p.row * c_stride, c_stride);
}

static void multiply_to_panels(int64_t m, const s2s_operand *a, const real *packed, const real *bias, bool add,
                               int64_t gates, int64_t units, real *z, int64_t z_rows)
{
    _Alignas(64) real room[LHS_ROOM];

    for (part p = { 0 }; next_part(&p, m, a, room); )
        to_panels(p.rows, &p.a, packed, bias, add || p.continues, gates, units, z + p.row * gates * S2S_LANES, z_rows);
}

static void product_to_panels(int64_t m, int64_t k, const real *a, int64_t a_stride, const real *packed, const real *bias,
                              int64_t gates, int64_t units, real *z, int64_t z_rows)
{
    s2s_operand rows = s2s_operand_rows(a, a_stride, k);

    multiply_to_panels(m, &rows, packed, bias, false, gates, units, z, z_rows);
}

static void product_add_panels(int64_t m, int64_t k, const real *a, int64_t a_stride, const real *packed,
                               int64_t gates, int64_t units, real *z, int64_t z_rows)
{
    s2s_operand rows = s2s_operand_rows(a, a_stride, k);

    multiply_to_panels(m, &rows, packed, NULL, true, gates, units, z, z_rows);
}

static void product_to_rows(int64_t m, int64_t k, const real *a, int64_t a_stride, const real *packed, const real *bias, bool add,
                            int64_t n, real *c, int64_t c_stride)
{
    s2s_operand rows = s2s_operand_rows(a, a_stride, k);

    multiply_to_rows(m, &rows, packed, true, bias, add, n, c, c_stride);
}

static void product_transposed(int64_t m, const s2s_operand *a, const real *packed, bool add, int64_t n, real *c, int64_t c_stride)
{
    multiply_to_rows(m, a, packed, true, NULL, add, n, c, c_stride);
}
