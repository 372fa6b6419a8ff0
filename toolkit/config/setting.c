/*
 * setting.c -- one value at a dotted path: `overrides` and KEY=VALUE.
 *
 * A path may lead through what is not written: defaults are written out on the way, and a scalar that stands for a map
 * (`optimizer: Adam`) becomes that map. Whether the last key is legal is left to the schema, which sees the whole.
 */
#include "config/internal.h"

typedef struct setter {
    s2s_node *root, *value;
    const char *path;
    s2s_position at;
    int span;
    s2s_arena *arena;
    s2s_error_list *errors;
} setter;

/* The row of a node, and whether the node is an element of the row's list (or one of its groups). */
typedef struct spot {
    const s2s_field *field;
    bool element;
} spot;

static bool is_object(spot where)
{
    return where.field != NULL && where.field->kind == (where.element ? S2S_KIND_OBJECTS : S2S_KIND_OBJECT);
}

static bool holds_elements(spot where)
{
    return where.field != NULL && !where.element && (where.field->kind == S2S_KIND_OBJECTS || where.field->kind == S2S_KIND_GROUPS);
}

/* The row of `key` in the map at `where`. */
static spot row_below(const setter *s, spot where, const s2s_node *map, s2s_text key)
{
    const s2s_field *field = where.field;
    const s2s_node  *type = s2s_node_get(map, "type");
    s2s_level        level = { 0 };

    if (holds_elements(where))
        return (spot){ field, true };
    if (is_object(where)) {
        if (type != NULL && s2s_text_is_reference(type->text))
            type = s2s_reference_target(s->root, type->text);
        level.common = field->registry->common;
        level.entry = type == NULL ? NULL : s2s_entry_find(field->registry, type->text);
        level.own = level.entry == NULL ? NULL : level.entry->fields;
    } else if (field != NULL) {
        level.own = field->fields;
    }
    return (spot){ s2s_level_find(&level, key), false };
}

/* The map that a scalar stands for. A bare word may be one of an entry's other names; as a map's type it is the entry's own. */
static s2s_node *map_of(setter *s, spot where, s2s_node *node)
{
    const s2s_registry *registry = is_object(where) ? where.field->registry : NULL;
    const s2s_entry    *entry = registry ? s2s_entry_find(registry, node->text) : NULL;

    if (entry != NULL) {
        node = s2s_node_copy(s->arena, node);
        if (node == NULL)
            return NULL;
        node->text = s2s_text_of(entry->name);
    }
    return s2s_promote(where.field, registry, node, s->arena);
}

/* What the path goes through, made ready to be gone through: written out, unreferenced, a map. */
static s2s_node *make_passable(setter *s, s2s_node *node, spot where)
{
    static const s2s_node nothing = { .kind = S2S_NODE_SCALAR, .folder = "." };
    const s2s_node       *target;

    if (node != NULL && node->kind == S2S_NODE_SCALAR && s2s_text_is_reference(node->text)) {
        target = s2s_reference_target(s->root, node->text);
        if (target != NULL)
            node = s2s_node_clone(s->arena, target);
    }
    if (node == NULL || s2s_node_is_null(node)) {
        if (is_object(where) && !where.element && !s2s_is_required(where.field))
            node = s2s_preset(where.field, s->value, s->arena, s->errors);
        else
            node = s2s_node_map(s->arena, node == NULL ? &nothing : node, 0);
        if (node != NULL && node->kind != S2S_NODE_SCALAR)
            node->at = s->at;
    }
    if (node != NULL && node->kind == S2S_NODE_SCALAR && where.field != NULL && !holds_elements(where))
        node = map_of(s, where, node);
    return node;
}

static void refuse(setter *s, const char *message)
{
    s2s_errors_add(s->errors, s->at, s->span, "%s: %s", s->path, message);
}

static const char *nearest_element(setter *s, const s2s_node *list, s2s_text word)
{
    const char **names = S2S_NEW_ARRAY(s->arena, const char *, list->count);
    const char  *given = s2s_arena_strndup(s->arena, word.chars, word.length), *near = NULL;
    size_t       count = 0;

    for (size_t i = 0; names != NULL && i < list->count; i++) {
        const s2s_node *name = s2s_node_get(list->child[i], "name");
        if (name != NULL && name->kind == S2S_NODE_SCALAR)
            names[count++] = name->text.chars;
    }
    if (names != NULL && given != NULL)
        near = s2s_nearest_name(given, names, count);
    return near == NULL ? "" : s2s_arena_printf(s->arena, "; did you mean '%s'?", near);
}

static bool set_at(setter *s, s2s_node **slot, spot where, s2s_text rest);

/* An element that is a reference is called what its target is called. */
static s2s_node *element_behind_reference(const setter *s, const s2s_node *list, s2s_text word)
{
    for (size_t i = 0; i < list->count; i++) {
        const s2s_node *child = list->child[i];
        const bool      refers = child->kind == S2S_NODE_SCALAR && s2s_text_is_reference(child->text);
        const s2s_node *name = refers ? s2s_node_get(s2s_reference_target(s->root, child->text), "name") : NULL;

        if (name != NULL && name->kind == S2S_NODE_SCALAR && s2s_text_equal(name->text, word))
            return list->child[i];
    }
    return NULL;
}

static bool set_in_list(setter *s, s2s_node *list, spot where, s2s_text word, s2s_text rest)
{
    s2s_node *element = s2s_node_element(list, word);

    if (element == NULL)
        element = element_behind_reference(s, list, word);

    for (size_t i = 0; element != NULL && i < list->count; i++)
        if (list->child[i] == element)
            return set_at(s, &list->child[i], (spot){ where.field, true }, rest);
    s2s_errors_add(s->errors, s->at, s->span, "%s: no element '%.*s' (there are %zu, from 0)%s", s->path, S2S_TEXT_ARGS(word), list->count,
                   nearest_element(s, list, word));
    return true;
}

static bool set_in_map(setter *s, s2s_node *map, spot where, s2s_text word, s2s_text rest)
{
    const char  *key = s2s_arena_strndup(s->arena, word.chars, word.length);
    s2s_node    *child = key == NULL ? NULL : s2s_node_get(map, key);
    s2s_position key_at = s->at;

    if (key == NULL || !set_at(s, &child, row_below(s, where, map, word), rest))
        return false;
    for (size_t i = 0; rest.chars != NULL && i < map->count; i++)
        if (s2s_text_equal(map->key[i], word))
            key_at = map->key_at[i];
    return child == NULL || s2s_node_put(s->arena, map, key, key_at, child);
}

static bool set_at(setter *s, s2s_node **slot, spot where, s2s_text rest)
{
    s2s_text  word;
    s2s_node *node;

    if (!s2s_text_split(&rest, '.', &word)) {
        if (*slot != NULL)
            s->value->used |= (*slot)->used;
        *slot = s->value;
        return true;
    }
    node = make_passable(s, *slot, where);
    if (node == NULL)
        return false;
    if (node->kind == S2S_NODE_SCALAR || (node->kind == S2S_NODE_MAP && node->count == 0 && where.field != NULL && !where.element &&
                                          where.field->kind == S2S_KIND_OBJECTS)) {
        refuse(s, "the path leads through a value that has no keys");
        return true;
    }
    *slot = node;
    if (word.length == 0) {
        refuse(s, "an empty name in the path");
        return true;
    }
    return node->kind == S2S_NODE_LIST ? set_in_list(s, node, where, word, rest) : set_in_map(s, node, where, word, rest);
}

/* What files are made of is decided before single values are. */
static bool is_of_files(s2s_text path)
{
    s2s_text word;

    s2s_text_split(&path, '.', &word);
    return s2s_text_is(word, "extends") || s2s_text_is(word, "overrides");
}

bool s2s_node_set(s2s_node *root, const s2s_field *fields, const char *path, s2s_node *value, s2s_position at, int span,
                  s2s_arena *arena, s2s_error_list *errors)
{
    const s2s_field whole = { .key = "", .kind = S2S_KIND_GROUP, .fields = fields };
    setter          s = { root, value, path, at, span, arena, errors };

    if (path[0] == '\0') {
        refuse(&s, "expected KEY=VALUE");
        return true;
    }
    if (is_of_files(s2s_text_of(path))) {
        refuse(&s, "it stands in files only: KEY=VALUE changes single values");
        return true;
    }
    if (s2s_node_is_null(value))
        value->restore = true;
    return set_at(&s, &root, (spot){ &whole, false }, s2s_text_of(path));
}
