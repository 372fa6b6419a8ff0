/*
 * sizes.h -- `units: auto` in recurrent layers: sizes for which the whole model has as many parameters as model.parameters says.
 *
 * All layers get the same size where that comes within 1 %; else the first two may differ by a few units. Parameters grow with the
 * size, so the search is a bisection over graphs, microseconds each.
 *
 * Owns     the list lives in the arena given; the sizes are written to the layers' options.
 */
#ifndef S2S_EXPERIMENTS_SIZES_H
#define S2S_EXPERIMENTS_SIZES_H

#include "graph/graph.h"

/* The recurrent layers that left their size open, wrapped ones too. */
typedef struct s2s_open_sizes {
    size_t count, capacity;
    struct s2s_open_size { const s2s_object *layer; int64_t *units; } *item;
} s2s_open_sizes;

s2s_status s2s_open_sizes_find(const s2s_object_list *layers, s2s_arena *arena, s2s_open_sizes *ret, s2s_error *err);

/* Errors: S2S_CONFIG at `at` when no size comes within 1 %; whatever is wrong with the graph itself. */
s2s_status s2s_open_sizes_choose(const s2s_open_sizes *sizes, const s2s_graph_source *source, int64_t parameters, s2s_position at, s2s_error *err);

#endif
