/* tagging.c -- see tagging.h. */
#include "datasets/tagging.h"

#include <assert.h>
#include <string.h>

#include "datasets/baseline.h"
#include "datasets/column.h"

static const char unknown_tag[] = "<unknown>";

typedef struct state {
    s2s_streams streams;
    const s2s_words *words;
    s2s_corpus_reader read;
    s2s_vocabulary *tags;
    const s2s_vocabulary *forms;   /* with known: which words the training split has; NULL when that is not known */
    const uint8_t *known;
} state;

static s2s_status out_of_memory(s2s_error *err)
{
    return s2s_fail(err, S2S_MEMORY, "out of memory for tagged sentences");
}

s2s_status s2s_tagging_describe(const s2s_object *self, const s2s_tagging_options *o, s2s_arena *arena, s2s_signature *ret, s2s_error *err)
{
    s2s_signature s = {
        .target = { .name = "target", .kind = S2S_STREAM_TOKENS, .steps = S2S_LENGTH_ANY },
        .alignment = S2S_ALIGNED, .filler = -1, .examples = { -1, -1, -1 },
        .text_input = "a sentence", .text_output = "its words with their tags, word_TAG", .sample_input = "S", .sample_target = "T",
    };
    s2s_words *words;
    s2s_error fault;
    s2s_status status;

    S2S_TRY(s2s_streams_describe(self, &o->streams, &s, err));
    status = s2s_words_create(o->tokenizer, arena, &words, &fault);
    if (status == S2S_CONFIG)
        return s2s_dataset_fail(self, "tokenizer", err, "%s", fault.message);
    if (status != S2S_OK)
        return s2s_fail(err, status, "%s", fault.message);
    *ret = s;
    return S2S_OK;
}

/* ---- vocabularies ---- */

/* Tags of the training corpus in the order of first occurrence; map[t] is the target symbol of tag t, or -1. */
static s2s_status learn_tags(const s2s_corpus corpora[S2S_SPLIT_COUNT], s2s_arena *arena, int32_t *map, s2s_vocabulary **ret, s2s_error *err)
{
    const s2s_vocabulary *all = corpora[S2S_TRAIN].tags;
    s2s_vocabulary *tags;

    S2S_TRY(s2s_vocabulary_create(arena, &tags, err));
    for (size_t w = 0; w < corpora[S2S_TRAIN].words; w++) {
        const int32_t tag = corpora[S2S_TRAIN].tag[w];
        if (tag >= 0 && s2s_vocabulary_add(tags, s2s_vocabulary_symbol(all, tag)) < 0)
            return out_of_memory(err);
    }
    if (s2s_vocabulary_size(tags) == 0)
        return s2s_fail(err, S2S_DATA, "no word of the training data has a tag");
    for (int64_t t = 0; t < s2s_vocabulary_size(all); t++) {
        const s2s_text name = s2s_vocabulary_symbol(all, (int32_t)t);
        if (s2s_vocabulary_has(tags, name))
            continue;
        if (s2s_vocabulary_add(tags, s2s_text_of(unknown_tag)) < 0)
            return out_of_memory(err);
        s2s_vocabulary_set_unknown(tags, s2s_vocabulary_find(tags, s2s_text_of(unknown_tag)));
    }
    for (int64_t t = 0; t < s2s_vocabulary_size(all); t++)
        map[t] = s2s_vocabulary_find(tags, s2s_vocabulary_symbol(all, (int32_t)t));
    *ret = tags;
    return S2S_OK;
}

static s2s_status adopt_tags(const s2s_vocabulary_list *saved, s2s_vocabulary **ret, s2s_error *err)
{
    *ret = s2s_vocabulary_named(saved, "target");
    if (*ret == NULL || s2s_vocabulary_size(*ret) == 0)
        return s2s_fail(err, S2S_DATA, "the model has no vocabulary of tags");
    s2s_vocabulary_set_unknown(*ret, -1);
    s2s_vocabulary_set_unknown(*ret, s2s_vocabulary_find(*ret, s2s_text_of(unknown_tag)));
    return S2S_OK;
}

/* Target symbols of all tags that a corpus has, by number; a tag that the model cannot give is an error. */
static s2s_status map_tags(const s2s_vocabulary *tags, const s2s_vocabulary *all, const char *name, int32_t *map, s2s_error *err)
{
    for (int64_t t = 0; t < s2s_vocabulary_size(all); t++) {
        const s2s_text tag = s2s_vocabulary_symbol(all, (int32_t)t);

        map[t] = s2s_vocabulary_find(tags, tag);
        if (map[t] < 0)
            return s2s_fail(err, S2S_DATA, "%s: the tag '%.*s' is none of the model's %lld", name, S2S_TEXT_ARGS(tag),
                            (long long)s2s_vocabulary_size(tags));
    }
    return S2S_OK;
}

static s2s_status list_vocabularies(const state *s, s2s_arena *arena, s2s_vocabulary_list *ret, s2s_error *err)
{
    s2s_vocabulary_list list = { .count = (size_t)s->streams.count + 1 };

    list.item = S2S_NEW_ARRAY(arena, struct s2s_named_vocabulary, list.count);
    if (list.item == NULL)
        return out_of_memory(err);
    for (int i = 0; i < s->streams.count; i++)
        list.item[i] = (struct s2s_named_vocabulary){ s->streams.item[i].name, s->streams.item[i].vocabulary };
    list.item[s->streams.count] = (struct s2s_named_vocabulary){ "target", s->tags };
    *ret = list;
    return S2S_OK;
}

/* ---- columns ---- */

/* The words as written, which of them are new, and the targets. map NULL: there are none. */
static s2s_status fill_split(const state *s, const s2s_corpus *corpus, const int32_t *map, s2s_arena *arena, s2s_split *split, s2s_error *err)
{
    s2s_text *word = S2S_NEW_ARRAY(arena, s2s_text, corpus->words);
    uint8_t *unseen = s->known == NULL ? NULL : S2S_NEW_ARRAY(arena, uint8_t, corpus->words);

    if (word == NULL || (s->known != NULL && unseen == NULL))
        return out_of_memory(err);
    for (size_t w = 0; w < corpus->words; w++) {
        word[w] = s2s_vocabulary_symbol(corpus->forms, corpus->form[w]);
        if (unseen != NULL) {
            const int32_t form = corpus->forms == s->forms ? corpus->form[w] : s2s_vocabulary_find(s->forms, word[w]);
            unseen[w] = form < 0 || !s->known[form];
        }
    }
    split->own = word;
    split->unseen = unseen;
    if (map == NULL)
        return S2S_OK;
    S2S_TRY(s2s_column_create(S2S_STREAM_TOKENS, s2s_vocabulary_size(s->tags), (int64_t)corpus->words, arena, &split->target, err));
    split->target.start = split->stream[0].start;
    for (size_t w = 0; w < corpus->words; w++)
        s2s_column_put(&split->target, (int64_t)w, corpus->tag[w] < 0 ? -1 : map[corpus->tag[w]]);
    return S2S_OK;
}

static s2s_status mark_known(const s2s_corpus *train, s2s_arena *arena, state *s, s2s_error *err)
{
    uint8_t *known = S2S_NEW_ARRAY(arena, uint8_t, s2s_vocabulary_size(train->forms));

    if (known == NULL)
        return out_of_memory(err);
    for (size_t w = 0; w < train->words; w++)
        known[train->form[w]] = 1;
    s->forms = train->forms;
    s->known = known;
    return S2S_OK;
}

/* ---- opening ---- */

static s2s_status make_state(const s2s_tagging_options *o, s2s_corpus_reader read, s2s_arena *arena, state **ret, s2s_error *err)
{
    state *s = S2S_NEW(arena, state);
    s2s_words *words;

    if (s == NULL)
        return out_of_memory(err);
    S2S_TRY(s2s_words_create(o->tokenizer, arena, &words, err));
    *s = (state){ .streams = s2s_streams_of(&o->streams, words), .words = words, .read = read };
    *ret = s;
    return S2S_OK;
}

/* Widths and names, now that the vocabularies are there. */
static s2s_status publish(s2s_dataset *dataset, state *s, s2s_error *err)
{
    for (int i = 0; i < s->streams.count; i++)
        dataset->signature.stream[i].width = s2s_vocabulary_size(s->streams.item[i].vocabulary);
    dataset->signature.target.width = s2s_vocabulary_size(s->tags);
    dataset->signature.opened = true;
    dataset->state = s;
    return list_vocabularies(s, dataset->arena, &dataset->vocabularies, err);
}

s2s_status s2s_tagging_make(s2s_dataset *dataset, const s2s_tagging_options *o, s2s_corpus_reader read,
                            const s2s_corpus corpora[S2S_SPLIT_COUNT], s2s_error *err)
{
    int32_t *map = S2S_NEW_ARRAY(dataset->arena, int32_t, s2s_vocabulary_size(corpora[S2S_TRAIN].tags) + 1);
    state *s;

    if (map == NULL)
        return out_of_memory(err);
    S2S_TRY(make_state(o, read, dataset->arena, &s, err));
    if (dataset->vocabularies.count > 0) {
        S2S_TRY(s2s_streams_adopt(&s->streams, &dataset->vocabularies, err));
        S2S_TRY(adopt_tags(&dataset->vocabularies, &s->tags, err));
        S2S_TRY(map_tags(s->tags, corpora[S2S_TRAIN].tags, "the data", map, err));
    } else {
        S2S_TRY(s2s_streams_learn(&s->streams, &corpora[S2S_TRAIN], dataset->arena, err));
        S2S_TRY(learn_tags(corpora, dataset->arena, map, &s->tags, err));
    }
    S2S_TRY(mark_known(&corpora[S2S_TRAIN], dataset->arena, s, err));
    S2S_TRY(s2s_streams_fill(&s->streams, corpora, dataset->split, S2S_SPLIT_COUNT, dataset->arena, err));
    for (int k = 0; k < S2S_SPLIT_COUNT; k++) {
        S2S_TRY(fill_split(s, &corpora[k], map, dataset->arena, &dataset->split[k], err));
        dataset->signature.examples[k] = dataset->split[k].count;
    }
    if (dataset->notes == NULL)
        S2S_TRY(s2s_baseline_note(corpora, dataset->arena, &dataset->notes, err));
    return publish(dataset, s, err);
}

s2s_status s2s_tagging_restore(s2s_dataset *dataset, const s2s_tagging_options *o, s2s_corpus_reader read,
                               const s2s_vocabulary_list *saved, s2s_error *err)
{
    state *s;

    S2S_TRY(s2s_tagging_describe(dataset->self, o, dataset->arena, &dataset->signature, err));
    S2S_TRY(make_state(o, read, dataset->arena, &s, err));
    S2S_TRY(s2s_streams_adopt(&s->streams, saved, err));
    S2S_TRY(adopt_tags(saved, &s->tags, err));
    return publish(dataset, s, err);
}

/* ---- text in ---- */

/* A corpus of its own for what a user brings. */
static s2s_status foreign_corpus(s2s_arena *arena, s2s_corpus *ret, s2s_error *err)
{
    s2s_vocabulary *forms, *tags;

    S2S_TRY(s2s_vocabulary_create(arena, &forms, err));
    S2S_TRY(s2s_vocabulary_create(arena, &tags, err));
    return s2s_corpus_create(forms, tags, arena, ret, err);
}

s2s_status s2s_tagging_encode(const s2s_dataset *dataset, s2s_text line, s2s_arena *arena, s2s_split *ret, s2s_error *err)
{
    const state *s = dataset->state;
    s2s_split split = { 0 };
    s2s_corpus corpus;
    s2s_text *token;
    int64_t count;

    if (s2s_text_utf8_error(line) < line.length)
        return s2s_fail(err, S2S_DATA, "expected a sentence, got bytes that are not UTF-8");
    if (memchr(line.chars, '\0', line.length) != NULL)
        return s2s_fail(err, S2S_DATA, "expected a sentence, got a NUL byte");
    S2S_TRY(s2s_words_tokenize(s->words, line, arena, &token, &count, err));
    if (count == 0)
        return s2s_fail(err, S2S_DATA, "expected a sentence, got nothing");
    S2S_TRY(foreign_corpus(arena, &corpus, err));
    for (int64_t i = 0; i < count; i++)
        S2S_TRY(s2s_corpus_add(&corpus, token[i], (s2s_text){ 0 }, err));
    S2S_TRY(s2s_corpus_end_sentence(&corpus, err));
    S2S_TRY(s2s_streams_fill(&s->streams, &corpus, &split, 1, arena, err));
    S2S_TRY(fill_split(s, &corpus, NULL, arena, &split, err));
    *ret = split;
    return S2S_OK;
}

s2s_status s2s_tagging_parse(const s2s_dataset *dataset, s2s_text bytes, const char *name, bool targets, s2s_arena *arena, s2s_split *ret,
                             s2s_error *err)
{
    const state *s = dataset->state;
    s2s_split split = { 0 };
    s2s_corpus corpus;
    int32_t *map;

    assert(s->read != NULL);
    S2S_TRY(foreign_corpus(arena, &corpus, err));
    S2S_TRY(s->read(dataset->self, bytes, name, false, &corpus, err));
    map = S2S_NEW_ARRAY(arena, int32_t, s2s_vocabulary_size(corpus.tags) + 1);
    if (map == NULL)
        return out_of_memory(err);
    if (targets)
        S2S_TRY(map_tags(s->tags, corpus.tags, name, map, err));
    S2S_TRY(s2s_streams_fill(&s->streams, &corpus, &split, 1, arena, err));
    S2S_TRY(fill_split(s, &corpus, targets ? map : NULL, arena, &split, err));
    *ret = split;
    return S2S_OK;
}

/* ---- text out ---- */

s2s_text s2s_tagging_element(const s2s_dataset *dataset, const s2s_split *split, int64_t i, int64_t t)
{
    const s2s_text *word = split->own;

    (void)dataset;
    return word[split->stream[0].start[i] + t];
}

static s2s_text tag_name(const s2s_dataset *dataset, int32_t symbol)
{
    const state *s = dataset->state;

    return symbol < 0 ? s2s_text_of("_") : s2s_vocabulary_symbol(s->tags, symbol);
}

/* Not by printf, which would stop at a NUL. */
static void append(s2s_string *ret, const char *between, s2s_text text)
{
    s2s_string_add(ret, between);
    s2s_string_append(ret, text.chars, text.length);
}

void s2s_tagging_show_input(const s2s_dataset *dataset, const s2s_split *split, int64_t i, s2s_string *ret)
{
    for (int64_t t = 0; t < s2s_column_length(&split->stream[0], i); t++)
        append(ret, t > 0 ? " " : "", s2s_tagging_element(dataset, split, i, t));
}

void s2s_tagging_show_target(const s2s_dataset *dataset, const int32_t *symbols, const real *values, int64_t n, s2s_string *ret)
{
    (void)values;
    for (int64_t t = 0; t < n; t++)
        append(ret, t > 0 ? " " : "", tag_name(dataset, symbols[t]));
}

void s2s_tagging_show_answer(const s2s_dataset *dataset, const s2s_split *split, int64_t i, const int32_t *symbols, const real *values, int64_t n,
                             s2s_string *ret)
{
    (void)values;
    for (int64_t t = 0; t < n; t++) {
        append(ret, t > 0 ? " " : "", s2s_tagging_element(dataset, split, i, t));
        append(ret, "_", tag_name(dataset, symbols[t]));
    }
}
