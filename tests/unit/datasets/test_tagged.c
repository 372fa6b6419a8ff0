#include <string.h>

#include "given_files.h"

TestSuite(tagged, .init = given_begin, .fini = given_end);

static s2s_dataset *open_text(const char *text, const char *rest, const char **message)
{
    return given_open("tagged", given_file("a.txt", text, strlen(text)), rest, message);
}

static void assert_shown(const s2s_dataset *d, int64_t i, const char *input, const char *target)
{
    cr_assert_str_eq(given_input(d, &d->split[0], i, arena), input);
    cr_assert_str_eq(given_target(d, &d->split[0], i, arena), target);
}

Test(tagged, columns)
{
    const s2s_dataset *d = open_text("\nNew York\tB\nis\tO\n\n\n  \nbig\tO", "", NULL);

    cr_assert(d->split[0].count == 2);
    assert_shown(d, 0, "New York is", "B O");
    assert_shown(d, 1, "big", "O");
    d = open_text("x  0 dog   N\r\ny 1 barks V\r\n\r\n", "word_column: 3, tag_column: 4", NULL);
    assert_shown(d, 0, "dog barks", "N V");
    d = open_text("N dog\nV barks\n", "word_column: 2, tag_column: 1", NULL);
    assert_shown(d, 0, "dog barks", "N V");
}

Test(tagged, pairs)
{
    const s2s_dataset *d = open_text("The_DT snake_case_NN __SYM ._.\n\n  end_NN\t\n", "format: word_TAG", NULL);

    cr_assert(d->split[0].count == 2);
    assert_shown(d, 0, "The snake_case _ .", "DT NN SYM .");
    assert_shown(d, 1, "end", "NN");
    d = open_text("a/b//X c//Y\n", "format: word_TAG, separator: //", NULL);
    assert_shown(d, 0, "a/b c", "X Y");
}

Test(tagged, words_without_tags)
{
    const char *message = "";
    const s2s_dataset *d;

    cr_assert(open_text("a_X b\n", "format: word_TAG", &message) == NULL);
    cr_assert(strstr(message, "a.txt:1:5:") != NULL && strstr(message, "'b' has no tag") != NULL, "%s", message);
    d = open_text("a_X b _N c_\n", "format: word_TAG, untagged: keep", NULL);
    assert_shown(d, 0, "a b _N c", "X _ _ _");
    cr_assert(open_text("a\tX\nb\n", "", &message) == NULL && strstr(message, "a.txt:2:1:") != NULL, "%s", message);
    cr_assert(open_text("a\tX\nb\t\n", "", &message) == NULL && strstr(message, "a.txt:2:1:") != NULL, "%s", message);
    d = open_text("a\tX\nb\nc\t\n", "untagged: keep", NULL);
    assert_shown(d, 0, "a b c", "X _ _");
}

Test(tagged, faults_have_a_place)
{
    static const struct { const char *text, *rest, *where, *what; } cases[] = {
        { "", "", "a.txt", "no sentence" },
        { "a\tX\n\tX\n", "", "a.txt:2:1:", "word is empty" },
        { "a\tX\nb\n", "word_column: 2, tag_column: 1", "a.txt:2:1:", "expected the word in column 2, got 1" },
        { "a\tX\nb\xc3\tX\n", "", "a.txt:2:2:", "UTF-8" },
        { "a\tX\n", "word_column: 2", "test:1:", "another column" },
        { "a_X\n", "format: word_TAG, separator: ''", "test:1:", "at least one character" },
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *message = "";

        cr_assert(open_text(cases[i].text, cases[i].rest, &message) == NULL, "case %zu", i);
        cr_assert(strstr(message, cases[i].where) != NULL && strstr(message, cases[i].what) != NULL, "case %zu: %s", i, message);
    }
}

/* Words with tags, without, and lines too short for one: all come out with the answer N, V, N, V and nothing else changed. */
Test(tagged, predictions_go_into_the_same_bytes)
{
    static const struct { const char *rest, *learned, *given, *wanted; } cases[] = {
        { "", "a\tN\nb\tV\n", "\xef\xbb\xbf" "a\tX\r\nNew York\tX\tkeep\r\n\r\nc", "\xef\xbb\xbf" "a\tN\r\nNew York\tV\tkeep\r\n\r\nc\tN" },
        { "", "a\tN\nb\tV\n", " a  X \nb\t\n \nc\n", " a  N \nb\tV\n \nc\tN\n" },
        { "word_column: 2, tag_column: 4", "1 a x N\n2 b x V\n", "1\ta\n2 b  x  Y\n", "1\ta\t_\tN\n2 b  x  V\n" },
        { "word_column: 2, tag_column: 1", "N a\nV b\n", "X a\nX\tb\n", "N a\nV\tb\n" },
        { "format: word_TAG", "a_N b_V\n", " a_b_X  c\r\n\n_X e_\tf", " a_b_N  c_V\r\n\n_X_N e_V\tf_N" },
        { "format: word_TAG, separator: //", "a//N b//V\n", "a//X b/c d//", "a//N b/c//V d//N" },
    };
    static const int32_t symbols[] = { 0, 1, 0, 1, 0 };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const s2s_dataset *d = open_text(cases[i].learned, cases[i].rest, NULL);
        s2s_string text = { 0 };
        s2s_split split;

        cr_assert(d->ops->parse(d, s2s_text_of(cases[i].given), "given", false, arena, &split, NULL) == S2S_OK);
        d->ops->annotate(d, s2s_text_of(cases[i].given), symbols, &text);
        cr_assert_str_eq(s2s_string_chars(&text), cases[i].wanted);
        s2s_string_release(&text);
    }
}
