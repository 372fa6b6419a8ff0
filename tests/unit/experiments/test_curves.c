/* test_curves.c -- charts of runs and of a sweep's trials. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "experiments/curves.h"
#include "experiments/ledger.h"
#include "experiments/sweep.h"

static s2s_arena *arena;
static void begin(void) { arena = s2s_arena_create(); }
static void end(void) { s2s_arena_free(arena); }

TestSuite(curves, .init = begin, .fini = end);

static s2s_record record_of(const char *name, const char *seed, const char *units, const char *history)
{
    s2s_pair  *key = S2S_NEW_ARRAY(arena, s2s_pair, 2);
    s2s_record r = { .name = name, .key = key, .key_count = 2, .monitor = "val_loss" };

    key[0] = (s2s_pair){ .key = "seed", .value = seed };
    key[1] = (s2s_pair){ .key = "model.units", .value = units };
    cr_assert(s2s_history_parse(s2s_text_of(history), arena, &r.history, NULL) == S2S_OK);
    return r;
}

Test(curves, a_single_run_shows_training_and_validation)
{
    const s2s_record r = record_of("a", "1", "8", "epoch,loss,val_loss\n1,2,3\n2,1,2\n");
    s2s_chart chart;

    cr_assert(s2s_curves_chart(&r, 1, NULL, arena, &chart, NULL) == S2S_OK);
    cr_assert(chart.series_count == 2);
    cr_assert(strcmp(chart.series[0].name, "loss") == 0 && chart.series[0].dashed);
    cr_assert(strcmp(chart.series[1].name, "val_loss") == 0 && !chart.series[1].dashed && chart.series[1].y[1] == 2);
}

Test(curves, seeds_make_a_mean_and_a_band)
{
    const s2s_record r[] = { record_of("a", "1", "8", "epoch,val_loss\n1,4\n2,2\n3,1\n"), record_of("b", "1", "16", "epoch,val_loss\n1,1\n"),
                             record_of("c", "2", "8", "epoch,val_loss\n1,2\n2,\n"), record_of("d", "3", "8", "epoch,val_loss\n1,3\n2,4\n") };
    s2s_chart chart;

    cr_assert(s2s_curves_chart(r, 4, NULL, arena, &chart, NULL) == S2S_OK);
    cr_assert(chart.series_count == 2);
    cr_assert(strcmp(chart.series[0].name, "units=8") == 0, "got '%s'", chart.series[0].name);
    cr_assert(chart.series[0].y[0] == 3 && chart.series[0].low[0] == 2 && chart.series[0].high[0] == 4);
    cr_assert(chart.series[0].y[1] == 3, "two of three are left");
    cr_assert(isnan(chart.series[0].y[2]), "one of three is too few");
    cr_assert(chart.series[1].low == NULL && chart.series[1].count == 1);
}

Test(curves, a_figure_that_nobody_has_is_refused_with_the_nearest)
{
    const s2s_record r = record_of("a", "1", "8", "epoch,loss,val_loss\n1,2,3\n");
    s2s_error err;
    s2s_chart chart;

    cr_assert(s2s_curves_chart(&r, 1, "val_los", arena, &chart, &err) == S2S_USAGE);
    cr_assert(strstr(err.message, "'val_loss'") != NULL);
}

Test(curves, many_runs_name_the_best_eight)
{
    s2s_record r[40];
    s2s_chart  chart;
    size_t     named = 0;

    for (int i = 0; i < 40; i++)
        r[i] = record_of("x", "1", s2s_arena_printf(arena, "%d", i), s2s_arena_printf(arena, "epoch,val_loss\n1,%d\n", 100 - i));
    cr_assert(s2s_curves_chart(r, 40, NULL, arena, &chart, NULL) == S2S_OK);
    for (size_t i = 0; i < chart.series_count; i++)
        named += chart.series[i].name != NULL;
    cr_assert(chart.series_count == 40 && named == 8);
    cr_assert(chart.series[39].name != NULL && chart.series[0].name == NULL);
}

Test(curves, scatter_takes_numbers_far_apart_on_a_logarithmic_axis_and_words_by_name)
{
    s2s_record r[] = { record_of("a", "1", "1e-4", "epoch,val_loss\n1,4\n2,3\n"), record_of("b", "1", "1e-2", "epoch,val_loss\n1,1\n") };
    s2s_chart  chart;

    cr_assert(s2s_scatter_chart(r, 2, NULL, NULL, arena, &chart, NULL) == S2S_OK);
    cr_assert(chart.x.logarithmic && chart.series[0].x[0] == 1e-4 && chart.series[0].y[0] == 3);
    r[0] = record_of("a", "1", "LSTM", "epoch,val_loss\n1,4\n");
    r[1] = record_of("b", "1", "GRU", "epoch,val_loss\n1,1\n");
    cr_assert(s2s_scatter_chart(r, 2, "model.units", NULL, arena, &chart, NULL) == S2S_OK);
    cr_assert(chart.x.words == 2 && strcmp(chart.x.word[0], "GRU") == 0 && chart.series[0].x[0] == 1);
    cr_assert(s2s_scatter_chart(r, 2, "model.heads", NULL, arena, &chart, NULL) == S2S_USAGE);
}

/* Three trials of two points, one of which diverged before its first epoch. */
static void make_sweep(const char *folder)
{
    static const struct { int64_t point, seed; const char *units; double loss; } trials[] = { { 1, 1, "8", 3 }, { 1, 2, "8", 5 }, { 2, 1, "16", NAN } };
    static const char base[] = "vars: {units: 4}\ndataset: {type: addition, digits: 1, samples: 40}\n"
                               "model: {layers: [{type: LSTM, units: '${vars.units}'}, {type: RepeatVector, n: auto}, "
                               "{type: LSTM, units: 2, return_sequences: true}, {type: Dense, units: auto, activation: softmax}]}\n";
    const char *path = s2s_path_join(arena, folder, S2S_LEDGER);
    s2s_ledger *ledger;

    cr_assert(s2s_folder_make(folder, NULL) == S2S_OK);
    cr_assert(s2s_file_write(s2s_path_join(arena, folder, S2S_SWEEP_BASE), &(s2s_text){ base, strlen(base) }, 1, NULL) == S2S_OK);
    cr_assert(s2s_ledger_create(path, &ledger, NULL) == S2S_OK);
    cr_assert(s2s_ledger_set(ledger, "metric", "val_loss", NULL) == S2S_OK);
    for (int i = 0; i < 3; i++) {
        const s2s_trial_record record = { .trial = i + 1, .point = trials[i].point, .seed = trials[i].seed,
                                          .state = i == 2 ? S2S_TRIAL_DIVERGED : S2S_TRIAL_FINISHED, .best = trials[i].loss };
        const s2s_epoch_report report = { .epoch = 1, .train = { .count = 1, .name = { "loss" }, .value = { 1 } },
                                          .validation = { .count = 1, .name = { "loss" }, .value = { trials[i].loss } } };

        const s2s_node units = { .kind = S2S_NODE_SCALAR, .text = s2s_text_of(trials[i].units) };

        cr_assert(s2s_ledger_put(ledger, &record, NULL) == S2S_OK);
        cr_assert(s2s_ledger_put_value(ledger, i + 1, "vars.units", &units, trials[i].units, NULL) == S2S_OK);
        if (i < 2)
            cr_assert(s2s_ledger_put_epoch(ledger, i + 1, &report, NULL) == S2S_OK);
    }
    s2s_ledger_close(ledger);
}

Test(curves, a_sweeps_trials_are_records)
{
    char folder[] = "/tmp/s2s-curves-XXXXXX";
    const s2s_record *record;
    const char *word;
    s2s_chart   chart;
    size_t      count, group[3];
    s2s_error err = { 0 };

    cr_assert(mkdtemp(folder) != NULL);
    word = s2s_path_join(arena, folder, "sweep");
    make_sweep(word);
    cr_assert(s2s_is_sweep(word) && !s2s_is_sweep(folder));
    cr_assert(s2s_records_read(&word, 1, arena, &record, &count, &err) == S2S_OK, "%s", err.message);
    cr_assert(count == 3);
    cr_assert(strcmp(record[2].status, "diverged") == 0 && strcmp(record[1].name, "sweep/2") == 0);
    cr_assert(record[0].best == 3 && isnan(record[2].best));
    s2s_records_group(record, count, group);
    cr_assert(group[0] == 0 && group[1] == 0 && group[2] == 2);
    cr_assert(s2s_parallel_chart(record, count, NULL, arena, &chart, NULL) == S2S_OK);
    cr_assert(chart.x.words == 2 && chart.series_count == 3);
    cr_assert(strstr(chart.series[0].name, "sweep/1") != NULL, "the best comes first, got '%s'", chart.series[0].name);
    cr_assert(s2s_curves_chart(record, count, NULL, arena, &chart, NULL) == S2S_OK);
    cr_assert(s2s_folder_remove(folder, NULL) == S2S_OK);
}
