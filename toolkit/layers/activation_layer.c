/* activation_layer.c -- a nonlinearity as a layer of its own, and the node behind every `activation:` option.
 *   y = f(x)            dx += dy f'(x)
 * Shapes  x (B,D), or (T,B,D) step by step -> the same; a constant stays one.
 * Source  Keras Activation. */
#include "layers/activation.h"
#include "layers/layer.h"

static const s2s_field fields[] = {
    S2S_FIELD_OBJECT(s2s_activation_options, activation, S2S_REQUIRED, &s2s_activations, "nonlinearity"),
    S2S_FIELD_END
};

static s2s_status infer(const void *opt, const s2s_layer_input *in, s2s_layer_spec *ret, s2s_error *err)
{
    const s2s_shape *x = &in->shape[0];
    const bool steps = x->form == S2S_DENSE;

    (void)opt, (void)err;
    *ret = (s2s_layer_spec){ .flags = in->flags, .output = *x,
                             .scratch = { .per_row = steps ? x->width : 0, .per_sequence = steps ? 0 : x->width } };
    return S2S_OK;
}

static void forward(s2s_layer_call *call)
{
    const s2s_object *f = ((const s2s_activation_options *)call->options)->activation;
    const s2s_value *x = &call->input[0], *y = call->output;

    s2s_activation_of(f)->forward(f->options, x->rows, x->width, x->x, y->x);
}

S2S_CLONES static void add(int64_t n, const real *x, real *y)
{
    for (int64_t i = 0; i < n; i++)
        y[i] += x[i];
}

static void backward(s2s_layer_call *call)
{
    const s2s_object *f = ((const s2s_activation_options *)call->options)->activation;
    const s2s_value *x = &call->input[0], *y = call->output;

    if (x->dx == NULL)
        return;
    s2s_activation_of(f)->backward(f->options, x->rows, x->width, x->x, y->x, y->dx, call->scratch);
    add(x->rows * x->width, call->scratch, x->dx);
}

static const char *const examples[] = {
    "{type: Activation, activation: softmax}",
    "{type: Activation, activation: tanh}",
    "{type: Activation, activation: {type: elu, alpha: 0.5}}",
    "{type: Activation, activation: gelu}",
    NULL
};

const s2s_layer_ops s2s_layer_activation = {
    .entry = { "Activation", "activation", "a nonlinearity, element by element or softmax over each row", fields, sizeof(s2s_activation_options), examples },
    .forms = 1u << S2S_MATRIX | 1u << S2S_DENSE | 1u << S2S_CONSTANT,
    .infer = infer, .forward = forward, .backward = backward,
};
