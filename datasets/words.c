/* words.c -- PCRE2 with its memory in arenas: nothing of it is given back one by one. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "datasets/words.h"

#include <assert.h>
#include <pcre2.h>
#include <string.h>

struct s2s_words {
    pcre2_code *tokenizer, *whole, *shape;
};

/* Capitals, small letters, other letters with their marks, numerals: one group each, in the order of shape_letters. */
static const char shape_pattern[] = "([\\p{Lu}\\p{Lt}]+)|(\\p{Ll}+)|([\\p{L}\\p{M}]+)|(\\p{N}+)";
static const char shape_letters[] = "Xxod";

static void *arena_take(size_t size, void *arena) { return s2s_arena_alloc(arena, 1, size); }
static void arena_keep(void *block, void *arena) { (void)block; (void)arena; }

static PCRE2_SPTR units(const char *chars) { return (PCRE2_SPTR)chars; }

static s2s_status compile(const char *pattern, s2s_arena *arena, pcre2_code **ret, s2s_error *err)
{
    pcre2_general_context *general = pcre2_general_context_create(arena_take, arena_keep, arena);
    pcre2_compile_context *context = general == NULL ? NULL : pcre2_compile_context_create(general);
    PCRE2_UCHAR message[128];
    PCRE2_SIZE at;
    int code;

    if (context == NULL)
        return s2s_fail(err, S2S_MEMORY, "out of memory for a pattern");
    *ret = pcre2_compile(units(pattern), PCRE2_ZERO_TERMINATED, PCRE2_UTF | PCRE2_UCP, &code, &at, context);
    if (*ret != NULL)
        return S2S_OK;
    if (code == PCRE2_ERROR_HEAP_FAILED)
        return s2s_fail(err, S2S_MEMORY, "out of memory for a pattern");
    pcre2_get_error_message(code, message, sizeof message);
    return s2s_fail(err, S2S_CONFIG, "the pattern is wrong at its character %zu: %s",
                    s2s_text_codepoints((s2s_text){ pattern, at }) + 1, (const char *)message);
}

s2s_status s2s_words_create(const char *tokenizer, s2s_arena *arena, s2s_words **ret, s2s_error *err)
{
    s2s_words *words = S2S_NEW(arena, s2s_words);

    if (words == NULL)
        return s2s_fail(err, S2S_MEMORY, "out of memory for patterns");
    S2S_TRY(compile(tokenizer, arena, &words->tokenizer, err));
    S2S_TRY(compile("(?s).+", arena, &words->whole, err));
    S2S_TRY(compile(shape_pattern, arena, &words->shape, err));
    *ret = words;
    return S2S_OK;
}

/* One search after another through a text. */
typedef struct search {
    const pcre2_code *code;
    pcre2_match_data *data;
    s2s_text text;
    size_t from;
} search;

static s2s_status search_start(const pcre2_code *code, s2s_text text, s2s_arena *arena, search *ret, s2s_error *err)
{
    pcre2_general_context *general = pcre2_general_context_create(arena_take, arena_keep, arena);

    *ret = (search){ .code = code, .text = text };
    ret->data = general == NULL ? NULL : pcre2_match_data_create_from_pattern(code, general);
    return ret->data != NULL ? S2S_OK : s2s_fail(err, S2S_MEMORY, "out of memory for a pattern");
}

/*
 * The next match that is not empty; at the end of the text one that is. `group`: its highest group that took part, 0 for none.
 */
static s2s_status search_next(search *s, s2s_text *match, int *group, s2s_error *err)
{
    const int code = pcre2_match(s->code, units(s->text.chars), s->text.length, s->from, PCRE2_NOTEMPTY | PCRE2_NO_UTF_CHECK, s->data, NULL);
    const PCRE2_SIZE *range = pcre2_get_ovector_pointer(s->data);
    PCRE2_UCHAR message[128];

    *match = (s2s_text){ s->text.chars + s->text.length, 0 };
    *group = 0;
    if (code == PCRE2_ERROR_NOMATCH)
        return S2S_OK;
    if (code == PCRE2_ERROR_NOMEMORY)
        return s2s_fail(err, S2S_MEMORY, "out of memory for a pattern");
    if (code < 0) {
        pcre2_get_error_message(code, message, sizeof message);
        return s2s_fail(err, S2S_DATA, "the tokenizer pattern gives up on this text: %s", (const char *)message);
    }
    if (range[0] < s->from || range[1] <= range[0])            /* by \K within a look-around */
        return s2s_fail(err, S2S_DATA, "the tokenizer pattern matches the same text twice");
    *match = (s2s_text){ s->text.chars + range[0], range[1] - range[0] };
    *group = code - 1;
    s->from = range[1];
    return S2S_OK;
}

/* White space between tokens may go; anything else would be lost. */
static s2s_status check_gap(s2s_text gap, s2s_error *err)
{
    const s2s_text rest = s2s_text_trim(gap);

    if (rest.length == 0)
        return S2S_OK;
    return s2s_fail(err, S2S_DATA, "the tokenizer pattern leaves out '%.*s'", (int)(rest.length < 60 ? rest.length : 60), rest.chars);
}

s2s_status s2s_words_tokenize(const s2s_words *words, s2s_text line, s2s_arena *arena, s2s_text **ret, int64_t *count, s2s_error *err)
{
    s2s_text *token = NULL, match;
    size_t used = 0, capacity = 0;
    const char *end = line.chars;
    int group;
    search s;

    S2S_TRY(search_start(words->tokenizer, line, arena, &s, err));
    for (;;) {
        s2s_text *place;

        S2S_TRY(search_next(&s, &match, &group, err));
        S2S_TRY(check_gap((s2s_text){ end, (size_t)(match.chars - end) }, err));
        if (match.length == 0)
            break;
        end = match.chars + match.length;
        place = s2s_arena_grow(arena, &token, &used, &capacity, sizeof *token);
        if (place == NULL)
            return s2s_fail(err, S2S_MEMORY, "out of memory for a line");
        *place = match;
    }
    *ret = token;
    *count = (int64_t)used;
    return S2S_OK;
}

s2s_status s2s_words_lowercase(const s2s_words *words, s2s_text word, s2s_arena *arena, s2s_text *ret, s2s_error *err)
{
    PCRE2_SIZE length = 3 * word.length + 16;                  /* more than any letter's other case needs */
    char *lower = S2S_NEW_ARRAY(arena, char, length);
    search s;
    int code;

    if (lower == NULL)
        return s2s_fail(err, S2S_MEMORY, "out of memory for a word");
    S2S_TRY(search_start(words->whole, word, arena, &s, err));
    code = pcre2_substitute(words->whole, units(word.chars), word.length, 0, PCRE2_SUBSTITUTE_EXTENDED | PCRE2_NO_UTF_CHECK, s.data, NULL,
                            units("\\L$0"), PCRE2_ZERO_TERMINATED, (PCRE2_UCHAR *)lower, &length);
    if (code < 0)
        return s2s_fail(err, S2S_MEMORY, "out of memory for a word in small letters");
    *ret = (s2s_text){ lower, length };
    return S2S_OK;
}

s2s_status s2s_words_shape(const s2s_words *words, s2s_text word, s2s_arena *arena, s2s_text *ret, s2s_error *err)
{
    char *shape = S2S_NEW_ARRAY(arena, char, word.length + 1);
    const char *end = word.chars;
    size_t length = 0;
    s2s_text match;
    int group;
    search s;

    if (shape == NULL)
        return s2s_fail(err, S2S_MEMORY, "out of memory for a word");
    S2S_TRY(search_start(words->shape, word, arena, &s, err));
    for (;;) {
        S2S_TRY(search_next(&s, &match, &group, err));
        memcpy(shape + length, end, (size_t)(match.chars - end));
        length += (size_t)(match.chars - end);
        if (match.length == 0)
            break;
        shape[length++] = shape_letters[group - 1];
        end = match.chars + match.length;
    }
    *ret = (s2s_text){ shape, length };
    return S2S_OK;
}

static bool continues(char byte) { return ((unsigned char)byte & 0xc0) == 0x80; }

s2s_text s2s_word_prefix(s2s_text word, int64_t n)
{
    size_t end = 0;

    while (end < word.length && n-- > 0)
        for (end++; end < word.length && continues(word.chars[end]); end++)
            ;
    return (s2s_text){ word.chars, end };
}

s2s_text s2s_word_suffix(s2s_text word, int64_t n)
{
    size_t start = word.length;

    while (start > 0 && n-- > 0)
        for (start--; start > 0 && continues(word.chars[start]); start--)
            ;
    return (s2s_text){ word.chars + start, word.length - start };
}
