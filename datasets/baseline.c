/* baseline.c -- see baseline.h. */
#include "datasets/baseline.h"

#include <stdlib.h>

typedef struct pair { int32_t form, tag; } pair;

static int by_form_and_tag(const void *x, const void *y)
{
    const pair *a = x, *b = y;

    if (a->form != b->form)
        return a->form < b->form ? -1 : 1;
    return a->tag < b->tag ? -1 : a->tag > b->tag;
}

/* best[form]: its most frequent tag in training, -1 for words that are not there. Returns the most frequent tag of all. */
static int32_t count_pairs(pair *pairs, int64_t n, int64_t *count_of_tag, int32_t *best)
{
    int64_t best_count = 0;
    int32_t overall = 0;

    qsort(pairs, (size_t)n, sizeof *pairs, by_form_and_tag);
    for (int64_t i = 0, first = 0; i < n; i++) {
        const bool last = i + 1 == n || by_form_and_tag(&pairs[i], &pairs[i + 1]) != 0;

        count_of_tag[pairs[i].tag]++;
        if (i > 0 && pairs[i].form != pairs[i - 1].form)
            best_count = 0;
        if (!last)
            continue;
        if (i + 1 - first > best_count) {
            best_count = i + 1 - first;
            best[pairs[i].form] = pairs[i].tag;
        }
        first = i + 1;
    }
    for (int64_t i = 0; i < n; i++) {
        const int32_t tag = pairs[i].tag;
        if (count_of_tag[tag] > count_of_tag[overall] || (count_of_tag[tag] == count_of_tag[overall] && tag < overall))
            overall = tag;
    }
    return overall;
}

static s2s_status measure(const s2s_corpus *train, const s2s_corpus *corpus, s2s_arena *scratch, s2s_baseline *ret, s2s_error *err)
{
    const int64_t forms = s2s_vocabulary_size(train->forms), tags = s2s_vocabulary_size(train->tags);
    pair *pairs = S2S_NEW_ARRAY(scratch, pair, train->words);
    int32_t *best = S2S_NEW_ARRAY(scratch, int32_t, forms), overall;
    int64_t *count_of_tag = S2S_NEW_ARRAY(scratch, int64_t, tags + 1), n = 0;

    if (s2s_arena_failed(scratch))
        return s2s_fail(err, S2S_MEMORY, "out of memory for counting words");
    for (int64_t f = 0; f < forms; f++)
        best[f] = -1;
    for (size_t w = 0; w < train->words; w++) {
        if (train->tag[w] >= 0)
            pairs[n++] = (pair){ train->form[w], train->tag[w] };
    }
    overall = count_pairs(pairs, n, count_of_tag, best);
    *ret = (s2s_baseline){ 0 };
    for (size_t w = 0; w < corpus->words; w++) {
        const int32_t guess = best[corpus->form[w]];

        if (corpus->tag[w] < 0)
            continue;
        ret->words++;
        ret->right += (guess >= 0 ? guess : overall) == corpus->tag[w];
        ret->unknown += guess < 0;
        ret->unknown_right += guess < 0 && overall == corpus->tag[w];
    }
    return S2S_OK;
}

s2s_status s2s_baseline_measure(const s2s_corpus *train, const s2s_corpus *corpus, s2s_baseline *ret, s2s_error *err)
{
    s2s_arena *scratch = s2s_arena_create();
    s2s_status status;

    if (scratch == NULL)
        return s2s_fail(err, S2S_MEMORY, "out of memory for counting words");
    status = measure(train, corpus, scratch, ret, err);
    s2s_arena_free(scratch);
    return status;
}

s2s_status s2s_baseline_note(const s2s_corpus corpora[S2S_SPLIT_COUNT], s2s_arena *arena, const char **ret, s2s_error *err)
{
    const s2s_split_name which = corpora[S2S_VALIDATION].words > 0 ? S2S_VALIDATION : S2S_TEST;
    const char *note;
    s2s_baseline b;

    S2S_TRY(s2s_baseline_measure(&corpora[S2S_TRAIN], &corpora[which], &b, err));
    *ret = NULL;
    if (b.words == 0)
        return S2S_OK;
    note = s2s_arena_printf(arena, "%s: every word's most frequent tag is right for %.2f %% of %lld words; %.2f %% of them do not occur in training",
                            s2s_split_names[which], 100.0 * (double)b.right / (double)b.words, (long long)b.words,
                            100.0 * (double)b.unknown / (double)b.words);
    if (note == NULL)
        return s2s_fail(err, S2S_MEMORY, "out of memory for a note");
    *ret = note;
    return S2S_OK;
}
