/* merge.c -- Add, Multiply and Average: elementwise over inputs of one shape.
 * Shapes  k inputs (B,D) or (T,B,D) -> the same
 * Source  Keras Add, Multiply, Average. */
#include "layers/layer.h"

static s2s_status infer(const void *o, const s2s_layer_input *in, s2s_layer_spec *ret, s2s_error *err)
{
    char first[64], other[64];

    (void)o;
    for (int i = 1; i < in->count; i++) {
        if (in->shape[i].form == in->shape[0].form && in->shape[i].width == in->shape[0].width && in->shape[i].steps == in->shape[0].steps)
            continue;
        s2s_shape_format(&in->shape[0], first, sizeof(first));
        s2s_shape_format(&in->shape[i], other, sizeof(other));
        return s2s_fail(err, S2S_SHAPE, "all inputs must have one shape, got %s and %s", first, other);
    }
    *ret = (s2s_layer_spec){ .flags = in->flags, .output = in->shape[0] };
    return S2S_OK;
}

S2S_CLONES static void add_scaled(int64_t n, real scale, const real *x, real *y)
{
    for (int64_t i = 0; i < n; i++)
        y[i] += scale * x[i];
}

static void sum_scaled(s2s_layer_call *call, real scale)
{
    const int64_t n = call->output->rows * call->output->width;

    for (int64_t i = 0; i < n; i++)
        call->output->x[i] = 0;
    for (int k = 0; k < call->input_count; k++)
        add_scaled(n, scale, call->input[k].x, call->output->x);
}

static void spread_scaled(s2s_layer_call *call, real scale)
{
    const int64_t n = call->output->rows * call->output->width;

    for (int k = 0; k < call->input_count; k++)
        if (call->input[k].dx)
            add_scaled(n, scale, call->output->dx, call->input[k].dx);
}

static void add_forward(s2s_layer_call *call) { sum_scaled(call, 1); }
static void add_backward(s2s_layer_call *call) { spread_scaled(call, 1); }
static void average_forward(s2s_layer_call *call) { sum_scaled(call, (real)1 / (real)call->input_count); }
static void average_backward(s2s_layer_call *call) { spread_scaled(call, (real)1 / (real)call->input_count); }

static void multiply_forward(s2s_layer_call *call)
{
    const int64_t n = call->output->rows * call->output->width;

    for (int64_t i = 0; i < n; i++) {
        real product = call->input[0].x[i];

        for (int k = 1; k < call->input_count; k++)
            product *= call->input[k].x[i];
        call->output->x[i] = product;
    }
}

/* dy times the product of all other inputs. */
static void multiply_backward(s2s_layer_call *call)
{
    const int64_t n = call->output->rows * call->output->width;

    for (int k = 0; k < call->input_count; k++)
        for (int64_t i = 0; call->input[k].dx && i < n; i++) {
            real d = call->output->dx[i];

            for (int other = 0; other < call->input_count; other++)
                d *= other == k ? 1 : call->input[other].x[i];
            call->input[k].dx[i] += d;
        }
}

#define MERGE(symbol, name_, alias_, summary_, forward_, backward_)                                      \
    const s2s_layer_ops symbol = {                                                                        \
        .entry = { name_, alias_, summary_, NULL, 0, NULL },                                              \
        .merges = true, .forms = 1u << S2S_MATRIX | 1u << S2S_DENSE,                                      \
        .infer = infer, .forward = forward_, .backward = backward_,                                       \
    }

MERGE(s2s_layer_add, "Add", "add", "sum of several inputs of one shape", add_forward, add_backward);
MERGE(s2s_layer_average, "Average", "average", "mean of several inputs of one shape", average_forward, average_backward);
MERGE(s2s_layer_multiply, "Multiply", "multiply", "product of several inputs of one shape", multiply_forward, multiply_backward);
