/*
 * layer_run.h -- for tests: one layer on one small shard, without a graph.
 *
 *   sequences of 3, 2 and 1 steps, rows  t0: b0 b1 b2 | t1: b0 b1 | t2: b0,  examples number 7, 2 and 5
 */
#ifndef TESTS_UNIT_LAYERS_LAYER_RUN_H
#define TESTS_UNIT_LAYERS_LAYER_RUN_H

#include <math.h>

#include "layers/layer.h"
#include "tests/unit/object.h"

enum { RUN_B = 3, RUN_T = 3, RUN_N = 6, RUN_ROOM = 256 };

typedef struct layer_run {
    s2s_object *object;
    s2s_layer_spec spec;
    s2s_layer_call call;
    s2s_value in[3], out;
    real x[3][RUN_ROOM], dx[3][RUN_ROOM], y[RUN_ROOM], dy[RUN_ROOM], kept[RUN_ROOM], scratch[RUN_ROOM];
} layer_run;

static const int64_t run_offset[] = { 0, 3, 5, 6 }, run_example[] = { 7, 2, 5 };
static const int32_t run_sequence_of[] = { 0, 1, 2, 0, 1, 0 }, run_length[] = { 3, 2, 1 }, run_token[] = { 4, 0, 2, 1, 3, 4 };
static const s2s_steps run_steps = { .sequences = RUN_B, .count = RUN_T, .rows = RUN_N, .offset = run_offset,
                                     .sequence_of = run_sequence_of, .length = run_length };

static inline s2s_shape shape_of(s2s_form form, int64_t width)
{
    return (s2s_shape){ .form = form, .steps = form == S2S_MATRIX ? 0 : S2S_STEPS_ANY, .width = width };
}

static inline s2s_value value_of(const s2s_shape *shape, real *x, real *dx)
{
    const bool tokens = shape->form == S2S_TOKENS;

    return (s2s_value){ .form = shape->form, .width = shape->width, .rows = shape->form == S2S_MATRIX || shape->form == S2S_CONSTANT ? RUN_B : RUN_N,
                        .steps = shape->form == S2S_MATRIX ? NULL : &run_steps, .x = tokens ? NULL : x, .dx = tokens ? NULL : dx,
                        .token = tokens ? run_token : NULL };
}

/* Infers and sets everything up: x a wave, dx ones (backward must add), dy another wave. */
static inline void run_make(layer_run *run, const char *text, const s2s_shape *shapes, int count)
{
    const s2s_layer_input in = { .count = count, .shape = shapes, .target_steps = RUN_T };
    s2s_error err = { 0 };

    *run = (layer_run){ .object = object_of(&s2s_layers, text) };
    cr_assert(s2s_layer_of(run->object)->infer(run->object->options, &in, &run->spec, &err) == S2S_OK, "%s: %s", text, err.message);
    for (int k = 0; k < count; k++)
        run->in[k] = value_of(&shapes[k], run->x[k], run->dx[k]);
    run->out = value_of(&run->spec.output, run->y, run->dy);
    run->out.token = NULL;
    for (int i = 0; i < RUN_ROOM; i++) {
        run->dy[i] = (real)cos(0.7 * i);
        for (int k = 0; k < count; k++) {
            run->x[k][i] = (real)(0.05 + sin(1.3 * i + k));
            run->dx[k][i] = 1;
        }
    }
    run->call = (s2s_layer_call){ .options = run->object->options, .spec = &run->spec, .input_count = count, .input = run->in, .output = &run->out,
                                  .kept = run->kept, .scratch = run->scratch, .need_gradient = true, .example = run_example,
                                  .dropout = s2s_stream_make(3, S2S_RANDOM_DROPOUT, 1, 2, 3) };
}

static inline void run_forward(layer_run *run) { s2s_layer_of(run->object)->forward(&run->call); }
static inline void run_backward(layer_run *run) { s2s_layer_of(run->object)->backward(&run->call); }

/* dx - 1 of every real input against finite differences of the sum of dy y. Double only: elsewhere nothing is compared. */
static inline void run_check_gradient(layer_run *run)
{
    const double h = 1e-5;

    run_forward(run);
    run_backward(run);
    for (int k = 0; k < run->call.input_count; k++)
        for (int64_t i = 0; i < run->in[k].rows * run->in[k].width && sizeof(real) == sizeof(double); i++) {
            const real old = run->x[k][i];
            double sum[2] = { 0.0, 0.0 };

            for (int side = 0; side < 2; side++) {
                run->x[k][i] = (real)((double)old + (side == 0 ? h : -h));
                run_forward(run);
                for (int64_t j = 0; j < run->out.rows * run->out.width; j++)
                    sum[side] += (double)run->dy[j] * (double)run->out.x[j];
            }
            run->x[k][i] = old;

            const double analytic = (double)run->dx[k][i] - 1.0, numeric = (sum[0] - sum[1]) / (2.0 * h);
            cr_expect(fabs(analytic - numeric) < 1e-8, "%s: input %d[%ld] analytic %.12g, numeric %.12g",
                      run->object->entry->name, k, (long)i, analytic, numeric);
        }
}

#endif
