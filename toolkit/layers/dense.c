/* dense.c -- the same product for every row.
 *   y[r,:] = f(x[r,:] W + b)
 * Shapes  x (B,D) -> y (B,n), or step by step (T,B,D) -> (T,B,n); tokens gather rows of W; a constant stays one.
 * Source  Keras Dense. The activation is a node of its own, so that a final softmax can be fused with the loss. */
#include "layers/activation.h"
#include "layers/initializer.h"
#include "layers/layer.h"
#include "layers/penalty.h"
#include "layers/plain.h"
#include "math/kernels.h"

typedef struct {
    int64_t units;                                                /* 0: auto, the target's symbols */
    s2s_object *activation;
    bool use_bias;
    s2s_object *kernel_initializer, *bias_initializer, *kernel_regularizer, *bias_regularizer, *kernel_constraint, *bias_constraint;
} options;

enum { KERNEL, BIAS };

static const s2s_field fields[] = {
    S2S_FIELD_INT_OR_AUTO(options, units, S2S_REQUIRED, 1, 10000000, "units", "outputs; auto: target symbols, classes or columns"),
    S2S_FIELD_OBJECT(options, activation, "linear", &s2s_activations, "nonlinearity"),
    S2S_FIELD_BOOL(options, use_bias, "true", "whether the layer has a bias"),
    S2S_FIELD_OBJECT(options, kernel_initializer, "glorot_uniform", &s2s_initializers, "first values of the kernel"),
    S2S_FIELD_OBJECT(options, bias_initializer, "zeros", &s2s_initializers, "first values of the bias"),
    S2S_FIELD_OBJECT(options, kernel_regularizer, S2S_NONE, &s2s_regularizers, "penalty on the kernel"),
    S2S_FIELD_OBJECT(options, bias_regularizer, S2S_NONE, &s2s_regularizers, "penalty on the bias"),
    S2S_FIELD_OBJECT(options, kernel_constraint, S2S_NONE, &s2s_constraints, "bound on the kernel, kept after every update"),
    S2S_FIELD_OBJECT(options, bias_constraint, S2S_NONE, &s2s_constraints, "bound on the bias"),
    S2S_FIELD_END
};

static s2s_status infer(const void *opt, const s2s_layer_input *in, s2s_layer_spec *ret, s2s_error *err)
{
    const options *o = opt;
    const s2s_shape *x = &in->shape[0];
    const int64_t n = o->units ? o->units : in->target_symbols;
    s2s_layer_spec spec = { .flags = in->flags, .output = *x };

    if (n == 0)
        return s2s_fail(err, S2S_CONFIG, "units: auto needs a target with symbols or columns; write a number");
    if (o->units == 0)
        spec.resolved.key = "units", spec.resolved.value = n, spec.resolved.why = "what the target holds: symbols, classes or columns";
    spec.output.form = x->form == S2S_TOKENS ? S2S_DENSE : x->form;
    spec.output.width = n;
    spec.weight_count = o->use_bias ? 2 : 1;
    spec.weight[KERNEL] = (s2s_weight_spec){ .name = "kernel", .rank = 2, .shape = { x->width, n }, .initializer = o->kernel_initializer,
                                             .regularizer = o->kernel_regularizer, .constraint = o->kernel_constraint };
    spec.weight[BIAS] = (s2s_weight_spec){ .name = "bias", .rank = 1, .shape = { n }, .initializer = o->bias_initializer,
                                           .regularizer = o->bias_regularizer, .constraint = o->bias_constraint };
    spec.packed = x->form == S2S_TOKENS ? 0 : 2 * in->kernels->pack_size(x->width, 1, n);
    spec.tiles = s2s_gradient_tiles(in->kernels, x->width) + 1;
    if (x->form != S2S_TOKENS)
        *(x->form == S2S_DENSE ? &spec.input_products.per_row : &spec.input_products.per_sequence) = x->width * n;
    *ret = spec;
    return S2S_OK;
}

static int64_t pack_size(const s2s_layer_call *call)
{
    const int64_t *shape = call->spec->weight[KERNEL].shape;

    return call->spec->kernels->pack_size(shape[0], 1, shape[1]);
}

static void pack(const s2s_layer_call *call, s2s_direction direction, real *packed)
{
    const int64_t *shape = call->spec->weight[KERNEL].shape;
    const s2s_matrix w = { call->weight[KERNEL], shape[0], 1, shape[1], shape[1] };

    if (call->input[0].form == S2S_TOKENS)
        return;
    if (direction == S2S_FORWARD)
        call->spec->kernels->pack_forward(&w, packed);
    else if (call->input[0].dx != NULL)
        call->spec->kernels->pack_backward(&w, packed + pack_size(call));
}

S2S_CLONES static void gather_row(int64_t n, const real *w, real scale, const real *bias, real *y)
{
    for (int64_t i = 0; i < n; i++)
        y[i] = bias ? S2S_FMA(scale, w[i], bias[i]) : scale * w[i];
}

static void forward(s2s_layer_call *call)
{
    const options *o = call->options;
    const s2s_value *x = &call->input[0];
    const int64_t n = call->output->width;
    const real *bias = o->use_bias ? call->weight[BIAS] : NULL;

    if (x->form != S2S_TOKENS) {
        call->spec->kernels->product_to_rows(x->rows, x->width, x->x, x->width, call->packed, bias, false, n, call->output->x, n);
        return;
    }
    for (int64_t r = 0; r < x->rows; r++)
        gather_row(n, call->weight[KERNEL] + x->token[r] * n, x->scale ? x->scale[r] : 1, bias, call->output->x + r * n);
}

static void backward(s2s_layer_call *call)
{
    const s2s_value *x = &call->input[0];
    const int64_t n = call->output->width;
    const s2s_operand dy = s2s_operand_rows(call->output->dx, n, n);

    if (x->dx)
        call->spec->kernels->product_transposed(x->rows, &dy, call->packed + pack_size(call), true, x->width, x->dx, x->width);
}

static void accumulate(s2s_layer_call *call)
{
    const options *o = call->options;
    const s2s_value *x = &call->input[0];
    const int64_t n = call->output->width, tiles = call->spec->tiles - 1, rows = call->spec->kernels->gradient_rows;
    const int64_t first = call->tile_first * rows, last = call->tile_last >= tiles ? x->width : call->tile_last * rows;
    const s2s_operand dy = s2s_operand_rows(call->output->dx, n, n);
    const s2s_segment all = { 0, 0, x->rows };

    if (call->gradient[KERNEL] && first < last && x->form == S2S_TOKENS)
        s2s_kernel->scatter_add(x->rows, &dy, x->token, x->scale, first, last, call->gradient[KERNEL], n);
    else if (call->gradient[KERNEL] && first < last)
        call->spec->kernels->product_gradient(&all, 1, x->x, x->width, &dy, first, last, call->gradient[KERNEL], n);
    if (o->use_bias && call->gradient[BIAS] && call->tile_last > tiles)
        s2s_kernel->column_sums(x->rows, &dy, call->gradient[BIAS]);
}

static const s2s_layer_ops product = {
    .entry = { .name = "Dense", .options_size = sizeof(options) },
    .forms = 1u << S2S_MATRIX | 1u << S2S_DENSE | 1u << S2S_TOKENS | 1u << S2S_CONSTANT,
    .infer = infer, .pack = pack, .forward = forward, .backward = backward, .accumulate = accumulate,
};

static s2s_status expand(const void *opt, s2s_expander *out, const int *inputs, int count, int *ret, s2s_error *err)
{
    const options *o = opt;
    int made;

    S2S_TRY(out->add_plain(out, &product, o, inputs, count, &made, err));
    if (s2s_activation_kernel(o->activation) != S2S_LINEAR)
        S2S_TRY(s2s_plain_activation(out, o->activation, made, &made, err));
    *ret = made;
    return S2S_OK;
}

static const char *const examples[] = {
    "{type: Dense, units: 5}",
    "{type: Dense, units: 33, activation: relu, use_bias: false}",
    "{type: Dense, units: 3, activation: softmax, kernel_regularizer: l2}",
    NULL
};

const s2s_layer_ops s2s_layer_dense = {
    .entry = { "Dense", "dense", "fully connected layer, on every step of a sequence alike", fields, sizeof(options), examples },
    .expand = expand,
};
