/*
 * bench_kernels.c -- how much of the FMA peak each kernel reaches, at the shapes that count.
 *
 * The machine may be shared: times are of this thread alone, every figure is a ratio to the peak measured right before and after,
 * and the median of many such pairs. Multiply-adds count two each; gates, gathers and packing count nothing.
 *
 * usage: bench_kernels [KERNEL [WORD [H]]]      all tables but plain; only lines that contain WORD, shapes of H units
 */
#include <stdio.h>
#include <time.h>

#include "../unit/math/numbers.h"

enum { PAIRS = 15, DENSE = 12, TABLES_MAX = 8 };

typedef struct work {
    const s2s_kernels *k;
    int64_t rows, steps, units, gates, inputs;      /* B, T, H, G, D */
    s2s_steps packed;
    int64_t *offset;
    int32_t *length, *index;
    s2s_cell cell;
    real *x, *w, *w_forward, *w_backward, *dw, *dx;
} work;

typedef struct item {
    const char *name;
    void (*run)(work *w);
    double (*flops)(const work *w);
} item;

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

static double thread_seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double seconds_of(work *w, const item *i, int64_t times)
{
    double start = thread_seconds();

    while (times-- > 0)
        i->run(w);
    return thread_seconds() - start;
}

/* The best of a few short looks: most of them are not interrupted. */
static double peak_now(const work *w)
{
    double best = 0;

    for (int i = 0; i < 5; i++) {
        double peak = w->k->fma_peak(5e-5);

        best = peak > best ? peak : best;
    }
    return best;
}

static void measure(work *w, const item *i)
{
    double share[PAIRS], speed[PAIRS], flops = i->flops(w);
    int64_t times = 1;

    while (seconds_of(w, i, times) < 2e-3)
        times *= 2;
    for (int p = 0; p < PAIRS; p++) {
        double before = peak_now(w), seconds = seconds_of(w, i, times), after = peak_now(w);

        speed[p] = flops * (double)times / seconds * 1e-9;
        share[p] = speed[p] / (before > after ? before : after);
    }
    qsort(share, PAIRS, sizeof *share, compare);
    qsort(speed, PAIRS, sizeof *speed, compare);
    printf("%-10s %-22s %4ld rows x %2ld steps, H %4ld: %8.2f us %8.1f GFLOP/s %6.1f %% of the peak\n", w->k->name, i->name, (long)w->rows,
           (long)w->steps, (long)w->units, flops / speed[PAIRS / 2] * 1e-3, speed[PAIRS / 2], 100 * share[PAIRS / 2]);
}

/* --- what is measured ------------------------------------------------------------------------------------------------------ */

/* Products with the zero state before the first step are not run and not counted. */
static double recurrent_flops(const work *w)
{
    return 2.0 * (double)(w->rows * (w->steps - 1) * w->units * w->units * w->gates);
}

static double input_flops(const work *w) { return 2.0 * (double)(w->rows * w->steps * w->inputs * w->units * w->gates); }

static s2s_operand dz_of(const work *w) { return s2s_operand_panels(w->cell.z, w->packed.rows, w->gates, w->units); }

static void run_forward(work *w)
{
    switch (w->gates) {
    case 1:  w->k->simple_rnn_forward(&w->cell); break;
    case 3:  w->k->gru_forward(&w->cell); break;
    default: w->k->lstm_forward(&w->cell);
    }
}

/* Backward overwrites the gates: from the second call on it sees its own output, which costs the same. */
static void run_backward(work *w)
{
    switch (w->gates) {
    case 1:  w->k->simple_rnn_backward(&w->cell); break;
    case 3:  w->k->gru_backward(&w->cell); break;
    default: w->k->lstm_backward(&w->cell);
    }
}

static void run_gradient(work *w)
{
    s2s_segment all = { 0, w->rows, w->packed.rows - w->rows };
    s2s_operand dz = dz_of(w);

    w->k->product_gradient(&all, 1, w->cell.h, w->units, &dz, 0, w->units, w->dw, w->gates * w->units);
}

static void run_all(work *w)
{
    run_forward(w);
    run_backward(w);
    run_gradient(w);
}

static double all_flops(const work *w) { return 3 * recurrent_flops(w); }

static void run_to_panels(work *w)
{
    w->k->product_to_panels(w->packed.rows, w->inputs, w->x, w->inputs, w->w_forward, NULL, w->gates, w->units, w->cell.z,
                            w->packed.rows);
}

static void run_transposed(work *w)
{
    s2s_operand dz = dz_of(w);

    w->k->product_transposed(w->packed.rows, &dz, w->w_backward, false, w->inputs, w->dx, w->inputs);
}

static void run_input_gradient(work *w)
{
    s2s_segment all = { 0, 0, w->packed.rows };
    s2s_operand dz = dz_of(w);

    w->k->product_gradient(&all, 1, w->x, w->inputs, &dz, 0, w->inputs, w->dw, w->gates * w->units);
}

static void run_dense(work *w)
{
    w->k->product_to_rows(w->packed.rows, w->units, w->cell.h, w->units, w->w_forward, NULL, false, DENSE, w->dx, DENSE);
}

static double dense_flops(const work *w) { return 2.0 * (double)(w->packed.rows * w->units * DENSE); }

static void run_pack(work *w)
{
    s2s_matrix m = { w->w, w->units, w->gates, w->units, w->gates * w->units };

    w->k->pack_forward(&m, w->w_forward);
    w->k->pack_backward(&m, w->w_backward);
}

static double pack_flops(const work *w) { return (double)(w->units * w->units * w->gates); }

static const item items[] = {
    { "to panels", run_to_panels, input_flops },     { "transposed", run_transposed, input_flops },
    { "input gradient", run_input_gradient, input_flops },
    { "cell forward", run_forward, recurrent_flops }, { "cell backward", run_backward, recurrent_flops },
    { "recurrent gradient", run_gradient, recurrent_flops }, { "cell, all three", run_all, all_flops },
    { "dense to 12", run_dense, dense_flops },       { "pack both (elements)", run_pack, pack_flops },
};

/* --- setting up -------------------------------------------------------------------------------------------------------------- */

static void work_init(work *w, const s2s_kernels *k, int64_t gates, int64_t units, int64_t rows, int64_t steps)
{
    int64_t n = rows * steps, padded = s2s_panels(units) * S2S_LANES, packed = k->pack_size(units, gates, units);

    *w = (work){ .k = k, .rows = rows, .steps = steps, .units = units, .gates = gates, .inputs = units };
    w->offset = malloc((size_t)(steps + 1) * sizeof *w->offset);
    w->length = malloc((size_t)rows * sizeof *w->length);
    w->index = malloc((size_t)n * sizeof *w->index);
    for (int64_t t = 0; t <= steps; t++)
        w->offset[t] = t * rows;
    for (int64_t b = 0; b < rows; b++)
        w->length[b] = (int32_t)steps;
    for (int64_t r = 0; r < n; r++)
        w->index[r] = (int32_t)(r * 7 % 12);
    w->packed = (s2s_steps){ .sequences = rows, .count = steps, .rows = n, .offset = w->offset, .length = w->length };
    w->x = numbers_new(n * units, 1);
    w->w = numbers_new(units * gates * units, 2);
    for (int64_t i = 0; i < units * gates * units; i++)
        w->w[i] *= (real)0.05;
    w->w_forward = numbers_new(packed, 3);
    w->w_backward = numbers_new(packed, 4);
    w->dw = numbers_new(units * gates * units, 5);
    w->dx = numbers_new(n * (units + DENSE), 6);
    w->cell = (s2s_cell){
        .steps = &w->packed, .units = units, .projection = numbers_new(12 * padded * gates, 7), .projection_rows = 12, .index = w->index,
        .u_forward = w->w_forward, .u_backward = w->w_backward, .activation = S2S_TANH, .z = numbers_new(n * padded * gates, 8),
        .h = numbers_new(n * units, 9), .c = numbers_new(n * padded * 2, 10), .dy = numbers_new(n * units, 11),
        .scratch = numbers_new(k->cell_scratch(rows, units), 12) };
    for (int64_t i = 0; i < n * units; i++)
        ((real *)(uintptr_t)w->cell.dy)[i] *= (real)1e-3;
    run_pack(w);
}

static void work_free(work *w)
{
    int64_t n = w->packed.rows, padded = s2s_panels(w->units) * S2S_LANES, weights = w->units * w->gates * w->units;
    int64_t packed = w->k->pack_size(w->units, w->gates, w->units);

    numbers_free(w->x, n * w->units);
    numbers_free(w->w, weights);
    numbers_free(w->w_forward, packed);
    numbers_free(w->w_backward, packed);
    numbers_free(w->dw, weights);
    numbers_free(w->dx, n * (w->units + DENSE));
    numbers_free((real *)(uintptr_t)w->cell.projection, 12 * padded * w->gates);
    numbers_free(w->cell.z, n * padded * w->gates);
    numbers_free(w->cell.h, n * w->units);
    numbers_free(w->cell.c, n * padded * 2);
    numbers_free((real *)(uintptr_t)w->cell.dy, n * w->units);
    numbers_free(w->cell.scratch, w->k->cell_scratch(w->rows, w->units));
    free(w->offset);
    free(w->length);
    free(w->index);
}

/* From the slowest to the fastest, then those of lower precision. */
static int all_tables(const s2s_kernels **table)
{
    const s2s_kernels *const *exact;
    int count = s2s_kernels_available(&exact);

    memcpy(table, exact, (size_t)count * sizeof *table);
    s2s_kernels_choose(NULL);
    for (s2s_precision p = S2S_HIGH; p < S2S_PRECISIONS; p++)
        if (s2s_kernels_for(p) != s2s_kernel)
            table[count++] = s2s_kernels_for(p);
    return count;
}

int main(int argc, char **argv)
{
    static const struct { int64_t gates, units, rows, steps; } shapes[] = {
        { 4, 128, 16, 21 }, { 4, 128, 16, 7 }, { 4, 128, 32, 21 }, { 4, 128, 64, 21 }, { 3, 128, 16, 21 }, { 3, 128, 16, 7 }, { 1, 128, 16, 21 },
        { 1, 128, 16, 7 },  { 4, 512, 64, 10 }, { 4, 512, 32, 10 }, { 4, 512, 16, 10 }, { 4, 6, 1, 5 }, { 4, 128, 1, 7 },
    };
    const s2s_kernels *table[TABLES_MAX];
    int tables = all_tables(table);

    s2s_denormals_off();
    for (int k = tables - 1; k >= 0; k--) {
        if (argc > 1 ? strcmp(argv[1], table[k]->name) != 0 : k == 0)
            continue;
        printf("%s: peak %.1f GFLOP/s\n", table[k]->name, table[k]->fma_peak(0.1));
        for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
            work w;

            if (argc > 3 && atoi(argv[3]) != (int)shapes[s].units)
                continue;
            work_init(&w, table[k], shapes[s].gates, shapes[s].units, shapes[s].rows, shapes[s].steps);
            printf("-- %ld gates\n", (long)w.gates);
            for (size_t i = 0; i < sizeof items / sizeof *items; i++)
                if (argc < 3 || strstr(items[i].name, argv[2]) != NULL)
                    measure(&w, &items[i]);
            work_free(&w);
        }
    }
    return 0;
}
