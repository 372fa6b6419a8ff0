/* test_model_file.c -- vocabularies and sizes go into a model's metadata and come back; broken ones are refused. */
#include <criterion/criterion.h>
#include <string.h>

#include "experiments/model_file.h"

static s2s_arena *arena;

static void begin(void) { arena = s2s_arena_create(); }
static void end(void) { s2s_arena_free(arena); }

TestSuite(model_file, .init = begin, .fini = end);

static s2s_tensors tensors_with(const char *key, const char *value)
{
    s2s_metadata *metadata = S2S_NEW(arena, s2s_metadata);

    *metadata = (s2s_metadata){ key, value };
    return (s2s_tensors){ .metadata_count = 1, .metadata = metadata };
}

Test(model_file, vocabularies_come_back)
{
    static const char *const symbols[] = { " ", "+", "\"", "\\", "\n", "\u00e4", "word" };
    struct s2s_named_vocabulary item[2] = { { .name = "input" }, { .name = "target" } };
    const s2s_vocabulary_list list = { 2, item };
    s2s_vocabulary_list back;
    s2s_string text = { 0 };
    s2s_tensors tensors;

    for (int v = 0; v < 2; v++) {
        cr_assert(s2s_vocabulary_create(arena, &item[v].vocabulary, NULL) == S2S_OK);
        for (size_t i = 0; i < 7; i++)
            s2s_vocabulary_add(item[v].vocabulary, s2s_text_of(symbols[i]));
    }
    s2s_vocabulary_set_unknown(item[1].vocabulary, 3);
    s2s_vocabularies_write(&list, &text);
    cr_assert(!text.failed);
    tensors = tensors_with(S2S_METADATA_VOCABULARIES, text.chars);
    cr_assert(s2s_model_file_vocabularies(&tensors, arena, &back, NULL) == S2S_OK);
    cr_assert(back.count == 2 && strcmp(back.item[1].name, "target") == 0);
    for (int32_t i = 0; i < 7; i++)
        cr_assert(s2s_text_is(s2s_vocabulary_symbol(back.item[0].vocabulary, i), symbols[i]));
    cr_assert(s2s_vocabulary_unknown(back.item[0].vocabulary) == -1 && s2s_vocabulary_unknown(back.item[1].vocabulary) == 3);
    s2s_string_release(&text);
}

Test(model_file, a_file_without_vocabularies_has_none)
{
    const s2s_tensors tensors = { 0 };
    s2s_vocabulary_list list;

    cr_assert(s2s_model_file_vocabularies(&tensors, arena, &list, NULL) == S2S_OK && list.count == 0);
}

Test(model_file, broken_vocabularies_are_refused)
{
    static const char *const broken[] = {
        "", "[]", "3", "{", "{\"input\": 3}", "{\"input\": {\"symbols\": 3, \"unknown\": -1}}",
        "{\"input\": {\"symbols\": [\"a\", 3], \"unknown\": -1}}", "{\"input\": {\"symbols\": [\"a\", \"a\"], \"unknown\": -1}}",
        "{\"input\": {\"symbols\": [\"a\"], \"unknown\": 1}}", "{\"input\": {\"symbols\": [\"a\"], \"unknown\": -2}}",
        "{\"input\": {\"symbols\": [\"a\"]}}",
    };

    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        const s2s_tensors tensors = tensors_with(S2S_METADATA_VOCABULARIES, broken[i]);
        s2s_vocabulary_list list;
        s2s_error err;

        cr_expect(s2s_model_file_vocabularies(&tensors, arena, &list, &err) == S2S_DATA, "read: %s", broken[i]);
    }
}

Test(model_file, sizes_come_back)
{
    const s2s_signature out = { .stream_count = 1, .stream[0] = { .width = 12, .steps = S2S_LENGTH_ANY }, .target = { .width = 5, .steps = 4 } };
    s2s_signature in = { .stream_count = 1 }, other = { .stream_count = 2 };
    s2s_string text = { 0 };
    s2s_tensors tensors;

    s2s_signature_write(&out, &text);
    tensors = tensors_with(S2S_METADATA_SIGNATURE, text.chars);
    cr_assert(s2s_model_file_signature(&tensors, &in, NULL) == S2S_OK);
    cr_assert(in.stream[0].width == 12 && in.stream[0].steps == S2S_LENGTH_ANY && in.target.width == 5 && in.target.steps == 4);
    cr_assert(s2s_model_file_signature(&tensors, &other, NULL) == S2S_DATA, "one stream was taken for two");
    tensors = tensors_with(S2S_METADATA_SIGNATURE, "{\"streams\": [{\"width\": 0, \"steps\": 1}], \"target\": {\"width\": 1, \"steps\": 1}}");
    cr_assert(s2s_model_file_signature(&tensors, &in, NULL) == S2S_DATA, "a width of 0 was read");
    cr_assert(in.stream[0].width == 12, "a refused text changed the signature");
    s2s_string_release(&text);
}
