/* test_lazy.c -- an optimizer with `lazy: true` updates the rows of an embedding table that the batch reads, and no others. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "datasets/column.h"
#include "fixture.h"

enum { SYMBOLS = 60, WIDTH = 100, EXAMPLES = 4 };          /* WIDTH: the table's chunks end inside rows */

static s2s_trainer *train(const char *optimizer, int threads, fixture *f)
{
    const fixture_setup setup = { .input = FIXTURE_TOKENS, .examples = EXAMPLES, .longest = 3, .width = SYMBOLS, .ragged = true, .seed = 5 };
    fixture_setup filled = setup;
    s2s_epoch_report report;
    s2s_trainer_setup with;
    s2s_trainer *trainer;
    char yaml[512];
    s2s_error err = {0};

    snprintf(yaml, sizeof(yaml), "layers:\n- {type: Embedding, output_dim: %d}\n- {type: SimpleRNN, units: 3}\n- {type: Dense, units: 1}\n"
             "train: {epochs: 3, loss: mean_squared_error, batch_size: 2, shard_rows: 1, optimizer: %s}\n", WIDTH, optimizer);
    filled.yaml = yaml;
    cr_assert(fixture_make(&filled, f, &err), "%s", err.message);
    with = fixture_trainer(f, threads);
    cr_assert(s2s_trainer_create(&with, &trainer, &err) == S2S_OK, "%s", err.message);
    while (!s2s_trainer_finished(trainer))
        cr_assert(s2s_trainer_epoch(trainer, NULL, NULL, &report, &err) == S2S_OK, "%s", err.message);
    return trainer;
}

static const real *table_of(s2s_trainer *trainer, const fixture *f)
{
    cr_assert(strcmp(f->graph->weight[0].spec->name, "embeddings") == 0);
    return s2s_trainer_plan(trainer)->weights + f->graph->weight[0].offset;
}

static void note_symbols(const fixture *f, bool *read)
{
    const s2s_column *column = &f->dataset.split[S2S_TRAIN].stream[0];

    memset(read, 0, SYMBOLS * sizeof(bool));
    for (int64_t i = 0; i < EXAMPLES; i++)
        for (int64_t at = 0; at < s2s_column_length(column, i); at++)
            read[s2s_column_get(column, s2s_column_start(column, i) + at)] = true;
}

Test(lazy, leaves_alone_what_no_example_reads)
{
    fixture lazy, dense, none;
    s2s_trainer *a = train("{type: AdamW, learning_rate: 0.01, weight_decay: 0.1, lazy: true}", 1, &lazy);
    s2s_trainer *b = train("{type: AdamW, learning_rate: 0.01, weight_decay: 0.1}", 1, &dense);
    s2s_trainer *start = train("{type: SGD, learning_rate: 0.0}", 1, &none);
    int64_t unread = 0;
    bool read[SYMBOLS];

    note_symbols(&lazy, read);
    for (int v = 0; v < SYMBOLS; v++) {
        const real *now = table_of(a, &lazy) + v * WIDTH, *decayed = table_of(b, &dense) + v * WIDTH, *first = table_of(start, &none) + v * WIDTH;
        const bool same = memcmp(now, first, WIDTH * sizeof(real)) == 0;

        unread += !read[v];
        cr_expect(same == !read[v], "symbol %d: %s", v, same ? "read and not updated" : "updated and not read");
        cr_expect(memcmp(decayed, first, WIDTH * sizeof(real)) != 0, "symbol %d: without `lazy` weight decay reaches every row", v);
    }
    cr_expect(unread > 0 && unread < SYMBOLS);
    fixture_free(&lazy);
    fixture_free(&dense);
    fixture_free(&none);
}

Test(lazy, without_memory_is_the_dense_update)
{
    for (int threads = 1; threads <= 3; threads++) {
        fixture f, g;
        s2s_trainer *lazy = train("{type: SGD, learning_rate: 0.1, lazy: true}", threads, &f);
        s2s_trainer *dense = train("{type: SGD, learning_rate: 0.1}", 1, &g);

        cr_expect(memcmp(s2s_trainer_plan(lazy)->weights, s2s_trainer_plan(dense)->weights,
                         (size_t)f.graph->weight_elements * sizeof(real)) == 0, "%d threads", threads);
        fixture_free(&f);
        fixture_free(&g);
    }
}
