/* explain.c -- the reference as text: an overview, a registry, an entry, a key; and the words that complete them. */
#include <string.h>
#include <strings.h>

#include "config/internal.h"

typedef struct explainer {
    const s2s_field *root;
    s2s_string *out;
    s2s_arena *arena;
} explainer;

/* ---- rows ---- */

static size_t widest_key(const s2s_field *fields, size_t at_least)
{
    for (; fields != NULL && fields->kind != S2S_KIND_END; fields++)
        if (strlen(fields->key) > at_least)
            at_least = strlen(fields->key);
    return at_least;
}

static bool has_unit(const s2s_field *field) { return field->unit != NULL && field->unit[0] != '\0'; }

/*
 *   units            hidden state size H
 *                    an integer from 1 to 65536 [units]; required
 */
static void put_row(explainer *e, const s2s_field *field, int indent, int width)
{
    const char *preset = s2s_default_of(field);

    s2s_string_printf(e->out, "%*s%-*s  %s\n", indent, "", width, field->key, field->help == NULL ? "" : field->help);
    if (field->kind == S2S_KIND_GROUP)
        return;
    s2s_string_printf(e->out, "%*s%s", indent + width + 2, "", s2s_expected(e->arena, field));
    if (has_unit(field))
        s2s_string_printf(e->out, " [%s]", field->unit);
    if (s2s_is_required(field))
        s2s_string_add(e->out, "; required\n");
    else
        s2s_string_printf(e->out, "; default %s\n", preset);
}

static void put_rows(explainer *e, const s2s_field *fields, int indent)
{
    const int width = (int)widest_key(fields, 14);

    for (; fields != NULL && fields->kind != S2S_KIND_END; fields++) {
        put_row(e, fields, indent, width);
        if (s2s_is_group(fields))
            put_rows(e, fields->fields, indent + 4);
    }
}

static bool has_rows(const s2s_field *fields) { return fields != NULL && fields->kind != S2S_KIND_END; }

/* ---- topics ---- */

static void put_names(explainer *e, const s2s_registry *registry)
{
    size_t column = 18;

    s2s_string_printf(e->out, "  %-14s", registry->plural);
    for (size_t i = 0; i < registry->count; i++) {
        const char *name = registry->entries[i]->name;
        column += strlen(name) + 2;
        if (column > 100) {
            s2s_string_printf(e->out, "\n%16s", "");
            column = 18 + strlen(name);
        }
        s2s_string_printf(e->out, "  %s", name);
    }
    s2s_string_add(e->out, "\n");
}

static void explain_all(explainer *e)
{
    const s2s_registry_list registries = s2s_registries_of(e->root);

    s2s_string_add(e->out, "A configuration is one YAML file; KEY=VALUE on the command line changes single values. Its keys:\n\n");
    put_rows(e, e->root, 2);
    s2s_string_add(e->out, "\nand in every file:\n\n");
    for (const s2s_field *field = s2s_document_fields; field->kind != S2S_KIND_END; field++)
        if (s2s_field_find(e->root, s2s_text_of(field->key)) == NULL)
            put_row(e, field, 2, 14);
    s2s_string_add(e->out, "\nWhat may be named, by `type` or in a list of names:\n\n");
    for (size_t i = 0; i < registries.count; i++)
        put_names(e, registries.item[i]);
    s2s_string_add(e->out, "\n`s2s explain TOPIC`: one of these words, an entry (LSTM), or a key (train.epochs).\n");
}

static void put_common(explainer *e, const s2s_registry *registry)
{
    if (!has_rows(registry->common))
        return;
    s2s_string_printf(e->out, "\nKeys that every %s takes:\n\n", registry->noun);
    put_rows(e, registry->common, 2);
}

static void explain_registry(explainer *e, const s2s_registry *registry)
{
    int width = 14;

    for (size_t i = 0; i < registry->count; i++)
        if ((int)strlen(registry->entries[i]->name) > width)
            width = (int)strlen(registry->entries[i]->name);
    s2s_string_printf(e->out, "%s\n\n", registry->plural);
    for (size_t i = 0; i < registry->count; i++)
        s2s_string_printf(e->out, "  %-*s  %s\n", width, registry->entries[i]->name, registry->entries[i]->summary);
    if (registry->number_entry != NULL)
        s2s_string_printf(e->out, "\nA bare number means %s.\n", registry->number_entry);
    put_common(e, registry);
}

static void explain_entry(explainer *e, const s2s_registry *registry, const s2s_entry *entry)
{
    s2s_string_printf(e->out, "%s (%s): %s\n", entry->name, registry->noun, entry->summary);
    s2s_text rest = s2s_entry_aliases(entry), alias;
    for (const char *before = "As a bare word also "; s2s_text_split(&rest, ' ', &alias); before = ", ")
        s2s_string_printf(e->out, "%s%.*s%s", before, S2S_TEXT_ARGS(alias), rest.chars == NULL ? ".\n" : "");
    if (has_rows(entry->fields)) {
        s2s_string_add(e->out, "\n");
        put_rows(e, entry->fields, 2);
    }
    put_common(e, registry);
    if (entry->examples != NULL && entry->examples[0] != NULL)
        s2s_string_add(e->out, "\nExamples:\n\n");
    for (const char *const *example = entry->examples; example != NULL && *example != NULL; example++)
        s2s_string_printf(e->out, "  %s\n", *example);
}

static void explain_key(explainer *e, const char *path, const s2s_field *field)
{
    s2s_string_printf(e->out, "%s\n\n", path);
    put_row(e, field, 2, (int)widest_key(NULL, strlen(field->key)));
    if ((field->flags & S2S_FLAG_RESUME) != 0)
        s2s_string_add(e->out, "  It may change on resume.\n");
    if (s2s_is_group(field)) {
        s2s_string_add(e->out, "\n");
        put_rows(e, field->fields, 2);
    }
    if (field->registry != NULL) {
        s2s_string_add(e->out, "\n");
        explain_registry(e, field->registry);
    }
}

static bool is_called(const s2s_entry *entry, const char *topic)
{
    s2s_text rest = s2s_entry_aliases(entry), alias;

    if (strcasecmp(entry->name, topic) == 0)
        return true;
    while (s2s_text_split(&rest, ' ', &alias))
        if (alias.length == strlen(topic) && strncasecmp(alias.chars, topic, alias.length) == 0)
            return true;
    return false;
}

/* An entry's name means the same whatever the case here, and may be in several registries. */
static bool explain_entries(explainer *e, const char *topic)
{
    const s2s_registry_list registries = s2s_registries_of(e->root);
    bool                    found = false;

    for (size_t r = 0; r < registries.count; r++)
        for (size_t i = 0; i < registries.item[r]->count; i++) {
            const s2s_entry *entry = registries.item[r]->entries[i];
            if (!is_called(entry, topic))
                continue;
            if (found)
                s2s_string_add(e->out, "\n");
            explain_entry(e, registries.item[r], entry);
            found = true;
        }
    return found;
}

static const s2s_registry *registry_called(const s2s_field *root, const char *word)
{
    const s2s_registry_list registries = s2s_registries_of(root);

    for (size_t i = 0; i < registries.count; i++)
        if (strcasecmp(registries.item[i]->plural, word) == 0 || strcasecmp(registries.item[i]->noun, word) == 0)
            return registries.item[i];
    return NULL;
}

/* ---- words ---- */

static void list_keys(const s2s_field *fields, const char *prefix, int objects, explainer *e)
{
    for (; fields != NULL && fields->kind != S2S_KIND_END; fields++) {
        const char *path = s2s_arena_printf(e->arena, "%s%s", prefix, fields->key);
        const char *inside = s2s_arena_printf(e->arena, "%s.", path);
        if (path == NULL || inside == NULL)
            return;
        if (fields->kind != S2S_KIND_GROUP && fields->kind != S2S_KIND_NODE)
            s2s_string_printf(e->out, "%s\n", path);
        if (s2s_is_group(fields) && fields->kind != S2S_KIND_GROUPS)
            list_keys(fields->fields, inside, objects, e);
        if (fields->kind != S2S_KIND_OBJECT || objects == 0)
            continue;
        s2s_string_printf(e->out, "%stype\n", inside);
        list_keys(fields->registry->common, inside, objects - 1, e);
        for (size_t i = 0; i < fields->registry->count; i++)
            list_keys(fields->registry->entries[i]->fields, inside, objects - 1, e);
    }
}

/* Sorted, each once: entries share keys. */
static void sort_words(s2s_string *words, size_t from, s2s_arena *arena)
{
    s2s_text     rest = { s2s_string_chars(words) + from, words->length - from }, line;
    const char **sorted = NULL;
    size_t       count = 0, capacity = 0, i;

    while (s2s_text_next_line(&rest, &line)) {
        const char  *word = s2s_arena_strndup(arena, line.chars, line.length);
        const char **slot = s2s_arena_grow(arena, &sorted, &count, &capacity, sizeof *sorted);
        if (word == NULL || slot == NULL)
            return;
        for (i = count - 1; i > 0 && strcmp(sorted[i - 1], word) > 0; i--)
            sorted[i] = sorted[i - 1];
        sorted[i] = word;
    }
    words->length = from;
    for (i = 0; i < count; i++)
        if (i == 0 || strcmp(sorted[i], sorted[i - 1]) != 0)
            s2s_string_printf(words, "%s\n", sorted[i]);
}

/* ---- entry points ---- */

typedef bool explain_function(explainer *e, const char *topic);

static s2s_status with_arena(const s2s_field *root, explain_function *explain, const char *topic, s2s_string *ret, s2s_error *err)
{
    explainer  e = { root, ret, s2s_arena_create() };
    s2s_status status = S2S_OK;

    if (e.arena == NULL)
        return s2s_fail(err, S2S_MEMORY, "out of memory");
    if (!explain(&e, topic))
        status = s2s_fail(err, S2S_USAGE, "nothing is called '%s'; `s2s explain` lists what there is", topic == NULL ? "" : topic);
    if (ret->failed || s2s_arena_failed(e.arena))
        status = s2s_fail(err, S2S_MEMORY, "out of memory");
    s2s_arena_free(e.arena);
    return status;
}

static bool explain_topic(explainer *e, const char *topic)
{
    const s2s_registry *registry;
    const s2s_field    *field;

    if (topic == NULL || strcmp(topic, "overview") == 0)
        explain_all(e);
    else if ((registry = registry_called(e->root, topic)) != NULL)
        explain_registry(e, registry);
    else if ((field = s2s_field_at(e->root, topic)) != NULL)
        explain_key(e, topic, field);
    else
        return explain_entries(e, topic);
    return true;
}

static bool all_keys(explainer *e, const char *topic)
{
    const size_t from = e->out->length;

    (void)topic;
    list_keys(e->root, "", 2, e);
    sort_words(e->out, from, e->arena);
    return true;
}

static bool all_topics(explainer *e, const char *topic)
{
    const s2s_registry_list registries = s2s_registries_of(e->root);
    const size_t            from = e->out->length;

    (void)topic;
    s2s_string_add(e->out, "overview\n");
    for (size_t r = 0; r < registries.count; r++) {
        s2s_string_printf(e->out, "%s\n", registries.item[r]->plural);
        for (size_t i = 0; i < registries.item[r]->count; i++)
            s2s_string_printf(e->out, "%s\n", registries.item[r]->entries[i]->name);
    }
    for (const s2s_field *field = e->root; field->kind != S2S_KIND_END; field++)
        s2s_string_printf(e->out, "%s\n", field->key);
    list_keys(e->root, "", 2, e);
    sort_words(e->out, from, e->arena);
    return true;
}

s2s_status s2s_explain(const s2s_field *root, const char *topic, s2s_string *ret, s2s_error *err)
{
    return with_arena(root, explain_topic, topic, ret, err);
}

s2s_status s2s_complete_keys(const s2s_field *root, s2s_string *ret, s2s_error *err) { return with_arena(root, all_keys, NULL, ret, err); }

s2s_status s2s_complete_topics(const s2s_field *root, s2s_string *ret, s2s_error *err) { return with_arena(root, all_topics, NULL, ret, err); }
