#include <string.h>

#include "given_files.h"

TestSuite(conllu, .init = given_begin, .fini = given_end);

#define WORD(id, form, upos, xpos) #id "\t" form "\t" form "\t" upos "\t" xpos "\t_\t0\t_\t_\t_\n"

static const char sample[] =
    "# sent_id = 1\n# text = The dog doesn't bark.\n"
    WORD(1, "The", "DET", "DT") WORD(2, "dog", "NOUN", "NN")
    "3-4\tdoesn't\t_\t_\t_\t_\t_\t_\t_\t_\n" WORD(3, "does", "AUX", "VBZ") WORD(4, "n't", "PART", "RB")
    WORD(5, "bark", "VERB", "VB") "5.1\tloudly\tloudly\tADV\tRB\t_\t_\t_\t5:advmod\t_\n" WORD(6, ".", "PUNCT", ".") "\n"
    "# no words here\n\n"
    WORD(1, "mua b\xc3\xa1n", "VERB", "V") WORD(2, "x", "_", "_") "\n";

static s2s_dataset *open_bytes(const char *bytes, size_t length, const char **message)
{
    return given_open("conllu", given_file("a.conllu", bytes, length), "", message);
}

static void assert_sample(const s2s_dataset *d)
{
    cr_assert(d->split[S2S_TRAIN].count == 2);
    cr_assert_str_eq(given_input(d, &d->split[0], 0, arena), "The dog does n't bark .");
    cr_assert_str_eq(given_target(d, &d->split[0], 0, arena), "DET NOUN AUX PART VERB PUNCT");
    cr_assert_str_eq(given_input(d, &d->split[0], 1, arena), "mua b\xc3\xa1n x");
    cr_assert_str_eq(given_target(d, &d->split[0], 1, arena), "VERB _");
    cr_assert(s2s_column_length(&d->split[0].stream[0], 1) == 2, "a form may hold a space");
    cr_assert(s2s_text_is(d->ops->element(d, &d->split[0], 1, 0), "mua b\xc3\xa1n"));
}

Test(conllu, ranges_empty_nodes_and_comments_are_no_words)
{
    const s2s_dataset *d = open_bytes(sample, strlen(sample), NULL);

    assert_sample(d);
    cr_assert(d->signature.target.width == 6 && d->signature.stream[0].width == 9, "8 forms and the unknown one");
    d = given_open("conllu", given_file("a.conllu", sample, strlen(sample)), "column: xpos", NULL);
    cr_assert_str_eq(given_target(d, &d->split[0], 0, arena), "DT NN VBZ RB VB .");
}

Test(conllu, line_ends_and_marks_make_no_difference)
{
    const size_t length = strlen(sample);
    char crlf[2048] = "\xef\xbb\xbf";
    size_t n = 3;

    for (size_t i = 0; i < length; i++) {
        if (sample[i] == '\n')
            crlf[n++] = '\r';
        crlf[n++] = sample[i];
    }
    assert_sample(open_bytes(crlf, n, NULL));
    assert_sample(open_bytes(sample, length - 1, NULL));          /* no blank line at the end */
    assert_sample(open_bytes(sample, length - 2, NULL));          /* no line end either */
}

/* Each fault with the place where it must be reported. */
Test(conllu, malformed_files_are_refused_with_a_place)
{
    static const struct { const char *text, *where, *what; } cases[] = {
        { "", "a.conllu", "no sentence" },
        { "\n\n# x\n\n", "a.conllu", "no sentence" },
        { WORD(1, "a", "X", "X") "2\tb\tb\tX\n\n", "a.conllu:2:1:", "expected 10 columns between tabs, got 4" },
        { "1 a a X X _ 0 _ _ _\n\n", "a.conllu:1:1:", "got 1" },
        { "1\ta\ta\tX\tX\t_\t0\t_\t_\t_\t_\n\n", "a.conllu:1:1:", "got 11" },
        { WORD(1, "a", "X", "X") WORD(3, "b", "X", "X") "\n", "a.conllu:2:1:", "expected the word with id 2, got 3" },
        { WORD(1, "a", "X", "X") WORD(1, "b", "X", "X") "\n", "a.conllu:2:1:", "expected the word with id 2, got 1" },
        { WORD(0, "a", "X", "X") "\n", "a.conllu:1:1:", "expected the word with id 1, got 0" },
        { WORD(x, "a", "X", "X") "\n", "a.conllu:1:1:", "got 'x'" },
        { WORD(1-, "a", "X", "X") "\n", "a.conllu:1:1:", "got '1-'" },
        { "99999999999999999999" "\ta\ta\tX\tX\t_\t0\t_\t_\t_\n\n", "a.conllu:1:1:", "expected an id" },
        { "1\t\ta\tX\tX\t_\t0\t_\t_\t_\n\n", "a.conllu:1:3:", "form is empty" },
        { "1\ta\ta\t\tX\t_\t0\t_\t_\t_\n\n", "a.conllu:1:1:", "upos is empty" },
        { WORD(2-3, "a", "X", "X") WORD(1, "a", "X", "X") "\n", "a.conllu:1:1:", "does not begin at the next word" },
        { WORD(1-3, "a", "X", "X") WORD(1, "a", "X", "X") "\n", "a.conllu:3:1:", "ends before its last range" },
        { WORD(2.1, "a", "X", "X") WORD(1, "a", "X", "X") "\n", "a.conllu:1:1:", "does not stand behind word 2" },
        { WORD(0.1, "a", "X", "X") "\n" WORD(1, "a", "X", "X") "\n", "a.conllu:2:1:", "has no word" },
        { WORD(1, "a", "X", "X") "2\tb\xff\tb\tX\tX\t_\t0\t_\t_\t_\n\n", "a.conllu:2:4:", "not UTF-8" },
        { WORD(1, "a", "_", "_") "\n", "no word of the training data has a tag", "" },
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *message = "";

        cr_assert(open_bytes(cases[i].text, strlen(cases[i].text), &message) == NULL, "case %zu", i);
        cr_assert(strstr(message, cases[i].where) != NULL && strstr(message, cases[i].what) != NULL, "case %zu: %s", i, message);
    }
}

Test(conllu, a_nul_is_no_text)
{
    static const char text[] = "1\ta\0b\ta\tX\tX\t_\t0\t_\t_\t_\n\n";
    const char *message = "";

    cr_assert(open_bytes(text, sizeof text - 1, &message) == NULL);
    cr_assert(strstr(message, "a.conllu:1:4:") != NULL && strstr(message, "NUL") != NULL, "%s", message);
}

Test(conllu, very_long_lines_and_sentences_are_read)
{
    const size_t long_form = 10000000, words = 100000;
    s2s_string text = { 0 };
    char *form = s2s_arena_alloc(arena, long_form + 1, 1);
    const s2s_dataset *d;

    memset(form, 'x', long_form);
    s2s_string_add(&text, "1\t");
    s2s_string_append(&text, form, long_form);
    s2s_string_add(&text, "\t_\tX\tX\t_\t0\t_\t_\t_\n\n");
    for (size_t i = 1; i <= words; i++)
        s2s_string_printf(&text, "%zu\tw%zu\t_\tX\tX\t_\t0\t_\t_\t_\n", i, i % 1000);
    cr_assert(!text.failed);
    d = open_bytes(text.chars, text.length, NULL);
    cr_assert(d->split[0].count == 2);
    cr_assert(d->ops->element(d, &d->split[0], 0, 0).length == long_form);
    cr_assert(s2s_column_length(&d->split[0].stream[0], 1) == (int64_t)words);
    s2s_string_release(&text);
}

Test(conllu, random_bytes_never_crash, .timeout = 60)
{
    const size_t length = strlen(sample);

    for (uint64_t round = 0; round < 2000; round++) {
        const s2s_stream stream = s2s_stream_make(round, S2S_RANDOM_TEST, 0, 0, 0);
        s2s_dataset *restored = S2S_NEW(arena, s2s_dataset);
        char bytes[sizeof sample];
        s2s_error err = { 0 };
        s2s_split split;
        static const s2s_dataset *d;

        if (d == NULL)
            d = open_bytes(sample, length, NULL);
        memcpy(bytes, sample, sizeof sample);
        for (uint64_t k = 0; k < 1 + round % 5; k++)
            bytes[s2s_random_below(&stream, 2 * k, length)] = "\t\n\r-.0127#_ a\xc3\xff"[s2s_random_below(&stream, 2 * k + 1, 15)];
        *restored = *d;
        if (d->ops->parse(restored, (s2s_text){ bytes, length }, "bytes", true, arena, &split, &err) == S2S_OK)
            cr_assert(split.count > 0);
        else
            cr_assert(err.message[0] != '\0');
    }
}

Test(conllu, predictions_go_into_the_same_bytes)
{
    const s2s_dataset *d = open_bytes(sample, strlen(sample), NULL);
#define LINES(first, second) \
    "\xef\xbb\xbf" "1\tdog\t_\t" first "\tkeep\t_\t0\t_\t_\tx\r\n# c\r\n1.1\te\t_\tX\t_\t_\t_\t_\t_\t_\r\n2\tbark\t_\t" second "\t_\t_\t0\t_\t_\t_"
    static const char given[] = LINES("_", "Q"), wanted[] = LINES("NOUN", "VERB");
    static const char readable[] = "1\tdog\t_\tNOUN\tkeep\t_\t0\t_\t_\tx\n2\tnew\t_\t_\t_\t_\t0\t_\t_\t_\n";
    const s2s_vocabulary *tags = s2s_vocabulary_named(&d->vocabularies, "target");
    const int32_t symbols[] = { s2s_vocabulary_find(tags, s2s_text_of("NOUN")), s2s_vocabulary_find(tags, s2s_text_of("VERB")) };
    s2s_string text = { 0 };
    s2s_error err = { 0 };
    s2s_split split;

    d->ops->annotate(d, (s2s_text){ given, sizeof given - 1 }, symbols, &text);
    cr_assert(text.length == sizeof wanted - 1 && memcmp(text.chars, wanted, text.length) == 0, "%s", s2s_string_chars(&text));
    s2s_string_release(&text);
    cr_assert(d->ops->parse(d, s2s_text_of(readable), "r", true, arena, &split, NULL) == S2S_OK);
    cr_assert_str_eq(given_target(d, &split, 0, arena), "NOUN _");
    cr_assert(split.unseen[0] == 0 && split.unseen[1] == 1);
    cr_assert(d->ops->parse(d, (s2s_text){ given, sizeof given - 1 }, "g", true, arena, &split, &err) == S2S_DATA, "Q is no tag of the model");
    cr_assert(strstr(err.message, "'Q'") != NULL, "%s", err.message);
    cr_assert(d->ops->parse(d, (s2s_text){ given, sizeof given - 1 }, "g", false, arena, &split, &err) == S2S_OK, "no tag is asked for");
}

Test(conllu, validation_comes_from_files_or_is_split_off)
{
    const char *path = given_file("a.conllu", sample, strlen(sample));
    const char *rest = s2s_arena_printf(arena, "validation: [%s, %s], test: %s", path, path, path), *message = "";
    const s2s_dataset *d = given_open("conllu", path, rest, NULL);

    cr_assert(d->split[S2S_TRAIN].count == 2 && d->split[S2S_VALIDATION].count == 4 && d->split[S2S_TEST].count == 2);
    cr_assert(d->notes != NULL && strstr(d->notes, "100.00 %") != NULL, "%s", d->notes);
    d = given_open("conllu", path, "validation_split: 0.5", NULL);
    cr_assert(d->split[S2S_TRAIN].count == 1 && d->split[S2S_VALIDATION].count == 1);
    cr_assert(given_open("conllu", path, s2s_arena_printf(arena, "validation: %s, validation_split: 0.5", path), &message) == NULL);
    cr_assert(strstr(message, "choose one") != NULL, "%s", message);
    cr_assert(given_open("conllu", path, "validation_split: 0.4", &message) == NULL && strstr(message, "validate with") != NULL, "%s", message);
    cr_assert(given_open("conllu", path, "test: no-such-file", &message) == NULL && strstr(message, "there is no file") != NULL, "%s", message);
    cr_assert(given_open("conllu", path, "tokenizer: '(a'", &message) == NULL && strstr(message, "tokenizer: the pattern is wrong") != NULL, "%s", message);
}

/* A tag that only validation has can never be right, and must not look as if it were left out. */
Test(conllu, tags_that_training_lacks_count_as_wrong)
{
    static const char other[] = WORD(1, "The", "ODD", "_") "\n";
    const char *path = given_file("a.conllu", sample, strlen(sample)), *dev = given_file("b.conllu", other, strlen(other));
    const s2s_dataset *d = given_open("conllu", path, s2s_arena_printf(arena, "validation: %s", dev), NULL);

    cr_assert(d->signature.target.width == 7);
    cr_assert_str_eq(given_target(d, &d->split[S2S_VALIDATION], 0, arena), "<unknown>");
}
