/* test_statistics.c -- Student's t against published tables and an independent computation in 30 digits. */
#include <criterion/criterion.h>
#include <math.h>

#include "experiments/statistics.h"

static bool close_to(double a, double b, double tolerance) { return fabs(a - b) <= tolerance * fabs(b); }

Test(statistics, two_sided_probabilities)
{
    static const struct { double t, freedom, p; } known[] = {
        { 1, 1, 0.5 },                          { 12.7062047361747, 1, 0.05 },       { 0.5, 3, 0.65144796484815099 },
        { 3.5, 10, 0.0057265054298852159 },     { 2, 100, 0.04821217873113368 },     { 10, 2, 0.0098524570233256908 },
        { 0.01, 7, 0.99230031764362177 },       { 2.776445105, 4, 0.050000000010119479 },
    };

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        const double p = s2s_t_two_sided(known[i].t, known[i].freedom);

        cr_expect(close_to(p, known[i].p, 1e-12), "t %g, %g degrees: got %.17g, expected %.17g", known[i].t, known[i].freedom, p, known[i].p);
        cr_expect(s2s_t_two_sided(-known[i].t, known[i].freedom) == p);
    }
    cr_expect(s2s_t_two_sided(0, 5) == 1);
    cr_expect(isnan(s2s_t_two_sided(NAN, 5)) && isnan(s2s_t_two_sided(1, 0)));
}

Test(statistics, quantiles_of_the_tables)
{
    static const struct { double freedom, t; } known[] = { { 1, 12.70620474 }, { 2, 4.30265273 }, { 4, 2.77644511 }, { 9, 2.26215716 }, { 30, 2.04227246 } };

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        cr_expect(close_to(s2s_t_quantile(0.05, known[i].freedom), known[i].t, 1e-8), "%g degrees", known[i].freedom);
    cr_expect(isnan(s2s_t_quantile(0, 4)) && isnan(s2s_t_quantile(0.05, 0)));
}

Test(statistics, mean_and_interval)
{
    const double values[] = { 2, 4, 4, 4, 5, 5, 7, 9 };
    const s2s_summary_figure s = s2s_summarize(values, 8), one = s2s_summarize(values, 1), none = s2s_summarize(values, 0);

    cr_expect(s.count == 8 && s.mean == 5);
    cr_expect(close_to(s.deviation, 2.1380899352993952, 1e-15));
    cr_expect(close_to(s.interval, 2.364624251592784 * 2.1380899352993952 / sqrt(8), 1e-12), "got %.17g", s.interval);
    cr_expect(one.mean == 2 && isnan(one.deviation) && isnan(one.interval));
    cr_expect(none.count == 0 && isnan(none.mean));
}

/* Student's own ten patients: hours of sleep won by two drugs. */
Test(statistics, paired_test_of_the_sleep_data)
{
    const double a[] = { 0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0 };
    const double b[] = { 1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4 };
    const s2s_t_test test = s2s_t_test_paired(a, b, 10);

    cr_expect(test.pairs == 10 && close_to(test.difference, -1.58, 1e-12));
    cr_expect(close_to(test.t, -4.0621276833820361, 1e-12), "got %.17g", test.t);
    cr_expect(close_to(test.p, 0.0028328901973842743, 1e-9), "got %.17g", test.p);
}

Test(statistics, pairs_without_spread_or_too_few)
{
    const double a[] = { 1, 2, 3 }, b[] = { 0.5, 1.5, 2.5 };
    s2s_t_test test = s2s_t_test_paired(a, b, 3);

    cr_expect(test.difference == 0.5 && isnan(test.t) && test.p == 0);
    test = s2s_t_test_paired(a, a, 3);
    cr_expect(test.difference == 0 && test.p == 1);
    test = s2s_t_test_paired(a, b, 1);
    cr_expect(test.pairs == 1 && test.difference == 0.5 && isnan(test.p));
}
