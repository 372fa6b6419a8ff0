/* test_sample_view.c -- what sentences and answers look like: aligned, marked where they are wrong, never wider than the terminal. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "experiments/sample_view.h"

enum { LONG = 100, HOSTILE = LONG };         /* steps; the step behind them is a word for which a terminal would clear itself */

static s2s_text element(const s2s_dataset *dataset, const s2s_split *split, int64_t i, int64_t t)
{
    static const char *const words[] = { "a", "watchmaker", "slept" }, *const hostile = "\033[2J\t";

    (void)dataset, (void)split, (void)i;
    return s2s_text_of(t == HOSTILE ? hostile : words[t % 3]);
}

static void show_target(const s2s_dataset *dataset, const int32_t *symbols, const real *values, int64_t n, s2s_string *ret)
{
    static const char *const tags[] = { "DET", "NOUN", "VERB", "N\033]0;x\007" };

    (void)dataset, (void)values;
    for (int64_t t = 0; t < n; t++)
        s2s_string_add(ret, symbols[t] < 0 ? "_" : tags[symbols[t]]);
}

static const s2s_dataset_ops ops = { .element = element, .show_target = show_target };
static const s2s_dataset     dataset = {
    .ops = &ops, .signature = { .target = { .kind = S2S_STREAM_TOKENS }, .sample_input = "S", .sample_target = "T" },
};

/* One example of `steps` steps, whose gold tags are 0 1 2 0 1 2 ... */
static void show_steps(int64_t steps, const int32_t *given, const int32_t *wanted, int columns, bool colour, s2s_string *ret)
{
    s2s_answer  answer = { .output = "", .target = "", .correct = false, .steps = steps, .given = given, .wanted = wanted };
    s2s_answers answers = { .dataset = &dataset, .count = 1, .item = &answer, .keep_steps = true };
    const s2s_sample_view view = { .columns = columns, .colour = colour };

    s2s_samples_show(&view, &answers, ret);
}

Test(sample_view, words_stand_above_their_tags)
{
    static const int32_t wanted[] = { 0, 1, 2 }, given[] = { 0, 2, 2 };
    s2s_string text = { 0 };

    show_steps(3, given, wanted, 80, false, &text);
    cr_assert_str_eq(text.chars, "S a   watchmaker slept\n"
                                 "T DET NOUN       VERB\n"
                                 "\u2612 DET VERB*      VERB\n");
    s2s_string_release(&text);
}

Test(sample_view, faults_are_red_and_nothing_wanted_is_no_fault)
{
    static const int32_t wanted[] = { 0, -1, 2 }, given[] = { 1, 1, 2 };
    s2s_string text = { 0 };

    show_steps(3, given, wanted, 80, true, &text);
    cr_assert(strstr(text.chars, "\033[31mNOUN\033[0m NOUN       VERB\n") != NULL, "%s", text.chars);
    cr_assert(strstr(text.chars, "*") == NULL);
    s2s_string_release(&text);
}

Test(sample_view, long_examples_come_in_three_blocks_and_a_count)
{
    int32_t    wanted[LONG], given[LONG];
    s2s_string text = { 0 };
    s2s_text   rest, line;
    int        lines = 0, shown = 0, more, wrong;

    for (int t = 0; t < LONG; t++) {
        wanted[t] = t % 3;
        given[t] = t == LONG - 1 ? (wanted[t] + 1) % 3 : wanted[t];
    }
    show_steps(LONG, given, wanted, 40, false, &text);
    rest = (s2s_text){ text.chars, text.length };
    for (; s2s_text_next_line(&rest, &line); lines++) {
        cr_assert(s2s_text_columns(line) <= 40, "%.*s", S2S_TEXT_ARGS(line));
        if (line.chars[0] == 'T')
            for (size_t i = 1; i < line.length; i++)
                shown += line.chars[i] != ' ' && line.chars[i - 1] == ' ';
    }
    cr_assert(lines == 10, "%d lines", lines);
    cr_assert(sscanf(strstr(text.chars, "..."), "... %d more, %d of them wrong", &more, &wrong) == 2);
    cr_assert(more == LONG - shown, "%d shown, %d more", shown, more);
    cr_assert(wrong == 1);
    s2s_string_release(&text);
}

/* One example without steps. */
static void show_text(const char *input, const char *target, const char *output, s2s_string *ret)
{
    s2s_answer  answer = { .output = output, .target = target, .correct = true };
    s2s_answers answers = { .dataset = &dataset, .count = 1, .item = &answer };
    const s2s_sample_view view = { .input = &input, .columns = 30 };

    s2s_samples_show(&view, &answers, ret);
}

Test(sample_view, what_fits_stands_in_one_line)
{
    s2s_string text = { 0 };

    show_text("1+2", "3", "3", &text);
    cr_assert_str_eq(text.chars, "S 1+2  T 3  \u2611 3\n");
    s2s_string_release(&text);
}

Test(sample_view, what_does_not_fit_has_a_line_each_and_is_cut)
{
    s2s_string text = { 0 }, wide = { 0 };

    for (int i = 0; i < 29; i++)
        s2s_string_add(&wide, "\u00e9");
    show_text("abcdefghijklmnopqrstuvwxyz01234567", "short", wide.chars, &text);
    cr_assert(strstr(text.chars, "S abcdefghijklmnopqrstuvwxy...\nT short\n\u2611 ") == text.chars, "%s", text.chars);
    cr_assert(s2s_text_columns(s2s_text_of(strstr(text.chars, "\u2611"))) == 30, "%s", text.chars);
    s2s_string_release(&text);
    s2s_string_release(&wide);
}

Test(sample_view, nothing_reaches_a_terminal_that_it_would_obey)
{
    static int32_t given[HOSTILE + 1], wanted[HOSTILE + 1];
    s2s_string text = { 0 };

    wanted[HOSTILE] = 3;
    show_steps(HOSTILE + 1, given, wanted, 1000, false, &text);
    cr_assert(strstr(text.chars, " ?[2J\n") != NULL && strstr(text.chars, " N?]0;x?\n") != NULL, "%s", text.chars);
    s2s_string_clear(&text);
    show_text("1\033c", "\x9B" "2", "\b3", &text);
    cr_assert_str_eq(text.chars, "S 1?c  T ?2  \u2611 ?3\n");
    s2s_string_clear(&text);
    show_text("1\033c56789012345678901234567890", "\x9B" "2", "\b3", &text);
    cr_assert_str_eq(text.chars, "S 1?c5678901234567890123456...\nT ?2\n\u2611 ?3\n");
    s2s_string_release(&text);
}
