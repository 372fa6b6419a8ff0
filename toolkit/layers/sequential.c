/* sequential.c -- several layers as one: each reads the one before.
 * Source  Keras Sequential. */
#include "layers/layer.h"

typedef struct { s2s_object_list layers; } options;

static const s2s_field fields[] = {
    S2S_FIELD_OBJECTS(options, layers, S2S_REQUIRED, &s2s_layers, "the layers, first to last"),
    S2S_FIELD_END
};

static s2s_status expand(const void *opt, s2s_expander *out, const int *inputs, int count, int *ret, s2s_error *err)
{
    const options *o = opt;
    int made = inputs[0];

    if (o->layers.count == 0)
        return s2s_fail(err, S2S_CONFIG, "a Sequential without layers");
    for (size_t i = 0; i < o->layers.count; i++)
        S2S_TRY(out->add(out, o->layers.item[i], "", i == 0 ? inputs : &made, i == 0 ? count : 1, 0, &made, err));
    *ret = made;
    return S2S_OK;
}

static const char *const examples[] = {
    "{type: Sequential, layers: [{type: Dense, units: 4, activation: tanh}, {type: Dense, units: 3}]}",
    NULL
};

const s2s_layer_ops s2s_layer_sequential = {
    .entry = { "Sequential", "sequential", "several layers as one", fields, sizeof(options), examples },
    .expand = expand,
};
