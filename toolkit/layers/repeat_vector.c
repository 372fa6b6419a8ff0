/* repeat_vector.c -- give the same vector to every output step.
 *   y[t,b,:] = x[b,:]            dx[b,:] += dy[b,:], which its reader has summed over time
 * Shapes  x (B,D) -> y (n,B,D), form constant: y is x with time stride 0, nothing is copied.
 * Source  Keras RepeatVector, time axis first instead of second. */
#include "layers/layer.h"

typedef struct { int64_t n; } options;                       /* 0: auto, the target length */

static const s2s_field fields[] = {
    S2S_FIELD_INT_OR_AUTO(options, n, S2S_REQUIRED, 1, 1000000, "steps", "how many time steps to emit; auto: the longest training target"),
    S2S_FIELD_END
};

static s2s_status infer(const void *opt, const s2s_layer_input *in, s2s_layer_spec *ret, s2s_error *err)
{
    const options *o = opt;
    const int64_t n = o->n ? o->n : in->target_steps;
    char shape[64];

    if (in->shape[0].form != S2S_MATRIX) {
        s2s_shape_format(&in->shape[0], shape, sizeof(shape));
        return s2s_fail(err, S2S_SHAPE, "needs one vector for each example (batch,width), got %s", shape);
    }
    if (n == 0)
        return s2s_fail(err, S2S_CONFIG, "n: auto needs a target with a length of its own; write a number");
    *ret = (s2s_layer_spec){ .flags = in->flags, .alias = true };
    ret->output = (s2s_shape){ .form = S2S_CONSTANT, .steps = n, .width = in->shape[0].width, .own_steps = true };
    if (o->n == 0)
        ret->resolved.key = "n", ret->resolved.value = n, ret->resolved.why = "steps of the longest training target";
    return S2S_OK;
}

static void forward(s2s_layer_call *call) { call->output->x = call->input[0].x; }

static void backward(s2s_layer_call *call)
{
    const s2s_value *x = &call->input[0];

    for (int64_t i = 0; x->dx && i < x->rows * x->width; i++)
        x->dx[i] += call->output->dx[i];
}

static const char *const examples[] = { "{type: RepeatVector, n: 3}", "{type: RepeatVector, n: auto}", NULL };

const s2s_layer_ops s2s_layer_repeat_vector = {
    .entry = { "RepeatVector", "repeat_vector", "give the same vector to every output step", fields, sizeof(options), examples },
    .forms = 1u << S2S_MATRIX,
    .infer = infer, .forward = forward, .backward = backward,
};
