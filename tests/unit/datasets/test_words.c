#include <criterion/criterion.h>
#include <string.h>

#include "datasets/words.h"

static s2s_words *create(const char *pattern, s2s_arena *arena)
{
    s2s_words *words = NULL;
    s2s_error err = { 0 };

    cr_assert(s2s_words_create(pattern, arena, &words, &err) == S2S_OK, "%s", err.message);
    return words;
}

/* Tokens of a line with '|' between them, or the error. */
static const char *tokens(const s2s_words *words, const char *line, s2s_arena *arena)
{
    s2s_string text = { 0 };
    s2s_text *token;
    int64_t count;
    s2s_error err = { 0 };
    const char *copy;

    if (s2s_words_tokenize(words, s2s_text_of(line), arena, &token, &count, &err) != S2S_OK)
        return s2s_arena_strdup(arena, err.message);
    for (int64_t i = 0; i < count; i++) {
        s2s_string_add(&text, i > 0 ? "|" : "");
        s2s_string_append(&text, token[i].chars, token[i].length);
    }
    copy = s2s_arena_strdup(arena, s2s_string_chars(&text));
    s2s_string_release(&text);
    return copy;
}

Test(words, plain_text_becomes_tokens)
{
    static const char *const cases[][2] = {
        { "The dog barks.", "The|dog|barks|." },
        { "  I don't  know, Ann's here; can't we?", "I|do|n't|know|,|Ann|'s|here|;|ca|n't|we|?" },
        { "It cost $3.50 (or 1,000) at 10:30...", "It|cost|$|3.50|(|or|1,000|)|at|10:30|..." },
        { "the U.S. well-known e-mail a.b@c.org!!", "the|U.S.|well|-|known|e|-|mail|a.b@c.org|!!" },
        { "see https://x.org/a?b=c now", "see|https://x.org/a?b=c|now" },
        { "(at www.x.org/a_(b).html), https://x.org/!", "(|at|www.x.org/a_(b).html|)|,|https://x.org/|!" },
        { "Caf\xc3\xa9 na\xc3\xafve cafe\xcc\x81 we\xe2\x80\x99ll", "Caf\xc3\xa9|na\xc3\xafve|cafe\xcc\x81|we|\xe2\x80\x99ll" },
        { "\xe0\xb0\xa8\xe0\xb1\x87\xe0\xb0\xa8\xe0\xb1\x81 \xe0\xb0\x85", "\xe0\xb0\xa8\xe0\xb1\x87\xe0\xb0\xa8\xe0\xb1\x81|\xe0\xb0\x85" },
        { "", "" }, { " \t ", "" },
    };
    s2s_arena *arena = s2s_arena_create();
    const s2s_words *words = create(S2S_TOKENIZER, arena);

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        cr_assert_str_eq(tokens(words, cases[i][0], arena), cases[i][1]);
    s2s_arena_free(arena);
}

/* A pattern whose time grew with the square of the length would take minutes. */
Test(words, long_lines_take_as_long_as_their_length, .timeout = 60)
{
    static const char *const pieces[] = { "a", "a-", "a.", "_", "a_", "1:", "can", "n't", "http://", "www.", "a@", "e\xcc\x81", "!?" };
    enum { LENGTH = 1000000 };
    s2s_arena *arena = s2s_arena_create();
    const s2s_words *words = create(S2S_TOKENIZER, arena);

    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        s2s_string line = { 0 };
        s2s_text *token;
        int64_t count;
        s2s_error err = { 0 };

        while (line.length < LENGTH)
            s2s_string_add(&line, pieces[i]);
        cr_assert(s2s_words_tokenize(words, (s2s_text){ s2s_string_chars(&line), line.length }, arena, &token, &count, &err) == S2S_OK,
                  "%s: %s", pieces[i], err.message);
        cr_assert(count > 0);
        s2s_string_release(&line);
    }
    s2s_arena_free(arena);
}

Test(words, a_pattern_of_ones_own_loses_nothing)
{
    s2s_arena *arena = s2s_arena_create();

    cr_assert_str_eq(tokens(create("\\S+", arena), "a-b c.", arena), "a-b|c.");
    cr_assert(strstr(tokens(create("\\w+", arena), "a, b", arena), "leaves out ','") != NULL);
    cr_assert(strstr(tokens(create("\\w+", arena), "a b!", arena), "leaves out '!'") != NULL);
    cr_assert_str_eq(tokens(create("x*|\\S", arena), "axxb", arena), "a|xx|b");
    cr_assert(strstr(tokens(create("(a+)+$|\\S", arena), "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", arena), "gives up") != NULL);
    s2s_arena_free(arena);
}

Test(words, a_wrong_pattern_says_where)
{
    s2s_arena *arena = s2s_arena_create();
    s2s_words *words;
    s2s_error err = { 0 };

    cr_assert(s2s_words_create("\xc3\xa9(a", arena, &words, &err) == S2S_CONFIG);
    cr_assert(strstr(err.message, "character 4") != NULL, "%s", err.message);
    s2s_arena_free(arena);
}

Test(words, lower_case_and_shapes_know_other_alphabets)
{
    static const char *const cases[][3] = {
        { "McDonald", "mcdonald", "XxXx" }, { "1990s", "1990s", "dx" }, { "U.S.", "u.s.", "X.X." }, { "\xc3\x89T\xc3\x89", "\xc3\xa9t\xc3\xa9", "X" },
        { "\xd0\x96\xd1\x83\xd0\xba-3", "\xd0\xb6\xd1\x83\xd0\xba-3", "Xx-d" }, { "\xe0\xb0\xa8\xe0\xb1\x87", "\xe0\xb0\xa8\xe0\xb1\x87", "o" },
        { "\xc8\xba", "\xe2\xb1\xa5", "X" }, { "--", "--", "--" },
    };
    s2s_arena *arena = s2s_arena_create();
    const s2s_words *words = create(S2S_TOKENIZER, arena);

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        s2s_text lower, shape;

        cr_assert(s2s_words_lowercase(words, s2s_text_of(cases[i][0]), arena, &lower, NULL) == S2S_OK);
        cr_assert(s2s_words_shape(words, s2s_text_of(cases[i][0]), arena, &shape, NULL) == S2S_OK);
        cr_assert(s2s_text_is(lower, cases[i][1]), "%s -> %.*s", cases[i][0], S2S_TEXT_ARGS(lower));
        cr_assert(s2s_text_is(shape, cases[i][2]), "%s -> %.*s", cases[i][0], S2S_TEXT_ARGS(shape));
    }
    s2s_arena_free(arena);
}

Test(words, affixes_count_code_points)
{
    const s2s_text word = s2s_text_of("na\xc3\xafve");

    cr_assert(s2s_text_is(s2s_word_prefix(word, 3), "na\xc3\xaf") && s2s_text_is(s2s_word_suffix(word, 3), "\xc3\xafve"));
    cr_assert(s2s_text_is(s2s_word_prefix(word, 9), word.chars) && s2s_text_is(s2s_word_suffix(word, 9), word.chars));
    cr_assert(s2s_word_prefix(word, 0).length == 0 && s2s_word_suffix((s2s_text){ "", 0 }, 2).length == 0);
}
