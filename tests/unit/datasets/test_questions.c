#include <criterion/criterion.h>
#include <math.h>

#include "datasets/questions.h"

Test(questions, counted_exactly)
{
    cr_assert(s2s_questions_exist(1) == 55);
    cr_assert(s2s_questions_exist(2) == 5050);
    cr_assert(s2s_questions_exist(3) == 500500);
    cr_assert(s2s_questions_exist(9) == 500000000500000000);
    cr_assert(s2s_questions_exist(10) == INT64_MAX);
}

Test(questions, pairs_are_unordered)
{
    s2s_arena *arena = s2s_arena_create();
    s2s_question_set set;

    cr_assert(s2s_question_set_create(3, arena, &set, NULL) == S2S_OK);
    cr_assert(s2s_question_set_add(&set, (s2s_question){ 12, 3 }));
    cr_assert(!s2s_question_set_add(&set, (s2s_question){ 3, 12 }));
    cr_assert(s2s_question_set_has(&set, (s2s_question){ 3, 12 }) && !s2s_question_set_has(&set, (s2s_question){ 3, 13 }));
    cr_assert(s2s_question_set_add(&set, (s2s_question){ 3, 13 }));
    cr_assert(set.count == 2 && set.item[0].a == 12);
    s2s_arena_free(arena);
}

/* All that exist, nearly all, and few: distinct, within range, by either way of drawing. */
Test(questions, distinct_up_to_the_last_one)
{
    static const int64_t wanted[][2] = { { 1, 55 }, { 1, 7 }, { 1, 6 }, { 2, 5050 }, { 2, 5000 }, { 2, 100 }, { 3, 300000 }, { 3, 50000 } };

    for (size_t c = 0; c < sizeof wanted / sizeof *wanted; c++) {
        for (int by_value = 0; by_value < 2; by_value++) {
            s2s_arena *arena = s2s_arena_create();
            const s2s_stream stream = s2s_stream_make(c, S2S_RANDOM_TEST, 0, 0, 0);
            const s2s_question_rule rule = { .digits = wanted[c][0], .uniform_value = by_value };
            const int64_t values = s2s_power_of_ten(rule.digits);
            s2s_question_set set, again;

            cr_assert(s2s_question_set_create(wanted[c][1], arena, &set, NULL) == S2S_OK);
            cr_assert(s2s_question_set_create(wanted[c][1], arena, &again, NULL) == S2S_OK);
            cr_assert(s2s_questions_distinct(&rule, &stream, &set, NULL) == S2S_OK);
            cr_assert(set.count == wanted[c][1]);
            for (int64_t i = 0; i < set.count; i++) {
                cr_assert(set.item[i].a >= 0 && set.item[i].a < values && set.item[i].b >= 0 && set.item[i].b < values);
                cr_assert(s2s_question_set_add(&again, set.item[i]), "question %ld comes twice", (long)i);
            }
            s2s_arena_free(arena);
        }
    }
}

/* Keras' protocol: the number of digits is uniform, then each digit. So of one operand of up to 3 digits 1/3 + 1/30 + 1/300 are below 10. */
Test(questions, short_numbers_are_frequent)
{
    const s2s_stream stream = s2s_stream_make(1, S2S_RANDOM_TEST, 0, 0, 0);
    const int n = 100000;
    int below_ten[2] = { 0, 0 };

    for (int by_value = 0; by_value < 2; by_value++) {
        const s2s_question_rule rule = { .digits = 3, .uniform_value = by_value };
        for (uint64_t k = 0; k < (uint64_t)n; k++)
            below_ten[by_value] += s2s_question_draw(&rule, &stream, k).a < 10;
    }
    cr_assert(fabs(below_ten[0] / (double)n - 0.37) < 0.008, "%d", below_ten[0]);
    cr_assert(fabs(below_ten[1] / (double)n - 0.01) < 0.002, "%d", below_ten[1]);
}

/* Choosing 7 of 55 in one pass must give single questions the same chances as drawing and throwing repetitions away. */
Test(questions, one_pass_draws_the_same_distribution)
{
    const s2s_question_rule rule = { .digits = 1 };
    const int rounds = 20000;
    int zero_zero[2] = { 0, 0 }, turned = 0, mixed = 0;

    for (int round = 0; round < rounds; round++) {
        const s2s_stream stream = s2s_stream_make((uint64_t)round, S2S_RANDOM_TEST, 0, 0, 0);
        s2s_arena *arena = s2s_arena_create();
        s2s_question_set pass, single;

        s2s_question_set_create(7, arena, &pass, NULL);           /* 7 > 55/8: one pass */
        s2s_question_set_create(7, arena, &single, NULL);
        s2s_questions_distinct(&rule, &stream, &pass, NULL);
        for (uint64_t k = 0; single.count < 7; k++)
            s2s_question_set_add(&single, s2s_question_draw(&rule, &stream, k));
        zero_zero[0] += s2s_question_set_has(&pass, (s2s_question){ 0, 0 });
        zero_zero[1] += s2s_question_set_has(&single, (s2s_question){ 0, 0 });
        for (int64_t i = 0; i < 7; i++) {
            mixed += pass.item[i].a != pass.item[i].b;
            turned += pass.item[i].a > pass.item[i].b;
        }
        s2s_arena_free(arena);
    }
    /* A pair of equals has weight 1 of 100, others 2: about 7 % for (0,0); three standard deviations of the difference are 0.8 %. */
    cr_assert(abs(zero_zero[0] - zero_zero[1]) < rounds * 0.008, "%d and %d", zero_zero[0], zero_zero[1]);
    cr_assert(fabs(turned / (double)mixed - 0.5) < 0.01);
}
