/*
 * questions.c -- drawing sums without repetition.
 *
 * Source   Drawing one by one and throwing away repetitions takes elements in the order of E_i / w_i, E_i exponential: Efraimidis
 *          and Spirakis, "Weighted random sampling with a reservoir", 2006.
 */
#include "datasets/questions.h"

#include <assert.h>
#include <math.h>

int64_t s2s_power_of_ten(int64_t exponent)
{
    int64_t power = 1;

    assert(exponent >= 0 && exponent <= S2S_DIGITS_MAX);
    while (exponent-- > 0)
        power *= 10;
    return power;
}

int64_t s2s_questions_exist(int64_t digits)
{
    const int64_t values = s2s_power_of_ten(digits);

    return digits <= 9 ? values * (values + 1) / 2 : INT64_MAX;
}

static int64_t draw_operand(const s2s_question_rule *rule, const s2s_stream *stream, uint64_t k)
{
    const int64_t digits = rule->uniform_value ? rule->digits : 1 + (int64_t)s2s_random_below(stream, 2 * k, (uint64_t)rule->digits);

    return (int64_t)s2s_random_below(stream, 2 * k + 1, (uint64_t)s2s_power_of_ten(digits));
}

s2s_question s2s_question_draw(const s2s_question_rule *rule, const s2s_stream *stream, uint64_t k)
{
    return (s2s_question){ draw_operand(rule, stream, 2 * k), draw_operand(rule, stream, 2 * k + 1) };
}

s2s_status s2s_question_set_create(int64_t capacity, s2s_arena *arena, s2s_question_set *ret, s2s_error *err)
{
    s2s_question_set set = { .capacity = capacity, .mask = 15 };

    assert(capacity >= 0 && capacity < UINT32_MAX);
    while (set.mask < 2 * (uint64_t)capacity)
        set.mask = 2 * set.mask + 1;
    set.item = S2S_NEW_ARRAY(arena, s2s_question, capacity);
    set.slot = S2S_NEW_ARRAY(arena, uint32_t, set.mask + 1);
    if (set.item == NULL || set.slot == NULL)
        return s2s_fail(err, S2S_MEMORY, "out of memory for %lld questions", (long long)capacity);
    *ret = set;
    return S2S_OK;
}

static s2s_question ordered(s2s_question q)
{
    return q.a <= q.b ? q : (s2s_question){ q.b, q.a };
}

static uint64_t hash(s2s_question q)
{
    uint64_t h = ((uint64_t)q.a * 0x9e3779b97f4a7c15u + (uint64_t)q.b) * 0xc2b2ae3d27d4eb4fu;

    h = (h ^ h >> 32) * 0x9e3779b97f4a7c15u;
    return h ^ h >> 32;
}

/* The slot that holds the question, or the free one where it belongs. */
static uint64_t slot_of(const s2s_question_set *set, s2s_question question)
{
    const s2s_question q = ordered(question);

    for (uint64_t at = hash(q);; at++) {
        const uint32_t index = set->slot[at & set->mask];
        s2s_question held;

        if (index == 0)
            return at & set->mask;
        held = ordered(set->item[index - 1]);
        if (held.a == q.a && held.b == q.b)
            return at & set->mask;
    }
}

bool s2s_question_set_has(const s2s_question_set *set, s2s_question question)
{
    return set->slot[slot_of(set, question)] != 0;
}

bool s2s_question_set_add(s2s_question_set *set, s2s_question question)
{
    const uint64_t at = slot_of(set, question);

    if (set->slot[at] != 0)
        return false;
    assert(set->count < set->capacity);
    set->item[set->count++] = question;
    set->slot[at] = (uint32_t)set->count;
    return true;
}

/* Probability of each operand, up to a factor. */
static double operand_weight(const s2s_question_rule *rule, int64_t value)
{
    double weight = 0;

    if (rule->uniform_value)
        return 1;
    for (int64_t digits = 1; digits <= rule->digits; digits++) {
        const int64_t values = s2s_power_of_ten(digits);
        if (value < values)
            weight += 1 / (double)values;
    }
    return weight;
}

/* E / w of the pair with number `index` in the order of enumeration. */
static double pair_key(const s2s_stream *stream, uint64_t index, double weight)
{
    uint32_t r[4];
    uint64_t bits;

    s2s_random_block(stream, index, r);
    bits = (uint64_t)r[0] << 21 ^ r[1] >> 11;
    return -log(((double)bits + 0.5) * 0x1p-53) / weight;
}

/* a+b or b+a, by the toss of a coin (a word of the block that pair_key leaves). */
static s2s_question turned(const s2s_stream *stream, uint64_t index, s2s_question q)
{
    return s2s_random_u32(stream, 4 * index + 2) & 1 ? (s2s_question){ q.b, q.a } : q;
}

static void swap(double *x, double *y)
{
    const double kept = *x;
    *x = *y;
    *y = kept;
}

/* The k-th smallest (0-based) of n numbers, which are reordered. Hoare's selection. */
static double select_smallest(double *x, int64_t n, int64_t k)
{
    int64_t low = 0, high = n - 1;

    while (low < high) {
        const double pivot = x[low + (high - low) / 2];
        int64_t i = low, j = high;

        while (i <= j) {
            while (x[i] < pivot) i++;
            while (pivot < x[j]) j--;
            if (i <= j)
                swap(&x[i++], &x[j--]);
        }
        if (k <= j)
            high = j;
        else if (k >= i)
            low = i;
        else
            break;
    }
    return x[k];
}

/* Call for every a <= b: stores the keys (set NULL), or adds the pairs with keys up to `limit`. */
static void visit_pairs(const s2s_question_rule *rule, const s2s_stream *stream, double *key, double limit, s2s_question_set *set)
{
    const int64_t values = s2s_power_of_ten(rule->digits);
    uint64_t index = 0;

    for (int64_t a = 0; a < values; a++) {
        const double weight_a = operand_weight(rule, a);

        for (int64_t b = a; b < values; b++, index++) {
            const double weight = weight_a * operand_weight(rule, b) * (a == b ? 1 : 2);
            const double here = pair_key(stream, index, weight);

            if (set == NULL)
                key[index] = here;
            else if (here <= limit && set->count < set->capacity)
                s2s_question_set_add(set, turned(stream, index, (s2s_question){ a, b }));
        }
    }
}

static s2s_status draw_in_one_pass(const s2s_question_rule *rule, const s2s_stream *stream, int64_t exist, s2s_question_set *set, s2s_error *err)
{
    double *key = s2s_memory_resize(NULL, (size_t)exist, sizeof *key);

    if (key == NULL)
        return s2s_fail(err, S2S_MEMORY, "out of memory for choosing among %lld questions", (long long)exist);
    visit_pairs(rule, stream, key, 0, NULL);
    visit_pairs(rule, stream, NULL, select_smallest(key, exist, set->capacity - 1), set);
    s2s_memory_free(key);
    return S2S_OK;
}

s2s_status s2s_questions_distinct(const s2s_question_rule *rule, const s2s_stream *stream, s2s_question_set *set, s2s_error *err)
{
    const int64_t exist = s2s_questions_exist(rule->digits);

    assert(set->count == 0 && set->capacity <= exist);
    if (set->capacity > exist / 8)
        return draw_in_one_pass(rule, stream, exist, set, err);
    for (uint64_t k = 0; set->count < set->capacity; k++)
        s2s_question_set_add(set, s2s_question_draw(rule, stream, k));
    return S2S_OK;
}
