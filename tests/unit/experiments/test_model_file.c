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

/* What is wrong with a toy tagger whose metadata have these vocabularies and this signature; "" when nothing is. */
static const char *check_toy(const char *vocabularies, const char *signature)
{
    static const char config[] = "dataset: {type: pos_toy}\n"
                                 "model: {layers: [{type: Embedding, output_dim: 2}, "
                                 "{type: TimeDistributed, layer: {type: Dense, units: auto, activation: softmax}}]}\n"
                                 "train: {batch_size: 1}\n";
    s2s_metadata        metadata[] = { { S2S_METADATA_VOCABULARIES, vocabularies }, { S2S_METADATA_SIGNATURE, signature } };
    const s2s_tensors   tensors = { .metadata_count = 2, .metadata = metadata };
    s2s_error_list      errors = { .arena = arena };
    s2s_experiment     *experiment;
    s2s_vocabulary_list saved;
    s2s_dataset         dataset;
    s2s_error           err = { 0 };

    cr_assert(s2s_experiment_parse(s2s_text_of(config), "test", NULL, 0, arena, &experiment, &errors) == S2S_OK);
    cr_assert(s2s_model_file_vocabularies(&tensors, arena, &saved, NULL) == S2S_OK);
    if (s2s_dataset_restore(experiment->options->dataset, &saved, arena, &dataset, &err) == S2S_OK)
        s2s_model_file_check(&tensors, &saved, &dataset, &err);
    cr_assert(err.status == S2S_OK || err.status == S2S_DATA);
    return s2s_arena_strdup(arena, err.message);
}

#define WORDS "\"word\": {\"symbols\": [\"<unk>\", \"the\"], \"unknown\": 0}"
#define TAGS(symbols) "\"target\": {\"symbols\": [" symbols "], \"unknown\": -1}"
#define BOTH  "{" WORDS ", " TAGS("\"A\", \"B\"") "}"
#define SIZES(words, steps, tags, target_steps) \
    "{\"streams\": [{\"width\": " words ", \"steps\": " steps "}], \"target\": {\"width\": " tags ", \"steps\": " target_steps "}}"

Test(model_file, what_does_not_fit_the_data_set_is_named)
{
    static const struct { const char *vocabularies, *signature, *message; } given[] = {
        { BOTH, SIZES("2", "-1", "2", "-1"), "" },
        { BOTH, SIZES("3", "-1", "2", "-1"), "its signature does not fit its data set: stream 'word' has 3 symbols, the data set says 2" },
        { BOTH, SIZES("2", "7", "2", "-1"), "its signature does not fit its data set: stream 'word' has 7 steps, the data set says any length" },
        { BOTH, SIZES("2", "0", "2", "-1"), "its signature does not fit its data set: stream 'word' has no steps, the data set says any length" },
        { BOTH, SIZES("2", "-1", "4611686018427387904", "-1"), "'target' has 4611686018427387904 symbols, the data set says 2" },
        { BOTH, SIZES("2", "-1", "2", "1"), "'target' has 1 step, the data set says any length" },
        { "{" WORDS ", " TAGS("\"A\"") "}", SIZES("2", "-1", "2", "-1"), "'target' has 2 symbols, the data set says 1" },
        { "{" WORDS ", " TAGS("") "}", SIZES("2", "-1", "2", "-1"), "no vocabulary of tags" },
        { "{" WORDS ", " TAGS("\"A\"") ", \"chars\": {\"symbols\": [], \"unknown\": -1}}", SIZES("2", "-1", "2", "-1"), "none named 'chars'" },
    };

    for (size_t i = 0; i < sizeof given / sizeof given[0]; i++) {
        const char *got = check_toy(given[i].vocabularies, given[i].signature);

        cr_expect(strstr(got, given[i].message) != NULL && (*got == '\0') == (*given[i].message == '\0'), "%s %s: '%s'", given[i].vocabularies,
                  given[i].signature, got);
    }
}
