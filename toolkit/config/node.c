/* node.c -- looking at nodes and building them. */
#include <stdlib.h>
#include <string.h>

#include "config/internal.h"

const char *const s2s_origin_names[] = { "default", "given", "base", "override", "command line", "sweep" };

s2s_node *s2s_node_get(const s2s_node *node, const char *key)
{
    if (node == NULL || node->kind != S2S_NODE_MAP)
        return NULL;
    for (size_t i = 0; i < node->count; i++)
        if (s2s_text_is(node->key[i], key))
            return node->child[i];
    return NULL;
}

s2s_node *s2s_node_element(const s2s_node *list, s2s_text word)
{
    int64_t index;

    if (list == NULL || list->kind != S2S_NODE_LIST)
        return NULL;
    if (s2s_text_to_int(word, &index))
        return index >= 0 && (size_t)index < list->count ? list->child[index] : NULL;
    for (size_t i = 0; i < list->count; i++) {
        const s2s_node *name = s2s_node_get(list->child[i], "name");
        if (name != NULL && name->kind == S2S_NODE_SCALAR && s2s_text_equal(name->text, word))
            return list->child[i];
    }
    return NULL;
}

s2s_node *s2s_node_child(const s2s_node *node, s2s_text word)
{
    if (node->kind == S2S_NODE_LIST)
        return s2s_node_element(node, word);
    for (size_t i = 0; node->kind == S2S_NODE_MAP && i < node->count; i++)
        if (s2s_text_equal(node->key[i], word))
            return node->child[i];
    return NULL;
}

s2s_node *s2s_node_find(const s2s_node *node, const char *path)
{
    s2s_text  rest = s2s_text_of(path), word;
    s2s_node *found = NULL;

    while (node != NULL && s2s_text_split(&rest, '.', &word))
        node = found = s2s_node_child(node, word);
    return found;
}

static bool is_one_of(const s2s_node *node, const char *const *words)
{
    if (node->kind != S2S_NODE_SCALAR || node->quoted)
        return false;
    for (; *words != NULL; words++)
        if (s2s_text_is(node->text, *words))
            return true;
    return false;
}

bool s2s_node_is_null(const s2s_node *node)
{
    static const char *const words[] = { "", "~", "null", "Null", "NULL", NULL };

    return is_one_of(node, words);
}

bool s2s_node_to_bool(const s2s_node *node, bool *ret)
{
    static const char *const yes[] = { "true", "True", "TRUE", NULL }, *const no[] = { "false", "False", "FALSE", NULL };

    if (!is_one_of(node, yes) && !is_one_of(node, no))
        return false;
    *ret = is_one_of(node, yes);
    return true;
}

bool s2s_node_to_int(const s2s_node *node, int64_t *ret)
{
    return node->kind == S2S_NODE_SCALAR && !node->quoted && s2s_text_to_int(node->text, ret);
}

bool s2s_node_to_real(const s2s_node *node, double *ret)
{
    return node->kind == S2S_NODE_SCALAR && !node->quoted && s2s_text_to_real(node->text, ret);
}

bool s2s_node_is_text(const s2s_node *node)
{
    bool   truth;
    double number;

    if (node->kind != S2S_NODE_SCALAR)
        return false;
    return node->quoted || (!s2s_node_is_null(node) && !s2s_node_to_bool(node, &truth) && !s2s_node_to_real(node, &number));
}

s2s_position s2s_node_value_at(const s2s_node *node, int *span)
{
    while (node->source != NULL)
        node = node->source;
    *span = node->span;
    return node->at;
}

/* KEY=VALUE words are numbered inside so that their carets are found; the user knows no such lines. */
s2s_position s2s_position_shown(s2s_position at)
{
    if (at.file != NULL && (strcmp(at.file, s2s_origin_names[S2S_ORIGIN_COMMAND_LINE]) == 0 || strcmp(at.file, s2s_origin_names[S2S_ORIGIN_SWEEP]) == 0))
        at.line = at.column = 0;
    return at;
}

const char *s2s_node_describe(s2s_arena *arena, const s2s_node *node)
{
    enum { SHOWN = 40 };
    const char *text;
    char       *copy;
    size_t      length = 0;

    if (node->kind == S2S_NODE_MAP)
        return "a map";
    if (node->kind == S2S_NODE_LIST)
        return "a list";
    if (s2s_node_is_null(node))
        return node->text.length == 0 ? "nothing" : "null";
    for (int shown = 0; shown < SHOWN && length < node->text.length; shown++)
        length += s2s_text_utf8_length((s2s_text){ node->text.chars + length, node->text.length - length });
    text = length < node->text.length ? "..." : "";
    copy = s2s_arena_printf(arena, "'%.*s%s'", (int)length, node->text.chars, text);
    for (char *c = copy; c != NULL && *c != '\0'; c++)
        if ((unsigned char)*c < ' ')
            *c = ' ';
    return copy == NULL ? "this" : copy;
}

s2s_node *s2s_node_copy(s2s_arena *arena, const s2s_node *node)
{
    s2s_node *copy = S2S_NEW(arena, s2s_node);

    if (copy != NULL)
        *copy = *node;
    return copy;
}

s2s_node *s2s_node_clone(s2s_arena *arena, const s2s_node *node)
{
    s2s_node *copy = s2s_node_copy(arena, node);

    if (copy == NULL)
        return NULL;
    copy->child = S2S_NEW_ARRAY(arena, s2s_node *, node->count);
    copy->key = S2S_NEW_ARRAY(arena, s2s_text, node->count);
    copy->key_at = S2S_NEW_ARRAY(arena, s2s_position, node->count);
    if (copy->child == NULL || copy->key == NULL || copy->key_at == NULL)
        return NULL;
    for (size_t i = 0; i < node->count; i++) {
        copy->child[i] = s2s_node_clone(arena, node->child[i]);
        if (copy->child[i] == NULL)
            return NULL;
        if (node->kind == S2S_NODE_MAP) {
            copy->key[i] = node->key[i];
            copy->key_at[i] = node->key_at[i];
        }
    }
    return copy;
}

s2s_node *s2s_node_map(s2s_arena *arena, const s2s_node *like, size_t capacity)
{
    s2s_node *map = S2S_NEW(arena, s2s_node);

    if (map == NULL)
        return NULL;
    *map = (s2s_node){ .kind = S2S_NODE_MAP, .origin = like->origin, .at = like->at, .span = like->span, .folder = like->folder };
    map->child = S2S_NEW_ARRAY(arena, s2s_node *, capacity);
    map->key = S2S_NEW_ARRAY(arena, s2s_text, capacity);
    map->key_at = S2S_NEW_ARRAY(arena, s2s_position, capacity);
    return map->child != NULL && map->key != NULL && map->key_at != NULL ? map : NULL;
}

bool s2s_node_put(s2s_arena *arena, s2s_node *map, const char *key, s2s_position key_at, s2s_node *value)
{
    s2s_node *larger;
    char     *name;

    if (value == NULL)
        return false;
    for (size_t i = 0; i < map->count; i++)
        if (s2s_text_is(map->key[i], key)) {
            value->used |= map->child[i]->used;
            map->child[i] = value;
            map->key_at[i] = key_at;
            return true;
        }
    larger = s2s_node_map(arena, map, map->count + 1);
    name = s2s_arena_strdup(arena, key);
    if (larger == NULL || name == NULL)
        return false;
    if (map->count > 0) {
        memcpy(larger->child, map->child, map->count * sizeof *map->child);
        memcpy(larger->key, map->key, map->count * sizeof *map->key);
        memcpy(larger->key_at, map->key_at, map->count * sizeof *map->key_at);
    }
    map->child = larger->child;
    map->key = larger->key;
    map->key_at = larger->key_at;
    map->child[map->count] = value;
    map->key[map->count] = s2s_text_of(name);
    map->key_at[map->count++] = key_at;
    return true;
}

void s2s_node_drop(s2s_node *map, const char *key)
{
    size_t kept = 0;

    for (size_t i = 0; i < map->count; i++) {
        if (s2s_text_is(map->key[i], key))
            continue;
        map->child[kept] = map->child[i];
        map->key[kept] = map->key[i];
        map->key_at[kept++] = map->key_at[i];
    }
    map->count = kept;
}

void s2s_node_set_origin(s2s_node *node, s2s_origin origin)
{
    node->origin = origin;
    for (size_t i = 0; i < node->count; i++)
        s2s_node_set_origin(node->child[i], origin);
}
