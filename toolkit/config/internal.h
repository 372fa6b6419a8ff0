/*
 * internal.h -- what the files of this floor share; nobody else includes it.
 *
 *   yaml.c       text -> nodes                         reference.c  ${...}
 *   merge.c      extends                               schema.c, value.c  nodes -> structs and the complete tree
 *   setting.c    overrides, KEY=VALUE                  names.c      finding rows and entries, naming what is wrong
 */
#ifndef S2S_CONFIG_INTERNAL_H
#define S2S_CONFIG_INTERNAL_H

#include "config/config.h"

/* Bounds of what is a configuration; beyond them lie mistakes and attacks. */
enum { S2S_CONFIG_BYTES = 1 << 20, S2S_NESTING = 64, S2S_ENTRIES = 10000 };

/* ---- errors ---- */

/* Let errors point into `text`. */
void s2s_errors_source(s2s_error_list *errors, const char *file, s2s_text text, bool words);

/* ---- nodes ---- */

/* Where the text that a node's value comes from starts. */
s2s_position s2s_node_value_at(const s2s_node *node, int *span);

/* "'12x'", "a list", "nothing": for messages. */
const char *s2s_node_describe(s2s_arena *arena, const s2s_node *node);

/* Copies share children; NULL when memory is out. */
s2s_node *s2s_node_copy(s2s_arena *arena, const s2s_node *node);
s2s_node *s2s_node_clone(s2s_arena *arena, const s2s_node *node);                      /* shares nothing */
s2s_node *s2s_node_map(s2s_arena *arena, const s2s_node *like, size_t capacity);       /* empty, at the place of `like` */
bool s2s_node_put(s2s_arena *arena, s2s_node *map, const char *key, s2s_position key_at, s2s_node *value);      /* adds or replaces */
void s2s_node_drop(s2s_node *map, const char *key);
void s2s_node_set_origin(s2s_node *node, s2s_origin origin);

/* ---- yaml.c ---- */

/*
 * s2s_yaml_parse -- compose one document.
 *
 * `start` is the place of the text's first character, for messages. An empty text is NULL with an error, unless it is one
 * of KEY=VALUE's values (`word`), where it is null. Errors are added to the list; NULL when nothing useful could be read.
 */
s2s_node *s2s_yaml_parse(s2s_text text, s2s_position start, bool word, const char *folder, s2s_arena *arena, s2s_error_list *errors);

/* ---- merge.c ---- */

/* `upper` over `lower`; may change both. NULL when memory is out. */
s2s_node *s2s_node_merge(s2s_node *lower, s2s_node *upper, s2s_arena *arena);

/* ---- setting.c ---- */

/* Set what `path` names to `value`, under the root table. Errors are added at `at`. False when memory is out. */
bool s2s_node_set(s2s_node *root, const s2s_field *fields, const char *path, s2s_node *value, s2s_position at, int span,
                  s2s_arena *arena, s2s_error_list *errors);

/* ---- reference.c ---- */

bool s2s_text_is_reference(s2s_text text);                       /* one whole ${...} */
s2s_node *s2s_reference_target(const s2s_node *root, s2s_text reference);      /* without following others */
void s2s_references_mark(s2s_node *root);                        /* what ${...} names is `used` */
bool s2s_references_replace(s2s_node *root, s2s_arena *arena, s2s_error_list *errors);     /* false when memory is out */
void s2s_references_unused(const s2s_node *root, const char *file, s2s_error_list *errors);

/* ---- names.c ---- */

/* The keys that are legal in one map. */
typedef struct s2s_level {
    const s2s_field *own, *common;        /* either may be NULL */
    const s2s_registry *registry;         /* when the map is an object: where its entry comes from */
    const s2s_entry *entry;
} s2s_level;

const s2s_field *s2s_field_find(const s2s_field *fields, s2s_text key);
const s2s_field *s2s_level_find(const s2s_level *level, s2s_text key);
const s2s_entry *s2s_entry_find(const s2s_registry *registry, s2s_text name);        /* by name or alias */
s2s_text s2s_entry_aliases(const s2s_entry *entry);              /* to be split at spaces */

/* The rows of keys that every file takes and no experiment sees: extends, overrides, vars. */
extern const s2s_field s2s_document_fields[];

/* "unknown key; did you mean '...'?": what to say about `key` here. `root` may be NULL. */
const char *s2s_unknown_key(s2s_arena *arena, const s2s_level *level, const s2s_field *root, s2s_text key);

/* True when another toolkit's name `key` stands for `ours`. */
bool s2s_name_means(s2s_text key, const char *ours);

/* True when an illegal key of the map seems to stand for this row: then that is the mistake, not that the row is missing. */
bool s2s_key_is_meant(const s2s_level *level, const s2s_node *map, const s2s_field *field);

/* "; did you mean 'LSTM'?" or what the registry says when nothing is near. `aliases`: where a bare word may be one. */
const char *s2s_unknown_entry(s2s_arena *arena, const s2s_registry *registry, const char *name, bool aliases);

/* ---- tables.c: what can be told from the tables alone ---- */

enum { S2S_REGISTRIES_MAX = 64 };

/* Every registry that the root table leads to, in the order in which a reader meets them. */
typedef struct s2s_registry_list {
    size_t count;
    const s2s_registry *item[S2S_REGISTRIES_MAX];
} s2s_registry_list;

s2s_registry_list s2s_registries_of(const s2s_field *root);

/* The row at a dotted path. Objects are gone through by any key of any entry, or by `Entry.key`; list elements by anything. */
const s2s_field *s2s_field_at(const s2s_field *root, const char *path);

const char *s2s_default_of(const s2s_field *field);              /* "required", "0.001", "" for groups */
bool s2s_is_group(const s2s_field *field);                       /* holds rows of its own */

/* ---- schema.c ---- */

typedef struct s2s_trail {                /* the way to a value, for messages */
    const struct s2s_trail *up;
    const char *key;                      /* NULL: an element of a list */
    size_t index;
} s2s_trail;

const char *s2s_trail_path(s2s_arena *arena, const s2s_trail *trail);      /* "model.layers.1.units" */

typedef struct s2s_reader {
    s2s_arena *arena;
    s2s_error_list *errors;
    const s2s_field *root;                /* for finding where a misplaced key belongs; or NULL */
    const char *topic;                    /* of the map being read */
    const s2s_level *level;               /* the keys that are legal in it */
} s2s_reader;

/* All that follow return the complete node, or NULL when memory is out; mistakes are in reader->errors. */
s2s_node *s2s_read_root(s2s_reader *reader, const s2s_field *fields, const s2s_node *root, void *record);
s2s_node *s2s_read_section(s2s_reader *reader, const s2s_field *section, const s2s_node *node, void *record);
s2s_node *s2s_read_object(s2s_reader *reader, const s2s_registry *registry, const s2s_node *node, const s2s_trail *trail, s2s_object **ret);

/* ---- value.c ---- */

/* Read a value that is no map and no object into the struct's member. */
s2s_node *s2s_read_value(s2s_reader *reader, const s2s_field *field, const s2s_node *node, const s2s_trail *trail, void *member);

/* Say "path: message" at the value. */
void s2s_complain(s2s_reader *reader, const s2s_node *node, const s2s_trail *trail, const char *format, ...) S2S_PRINTF(4, 5);

/* "an integer from 1 to 65536", "one of highest, high, medium", "a layer": what a row takes. */
const char *s2s_expected(s2s_arena *arena, const s2s_field *field);

const char *s2s_article(const char *noun);        /* "a", "an" */

bool s2s_takes_null(const s2s_field *field);
bool s2s_takes_auto(const s2s_field *field);
bool s2s_is_required(const s2s_field *field);

/* The default of a row as a node at the place of `owner`; NULL when memory is out. Asserts that there is one. */
s2s_node *s2s_preset(const s2s_field *field, const s2s_node *owner, s2s_arena *arena, s2s_error_list *errors);

/* A scalar that stands for a map, as that map: {type: LSTM}, {type: Constant, value: 0.1}, {from: x}. Others as they are. */
s2s_node *s2s_promote(const s2s_field *field, const s2s_registry *registry, const s2s_node *node, s2s_arena *arena);

#endif
