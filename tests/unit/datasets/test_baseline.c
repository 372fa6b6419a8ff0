#include <criterion/criterion.h>

#include "datasets/baseline.h"

/* Letters are words, digits tags; a space ends a sentence, '-' is no tag. */
static s2s_corpus corpus_of(const char *text, s2s_vocabulary *forms, s2s_vocabulary *tags, s2s_arena *arena)
{
    s2s_corpus corpus;

    s2s_corpus_create(forms, tags, arena, &corpus, NULL);
    for (; *text != '\0'; text += 2)
        s2s_corpus_add(&corpus, (s2s_text){ text, 1 }, text[1] == '-' ? (s2s_text){ 0 } : (s2s_text){ text + 1, 1 }, NULL);
    s2s_corpus_end_sentence(&corpus, NULL);
    return corpus;
}

Test(baseline, most_frequent_tag_of_each_word)
{
    s2s_arena *arena = s2s_arena_create();
    s2s_vocabulary *forms, *tags;
    s2s_corpus train, test;
    s2s_baseline b;

    s2s_vocabulary_create(arena, &forms, NULL);
    s2s_vocabulary_create(arena, &tags, NULL);
    train = corpus_of("a1a2a2b1b3c1d-", forms, tags, arena);           /* a: 2; b: 1 and 3 alike, 1 came first; c: 1; all: 1 */
    test = corpus_of("a2a1b1b3c1c-d1e1e2", forms, tags, arena);        /* d and e have no tag in training: guessed 1 */
    cr_assert(s2s_baseline_measure(&train, &test, &b, NULL) == S2S_OK);
    cr_assert(b.words == 8 && b.right == 5, "%ld of %ld", (long)b.right, (long)b.words);
    cr_assert(b.unknown == 3 && b.unknown_right == 2, "%ld of %ld", (long)b.unknown_right, (long)b.unknown);
    s2s_arena_free(arena);
}
