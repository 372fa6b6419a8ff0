/* runner.c -- see runner.h. */
#include "train/runner.h"

#include "math/kernels.h"
#include "train/engine.h"

struct s2s_runner {
    s2s_engine *engine;
    s2s_plan *plan;
    s2s_sums sums;
    int64_t batch_size;
};

int64_t s2s_shard_rows(const s2s_graph *graph, int64_t asked)
{
    enum { LARGE = 1 << 17, LARGE_ROWS = 32, VERY_LARGE = 1 << 19, VERY_LARGE_ROWS = 64 };   /* elements of a recurrent weight: LSTM(181), LSTM(362) */
    int64_t elements = 0, suits;

    if (asked > 0)
        return asked;
    for (int i = 0; i < graph->node_count; i++)
        if (graph->node[i].spec.state_products.per_row > elements)
            elements = graph->node[i].spec.state_products.per_row;
    suits = elements <= LARGE ? 0 : elements <= VERY_LARGE ? LARGE_ROWS : VERY_LARGE_ROWS;
    return suits > graph->kernels->rows ? suits : graph->kernels->rows;
}

/*
 * Answers do not depend on the shards, so those of a runner that only predicts are as large as the threads have work for: the more rows, the
 * less often the weights are read.
 */
static int64_t rows_of(const s2s_runner_setup *setup)
{
    enum { MOST = 64 };
    const int64_t rows = s2s_shard_rows(setup->graph, setup->shard_rows), share = setup->batch_size / setup->threads / rows * rows;

    if (setup->loss != NULL || setup->shard_rows > 0 || share < rows)
        return rows;
    return share < MOST ? share : MOST;
}

s2s_status s2s_runner_create(const s2s_runner_setup *setup, s2s_runner **ret, s2s_error *err)
{
    s2s_runner *r = S2S_NEW(setup->arena, s2s_runner);
    s2s_engine_setup engine = {
        .graph = setup->graph, .signature = setup->signature, .threads = setup->threads, .loss = setup->loss,
        .metrics = &setup->metrics, .arena = setup->arena,
    };
    s2s_plan_options plan = { .workspaces = setup->threads };

    if (r == NULL)
        return s2s_fail(err, S2S_MEMORY, "out of memory");
    S2S_TRY(s2s_batcher_create(setup->signature, setup->splits, setup->split_count, setup->batch_size, rows_of(setup), setup->arena,
                               &engine.batcher, err));
    plan.bounds = s2s_engine_bounds(setup->signature, s2s_batcher_bounds(engine.batcher));
    S2S_TRY(s2s_plan_create(setup->graph, &plan, setup->arena, &r->plan, err));
    engine.plan = r->plan;
    S2S_TRY(s2s_engine_create(&engine, &r->engine, err));
    r->batch_size = setup->batch_size;
    r->sums.metric = S2S_NEW_ARRAY(setup->arena, double, r->engine->metric_first[r->engine->metric_count]);
    if (r->sums.metric == NULL)
        return s2s_fail(err, S2S_MEMORY, "out of memory");
    *ret = r;
    return S2S_OK;
}

real *s2s_runner_weights(s2s_runner *runner) { return runner->plan->weights; }
int64_t s2s_runner_products(const s2s_runner *runner) { return runner->engine->products; }
void s2s_runner_ready(s2s_runner *runner) { s2s_plan_pack(runner->plan); }

s2s_status s2s_runner_evaluate(s2s_runner *runner, const s2s_split *split, s2s_figures *ret, s2s_error *err)
{
    if (runner->engine->loss == NULL)
        return s2s_fail(err, S2S_FAILED, "this runner predicts only");
    s2s_sums_clear(runner->engine, &runner->sums);
    s2s_engine_evaluate(runner->engine, split, runner->batch_size, &runner->sums);
    s2s_engine_figures(runner->engine, &runner->sums, s2s_engine_penalty(runner->engine), ret);
    return S2S_OK;
}

s2s_status s2s_runner_predict(s2s_runner *runner, const s2s_split *split, const int64_t *examples, int64_t count,
                              s2s_take_function take, void *self, s2s_error *err)
{
    (void)err;
    s2s_engine_predict(runner->engine, split, examples, count, runner->batch_size, take, self);
    return S2S_OK;
}
