/* test_ledger.c -- what goes into a sweep's ledger comes out again, also after it was closed, and half a change never does. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "experiments/ledger.h"

static s2s_arena *arena;
static s2s_ledger *ledger;
static s2s_error err;
static char path[64];

static void begin(void)
{
    arena = s2s_arena_create();
    snprintf(path, sizeof path, "ledger-%d.sqlite", (int)getpid());
    unlink(path);
    cr_assert(s2s_ledger_create(path, &ledger, &err) == S2S_OK, "%s", err.message);
}

static void end(void)
{
    s2s_ledger_close(ledger);
    unlink(path);
    s2s_arena_free(arena);
}

TestSuite(ledger, .init = begin, .fini = end);

static void reopen(void)
{
    s2s_ledger_close(ledger);
    ledger = NULL;
    cr_assert(s2s_ledger_open(path, true, &ledger, &err) == S2S_OK, "%s", err.message);
}

#define OK(call) cr_assert((call) == S2S_OK, "%s", err.message)

static const s2s_trial_record one = { .trial = 1, .point = 1, .seed = 7, .state = S2S_TRIAL_FINISHED, .model_parameters = 1234, .epochs = 3,
                                      .best = 0.1234567890123456789, .best_epoch = 2, .seconds = 1.5, .directory = "trial-0001" };
static const s2s_trial_record two = { .trial = 2, .point = 1, .seed = 8, .state = S2S_TRIAL_DIVERGED, .reason = "it's NaN", .best = NAN };

Test(ledger, trials_come_back_as_they_were)
{
    s2s_trial_record *records;
    size_t count;

    OK(s2s_ledger_put(ledger, &two, &err));
    OK(s2s_ledger_put(ledger, &one, &err));
    OK(s2s_ledger_put(ledger, &one, &err));
    reopen();
    OK(s2s_ledger_trials(ledger, arena, &records, &count, &err));
    cr_assert(count == 2, "put again is put once");
    cr_expect(records[0].trial == 1 && records[0].seed == 7 && records[0].state == S2S_TRIAL_FINISHED && records[0].reason == NULL);
    cr_expect(records[0].model_parameters == 1234 && records[0].epochs == 3 && records[0].best == one.best && records[0].best_epoch == 2);
    cr_expect(records[0].seconds == 1.5 && strcmp(records[0].directory, "trial-0001") == 0);
    cr_expect(records[1].state == S2S_TRIAL_DIVERGED && strcmp(records[1].reason, "it's NaN") == 0 && isnan(records[1].best));
    cr_expect(records[1].best_epoch == 0 && records[1].directory == NULL);
}

Test(ledger, keys_and_values)
{
    const s2s_node   node = { .kind = S2S_NODE_SCALAR, .text = { "0.5", 3 } };
    const char      *text;
    s2s_trial_value *values;
    size_t           count;

    OK(s2s_ledger_put(ledger, &one, &err));
    OK(s2s_ledger_put_value(ledger, 1, "train.rate", &node, "0.5", &err));
    OK(s2s_ledger_set(ledger, "metric", "val_loss", &err));
    OK(s2s_ledger_set(ledger, "metric", "val_accuracy", &err));
    reopen();
    OK(s2s_ledger_get(ledger, "metric", arena, &text, &err));
    cr_expect(strcmp(text, "val_accuracy") == 0);
    OK(s2s_ledger_get(ledger, "nothing", arena, &text, &err));
    cr_expect(text == NULL);
    OK(s2s_ledger_values(ledger, arena, &values, &count, &err));
    cr_assert(count == 1 && values[0].trial == 1 && strcmp(values[0].name, "train.rate") == 0 && strcmp(values[0].value, "0.5") == 0);
}

static s2s_epoch_report report_of(int64_t epoch, double loss)
{
    s2s_epoch_report report = { .epoch = epoch, .examples = 100, .seconds = 0.5, .learning_rate = 0.01 };

    report.train = (s2s_figures){ .count = 1, .name = { "loss" }, .value = { loss } };
    report.validation = (s2s_figures){ .count = 2, .name = { "loss", "accuracy" }, .value = { 2 * loss, NAN } };
    return report;
}

Test(ledger, epochs_become_a_history)
{
    const s2s_epoch_report first = report_of(1, 4), second = report_of(2, 3), better = report_of(2, 1);
    s2s_history history;

    OK(s2s_ledger_put(ledger, &one, &err));
    OK(s2s_ledger_put_epoch(ledger, 1, &second, &err));
    OK(s2s_ledger_put_epoch(ledger, 1, &first, &err));
    OK(s2s_ledger_put_epoch(ledger, 1, &better, &err));
    OK(s2s_ledger_history(ledger, 1, arena, &history, &err));
    cr_assert(history.rows == 2 && strcmp(history.name[0], "epoch") == 0);
    cr_expect(s2s_history_at(&history, 0, s2s_history_find(&history, "loss")) == 4);
    cr_expect(s2s_history_at(&history, 1, s2s_history_find(&history, "val_loss")) == 2, "the second telling of an epoch counts");
    cr_expect(isnan(s2s_history_at(&history, 1, s2s_history_find(&history, "val_accuracy"))));
    cr_expect(s2s_history_at(&history, 0, s2s_history_find(&history, "samples_per_second")) == 200);
    OK(s2s_ledger_forget_epochs(ledger, 1, &err));
    OK(s2s_ledger_history(ledger, 1, arena, &history, &err));
    cr_expect(history.rows == 0);
}

Test(ledger, what_was_not_committed_is_not_there)
{
    s2s_trial_record *records;
    size_t count;

    OK(s2s_ledger_begin(ledger, &err));
    OK(s2s_ledger_put(ledger, &one, &err));
    OK(s2s_ledger_begin(ledger, &err));        /* undoes the first */
    OK(s2s_ledger_put(ledger, &two, &err));
    OK(s2s_ledger_commit(ledger, &err));
    OK(s2s_ledger_trials(ledger, arena, &records, &count, &err));
    cr_assert(count == 1 && records[0].trial == 2);
}

Test(ledger, others_read_while_it_is_written)
{
    s2s_ledger       *reader;
    s2s_trial_record *records;
    size_t count;

    OK(s2s_ledger_put(ledger, &one, &err));
    OK(s2s_ledger_open(path, false, &reader, &err));
    OK(s2s_ledger_begin(ledger, &err));
    OK(s2s_ledger_put(ledger, &two, &err));
    OK(s2s_ledger_trials(reader, arena, &records, &count, &err));
    cr_expect(count == 1, "what is under way is not seen");
    OK(s2s_ledger_commit(ledger, &err));
    OK(s2s_ledger_trials(reader, arena, &records, &count, &err));
    cr_expect(count == 2);
    s2s_ledger_close(reader);
}

Test(ledger, a_closed_ledger_is_one_file)
{
    char log[80];

    OK(s2s_ledger_put(ledger, &one, &err));
    s2s_ledger_close(ledger);
    ledger = NULL;
    snprintf(log, sizeof log, "%s-wal", path);
    cr_expect(!s2s_file_exists(log));
    cr_assert(s2s_ledger_open(path, false, &ledger, &err) == S2S_OK);
}

Test(ledger, other_files_are_refused)
{
    const s2s_text text = s2s_text_of("this is no database, but it is long enough to be looked at as one, byte by byte, up to the hundredth");
    s2s_ledger    *other;

    cr_expect(s2s_ledger_open("no-such-file", false, &other, &err) == S2S_DATA);
    cr_expect(s2s_ledger_create(path, &other, &err) == S2S_IO, "there is one already");
    s2s_ledger_close(ledger);
    ledger = NULL;
    cr_assert(s2s_file_write(path, &text, 1, NULL) == S2S_OK);
    cr_expect(s2s_ledger_open(path, false, &other, &err) == S2S_DATA, "%s", err.message);
}
