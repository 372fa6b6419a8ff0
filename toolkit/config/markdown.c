/* markdown.c -- the reference as Markdown tables, for the README. */
#include <ctype.h>

#include "config/internal.h"

typedef struct page {
    s2s_string *out;
    s2s_arena *arena;
} page;

/* A cell: bars would end it. */
static void put_cell(page *p, const char *text)
{
    for (; *text != '\0'; text++)
        s2s_string_printf(p->out, *text == '|' ? "\\|" : "%c", *text);
    s2s_string_add(p->out, " | ");
}

static void put_row(page *p, const s2s_field *field, const char *path)
{
    s2s_string_printf(p->out, "| `%s` | ", path);
    put_cell(p, s2s_expected(p->arena, field));
    put_cell(p, s2s_default_of(field));
    put_cell(p, field->unit == NULL ? "" : field->unit);
    put_cell(p, field->help == NULL ? "" : field->help);
    p->out->length--;
    s2s_string_add(p->out, "\n");
}

static void put_rows(page *p, const s2s_field *fields, const char *prefix)
{
    for (; fields != NULL && fields->kind != S2S_KIND_END; fields++) {
        const char *path = s2s_arena_printf(p->arena, "%s%s", prefix, fields->key);
        const char *inside = s2s_arena_printf(p->arena, "%s.%s", path, fields->kind == S2S_KIND_GROUPS ? "NAME." : "");
        if (path == NULL || inside == NULL)
            return;
        put_row(p, fields, path);
        if (s2s_is_group(fields))
            put_rows(p, fields->fields, inside);
    }
}

static const char heading[] = "| key | takes | default | unit | what it is |\n|---|---|---|---|---|\n";

static void put_table(page *p, const s2s_field *fields)
{
    if (fields == NULL || fields->kind == S2S_KIND_END)
        return;
    s2s_string_add(p->out, heading);
    put_rows(p, fields, "");
    s2s_string_add(p->out, "\n");
}

static void put_keys(page *p, const s2s_field *root)
{
    s2s_string_add(p->out, "### Keys\n\n");
    put_table(p, root);
    s2s_string_printf(p->out, "And in every file:\n\n%s", heading);
    for (const s2s_field *field = s2s_document_fields; field->kind != S2S_KIND_END; field++)
        if (s2s_field_find(root, s2s_text_of(field->key)) == NULL)
            put_row(p, field, field->key);
    s2s_string_add(p->out, "\n");
}

static void put_registry(page *p, const s2s_registry *registry)
{
    s2s_string_printf(p->out, "### %c%s\n\n", toupper((unsigned char)registry->plural[0]), registry->plural + 1);
    if (registry->common != NULL && registry->common->kind != S2S_KIND_END) {
        s2s_string_printf(p->out, "Every %s takes:\n\n", registry->noun);
        put_table(p, registry->common);
    }
    for (size_t i = 0; i < registry->count; i++) {
        const s2s_entry *entry = registry->entries[i];
        s2s_string_printf(p->out, "**%s**", entry->name);
        s2s_text rest = s2s_entry_aliases(entry), alias;
        while (s2s_text_split(&rest, ' ', &alias))
            s2s_string_printf(p->out, ", `%.*s`", S2S_TEXT_ARGS(alias));
        s2s_string_printf(p->out, ": %s\n\n", entry->summary);
        put_table(p, entry->fields);
    }
}

s2s_status s2s_explain_markdown(const s2s_field *root, s2s_string *ret, s2s_error *err)
{
    const s2s_registry_list registries = s2s_registries_of(root);
    page                    p = { ret, s2s_arena_create() };
    bool                    failed = p.arena == NULL;

    if (!failed) {
        put_keys(&p, root);
        for (size_t i = 0; i < registries.count; i++)
            put_registry(&p, registries.item[i]);
        failed = ret->failed || s2s_arena_failed(p.arena);
    }
    s2s_arena_free(p.arena);
    return failed ? s2s_fail(err, S2S_MEMORY, "out of memory") : S2S_OK;
}
