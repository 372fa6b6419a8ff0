/*
 * resolved.c -- the complete config as YAML that runs again.
 *
 * References are written as they were given, `auto` stays, paths are made right from where the text will stand.
 */
#include <string.h>

#include "base/file.h"
#include "config/internal.h"

enum { INDENT = 2 };

typedef struct writer {
    s2s_string *out;
    s2s_arena *arena;
    bool origins;
    const char *folder;              /* NULL: paths as given */
    bool given;                      /* leave out what nobody has said */
    bool flow;                       /* inside [ ] */
} writer;

/* ---- scalars ---- */

static bool is_printable(s2s_text text)
{
    for (size_t i = 0; i < text.length; i++) {
        const unsigned char c = (unsigned char)text.chars[i];
        if (c < ' ' || c == 0x7F)
            return false;
    }
    return memmem(text.chars, text.length, "\xC2\x85", 2) == NULL && memmem(text.chars, text.length, "\xE2\x80\xA8", 3) == NULL &&
           memmem(text.chars, text.length, "\xE2\x80\xA9", 3) == NULL && memmem(text.chars, text.length, "\xEF\xBB\xBF", 3) == NULL;
}

/* Reads back as the same characters without quotes. */
static bool is_plain(s2s_text text, bool flow)
{
    const char first = text.length > 0 ? text.chars[0] : ' ', last = text.length > 0 ? text.chars[text.length - 1] : ' ';

    if (first == ' ' || last == ' ' || last == ':' || strchr("?,[]{}#&*!|>'\"%@`:", first) != NULL)
        return false;
    if (first == '-' && (text.length == 1 || text.chars[1] == ' ' || text.chars[1] == '-'))
        return false;
    for (size_t i = 0; i + 1 < text.length; i++)
        if ((text.chars[i] == ':' && text.chars[i + 1] == ' ') || (text.chars[i] == ' ' && text.chars[i + 1] == '#'))
            return false;
    for (size_t i = 0; flow && i < text.length; i++)
        if (strchr(",[]{}:", text.chars[i]) != NULL)
            return false;
    return true;
}

static void put_single_quoted(s2s_string *out, s2s_text text)
{
    s2s_string_add(out, "'");
    for (size_t i = 0; i < text.length; i++)
        s2s_string_printf(out, text.chars[i] == '\'' ? "''" : "%c", text.chars[i]);
    s2s_string_add(out, "'");
}

/* Every byte that is not printable ASCII or part of a longer character is escaped; breaks that YAML knows, too. */
static void put_double_quoted(s2s_string *out, s2s_text text)
{
    static const struct { const char *chars, *escape; } escapes[] = {
        { "\n", "\\n" }, { "\t", "\\t" }, { "\r", "\\r" }, { "\"", "\\\"" }, { "\\", "\\\\" },
        { "\xC2\x85", "\\N" }, { "\xE2\x80\xA8", "\\L" }, { "\xE2\x80\xA9", "\\P" }, { "\xEF\xBB\xBF", "\\uFEFF" },
    };

    s2s_string_add(out, "\"");
    for (size_t i = 0; i < text.length;) {
        const s2s_text      rest = { text.chars + i, text.length - i };
        const unsigned char c = (unsigned char)text.chars[i];
        size_t              e = 0;
        while (e < sizeof escapes / sizeof escapes[0] && !s2s_text_starts_with(rest, escapes[e].chars))
            e++;
        if (e < sizeof escapes / sizeof escapes[0]) {
            s2s_string_add(out, escapes[e].escape);
            i += strlen(escapes[e].chars);
        } else {
            s2s_string_printf(out, c < ' ' || c == 0x7F ? "\\x%02X" : "%c", c);
            i++;
        }
    }
    s2s_string_add(out, "\"");
}

/* `text` as a scalar that reads back as text when `quoted`, else as whatever it looks like. */
static void put_scalar(writer *w, s2s_text text, bool quoted)
{
    const s2s_node plain = { .kind = S2S_NODE_SCALAR, .text = text };

    if (!is_printable(text))
        put_double_quoted(w->out, text);
    else if (is_plain(text, w->flow) && (!quoted || s2s_node_is_text(&plain)))
        s2s_string_append(w->out, text.chars, text.length);
    else
        put_single_quoted(w->out, text);
}

/* "${" that means itself is written "$${". */
static s2s_text escape_references(writer *w, s2s_text text)
{
    s2s_string  escaped = { 0 };
    const char *copy;

    if (memmem(text.chars, text.length, "${", 2) == NULL)
        return text;
    for (size_t i = 0; i < text.length; i++)
        s2s_string_printf(&escaped, text.chars[i] == '$' && i + 1 < text.length && text.chars[i + 1] == '{' ? "$%c" : "%c", text.chars[i]);
    copy = s2s_arena_strdup(w->arena, s2s_string_chars(&escaped));
    s2s_string_release(&escaped);
    return copy == NULL ? text : s2s_text_of(copy);
}

/* What was written, seen from the new folder. The value decides whether the path is absolute, the text may hold references. */
static s2s_text rebase(writer *w, const s2s_node *node, s2s_text text)
{
    const char *from = node->folder == NULL ? "." : node->folder;
    const char *prefix, *moved;

    if (w->folder == NULL || node->text.length == 0 || node->text.chars[0] == '/')
        return text;
    if (node->reference == NULL) {
        const char *path = s2s_path_join(w->arena, from, text.chars);
        moved = path == NULL ? NULL : s2s_path_relative(w->arena, w->folder, path);
    } else {
        prefix = s2s_path_relative(w->arena, w->folder, from);
        moved = prefix == NULL ? NULL : s2s_path_join(w->arena, prefix, text.chars);
    }
    return moved == NULL ? text : s2s_text_of(moved);
}

static bool is_path(const s2s_node *node)
{
    return node->field != NULL && (node->field->kind == S2S_KIND_PATH || node->field->kind == S2S_KIND_PATHS);
}

static void put_value(writer *w, const s2s_node *node, bool path)
{
    s2s_text text = node->reference != NULL ? s2s_text_of(node->reference) : escape_references(w, node->text);
    bool     quoted = node->quoted && !s2s_text_is_reference(text);

    if (path && node->kind == S2S_NODE_SCALAR && s2s_node_is_text(node))
        text = rebase(w, node, text);
    if (node->reference == NULL && s2s_node_is_null(node))
        text = s2s_text_of(S2S_NONE);
    put_scalar(w, text, quoted);
}

/* ---- lists and maps ---- */

static void put_node(writer *w, const s2s_node *node, int indent);

static void put_origin(writer *w, const s2s_node *node)
{
    if (w->origins)
        s2s_string_printf(w->out, "  # %s%s%s", s2s_origin_names[node->origin], node->became ? ": " : "", node->became ? node->became : "");
    s2s_string_add(w->out, "\n");
}

static bool is_short(const s2s_node *list)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->child[i]->kind != S2S_NODE_SCALAR && list->child[i]->reference == NULL)
            return false;
    return true;
}

static void put_flow_list(writer *w, const s2s_node *list)
{
    w->flow = true;
    for (size_t i = 0; i < list->count; i++) {
        s2s_string_add(w->out, i == 0 ? "[" : ", ");
        put_value(w, list->child[i], is_path(list) || is_path(list->child[i]));
    }
    s2s_string_add(w->out, list->count == 0 ? "[]" : "]");
    w->flow = false;
}

/* Somebody has said it, or something in it. */
static bool is_given(const s2s_node *node)
{
    bool given = node->count == 0 && node->origin != S2S_ORIGIN_DEFAULT;

    for (size_t i = 0; i < node->count; i++)
        given = given || is_given(node->child[i]);
    return given;
}

static void put_map(writer *w, const s2s_node *map, int indent, bool first_in_line)
{
    for (size_t i = 0; i < map->count; i++) {
        if (w->given && !is_given(map->child[i]) && !s2s_text_is(map->key[i], "type"))
            continue;
        s2s_string_printf(w->out, "%*s", first_in_line && i == 0 ? 0 : indent, "");
        put_scalar(w, map->key[i], true);
        s2s_string_add(w->out, ":");
        put_node(w, map->child[i], indent + INDENT);
    }
}

static void put_list(writer *w, const s2s_node *list, int indent)
{
    for (size_t i = 0; i < list->count; i++) {
        const s2s_node *child = list->child[i];
        s2s_string_printf(w->out, "%*s-", indent, "");
        if (child->kind == S2S_NODE_MAP && child->reference == NULL && child->count > 0) {
            s2s_string_add(w->out, " ");
            put_map(w, child, indent + INDENT, true);
        } else {
            put_node(w, child, indent + INDENT);
        }
    }
}

/* What follows "key:" or "-", with its line end. */
static void put_node(writer *w, const s2s_node *node, int indent)
{
    if (node->reference == NULL && node->kind == S2S_NODE_MAP && node->count > 0) {
        s2s_string_add(w->out, "\n");
        put_map(w, node, indent, false);
    } else if (node->reference == NULL && node->kind == S2S_NODE_LIST && !is_short(node)) {
        s2s_string_add(w->out, "\n");
        put_list(w, node, indent);
    } else {
        s2s_string_add(w->out, " ");
        if (node->reference != NULL || node->kind == S2S_NODE_SCALAR)
            put_value(w, node, is_path(node));
        else if (node->kind == S2S_NODE_MAP)
            s2s_string_add(w->out, "{}");
        else
            put_flow_list(w, node);
        put_origin(w, node);
    }
}

/* ---- one value on a line ---- */

static void put_flow(writer *w, const s2s_node *node)
{
    const bool map = node->kind == S2S_NODE_MAP;

    if (node->reference != NULL) {
        put_scalar(w, s2s_text_of(node->reference), node->quoted);
        return;
    }
    if (node->kind == S2S_NODE_SCALAR) {
        put_scalar(w, s2s_node_is_null(node) ? s2s_text_of(S2S_NONE) : escape_references(w, node->text), node->quoted);
        return;
    }
    s2s_string_add(w->out, map ? "{" : "[");
    for (size_t i = 0; i < node->count; i++) {
        s2s_string_add(w->out, i == 0 ? "" : ", ");
        if (map)
            put_scalar(w, node->key[i], true);
        s2s_string_add(w->out, map ? ": " : "");
        put_flow(w, node->child[i]);
    }
    s2s_string_add(w->out, map ? "}" : "]");
}

bool s2s_node_write(const s2s_node *node, s2s_string *ret)
{
    writer w = { .out = ret, .arena = s2s_arena_create(), .flow = node->kind != S2S_NODE_SCALAR };
    bool   failed = w.arena == NULL;

    if (!failed) {
        put_flow(&w, node);
        failed = ret->failed || s2s_arena_failed(w.arena);
    }
    s2s_arena_free(w.arena);
    return !failed;
}

static s2s_status write_config(writer w, const s2s_config *config, s2s_error *err)
{
    bool failed = w.arena == NULL;

    if (!failed) {
        put_map(&w, config->complete, 0, false);
        failed = w.out->failed || s2s_arena_failed(w.arena);
    }
    s2s_arena_free(w.arena);
    return failed ? s2s_fail(err, S2S_MEMORY, "out of memory") : S2S_OK;
}

s2s_status s2s_config_write(const s2s_config *config, bool origins, const char *folder, s2s_string *ret, s2s_error *err)
{
    return write_config((writer){ .out = ret, .arena = s2s_arena_create(), .origins = origins, .folder = folder }, config, err);
}

s2s_status s2s_config_write_given(const s2s_config *config, const char *folder, s2s_string *ret, s2s_error *err)
{
    return write_config((writer){ .out = ret, .arena = s2s_arena_create(), .given = true, .folder = folder }, config, err);
}
