/* config.c -- from a file and KEY=VALUE words to a filled struct. */
#include "config/config.h"

#include <assert.h>
#include <string.h>

#include "base/file.h"
#include "config/internal.h"

enum { BASES_MAX = 16 };

typedef struct loader {
    const s2s_field *fields;             /* the root table: paths of overrides go through it */
    s2s_arena *arena;
    s2s_error_list *errors;
    const char *chain[BASES_MAX];        /* absolute paths of the files being read, each extended by the one before */
    int depth;
} loader;

static s2s_node *parse_file(loader *l, s2s_text text, const char *path);

/* ---- extends ---- */

/* Reading would go round in circles if a file were in its own chain. */
static bool may_extend(loader *l, const char *path, const s2s_node *extends)
{
    const char *whole = s2s_path_absolute(l->arena, path);

    for (int i = 0; whole != NULL && i < l->depth; i++)
        if (strcmp(l->chain[i], whole) == 0) {
            s2s_errors_add(l->errors, extends->at, extends->span, "extends: the file extends itself");
            return false;
        }
    if (l->depth == BASES_MAX)
        s2s_errors_add(l->errors, extends->at, extends->span, "extends: more than %d files behind each other", BASES_MAX);
    return l->depth < BASES_MAX;
}

static s2s_node *load_base(loader *l, const s2s_node *extends)
{
    const char *path = s2s_path_join(l->arena, extends->folder, extends->text.chars);
    s2s_text    text;
    s2s_error   err;

    if (path == NULL || !may_extend(l, path, extends))
        return NULL;
    if (s2s_file_read_limited(path, S2S_CONFIG_BYTES, l->arena, &text, &err) != S2S_OK) {
        s2s_errors_add(l->errors, extends->at, extends->span, "extends: %s", err.message);
        return NULL;
    }
    return parse_file(l, text, path);
}

static s2s_node *apply_extends(loader *l, s2s_node *root, const s2s_node *extends)
{
    s2s_node *base;

    if (!s2s_node_is_text(extends) || extends->text.length == 0 || strstr(extends->text.chars, "${") != NULL) {
        s2s_errors_add(l->errors, extends->at, extends->span, "extends: expected the path of a file, got %s", s2s_node_describe(l->arena, extends));
        return root;
    }
    base = load_base(l, extends);
    if (base == NULL)
        return NULL;
    s2s_node_set_origin(base, S2S_ORIGIN_BASE);
    return s2s_node_merge(base, root, l->arena);
}

/* ---- overrides and KEY=VALUE ---- */

static bool apply_overrides(loader *l, s2s_node *root, const s2s_node *overrides)
{
    if (overrides->kind != S2S_NODE_MAP) {
        s2s_errors_add(l->errors, overrides->at, overrides->span, "overrides: expected a map from paths to values, got %s",
                       s2s_node_describe(l->arena, overrides));
        return true;
    }
    for (size_t i = 0; i < overrides->count; i++) {
        s2s_node_set_origin(overrides->child[i], S2S_ORIGIN_OVERRIDE);
        if (!s2s_node_set(root, l->fields, overrides->key[i].chars, overrides->child[i], overrides->key_at[i],
                          (int)s2s_text_codepoints(overrides->key[i]), l->arena, l->errors))
            return false;
    }
    return true;
}

/* The words of one origin as a text, one a line, so that errors can point into them. */
static bool add_words(loader *l, const s2s_setting *settings, size_t count, s2s_origin origin)
{
    s2s_string  all = { 0 };
    const char *copy;

    for (size_t i = 0; i < count; i++) {
        const char  *word = settings[i].origin == origin && settings[i].value != NULL ? settings[i].value : "";
        const size_t start = all.length;
        s2s_string_printf(&all, "%s=%s", settings[i].key, word);
        for (size_t c = start; !all.failed && c < all.length; c++)
            if (all.chars[c] == '\n' || all.chars[c] == '\r')
                all.chars[c] = ' ';
        s2s_string_add(&all, "\n");
    }
    copy = all.failed ? NULL : s2s_arena_strdup(l->arena, s2s_string_chars(&all));
    s2s_string_release(&all);
    if (copy != NULL)
        s2s_errors_source(l->errors, s2s_origin_names[origin], s2s_text_of(copy), true);
    return copy != NULL;
}

/* A value that stands in a tree which was resolved before, as if it had just been read: its references are there again. */
static s2s_node *read_again(s2s_arena *arena, const s2s_node *node)
{
    s2s_node *copy = s2s_node_map(arena, node, node->count);

    if (copy == NULL)
        return NULL;
    if (node->reference != NULL) {
        copy->kind = S2S_NODE_SCALAR;
        copy->quoted = node->quoted;
        copy->text = s2s_text_of(node->reference);
        return copy;
    }
    copy->kind = node->kind;
    copy->quoted = node->quoted;
    copy->text = node->text;
    for (; copy->count < node->count; copy->count++) {
        copy->child[copy->count] = read_again(arena, node->child[copy->count]);
        if (copy->child[copy->count] == NULL)
            return NULL;
        if (node->kind == S2S_NODE_MAP) {
            copy->key[copy->count] = node->key[copy->count];
            copy->key_at[copy->count] = node->key_at[copy->count];
        }
    }
    return copy;
}

static bool apply_settings(loader *l, s2s_node *root, const s2s_setting *settings, size_t count, s2s_origin origin)
{
    if (count > 0 && !add_words(l, settings, count, origin))
        return false;
    for (size_t i = 0; i < count; i++) {
        const s2s_text key = s2s_text_of(settings[i].key);
        const int      length = s2s_text_utf8_error(key) == key.length ? (int)s2s_text_codepoints(key) : 0;
        s2s_position   at = { s2s_origin_names[origin], (int)i + 1, length + 2 };
        s2s_node      *value;
        if (settings[i].origin != origin)
            continue;
        if (length == 0) {
            s2s_errors_add(l->errors, (s2s_position){ at.file, 0, 0 }, 1, "expected KEY=VALUE");
            continue;
        }
        value = settings[i].node != NULL ? read_again(l->arena, settings[i].node)
                                         : s2s_yaml_parse(s2s_text_of(settings[i].value), at, true, ".", l->arena, l->errors);
        if (value == NULL)
            continue;
        s2s_node_set_origin(value, origin);
        at.column = 1;
        if (!s2s_node_set(root, l->fields, settings[i].key, value, at, length, l->arena, l->errors))
            return false;
    }
    return true;
}

/* ---- files ---- */

/* One file with what it extends and overrides. NULL after an error that leaves nothing to look at. */
static s2s_node *parse_file(loader *l, s2s_text text, const char *path)
{
    const char     *folder = s2s_path_folder(l->arena, path), *whole = s2s_path_absolute(l->arena, path);
    const s2s_node *extends, *overrides;
    s2s_node       *root;

    if (folder == NULL)
        return NULL;
    l->chain[l->depth++] = whole == NULL ? path : whole;
    s2s_errors_source(l->errors, path, text, false);
    root = s2s_yaml_parse(text, (s2s_position){ path, 1, 1 }, false, folder, l->arena, l->errors);
    if (root != NULL && root->kind != S2S_NODE_MAP) {
        s2s_errors_add(l->errors, root->at, root->span, "expected a map of keys, got %s", s2s_node_describe(l->arena, root));
        root = NULL;
    }
    if (root == NULL)
        return NULL;
    extends = s2s_node_get(root, "extends");
    overrides = s2s_node_get(root, "overrides");
    s2s_node_drop(root, "extends");
    s2s_node_drop(root, "overrides");
    if (extends != NULL)
        root = apply_extends(l, root, extends);
    if (root != NULL)
        s2s_references_mark(root);
    if (root != NULL && overrides != NULL && !apply_overrides(l, root, overrides))
        return NULL;
    l->depth--;
    return root;
}

static bool resolve(loader *l, s2s_config *config, const s2s_setting *settings, size_t setting_count)
{
    s2s_node  *root = config->root;
    s2s_reader reader = { .arena = l->arena, .errors = l->errors, .root = l->fields };

    config->merged = s2s_node_clone(l->arena, root);
    if (config->merged == NULL || !apply_settings(l, root, settings, setting_count, S2S_ORIGIN_COMMAND_LINE) ||
        !apply_settings(l, root, settings, setting_count, S2S_ORIGIN_SWEEP))
        return false;
    s2s_references_mark(root);
    s2s_references_unused(root, config->path, l->errors);
    if (!s2s_references_replace(root, l->arena, l->errors))
        return false;
    config->values = s2s_arena_alloc(l->arena, 1, config->size);
    config->complete = config->values == NULL ? NULL : s2s_read_root(&reader, l->fields, root, config->values);
    return config->complete != NULL;
}

/* What a config has become, or what was wrong with it. */
static s2s_status outcome(s2s_config *config, size_t errors_before, s2s_config **ret, s2s_error_list *errors)
{
    if (s2s_arena_failed(config->arena) || s2s_arena_failed(errors->arena) || (errors->count == errors_before && config->complete == NULL))
        return s2s_errors_no_memory(errors);
    if (errors->count > errors_before)
        return S2S_CONFIG;
    *ret = config;
    return S2S_OK;
}

s2s_status s2s_config_parse(s2s_text text, const char *path, const s2s_setting *settings, size_t setting_count,
                            const s2s_field *root, size_t root_size, s2s_arena *arena,
                            s2s_config **ret, s2s_error_list *errors)
{
    s2s_config  *config = S2S_NEW(arena, s2s_config);
    loader       l = { .fields = root, .arena = arena, .errors = errors };
    const size_t before = errors->count;

    if (errors->arena == NULL)
        errors->arena = arena;
    if (config == NULL)
        return s2s_errors_no_memory(errors);
    *config = (s2s_config){ .arena = arena, .source = text, .path = s2s_arena_strdup(arena, path), .size = root_size, .fields = root };
    config->root = config->path == NULL ? NULL : parse_file(&l, text, config->path);
    if (config->root != NULL)
        resolve(&l, config, settings, setting_count);
    return outcome(config, before, ret, errors);
}

s2s_status s2s_config_again(const s2s_config *base, const s2s_setting *settings, size_t setting_count, s2s_arena *arena,
                            s2s_config **ret, s2s_error_list *errors)
{
    s2s_config  *config = S2S_NEW(arena, s2s_config);
    loader       l = { .fields = base->fields, .arena = arena, .errors = errors };
    const size_t before = errors->count;

    if (errors->arena == NULL)
        errors->arena = arena;
    if (config == NULL)
        return s2s_errors_no_memory(errors);
    s2s_errors_source(errors, base->path, base->source, false);
    *config = (s2s_config){ .arena = arena, .source = base->source, .path = base->path, .size = base->size, .fields = base->fields };
    config->root = s2s_node_clone(arena, base->merged);
    if (config->root != NULL)
        resolve(&l, config, settings, setting_count);
    return outcome(config, before, ret, errors);
}

s2s_status s2s_section_read(const s2s_config *config, const char *key, void *record, s2s_error_list *errors)
{
    const s2s_field *section = s2s_field_find(config->fields, s2s_text_of(key));
    const s2s_node  *node = s2s_node_get(config->complete, key);
    const size_t     before = errors->count;
    s2s_reader       reader = { .arena = config->arena, .errors = errors, .root = config->fields };

    assert(section != NULL && section->fields != NULL);
    if (node == NULL || s2s_node_is_null(node) || node->broken)
        return S2S_OK;
    if (s2s_read_section(&reader, section, node, record) == NULL)
        return s2s_errors_no_memory(errors);
    return errors->count > before ? S2S_CONFIG : S2S_OK;
}

s2s_status s2s_config_load(const char *path, const s2s_setting *settings, size_t setting_count,
                           const s2s_field *root, size_t root_size, s2s_arena *arena,
                           s2s_config **ret, s2s_error_list *errors)
{
    s2s_text  text;
    s2s_error err;

    if (errors->arena == NULL)
        errors->arena = arena;
    if (s2s_file_read_limited(path, S2S_CONFIG_BYTES, arena, &text, &err) != S2S_OK) {
        err.status = err.status == S2S_MEMORY ? S2S_MEMORY : S2S_CONFIG;
        s2s_errors_take(errors, &err);
        return err.status;
    }
    return s2s_config_parse(text, path, settings, setting_count, root, root_size, arena, ret, errors);
}

s2s_status s2s_object_parse(s2s_text text, const char *path, const s2s_registry *registry, s2s_arena *arena,
                            s2s_object **ret, s2s_error_list *errors)
{
    s2s_reader   reader = { .arena = arena, .errors = errors };
    s2s_object  *object = NULL;
    const size_t before = errors->count;
    s2s_node    *node;

    if (errors->arena == NULL)
        errors->arena = arena;
    s2s_errors_source(errors, path, text, false);
    node = s2s_yaml_parse(text, (s2s_position){ path, 1, 1 }, false, ".", arena, errors);
    if (node != NULL)
        s2s_read_object(&reader, registry, node, NULL, &object);
    if (s2s_arena_failed(arena) || s2s_arena_failed(errors->arena) || (errors->count == before && object == NULL))
        return s2s_errors_no_memory(errors);
    if (errors->count > before)
        return S2S_CONFIG;
    *ret = object;
    return S2S_OK;
}
