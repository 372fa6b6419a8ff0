/*
 * streams.h -- the `streams` section of data sets of words: what of each word the network sees, each a named input stream.
 *
 *   form -> lower case? -> prefix | suffix | shape | whole -> one symbol, or one for each character
 *
 * A stream's vocabulary is made from the training split alone: the unknown symbol has number 0, the others follow in the order of
 * their first occurrence. What is computed for a word is computed once for each different word.
 *
 * Owns     everything lives in the arena given.
 */
#ifndef S2S_DATASETS_STREAMS_H
#define S2S_DATASETS_STREAMS_H

#include "datasets/corpus.h"
#include "datasets/dataset.h"
#include "datasets/words.h"

typedef struct s2s_stream_options {
    int from, tokens;
    bool lowercase, shape;
    int64_t prefix, suffix;        /* 0: no */
    int64_t min_count, max_size;   /* max_size 0: no limit */
    const char *unknown;
    double replace_singletons;     /* fraction */
} s2s_stream_options;

extern const s2s_field s2s_stream_fields[];

/* The row of a field table for a member `streams` of type s2s_group_list: by default one stream, the words as they are. */
#define S2S_STREAMS_FIELD(type) \
    { .key = "streams", .kind = S2S_KIND_GROUPS, .offset = S2S_OFFSET(type, streams, s2s_group_list), .fields = s2s_stream_fields, \
      .size = sizeof(s2s_stream_options), .preset = "{word: {from: form}}", \
      .help = "what of each word the network sees, as named input streams: {word: {lowercase: true}, suffix3: {suffix: 3}}" }

typedef struct s2s_streams {
    int count;
    const s2s_words *words;
    struct s2s_stream_made {
        const char *name;
        const s2s_stream_options *options;
        s2s_vocabulary *vocabulary;
        const uint8_t *rare;       /* symbols seen once in training; NULL: nothing is replaced */
    } item[S2S_STREAMS_MAX];
} s2s_streams;

/* Check the section (list is options.streams) and put its streams into a signature; widths stay 0. Errors: S2S_CONFIG with a place. */
s2s_status s2s_streams_describe(const s2s_object *self, const s2s_group_list *list, s2s_signature *ret, s2s_error *err);

/* Names and options; vocabularies come from learn or adopt. */
s2s_streams s2s_streams_of(const s2s_group_list *list, const s2s_words *words);

/* Vocabularies of the words of a training corpus. */
s2s_status s2s_streams_learn(s2s_streams *streams, const s2s_corpus *train, s2s_arena *arena, s2s_error *err);

/* Vocabularies as a model keeps them. Errors: S2S_DATA if one is missing. */
s2s_status s2s_streams_adopt(s2s_streams *streams, const s2s_vocabulary_list *saved, s2s_error *err);

/* Count and columns of the splits, one corpus for each; at most three. The corpora share their vocabularies and may go afterwards. */
s2s_status s2s_streams_fill(const s2s_streams *streams, const s2s_corpus *corpora, s2s_split *splits, int count, s2s_arena *arena, s2s_error *err);

#endif
