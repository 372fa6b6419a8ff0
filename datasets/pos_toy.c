/*
 * pos_toy.c -- a handful of tagged sentences: the smallest thing that a tagger can learn. Those for validation are new ones made of
 * the words of the others.
 */
#include "datasets/tagging.h"

static const char *const sentences[S2S_SPLIT_COUNT][8] = {
    [S2S_TRAIN] = {
        "The_DET cat_NOUN watched_VERB a_DET bird_NOUN",
        "Nobody_PRON heard_VERB the_DET song_NOUN",
        "A_DET child_NOUN opened_VERB the_DET door_NOUN",
        "The_DET bird_NOUN heard_VERB that_DET song_NOUN",
        "Somebody_PRON opened_VERB a_DET box_NOUN",
    },
    [S2S_VALIDATION] = {
        "The_DET child_NOUN heard_VERB a_DET bird_NOUN",
        "Nobody_PRON watched_VERB the_DET box_NOUN",
    },
};

typedef struct {
    s2s_group_list streams;
    const char *tokenizer;
} options;

static const s2s_field fields[] = {
    S2S_TAGGING_FIELDS(options),
    S2S_FIELD_END
};

static s2s_tagging_options tagging_of(const options *o)
{
    return (s2s_tagging_options){ o->streams, o->tokenizer };
}

static s2s_status describe(const s2s_object *self, s2s_arena *arena, s2s_signature *ret, s2s_error *err)
{
    const s2s_tagging_options tagging = tagging_of(self->options);
    s2s_signature s;

    S2S_TRY(s2s_tagging_describe(self, &tagging, arena, &s, err));
    for (int k = 0; k < S2S_SPLIT_COUNT; k++) {
        s.examples[k] = 0;
        while (sentences[k][s.examples[k]] != NULL)
            s.examples[k]++;
    }
    *ret = s;
    return S2S_OK;
}

/* "The_DET cat_NOUN ..." */
static s2s_status add_sentence(s2s_corpus *corpus, const char *sentence, s2s_error *err)
{
    s2s_text rest = s2s_text_of(sentence), token;

    while (s2s_text_split(&rest, ' ', &token)) {
        s2s_text word;

        s2s_text_split(&token, '_', &word);
        S2S_TRY(s2s_corpus_add(corpus, word, token, err));
    }
    return s2s_corpus_end_sentence(corpus, err);
}

static s2s_status open(const s2s_object *self, uint64_t seed, s2s_arena *arena, s2s_dataset *ret, s2s_error *err)
{
    const s2s_tagging_options tagging = tagging_of(self->options);
    s2s_corpus corpora[S2S_SPLIT_COUNT];
    s2s_vocabulary *forms, *tags;

    (void)seed;                    /* nothing is random here */
    S2S_TRY(describe(self, arena, &ret->signature, err));
    S2S_TRY(s2s_vocabulary_create(arena, &forms, err));
    S2S_TRY(s2s_vocabulary_create(arena, &tags, err));
    for (int k = 0; k < S2S_SPLIT_COUNT; k++) {
        S2S_TRY(s2s_corpus_create(forms, tags, arena, &corpora[k], err));
        for (int64_t i = 0; i < ret->signature.examples[k]; i++)
            S2S_TRY(add_sentence(&corpora[k], sentences[k][i], err));
    }
    return s2s_tagging_make(ret, &tagging, NULL, corpora, err);
}

static s2s_status restore(const s2s_object *self, const s2s_vocabulary_list *saved, s2s_arena *arena, s2s_dataset *ret, s2s_error *err)
{
    const s2s_tagging_options tagging = tagging_of(self->options);

    (void)arena;
    return s2s_tagging_restore(ret, &tagging, NULL, saved, err);
}

static const char *const examples[] = {
    "{type: pos_toy}",
    "{type: pos_toy, streams: {word: {lowercase: true, replace_singletons: 0}}}",
    NULL
};

const s2s_dataset_ops s2s_dataset_pos_toy = {
    .entry = { .name = "pos_toy", .summary = "a handful of tagged sentences, learned in a second",
               .fields = fields, .options_size = sizeof(options), .examples = examples },
    .describe = describe, .open = open, .restore = restore, S2S_TAGGING_OPS,
};
