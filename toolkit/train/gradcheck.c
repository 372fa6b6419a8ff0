/* gradcheck.c -- see gradcheck.h. */
#include "train/gradcheck.h"

#include <math.h>

#include "train/trainer_state.h"

typedef struct checker {
    s2s_trainer *trainer;
    int64_t examples;
    const s2s_gradcheck_options *options;
} checker;

/* Begin the batch and give its loss, with the gradient's scale for the backward pass. */
static double run_batch(const checker *c, real *scale)
{
    s2s_engine *e = c->trainer->engine;
    const int64_t targets = s2s_engine_begin(e, &c->trainer->drawn, c->trainer->order, c->examples);
    const s2s_engine_pass pass = { .training = true, .seed = c->trainer->seed };
    double sum = 0;

    for (int64_t i = 0; i < e->shards; i++) {
        s2s_engine_shard(e, i, 0, &pass);
        sum += e->partial[i].loss;
    }
    *scale = (real)1 / (real)targets;
    return sum / (double)targets + s2s_engine_penalty(e);
}

static double loss_at(const checker *c, real *weight, double value)
{
    const real before = *weight;
    real scale;
    double loss;

    *weight = (real)value;
    s2s_plan_pack(c->trainer->plan);
    loss = run_batch(c, &scale);
    *weight = before;
    return loss;
}

/* The gradient of the batch's loss, in the stepper's gradient: what a step would use before clipping. */
static s2s_status analytic(const checker *c, s2s_error *err)
{
    s2s_trainer *t = c->trainer;
    s2s_engine_pass pass = { .training = true, .seed = t->seed };
    real scale;

    s2s_plan_pack(t->plan);
    run_batch(c, &scale);
    if (!isfinite(scale))
        return s2s_fail(err, S2S_DATA, "the examples that are looked at hold no target");
    pass.gradient_scale = scale;
    return s2s_step_gradient(t->stepper, &pass, 1, err);
}

/* Central slope at distance h, and how much the one-sided slopes differ. */
static double slope_at(const checker *c, real *weight, double here, double h, double *bend)
{
    const double x = (double)*weight, above = loss_at(c, weight, x + h), below = loss_at(c, weight, x - h);

    *bend = fabs((above - here) - (here - below)) / h;
    return (above - below) / (2 * h);
}

/*
 * False where there is a kink near, so that finite differences mean nothing: two distances disagree by more than `most`, or, for a kink
 * right at the weight's value, the one-sided slopes do not close in on each other as the distance shrinks.
 */
static bool numeric(const checker *c, real *weight, double most, double *ret)
{
    const double h = 2e-5 * fmax(1, fabs((double)*weight)), here = loss_at(c, weight, (double)*weight);
    double near_bend, far_bend;
    const double near = slope_at(c, weight, here, h / 4, &near_bend), far = slope_at(c, weight, here, h, &far_bend);

    *ret = near;
    return fabs(far - near) <= most && (near_bend <= 4 * most || near_bend <= far_bend / 2);
}

static double largest(const real *g, int64_t n)
{
    double most = 0;

    for (int64_t i = 0; i < n; i++)
        most = fmax(most, fabs((double)g[i]));
    return most;
}

static s2s_gradcheck_row check_weight(const checker *c, const s2s_weight *w)
{
    const real *g = c->trainer->stepper->gradient + w->offset;
    const double most = fmax(largest(g, w->count), 1e-4);
    const int64_t entries = c->options->entries > 0 && c->options->entries < w->count ? c->options->entries : w->count;
    s2s_gradcheck_row row = { .weight = w->name, .count = w->count, .passed = true };

    for (int64_t k = 0; k < entries; k++) {
        const int64_t i = (int64_t)((double)k * (double)w->count / (double)entries);
        double slope, error;

        if (!numeric(c, c->trainer->plan->weights + w->offset + i, 0.3 * c->options->tolerance * most, &slope)) {
            row.skipped++;
            continue;
        }
        error = fabs((double)g[i] - slope) / most;
        row.checked++;
        if (error > row.error || row.checked == 1) {
            row.worst = i;
            row.error = error;
            row.analytic = (double)g[i];
            row.numeric = slope;
        }
    }
    row.passed = row.checked > 0 && row.error <= c->options->tolerance;
    return row;
}

s2s_status s2s_gradcheck(const s2s_trainer_setup *setup, const s2s_gradcheck_options *options, s2s_gradcheck_row **ret, int *count, s2s_error *err)
{
    checker c = { .options = options };
    const s2s_graph *g = setup->graph;
    s2s_gradcheck_row *rows = S2S_NEW_ARRAY(setup->arena, s2s_gradcheck_row, g->weight_count + 1);
    int n = 0;

    if (rows == NULL)
        return s2s_fail(err, S2S_MEMORY, "out of memory");
    S2S_TRY(s2s_trainer_create(setup, &c.trainer, err));
    c.examples = setup->dataset->split[S2S_TRAIN].count;
    if (options->examples > 0 && options->examples < c.examples)
        c.examples = options->examples;
    if (c.examples > setup->options->batch_size)
        c.examples = setup->options->batch_size;
    for (int64_t i = 0; i < c.examples; i++)
        c.trainer->order[i] = i;
    c.trainer->drawn = setup->dataset->split[S2S_TRAIN];
    S2S_TRY(analytic(&c, err));
    for (int i = 0; i < g->weight_count; i++)
        if (g->weight[i].trainable)
            rows[n++] = check_weight(&c, &g->weight[i]);
    *ret = rows;
    *count = n;
    return S2S_OK;
}
