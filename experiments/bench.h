/*
 * bench.h -- how fast an experiment trains and predicts here, beside what the machine's arithmetic could do.
 *
 * Every figure is that of the median of several blocks of steps; a first, unmeasured step goes before each. The peak is measured
 * first, on all threads at once. GFLOP/s count the multiply-adds of matrix products that really ran, two operations each.
 */
#ifndef S2S_EXPERIMENTS_BENCH_H
#define S2S_EXPERIMENTS_BENCH_H

#include "experiments/experiment.h"

typedef struct s2s_bench_figures {
    int64_t batch;                         /* examples a step */
    double samples_per_second, milliseconds_per_step, gflops;
    double peak_fraction;
    int64_t allocations;                   /* within the measured steps of all blocks: 0 */
} s2s_bench_figures;

typedef struct s2s_bench {
    const char *kernel;
    int threads;
    double peak_gflops;                    /* of all threads together, in the kernel's own products: bfloat16 where it multiplies such */
    double float32_gflops;                 /* the same of float32's fused multiply-adds */
    s2s_bench_figures train, predict, predict_one;
    double phase[S2S_PHASE_COUNT];         /* share of the threads' time in training */
    int64_t peak_memory;                   /* bytes, of the process after training */
} s2s_bench;

/*
 * s2s_bench_run -- measure an opened experiment for about `seconds` of training and half as many of prediction.
 *
 * Training is that of `run` without validation, callbacks and files. Nothing is kept.
 */
s2s_status s2s_bench_run(s2s_experiment *experiment, int threads, double seconds, s2s_bench *ret, s2s_error *err);

#endif
