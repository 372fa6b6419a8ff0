/*
 * corpus.h -- tagged sentences as a reader or generator finds them: words and tags by number, each kind listed once.
 *
 * Owns     arrays live in the arena given at creation. Corpora of one data set share the two vocabularies.
 * Errors   S2S_MEMORY only.
 */
#ifndef S2S_DATASETS_CORPUS_H
#define S2S_DATASETS_CORPUS_H

#include "datasets/vocabulary.h"

typedef struct s2s_corpus {
    s2s_arena *arena;
    s2s_vocabulary *forms, *tags;
    size_t sentences, start_room;
    int64_t *start;                    /* sentences + 1: sentence i has the words start[i] .. start[i+1]-1 */
    size_t words, form_room, tagged, tag_room;
    int32_t *form, *tag;               /* by word; tag -1: none is known. As many tags as words */
} s2s_corpus;

/* Empty, and all in `arena`; words and tags will be numbered by the vocabularies given, which are borrowed. Errors: S2S_MEMORY. */
s2s_status s2s_corpus_create(s2s_vocabulary *forms, s2s_vocabulary *tags, s2s_arena *arena, s2s_corpus *ret, s2s_error *err);

/* One more word of the sentence under way. A tag without chars: none is known. */
s2s_status s2s_corpus_add(s2s_corpus *corpus, s2s_text form, s2s_text tag, s2s_error *err);

/* Words of the sentence under way. */
int64_t s2s_corpus_pending(const s2s_corpus *corpus);

/* End the sentence under way; without words in it nothing happens. */
s2s_status s2s_corpus_end_sentence(s2s_corpus *corpus, s2s_error *err);

/* Sentences order[0..count) of `from`, added to `to`, which shares its vocabularies. */
s2s_status s2s_corpus_append(s2s_corpus *to, const s2s_corpus *from, const int64_t *order, int64_t count, s2s_error *err);

#endif
