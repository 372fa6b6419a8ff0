#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "given.h"

Test(pos_toy, new_sentences_of_known_words)
{
    s2s_arena *arena = s2s_arena_create();
    const s2s_dataset *d = given_dataset("{type: pos_toy}", 1, arena);

    cr_assert(d->split[S2S_TRAIN].count >= 4 && d->split[S2S_VALIDATION].count >= 1);
    for (int64_t w = 0; w < d->split[S2S_VALIDATION].stream[0].start[d->split[S2S_VALIDATION].count]; w++)
        cr_assert(!d->split[S2S_VALIDATION].unseen[w]);
    for (int64_t i = 0; i < d->split[S2S_VALIDATION].count; i++)
        for (int64_t k = 0; k < d->split[S2S_TRAIN].count; k++)
            cr_assert(strcmp(given_input(d, &d->split[S2S_VALIDATION], i, arena), given_input(d, &d->split[S2S_TRAIN], k, arena)) != 0);
    s2s_arena_free(arena);
}

/* "baseline B % ... allows A %, and L % when": the three figures of the note. */
static void figures(const s2s_dataset *d, double *baseline, double *both, double *left)
{
    cr_assert(sscanf(strstr(d->notes, "right for"), "right for %lf", baseline) == 1, "%s", d->notes);
    cr_assert(sscanf(strstr(d->notes, "allows"), "allows %lf %%, and %lf", both, left) == 2, "%s", d->notes);
}

Test(pos_grammar, context_is_needed_and_more_of_it_helps)
{
    s2s_arena *arena = s2s_arena_create();
    double baseline, both, left, harder, ignored;

    figures(given_dataset("{type: pos_grammar, samples: 4000}", 1, arena), &baseline, &both, &left);
    cr_assert(baseline + 3 < left && left + 1 < both && both < 100, "%g %g %g", baseline, left, both);
    figures(given_dataset("{type: pos_grammar, samples: 4000, ambiguity: 1}", 1, arena), &harder, &ignored, &left);
    cr_assert(harder + 1 < baseline, "%g %g", harder, baseline);
    s2s_arena_free(arena);
}

/* The share of words that are new, from the note. */
static double new_words(const char *yaml, s2s_arena *arena)
{
    return atof(strstr(given_dataset(yaml, 1, arena)->notes, " words; ") + 8);
}

Test(pos_grammar, keys_do_what_they_say)
{
    s2s_arena *arena = s2s_arena_create();
    const s2s_dataset *few = given_dataset("{type: pos_grammar, samples: 1000, vocabulary: 40, unknown_rate: 0}", 1, arena);
    const s2s_dataset *many = given_dataset("{type: pos_grammar, samples: 1000, vocabulary: 900, unknown_rate: 0}", 1, arena);
    const s2s_dataset *plain = given_dataset("{type: pos_grammar, samples: 1000, elaboration: 0.05}", 1, arena);
    const s2s_dataset *rich = given_dataset("{type: pos_grammar, samples: 1000, elaboration: 0.5}", 1, arena);
    const s2s_dataset *cut = given_dataset("{type: pos_grammar, samples: 300, test_samples: 50, min_length: 6, max_length: 9}", 1, arena);

    cr_assert(few->signature.stream[0].width * 3 < many->signature.stream[0].width);
    cr_assert(plain->split[0].stream[0].start[900] * 3 < rich->split[0].stream[0].start[900] * 2);
    cr_assert(new_words("{type: pos_grammar, samples: 3000, unknown_rate: 0.2}", arena) > 3 * new_words("{type: pos_grammar, samples: 3000}", arena));
    for (int k = 0; k < S2S_SPLIT_COUNT; k++)
        for (int64_t i = 0; i < cut->split[k].count; i++)
            cr_assert(s2s_column_length(&cut->split[k].stream[0], i) >= 6 && s2s_column_length(&cut->split[k].stream[0], i) <= 9);
    cr_assert(cut->split[S2S_TEST].count == 50);
    s2s_arena_free(arena);
}

Test(pos_grammar, impossible_lengths_are_refused)
{
    s2s_arena *arena = s2s_arena_create();
    const s2s_object *object = given_object("{type: pos_grammar, min_length: 90, max_length: 95, elaboration: 0}", arena);
    s2s_dataset d;
    s2s_error err = { 0 };
    const char *m = given_fault("{type: pos_grammar, min_length: 50}", 33, arena);

    cr_assert(strstr(m, "at most max_length (40)") != NULL, "%s", m);
    cr_assert(s2s_dataset_open(object, 1, NULL, arena, &d, &err) == S2S_CONFIG);
    cr_assert(strstr(err.message, "none had 90 to 95 words") != NULL && err.column == 33, "%s", err.message);
    s2s_arena_free(arena);
}
