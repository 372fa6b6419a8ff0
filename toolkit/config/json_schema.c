/*
 * json_schema.c -- the tables as JSON Schema, for editors.
 *
 * Any value may be a reference. Registries and entries are definitions, so that layers can hold layers. What is required
 * is asked for only where no `extends` can supply it.
 */
#include <jansson.h>
#include <math.h>
#include <string.h>

#include "config/internal.h"

typedef struct maker {
    s2s_arena *arena;
    bool partial;              /* objects may leave `type` to a base */
} maker;

static json_t *properties_of(const s2s_field *fields, const maker *m);

static json_t *ref(const maker *m, const char *format, const char *name)
{
    const char *path = s2s_arena_printf(m->arena, "#/$defs/%s%s", format, name);

    return path == NULL ? NULL : json_pack("{s:s}", "$ref", path);
}

/* ---- what one value may be ---- */

static json_t *number(const s2s_field *field, bool integer)
{
    json_t *schema = json_pack("{s:s}", "type", integer ? "integer" : "number");

    if (isfinite(field->minimum) && fabs(field->minimum) <= 0x1p53)
        json_object_set_new(schema, "minimum", integer ? json_integer((json_int_t)field->minimum) : json_real(field->minimum));
    if (isfinite(field->maximum) && fabs(field->maximum) <= 0x1p53)
        json_object_set_new(schema, "maximum", integer ? json_integer((json_int_t)field->maximum) : json_real(field->maximum));
    return schema;
}

static json_t *list_of(json_t *items) { return json_pack("{s:s, s:o}", "type", "array", "items", items); }

static json_t *or_reference(json_t *schema)
{
    return json_pack("{s:[o, {s:s}]}", "anyOf", schema, "$ref", "#/$defs/reference");
}

static json_t *group(const s2s_field *field, const maker *m)
{
    return json_pack("{s:s, s:o, s:b}", "type", "object", "properties", properties_of(field->fields, m), "additionalProperties", 0);
}

static json_t *choice(const s2s_field *field)
{
    json_t *names = json_array();

    for (size_t i = 0; field->names[i] != NULL; i++)
        json_array_append_new(names, json_string(field->names[i]));
    return json_pack("{s:o}", "enum", names);
}

static json_t *any_of_kind(const s2s_field *field, const maker *m)
{
    switch (field->kind) {
    case S2S_KIND_INT:     return number(field, true);
    case S2S_KIND_REAL:    return number(field, false);
    case S2S_KIND_BOOL:    return json_pack("{s:s}", "type", "boolean");
    case S2S_KIND_TEXT:
    case S2S_KIND_PATH:    return json_pack("{s:s}", "type", "string");
    case S2S_KIND_CHOICE:  return choice(field);
    case S2S_KIND_OBJECT:  return ref(m, m->partial ? "part." : "", field->registry->plural);
    case S2S_KIND_OBJECTS: return list_of(ref(m, "", field->registry->plural));
    case S2S_KIND_INTS:    return list_of(or_reference(number(field, true)));
    case S2S_KIND_REALS:   return list_of(or_reference(number(field, false)));
    case S2S_KIND_TEXTS:   return list_of(json_pack("{s:s}", "type", "string"));
    case S2S_KIND_PATHS:   return json_pack("{s:[{s:s}, o]}", "anyOf", "type", "string", list_of(json_pack("{s:s}", "type", "string")));
    case S2S_KIND_GROUPS:  return json_pack("{s:s, s:o}", "type", "object", "additionalProperties", group(field, m));
    case S2S_KIND_ANY:     return json_object();
    case S2S_KIND_NODE:    return field->fields != NULL ? group(field, m) : json_pack("{s:s}", "type", "object");
    default:               return group(field, m);
    }
}

/* ---- one row ---- */

static json_t *default_value(const s2s_field *field)
{
    const s2s_node node = { .kind = S2S_NODE_SCALAR, .text = s2s_text_of(field->preset == NULL ? "" : field->preset) };
    int64_t        whole;
    double         real;
    bool           truth;

    if (s2s_is_required(field) || field->kind == S2S_KIND_GROUP || field->preset == NULL)
        return NULL;
    if (strcmp(field->preset, "[]") == 0)
        return json_array();
    if (strchr("[{", field->preset[0]) != NULL && field->preset[0] != '\0')
        return NULL;
    if (s2s_node_is_null(&node))
        return field->preset[0] == '\0' ? json_string("") : json_null();
    if (s2s_node_to_bool(&node, &truth))
        return json_boolean(truth);
    if (s2s_node_to_int(&node, &whole))
        return json_integer(whole);
    return s2s_node_to_real(&node, &real) ? json_real(real) : json_string(field->preset);
}

static json_t *row(const s2s_field *field, const maker *m)
{
    json_t     *schema = json_object(), *any = json_array(), *preset = default_value(field);
    const char *unit = field->unit == NULL || field->unit[0] == '\0' ? "" : s2s_arena_printf(m->arena, " [%s]", field->unit);
    const char *text = s2s_arena_printf(m->arena, "%s%s", field->help == NULL ? "" : field->help, unit);

    json_object_set_new(schema, "description", json_string(text == NULL ? "" : text));
    if (preset != NULL)
        json_object_set_new(schema, "default", preset);
    json_array_append_new(any, any_of_kind(field, m));
    if (s2s_takes_auto(field))
        json_array_append_new(any, json_pack("{s:s}", "const", S2S_AUTO));
    if (s2s_takes_null(field))
        json_array_append_new(any, json_pack("{s:s}", "type", "null"));
    if (field->scalar_key != NULL)
        json_array_append_new(any, json_pack("{s:[s, s, s]}", "type", "string", "number", "boolean"));
    json_array_append_new(any, json_pack("{s:s}", "$ref", "#/$defs/reference"));
    json_object_set_new(schema, "anyOf", any);
    return schema;
}

static void add_properties(json_t *properties, const s2s_field *fields, const maker *m)
{
    for (; fields != NULL && fields->kind != S2S_KIND_END; fields++)
        json_object_set_new(properties, fields->key, row(fields, m));
}

static json_t *properties_of(const s2s_field *fields, const maker *m)
{
    json_t *properties = json_object();

    add_properties(properties, fields, m);
    return properties;
}

/* ---- registries ---- */

static json_t *names_of(const s2s_entry *entry)
{
    json_t  *names = json_array();
    s2s_text rest = s2s_entry_aliases(entry), alias;

    json_array_append_new(names, json_string(entry->name));
    while (s2s_text_split(&rest, ' ', &alias))
        json_array_append_new(names, json_stringn(alias.chars, alias.length));
    return names;
}

static bool needs_keys(const s2s_field *fields)
{
    for (; fields != NULL && fields->kind != S2S_KIND_END; fields++)
        if (s2s_is_required(fields))
            return true;
    return false;
}

static json_t *entry_schema(const s2s_registry *registry, const s2s_entry *entry, const maker *m)
{
    json_t *properties = json_object(), *required = json_pack("[s]", "type");

    json_object_set_new(properties, "type", json_pack("{s:s}", "const", entry->name));
    add_properties(properties, registry->common, m);
    add_properties(properties, entry->fields, m);
    for (const s2s_field *field = entry->fields; field != NULL && field->kind != S2S_KIND_END; field++)
        if (s2s_is_required(field))
            json_array_append_new(required, json_string(field->key));
    return json_pack("{s:s, s:s, s:o, s:o, s:b}", "description", entry->summary, "type", "object", "properties", properties,
                     "required", required, "additionalProperties", 0);
}

/* A name, a number where that means something, a map for each entry, a reference, or a map whose `type` is one. */
static json_t *registry_schema(const s2s_registry *registry, const maker *m)
{
    json_t     *any = json_array(), *words = json_array();
    const char *prefix = s2s_arena_printf(m->arena, "%s.", registry->plural);

    for (size_t i = 0; i < registry->count; i++) {
        const s2s_entry *entry = registry->entries[i];
        if (!needs_keys(entry->fields) && !needs_keys(registry->common)) {
            json_t *names = names_of(entry);
            json_array_extend(words, names);
            json_decref(names);
        }
        json_array_append_new(any, ref(m, prefix == NULL ? "" : prefix, entry->name));
    }
    if (json_array_size(words) > 0)
        json_array_append_new(any, json_pack("{s:O}", "enum", words));
    json_decref(words);
    if (registry->number_entry != NULL)
        json_array_append_new(any, json_pack("{s:s}", "type", "number"));
    json_array_append_new(any, json_pack("{s:s}", "$ref", "#/$defs/reference"));
    json_array_append_new(any, json_pack("{s:s, s:{s:{s:s}}, s:[s]}", "type", "object", "properties", "type", "$ref", "#/$defs/reference", "required", "type"));
    return json_pack("{s:o}", "anyOf", any);
}

/* An object whose `type` a base may supply: its keys are those of any entry. */
static json_t *partial_schema(const s2s_registry *registry, const maker *m)
{
    json_t *keys = json_object(), *names = json_array();
    const char *key;
    json_t     *value;

    for (const s2s_field *field = registry->common; field != NULL && field->kind != S2S_KIND_END; field++)
        json_object_set_new(keys, field->key, json_true());
    for (size_t i = 0; i < registry->count; i++)
        for (const s2s_field *field = registry->entries[i]->fields; field != NULL && field->kind != S2S_KIND_END; field++)
            json_object_set_new(keys, field->key, json_true());
    json_object_foreach(keys, key, value)
        json_array_append_new(names, json_string(key));
    json_decref(keys);
    return json_pack("{s:[o, {s:s, s:{s:o}}]}", "anyOf", ref(m, "", registry->plural), "type", "object", "propertyNames", "enum", names);
}

static json_t *definitions(const s2s_field *root, s2s_arena *arena)
{
    const maker             whole = { arena, false }, *m = &whole;
    const s2s_registry_list registries = s2s_registries_of(root);
    json_t                 *defs = json_object();

    json_object_set_new(defs, "reference", json_pack("{s:s, s:s}", "type", "string", "pattern", "\\$\\{[^}]+\\}"));
    for (size_t r = 0; r < registries.count; r++) {
        const s2s_registry *registry = registries.item[r];
        const char *part = s2s_arena_printf(arena, "part.%s", registry->plural);
        if (registry->names_only)
            continue;
        json_object_set_new(defs, registry->plural, registry_schema(registry, m));
        if (part != NULL)
            json_object_set_new(defs, part, partial_schema(registry, m));
        for (size_t i = 0; i < registry->count; i++) {
            const char *name = s2s_arena_printf(m->arena, "%s.%s", registry->plural, registry->entries[i]->name);
            if (name != NULL)
                json_object_set_new(defs, name, entry_schema(registry, registry->entries[i], m));
        }
    }
    return defs;
}

/* ---- the whole ---- */

/* {required: [...], properties: {model: {required: ...}, train: ...}}: what a file without a base must say; objects say their `type`. */
static json_t *required_of(const s2s_field *fields)
{
    json_t *required = json_array(), *properties = json_object();

    for (; fields->kind != S2S_KIND_END; fields++) {
        json_t *inside = NULL;
        if (fields->kind == S2S_KIND_GROUP)
            inside = required_of(fields->fields);
        else if (fields->kind == S2S_KIND_OBJECT)
            inside = json_pack("{s:{s:s}, s:{s:[s]}}", "if", "type", "object", "then", "required", "type");
        if (s2s_is_required(fields) || (fields->kind == S2S_KIND_GROUP && json_array_size(json_object_get(inside, "required")) > 0))
            json_array_append_new(required, json_string(fields->key));
        if (inside != NULL)
            json_object_set_new(properties, fields->key, inside);
    }
    return json_pack("{s:o, s:o}", "required", required, "properties", properties);
}

static int append(const char *chars, size_t length, void *string)
{
    s2s_string_append(string, chars, length);
    return 0;
}

s2s_status s2s_json_schema(const s2s_field *root, s2s_string *ret, s2s_error *err)
{
    s2s_arena  *arena = s2s_arena_create();
    const maker m = { arena, true };
    json_t     *schema, *properties, *required;
    bool        done;

    if (arena == NULL)
        return s2s_fail(err, S2S_MEMORY, "out of memory");
    properties = properties_of(s2s_document_fields, &m);
    add_properties(properties, root, &m);
    schema = json_pack("{s:s, s:s, s:s, s:o, s:b, s:o}", "$schema", "https://json-schema.org/draft/2020-12/schema", "title",
                       "s2s configuration", "type", "object", "properties", properties, "additionalProperties", 0, "$defs", definitions(root, arena));
    required = required_of(root);
    json_object_set_new(schema, "anyOf", json_pack("[{s:[s]}, o]", "required", "extends", required));
    done = schema != NULL && !s2s_arena_failed(arena) && json_dump_callback(schema, append, ret, JSON_INDENT(2)) == 0;
    s2s_string_add(ret, "\n");
    json_decref(schema);
    s2s_arena_free(arena);
    return !done || ret->failed ? s2s_fail(err, S2S_MEMORY, "out of memory") : S2S_OK;
}
