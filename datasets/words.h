/*
 * words.h -- what is done to the text of words, by PCRE2 with UTF and Unicode properties: tokens, lower case, shapes, affixes.
 *
 * Owns     compiled patterns live in the arena given at creation; results in the arena of the call or in the input.
 * Errors   S2S_MEMORY; S2S_CONFIG for a pattern that does not compile; S2S_DATA for text that cannot be cut.
 * Threads  read-only after creation; calls with different arenas may run at the same time.
 */
#ifndef S2S_DATASETS_WORDS_H
#define S2S_DATASETS_WORDS_H

#include "base/arena.h"
#include "base/text.h"

typedef struct s2s_words s2s_words;

/*
 * The tokenizer that configs get unless they write their own. What is tried before it is known to fit has a bound, so that the
 * time for a line grows with its length, whatever it holds.
 */
#define S2S_TOKENIZER \
    "(?:https?://|www\\.)\\S*[^\\s.,:;!?'\")\\]}>]"                              /* addresses, without the sentence's own marks */ \
    "|[\\w.+-]{1,64}@[\\w-]+(?:\\.[\\w-]+)+" \
    "|(?:\\p{L}\\.){2,}"                                                      /* U.S. */ \
    "|(?i:can(?=not\\b)|[\\p{L}\\p{M}]{1,64}?(?=n['’]t\\b)|n['’]t\\b|['’](?:s|m|d|ll|re|ve)\\b)"      /* do n't, Ann 's */ \
    "|\\p{N}+(?:[.,:/]\\p{N}+)*"                                             /* 3.14, 10:30 */ \
    "|[\\p{L}\\p{M}\\p{N}]+" \
    "|([.!?*=_~-])\\1+"                                                      /* ... */ \
    "|(?!\\s)\\X"                                                           /* any other mark, with what combines with it */

/* `tokenizer`: every match in a line is a token; whatever it leaves between tokens must be white space. */
s2s_status s2s_words_create(const char *tokenizer, s2s_arena *arena, s2s_words **ret, s2s_error *err);

/* The tokens of a (valid UTF-8) line, as slices of it. */
s2s_status s2s_words_tokenize(const s2s_words *words, s2s_text line, s2s_arena *arena, s2s_text **ret, int64_t *count, s2s_error *err);

/* A word in small letters, in `arena`. */
s2s_status s2s_words_lowercase(const s2s_words *words, s2s_text word, s2s_arena *arena, s2s_text *ret, s2s_error *err);

/* "McDonald" -> "XxXx", "1990s" -> "dx", "U.S." -> "X.X.": runs of capitals X, small letters x, other letters o, numerals d; marks stay. */
s2s_status s2s_words_shape(const s2s_words *words, s2s_text word, s2s_arena *arena, s2s_text *ret, s2s_error *err);

/* The first or last n code points, or the whole word when it is no longer. */
s2s_text s2s_word_prefix(s2s_text word, int64_t n);
s2s_text s2s_word_suffix(s2s_text word, int64_t n);

#endif
