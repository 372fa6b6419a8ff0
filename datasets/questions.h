/*
 * questions.h -- which sums are asked: operands by rule, distinct as unordered pairs.
 */
#ifndef S2S_DATASETS_QUESTIONS_H
#define S2S_DATASETS_QUESTIONS_H

#include "base/arena.h"
#include "base/random.h"

enum { S2S_DIGITS_MAX = 18 };          /* sums fit in 64 bits */

typedef struct s2s_question { int64_t a, b; } s2s_question;

typedef struct s2s_question_rule {
    int64_t digits;                    /* 1 to S2S_DIGITS_MAX */
    bool uniform_value;                /* every operand equally likely; else the number of digits is uniform, and then each digit */
} s2s_question_rule;

int64_t s2s_power_of_ten(int64_t exponent);

/* Unordered pairs of operands with up to so many digits; INT64_MAX when they are more. */
int64_t s2s_questions_exist(int64_t digits);

/* The k-th question of a stream. */
s2s_question s2s_question_draw(const s2s_question_rule *rule, const s2s_stream *stream, uint64_t k);

/* A set of up to `capacity` questions, in the order of adding. a+b and b+a are one. */
typedef struct s2s_question_set {
    int64_t count, capacity;
    s2s_question *item;
    uint32_t *slot;                    /* index + 1; 0: free */
    uint64_t mask;
} s2s_question_set;

s2s_status s2s_question_set_create(int64_t capacity, s2s_arena *arena, s2s_question_set *ret, s2s_error *err);
bool s2s_question_set_has(const s2s_question_set *set, s2s_question question);
bool s2s_question_set_add(s2s_question_set *set, s2s_question question);       /* false: it was there */

/*
 * s2s_questions_distinct -- fill an empty set to its capacity.
 *
 * Questions come by the rule's probabilities, each at most once. Asserts that enough of them exist. When a large part of all that
 * exist is wanted, the same distribution is drawn in one pass over all of them, so that the last ones need no search.
 * Errors   S2S_MEMORY.
 */
s2s_status s2s_questions_distinct(const s2s_question_rule *rule, const s2s_stream *stream, s2s_question_set *set, s2s_error *err);

#endif
