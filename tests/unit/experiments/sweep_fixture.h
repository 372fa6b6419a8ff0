/* sweep_fixture.h -- experiments with a `sweep` section, from text: a tiny addition model. */
#ifndef SWEEP_FIXTURE_H
#define SWEEP_FIXTURE_H

#include <criterion/criterion.h>
#include <string.h>

#include "experiments/experiment.h"

#define SWEEP_BASE \
    "vars: {rnn: LSTM, units: 4}\n" \
    "dataset: {type: addition, digits: 1, samples: 50}\n" \
    "model:\n" \
    "  layers:\n" \
    "    - {type: '${vars.rnn}', name: encoder, units: '${vars.units}'}\n" \
    "    - {type: RepeatVector, n: auto}\n" \
    "    - {type: '${vars.rnn}', name: decoder, units: '${vars.units}', return_sequences: true}\n" \
    "    - {type: TimeDistributed, layer: {type: Dense, units: auto, activation: softmax}}\n" \
    "train: {epochs: 9, batch_size: 10, metrics: [accuracy, exact_match], monitor: val_accuracy}\n"
enum { SWEEP_LINE = 10 };                  /* the line on which the section begins */

static s2s_arena *sweep_arena;
static s2s_error_list sweep_errors;

static inline void sweep_begin(void)
{
    sweep_arena = s2s_arena_create();
    sweep_errors = (s2s_error_list){ .arena = sweep_arena };
}

static inline void sweep_end(void) { s2s_arena_free(sweep_arena); }

/* NULL when something is wrong with it: sweep_errors says what. */
static inline s2s_experiment *sweep_parse(const char *section)
{
    const char     *text = s2s_arena_printf(sweep_arena, "%s%s", SWEEP_BASE, section);
    s2s_experiment *experiment = NULL;

    cr_assert(text != NULL);
    return s2s_experiment_parse(s2s_text_of(text), "test.yaml", NULL, 0, sweep_arena, &experiment, &sweep_errors) == S2S_OK ? experiment : NULL;
}

static inline const s2s_sweep_spec *sweep_spec_of(const char *section)
{
    const s2s_experiment *experiment = sweep_parse(section);

    cr_assert(experiment != NULL, "%s", sweep_errors.count > 0 ? sweep_errors.item[0].message : "no error was given");
    cr_assert(experiment->sweep != NULL);
    return experiment->sweep;
}

#endif
