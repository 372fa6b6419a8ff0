#include <criterion/criterion.h>
#include <string.h>

#include "base/text.h"

#define T(chars) s2s_text_of(chars)

Test(text, lines_and_fields)
{
    s2s_text rest = T("a\r\n\nlast"), part;

    cr_assert(s2s_text_next_line(&rest, &part) && s2s_text_is(part, "a"));
    cr_assert(s2s_text_next_line(&rest, &part) && s2s_text_is(part, ""));
    cr_assert(s2s_text_next_line(&rest, &part) && s2s_text_is(part, "last"));
    cr_assert(!s2s_text_next_line(&rest, &part));
    rest = T("a,,");
    cr_assert(s2s_text_split(&rest, ',', &part) && s2s_text_is(part, "a"));
    cr_assert(s2s_text_split(&rest, ',', &part) && s2s_text_is(part, ""));
    cr_assert(s2s_text_split(&rest, ',', &part) && s2s_text_is(part, ""));
    cr_assert(!s2s_text_split(&rest, ',', &part));
}

Test(text, trim_and_compare)
{
    cr_assert(s2s_text_is(s2s_text_trim(T(" \t a b\r\n")), "a b"));
    cr_assert(s2s_text_is(s2s_text_trim(T("  ")), ""));
    cr_assert(s2s_text_starts_with(T("${x}"), "${"));
    cr_assert(!s2s_text_starts_with(T("$"), "${"));
}

Test(text, utf8_errors_are_found_where_they_are)
{
    static const struct { const char *chars; size_t at; } cases[] = {
        { "abc", 3 }, { "a\xC3\xA9", 3 }, { "\xF0\x9F\x98\x80", 4 }, { "a\x80", 1 }, { "\xC0\xAF", 0 }, { "\xE0\x80\xAF", 0 },
        { "ab\xED\xA0\x80", 2 }, { "\xF4\x90\x80\x80", 0 }, { "x\xE2\x82", 1 }, { "\xFF", 0 }, { "\xF8\x88\x80\x80\x80", 0 },
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        cr_assert(s2s_text_utf8_error(T(cases[i].chars)) == cases[i].at, "case %zu", i);
}

Test(text, columns_count_what_a_terminal_shows)
{
    cr_assert(s2s_text_codepoints(T("a\xC3\xA9\xE6\xBC\xA2")) == 3);
    cr_assert(s2s_text_columns(T("abc")) == 3);
    cr_assert(s2s_text_columns(T("\xE6\xBC\xA2\xE5\xAD\x97")) == 4, "two Han characters");
    cr_assert(s2s_text_columns(T("e\xCC\x81")) == 1, "a combining acute");
    cr_assert(s2s_text_columns(T("\xE2\x98\x91")) == 1, "a ballot box");
    cr_assert(s2s_text_utf8_length(T("\xE6\xBC\xA2")) == 3);
    cr_assert(s2s_text_utf8_length(T("")) == 0);
}

Test(text, a_terminal_is_given_nothing_that_it_would_obey)
{
    static const struct { const char *chars, *keep, *printable; } cases[] = {
        { "N\033]0;x\007", "", "N?]0;x?" }, { "a\tb\nc\rd\x7F", "", "a b?c?d?" },
        { "a\tb\nc\r", "\n", "a b\nc?" }, { "a\tb\nc\033", "\n\t", "a\tb\nc?" },
        { "\xC2\x9B" "1m\xC2\xA0\xC3\xA9", "", "??1m\xC2\xA0\xC3\xA9" }, { "\x9B" "1m\xE2\x82", "", "?1m??" },
        { "\xF0\x9F\x98\x80", "", "\xF0\x9F\x98\x80" }, { "", "", "" },
    };
    char nul[] = "a\0b";

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[32];

        strcpy(text, cases[i].chars);
        s2s_text_make_printable(text, strlen(text), cases[i].keep);
        cr_expect_str_eq(text, cases[i].printable, "case %zu: '%s'", i, text);
    }
    s2s_text_make_printable(nul, 3, "\n");
    cr_assert_str_eq(nul, "a?b");
}

Test(text, nearest_name)
{
    static const char *const names[] = { "units", "return_sequences", "return_state", "dropout", "use_bias", "LSTM", "n" };
    const size_t             count = sizeof names / sizeof names[0];

    cr_assert_str_eq(s2s_nearest_name("return_sequence", names, count), "return_sequences");
    cr_assert_str_eq(s2s_nearest_name("unist", names, count), "units");
    cr_assert_str_eq(s2s_nearest_name("lstm", names, count), "LSTM");
    cr_assert_str_eq(s2s_nearest_name("dropout_rate", names, count), "dropout");
    cr_assert(s2s_nearest_name("learning_rate", names, count) == NULL);
    cr_assert(s2s_nearest_name("k", names, count) == NULL);
    cr_assert(s2s_nearest_name("", names, count) == NULL);
}

Test(string, grows_and_survives_refusal)
{
    s2s_string string = { 0 };

    cr_assert_str_eq(s2s_string_chars(&string), "");
    for (int i = 0; i < 1000; i++)
        s2s_string_printf(&string, "%d,", i);
    cr_assert(string.length == 3890 && strlen(string.chars) == 3890);
    s2s_string_clear(&string);
    cr_assert_str_eq(s2s_string_chars(&string), "");
    s2s_string_add(&string, "kept");
    s2s_memory_fail_after(1);
    for (int i = 0; i < 10000; i++)
        s2s_string_add(&string, "x");
    cr_assert(string.failed);
    cr_assert(strncmp(string.chars, "keptx", 5) == 0);
    s2s_string_release(&string);
}

Test(string, padding_counts_columns_and_cuts_nothing)
{
    s2s_string string = { 0 };

    s2s_string_pad(&string, "\xE2\x98\x91", 3, false);
    s2s_string_pad(&string, "ab", 4, true);
    s2s_string_pad(&string, "longer", 2, true);
    cr_assert_str_eq(s2s_string_chars(&string), "\xE2\x98\x91    ablonger");
    s2s_string_release(&string);
}
