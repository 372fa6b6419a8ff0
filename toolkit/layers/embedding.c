/* embedding.c -- a row of a table for every symbol.
 *   y[t,b,:] = E[x[t,b],:]            dE[x[t,b],:] += dy[t,b,:], in packed order
 * Shapes  x (T,B) of V symbols -> y (T,B,E); embeddings (V,E).
 * Source  Keras Embedding. Lengths carry the mask, so there is no mask_zero. */
#include <string.h>

#include "layers/initializer.h"
#include "layers/layer.h"
#include "layers/penalty.h"
#include "math/kernels.h"

typedef struct {
    int64_t input_dim, output_dim;                                /* input_dim 0: auto, the stream's vocabulary */
    s2s_object *embeddings_initializer, *embeddings_regularizer, *embeddings_constraint;
    const char *vectors;
} options;

enum { TILE_ROWS = 1024 };

static const s2s_field fields[] = {
    S2S_FIELD_INT_OR_AUTO(options, input_dim, S2S_AUTO, 1, 100000000, "symbols", "rows of the table; auto: the stream's vocabulary"),
    S2S_FIELD_INT(options, output_dim, S2S_REQUIRED, 1, 65536, "units", "size of each embedding E"),
    S2S_FIELD_OBJECT(options, embeddings_initializer, "random_uniform", &s2s_initializers, "first values of the table"),
    S2S_FIELD_OBJECT(options, embeddings_regularizer, S2S_NONE, &s2s_regularizers, "penalty on the table"),
    S2S_FIELD_OBJECT(options, embeddings_constraint, S2S_NONE, &s2s_constraints, "bound on the table, kept after every update"),
    S2S_FIELD_PATH(options, vectors, S2S_NONE, "first values from a text file, a symbol and its output_dim numbers a line; symbols that it lacks keep theirs"),
    S2S_FIELD_END
};

static s2s_status infer(const void *opt, const s2s_layer_input *in, s2s_layer_spec *ret, s2s_error *err)
{
    const options *o = opt;
    const s2s_shape *x = &in->shape[0];
    const int64_t v = o->input_dim ? o->input_dim : x->width;
    char shape[64];

    if (x->form != S2S_TOKENS) {
        s2s_shape_format(x, shape, sizeof(shape));
        return s2s_fail(err, S2S_SHAPE, "needs symbols (batch,time), got %s", shape);
    }
    if (v < x->width)
        return s2s_fail(err, S2S_CONFIG, "input_dim is %lld, but the vocabulary has %lld symbols; write auto", (long long)v, (long long)x->width);
    *ret = (s2s_layer_spec){
        .flags = in->flags, .output = *x, .weight_count = 1, .tiles = (v + TILE_ROWS - 1) / TILE_ROWS,
        .weight[0] = { .name = "embeddings", .rank = 2, .shape = { v, o->output_dim }, .initializer = o->embeddings_initializer,
                       .regularizer = o->embeddings_regularizer, .constraint = o->embeddings_constraint, .vectors = o->vectors },
    };
    if (o->input_dim == 0)
        ret->resolved.key = "input_dim", ret->resolved.value = v, ret->resolved.why = "symbols of the stream's vocabulary";
    ret->output.form = S2S_DENSE;
    ret->output.width = o->output_dim;
    return S2S_OK;
}

static void forward(s2s_layer_call *call)
{
    const s2s_value *x = &call->input[0];
    const int64_t e = call->output->width;

    for (int64_t r = 0; r < x->rows; r++) {
        const real *row = call->weight[0] + x->token[r] * e;
        real *y = call->output->x + r * e;

        memcpy(y, row, (size_t)e * sizeof(real));
        for (int64_t i = 0; x->scale && i < e; i++)
            y[i] *= x->scale[r];
    }
}

static void backward(s2s_layer_call *call) { (void)call; }

static void accumulate(s2s_layer_call *call)
{
    const s2s_value *x = &call->input[0];
    const int64_t e = call->output->width, v = call->spec->weight[0].shape[0];
    const int64_t last = call->tile_last * TILE_ROWS < v ? call->tile_last * TILE_ROWS : v;
    const s2s_operand dy = s2s_operand_rows(call->output->dx, e, e);

    if (call->gradient[0])
        s2s_kernel->scatter_add(x->rows, &dy, x->token, x->scale, call->tile_first * TILE_ROWS, last, call->gradient[0], e);
}

static const char *const examples[] = {
    "{type: Embedding, output_dim: 6}",
    "{type: Embedding, input_dim: 40, output_dim: 17, embeddings_regularizer: l2}",
    NULL
};

const s2s_layer_ops s2s_layer_embedding = {
    .entry = { "Embedding", "embedding", "a trained vector for every symbol", fields, sizeof(options), examples },
    .forms = ~0u,                     /* infer says in its own words what it needs */
    .infer = infer, .forward = forward, .backward = backward, .accumulate = accumulate,
};
