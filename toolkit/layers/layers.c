/* layers.c -- the registry of layers.def, and the keys that every layer takes. */
#include "layers/layer.h"

#include <stdio.h>

#define S2S_LAYER(name) extern const s2s_layer_ops s2s_layer_##name;
#include "layers/layers.def"
#undef S2S_LAYER

static const s2s_entry *const entries[] = {
#define S2S_LAYER(name) &s2s_layer_##name.entry,
#include "layers/layers.def"
#undef S2S_LAYER
};

static const s2s_field common[] = {
    S2S_FIELD_TEXT(s2s_layer_common, name, S2S_NONE, "name of the layer and prefix of its weights; by default as Keras names it (lstm, lstm_1, ...)"),
    S2S_FIELD_TEXTS(s2s_layer_common, inputs, S2S_NONE, "names of earlier layers or streams to read; by default the layer before"),
    S2S_FIELD_INT(s2s_layer_common, repeat, "1", 0, 1000, "copies", "so many copies on top of each other; 0 removes the layer"),
    S2S_FIELD_BOOL(s2s_layer_common, trainable, "true", "whether training changes the weights"),
    S2S_FIELD_END
};

const s2s_registry s2s_layers = {
    .noun = "layer", .plural = "layers", .entries = entries, .count = sizeof(entries) / sizeof(entries[0]),
    .common = common, .common_size = sizeof(s2s_layer_common),
};

static void steps_text(int64_t steps, char *buffer, size_t size)
{
    if (steps == S2S_STEPS_ANY)
        snprintf(buffer, size, "T");
    else
        snprintf(buffer, size, "%lld", (long long)steps);
}

void s2s_shape_format(const s2s_shape *shape, char *buffer, size_t size)
{
    char steps[24];

    steps_text(shape->steps, steps, sizeof(steps));
    switch (shape->form) {
    case S2S_MATRIX:   snprintf(buffer, size, "(B,%lld)", (long long)shape->width); break;
    case S2S_TOKENS:   snprintf(buffer, size, "(B,%s) of %lld symbols", steps, (long long)shape->width); break;
    case S2S_GROUPS:   snprintf(buffer, size, "(B,%s,C) of %lld symbols", steps, (long long)shape->width); break;
    case S2S_DENSE:
    case S2S_CONSTANT: snprintf(buffer, size, "(B,%s,%lld)", steps, (long long)shape->width); break;
    }
}
