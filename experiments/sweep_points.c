/* sweep_points.c -- counting through a grid, drawing at random. */
#include "experiments/sweep_points.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/random.h"

static s2s_status no_memory(s2s_error *err) { return s2s_fail(err, S2S_MEMORY, "out of memory"); }

/* --- values -------------------------------------------------------------------------------------------------------------- */

/* A number as the file could have it, at the place of the parameter. */
static const s2s_node *number_node(const s2s_sweep_parameter *p, double value, bool whole, s2s_arena *arena)
{
    s2s_node *node = S2S_NEW(arena, s2s_node);
    char     *text = whole ? s2s_arena_printf(arena, "%.0f", value) : s2s_arena_printf(arena, "%.6g", value);

    if (node == NULL || text == NULL)
        return NULL;
    *node = (s2s_node){ .kind = S2S_NODE_SCALAR, .at = p->node->at, .span = p->node->span, .text = s2s_text_of(text), .folder = "." };
    return node;
}

static bool set_value(s2s_sweep_point *point, size_t i, const s2s_node *node, s2s_arena *arena)
{
    s2s_string text = { 0 };

    point->value[i] = node;
    point->text[i] = node != NULL && s2s_node_write(node, &text) ? s2s_arena_strdup(arena, s2s_string_chars(&text)) : NULL;
    s2s_string_release(&text);
    return point->text[i] != NULL;
}

static bool point_init(s2s_sweep_point *point, size_t parameters, s2s_arena *arena)
{
    point->value = S2S_NEW_ARRAY(arena, const s2s_node *, parameters);
    point->text = S2S_NEW_ARRAY(arena, const char *, parameters);
    return point->value != NULL && point->text != NULL;
}

/* --- grid ---------------------------------------------------------------------------------------------------------------- */

static size_t values_of(const s2s_sweep_parameter *p)
{
    if (p->distribution == S2S_DRAW_INT_UNIFORM)
        return p->maximum - p->minimum < S2S_SWEEP_POINTS_MAX ? (size_t)(p->maximum - p->minimum) + 1 : S2S_SWEEP_POINTS_MAX + 1;
    return p->count;
}

static const s2s_node *value_at(const s2s_sweep_parameter *p, size_t i, s2s_arena *arena)
{
    return p->distribution == S2S_DRAW_INT_UNIFORM ? number_node(p, p->minimum + (double)i, true, arena) : p->value[i];
}

/* All points of the grid, or one more than may be. */
static size_t grid_size(const s2s_sweep_spec *spec)
{
    size_t count = 1;

    for (size_t i = 0; i < spec->parameter_count; i++) {
        const size_t values = values_of(&spec->parameter[i]);

        if (count > S2S_SWEEP_POINTS_MAX / values)
            return S2S_SWEEP_POINTS_MAX + 1;
        count *= values;
    }
    return count;
}

static bool grid_point(const s2s_sweep_spec *spec, size_t number, s2s_sweep_point *point, s2s_arena *arena)
{
    for (size_t i = spec->parameter_count; i-- > 0;) {
        const size_t values = values_of(&spec->parameter[i]);

        if (!set_value(point, i, value_at(&spec->parameter[i], number % values, arena), arena))
            return false;
        number /= values;
    }
    return true;
}

static s2s_status make_grid(const s2s_sweep_spec *spec, s2s_arena *arena, s2s_sweep_points *ret, s2s_error *err)
{
    const size_t all = grid_size(spec), cap = (size_t)spec->run_cap;
    const size_t count = cap > 0 && cap < all ? cap : all;

    if (count > S2S_SWEEP_POINTS_MAX)
        return s2s_fail(err, S2S_CONFIG, "sweep.parameters: the grid has more than %d points; run_cap takes the first so many", S2S_SWEEP_POINTS_MAX);
    ret->item = S2S_NEW_ARRAY(arena, s2s_sweep_point, count);
    if (ret->item == NULL)
        return no_memory(err);
    for (size_t i = 0; i < count; i++)
        if (!point_init(&ret->item[i], spec->parameter_count, arena) || !grid_point(spec, i, &ret->item[i], arena))
            return no_memory(err);
    ret->count = count;
    return S2S_OK;
}

/* --- random -------------------------------------------------------------------------------------------------------------- */

static double clamp(double value, double low, double high) { return value < low ? low : value > high ? high : value; }

/* Six significant digits are drawn, the ones that are written down. */
static double rounded(double value)
{
    char   text[32];
    double read = value;

    snprintf(text, sizeof text, "%.6g", value);
    s2s_text_to_real(s2s_text_of(text), &read);
    return read;
}

static double between(const s2s_sweep_parameter *p, double u) { return p->minimum + u * (p->maximum - p->minimum); }

static double log_between(const s2s_sweep_parameter *p, double u)
{
    return exp(log(p->minimum) + u * (log(p->maximum) - log(p->minimum)));
}

/* The nearest multiple of q that lies in the range, if one does. */
static double quantized(const s2s_sweep_parameter *p, double value)
{
    const double low = ceil(p->minimum / p->q - 1e-9) * p->q, high = floor(p->maximum / p->q + 1e-9) * p->q;

    return low <= high ? clamp(round(value / p->q) * p->q, low, high) : value;
}

static const s2s_node *draw_listed(const s2s_sweep_parameter *p, const s2s_stream *stream)
{
    double u = s2s_random_uniform(stream, 0);
    size_t i = 0;

    if (p->probability == NULL)
        return p->value[s2s_random_below(stream, 0, p->count)];
    while (i + 1 < p->count && u >= p->probability[i])
        u -= p->probability[i++];
    while (i > 0 && p->probability[i] == 0)            /* rounding may run past the last that can be drawn */
        i--;
    return p->value[i];
}

static double draw_number(const s2s_sweep_parameter *p, const s2s_stream *stream)
{
    const double u = s2s_random_uniform(stream, 0);

    switch (p->distribution) {
    case S2S_DRAW_INT_UNIFORM:          return p->minimum + (double)s2s_random_below(stream, 0, (uint64_t)(p->maximum - p->minimum) + 1);
    case S2S_DRAW_UNIFORM:              return clamp(rounded(between(p, u)), p->minimum, p->maximum);
    case S2S_DRAW_Q_UNIFORM:            return rounded(quantized(p, between(p, u)));
    case S2S_DRAW_LOG_UNIFORM_VALUES:   return clamp(rounded(log_between(p, u)), p->minimum, p->maximum);
    case S2S_DRAW_Q_LOG_UNIFORM_VALUES: return rounded(quantized(p, log_between(p, u)));
    case S2S_DRAW_NORMAL:               return rounded(p->mu + p->sigma * s2s_random_normal(stream, 0));
    default:                       return rounded(round((p->mu + p->sigma * s2s_random_normal(stream, 0)) / p->q) * p->q);
    }
}

/* Every parameter of every attempt at a point has a stream of its own. */
static bool draw_point(const s2s_sweep_spec *spec, uint64_t seed, uint64_t number, uint64_t attempt, s2s_sweep_point *point, s2s_arena *arena)
{
    for (size_t i = 0; i < spec->parameter_count; i++) {
        const s2s_sweep_parameter *p = &spec->parameter[i];
        const s2s_stream stream = s2s_stream_make(seed, S2S_RANDOM_SWEEP, number, attempt, i);
        const bool listed = p->distribution == S2S_DRAW_CONSTANT || p->distribution == S2S_DRAW_CATEGORICAL;
        const s2s_node *node = listed ? draw_listed(p, &stream)
                                      : number_node(p, draw_number(p, &stream), p->distribution == S2S_DRAW_INT_UNIFORM, arena);

        if (!set_value(point, i, node, arena))
            return false;
    }
    return true;
}

static bool same_point(const s2s_sweep_spec *spec, const s2s_sweep_point *a, const s2s_sweep_point *b)
{
    for (size_t i = 0; i < spec->parameter_count; i++)
        if (strcmp(a->text[i], b->text[i]) != 0)
            return false;
    return true;
}

static bool is_new(const s2s_sweep_spec *spec, const s2s_sweep_points *points, const s2s_sweep_point *point)
{
    for (size_t i = 0; i < points->count; i++)
        if (same_point(spec, &points->item[i], point))
            return false;
    return true;
}

static s2s_status make_random(const s2s_sweep_spec *spec, uint64_t seed, s2s_arena *arena, s2s_sweep_points *ret, s2s_error *err)
{
    enum { ATTEMPTS = 1000 };          /* in a row without anything new: all has been drawn */

    ret->count = 0;
    ret->item = S2S_NEW_ARRAY(arena, s2s_sweep_point, spec->run_cap);
    if (ret->item == NULL)
        return no_memory(err);
    for (uint64_t point = 0; point < (uint64_t)spec->run_cap; point++) {
        bool found = false;

        for (uint64_t attempt = 0; attempt < ATTEMPTS && !found; attempt++) {
            s2s_sweep_point *next = &ret->item[ret->count];

            if (!point_init(next, spec->parameter_count, arena) || !draw_point(spec, seed, point, attempt, next, arena))
                return no_memory(err);
            found = is_new(spec, ret, next);
        }
        if (!found)
            break;
        ret->count++;
    }
    return S2S_OK;
}

s2s_status s2s_sweep_points_make(const s2s_sweep_spec *spec, uint64_t seed, s2s_arena *arena, s2s_sweep_points *ret, s2s_error *err)
{
    return spec->grid ? make_grid(spec, arena, ret, err) : make_random(spec, seed, arena, ret, err);
}
