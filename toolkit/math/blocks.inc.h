/*
 * blocks.inc.h -- what a product's outputs are made of, whoever computes it. Included by the kernels' sources.
 *
 * Columns. The outputs of a product are vectors: G gates times VEC_LANES units make one *group* of G vectors. As many whole groups
 * as fit in 4 vectors make a *block*.
 *
 *     G = 1, 70 units, 16 lanes:   | v v v v | v |           G = 3:   | z r h | z r h | ...           G = 4:  | i f c o | ...
 *
 * Lanes beyond the last unit hold zeros in weights.
 */

enum { BLOCK_VECTORS = 4 };

/* Loops over tiles have constant bounds; only when they are unrolled early do the accumulators stay in registers. */
#define UNROLL _Pragma("GCC unroll 16")

/* One block: its groups of VEC_LANES units, and its weights. */
typedef struct block {
    int64_t first, groups;
    int vectors;
    const real *w;
    bool far;                        /* the weights have not been read lately: whoever reads them asks for the next ones in time */
} block;

/* Groups that share a block, for 1 to 4 gates. */
static const int64_t groups_a_block[BLOCK_VECTORS + 1] = { 0, 4, 2, 1, 1 };

static inline int64_t min_of(int64_t a, int64_t b) { return a < b ? a : b; }
static inline int64_t groups_of(int64_t units) { return (int64_t)((uint64_t)(units + VEC_LANES - 1) / VEC_LANES); }

/* Valid lanes of a group; all but the last have VEC_LANES. */
static inline int64_t group_lanes(int64_t group, int64_t units) { return min_of(VEC_LANES, units - group * VEC_LANES); }

/* Groups of the block that begins with group `first`. */
static inline int64_t groups_of_block(int64_t gates, int64_t units, int64_t first)
{
    return min_of(groups_a_block[gates], groups_of(units) - first);
}

static inline block block_at(int64_t gates, int64_t units, int64_t first)
{
    int64_t groups = groups_of_block(gates, units, first);

    return (block){ .first = first, .groups = groups, .vectors = (int)(groups * gates) };
}

/* Where a group begins in a row of an array (panel, row, gate, 16). */
static inline int64_t group_offset(int64_t group, int64_t panel_stride)
{
    uint64_t unit = (uint64_t)group * VEC_LANES;

    return (int64_t)(unit / S2S_LANES) * panel_stride + (int64_t)(unit % S2S_LANES);
}

/* Where the vectors of a block lie, seen from its first group: gates are `gate_stride` apart. The same for all blocks of a weight: the first is whole. */
static inline void block_offsets(int64_t gates, int64_t units, int64_t gate_stride, int64_t panel_stride, int64_t *at)
{
    for (int64_t group = 0, groups = groups_of_block(gates, units, 0); group < groups; group++)
        for (int64_t gate = 0, from = group_offset(group, panel_stride); gate < gates; gate++, from += gate_stride)
            *at++ = from;
}

/* `lanes` elements at p, of a vector that may reach beyond the last unit. */
static vec load_lanes(const real *p, int64_t lanes) { return lanes == VEC_LANES ? vec_load(p) : vec_load_part(p, lanes); }

static void store_lanes(real *p, vec x, int64_t lanes)
{
    if (lanes == VEC_LANES)
        vec_store(p, x);
    else
        vec_store_part(p, x, lanes);
}

/* One tile's work. Passed by pointer and changed in place: copies of a struct that was just written stall. */
typedef struct tile {
    const real *a;                   /* row r of A at a + r * a_stride; k comes in `runs` pieces of `run` elements, a_step apart */
    int64_t a_stride, runs, run, a_step;
    const real *w;
    const real *ahead;               /* asked for while w is read, a line for each element of k, ahead_step apart */
    int64_t ahead_step;
    const real *start;               /* row r starts from start + start_row(r) * start_stride + start_at[v] */
    const int32_t *index;            /* start_row(r) = index[r], or r when NULL */
    int64_t start_stride;
    const int64_t *start_at;
    real *c;
    int64_t c_stride;
    const int64_t *c_at;
} tile;

/* Go on from where the chains wait in C. */
static void continue_from_c(tile *t)
{
    t->start = t->c;
    t->index = NULL;
    t->start_stride = t->c_stride;
    t->start_at = t->c_at;
}

/* Bias of one block's columns as vectors, zero beyond the last unit; bias NULL: zeros. */
static void block_bias(const real *bias, const block *b, int64_t gates, int64_t units, real *vectors)
{
    for (int64_t group = b->first; group < b->first + b->groups; group++)
        for (int64_t gate = 0; gate < gates; gate++, vectors += VEC_LANES)
            vec_store(vectors, bias ? load_lanes(bias + gate * units + group * VEC_LANES, group_lanes(group, units)) : vec_set(0));
}

static const int64_t side_by_side[BLOCK_VECTORS] = { 0, VEC_LANES, 2 * VEC_LANES, 3 * VEC_LANES };

/* Groups of the last panel that hold no unit at all: finite, and the same whatever VEC_LANES is. */
static void clear_padding(int64_t m, int64_t gates, int64_t units, real *z, int64_t z_rows)
{
    for (int64_t group = groups_of(units); group < s2s_panels(units) * S2S_LANES / VEC_LANES; group++)
        for (int64_t r = 0; r < m; r++)
            for (int64_t g = 0; g < gates; g++)
                vec_store(z + group_offset(group, z_rows * gates * S2S_LANES) + (r * gates + g) * S2S_LANES, vec_set(0));
}

/* Between row-major columns and whole vectors: `width` lanes a row in `vectors`, of which n are in c. */
static void rows_to_vectors(int64_t m, int64_t n, const real *c, int64_t c_stride, int64_t width, real *vectors)
{
    for (int64_t r = 0; r < m; r++)
        for (int64_t x = 0; x < n; x += VEC_LANES)
            vec_store(vectors + r * width + x, load_lanes(c + r * c_stride + x, min_of(VEC_LANES, n - x)));
}

static void vectors_to_rows(int64_t m, int64_t n, const real *vectors, int64_t width, real *c, int64_t c_stride)
{
    for (int64_t r = 0; r < m; r++)
        for (int64_t x = 0; x < n; x += VEC_LANES)
            store_lanes(c + r * c_stride + x, vec_load(vectors + r * width + x), min_of(VEC_LANES, n - x));
}
