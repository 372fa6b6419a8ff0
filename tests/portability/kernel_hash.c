/*
 * kernel_hash.c -- runs one table of kernels (its name is the argument; none: list them) over many shapes and prints a hash of
 * every result. Equal hashes are equal bits: tests/portability/compare.sh compares machines that no single test process can visit.
 */
#include <stdio.h>

#include "../unit/math/scene.h"

static uint64_t hash_of(uint64_t hash, const void *bytes, size_t size)
{
    for (const unsigned char *p = bytes, *end = p + size; p < end; p++)
        hash = (hash ^ *p) * 1099511628211u;         /* FNV-1a */
    return hash;
}

static uint64_t add_array(uint64_t hash, array x) { return hash_of(hash, x.x, (size_t)x.count * sizeof(real)); }

/* Valid units only: padding is private to a table. */
static uint64_t add_panels(uint64_t hash, const scene *s, array x, int64_t gates)
{
    int64_t rows = s->steps.rows;

    for (int64_t i = 0; i < rows * gates * s->units; i++)
        hash = hash_of(hash, x.x + scene_at(rows, gates, i / s->units / gates, i / s->units % gates, i % s->units), sizeof(real));
    return hash;
}

static uint64_t cell_hash(const s2s_kernels *k, cell_kind kind, int with, int64_t units, int64_t sequences, const int32_t *length)
{
    uint64_t hash = 14695981039346656037u;
    scene s;

    scene_init(&s, kind, with, units, sequences, length);
    scene_run(&s, k, true);
    hash = add_array(add_array(add_array(hash, s.h), s.dh_start), s.du);
    hash = add_array(add_array(hash, s.dc_start), s.dbias);
    hash = add_panels(hash, &s, s.z, s.gates);
    hash = hash_of(hash, s.norms, sizeof s.norms);
    scene_free(&s);
    return hash;
}

static void print_cells(const s2s_kernels *k)
{
    static const int32_t length[] = { 6, 6, 5, 5, 5, 3, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 };
    static const int64_t shapes[][2] = { { 1, 1 }, { 3, 20 }, { 6, 1 }, { 15, 5 }, { 16, 16 }, { 17, 7 }, { 33, 12 }, { 100, 3 },
                                         { 128, 9 }, { 130, 20 } };

    for (int kind = 0; kind < KINDS; kind++)
        for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
            for (int with = 0; with < ALL_OPTIONS; with += 21)
                printf("cell %d, %ld units, %ld sequences, options %d: %016lx\n", kind, (long)shapes[i][0], (long)shapes[i][1], with,
                       (unsigned long)cell_hash(k, (cell_kind)kind, with, shapes[i][0], shapes[i][1], length));
}

static void print_functions(const s2s_kernels *k)
{
    enum { N = 1 << 16 };
    void (*const functions[])(int64_t, const real *, real *) = { k->exponential, k->tanh, k->sigmoid };
    array x = array_new(N, 1), y = array_new(N, 2);

    for (uint32_t i = 0; i < N; i++) {
        uint32_t bits = i << 16 | (i * 40503u & 0xffff);

        bits = (bits & 0x7fffffffu) > 0x7f800000u ? bits & 0x807fffffu : bits;         /* a NaN has no fixed bits */
        memcpy(x.x + i, &bits, sizeof bits);
    }
    for (int f = 0; f < 3; f++) {
        functions[f](N, x.x, y.x);
        printf("function %d: %016lx\n", f, (unsigned long)add_array(14695981039346656037u, y));
    }
    numbers_fill(x.x, N, 3);
    k->softmax_rows(300, 200, x.x, 210, y.x, 200);
    y.count = 300 * 200;
    printf("softmax: %016lx\n", (unsigned long)add_array(14695981039346656037u, y));
    y.count = N;
    numbers_free(x.x, x.count);
    numbers_free(y.x, y.count);
}

static void print_products(const s2s_kernels *k)
{
    for (int64_t n = 1; n < 140; n += 23)
        for (int64_t m = 1; m < 40; m += 6) {
            int64_t inner = 3 * n + m;
            array a = array_new(m * inner, 1), w = array_new(inner * n, 2), c = array_new(m * n, 3), dw = array_new(inner * n, 4);
            array packed = array_new(k->pack_size(inner, 1, n), 5), da = array_new(m * inner, 6);
            s2s_matrix matrix = { w.x, inner, 1, n, n };
            s2s_operand operand = s2s_operand_rows(c.x, n, n);
            s2s_segment segment = { 0, 0, m };
            uint64_t hash;

            k->pack_forward(&matrix, packed.x);
            k->product_to_rows(m, inner, a.x, inner, packed.x, NULL, true, n, c.x, n);
            k->pack_backward(&matrix, packed.x);
            k->product_transposed(m, &operand, packed.x, false, inner, da.x, inner);
            k->product_gradient(&segment, 1, a.x, inner, &operand, 0, inner, dw.x, n);
            hash = add_array(add_array(add_array(14695981039346656037u, c), da), dw);
            printf("products of %ld rows, %ld columns: %016lx\n", (long)m, (long)n, (unsigned long)hash);
            array *const all[] = { &a, &w, &c, &dw, &packed, &da };
            for (size_t i = 0; i < sizeof all / sizeof *all; i++)
                numbers_free(all[i]->x, all[i]->count);
        }
}

int main(int argc, char **argv)
{
    const s2s_kernels *const *table;
    int tables = s2s_kernels_available(&table);

    if (argc < 2) {
        for (int i = 0; i < tables; i++)
            puts(table[i]->name);
        return 0;
    }
    if (!s2s_kernels_choose(argv[1])) {
        fprintf(stderr, "kernel_hash: no kernels '%s' on this machine\n", argv[1]);
        return 2;
    }
    s2s_denormals_off();
    print_functions(s2s_kernel);
    print_products(s2s_kernel);
    print_cells(s2s_kernel);
    return 0;
}
