/*
 * tagging.h -- what all data sets of tagged sentences share: from corpora to streams, targets, baselines, and text in and out.
 *
 * Such a data set reads or makes three corpora and gives them to s2s_tagging_make; its other functions are those below.
 * A tag that only the validation or test split has becomes the target symbol "<unknown>", which is never learned: it counts as
 * wrong. A word without a tag is input without a wanted output.
 */
#ifndef S2S_DATASETS_TAGGING_H
#define S2S_DATASETS_TAGGING_H

#include "datasets/corpus.h"
#include "datasets/streams.h"

typedef struct s2s_tagging_options {
    s2s_group_list streams;
    const char *tokenizer;
} s2s_tagging_options;

/* Rows of a field table, for a struct that has these members. */
#define S2S_TAGGING_FIELDS(type) \
    S2S_STREAMS_FIELD(type), \
    S2S_FIELD_TEXT(type, tokenizer, S2S_TOKENIZER, "PCRE2 pattern that cuts the plain text given to predict: every match is a word")

/*
 * Adds the sentences of a file to a corpus; self is the data set's object. `to_learn`: words should have tags.
 * Errors   S2S_DATA with file and line, also when there is no sentence.
 */
typedef s2s_status (*s2s_corpus_reader)(const s2s_object *self, s2s_text bytes, const char *name, bool to_learn, s2s_corpus *corpus, s2s_error *err);

/* Fills all but the counts of examples. Errors: S2S_CONFIG with a place, for streams and tokenizer. */
s2s_status s2s_tagging_describe(const s2s_object *self, const s2s_tagging_options *options, s2s_arena *arena, s2s_signature *ret, s2s_error *err);

/*
 * s2s_tagging_make -- fill an opened data set from corpora of training, validation and test (which may be empty).
 *
 * The corpora's forms must live in dataset->arena; the rest of them may go afterwards. `read` (may be NULL) serves s2s_tagging_parse.
 */
s2s_status s2s_tagging_make(s2s_dataset *dataset, const s2s_tagging_options *options, s2s_corpus_reader read,
                            const s2s_corpus corpora[S2S_SPLIT_COUNT], s2s_error *err);

/* The same for a data set that only reads and writes text. */
s2s_status s2s_tagging_restore(s2s_dataset *dataset, const s2s_tagging_options *options, s2s_corpus_reader read,
                               const s2s_vocabulary_list *saved, s2s_error *err);

/* For the table of functions. */
s2s_status s2s_tagging_encode(const s2s_dataset *dataset, s2s_text line, s2s_arena *arena, s2s_split *ret, s2s_error *err);
s2s_status s2s_tagging_parse(const s2s_dataset *dataset, s2s_text bytes, const char *name, bool targets, s2s_arena *arena, s2s_split *ret,
                             s2s_error *err);
void s2s_tagging_show_input(const s2s_dataset *dataset, const s2s_split *split, int64_t i, s2s_string *ret);
void s2s_tagging_show_target(const s2s_dataset *dataset, const int32_t *symbols, const real *values, int64_t n, s2s_string *ret);
void s2s_tagging_show_answer(const s2s_dataset *dataset, const s2s_split *split, int64_t i, const int32_t *symbols, const real *values, int64_t n,
                             s2s_string *ret);
s2s_text s2s_tagging_element(const s2s_dataset *dataset, const s2s_split *split, int64_t i, int64_t t);

#define S2S_TAGGING_OPS \
    .encode = s2s_tagging_encode, .show_input = s2s_tagging_show_input, .show_target = s2s_tagging_show_target, \
    .show_answer = s2s_tagging_show_answer, .element = s2s_tagging_element

#endif
