/*
 * config.h -- from a file and KEY=VALUE words to a filled struct, or to the list of everything that is wrong.
 *
 * Order: extends, overrides, command line, sweep, ${}, auto (auto is left to the graph). See the README's reference.
 */
#ifndef S2S_CONFIG_CONFIG_H
#define S2S_CONFIG_CONFIG_H

#include "base/arena.h"
#include "base/status.h"
#include "config/node.h"
#include "config/schema.h"

enum { S2S_ERRORS_SHOWN = 50 };

/* Every mistake of one pass, in the order of the file. Start with { .arena = ... }. */
typedef struct s2s_error_list {
    s2s_arena *arena;              /* set by the caller */
    size_t count, capacity;        /* at most S2S_ERRORS_SHOWN are kept */
    s2s_error *item;
    int64_t *rank;                 /* of each item, ascending: file, line, column */
    size_t more;                   /* errors beyond those kept */
    const char *topic;             /* what `s2s explain` should be asked about, or NULL */
    struct s2s_source {            /* texts that errors may point into */
        const char *file;
        s2s_text text;
        bool words;                /* KEY=VALUE words, one a line: their line numbers mean nothing to the user */
    } *source;
    size_t source_count, source_capacity;
    s2s_error spare;               /* when there is no memory for another */
} s2s_error_list;

/* One more error, put in its place with source line and caret; for checks made after parsing too (e.g. sweep paths). */
void s2s_errors_add(s2s_error_list *errors, s2s_position at, int span, const char *format, ...) S2S_PRINTF(4, 5);

/* The same from an error that another floor has filled (a shape that does not fit, a data file that is wrong). Returns its status. */
s2s_status s2s_errors_take(s2s_error_list *errors, const s2s_error *err);

/* "out of memory", as one more error. Returns S2S_MEMORY. */
s2s_status s2s_errors_no_memory(s2s_error_list *errors);

/* The first of them in `err` (which may be NULL), where one is enough; there must be one. Returns its status. */
s2s_status s2s_errors_first(const s2s_error_list *errors, s2s_error *err);

/* All of them as the user reads them: every error with its context, "... and 3 more", and the line that sums up. */
void s2s_errors_format(const s2s_error_list *errors, s2s_string *ret);

typedef struct s2s_setting {           /* KEY=VALUE */
    const char *key, *value;
    s2s_origin origin;                 /* S2S_ORIGIN_COMMAND_LINE or S2S_ORIGIN_SWEEP */
    const s2s_node *node;              /* the value itself, where it is a part of some file (errors then point there); NULL: read `value` */
} s2s_setting;

typedef struct s2s_config {
    s2s_arena *arena;
    s2s_text source;                   /* the file as given, byte for byte */
    const char *path;                  /* as given by the caller */
    const s2s_node *merged;            /* the file over what it extends, with its overrides, before any setting */
    s2s_node *root;                    /* what was written: everything merged, references replaced */
    s2s_node *complete;                /* every key in the order of the tables, defaults too; objects as maps with `type` */
    void *values;                      /* the struct that the root table describes */
    size_t size;                       /* of that struct */
    const s2s_field *fields;
} s2s_config;

/*
 * s2s_config_load -- read, merge, resolve and check a file against the root table.
 *
 * Owns     the config lives in `arena`.
 * Errors   S2S_CONFIG (or S2S_MEMORY); all mistakes are in errors, at least one. Nothing is written anywhere.
 */
s2s_status s2s_config_load(const char *path, const s2s_setting *settings, size_t setting_count,
                           const s2s_field *root, size_t root_size, s2s_arena *arena,
                           s2s_config **ret, s2s_error_list *errors);

/* The same from text in memory (`path` names it in messages): resolved configs in checkpoints, and tests. */
s2s_status s2s_config_parse(s2s_text text, const char *path, const s2s_setting *settings, size_t setting_count,
                            const s2s_field *root, size_t root_size, s2s_arena *arena,
                            s2s_config **ret, s2s_error_list *errors);

/*
 * s2s_config_again -- the same configuration with other settings, without looking at any file again.
 *
 * Owns     the result borrows from `base`, which must outlive it.
 * Threads  `base` is only read.
 */
s2s_status s2s_config_again(const s2s_config *base, const s2s_setting *settings, size_t setting_count, s2s_arena *arena,
                            s2s_config **ret, s2s_error_list *errors);

/* One object, e.g. a layer's example "{type: LSTM, units: 3}", against a registry. */
s2s_status s2s_object_parse(s2s_text text, const char *path, const s2s_registry *registry, s2s_arena *arena,
                            s2s_object **ret, s2s_error_list *errors);

/*
 * s2s_section_read -- a section that the root table keeps as a node (S2S_FIELD_SECTION), into the struct that its own table describes.
 *
 * Does not stop at a mistake: all are added to errors, and what is wrong stays zero. A section that is not there is left at zero.
 * Errors   S2S_CONFIG when something was wrong, S2S_MEMORY.
 */
s2s_status s2s_section_read(const s2s_config *config, const char *key, void *record, s2s_error_list *errors);

/*
 * s2s_config_write -- the complete config as YAML that runs again: every key, defaults too, `auto` and references kept.
 *
 * `origins` adds "# given", "# default", "# override", ... to every value; `folder` is where the text will stand: paths are
 * rewritten to be right from there (NULL: paths as given).
 */
s2s_status s2s_config_write(const s2s_config *config, bool origins, const char *folder, s2s_string *ret, s2s_error *err);

/* One value, references as written, as YAML that fits on a line: "LSTM", "[64, 128]", "{type: GRU, units: 3}". False when memory is out. */
bool s2s_node_write(const s2s_node *node, s2s_string *ret);

/* Say what the `auto` at a dotted path stands for; s2s_config_write shows it. Nothing happens where there is no `auto`. */
void s2s_config_became(s2s_config *config, const char *path, const char *value);

/* The same without what is default only: types can be changed in it as in the file itself. Bases and settings are worked in. */
s2s_status s2s_config_write_given(const s2s_config *config, const char *folder, s2s_string *ret, s2s_error *err);

/* The node at a dotted path ("model.layers.encoder.units"), defaults too, for diff, compare and sweeps; NULL if there is none. */
const s2s_node *s2s_config_at(const s2s_config *config, const char *path);

/* True if the root table knows the path in this config, written or not (sweeps check every path before the first trial). */
bool s2s_config_knows(const s2s_config *config, const char *path, const s2s_field **ret);

/* Every key of the config with its value as text ("null" where there is none), in the order of the tables: "train.batch_size", "128". */
typedef struct s2s_pair { const char *key, *value; s2s_origin origin; unsigned flags; } s2s_pair;
s2s_status s2s_config_flatten(const s2s_config *config, s2s_arena *arena, s2s_pair **ret, size_t *count, s2s_error *err);
const s2s_pair *s2s_pairs_find(const s2s_pair *pairs, size_t count, const char *key);       /* NULL: there is no such key */

/* The reference, from the same tables. `topic`: NULL (overview), an entry, a registry's plural, or a dotted key path. */
s2s_status s2s_explain(const s2s_field *root, const char *topic, s2s_string *ret, s2s_error *err);
s2s_status s2s_explain_markdown(const s2s_field *root, s2s_string *ret, s2s_error *err);    /* README's reference */
s2s_status s2s_json_schema(const s2s_field *root, s2s_string *ret, s2s_error *err);         /* draft 2020-12 */

/* For shell completion, one word a line: keys that KEY=VALUE may name ("train.epochs"), and topics of `explain`. */
s2s_status s2s_complete_keys(const s2s_field *root, s2s_string *ret, s2s_error *err);
s2s_status s2s_complete_topics(const s2s_field *root, s2s_string *ret, s2s_error *err);

#endif
