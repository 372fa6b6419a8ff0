/*
 * reference.c -- ${a.b}: a scalar that is one whole reference becomes the node it names; inside other text its text
 * is spliced in; $${ is a literal ${.
 *
 * Nodes are replaced in place, each once (new, being replaced, done); meeting one that is being replaced is a cycle.
 * Replaced maps and lists share their children, so what references can multiply is counted, not copied.
 */
#include <string.h>

#include "config/internal.h"

enum { NEW, BUSY, DONE };
enum { CHAIN_MAX = 64, NODES_MAX = 100000, TEXT_MAX = 1 << 20 };       /* bytes: of all texts with references in them */

typedef struct replacer {
    s2s_node *root;
    s2s_arena *arena;
    s2s_error_list *errors;
    bool live;                   /* what is being replaced belongs to the experiment, not just to vars */
    int chain;                   /* references being followed */
    size_t spliced;              /* bytes of texts so far */
    bool no_memory;
} replacer;

static const char *find(s2s_text text, const char *what)
{
    return text.length == 0 ? NULL : memmem(text.chars, text.length, what, strlen(what));
}

/*
 * Take the next piece off *rest: literal text, or the path inside a ${...}. False at the end. A "${" without "}" is literal
 * text that still starts with "${".
 */
static bool next_piece(s2s_text *rest, s2s_text *piece, bool *is_path)
{
    const char *open = find(*rest, "${"), *close;
    size_t      length;

    if (rest->length == 0)
        return false;
    *is_path = false;
    if (open == NULL) {
        length = rest->length;
        *piece = *rest;
    } else if (open > rest->chars && open[-1] == '$') {       /* text before and the literal: "a$${" -> "a${" is built by the caller */
        length = (size_t)(open - rest->chars) + 2;
        *piece = (s2s_text){ rest->chars, length };
    } else if (open > rest->chars) {
        length = (size_t)(open - rest->chars);
        *piece = (s2s_text){ rest->chars, length };
    } else {
        close = memchr(rest->chars, '}', rest->length);
        *is_path = close != NULL;
        length = close == NULL ? rest->length : (size_t)(close - rest->chars) + 1;
        *piece = close == NULL ? *rest : (s2s_text){ rest->chars + 2, length - 3 };
    }
    rest->chars += length;
    rest->length -= length;
    return true;
}

bool s2s_text_is_reference(s2s_text text)
{
    s2s_text piece;
    bool     is_path;

    return next_piece(&text, &piece, &is_path) && is_path && text.length == 0;
}

s2s_node *s2s_reference_target(const s2s_node *root, s2s_text reference)
{
    s2s_text        path, word;
    bool            is_path;
    s2s_node       *found = NULL;
    const s2s_node *node = root;

    if (!next_piece(&reference, &path, &is_path) || !is_path)
        return NULL;
    while (node != NULL && s2s_text_split(&path, '.', &word))
        node = found = s2s_node_child(node, word);
    return found;
}

/* ---- which names are used ---- */

static void mark_path(s2s_node *root, s2s_text path)
{
    s2s_text  word;
    s2s_node *node = root, *next;

    while (s2s_text_split(&path, '.', &word) && (next = s2s_node_child(node, word)) != NULL)
        node = next;
    node->used |= node != root;
}

static void mark(s2s_node *root, const s2s_node *node)
{
    s2s_text rest = node->text, piece;
    bool     is_path;

    for (size_t i = 0; i < node->count; i++)
        mark(root, node->child[i]);
    while (node->kind == S2S_NODE_SCALAR && next_piece(&rest, &piece, &is_path))
        if (is_path)
            mark_path(root, piece);
}

void s2s_references_mark(s2s_node *root) { mark(root, root); }

static bool uses_below(const s2s_node *node)
{
    if (node->used)
        return true;
    for (size_t i = 0; i < node->count; i++)
        if (uses_below(node->child[i]))
            return true;
    return false;
}

/* Somebody who sets a name that nothing uses has probably misspelt one that something does. */
static const char *nearest_used(const s2s_node *map, const char *name, s2s_arena *arena)
{
    const char **names = S2S_NEW_ARRAY(arena, const char *, map->count);
    const char  *near;
    size_t       count = 0;

    for (size_t i = 0; names != NULL && i < map->count; i++)
        if (uses_below(map->child[i]))
            names[count++] = map->key[i].chars;
    near = names == NULL ? NULL : s2s_nearest_name(name, names, count);
    near = near == NULL ? NULL : s2s_arena_printf(arena, "; did you mean '%s'?", near);
    return near == NULL ? "" : near;
}

static void report_unused(const s2s_node *map, const char *path, const char *file, s2s_error_list *errors)
{
    for (size_t i = 0; i < map->count; i++) {
        const s2s_node *child = map->child[i];
        const char     *name = s2s_arena_printf(errors->arena, "%s.%s", path, map->key[i].chars);
        const bool      own = map->key_at[i].file != NULL &&
                         (strcmp(map->key_at[i].file, file) == 0 || child->origin == S2S_ORIGIN_COMMAND_LINE);
        if (name == NULL || child->used || !own)
            continue;
        if (child->kind == S2S_NODE_MAP && uses_below(child))
            report_unused(child, name, file, errors);
        else if (!uses_below(child))
            s2s_errors_add(errors, map->key_at[i], (int)s2s_text_codepoints(map->key[i]), "%s: nothing uses this name%s", name,
                           nearest_used(map, map->key[i].chars, errors->arena));
    }
}

void s2s_references_unused(const s2s_node *root, const char *file, s2s_error_list *errors)
{
    const s2s_node *vars = s2s_node_get(root, "vars");

    if (vars != NULL && vars->kind == S2S_NODE_MAP && !vars->used)
        report_unused(vars, "vars", file, errors);
}

/* ---- replacing ---- */

static void replace(replacer *r, s2s_node *node);

static void fail(replacer *r, s2s_node *node, s2s_text path, const char *what, const char *hint)
{
    s2s_errors_add(r->errors, node->at, node->span, "${%.*s}: %s%s", S2S_TEXT_ARGS(path), what, hint);
    node->broken = true;
}

/* "; did you mean 'vars.units'?" when `word` of the path is no key of the map but another is near. */
static const char *nearest_key(replacer *r, const s2s_node *map, s2s_text path, s2s_text word)
{
    const char **names = S2S_NEW_ARRAY(r->arena, const char *, map->count);
    const char  *given = s2s_arena_strndup(r->arena, word.chars, word.length), *near = NULL;

    for (size_t i = 0; names != NULL && map->kind == S2S_NODE_MAP && i < map->count; i++)
        names[i] = map->key[i].chars;
    if (names != NULL && given != NULL && map->kind == S2S_NODE_MAP)
        near = s2s_nearest_name(given, names, map->count);
    if (near != NULL)
        near = s2s_arena_printf(r->arena, "; did you mean '%.*s%s'?", (int)(word.chars - path.chars), path.chars, near);
    return near == NULL ? "" : near;
}

/* The replaced node that a path names; NULL after an error. References on the way are followed. */
static s2s_node *follow(replacer *r, s2s_node *from, s2s_text path)
{
    s2s_text  rest = path, word;
    s2s_node *node = r->root, *next;

    while (s2s_text_split(&rest, '.', &word)) {
        next = s2s_node_child(node, word);
        if (next == NULL) {
            fail(r, from, path, "nothing of this name is written here", nearest_key(r, node, path, word));
            return NULL;
        }
        node = next;
        if (node->kind != S2S_NODE_SCALAR && rest.chars != NULL)
            continue;
        if (node->state == BUSY) {
            fail(r, from, path, "leads back to itself", "");
            return NULL;
        }
        replace(r, node);
        node->live |= r->live;
        if (node->broken) {                 /* said already */
            from->broken = true;
            return NULL;
        }
    }
    return node;
}

/* A scalar's value is said to stand where it is written; a list or map stands where it is used, its parts where they are written. */
static void become(s2s_node *node, const s2s_node *target, const char *as_written)
{
    const s2s_position at = node->at;
    const int          span = node->span;
    const s2s_origin   origin = node->origin;
    const bool         used = node->used, live = node->live;

    *node = *target;
    node->at = at;
    node->span = span;
    node->origin = origin > target->origin ? origin : target->origin;
    node->reference = as_written;
    node->source = target->kind == S2S_NODE_SCALAR ? target : NULL;
    node->used = used;
    node->live = live;
}

static void splice(replacer *r, s2s_node *node)
{
    s2s_text   rest = node->text, piece;
    s2s_string result = { 0 };
    bool       is_path, first = true, any = false;

    for (; !node->broken && r->spliced + result.length <= TEXT_MAX && next_piece(&rest, &piece, &is_path); first = false) {
        if (!is_path && s2s_text_starts_with(piece, "${")) {
            s2s_errors_add(r->errors, node->at, node->span, "a ${ without its } ($${ stands for itself)");
            node->broken = true;
        } else if (!is_path && piece.length >= 3 && memcmp(piece.chars + piece.length - 3, "$${", 3) == 0) {
            s2s_string_append(&result, piece.chars, piece.length - 3);
            s2s_string_add(&result, "${");
        } else if (!is_path) {
            s2s_string_append(&result, piece.chars, piece.length);
        } else {
            const s2s_node *target = follow(r, node, piece);
            any = true;
            if (target != NULL && target->kind != S2S_NODE_SCALAR)
                fail(r, node, piece, target->kind == S2S_NODE_MAP ? "a map" : "a list", " cannot stand inside a text");
            else if (target != NULL)
                s2s_string_append(&result, target->text.chars, target->text.length);
            if (target != NULL && first)
                node->folder = target->folder;          /* where a path starts says what it is relative to */
        }
    }
    r->spliced += result.length;
    if (r->spliced > TEXT_MAX && !node->broken) {
        s2s_errors_add(r->errors, node->at, node->span, "with its references this and other texts grow beyond %d bytes", TEXT_MAX);
        node->broken = true;
    }
    const char *chars = result.failed ? NULL : s2s_arena_strndup(r->arena, s2s_string_chars(&result), result.length);
    r->no_memory |= chars == NULL;
    if (chars != NULL && !node->broken) {
        node->reference = any ? node->text.chars : NULL;
        node->quoted |= !any;                           /* a literal ${ makes a text */
        node->text = (s2s_text){ chars, result.length };
    }
    s2s_string_release(&result);
}

static void replace_scalar(replacer *r, s2s_node *node)
{
    s2s_text        rest = node->text, path;
    const s2s_node *target;
    bool            is_path;

    if (find(node->text, "${") == NULL)
        return;
    if (r->chain == CHAIN_MAX) {
        next_piece(&rest, &path, &is_path);
        fail(r, node, path, "too many references behind each other", "");
        return;
    }
    r->chain++;
    if (s2s_text_is_reference(node->text)) {
        next_piece(&rest, &path, &is_path);
        target = follow(r, node, path);
        if (target != NULL)
            become(node, target, node->text.chars);
    } else {
        splice(r, node);
    }
    r->chain--;
}

static void replace(replacer *r, s2s_node *node)
{
    if (node->state == DONE)
        return;
    node->state = BUSY;
    node->size = 1;
    node->depth = 1;
    if (node->kind == S2S_NODE_SCALAR)
        replace_scalar(r, node);
    for (size_t i = 0; node->reference == NULL && i < node->count; i++) {
        s2s_node *child = node->child[i];
        if (child->state == BUSY) {                         /* reached through a reference, and refers to what it is part of */
            s2s_errors_add(r->errors, child->at, child->span, "%s: leads back to itself",
                child->kind == S2S_NODE_SCALAR ? child->text.chars : "a reference in it");
            node->broken = child->broken = true;
            continue;
        }
        replace(r, child);
        node->size += child->size;
        node->depth = child->depth >= node->depth ? child->depth + 1 : node->depth;
    }
    if (!node->broken && (node->size > NODES_MAX || node->depth > S2S_NESTING)) {
        s2s_errors_add(r->errors, node->at, node->span, "with its references this grows beyond %d values or %d levels", NODES_MAX, S2S_NESTING);
        node->broken = true;
        node->size = node->depth = 1;
        node->count = 0;
    }
    node->state = DONE;
}

bool s2s_references_replace(s2s_node *root, s2s_arena *arena, s2s_error_list *errors)
{
    replacer r = { .root = root, .arena = arena, .errors = errors, .live = true };

    for (int round = 0; round < 2; round++, r.live = false)
        for (size_t i = 0; root->kind == S2S_NODE_MAP && i < root->count; i++)
            if (s2s_text_is(root->key[i], "vars") == !r.live)
                replace(&r, root->child[i]);
    return !r.no_memory && !s2s_arena_failed(arena);
}
