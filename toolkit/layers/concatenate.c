/* concatenate.c -- several inputs side by side.
 *   y[r,:] = x_0[r,:] x_1[r,:] ...
 * Shapes  k inputs (B,D_k), or (T,B,D_k) with the same steps -> one of the sum of their widths.
 * Source  Keras Concatenate along its default axis, the last. */
#include <string.h>

#include "layers/layer.h"

static s2s_status infer(const void *opt, const s2s_layer_input *in, s2s_layer_spec *ret, s2s_error *err)
{
    char first[64], other[64];

    (void)opt;
    *ret = (s2s_layer_spec){ .flags = in->flags, .output = in->shape[0] };
    for (int k = 1; k < in->count; k++) {
        if (in->shape[k].form != in->shape[0].form || in->shape[k].steps != in->shape[0].steps) {
            s2s_shape_format(&in->shape[0], first, sizeof(first));
            s2s_shape_format(&in->shape[k], other, sizeof(other));
            return s2s_fail(err, S2S_SHAPE, "needs inputs that differ in width only, got %s and %s", first, other);
        }
        ret->output.width += in->shape[k].width;
    }
    return S2S_OK;
}

static void forward(s2s_layer_call *call)
{
    const int64_t width = call->output->width;
    real *y = call->output->x;

    for (int k = 0; k < call->input_count; k++) {
        const s2s_value *x = &call->input[k];

        for (int64_t r = 0; r < x->rows; r++)
            memcpy(y + r * width, x->x + r * x->width, (size_t)x->width * sizeof(real));
        y += x->width;
    }
}

static void backward(s2s_layer_call *call)
{
    const int64_t width = call->output->width;
    const real *dy = call->output->dx;

    for (int k = 0; k < call->input_count; k++) {
        const s2s_value *x = &call->input[k];

        for (int64_t r = 0; x->dx && r < x->rows; r++)
            for (int64_t i = 0; i < x->width; i++)
                x->dx[r * x->width + i] += dy[r * width + i];
        dy += x->width;
    }
}

static const char *const examples[] = { "{type: Concatenate}", NULL };

const s2s_layer_ops s2s_layer_concatenate = {
    .entry = { "Concatenate", "concatenate", "several inputs side by side", NULL, 0, examples },
    .merges = true, .forms = 1u << S2S_MATRIX | 1u << S2S_DENSE,
    .infer = infer, .forward = forward, .backward = backward,
};
