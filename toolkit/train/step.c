/* step.c -- see step.h. */
#include "train/step.h"

#include <math.h>
#include <string.h>

#include "layers/penalty.h"
#include "train/stages.h"

enum {
    CHUNK = 4096,
    CHUNKS_A_THREAD = 8,             /* fewer are not worth a thread's start */
    PARTS_A_THREAD = 8,
    MANY_ROWS = 1024,                /* of a shard, steps times sequences: every part reads all of them, so then there are fewer parts */
    MANY_ROWS_PARTS = 4
};

/* --- creation ----------------------------------------------------------------------------------------------------------------------- */

/* Whether a weight's elements are treated as those of any other: no norm, penalty or row of its own. */
static bool is_plain(const s2s_stepper *s, int i)
{
    return !s->clips && s->used[i] == NULL && s->engine->graph->weight[i].spec->regularizer == NULL;
}

/*
 * How many of a weight's first elements go into the last chunk, behind the weight before. Between them may be a few elements that are nobody's:
 * their gradient is zero, and so they stay.
 */
static int64_t join_last(s2s_stepper *s, int i)
{
    const s2s_weight *w = &s->engine->graph->weight[i];
    s2s_chunk *last = &s->chunk[s->chunk_count - 1];
    int64_t count;

    if (i == 0 || !w[-1].trainable || !is_plain(s, i - 1) || !is_plain(s, i))
        return 0;
    count = CHUNK - (w->offset - last->at);
    if (count <= 0)
        return 0;
    count = count < w->count ? count : w->count;
    last->count = w->offset + count - last->at;
    return count;
}

static void make_chunks(s2s_stepper *s, const s2s_graph *g, s2s_arena *arena)
{
    int64_t most = 0;

    for (int i = 0; i < g->weight_count; i++)
        most += g->weight[i].trainable ? (g->weight[i].count + CHUNK - 1) / CHUNK : 0;
    s->chunk = S2S_NEW_ARRAY(arena, s2s_chunk, most);
    for (int i = 0; s->chunk && s->used && i < g->weight_count; i++) {
        const s2s_weight *w = &g->weight[i];

        for (int64_t k = w->trainable ? join_last(s, i) : w->count; k < w->count; k += CHUNK)
            s->chunk[s->chunk_count++] = (s2s_chunk){ .weight = i, .at = w->offset + k, .count = w->count - k < CHUNK ? w->count - k : CHUNK };
    }
}

/* How many tiles of a node make a part: threads that follow each other need several parts each, one thread needs none. */
static int64_t tiles_a_part(const s2s_engine *e, const s2s_graph_node *node)
{
    const s2s_graph *g = e->graph;
    const int64_t parts = s2s_batcher_bounds(e->batcher).rows[0] < MANY_ROWS ? PARTS_A_THREAD : MANY_ROWS_PARTS;
    int64_t elements = 0;

    for (int k = 0; k < node->spec.weight_count; k++)
        elements += g->weight[node->weight_first + k].count;
    if (e->threads == 1 || elements == 0)
        return node->spec.tiles;
    return 1 + node->spec.tiles * g->weight_elements / (parts * e->threads * elements);
}

static void make_parts(s2s_stepper *s, const s2s_graph *g, s2s_arena *arena)
{
    int64_t most = 0;

    for (int i = 0; i < g->node_count; i++)
        most += g->node[i].trainable ? g->node[i].spec.tiles : 0;
    s->part = S2S_NEW_ARRAY(arena, s2s_step_part, most);
    for (int i = 0; s->part && i < g->node_count; i++) {
        const s2s_graph_node *node = &g->node[i];
        const int64_t step = tiles_a_part(s->engine, node), tiles = node->trainable ? node->spec.tiles : 0;

        for (int64_t k = 0; k < tiles; k += step)
            s->part[s->part_count++] = (s2s_step_part){ .node = i, .first = k, .last = k + step < tiles ? k + step : tiles };
    }
}

/* In whose share of all packed weights a node's copies for a direction lie, by the place of their middle. */
static int64_t share_of(const s2s_stepper *s, const s2s_graph_node *node, s2s_direction direction)
{
    const int64_t twice_middle = 2 * S2S_DIRECTIONS * node->packed_offset + (2 * (int64_t)direction + 1) * node->spec.packed;

    return twice_middle * s->updaters / (2 * S2S_DIRECTIONS * s->engine->graph->packed_elements);
}

/* What must be done to new weights. */
static void make_lists(s2s_stepper *s, const s2s_graph *g, s2s_arena *arena)
{
    s->constrained = S2S_NEW_ARRAY(arena, int, g->weight_count);
    s->packing = S2S_NEW_ARRAY(arena, s2s_step_packing, S2S_DIRECTIONS * g->node_count);
    if (s2s_arena_failed(arena))
        return;
    for (int i = 0; i < g->weight_count; i++)
        if (g->weight[i].trainable && g->weight[i].spec->constraint)
            s->constrained[s->constrained_count++] = i;
    for (int i = 0; i < g->node_count; i++)
        for (s2s_direction d = S2S_FORWARD; g->node[i].trainable && g->node[i].spec.packed > 0 && d < S2S_DIRECTIONS; d++)
            s->packing[s->packing_count++] = (s2s_step_packing){ .node = i, .direction = d, .share = share_of(s, &g->node[i], d) };
}

/* lazy: rows of an embedding table that no example of the batch reads are left alone, slots and all. A penalty reaches all rows. */
static void make_used(s2s_stepper *s, const s2s_graph *g, s2s_arena *arena)
{
    s->used = S2S_NEW_ARRAY(arena, uint8_t *, g->weight_count);
    for (int i = 0; s->used && i < g->weight_count && s2s_optimizer_common_of(s->optimizer)->lazy; i++)
        if (strcmp(g->weight[i].spec->name, "embeddings") == 0 && g->weight[i].spec->regularizer == NULL)
            s->used[i] = S2S_NEW_ARRAY(arena, uint8_t, g->weight[i].rows);
}

static void make_slots(s2s_stepper *s, const s2s_graph *g, s2s_arena *arena)
{
    const s2s_optimizer_ops *ops = s2s_optimizer_of(s->optimizer);

    s->slots = ops->slots(s->optimizer->options, s->slot_name);
    for (int k = 0; k < s->slots; k++) {
        const real start = ops->slot_start ? (real)ops->slot_start(s->optimizer->options, k) : 0;

        s->slot[k] = S2S_NEW_ARRAY(arena, real, g->weight_elements);
        for (int64_t i = 0; s->slot[k] && start != 0 && i < g->weight_elements; i++)
            s->slot[k][i] = start;
    }
}

s2s_status s2s_stepper_create(s2s_engine *engine, const s2s_object *optimizer, s2s_arena *arena, s2s_stepper **ret, s2s_error *err)
{
    const s2s_graph *g = engine->graph;
    const s2s_optimizer_common *common = s2s_optimizer_common_of(optimizer);
    s2s_stepper *s = S2S_NEW(arena, s2s_stepper);

    if (s == NULL)
        return s2s_fail(err, S2S_MEMORY, "out of memory");
    s->engine = engine;
    s->optimizer = optimizer;
    s->clips = !isnan(common->clipnorm) || !isnan(common->global_clipnorm);
    s->queue = S2S_NEW_ARRAY(arena, s2s_step_queue, engine->threads);
    s->gradient = S2S_NEW_ARRAY(arena, real, g->weight_elements);
    s->norm = S2S_NEW_ARRAY(arena, double, g->weight_count);
    s->scale = S2S_NEW_ARRAY(arena, real, g->weight_count);
    make_used(s, g, arena);
    make_chunks(s, g, arena);
    make_parts(s, g, arena);
    s->updaters = s->chunk_count > CHUNKS_A_THREAD ? engine->threads : 1;
    make_lists(s, g, arena);
    make_slots(s, g, arena);
    if (s2s_arena_failed(arena))
        return s2s_fail(err, S2S_MEMORY, "out of memory");
    *ret = s;
    return S2S_OK;
}

/* --- one step ------------------------------------------------------------------------------------------------------------------------- */

static void clear_gradient(s2s_stepper *s)
{
    if (!s->clear)
        memset(s->gradient, 0, (size_t)s->engine->graph->weight_elements * sizeof(real));
    s->clear = false;
}

static void clear_used(s2s_stepper *s)
{
    const s2s_graph *g = s->engine->graph;

    for (int i = 0; i < g->weight_count; i++)
        if (s->used[i])
            memset(s->used[i], 0, (size_t)g->weight[i].rows);
}

/* Threads may write the same one. */
static void note_used(s2s_stepper *s, s2s_workspace *workspace)
{
    const s2s_graph *g = s->engine->graph;

    for (int i = 0; i < g->weight_count; i++) {
        const s2s_value *x = s->used[i] ? s2s_workspace_value(workspace, g->node[g->weight[i].node].input[0]) : NULL;

        for (int64_t r = 0; x && r < x->rows; r++)
            __atomic_store_n(&s->used[i][x->token[r]], 1, __ATOMIC_RELAXED);
    }
}

/* The elements of a chunk that have a gradient: all, or those of rows in use. `at` counts from the start of all weights. */
typedef void run_function(s2s_stepper *s, s2s_chunk *c, int64_t at, int64_t count);

static void chunk_runs(s2s_stepper *s, s2s_chunk *c, run_function *run)
{
    const s2s_weight *w = &s->engine->graph->weight[c->weight];
    const uint8_t *used = s->used[c->weight];
    const int64_t first = c->at - w->offset, end = first + c->count;

    if (used == NULL) {
        run(s, c, c->at, c->count);
        return;
    }
    for (int64_t row = first / w->columns, i = first, next; i < end; row++, i = next) {
        next = (row + 1) * w->columns < end ? (row + 1) * w->columns : end;
        if (used[row])
            run(s, c, w->offset + i, next - i);
    }
}

static void add_gradient(s2s_stepper *s, int64_t shard, int workspace)
{
    s2s_engine *e = s->engine;

    for (s2s_step_part *p = s->part; p < s->part + s->part_count; p++) {
        s2s_phase_enter(e->phases, S2S_PHASE_REST);
        s2s_turn_await(&p->turn, shard);
        s2s_phase_enter(e->phases, S2S_PHASE_GRADIENT);
        s2s_plan_accumulate(e->plan, e->plan->workspace[workspace], p->node, p->first, p->last, s->gradient);
        s2s_turn_pass(&p->turn);
    }
    s2s_phase_enter(e->phases, S2S_PHASE_REST);
}

/* The oldest shards of a thread's queue, until `left` are left, and as long as it is their turn. */
static void add_gradients(s2s_stepper *s, s2s_step_queue *q, int left)
{
    while (q->count > left || (q->count > 0 && (s->part_count == 0 || s2s_turn_is(&s->part[0].turn, q->entry[0].shard)))) {
        add_gradient(s, q->entry[0].shard, q->entry[0].workspace);
        q->entry[0] = q->entry[1];
        q->count--;
    }
}

static void run_shard(void *self, int64_t i, int thread)
{
    s2s_stepper *s = self;
    s2s_engine *e = s->engine;
    s2s_step_queue *q = &s->queue[thread];
    const int ahead = e->plan->workspace_count / e->threads;
    const int workspace = q->count > 0 && q->entry[0].workspace == thread ? thread + e->threads : thread;
    s2s_workspace *w = e->plan->workspace[workspace];

    s2s_engine_shard(e, i, workspace, s->pass);
    note_used(s, w);
    s2s_phase_enter(e->phases, S2S_PHASE_BACKWARD);
    s2s_plan_backward(e->plan, w, e->from);
    s2s_phase_enter(e->phases, S2S_PHASE_REST);
    q->entry[q->count].shard = i;
    q->entry[q->count++].workspace = workspace;
    add_gradients(s, q, ahead - 1);
}

static void leave_shards(void *self, int thread)
{
    s2s_stepper *s = self;

    add_gradients(s, &s->queue[thread], 0);
}

S2S_CLONES static void multiply(int64_t n, real factor, real *x)
{
    for (int64_t i = 0; i < n; i++)
        x[i] *= factor;
}

S2S_CLONES static void clip(int64_t n, real limit, real *x)
{
    for (int64_t i = 0; i < n; i++)
        x[i] = x[i] > limit ? limit : x[i] < -limit ? -limit : x[i];
}

/* Sixteen chains side by side, added in order: vector loops without a choice of their own. */
S2S_CLONES static double squares(int64_t n, const real *x)
{
    double lane[16] = {0}, sum = 0;
    int64_t i = 0;

    for (; i + 16 <= n; i += 16)
        for (int l = 0; l < 16; l++)
            lane[l] += (double)x[i + l] * (double)x[i + l];
    for (int l = 0; i + l < n; l++)
        lane[l] += (double)x[i + l] * (double)x[i + l];
    for (int l = 0; l < 16; l++)
        sum += lane[l];
    return sum;
}

S2S_CLONES static bool all_finite(int64_t n, const real *x)
{
    int faults = 0;

    for (int64_t i = 0; i < n; i++)
        faults |= !isfinite(x[i]);
    return faults == 0;
}

static void look_at_run(s2s_stepper *s, s2s_chunk *c, int64_t at, int64_t count)
{
    if (s->clips)
        c->squares += squares(count, s->gradient + at);
    else
        c->finite &= all_finite(count, s->gradient + at);
}

/* A chunk's penalty, and its part of the norms. */
static void finish_chunk(void *self, int64_t i, int thread)
{
    s2s_stepper *s = self;
    s2s_chunk *c = &s->chunk[i];
    const s2s_object *penalty = s->engine->graph->weight[c->weight].spec->regularizer;

    (void)thread;
    s2s_phase_enter(s->engine->phases, S2S_PHASE_NORM);
    if (penalty)
        ((const s2s_regularizer_ops *)penalty->entry)->gradient(penalty->options, c->count, s->engine->plan->weights + c->at, s->gradient + c->at);
    c->squares = 0;
    c->finite = true;
    chunk_runs(s, c, look_at_run);
    c->finite &= isfinite(c->squares) != 0;
    s2s_phase_enter(s->engine->phases, S2S_PHASE_REST);
}

/* The weight of a chunk whose gradient is not finite. */
static const char *weight_at_fault(const s2s_stepper *s, const s2s_chunk *c)
{
    const s2s_weight *w = &s->engine->graph->weight[c->weight];
    int64_t i = c->at;

    while (i + 1 < c->at + c->count && isfinite(s->gradient[i]))
        i++;
    while (i >= w->offset + w->count)
        w++;
    return w->name;
}

static s2s_status check_finite(const s2s_stepper *s, int64_t step, s2s_error *err)
{
    for (int64_t i = 0; i < s->engine->shards; i++)
        if (!isfinite(s->engine->partial[i].loss))
            return s2s_fail(err, S2S_NAN, "the loss is not a finite number at step %lld", (long long)step);
    for (int64_t i = 0; i < s->chunk_count; i++)
        if (!s->chunk[i].finite)
            return s2s_fail(err, S2S_NAN, "the gradient of %s is not finite at step %lld", weight_at_fault(s, &s->chunk[i]), (long long)step);
    return S2S_OK;
}

/* What clipping by norm multiplies each weight's gradient by: 1 where it is short enough. */
static void find_scales(s2s_stepper *s)
{
    const s2s_graph *g = s->engine->graph;
    const s2s_optimizer_common *o = s2s_optimizer_common_of(s->optimizer);
    double all = 0;

    if (!s->clips)
        return;
    memset(s->norm, 0, (size_t)g->weight_count * sizeof(double));
    for (int64_t i = 0; i < s->chunk_count; i++)
        s->norm[s->chunk[i].weight] += s->chunk[i].squares;
    for (int i = 0; i < g->weight_count; i++)
        all += s->norm[i];
    for (int i = 0; i < g->weight_count; i++) {
        const double norm = sqrt(isnan(o->global_clipnorm) ? s->norm[i] : all);
        const double limit = isnan(o->global_clipnorm) ? o->clipnorm : o->global_clipnorm;

        s->scale[i] = !isnan(limit) && norm > limit ? (real)(limit / norm) : 1;
    }
}

static void update_run(s2s_stepper *s, s2s_chunk *c, int64_t at, int64_t count)
{
    const s2s_optimizer_common *o = s2s_optimizer_common_of(s->optimizer);
    real *g = s->gradient + at;
    s2s_update u = { .n = count, .w = s->engine->plan->weights + at, .g = g, .factors = &s->factors };

    if (s->clips && s->scale[c->weight] != 1)
        multiply(count, s->scale[c->weight], g);
    if (!isnan(o->clipvalue))
        clip(count, (real)o->clipvalue, g);
    for (int k = 0; k < s->slots; k++)
        u.slot[k] = s->slot[k] + at;
    s2s_optimizer_update(s->optimizer, &u);
    memset(g, 0, (size_t)count * sizeof(real));            /* for the next step, while it is in the cache */
}

static void update_chunk(void *self, int64_t i, int thread)
{
    s2s_stepper *s = self;

    (void)thread;
    s2s_phase_enter(s->engine->phases, S2S_PHASE_UPDATE);
    chunk_runs(s, &s->chunk[i], update_run);
    s2s_phase_enter(s->engine->phases, S2S_PHASE_REST);
}

static void constrain(void *self, int64_t i, int thread)
{
    s2s_stepper *s = self;
    const s2s_weight *w = &s->engine->graph->weight[s->constrained[i]];
    const s2s_object *c = w->spec->constraint;

    (void)thread;
    ((const s2s_constraint_ops *)c->entry)->apply(c->options, w->spec->rank, w->rows, w->columns, s->engine->plan->weights + w->offset);
}

/* Shares follow the order of the weights, as those of the updates do: a thread packs, as far as that can be, what it has just updated. */
static void pack_share(void *self, int64_t i, int thread)
{
    s2s_stepper *s = self;

    (void)thread;
    s2s_phase_enter(s->engine->phases, S2S_PHASE_PACKING);
    for (const s2s_step_packing *p = s->packing; p < s->packing + s->packing_count; p++)
        if (p->share == i)
            s2s_plan_pack_node(s->engine->plan, p->node, p->direction);
    s2s_phase_enter(s->engine->phases, S2S_PHASE_REST);
}

s2s_status s2s_step_gradient(s2s_stepper *s, const s2s_engine_pass *pass, int64_t step, s2s_error *err)
{
    const s2s_stage stages[] = { { .run = run_shard, .pieces = s->engine->shards, .leave = leave_shards },
                                 { .run = finish_chunk, .pieces = s->chunk_count, .fixed = true } };

    s->pass = pass;
    clear_gradient(s);
    clear_used(s);
    for (int64_t i = 0; i < s->part_count; i++)
        s->part[i].turn = (s2s_turn){ 0 };
    s2s_stages_run(s->engine->shards > 1 ? s->engine->threads : 1, stages, 2, s);
    return check_finite(s, step, err);
}

s2s_status s2s_step_run(s2s_stepper *s, const s2s_engine_pass *pass, int64_t step, double rate, s2s_error *err)
{
    const s2s_stage stages[] = { { .run = update_chunk, .pieces = s->chunk_count, .fixed = true },
                                 { .run = constrain, .pieces = s->constrained_count },
                                 { .run = pack_share, .pieces = s->updaters, .fixed = true } };

    S2S_TRY(s2s_step_gradient(s, pass, step, err));
    find_scales(s);
    s2s_optimizer_prepare(s->optimizer, step, rate, &s->factors);
    s2s_stages_run(s->updaters, stages, 3, s);
    s->clear = true;
    return S2S_OK;
}
