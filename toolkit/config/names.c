/* names.c -- finding rows and entries by name, and saying what was probably meant when there is none. */
#include <string.h>

#include "config/internal.h"

/* Other toolkits' names. One that stands for several of ours is listed once for each. */
static const struct { const char *theirs, *ours; } synonyms[] = {
    { "batch", "batch_size" }, { "bs", "batch_size" }, { "cell", "type" }, { "cell_type", "type" }, { "class_name", "type" },
    { "clip_grad_norm", "global_clipnorm" }, { "clip_norm", "clipnorm" }, { "criterion", "loss" }, { "dropout", "rate" },
    { "dropout_rate", "dropout" }, { "dropout_rate", "rate" }, { "p", "rate" }, { "embedding_dim", "output_dim" },
    { "emb_size", "output_dim" }, { "eps", "epsilon" }, { "grad_clip", "global_clipnorm" }, { "gradient_clip_val", "global_clipnorm" },
    { "hidden_dim", "units" }, { "hidden_size", "units" }, { "hidden_units", "units" }, { "invert", "reverse_input" },
    { "iterations", "epochs" }, { "kind", "type" }, { "lr", "learning_rate" }, { "max_epochs", "epochs" },
    { "max_grad_norm", "global_clipnorm" }, { "nonlinearity", "activation" }, { "num_embeddings", "input_dim" },
    { "num_epochs", "epochs" }, { "num_layers", "repeat" }, { "num_units", "units" }, { "n_epochs", "epochs" },
    { "optim", "optimizer" }, { "out_features", "units" }, { "random_seed", "seed" }, { "reverse", "reverse_input" },
    { "rnn_size", "units" }, { "rnn_type", "type" }, { "size", "units" }, { "training_size", "samples" },
    { "val_split", "validation_split" }, { "vocab_size", "input_dim" },
};

const s2s_field s2s_document_fields[] = {
    { .key = "extends", .kind = S2S_KIND_PATH, .preset = S2S_NONE, .help = "a file to start from: maps merge, lists replace, a map of another type replaces" },
    { .key = "overrides", .kind = S2S_KIND_NODE, .preset = S2S_NONE, .help = "single values to change, by dotted path: {model.layers.encoder.units: 256}" },
    { .key = "vars", .kind = S2S_KIND_NODE, .preset = S2S_NONE, .help = "the file's own names, used elsewhere as ${vars.name}" },
    S2S_FIELD_END
};

bool s2s_name_means(s2s_text key, const char *ours)
{
    for (size_t i = 0; i < sizeof synonyms / sizeof synonyms[0]; i++)
        if (s2s_text_is(key, synonyms[i].theirs) && strcmp(synonyms[i].ours, ours) == 0)
            return true;
    return false;
}

const s2s_field *s2s_field_find(const s2s_field *fields, s2s_text key)
{
    for (; fields != NULL && fields->kind != S2S_KIND_END; fields++)
        if (s2s_text_is(key, fields->key))
            return fields;
    return NULL;
}

const s2s_field *s2s_level_find(const s2s_level *level, s2s_text key)
{
    const s2s_field *field = s2s_field_find(level->own, key);

    return field != NULL ? field : s2s_field_find(level->common, key);
}

s2s_text s2s_entry_aliases(const s2s_entry *entry)
{
    return entry->alias != NULL ? s2s_text_of(entry->alias) : (s2s_text){ NULL, 0 };
}

static bool is_called(const s2s_entry *entry, s2s_text name)
{
    s2s_text rest = s2s_entry_aliases(entry), alias;

    if (s2s_text_is(name, entry->name))
        return true;
    while (s2s_text_split(&rest, ' ', &alias))
        if (s2s_text_equal(name, alias))
            return true;
    return false;
}

const s2s_entry *s2s_entry_find(const s2s_registry *registry, s2s_text name)
{
    for (size_t i = 0; i < registry->count; i++)
        if (is_called(registry->entries[i], name))
            return registry->entries[i];
    return NULL;
}

bool s2s_key_is_meant(const s2s_level *level, const s2s_node *map, const s2s_field *field)
{
    for (size_t i = 0; i < map->count; i++)
        if (s2s_level_find(level, map->key[i]) == NULL &&
            (s2s_name_means(map->key[i], field->key) || s2s_nearest_name(map->key[i].chars, &field->key, 1) != NULL))
            return true;
    return false;
}

static bool is_legal(const s2s_level *level, s2s_text key)
{
    return s2s_level_find(level, key) != NULL || (level->registry != NULL && s2s_text_is(key, "type"));
}

/* ---- where a key that is wrong here would be right ---- */

static const char *find_below(s2s_arena *arena, const s2s_level *level, s2s_text key, int depth);

static const char *find_in_entries(const s2s_registry *registry, s2s_text key)
{
    const s2s_field *found = s2s_field_find(registry->common, key);

    for (size_t i = 0; found == NULL && i < registry->count; i++)
        found = s2s_field_find(registry->entries[i]->fields, key);
    return found == NULL ? NULL : found->key;
}

static const char *find_in_row(s2s_arena *arena, const s2s_field *field, s2s_text key, int depth)
{
    const s2s_level group = { .own = field->fields };
    const char     *below = NULL;

    if (field->kind == S2S_KIND_OBJECT)
        below = find_in_entries(field->registry, key);
    else if (field->kind == S2S_KIND_GROUP || field->kind == S2S_KIND_GROUP_OR_NONE)
        below = find_below(arena, &group, key, depth - 1);
    return below == NULL ? NULL : s2s_arena_printf(arena, "%s.%s", field->key, below);
}

/* "optimizer.learning_rate" for "learning_rate", exactly `depth` maps further down. */
static const char *find_below(s2s_arena *arena, const s2s_level *level, s2s_text key, int depth)
{
    const s2s_field *tables[] = { level->own, level->common };

    if (depth == 0) {
        const s2s_field *field = s2s_level_find(level, key);
        return field == NULL ? NULL : field->key;
    }
    for (size_t t = 0; t < 2; t++)
        for (const s2s_field *field = tables[t]; field != NULL && field->kind != S2S_KIND_END; field++) {
            const char *found = find_in_row(arena, field, key, depth);
            if (found != NULL)
                return found;
        }
    return NULL;
}

static const char *find_anywhere(s2s_arena *arena, const s2s_level *level, s2s_text key)
{
    const char *found = NULL;

    for (int depth = 0; found == NULL && depth <= 3; depth++)
        found = find_below(arena, level, key, depth);
    return found;
}

static const char *synonym(s2s_arena *arena, const s2s_level *level, s2s_text key)
{
    const size_t count = sizeof synonyms / sizeof synonyms[0];
    const char  *found;

    for (size_t i = 0; i < count; i++)
        if (s2s_text_is(key, synonyms[i].theirs) && is_legal(level, s2s_text_of(synonyms[i].ours)))
            return synonyms[i].ours;
    for (size_t i = 0; i < count; i++)
        if (s2s_text_is(key, synonyms[i].theirs) && (found = find_anywhere(arena, level, s2s_text_of(synonyms[i].ours))) != NULL)
            return found;
    return NULL;
}

/* "LSTM, GRU" for a key that some other entries of the registry take. */
static const char *other_entries(s2s_arena *arena, const s2s_registry *registry, s2s_text key)
{
    enum { NAMED = 3 };
    const char *names = NULL;
    int         count = 0;

    for (size_t i = 0; i < registry->count; i++) {
        const s2s_entry *entry = registry->entries[i];
        if (s2s_field_find(entry->fields, key) == NULL || ++count > NAMED)
            continue;
        names = names == NULL ? entry->name : s2s_arena_printf(arena, "%s, %s", names, entry->name);
        if (names == NULL)
            return NULL;
    }
    return count > NAMED ? s2s_arena_printf(arena, "%s, ...", names) : names;
}

static const char *nearest_key(s2s_arena *arena, const s2s_level *level, const char *key)
{
    const s2s_field *tables[] = { level->own, level->common };
    const char     **names = NULL;
    size_t           count = 0, capacity = 0;

    for (size_t t = 0; t < 2; t++)
        for (const s2s_field *field = tables[t]; field != NULL && field->kind != S2S_KIND_END; field++) {
            const char **slot = s2s_arena_grow(arena, &names, &count, &capacity, sizeof *names);
            if (slot == NULL)
                return NULL;
            *slot = field->key;
        }
    if (level->registry != NULL) {
        const char **slot = s2s_arena_grow(arena, &names, &count, &capacity, sizeof *names);
        if (slot == NULL)
            return NULL;
        *slot = "type";
    }
    return s2s_nearest_name(key, names, count);
}

static const char *orelse(const char *text, const char *other) { return text == NULL ? other : text; }

const char *s2s_unknown_key(s2s_arena *arena, const s2s_level *level, const s2s_field *root, s2s_text key)
{
    const s2s_level top = { .own = root };
    const char     *found = synonym(arena, level, key);

    if (found == NULL && level->entry != NULL) {
        found = other_entries(arena, level->registry, key);
        if (found != NULL)
            return orelse(s2s_arena_printf(arena, "unknown key: %s does not take it (%s: yes)", level->entry->name, found), "unknown key");
    }
    if (found == NULL)
        found = find_anywhere(arena, level, key);
    if (found == NULL)
        found = nearest_key(arena, level, key.chars);
    if (found == NULL && root != NULL)
        found = find_anywhere(arena, &top, key);
    if (found == NULL)
        return "unknown key";
    return orelse(s2s_arena_printf(arena, "unknown key; did you mean '%s'?", found), "unknown key");
}

/* Names that grow in an arena. */
typedef struct name_list { size_t count, room; const char **item; } name_list;

static void add_name(s2s_arena *arena, name_list *list, s2s_text name)
{
    const char **const slot = s2s_arena_grow(arena, &list->item, &list->count, &list->room, sizeof *list->item);

    if (slot != NULL)
        *slot = orelse(s2s_arena_strndup(arena, name.chars, name.length), "");
}

const char *s2s_unknown_entry(s2s_arena *arena, const s2s_registry *registry, const char *name, bool aliases)
{
    const s2s_entry *called = s2s_entry_find(registry, s2s_text_of(name));
    name_list        names = { 0 };
    const char      *near = called == NULL ? NULL : called->name;

    for (size_t i = 0; i < registry->count; i++) {
        s2s_text rest = s2s_entry_aliases(registry->entries[i]), alias;

        add_name(arena, &names, s2s_text_of(registry->entries[i]->name));
        while (aliases && s2s_text_split(&rest, ' ', &alias))
            add_name(arena, &names, alias);
    }
    if (near == NULL)
        near = s2s_nearest_name(name, names.item, names.count);
    if (near != NULL)
        return orelse(s2s_arena_printf(arena, "; did you mean '%s'?", near), "");
    if (registry->hint != NULL)
        return orelse(s2s_arena_printf(arena, "; %s", registry->hint), "");
    return orelse(s2s_arena_printf(arena, "; `s2s explain %s` lists them", registry->plural), "");
}
