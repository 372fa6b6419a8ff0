/* initialize.c -- first values of all weights: a pure function of seed and weight name. */
#include <string.h>

#include "graph/graph.h"
#include "layers/initializer.h"

/* FNV-1a, so that a weight keeps its first values when layers around it change. */
static uint64_t hash_of(const char *name)
{
    uint64_t hash = 14695981039346656037u;

    for (; *name != '\0'; name++)
        hash = (hash ^ (unsigned char)*name) * 1099511628211u;
    return hash;
}

static s2s_status initialize(const s2s_weight *weight, uint64_t seed, real *w, s2s_error *err)
{
    const s2s_weight_spec *spec = weight->spec;
    const s2s_stream stream = s2s_stream_make(seed, S2S_RANDOM_INIT, hash_of(weight->name), 0, 0);
    const s2s_fill fill = {
        .stream = &stream, .rank = spec->rank, .rows = weight->rows, .columns = weight->columns, .w = w,
        .fan_in = spec->fan_in, .fan_out = spec->fan_out,
    };

    if (spec->initializer)
        S2S_TRY(((const s2s_initializer_ops *)spec->initializer->entry)->fill(spec->initializer->options, &fill, err));
    for (int64_t i = 0; i < spec->ones_count; i++)
        w[spec->ones_first + i] = 1;
    return S2S_OK;
}

s2s_status s2s_graph_initialize(const s2s_graph *graph, uint64_t seed, real *weights, s2s_error *err)
{
    memset(weights, 0, (size_t)graph->weight_elements * sizeof(real));
    for (int i = 0; i < graph->weight_count; i++)
        S2S_TRY(initialize(&graph->weight[i], seed, weights + graph->weight[i].offset, err));
    return S2S_OK;
}
