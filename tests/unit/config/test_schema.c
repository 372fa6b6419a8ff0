#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "mini.h"

TestSuite(schema, .init = mini_begin, .fini = mini_end);

Test(schema, defaults_fill_the_struct)
{
    const mini_root *root = mini_values(mini_parse(MINI, NULL));
    const mini_dense *dense = root->model.layers.item[0]->options;
    const mini_rates *rates = root->train.optimizer->common;

    cr_assert(root->seed == 1 && root->train.epochs == 40 && root->train.precision == 0 && root->log.samples == 10);
    cr_assert_str_eq(root->name, "unnamed");
    cr_assert(root->sweep == NULL && root->model.initial_weights == NULL);
    cr_assert_str_eq(root->dataset->entry->name, "addition");
    cr_assert(((mini_addition *)root->dataset->options)->reverse_input);
    cr_assert(dense->units == 3 && dense->activation == NULL);
    cr_assert(((mini_constant *)dense->kernel_initializer->options)->value == 0.5);
    cr_assert(dense->kernel_initializer->node == NULL, "a default has no node");
    cr_assert(isnan(rates->clipnorm) && ((mini_constant *)rates->learning_rate->options)->value == 0.001);
    cr_assert(root->train.metrics.count == 1 && strcmp(root->train.metrics.item[0], "accuracy") == 0 && root->train.rungs.count == 0);
}

Test(schema, everything_that_can_be_given)
{
    const mini_root *root = mini_values(mini_parse(
        "name: 'x y'\nseed: 0x10\n"
        "dataset: {type: files, train: one.txt, vectors: /abs.txt, streams: {word: {min_count: 2}, chars: }}\n"
        "model:\n  initial_weights: w.bin\n  layers:\n    - Flatten\n"
        "    - {type: LSTM, units: 5, dropout: 1e-1, return_sequences: true, activation: {type: ReLU}, "
        "name: enc, inputs: [a, b], repeat: 0, trainable: false}\n"
        "    - {type: TimeDistributed, layer: {type: Dense, units: auto, kernel_initializer: -2}}\n"
        "    - {type: Sequential, layers: [{type: RepeatVector, n: 4}]}\n"
        "train: {precision: medium, rungs: [1, 3], optimizer: {type: SGD, learning_rate: {type: ExponentialDecay, decay_rate: .5}, clipnorm: null}}\n", NULL));
    const mini_files *files = root->dataset->options;
    const mini_lstm  *lstm = root->model.layers.item[1]->options;
    const mini_layer *common = root->model.layers.item[1]->common;
    const s2s_object *inner = ((mini_wrapper *)root->model.layers.item[2]->options)->layer;
    const mini_stack *stack = root->model.layers.item[3]->options;
    const mini_rates *rates = root->train.optimizer->common;
    const mini_decay *decay = rates->learning_rate->options;

    cr_assert(root->seed == 16 && root->train.precision == 2);
    cr_assert_str_eq(root->name, "x y");
    cr_assert(files->train.count == 1);
    cr_assert_str_eq(files->train.item[0], "dir/one.txt");
    cr_assert_str_eq(files->vectors, "/abs.txt");
    cr_assert(files->streams.count == 2 && strcmp(files->streams.key[1], "chars") == 0);
    cr_assert(((mini_stream *)files->streams.item[0])->min_count == 2 && ((mini_stream *)files->streams.item[1])->min_count == 1);
    cr_assert_str_eq(root->model.initial_weights->from, "dir/w.bin");
    cr_assert(root->model.initial_weights->checkpoint == 0);
    cr_assert(lstm->units == 5 && lstm->dropout == 0.1 && lstm->return_sequences);
    cr_assert_str_eq(lstm->activation->entry->name, "ReLU");
    cr_assert(common->inputs.count == 2 && common->repeat == 0 && !common->trainable && strcmp(common->name, "enc") == 0);
    cr_assert_str_eq(root->model.layers.item[1]->path, "model.layers.1");
    cr_assert(root->model.layers.item[1]->at.line == 8 && root->model.layers.item[1]->at.column == 14);
    cr_assert(((mini_dense *)inner->options)->units == 0, "auto is 0");
    cr_assert_str_eq(inner->path, "model.layers.2.layer");
    cr_assert(((mini_constant *)((mini_dense *)inner->options)->kernel_initializer->options)->value == -2);
    cr_assert(((mini_repeat *)stack->layers.item[0]->options)->n == 4);
    cr_assert(root->train.rungs.count == 2 && root->train.rungs.item[1] == 3);
    cr_assert(decay->decay_rate == 0.5 && decay->steps.count == 2 && decay->steps.item[1] == 2.5);
}

/* Each file has one mistake: what is said, and where. */
static const struct mistake { const char *text; int line, column; const char *message; } mistakes[] = {
    { "model: {layers: []}\n", 1, 1, "dataset: missing; expected a data set" },
    { "dataset: addition\n", 1, 1, "model.layers: missing; expected a list of layers" },
    { MINI "trian: {}\n", 3, 1, "trian: unknown key; did you mean 'train'?" },
    { MINI "zzz: 1\n", 3, 1, "zzz: unknown key" },
    { MINI "train: {lr: 1}\n", 3, 9, "train.lr: unknown key; did you mean 'optimizer.learning_rate'?" },
    { MINI "train: {num_epochs: 1}\n", 3, 9, "train.num_epochs: unknown key; did you mean 'epochs'?" },
    { MINI "train: {clip_grad_norm: 1}\n", 3, 9, "train.clip_grad_norm: unknown key; did you mean 'optimizer.global_clipnorm'?" },
    { MINI "epochs: 3\n", 3, 1, "epochs: unknown key; did you mean 'train.epochs'?" },
    { MINI "train: {samples: 3}\n", 3, 9, "train.samples: unknown key; did you mean 'log.samples'?" },
    { MINI "train: {epochs: 12x}\n", 3, 17, "train.epochs: expected an integer from 0 to 1000000000, got '12x'" },
    { MINI "train: {epochs: -1}\n", 3, 17, "train.epochs: expected an integer from 0 to 1000000000, got '-1'" },
    { MINI "train: {epochs: 1e2}\n", 3, 17,
      "train.epochs: expected an integer from 0 to 1000000000, got '1e2'; an integer is written without point and exponent" },
    { MINI "train: {epochs: }\n", 3, 17, "train.epochs: expected an integer from 0 to 1000000000, got nothing" },
    { MINI "train: {epochs: [1]}\n", 3, 17, "train.epochs: expected an integer from 0 to 1000000000, got a list" },
    { MINI "train: {epochs: '3'}\n", 3, 17, "train.epochs: expected an integer from 0 to 1000000000, got '3'; without quotes it is a number" },
    { MINI "train: {epochs: auto}\n", 3, 17, "train.epochs: expected an integer from 0 to 1000000000, got 'auto'; `auto` has no meaning here" },
    { MINI "train: 3\n", 3, 8, "train: expected a map of keys, got '3'" },
    { MINI "train: {precision: hihg}\n", 3, 20, "train.precision: expected highest, high or medium, got 'hihg'; did you mean 'high'?" },
    { MINI "train: {metrics: accuracy}\n", 3, 18, "train.metrics: expected a list of texts, got 'accuracy'; [ ] make a list" },
    { MINI "train: {metrics: [1]}\n", 3, 19, "train.metrics.0: expected a text, got '1'; quotes make it a text" },
    { MINI "train: {rungs: [1, x]}\n", 3, 20, "train.rungs.1: expected an integer from 1 to 100, got 'x'" },
    { MINI "train: {optimizer: adma}\n", 3, 20, "train.optimizer: unknown optimizer 'adma'; did you mean 'Adam'?" },
    { MINI "train: {optimizer: 3}\n", 3, 20, "train.optimizer: expected an optimizer (its name, or a map with `type`), got '3'" },
    { MINI "train: {optimizer: [Adam]}\n", 3, 20, "train.optimizer: expected an optimizer (its name, or a map with `type`), got a list" },
    { MINI "train: {optimizer: {learning_rate: 1}}\n", 3, 20, "train.optimizer: `type` is missing; `s2s explain optimizers` lists what it may be" },
    { MINI "train: {optimizer: {type: [x]}}\n", 3, 27, "train.optimizer.type: expected the name of an optimizer, got a list" },
    { MINI "train: {optimizer: {type: Adam, learning_rate: {type: ExponentialDecay}}}\n", 3, 48,
      "train.optimizer.learning_rate.decay_rate: missing; expected a number from 0 to 1" },
    { MINI "version: 2\n", 3, 10, "version: expected an integer equal to 1, got '2'" },
    { MINI "name: 12\n", 3, 7, "name: expected a text, got '12'; quotes make it a text" },
    { MINI "vars: 3\n", 3, 7, "vars: expected a map of names and values, got '3'" },
    { MINI "sweep: 3\n", 3, 8, "sweep: expected a map, got '3'" },
    { "dataset: {type: addition, reverse_input: yes}\nmodel: {layers: []}\n", 1, 42, "dataset.reverse_input: expected true or false, got 'yes'" },
    { "dataset: {type: addition, validation_split: 1}\nmodel: {layers: []}\n", 1, 45, "dataset.validation_split: expected a number from 0 to 0.99, got '1'" },
    { "dataset: {type: addition, validation_split: .nan}\nmodel: {layers: []}\n", 1, 45,
        "dataset.validation_split: expected a number from 0 to 0.99, got '.nan'" },
    { "dataset: {type: files, train: ''}\nmodel: {layers: []}\n", 1, 31, "dataset.train: expected a path, got ''" },
    { "dataset: {type: files, train: {}}\nmodel: {layers: []}\n", 1, 31, "dataset.train: expected a path or a list of paths, got a map" },
    { "dataset: {type: files, train: x, streams: [a]}\nmodel: {layers: []}\n", 1, 43, "dataset.streams: expected a map of names, got a list" },
    { "dataset: addition\nmodel: {layers: {type: Dense}}\n", 2, 17, "model.layers: expected a list of layers, got a map" },
    { "dataset: addition\nmodel: {layers: [{type: Dense}]}\n", 2, 18, "model.layers.0.units: missing; expected an integer from 1 to 65536, or auto" },
    { "dataset: addition\nmodel: {layers: [{type: Dense, rnn_size: 3, units: 3}]}\n", 2, 32, "model.layers.0.rnn_size: unknown key; did you mean 'units'?" },
    { "dataset: addition\nmodel: {layers: [{type: Dense, hidden_size: 3}]}\n", 2, 32, "model.layers.0.hidden_size: unknown key; did you mean 'units'?" },
    { MINI "train: {optimizer: {type: adam}}\n", 3, 27, "train.optimizer.type: unknown optimizer 'adam'; did you mean 'Adam'?" },
    { "dataset: addition\nmodel: {layers: [{rnn_type: LSTM, units: 3}]}\n", 2, 19, "model.layers.0.rnn_type: unknown key; did you mean 'type'?" },
    { "dataset: addition\nmodel: {layers: [{type: Dense, units: 3, dropout: 0.1}]}\n", 2, 42,
        "model.layers.0.dropout: unknown key: Dense does not take it (GRU, LSTM: yes)" },
    { "dataset: addition\nmodel: {layers: [{type: lstm, units: 3}]}\n", 2, 25, "model.layers.0.type: unknown layer 'lstm'; did you mean 'LSTM'?" },
    { "dataset: addition\nmodel: {layers: [{type: Transformer}]}\n", 2, 25,
        "model.layers.0.type: unknown layer 'Transformer'; `s2s explain layers` lists them" },
    { "dataset: addition\nmodel: {layers: [{type: TimeDistributed, layer: {type: Dense, units: 0}}]}\n", 2, 70,
      "model.layers.0.layer.units: expected an integer from 1 to 65536, or auto, got '0'" },
    { "dataset: addition\nmodel: {layers: [{type: TimeDistributed, units: 1, layer: Flatten}]}\n", 2, 42,
      "model.layers.0.units: unknown key: TimeDistributed does not take it (Dense, GRU, LSTM: yes)" },
    { "- a\n", 1, 1, "expected a map of keys, got a list" },
};

Test(schema, every_mistake_has_its_sentence_and_place)
{
    for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) {
        const struct mistake *m = &mistakes[i];
        cr_assert(mini_parse(m->text, NULL) == NULL, "%s", m->text);
        cr_expect(mini_errors.count == 1, "%s%s", m->text, mini_report());
        cr_expect_str_eq(mini_errors.item[0].message, m->message);
        cr_expect(mini_errors.item[0].line == m->line && mini_errors.item[0].column == m->column, "%s\n%s", m->message, mini_report());
        cr_expect_str_eq(mini_errors.item[0].file, "dir/x.yaml");
    }
}

Test(schema, all_mistakes_come_at_once_in_order_with_caret)
{
    mini_parse("dataset: {type: addition, digits: 99}\nmodel:\n  layers:\n    - type: LSTM\n      units: 12x\n      return_sequence: true\n", NULL);
    cr_assert_str_eq(mini_report(),
                     "dir/x.yaml:1:35: error: dataset.digits: expected an integer from 1 to 18, got '99'\n"
                     "    1 | dataset: {type: addition, digits: 99}\n"
                     "      |                                   ^~\n"
                     "dir/x.yaml:5:14: error: model.layers.0.units: expected an integer from 1 to 65536, got '12x'\n"
                     "    5 |       units: 12x\n"
                     "      |              ^~~\n"
                     "dir/x.yaml:6:7: error: model.layers.0.return_sequence: unknown key; did you mean 'return_sequences'?\n"
                     "    6 |       return_sequence: true\n"
                     "      |       ^~~~~~~~~~~~~~~\n"
                     "3 errors; nothing was run. `s2s explain addition` lists every key.\n");
}

Test(schema, objects_alone)
{
    s2s_object *object = NULL;

    cr_assert(s2s_object_parse(s2s_text_of("{type: LSTM, units: 3}"), "example", &mini_layers, mini_arena, &object, &mini_errors) == S2S_OK);
    cr_assert(((mini_lstm *)object->options)->units == 3);
    cr_assert_str_eq(object->path, "");
    cr_assert(s2s_object_parse(s2s_text_of("Flatten"), "example", &mini_layers, mini_arena, &object, &mini_errors) == S2S_OK);
    cr_assert(s2s_object_parse(s2s_text_of("{type: LSTM, unit: 3}"), "example", &mini_layers, mini_arena, &object, &mini_errors) == S2S_CONFIG);
    cr_assert(mini_errors.count == 1 && strcmp(mini_errors.item[0].message, "unit: unknown key; did you mean 'units'?") == 0, "one mistake, one error");
}

Test(schema, more_errors_than_anyone_reads)
{
    s2s_string text = { 0 };

    s2s_string_add(&text, MINI);
    for (int i = 0; i < 80; i++)
        s2s_string_printf(&text, "zz%d: 1\n", i);
    mini_parse(text.chars, NULL);
    cr_assert(mini_errors.count == 50 && mini_errors.more == 30);
    cr_assert(mini_errors.item[0].line == 3 && mini_errors.item[49].line == 52);
    cr_assert(strstr(mini_report(), "... and 30 more\n80 errors; nothing was run.") != NULL);
    s2s_string_release(&text);
}

Test(schema, long_lines_and_wide_characters_keep_the_caret_right)
{
    s2s_string text = { 0 };

    s2s_string_add(&text, "dataset: addition\nmodel: {layers: []}\nvars: {\xE6\xBC\xA2: '${zz}'}\ntrain: {metrics: [");
    for (int i = 0; i < 100; i++)
        s2s_string_printf(&text, "m%d, ", i);
    s2s_string_add(&text, "3, x]}\n");
    mini_parse(text.chars, NULL);
    cr_assert_str_eq(mini_errors.item[0].context, "    3 | vars: {\xE6\xBC\xA2: '${zz}'}\n      |        ^~");
    const char *caret = strchr(mini_errors.item[2].context, '^'), *line = strchr(mini_errors.item[2].context, '\n');
    cr_assert(mini_errors.item[2].context[caret - line - 1] == '3');
    cr_assert(strstr(mini_errors.item[2].context, "    4 | ...") != NULL);
    s2s_string_release(&text);
}

Test(schema, a_file_takes_about_a_millisecond)
{
    static const char text[] =
        "dataset: {type: addition, digits: 3}\nvars: {rnn: LSTM, units: 128}\nmodel:\n  layers:\n"
        "    - {name: encoder, type: '${vars.rnn}', units: '${vars.units}'}\n"
        "    - {type: RepeatVector, n: auto}\n    - {type: '${vars.rnn}', units: '${vars.units}', return_sequences: true}\n"
        "    - {type: TimeDistributed, layer: {type: Dense, units: auto, activation: relu}}\n"
        "train: {epochs: 3, optimizer: {type: Adam, learning_rate: 0.001}}\n";
    const int    rounds = 50;
    const double start = s2s_clock_seconds();

    for (int i = 0; i < rounds; i++) {
        cr_assert(mini_parse(text, NULL) != NULL);
        s2s_arena_reset(mini_arena);
    }
    cr_assert((s2s_clock_seconds() - start) / rounds < 5e-3, "%g s", (s2s_clock_seconds() - start) / rounds);
}

/* Whatever allocation fails, the answer is S2S_MEMORY. */
Test(schema, no_allocation_may_fail_unnoticed)
{
    static const char text[] =
        "dataset: {type: files, train: [a, '${vars.b}-x'], streams: {w: {min_count: 2}}}\nvars: {b: q, cell: {type: LSTM, units: 3}}\n"
        "model: {initial_weights: w, layers: [Flatten, '${vars.cell}', {type: TimeDistributed, layer: {type: Dense, units: 2}}]}\n"
        "overrides: {model.layers.2.layer.units: 7}\ntrain: {optimizer: {type: Adam, learning_rate: 0.1}}\n";
    const s2s_setting setting = { .key = "train.optimizer.beta_1", .value = "0.5", .origin = S2S_ORIGIN_COMMAND_LINE };
    bool              done = false;

    for (int64_t n = 1; !done; n++) {
        s2s_arena     *arena = s2s_arena_create();
        s2s_error_list errors = { .arena = arena };
        s2s_config    *config = NULL;
        s2s_string     out = { 0 };
        s2s_memory_fail_after(n);
        s2s_status status = s2s_config_parse(s2s_text_of(text), "x.yaml", &setting, 1, mini_fields, sizeof(mini_root), arena, &config, &errors);
        if (status == S2S_OK)
            status = s2s_config_write(config, true, "runs", &out, NULL);
        if (status == S2S_OK)
            status = s2s_explain(mini_fields, NULL, &out, NULL);
        if (status == S2S_OK)
            status = s2s_json_schema(mini_fields, &out, NULL);
        done = status == S2S_OK;
        s2s_memory_fail_after(-1);
        cr_assert(done || status == S2S_MEMORY, "allocation %d: status %d, %s", (int)n, (int)status, errors.count > 0 ? errors.item[0].message : "");
        s2s_string_release(&out);
        s2s_arena_free(arena);
        cr_assert(n < 100000);
    }
}
