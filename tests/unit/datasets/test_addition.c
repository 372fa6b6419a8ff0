#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "given.h"

static long long value_of(const char *question, long long *a, long long *b)
{
    cr_assert(sscanf(question, "%lld+%lld", a, b) == 2, "%s", question);
    return *a + *b;
}

static void check_split(const s2s_dataset *d, s2s_split_name which, int64_t count, long long values, s2s_arena *arena)
{
    const s2s_split *split = &d->split[which];

    cr_assert(split->count == count);
    for (int64_t i = 0; i < count; i++) {
        const char *question = given_input(d, split, i, arena), *answer = given_target(d, split, i, arena);
        long long a, b;

        cr_assert(value_of(question, &a, &b) == atoll(answer), "%s = %s", question, answer);
        cr_assert(a < values && b < values);
    }
}

Test(addition, sums_are_right)
{
    s2s_arena *arena = s2s_arena_create();
    const s2s_dataset *d = given_dataset("{type: addition, digits: 3, samples: 5000, test_samples: 300}", 1, arena);

    check_split(d, S2S_TRAIN, 4500, 1000, arena);
    check_split(d, S2S_VALIDATION, 500, 1000, arena);
    check_split(d, S2S_TEST, 300, 1000, arena);
    cr_assert(d->signature.stream[0].steps == 7 && d->signature.target.steps == 4);
    cr_assert(d->signature.stream[0].width == 12 && d->signature.target.width == 12 && d->signature.filler == 0);
    cr_assert(s2s_text_is(s2s_vocabulary_symbol(s2s_vocabulary_named(&d->vocabularies, "target"), d->signature.filler), " "));
    s2s_arena_free(arena);
}

Test(addition, padding_comes_first_when_reversed)
{
    s2s_arena *arena = s2s_arena_create();

    for (int reverse = 0; reverse < 2; reverse++) {
        const s2s_dataset *d = given_dataset(reverse ? "{type: addition}" : "{type: addition, reverse_input: false}", 1, arena);
        s2s_split split;

        cr_assert(d->ops->encode(d, s2s_text_of("52+637"), arena, &split, NULL) == S2S_OK);
        cr_assert_str_eq(given_symbols(d, "input", &split.stream[0], 0, arena), reverse ? " 736+25" : "52+637 ");
        cr_assert_str_eq(given_input(d, &split, 0, arena), "52+637");
        cr_assert(!s2s_column_exists(&split.target) && split.count == 1);
    }
    s2s_arena_free(arena);
}

static int compare(const void *x, const void *y)
{
    const long long *a = x, *b = y;
    return a[0] != b[0] ? (a[0] > b[0]) - (a[0] < b[0]) : (a[1] > b[1]) - (a[1] < b[1]);
}

/* Sorted unordered pairs of all splits from `first` on. */
static long long (*all_pairs(const s2s_dataset *d, int first, int64_t *count, s2s_arena *arena))[2]
{
    int64_t n = 0;
    long long (*pair)[2] = s2s_arena_alloc(arena, 20000, sizeof *pair);

    for (int k = first; k < S2S_SPLIT_COUNT; k++) {
        for (int64_t i = 0; i < d->split[k].count; i++, n++) {
            long long a, b;
            value_of(given_input(d, &d->split[k], i, arena), &a, &b);
            pair[n][0] = a < b ? a : b;
            pair[n][1] = a < b ? b : a;
        }
    }
    qsort(pair, (size_t)n, sizeof *pair, compare);
    *count = n;
    return pair;
}

Test(addition, no_question_comes_twice_in_any_split)
{
    static const char *const sets[] = {
        "{type: addition, digits: 1, samples: 50, test_samples: 5}",
        "{type: addition, digits: 2, samples: 5000, test_samples: 50}",
        "{type: addition, digits: 3, samples: 10000, test_samples: 5000, length_distribution: uniform_value}",
        "{type: addition, digits: 18, samples: 1000}",
    };

    for (size_t c = 0; c < sizeof sets / sizeof *sets; c++) {
        s2s_arena *arena = s2s_arena_create();
        const s2s_dataset *d = given_dataset(sets[c], 7, arena);
        int64_t count;
        long long (*pair)[2] = all_pairs(d, S2S_TRAIN, &count, arena);

        for (int64_t i = 1; i < count; i++)
            cr_assert(compare(pair[i - 1], pair[i]) != 0, "%s: %lld+%lld twice", sets[c], pair[i][0], pair[i][1]);
        s2s_arena_free(arena);
    }
}

/* Training, validation and test are shuffled together: none has shorter numbers than the others. */
Test(addition, splits_are_alike)
{
    s2s_arena *arena = s2s_arena_create();
    const s2s_dataset *d = given_dataset("{type: addition, digits: 3, samples: 40000, test_samples: 20000, validation_split: 0.5}", 7, arena);
    double length[S2S_SPLIT_COUNT] = { 0 };

    for (int k = 0; k < S2S_SPLIT_COUNT; k++) {
        cr_assert(d->split[k].count == 20000);
        for (int64_t i = 0; i < 20000; i++)
            length[k] += (double)strlen(given_input(d, &d->split[k], i, arena)) / 20000;
    }
    cr_assert(length[0] - length[1] < 0.05 && length[1] - length[0] < 0.05, "%g %g", length[0], length[1]);
    cr_assert(length[0] - length[2] < 0.05 && length[2] - length[0] < 0.05, "%g %g", length[0], length[2]);
    s2s_arena_free(arena);
}

Test(addition, a_seed_decides_everything)
{
    s2s_arena *arena = s2s_arena_create();
    const s2s_dataset *a = given_dataset("{type: addition, samples: 2000}", 1, arena);
    const s2s_dataset *b = given_dataset("{type: addition, samples: 2000}", 1, arena);
    const s2s_dataset *c = given_dataset("{type: addition, samples: 2000}", 2, arena);
    const s2s_dataset *own = given_dataset("{type: addition, samples: 2000, seed: 1}", 2, arena);

    cr_assert(memcmp(a->split[0].stream[0].token, b->split[0].stream[0].token, 1800 * 7) == 0);
    cr_assert(memcmp(a->split[0].stream[0].token, c->split[0].stream[0].token, 1800 * 7) != 0);
    cr_assert(memcmp(a->split[0].stream[0].token, own->split[0].stream[0].token, 1800 * 7) == 0);
    s2s_arena_free(arena);
}

Test(addition, fresh_questions_are_never_held_out_ones)
{
    s2s_arena *arena = s2s_arena_create();
    const s2s_dataset *d = given_dataset("{type: addition, digits: 2, samples: 2500, test_samples: 4000, fresh: true, validation_split: 0.4}", 1, arena);
    int64_t count;
    long long (*held)[2] = all_pairs(d, S2S_VALIDATION, &count, arena);
    s2s_split drawn, again;

    cr_assert(d->fresh && count == 5000, "of 5050 that exist");
    cr_assert(s2s_split_reserve(&d->signature, 1500, arena, &drawn, NULL) == S2S_OK);
    cr_assert(s2s_split_reserve(&d->signature, 1500, arena, &again, NULL) == S2S_OK);
    for (uint64_t epoch = 0; epoch < 3; epoch++) {
        for (int64_t first = 0; first < 1500; first += 500)
            d->ops->draw(d, &(s2s_draw){ .epoch = epoch, .first = first, .count = 500 }, &drawn);
        d->ops->draw(d, &(s2s_draw){ .epoch = epoch, .count = 1500 }, &again);
        cr_assert(memcmp(drawn.stream[0].token, again.stream[0].token, 1500 * 5) == 0, "however the epoch is cut");
        for (int64_t i = 0; i < 1500; i++) {
            long long pair[2], a, b;
            const char *question = given_input(d, &drawn, i, arena);

            cr_assert(value_of(question, &a, &b) == atoll(given_target(d, &drawn, i, arena)));
            pair[0] = a < b ? a : b;
            pair[1] = a < b ? b : a;
            cr_assert(bsearch(pair, held, (size_t)count, sizeof *held, compare) == NULL, "%s is held out", question);
        }
    }
    d->ops->draw(d, &(s2s_draw){ .epoch = 0, .count = 1500 }, &drawn);
    cr_assert(memcmp(drawn.stream[0].token, again.stream[0].token, 1500 * 5) != 0, "another epoch, other questions");
    cr_assert(memcmp(drawn.stream[0].token, d->split[S2S_TRAIN].stream[0].token, 1500 * 5) == 0, "the training split is epoch 0");
    s2s_arena_free(arena);
}

Test(addition, the_curriculum_bounds_the_digits)
{
    s2s_arena *arena = s2s_arena_create();
    const s2s_dataset *d = given_dataset("{type: addition, digits: 6, samples: 1000, fresh: true, curriculum: {from: 2, threshold: 0.8, over: 500}}", 1, arena);
    s2s_split drawn;

    cr_assert(d->curriculum.first == 2 && d->curriculum.last == 6 && d->curriculum.over == 500 && d->curriculum.threshold == 0.8);
    cr_assert(s2s_split_reserve(&d->signature, 900, arena, &drawn, NULL) == S2S_OK);
    for (int64_t level = 1; level <= 6; level++) {
        long long most = 0, limit = 1, a, b;

        for (int64_t k = 0; k < level; k++)
            limit *= 10;
        d->ops->draw(d, &(s2s_draw){ .count = 900, .level = level }, &drawn);
        for (int64_t i = 0; i < 900; i++) {
            value_of(given_input(d, &drawn, i, arena), &a, &b);
            most = a > most ? a : most;
            most = b > most ? b : most;
        }
        cr_assert(most < limit && most >= limit / 2, "level %ld: %lld", (long)level, most);
    }
    s2s_arena_free(arena);
}

/* With two digits nearly every question of one digit is in the validation set: drawing must end all the same. */
Test(addition, a_level_that_is_all_held_out_borrows_from_the_next, .timeout = 20)
{
    s2s_arena *arena = s2s_arena_create();
    const s2s_dataset *d = given_dataset("{type: addition, digits: 2, samples: 5500, fresh: true, validation_split: 0.9, curriculum: 1}", 1, arena);
    s2s_split drawn;

    cr_assert(s2s_split_reserve(&d->signature, 550, arena, &drawn, NULL) == S2S_OK);
    d->ops->draw(d, &(s2s_draw){ .count = 550, .level = 1 }, &drawn);
    s2s_arena_free(arena);
}

Test(addition, faults_of_options_have_a_place_and_say_what_exists)
{
    s2s_arena *arena = s2s_arena_create();
    const char *m;

    m = given_fault("{type: addition, digits: 1, samples: 50000}", 38, arena);
    cr_assert(strstr(m, "samples: asks") != NULL && strstr(m, "50000") != NULL && strstr(m, "only 55 ") != NULL, "%s", m);
    m = given_fault("{type: addition, digits: 1, samples: 50, test_samples: 6}", 56, arena);
    cr_assert(strstr(m, "56 distinct") != NULL && strstr(m, "only 55 ") != NULL, "%s", m);
    m = given_fault("{type: addition, samples: 5, validation_split: 0.1}", 48, arena);
    cr_assert(strstr(m, "at least 10 samples") != NULL, "%s", m);
    m = given_fault("{type: addition, curriculum: {from: 2}}", 30, arena);
    cr_assert(strstr(m, "fresh: true") != NULL, "%s", m);
    m = given_fault("{type: addition, fresh: true, curriculum: {from: 4}}", 50, arena);
    cr_assert(strstr(m, "at most digits (3)") != NULL, "%s", m);
    m = given_fault("{type: addition, digits: 1, samples: 200, fresh: true, validation_split: 0.5}", 38, arena);
    cr_assert(strstr(m, "none to train on") != NULL, "%s", m);
    s2s_arena_free(arena);
}

Test(addition, reads_sums_as_people_write_them)
{
    static const char *const good[][2] = {
        { "12+345", "12+345" }, { " 12 + 345 ", "12+345" }, { "0+0", "0+0" }, { "007+05", "7+5" }, { "1+\t2", "1+2" }, { "000000+1", "0+1" },
    };
    static const char *const bad[][2] = {
        { "", "got nothing" }, { "   ", "got nothing" }, { "12", "second number" }, { "12+", "behind the '+'" }, { "+12", "before the '+'" },
        { "1234+5", "'1234' has 4 digits" }, { "1+99999999999999999999999", "has 23 digits" }, { "12-3", "got '-'" }, { "1 2+3", "got '2'" },
        { "1+2+3", "got '+'" }, { "1+2 3", "got '3'" }, { "1+\xc3\xa9", "behind the '+'" }, { "1\xc3\xa9+2", "got '\xc3\xa9'" },
        { "1+2\xff", "UTF-8" }, { "-1+2", "before the '+'" }, { "1.5+2", "got '.'" },
    };
    s2s_arena *arena = s2s_arena_create();
    const s2s_dataset *d = given_dataset("{type: addition}", 1, arena);
    s2s_dataset bare;
    s2s_split split;

    cr_assert(s2s_dataset_restore(d->self, &d->vocabularies, arena, &bare, NULL) == S2S_OK);
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        cr_assert(bare.ops->encode(&bare, s2s_text_of(good[i][0]), arena, &split, NULL) == S2S_OK, "%s", good[i][0]);
        cr_assert_str_eq(given_input(&bare, &split, 0, arena), good[i][1]);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        s2s_error err = { 0 };
        cr_assert(bare.ops->encode(&bare, s2s_text_of(bad[i][0]), arena, &split, &err) == S2S_DATA, "%s", bad[i][0]);
        cr_assert(strstr(err.message, bad[i][1]) != NULL, "%s: %s", bad[i][0], err.message);
    }
    s2s_arena_free(arena);
}

Test(addition, shown_answers_lose_only_the_spaces_at_their_end)
{
    s2s_arena *arena = s2s_arena_create();
    const s2s_dataset *d = given_dataset("{type: addition, samples: 100}", 1, arena);
    const int32_t symbols[] = { 0, 3, 0, 11, 0, 0 };
    s2s_string text = { 0 };

    d->ops->show_target(d, symbols, NULL, 6, &text);
    cr_assert_str_eq(s2s_string_chars(&text), " 1 9");
    s2s_string_clear(&text);
    d->ops->show_target(d, symbols + 4, NULL, 2, &text);
    cr_assert_str_eq(s2s_string_chars(&text), "");
    s2s_string_release(&text);
    s2s_arena_free(arena);
}
