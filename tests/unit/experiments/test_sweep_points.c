/* test_sweep_points.c -- grids count, random points obey their distributions, and nothing but the seed decides. */
#include "sweep_fixture.h"

#include <math.h>
#include <stdlib.h>

#include "experiments/sweep_points.h"

TestSuite(sweep_points, .init = sweep_begin, .fini = sweep_end);

static s2s_sweep_points make(const char *section, uint64_t seed)
{
    s2s_sweep_points points;
    s2s_error        err;

    cr_assert(s2s_sweep_points_make(sweep_spec_of(section), seed, sweep_arena, &points, &err) == S2S_OK, "%s", err.message);
    return points;
}

static double number(const s2s_sweep_points *points, size_t i, size_t parameter) { return strtod(points->item[i].text[parameter], NULL); }

Test(sweep_points, a_grid_counts_with_the_last_parameter_fastest)
{
    static const char *const expected[][3] = {
        { "SimpleRNN", "2", "5" }, { "SimpleRNN", "3", "5" }, { "SimpleRNN", "4", "5" }, { "GRU", "2", "5" }, { "GRU", "3", "5" }, { "GRU", "4", "5" },
    };
    const s2s_sweep_points points = make("sweep: {parameters: {vars.rnn: {values: [SimpleRNN, GRU]}, vars.units: {min: 2, max: 4}, "
                                         "train.batch_size: {value: 5}}}\n", 1);

    cr_assert(points.count == 6);
    for (size_t i = 0; i < 6; i++)
        for (size_t p = 0; p < 3; p++)
            cr_expect(strcmp(points.item[i].text[p], expected[i][p]) == 0, "point %zu, parameter %zu: got %s", i, p, points.item[i].text[p]);
}

Test(sweep_points, run_cap_takes_the_first_of_a_grid)
{
    const s2s_sweep_points points = make("sweep: {run_cap: 2, parameters: {vars.rnn: {values: [SimpleRNN, GRU]}, vars.units: {values: [3, 5]}}}\n", 1);

    cr_assert(points.count == 2 && strcmp(points.item[1].text[0], "SimpleRNN") == 0 && strcmp(points.item[1].text[1], "5") == 0);
}

Test(sweep_points, maps_and_lists_are_values_too)
{
    const s2s_sweep_points points = make("sweep: {parameters: {train.optimizer: {values: [Adam, {type: SGD, momentum: 0.9}]}, "
                                         "train.metrics: {values: [[accuracy], [accuracy, exact_match]]}}}\n", 1);

    cr_assert(points.count == 4);
    cr_expect(strcmp(points.item[2].text[0], "{type: SGD, momentum: 0.9}") == 0, "got %s", points.item[2].text[0]);
    cr_expect(strcmp(points.item[1].text[1], "[accuracy, exact_match]") == 0, "got %s", points.item[1].text[1]);
}

Test(sweep_points, a_grid_without_end_is_refused)
{
    s2s_sweep_points points;
    s2s_error        err;

    cr_assert(s2s_sweep_points_make(sweep_spec_of("sweep: {parameters: {train.batch_size: {min: 1, max: 1000}, train.epochs: {min: 1, max: 1000}}}\n"),
                                    1, sweep_arena, &points, &err) == S2S_CONFIG);
    cr_assert(strstr(err.message, "run_cap") != NULL);
}

#define RANDOM "sweep: {method: random, run_cap: %d, parameters: {train.batch_size: %s}}\n"

static s2s_sweep_points draw(int count, const char *distribution, uint64_t seed)
{
    return make(s2s_arena_printf(sweep_arena, RANDOM, count, distribution), seed);
}

Test(sweep_points, numbers_lie_where_they_should)
{
    static const struct { const char *text; double low, high, step, middle; } table[] = {
        { "{min: 1, max: 1000}", 1, 1000, 1, 500.5 },
        { "{min: 1.0, max: 9.0}", 1, 9, 0, 5 },
        { "{distribution: q_uniform, min: 1, max: 9, q: 0.01}", 1, 9, 0.01, 5 },
        { "{distribution: log_uniform_values, min: 1e-4, max: 1e-2}", 1e-4, 1e-2, 0, 1e-3 },
        { "{distribution: q_log_uniform_values, min: 10, max: 100000, q: 0.01}", 10, 100000, 0.01, 1000 },
        { "{distribution: normal, mu: 3, sigma: 2}", -INFINITY, INFINITY, 0, 3 },
        { "{distribution: q_normal, mu: 3, sigma: 2, q: 0.01}", -INFINITY, INFINITY, 0.01, 3 },
    };
    enum { COUNT = 400 };

    for (size_t t = 0; t < sizeof table / sizeof table[0]; t++) {
        const s2s_sweep_points points = draw(COUNT, table[t].text, 7);
        int below = 0;

        cr_assert(points.count >= COUNT / 2, "%s: %zu points", table[t].text, points.count);
        for (size_t i = 0; i < points.count; i++) {
            const double value = number(&points, i, 0), steps = table[t].step > 0 ? value / table[t].step : 0;

            cr_expect(value >= table[t].low && value <= table[t].high, "%s: %s", table[t].text, points.item[i].text[0]);
            cr_expect(fabs(steps - round(steps)) < 1e-6, "%s: %s is no multiple", table[t].text, points.item[i].text[0]);
            below += value < table[t].middle;
        }
        /* Half of them, give or take four standard deviations. */
        cr_expect(fabs(below - points.count / 2.0) < 2 * sqrt((double)points.count), "%s: %d of %zu below the middle", table[t].text, below, points.count);
    }
}

Test(sweep_points, probabilities_are_heeded)
{
    const s2s_sweep_points points = make("sweep: {method: random, run_cap: 600, parameters: {vars.rnn: {values: [SimpleRNN, GRU, LSTM], "
                                         "probabilities: [0.7, 0.3, 0]}, train.optimizer.learning_rate: {min: 0.0, max: 1.0}}}\n", 3);
    int simple = 0, lstm = 0;

    cr_assert(points.count == 600);
    for (size_t i = 0; i < points.count; i++) {
        simple += strcmp(points.item[i].text[0], "SimpleRNN") == 0;
        lstm += strcmp(points.item[i].text[0], "LSTM") == 0;
    }
    cr_expect(lstm == 0);
    cr_expect(abs(simple - 420) < 45, "%d of 600", simple);
}

Test(sweep_points, random_points_are_all_different_and_end_when_there_are_no_more)
{
    const s2s_sweep_points points = make("sweep: {method: random, run_cap: 50, parameters: {vars.rnn: {values: [SimpleRNN, GRU, LSTM]}, "
                                         "vars.units: {min: 1, max: 4}}}\n", 5);

    cr_assert(points.count == 12, "got %zu", points.count);
    for (size_t i = 0; i < points.count; i++)
        for (size_t k = 0; k < i; k++)
            cr_expect(strcmp(points.item[i].text[0], points.item[k].text[0]) != 0 || strcmp(points.item[i].text[1], points.item[k].text[1]) != 0);
}

Test(sweep_points, the_seed_alone_decides)
{
    const s2s_sweep_points a = draw(20, "{min: 1, max: 100000}", 1), again = draw(20, "{min: 1, max: 100000}", 1), b = draw(20, "{min: 1, max: 100000}", 2);
    const s2s_sweep_points fewer = draw(5, "{min: 1, max: 100000}", 1);
    int same = 0;

    for (size_t i = 0; i < 20; i++) {
        cr_expect(strcmp(a.item[i].text[0], again.item[i].text[0]) == 0);
        same += strcmp(a.item[i].text[0], b.item[i].text[0]) == 0;
    }
    cr_expect(same < 3, "another seed gives other points");
    for (size_t i = 0; i < 5; i++)
        cr_expect(strcmp(a.item[i].text[0], fewer.item[i].text[0]) == 0, "run_cap does not move the first points");
}
