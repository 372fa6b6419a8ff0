/* streams.c -- features of words and their vocabularies. */
#include "datasets/streams.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "datasets/column.h"

static const char *const sources[] = { "form", NULL };
static const char *const token_kinds[] = { "words", "characters", NULL };
enum { TOKENS_WORDS, TOKENS_CHARACTERS };

typedef s2s_stream_options options;

const s2s_field s2s_stream_fields[] = {
    S2S_FIELD_CHOICE(options, from, "form", sources, "where the text comes from: the word as it is written"),
    S2S_FIELD_BOOL(options, lowercase, "false", "in small letters"),
    S2S_FIELD_INT(options, prefix, S2S_NONE, 1, 5, "characters", "the first so many characters of the word"),
    S2S_FIELD_INT(options, suffix, S2S_NONE, 1, 5, "characters", "the last so many characters of the word"),
    S2S_FIELD_BOOL(options, shape, "false", "its shape: McDonald is XxXx, 1990s is dx"),
    S2S_FIELD_CHOICE(options, tokens, "words", token_kinds,
                     "words: one symbol for each word; characters: the characters of each word, for a TimeDistributed encoder"),
    S2S_FIELD_INT(options, min_count, "1", 1, 1000000, "occurrences", "rarer ones in the training split become the unknown symbol"),
    S2S_FIELD_INT(options, max_size, S2S_NONE, 1, 100000000, "symbols", "at most so many symbols, the most frequent ones, beside the unknown one"),
    S2S_FIELD_TEXT(options, unknown, "<unk>", "the name of the unknown symbol"),
    S2S_FIELD_REAL(options, replace_singletons, "0.5", 0.0, 1.0, "fraction",
                   "in training, this share of what occurs once becomes the unknown symbol, so that it is learned"),
    S2S_FIELD_END
};

/* ---- describe ---- */

static s2s_status check_stream(const s2s_object *self, const char *name, const options *o, s2s_error *err)
{
    char key[96];

    snprintf(key, sizeof key, "streams.%.80s", name);
    if (strcmp(name, "target") == 0)
        return s2s_dataset_fail(self, key, err, "'target' is the name of what is wanted: call the stream something else");
    if ((o->prefix > 0) + (o->suffix > 0) + o->shape > 1)
        return s2s_dataset_fail(self, key, err, "takes one of prefix, suffix and shape; for several, write several streams");
    if (o->shape && o->lowercase)
        return s2s_dataset_fail(self, key, err, "the shape of a word in small letters says little: take one of shape and lowercase");
    return S2S_OK;
}

s2s_status s2s_streams_describe(const s2s_object *self, const s2s_group_list *list, s2s_signature *ret, s2s_error *err)
{
    if (list->count == 0 || list->count > S2S_STREAMS_MAX)
        return s2s_dataset_fail(self, "streams", err, "expected 1 to %d streams, got %zu", S2S_STREAMS_MAX, list->count);
    for (size_t s = 0; s < list->count; s++) {
        const options *o = list->item[s];

        S2S_TRY(check_stream(self, list->key[s], o, err));
        ret->stream[s] = (s2s_stream_info){
            .name = list->key[s], .kind = o->tokens == TOKENS_CHARACTERS ? S2S_STREAM_GROUPS : S2S_STREAM_TOKENS, .steps = S2S_LENGTH_ANY,
        };
    }
    ret->stream_count = (int)list->count;
    return S2S_OK;
}

s2s_streams s2s_streams_of(const s2s_group_list *list, const s2s_words *words)
{
    s2s_streams streams = { .count = (int)list->count, .words = words };

    assert(list->count <= S2S_STREAMS_MAX);
    for (size_t s = 0; s < list->count; s++) {
        streams.item[s].name = list->key[s];
        streams.item[s].options = list->item[s];
    }
    return streams;
}

/* ---- the features of one word ---- */

static s2s_status feature_of(const s2s_words *words, const options *o, s2s_text form, s2s_arena *arena, s2s_text *ret, s2s_error *err)
{
    if (o->lowercase)
        S2S_TRY(s2s_words_lowercase(words, form, arena, &form, err));
    if (o->shape)
        S2S_TRY(s2s_words_shape(words, form, arena, &form, err));
    if (o->prefix > 0)
        form = s2s_word_prefix(form, o->prefix);
    if (o->suffix > 0)
        form = s2s_word_suffix(form, o->suffix);
    *ret = form;
    return S2S_OK;
}

/* Symbols of every different word: word f has symbol[start[f] .. start[f+1]-1], and at least one. */
typedef struct table {
    int64_t *start;
    size_t count, capacity;
    int32_t *symbol;
} table;

/* The next symbol off *rest: all of it, or a character. */
static s2s_text take_symbol(const options *o, s2s_text *rest)
{
    const size_t length = o->tokens == TOKENS_CHARACTERS ? s2s_text_utf8_length(*rest) : rest->length;
    const s2s_text symbol = { rest->chars, length };

    *rest = (s2s_text){ rest->chars + length, rest->length - length };
    return symbol;
}

/* Every word of `forms` in the numbers of `vocabulary`; new symbols are added, or looked up only. */
static s2s_status table_make(const s2s_words *words, const options *o, const s2s_vocabulary *forms, s2s_vocabulary *vocabulary, bool add,
                             s2s_arena *arena, table *ret, s2s_error *err)
{
    const int64_t count = s2s_vocabulary_size(forms);
    table t = { .start = S2S_NEW_ARRAY(arena, int64_t, count + 1) };

    if (t.start == NULL)
        return s2s_fail(err, S2S_MEMORY, "out of memory for words");
    for (int64_t f = 0; f < count; f++) {
        s2s_text rest;

        S2S_TRY(feature_of(words, o, s2s_vocabulary_symbol(forms, (int32_t)f), arena, &rest, err));
        while (rest.length > 0) {
            const s2s_text symbol = take_symbol(o, &rest);
            int32_t *place = s2s_arena_grow(arena, &t.symbol, &t.count, &t.capacity, sizeof *place);

            if (place == NULL || (*place = add ? s2s_vocabulary_add(vocabulary, symbol) : s2s_vocabulary_find(vocabulary, symbol)) < 0)
                return s2s_fail(err, S2S_MEMORY, "out of memory for words");
        }
        t.start[f + 1] = (int64_t)t.count;
    }
    *ret = t;
    return S2S_OK;
}

/* ---- vocabularies ---- */

typedef struct candidate {
    int64_t count, first;          /* occurrences in training, and the place of the first one */
    int32_t number;
} candidate;

static int by_count(const void *x, const void *y)
{
    const candidate *a = x, *b = y;

    if (a->count != b->count)
        return a->count > b->count ? -1 : 1;
    return a->first < b->first ? -1 : a->first > b->first;
}

static int by_first(const void *x, const void *y)
{
    const candidate *a = x, *b = y;

    return a->first < b->first ? -1 : a->first > b->first;
}

static void count_occurrences(const s2s_corpus *train, const table *t, candidate *candidates)
{
    int64_t place = 0;

    for (size_t w = 0; w < train->words; w++) {
        for (int64_t k = t->start[train->form[w]]; k < t->start[train->form[w] + 1]; k++, place++) {
            candidate *c = &candidates[t->symbol[k]];
            if (c->count++ == 0)
                c->first = place;
        }
    }
}

/* Drop what is too rare, then all but the most frequent; what stays is in the order of first occurrence. Returns how many. */
static int64_t choose(const options *o, candidate *candidates, int64_t count)
{
    int64_t kept = 0;

    for (int64_t i = 0; i < count; i++) {
        if (candidates[i].count >= o->min_count)
            candidates[kept++] = candidates[i];
    }
    if (o->max_size > 0 && kept > o->max_size) {
        qsort(candidates, (size_t)kept, sizeof *candidates, by_count);
        kept = o->max_size;
    }
    qsort(candidates, (size_t)kept, sizeof *candidates, by_first);
    return kept;
}

static s2s_status learn_stream(struct s2s_stream_made *made, const s2s_words *words, const s2s_corpus *train, s2s_arena *arena,
                               s2s_arena *scratch, s2s_error *err)
{
    const options *o = made->options;
    s2s_vocabulary *all;
    candidate *candidates;
    int64_t count;
    uint8_t *rare;
    table t;

    S2S_TRY(s2s_vocabulary_create(scratch, &all, err));
    S2S_TRY(s2s_vocabulary_create(arena, &made->vocabulary, err));
    S2S_TRY(table_make(words, o, train->forms, all, true, scratch, &t, err));
    count = s2s_vocabulary_size(all);
    candidates = S2S_NEW_ARRAY(scratch, candidate, count + 1);
    rare = S2S_NEW_ARRAY(arena, uint8_t, count + 1);
    if (candidates == NULL || rare == NULL || s2s_vocabulary_add(made->vocabulary, s2s_text_of(o->unknown)) != 0)
        return s2s_fail(err, S2S_MEMORY, "out of memory for a vocabulary");
    for (int64_t i = 0; i < count; i++)
        candidates[i].number = (int32_t)i;
    count_occurrences(train, &t, candidates);
    count = choose(o, candidates, count);
    for (int64_t i = 0; i < count; i++) {
        const int32_t number = s2s_vocabulary_add(made->vocabulary, s2s_vocabulary_symbol(all, candidates[i].number));
        if (number < 0)
            return s2s_fail(err, S2S_MEMORY, "out of memory for a vocabulary");
        rare[number] = candidates[i].count == 1 && number > 0;
    }
    s2s_vocabulary_set_unknown(made->vocabulary, 0);
    made->rare = o->replace_singletons > 0 ? rare : NULL;
    return S2S_OK;
}

s2s_status s2s_streams_learn(s2s_streams *streams, const s2s_corpus *train, s2s_arena *arena, s2s_error *err)
{
    s2s_arena *scratch = s2s_arena_create();
    s2s_status status = scratch == NULL ? s2s_fail(err, S2S_MEMORY, "out of memory for vocabularies") : S2S_OK;

    for (int s = 0; s < streams->count && status == S2S_OK; s++)
        status = learn_stream(&streams->item[s], streams->words, train, arena, scratch, err);
    s2s_arena_free(scratch);
    return status;
}

s2s_status s2s_streams_adopt(s2s_streams *streams, const s2s_vocabulary_list *saved, s2s_error *err)
{
    for (int s = 0; s < streams->count; s++) {
        struct s2s_stream_made *made = &streams->item[s];
        int32_t unknown;

        made->vocabulary = s2s_vocabulary_named(saved, made->name);
        if (made->vocabulary == NULL)
            return s2s_fail(err, S2S_DATA, "the model has no vocabulary for the stream '%s'", made->name);
        s2s_vocabulary_set_unknown(made->vocabulary, -1);
        unknown = s2s_vocabulary_find(made->vocabulary, s2s_text_of(made->options->unknown));
        if (unknown < 0)
            return s2s_fail(err, S2S_DATA, "the model's vocabulary for the stream '%s' lacks the unknown symbol '%s'", made->name, made->options->unknown);
        s2s_vocabulary_set_unknown(made->vocabulary, unknown);
    }
    return S2S_OK;
}

/* ---- columns ---- */

static s2s_status fill_column(const struct s2s_stream_made *made, const table *t, const s2s_corpus *corpus, const int64_t *start,
                              s2s_arena *arena, s2s_column *ret, s2s_error *err)
{
    const bool groups = made->options->tokens == TOKENS_CHARACTERS;
    int64_t *inner = groups ? S2S_NEW_ARRAY(arena, int64_t, corpus->words + 1) : NULL, elements = 0;

    if (groups && inner == NULL)
        return s2s_fail(err, S2S_MEMORY, "out of memory for %zu words", corpus->words);
    for (size_t w = 0; w < corpus->words; w++) {
        elements += t->start[corpus->form[w] + 1] - t->start[corpus->form[w]];
        if (groups)
            inner[w + 1] = elements;
    }
    S2S_TRY(s2s_column_create(groups ? S2S_STREAM_GROUPS : S2S_STREAM_TOKENS, s2s_vocabulary_size(made->vocabulary), elements, arena, ret, err));
    ret->start = start;
    ret->inner_start = inner;
    ret->rare = made->rare;
    ret->unknown = s2s_vocabulary_unknown(made->vocabulary);
    ret->replace_rate = made->options->replace_singletons;
    elements = 0;
    for (size_t w = 0; w < corpus->words; w++) {
        for (int64_t k = t->start[corpus->form[w]]; k < t->start[corpus->form[w] + 1]; k++)
            s2s_column_put(ret, elements++, t->symbol[k]);
    }
    return S2S_OK;
}

static s2s_status fill_streams(const s2s_streams *streams, const s2s_corpus *corpora, s2s_split *splits, int count,
                               s2s_arena *arena, s2s_arena *scratch, s2s_error *err)
{
    const int64_t *start[S2S_SPLIT_COUNT];
    table t;

    for (int k = 0; k < count; k++) {
        const size_t bytes = (corpora[k].sentences + 1) * sizeof *corpora[k].start;
        int64_t *copy = s2s_arena_alloc(arena, 1, bytes);

        if (copy == NULL)
            return s2s_fail(err, S2S_MEMORY, "out of memory for %zu sentences", corpora[k].sentences);
        start[k] = memcpy(copy, corpora[k].start, bytes);
        splits[k].count = (int64_t)corpora[k].sentences;
    }
    for (int s = 0; s < streams->count; s++) {
        const struct s2s_stream_made *made = &streams->item[s];

        S2S_TRY(table_make(streams->words, made->options, corpora[0].forms, made->vocabulary, false, scratch, &t, err));
        for (int k = 0; k < count; k++)
            S2S_TRY(fill_column(made, &t, &corpora[k], start[k], arena, &splits[k].stream[s], err));
    }
    return S2S_OK;
}

s2s_status s2s_streams_fill(const s2s_streams *streams, const s2s_corpus *corpora, s2s_split *splits, int count, s2s_arena *arena, s2s_error *err)
{
    s2s_arena *scratch = s2s_arena_create();
    s2s_status status;

    assert(count <= S2S_SPLIT_COUNT);
    if (scratch == NULL)
        return s2s_fail(err, S2S_MEMORY, "out of memory for sentences");
    status = fill_streams(streams, corpora, splits, count, arena, scratch, err);
    s2s_arena_free(scratch);
    return status;
}
