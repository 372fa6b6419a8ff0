/* bench.c -- blocks of training steps and of predictions, and what they did in their time. */
#include "experiments/bench.h"

#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "math/kernels.h"

enum { BLOCKS = 5, BATCH = 1000 };         /* BATCH: examples of a large batch of predictions */

static s2s_status no_memory(s2s_error *err) { return s2s_fail(err, S2S_MEMORY, "out of memory"); }

static double peak(const s2s_kernels *kernels, int threads, double seconds)
{
    double sum = 0;

    #pragma omp parallel num_threads(threads) reduction(+ : sum)
    sum += kernels->fma_peak(seconds);
    return sum;
}

/* --- blocks -------------------------------------------------------------------------------------------------------------- */

/* What was done between two moments. Before the end: the counters at the start. */
typedef struct block { double seconds; int64_t steps, examples, products, allocations; } block;

static int slower_first(const void *a, const void *b)
{
    const block *left = a, *right = b;
    const double l = (double)left->examples / left->seconds, r = (double)right->examples / right->seconds;

    return (l > r) - (l < r);
}

static s2s_bench_figures figures_of(block blocks[BLOCKS], int64_t batch, double peak_gflops)
{
    s2s_bench_figures f = { .batch = batch };
    const block *median = &blocks[BLOCKS / 2];

    qsort(blocks, BLOCKS, sizeof *blocks, slower_first);
    f.samples_per_second = (double)median->examples / median->seconds;
    f.milliseconds_per_step = 1e3 * median->seconds / (double)median->steps;
    f.gflops = 2e-9 * (double)median->products / median->seconds;
    f.peak_fraction = f.gflops / peak_gflops;
    for (int i = 0; i < BLOCKS; i++)
        f.allocations += blocks[i].allocations;
    return f;
}

/* --- training ------------------------------------------------------------------------------------------------------------ */

typedef struct training {
    s2s_trainer *trainer;
    s2s_phases *phases;                    /* NULL: this block is not watched */
    double length, start;                  /* seconds */
    int64_t look;                          /* the step after which the clock is read next */
    bool begun;
    block done;
    int64_t products, allocations;         /* at the start */
    int64_t epoch, examples;               /* where the last step stood */
} training;

static void begin_block(training *t, const s2s_progress *progress)
{
    t->begun = true;
    t->done = (block){ 0 };
    t->look = 1;
    t->products = s2s_trainer_products(t->trainer);
    t->allocations = s2s_memory_allocations();
    t->epoch = progress->epoch;
    t->examples = progress->examples;
    if (t->phases)
        s2s_phases_restart(t->phases);
    t->start = s2s_clock_seconds();
}

/* The first step of a block warms up; the block ends when its time is over. Of short steps not every one is worth a look at the clock. */
static bool on_step(void *self, const s2s_progress *progress)
{
    training *t = self;

    if (!t->begun) {
        begin_block(t, progress);
        return true;
    }
    t->done.steps++;
    t->done.examples += progress->examples - (progress->epoch == t->epoch ? t->examples : 0);
    t->epoch = progress->epoch;
    t->examples = progress->examples;
    if (t->done.steps < t->look)
        return true;
    t->done.seconds = s2s_clock_seconds() - t->start;
    t->look += 1 + t->done.steps / 64;
    if (t->done.seconds < t->length)
        return true;
    t->done.products = s2s_trainer_products(t->trainer) - t->products;
    t->done.allocations = s2s_memory_allocations() - t->allocations;
    return false;
}

static s2s_status train_block(training *t, s2s_error *err)
{
    s2s_epoch_report report;
    s2s_status status;

    t->begun = false;
    s2s_trainer_watch(t->trainer, t->phases);
    do
        status = s2s_trainer_epoch(t->trainer, on_step, t, &report, err);
    while (status == S2S_OK);
    return status == S2S_INTERRUPTED ? S2S_OK : status;
}

/* As in `run`, but without other splits and without callbacks. */
static s2s_status make_trainer(const s2s_experiment *experiment, int threads, s2s_trainer **ret, s2s_error *err)
{
    s2s_train_options *options = S2S_NEW(experiment->arena, s2s_train_options);
    s2s_dataset *dataset = S2S_NEW(experiment->arena, s2s_dataset);
    const s2s_trainer_setup setup = {
        .graph = experiment->graph, .options = options, .dataset = dataset, .seed = (uint64_t)experiment->options->seed,
        .threads = threads, .arena = experiment->arena,
    };

    if (options == NULL || dataset == NULL)
        return no_memory(err);
    *options = experiment->options->train;
    options->callbacks.count = 0;
    *dataset = *experiment->dataset;
    dataset->split[S2S_VALIDATION].count = dataset->split[S2S_TEST].count = 0;
    return s2s_trainer_create(&setup, ret, err);
}

static s2s_status watch_phases(training *t, int threads, s2s_arena *arena, s2s_bench *ret, s2s_error *err)
{
    double sum = 0;

    t->phases = s2s_phases_create(threads, arena);
    if (t->phases == NULL)
        return no_memory(err);
    S2S_TRY(train_block(t, err));
    s2s_phases_read(t->phases, ret->phase);
    for (int i = 0; i < S2S_PHASE_COUNT; i++)
        sum += ret->phase[i];
    for (int i = 0; i < S2S_PHASE_COUNT; i++)
        ret->phase[i] /= sum;
    return S2S_OK;
}

static s2s_status train(const s2s_experiment *experiment, double seconds, s2s_bench *ret, s2s_trainer **trainer, s2s_error *err)
{
    block blocks[BLOCKS];
    training t = { .length = seconds / (BLOCKS + 1) };

    S2S_TRY(make_trainer(experiment, ret->threads, &t.trainer, err));
    for (int i = 0; i < BLOCKS; i++) {
        S2S_TRY(train_block(&t, err));
        blocks[i] = t.done;
    }
    ret->train = figures_of(blocks, experiment->options->train.batch_size, ret->peak_gflops);
    S2S_TRY(watch_phases(&t, ret->threads, experiment->arena, ret, err));
    ret->peak_memory = s2s_memory_peak();
    *trainer = t.trainer;
    return S2S_OK;
}

/* --- prediction ---------------------------------------------------------------------------------------------------------- */

static void ignore(void *self, const s2s_output *output) { (void)self, (void)output; }

/* Batches of examples in the order of the split, again and again. */
typedef struct predicting {
    s2s_runner *runner;
    const s2s_split *split;
    int64_t batch, *example, next;
} predicting;

static s2s_status predict_batch(predicting *p, s2s_error *err)
{
    for (int64_t i = 0; i < p->batch; i++)
        p->example[i] = (p->next + i) % p->split->count;
    p->next = (p->next + p->batch) % p->split->count;
    return s2s_runner_predict(p->runner, p->split, p->example, p->batch, ignore, NULL, err);
}

static s2s_status predict_block(predicting *p, double length, block *ret, s2s_error *err)
{
    block done = { 0 };
    int64_t products, allocations;
    double start;

    S2S_TRY(predict_batch(p, err));
    products = s2s_runner_products(p->runner);
    allocations = s2s_memory_allocations();
    for (start = s2s_clock_seconds(); done.steps == 0 || done.seconds < length; done.seconds = s2s_clock_seconds() - start) {
        S2S_TRY(predict_batch(p, err));
        done.steps++;
        done.examples += p->batch;
    }
    done.products = s2s_runner_products(p->runner) - products;
    done.allocations = s2s_memory_allocations() - allocations;
    *ret = done;
    return S2S_OK;
}

/* Validation's examples, or those of training where that has not enough for a batch. Fresh ones are not there before they are drawn. */
static const s2s_split *split_for(const s2s_dataset *dataset, int64_t batch)
{
    const s2s_split *train = &dataset->split[S2S_TRAIN], *validation = &dataset->split[S2S_VALIDATION];
    const bool enough = validation->count >= batch || validation->count >= train->count;

    return validation->count > 0 && (enough || dataset->fresh) ? validation : train;
}

static s2s_status predict(const s2s_experiment *experiment, const real *weights, int64_t batch, double seconds, const s2s_bench *bench,
                          s2s_bench_figures *ret, s2s_error *err)
{
    predicting p = { .split = split_for(experiment->dataset, batch) };
    s2s_runner_setup setup = {
        .graph = experiment->graph, .signature = &experiment->dataset->signature, .splits = &p.split, .split_count = 1,
        .shard_rows = experiment->options->train.shard_rows, .threads = bench->threads, .arena = experiment->arena,
    };
    block blocks[BLOCKS];

    setup.batch_size = p.batch = batch < p.split->count ? batch : p.split->count;
    p.example = S2S_NEW_ARRAY(experiment->arena, int64_t, p.batch);
    if (p.example == NULL)
        return no_memory(err);
    S2S_TRY(s2s_runner_create(&setup, &p.runner, err));
    memcpy(s2s_runner_weights(p.runner), weights, (size_t)experiment->graph->weight_elements * sizeof(real));
    s2s_runner_ready(p.runner);
    for (int i = 0; i < BLOCKS; i++)
        S2S_TRY(predict_block(&p, seconds / BLOCKS, &blocks[i], err));
    *ret = figures_of(blocks, p.batch, bench->peak_gflops);
    return S2S_OK;
}

s2s_status s2s_bench_run(s2s_experiment *experiment, int threads, double seconds, s2s_bench *ret, s2s_error *err)
{
    s2s_bench bench = { .kernel = experiment->graph->kernels->name, .threads = threads };
    s2s_trainer *trainer;
    const real *weights;

    bench.float32_gflops = bench.peak_gflops = peak(s2s_kernel, threads, seconds / 20);
    if (experiment->graph->kernels != s2s_kernel)
        bench.peak_gflops = peak(experiment->graph->kernels, threads, seconds / 20);
    S2S_TRY(train(experiment, seconds, &bench, &trainer, err));
    weights = s2s_trainer_plan(trainer)->weights;
    S2S_TRY(predict(experiment, weights, BATCH, seconds / 4, &bench, &bench.predict, err));
    S2S_TRY(predict(experiment, weights, 1, seconds / 4, &bench, &bench.predict_one, err));
    *ret = bench;
    return S2S_OK;
}
