/* trainer.c -- epochs: order, batches, steps, validation, callbacks, best weights. See trainer.h; steps are in step.c. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "datasets/split.h"
#include "train/trainer_state.h"

/* --- creation ------------------------------------------------------------------------------------------------------------------- */

/* One for each thread, and where lengths differ as many as let it go on while it waits for its turn. */
static int workspaces_of(const s2s_signature *signature, int threads)
{
    for (int i = 0; i < signature->stream_count && threads > 1; i++)
        if (signature->stream[i].steps == S2S_LENGTH_ANY)
            return threads * S2S_STEP_AHEAD;
    return threads;
}

static s2s_status make_engine(s2s_trainer *t, const s2s_trainer_setup *setup, s2s_error *err)
{
    const s2s_train_options *o = setup->options;
    s2s_dataset *d = setup->dataset;
    const s2s_split *splits[] = { &d->split[S2S_TRAIN], d->split[S2S_VALIDATION].count > 0 ? &d->split[S2S_VALIDATION] : NULL,
                                  d->split[S2S_TEST].count > 0 ? &d->split[S2S_TEST] : NULL };
    s2s_engine_setup engine = { .graph = setup->graph, .signature = &d->signature, .threads = setup->threads, .loss = o->loss,
                                .metrics = &t->metrics, .arena = setup->arena };
    s2s_plan_options plan = { .training = true };
    s2s_shard_bounds bounds;

    S2S_TRY(s2s_train_metrics(o, &d->signature, d->curriculum.last > 0, setup->arena, &t->metrics, err));
    S2S_TRY(s2s_batcher_create(&d->signature, splits, 3, o->batch_size, s2s_shard_rows(setup->graph, o->shard_rows), setup->arena, &engine.batcher, err));
    bounds = s2s_batcher_bounds(engine.batcher);
    plan.bounds = s2s_engine_bounds(&d->signature, bounds);
    plan.workspaces = workspaces_of(&d->signature, setup->threads);
    S2S_TRY(s2s_plan_create(setup->graph, &plan, setup->arena, &t->plan, err));
    engine.plan = t->plan;
    S2S_TRY(s2s_engine_create(&engine, &t->engine, err));
    return s2s_stepper_create(t->engine, o->optimizer, setup->arena, &t->stepper, err);
}

static s2s_status make_order(s2s_trainer *t, s2s_arena *arena, s2s_error *err)
{
    const s2s_split *train = &t->dataset->split[S2S_TRAIN];

    t->order = S2S_NEW_ARRAY(arena, int64_t, train->count);
    t->drawn = *train;
    if (t->dataset->fresh)
        S2S_TRY(s2s_split_reserve(&t->dataset->signature, train->count, arena, &t->drawn, err));
    return t->order ? S2S_OK : s2s_fail(err, S2S_MEMORY, "out of memory");
}

s2s_status s2s_trainer_create(const s2s_trainer_setup *setup, s2s_trainer **ret, s2s_error *err)
{
    const s2s_graph *g = setup->graph;
    const bool validates = setup->dataset->split[S2S_VALIDATION].count > 0;
    s2s_trainer *t = S2S_NEW(setup->arena, s2s_trainer);

    if (t == NULL)
        return s2s_fail(err, S2S_MEMORY, "out of memory");
    t->options = setup->options;
    t->dataset = setup->dataset;
    t->graph = g;
    t->seed = setup->seed;
    t->monitor = s2s_train_monitor(setup->options, validates);
    S2S_TRY(make_engine(t, setup, err));
    S2S_TRY(make_order(t, setup->arena, err));
    t->best_weights = S2S_NEW_ARRAY(setup->arena, real, g->weight_elements);
    t->sums.metric = S2S_NEW_ARRAY(setup->arena, double, t->engine->metric_first[t->engine->metric_count]);
    t->validation_sums.metric = S2S_NEW_ARRAY(setup->arena, double, t->engine->metric_first[t->engine->metric_count]);
    t->callback_state = S2S_NEW_ARRAY(setup->arena, double, setup->options->callbacks.count * S2S_CALLBACK_STATE + 1);
    if (s2s_arena_failed(setup->arena))
        return s2s_fail(err, S2S_MEMORY, "out of memory");
    t->numbers[S2S_AT_LEVEL] = setup->dataset->curriculum.last > 0 ? setup->dataset->curriculum.first : 0;
    t->figures[S2S_RATE_FACTOR] = 1;
    t->figures[S2S_BEST] = NAN;
    S2S_TRY(s2s_graph_initialize(g, setup->seed, t->plan->weights, err));
    s2s_plan_pack(t->plan);
    *ret = t;
    return S2S_OK;
}

void s2s_trainer_weights_changed(s2s_trainer *trainer) { s2s_plan_pack(trainer->plan); }
s2s_plan *s2s_trainer_plan(s2s_trainer *trainer) { return trainer->plan; }
int64_t s2s_trainer_products(const s2s_trainer *trainer) { return trainer->engine->products; }
void s2s_trainer_watch(s2s_trainer *trainer, s2s_phases *phases) { trainer->engine->phases = phases; }
int64_t s2s_trainer_epochs_done(const s2s_trainer *trainer) { return trainer->numbers[S2S_AT_EPOCH]; }

bool s2s_trainer_finished(const s2s_trainer *trainer)
{
    return trainer->numbers[S2S_AT_STOPPED] != 0 || trainer->numbers[S2S_AT_EPOCH] >= trainer->options->epochs;
}

const real *s2s_trainer_best(const s2s_trainer *trainer, double *value, int64_t *epoch)
{
    if (trainer->numbers[S2S_AT_BEST_EPOCH] == 0)
        return NULL;
    *value = trainer->figures[S2S_BEST];
    *epoch = trainer->numbers[S2S_AT_BEST_EPOCH];
    return trainer->best_weights;
}

/* --- steps ---------------------------------------------------------------------------------------------------------------------------- */

static double rate_at(const s2s_trainer *t)
{
    const s2s_object *schedule = s2s_optimizer_common_of(t->options->optimizer)->learning_rate;
    const double rate = s2s_learning_rate(schedule, t->numbers[S2S_AT_UPDATES], t->numbers[S2S_AT_EPOCH]) * t->figures[S2S_RATE_FACTOR];

    return rate > t->figures[S2S_RATE_FLOOR] ? rate : t->figures[S2S_RATE_FLOOR];
}

static void begin_epoch(s2s_trainer *t)
{
    const uint64_t epoch = (uint64_t)t->numbers[S2S_AT_EPOCH];
    const int64_t count = t->dataset->split[S2S_TRAIN].count;

    s2s_batcher_training(t->engine->batcher, true, t->seed, epoch);
    if (t->options->shuffle && !t->dataset->fresh)
        s2s_order_make(&t->dataset->split[S2S_TRAIN], t->seed, epoch, t->options->batch_size, t->options->bucket, t->order);
    else
        for (int64_t i = 0; i < count; i++)
            t->order[i] = i;
}

/* The next level once the share of exact answers since the last look is high enough. */
static void advance_level(s2s_trainer *t)
{
    const s2s_curriculum *c = &t->dataset->curriculum;
    const s2s_engine *e = t->engine;
    int exact = 0;

    if (c->last == 0)
        return;
    while (strcmp(e->metric[exact]->entry.name, "exact_match") != 0)
        exact++;
    for (int64_t i = 0; i < e->shards; i++) {
        t->figures[S2S_RECENT_EXACT] += e->partial[i].metric[e->metric_first[exact]];
        t->numbers[S2S_AT_RECENT] += e->partial[i].examples;
    }
    if (t->numbers[S2S_AT_RECENT] < c->over)
        return;
    if (t->figures[S2S_RECENT_EXACT] >= c->threshold * (double)t->numbers[S2S_AT_RECENT] && t->numbers[S2S_AT_LEVEL] < c->last)
        t->numbers[S2S_AT_LEVEL]++;
    t->figures[S2S_RECENT_EXACT] = 0;
    t->numbers[S2S_AT_RECENT] = 0;
}

static s2s_status run_step(s2s_trainer *t, double *rate, s2s_error *err)
{
    const int64_t first = t->numbers[S2S_AT_STEP] * t->options->batch_size, rest = t->dataset->split[S2S_TRAIN].count - first;
    const int64_t count = rest < t->options->batch_size ? rest : t->options->batch_size;
    s2s_engine_pass pass = { .training = true, .seed = t->seed, .epoch = (uint64_t)t->numbers[S2S_AT_EPOCH], .step = (uint64_t)t->numbers[S2S_AT_STEP] };
    int64_t targets;
    double penalty;

    if (t->dataset->fresh) {
        const s2s_draw draw = { .epoch = pass.epoch, .first = first, .count = count, .level = t->numbers[S2S_AT_LEVEL] };

        s2s_phase_enter(t->engine->phases, S2S_PHASE_DATA);
        t->dataset->ops->draw(t->dataset, &draw, &t->drawn);
    }
    targets = s2s_engine_begin(t->engine, &t->drawn, t->order + first, count);
    *rate = rate_at(t);
    pass.gradient_scale = (real)1 / (real)(targets > 0 ? targets : 1);
    penalty = s2s_engine_penalty(t->engine) * (double)targets;
    S2S_TRY(s2s_step_run(t->stepper, &pass, t->numbers[S2S_AT_UPDATES] + 1, *rate, err));
    t->figures[S2S_PENALTY] += penalty;
    s2s_engine_collect(t->engine, &t->sums);
    advance_level(t);
    t->numbers[S2S_AT_STEP]++;
    t->numbers[S2S_AT_UPDATES]++;
    return S2S_OK;
}

static double penalty_so_far(const s2s_trainer *t)
{
    return t->sums.targets > 0 ? t->figures[S2S_PENALTY] / (double)t->sums.targets : 0;
}

/* Tell whoever wants to know; false: stop. */
static bool goes_on(const s2s_trainer *t, int64_t steps, double since, double rate, s2s_progress_function progress, void *self)
{
    const s2s_progress now = {
        .epoch = t->numbers[S2S_AT_EPOCH] + 1, .step = t->numbers[S2S_AT_STEP], .steps = steps, .examples = t->sums.examples,
        .since = since, .learning_rate = rate, .level = t->numbers[S2S_AT_LEVEL],
        .loss = t->sums.targets > 0 ? t->sums.loss / (double)t->sums.targets + penalty_so_far(t) : 0,
    };

    return progress(self, &now);
}

static s2s_status run_steps(s2s_trainer *t, s2s_progress_function progress, void *self, double *rate, s2s_error *err)
{
    const int64_t count = t->dataset->split[S2S_TRAIN].count, batch = t->options->batch_size, steps = (count + batch - 1) / batch;
    const double since = s2s_clock_seconds() - t->figures[S2S_SECONDS];
    s2s_status status = S2S_OK;

    while (status == S2S_OK && t->numbers[S2S_AT_STEP] < steps) {
        status = run_step(t, rate, err);
        if (status == S2S_OK && progress && !goes_on(t, steps, since, *rate, progress, self))
            status = s2s_fail(err, S2S_INTERRUPTED, "interrupted");
    }
    t->figures[S2S_SECONDS] = s2s_clock_seconds() - since;
    return status;
}

/* --- the end of an epoch --------------------------------------------------------------------------------------------------------------- */

static double figure_of(const s2s_epoch_report *report, const char *name, bool *larger_is_better)
{
    const bool val = strncmp(name, "val_", 4) == 0;
    const char *bare = val ? name + 4 : name;
    const s2s_metric_ops *metric = s2s_metric_find(bare);

    *larger_is_better = metric && metric->larger_is_better;
    return s2s_figures_get(val ? &report->validation : &report->train, bare);
}

static void keep_best(s2s_trainer *t, s2s_epoch_report *report)
{
    bool larger;
    const double value = figure_of(report, t->monitor, &larger), best = t->figures[S2S_BEST];

    report->improved = !isnan(value) && (isnan(best) || (larger ? value > best : value < best));
    if (!report->improved && t->numbers[S2S_AT_BEST_EPOCH] != 0)
        return;
    report->improved = true;
    t->figures[S2S_BEST] = value;
    t->numbers[S2S_AT_BEST_EPOCH] = report->epoch;
    memcpy(t->best_weights, t->plan->weights, (size_t)t->graph->weight_elements * sizeof(real));
}

static void run_callbacks(s2s_trainer *t, s2s_epoch_report *report)
{
    size_t used = 0;

    for (size_t i = 0; i < t->options->callbacks.count; i++) {
        const s2s_object *callback = t->options->callbacks.item[i];
        s2s_callback_event event = { .epoch = report->epoch, .learning_rate = report->learning_rate, .learning_rate_factor = 1 };

        event.value = figure_of(report, s2s_callback_monitor(callback, t->monitor), &event.larger_is_better);
        ((const s2s_callback_ops *)callback->entry)->epoch_end(callback->options, t->callback_state + i * S2S_CALLBACK_STATE, &event);
        t->figures[S2S_RATE_FACTOR] *= event.learning_rate_factor;
        if (event.minimum_learning_rate > 0)
            t->figures[S2S_RATE_FLOOR] = event.minimum_learning_rate;
        t->numbers[S2S_AT_STOPPED] |= event.stop;
        if (event.notice[0] != '\0' && used + 2 < sizeof(report->notice))
            used += (size_t)snprintf(report->notice + used, sizeof(report->notice) - used, "%s%s", used ? "\n" : "", event.notice);
    }
}

static void end_epoch(s2s_trainer *t, s2s_epoch_report *report)
{
    const s2s_split *validation = &t->dataset->split[S2S_VALIDATION];

    report->epoch = ++t->numbers[S2S_AT_EPOCH];
    report->steps = t->numbers[S2S_AT_STEP];
    report->examples = t->sums.examples;
    report->seconds = t->figures[S2S_SECONDS];
    report->level = t->numbers[S2S_AT_LEVEL];
    s2s_engine_figures(t->engine, &t->sums, penalty_so_far(t), &report->train);
    if (validation->count > 0)
        s2s_trainer_evaluate(t, validation, &report->validation, NULL);
    keep_best(t, report);
    run_callbacks(t, report);
    report->stop = s2s_trainer_finished(t);
    t->numbers[S2S_AT_STEP] = 0;
    t->figures[S2S_SECONDS] = t->figures[S2S_PENALTY] = 0;
    s2s_sums_clear(t->engine, &t->sums);
}

s2s_status s2s_trainer_epoch(s2s_trainer *trainer, s2s_progress_function progress, void *self, s2s_epoch_report *ret, s2s_error *err)
{
    s2s_epoch_report report = {0};

    begin_epoch(trainer);
    report.learning_rate = rate_at(trainer);
    S2S_TRY(run_steps(trainer, progress, self, &report.learning_rate, err));
    end_epoch(trainer, &report);
    *ret = report;
    return S2S_OK;
}

s2s_status s2s_trainer_evaluate(s2s_trainer *trainer, const s2s_split *split, s2s_figures *ret, s2s_error *err)
{
    (void)err;
    s2s_batcher_training(trainer->engine->batcher, false, 0, 0);
    s2s_sums_clear(trainer->engine, &trainer->validation_sums);
    s2s_engine_evaluate(trainer->engine, split, trainer->options->batch_size, &trainer->validation_sums);
    s2s_engine_figures(trainer->engine, &trainer->validation_sums, s2s_engine_penalty(trainer->engine), ret);
    return S2S_OK;
}

s2s_status s2s_trainer_predict(s2s_trainer *trainer, const s2s_split *split, const int64_t *examples, int64_t count,
                               s2s_take_function take, void *self, s2s_error *err)
{
    (void)err;
    s2s_batcher_training(trainer->engine->batcher, false, 0, 0);
    s2s_engine_predict(trainer->engine, split, examples, count, trainer->options->batch_size, take, self);
    return S2S_OK;
}
