/*
 * pos_grammar.c -- tagged English sentences from a grammar (see grammar.h), so that context is needed and nothing must be downloaded.
 *
 * The grammar knows the best tag that can be given to each word; the notes set it beside the most frequent tag's share.
 */
#include <string.h>

#include "datasets/baseline.h"
#include "datasets/grammar.h"
#include "datasets/split.h"
#include "datasets/tagging.h"

enum { RANDOM_LEXICON, RANDOM_PATH = 2, RANDOM_WORDS };     /* what a stream of random numbers is for; the lexicon takes 1 */
enum { TRIES_MAX = 100000 };

typedef struct {
    int64_t vocabulary, min_length, max_length, samples, test_samples;
    double ambiguity, unknown_rate, elaboration, validation_split;
    s2s_group_list streams;
    const char *tokenizer;
} options;

static const s2s_field fields[] = {
    S2S_FIELD_INT(options, vocabulary, "400", 10, 20000, "stems", "nouns, verbs, adjectives, adverbs and names, before inflection"),
    S2S_FIELD_REAL(options, ambiguity, "0.5", 0.0, 1.0, "fraction", "share of them that serve two parts of speech, as `watch` does"),
    S2S_FIELD_REAL(options, unknown_rate, "0.02", 0.0, 0.5, "fraction", "share of such words in a text that are new, found nowhere else"),
    S2S_FIELD_REAL(options, elaboration, "0.3", 0.0, 0.6, "fraction", "how ready the grammar is to add adjectives, phrases and clauses"),
    S2S_FIELD_INT(options, min_length, "3", 1, 100, "words", "shorter sentences are thrown away"),
    S2S_FIELD_INT(options, max_length, "40", 3, S2S_SENTENCE_MAX, "words", "longer sentences are thrown away"),
    S2S_SPLIT_FIELDS(options, "20000"),
    S2S_TAGGING_FIELDS(options),
    S2S_FIELD_END
};

static s2s_tagging_options tagging_of(const options *o)
{
    return (s2s_tagging_options){ o->streams, o->tokenizer };
}

static s2s_status describe(const s2s_object *self, s2s_arena *arena, s2s_signature *ret, s2s_error *err)
{
    const options *o = self->options;
    const s2s_split_options sizes = { o->samples, o->test_samples, o->validation_split };
    const s2s_tagging_options tagging = tagging_of(o);
    s2s_signature s;

    if (o->min_length > o->max_length)
        return s2s_dataset_fail(self, "min_length", err, "expected at most max_length (%lld), got %lld", (long long)o->max_length, (long long)o->min_length);
    S2S_TRY(s2s_tagging_describe(self, &tagging, arena, &s, err));
    S2S_TRY(s2s_split_sizes(self, &sizes, s.examples, err));
    *ret = s;
    return S2S_OK;
}

/* ---- making sentences ---- */

typedef struct maker {
    const s2s_object *self;
    const options *options;
    uint64_t seed, drawn;          /* sentences drawn so far, thrown away ones too */
    s2s_lexicon *lexicon;
    s2s_grammar *grammar;
    s2s_reader *reader;
    s2s_string word;
    int64_t words, both_right, left_right;         /* of the sentences that were looked at with the grammar's eyes */
} maker;

/* A path of legal length; `category` has room for max_length. */
static s2s_status draw_path(maker *m, s2s_category *category, int64_t *length, s2s_error *err)
{
    for (int try = 0; try < TRIES_MAX; try++) {
        const s2s_stream stream = s2s_stream_make(m->seed, S2S_RANDOM_DATASET, RANDOM_PATH, m->drawn++, 0);

        *length = s2s_grammar_draw(m->grammar, &stream, m->options->max_length, category);
        if (*length >= m->options->min_length)
            return S2S_OK;
    }
    return s2s_dataset_fail(m->self, "min_length", err, "of %d sentences none had %lld to %lld words; another elaboration changes their length",
                            TRIES_MAX, (long long)m->options->min_length, (long long)m->options->max_length);
}

/* What the best possible tagger makes of a sentence. */
static void judge(maker *m, const s2s_category *category, const s2s_word_id *id, int64_t n)
{
    s2s_category both[S2S_SENTENCE_MAX], left[S2S_SENTENCE_MAX];

    s2s_reader_best(m->reader, id, n, both, left);
    for (int64_t t = 0; t < n; t++) {
        const char *tag = s2s_category_tag[category[t]];
        m->both_right += strcmp(s2s_category_tag[both[t]], tag) == 0;
        m->left_right += strcmp(s2s_category_tag[left[t]], tag) == 0;
    }
    m->words += n;
}

static s2s_status add_sentence(maker *m, bool judged, s2s_corpus *corpus, s2s_error *err)
{
    s2s_category category[S2S_SENTENCE_MAX];
    s2s_word_id id[S2S_SENTENCE_MAX];
    s2s_stream stream;
    int64_t n;

    S2S_TRY(draw_path(m, category, &n, err));
    stream = s2s_stream_make(m->seed, S2S_RANDOM_DATASET, RANDOM_WORDS, m->drawn, 0);
    for (int64_t t = 0; t < n; t++) {
        id[t] = s2s_lexicon_emit(m->lexicon, category[t], t == 0, &stream, S2S_EMIT_NUMBERS * (uint64_t)t, &m->word);
        if (m->word.failed)
            return s2s_fail(err, S2S_MEMORY, "out of memory for a word");
        S2S_TRY(s2s_corpus_add(corpus, s2s_text_of(s2s_string_chars(&m->word)), s2s_text_of(s2s_category_tag[category[t]]), err));
    }
    if (judged)
        judge(m, category, id, n);
    return s2s_corpus_end_sentence(corpus, err);
}

/* Training, validation and test; the grammar judges validation, or else test. */
static s2s_status make_corpora(maker *m, const int64_t size[S2S_SPLIT_COUNT], s2s_arena *arena, s2s_arena *scratch,
                               s2s_corpus ret[S2S_SPLIT_COUNT], s2s_error *err)
{
    const s2s_split_name judged = size[S2S_VALIDATION] > 0 ? S2S_VALIDATION : S2S_TEST;
    s2s_vocabulary *forms, *tags;

    S2S_TRY(s2s_vocabulary_create(arena, &forms, err));
    S2S_TRY(s2s_vocabulary_create(scratch, &tags, err));
    for (int k = 0; k < S2S_SPLIT_COUNT; k++) {
        S2S_TRY(s2s_corpus_create(forms, tags, scratch, &ret[k], err));
        for (int64_t i = 0; i < size[k]; i++)
            S2S_TRY(add_sentence(m, k == (int)judged, &ret[k], err));
    }
    return S2S_OK;
}

static s2s_status note(const maker *m, const s2s_corpus corpora[S2S_SPLIT_COUNT], s2s_arena *arena, const char **ret, s2s_error *err)
{
    S2S_TRY(s2s_baseline_note(corpora, arena, ret, err));
    if (*ret == NULL)
        return S2S_OK;
    *ret = s2s_arena_printf(arena, "%s; knowing the grammar allows %.2f %%, and %.2f %% when nothing to the right of a word is seen", *ret,
                            100.0 * (double)m->both_right / (double)m->words, 100.0 * (double)m->left_right / (double)m->words);
    return *ret != NULL ? S2S_OK : s2s_fail(err, S2S_MEMORY, "out of memory for a note");
}

static s2s_status generate(s2s_dataset *dataset, uint64_t seed, s2s_arena *scratch, maker *m, s2s_error *err)
{
    const options *o = dataset->self->options;
    const s2s_lexicon_options lexicon = { o->vocabulary, o->ambiguity, o->unknown_rate };
    const s2s_tagging_options tagging = tagging_of(o);
    s2s_corpus corpora[S2S_SPLIT_COUNT];

    S2S_TRY(describe(dataset->self, dataset->arena, &dataset->signature, err));
    *m = (maker){ .self = dataset->self, .options = o, .seed = seed };
    S2S_TRY(s2s_lexicon_create(&lexicon, seed, scratch, &m->lexicon, err));
    S2S_TRY(s2s_grammar_create(m->lexicon, o->elaboration, scratch, &m->grammar, err));
    S2S_TRY(s2s_reader_create(m->grammar, o->max_length, scratch, &m->reader, err));
    S2S_TRY(make_corpora(m, dataset->signature.examples, dataset->arena, scratch, corpora, err));
    S2S_TRY(note(m, corpora, dataset->arena, &dataset->notes, err));
    return s2s_tagging_make(dataset, &tagging, NULL, corpora, err);
}

static s2s_status open(const s2s_object *self, uint64_t seed, s2s_arena *arena, s2s_dataset *ret, s2s_error *err)
{
    s2s_arena *scratch = s2s_arena_create();
    maker m = { 0 };
    s2s_status status;

    (void)self;
    (void)arena;
    if (scratch == NULL)
        return s2s_fail(err, S2S_MEMORY, "out of memory for the data set");
    status = generate(ret, seed, scratch, &m, err);
    s2s_string_release(&m.word);
    s2s_arena_free(scratch);
    return status;
}

static s2s_status restore(const s2s_object *self, const s2s_vocabulary_list *saved, s2s_arena *arena, s2s_dataset *ret, s2s_error *err)
{
    const s2s_tagging_options tagging = tagging_of(self->options);

    (void)arena;
    return s2s_tagging_restore(ret, &tagging, NULL, saved, err);
}

static const char *const examples[] = {
    "{type: pos_grammar, samples: 500}",
    "{type: pos_grammar, samples: 300, test_samples: 50, vocabulary: 60, ambiguity: 0.6, unknown_rate: 0.1, max_length: 12, "
        "streams: {word: {lowercase: true}, suffix2: {suffix: 2}}}",
    NULL
};

const s2s_dataset_ops s2s_dataset_pos_grammar = {
    .entry = { .name = "pos_grammar", .summary = "tagged English sentences from a random grammar, with a known best accuracy",
               .fields = fields, .options_size = sizeof(options), .examples = examples },
    .describe = describe, .open = open, .restore = restore, S2S_TAGGING_OPS,
};
