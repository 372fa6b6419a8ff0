#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "mini.h"

static char folder[64];

static void begin(void)
{
    snprintf(folder, sizeof folder, "%s/s2s-test-XXXXXX", P_tmpdir);
    cr_assert(mkdtemp(folder) != NULL);
    mini_begin();
}

static void end(void)
{
    s2s_folder_remove(folder, NULL);
    mini_end();
}

TestSuite(config, .init = begin, .fini = end);

static const char *write_file(const char *name, const char *text)
{
    const char    *path = s2s_path_join(mini_arena, folder, name);
    const s2s_text piece = s2s_text_of(text);

    cr_assert(s2s_folder_make(s2s_path_folder(mini_arena, path), NULL) == S2S_OK && s2s_file_write(path, &piece, 1, NULL) == S2S_OK);
    return path;
}

static s2s_config *load(const char *path)
{
    s2s_config *config = NULL;

    mini_errors = (s2s_error_list){ .arena = mini_arena };
    const s2s_status status = s2s_config_load(path, NULL, 0, mini_fields, sizeof(mini_root), mini_arena, &config, &mini_errors);
    cr_assert((status == S2S_OK) == (config != NULL) && (status == S2S_OK) == (mini_errors.count == 0));
    return config;
}

static const char *first_error(const char *path)
{
    char *text = s2s_arena_alloc(mini_arena, 1, 4096);

    cr_assert(load(path) == NULL);
    s2s_error_format(&mini_errors.item[0], text, 4096);
    return text;
}

Test(config, extends_merges_maps_and_replaces_lists_and_other_types)
{
    write_file("base/base.yaml",
               "vars: {units: 3, own: 1}\nname: base\nseed: ${vars.own}\ndataset: {type: files, train: [a.txt, b.txt], vectors: v.txt}\n"
               "model: {layers: [{type: Dense, name: d, units: '${vars.units}'}, Flatten]}\n"
               "train: {epochs: 5, batch_size: 7, optimizer: {type: Adam, beta_1: 0.5}}\n");
    const s2s_config *config = load(write_file("x.yaml",
                                               "extends: base/base.yaml\nvars: {units: 4}\nname: null\ndataset: {train: c.txt}\n"
                                               "train: {epochs: 6, optimizer: {type: SGD}}\noverrides: {model.layers.d.repeat: 2, log.samples: 1}\n"));
    const mini_root  *root = mini_values(config);
    const mini_files *files = root->dataset->options;

    cr_assert_str_eq(root->name, "unnamed");
    cr_assert(root->train.epochs == 6 && root->train.batch_size == 7 && root->seed == 1 && root->log.samples == 1);
    cr_assert_str_eq(root->train.optimizer->entry->name, "SGD");
    cr_assert(files->train.count == 1);
    cr_assert_str_eq(files->train.item[0], s2s_path_join(mini_arena, folder, "c.txt"));
    cr_assert_str_eq(files->vectors, s2s_path_join(mini_arena, folder, "base/v.txt"), "relative to the file it stands in");
    cr_assert(((mini_dense *)root->model.layers.item[0]->options)->units == 4);
    cr_assert(((mini_layer *)root->model.layers.item[0]->common)->repeat == 2);
    cr_assert(s2s_config_at(config, "train.batch_size")->origin == S2S_ORIGIN_BASE);
    cr_assert(s2s_config_at(config, "train.epochs")->origin == S2S_ORIGIN_GIVEN);
    cr_assert(s2s_config_at(config, "log.samples")->origin == S2S_ORIGIN_OVERRIDE);
    cr_assert(s2s_config_at(config, "model.layers.d.type")->origin == S2S_ORIGIN_BASE);
}

Test(config, mistakes_in_a_base_are_shown_there)
{
    write_file("base.yaml", MINI "train: {epochs: x}\n");
    cr_assert(strstr(first_error(write_file("x.yaml", "extends: base.yaml\n")), "base.yaml:3:17: error: train.epochs") != NULL);
    cr_assert(strstr(first_error(write_file("y.yaml", "extends: none.yaml\n")), "y.yaml:1:10: error: extends: cannot read '") != NULL);
    cr_assert(strstr(first_error(write_file("z.yaml", "extends: z.yaml\n")), "z.yaml:1:10: error: extends: the file extends itself") != NULL);
    cr_assert(strstr(first_error(write_file("w.yaml", "extends: [a]\n" MINI)), "w.yaml:1:10: error: extends: expected the path of a file, got a list") != NULL);
    cr_assert(strstr(first_error(write_file("v.yaml", MINI "overrides: 3\n")), "overrides: expected a map") != NULL);
    cr_assert(strstr(first_error(write_file("u.yaml", MINI "overrides: {trian.epochs: 3}\n")),
        "u.yaml:3:13: error: trian: unknown key; did you mean 'train'?") != NULL);
    cr_assert(strstr(first_error(write_file("t.yaml", MINI "overrides: {train.epochs: x}\n")), "t.yaml:3:27: error: train.epochs: expected") != NULL);
}

Test(config, files_that_cannot_be_read)
{
    char *large = calloc(1, (1 << 20) + 2);

    memset(large, 'a', (1 << 20) + 1);
    cr_assert(strstr(first_error(s2s_path_join(mini_arena, folder, "none.yaml")), "error: cannot read '") != NULL);
    cr_assert(strstr(first_error(folder), "Is a directory") != NULL);
    cr_assert(mini_errors.item[0].status == S2S_CONFIG);
    cr_assert(strstr(first_error(write_file("empty.yaml", "")), "empty.yaml:1:1: error: the file is empty") != NULL);
    cr_assert(strstr(first_error(write_file("large.yaml", large)), "too large") != NULL);
    free(large);
}

/* ---- resolved.yaml ---- */

static const char rich[] =
    "version: 1\nname: \"a${vars.rnn}-$${x}: 'q' # \\t\\u2028 12\"\n"
    "vars: {rnn: LSTM, units: 12, cell: {type: GRU, units: '${vars.units}'}, ud: data/en, 'odd: key': [no, {a: b}]}\n"
    "dataset: {type: files, train: ['${vars.ud}-train.txt', b.txt, /abs/x, '12', 'a, b'], "
    "vectors: '${vars.ud}', streams: {word: {from: '12'}, 'x y': }}\n"
    "model:\n  initial_weights: w.safetensors\n  layers:\n    - {name: encoder, type: '${vars.rnn}', units: '${vars.units}', activation: {type: ReLU}}\n"
    "    - RepeatVector\n    - ${vars.cell}\n"
    "    - {type: TimeDistributed, layer: {type: Dense, units: auto, activation: null, kernel_initializer: 0.25}}\n    - Flatten\n"
    "sweep: {parameters: ['${vars.odd: key}', -3, '', ~, [], {}]}\n"
    "train: {optimizer: adam, metrics: []}\n";

static bool same_pairs(const s2s_config *a, const s2s_config *b)
{
    s2s_pair *x, *y;
    size_t    m, n;

    cr_assert(s2s_config_flatten(a, mini_arena, &x, &m, NULL) == S2S_OK && s2s_config_flatten(b, mini_arena, &y, &n, NULL) == S2S_OK);
    for (size_t i = 0; i < m && i < n; i++)
        if (strcmp(x[i].key, y[i].key) != 0 || strcmp(x[i].value, y[i].value) != 0) {
            cr_log_error("%s = %s, %s = %s", x[i].key, x[i].value, y[i].key, y[i].value);
            return false;
        }
    return m == n;
}

Test(config, what_is_written_loads_again_to_the_same_values)
{
    static const char *const words[] = { "model.layers.encoder.units=99", "model.layers.2.units=98", NULL };
    s2s_config              *config = mini_parse(rich, words), *again;
    s2s_string               with = { 0 }, without = { 0 }, second = { 0 };

    mini_values(config);
    cr_assert(s2s_config_write(config, true, NULL, &with, NULL) == S2S_OK && s2s_config_write(config, false, NULL, &without, NULL) == S2S_OK);
    again = mini_parse(with.chars, NULL);
    cr_assert(again != NULL, "%s%s", with.chars, mini_report());
    cr_assert(same_pairs(config, again), "%s", with.chars);
    again = mini_parse(without.chars, NULL);
    cr_assert(again != NULL && same_pairs(config, again), "%s", without.chars);
    cr_assert(s2s_config_write(again, false, NULL, &second, NULL) == S2S_OK);
    cr_assert_str_eq(second.chars, without.chars);
    cr_assert(strstr(with.chars, "\n      units: 99  # command line\n") != NULL, "%s", with.chars);
    cr_assert(strstr(with.chars, "\n      n: auto  # default\n") != NULL);
    cr_assert(strstr(with.chars, "type: ${vars.rnn}  # given\n") != NULL);
    cr_assert(strstr(with.chars, "type: Constant  # default\n") != NULL && strstr(with.chars, "type: Adam  # given\n") != NULL);
    cr_assert(strstr(with.chars, "cell") == NULL, "a name that overrides have cut off is gone");
    cr_assert(strstr(without.chars, "  # ") == NULL);
    s2s_string_release(&with);
    s2s_string_release(&without);
    s2s_string_release(&second);
}

Test(config, written_elsewhere_the_paths_still_lead_to_the_same_files)
{
    s2s_config       *config = mini_parse(rich, NULL), *again = NULL;
    const mini_files *before = mini_values(config)->dataset->options, *after;
    s2s_string        text = { 0 };

    cr_assert(s2s_config_write(config, true, "runs/a", &text, NULL) == S2S_OK);
    cr_assert(strstr(text.chars, "${vars.ud}-train.txt") != NULL);
    cr_assert(s2s_config_parse(s2s_text_of(text.chars), "runs/a/resolved.yaml", NULL, 0, mini_fields, sizeof(mini_root), mini_arena,
        &again, &mini_errors) == S2S_OK,
              "%s", mini_report());
    after = mini_values(again)->dataset->options;
    for (size_t i = 0; i < before->train.count; i++)
        cr_assert_str_eq(s2s_path_absolute(mini_arena, before->train.item[i]), s2s_path_absolute(mini_arena, after->train.item[i]));
    cr_assert_str_eq(s2s_path_absolute(mini_arena, before->vectors), s2s_path_absolute(mini_arena, after->vectors));
    s2s_string_release(&text);
}

Test(config, looking_up_values_and_what_could_be_set)
{
    const s2s_config *config = mini_parse(rich, NULL);
    const s2s_field  *field = NULL;
    s2s_pair         *pairs;
    size_t            count, resumable = 0;

    mini_values(config);
    cr_assert_str_eq(s2s_config_at(config, "model.layers.encoder.units")->text.chars, "12");
    cr_assert_str_eq(s2s_config_at(config, "train.optimizer.beta_1")->text.chars, "0.9");
    cr_assert(s2s_config_at(config, "train.optimizer.nope") == NULL);
    cr_assert(s2s_config_knows(config, "model.layers.encoder.dropout", &field) && field->kind == S2S_KIND_REAL);
    cr_assert(s2s_config_knows(config, "model.layers.3.layer.units", NULL) && s2s_config_knows(config, "vars.rnn", NULL));
    cr_assert(s2s_config_knows(config, "train.optimizer.learning_rate.value", NULL) && s2s_config_knows(config, "dataset.streams.word.min_count", NULL));
    cr_assert(s2s_config_knows(config, "model.initial_weights.checkpoint", NULL) && s2s_config_knows(config, "dataset.type", NULL));
    cr_assert(s2s_config_knows(mini_parse(MINI, NULL), "model.initial_weights.checkpoint", NULL));
    cr_assert(!s2s_config_knows(config, "model.layers.9.units", NULL) && !s2s_config_knows(config, "train.optimizer.momentum", NULL));
    cr_assert(!s2s_config_knows(config, "vars.none", NULL) && !s2s_config_knows(config, "", NULL) && !s2s_config_knows(config, "train.epochs.x", NULL));
    cr_assert(s2s_config_flatten(config, mini_arena, &pairs, &count, NULL) == S2S_OK);
    cr_assert_str_eq(pairs[0].key, "version");
    for (size_t i = 0; i < count; i++)
        resumable += (pairs[i].flags & S2S_FLAG_RESUME) != 0;
    cr_assert(resumable == 2, "train.epochs and all of log");
}

/* ---- the reference ---- */

static const char *explained(const char *topic)
{
    s2s_string  text = { 0 };
    const char *copy;

    cr_assert(s2s_explain(mini_fields, topic, &text, NULL) == S2S_OK, "%s", topic);
    copy = s2s_arena_strdup(mini_arena, text.chars);
    s2s_string_release(&text);
    return copy;
}

Test(config, explain_finds_every_topic)
{
    s2s_string topics = { 0 };
    s2s_text   rest, topic;
    s2s_error  err;

    cr_assert(s2s_complete_topics(mini_fields, &topics, NULL) == S2S_OK);
    rest = s2s_text_of(topics.chars);
    while (s2s_text_next_line(&rest, &topic))
        explained(s2s_arena_strndup(mini_arena, topic.chars, topic.length));
    cr_assert(strstr(explained(NULL), "activations     ReLU  Tanh") != NULL);
    cr_assert(strstr(explained("LSTM"), "an integer from 1 to 65536 [units]; required") != NULL);
    cr_assert(strstr(explained("lstm"), "LSTM (layer): long short-term memory") != NULL);
    cr_assert(strstr(explained("Dense"), "  {type: Dense, units: 3}\n") != NULL);
    cr_assert(strstr(explained("layers"), "Keys that every layer takes") != NULL);
    cr_assert(strstr(explained("train.epochs"), "may change on resume") != NULL);
    cr_assert(strstr(explained("model.layers.encoder.units"), "[units]") != NULL && strstr(explained("LSTM.dropout"), "fraction") != NULL);
    cr_assert(s2s_explain(mini_fields, "nope", &topics, &err) == S2S_USAGE);
    s2s_string_release(&topics);
}

Test(config, reference_texts_hold_every_key)
{
    s2s_string markdown = { 0 }, schema = { 0 }, keys = { 0 };

    cr_assert(s2s_explain_markdown(mini_fields, &markdown, NULL) == S2S_OK && s2s_json_schema(mini_fields, &schema, NULL) == S2S_OK);
    cr_assert(s2s_complete_keys(mini_fields, &keys, NULL) == S2S_OK);
    cr_assert(strstr(markdown.chars, "| `train.batch_size` | an integer from 1 to 1000000 | 128 | examples | examples of a step |\n") != NULL);
    cr_assert(strstr(markdown.chars, "| `streams.NAME.min_count` |") != NULL);
    cr_assert(strstr(schema.chars, "\"layers.TimeDistributed\"") != NULL && strstr(schema.chars, "\"overrides\"") != NULL);
    cr_assert(strstr(keys.chars, "\ntrain.optimizer.learning_rate.decay_rate\n") != NULL);
    s2s_string_release(&markdown);
    s2s_string_release(&schema);
    s2s_string_release(&keys);
}
