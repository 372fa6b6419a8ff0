#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "train/metric.h"

/* Three sequences of 3, 2 and 1 steps; rows t0: b0 b1 b2 | t1: b0 b1 | t2: b0. */
enum { ROWS = 6, WIDTH = 4, ROOM = 64 };
static const int64_t offset[] = { 0, 3, 5, 6 };
static const int32_t sequence_of[] = { 0, 1, 2, 0, 1, 0 }, length[] = { 3, 2, 1 };
static const s2s_steps steps = { .sequences = 3, .count = 3, .rows = ROWS, .offset = offset, .sequence_of = sequence_of, .length = length };

static double metric(const char *name, s2s_outcome outcome)
{
    const s2s_metric_ops *const ops = s2s_metric_find(name);
    int32_t scratch[3 * 4];
    double sums[ROOM] = { 0.0 };

    cr_assert(ops != NULL, "%s", name);
    cr_assert((ops->sums ? ops->sums(WIDTH) : 2) <= ROOM);
    outcome.scratch = scratch;
    if (outcome.steps == NULL)
        outcome.steps = &steps;
    outcome.width = WIDTH;
    ops->add(&outcome, sums);
    return ops->value(sums, WIDTH);
}

static void expect(const char *name, s2s_outcome outcome, double want)
{
    const double got = metric(name, outcome);

    cr_expect(isnan(want) ? isnan(got) : fabs(got - want) < 1e-12, "%s: %.12g, not %.12g", name, got, want);
}

/*                                     b0 b1 b2 | b0 b1 | b0      0 is the filler */
static const int32_t target[ROWS] =    { 1, 3, 2,  2, 0,   0 };
static const int32_t predicted[ROWS] = { 1, 3, 1,  2, 0,   3 };

Test(metrics, accuracies)
{
    const s2s_outcome plain = { .target = target, .predicted = predicted, .filler = -1 };
    s2s_outcome filled = plain;

    filled.filler = 0;
    expect("accuracy", plain, 4.0 / 6);
    expect("accuracy", filled, 3.0 / 4);
    expect("accuracy_padded", plain, 4.0 / 6);
    expect("accuracy_padded", filled, 4.0 / 6);
    expect("exact_match", filled, 1.0 / 3);          /* b1; b0 has a fault in its padding, b2 in its symbol */
    expect("word_error_rate", filled, 2.0 / 3);
}

Test(metrics, rows_without_target_do_not_count)
{
    static const int32_t some[ROWS] = { 1, -1, 2, -1, -1, 3 };
    const s2s_outcome outcome = { .target = some, .predicted = predicted, .filler = -1 };

    expect("accuracy", outcome, 2.0 / 3);
    expect("exact_match", outcome, 1.0 / 2);         /* b0 right, b2 wrong, b1 wants nothing */
    expect("edit_distance_rate", outcome, 1.0 / 3);
}

Test(metrics, a_target_that_did_not_fit_is_wrong)
{
    static const uint8_t too_long[] = { 0, 1, 0 };
    const s2s_outcome outcome = { .target = target, .predicted = predicted, .filler = 0, .too_long = too_long };

    expect("accuracy", outcome, 2.0 / 4);
    expect("exact_match", outcome, 0.0);
    expect("edit_distance_rate", outcome, 3.0 / 4);  /* b0: insert a 3; b1: lost, its one symbol; b2: replace */
}

Test(metrics, known_and_unknown)
{
    static const uint8_t unknown[] = { 0, 1, 1, 0, 0, 1 };
    s2s_outcome outcome = { .target = target, .predicted = predicted, .filler = 0, .unknown = unknown };

    expect("accuracy_known", outcome, 1.0);
    expect("accuracy_unknown", outcome, 0.5);
    outcome.unknown = NULL;
    expect("accuracy_known", outcome, NAN);
    expect("accuracy_unknown", outcome, NAN);
}

Test(metrics, top_5)
{
    static const int64_t one_offset[] = { 0, 2 };
    static const int32_t one_sequence_of[] = { 0, 1 }, one_length[] = { 1, 1 }, wanted[] = { 6, 0 };
    static const s2s_steps one = { .sequences = 2, .count = 1, .rows = 2, .offset = one_offset, .sequence_of = one_sequence_of, .length = one_length };
    static const real y[14] = { 1, 1, 1, 1, 1, 0, 1,   9, 8, 7, 6, 5, 4, 3 };
    const s2s_metric_ops *const ops = s2s_metric_find("top_5_accuracy");
    double sums[2] = { 0.0 };

    ops->add(&(s2s_outcome){ .steps = &one, .width = 7, .target = wanted, .predicted = wanted, .y = y, .filler = -1 }, sums);
    cr_expect(sums[0] == 1.0 && sums[1] == 2.0);     /* symbol 6 comes after five equal ones */
}

/* Classes 1, 2, 3: F1 2/3 (one right, one given wrongly), 2/3, 1; the filler is no class. */
Test(metrics, macro_f1)
{
    static const int32_t wants[ROWS] = { 1, 3, 2, 2, 0, 0 }, gives[ROWS] = { 1, 3, 1, 2, 0, 3 };
    const s2s_outcome outcome = { .target = wants, .predicted = gives, .filler = 0 };

    expect("macro_f1", outcome, (2.0 / 3 + 2.0 / 3 + 1.0) / 3);
    expect("macro_f1", (s2s_outcome){ .target = wants, .predicted = gives, .filler = -1 }, (2.0 / 3 + 2.0 / 3 + 2.0 / 3 + 2.0 / 3) / 4);
}

static double distance(const char *wants, const char *gives)
{
    enum { LONGEST = 16 };
    const int64_t n = (int64_t)strlen(wants);
    int64_t rows[LONGEST + 1];
    int32_t zeros[LONGEST] = { 0 }, t[LONGEST], p[LONGEST], one_length[1] = { (int32_t)n }, scratch[3 * (LONGEST + 1)];
    const s2s_steps one = { .sequences = 1, .count = n, .rows = n, .offset = rows, .sequence_of = zeros, .length = one_length };
    double sums[2] = { 0.0 };

    for (int64_t i = 0; i <= n; i++)
        rows[i] = i;
    for (int64_t i = 0; i < n; i++) {
        t[i] = wants[i];
        p[i] = gives[i];
    }
    s2s_metric_find("edit_distance_rate")->add(&(s2s_outcome){ .steps = &one, .target = t, .predicted = p, .filler = '_', .scratch = scratch }, sums);
    return sums[0];
}

Test(metrics, edit_distance)
{
    static const struct { const char *wants, *gives; double distance; } cases[] = {
        { "kitten_", "sitting", 3 }, { "abc", "abc", 0 }, { "abc_", "xabc", 1 }, { "xabc", "abc_", 1 }, { "abcdef", "bcdefa", 2 },
        { "____", "____", 0 }, { "____", "abcd", 4 }, { "abcd", "____", 4 }, { "a_c", "a_b", 1 }, { "ab", "ba", 2 },
    };

    for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++) {
        const double got = distance(cases[k].wants, cases[k].gives);

        cr_expect(got == cases[k].distance, "%s, %s: %g", cases[k].wants, cases[k].gives, got);
    }
}

Test(metrics, from_the_loss)
{
    const s2s_outcome outcome = { .loss_sum = 6.0 * log(8.0), .loss_count = 6 };

    cr_expect(fabs(metric("perplexity", outcome) - 8.0) < 1e-12);
    cr_expect(fabs(metric("bits_per_character", outcome) - 3.0) < 1e-12);
    cr_expect(isnan(metric("perplexity", (s2s_outcome){ .loss_sum = 0.0 })));
}

Test(metrics, real_values)
{
    real y[ROWS * WIDTH], t[ROWS * WIDTH];

    for (int i = 0; i < ROWS * WIDTH; i++) {
        y[i] = (real)(i % 2);
        t[i] = i < 6 ? (real)(i % 2 ? 4 : 0) : y[i];
    }
    const s2s_outcome outcome = { .y = y, .target_x = t };
    expect("mse", outcome, 27.0 / 24);
    expect("mae", outcome, 9.0 / 24);
    expect("binary_accuracy", outcome, 1.0);
}

/* Sums of several shards, added in order, are those of one. */
Test(metrics, shards_add_up)
{
    static const uint8_t unknown[] = { 0, 1, 1, 0, 0, 1 };
    const s2s_outcome first = { .steps = &steps, .width = WIDTH, .target = target, .predicted = predicted, .unknown = unknown,
                                .filler = 0, .loss_sum = 1.5, .loss_count = 6 };

    for (size_t i = 0; i < s2s_metrics.count; i++) {
        const s2s_metric_ops *const ops = (const s2s_metric_ops *)s2s_metrics.entries[i];
        int32_t scratch[12];
        real y[ROWS * WIDTH] = { 0 };
        double once[ROOM] = { 0.0 }, twice[ROOM] = { 0.0 };
        s2s_outcome outcome = first;

        outcome.scratch = scratch;
        outcome.y = outcome.target_x = y;
        ops->add(&outcome, once);
        ops->add(&outcome, twice);
        ops->add(&outcome, twice);
        cr_expect(ops->value(once, WIDTH) == ops->value(twice, WIDTH), "%s", ops->entry.name);
        for (int k = 0; k < (ops->sums ? ops->sums(WIDTH) : 2); k++)
            cr_expect(twice[k] == 2.0 * once[k], "%s", ops->entry.name);
    }
}

Test(metrics, found_by_name)
{
    cr_expect(s2s_metric_find("accuracy")->larger_is_better && s2s_metric_find("accuracy")->for_symbols);
    cr_expect(!s2s_metric_find("mse")->larger_is_better && s2s_metric_find("mse")->for_reals);
    cr_expect(s2s_metric_find("loss") == NULL && s2s_metric_find("nothing") == NULL);
}
