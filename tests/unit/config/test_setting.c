#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "mini.h"

TestSuite(setting, .init = mini_begin, .fini = mini_end);

static const char network[] =
    "dataset: addition\nmodel:\n  layers:\n    - {type: LSTM, name: encoder, units: 3}\n    - Flatten\n"
    "    - {type: TimeDistributed, layer: {type: Dense, units: 4}}\n    - ${vars.cell}\nvars: {cell: {type: LSTM, units: 9}, opt: SGD}\n"
    "train: {optimizer: '${vars.opt}'}\n";

static const char *only_error(const char *word)
{
    const char *words[] = { word, NULL };

    cr_assert(mini_parse(network, words) == NULL, "%s", word);
    cr_assert(mini_errors.count == 1, "%s: %s", word, mini_report());
    return mini_report();
}

Test(setting, paths_lead_through_names_indices_wrappers_and_what_is_not_written)
{
    static const char *const words[] = {
        "model.layers.encoder.units=5", "model.layers.2.layer.units=6", "model.layers.3.units=7", "log.samples=8", "train.optimizer.clipnorm=2",
        "train.optimizer.learning_rate=1e-2", "dataset.digits=5", "model.initial_weights.from=w.bin", "model.layers.2.layer.kernel_initializer.value=3", NULL
    };
    const mini_root *root = mini_values(mini_parse(network, words));
    const mini_dense *dense = ((mini_wrapper *)root->model.layers.item[2]->options)->layer->options;
    const mini_rates *rates = root->train.optimizer->common;

    cr_assert(((mini_lstm *)root->model.layers.item[0]->options)->units == 5);
    cr_assert(dense->units == 6);
    cr_assert(((mini_constant *)dense->kernel_initializer->options)->value == 3, "the default's type is kept");
    cr_assert(((mini_lstm *)root->model.layers.item[3]->options)->units == 7, "a referenced map is opened");
    cr_assert(root->log.samples == 8);
    cr_assert_str_eq(root->train.optimizer->entry->name, "SGD");
    cr_assert(rates->clipnorm == 2 && ((mini_constant *)rates->learning_rate->options)->value == 1e-2);
    cr_assert(((mini_addition *)root->dataset->options)->digits == 5);
    cr_assert_str_eq(root->model.initial_weights->from, "w.bin", "relative to the working directory");
}

Test(setting, null_restores_the_default_and_whole_values_replace)
{
    static const char *const words[] = {
        "train.optimizer={type: Adam, beta_1: 0.5}", "train.optimizer.beta_1=", "model.layers.encoder.type=GRU", "train.metrics=[a, b]", "name=null", NULL
    };
    const mini_root *root = mini_values(mini_parse(network, words));

    cr_assert(((mini_adam *)root->train.optimizer->options)->beta_1 == 0.9);
    cr_assert_str_eq(root->model.layers.item[0]->entry->name, "GRU");
    cr_assert(((mini_lstm *)root->model.layers.item[0]->options)->units == 3, "keys beside a changed type stay");
    cr_assert(root->train.metrics.count == 2);
    cr_assert_str_eq(root->name, "unnamed");
}

Test(setting, a_value_that_nothing_names_any_more_is_no_mistake)
{
    static const char *const words[] = { "train.optimizer=Adam", NULL };

    mini_values(mini_parse(network, words));
}

Test(setting, names_of_the_file_can_be_set)
{
    static const char *const words[] = { "vars.opt=Adam", "vars.cell.units=77", NULL };
    const mini_root *root = mini_values(mini_parse(network, words));

    cr_assert_str_eq(root->train.optimizer->entry->name, "Adam");
    cr_assert(((mini_lstm *)root->model.layers.item[3]->options)->units == 77);
}

Test(setting, mistakes_say_command_line_and_show_the_word)
{
    cr_assert_str_eq(only_error("train.epochs=12x"),
                     "command line: error: train.epochs: expected an integer from 0 to 1000000000, got '12x'\n"
                     "  train.epochs=12x\n               ^~~\n1 error; nothing was run. `s2s explain train` lists every key.\n");
    cr_assert(strstr(only_error("train.epoch=1"), "command line: error: train.epoch: unknown key; did you mean 'epochs'?\n  train.epoch=1\n  ^~~~~") != NULL);
    cr_assert(strstr(only_error("trian.epochs=1"), "trian: unknown key; did you mean 'train'?") != NULL);
    cr_assert(strstr(only_error("model.layers.encodr.units=1"), "no element 'encodr' (there are 4, from 0); did you mean 'encoder'?") != NULL);
    cr_assert(strstr(only_error("model.layers.7.units=1"), "no element '7'") != NULL);
    cr_assert(strstr(only_error("train.epochs.x=1"), "the path leads through a value that has no keys") == NULL);
    cr_assert(strstr(only_error("vars.optt=1"), "vars.optt: nothing uses this name; did you mean 'opt'?") != NULL);
    cr_assert(strstr(only_error("name=[x"), "did not find expected") != NULL);
    cr_assert(strstr(only_error("=3"), "expected KEY=VALUE") != NULL);
    cr_assert(strstr(only_error("train..epochs=3"), "an empty name in the path") != NULL);
    cr_assert(strstr(only_error("vars.opt=Sgdd"), "command line: error: train.optimizer: unknown optimizer 'Sgdd'") != NULL);
    cr_assert(strstr(only_error("model.layers.encoder=null"), "model.layers.0: expected a layer") != NULL);
}

Test(setting, a_changed_type_makes_the_other_keys_mistakes)
{
    static const char *const words[] = { "dataset.type=files", "dataset.digits=3", NULL };

    cr_assert(mini_parse(network, words) == NULL);
    cr_assert(strstr(mini_report(), "dataset.digits: unknown key: files does not take it (addition: yes)") != NULL, "%s", mini_report());
    cr_assert(strstr(mini_report(), "dataset.train: missing") != NULL);
}

Test(setting, sweeps_come_last_and_say_so)
{
    const s2s_setting settings[] = {
        { "train.epochs", "7", S2S_ORIGIN_SWEEP, NULL },
        { "train.epochs", "5", S2S_ORIGIN_COMMAND_LINE, NULL },
        { "log.samples", "x", S2S_ORIGIN_SWEEP, NULL },
    };
    s2s_config       *config = NULL;

    cr_assert(s2s_config_parse(s2s_text_of(network), "x.yaml", settings, 2, mini_fields, sizeof(mini_root), mini_arena, &config, &mini_errors) == S2S_OK);
    cr_assert(mini_values(config)->train.epochs == 7);
    cr_assert(s2s_config_at(config, "train.epochs")->origin == S2S_ORIGIN_SWEEP);
    cr_assert(s2s_config_parse(s2s_text_of(network), "x.yaml", settings, 3, mini_fields, sizeof(mini_root), mini_arena, &config, &mini_errors) == S2S_CONFIG);
    cr_assert_str_eq(mini_errors.item[0].file, "sweep");
}

Test(setting, values_that_are_no_text_do_not_crash)
{
    static const char *const words[] = { "name=\xFF", "seed=\x01", "train.epochs=\t", "model=*x", "log=&x", "dataset=!!map", NULL };
    static const char        odd_key[] = "\xFF";
    const s2s_setting        setting = { odd_key, "1", S2S_ORIGIN_COMMAND_LINE, NULL };
    s2s_config              *config = NULL;

    cr_assert(mini_parse(network, words) == NULL);
    cr_assert(mini_errors.count >= 5, "%s", mini_report());
    cr_assert(s2s_config_parse(s2s_text_of(network), "x.yaml", &setting, 1, mini_fields, sizeof(mini_root), mini_arena, &config, &mini_errors) == S2S_CONFIG);
}
