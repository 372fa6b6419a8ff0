#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "datasets/grammar.h"

typedef struct { s2s_lexicon *lexicon; s2s_grammar *grammar; s2s_reader *reader; } made;

static made make(int64_t vocabulary, double ambiguity, double unknown_rate, double elaboration, int64_t longest, s2s_arena *arena)
{
    const s2s_lexicon_options options = { vocabulary, ambiguity, unknown_rate };
    made m;

    cr_assert(s2s_lexicon_create(&options, 1, arena, &m.lexicon, NULL) == S2S_OK);
    cr_assert(s2s_grammar_create(m.lexicon, elaboration, arena, &m.grammar, NULL) == S2S_OK);
    cr_assert(s2s_reader_create(m.grammar, longest, arena, &m.reader, NULL) == S2S_OK);
    return m;
}

/* What is emitted has the probability that is claimed for it. */
Test(lexicon, probabilities_are_those_of_emission)
{
    s2s_arena *arena = s2s_arena_create();
    const made m = make(50, 0.5, 0.2, 0.3, 10, arena);
    const int n = 40000;
    s2s_string word = { 0 };

    for (int c = 0; c < S2S_CATEGORY_COUNT; c++) {
        const s2s_stream stream = s2s_stream_make((uint64_t)c, S2S_RANDOM_TEST, 0, 0, 0);
        int32_t count[4000] = { 0 };
        double sum = 0;

        for (int i = 0; i < n; i++) {
            const s2s_word_id id = s2s_lexicon_emit(m.lexicon, (s2s_category)c, false, &stream, S2S_EMIT_NUMBERS * (uint64_t)i, &word);
            cr_assert(id >= 0 && id < 4000);
            count[id]++;
        }
        for (int id = 0; id < 4000; id++) {
            double p;

            if (count[id] == 0)
                continue;
            p = s2s_lexicon_probability(m.lexicon, (s2s_category)c, false, id);
            sum += p;
            cr_assert(fabs(count[id] / (double)n - p) < 5 * sqrt(p / n) + 1e-3, "category %d, word %d: %d of %d, claimed %g", c, id, count[id], n, p);
        }
        cr_assert(sum > 0.99 && sum < 1 + 1e-9, "category %d: %g", c, sum);
    }
    s2s_string_release(&word);
    s2s_arena_free(arena);
}

Test(lexicon, first_words_have_a_capital_and_new_words_an_ending)
{
    s2s_arena *arena = s2s_arena_create();
    const made m = make(50, 0.5, 1, 0.3, 10, arena);
    const s2s_stream stream = s2s_stream_make(1, S2S_RANDOM_TEST, 0, 0, 0);
    s2s_string word = { 0 };

    for (uint64_t i = 0; i < 200; i++) {
        s2s_lexicon_emit(m.lexicon, S2S_VERB_PAST, false, &stream, S2S_EMIT_NUMBERS * i, &word);
        cr_assert(word.length > 4 && strcmp(word.chars + word.length - 2, "ed") == 0, "%s", word.chars);
        s2s_lexicon_emit(m.lexicon, S2S_DET_S, true, &stream, S2S_EMIT_NUMBERS * i, &word);
        cr_assert(word.chars[0] >= 'A' && word.chars[0] <= 'Z', "%s", word.chars);
    }
    s2s_string_release(&word);
    s2s_arena_free(arena);
}

enum { DRAWS = 800000, LONGEST = 4, ALIKE = 25 };

typedef struct { s2s_word_id id[LONGEST]; s2s_category category[LONGEST]; int n; } sentence;

static int by_words(const void *x, const void *y)
{
    const sentence *a = x, *b = y;

    return a->n != b->n ? a->n - b->n : memcmp(a->id, b->id, sizeof a->id);
}

/* No tag may come clearly more often at word t than the one that the reader calls most probable. */
static void compare(const sentence *alike, int64_t n, int t, s2s_category best)
{
    int64_t count[S2S_CATEGORY_COUNT] = { 0 }, right = 0;

    for (int64_t i = 0; i < n; i++) {
        int first = 0;
        while (strcmp(s2s_category_tag[first], s2s_category_tag[alike[i].category[t]]) != 0)
            first++;
        count[first]++;
        right += strcmp(s2s_category_tag[alike[i].category[t]], s2s_category_tag[best]) == 0;
    }
    for (int c = 0; c < S2S_CATEGORY_COUNT; c++)
        cr_assert((double)(count[c] - right) < 4 * sqrt((double)n), "%ld are %s, %ld the %s of the reader", (long)count[c], s2s_category_tag[c],
                  (long)right, s2s_category_tag[best]);
}

/*
 * The reader against counting: among many sentences that read alike, the tag that a word most often has must be the one that the
 * reader calls most probable (where the count leaves no doubt).
 */
Test(grammar, the_best_tags_are_those_that_counting_finds, .timeout = 60)
{
    s2s_arena *arena = s2s_arena_create();
    const made m = make(12, 1, 0, 0.3, LONGEST, arena);
    sentence *drawn = S2S_NEW_ARRAY(arena, sentence, DRAWS);
    int64_t count = 0, compared = 0;
    s2s_string word = { 0 };

    for (uint64_t i = 0; i < DRAWS; i++) {
        const s2s_stream path = s2s_stream_make(i, S2S_RANDOM_TEST, 1, 0, 0), words = s2s_stream_make(i, S2S_RANDOM_TEST, 2, 0, 0);
        sentence *s = &drawn[count];
        s->n = (int)s2s_grammar_draw(m.grammar, &path, LONGEST, s->category);

        for (int t = 0; t < s->n; t++)
            s->id[t] = s2s_lexicon_emit(m.lexicon, s->category[t], t == 0, &words, S2S_EMIT_NUMBERS * (uint64_t)t, &word);
        count += s->n > 0;
        if (s->n <= 0)
            memset(s, 0, sizeof *s);
    }
    qsort(drawn, (size_t)count, sizeof *drawn, by_words);
    for (int64_t first = 0, end; first < count; first = end) {
        s2s_category both[LONGEST], left[LONGEST];

        for (end = first + 1; end < count && by_words(&drawn[first], &drawn[end]) == 0;)
            end++;
        if (end - first < ALIKE)
            continue;
        s2s_reader_best(m.reader, drawn[first].id, drawn[first].n, both, left);
        for (int t = 0; t < drawn[first].n; t++, compared++)
            compare(&drawn[first], end - first, t, both[t]);
    }
    cr_assert(compared > 100, "%ld", (long)compared);
    s2s_string_release(&word);
    s2s_arena_free(arena);
}
