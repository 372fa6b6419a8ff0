/* statistics.c -- means, intervals and Student's t. */
#include "experiments/statistics.h"

#include <math.h>

/* --- Student's t --------------------------------------------------------------------------------------------------------- */

/* One factor of the continued fraction's two recurrences, kept away from zero. */
static double away_from_zero(double x) { return fabs(x) < 1e-300 ? 1e-300 : x; }

/* The continued fraction of the incomplete beta function: converges quickly for x < (a + 1) / (a + b + 2). */
static double beta_fraction(double a, double b, double x)
{
    enum { TERMS_MAX = 500 };
    double c = 1, d = 1 / away_from_zero(1 - (a + b) * x / (a + 1)), value = d;

    for (int m = 1; m <= TERMS_MAX; m++) {
        const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        double       factor;

        d = 1 / away_from_zero(1 + even * d);
        c = away_from_zero(1 + even / c);
        value *= c * d;
        d = 1 / away_from_zero(1 + odd * d);
        c = away_from_zero(1 + odd / c);
        factor = c * d;
        value *= factor;
        if (fabs(factor - 1) < 1e-16)
            break;
    }
    return value;
}

/* I_x(a, b). */
static double incomplete_beta(double a, double b, double x)
{
    const double front = x > 0 && x < 1 ? exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)) : 0;

    if (x <= 0 || x >= 1)
        return x <= 0 ? 0 : 1;
    if (x < (a + 1) / (a + b + 2))
        return front * beta_fraction(a, b, x) / a;
    return 1 - front * beta_fraction(b, a, 1 - x) / b;
}

double s2s_t_two_sided(double t, double freedom)
{
    if (isnan(t) || !(freedom > 0))
        return NAN;
    return incomplete_beta(freedom / 2, 0.5, freedom / (freedom + t * t));
}

double s2s_t_quantile(double p, double freedom)
{
    double low = 0, high = 1;

    if (!(p > 0 && p <= 1) || !(freedom > 0))
        return NAN;
    while (s2s_t_two_sided(high, freedom) > p && high < 1e300)
        high *= 2;
    for (int i = 0; i < 200 && low < high; i++) {
        const double middle = low + (high - low) / 2;

        if (s2s_t_two_sided(middle, freedom) > p)
            low = middle;
        else
            high = middle;
    }
    return high;
}

/* --- figures over seeds -------------------------------------------------------------------------------------------------- */

s2s_summary_figure s2s_summarize(const double *values, size_t count)
{
    s2s_summary_figure ret = { .count = count, .mean = NAN, .deviation = NAN, .interval = NAN };
    double sum = 0, squares = 0;

    for (size_t i = 0; i < count; i++)
        sum += values[i];
    if (count > 0)
        ret.mean = sum / (double)count;
    for (size_t i = 0; i < count; i++)
        squares += (values[i] - ret.mean) * (values[i] - ret.mean);
    if (count > 1) {
        ret.deviation = sqrt(squares / (double)(count - 1));
        ret.interval = s2s_t_quantile(0.05, (double)(count - 1)) * ret.deviation / sqrt((double)count);
    }
    return ret;
}

s2s_t_test s2s_t_test_paired(const double *a, const double *b, size_t pairs)
{
    s2s_t_test ret = { .pairs = pairs, .difference = NAN, .t = NAN, .p = NAN };
    double sum = 0, squares = 0, error;

    for (size_t i = 0; i < pairs; i++)
        sum += a[i] - b[i];
    if (pairs > 0)
        ret.difference = sum / (double)pairs;
    if (pairs < 2)
        return ret;
    for (size_t i = 0; i < pairs; i++)
        squares += (a[i] - b[i] - ret.difference) * (a[i] - b[i] - ret.difference);
    error = sqrt(squares / (double)(pairs - 1) / (double)pairs);
    if (error == 0) {
        ret.p = ret.difference == 0 ? 1 : 0;
        return ret;
    }
    ret.t = ret.difference / error;
    ret.p = s2s_t_two_sided(ret.t, (double)(pairs - 1));
    return ret;
}
