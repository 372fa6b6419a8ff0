/* value.c -- one value into one struct member: scalars, lists of scalars, and what a row says it takes. */
#include <assert.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "config/internal.h"

/* ---- messages ---- */

const char *s2s_trail_path(s2s_arena *arena, const s2s_trail *trail)
{
    const char *above = trail == NULL || trail->up == NULL ? "" : s2s_trail_path(arena, trail->up);
    const char *dot = above[0] == '\0' ? "" : ".";
    const char *path;

    if (trail == NULL)
        return "";
    if (trail->key != NULL)
        path = s2s_arena_printf(arena, "%s%s%s", above, dot, trail->key);
    else
        path = s2s_arena_printf(arena, "%s%s%zu", above, dot, trail->index);
    return path == NULL ? "" : path;
}

void s2s_complain(s2s_reader *reader, const s2s_node *node, const s2s_trail *trail, const char *format, ...)
{
    const char        *path = s2s_trail_path(reader->arena, trail);
    char               message[S2S_ERROR_MESSAGE];
    int                span;
    const s2s_position at = s2s_node_value_at(node, &span);
    va_list            args;

    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    if (reader->errors->topic == NULL)
        reader->errors->topic = reader->topic;
    s2s_errors_add(reader->errors, at, span, "%s%s%s", path, path[0] == '\0' ? "" : ": ", message);
}

/* " from 1 to 10", " of at least 1", ...; integers beyond what a double holds exactly are no bound. */
static const char *range_of(s2s_arena *arena, const s2s_field *field)
{
    const bool  integer = field->kind == S2S_KIND_INT || field->kind == S2S_KIND_INTS;
    const bool  low = isfinite(field->minimum) && !(integer && field->minimum <= -0x1p53);
    const bool  high = isfinite(field->maximum) && !(integer && field->maximum >= 0x1p53) && field->maximum < 1e30;
    char        a[32], b[32];
    const char *text = "";

    s2s_format_double(field->minimum, a);
    s2s_format_double(field->maximum, b);
    if (integer)
        snprintf(a, sizeof a, "%.0f", field->minimum), snprintf(b, sizeof b, "%.0f", high ? field->maximum : 0.0);
    if (low && high && field->minimum == field->maximum)
        text = s2s_arena_printf(arena, " equal to %s", a);
    else if (low && high)
        text = s2s_arena_printf(arena, " from %s to %s", a, b);
    else if (low)
        text = s2s_arena_printf(arena, " of at least %s", a);
    else if (high)
        text = s2s_arena_printf(arena, " of at most %s", b);
    return text == NULL ? "" : text;
}

static const char *choices_of(s2s_arena *arena, const char *const *names)
{
    s2s_string  text = { 0 };
    const char *copy;

    for (size_t i = 0; names[i] != NULL; i++)
        s2s_string_printf(&text, "%s%s", i == 0 ? "" : names[i + 1] == NULL ? " or " : ", ", names[i]);
    copy = s2s_arena_strdup(arena, s2s_string_chars(&text));
    s2s_string_release(&text);
    return copy == NULL ? "" : copy;
}

const char *s2s_article(const char *noun) { return strchr("aeiou", noun[0]) != NULL ? "an" : "a"; }

static const char *plain_expectation(s2s_arena *arena, const s2s_field *field)
{
    const char *range = range_of(arena, field);

    switch (field->kind) {
    case S2S_KIND_INT:     return s2s_arena_printf(arena, "an integer%s", range);
    case S2S_KIND_REAL:    return s2s_arena_printf(arena, "a number%s", range);
    case S2S_KIND_BOOL:    return "true or false";
    case S2S_KIND_TEXT:    return "a text";
    case S2S_KIND_PATH:    return "a path";
    case S2S_KIND_CHOICE:  return choices_of(arena, field->names);
    case S2S_KIND_OBJECT:  return s2s_arena_printf(arena, "%s%s %s", field->registry->number_entry != NULL ? "a number or " : "",
                                                   s2s_article(field->registry->noun), field->registry->noun);
    case S2S_KIND_INTS:    return s2s_arena_printf(arena, "a list of integers%s", range);
    case S2S_KIND_REALS:   return s2s_arena_printf(arena, "a list of numbers%s", range);
    case S2S_KIND_TEXTS:   return "a list of texts";
    case S2S_KIND_PATHS:   return "a path or a list of paths";
    case S2S_KIND_OBJECTS: return s2s_arena_printf(arena, "a list of %s", field->registry->plural);
    case S2S_KIND_GROUPS:  return "a map of names";
    case S2S_KIND_ANY:     return "a value";
    case S2S_KIND_NODE:    return "a map";
    default:               return "a map of keys";
    }
}

const char *s2s_expected(s2s_arena *arena, const s2s_field *field)
{
    const char *text = plain_expectation(arena, field);

    if (text != NULL && s2s_takes_auto(field))
        text = s2s_arena_printf(arena, "%s, or auto", text);
    if (text != NULL && s2s_takes_null(field) && field->kind != S2S_KIND_NODE && field->kind != S2S_KIND_ANY && field->kind != S2S_KIND_GROUPS)
        text = s2s_arena_printf(arena, "%s, or null", text);
    return text == NULL ? "something else" : text;
}

static void wrong(s2s_reader *r, const s2s_field *field, const s2s_node *node, const s2s_trail *trail, const char *hint)
{
    s2s_complain(r, node, trail, "expected %s, got %s%s", s2s_expected(r->arena, field), s2s_node_describe(r->arena, node), hint);
}

/* ---- what a row takes ---- */

bool s2s_is_required(const s2s_field *field)
{
    return (field->flags & S2S_FLAG_REQUIRED) != 0 || (field->preset != NULL && strcmp(field->preset, S2S_REQUIRED) == 0);
}

bool s2s_takes_null(const s2s_field *field)
{
    return (field->flags & S2S_FLAG_NULL) != 0 || (field->preset != NULL && strcmp(field->preset, S2S_NONE) == 0);
}

bool s2s_takes_auto(const s2s_field *field)
{
    if (field->kind == S2S_KIND_CHOICE)
        return false;                    /* there it is a name like any other */
    return (field->flags & S2S_FLAG_AUTO) != 0 || (field->preset != NULL && strcmp(field->preset, S2S_AUTO) == 0);
}

static bool is_text_kind(s2s_field_kind kind) { return kind == S2S_KIND_TEXT || kind == S2S_KIND_PATH; }

s2s_node *s2s_preset(const s2s_field *field, const s2s_node *owner, s2s_arena *arena, s2s_error_list *errors)
{
    const bool  group = field->kind == S2S_KIND_GROUP;
    const char *text = field->preset == NULL ? S2S_NONE : field->preset;
    s2s_node   *node;

    assert(!s2s_is_required(field));
    if (group || (text[0] != '\0' && strchr("[{\"'", text[0]) != NULL)) {
        node = group ? s2s_node_map(arena, owner, 0) : s2s_yaml_parse(s2s_text_of(text), (s2s_position){ "defaults", 1, 1 }, true, ".", arena, errors);
        if (node != NULL)
            s2s_node_set_origin(node, S2S_ORIGIN_DEFAULT);
    } else if ((node = S2S_NEW(arena, s2s_node)) != NULL) {
        *node = (s2s_node){ .kind = S2S_NODE_SCALAR, .span = 1, .text = s2s_text_of(text), .folder = "." };
        node->quoted = is_text_kind(field->kind) && strcmp(text, S2S_NONE) != 0;
    }
    if (node != NULL)
        node->at = owner->at;
    return node;
}

s2s_node *s2s_promote(const s2s_field *field, const s2s_registry *registry, const s2s_node *node, s2s_arena *arena)
{
    s2s_node       *map, *value = s2s_node_copy(arena, node);
    const s2s_entry *entry = NULL;
    double           number;

    if (value == NULL || node->kind != S2S_NODE_SCALAR || (registry == NULL && (field == NULL || field->scalar_key == NULL)))
        return value;
    map = s2s_node_map(arena, node, 2);
    if (map == NULL)
        return NULL;
    map->reference = node->reference;
    map->broken = node->broken;
    value->reference = NULL;
    if (registry == NULL)
        return s2s_node_put(arena, map, field->scalar_key, node->at, value) ? map : NULL;
    if (registry->number_entry != NULL && s2s_node_to_real(node, &number))
        entry = s2s_entry_find(registry, s2s_text_of(registry->number_entry));
    if (entry == NULL)
        return s2s_node_put(arena, map, "type", node->at, value) ? map : NULL;
    s2s_node *type = s2s_node_copy(arena, value);
    if (type == NULL)
        return NULL;
    type->text = s2s_text_of(entry->name);
    return s2s_node_put(arena, map, "type", node->at, type) && s2s_node_put(arena, map, entry->fields[0].key, node->at, value) ? map : NULL;
}

/* ---- scalars ---- */

static bool is_auto(const s2s_node *node) { return node->kind == S2S_NODE_SCALAR && s2s_text_is(node->text, S2S_AUTO); }

/* What may be added when a scalar of the wrong type was probably meant well. */
static const char *hint_for(const s2s_field *field, const s2s_node *node)
{
    double  number;
    int64_t whole;

    if (is_auto(node))
        return "; `auto` has no meaning here";
    if (node->kind == S2S_NODE_SCALAR && node->quoted && !is_text_kind(field->kind) && s2s_text_to_real(node->text, &number))
        return "; without quotes it is a number";
    if (node->kind == S2S_NODE_SCALAR && field->kind == S2S_KIND_INT && s2s_text_to_real(node->text, &number) && isfinite(number) && number == floor(number)
        && !s2s_text_to_int(node->text, &whole))
        return "; an integer is written without point and exponent";
    return "";
}

static bool read_int(s2s_reader *r, const s2s_field *field, const s2s_node *node, const s2s_trail *trail, void *member)
{
    int64_t value;

    if (s2s_takes_auto(field) && is_auto(node))
        return true;                                    /* 0, as the struct came */
    if (!s2s_node_to_int(node, &value) || (double)value < field->minimum || (double)value > field->maximum) {
        wrong(r, field, node, trail, hint_for(field, node));
        return false;
    }
    memcpy(member, &value, sizeof value);
    return true;
}

/* Infinities and NaN are nobody's setting; only a table may have one as default. */
static bool read_real(s2s_reader *r, const s2s_field *field, const s2s_node *node, const s2s_trail *trail, void *member)
{
    const bool any = node->origin == S2S_ORIGIN_DEFAULT;
    double     value;

    if (s2s_takes_auto(field) && is_auto(node))
        return true;
    if (!s2s_node_to_real(node, &value) || (!any && !(isfinite(value) && value >= field->minimum && value <= field->maximum))) {
        wrong(r, field, node, trail, hint_for(field, node));
        return false;
    }
    memcpy(member, &value, sizeof value);
    return true;
}

static bool read_bool(s2s_reader *r, const s2s_field *field, const s2s_node *node, const s2s_trail *trail, void *member)
{
    bool value;

    if (!s2s_node_to_bool(node, &value)) {
        wrong(r, field, node, trail, hint_for(field, node));
        return false;
    }
    memcpy(member, &value, sizeof value);
    return true;
}

static bool read_text(s2s_reader *r, const s2s_field *field, const s2s_node *node, const s2s_trail *trail, void *member)
{
    const bool  path = field->kind == S2S_KIND_PATH || field->kind == S2S_KIND_PATHS;
    const char *value = node->text.chars;

    if (!s2s_node_is_text(node)) {
        wrong(r, field, node, trail, node->kind == S2S_NODE_SCALAR && node->text.length > 0 ? "; quotes make it a text" : "");
        return false;
    }
    if (path && node->text.length == 0) {
        wrong(r, field, node, trail, "");
        return false;
    }
    if (path)
        value = s2s_path_join(r->arena, node->folder == NULL ? "." : node->folder, value);
    memcpy(member, &value, sizeof value);
    return value != NULL;
}

static bool read_choice(s2s_reader *r, const s2s_field *field, const s2s_node *node, const s2s_trail *trail, void *member)
{
    const char *near = NULL;
    int         count = 0;

    for (; field->names[count] != NULL; count++)
        if (s2s_node_is_text(node) && s2s_text_is(node->text, field->names[count])) {
            memcpy(member, &count, sizeof count);
            return true;
        }
    if (node->kind == S2S_NODE_SCALAR && node->text.length > 0)
        near = s2s_nearest_name(node->text.chars, field->names, (size_t)count);
    near = near == NULL ? NULL : s2s_arena_printf(r->arena, "; did you mean '%s'?", near);
    wrong(r, field, node, trail, near == NULL ? hint_for(field, node) : near);
    return false;
}

/* ---- lists of scalars ---- */

/* Elements are read as if by a row of the element's own kind. */
static s2s_field element_row(const s2s_field *field)
{
    static const s2s_field_kind kinds[] = {
        [S2S_KIND_INTS] = S2S_KIND_INT, [S2S_KIND_REALS] = S2S_KIND_REAL, [S2S_KIND_TEXTS] = S2S_KIND_TEXT, [S2S_KIND_PATHS] = S2S_KIND_PATH,
    };
    s2s_field row = *field;

    row.kind = kinds[field->kind];
    row.preset = NULL;
    row.flags = 0;
    return row;
}

/* An entry's name in a list of names. */
static bool read_name(s2s_reader *r, const s2s_field *row, const s2s_node *node, const s2s_trail *trail, void *item)
{
    if (!read_text(r, row, node, trail, item))
        return false;
    if (s2s_entry_find(row->registry, node->text) != NULL)
        return true;
    s2s_complain(r, node, trail, "unknown %s %s%s", row->registry->noun, s2s_node_describe(r->arena, node),
                 s2s_unknown_entry(r->arena, row->registry, node->text.chars, true));
    return false;
}

static bool read_element(s2s_reader *r, const s2s_field *row, const s2s_node *node, const s2s_trail *trail, void *item)
{
    if (node->broken)
        return false;
    switch (row->kind) {
    case S2S_KIND_INT:  return read_int(r, row, node, trail, item);
    case S2S_KIND_REAL: return read_real(r, row, node, trail, item);
    default:            return (row->registry ? read_name : read_text)(r, row, node, trail, item);
    }
}

/* All list structs start alike: a count and a pointer to items of one size. */
static bool read_list(s2s_reader *r, const s2s_field *field, const s2s_node *node, const s2s_trail *trail, void *member)
{
    const s2s_field row = element_row(field);
    const bool      texts = is_text_kind(row.kind);
    const size_t    size = row.kind == S2S_KIND_INT ? sizeof(int64_t) : row.kind == S2S_KIND_REAL ? sizeof(double) : sizeof(const char *);
    const bool      alone = node->kind == S2S_NODE_SCALAR && field->kind == S2S_KIND_PATHS;
    const size_t    count = alone ? 1 : node->count;
    char           *item = s2s_arena_alloc(r->arena, count, size);
    s2s_position   *at = S2S_NEW_ARRAY(r->arena, s2s_position, texts ? count : 0);
    bool            good = true;

    if (!alone && node->kind != S2S_NODE_LIST) {
        wrong(r, field, node, trail, node->kind == S2S_NODE_SCALAR && !s2s_node_is_null(node) ? "; [ ] make a list" : "");
        return false;
    }
    if (item == NULL || at == NULL)
        return false;
    for (size_t i = 0; i < count; i++) {
        const s2s_node *element = alone ? node : node->child[i];
        const s2s_trail below = { trail, NULL, i };
        if (texts)
            at[i] = element->at;
        good &= read_element(r, &row, element, alone ? trail : &below, item + i * size);
    }
    if (!good)
        return false;
    if (row.kind == S2S_KIND_INT)
        memcpy(member, &(s2s_int_list){ count, (void *)item }, sizeof(s2s_int_list));
    else if (row.kind == S2S_KIND_REAL)
        memcpy(member, &(s2s_real_list){ count, (void *)item }, sizeof(s2s_real_list));
    else
        memcpy(member, &(s2s_text_list){ count, (void *)item, at }, sizeof(s2s_text_list));
    return true;
}

static bool read_any(s2s_reader *r, const s2s_field *field, const s2s_node *node, const s2s_trail *trail, void *member)
{
    (void)r, (void)field, (void)trail;
    memcpy(member, &node, sizeof node);
    return true;
}

static bool read_node(s2s_reader *r, const s2s_field *field, const s2s_node *node, const s2s_trail *trail, void *member)
{
    if (node->kind == S2S_NODE_SCALAR) {
        wrong(r, field, node, trail, "");
        return false;
    }
    memcpy(member, &node, sizeof node);
    return true;
}

static void write_null(const s2s_field *field, void *member)
{
    const double nothing = NAN;

    if (field->kind == S2S_KIND_REAL)
        memcpy(member, &nothing, sizeof nothing);
}

s2s_node *s2s_read_value(s2s_reader *reader, const s2s_field *field, const s2s_node *node, const s2s_trail *trail, void *member)
{
    typedef bool read_function(s2s_reader *, const s2s_field *, const s2s_node *, const s2s_trail *, void *);
    static read_function *const readers[] = {
        [S2S_KIND_INT] = read_int, [S2S_KIND_REAL] = read_real, [S2S_KIND_BOOL] = read_bool, [S2S_KIND_TEXT] = read_text,
        [S2S_KIND_PATH] = read_text, [S2S_KIND_CHOICE] = read_choice, [S2S_KIND_INTS] = read_list, [S2S_KIND_REALS] = read_list,
        [S2S_KIND_TEXTS] = read_list, [S2S_KIND_PATHS] = read_list, [S2S_KIND_ANY] = read_any,
        [S2S_KIND_NODE] = read_node,
    };
    s2s_node *copy = s2s_node_clone(reader->arena, node);

    if (copy == NULL)
        return NULL;
    copy->field = field;
    if (s2s_takes_null(field) && s2s_node_is_null(node))
        write_null(field, member);
    else
        copy->broken |= !readers[field->kind](reader, field, node, trail, member);
    return copy;
}
