/*
 * sweep_points.h -- the points of a sweep: one value for each of its parameters.
 *
 * A grid counts through its values, the last parameter fastest. Random points are all different: where nothing new turns up any more,
 * there are fewer than run_cap. Points are a function of the section and the seed alone.
 *
 * Owns     points live in the arena given.
 */
#ifndef S2S_EXPERIMENTS_SWEEP_POINTS_H
#define S2S_EXPERIMENTS_SWEEP_POINTS_H

#include "experiments/sweep_options.h"

typedef struct s2s_sweep_point {
    const s2s_node **value;            /* one for each parameter of the spec */
    const char **text;                 /* the same as YAML on one line */
} s2s_sweep_point;

typedef struct s2s_sweep_points {
    size_t count;
    s2s_sweep_point *item;
} s2s_sweep_points;

enum { S2S_SWEEP_POINTS_MAX = 100000 };

/* Errors: S2S_CONFIG when a grid has more points than S2S_SWEEP_POINTS_MAX and no run_cap; S2S_MEMORY. */
s2s_status s2s_sweep_points_make(const s2s_sweep_spec *spec, uint64_t seed, s2s_arena *arena, s2s_sweep_points *ret, s2s_error *err);

#endif
