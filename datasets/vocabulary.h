/*
 * vocabulary.h -- symbols and their numbers.
 *
 * Numbers run from 0 without gaps, in the order of adding. Lookup is by hash.
 * Owns     symbols are copied into the arena given at creation.
 */
#ifndef S2S_DATASETS_VOCABULARY_H
#define S2S_DATASETS_VOCABULARY_H

#include "base/arena.h"
#include "base/text.h"

typedef struct s2s_vocabulary s2s_vocabulary;

s2s_status s2s_vocabulary_create(s2s_arena *arena, s2s_vocabulary **ret, s2s_error *err);

/* The number of `symbol`, added if it is new; -1 when memory is out. */
int32_t s2s_vocabulary_add(s2s_vocabulary *vocabulary, s2s_text symbol);

/* The number of `symbol`, or of the unknown symbol if one is set, or -1. */
int32_t s2s_vocabulary_find(const s2s_vocabulary *vocabulary, s2s_text symbol);
bool s2s_vocabulary_has(const s2s_vocabulary *vocabulary, s2s_text symbol);

int64_t s2s_vocabulary_size(const s2s_vocabulary *vocabulary);
s2s_text s2s_vocabulary_symbol(const s2s_vocabulary *vocabulary, int32_t number);
void s2s_vocabulary_set_unknown(s2s_vocabulary *vocabulary, int32_t number);          /* -1: none */
int32_t s2s_vocabulary_unknown(const s2s_vocabulary *vocabulary);

/* Named vocabularies of a data set, as saved in a model file. */
typedef struct s2s_vocabulary_list {
    size_t count;
    struct s2s_named_vocabulary { const char *name; s2s_vocabulary *vocabulary; } *item;
} s2s_vocabulary_list;

s2s_vocabulary *s2s_vocabulary_named(const s2s_vocabulary_list *list, const char *name);      /* NULL: none */

/* Bytes of the smallest unsigned type for so many symbols and one value more, "nothing wanted": 1, 2 or 4. */
int s2s_token_bytes(int64_t symbols);

#endif
