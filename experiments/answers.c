/* answers.c -- from packed rows back to one text an example. */
#include "experiments/answers.h"

#include <assert.h>
#include <math.h>
#include <string.h>

s2s_status s2s_answers_create(const s2s_dataset *dataset, const int64_t *examples, int64_t count, s2s_arena *arena,
                              s2s_answers **ret, s2s_error *err)
{
    s2s_answers *answers = S2S_NEW(arena, s2s_answers);
    s2s_answer  *item = S2S_NEW_ARRAY(arena, s2s_answer, count);

    if (answers == NULL || item == NULL)
        return s2s_fail(err, S2S_MEMORY, "out of memory");
    *answers = (s2s_answers){ .dataset = dataset, .arena = arena, .examples = examples, .count = count, .item = item };
    *ret = answers;
    return S2S_OK;
}

s2s_status s2s_answers_check(const s2s_answers *answers, s2s_error *err)
{
    return answers->failed ? s2s_fail(err, S2S_MEMORY, "out of memory") : S2S_OK;
}

static s2s_answer *slot_of(const s2s_answers *answers, int64_t example)
{
    if (answers->examples == NULL)
        return &answers->item[example];
    for (int64_t i = 0; i < answers->count; i++)
        if (answers->examples[i] == example)
            return &answers->item[i];
    assert(!"an example that was not asked for");
    return NULL;
}

static bool make_room(s2s_answers *answers, int64_t steps, int64_t width)
{
    if (steps <= answers->room)
        return true;
    answers->symbols = S2S_NEW_ARRAY(answers->arena, int32_t, steps);
    answers->values = S2S_NEW_ARRAY(answers->arena, real, steps * width);
    answers->room = steps;
    return answers->symbols != NULL && answers->values != NULL;
}

/* `asked`: the question that this answers; NULL: a target's bare text. */
static const char *show(s2s_answers *answers, const s2s_split *asked, const int32_t *symbols, const real *values, int64_t n)
{
    const s2s_dataset_ops *ops = answers->dataset->ops;
    s2s_string  text = { 0 };
    const char *copy;

    if (asked != NULL && ops->show_answer != NULL)
        ops->show_answer(answers->dataset, asked, 0, symbols, values, n, &text);
    else
        ops->show_target(answers->dataset, symbols, values, n, &text);
    copy = s2s_arena_strdup(answers->arena, s2s_string_chars(&text));
    answers->failed = answers->failed || text.failed || copy == NULL;
    s2s_string_release(&text);
    return copy;
}

static const s2s_split *asked_of(const s2s_answers *answers, const s2s_answer *answer)
{
    return answers->asked ? &answers->asked[answer - answers->item] : NULL;
}

static void take_symbols(s2s_answers *answers, const s2s_output *output, int64_t b, s2s_answer *answer)
{
    const s2s_steps *steps = output->steps;
    const int64_t    n = steps->length[b];

    answer->probability = 1;
    for (int64_t t = 0; t < n; t++) {
        const int64_t row = steps->offset[t] + b;
        const int32_t symbol = output->predicted[row];

        answers->symbols[t] = symbol;
        answer->probability *= (double)output->y[row * output->width + symbol];
    }
    answer->output = show(answers, asked_of(answers, answer), answers->symbols, NULL, n);
}

static void take_values(s2s_answers *answers, const s2s_output *output, int64_t b, s2s_answer *answer)
{
    const int64_t n = output->steps->length[b], width = output->width;

    for (int64_t t = 0; t < n; t++)
        memcpy(answers->values + t * width, output->y + (output->steps->offset[t] + b) * width, (size_t)width * sizeof(real));
    answer->probability = NAN;
    answer->output = show(answers, asked_of(answers, answer), NULL, answers->values, n);
}

/* The wanted symbols, and whether the output has every one of them. */
static void take_target(s2s_answers *answers, const s2s_output *output, int64_t b, s2s_answer *answer)
{
    const s2s_shard *shard = output->shard;
    const s2s_steps *wanted = shard->target_steps;
    const int64_t    n = wanted->length[b], given = output->steps->length[b];
    int64_t          count = 0;
    bool             correct = shard->too_long == NULL || !shard->too_long[b];

    for (int64_t t = 0; t < n; t++) {
        const int32_t symbol = shard->target[wanted->offset[t] + b];

        if (symbol < 0)
            continue;
        correct = correct && t < given && output->predicted[output->steps->offset[t] + b] == symbol;
        answers->symbols[count++] = symbol;
    }
    answer->correct = correct;
    answer->target = show(answers, NULL, answers->symbols, NULL, count);
}

static void take_target_values(s2s_answers *answers, const s2s_output *output, int64_t b, s2s_answer *answer)
{
    const s2s_steps *wanted = output->shard->target_steps;
    const int64_t    n = wanted->length[b], width = output->width;

    for (int64_t t = 0; t < n; t++)
        memcpy(answers->values + t * width, output->shard->target_x + (wanted->offset[t] + b) * width, (size_t)width * sizeof(real));
    answer->target = show(answers, NULL, NULL, answers->values, n);
}

/* What was given and what was wanted, step by step. */
static void keep_steps(s2s_answers *answers, const s2s_output *output, int64_t b, s2s_answer *answer)
{
    const s2s_steps *steps = output->steps;
    const int64_t    n = steps->length[b];
    int32_t *given = S2S_NEW_ARRAY(answers->arena, int32_t, n), *wanted = S2S_NEW_ARRAY(answers->arena, int32_t, n);

    assert(output->predicted != NULL && output->shard->target_steps->length[b] == n);
    if (given == NULL || wanted == NULL) {
        answers->failed = true;
        return;
    }
    for (int64_t t = 0; t < n; t++) {
        given[t] = output->predicted[steps->offset[t] + b];
        wanted[t] = output->shard->target[output->shard->target_steps->offset[t] + b];
    }
    answer->steps = n;
    answer->given = given;
    answer->wanted = wanted;
}

static void take_one(s2s_answers *answers, const s2s_output *output, int64_t b)
{
    const s2s_shard *shard = output->shard;
    s2s_answer      *answer = slot_of(answers, shard->example[b]);
    int64_t          longest = output->steps->length[b];

    if (shard->target_steps != NULL && shard->target_steps->length[b] > longest)
        longest = shard->target_steps->length[b];
    if (!make_room(answers, longest, output->width)) {
        answers->failed = true;
        return;
    }
    if (output->predicted != NULL)
        take_symbols(answers, output, b, answer);
    else
        take_values(answers, output, b, answer);
    if (shard->target != NULL)
        take_target(answers, output, b, answer);
    else if (shard->target_x != NULL)
        take_target_values(answers, output, b, answer);
    if (answers->keep_steps)
        keep_steps(answers, output, b, answer);
}

void s2s_answers_take(void *self, const s2s_output *output)
{
    for (int64_t b = 0; b < output->shard->count; b++)
        take_one(self, output, b);
}
