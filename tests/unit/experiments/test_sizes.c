/* test_sizes.c -- units: auto gives the three cells equally large models. */
#include "sweep_fixture.h"

#include <stdlib.h>

TestSuite(sizes, .init = sweep_begin, .fini = sweep_end);

static s2s_experiment *load(const char *layers, int64_t parameters)
{
    const char     *text = s2s_arena_printf(sweep_arena, "dataset: {type: addition, digits: 2, samples: 50}\ntrain: {batch_size: 10}\n"
                                                         "model:\n  parameters: %lld\n  layers: %s\n", (long long)parameters, layers);
    s2s_experiment *experiment = NULL;

    sweep_errors = (s2s_error_list){ .arena = sweep_arena };
    return s2s_experiment_parse(s2s_text_of(text), "test.yaml", NULL, 0, sweep_arena, &experiment, &sweep_errors) == S2S_OK ? experiment : NULL;
}

static const char *two_layers(const char *cell)
{
    return s2s_arena_printf(sweep_arena, "[{type: %s, units: auto}, {type: RepeatVector, n: auto}, {type: %s, units: auto, return_sequences: true}, "
                                         "{type: TimeDistributed, layer: {type: Dense, units: auto, activation: softmax}}]", cell, cell);
}

Test(sizes, equal_parameters_to_one_percent)
{
    static const char *const cells[] = { "SimpleRNN", "GRU", "LSTM" };
    static const int64_t wanted[] = { 2000, 5000, 20000, 200000, 1000000 };

    for (size_t c = 0; c < 3; c++)
        for (size_t w = 0; w < 5; w++) {
            const s2s_experiment *experiment = load(two_layers(cells[c]), wanted[w]);

            cr_assert(experiment != NULL, "%s %lld: %s", cells[c], (long long)wanted[w], sweep_errors.item[0].message);
            cr_expect(llabs(experiment->graph->parameters - wanted[w]) * 100 <= wanted[w], "%s: wanted %lld, got %lld", cells[c],
                      (long long)wanted[w], (long long)experiment->graph->parameters);
        }
}

Test(sizes, large_models_have_one_size)
{
    const s2s_experiment *experiment = load(two_layers("LSTM"), 200000);

    cr_assert(experiment != NULL && experiment->open_sizes.count == 2);
    cr_expect(*experiment->open_sizes.item[0].units == *experiment->open_sizes.item[1].units);
}

Test(sizes, wrapped_layers_and_sizes_that_are_given_count_too)
{
    const s2s_experiment *experiment = load("[{type: Bidirectional, layer: {type: LSTM, units: auto}}, {type: RepeatVector, n: auto}, "
                                            "{type: GRU, units: 20, return_sequences: true}, "
                                            "{type: TimeDistributed, layer: {type: Dense, units: auto, activation: softmax}}]", 30000);

    cr_assert(experiment != NULL, "%s", sweep_errors.item[0].message);
    cr_expect(experiment->open_sizes.count == 1 && llabs(experiment->graph->parameters - 30000) <= 300);
}

Test(sizes, what_cannot_be_done_is_said)
{
    cr_expect(load(two_layers("LSTM"), 100) == NULL);
    cr_expect(sweep_errors.item[0].line == 4 && strstr(sweep_errors.item[0].message, "no size comes within 1 %") != NULL, "%s", sweep_errors.item[0].message);
    cr_expect(load("[{type: LSTM, units: 4}, {type: RepeatVector, n: auto}, {type: LSTM, units: 4, return_sequences: true}, "
                   "{type: TimeDistributed, layer: {type: Dense, units: auto, activation: softmax}}]", 1000) == NULL);
    cr_expect(strstr(sweep_errors.item[0].message, "no recurrent layer has `units: auto`") != NULL, "%s", sweep_errors.item[0].message);
}
