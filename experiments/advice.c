/*
 * advice.c -- rules, one function each: does it hold, and the line to say if so. Thresholds stand beside the rules that use them.
 */
#include "experiments/advice.h"

#include <math.h>
#include <string.h>

#include "datasets/column.h"
#include "experiments/terminal.h"

/* --- before -------------------------------------------------------------------------------------------------------------- */

/* Target symbols or values of a split; -1 where lengths are not known yet. */
static int64_t count_targets(const s2s_experiment *experiment, s2s_split_name split)
{
    const s2s_signature *signature = &experiment->signature;
    int64_t sum = 0;

    if (signature->examples[split] < 0)
        return -1;
    if (signature->target.steps >= 0)
        return signature->examples[split] * (signature->target.steps > 0 ? signature->target.steps : 1);
    if (experiment->dataset == NULL)
        return -1;
    for (int64_t i = 0; i < experiment->dataset->split[split].count; i++)
        sum += s2s_column_length(&experiment->dataset->split[split].target, i);
    return sum;
}

static void warn_small_validation(const s2s_experiment *experiment, s2s_string *ret)
{
    enum { ENOUGH = 1000 };
    const int64_t targets = count_targets(experiment, S2S_VALIDATION);
    char shown[S2S_SHOWN_SIZE];

    if (experiment->signature.examples[S2S_VALIDATION] != 0 && targets >= 0 && targets < ENOUGH)
        s2s_string_printf(ret, "validation holds %s target symbols: each is worth %.2g %% of its figures, so small differences mean nothing\n",
                          s2s_show_count(targets, shown), targets > 0 ? 100.0 / (double)targets : 100.0);
}

static void warn_many_parameters(const s2s_experiment *experiment, s2s_string *ret)
{
    enum { FAR_MORE = 20 };
    const int64_t targets = count_targets(experiment, S2S_TRAIN), parameters = experiment->graph->parameters;
    char a[S2S_SHOWN_SIZE], b[S2S_SHOWN_SIZE];

    if (targets > 0 && parameters / FAR_MORE > targets)
        s2s_string_printf(ret, "%s parameters for %s training symbols: the model can learn them by heart; fewer units, dropout, or more samples\n",
                          s2s_show_count(parameters, a), s2s_show_count(targets, b));
}

static void warn_last_batch(const s2s_experiment *experiment, s2s_string *ret)
{
    const int64_t batch = experiment->options->train.batch_size, examples = experiment->signature.examples[S2S_TRAIN];
    char shown[S2S_SHOWN_SIZE];

    if (examples > batch && batch > 1 && examples % batch == 1)
        s2s_string_printf(ret, "the last batch of each epoch holds one example, which then moves the weights as much as %lld others: "
                          "%s examples, train.batch_size %lld\n", (long long)batch, s2s_show_count(examples, shown), (long long)batch);
}

static void mark_symbols(const s2s_split *split, const s2s_column *column, bool *seen)
{
    int64_t elements = 0;

    for (int64_t i = 0; i < split->count; i++)
        elements += s2s_column_length(column, i);
    if (column->inner_start != NULL)
        elements = column->inner_start[elements];
    for (int64_t k = 0; k < elements; k++)
        if (s2s_column_get(column, k) >= 0)
            seen[s2s_column_get(column, k)] = true;
}

/* The column of a stream, or of the target where `stream` is -1. */
static const s2s_column *column_of(const s2s_split *split, int stream) { return stream < 0 ? &split->target : &split->stream[stream]; }

/* Symbols that may be asked for, but never are in training: those of the other splits, and `unknown` where nothing becomes it. */
static int64_t count_untouched(const s2s_dataset *dataset, int stream, int32_t unknown, s2s_arena *arena, int32_t *first)
{
    const s2s_column *trained = column_of(&dataset->split[S2S_TRAIN], stream);
    bool   *seen = S2S_NEW_ARRAY(arena, bool, trained->width), *asked = S2S_NEW_ARRAY(arena, bool, trained->width);
    int64_t count = 0;

    if (s2s_arena_failed(arena))
        return 0;
    mark_symbols(&dataset->split[S2S_TRAIN], trained, seen);
    if (trained->rare != NULL && trained->replace_rate > 0)
        seen[trained->unknown] = true;
    for (int split = S2S_VALIDATION; split < S2S_SPLIT_COUNT; split++)
        if (dataset->split[split].count > 0)
            mark_symbols(&dataset->split[split], column_of(&dataset->split[split], stream), asked);
    if (unknown >= 0 && unknown < trained->width)
        asked[unknown] = true;
    for (int32_t s = (int32_t)trained->width; s-- > 0;)
        if (asked[s] && !seen[s]) {
            *first = s;
            count++;
        }
    return count;
}

static void warn_untouched(const s2s_experiment *experiment, int stream, s2s_string *ret)
{
    const s2s_dataset *dataset = experiment->dataset;
    const s2s_column  *column = column_of(&dataset->split[S2S_TRAIN], stream);
    const char        *name = stream < 0 ? dataset->signature.target.name : dataset->signature.stream[stream].name;
    const s2s_vocabulary *vocabulary = s2s_vocabulary_named(&dataset->vocabularies, name);
    s2s_arena *arena = s2s_arena_create();
    int32_t    first = 0;
    int64_t    count = 0;

    if (arena != NULL && vocabulary != NULL && column->kind != S2S_STREAM_REALS)
        count = count_untouched(dataset, stream, s2s_vocabulary_unknown(vocabulary), arena, &first);
    if (count > 0)
        s2s_string_printf(ret, "%lld of the %lld symbols of '%s' can be asked for but never occur%s in training, '%.*s' first: what the model "
                          "says to them is chance\n", (long long)count, (long long)column->width, name, count == 1 ? "s" : "",
                          S2S_TEXT_ARGS(s2s_vocabulary_symbol(vocabulary, first)));
    s2s_arena_free(arena);
}

void s2s_advice_before(const s2s_experiment *experiment, s2s_string *ret)
{
    warn_small_validation(experiment, ret);
    warn_many_parameters(experiment, ret);
    warn_last_batch(experiment, ret);
    if (experiment->dataset == NULL || experiment->dataset->fresh)
        return;
    for (int i = -1; i < experiment->signature.stream_count; i++)
        warn_untouched(experiment, i, ret);
}

/* --- after --------------------------------------------------------------------------------------------------------------- */

/* Enough epochs to speak of a curve. */
enum { CURVE = 4 };

/* NaN for row -1: a figure that never was a number has no best one. */
static double figure(const s2s_advice_facts *f, const char *name, int64_t row)
{
    return row < 0 ? NAN : s2s_history_at(f->history, row, s2s_history_find(f->history, name));
}

static int64_t best_row(const s2s_advice_facts *f, const char *name) { return s2s_history_best(f->history, s2s_history_find(f->history, name)); }

static long long epoch_of(const s2s_advice_facts *f, int64_t row) { return row < 0 ? 0 : (long long)figure(f, "epoch", row); }

/* The figure that chooses `best` was as good as it can be: shares end at 1, losses and errors at 0. */
static bool is_perfect(const s2s_advice_facts *f)
{
    return figure(f, f->monitor, best_row(f, f->monitor)) == (s2s_figure_rises(f->monitor) ? 1 : 0);
}

static bool say_diverged(const s2s_advice_facts *f, s2s_string *ret)
{
    const int64_t last = f->history->rows - 1;
    char loss[S2S_SHOWN_SIZE], rate[S2S_SHOWN_SIZE];

    if (!f->diverged)
        return false;
    if (last < 0)
        s2s_string_add(ret, "diverged in the first epoch: try a tenth of train.optimizer.learning_rate, or global_clipnorm: 1\n");
    else
        s2s_string_printf(ret, "diverged in epoch %lld, after a loss of %s: try a tenth of train.optimizer.learning_rate (now %s), or "
                          "global_clipnorm: 1\n", epoch_of(f, last) + 1, s2s_show_figure(figure(f, "loss", last), loss),
                          s2s_show_figure(figure(f, "learning_rate", last), rate));
    return true;
}

static bool say_all_the_same(const s2s_advice_facts *f, s2s_string *ret)
{
    enum { SHOWN = 40 };
    const char *answer = f->same_answer;

    if (answer == NULL || f->answers < CURVE || f->wanted < 2)
        return false;
    s2s_string_printf(ret, "all of %lld validation examples get the same answer '%.*s%s', though %lld different ones are wanted: more epochs, "
                      "another train.optimizer.learning_rate, more units\n", (long long)f->answers, SHOWN, answer,
                      strlen(answer) > SHOWN ? "..." : "", (long long)f->wanted);
    return true;
}

/* A loss near ln V is that of guessing among V symbols. */
static bool say_guessing(const s2s_advice_facts *f, s2s_string *ret)
{
    const double  chance = f->symbols > 1 ? log((double)f->symbols) : NAN;
    const char   *name = s2s_history_find(f->history, "val_loss") >= 0 ? "val_loss" : "loss";
    const int64_t row = best_row(f, name);
    char loss[S2S_SHOWN_SIZE], guess[S2S_SHOWN_SIZE];

    if (row < 0 || !(figure(f, name, row) > 0.9 * chance))
        return false;
    s2s_string_printf(ret, "nothing is learned yet: the best %s is %s, and guessing among %lld symbols gives ln %lld = %s; try another "
                      "train.optimizer.learning_rate, more epochs, shorter sequences\n", name, s2s_show_figure(figure(f, name, row), loss),
                      (long long)f->symbols, (long long)f->symbols, s2s_show_figure(chance, guess));
    return true;
}

/* The loss of training ends far above its lowest. */
static bool say_unsteady(const s2s_advice_facts *f, s2s_string *ret)
{
    const int64_t best = best_row(f, "loss"), last = f->history->rows - 1;
    char low[S2S_SHOWN_SIZE], now[S2S_SHOWN_SIZE], rate[S2S_SHOWN_SIZE];

    if (best < 0 || !(figure(f, "loss", last) > 2 * figure(f, "loss", best)) || !(figure(f, "loss", last) > 0.01))
        return false;
    s2s_string_printf(ret, "unsteady: loss was %s in epoch %lld and is %s now; try a lower train.optimizer.learning_rate (now %s), a schedule, or "
                      "global_clipnorm: 1\n", s2s_show_figure(figure(f, "loss", best), low), epoch_of(f, best),
                      s2s_show_figure(figure(f, "loss", last), now), s2s_show_figure(figure(f, "learning_rate", last), rate));
    return true;
}

/* Validation has turned while training goes on falling. */
static bool say_overfitting(const s2s_advice_facts *f, s2s_string *ret)
{
    const int64_t best = best_row(f, "val_loss"), last = f->history->rows - 1;
    char turned[S2S_SHOWN_SIZE], now[S2S_SHOWN_SIZE], from[S2S_SHOWN_SIZE], to[S2S_SHOWN_SIZE];

    if (best < 0 || best == last || is_perfect(f) || !(figure(f, "val_loss", last) > 1.1 * figure(f, "val_loss", best))
        || !(figure(f, "loss", last) < figure(f, "loss", best)))
        return false;
    s2s_string_printf(ret, "overfitting since epoch %lld: val_loss rose from %s to %s while loss fell from %s to %s; try dropout, more "
                      "dataset.samples, fewer units\n", epoch_of(f, best), s2s_show_figure(figure(f, "val_loss", best), turned),
                      s2s_show_figure(figure(f, "val_loss", last), now), s2s_show_figure(figure(f, "loss", best), from),
                      s2s_show_figure(figure(f, "loss", last), to));
    return true;
}

/* The last quarter of the epochs brought a fair part of all that was gained, up to the end. */
static bool say_improving(const s2s_advice_facts *f, s2s_string *ret)
{
    const int64_t rows = f->history->rows, last = rows - 1, quarter = last - rows / 4, best = best_row(f, f->monitor);
    const double  gained = figure(f, f->monitor, best) - figure(f, f->monitor, 0), lately = figure(f, f->monitor, best) - figure(f, f->monitor, quarter);
    const bool    perfect = s2s_figure_rises(f->monitor) && figure(f, f->monitor, best) > 0.999;
    char before[S2S_SHOWN_SIZE], now[S2S_SHOWN_SIZE];

    if (best < last - rows / 10 || !f->all_epochs || perfect || !(fabs(lately) > 0.05 * fabs(gained)) || lately * gained <= 0)
        return false;
    s2s_string_printf(ret, "still improving: %s went from %s to %s in the last %lld epochs; go on with: s2s resume %s train.epochs=%lld\n",
                      f->monitor, s2s_show_figure(figure(f, f->monitor, quarter), before), s2s_show_figure(figure(f, f->monitor, best), now),
                      (long long)(last - quarter), f->folder, (long long)(2 * f->epochs));
    return true;
}

/* It has come to rest, and even the training examples are not answered. */
static bool say_underfitting(const s2s_advice_facts *f, s2s_string *ret)
{
    static const double GOOD = 0.9;
    const char   *train = strncmp(f->monitor, "val_", 4) == 0 ? f->monitor + 4 : f->monitor;
    const int64_t best = best_row(f, train);
    char shown[S2S_SHOWN_SIZE], rate[S2S_SHOWN_SIZE];

    if (!s2s_figure_rises(train) || best < 0 || !(figure(f, train, best) < GOOD))
        return false;
    s2s_string_printf(ret, "underfitting: %s reaches %s even in training; try more units or layers, more epochs, or another "
                      "train.optimizer.learning_rate (now %s)\n", train, s2s_show_figure(figure(f, train, best), shown),
                      s2s_show_figure(figure(f, "learning_rate", f->history->rows - 1), rate));
    return true;
}

static void say_at_rest(const s2s_advice_facts *f, s2s_string *ret)
{
    const bool    validated = strncmp(f->monitor, "val_", 4) == 0;
    const int64_t best = best_row(f, f->monitor);
    char shown[S2S_SHOWN_SIZE], train[S2S_SHOWN_SIZE];

    if (best < 0)
        return;
    s2s_string_printf(ret, "levelled off: %s is best in epoch %lld, %s", f->monitor, epoch_of(f, best), s2s_show_figure(figure(f, f->monitor, best), shown));
    if (validated && !isnan(figure(f, f->monitor + 4, best)))
        s2s_string_printf(ret, ", beside %s in training", s2s_show_figure(figure(f, f->monitor + 4, best), train));
    s2s_string_add(ret, "\n");
}

void s2s_advice_after(const s2s_advice_facts *facts, s2s_string *ret)
{
    static bool (*const rules[])(const s2s_advice_facts *facts, s2s_string *ret) = {
        say_all_the_same, say_guessing, say_unsteady, say_overfitting, say_improving,
    };
    int lines = 0;

    if (say_diverged(facts, ret) || facts->history->rows < CURVE)
        return;
    for (size_t i = 0; i < sizeof rules / sizeof rules[0] && lines < S2S_ADVICE_LINES; i++) {
        const bool said = rules[i](facts, ret);

        lines += said;
        if (said && rules[i] == say_guessing)      /* the rest follows from it */
            return;
    }
    if (lines == 0 && !is_perfect(facts) && !say_underfitting(facts, ret))
        say_at_rest(facts, ret);
}
