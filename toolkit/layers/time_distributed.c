/* time_distributed.c -- a layer at every step: the real steps become rows, so one product serves them all.
 *   sequence of vectors:     the layer runs on packed rows as they are
 *   sequence of sequences:   (characters of words) fold -> layer -> unfold; the layer sees one short sequence for each step
 * Source  Keras TimeDistributed. */
#include "layers/layer.h"
#include "layers/plain.h"

typedef struct { s2s_object *layer; } options;

static const s2s_field fields[] = {
    S2S_FIELD_OBJECT(options, layer, S2S_REQUIRED, &s2s_layers, "the layer to run at every step"),
    S2S_FIELD_END
};

static s2s_status expand(const void *opt, s2s_expander *out, const int *inputs, int count, int *ret, s2s_error *err)
{
    const options *o = opt;
    const s2s_shape *x = out->shape(out, inputs[0]);
    int folded, made;
    char shape[64];

    if (!s2s_shape_is_sequence(x)) {
        s2s_shape_format(x, shape, sizeof(shape));
        return s2s_fail(err, S2S_SHAPE, "needs a sequence (batch,time,...), got %s", shape);
    }
    if (x->form != S2S_GROUPS)
        return out->add(out, o->layer, NULL, inputs, count, S2S_FOLDED, ret, err);
    S2S_TRY(out->add_plain(out, &s2s_plain_fold, NULL, inputs, 1, &folded, err));
    S2S_TRY(out->add(out, o->layer, NULL, &folded, 1, 0, &made, err));
    return out->add_plain(out, &s2s_plain_unfold, NULL, (int[]){ made, inputs[0] }, 2, ret, err);
}

static const char *const examples[] = {
    "{type: TimeDistributed, layer: {type: Dense, units: 4}}",
    "{type: TimeDistributed, layer: {type: Sequential, layers: [{type: Dense, units: 4, activation: relu}, {type: Dense, units: 2}]}}",
    NULL
};

const s2s_layer_ops s2s_layer_time_distributed = {
    .entry = { "TimeDistributed", "time_distributed", "a layer at every step of a sequence", fields, sizeof(options), examples },
    .expand = expand,
};
