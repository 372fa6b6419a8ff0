/* copy.c -- "abca" -> "abca". See copying.h. */
#include "datasets/copying.h"

static s2s_status open(const s2s_object *self, uint64_t seed, s2s_arena *arena, s2s_dataset *ret, s2s_error *err)
{
    (void)arena;
    return s2s_copying_open(self, false, seed, ret, err);
}

static const char *const examples[] = {
    "{type: copy, symbols: 5, min_length: 2, max_length: 8, samples: 1000}",
    "{type: copy, symbols: 8, min_length: 10, max_length: 10, delay: 29, aligned: true}",
    NULL
};

const s2s_dataset_ops s2s_dataset_copy = {
    .entry = { .name = "copy", .summary = "a random sequence, to be said again, also after a long pause",
               .fields = s2s_copying_fields, .options_size = sizeof(s2s_copying_options), .examples = examples },
    .describe = s2s_copying_describe, .open = open, .restore = s2s_copying_restore,
    .encode = s2s_copying_encode, .show_input = s2s_copying_show_input, .show_target = s2s_copying_show_target,
};
