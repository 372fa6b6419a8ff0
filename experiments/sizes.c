/* sizes.c -- finding layers without a size, and the sizes that fit. */
#include "experiments/sizes.h"

#include <math.h>
#include <string.h>

/* --- layers without a size ----------------------------------------------------------------------------------------------- */

static bool find_in(const s2s_object *layer, s2s_arena *arena, s2s_open_sizes *sizes);

static bool find_in_all(const s2s_object_list *layers, s2s_arena *arena, s2s_open_sizes *sizes)
{
    for (size_t i = 0; i < layers->count; i++)
        if (layers->item[i] != NULL && !find_in(layers->item[i], arena, sizes))
            return false;
    return true;
}

/* A layer's own `units`, and the layers in its options. */
static bool find_in(const s2s_object *layer, s2s_arena *arena, s2s_open_sizes *sizes)
{
    for (const s2s_field *field = layer->entry->fields; field != NULL && field->kind != S2S_KIND_END; field++) {
        char           *member = (char *)layer->options + field->offset;
        s2s_object_list inside = { 0 };

        if (field->kind == S2S_KIND_OBJECT && field->registry == &s2s_layers) {
            inside = (s2s_object_list){ 1, (s2s_object **)(void *)member };
        } else if (field->kind == S2S_KIND_OBJECTS && field->registry == &s2s_layers) {
            memcpy(&inside, member, sizeof inside);
        } else if (field->kind == S2S_KIND_INT && strcmp(field->key, "units") == 0 && s2s_layer_of(layer)->recurrent) {
            int64_t *units = (int64_t *)(void *)member;
            struct s2s_open_size *item = *units == 0 ? s2s_arena_grow(arena, &sizes->item, &sizes->count, &sizes->capacity, sizeof *item) : NULL;

            if (*units == 0 && item == NULL)
                return false;
            if (item != NULL)
                *item = (struct s2s_open_size){ layer, units };
        }
        if (!find_in_all(&inside, arena, sizes))
            return false;
    }
    return true;
}

s2s_status s2s_open_sizes_find(const s2s_object_list *layers, s2s_arena *arena, s2s_open_sizes *ret, s2s_error *err)
{
    s2s_open_sizes sizes = { 0 };

    if (!find_in_all(layers, arena, &sizes))
        return s2s_fail(err, S2S_MEMORY, "out of memory");
    *ret = sizes;
    return S2S_OK;
}

/* --- sizes that fit ------------------------------------------------------------------------------------------------------ */

enum { UNITS_MAX = 65536, DEVIATION_MAX = 12 };

typedef struct search {
    const s2s_open_sizes *sizes;
    const s2s_graph_source *source;
    s2s_arena *arena;                  /* emptied after every graph */
    int64_t wanted;
} search;

/* The first two layers may stand apart from the rest. */
typedef struct choice { int64_t units, first, second; } choice;

static void apply(const search *s, choice c)
{
    for (size_t i = 0; i < s->sizes->count; i++)
        *s->sizes->item[i].units = c.units + (i == 0 ? c.first : i == 1 ? c.second : 0);
}

static s2s_status count_parameters(const search *s, choice c, int64_t *ret, s2s_error *err)
{
    s2s_graph *graph;
    s2s_status status;

    apply(s, c);
    status = s2s_graph_create(s->source, s->arena, &graph, err);
    if (status == S2S_OK)
        *ret = graph->parameters;
    s2s_arena_reset(s->arena);
    return status;
}

static double distance(const search *s, int64_t parameters) { return fabs((double)(parameters - s->wanted)); }

static bool is_close(const search *s, int64_t parameters) { return distance(s, parameters) <= 0.01 * (double)s->wanted; }

/* The largest common size that does not go beyond what is wanted; at least 1. */
static s2s_status bisect(const search *s, int64_t *ret, s2s_error *err)
{
    int64_t low = 1, high = 2, parameters = 0;

    for (; high < UNITS_MAX && parameters <= s->wanted; high *= 2)
        S2S_TRY(count_parameters(s, (choice){ high, 0, 0 }, &parameters, err));
    while (high - low > 1) {
        const int64_t middle = low + (high - low) / 2;

        S2S_TRY(count_parameters(s, (choice){ middle, 0, 0 }, &parameters, err));
        if (parameters <= s->wanted)
            low = middle;
        else
            high = middle;
    }
    *ret = low;
    return S2S_OK;
}

/* Try one pair of sizes. Layers that must be alike refuse. */
static void try_choice(const search *s, choice c, choice *best, int64_t *parameters)
{
    int64_t count;

    if (count_parameters(s, c, &count, NULL) != S2S_OK || distance(s, count) >= distance(s, *parameters))
        return;
    *best = c;
    *parameters = count;
}

/* Different sizes for the first two layers, as near to each other as will do, and never half as large again. */
static void vary(const search *s, int64_t units, choice *best, int64_t *parameters)
{
    for (int64_t reach = 1; reach <= DEVIATION_MAX && 2 * reach < units && !is_close(s, *parameters); reach++)
        for (int64_t first = -reach; first <= reach; first++) {
            const int64_t step = first == -reach || first == reach ? 1 : 2 * reach;      /* the rim of the square only */

            for (int64_t second = -reach; second <= reach; second += step)
                try_choice(s, (choice){ units, first, second }, best, parameters);
        }
}

static s2s_status find_choice(const search *s, s2s_position at, s2s_error *err)
{
    choice  best = { 0 };
    int64_t below, above, parameters;

    S2S_TRY(bisect(s, &best.units, err));
    S2S_TRY(count_parameters(s, best, &below, err));
    S2S_TRY(count_parameters(s, (choice){ best.units + 1, 0, 0 }, &above, err));
    parameters = below;
    if (distance(s, above) < distance(s, below)) {
        best.units++;
        parameters = above;
    }
    if (s->sizes->count > 1)
        vary(s, best.units, &best, &parameters);
    apply(s, best);
    if (!is_close(s, parameters))
        return s2s_fail_at(err, S2S_CONFIG, at, "model.parameters: no size comes within 1 %% of %lld; the nearest numbers are %lld and %lld",
                           (long long)s->wanted, (long long)below, (long long)above);
    return S2S_OK;
}

s2s_status s2s_open_sizes_choose(const s2s_open_sizes *sizes, const s2s_graph_source *source, int64_t parameters, s2s_position at, s2s_error *err)
{
    search     s = { .sizes = sizes, .source = source, .arena = s2s_arena_create(), .wanted = parameters };
    s2s_status status = s.arena ? find_choice(&s, at, err) : s2s_fail(err, S2S_MEMORY, "out of memory");

    s2s_arena_free(s.arena);
    return status;
}
