/*
 * yaml.c -- libyaml's events composed into nodes.
 *
 * What a configuration has no use for is refused as it arrives: deep nesting, anchors, aliases, tags, second
 * documents, keys that are no words, duplicate keys.
 */
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "config/internal.h"

typedef struct item {
    s2s_text key;
    s2s_position key_at;
    s2s_node *value;
} item;

typedef struct frame {                 /* a list or map that is open */
    s2s_node *node;
    item *items;
    size_t count, capacity;
    bool has_key;                      /* a key waits for its value */
    item next;
} frame;

typedef struct composer {
    s2s_text text;
    s2s_position start;
    const char *folder;
    s2s_arena *arena;
    s2s_error_list *errors;
    s2s_node *root;
    int documents, depth;
    bool stopped;
    frame stack[S2S_NESTING];
} composer;

/* ---- places ---- */

static s2s_position place_of_byte(const composer *c, size_t offset);

/* The parser puts the end of a text that ends within a line at the start of the next one, which there is not. */
static s2s_position place(const composer *c, yaml_mark_t mark)
{
    if (mark.line > 0 && mark.column == 0 && mark.index >= c->text.length && c->text.chars[c->text.length - 1] != '\n')
        return place_of_byte(c, c->text.length);

    const int column = (int)mark.column + (mark.line == 0 ? c->start.column : 1);

    return (s2s_position){ c->start.file, c->start.line + (int)mark.line, column };
}

static s2s_position place_of_byte(const composer *c, size_t offset)
{
    yaml_mark_t mark = { 0 };
    s2s_text    before = { c->text.chars, offset }, line;

    if (memchr(c->text.chars, '\n', offset) == NULL) {
        mark.column = s2s_text_codepoints(before);
        return place(c, mark);
    }
    while (s2s_text_next_line(&before, &line)) {
        mark.line++;
        mark.column = s2s_text_codepoints(line);
    }
    if (offset > 0 && c->text.chars[offset - 1] == '\n')
        mark.column = 0;
    else
        mark.line--;
    return place(c, mark);
}

/* "model.layers.1." for messages about what stands in the innermost open node. */
static const char *path_of(const composer *c)
{
    s2s_string  path = { 0 };
    const char *copy;

    for (int i = 0; i < c->depth; i++) {
        const frame *f = &c->stack[i];
        if (f->node->kind == S2S_NODE_LIST && i + 1 < c->depth)
            s2s_string_printf(&path, "%zu.", f->count);
        else if (i + 1 < c->depth)
            s2s_string_printf(&path, "%.*s.", S2S_TEXT_ARGS(f->next.key));
    }
    copy = s2s_arena_strdup(c->arena, s2s_string_chars(&path));
    s2s_string_release(&path);
    return copy == NULL ? "" : copy;
}

/* ---- events ---- */

static void stop(composer *c, s2s_position at, const char *message)
{
    s2s_errors_add(c->errors, at, 1, "%s", message);
    c->stopped = true;
}

static s2s_node *node_new(composer *c, s2s_node_kind kind, const yaml_event_t *event)
{
    const yaml_mark_t from = event->start_mark, to = event->end_mark;
    s2s_node         *node = S2S_NEW(c->arena, s2s_node);

    if (node == NULL) {
        c->stopped = true;
        return NULL;
    }
    *node = (s2s_node){ .kind = kind, .origin = S2S_ORIGIN_GIVEN, .at = place(c, from), .span = 1, .folder = c->folder };
    if (kind == S2S_NODE_SCALAR && from.line == to.line && to.column > from.column)
        node->span = (int)(to.column - from.column);
    return node;
}

/* Put a finished or opened node where it belongs. */
static void attach(composer *c, s2s_node *node)
{
    frame *f = c->depth > 0 ? &c->stack[c->depth - 1] : NULL;
    item  *slot;

    if (f == NULL) {
        c->root = node;
        return;
    }
    if (f->count == S2S_ENTRIES) {
        s2s_errors_add(c->errors, node->at, node->span, "more than %d entries in one list or map", S2S_ENTRIES);
        c->stopped = true;
        return;
    }
    slot = s2s_arena_grow(c->arena, &f->items, &f->count, &f->capacity, sizeof *slot);
    if (slot == NULL) {
        c->stopped = true;
        return;
    }
    *slot = f->next;
    slot->value = node;
    f->has_key = false;
}

static bool wants_key(const composer *c)
{
    return c->depth > 0 && c->stack[c->depth - 1].node->kind == S2S_NODE_MAP && !c->stack[c->depth - 1].has_key;
}

static void take_scalar(composer *c, const yaml_event_t *event)
{
    const s2s_text value = { (const char *)event->data.scalar.value, event->data.scalar.length };
    const char    *copy = s2s_arena_strndup(c->arena, value.chars, value.length);
    s2s_node      *node = node_new(c, S2S_NODE_SCALAR, event);

    if (copy == NULL || node == NULL) {
        c->stopped = true;
        return;
    }
    node->text = (s2s_text){ copy, value.length };
    node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    if (memchr(copy, '\0', value.length) != NULL) {
        stop(c, node->at, "a NUL character has no place in a configuration");
        return;
    }
    if (wants_key(c)) {
        frame *f = &c->stack[c->depth - 1];
        f->next = (item){ node->text, node->at, NULL };
        f->has_key = true;
        return;
    }
    attach(c, node);
}

static void open_node(composer *c, s2s_node_kind kind, const yaml_event_t *event)
{
    s2s_node *node;

    if (wants_key(c)) {
        stop(c, place(c, event->start_mark), "a key must be one word, not a list or a map (was \"${...}\" meant, in quotes?)");
        return;
    }
    if (c->depth == S2S_NESTING) {
        s2s_errors_add(c->errors, place(c, event->start_mark), 1, "nested more than %d deep", S2S_NESTING);
        c->stopped = true;
        return;
    }
    node = node_new(c, kind, event);
    if (node != NULL)
        c->stack[c->depth++] = (frame){ .node = node };
}

static int by_key(const void *a, const void *b)
{
    const item  *x = *(const item *const *)a, *y = *(const item *const *)b;
    const size_t shorter = x->key.length < y->key.length ? x->key.length : y->key.length;
    const int    order = memcmp(x->key.chars, y->key.chars, shorter);

    if (order != 0)
        return order;
    if (x->key.length != y->key.length)
        return x->key.length < y->key.length ? -1 : 1;
    return x < y ? -1 : 1;
}

/* Sorting finds them in a large map at once. The first of equals stays. */
static void refuse_duplicates(composer *c, frame *f)
{
    item **sorted = S2S_NEW_ARRAY(c->arena, item *, f->count);
    size_t kept = 0;

    if (sorted == NULL) {
        c->stopped = true;
        return;
    }
    for (size_t i = 0; i < f->count; i++)
        sorted[i] = &f->items[i];
    qsort(sorted, f->count, sizeof(item *), by_key);
    for (size_t i = 1, first = 0; i < f->count; i++) {
        if (!s2s_text_equal(sorted[i]->key, sorted[first]->key)) {
            first = i;
            continue;
        }
        s2s_errors_add(c->errors, sorted[i]->key_at, (int)s2s_text_codepoints(sorted[i]->key), "%s%.*s: duplicate key; it is on line %d already",
                       path_of(c), S2S_TEXT_ARGS(sorted[i]->key), sorted[first]->key_at.line);
        sorted[i]->value = NULL;
    }
    for (size_t i = 0; i < f->count; i++)
        if (f->items[i].value != NULL)
            f->items[kept++] = f->items[i];
    f->count = kept;
}

static void close_node(composer *c)
{
    frame    *f = &c->stack[c->depth - 1];
    s2s_node *node = f->node;

    if (node->kind == S2S_NODE_MAP && f->count > 1)
        refuse_duplicates(c, f);
    node->child = S2S_NEW_ARRAY(c->arena, s2s_node *, f->count);
    node->key = S2S_NEW_ARRAY(c->arena, s2s_text, f->count);
    node->key_at = S2S_NEW_ARRAY(c->arena, s2s_position, f->count);
    if (node->child == NULL || node->key == NULL || node->key_at == NULL) {
        c->stopped = true;
        return;
    }
    for (size_t i = 0; i < f->count; i++) {
        node->child[i] = f->items[i].value;
        node->key[i] = f->items[i].key;
        node->key_at[i] = f->items[i].key_at;
    }
    node->count = f->count;
    c->depth--;
    attach(c, node);
}

static const yaml_char_t *anchor_of(const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_SCALAR_EVENT:         return event->data.scalar.anchor;
    case YAML_SEQUENCE_START_EVENT: return event->data.sequence_start.anchor;
    case YAML_MAPPING_START_EVENT:  return event->data.mapping_start.anchor;
    default:                        return NULL;
    }
}

static const yaml_char_t *tag_of(const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_SCALAR_EVENT:         return event->data.scalar.tag;
    case YAML_SEQUENCE_START_EVENT: return event->data.sequence_start.tag;
    case YAML_MAPPING_START_EVENT:  return event->data.mapping_start.tag;
    default:                        return NULL;
    }
}

/* An alias becomes a null that is reported already, so that the rest can still be read. */
static void take_alias(composer *c, const yaml_event_t *event)
{
    s2s_node *node = node_new(c, S2S_NODE_SCALAR, event);

    s2s_errors_add(c->errors, place(c, event->start_mark), (int)(event->end_mark.column - event->start_mark.column),
                   "aliases (*%s) are not supported; name the value under `vars` and write ${vars.%s}",
                   (const char *)event->data.alias.anchor, (const char *)event->data.alias.anchor);
    if (node == NULL || wants_key(c)) {
        c->stopped = true;
        return;
    }
    node->text = s2s_text_of("");
    node->broken = true;
    attach(c, node);
}

/* libyaml spells "!!int" out. */
static void refuse_tag(composer *c, const yaml_event_t *event, const char *tag)
{
    static const char core[] = "tag:yaml.org,2002:";
    const bool        is_core = strncmp(tag, core, sizeof core - 1) == 0;

    s2s_errors_add(c->errors, place(c, event->start_mark), 1, "tags (%s%s) are not supported; quotes make a text", is_core ? "!!" : "",
                   is_core ? tag + sizeof core - 1 : tag);
}

static void take(composer *c, const yaml_event_t *event)
{
    const yaml_char_t *anchor = anchor_of(event), *tag = tag_of(event);

    if (anchor != NULL)
        s2s_errors_add(c->errors, place(c, event->start_mark), (int)strlen((const char *)anchor) + 1,
                       "anchors (&%s) are not supported; name the value under `vars` and write ${vars.%s}", (const char *)anchor, (const char *)anchor);
    if (tag != NULL)
        refuse_tag(c, event, (const char *)tag);
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        if (++c->documents > 1)
            stop(c, place(c, event->start_mark), "a second document starts here; one file is one experiment");
        break;
    case YAML_ALIAS_EVENT:          take_alias(c, event); break;
    case YAML_SCALAR_EVENT:         take_scalar(c, event); break;
    case YAML_SEQUENCE_START_EVENT: open_node(c, S2S_NODE_LIST, event); break;
    case YAML_MAPPING_START_EVENT:  open_node(c, S2S_NODE_MAP, event); break;
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:    close_node(c); break;
    default:                        break;
    }
}

/* ---- what libyaml objects to ---- */

/* The line that a mark is in, and the byte of it that the mark means. */
static size_t byte_in_line(const composer *c, yaml_mark_t mark, s2s_text *line)
{
    s2s_text rest = c->text;
    size_t   byte = 0;

    *line = (s2s_text){ "", 0 };
    for (size_t i = 0; i <= mark.line; i++)
        if (!s2s_text_next_line(&rest, line))
            *line = (s2s_text){ "", 0 };
    for (size_t column = 0; column < mark.column && byte < line->length; column++)
        byte += s2s_text_utf8_length((s2s_text){ line->chars + byte, line->length - byte });
    return byte;
}

/* A tab at the mark, or nothing but blanks before it and a tab among them. */
static bool tab_at(const composer *c, yaml_mark_t mark)
{
    s2s_text     line;
    const size_t byte = byte_in_line(c, mark, &line);
    size_t       blanks = 0;
    bool         tab = byte < line.length && line.chars[byte] == '\t';

    for (; blanks < line.length && (line.chars[blanks] == ' ' || line.chars[blanks] == '\t'); blanks++)
        tab |= line.chars[blanks] == '\t' && blanks <= byte;
    return tab && (blanks >= byte || line.chars[byte] == '\t');
}

/* "${" where { opens a map. */
static bool reference_at(const composer *c, yaml_mark_t mark)
{
    s2s_text     line;
    const size_t byte = byte_in_line(c, mark, &line);

    return byte > 0 && byte < line.length && line.chars[byte] == '{' && line.chars[byte - 1] == '$';
}

static void add_syntax_error(composer *c, const yaml_parser_t *parser)
{
    const bool         at_end = parser->problem_mark.index >= c->text.length && parser->context != NULL;
    const s2s_position at = place(c, at_end ? parser->context_mark : parser->problem_mark);

    if (parser->error == YAML_MEMORY_ERROR) {
        s2s_errors_add(c->errors, (s2s_position){ 0 }, 1, "out of memory");
    } else if (parser->error == YAML_READER_ERROR) {
        s2s_errors_add(c->errors, place_of_byte(c, parser->problem_offset), 1, "not a text file: the character U+%04X has no place in YAML",
                       (unsigned)parser->problem_value);
    } else if (tab_at(c, parser->problem_mark)) {
        s2s_errors_add(c->errors, at, 1, "a tab; YAML indents with spaces only");
    } else if (reference_at(c, parser->problem_mark)) {
        s2s_errors_add(c->errors, at, 1, "inside { } and [ ] a reference needs quotes: \"${...}\"");
    } else if (parser->context != NULL && place(c, parser->context_mark).line != at.line) {
        s2s_errors_add(c->errors, at, 1, "YAML: %s %s that starts on line %d", parser->problem, parser->context, place(c, parser->context_mark).line);
    } else {
        s2s_errors_add(c->errors, at, 1, "YAML: %s%s%s", parser->problem, parser->context != NULL ? " " : "", parser->context != NULL ? parser->context : "");
    }
}

static void run(composer *c)
{
    yaml_parser_t parser;
    yaml_event_t  event;
    bool          more = true;

    if (!yaml_parser_initialize(&parser)) {
        stop(c, (s2s_position){ 0 }, "out of memory");
        return;
    }
    yaml_parser_set_input_string(&parser, (const unsigned char *)c->text.chars, c->text.length);
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    while (more && !c->stopped) {
        if (!yaml_parser_parse(&parser, &event)) {
            add_syntax_error(c, &parser);
            c->stopped = true;
            break;
        }
        take(c, &event);
        more = event.type != YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
}

static s2s_node *null_word(composer *c)
{
    s2s_node *node = S2S_NEW(c->arena, s2s_node);

    if (node != NULL)
        *node = (s2s_node){ .kind = S2S_NODE_SCALAR, .origin = S2S_ORIGIN_GIVEN, .at = c->start, .span = 1, .text = s2s_text_of(""), .folder = c->folder };
    return node;
}

s2s_node *s2s_yaml_parse(s2s_text text, s2s_position start, bool word, const char *folder, s2s_arena *arena, s2s_error_list *errors)
{
    composer *c = S2S_NEW(arena, composer);
    size_t    valid;

    if (c == NULL)
        return NULL;
    if (s2s_text_starts_with(text, "\xEF\xBB\xBF"))      /* a byte order mark */
        text = (s2s_text){ text.chars + 3, text.length - 3 };
    *c = (composer){ .text = text, .start = start, .folder = folder, .arena = arena, .errors = errors };
    valid = s2s_text_utf8_error(text);
    if (text.length > S2S_CONFIG_BYTES) {
        stop(c, (s2s_position){ start.file, 0, 0 }, "larger than 1 MiB: this is no configuration");
    } else if (valid < text.length) {
        s2s_errors_add(errors, place_of_byte(c, valid), 1, "not UTF-8: byte 0x%02X", (unsigned char)text.chars[valid]);
        c->stopped = true;
    } else {
        run(c);
    }
    if (c->stopped)
        return NULL;
    if (c->root == NULL && word)
        return null_word(c);
    if (c->root == NULL)
        stop(c, start, "the file is empty: a configuration was expected");
    return c->root;
}
