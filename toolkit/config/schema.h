/*
 * schema.h -- one table says what a user may write; parser, `explain`, `schema`, completion and README read it.
 *
 * A table is an array of s2s_field ended by S2S_FIELD_END. Each row names a key, the struct member that receives the value,
 * its default, bounds, unit and help. What a user can pick by name (layers, initialisers, optimizers, data sets, ...) is an
 * *entry* of a *registry*; a table takes a pointer to the registry, so this floor never knows what is in one.
 *
 * A value that picks an entry is an *object*. In YAML:  glorot_uniform  |  GlorotUniform  |  {type: GlorotUniform, seed: 3}.
 *
 * Example
 *   typedef struct { int64_t units; double dropout; bool return_sequences; s2s_object *activation; } options;
 *   static const s2s_field fields[] = {
 *       S2S_FIELD_INT   (options, units, S2S_REQUIRED, 1, 65536, "units", "hidden state size H"),
 *       S2S_FIELD_REAL  (options, dropout, "0.0", 0.0, 0.99, "fraction", "share of inputs dropped in training"),
 *       S2S_FIELD_BOOL  (options, return_sequences, "false", "emit every step, not just the last"),
 *       S2S_FIELD_OBJECT(options, activation, "tanh", &s2s_activations, "candidate-state nonlinearity"),
 *       S2S_FIELD_END
 *   };
 */
#ifndef S2S_CONFIG_SCHEMA_H
#define S2S_CONFIG_SCHEMA_H

#include <math.h>
#include <stdint.h>

#include "config/node.h"

typedef struct s2s_field s2s_field;
typedef struct s2s_registry s2s_registry;

/* What every registered thing starts with; its vtable struct has this as first member, called `entry`. */
typedef struct s2s_entry {
    const char *name;                    /* Keras' class name: "GlorotUniform" */
    const char *alias;                   /* Keras' identifiers, one space between: "random_uniform uniform"; NULL when there is none */
    const char *summary;                 /* one line, no full stop */
    const s2s_field *fields;             /* NULL: takes no options */
    size_t options_size;
    const char *const *examples;         /* YAML, ended by NULL: reference text and contract tests run them. May be NULL */
} s2s_entry;

struct s2s_registry {
    const char *noun, *plural;           /* "layer", "layers": `s2s explain layers` */
    const s2s_entry *const *entries;
    size_t count;
    const s2s_field *common;             /* keys that every entry takes beside its own, or NULL; written to common_options */
    size_t common_size;
    const char *number_entry;            /* a bare number means this entry, with the number as its first field; or NULL */
    bool names_only;                     /* entries stand in lists of names, and have no keys */
    const char *hint;                    /* said after "unknown layer 'x'" when nothing is near; or NULL */
};

/* A chosen entry with its parsed options. The layers' `repeat`, `name`, ... are in `common`. */
typedef struct s2s_object {
    const s2s_entry *entry;
    void *options;                       /* entry->options_size bytes */
    void *common;                        /* registry->common_size bytes, or NULL */
    s2s_position at;                     /* of the value of `type`, or of the scalar */
    const s2s_node *node;                /* NULL for a default */
    const char *path;                    /* "model.layers.1" */
} s2s_object;

/* Lists, in the config's arena. */
typedef struct s2s_int_list  { size_t count; int64_t *item; } s2s_int_list;
typedef struct s2s_real_list { size_t count; double *item; } s2s_real_list;
typedef struct s2s_text_list { size_t count; const char **item; s2s_position *at; } s2s_text_list;
typedef struct s2s_object_list { size_t count; s2s_object **item; } s2s_object_list;
typedef struct s2s_group_list { size_t count; const char **key; void **item; s2s_position *at; } s2s_group_list;   /* streams: {word: {...}} */

typedef enum s2s_field_kind {
    S2S_KIND_END,
    S2S_KIND_INT, S2S_KIND_REAL, S2S_KIND_BOOL, S2S_KIND_TEXT, S2S_KIND_PATH,
    S2S_KIND_CHOICE,            /* int: index into names */
    S2S_KIND_OBJECT,            /* s2s_object *: NULL when the value is null */
    S2S_KIND_GROUP,             /* a struct inside the struct */
    S2S_KIND_GROUP_OR_NONE,     /* a pointer to a struct; NULL when the key is left out or null */
    S2S_KIND_GROUPS,            /* s2s_group_list: a map from the user's own names to groups */
    S2S_KIND_INTS, S2S_KIND_REALS, S2S_KIND_TEXTS, S2S_KIND_OBJECTS,
    S2S_KIND_PATHS,             /* s2s_text_list: one path or a list of paths */
    S2S_KIND_ANY,               /* const s2s_node *: any value, kept as it is for others to judge; NULL when the key is left out */
    S2S_KIND_NODE               /* const s2s_node *: a map or list, kept as it is: sections with a grammar of their own (vars, sweep) */
} s2s_field_kind;

enum {
    S2S_FLAG_REQUIRED = 1,      /* no default */
    S2S_FLAG_AUTO = 2,          /* takes `auto`, stored as 0 */
    S2S_FLAG_NULL = 4,          /* takes null: 0, NaN, NULL or an empty list */
    S2S_FLAG_RESUME = 8         /* may change on resume */
};

struct s2s_field {
    const char *key;
    s2s_field_kind kind;
    unsigned flags;
    size_t offset;
    double minimum, maximum;            /* numbers and, for lists, their elements; both ends are legal */
    const char *preset;                 /* the default as YAML text; NULL when there is none (required, or null) */
    const char *unit, *help;
    const s2s_registry *registry;       /* objects; lists of names */
    const s2s_field *fields;            /* groups; nodes that s2s_section_read will read */
    size_t size;                        /* bytes of a group's struct, for groups kept by pointer */
    const char *const *names;           /* choices, ended by NULL */
    const char *scalar_key;             /* group: a bare scalar stands for {scalar_key: scalar} */
};

/* The words for the default column. */
#define S2S_REQUIRED "\1required"
#define S2S_AUTO "auto"
#define S2S_NONE "null"

/* Does not compile unless the member has the type that the parser will write. */
#define S2S_OFFSET(type, member, expected) \
    (offsetof(type, member) + _Generic(((type *)0)->member, expected: (size_t)0))

/* Defaults are written as YAML text: "0.001", "128", "true", S2S_AUTO, S2S_NONE (null, which the key then also accepts), S2S_REQUIRED. */

#define S2S_FIELD_INT(type, member, default_text, low, high, unit_, help_) \
    { .key = #member, .kind = S2S_KIND_INT, .offset = S2S_OFFSET(type, member, int64_t), .preset = default_text, \
      .minimum = low, .maximum = high, .unit = unit_, .help = help_ }
#define S2S_FIELD_INT_OR_AUTO(type, member, default_text, low, high, unit_, help_) \
    { .key = #member, .kind = S2S_KIND_INT, .flags = S2S_FLAG_AUTO, .offset = S2S_OFFSET(type, member, int64_t), \
      .preset = default_text, .minimum = low, .maximum = high, .unit = unit_, .help = help_ }
#define S2S_FIELD_REAL(type, member, default_text, low, high, unit_, help_) \
    { .key = #member, .kind = S2S_KIND_REAL, .offset = S2S_OFFSET(type, member, double), .preset = default_text, \
      .minimum = low, .maximum = high, .unit = unit_, .help = help_ }
#define S2S_FIELD_BOOL(type, member, default_text, help_) \
    { .key = #member, .kind = S2S_KIND_BOOL, .offset = S2S_OFFSET(type, member, bool), .preset = default_text, .help = help_ }
#define S2S_FIELD_TEXT(type, member, default_text, help_) \
    { .key = #member, .kind = S2S_KIND_TEXT, .offset = S2S_OFFSET(type, member, const char *), .preset = default_text, .help = help_ }
#define S2S_FIELD_PATH(type, member, default_text, help_) \
    { .key = #member, .kind = S2S_KIND_PATH, .offset = S2S_OFFSET(type, member, const char *), .preset = default_text, .help = help_ }
#define S2S_FIELD_CHOICE(type, member, default_text, names_, help_) \
    { .key = #member, .kind = S2S_KIND_CHOICE, .offset = S2S_OFFSET(type, member, int), .preset = default_text, .names = names_, .help = help_ }
#define S2S_FIELD_OBJECT(type, member, default_text, registry_, help_) \
    { .key = #member, .kind = S2S_KIND_OBJECT, .offset = S2S_OFFSET(type, member, s2s_object *), .preset = default_text, \
      .registry = registry_, .help = help_ }
#define S2S_FIELD_OBJECTS(type, member, default_text, registry_, help_) \
    { .key = #member, .kind = S2S_KIND_OBJECTS, .offset = S2S_OFFSET(type, member, s2s_object_list), .preset = default_text, \
      .registry = registry_, .help = help_ }
#define S2S_FIELD_INTS(type, member, default_text, low, high, unit_, help_) \
    { .key = #member, .kind = S2S_KIND_INTS, .offset = S2S_OFFSET(type, member, s2s_int_list), .preset = default_text, \
      .minimum = low, .maximum = high, .unit = unit_, .help = help_ }
#define S2S_FIELD_REALS(type, member, default_text, low, high, unit_, help_) \
    { .key = #member, .kind = S2S_KIND_REALS, .offset = S2S_OFFSET(type, member, s2s_real_list), .preset = default_text, \
      .minimum = low, .maximum = high, .unit = unit_, .help = help_ }
#define S2S_FIELD_TEXTS(type, member, default_text, help_) \
    { .key = #member, .kind = S2S_KIND_TEXTS, .offset = S2S_OFFSET(type, member, s2s_text_list), .preset = default_text, .help = help_ }
#define S2S_FIELD_NAMES(type, member, default_text, registry_, help_) \
    { .key = #member, .kind = S2S_KIND_TEXTS, .offset = S2S_OFFSET(type, member, s2s_text_list), .preset = default_text, \
      .registry = registry_, .help = help_ }
#define S2S_FIELD_PATHS(type, member, default_text, help_) \
    { .key = #member, .kind = S2S_KIND_PATHS, .offset = S2S_OFFSET(type, member, s2s_text_list), .preset = default_text, .help = help_ }
#define S2S_FIELD_GROUP(type, member, group_type, fields_, help_) \
    { .key = #member, .kind = S2S_KIND_GROUP, .offset = S2S_OFFSET(type, member, group_type), .fields = fields_, .size = sizeof(group_type), .help = help_ }
#define S2S_FIELD_GROUP_OR_NONE(type, member, group_type, scalar_key_, fields_, help_) \
    { .key = #member, .kind = S2S_KIND_GROUP_OR_NONE, .offset = S2S_OFFSET(type, member, group_type *), .fields = fields_, \
      .size = sizeof(group_type), .scalar_key = scalar_key_, .preset = S2S_NONE, .help = help_ }
#define S2S_FIELD_GROUPS(type, member, group_type, fields_, help_) \
    { .key = #member, .kind = S2S_KIND_GROUPS, .offset = S2S_OFFSET(type, member, s2s_group_list), .fields = fields_, \
      .size = sizeof(group_type), .preset = S2S_NONE, .help = help_ }
#define S2S_FIELD_ANY(type, member, help_) \
    { .key = #member, .kind = S2S_KIND_ANY, .offset = S2S_OFFSET(type, member, const s2s_node *), .preset = S2S_NONE, .help = help_ }
#define S2S_FIELD_NODE(type, member, help_) \
    { .key = #member, .kind = S2S_KIND_NODE, .offset = S2S_OFFSET(type, member, const s2s_node *), .preset = S2S_NONE, .help = help_ }
#define S2S_FIELD_SECTION(type, member, fields_, help_) \
    { .key = #member, .kind = S2S_KIND_NODE, .offset = S2S_OFFSET(type, member, const s2s_node *), .fields = fields_, .preset = S2S_NONE, \
      .help = help_ }
#define S2S_FIELD_END { .kind = S2S_KIND_END }

#endif
