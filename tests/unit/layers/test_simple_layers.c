#include <criterion/criterion.h>
#include <string.h>

#include "math/kernels.h"
#include "tests/unit/layers/layer_run.h"

enum { D = 5 };

static void choose_kernel(void) { s2s_kernels_choose(NULL); }

TestSuite(simple_layers, .init = choose_kernel);

static const s2s_form dense_forms[] = { S2S_MATRIX, S2S_DENSE, S2S_CONSTANT };

/* The message that infer ends with. */
static const char *fault_of(const char *text, const s2s_shape *shapes, int count)
{
    static s2s_error err;
    const s2s_object *const object = object_of(&s2s_layers, text);
    s2s_layer_spec spec;

    err = (s2s_error){ 0 };
    return s2s_layer_of(object)->infer(object->options, &(s2s_layer_input){ .count = count, .shape = shapes }, &spec, &err) == S2S_OK ? NULL : err.message;
}

/* --- Activation ------------------------------------------------------------------------------------------------------------------- */

Test(simple_layers, activation_gradients)
{
    for (const char *const *text = s2s_layer_of(object_of(&s2s_layers, "{type: Activation, activation: tanh}"))->entry.examples; *text != NULL; text++)
        for (int f = 0; f < 3; f++) {
            const s2s_shape shape = shape_of(dense_forms[f], D);
            layer_run run;

            run_make(&run, *text, &shape, 1);
            cr_expect(run.spec.output.form == shape.form && run.spec.output.width == D);
            run_check_gradient(&run);
        }
}

/* --- RepeatVector ------------------------------------------------------------------------------------------------------------------ */

Test(simple_layers, repeat_vector_copies_nothing)
{
    const s2s_shape shape = shape_of(S2S_MATRIX, D);
    layer_run run;

    run_make(&run, "{type: RepeatVector, n: auto}", &shape, 1);
    cr_expect(run.spec.alias && run.spec.output.form == S2S_CONSTANT && run.spec.output.steps == RUN_T && run.spec.output.own_steps);
    cr_expect(run.spec.resolved.value == RUN_T && strcmp(run.spec.resolved.key, "n") == 0);
    run_forward(&run);
    cr_expect(run.out.x == run.in[0].x);
    run_backward(&run);
    for (int i = 0; i < RUN_B * D; i++)
        cr_expect(run.dx[0][i] == 1 + run.dy[i]);
}

Test(simple_layers, repeat_vector_says_what_it_needs)
{
    const s2s_shape matrix = shape_of(S2S_MATRIX, D), sequence = shape_of(S2S_DENSE, D);

    cr_expect(fault_of("{type: RepeatVector, n: 3}", &matrix, 1) == NULL);
    cr_expect(strstr(fault_of("{type: RepeatVector, n: 3}", &sequence, 1), "one vector for each example") != NULL);
    cr_expect(strstr(fault_of("{type: RepeatVector, n: auto}", &matrix, 1), "write a number") != NULL);
}

/* --- Concatenate ------------------------------------------------------------------------------------------------------------------- */

Test(simple_layers, concatenate)
{
    for (int f = 0; f < 2; f++) {
        const s2s_shape shapes[] = { shape_of(dense_forms[f], 2), shape_of(dense_forms[f], D), shape_of(dense_forms[f], 1) };
        layer_run run;

        run_make(&run, "{type: Concatenate}", shapes, 3);
        cr_assert(run.spec.output.width == 8);
        run_check_gradient(&run);
        run_forward(&run);
        for (int64_t r = 0; r < run.out.rows; r++)
            for (int64_t u = 0; u < 8; u++) {
                const real want = u < 2 ? run.x[0][r * 2 + u] : u < 7 ? run.x[1][r * D + u - 2] : run.x[2][r];

                cr_expect(run.y[r * 8 + u] == want);
            }
    }
}

Test(simple_layers, concatenate_says_what_it_needs)
{
    const s2s_shape mixed[] = { shape_of(S2S_MATRIX, D), shape_of(S2S_DENSE, D) };
    s2s_shape steps[] = { shape_of(S2S_DENSE, D), shape_of(S2S_DENSE, D) };

    cr_expect(strstr(fault_of("{type: Concatenate}", mixed, 2), "differ in width only") != NULL);
    cr_expect(fault_of("{type: Concatenate}", steps, 2) == NULL);
    steps[1].steps = 7;
    cr_expect(strstr(fault_of("{type: Concatenate}", steps, 2), "differ in width only") != NULL);
}

/* --- Dropout, SpatialDropout1D ------------------------------------------------------------------------------------------------------ */

static const char *const dropouts[] = { "{type: Dropout, rate: 0.5}", "{type: SpatialDropout1D, rate: 0.5}" };

static int64_t source_of(const layer_run *run, int64_t r) { return run->in[0].rows == run->out.rows ? r : run_sequence_of[r]; }

Test(simple_layers, dropout_is_nothing_outside_training)
{
    for (int kind = 0; kind < 2; kind++)
        for (int f = kind; f < 3; f++) {
            const s2s_shape shape = shape_of(dense_forms[f], D);
            layer_run run;

            run_make(&run, dropouts[kind], &shape, 1);
            run_check_gradient(&run);
            run_forward(&run);
            for (int64_t r = 0; r < run.out.rows; r++)
                for (int64_t u = 0; u < D; u++)
                    cr_expect(run.y[r * D + u] == run.x[0][source_of(&run, r) * D + u]);
        }
}

Test(simple_layers, dropout_gradients)
{
    for (int kind = 0; kind < 2; kind++)
        for (int f = kind; f < 3; f++) {
            const s2s_shape shape = shape_of(dense_forms[f], D);
            layer_run run;

            run_make(&run, dropouts[kind], &shape, 1);
            run.call.training = true;
            run_check_gradient(&run);
        }
}

/* A factor of 0 or 2 for each element; the same for every step of a sequence where columns are dropped. */
Test(simple_layers, dropout_masks)
{
    for (int kind = 0; kind < 2; kind++)
        for (int f = kind; f < 3; f++) {
            const s2s_shape shape = shape_of(dense_forms[f], D);
            layer_run run;
            int dropped = 0;

            run_make(&run, dropouts[kind], &shape, 1);
            run.call.training = true;
            run_forward(&run);
            for (int64_t r = 0; r < run.out.rows; r++)
                for (int64_t u = 0; u < D; u++) {
                    const real x = run.x[0][source_of(&run, r) * D + u], y = run.y[r * D + u];

                    cr_expect(y == 0 || y == 2 * x, "%s", dropouts[kind]);
                    dropped += y == 0;
                    if (kind == 1 && run.out.rows == RUN_N)
                        cr_expect((y == 0) == (run.y[run_sequence_of[r] * D + u] == 0), "%s: step by step the same", dropouts[kind]);
                }
            cr_expect(dropped > 0 && dropped < run.out.rows * D);
        }
}

/* Which elements fall is a matter of example, step and unit, not of the row they lie in. */
Test(simple_layers, dropout_does_not_look_at_company)
{
    static const int64_t swapped[] = { 2, 7, 5 };
    const s2s_shape shape = shape_of(S2S_DENSE, D);
    layer_run a, b;

    for (int kind = 0; kind < 2; kind++) {
        run_make(&a, dropouts[kind], &shape, 1);
        run_make(&b, dropouts[kind], &shape, 1);
        a.call.training = b.call.training = true;
        b.call.example = swapped;
        run_forward(&a);
        run_forward(&b);
        for (int64_t t = 0; t < 2; t++)
            for (int64_t u = 0; u < D; u++) {
                const int64_t first = (run_offset[t] + 0) * D + u, second = (run_offset[t] + 1) * D + u;

                cr_expect((a.y[first] == 0) == (b.y[second] == 0) && (a.y[second] == 0) == (b.y[first] == 0), "%s", dropouts[kind]);
            }
    }
}

/* Tokens with a factor are what dropout makes of one-hot vectors. */
Test(simple_layers, dropout_of_tokens_is_that_of_one_hot_vectors)
{
    const s2s_shape tokens = shape_of(S2S_TOKENS, D), dense = shape_of(S2S_DENSE, D);
    layer_run of_tokens, of_vectors;

    for (int kind = 0; kind < 2; kind++) {
        run_make(&of_tokens, dropouts[kind], &tokens, 1);
        run_make(&of_vectors, dropouts[kind], &dense, 1);
        for (int64_t r = 0; r < RUN_N; r++)
            for (int64_t u = 0; u < D; u++)
                of_vectors.x[0][r * D + u] = u == run_token[r];
        run_forward(&of_tokens);
        cr_expect(of_tokens.out.token == run_token && of_tokens.out.scale == NULL, "nothing outside training");

        of_tokens.call.training = of_vectors.call.training = true;
        run_forward(&of_tokens);
        run_forward(&of_vectors);
        cr_assert(of_tokens.out.token == run_token && of_tokens.out.scale != NULL);
        for (int64_t r = 0; r < RUN_N; r++)
            cr_expect(of_tokens.out.scale[r] == of_vectors.y[r * D + run_token[r]], "%s, row %ld", dropouts[kind], (long)r);

        real before[RUN_N];
        memcpy(before, of_tokens.kept, sizeof(before));
        of_tokens.in[0].scale = before;          /* dropout on dropout: factors multiply */
        run_forward(&of_tokens);
        for (int64_t r = 0; r < RUN_N; r++)
            cr_expect(of_tokens.out.scale[r] == before[r] * before[r]);
    }
}

Test(simple_layers, spatial_dropout_needs_time)
{
    const s2s_shape matrix = shape_of(S2S_MATRIX, D);

    cr_expect(strstr(fault_of("{type: SpatialDropout1D, rate: 0.5}", &matrix, 1), "needs a sequence") != NULL);
}
