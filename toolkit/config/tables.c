/* tables.c -- what can be told from the tables alone: all registries, a row by its path, its default. */
#include <assert.h>
#include <string.h>

#include "config/internal.h"

bool s2s_is_group(const s2s_field *field)
{
    const bool section = field->kind == S2S_KIND_NODE && field->fields != NULL;

    return section || field->kind == S2S_KIND_GROUP || field->kind == S2S_KIND_GROUP_OR_NONE || field->kind == S2S_KIND_GROUPS;
}

const char *s2s_default_of(const s2s_field *field)
{
    if (s2s_is_required(field))
        return "required";
    if (field->kind == S2S_KIND_GROUP)
        return "";
    if (field->preset == NULL)
        return S2S_NONE;
    return field->preset[0] == '\0' ? "\"\"" : field->preset;
}

static void collect(const s2s_field *fields, s2s_registry_list *list);

static void collect_registry(const s2s_registry *registry, s2s_registry_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->item[i] == registry)
            return;
    assert(list->count < S2S_REGISTRIES_MAX);
    list->item[list->count++] = registry;
    collect(registry->common, list);
    for (size_t i = 0; i < registry->count; i++)
        collect(registry->entries[i]->fields, list);
}

static void collect(const s2s_field *fields, s2s_registry_list *list)
{
    for (; fields != NULL && fields->kind != S2S_KIND_END; fields++) {
        if (fields->registry != NULL)
            collect_registry(fields->registry, list);
        if (s2s_is_group(fields))
            collect(fields->fields, list);
    }
}

s2s_registry_list s2s_registries_of(const s2s_field *root)
{
    s2s_registry_list list = { 0 };

    collect(root, &list);
    return list;
}

/* ---- a row by its path ---- */

static const s2s_field *at_path(const s2s_field *fields, s2s_text rest);

static const s2s_field *in_registry(const s2s_registry *registry, s2s_text rest)
{
    const s2s_field *found = at_path(registry->common, rest);

    for (size_t i = 0; found == NULL && i < registry->count; i++)
        found = at_path(registry->entries[i]->fields, rest);
    if (found == NULL) {
        s2s_text         word, after = rest;
        const s2s_entry *entry = s2s_text_split(&after, '.', &word) && after.chars != NULL ? s2s_entry_find(registry, word) : NULL;
        found = entry == NULL ? NULL : at_path(entry->fields, after);
    }
    return found;
}

static const s2s_field *below_row(const s2s_field *field, s2s_text rest)
{
    s2s_text element;

    if (field->kind == S2S_KIND_OBJECTS || field->kind == S2S_KIND_GROUPS)
        s2s_text_split(&rest, '.', &element);
    if (rest.chars == NULL)
        return field;
    if (field->registry != NULL)
        return s2s_text_is(rest, "type") ? field : in_registry(field->registry, rest);
    return s2s_is_group(field) ? at_path(field->fields, rest) : NULL;
}

static const s2s_field *at_path(const s2s_field *fields, s2s_text rest)
{
    s2s_text         word;
    const s2s_field *field;

    s2s_text_split(&rest, '.', &word);
    field = s2s_field_find(fields, word);
    return field == NULL || rest.chars == NULL ? field : below_row(field, rest);
}

const s2s_field *s2s_field_at(const s2s_field *root, const char *path)
{
    const s2s_registry_list registries = s2s_registries_of(root);
    const s2s_field        *found = at_path(root, s2s_text_of(path));

    if (found == NULL)
        found = at_path(s2s_document_fields, s2s_text_of(path));
    for (size_t i = 0; found == NULL && strchr(path, '.') != NULL && i < registries.count; i++) {       /* LSTM.units */
        s2s_text rest = s2s_text_of(path), word;
        s2s_text_split(&rest, '.', &word);
        if (s2s_entry_find(registries.item[i], word) != NULL)
            found = in_registry(registries.item[i], s2s_text_of(path));
        if (found == NULL && s2s_entry_find(registries.item[i], word) != NULL)
            found = at_path(registries.item[i]->common, rest);
    }
    return found;
}
