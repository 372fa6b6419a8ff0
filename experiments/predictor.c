/* predictor.c -- lines become one split, the split runs in shards over all threads, answers return to their lines. */
#include "experiments/predictor.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "datasets/column.h"
#include "experiments/annotation.h"
#include "experiments/answers.h"
#include "train/runner.h"

struct s2s_predictor {
    const s2s_model *model;
    int threads;
    bool fixed;                    /* every example has the same size: one runner serves all */
    s2s_arena *machine;            /* the runner's */
    s2s_runner *runner;
    s2s_arena *lines;              /* of one call */
};

s2s_status s2s_predictor_create(const s2s_model *model, int threads, s2s_predictor **ret, s2s_error *err)
{
    s2s_predictor       *self = s2s_memory_zeroed(sizeof *self);
    const s2s_signature *signature = &model->dataset.signature;

    if (self == NULL)
        return s2s_fail(err, S2S_MEMORY, "out of memory");
    *self = (s2s_predictor){ .model = model, .threads = threads, .fixed = true,
                             .machine = s2s_arena_create(), .lines = s2s_arena_create() };
    for (int i = 0; i < signature->stream_count; i++)
        self->fixed = self->fixed && signature->stream[i].steps != S2S_LENGTH_ANY && signature->stream[i].kind != S2S_STREAM_GROUPS;
    if (self->machine == NULL || self->lines == NULL) {
        s2s_predictor_free(self);
        return s2s_fail(err, S2S_MEMORY, "out of memory");
    }
    *ret = self;
    return S2S_OK;
}

void s2s_predictor_free(s2s_predictor *self)
{
    if (self == NULL)
        return;
    s2s_arena_free(self->machine);
    s2s_arena_free(self->lines);
    s2s_memory_free(self);
}

/* --- one split from many ------------------------------------------------------------------------------------------------- */

static const s2s_column *column_of(const s2s_split *split, int stream) { return &split->stream[stream]; }

/* Copy the data elements [first, first + count) of `from` to `to` at `at`. */
static void copy_elements(const s2s_column *from, int64_t first, int64_t count, s2s_column *to, int64_t at)
{
    if (from->x != NULL)
        memcpy(to->x + at * to->width, from->x + first * from->width, (size_t)(count * from->width) * sizeof(real));
    else
        memcpy((char *)to->token + at * to->token_bytes, (const char *)from->token + first * from->token_bytes,
               (size_t)(count * from->token_bytes));
}

/* Groups: words, each with its own run of characters. */
static s2s_status join_groups(const s2s_split *parts, size_t count, int stream, s2s_column *joined, s2s_arena *arena, s2s_error *err)
{
    int64_t words = 0, tokens = 0, *inner;

    for (size_t i = 0; i < count; i++) {
        const s2s_column *part = column_of(&parts[i], stream);
        const int64_t first = s2s_column_start(part, 0), length = s2s_column_length(part, 0);

        words += length;
        tokens += part->inner_start[first + length] - part->inner_start[first];
    }
    S2S_TRY(s2s_column_create(S2S_STREAM_GROUPS, joined->width, tokens, arena, joined, err));
    inner = S2S_NEW_ARRAY(arena, int64_t, words + 1);
    if (inner == NULL)
        return s2s_fail(err, S2S_MEMORY, "out of memory");
    words = tokens = 0;
    for (size_t i = 0; i < count; i++) {
        const s2s_column *part = column_of(&parts[i], stream);
        const int64_t first = s2s_column_start(part, 0), length = s2s_column_length(part, 0), from = part->inner_start[first];

        for (int64_t k = 0; k < length; k++)
            inner[words++] = tokens + part->inner_start[first + k] - from;
        copy_elements(part, from, part->inner_start[first + length] - from, joined, tokens);
        tokens += part->inner_start[first + length] - from;
    }
    inner[words] = tokens;
    joined->inner_start = inner;
    return S2S_OK;
}

static s2s_status join_rows(const s2s_split *parts, size_t count, int stream, s2s_column *joined, s2s_arena *arena, s2s_error *err)
{
    int64_t elements = 0;

    for (size_t i = 0; i < count; i++)
        elements += s2s_column_length(column_of(&parts[i], stream), 0);
    S2S_TRY(s2s_column_create(joined->kind, joined->width, elements, arena, joined, err));
    elements = 0;
    for (size_t i = 0; i < count; i++) {
        const s2s_column *part = column_of(&parts[i], stream);

        copy_elements(part, s2s_column_start(part, 0), s2s_column_length(part, 0), joined, elements);
        elements += s2s_column_length(part, 0);
    }
    return S2S_OK;
}

/* Where each example starts, if lengths differ. */
static s2s_status join_starts(const s2s_split *parts, size_t count, int stream, s2s_column *joined, s2s_arena *arena, s2s_error *err)
{
    const s2s_column *first = column_of(&parts[0], stream);
    int64_t *start;

    joined->fixed_steps = first->fixed_steps;
    if (first->start == NULL)
        return S2S_OK;
    start = S2S_NEW_ARRAY(arena, int64_t, count + 1);
    if (start == NULL)
        return s2s_fail(err, S2S_MEMORY, "out of memory");
    for (size_t i = 0; i < count; i++)
        start[i + 1] = start[i] + s2s_column_length(column_of(&parts[i], stream), 0);
    joined->start = start;
    return S2S_OK;
}

/* Splits of one example each become one split, in order. */
static s2s_status join(const s2s_split *parts, size_t count, int streams, s2s_arena *arena, s2s_split *ret, s2s_error *err)
{
    s2s_split joined = { .count = (int64_t)count, .target = parts[0].target };

    for (int s = 0; s < streams; s++) {
        s2s_column *column = &joined.stream[s];

        column->kind = column_of(&parts[0], s)->kind;
        column->width = column_of(&parts[0], s)->width;
        if (column->kind == S2S_STREAM_GROUPS)
            S2S_TRY(join_groups(parts, count, s, column, arena, err));
        else
            S2S_TRY(join_rows(parts, count, s, column, arena, err));
        S2S_TRY(join_starts(parts, count, s, column, arena, err));
    }
    *ret = joined;
    return S2S_OK;
}

/* --- answering ----------------------------------------------------------------------------------------------------------- */

/* A runner that is large enough for `split`: the one that is there, or a new one. */
static s2s_status prepare(s2s_predictor *self, const s2s_split *split, s2s_error *err)
{
    const s2s_model *model = self->model;
    s2s_split        room = { 0 };
    const s2s_split *splits[] = { split };
    const s2s_runner_setup setup = {
        .graph = model->experiment->graph, .signature = &model->dataset.signature, .splits = splits, .split_count = 1,
        .batch_size = S2S_PREDICTOR_LINES, .threads = self->threads, .arena = self->machine,
    };

    if (self->fixed && self->runner != NULL)
        return S2S_OK;
    s2s_arena_reset(self->machine);
    if (self->fixed) {
        S2S_TRY(s2s_split_reserve(&model->dataset.signature, S2S_PREDICTOR_LINES, self->machine, &room, err));
        splits[0] = &room;
    }
    S2S_TRY(s2s_runner_create(&setup, &self->runner, err));
    S2S_TRY(s2s_model_weights(model, s2s_runner_weights(self->runner), err));
    s2s_runner_ready(self->runner);
    return S2S_OK;
}

static s2s_status run(s2s_predictor *self, const s2s_split *parts, const size_t *place, size_t count, s2s_reply *replies, s2s_error *err)
{
    const s2s_model *model = self->model;
    s2s_answers     *answers;
    s2s_split        split;

    S2S_TRY(join(parts, count, model->dataset.signature.stream_count, self->lines, &split, err));
    S2S_TRY(prepare(self, &split, err));
    S2S_TRY(s2s_answers_create(&model->dataset, NULL, (int64_t)count, self->lines, &answers, err));
    answers->asked = parts;
    S2S_TRY(s2s_runner_predict(self->runner, &split, NULL, (int64_t)count, s2s_answers_take, answers, err));
    S2S_TRY(s2s_answers_check(answers, err));
    for (size_t i = 0; i < count; i++)
        replies[place[i]] = (s2s_reply){ .output = answers->item[i].output, .probability = answers->item[i].probability };
    return S2S_OK;
}

/* All together; where the longest ones need more memory than there is, one by one, so that the others are answered still. */
static s2s_status run_all(s2s_predictor *self, const s2s_split *parts, const size_t *place, size_t count, s2s_reply *replies, s2s_error *err)
{
    s2s_error  own;
    s2s_status status = run(self, parts, place, count, replies, &own);

    for (size_t i = 0; i < count && status == S2S_MEMORY; i++) {
        const s2s_status single = run(self, &parts[i], &place[i], 1, replies, &own);

        if (single == S2S_MEMORY)
            replies[place[i]].error = s2s_arena_strdup(self->lines, own.message);
        else if (single != S2S_OK)
            status = single;
    }
    return status == S2S_OK || status == S2S_MEMORY ? S2S_OK : s2s_fail(err, status, "%s", own.message);
}

s2s_status s2s_predictor_answer(s2s_predictor *self, const s2s_text *lines, size_t count, const s2s_reply **ret, s2s_error *err)
{
    const s2s_dataset *dataset = &self->model->dataset;
    s2s_reply *replies;
    s2s_split *parts;
    size_t    *place, good = 0;

    assert(count <= S2S_PREDICTOR_LINES);
    s2s_arena_reset(self->lines);
    replies = S2S_NEW_ARRAY(self->lines, s2s_reply, count);
    parts = S2S_NEW_ARRAY(self->lines, s2s_split, count);
    place = S2S_NEW_ARRAY(self->lines, size_t, count);
    if (s2s_arena_failed(self->lines))
        return s2s_fail(err, S2S_MEMORY, "out of memory");
    for (size_t i = 0; i < count; i++) {
        s2s_error own;

        replies[i].probability = NAN;
        if (dataset->ops->encode(dataset, lines[i], self->lines, &parts[good], &own) == S2S_OK)
            place[good++] = i;
        else
            replies[i].error = s2s_arena_strdup(self->lines, own.message);
    }
    if (good > 0)
        S2S_TRY(run_all(self, parts, place, good, replies, err));
    if (s2s_arena_failed(self->lines))
        return s2s_fail(err, S2S_MEMORY, "out of memory");
    *ret = replies;
    return S2S_OK;
}

s2s_status s2s_predictor_annotate(s2s_predictor *self, s2s_text bytes, const char *name, s2s_string *ret, s2s_error *err)
{
    const s2s_dataset *dataset = &self->model->dataset;
    s2s_split split;

    s2s_arena_reset(self->lines);
    S2S_TRY(dataset->ops->parse(dataset, bytes, name, false, self->lines, &split, err));
    S2S_TRY(prepare(self, &split, err));
    return s2s_annotate(self->runner, dataset, &split, bytes, self->lines, ret, err);
}
