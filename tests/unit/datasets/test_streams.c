#include <string.h>

#include "given_files.h"

TestSuite(streams, .init = given_begin, .fini = given_end);

static const char train[] = "The_D dog_N barks_V\nthe_D Dog_N sees_V the_D cat_N\n", dev[] = "the_D zebra_N barks_V loudly_A\n";

static s2s_dataset *open_streams(const char *streams)
{
    const char *path = given_file("a.txt", train, strlen(train)), *other = given_file("b.txt", dev, strlen(dev));
    const char *rest = s2s_arena_printf(arena, "format: word_TAG, validation: %s, streams: %s", other, streams);

    return given_open("tagged", path, rest, NULL);
}

/* The vocabulary with spaces between the symbols. */
static const char *symbols(const s2s_dataset *d, const char *stream)
{
    const s2s_vocabulary *v = s2s_vocabulary_named(&d->vocabularies, stream);
    const char *text = "";

    for (int32_t i = 0; i < s2s_vocabulary_size(v); i++)
        text = s2s_arena_printf(arena, "%s%s%.*s", text, i > 0 ? " " : "", S2S_TEXT_ARGS(s2s_vocabulary_symbol(v, i)));
    return text;
}

Test(streams, vocabularies_come_from_training_alone)
{
    const s2s_dataset *d = open_streams("{w: {from: form}, l: {lowercase: true}, s: {suffix: 2}, p: {prefix: 1}, h: {shape: true}, c: {tokens: characters}}");

    cr_assert_str_eq(symbols(d, "w"), "<unk> The dog barks the Dog sees cat");
    cr_assert_str_eq(symbols(d, "l"), "<unk> the dog barks sees cat");
    cr_assert_str_eq(symbols(d, "s"), "<unk> he og ks es at");
    cr_assert_str_eq(symbols(d, "p"), "<unk> T d b t D s c");
    cr_assert_str_eq(symbols(d, "h"), "<unk> Xx x");
    cr_assert_str_eq(symbols(d, "c"), "<unk> T h e d o g b a r k s t D c");
    cr_assert_str_eq(symbols(d, "target"), "D N V <unknown>");
    cr_assert(d->signature.stream_count == 6 && d->signature.stream[1].width == 6 && d->signature.stream[5].kind == S2S_STREAM_GROUPS);
    cr_assert_str_eq(given_symbols(d, "l", &d->split[S2S_VALIDATION].stream[1], 0, arena), "the<unk>barks<unk>");
}

Test(streams, rare_symbols_become_the_unknown_one)
{
    const s2s_dataset *d = open_streams("{l: {lowercase: true, min_count: 2}, m: {lowercase: true, max_size: 1}, u: {unknown: '?', min_count: 9}}");

    cr_assert_str_eq(symbols(d, "l"), "<unk> the dog");
    cr_assert_str_eq(symbols(d, "m"), "<unk> the");
    cr_assert_str_eq(symbols(d, "u"), "?");
    cr_assert_str_eq(given_symbols(d, "l", &d->split[0].stream[0], 1, arena), "thedog<unk>the<unk>");
}

Test(streams, singletons_are_marked_for_replacement)
{
    const s2s_dataset *d = open_streams("{l: {lowercase: true, replace_singletons: 0.25}, n: {lowercase: true, replace_singletons: 0}}");
    const s2s_column *column = &d->split[S2S_TRAIN].stream[0];
    static const uint8_t rare[] = { 0, 0, 0, 1, 1, 1 };

    cr_assert(memcmp(column->rare, rare, sizeof rare) == 0 && column->unknown == 0 && column->replace_rate == 0.25);
    cr_assert(d->split[S2S_TRAIN].stream[1].rare == NULL);
}

Test(streams, characters_are_groups)
{
    const s2s_dataset *d = open_streams("{c: {tokens: characters}}");
    const s2s_column *column = &d->split[S2S_TRAIN].stream[0];

    cr_assert(column->start[1] == 3 && column->start[2] == 8);
    cr_assert(column->inner_start[0] == 0 && column->inner_start[1] == 3 && column->inner_start[3] == 11 && column->inner_start[8] == 27);
}

Test(streams, unseen_words_are_known_by_their_form)
{
    const s2s_dataset *d = open_streams("{l: {suffix: 1}}");
    static const uint8_t unseen[] = { 0, 1, 0, 1 };

    cr_assert(memcmp(d->split[S2S_VALIDATION].unseen, unseen, sizeof unseen) == 0);
    cr_assert(d->split[S2S_TRAIN].unseen == NULL || memchr(d->split[S2S_TRAIN].unseen, 1, 8) == NULL);
    cr_assert(strstr(d->notes, "50.00 % of 4 words; 50.00 %") != NULL, "%s", d->notes);
}

/* What predict does: no files, only options and the vocabularies of the model. */
Test(streams, restored_from_vocabularies)
{
    const s2s_dataset *d = open_streams("{l: {lowercase: true}, c: {tokens: characters}}");
    s2s_dataset r;
    s2s_split split;
    s2s_string text = { 0 };
    const int32_t tags[] = { 0, 1, 2, -1 };
    s2s_error err = { 0 };

    cr_assert(s2s_dataset_restore(d->self, &d->vocabularies, arena, &r, &err) == S2S_OK, "%s", err.message);
    cr_assert(r.signature.opened && r.signature.stream[0].width == d->signature.stream[0].width);
    cr_assert(r.ops->encode(&r, s2s_text_of("The DOG sits."), arena, &split, NULL) == S2S_OK);
    cr_assert_str_eq(given_symbols(&r, "l", &split.stream[0], 0, arena), "thedog<unk><unk>");
    cr_assert(!s2s_column_exists(&split.target) && split.unseen == NULL);
    r.ops->show_answer(&r, &split, 0, tags, NULL, 4, &text);
    cr_assert_str_eq(s2s_string_chars(&text), "The_D DOG_N sits_V .__");
    s2s_string_release(&text);
    cr_assert(r.ops->encode(&r, s2s_text_of("  "), arena, &split, &err) == S2S_DATA && strstr(err.message, "nothing") != NULL);
    cr_assert(r.ops->encode(&r, s2s_text_of("a\xff"), arena, &split, &err) == S2S_DATA && strstr(err.message, "UTF-8") != NULL);
}

Test(streams, a_model_keeps_its_vocabularies_with_other_data)
{
    const s2s_dataset *d = open_streams("{l: {lowercase: true}}");
    const char *yaml = s2s_arena_printf(arena, "{type: tagged, format: word_TAG, train: %s, streams: {l: {lowercase: true}}}",
                                        given_file("c.txt", "zebra_N barks_V\n", 16));
    const char *foreign = s2s_arena_printf(arena, "{type: tagged, format: word_TAG, train: %s}", given_file("d.txt", "zebra_Q\n", 8));
    s2s_dataset other;
    s2s_error err = { 0 };

    cr_assert(s2s_dataset_open(given_object(yaml, arena), 1, &d->vocabularies, arena, &other, &err) == S2S_OK, "%s", err.message);
    cr_assert(other.signature.stream[0].width == 6 && other.signature.target.width == 4);
    cr_assert_str_eq(given_symbols(&other, "l", &other.split[0].stream[0], 0, arena), "<unk>barks");
    cr_assert(s2s_dataset_open(given_object(foreign, arena), 1, &d->vocabularies, arena, &other, &err) == S2S_DATA);
    cr_assert(strstr(err.message, "no vocabulary for the stream 'word'") != NULL, "%s", err.message);
}

Test(streams, faults_of_the_section_have_a_place)
{
    static const char *const cases[][2] = {
        { "streams: {}", "expected 1 to 16 streams, got 0" },
        { "streams: {target: {from: form}}", "streams.target: 'target' is the name" },
        { "streams: {a: {prefix: 1, suffix: 2}}", "streams.a: takes one of" },
        { "streams: {a: {shape: true, lowercase: true}}", "streams.a: the shape of a word in small letters" },
        { "streams: {a: {}, b: {}, c: {}, d: {}, e: {}, f: {}, g: {}, h: {}, i: {}, j: {}, k: {}, l: {}, m: {}, n: {}, o: {}, p: {}, q: {}}", "got 17" },
    };
    const char *path = given_file("a.txt", train, strlen(train));

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *message = "";

        cr_assert(given_open("tagged", path, cases[i][0], &message) == NULL, "case %zu", i);
        cr_assert(strstr(message, cases[i][1]) != NULL && strncmp(message, "test:1:", 7) == 0, "case %zu: %s", i, message);
    }
}
