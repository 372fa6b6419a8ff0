/*
 * test_resume.c -- training that is stopped between any two steps, saved, and taken up by a new trainer goes on to the same bits: for
 * every optimizer, with dropout, shuffle, buckets, a schedule, clipping and every callback.
 */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <stdio.h>
#include <string.h>

#include "fixture.h"

enum { EPOCHS = 5 };

static struct criterion_test_params every_optimizer(void)
{
    int *index = cr_malloc(s2s_optimizers.count * sizeof(int));

    for (size_t i = 0; i < s2s_optimizers.count; i++)
        index[i] = (int)i;
    return cr_make_param_array(int, index, s2s_optimizers.count, NULL);
}

static void make(const char *optimizer, fixture *f)
{
    char yaml[2048];
    s2s_error err;
    const fixture_setup setup = { .yaml = yaml, .input = FIXTURE_TOKENS, .examples = 50, .longest = 5, .width = 6, .ragged = true, .seed = 3 };

    snprintf(yaml, sizeof(yaml),
             "layers:\n- {type: LSTM, units: 5, dropout: 0.2, recurrent_dropout: 0.2}\n- {type: Dropout, rate: 0.1}\n- {type: Dense, units: 2}\n"
             "train:\n  epochs: %d\n  loss: mean_squared_error\n  batch_size: 8\n  shard_rows: 3\n  bucket: 2\n  metrics: [mae]\n  monitor: loss\n"
             "  optimizer: {type: %s, learning_rate: {type: ExponentialDecay, initial_learning_rate: 0.01, "
             "decay_steps: 3, decay_rate: 0.9}, global_clipnorm: 0.1}\n"
             "  callbacks: [{type: EarlyStopping, patience: 9}, {type: ReduceLROnPlateau, patience: 1, min_delta: 0.5}, {type: TerminateOnNaN}]\n",
             EPOCHS, optimizer);
    cr_assert(fixture_make(&setup, f, &err), "%s: %s", optimizer, err.message);
}

static s2s_trainer *trainer_of(fixture *f, int threads)
{
    const s2s_trainer_setup setup = fixture_trainer(f, threads);
    s2s_trainer *trainer;
    s2s_error err = {0};

    cr_assert(s2s_trainer_create(&setup, &trainer, &err) == S2S_OK, "%s", err.message);
    return trainer;
}

/* Says stop after so many steps. */
static bool count_down(void *self, const s2s_progress *progress)
{
    (void)progress;
    return --*(int *)self > 0;
}

static size_t size_of(const s2s_state_item *item)
{
    return (size_t)item->count * (item->type == S2S_STATE_REAL ? sizeof(real) : 8);
}

/* Everything that the state holds goes from one trainer to another, by way of copies. */
static void hand_over(fixture *f, s2s_trainer *from, s2s_trainer *to)
{
    s2s_state a, b;
    s2s_error err = {0};

    cr_assert(s2s_trainer_state(from, f->arena, &a, &err) == S2S_OK && s2s_trainer_state(to, f->arena, &b, &err) == S2S_OK);
    cr_assert(a.count == b.count);
    for (int i = 0; i < a.count; i++) {
        cr_assert(strcmp(a.item[i].name, b.item[i].name) == 0 && a.item[i].count == b.item[i].count);
        memcpy(b.item[i].data, a.item[i].data, size_of(&a.item[i]));
    }
    s2s_trainer_state_loaded(to);
}

static void finish(s2s_trainer *trainer)
{
    s2s_epoch_report report;
    s2s_error err = {0};

    while (!s2s_trainer_finished(trainer))
        cr_assert(s2s_trainer_epoch(trainer, NULL, NULL, &report, &err) == S2S_OK, "%s", err.message);
}

ParameterizedTestParameters(resume, goes_on_to_the_same_bits) { return every_optimizer(); }
ParameterizedTest(int *optimizer, resume, goes_on_to_the_same_bits)
{
    const char *name = s2s_optimizers.entries[*optimizer]->name;
    double value_whole, value_cut;
    int64_t epoch_whole, epoch_cut;
    s2s_trainer *whole;
    fixture f;

    make(name, &f);
    whole = trainer_of(&f, 1);
    finish(whole);
    for (int steps = 1; steps < 7 * EPOCHS; steps += 5) {
        s2s_trainer *first = trainer_of(&f, 2), *second = trainer_of(&f, 3);
        s2s_epoch_report report;
        s2s_error err = {0};
        int left = steps;

        while (left > 0 && s2s_trainer_epoch(first, count_down, &left, &report, &err) == S2S_OK)
            ;
        hand_over(&f, first, second);
        finish(second);
        cr_expect(memcmp(s2s_trainer_plan(whole)->weights, s2s_trainer_plan(second)->weights, (size_t)f.graph->weight_elements * sizeof(real)) == 0,
                  "%s: stopped after %d steps, the last weights differ", name, steps);
        cr_expect(memcmp(s2s_trainer_best(whole, &value_whole, &epoch_whole), s2s_trainer_best(second, &value_cut, &epoch_cut),
                         (size_t)f.graph->weight_elements * sizeof(real)) == 0, "%s: stopped after %d steps, the best weights differ", name, steps);
        cr_expect(value_whole == value_cut && epoch_whole == epoch_cut, "%s: stopped after %d steps, another best", name, steps);
    }
    fixture_free(&f);
}
