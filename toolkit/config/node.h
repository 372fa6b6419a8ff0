/*
 * node.h -- a YAML document as a tree in which every node knows where it stands and where it came from.
 *
 *   file --libyaml events--> nodes --extends, overrides, KEY=VALUE, ${...}--> nodes --schema--> structs
 *
 * Owns     all nodes live in the arena they were made in; file names too.
 */
#ifndef S2S_CONFIG_NODE_H
#define S2S_CONFIG_NODE_H

#include "base/arena.h"
#include "base/status.h"
#include "base/text.h"

typedef enum s2s_node_kind { S2S_NODE_SCALAR, S2S_NODE_LIST, S2S_NODE_MAP } s2s_node_kind;

/* Who said so; resolved.yaml prints it beside every value. */
typedef enum s2s_origin {
    S2S_ORIGIN_DEFAULT, S2S_ORIGIN_GIVEN, S2S_ORIGIN_BASE, S2S_ORIGIN_OVERRIDE, S2S_ORIGIN_COMMAND_LINE, S2S_ORIGIN_SWEEP
} s2s_origin;

extern const char *const s2s_origin_names[];      /* "default", "given", "base", "override", "command line", "sweep" */

struct s2s_field;

typedef struct s2s_node {
    s2s_node_kind kind;
    s2s_origin origin;
    s2s_position at;
    int span;                        /* code points of a scalar as written */
    bool quoted;                     /* 'x', "x", | or >: always a string */
    s2s_text text;                   /* scalar: its value; NUL-ended */
    const char *reference;           /* "${vars.rnn}" where the value came from a reference, else NULL */
    const char *folder;              /* paths in this scalar are relative to it (the file's folder, or "." for the command line) */
    size_t count;                    /* children of a list or map */
    struct s2s_node **child;         /* list: elements; map: values */
    s2s_text *key;                   /* map: keys, NUL-ended */
    s2s_position *key_at;
    const char *became;              /* what `auto` stands for, written behind it in resolved.yaml; or NULL */
    const struct s2s_node *source;   /* the node that a referenced scalar was copied from, or NULL */
    const struct s2s_field *field;   /* the row that says what this value is; NULL until the schema has seen it */
    bool restore;                    /* a null that asks for the default */
    bool broken;                     /* a mistake in it is reported already */

    /* Kept while references are replaced. */
    unsigned char state;             /* new, being replaced, done */
    bool used;                       /* some reference, written anywhere, names it */
    bool live;                       /* a value of the experiment comes from it */
    int depth;                       /* of the tree below, references followed */
    size_t size;                     /* nodes in it, references followed */
} s2s_node;

/* `at` as the user may read it: no line and column in KEY=VALUE words. */
s2s_position s2s_position_shown(s2s_position at);

/* The value under `key`, or NULL (also when node is NULL or no map). */
s2s_node *s2s_node_get(const s2s_node *node, const char *key);

/* The element that `word` names: by 0-based index, or by the element's own `name`. NULL if there is none. */
s2s_node *s2s_node_element(const s2s_node *list, s2s_text word);

/* The value of key `word` of a map, or the element of a list that it names. NULL: there is none, or the node is a value. */
s2s_node *s2s_node_child(const s2s_node *node, s2s_text word);

/* The node at a dotted path ("model.layers.encoder.units"), or NULL. */
s2s_node *s2s_node_find(const s2s_node *node, const char *path);

/* What a scalar is in YAML 1.2's core schema. Quoted ones are text. */
bool s2s_node_is_null(const s2s_node *node);
bool s2s_node_to_bool(const s2s_node *node, bool *ret);
bool s2s_node_to_int(const s2s_node *node, int64_t *ret);
bool s2s_node_to_real(const s2s_node *node, double *ret);
bool s2s_node_is_text(const s2s_node *node);

#endif
