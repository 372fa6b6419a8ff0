/*
 * schema.c -- nodes into structs, and the complete tree: every key in the order of its table, defaults too.
 *
 * Nothing stops at a mistake: what is wrong is reported and left at zero, and the rest is read.
 */
#include <stdlib.h>
#include <string.h>

#include "config/internal.h"

static s2s_node *read_field(s2s_reader *r, const s2s_field *field, const s2s_node *map, const s2s_trail *up, void *record);

/* ---- maps ---- */

static void report_unknown(s2s_reader *r, const s2s_level *level, const s2s_node *map, size_t i, const s2s_trail *trail)
{
    const s2s_trail below = { trail, map->key[i].chars, 0 };
    const s2s_node  at_key = { .at = map->key_at[i], .span = (int)s2s_text_codepoints(map->key[i]) };

    s2s_complain(r, &at_key, &below, "%s", s2s_unknown_key(r->arena, level, r->root, map->key[i]));
}

static void report_unknown_keys(s2s_reader *r, const s2s_level *level, const s2s_node *map, const s2s_trail *trail)
{
    for (size_t i = 0; i < map->count; i++)
        if (s2s_level_find(level, map->key[i]) == NULL && !(level->registry != NULL && s2s_text_is(map->key[i], "type")))
            report_unknown(r, level, map, i, trail);
}

static size_t count_rows(const s2s_field *fields)
{
    size_t count = 0;

    while (fields != NULL && fields[count].kind != S2S_KIND_END)
        count++;
    return count;
}

/* A complete map has room for all its rows from the start. */
static void append(s2s_node *complete, const char *key, s2s_node *value)
{
    complete->child[complete->count] = value;
    complete->key[complete->count] = s2s_text_of(key);
    complete->key_at[complete->count++] = value->at;
}

/* Read every row of a table from `map` into `record` and add it to the complete map. False when memory is out. */
static bool read_rows(s2s_reader *r, const s2s_level *level, const s2s_field *fields, const s2s_node *map, const s2s_trail *trail, void *record,
                      s2s_node *complete)
{
    for (; fields != NULL && fields->kind != S2S_KIND_END; fields++) {
        s2s_node *value;
        r->level = level;
        value = read_field(r, fields, map, trail, record);
        if (value == NULL)
            return false;
        append(complete, fields->key, value);
    }
    return true;
}

static s2s_node *complete_map(s2s_reader *r, const s2s_field *field, const s2s_node *like, size_t rows)
{
    s2s_node *map = s2s_node_map(r->arena, like, rows);

    if (map == NULL)
        return NULL;
    map->field = field;
    map->reference = like->reference;
    map->live = like->live;
    return map;
}

static s2s_node *read_group(s2s_reader *r, const s2s_field *field, const s2s_node *node, const s2s_trail *trail, void *record)
{
    const s2s_level level = { .own = field->fields };
    const char     *topic = r->topic;
    const s2s_node *map = s2s_promote(field, NULL, node, r->arena);
    s2s_node       *complete;

    if (map == NULL)
        return NULL;
    if (map->kind != S2S_NODE_MAP) {
        s2s_complain(r, node, trail, "expected %s, got %s", s2s_expected(r->arena, field), s2s_node_describe(r->arena, node));
        complete = s2s_node_copy(r->arena, node);
        if (complete != NULL)
            complete->broken = true;
        return complete;
    }
    if (trail->up == NULL)
        r->topic = field->key;
    complete = complete_map(r, field, map, count_rows(field->fields));
    if (complete == NULL || !read_rows(r, &level, field->fields, map, trail, record, complete))
        return NULL;
    report_unknown_keys(r, &level, map, trail);
    r->topic = topic;
    return complete;
}

/* ---- objects ---- */

/* A map without `type`: say so, unless another toolkit's word for it is there, which is pointed to instead. */
static void report_no_type(s2s_reader *r, const s2s_registry *registry, const s2s_node *map, const s2s_trail *trail)
{
    const s2s_level level = { .registry = registry };
    bool            said = false;

    for (size_t i = 0; i < map->count; i++)
        if (s2s_name_means(map->key[i], "type")) {
            report_unknown(r, &level, map, i, trail);
            said = true;
        }
    if (!said)
        s2s_complain(r, map, trail, "`type` is missing; `s2s explain %s` lists what it may be", registry->plural);
}

/* `word`: the map was written as the bare name. */
static const s2s_entry *choose_entry(s2s_reader *r, const s2s_registry *registry, const s2s_node *map, bool word, const s2s_trail *trail)
{
    const s2s_node  *type = s2s_node_get(map, "type");
    const s2s_trail  type_key = { trail, "type", 0 }, *below = word ? trail : &type_key;
    const s2s_entry *entry = NULL;

    if (type == NULL || s2s_node_is_null(type)) {
        report_no_type(r, registry, map, trail);
    } else if (!s2s_node_is_text(type)) {
        if (!type->broken)
            s2s_complain(r, type, below, "expected the name of %s %s, got %s", s2s_article(registry->noun), registry->noun, s2s_node_describe(r->arena, type));
    } else if (!type->broken) {
        entry = s2s_entry_find(registry, type->text);
        if (entry != NULL && !word && !s2s_text_is(type->text, entry->name))
            entry = NULL;                                /* `type` takes class names only, as Keras spells them */
        if (entry == NULL)
            s2s_complain(r, type, below, "unknown %s %s%s", registry->noun, s2s_node_describe(r->arena, type),
                         s2s_unknown_entry(r->arena, registry, type->text.chars, word));
    }
    return entry;
}

static s2s_object *new_object(s2s_reader *r, const s2s_registry *registry, const s2s_entry *entry, const s2s_node *node, const s2s_node *map,
                              const s2s_trail *trail)
{
    s2s_object *object = S2S_NEW(r->arena, s2s_object);

    if (object == NULL)
        return NULL;
    *object = (s2s_object){ .entry = entry, .at = s2s_node_get(map, "type")->at };
    object->options = s2s_arena_alloc(r->arena, 1, entry->options_size);
    object->common = registry->common == NULL ? NULL : s2s_arena_alloc(r->arena, 1, registry->common_size);
    object->node = node->origin == S2S_ORIGIN_DEFAULT ? NULL : node;
    object->path = s2s_trail_path(r->arena, trail);
    if (object->options == NULL || (registry->common != NULL && object->common == NULL))
        return NULL;
    return object;
}

/* An entry that takes no keys stays the word that it is. */
static s2s_node *complete_object(s2s_reader *r, const s2s_registry *registry, const s2s_entry *entry, const s2s_node *node, const s2s_node *map)
{
    const size_t rows = count_rows(registry->common) + count_rows(entry->fields);
    s2s_node    *complete, *type;

    if (rows == 0 && node->kind == S2S_NODE_SCALAR)
        return s2s_node_copy(r->arena, node);
    complete = complete_map(r, NULL, map, rows + 1);
    type = s2s_node_copy(r->arena, s2s_node_get(map, "type"));
    if (complete == NULL || type == NULL)
        return NULL;
    type->text = s2s_text_of(entry->name);               /* the class name, where an alias was given */
    append(complete, "type", type);
    return complete;
}

s2s_node *s2s_read_object(s2s_reader *r, const s2s_registry *registry, const s2s_node *node, const s2s_trail *trail, s2s_object **ret)
{
    const char      *topic = r->topic;
    const s2s_node  *map = s2s_promote(NULL, registry, node, r->arena);
    const s2s_entry *entry = NULL;
    s2s_object      *object;
    s2s_node        *complete;

    if (map == NULL)
        return NULL;
    if (node->broken)
        return s2s_node_copy(r->arena, node);
    r->topic = registry->plural;
    if (node->kind == S2S_NODE_LIST || (node->kind == S2S_NODE_SCALAR && map->count == 1 && !s2s_node_is_text(node)))
        s2s_complain(r, node, trail, "expected %s %s (its name, or a map with `type`), got %s", s2s_article(registry->noun), registry->noun,
                     s2s_node_describe(r->arena, node));
    else
        entry = choose_entry(r, registry, map, node->kind == S2S_NODE_SCALAR, trail);
    if (entry == NULL) {
        complete = s2s_node_copy(r->arena, node);
        r->topic = topic;
        if (complete != NULL)
            complete->broken = true;
        return complete;
    }
    r->topic = entry->name;
    object = new_object(r, registry, entry, node, map, trail);
    complete = object == NULL ? NULL : complete_object(r, registry, entry, node, map);
    if (complete == NULL)
        return NULL;
    if (complete->kind == S2S_NODE_MAP) {
        const s2s_level level = { entry->fields, registry->common, registry, entry };
        if (!read_rows(r, &level, registry->common, map, trail, object->common, complete) ||
            !read_rows(r, &level, entry->fields, map, trail, object->options, complete))
            return NULL;
        report_unknown_keys(r, &level, map, trail);
    }
    r->topic = topic;
    *ret = object;
    return complete;
}

/* ---- lists of objects, maps of groups ---- */

static s2s_node *wrong_kind(s2s_reader *r, const s2s_field *field, const s2s_node *node, const s2s_trail *trail)
{
    s2s_node *copy = s2s_node_copy(r->arena, node);

    s2s_complain(r, node, trail, "expected %s, got %s", s2s_expected(r->arena, field), s2s_node_describe(r->arena, node));
    if (copy != NULL)
        copy->broken = true;
    return copy;
}

static s2s_node *read_objects(s2s_reader *r, const s2s_field *field, const s2s_node *node, const s2s_trail *trail, void *member)
{
    s2s_object_list list = { node->count, NULL };
    s2s_node       *complete;

    if (node->kind != S2S_NODE_LIST)
        return wrong_kind(r, field, node, trail);
    complete = s2s_node_clone(r->arena, node);
    list.item = S2S_NEW_ARRAY(r->arena, s2s_object *, node->count);
    if (complete == NULL || list.item == NULL)
        return NULL;
    complete->field = field;
    for (size_t i = 0; i < node->count; i++) {
        const s2s_trail below = { trail, NULL, i };
        complete->child[i] = s2s_read_object(r, field->registry, node->child[i], &below, &list.item[i]);
        if (complete->child[i] == NULL)
            return NULL;
    }
    memcpy(member, &list, sizeof list);
    return complete;
}

static s2s_node *read_groups(s2s_reader *r, const s2s_field *field, const s2s_node *node, const s2s_trail *trail, void *member)
{
    s2s_group_list list = { .count = node->count };
    s2s_node      *complete;

    if (node->kind != S2S_NODE_MAP)
        return wrong_kind(r, field, node, trail);
    complete = s2s_node_clone(r->arena, node);
    list.key = S2S_NEW_ARRAY(r->arena, const char *, node->count);
    list.item = S2S_NEW_ARRAY(r->arena, void *, node->count);
    list.at = S2S_NEW_ARRAY(r->arena, s2s_position, node->count);
    if (complete == NULL || list.key == NULL || list.item == NULL || list.at == NULL)
        return NULL;
    complete->field = field;
    for (size_t i = 0; i < node->count; i++) {
        const s2s_trail below = { trail, node->key[i].chars, 0 };
        const s2s_node *value = node->child[i];
        list.key[i] = node->key[i].chars;
        list.at[i] = node->key_at[i];
        list.item[i] = s2s_arena_alloc(r->arena, 1, field->size);
        if (list.item[i] == NULL)
            return NULL;
        if (s2s_node_is_null(value))                     /* `word:` alone is a group of defaults */
            value = s2s_node_map(r->arena, value, 0);
        complete->child[i] = value == NULL ? NULL : read_group(r, field, value, &below, list.item[i]);
        if (complete->child[i] == NULL)
            return NULL;
    }
    memcpy(member, &list, sizeof list);
    return complete;
}

static s2s_node *read_group_or_none(s2s_reader *r, const s2s_field *field, const s2s_node *node, const s2s_trail *trail, void *member)
{
    void *group = s2s_arena_alloc(r->arena, 1, field->size);

    if (group == NULL)
        return NULL;
    memcpy(member, &group, sizeof group);
    return read_group(r, field, node, trail, group);
}

static s2s_node *read_object(s2s_reader *r, const s2s_field *field, const s2s_node *node, const s2s_trail *trail, void *member)
{
    s2s_object *object = NULL;
    s2s_node   *complete = s2s_read_object(r, field->registry, node, trail, &object);

    memcpy(member, &object, sizeof object);
    if (complete != NULL)
        complete->field = field;
    return complete;
}

/* ---- any row ---- */

static s2s_node *missing(s2s_reader *r, const s2s_field *field, const s2s_node *map, const s2s_trail *trail)
{
    const s2s_node place = { .at = map->at, .span = 1 };
    s2s_node      *nothing = s2s_node_map(r->arena, map, 0);

    if (!s2s_key_is_meant(r->level, map, field))
        s2s_complain(r, &place, trail, "missing; expected %s", s2s_expected(r->arena, field));
    if (nothing != NULL)
        nothing->broken = true;
    return nothing;
}

static s2s_node *read_field(s2s_reader *r, const s2s_field *field, const s2s_node *map, const s2s_trail *up, void *record)
{
    typedef s2s_node *read_function(s2s_reader *, const s2s_field *, const s2s_node *, const s2s_trail *, void *);
    static read_function *const containers[] = {
        [S2S_KIND_OBJECT] = read_object, [S2S_KIND_GROUP] = read_group, [S2S_KIND_GROUP_OR_NONE] = read_group_or_none,
        [S2S_KIND_GROUPS] = read_groups, [S2S_KIND_OBJECTS] = read_objects, [S2S_KIND_NODE] = NULL,
    };
    const s2s_trail trail = { up, field->key, 0 };
    const s2s_node *node = s2s_node_get(map, field->key);
    read_function  *read = containers[field->kind];
    void           *member = (char *)record + field->offset;
    const bool      given = node != NULL && !node->restore;

    if (!given && s2s_is_required(field))
        return missing(r, field, map, &trail);
    if (!given)
        node = s2s_preset(field, map, r->arena, r->errors);
    if (node == NULL)
        return NULL;
    if (node->broken || (read != NULL && s2s_takes_null(field) && s2s_node_is_null(node))) {
        s2s_node *copy = s2s_node_copy(r->arena, node);
        if (copy != NULL)
            copy->field = field;
        return copy;
    }
    return read == NULL ? s2s_read_value(r, field, node, &trail, member) : read(r, field, node, &trail, member);
}

s2s_node *s2s_read_section(s2s_reader *r, const s2s_field *section, const s2s_node *node, void *record)
{
    const s2s_trail trail = { NULL, section->key, 0 };

    return read_group(r, section, node, &trail, record);
}

/* `vars` as far as anything uses it still: what overrides have cut off is not written down again. */
static s2s_node *live_vars(s2s_reader *r, const s2s_node *vars)
{
    s2s_node *kept = s2s_node_map(r->arena, vars, vars->count);

    for (size_t i = 0; kept != NULL && i < vars->count; i++) {
        s2s_node *child = vars->child[i];
        if (!child->live && child->kind == S2S_NODE_MAP && child->reference == NULL) {
            child = live_vars(r, child);
            if (child == NULL)
                return NULL;
            if (child->count == 0)
                continue;
        } else if (!child->live) {
            continue;
        }
        kept->child[kept->count] = child;
        kept->key[kept->count] = vars->key[i];
        kept->key_at[kept->count++] = vars->key_at[i];
    }
    return kept;
}

/* Every file may have `vars`, whether the table lists it or not. */
static bool complete_vars(s2s_reader *r, const s2s_node *vars, s2s_node *complete)
{
    s2s_node *live = vars != NULL && vars->kind == S2S_NODE_MAP ? live_vars(r, vars) : NULL;

    if (vars != NULL && vars->kind == S2S_NODE_SCALAR && !s2s_node_is_null(vars) && !vars->broken)
        s2s_complain(r, vars, &(s2s_trail){ NULL, "vars", 0 }, "expected a map of names and values, got %s", s2s_node_describe(r->arena, vars));
    if (live == NULL || live->count == 0)
        s2s_node_drop(complete, "vars");
    else if (!s2s_node_put(r->arena, complete, "vars", vars->at, live))
        return false;
    return live != NULL || vars == NULL || vars->kind != S2S_NODE_MAP;
}

s2s_node *s2s_read_root(s2s_reader *r, const s2s_field *fields, const s2s_node *root, void *record)
{
    const s2s_level level = { fields, s2s_document_fields, NULL, NULL };
    s2s_node       *complete = s2s_node_map(r->arena, root, count_rows(fields) + 1);

    if (complete == NULL || !read_rows(r, &level, fields, root, NULL, record, complete))
        return NULL;
    report_unknown_keys(r, &level, root, NULL);
    return complete_vars(r, s2s_node_get(root, "vars"), complete) ? complete : NULL;
}
