/* plain.c -- see plain.h. */
#include "layers/plain.h"

#include <string.h>

#include "layers/activation.h"

/* --- to_dense ------------------------------------------------------------------------------------------------------------------ */

static s2s_status to_dense_infer(const void *o, const s2s_layer_input *in, s2s_layer_spec *ret, s2s_error *err)
{
    (void)o;
    if (in->shape[0].form == S2S_GROUPS)
        return s2s_fail(err, S2S_SHAPE, "a stream of characters needs TimeDistributed, which sees one word at a time");
    *ret = (s2s_layer_spec){ .flags = in->flags, .output = in->shape[0] };
    ret->output.form = S2S_DENSE;
    return S2S_OK;
}

static void to_dense_forward(s2s_layer_call *call)
{
    const s2s_value *x = &call->input[0];
    const s2s_steps *steps = x->steps;
    real *y = call->output->x;

    if (x->form == S2S_TOKENS)
        memset(y, 0, (size_t)(steps->rows * x->width) * sizeof(real));
    for (int64_t r = 0; r < steps->rows; r++) {
        if (x->form == S2S_TOKENS)
            y[r * x->width + x->token[r]] = x->scale ? x->scale[r] : 1;
        else
            memcpy(y + r * x->width, x->x + steps->sequence_of[r] * x->width, (size_t)x->width * sizeof(real));
    }
}

static void to_dense_backward(s2s_layer_call *call)
{
    const s2s_value *x = &call->input[0];
    const real *dy = call->output->dx;

    if (x->form == S2S_TOKENS || x->dx == NULL)
        return;
    for (int64_t r = 0; r < x->steps->rows; r++)
        for (int64_t i = 0; i < x->width; i++)
            x->dx[x->steps->sequence_of[r] * x->width + i] += dy[r * x->width + i];
}

const s2s_layer_ops s2s_plain_to_dense = {
    .entry = { .name = "to_dense" }, .forms = ~0u,
    .infer = to_dense_infer, .forward = to_dense_forward, .backward = to_dense_backward,
};

/* --- fold and unfold --------------------------------------------------------------------------------------------------------------- */

static s2s_status fold_infer(const void *o, const s2s_layer_input *in, s2s_layer_spec *ret, s2s_error *err)
{
    (void)o, (void)err;
    *ret = (s2s_layer_spec){ .flags = in->flags, .alias = true };
    ret->output = (s2s_shape){ .form = S2S_TOKENS, .steps = S2S_STEPS_ANY, .width = in->shape[0].width };
    return S2S_OK;
}

static void fold_forward(s2s_layer_call *call)
{
    const s2s_groups *groups = call->input[0].groups;

    call->output->steps = &groups->steps;
    call->output->token = groups->token;
    call->output->rows = groups->steps.rows;
}

static void nothing(s2s_layer_call *call) { (void)call; }

const s2s_layer_ops s2s_plain_fold = {
    .entry = { .name = "fold" }, .forms = 1u << S2S_GROUPS, .infer = fold_infer, .forward = fold_forward, .backward = nothing,
};

static s2s_status unfold_infer(const void *o, const s2s_layer_input *in, s2s_layer_spec *ret, s2s_error *err)
{
    char shape[64];

    (void)o;
    if (in->shape[0].form != S2S_MATRIX) {
        s2s_shape_format(&in->shape[0], shape, sizeof(shape));
        return s2s_fail(err, S2S_SHAPE, "inside TimeDistributed the last layer must give one vector for each step, got %s: leave return_sequences out", shape);
    }
    *ret = (s2s_layer_spec){ .flags = in->flags };
    ret->output = (s2s_shape){ .form = S2S_DENSE, .steps = in->shape[1].steps, .width = in->shape[0].width };
    return S2S_OK;
}

static void unfold_forward(s2s_layer_call *call)
{
    const s2s_value *x = &call->input[0];
    const int32_t *origin = call->input[1].groups->origin;

    for (int64_t i = 0; i < x->rows; i++)
        memcpy(call->output->x + origin[i] * x->width, x->x + i * x->width, (size_t)x->width * sizeof(real));
}

static void unfold_backward(s2s_layer_call *call)
{
    const s2s_value *x = &call->input[0];
    const int32_t *origin = call->input[1].groups->origin;

    for (int64_t i = 0; x->dx && i < x->rows; i++)
        for (int64_t j = 0; j < x->width; j++)
            x->dx[i * x->width + j] += call->output->dx[origin[i] * x->width + j];
}

const s2s_layer_ops s2s_plain_unfold = {
    .entry = { .name = "unfold" }, .merges = true, .forms = 1u << S2S_MATRIX | 1u << S2S_DENSE | 1u << S2S_GROUPS,
    .infer = unfold_infer, .forward = unfold_forward, .backward = unfold_backward,
};

/* --- activations as options ----------------------------------------------------------------------------------------------------------- */

extern const s2s_layer_ops s2s_layer_activation;

s2s_status s2s_plain_activation(s2s_expander *out, s2s_object *activation, int input, int *ret, s2s_error *err)
{
    s2s_activation_options *options = S2S_NEW(out->arena, s2s_activation_options);

    if (options == NULL)
        return s2s_fail(err, S2S_MEMORY, "out of memory");
    options->activation = activation;
    return out->add_plain(out, &s2s_layer_activation, options, &input, 1, ret, err);
}
