/*
 * baseline.h -- what tagging reaches without looking at the context: every word gets the tag that it has most often in training.
 */
#ifndef S2S_DATASETS_BASELINE_H
#define S2S_DATASETS_BASELINE_H

#include "datasets/corpus.h"
#include "datasets/dataset.h"

typedef struct s2s_baseline {
    int64_t words, unknown;        /* words that have a tag, and those of them that training does not have */
    int64_t right, unknown_right;
} s2s_baseline;

/* Unknown words get the tag that is most frequent in training. Ties go to the tag that came first. */
s2s_status s2s_baseline_measure(const s2s_corpus *train, const s2s_corpus *corpus, s2s_baseline *ret, s2s_error *err);

/* One line for the user on the validation split, else the test split; NULL when both are empty. */
s2s_status s2s_baseline_note(const s2s_corpus corpora[S2S_SPLIT_COUNT], s2s_arena *arena, const char **ret, s2s_error *err);

#endif
