/* Recurrent cells of every table: against plain loops and finite differences in double, equal bits, any company of rows. */
#include <criterion/criterion.h>
#include <math.h>

#include "scene.h"

static const char *const names[KINDS] = { "tanh", "sigmoid", "relu", "linear", "LSTM", "GRU", "GRU, reset before" };

static const int32_t ragged[] = { 6, 6, 5, 5, 5, 3, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 };
static const int32_t equal[] = { 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4 };

typedef struct shape { int64_t units, sequences; const int32_t *length; } shape;

static const shape shapes[] = {
    { 1, 1, ragged }, { 3, 4, ragged }, { 6, 1, equal }, { 15, 20, ragged }, { 16, 16, equal }, { 17, 7, ragged }, { 33, 5, equal },
    { 100, 3, ragged }, { 128, 16, equal }, { 130, 9, ragged }, { 20, 6, ragged + 14 },
};
enum { SHAPES = sizeof shapes / sizeof *shapes };

/* --- forward, against the formulas --------------------------------------------------------------------------------------- */

static double sigmoid(double x) { return 1 / (1 + exp(-x)); }

/* Gate sums: what z starts from, and states times the recurrent weight. */
static double input_of(const scene *s, int64_t row, int64_t gate, int64_t unit)
{
    bool projection = s->with & WITH_PROJECTION;

    return (double)s->x.x[scene_at(projection ? PROJECTION_ROWS : s->steps.rows, s->gates, projection ? s->index[row] : row, gate,
                                   unit)];
}

static double recurrent_of(const scene *s, const double *states, int64_t gate, int64_t unit)
{
    double sum = 0;

    for (int64_t i = 0; i < s->units; i++)
        sum += states[i] * (double)s->u.x[(i * s->gates + gate) * s->units + unit];
    return sum;
}

static double bias_of(const scene *s, int64_t gate, int64_t unit)
{
    return s->with & WITH_BIAS ? (double)s->bias.x[gate * s->units + unit] : 0;
}

/* One step of one sequence: new h (and c) from old ones. `masked` is h times the mask. */
static void expected_step(const scene *s, int64_t row, const double *h, const double *masked, double *c, double *next)
{
    double reset[256], z;

    for (int64_t u = 0; u < s->units && s->kind == GRU_RESET_BEFORE; u++)
        reset[u] = masked[u] * sigmoid(input_of(s, row, 1, u) + recurrent_of(s, masked, 1, u));
    for (int64_t u = 0; u < s->units; u++) {
        double sum[4] = { 0 };

        for (int64_t g = 0; g < s->gates; g++)
            sum[g] = input_of(s, row, g, u) + (s->kind == GRU && g == 2 ? 0 : recurrent_of(s, masked, g, u));
        switch (s->kind) {
        case TANH_RNN:    next[u] = tanh(sum[0]); break;
        case SIGMOID_RNN: next[u] = sigmoid(sum[0]); break;
        case RELU_RNN:    next[u] = fmax(0, sum[0]); break;
        case LINEAR_RNN:  next[u] = sum[0]; break;
        case LSTM:
            c[u] = sigmoid(sum[1]) * c[u] + sigmoid(sum[0]) * tanh(sum[2]);
            next[u] = sigmoid(sum[3]) * tanh(c[u]);
            break;
        case GRU:
            z = sigmoid(sum[0] + bias_of(s, 0, u));
            sum[2] += sigmoid(sum[1] + bias_of(s, 1, u)) * (recurrent_of(s, masked, 2, u) + bias_of(s, 2, u));
            next[u] = z * h[u] + (1 - z) * tanh(sum[2]);
            break;
        default:
            z = sigmoid(sum[0]);
            next[u] = z * h[u] + (1 - z) * tanh(input_of(s, row, 2, u) + recurrent_of(s, reset, 2, u));
        }
    }
}

static void expected_states(const scene *s, double *out)
{
    for (int64_t b = 0; b < s->steps.sequences; b++) {
        double h[256], c[256], masked[256];

        for (int64_t u = 0; u < s->units; u++) {
            h[u] = s->with & WITH_START ? (double)s->h_start.x[b * s->units + u] : 0;
            c[u] = s->with & WITH_START ? (double)s->c_start.x[b * s->units + u] : 0;
        }
        for (int64_t t = 0; t < s->length[b]; t++) {
            int64_t row = s->offset[t] + b;

            for (int64_t u = 0; u < s->units; u++)
                masked[u] = h[u] * (s->with & WITH_MASK ? (double)s->mask.x[b * s->units + u] : 1);
            expected_step(s, row, h, masked, c, out + row * s->units);
            memcpy(h, out + row * s->units, (size_t)s->units * sizeof *h);
        }
    }
}

static void check_forward(double tolerance)
{
    for (int kind = 0; kind < KINDS; kind++)
        for (int i = 0; i < SHAPES; i++)
            for (int with = 0; with < 8; with += i < 6 ? 1 : 7) {
                const shape *p = &shapes[i];
                double *expected, error;
                scene s;

                scene_init(&s, (cell_kind)kind, with | WITH_BIAS, p->units, p->sequences, p->length);
                expected = calloc((size_t)s.h.count, sizeof *expected);
                scene_run(&s, s2s_kernel, false);
                expected_states(&s, expected);
                error = numbers_error(s.h.x, expected, s.h.count);
                cr_assert(error <= tolerance, "%s: %s, %ld units, options %d: error %g", s2s_kernel->name, names[kind], (long)p->units, with, error);
                free(expected);
                scene_free(&s);
            }
}

/* Through some steps, errors of products add up. */
Test(cells, forward_follows_the_formulas)
{
    static const double tolerances[S2S_PRECISIONS] = { 4 * REAL_TOLERANCE, 2e-4, 5e-2 };

    for (s2s_precision p = S2S_HIGHEST; p < S2S_PRECISIONS; p++) {
        s2s_kernels_choose(NULL);
        s2s_kernel = s2s_kernels_for(p);
        check_forward(tolerances[p]);
    }
}

/* --- all tables alike -------------------------------------------------------------------------------------------------------- */

static void check_same(const scene *a, const scene *b, const char *table)
{
    const struct { const char *what; const array *x, *y; bool panels; int64_t gates; } results[] = {
        { "h", &a->h, &b->h, false, 0 }, { "dh_start", &a->dh_start, &b->dh_start, false, 0 },
        { "dc_start", &a->dc_start, &b->dc_start, false, 0 },
        { "masked", &a->masked, &b->masked, false, 0 }, { "du", &a->du, &b->du, false, 0 }, { "dbias", &a->dbias, &b->dbias, false, 0 },
        { "z", &a->z, &b->z, true, a->gates },
        { "c", &a->c, &b->c, a->kind == LSTM || a->kind == GRU, a->kind == LSTM ? 2 : 1 },
    };

    cr_assert(memcmp(a->norms, b->norms, sizeof a->norms) == 0, "%s: %s, %ld units: norms differ", table, names[a->kind], (long)a->units);
    for (size_t i = 0; i < sizeof results / sizeof *results; i++) {
        int64_t rows = a->steps.rows, gates = results[i].gates;

        if (!results[i].panels) {
            int64_t at = numbers_differ(results[i].x->x, results[i].y->x, results[i].x->count);
            cr_assert(at < 0, "%s: %s, %ld units, options %d: %s differs at %ld", table, names[a->kind], (long)a->units, a->with,
                      results[i].what, (long)at);
            continue;
        }
        for (int64_t j = 0; j < rows * gates * a->units; j++) {
            int64_t at = scene_at(rows, gates, j / a->units / gates, j / a->units % gates, j % a->units);
            cr_assert(memcmp(results[i].x->x + at, results[i].y->x + at, sizeof(real)) == 0,
                      "%s: %s, %ld units, options %d: %s differs at %ld", table, names[a->kind], (long)a->units, a->with,
                      results[i].what, (long)at);
        }
    }
}

Test(cells, all_tables_give_the_same_bits)
{
    const s2s_kernels *const *table;
    int tables = s2s_kernels_available(&table);

    for (int kind = 0; kind < KINDS; kind++)
        for (int i = 0; i < SHAPES; i++)
            for (int with = i % 2; with < ALL_OPTIONS; with += i < 6 ? 5 : 21) {
                const shape *p = &shapes[i];
                scene plain;

                scene_init(&plain, (cell_kind)kind, with, p->units, p->sequences, p->length);
                scene_run(&plain, table[0], true);
                for (int k = 1; k < tables; k++) {
                    scene s;

                    scene_init(&s, (cell_kind)kind, with, p->units, p->sequences, p->length);
                    scene_run(&s, table[k], true);
                    check_same(&plain, &s, table[k]->name);
                    scene_free(&s);
                }
                scene_free(&plain);
            }
}

/* --- a sequence alone ---------------------------------------------------------------------------------------------------------- */

/* Copies what belongs to sequence b of `all` into `one`, which has that sequence alone. */
static void take_sequence(const scene *all, int64_t b, scene *one)
{
    const struct { const array *from; array *to; } states[] = {
        { &all->h_start, &one->h_start }, { &all->c_start, &one->c_start }, { &all->mask, &one->mask },
        { &all->dy_last, &one->dy_last }, { &all->dc_last, &one->dc_last } };

    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        memcpy(states[i].to->x, states[i].from->x + b * all->units, (size_t)all->units * sizeof(real));
    for (int64_t t = 0; t < all->length[b]; t++) {
        memcpy(one->dy.x + t * all->units, all->dy.x + (all->offset[t] + b) * all->units, (size_t)all->units * sizeof(real));
        one->index[t] = all->index[all->offset[t] + b];
        for (int64_t j = 0; j < all->gates * all->units && !(all->with & WITH_PROJECTION); j++)
            one->x.x[scene_at(all->length[b], all->gates, t, j / all->units, j % all->units)] =
                all->x.x[scene_at(all->steps.rows, all->gates, all->offset[t] + b, j / all->units, j % all->units)];
    }
}

static void check_alone(const scene *all, int64_t b)
{
    scene one;

    scene_init(&one, all->kind, all->with, all->units, 1, &all->length[b]);
    take_sequence(all, b, &one);
    scene_run(&one, s2s_kernel, true);
    for (int64_t t = 0; t < all->length[b]; t++) {
        cr_assert(numbers_differ(one.h.x + t * all->units, all->h.x + (all->offset[t] + b) * all->units, all->units) < 0,
                  "%s, %ld units: states of sequence %ld, step %ld", names[all->kind], (long)all->units, (long)b, (long)t);
        for (int64_t j = 0; j < all->gates * all->units; j++) {
            int64_t alone = scene_at(all->length[b], all->gates, t, j / all->units, j % all->units);
            int64_t together = scene_at(all->steps.rows, all->gates, all->offset[t] + b, j / all->units, j % all->units);

            cr_assert(memcmp(one.z.x + alone, all->z.x + together, sizeof(real)) == 0,
                      "%s, %ld units: gradient of sequence %ld, step %ld", names[all->kind], (long)all->units, (long)b, (long)t);
        }
    }
    cr_assert(numbers_differ(one.dh_start.x, all->dh_start.x + b * all->units, all->units) < 0, "%s: start of sequence %ld",
              names[all->kind], (long)b);
    scene_free(&one);
}

static void check_all_alone(void)
{
    for (int kind = 0; kind < KINDS; kind++)
        for (int i = 0; i < SHAPES; i++)
            for (int with = 0; with < ALL_OPTIONS; with += 21) {
                const shape *p = &shapes[i];
                scene all;

                scene_init(&all, (cell_kind)kind, with, p->units, p->sequences, p->length);
                scene_run(&all, s2s_kernel, true);
                for (int64_t b = 0; b < p->sequences; b++)
                    check_alone(&all, b);
                scene_free(&all);
            }
}

Test(cells, a_sequence_is_the_same_alone)
{
    for (s2s_precision p = S2S_HIGHEST; p < S2S_PRECISIONS; p++) {
        s2s_kernels_choose(NULL);
        s2s_kernel = s2s_kernels_for(p);
        check_all_alone();
    }
}

/* A forward pass that forgets what backward would read gives the same states. */
static void check_forgotten(cell_kind kind, int with, const shape *p)
{
    scene kept, forgotten;

    scene_init(&kept, kind, with, p->units, p->sequences, p->length);
    scene_init(&forgotten, kind, with, p->units, p->sequences, p->length);
    forgotten.forget = true;
    scene_run(&kept, s2s_kernel, false);
    scene_run(&forgotten, s2s_kernel, false);
    cr_assert(numbers_differ(forgotten.h.x, kept.h.x, kept.h.count) < 0, "%s: %s, %ld units, options %d", s2s_kernel->name, names[kind],
              (long)p->units, with);
    scene_free(&kept);
    scene_free(&forgotten);
}

Test(cells, what_backward_reads_may_be_forgotten)
{
    for (s2s_precision p = S2S_HIGHEST; p < S2S_PRECISIONS; p++) {
        s2s_kernels_choose(NULL);
        s2s_kernel = s2s_kernels_for(p);
        for (int kind = 0; kind < KINDS; kind++)
            for (int i = 0; i < SHAPES; i++)
                for (int with = 0; with < 8; with++)
                    check_forgotten((cell_kind)kind, with | WITH_BIAS, &shapes[i]);
    }
}

/* No start is a start of zeros, and its gradient is still given. */
Test(cells, no_start_is_zero_start)
{
    for (int kind = 0; kind < KINDS; kind++) {
        scene none, zeros;

        scene_init(&none, (cell_kind)kind, WITH_DY | WITH_LAST, 17, 7, ragged);
        scene_init(&zeros, (cell_kind)kind, WITH_DY | WITH_LAST | WITH_START, 17, 7, ragged);
        memset(zeros.h_start.x, 0, (size_t)zeros.h_start.count * sizeof(real));
        memset(zeros.c_start.x, 0, (size_t)zeros.c_start.count * sizeof(real));
        scene_run(&none, s2s_kernel, true);
        scene_run(&zeros, s2s_kernel, true);
        for (int64_t i = 0; i < none.h.count; i++)
            cr_assert(none.h.x[i] == zeros.h.x[i], "%s: state %ld", names[kind], (long)i);
        for (int64_t i = 0; i < none.dh_start.count; i++)
            cr_assert(none.dh_start.x[i] == zeros.dh_start.x[i], "%s: start %ld", names[kind], (long)i);
        scene_free(&none);
        scene_free(&zeros);
    }
}

/* --- gradients, against finite differences --------------------------------------------------------------------------------------- */

#ifdef S2S_DOUBLE

/* Sum of what dy, dy_last and dc_last weigh. */
static double loss_of(scene *s)
{
    double loss = 0;

    scene_run(s, s2s_kernel, false);
    for (int64_t i = 0; i < s->h.count && (s->with & WITH_DY); i++)
        loss += s->h.x[i] * s->dy.x[i];
    for (int64_t b = 0; b < s->steps.sequences && (s->with & WITH_LAST); b++)
        for (int64_t u = 0; u < s->units; u++) {
            int64_t row = s->offset[s->length[b] - 1] + b;

            loss += s->h.x[row * s->units + u] * s->dy_last.x[b * s->units + u];
            if (s->kind == LSTM)
                loss += s->c.x[scene_at(s->steps.rows, 2, row, 0, u)] * s->dc_last.x[b * s->units + u];
        }
    return loss;
}

/* x[i] for every i, or for those that `at` lists, against gradient[i]. */
static void check_differences(scene *s, const char *what, array x, const array *gradient, const int64_t *at, int64_t count)
{
    double largest = 1e-3;

    for (int64_t i = 0; i < gradient->count; i++)
        largest = fmax(largest, fabs(gradient->x[i]));
    for (int64_t i = 0; i < count; i++) {
        const double step = 1e-5, kept = x.x[at ? at[i] : i];
        double up, down, numeric;

        x.x[at ? at[i] : i] = kept + step;
        up = loss_of(s);
        x.x[at ? at[i] : i] = kept - step;
        down = loss_of(s);
        x.x[at ? at[i] : i] = kept;
        numeric = (up - down) / (2 * step);
        cr_assert(fabs(numeric - gradient->x[i]) <= 1e-7 * largest, "%s, %ld units, options %d: d%s[%ld] is %g, by differences %g",
                  names[s->kind], (long)s->units, s->with, what, (long)i, gradient->x[i], numeric);
    }
}

/* dz of valid units, summed over the rows that share a projection row when there is a projection. */
static array input_gradient(const scene *s, int64_t *at)
{
    bool projection = s->with & WITH_PROJECTION;
    int64_t rows = projection ? PROJECTION_ROWS : s->steps.rows, width = s->gates * s->units;
    array sum = array_new(rows * width, 0);

    memset(sum.x, 0, (size_t)sum.count * sizeof(real));
    for (int64_t i = 0; i < sum.count; i++)
        at[i] = scene_at(rows, s->gates, i / width, i % width / s->units, i % s->units);
    for (int64_t i = 0; i < s->steps.rows * width; i++) {
        int64_t row = i / width;

        sum.x[(projection ? s->index[row] : row) * width + i % width] +=
            s->z.x[scene_at(s->steps.rows, s->gates, row, i % width / s->units, i % s->units)];
    }
    return sum;
}

static void check_gradients(cell_kind kind, int with, int64_t units, int64_t sequences, const int32_t *length)
{
    int64_t at[4096];
    array dx, du, dbias, dh_start, dc_start;
    scene s;

    scene_init(&s, kind, with, units, sequences, length);
    scene_run(&s, s2s_kernel, true);
    dx = input_gradient(&s, at);
    du = (array){ numbers_copy(s.du.x, s.du.count), s.du.count };
    dbias = (array){ numbers_copy(s.dbias.x, s.dbias.count), s.dbias.count };
    dh_start = (array){ numbers_copy(s.dh_start.x, s.dh_start.count), s.dh_start.count };
    dc_start = (array){ numbers_copy(s.dc_start.x, s.dc_start.count), s.dc_start.count };
    check_differences(&s, "x", s.x, &dx, at, dx.count);
    check_differences(&s, "u", s.u, &du, NULL, du.count);
    if (kind == GRU && (with & WITH_BIAS))
        check_differences(&s, "bias", s.bias, &dbias, NULL, dbias.count);
    if (with & WITH_START)
        check_differences(&s, "h_start", s.h_start, &dh_start, NULL, dh_start.count);
    if (kind == LSTM && (with & WITH_START))
        check_differences(&s, "c_start", s.c_start, &dc_start, NULL, dc_start.count);
    numbers_free(dx.x, dx.count);
    numbers_free(du.x, du.count);
    numbers_free(dbias.x, dbias.count);
    numbers_free(dh_start.x, dh_start.count);
    numbers_free(dc_start.x, dc_start.count);
    scene_free(&s);
}

Test(cells, gradients_agree_with_finite_differences)
{
    for (int kind = 0; kind < KINDS; kind++) {
        for (int with = 0; with < ALL_OPTIONS; with++)
            check_gradients((cell_kind)kind, with | WITH_DY, 3, 4, ragged + 2);
        check_gradients((cell_kind)kind, ALL_OPTIONS - 1, 17, 3, ragged + 4);
        check_gradients((cell_kind)kind, WITH_LAST, 17, 3, ragged + 4);
    }
}

/* The norms of `s2s gradients`: what the gradient of the states would be were it added at step t from outside. */
Test(cells, norms_are_of_the_whole_state_gradient)
{
    scene s;

    scene_init(&s, LSTM, WITH_DY, 5, 2, equal);
    scene_run(&s, s2s_kernel, true);
    double last = 0;
    for (int64_t i = s.offset[3] * 5; i < s.offset[4] * 5; i++)
        last += s.dy.x[i] * s.dy.x[i];
    cr_assert(fabs(s.norms[3] - last) < 1e-12, "%g, not %g", s.norms[3], last);
    cr_assert(s.norms[0] > 0 && s.norms[0] != last);
    scene_free(&s);
}

#endif
