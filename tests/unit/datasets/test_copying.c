#include <math.h>
#include <string.h>

#include "given.h"

static void reverse_text(const char *text, char *reversed)
{
    const size_t n = strlen(text);

    for (size_t i = 0; i < n; i++)
        reversed[i] = text[n - 1 - i];
    reversed[n] = '\0';
}

Test(copying, answers_repeat_or_reverse)
{
    static const char *const sets[] = {
        "{type: copy, symbols: 5, min_length: 2, max_length: 12, samples: 500, test_samples: 50}",
        "{type: reverse, symbols: 5, min_length: 2, max_length: 12, samples: 500, test_samples: 50}",
        "{type: copy, symbols: 5, min_length: 2, max_length: 12, delay: 7, aligned: true, samples: 500, test_samples: 50}",
        "{type: reverse, symbols: 5, min_length: 12, max_length: 12, delay: 7, aligned: true, samples: 500, test_samples: 50}",
    };

    for (size_t c = 0; c < sizeof sets / sizeof *sets; c++) {
        s2s_arena *arena = s2s_arena_create();
        const s2s_dataset *d = given_dataset(sets[c], 1, arena);
        s2s_vocabulary *seen;

        s2s_vocabulary_create(arena, &seen, NULL);
        cr_assert(d->split[S2S_TRAIN].count == 450 && d->split[S2S_VALIDATION].count == 50 && d->split[S2S_TEST].count == 50);
        for (int k = 0; k < S2S_SPLIT_COUNT; k++) {
            for (int64_t i = 0; i < d->split[k].count; i++) {
                const char *input = given_input(d, &d->split[k], i, arena), *target = given_target(d, &d->split[k], i, arena);
                const int64_t size = s2s_vocabulary_size(seen);
                char expected[16];

                if (strstr(sets[c], "reverse") != NULL)
                    reverse_text(input, expected);
                else
                    strcpy(expected, input);
                cr_assert_str_eq(target, expected);
                cr_assert(s2s_vocabulary_add(seen, s2s_text_of(input)) == size, "%s comes twice", input);
            }
        }
        s2s_arena_free(arena);
    }
}

/* The task of 1997: 10 of 8 symbols, a pause, a signal, the answer; blanks are wanted before. */
Test(copying, aligned_rows_are_those_of_the_copying_problem)
{
    s2s_arena *arena = s2s_arena_create();
    const s2s_dataset *d = given_dataset("{type: copy, delay: 29, aligned: true, samples: 100}", 1, arena);
    const char *input = given_symbols(d, "input", &d->split[0].stream[0], 3, arena);
    const char *target = given_symbols(d, "target", &d->split[0].target, 3, arena);

    cr_assert(d->signature.stream[0].steps == 50 && d->signature.stream[0].width == 10 && d->signature.target.width == 9);
    cr_assert(d->signature.alignment == S2S_ALIGNED && d->signature.filler == 0);
    cr_assert(strlen(input) == 50 && strlen(target) == 50);
    cr_assert_str_eq(input + 10, "_____________________________|__________");
    cr_assert(strspn(target, "_") == 40 && strncmp(target + 40, input, 10) == 0, "%s %s", input, target);
    s2s_arena_free(arena);
}

Test(copying, lengths_vary_and_own_targets_are_padded)
{
    s2s_arena *arena = s2s_arena_create();
    const s2s_dataset *d = given_dataset("{type: reverse, symbols: 40, min_length: 3, max_length: 6, delay: 2, samples: 1000}", 1, arena);
    const s2s_split *split = &d->split[S2S_TRAIN];
    int64_t by_length[7] = { 0 };

    cr_assert(d->signature.stream[0].steps == S2S_LENGTH_ANY && d->signature.target.steps == 6);
    for (int64_t i = 0; i < split->count; i++) {
        const int64_t length = s2s_column_length(&split->stream[0], i) - 2;
        cr_assert(length >= 3 && length <= 6 && s2s_column_length(&split->target, i) == 6);
        by_length[length]++;
    }
    for (int64_t l = 3; l <= 6; l++)
        cr_assert(by_length[l] > 150, "%ld of length %ld", (long)by_length[l], (long)l);
    s2s_arena_free(arena);
}

Test(copying, reads_lines)
{
    s2s_arena *arena = s2s_arena_create();
    const s2s_dataset *few = given_dataset("{type: copy, symbols: 3, min_length: 2, max_length: 8, samples: 100}", 1, arena);
    const s2s_dataset *many = given_dataset("{type: copy, symbols: 30, min_length: 2, max_length: 4, samples: 100}", 1, arena);
    static const char *const bad[] = { "", "a", "abd", "ab1", "abcabcabc", "a\xc3\xa9", "a\xff" };
    static const char *const bad_numbers[] = { "", "1", "0 1", "1 31", "1 x", "1 2 3 4 5", "1 99999999999999999999" };
    s2s_split split;

    cr_assert(few->ops->encode(few, s2s_text_of(" ab ca "), arena, &split, NULL) == S2S_OK);
    cr_assert_str_eq(given_input(few, &split, 0, arena), "abca");
    cr_assert(many->ops->encode(many, s2s_text_of("12  30 1"), arena, &split, NULL) == S2S_OK);
    cr_assert_str_eq(given_input(many, &split, 0, arena), "12 30 1");
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        cr_assert(few->ops->encode(few, s2s_text_of(bad[i]), arena, &split, NULL) == S2S_DATA, "'%s'", bad[i]);
    for (size_t i = 0; i < sizeof bad_numbers / sizeof *bad_numbers; i++)
        cr_assert(many->ops->encode(many, s2s_text_of(bad_numbers[i]), arena, &split, NULL) == S2S_DATA, "'%s'", bad_numbers[i]);
    s2s_arena_free(arena);
}

Test(copying, faults_of_options)
{
    s2s_arena *arena = s2s_arena_create();
    const char *m;

    m = given_fault("{type: copy, symbols: 2, min_length: 3, max_length: 3, samples: 100}", 65, arena);
    cr_assert(strstr(m, "only 8 ") != NULL, "%s", m);
    m = given_fault("{type: copy, min_length: 13}", 26, arena);
    cr_assert(strstr(m, "at most max_length (10)") != NULL, "%s", m);
    s2s_arena_free(arena);
}

Test(adding_problem, two_marked_numbers_are_added)
{
    s2s_arena *arena = s2s_arena_create();
    const s2s_dataset *d = given_dataset("{type: adding_problem, steps: 31, samples: 4000, test_samples: 500}", 1, arena);
    double sum = 0, squares = 0;

    for (int k = 0; k < S2S_SPLIT_COUNT; k++) {
        const s2s_split *split = &d->split[k];
        for (int64_t i = 0; i < split->count; i++) {
            real marked[2] = { 0, 0 }, wanted = 0;
            for (int64_t t = 0; t < 31; t++) {
                const real value = split->stream[0].x[(i * 31 + t) * 2], marker = split->stream[0].x[(i * 31 + t) * 2 + 1];
                cr_assert(value >= 0 && value < 1 && (marker == 0 || marker == 1));
                marked[t >= 15] += marker;
                wanted += marker * value;
            }
            cr_assert(marked[0] == 1 && marked[1] == 1, "one in each half");
            cr_assert(fabs((double)(wanted - split->target.x[i])) < 1e-6);
            if (k == S2S_TRAIN) {
                sum += (double)split->target.x[i] / 3600;
                squares += (double)((split->target.x[i] - 1) * (split->target.x[i] - 1)) / 3600;
            }
        }
    }
    cr_assert(fabs(sum - 1) < 0.03 && fabs(squares - 1 / 6.0) < 0.02, "mean %g, error of always saying 1 %g", sum, squares);
    s2s_arena_free(arena);
}

Test(adding_problem, reads_marked_numbers)
{
    s2s_arena *arena = s2s_arena_create();
    const s2s_dataset *d = given_dataset("{type: adding_problem, steps: 4, samples: 100}", 1, arena);
    static const char *const bad[] = { "", "1 2 3", "1* 2* 3", "1* 2* 3 4 5", "1 2 3 4", "1* 2* 3* 4", "1* 2* x 4", "1* * 3 4", "1* 2* nan 4", "1* .nan* 2 3" };
    s2s_split split;

    cr_assert(d->ops->encode(d, s2s_text_of(" 0.3 0.52* 0.9  0.1*"), arena, &split, NULL) == S2S_OK);
    cr_assert_str_eq(given_input(d, &split, 0, arena), "0.520 (step 2) + 0.100 (step 4)");
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        cr_assert(d->ops->encode(d, s2s_text_of(bad[i]), arena, &split, NULL) == S2S_DATA, "'%s'", bad[i]);
    s2s_arena_free(arena);
}
