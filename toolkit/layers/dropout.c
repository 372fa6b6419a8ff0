/* dropout.c -- Dropout and SpatialDropout1D: in training, set a share of the inputs to zero and raise the others in return.
 *   y = x m,   m = 0 with probability `rate`, else 1/(1-rate); outside training y = x
 *   Dropout            draws m anew for every element: element u of step t of an example has number t D + u
 *   SpatialDropout1D   drops whole columns of a sequence: one m for all steps, number u
 * Shapes  x (B,D) or (T,B,D) -> the same. Dropout makes a constant dense, SpatialDropout1D leaves it one. Tokens stay tokens with a
 *         factor for each row: what is dropped of a one-hot vector is its one, or nothing.
 * Source  Keras Dropout, SpatialDropout1D. */
#include <string.h>

#include "layers/dropout_mask.h"
#include "layers/layer.h"

typedef struct { double rate; } options;

static const s2s_field fields[] = {
    S2S_FIELD_REAL(options, rate, S2S_REQUIRED, 0.0, 0.999, "fraction", "share of the inputs that is dropped"),
    S2S_FIELD_END
};

static double rate_of(const s2s_layer_call *call) { return ((const options *)call->options)->rate; }

/* --- masks: `kept` holds a factor for each row of tokens, else rows of factors ---------------------------------------------------- */

/* Number of element 0 of step t. */
static int64_t first_unit(bool columns, int64_t t, int64_t width) { return columns ? 0 : t * width; }

static void mask_tokens(s2s_layer_call *call, bool columns)
{
    const s2s_value *x = &call->input[0];

    call->output->token = x->token;
    call->output->scale = x->scale;
    if (!call->training)
        return;
    for (int64_t t = 0; t < x->steps->count; t++)
        for (int64_t r = x->steps->offset[t]; r < x->steps->offset[t + 1]; r++) {
            const int64_t unit = first_unit(columns, t, x->width) + x->token[r];
            const real factor = s2s_dropout_factor(&call->dropout, rate_of(call), call->example[x->steps->sequence_of[r]], unit);

            call->kept[r] = x->scale ? x->scale[r] * factor : factor;
        }
    call->output->scale = call->kept;
}

static void draw_mask(const s2s_layer_call *call, bool columns)
{
    const s2s_value *y = call->output;

    if (columns || y->form == S2S_MATRIX) {
        s2s_dropout_mask(&call->dropout, rate_of(call), call->example, columns ? y->steps->sequences : y->rows, y->width, call->kept);
        return;
    }
    for (int64_t t = 0; t < y->steps->count; t++)
        for (int64_t r = y->steps->offset[t]; r < y->steps->offset[t + 1]; r++)
            s2s_dropout_row(&call->dropout, rate_of(call), call->example[y->steps->sequence_of[r]], first_unit(columns, t, y->width),
                            y->width, call->kept + r * y->width);
}

/* The rows of mask and of x that belong to output row r. */
static const real *mask_row(const s2s_layer_call *call, bool columns, int64_t r)
{
    const s2s_value *y = call->output;

    return call->kept + (columns && y->form != S2S_CONSTANT ? y->steps->sequence_of[r] : r) * y->width;
}

static int64_t source_row(const s2s_layer_call *call, int64_t r)
{
    const bool spread = call->input[0].form == S2S_CONSTANT && call->output->form == S2S_DENSE;

    return spread ? call->output->steps->sequence_of[r] : r;
}

/* --- the layers ------------------------------------------------------------------------------------------------------------------- */

static void forward(s2s_layer_call *call, bool columns)
{
    const s2s_value *x = &call->input[0], *y = call->output;

    if (y->form == S2S_TOKENS) {
        mask_tokens(call, columns);
        return;
    }
    if (call->training)
        draw_mask(call, columns);
    for (int64_t r = 0; r < y->rows; r++) {
        const real *from = x->x + source_row(call, r) * y->width, *mask = mask_row(call, columns, r);
        real *const to = y->x + r * y->width;

        for (int64_t i = 0; i < y->width; i++)
            to[i] = call->training ? from[i] * mask[i] : from[i];
    }
}

static void backward(s2s_layer_call *call, bool columns)
{
    const s2s_value *x = &call->input[0], *y = call->output;

    if (y->form == S2S_TOKENS || x->dx == NULL)
        return;
    for (int64_t r = 0; r < y->rows; r++) {
        const real *dy = y->dx + r * y->width, *mask = mask_row(call, columns, r);
        real *const dx = x->dx + source_row(call, r) * y->width;

        for (int64_t i = 0; i < y->width; i++)
            dx[i] += call->training ? dy[i] * mask[i] : dy[i];
    }
}

static void elements_forward(s2s_layer_call *call) { forward(call, false); }
static void elements_backward(s2s_layer_call *call) { backward(call, false); }
static void columns_forward(s2s_layer_call *call) { forward(call, true); }
static void columns_backward(s2s_layer_call *call) { backward(call, true); }

static s2s_status elements_infer(const void *opt, const s2s_layer_input *in, s2s_layer_spec *ret, s2s_error *err)
{
    const s2s_shape *x = &in->shape[0];

    (void)opt, (void)err;
    *ret = (s2s_layer_spec){ .flags = in->flags, .output = *x, .draws = true };
    if (x->form == S2S_CONSTANT)
        ret->output.form = S2S_DENSE;
    if (x->form == S2S_MATRIX)
        ret->kept.per_sequence = x->width;
    else
        ret->kept.per_row = x->form == S2S_TOKENS ? 1 : x->width;
    return S2S_OK;
}

static s2s_status columns_infer(const void *opt, const s2s_layer_input *in, s2s_layer_spec *ret, s2s_error *err)
{
    const s2s_shape *x = &in->shape[0];
    char shape[64];

    (void)opt;
    if (!s2s_shape_is_sequence(x)) {
        s2s_shape_format(x, shape, sizeof(shape));
        return s2s_fail(err, S2S_SHAPE, "needs a sequence (batch,time,width), got %s", shape);
    }
    *ret = (s2s_layer_spec){ .flags = in->flags, .output = *x, .draws = true };
    if (x->form == S2S_TOKENS)
        ret->kept.per_row = 1;
    else
        ret->kept.per_sequence = x->width;
    return S2S_OK;
}

static const char *const elements_examples[] = { "{type: Dropout, rate: 0.3}", NULL };
static const char *const columns_examples[] = { "{type: SpatialDropout1D, rate: 0.3}", NULL };

const s2s_layer_ops s2s_layer_dropout = {
    .entry = { "Dropout", "dropout", "in training, a share of the inputs becomes zero", fields, sizeof(options), elements_examples },
    .forms = 1u << S2S_MATRIX | 1u << S2S_DENSE | 1u << S2S_TOKENS | 1u << S2S_CONSTANT,
    .infer = elements_infer, .forward = elements_forward, .backward = elements_backward,
};

const s2s_layer_ops s2s_layer_spatial_dropout_1d = {
    .entry = { "SpatialDropout1D", "spatial_dropout_1d", "in training, whole columns of a sequence become zero",
               fields, sizeof(options), columns_examples },
    .forms = 1u << S2S_DENSE | 1u << S2S_TOKENS | 1u << S2S_CONSTANT,
    .infer = columns_infer, .forward = columns_forward, .backward = columns_backward,
};
