/* test_compare.c -- rows, thresholds, counts and the paired test over records made by hand. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "experiments/compare.h"

static s2s_arena *arena;
static void begin(void) { arena = s2s_arena_create(); }
static void end(void) { s2s_arena_free(arena); }

TestSuite(compare, .init = begin, .fini = end);

static s2s_record record_of(const char *cell, const char *seed, const char *status, const char *history)
{
    s2s_pair  *key = S2S_NEW_ARRAY(arena, s2s_pair, 3);
    s2s_record r = { .name = cell, .key = key, .key_count = 3, .monitor = "val_accuracy", .status = status, .parameters = 10, .seconds = 4 };

    key[0] = (s2s_pair){ .key = "seed", .value = seed };
    key[1] = (s2s_pair){ .key = "vars.rnn", .value = cell };
    key[2] = (s2s_pair){ .key = "train.epochs", .value = "2" };
    cr_assert(s2s_history_parse(s2s_text_of(history), arena, &r.history, NULL) == S2S_OK);
    return r;
}

#define HEAD "epoch,seconds,samples_per_second,val_accuracy\n"

static s2s_comparison compare(const s2s_record *records, size_t count, s2s_threshold to)
{
    s2s_comparison c;
    s2s_error      err;

    cr_assert(s2s_compare(records, count, NULL, to, arena, &c, &err) == S2S_OK, "%s", err.message);
    return c;
}

Test(compare, seeds_make_a_row)
{
    const s2s_record records[] = {
        record_of("GRU", "1", "finished", HEAD "1,2,100,0.5\n2,2,300,0.9\n"), record_of("GRU", "2", "finished", HEAD "1,2,100,0.8\n2,2,300,0.7\n"),
        record_of("LSTM", "1", "finished", HEAD "1,2,100,0.4\n2,2,100,0.6\n"), record_of("LSTM", "2", "finished", HEAD "1,2,100,0.4\n2,2,100,0.6\n"),
        record_of("LSTM", "3", "diverged", HEAD "1,2,100,0.99\n"), record_of("LSTM", "4", "paused", HEAD),
    };
    const s2s_comparison c = compare(records, 6, (s2s_threshold){ "val_accuracy", 0.75 });

    cr_assert(c.row_count == 2 && c.key_count == 1 && strcmp(c.key[0], "vars.rnn") == 0 && c.rises);
    cr_expect(strcmp(c.row[1].value[0], "LSTM") == 0 && c.row[0].parameters == 10);
    cr_expect(c.row[0].runs == 2 && c.row[0].finished == 2 && fabs(c.row[0].best.mean - 0.85) < 1e-12 && c.row[0].epoch.mean == 1.5);
    cr_expect(c.row[0].to_epochs.count == 2 && c.row[0].to_epochs.mean == 1.5 && c.row[0].to_seconds.mean == 3);
    cr_expect(c.row[0].rate.mean == 200, "samples by time, not by epoch");
    cr_expect(c.row[1].runs == 4 && c.row[1].diverged == 1 && c.row[1].unfinished == 1 && c.row[1].best.count == 2, "who diverged is not averaged");
    cr_expect(c.row[1].to_epochs.count == 0);
    cr_expect(c.row[1].test.pairs == 2 && fabs(c.row[1].test.difference + 0.25) < 1e-12);
    cr_expect(isnan(c.row[0].test.p) && !isnan(c.row[1].test.p));
}

Test(compare, only_equal_seeds_are_paired)
{
    const s2s_record records[] = {
        record_of("GRU", "1", "finished", HEAD "1,2,100,0.5\n"), record_of("GRU", "2", "finished", HEAD "1,2,100,0.6\n"),
        record_of("LSTM", "2", "finished", HEAD "1,2,100,0.7\n"), record_of("LSTM", "3", "finished", HEAD "1,2,100,0.8\n"),
    };
    const s2s_comparison c = compare(records, 4, (s2s_threshold){ 0 });

    cr_expect(c.row[1].test.pairs == 1 && isnan(c.row[1].test.p));
}

Test(compare, outputs_hold_every_row)
{
    const s2s_record records[] = {
        record_of("GRU", "1", "finished", HEAD "1,2,100,0.5\n"), record_of("GRU", "2", "finished", HEAD "1,2,100,0.7\n"),
        record_of("LSTM, large", "1", "failed", HEAD),
    };
    const s2s_comparison c = compare(records, 3, (s2s_threshold){ "val_accuracy", 0.6 });
    s2s_string text = { 0 };

    s2s_comparison_table(&c, &text);
    cr_expect(strstr(text.chars, "0.6000 \u00b1 1.2706") != NULL, "%s", text.chars);
    cr_expect(strstr(text.chars, "1 (1 of 2)") != NULL && strstr(text.chars, "1 (1 failed)") != NULL, "%s", text.chars);
    s2s_string_clear(&text);
    s2s_comparison_csv(&c, &text);
    cr_expect(strstr(text.chars, "\n\"LSTM, large\",\"LSTM, large\",10,1,0,0,0,1,0,0,,,") != NULL, "%s", text.chars);
    s2s_string_clear(&text);
    s2s_comparison_json(&c, &text);
    cr_expect(strstr(text.chars, "\"vars.rnn\": \"GRU\"") != NULL && strstr(text.chars, "\"mean\": 0.6") != NULL, "%s", text.chars);
    s2s_string_release(&text);
}

Test(compare, figures_that_nobody_has_are_refused)
{
    const s2s_record r = record_of("GRU", "1", "finished", HEAD "1,2,100,0.5\n");
    s2s_comparison c;
    s2s_error      err;

    cr_expect(s2s_compare(&r, 1, "val_f1", (s2s_threshold){ 0 }, arena, &c, &err) == S2S_USAGE);
    cr_expect(s2s_compare(&r, 1, NULL, (s2s_threshold){ "val_f1", 1 }, arena, &c, &err) == S2S_USAGE);
}
