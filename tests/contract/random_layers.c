/* random_layers.c -- see random_layers.h. */
#include "random_layers.h"

#include <string.h>

#include "layers/activation.h"
#include "layers/layer.h"

enum { DEEPEST = 2, LARGEST_INT = 6, RECURRENT_LAYERS = 3 };

static void random_object(random_source *r, const s2s_registry *registry, int depth, s2s_string *ret);

random_source random_source_make(uint64_t seed)
{
    return (random_source){ .stream = s2s_stream_make(seed, S2S_RANDOM_TEST, 7, 0, 0) };
}

uint64_t random_below(random_source *r, uint64_t n) { return s2s_random_below(&r->stream, r->next++, n); }

/* Values that take some option apart from its default, or NULL-like false when this kind is left at its default. */
static bool random_value(random_source *r, const s2s_field *f, int depth, s2s_string *ret)
{
    const int64_t low = (int64_t)f->minimum, high = f->maximum < LARGEST_INT ? (int64_t)f->maximum : LARGEST_INT;
    size_t names = 0;

    switch (f->kind) {
    case S2S_KIND_INT:
        s2s_string_printf(ret, "%ld", (long)(low + (int64_t)random_below(r, (uint64_t)(high - low + 1))));
        return high >= low;
    case S2S_KIND_REAL:
        s2s_string_printf(ret, "0.%d", (int)random_below(r, 6));
        return f->minimum <= 0 && f->maximum >= 0.5;
    case S2S_KIND_BOOL:
        s2s_string_add(ret, random_below(r, 2) ? "true" : "false");
        return true;
    case S2S_KIND_CHOICE:
        while (f->names[names])
            names++;
        s2s_string_add(ret, f->names[random_below(r, names)]);
        return true;
    case S2S_KIND_OBJECT:
        random_object(r, f->registry, depth + 1, ret);
        return true;
    case S2S_KIND_OBJECTS:
        s2s_string_add(ret, "[");
        random_object(r, f->registry, depth + 1, ret);
        s2s_string_add(ret, ", ");
        random_object(r, f->registry, depth + 1, ret);
        s2s_string_add(ret, "]");
        return true;
    default:
        return false;
    }
}

static bool required(const s2s_field *f) { return f->preset && strcmp(f->preset, S2S_REQUIRED) == 0; }

static void random_field(random_source *r, const s2s_field *f, int depth, s2s_string *ret)
{
    s2s_string value = {0};

    if (!required(f) && random_below(r, 10) < 7)
        return;
    if (random_value(r, f, depth, &value))
        s2s_string_printf(ret, ", %s: %s", f->key, s2s_string_chars(&value));
    s2s_string_release(&value);
}

/* Beyond the deepest nesting no wrapper may be chosen. */
static const s2s_entry *random_entry(random_source *r, const s2s_registry *registry, int depth)
{
    for (;;) {
        const s2s_entry *entry = registry->entries[random_below(r, registry->count)];

        if (registry != &s2s_layers || depth < DEEPEST || ((const s2s_layer_ops *)entry)->infer)
            return entry;
    }
}

static void random_object(random_source *r, const s2s_registry *registry, int depth, s2s_string *ret)
{
    const s2s_entry *entry = random_entry(r, registry, depth);

    s2s_string_printf(ret, "{type: %s", entry->name);
    for (const s2s_field *f = entry->fields; f && f->kind != S2S_KIND_END; f++)
        random_field(r, f, depth, ret);
    if (registry == &s2s_layers && random_below(r, 8) == 0)
        s2s_string_add(ret, ", repeat: 2");
    s2s_string_add(ret, "}");
}

void random_layer(random_source *r, s2s_string *ret) { random_object(r, &s2s_layers, 0, ret); }
