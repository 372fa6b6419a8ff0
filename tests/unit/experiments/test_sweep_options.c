/* test_sweep_options.c -- the grammar of the `sweep` section: what it means, and every mistake with its place. */
#include "sweep_fixture.h"

#include <math.h>

TestSuite(sweep_options, .init = sweep_begin, .fini = sweep_end);

Test(sweep_options, no_section_is_no_sweep)
{
    const s2s_experiment *experiment = sweep_parse("");

    cr_assert(experiment != NULL && experiment->sweep == NULL);
}

Test(sweep_options, defaults)
{
    const s2s_sweep_spec *spec = sweep_spec_of("sweep: {parameters: {vars.units: {values: [3, 5]}}}\n");

    cr_expect(spec->grid && spec->repeats == 1 && spec->run_cap == 0 && spec->keep == 5 && spec->grace_period == 0);
    cr_expect(strcmp(spec->metric, "val_accuracy") == 0 && spec->larger_is_better, "train.monitor, and the way that is better");
    cr_expect(spec->parameter_count == 1 && spec->parameter[0].distribution == S2S_DRAW_CATEGORICAL && spec->parameter[0].count == 2);
    cr_expect(strcmp(spec->parameter[0].path, "vars.units") == 0 && strcmp(spec->parameter[0].label, "units") == 0);
}

Test(sweep_options, everything_said)
{
    const s2s_sweep_spec *spec = sweep_spec_of(
        "sweep:\n"
        "  method: random\n"
        "  metric: {name: val_loss, goal: minimize}\n"
        "  parameters:\n"
        "    vars.rnn: {values: [SimpleRNN, GRU], probabilities: [0.25, 0.75]}\n"
        "    vars.units: {min: 2, max: 6}\n"
        "    train.optimizer.learning_rate: {distribution: log_uniform_values, min: 1e-4, max: 1e-2}\n"
        "    model.layers.encoder.dropout: {min: 0.0, max: 0.5}\n"
        "    model.layers.decoder.dropout: {distribution: q_uniform, min: 0.0, max: 0.5, q: 0.1}\n"
        "    train.batch_size: {value: 5}\n"
        "  repeats: 3\n"
        "  run_cap: 7\n"
        "  early_terminate: {type: successive_halving, grace_period: 2, reduction_factor: 4}\n"
        "  keep: 2\n");
    static const s2s_distribution distributions[] = { S2S_DRAW_CATEGORICAL, S2S_DRAW_INT_UNIFORM, S2S_DRAW_LOG_UNIFORM_VALUES, S2S_DRAW_UNIFORM,
                                                      S2S_DRAW_Q_UNIFORM, S2S_DRAW_CONSTANT };
    static const char *const labels[] = { "rnn", "units", "learning_rate", "encoder.dropout", "decoder.dropout", "batch_size" };

    cr_expect(!spec->grid && !spec->larger_is_better && strcmp(spec->metric, "val_loss") == 0);
    cr_expect(spec->repeats == 3 && spec->run_cap == 7 && spec->keep == 2 && spec->grace_period == 2 && spec->reduction_factor == 4);
    cr_assert(spec->parameter_count == 6);
    for (size_t i = 0; i < 6; i++) {
        cr_expect(spec->parameter[i].distribution == distributions[i], "parameter %zu", i);
        cr_expect(strcmp(spec->parameter[i].label, labels[i]) == 0, "got '%s', expected '%s'", spec->parameter[i].label, labels[i]);
    }
    cr_expect(spec->parameter[0].probability[1] == 0.75 && spec->parameter[1].minimum == 2 && spec->parameter[1].maximum == 6);
    cr_expect(spec->parameter[4].q == 0.1);
}

/* One mistake of the section: its lines, and where and how it must be reported. */
typedef struct mistake { const char *section; int line, column; const char *message; } mistake;

static const mistake mistakes[] = {
    { "sweep: {}\n", 10, 8, "expected at least one path" },
    { "sweep: 3\n", 10, 8, "expected a map" },
    { "sweep: {parameters: {vars.hidden: {values: [1]}}}\n", 10, 22, "there is no such key" },
    { "sweep: {parameters: {seed: {values: [1]}}}\n", 10, 22, "cannot be swept" },
    { "sweep: {parameters: {sweep.keep: {values: [1]}}}\n", 10, 22, "cannot be swept" },
    { "sweep: {parameters: {vars.units: {values: []}}}\n", 10, 43, "at least one value" },
    { "sweep: {parameters: {vars.units: {values: 3}}}\n", 10, 43, "expected a list" },
    { "sweep: {parameters: {vars.units: {values: [3, 4, 3]}}}\n", 10, 50, "listed twice" },
    { "sweep: {parameters: {vars.units: {}}}\n", 10, 22, "expected `values`" },
    { "sweep: {parameters: {vars.units: {value: 2, values: [3]}}}\n", 10, 53, "constant does not use it" },
    { "sweep: {parameters: {vars.units: {min: 3}}}\n", 10, 22, "`max` is missing" },
    { "sweep: {parameters: {vars.units: {min: 9, max: 3}}}\n", 10, 48, "expected at least min, which is 9" },
    { "sweep: {parameters: {vars.units: {min: 0.5, max: 3}}}\n", 10, 22, "a grid needs `values`" },
    { "sweep: {method: random, parameters: {vars.units: {values: [3]}}}\n", 10, 17, "sweep.run_cap: missing" },
    { "sweep: {method: random, run_cap: 0, parameters: {vars.units: {values: [3]}}}\n", 10, 34, "integer from 1" },
    { "sweep: {method: bayes, parameters: {vars.units: {values: [3]}}}\n", 10, 17, "expected grid or random" },
    { "sweep: {method: random, run_cap: 3, parameters: {train.optimizer.learning_rate: {distribution: log_uniform_values, min: 0, max: 1}}}\n",
      10, 121, "its logarithm is taken" },
    { "sweep: {method: random, run_cap: 3, parameters: {vars.units: {distribution: normal, mu: 3}}}\n", 10, 50, "`sigma` is missing" },
    { "sweep: {method: random, run_cap: 3, parameters: {vars.units: {values: [3, 4], probabilities: [0.5]}}}\n", 10, 94, "one for each of the 2" },
    { "sweep: {method: random, run_cap: 3, parameters: {vars.units: {values: [3, 4], probabilities: [0.5, 0.6]}}}\n", 10, 94, "whose sum is 1" },
    { "sweep: {parameters: {vars.units: {values: [3, 4], probabilities: [0.5, 0.5]}}}\n", 10, 66, "every value once" },
    { "sweep: {metric: {name: val_f1}, parameters: {vars.units: {values: [3]}}}\n", 10, 24, "there is no figure 'val_f1'" },
    { "sweep: {metric: {name: val_mae}, parameters: {vars.units: {values: [3]}}}\n", 10, 24, "'mae' is not in train.metrics" },
    { "sweep: {metric: {goal: minimize}, parameters: {vars.units: {values: [3]}}}\n", 10, 24, "better when it is large" },
    { "sweep: {parameters: {vars.units: {vals: [3]}}}\n", 10, 35, "did you mean 'values'?" },
    { "sweep: {parameters: {vars.units: {values: [3]}}, keap: 2}\n", 10, 50, "did you mean 'keep'?" },
    { "sweep: {parameters: {vars.units: {values: [3]}}, early_terminate: {grace_period: 9}}\n", 10, 82, "nothing would be stopped" },
    { "sweep: {parameters: {vars.units: {values: [3]}}, early_terminate: {reduction_factor: 1}}\n", 10, 86, "integer from 2" },
};

Test(sweep_options, mistakes_have_places)
{
    for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) {
        const mistake *m = &mistakes[i];
        bool found = false;

        sweep_errors = (s2s_error_list){ .arena = sweep_arena };
        cr_expect(sweep_parse(m->section) == NULL, "accepted: %s", m->section);
        for (size_t k = 0; k < sweep_errors.count; k++)
            found = found || (sweep_errors.item[k].line == m->line && sweep_errors.item[k].column == m->column
                              && strstr(sweep_errors.item[k].message, m->message) != NULL);
        cr_expect(found, "%sexpected %d:%d '%s'; the first error is %d:%d '%s'", m->section, m->line, m->column, m->message,
                  sweep_errors.count ? sweep_errors.item[0].line : 0, sweep_errors.count ? sweep_errors.item[0].column : 0,
                  sweep_errors.count ? sweep_errors.item[0].message : "");
    }
}

Test(sweep_options, all_mistakes_come_at_once)
{
    cr_assert(sweep_parse("sweep:\n"
                          "  metric: {name: val_f1}\n"
                          "  parameters:\n"
                          "    vars.hidden: {values: [1]}\n"
                          "    vars.rnn: {values: []}\n"
                          "    vars.units: {min: 9, max: 3}\n"
                          "    train.optimizer.learning_rate: {distribution: log_uniform_values, min: 0, max: 1}\n"
                          "  run_cap: 0\n") == NULL);
    cr_assert(sweep_errors.count == 7, "got %zu", sweep_errors.count);
    for (size_t i = 0; i + 1 < sweep_errors.count; i++)
        cr_expect(sweep_errors.item[i].line <= sweep_errors.item[i + 1].line, "in the order of the file");
}
