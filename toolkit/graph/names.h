/* names.h -- the names in use in a graph, found at once however many there are. */
#ifndef S2S_GRAPH_NAMES_H
#define S2S_GRAPH_NAMES_H

#include <stdbool.h>

#include "base/arena.h"

typedef struct s2s_name { const char *text; int next; } s2s_name;        /* next: the first number behind it that may be free */

typedef struct s2s_names {
    s2s_arena *arena;
    s2s_name *slot;                /* `room` of them, a power of two; at most half are used */
    size_t room, count;
} s2s_names;

bool s2s_names_have(const s2s_names *names, const char *name);

/* Take a name that is free; its text is borrowed. False when memory is out. */
bool s2s_names_take(s2s_names *names, const char *name);

/* base, base_1, base_2, ...: the first that is free, `base` itself or in the arena. NULL when memory is out. */
const char *s2s_names_free(s2s_names *names, const char *base);

#endif
