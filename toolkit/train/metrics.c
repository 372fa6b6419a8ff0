/*
 * metrics.c -- every metric. To add one: an add function, a value function (most are `ratio`), and a row in the list at the end.
 *
 * Most metrics are two sums: what was hit, and out of how many. A sequence whose target did not fit the decoder counts as wrong in
 * each of its symbols.
 */
#include "train/metric.h"

#include <assert.h>
#include <math.h>
#include <string.h>

enum { HITS, COUNT };

static double ratio(const double *sums, int64_t width)
{
    (void)width;
    return sums[COUNT] > 0.0 ? sums[HITS] / sums[COUNT] : NAN;
}

static double miss_ratio(const double *sums, int64_t width) { return 1.0 - ratio(sums, width); }

static bool too_long(const s2s_outcome *o, int64_t row) { return o->too_long != NULL && o->too_long[o->steps->sequence_of[row]]; }
static bool right(const s2s_outcome *o, int64_t row) { return o->predicted[row] == o->target[row] && !too_long(o, row); }

/* --- symbols ----------------------------------------------------------------------------------------------------------------- */

static void add_share(int64_t hits, int64_t count, double *sums)
{
    sums[HITS] += (double)hits;
    sums[COUNT] += (double)count;
}

static void accuracy_add(const s2s_outcome *o, double *sums)
{
    int64_t hits = 0, count = 0;

    for (int64_t r = 0; r < o->steps->rows; r++)
        if (o->target[r] >= 0 && o->target[r] != o->filler) {
            hits += right(o, r);
            count++;
        }
    add_share(hits, count, sums);
}

static void accuracy_padded_add(const s2s_outcome *o, double *sums)
{
    int64_t hits = 0, count = 0;

    for (int64_t r = 0; r < o->steps->rows; r++)
        if (o->target[r] >= 0) {
            hits += right(o, r);
            count++;
        }
    add_share(hits, count, sums);
}

/* Accuracy over the rows whose input symbol was known, or was not; over none where that cannot be told. */
static void accuracy_among(const s2s_outcome *o, bool unknown, double *sums)
{
    int64_t hits = 0, count = 0;

    for (int64_t r = 0; o->unknown != NULL && r < o->steps->rows; r++)
        if (o->target[r] >= 0 && o->target[r] != o->filler && o->unknown[r] == unknown) {
            hits += right(o, r);
            count++;
        }
    add_share(hits, count, sums);
}

static void accuracy_known_add(const s2s_outcome *o, double *sums) { accuracy_among(o, false, sums); }
static void accuracy_unknown_add(const s2s_outcome *o, double *sums) { accuracy_among(o, true, sums); }

/* The target is among the 5 most probable symbols; of equal ones the lower comes first. */
static void top_5_accuracy_add(const s2s_outcome *o, double *sums)
{
    for (int64_t r = 0; r < o->steps->rows; r++) {
        const int32_t target = o->target[r];
        const real *const y = o->y + r * o->width;
        int64_t before = 0;

        if (target < 0 || target == o->filler)
            continue;
        for (int64_t k = 0; k < o->width; k++)
            before += y[k] > y[target] || (y[k] == y[target] && k < target);
        sums[HITS] += before < 5 && !too_long(o, r);
        sums[COUNT] += 1.0;
    }
}

/* --- whole sequences --------------------------------------------------------------------------------------------------------------- */

static int64_t row_of(const s2s_steps *steps, int64_t t, int64_t b) { return steps->offset[t] + b; }

static void exact_match_add(const s2s_outcome *o, double *sums)
{
    for (int64_t b = 0; b < o->steps->sequences; b++) {
        bool wanted = false, exact = true;

        for (int64_t t = 0; t < o->steps->length[b]; t++) {
            const int64_t r = row_of(o->steps, t, b);

            if (o->target[r] >= 0) {
                wanted = true;
                exact &= right(o, r);
            }
        }
        sums[HITS] += wanted && exact;
        sums[COUNT] += wanted;
    }
}

/* Levenshtein's distance; `row` has room for n + 1 numbers. */
static int32_t edit_distance(int64_t m, const int32_t *a, int64_t n, const int32_t *b, int32_t *row)
{
    for (int64_t j = 0; j <= n; j++)
        row[j] = (int32_t)j;
    for (int64_t i = 0; i < m; i++) {
        int32_t corner = row[0];

        row[0] = (int32_t)(i + 1);
        for (int64_t j = 0; j < n; j++) {
            const int32_t replace = corner + (a[i] != b[j]), change = (row[j] < row[j + 1] ? row[j] : row[j + 1]) + 1;

            corner = row[j + 1];
            row[j + 1] = replace < change ? replace : change;
        }
    }
    return row[n];
}

static int64_t without_fillers(const s2s_outcome *o, int64_t n, const int32_t *symbols)
{
    while (n > 0 && symbols[n - 1] == o->filler)
        n--;
    return n;
}

/* Both sides without the fillers at their ends; edits over target symbols. */
static void edit_distance_rate_add(const s2s_outcome *o, double *sums)
{
    const int64_t room = o->steps->count + 1;
    int32_t *const target = o->scratch, *const predicted = o->scratch + room;

    assert(o->scratch != NULL);
    for (int64_t b = 0; b < o->steps->sequences; b++) {
        int64_t n = 0;

        for (int64_t t = 0; t < o->steps->length[b]; t++) {
            const int64_t r = row_of(o->steps, t, b);

            if (o->target[r] >= 0) {
                target[n] = o->target[r];
                predicted[n++] = o->predicted[r];
            }
        }
        const int64_t wanted = without_fillers(o, n, target), given = without_fillers(o, n, predicted);
        const bool lost = o->too_long != NULL && o->too_long[b];

        sums[HITS] += lost ? (double)wanted : edit_distance(wanted, target, given, predicted, o->scratch + 2 * room);
        sums[COUNT] += (double)wanted;
    }
}

/* --- from the loss ------------------------------------------------------------------------------------------------------------------- */

static void loss_add(const s2s_outcome *o, double *sums)
{
    sums[HITS] += o->loss_sum;
    sums[COUNT] += (double)o->loss_count;
}

static double perplexity_value(const double *sums, int64_t width) { return exp(ratio(sums, width)); }
static double bits_value(const double *sums, int64_t width) { return ratio(sums, width) / M_LN2; }

/* --- macro F1: for each class, how often it was given rightly, given wrongly, missed ------------------------------------------------------ */

enum { RIGHTLY, WRONGLY, MISSED, PER_CLASS };

static int64_t macro_f1_sums(int64_t width) { return PER_CLASS * width; }

static void macro_f1_add(const s2s_outcome *o, double *sums)
{
    for (int64_t r = 0; r < o->steps->rows; r++) {
        const int32_t target = o->target[r], predicted = o->predicted[r];

        if (target < 0 || target == o->filler)
            continue;
        if (right(o, r)) {
            sums[PER_CLASS * target + RIGHTLY] += 1.0;
            continue;
        }
        sums[PER_CLASS * target + MISSED] += 1.0;
        if (predicted != o->filler && predicted != target)
            sums[PER_CLASS * predicted + WRONGLY] += 1.0;
    }
}

/* The mean over the classes that were wanted or given at all. */
static double macro_f1_value(const double *sums, int64_t width)
{
    double total = 0.0, classes = 0.0;

    for (int64_t k = 0; k < width; k++, sums += PER_CLASS) {
        const double faults = sums[WRONGLY] + sums[MISSED];

        if (sums[RIGHTLY] + faults > 0.0) {
            total += 2.0 * sums[RIGHTLY] / (2.0 * sums[RIGHTLY] + faults);
            classes += 1.0;
        }
    }
    return classes > 0.0 ? total / classes : NAN;
}

/* --- real values -------------------------------------------------------------------------------------------------------------------------- */

static void mse_add(const s2s_outcome *o, double *sums)
{
    for (int64_t i = 0; i < o->steps->rows * o->width; i++) {
        const double error = (double)o->y[i] - (double)o->target_x[i];

        sums[HITS] += error * error;
        sums[COUNT] += 1.0;
    }
}

static void mae_add(const s2s_outcome *o, double *sums)
{
    for (int64_t i = 0; i < o->steps->rows * o->width; i++) {
        sums[HITS] += fabs((double)o->y[i] - (double)o->target_x[i]);
        sums[COUNT] += 1.0;
    }
}

/* A yes is more than one half. */
static void binary_accuracy_add(const s2s_outcome *o, double *sums)
{
    for (int64_t i = 0; i < o->steps->rows * o->width; i++) {
        sums[HITS] += ((double)o->y[i] > 0.5) == ((double)o->target_x[i] > 0.5);
        sums[COUNT] += 1.0;
    }
}

/* --- the table ------------------------------------------------------------------------------------------------------------------------------ */

enum { SMALLER = 0, LARGER = 1 };
enum { REALS = 0, SYMBOLS = 1 };

/* name, better, targets, sums (NULL: two), add, value, summary */
#define METRICS(ROW)                                                                                                                   \
    ROW(accuracy, LARGER, SYMBOLS, NULL, accuracy_add, ratio, "share of target symbols predicted, without padding and fillers")        \
    ROW(accuracy_padded, LARGER, SYMBOLS, NULL, accuracy_padded_add, ratio, "the same with fillers: what Keras' addition example prints") \
    ROW(exact_match, LARGER, SYMBOLS, NULL, exact_match_add, ratio, "share of whole sequences without a fault, fillers included")      \
    ROW(perplexity, SMALLER, SYMBOLS, NULL, loss_add, perplexity_value, "exp of the mean loss of a symbol")                            \
    ROW(bits_per_character, SMALLER, SYMBOLS, NULL, loss_add, bits_value, "mean loss of a symbol in bits")                             \
    ROW(macro_f1, LARGER, SYMBOLS, macro_f1_sums, macro_f1_add, macro_f1_value, "mean F1 over the classes that occur")                 \
    ROW(accuracy_known, LARGER, SYMBOLS, NULL, accuracy_known_add, ratio, "accuracy where the input symbol was seen in training")      \
    ROW(accuracy_unknown, LARGER, SYMBOLS, NULL, accuracy_unknown_add, ratio, "accuracy where it was not")                             \
    ROW(top_5_accuracy, LARGER, SYMBOLS, NULL, top_5_accuracy_add, ratio, "share of target symbols among the 5 most probable")         \
    ROW(edit_distance_rate, SMALLER, SYMBOLS, NULL, edit_distance_rate_add, ratio, "edits that lead to the target, for each target symbol") \
    ROW(word_error_rate, SMALLER, SYMBOLS, NULL, exact_match_add, miss_ratio, "share of sequences (words) with a fault")               \
    ROW(mse, SMALLER, REALS, NULL, mse_add, ratio, "mean squared error")                                                               \
    ROW(mae, SMALLER, REALS, NULL, mae_add, ratio, "mean absolute error")                                                              \
    ROW(binary_accuracy, LARGER, REALS, NULL, binary_accuracy_add, ratio, "share of yes and no predicted, yes being above one half")

#define DEFINE(name_, larger, symbols, sums_, add_, value_, summary_)                                                                  \
    static const s2s_metric_ops name_##_ops = {                                                                                        \
        .entry = { .name = #name_, .summary = summary_ },                                                                              \
        .larger_is_better = larger, .for_symbols = symbols, .for_reals = !(symbols),                                                   \
        .sums = sums_, .add = add_, .value = value_,                                                                                   \
    };
METRICS(DEFINE)

#define ADDRESS(name_, ...) &name_##_ops.entry,
static const s2s_entry *const entries[] = { METRICS(ADDRESS) };

const s2s_registry s2s_metrics = {
    .noun = "metric", .plural = "metrics", .entries = entries, .count = sizeof(entries) / sizeof(entries[0]), .names_only = true,
};

const s2s_metric_ops *s2s_metric_find(const char *name)
{
    for (size_t i = 0; i < s2s_metrics.count; i++)
        if (strcmp(entries[i]->name, name) == 0)
            return (const s2s_metric_ops *)entries[i];
    return NULL;
}
