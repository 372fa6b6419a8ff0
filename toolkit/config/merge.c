/* merge.c -- `extends`: maps merge, lists replace, a map that names another `type` replaces the base's map. */
#include "config/internal.h"

static bool other_type(const s2s_node *lower, const s2s_node *upper)
{
    const s2s_node *a = s2s_node_get(lower, "type"), *b = s2s_node_get(upper, "type");

    return a != NULL && b != NULL && !s2s_text_equal(a->text, b->text);
}

s2s_node *s2s_node_merge(s2s_node *lower, s2s_node *upper, s2s_arena *arena)
{
    if (s2s_node_is_null(upper))
        upper->restore = true;
    if (lower->kind != S2S_NODE_MAP || upper->kind != S2S_NODE_MAP || other_type(lower, upper))
        return upper;
    for (size_t i = 0; i < upper->count; i++) {
        s2s_node *below = s2s_node_get(lower, upper->key[i].chars);
        s2s_node *value = below == NULL ? upper->child[i] : s2s_node_merge(below, upper->child[i], arena);
        if (value == NULL || !s2s_node_put(arena, lower, upper->key[i].chars, upper->key_at[i], value))
            return NULL;
    }
    return lower;
}
