/* What every data set must do, over every example of every entry of the registry. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "config/config.h"
#include "datasets/batch.h"

enum { EXAMPLES_MAX = 64, BATCH = 24 };

typedef struct { int entry, example; } place;

/* All (entry, example) pairs. */
static struct criterion_test_params all_examples(void)
{
    static place places[EXAMPLES_MAX];
    size_t count = 0;

    for (size_t e = 0; e < s2s_datasets.count; e++)
        for (int x = 0; s2s_datasets.entries[e]->examples[x] != NULL && count < EXAMPLES_MAX; x++)
            places[count++] = (place){ (int)e, x };
    return cr_make_param_array(place, places, count);
}

static const char *text_of(const place *at) { return s2s_datasets.entries[at->entry]->examples[at->example]; }

static char folder[64], before[4096];
static s2s_arena *arena;

static void write_file(const char *name, const char *bytes)
{
    const s2s_text piece = s2s_text_of(bytes);

    cr_assert(s2s_file_write(name, &piece, 1, NULL) == S2S_OK);
}

/* The files that examples name, in a folder of the test's own. */
static void begin(void)
{
    static const char conllu[] = "1\tThe\t_\tDET\tDT\t_\t0\t_\t_\t_\n2\tdog\t_\tNOUN\tNN\t_\t0\t_\t_\t_\n3\tbarks\t_\tVERB\tVBZ\t_\t0\t_\t_\t_\n\n"
                                 "1\tDogs\t_\tNOUN\tNNS\t_\t0\t_\t_\t_\n\n";
    static const char *const conllu_files[] = { "train.conllu", "dev.conllu", "test.conllu", "a.conllu", "b.conllu" };
    s2s_string many = { 0 };

    snprintf(folder, sizeof folder, "%s/s2s-test-XXXXXX", P_tmpdir);
    cr_assert(getcwd(before, sizeof before) != NULL && mkdtemp(folder) != NULL && chdir(folder) == 0);
    arena = s2s_arena_create();
    for (int i = 0; i < 10; i++)
        s2s_string_add(&many, conllu);
    for (size_t i = 0; i < sizeof conllu_files / sizeof *conllu_files; i++)
        write_file(conllu_files[i], s2s_string_chars(&many));
    write_file("train.tsv", "a\tX\nb\tY\n\nb\tX\n");
    write_file("dev.tsv", "a\tX\n");
    write_file("news.txt", "a_X b_Y\nb_X c\na_X\nb_Y a_X\nc_Z\nc_Z a_X\nb_Y\na_X b_Y\nc_Z\nb_Y\n");
    s2s_string_release(&many);
}

static void end(void)
{
    cr_assert(chdir(before) == 0 && s2s_folder_remove(folder, NULL) == S2S_OK);
    s2s_arena_free(arena);
}

static const s2s_object *object_of(const place *at)
{
    s2s_error_list errors = { .arena = arena };
    s2s_object *object = NULL;

    cr_assert(s2s_object_parse(s2s_text_of(text_of(at)), "example", &s2s_datasets, arena, &object, &errors) == S2S_OK,
              "%s: %s", text_of(at), errors.count > 0 ? errors.item[0].message : "?");
    return object;
}

static s2s_dataset *open_it(const place *at, uint64_t seed)
{
    s2s_dataset *d = S2S_NEW(arena, s2s_dataset);
    s2s_error err = { 0 };

    cr_assert(s2s_dataset_open(object_of(at), seed, NULL, arena, d, &err) == S2S_OK, "%s: %s", text_of(at), err.message);
    return d;
}

/* Everything that two columns of as many examples hold is the same. */
static bool columns_equal(const s2s_column *a, const s2s_column *b, int64_t count)
{
    const int64_t elements = count == 0 ? 0 : s2s_column_start(a, count - 1) + s2s_column_length(a, count - 1);

    for (int64_t i = 0; i < count; i++) {
        if (s2s_column_length(a, i) != s2s_column_length(b, i))
            return false;
    }
    if (a->kind == S2S_STREAM_REALS)
        return memcmp(a->x, b->x, (size_t)(elements * a->width) * sizeof(real)) == 0;
    if (a->kind == S2S_STREAM_GROUPS)
        return memcmp(a->inner_start, b->inner_start, (size_t)(elements + 1) * sizeof(int64_t)) == 0 &&
               memcmp(a->token, b->token, (size_t)a->inner_start[elements] * (size_t)a->token_bytes) == 0;
    return memcmp(a->token, b->token, (size_t)elements * (size_t)a->token_bytes) == 0;
}

static bool datasets_equal(const s2s_dataset *a, const s2s_dataset *b)
{
    for (int k = 0; k < S2S_SPLIT_COUNT; k++) {
        const s2s_split *x = &a->split[k], *y = &b->split[k];

        if (x->count != y->count || !columns_equal(&x->target, &y->target, x->count))
            return false;
        for (int s = 0; s < a->signature.stream_count; s++) {
            if (a->signature.stream[s].width != b->signature.stream[s].width || !columns_equal(&x->stream[s], &y->stream[s], x->count))
                return false;
        }
    }
    return true;
}

TestSuite(dataset_contract, .init = begin, .fini = end);

ParameterizedTestParameters(dataset_contract, describes_what_opening_makes) { return all_examples(); }
ParameterizedTest(place *at, dataset_contract, describes_what_opening_makes)
{
    const s2s_dataset *d = open_it(at, 1);
    s2s_signature s;
    s2s_error err = { 0 };

    cr_assert(s2s_dataset_describe(d->self, arena, &s, &err) == S2S_OK, "%s: %s", text_of(at), err.message);
    cr_assert(s.stream_count == d->signature.stream_count && s.alignment == d->signature.alignment && s.filler == d->signature.filler);
    cr_assert(s.text_input != NULL && s.text_output != NULL && s.sample_input != NULL && s.sample_target != NULL);
    cr_assert((d->ops->format != NULL) == (d->ops->parse != NULL) && (d->ops->format != NULL) == (d->ops->annotate != NULL),
              "%s: a format is read and written", text_of(at));
    for (int i = 0; i <= s.stream_count; i++) {
        const s2s_stream_info *told = i < s.stream_count ? &s.stream[i] : &s.target;
        const s2s_stream_info *made = i < s.stream_count ? &d->signature.stream[i] : &d->signature.target;

        cr_assert_str_eq(told->name, made->name);
        cr_assert(told->kind == made->kind && told->steps == made->steps && made->width >= 1, "%s", text_of(at));
        cr_assert(told->width == made->width || (told->width == 0 && !s.opened), "%s", text_of(at));
    }
    for (int k = 0; k < S2S_SPLIT_COUNT; k++) {
        cr_assert(d->split[k].count == d->signature.examples[k], "%s", text_of(at));
        cr_assert(s.examples[k] == d->split[k].count || (s.examples[k] == -1 && !s.opened), "%s", text_of(at));
    }
    cr_assert(d->split[S2S_TRAIN].count > 0);
}

ParameterizedTestParameters(dataset_contract, columns_hold_legal_symbols) { return all_examples(); }
ParameterizedTest(place *at, dataset_contract, columns_hold_legal_symbols)
{
    const s2s_dataset *d = open_it(at, 1);

    for (int k = 0; k < S2S_SPLIT_COUNT; k++) {
        for (int s = 0; s <= d->signature.stream_count && d->split[k].count > 0; s++) {
            const bool target = s == d->signature.stream_count;
            const s2s_column *c = target ? &d->split[k].target : &d->split[k].stream[s];
            int64_t elements = s2s_column_start(c, d->split[k].count - 1) + s2s_column_length(c, d->split[k].count - 1);

            if (c->kind == S2S_STREAM_REALS)
                continue;
            elements = c->kind == S2S_STREAM_GROUPS ? c->inner_start[elements] : elements;
            cr_assert(c->token_bytes == s2s_token_bytes(c->width));
            for (int64_t i = 0; i < elements; i++) {
                const int32_t symbol = s2s_column_get(c, i);
                cr_assert(symbol < c->width && symbol >= (target ? -1 : 0), "%s: %s holds %d", text_of(at), target ? "target" : "input", symbol);
            }
        }
    }
}

ParameterizedTestParameters(dataset_contract, the_same_seed_makes_the_same) { return all_examples(); }
ParameterizedTest(place *at, dataset_contract, the_same_seed_makes_the_same)
{
    const s2s_dataset *a = open_it(at, 1);

    cr_assert(datasets_equal(a, open_it(at, 1)), "%s", text_of(at));
    /* Only what is read from files as they are, or is always the same, does not depend on the seed. */
    cr_assert(datasets_equal(a, open_it(at, 2)) == (strstr(text_of(at), "pos_toy") != NULL || strstr(text_of(at), "validation: ") != NULL), "%s", text_of(at));
}

ParameterizedTestParameters(dataset_contract, batches_run_through_all_examples) { return all_examples(); }
ParameterizedTest(place *at, dataset_contract, batches_run_through_all_examples)
{
    const s2s_dataset *d = open_it(at, 1);
    const s2s_split *split = &d->split[S2S_TRAIN], *splits[] = { split };
    int64_t *order = S2S_NEW_ARRAY(arena, int64_t, split->count), seen = 0, steps = 0, expected = 0;
    s2s_batcher *batcher;

    for (int64_t i = 0; i < split->count; i++)
        expected += s2s_column_length(&split->stream[0], i);
    cr_assert(s2s_batcher_create(&d->signature, splits, 1, BATCH, 5, arena, &batcher, NULL) == S2S_OK);
    s2s_batcher_training(batcher, true, 1, 1);
    s2s_order_make(split, 1, 1, BATCH, 3, order);
    for (int64_t first = 0; first < split->count; first += BATCH) {
        const int shards = s2s_batch_begin(batcher, split, order + first, split->count - first < BATCH ? split->count - first : BATCH);

        for (int k = 0; k < shards; k++) {
            const s2s_shard *shard = s2s_shard_fill(batcher, k);
            seen += shard->count;
            steps += shard->stream[0].steps == NULL ? shard->count : shard->stream[0].steps->rows;
        }
    }
    cr_assert(seen == split->count && steps == expected, "%s", text_of(at));
}

ParameterizedTestParameters(dataset_contract, a_model_that_was_saved_reads_the_same) { return all_examples(); }
ParameterizedTest(place *at, dataset_contract, a_model_that_was_saved_reads_the_same)
{
    const s2s_dataset *d = open_it(at, 1);
    s2s_dataset restored;
    s2s_error err = { 0 };
    int64_t agreed = 0;

    cr_assert(s2s_dataset_restore(d->self, &d->vocabularies, arena, &restored, &err) == S2S_OK, "%s: %s", text_of(at), err.message);
    cr_assert(restored.signature.opened && restored.signature.target.width == d->signature.target.width);
    for (int64_t i = 0; i < 20 && i < d->split[S2S_TRAIN].count; i++) {
        s2s_string text = { 0 }, again = { 0 };
        s2s_split line;

        d->ops->show_input(d, &d->split[S2S_TRAIN], i, &text);
        cr_assert(text.length > 0);
        if (restored.ops->encode(&restored, s2s_text_of(s2s_string_chars(&text)), arena, &line, &err) == S2S_OK) {
            cr_assert(line.count == 1 && !s2s_column_exists(&line.target));
            restored.ops->show_input(&restored, &line, 0, &again);
            agreed += strcmp(s2s_string_chars(&text), s2s_string_chars(&again)) == 0;
        }
        s2s_string_release(&text);
        s2s_string_release(&again);
    }
    cr_assert(agreed > 0 || d->signature.stream[0].kind == S2S_STREAM_REALS, "%s", text_of(at));
}

ParameterizedTestParameters(dataset_contract, memory_that_runs_out_is_an_error) { return all_examples(); }
ParameterizedTest(place *at, dataset_contract, memory_that_runs_out_is_an_error, .timeout = 120)
{
    const s2s_object *object = object_of(at);
    bool failed = true;

    for (int64_t n = 1; failed; n += 1 + n / 8) {
        s2s_arena *own = s2s_arena_create();
        s2s_dataset d;
        s2s_error err = { 0 };
        s2s_status status;

        s2s_memory_fail_after(n);
        status = s2s_dataset_open(object, 1, NULL, own, &d, &err);
        failed = status != S2S_OK;
        cr_assert(!failed || status == S2S_MEMORY, "%s: allocation %ld: %s", text_of(at), (long)n, err.message);
        s2s_memory_fail_after(-1);
        s2s_arena_free(own);
    }
}
