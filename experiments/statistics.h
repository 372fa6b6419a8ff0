/*
 * statistics.h -- what a few runs with different seeds say together.
 *
 * Errors   none; NaN where too few numbers are given for an answer.
 * Threads  all functions are pure.
 * Source   Student's t from the regularised incomplete beta function, by its continued fraction (Lentz's method).
 */
#ifndef S2S_EXPERIMENTS_STATISTICS_H
#define S2S_EXPERIMENTS_STATISTICS_H

#include <stddef.h>

typedef struct s2s_summary_figure {
    size_t count;
    double mean;                   /* NaN of none */
    double deviation;              /* of a sample (divisor count - 1); NaN of fewer than two */
    double interval;               /* half the width of the 95 % t interval of the mean; NaN of fewer than two */
} s2s_summary_figure;

s2s_summary_figure s2s_summarize(const double *values, size_t count);

typedef struct s2s_t_test {
    size_t pairs;
    double difference;             /* mean of a - b */
    double t;                      /* NaN of fewer than two pairs, and where all differences are alike */
    double p;                      /* two-sided; 1 where all differences are 0, 0 where they are alike and not 0 */
} s2s_t_test;

/* The paired t test of a[i] against b[i]. */
s2s_t_test s2s_t_test_paired(const double *a, const double *b, size_t pairs);

/* P(|T| >= t) with `freedom` degrees, and the t at which that is `p`. */
double s2s_t_two_sided(double t, double freedom);
double s2s_t_quantile(double p, double freedom);

#endif
