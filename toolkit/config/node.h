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
} s2s_node;

/* The value under `key`, or NULL (also when node is NULL or no map). */
s2s_node *s2s_node_get(const s2s_node *node, const char *key);

#endif
