/* callback.c -- the registry of callbacks.def, and what an improvement is. */
#include "train/callback.h"

#include <math.h>

#define S2S_CALLBACK(name) extern const s2s_callback_ops s2s_callback_##name;
#include "train/callbacks.def"
#undef S2S_CALLBACK

static const s2s_entry *const entries[] = {
#define S2S_CALLBACK(name) &s2s_callback_##name.entry,
#include "train/callbacks.def"
#undef S2S_CALLBACK
};

const s2s_registry s2s_callbacks = {
    .noun = "callback", .plural = "callbacks", .entries = entries, .count = sizeof(entries) / sizeof(entries[0]),
};

const char *const s2s_callback_modes[] = { "auto", "min", "max", NULL };

bool s2s_improves(const s2s_callback_event *event, int mode, double min_delta, double reference)
{
    const bool larger = mode == S2S_MODE_AUTO ? event->larger_is_better : mode == S2S_MODE_MAX;

    if (isnan(reference))
        return !isnan(event->value);
    return larger ? event->value - fabs(min_delta) > reference : event->value + fabs(min_delta) < reference;
}
