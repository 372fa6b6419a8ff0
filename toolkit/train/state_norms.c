/* state_norms.c -- see state_norms.h. */
#include "train/state_norms.h"

#include <math.h>
#include <string.h>

#include "math/kernels.h"
#include "train/trainer_state.h"

typedef struct layer {
    int node;
    int64_t steps;
    double *shard, *sum;           /* squares: of the shard under way, of all */
    int64_t *examples;             /* that have step t */
} layer;

typedef struct measure {
    s2s_trainer *trainer;
    int count;
    layer *layer;
    double **by_node;              /* what a pass wants: NULL but for recurrent nodes */
} measure;

/* The longest sequence that the node can meet. */
static int64_t most_steps(const s2s_trainer *t, const s2s_graph_node *node)
{
    const s2s_layout *layout = &t->graph->layout[t->graph->value[node->input[0]].layout];
    const s2s_shard_bounds bounds = s2s_batcher_bounds(t->engine->batcher);

    switch (layout->kind) {
    case S2S_LAYOUT_FIXED: return layout->steps;
    case S2S_LAYOUT_INNER: return bounds.inner_steps[layout->stream];
    default:               return bounds.steps[layout->stream];
    }
}

static s2s_status find_layers(measure *m, s2s_arena *arena, s2s_error *err)
{
    const s2s_graph *g = m->trainer->graph;

    m->layer = S2S_NEW_ARRAY(arena, layer, g->node_count);
    m->by_node = S2S_NEW_ARRAY(arena, double *, g->node_count);
    for (int i = 0; i < g->node_count && !s2s_arena_failed(arena); i++) {
        layer *l = &m->layer[m->count];

        if (!g->node[i].ops->recurrent)
            continue;
        *l = (layer){ .node = i, .steps = most_steps(m->trainer, &g->node[i]) };
        l->shard = m->by_node[i] = S2S_NEW_ARRAY(arena, double, l->steps);
        l->sum = S2S_NEW_ARRAY(arena, double, l->steps);
        l->examples = S2S_NEW_ARRAY(arena, int64_t, l->steps);
        m->count++;
    }
    return s2s_arena_failed(arena) ? s2s_fail(err, S2S_MEMORY, "out of memory") : S2S_OK;
}

static void run_shard(measure *m, int64_t shard, real scale)
{
    const s2s_graph *g = m->trainer->graph;
    s2s_engine      *engine = m->trainer->engine;
    s2s_workspace   *w = m->trainer->plan->workspace[0];
    const s2s_engine_pass pass = { .seed = m->trainer->seed, .gradient_scale = scale, .state_norms = m->by_node };

    for (int i = 0; i < m->count; i++)
        memset(m->layer[i].shard, 0, (size_t)m->layer[i].steps * sizeof(double));
    s2s_engine_shard(engine, shard, 0, &pass);
    s2s_plan_backward(m->trainer->plan, w, engine->from);
    for (int i = 0; i < m->count; i++) {
        layer *l = &m->layer[i];
        const s2s_steps *steps = s2s_workspace_value(w, g->node[l->node].input[0])->steps;

        for (int64_t t = 0; t < steps->count; t++) {
            l->sum[t] += l->shard[t];
            l->examples[t] += steps->offset[t + 1] - steps->offset[t];
        }
    }
}

static s2s_status run_batches(measure *m, const s2s_split *split, int64_t examples, s2s_error *err)
{
    s2s_trainer  *t = m->trainer;
    const int64_t all = examples < split->count ? examples : split->count, batch = t->options->batch_size;
    int64_t *order = s2s_memory_resize(NULL, (size_t)batch, sizeof *order);

    if (order == NULL)
        return s2s_fail(err, S2S_MEMORY, "out of memory");
    s2s_batcher_training(t->engine->batcher, false, t->seed, 0);
    for (int64_t first = 0; first < all; first += batch) {
        const int64_t count = all - first < batch ? all - first : batch;
        int64_t targets;

        for (int64_t i = 0; i < count; i++)
            order[i] = first + i;
        targets = s2s_engine_begin(t->engine, split, order, count);
        for (int64_t shard = 0; shard < t->engine->shards; shard++)
            run_shard(m, shard, (real)count / (real)(targets > 0 ? targets : 1));
    }
    s2s_memory_free(order);
    return S2S_OK;
}

s2s_status s2s_state_norms_measure(s2s_trainer *trainer, const s2s_split *split, int64_t examples, s2s_arena *arena,
                                   s2s_state_norms **ret, int *count, s2s_error *err)
{
    measure m = { .trainer = trainer };
    s2s_state_norms *norms;

    S2S_TRY(find_layers(&m, arena, err));
    S2S_TRY(run_batches(&m, split, examples, err));
    norms = S2S_NEW_ARRAY(arena, s2s_state_norms, m.count);
    if (norms == NULL)
        return s2s_fail(err, S2S_MEMORY, "out of memory");
    for (int i = 0; i < m.count; i++) {
        layer *l = &m.layer[i];

        for (int64_t t = 0; t < l->steps; t++)
            l->sum[t] = l->examples[t] > 0 ? sqrt(l->sum[t] / (double)l->examples[t]) : NAN;
        norms[i] = (s2s_state_norms){ .layer = trainer->graph->node[l->node].name, .steps = l->steps, .norm = l->sum };
    }
    *ret = norms;
    *count = m.count;
    return S2S_OK;
}
