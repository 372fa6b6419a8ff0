/* test_advice.c -- every rule holds where it should and is silent where it should not; never more than three lines. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "experiments/advice.h"

static s2s_arena *arena;
static void begin(void) { arena = s2s_arena_create(); }
static void end(void) { s2s_arena_free(arena); }

TestSuite(advice, .init = begin, .fini = end);

#define HEADER "epoch,learning_rate,loss,accuracy,val_loss,val_accuracy\n"

/* What is said of a history, in the arena. */
static const char *after(const char *rows, s2s_advice_facts facts)
{
    s2s_history history;
    s2s_string  text = { 0 };
    const char *copy;

    cr_assert(s2s_history_parse(s2s_text_of(s2s_arena_printf(arena, HEADER "%s", rows)), arena, &history, NULL) == S2S_OK);
    facts.history = &history;
    facts.monitor = "val_accuracy";
    facts.folder = "runs/x-0001";
    s2s_advice_after(&facts, &text);
    copy = s2s_arena_strdup(arena, s2s_string_chars(&text));
    s2s_string_release(&text);
    return copy;
}

static void expect(const char *said, const char *start, const char *figure)
{
    cr_assert(strncmp(said, start, strlen(start)) == 0, "got '%s'", said);
    cr_assert(strstr(said, figure) != NULL, "no '%s' in '%s'", figure, said);
}

Test(advice, too_little_is_not_judged)
{
    cr_assert(strcmp(after("1,0.1,2,0.1,2,0.1\n", (s2s_advice_facts){ .epochs = 1 }), "") == 0);
    cr_assert(strcmp(after("", (s2s_advice_facts){ .epochs = 0 }), "") == 0);
}

Test(advice, diverged)
{
    expect(after("", (s2s_advice_facts){ .diverged = true }), "diverged in the first epoch", "global_clipnorm");
    expect(after("1,0.5,2,0.1,2,0.1\n", (s2s_advice_facts){ .diverged = true }), "diverged in epoch 2", "now 0.5000");
}

Test(advice, overfitting)
{
    expect(after("1,.1,2,.5,2,.5\n2,.1,1,.9,1,.9\n3,.1,.5,.95,1.2,.9\n4,.1,.1,1,1.5,.9\n5,.1,.1,1,1.5,.9\n", (s2s_advice_facts){ .epochs = 5 }),
           "overfitting since epoch 2", "from 1.0000 to 1.5000 while loss fell from 1.0000 to 0.1000");
}

Test(advice, still_improving)
{
    const char *rows = "1,.1,2,.1,2,.1\n2,.1,1,.2,1,.2\n3,.1,.9,.3,.9,.3\n4,.1,.8,.4,.8,.4\n5,.1,.7,.5,.7,.5\n";

    expect(after(rows, (s2s_advice_facts){ .all_epochs = true, .epochs = 5 }), "still improving: val_accuracy went from 0.4000 to 0.5000",
           "s2s resume runs/x-0001 train.epochs=10");
    expect(after(rows, (s2s_advice_facts){ .all_epochs = false, .epochs = 5 }), "underfitting", "accuracy reaches 0.5000");
}

Test(advice, unsteady)
{
    expect(after("1,.1,2,.95,2,.95\n2,.1,.1,.95,.1,.95\n3,.1,.1,.95,.1,.95\n4,.1,.1,.95,.1,.95\n5,.2,1,.95,.105,.95\n", (s2s_advice_facts){ .epochs = 5 }),
           "unsteady: loss was 0.1000 in epoch 2 and is 1.0000 now", "now 0.2000");
}

Test(advice, all_answers_alike_and_guessing)
{
    const char *said = after("1,.1,2.1,.1,2.1,.1\n2,.1,2.1,.1,2.1,.1\n3,.1,2.1,.1,2.1,.1\n4,.1,2.1,.1,2.1,.1\n",
                             (s2s_advice_facts){ .epochs = 4, .symbols = 8, .same_answer = "11", .answers = 200, .wanted = 150 });

    expect(said, "all of 200 validation examples get the same answer '11'", "ln 8 = 2.0794");
    cr_assert(strstr(said, "underfitting") == NULL);
}

Test(advice, at_rest)
{
    expect(after("1,.1,2,.5,2,.5\n2,.1,.1,.97,.1,.96\n3,.1,.1,.97,.1,.95\n4,.1,.1,.97,.1,.95\n", (s2s_advice_facts){ .epochs = 4, .all_epochs = true }),
           "levelled off: val_accuracy is best in epoch 2, 0.9600", "beside 0.9700 in training");
}

Test(advice, a_perfect_figure_has_nothing_left_to_gain)
{
    const char *rested = "1,.1,2,.5,2,.5\n2,.1,.1,.8,.1,1\n3,.1,.1,.9,.1,1\n4,.1,.05,1,.05,1\n";
    const char *turned = "1,.1,2,.5,2,.5\n2,.1,1,.8,.1,1\n3,.1,.5,.9,.2,1\n4,.1,.1,1,.3,1\n";
    const char *dropped = "1,.1,2,.5,2,.5\n2,.1,.1,.8,.1,1\n3,.1,.1,.8,.1,1\n4,.1,.1,.8,.1,1\n";
    const s2s_advice_facts facts = { .epochs = 4, .all_epochs = true };

    cr_assert(strcmp(after(rested, facts), "") == 0, "got '%s'", after(rested, facts));
    cr_assert(strcmp(after(turned, facts), "") == 0, "got '%s'", after(turned, facts));
    cr_assert(strcmp(after(dropped, facts), "") == 0, "got '%s'", after(dropped, facts));
}

Test(advice, a_figure_that_never_was_a_number_is_not_judged)
{
    const char *rows = "1,.1,2,.95,2,\n2,.1,.1,.95,.1,\n3,.1,.1,.95,.1,\n4,.1,.1,.95,.1,\n";

    cr_assert(strcmp(after(rows, (s2s_advice_facts){ .epochs = 4, .all_epochs = true }), "") == 0);
}

/* Whatever the curve, there are at most three lines, each with a digit in it. */
Test(advice, never_more_than_three_lines)
{
    for (uint64_t seed = 0; seed < 2000; seed++) {
        const s2s_stream stream = s2s_stream_make(seed, S2S_RANDOM_TEST, 0, 0, 0);
        s2s_string  rows = { 0 };
        s2s_text    rest, line;
        const char *said;
        int         lines = 0;

        for (int e = 0; e < 8; e++)
            s2s_string_printf(&rows, "%d,0.1,%g,%g,%g,%g\n", e + 1,
                              3 * s2s_random_uniform(&stream, 4 * (uint64_t)e), s2s_random_uniform(&stream, 4 * (uint64_t)e + 1),
                              3 * s2s_random_uniform(&stream, 4 * (uint64_t)e + 2), s2s_random_uniform(&stream, 4 * (uint64_t)e + 3));
        said = after(s2s_string_chars(&rows), (s2s_advice_facts){ .epochs = 8, .all_epochs = seed % 2, .symbols = 12,
                                                                   .same_answer = seed % 3 ? NULL : "a", .answers = 200, .wanted = 9 });
        s2s_string_release(&rows);
        rest = s2s_text_of(said);
        while (s2s_text_next_line(&rest, &line)) {
            cr_assert(strpbrk(line.chars, "0123456789") != NULL, "no figure in '%.*s'", S2S_TEXT_ARGS(line));
            lines++;
        }
        cr_assert(lines >= 1 && lines <= S2S_ADVICE_LINES, "%d lines: %s", lines, said);
    }
}

/* --- before -------------------------------------------------------------------------------------------------------------- */

static const char *before(const char *config, bool open)
{
    s2s_error_list  errors = { .arena = arena };
    s2s_experiment *e;
    s2s_string      text = { 0 };
    const char     *copy;

    cr_assert(s2s_experiment_parse(s2s_text_of(config), "test", NULL, 0, arena, &e, &errors) == S2S_OK);
    if (open)
        cr_assert(s2s_experiment_open(e, &errors) == S2S_OK);
    s2s_advice_before(e, &text);
    copy = s2s_arena_strdup(arena, s2s_string_chars(&text));
    s2s_string_release(&text);
    return copy;
}

#define COPY(samples, batch, units) "dataset: {type: copy, symbols: 8, min_length: 5, max_length: 5, samples: " samples "}\n" \
    "model: {layers: [{type: GRU, units: " units "}, {type: RepeatVector, n: auto}, {type: GRU, units: 4, return_sequences: true}," \
    " {type: TimeDistributed, layer: {type: Dense, units: auto, activation: softmax}}]}\n" \
    "train: {batch_size: " batch "}\n"

Test(advice, a_sound_config_is_not_warned_about)
{
    cr_assert(strcmp(before(COPY("10000", "64", "16"), true), "") == 0, "got '%s'", before(COPY("10000", "64", "16"), true));
}

Test(advice, a_small_validation_split_and_many_parameters)
{
    expect(before(COPY("200", "64", "200"), false), "validation holds 100 target symbols: each is worth 1 %", "parameters for 900 training symbols");
}

Test(advice, a_last_batch_of_one)
{
    expect(before(COPY("10000", "8999", "4"), false), "the last batch of each epoch holds one example", "train.batch_size 8999");
}

Test(advice, symbols_that_never_occur)
{
    const char *said = before("dataset: {type: pos_toy, streams: {word: {from: form, lowercase: true, replace_singletons: 0}}}\n"
                         "model: {layers: [{type: Embedding, output_dim: 2}, {type: GRU, units: 2, return_sequences: true},"
                         " {type: TimeDistributed, layer: {type: Dense, units: auto, activation: softmax}}]}\n"
                         "train: {batch_size: 1}\n", true);

    cr_assert(strstr(said, "1 of the 15 symbols of 'word' can be asked for but never occurs in training, '<unk>'") != NULL, "got '%s'", said);
}
