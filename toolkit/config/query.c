/* query.c -- looking into a config that was read: one value, all values, what could be named. */
#include <string.h>

#include "config/internal.h"

const s2s_node *s2s_config_at(const s2s_config *config, const char *path)
{
    return s2s_node_find(config->complete, path);
}

void s2s_config_became(s2s_config *config, const char *path, const char *value)
{
    s2s_node *node = s2s_node_find(config->complete, path);

    if (node != NULL && node->kind == S2S_NODE_SCALAR && s2s_text_is(node->text, S2S_AUTO))
        node->became = s2s_arena_strdup(config->arena, value);
}

/* ---- what the tables know ---- */

static bool known_in(const s2s_level *level, const s2s_node *map, s2s_text rest, const s2s_field **ret);

static bool known_in_object(const s2s_registry *registry, const s2s_node *node, s2s_text rest, const s2s_field **ret)
{
    const s2s_node *type = node == NULL ? NULL : node->kind == S2S_NODE_SCALAR ? node : s2s_node_get(node, "type");
    s2s_level       level = { .common = registry->common, .registry = registry };

    level.entry = type == NULL ? NULL : s2s_entry_find(registry, type->text);
    if (level.entry == NULL)
        return false;
    level.own = level.entry->fields;
    return s2s_text_is(rest, "type") || known_in(&level, node, rest, ret);
}

/* What `rest` names below the value of a row; the value is NULL where nothing was written. */
static bool known_below(const s2s_field *field, const s2s_node *node, s2s_text rest, const s2s_field **ret)
{
    const s2s_level group = { .own = field->fields };
    s2s_text        word;
    const s2s_node *element;

    *ret = field;
    if (rest.chars == NULL)
        return true;
    switch (field->kind) {
    case S2S_KIND_OBJECT:
        return known_in_object(field->registry, node, rest, ret);
    case S2S_KIND_GROUP:
    case S2S_KIND_GROUP_OR_NONE:
        return known_in(&group, node, rest, ret);
    case S2S_KIND_NODE:
        return node != NULL && s2s_node_find(node, rest.chars) != NULL;
    default:
        break;
    }
    s2s_text_split(&rest, '.', &word);
    if (field->kind == S2S_KIND_GROUPS) {
        const char *name = word.chars;
        for (size_t i = 0; node != NULL && node->kind == S2S_NODE_MAP && i < node->count; i++)
            if (s2s_text_equal(node->key[i], (s2s_text){ name, word.length }))
                return rest.chars == NULL || known_in(&group, node->child[i], rest, ret);
        return false;
    }
    element = s2s_node_element(node, word);
    if (element == NULL || rest.chars == NULL)
        return element != NULL;
    return field->kind == S2S_KIND_OBJECTS && known_in_object(field->registry, element, rest, ret);
}

static bool known_in(const s2s_level *level, const s2s_node *map, s2s_text rest, const s2s_field **ret)
{
    s2s_text         word;
    const s2s_field *field;
    const s2s_node  *value = NULL;

    s2s_text_split(&rest, '.', &word);
    field = s2s_level_find(level, word);
    for (size_t i = 0; map != NULL && map->kind == S2S_NODE_MAP && i < map->count; i++)
        if (s2s_text_equal(map->key[i], word))
            value = map->child[i];
    return field != NULL && known_below(field, value, rest, ret);
}

bool s2s_config_knows(const s2s_config *config, const char *path, const s2s_field **ret)
{
    const s2s_level  level = { config->fields, s2s_document_fields, NULL, NULL };
    const s2s_field *field = NULL;

    if (!known_in(&level, config->complete, s2s_text_of(path), &field))
        return false;
    if (ret != NULL)
        *ret = field;
    return true;
}

/* ---- every key with its value ---- */

typedef struct flattener {
    s2s_arena *arena;
    s2s_pair *pairs;
    size_t count, capacity;
} flattener;

static bool all_scalars(const s2s_node *node)
{
    for (size_t i = 0; i < node->count; i++)
        if (node->child[i]->kind != S2S_NODE_SCALAR)
            return false;
    return true;
}

static const char *list_text(s2s_arena *arena, const s2s_node *list)
{
    s2s_string  text = { 0 };
    const char *copy;

    for (size_t i = 0; i < list->count; i++)
        s2s_string_printf(&text, "%s%s", i == 0 ? "[" : ", ", list->child[i]->text.chars);
    s2s_string_add(&text, list->count == 0 ? list->kind == S2S_NODE_MAP ? "{}" : "[]" : "]");
    copy = text.failed ? NULL : s2s_arena_strdup(arena, text.chars);
    s2s_string_release(&text);
    return copy;
}

static bool flatten(flattener *f, const s2s_node *node, const s2s_trail *trail, unsigned flags);

static bool flatten_children(flattener *f, const s2s_node *node, const s2s_trail *trail, unsigned flags)
{
    for (size_t i = 0; i < node->count; i++) {
        const s2s_node *child = node->child[i], *name = s2s_node_get(child, "name");
        s2s_trail       below = { trail, NULL, i };
        if (node->kind == S2S_NODE_MAP)
            below.key = node->key[i].chars;
        else if (name != NULL && s2s_node_is_text(name))
            below.key = name->text.chars;
        if (!flatten(f, child, &below, flags))
            return false;
    }
    return true;
}

static bool flatten(flattener *f, const s2s_node *node, const s2s_trail *trail, unsigned flags)
{
    s2s_pair *pair;

    if (node->field != NULL)
        flags |= node->field->flags & S2S_FLAG_RESUME;
    if (node->kind != S2S_NODE_SCALAR && node->count > 0 && (node->kind == S2S_NODE_MAP || !all_scalars(node)))
        return flatten_children(f, node, trail, flags);
    pair = s2s_arena_grow(f->arena, &f->pairs, &f->count, &f->capacity, sizeof *pair);
    if (pair == NULL)
        return false;
    *pair = (s2s_pair){ .key = s2s_trail_path(f->arena, trail), .origin = node->origin, .flags = flags };
    if (node->field != NULL)
        pair->flags |= node->field->flags;
    pair->value = node->kind == S2S_NODE_SCALAR ? s2s_node_is_null(node) ? "null" : node->text.chars : list_text(f->arena, node);
    return pair->value != NULL;
}

s2s_status s2s_config_flatten(const s2s_config *config, s2s_arena *arena, s2s_pair **ret, size_t *count, s2s_error *err)
{
    flattener f = { .arena = arena };

    if (!flatten_children(&f, config->complete, NULL, 0) || s2s_arena_failed(arena))
        return s2s_fail(err, S2S_MEMORY, "out of memory");
    *ret = f.pairs;
    *count = f.count;
    return S2S_OK;
}

const s2s_pair *s2s_pairs_find(const s2s_pair *pairs, size_t count, const char *key)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(pairs[i].key, key) == 0)
            return &pairs[i];
    return NULL;
}
