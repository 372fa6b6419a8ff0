/* bidirectional.c -- a recurrent layer forward and a second one backward in time, their outputs merged.
 * Sequences come out in time order from both. Each length is turned round within itself, so padding plays no part.
 * Source  Keras Bidirectional. */
#include "layers/layer.h"

typedef struct { s2s_object *layer; int merge_mode; } options;

extern const s2s_layer_ops s2s_layer_add, s2s_layer_average, s2s_layer_concatenate, s2s_layer_multiply;

static const char *const modes[] = { "concat", "sum", "mul", "ave", NULL };
static const s2s_layer_ops *const merges[] = { &s2s_layer_concatenate, &s2s_layer_add, &s2s_layer_multiply, &s2s_layer_average };

static const s2s_field fields[] = {
    S2S_FIELD_OBJECT(options, layer, S2S_REQUIRED, &s2s_layers, "the recurrent layer to run in both directions"),
    S2S_FIELD_CHOICE(options, merge_mode, "concat", modes, "how the two outputs become one"),
    S2S_FIELD_END
};

static s2s_status expand(const void *opt, s2s_expander *out, const int *inputs, int count, int *ret, s2s_error *err)
{
    const options *o = opt;
    int made[2];

    if (!s2s_layer_of(o->layer)->recurrent)
        return s2s_fail(err, S2S_CONFIG, "Bidirectional needs a recurrent layer, got %s", o->layer->entry->name);
    S2S_TRY(out->add(out, o->layer, "forward", inputs, count, 0, &made[0], err));
    S2S_TRY(out->add(out, o->layer, "backward", inputs, count, S2S_FLIPPED, &made[1], err));
    return out->add_plain(out, merges[o->merge_mode], NULL, made, 2, ret, err);
}

static const char *const examples[] = {
    "{type: Bidirectional, layer: {type: LSTM, units: 4, return_sequences: true}}",
    "{type: Bidirectional, layer: {type: GRU, units: 3}, merge_mode: sum}",
    "{type: Bidirectional, layer: {type: SimpleRNN, units: 3, return_sequences: true}, merge_mode: mul}",
    NULL
};

const s2s_layer_ops s2s_layer_bidirectional = {
    .entry = { "Bidirectional", "bidirectional", "a recurrent layer in both directions of time", fields, sizeof(options), examples },
    .expand = expand,
};
