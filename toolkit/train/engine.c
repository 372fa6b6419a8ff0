/* engine.c -- see engine.h. */
#include "train/engine.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/turn.h"
#include "layers/penalty.h"
#include "math/kernels.h"
#include "train/stages.h"

/* --- creation ------------------------------------------------------------------------------------------------------------------- */

s2s_plan_bounds s2s_engine_bounds(const s2s_signature *signature, s2s_shard_bounds b)
{
    s2s_plan_bounds ret = { .sequences = b.sequences };

    for (int i = 0; i < signature->stream_count; i++) {
        ret.stream[i].rows = b.rows[i];
        ret.stream[i].steps = b.steps[i];
        ret.stream[i].inner_rows = b.inner_rows[i];
        ret.stream[i].inner_steps = b.inner_steps[i];
    }
    return ret;
}

static s2s_status find_metrics(s2s_engine *e, const s2s_text_list *names, s2s_error *err)
{
    const int64_t width = e->graph->value[e->graph->output].shape.width;

    for (size_t i = 0; names && i < names->count; i++) {
        const s2s_metric_ops *metric = s2s_metric_find(names->item[i]);

        if (metric == NULL || e->metric_count == S2S_FIGURES_MAX - 1)
            return s2s_fail(err, S2S_CONFIG, "unknown metric '%s', or too many of them", names->item[i]);
        e->metric_first[e->metric_count + 1] = e->metric_first[e->metric_count] + (metric->sums ? metric->sums(width) : 2);
        e->metric[e->metric_count++] = metric;
    }
    return S2S_OK;
}

static void make_room(s2s_engine *e, s2s_arena *arena)
{
    const s2s_shard_bounds b = s2s_batcher_bounds(e->batcher);
    const int64_t sums = e->metric_first[e->metric_count];

    e->shard = S2S_NEW_ARRAY(arena, const s2s_shard *, b.shards);
    e->partial = S2S_NEW_ARRAY(arena, s2s_sums, b.shards);
    e->room = S2S_NEW_ARRAY(arena, struct s2s_engine_room, e->plan->workspace_count);
    for (int64_t i = 0; i < b.shards && e->partial; i++)
        e->partial[i].metric = S2S_NEW_ARRAY(arena, double, sums);
    for (int i = 0; i < e->plan->workspace_count && e->room; i++) {
        e->room[i].predicted = S2S_NEW_ARRAY(arena, int32_t, b.target_rows);
        e->room[i].scratch = S2S_NEW_ARRAY(arena, int32_t, 3 * (b.target_steps + 1));
    }
}

s2s_status s2s_engine_create(const s2s_engine_setup *setup, s2s_engine **ret, s2s_error *err)
{
    s2s_engine *e = S2S_NEW(setup->arena, s2s_engine);

    if (e == NULL)
        return s2s_fail(err, S2S_MEMORY, "out of memory");
    e->graph = setup->graph;
    e->signature = setup->signature;
    e->batcher = setup->batcher;
    e->plan = setup->plan;
    e->threads = setup->threads;
    if (setup->loss) {
        e->loss = (const s2s_loss_ops *)setup->loss->entry;
        e->loss_options = setup->loss->options;
    }
    e->from = e->loss && e->loss->fused_softmax && e->graph->logits >= 0 ? e->graph->logits : e->graph->output;
    e->symbols = setup->signature->target.kind == S2S_STREAM_TOKENS;
    S2S_TRY(find_metrics(e, setup->metrics, err));
    make_room(e, setup->arena);
    if (s2s_arena_failed(setup->arena))
        return s2s_fail(err, S2S_MEMORY, "out of memory");
    *ret = e;
    return S2S_OK;
}

/* --- one batch -------------------------------------------------------------------------------------------------------------------- */

static int64_t count_targets(const s2s_shard *shard)
{
    int64_t count = 0;

    if (shard->target == NULL)
        return shard->target_steps ? shard->target_steps->rows : 0;
    for (int64_t r = 0; r < shard->target_steps->rows; r++)
        count += shard->target[r] >= 0;
    return count;
}

static int threads_for(const s2s_engine *e) { return e->shards > 1 ? e->threads : 1; }

static void fill_shard(void *self, int64_t i, int thread)
{
    s2s_engine *e = self;

    (void)thread;
    s2s_phase_enter(e->phases, S2S_PHASE_DATA);
    e->shard[i] = s2s_shard_fill(e->batcher, (int)i);
    e->partial[i].targets = count_targets(e->shard[i]);
    s2s_phase_enter(e->phases, S2S_PHASE_REST);
}

int64_t s2s_engine_begin(s2s_engine *engine, const s2s_split *split, const int64_t *examples, int64_t count)
{
    s2s_stage fill = { .run = fill_shard };
    int64_t targets = 0;

    s2s_phase_enter(engine->phases, S2S_PHASE_DATA);
    fill.pieces = engine->shards = s2s_batch_begin(engine->batcher, split, examples, count);
    s2s_stages_run(threads_for(engine), &fill, 1, engine);
    for (int64_t i = 0; i < engine->shards; i++)
        targets += engine->partial[i].targets;
    return targets;
}

/* argmax of each row; ties to the lower symbol. */
static void choose(int64_t rows, int64_t width, const real *y, int32_t *predicted)
{
    for (int64_t r = 0; r < rows; r++) {
        const real *row = y + r * width;
        int32_t best = 0;

        for (int32_t v = 1; v < width; v++)
            if (row[v] > row[best])
                best = v;
        predicted[r] = best;
    }
}

static double evaluate_loss(s2s_engine *e, const s2s_shard *shard, s2s_workspace *w, real scale, bool want_gradient)
{
    s2s_value *at = s2s_workspace_value(w, e->from), *y = s2s_workspace_value(w, e->graph->output);
    const s2s_loss_call call = {
        .rows = at->rows, .width = at->width, .y = at->x, .target = shard->target, .target_x = shard->target_x, .scale = scale,
        .p = e->loss->fused_softmax ? y->x : NULL, .dy = want_gradient ? at->dx : NULL,
    };

    return e->loss->evaluate(e->loss_options, &call);
}

static void add_metrics(s2s_engine *e, int64_t i, int workspace, s2s_workspace *w)
{
    const s2s_shard *shard = e->shard[i];
    const s2s_value *y = s2s_workspace_value(w, e->graph->output);
    s2s_sums *sums = &e->partial[i];
    const s2s_outcome outcome = {
        .steps = shard->target_steps, .width = y->width, .target = shard->target,
        .predicted = e->symbols ? e->room[workspace].predicted : NULL, .y = y->x, .target_x = shard->target_x,
        .too_long = shard->too_long, .unknown = shard->unseen, .filler = e->signature->filler,
        .scratch = e->room[workspace].scratch, .loss_sum = sums->loss, .loss_count = sums->targets,
    };

    memset(sums->metric, 0, (size_t)e->metric_first[e->metric_count] * sizeof(double));
    for (int m = 0; m < e->metric_count; m++)
        e->metric[m]->add(&outcome, sums->metric + e->metric_first[m]);
}

void s2s_engine_shard(s2s_engine *engine, int64_t i, int workspace, const s2s_engine_pass *pass)
{
    const s2s_shard *shard = engine->shard[i];
    s2s_workspace *w = engine->plan->workspace[workspace];
    s2s_plan_input input[S2S_STREAMS_MAX];
    const bool scored = engine->loss && (shard->target || shard->target_x);
    const s2s_value *y;
    const s2s_pass run = {
        .input = input, .sequences = shard->count, .position = shard->position,
        .training = pass->training, .no_gradient = pass->gradient_scale == 0,
        .seed = pass->seed, .epoch = pass->epoch, .step = pass->step, .state_norms = pass->state_norms,
    };

    for (int s = 0; s < shard->stream_count; s++)
        input[s] = (s2s_plan_input){ shard->stream[s].steps, shard->stream[s].token, shard->stream[s].x, shard->stream[s].groups };
    s2s_phase_enter(engine->phases, S2S_PHASE_FORWARD);
    s2s_plan_forward(engine->plan, w, &run, engine->from != engine->graph->output);
    s2s_phase_enter(engine->phases, S2S_PHASE_LOSS);
    y = s2s_workspace_value(w, engine->graph->output);
    if (engine->from != engine->graph->output)          /* the softmax was left out: its output is the loss's to write */
        s2s_workspace_value(w, engine->graph->output)->rows = s2s_workspace_value(w, engine->from)->rows;
    engine->partial[i].examples = shard->count;
    engine->partial[i].loss = 0;
    engine->partial[i].products = s2s_plan_products(engine->plan, w, pass->gradient_scale != 0);
    if (scored) {
        engine->partial[i].loss = evaluate_loss(engine, shard, w, pass->gradient_scale, pass->gradient_scale != 0);
    } else if (engine->from != engine->graph->output) {
        const s2s_value *logits = s2s_workspace_value(w, engine->from);

        s2s_kernel->softmax_rows(logits->rows, logits->width, logits->x, logits->width, y->x, logits->width);
    }
    if (engine->symbols)
        choose(y->rows, y->width, y->x, engine->room[workspace].predicted);
    if (scored)
        add_metrics(engine, i, workspace, w);
}

s2s_output s2s_engine_output(const s2s_engine *engine, int64_t shard, int workspace)
{
    const s2s_value *y = s2s_workspace_value(engine->plan->workspace[workspace], engine->graph->output);

    return (s2s_output){ .shard = engine->shard[shard], .steps = engine->shard[shard]->target_steps, .width = y->width, .y = y->x,
                         .predicted = engine->symbols ? engine->room[workspace].predicted : NULL };
}

/* --- figures -------------------------------------------------------------------------------------------------------------------------- */

void s2s_sums_clear(const s2s_engine *engine, s2s_sums *sums)
{
    sums->loss = 0;
    sums->targets = sums->examples = 0;
    memset(sums->metric, 0, (size_t)engine->metric_first[engine->metric_count] * sizeof(double));
}

void s2s_engine_collect(s2s_engine *engine, s2s_sums *sums)
{
    for (int64_t i = 0; i < engine->shards; i++) {
        const s2s_sums *part = &engine->partial[i];

        sums->loss += part->loss;
        sums->targets += part->targets;
        sums->examples += part->examples;
        engine->products += part->products;
        for (int64_t k = 0; k < engine->metric_first[engine->metric_count]; k++)
            sums->metric[k] += part->metric[k];
    }
}

double s2s_engine_penalty(const s2s_engine *engine)
{
    const s2s_graph *g = engine->graph;
    double penalty = 0;

    for (int i = 0; i < g->weight_count; i++) {
        const s2s_object *r = g->weight[i].spec->regularizer;

        if (r)
            penalty += ((const s2s_regularizer_ops *)r->entry)->penalty(r->options, g->weight[i].count, engine->plan->weights + g->weight[i].offset);
    }
    return penalty;
}

void s2s_engine_figures(const s2s_engine *engine, const s2s_sums *sums, double penalty, s2s_figures *ret)
{
    const int64_t width = engine->graph->value[engine->graph->output].shape.width;

    ret->count = 1 + engine->metric_count;
    ret->examples = sums->examples;
    ret->name[0] = "loss";
    ret->value[0] = sums->targets > 0 ? sums->loss / (double)sums->targets + penalty : NAN;
    for (int m = 0; m < engine->metric_count; m++) {
        ret->name[m + 1] = engine->metric[m]->entry.name;
        ret->value[m + 1] = engine->metric[m]->value(sums->metric + engine->metric_first[m], width);
    }
}

double s2s_figures_get(const s2s_figures *figures, const char *name)
{
    for (int i = 0; i < figures->count; i++)
        if (strcmp(figures->name[i], name) == 0)
            return figures->value[i];
    return NAN;
}

/* --- whole splits ------------------------------------------------------------------------------------------------------------------------ */

enum { CHUNK = 4096 };

static int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

/* One batch after the other, its shards in order: to the sums, or to whoever takes outputs. */
typedef struct walk {
    s2s_engine *engine;
    s2s_take_function take;            /* NULL: nobody does */
    void *taker;
    s2s_turn turn;                     /* the shard whose output may be taken */
} walk;

static void walk_shard(void *self, int64_t i, int thread)
{
    static const s2s_engine_pass pass = { .training = false };
    walk *w = self;
    s2s_output output;

    s2s_engine_shard(w->engine, i, thread, &pass);
    if (w->take == NULL)
        return;
    output = s2s_engine_output(w->engine, i, thread);
    s2s_turn_await(&w->turn, i);
    w->take(w->taker, &output);
    s2s_turn_pass(&w->turn);
}

static void walk_batch(walk *w, const s2s_split *split, const int64_t *examples, int64_t count)
{
    s2s_stage stage = { .run = walk_shard };

    s2s_engine_begin(w->engine, split, examples, count);
    stage.pieces = w->engine->shards;
    w->turn = (s2s_turn){ 0 };
    s2s_stages_run(threads_for(w->engine), &stage, 1, w);
}

void s2s_engine_evaluate(s2s_engine *engine, const s2s_split *split, int64_t batch_size, s2s_sums *sums)
{
    walk w = { .engine = engine };
    int64_t examples[CHUNK];

    batch_size = smaller(batch_size, CHUNK);
    for (int64_t first = 0; first < split->count; first += batch_size) {
        const int64_t count = smaller(batch_size, split->count - first);

        for (int64_t i = 0; i < count; i++)
            examples[i] = first + i;
        walk_batch(&w, split, examples, count);
        s2s_engine_collect(engine, sums);
    }
}

void s2s_engine_predict(s2s_engine *engine, const s2s_split *split, const int64_t *examples, int64_t count, int64_t batch_size,
                        s2s_take_function take, void *self)
{
    walk w = { .engine = engine, .take = take, .taker = self };
    int64_t some[CHUNK];

    batch_size = smaller(batch_size, CHUNK);
    for (int64_t first = 0; first < count; first += batch_size) {
        const int64_t n = smaller(batch_size, count - first);

        for (int64_t i = 0; i < n; i++)
            some[i] = examples ? examples[first + i] : first + i;
        walk_batch(&w, split, some, n);
        for (int64_t i = 0; i < engine->shards; i++)
            engine->products += engine->partial[i].products;
    }
}
