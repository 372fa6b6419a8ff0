/*
 * lexicon.h -- the words of the pos_grammar data set: which there are, in which categories, how often, and new ones.
 *
 * A category is a part of speech with its inflection; a form may belong to several. Open categories also emit new words: a random
 * stem with an ending that hints at the category, or with none. All new words with one ending are one to the grammar.
 */
#ifndef S2S_DATASETS_LEXICON_H
#define S2S_DATASETS_LEXICON_H

#include "base/random.h"
#include "datasets/vocabulary.h"

/* S2S_CATEGORY(name, tag, closed words or NULL). A word that stands twice is twice as frequent. */
#define S2S_CATEGORIES \
    S2S_CATEGORY(DET_S,     "DET",   "the the the the a a a this that every each her his my some no") \
    S2S_CATEGORY(DET_P,     "DET",   "the the the the these those many several all some no her his my") \
    S2S_CATEGORY(PRON_S,    "PRON",  "he she it this that everyone nobody") \
    S2S_CATEGORY(PRON_P,    "PRON",  "they they we these those many some") \
    S2S_CATEGORY(PRON_OBJ,  "PRON",  "him her her it them us this that") \
    S2S_CATEGORY(RELATIVE,  "PRON",  "that that who which") \
    S2S_CATEGORY(MODAL,     "AUX",   "will will can can may must should might") \
    S2S_CATEGORY(BE_S,      "AUX",   "is is was") \
    S2S_CATEGORY(BE_P,      "AUX",   "are are were") \
    S2S_CATEGORY(DEGREE,    "ADV",   "very too so rather") \
    S2S_CATEGORY(ADP,       "ADP",   "in in on near with by to to like behind for past since before after") \
    S2S_CATEGORY(SUBORD,    "SCONJ", "if when because since while before after like") \
    S2S_CATEGORY(THAT,      "SCONJ", "that") \
    S2S_CATEGORY(CONJ,      "CCONJ", "and and but or") \
    S2S_CATEGORY(TO,        "PART",  "to") \
    S2S_CATEGORY(NOT,       "PART",  "not") \
    S2S_CATEGORY(COMMA,     "PUNCT", ",") \
    S2S_CATEGORY(STOP,      "PUNCT", ".") \
    S2S_CATEGORY(ASK,       "PUNCT", "?") \
    S2S_CATEGORY(NOUN_S,    "NOUN",  NULL) \
    S2S_CATEGORY(NOUN_P,    "NOUN",  NULL) \
    S2S_CATEGORY(NAME,      "PROPN", NULL) \
    S2S_CATEGORY(ADJ,       "ADJ",   NULL) \
    S2S_CATEGORY(ADV,       "ADV",   NULL) \
    S2S_CATEGORY(VERB_S,    "VERB",  NULL) \
    S2S_CATEGORY(VERB_P,    "VERB",  NULL) \
    S2S_CATEGORY(VERB_PAST, "VERB",  NULL) \
    S2S_CATEGORY(VERB_ING,  "VERB",  NULL)

typedef enum s2s_category {
#define S2S_CATEGORY(name, tag, words) S2S_##name,
    S2S_CATEGORIES
#undef S2S_CATEGORY
    S2S_CATEGORY_COUNT
} s2s_category;

extern const char *const s2s_category_tag[S2S_CATEGORY_COUNT];

typedef struct s2s_lexicon_options {
    int64_t vocabulary;            /* stems of open categories */
    double ambiguity;              /* share of them that serve two parts of speech */
    double unknown_rate;           /* share of open-category words that are new */
} s2s_lexicon_options;

typedef struct s2s_lexicon s2s_lexicon;

s2s_status s2s_lexicon_create(const s2s_lexicon_options *options, uint64_t seed, s2s_arena *arena, s2s_lexicon **ret, s2s_error *err);

/* What a word is to the grammar: the number of a form of the lexicon, or of a kind of new word. */
typedef int32_t s2s_word_id;

/*
 * s2s_lexicon_emit -- a random word of a category: index k of `stream` and of further numbers behind it (see S2S_EMIT_NUMBERS).
 *
 * `first`: it begins the sentence and gets a capital letter. The text goes to `ret`, which is cleared.
 */
enum { S2S_EMIT_NUMBERS = 16 };
s2s_word_id s2s_lexicon_emit(const s2s_lexicon *lexicon, s2s_category category, bool first, const s2s_stream *stream, uint64_t k, s2s_string *ret);

/* The probability that a category emits what looks like this word, new stems being all alike. */
double s2s_lexicon_probability(const s2s_lexicon *lexicon, s2s_category category, bool first, s2s_word_id word);

#endif
