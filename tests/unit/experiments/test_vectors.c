/* test_vectors.c -- rows of an embedding from a file: the right ones, and errors at the right place. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "experiments/vectors.h"

static s2s_arena *arena;
static char path[64];

static void begin(void)
{
    arena = s2s_arena_create();
    snprintf(path, sizeof path, "vectors-%d.txt", (int)getpid());
}

static void end(void)
{
    s2s_file_remove(path, NULL);
    s2s_arena_free(arena);
}

TestSuite(vectors, .init = begin, .fini = end);

typedef struct loaded {
    s2s_status status;
    s2s_error err;
    real *table;
    const s2s_vocabulary *words;
    const char *notice;
} loaded;

enum { UNTOUCHED = 7 };

/* A table of three columns behind a dropout of the toy's words, all UNTOUCHED before the file is read. */
static loaded load(const char *bytes)
{
    const s2s_text piece = s2s_text_of(bytes);
    const char *config = s2s_arena_printf(arena,
        "dataset: {type: pos_toy, streams: {shape: {shape: true}, word: {lowercase: true}}}\n"
        "model:\n"
        "  layers:\n"
        "    - {type: Dropout, name: some, inputs: [word], rate: 0.5}\n"
        "    - {type: Embedding, name: table, inputs: [some], output_dim: 3, vectors: %s}\n"
        "    - {type: TimeDistributed, layer: {type: Dense, units: auto, activation: softmax}}\n"
        "train: {batch_size: 1}\n", path);
    s2s_error_list  errors = { .arena = arena };
    s2s_experiment *e;
    s2s_string      notice = { 0 };
    loaded          r = { 0 };

    cr_assert(s2s_file_write(path, &piece, 1, NULL) == S2S_OK);
    cr_assert(s2s_experiment_parse(s2s_text_of(config), "test", NULL, 0, arena, &e, &errors) == S2S_OK, "%s",
              errors.count ? errors.item[0].message : "");
    cr_assert(s2s_experiment_open(e, &errors) == S2S_OK);
    real *weights = S2S_NEW_ARRAY(arena, real, e->graph->weight_elements);

    for (int64_t i = 0; i < e->graph->weight_elements; i++)
        weights[i] = UNTOUCHED;
    r.status = s2s_vectors_load(e, weights, &notice, &r.err);
    r.table = weights + e->graph->weight[0].offset;
    r.words = s2s_vocabulary_named(&e->dataset->vocabularies, "word");
    r.notice = s2s_arena_strdup(arena, s2s_string_chars(&notice));
    s2s_string_release(&notice);
    return r;
}

static void expect_row(const loaded *r, const char *word, real a, real b, real c)
{
    const real *row = r->table + s2s_vocabulary_find(r->words, s2s_text_of(word)) * 3;

    cr_assert(row[0] == a && row[1] == b && row[2] == c, "%s: %g %g %g", word, (double)row[0], (double)row[1], (double)row[2]);
}

Test(vectors, fill_the_rows_of_their_symbols)
{
    const loaded r = load("3 3\r\nthe 1 2 3\r\nunheard of -1 -2 -3\r\n\r\n  cat\t.5 -.5\t 1e-1  \r\nthe 9 9 9");

    cr_assert(r.status == S2S_OK, "%s", r.err.message);
    expect_row(&r, "the", 1, 2, 3);
    expect_row(&r, "cat", (real)0.5, (real)-0.5, (real)0.1);
    expect_row(&r, "bird", UNTOUCHED, UNTOUCHED, UNTOUCHED);
    cr_assert(strstr(r.notice, "vectors for 2 of 15 symbols of 'word' (13.3 %)") != NULL, "%s", r.notice);
}

Test(vectors, a_header_is_none_when_it_is_not_the_first_line)
{
    const loaded r = load("the 1 2 3\n3 3\n");

    cr_assert(r.status == S2S_DATA && r.err.line == 2, "line %d: %s", r.err.line, r.err.message);
}

Test(vectors, a_file_that_helps_no_symbol_is_an_error)
{
    static const char *const useless[] = { "", "\n\n", "1 3\n", "unheard 1 2 3\nof 1 2 3\n" };

    for (size_t i = 0; i < sizeof useless / sizeof useless[0]; i++) {
        const loaded r = load(useless[i]);

        cr_expect(r.status == S2S_DATA && strstr(r.err.message, path) != NULL, "%s: %s", useless[i], r.err.message);
        cr_expect(strstr(r.err.message, "no vector for any of the 15 symbols of 'word'") != NULL, "%s: %s", useless[i], r.err.message);
    }
}

Test(vectors, name_the_place_of_a_fault)
{
    static const struct { const char *bytes; int line, column; } faults[] = {
        { "the 1 2\n", 1, 1 }, { "cat 1 2 3\nthe 1 2\n", 2, 1 }, { "the 1 two 3\n", 1, 7 }, { "the 1 2 1e999\n", 1, 9 }, { "the 1 2 nan\n", 1, 9 },
        { "1 2 3\n", 1, 1 }, { "the 1 2 3\nc\xff 1 2 3\n", 2, 2 },
    };

    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        const loaded r = load(faults[i].bytes);

        cr_expect(r.status == S2S_DATA && r.err.line == faults[i].line && r.err.column == faults[i].column, "%s: status %d at %d:%d: %s",
                  faults[i].bytes, (int)r.status, r.err.line, r.err.column, r.err.message);
        cr_expect(strcmp(r.err.file, path) == 0);
    }
}
