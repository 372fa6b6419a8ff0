/* test_history.c -- history.csv as a table, and runs that differ in something or in their seed alone. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "experiments/record.h"

static s2s_arena *arena;
static void begin(void) { arena = s2s_arena_create(); }
static void end(void) { s2s_arena_free(arena); }

TestSuite(history, .init = begin, .fini = end);

static s2s_history parse(const char *text)
{
    s2s_history history;

    cr_assert(s2s_history_parse(s2s_text_of(text), arena, &history, NULL) == S2S_OK);
    return history;
}

Test(history, rows_and_columns_are_found_by_name)
{
    const s2s_history h = parse("epoch,loss,val_accuracy\n1,2.5,0.25\n2,1.5,0.75\n");

    cr_assert(h.rows == 2 && h.columns == 3);
    cr_assert(s2s_history_find(&h, "val_accuracy") == 2 && s2s_history_find(&h, "accuracy") == -1);
    cr_assert(s2s_history_at(&h, 1, 1) == 1.5);
    cr_assert(isnan(s2s_history_at(&h, 0, -1)));
}

Test(history, empty_cells_are_nan_and_half_lines_are_left_out)
{
    const s2s_history h = parse("epoch,loss\n0,\n1,2\n2,1.");

    cr_assert(h.rows == 2, "got %lld rows", (long long)h.rows);
    cr_assert(isnan(s2s_history_at(&h, 0, 1)) && s2s_history_at(&h, 1, 1) == 2);
}

Test(history, nothing_gives_nothing)
{
    const s2s_history empty = parse(""), header = parse("epoch,loss\n");

    cr_assert(empty.rows == 0 && empty.columns == 0);
    cr_assert(header.rows == 0 && header.columns == 2);
    cr_assert(s2s_history_best(&header, 1) == -1);
}

Test(history, best_goes_the_way_of_the_figure)
{
    const s2s_history h = parse("val_loss,val_accuracy\n3,0.1\n1,0.9\n1,0.9\n2,\n");

    cr_assert(s2s_figure_rises("val_accuracy") && s2s_figure_rises("exact_match"));
    cr_assert(!s2s_figure_rises("val_loss") && !s2s_figure_rises("mse") && !s2s_figure_rises("seconds"));
    cr_assert(s2s_history_best(&h, 0) == 1 && s2s_history_best(&h, 1) == 1);
}

/* A file is read as it is, or refused at a line. */
Test(history, epochs_of_a_file_rise_by_one)
{
    static const struct { const char *text; s2s_status status; int line; } cases[] = {
        { "epoch,loss\n1,2\n2,1\n", S2S_OK, 0 }, { "epoch,loss\n0,\n1,2\n", S2S_OK, 0 }, { "", S2S_OK, 0 }, { "epoch,loss\n", S2S_OK, 0 },
        { "epoch,loss\n1,2\n50000000,1\n", S2S_DATA, 3 }, { "epoch,loss\n50000000,2\n50000001,1\n", S2S_DATA, 2 },
        { "epoch,loss\n1,2\n1,1\n", S2S_DATA, 3 }, { "epoch,loss\n1,2\n2,1\n\n", S2S_DATA, 4 }, { "epoch,loss\n1,2\n1.5,1\n", S2S_DATA, 3 },
        { "epoch,loss\n-9223372036854775808,2\n", S2S_DATA, 2 }, { "epoch,loss\n.inf,2\n", S2S_DATA, 2 }, { "epoch,loss\nx,2\n", S2S_DATA, 2 },
        { "epoc,loss\n1,2\n", S2S_DATA, 1 },
    };
    char path[] = "/tmp/s2s-history-XXXXXX";
    s2s_history h;

    cr_assert(mkstemp(path) >= 0);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const s2s_text text = s2s_text_of(cases[i].text);
        s2s_error err = { 0 };

        cr_assert(s2s_file_write(path, &text, 1, NULL) == S2S_OK);
        cr_assert(s2s_history_read(path, arena, &h, &err) == cases[i].status && err.line == cases[i].line, "case %zu: line %d", i, err.line);
    }
    remove(path);
}

static s2s_pair pairs[3][3] = {
    { { .key = "name", .value = "a" }, { .key = "seed", .value = "1" }, { .key = "units", .value = "64" } },
    { { .key = "name", .value = "b" }, { .key = "seed", .value = "2" }, { .key = "units", .value = "64" } },
    { { .key = "name", .value = "a" }, { .key = "seed", .value = "1" }, { .key = "units", .value = "128" } },
};

TestSuite(record, .init = begin, .fini = end);

Test(record, seeds_belong_together_and_other_keys_set_apart)
{
    const s2s_record record[] = { { .key = pairs[0], .key_count = 3 }, { .key = pairs[2], .key_count = 3 }, { .key = pairs[1], .key_count = 3 } };
    size_t group[3];

    s2s_records_group(record, 3, group);
    cr_assert(group[0] == 0 && group[1] == 1 && group[2] == 0);
}

Test(record, differing_keys_are_listed_once_and_without_the_name)
{
    const s2s_record record[] = { { .key = pairs[0], .key_count = 3 }, { .key = pairs[1], .key_count = 2 }, { .key = pairs[2], .key_count = 3 } };
    const char *const *key;
    size_t count;

    cr_assert(s2s_records_differ(record, 3, arena, &key, &count, NULL) == S2S_OK);
    cr_assert(count == 2, "got %zu", count);
    cr_assert(strcmp(key[0], "seed") == 0 && strcmp(key[1], "units") == 0);
    cr_assert(s2s_record_key(&record[1], "units") == NULL);
}
