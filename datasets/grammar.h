/*
 * grammar.h -- the sentences of the pos_grammar data set: a finite network of places, joined by words, in which number agreement and
 * the kind of clause are carried along.
 *
 * Because the network is finite, what can be known about a sentence is computed exactly (forward-backward): the best possible tags,
 * and the best ones for a reader who sees no word to the right.
 */
#ifndef S2S_DATASETS_GRAMMAR_H
#define S2S_DATASETS_GRAMMAR_H

#include "datasets/lexicon.h"

typedef struct s2s_grammar s2s_grammar;

/* `elaboration`, 0 to 1: how ready the grammar is to add adjectives, phrases and clauses. */
s2s_status s2s_grammar_create(const s2s_lexicon *lexicon, double elaboration, s2s_arena *arena, s2s_grammar **ret, s2s_error *err);

enum { S2S_SENTENCE_MAX = 1000 };

/* A path through the network: a category for each word. Returns the length, or -1 when it would be more than `longest` words. */
int64_t s2s_grammar_draw(const s2s_grammar *grammar, const s2s_stream *stream, int64_t longest, s2s_category *category);

/* Room for the posteriors of sentences of up to `longest` words. */
typedef struct s2s_reader s2s_reader;
s2s_status s2s_reader_create(const s2s_grammar *grammar, int64_t longest, s2s_arena *arena, s2s_reader **ret, s2s_error *err);

/*
 * s2s_reader_best -- the most probable category's tag for each word, given all n words (both), and given those up to it (left).
 *
 * Tags are given by a category that has them. The sentence must be one of the grammar's.
 */
void s2s_reader_best(s2s_reader *reader, const s2s_word_id *word, int64_t n, s2s_category *both, s2s_category *left);

#endif
