/*
 * analysis_counts.h -- what an error analysis counts while the predictions go by. For analysis.c.
 *
 * Memory grows with symbols and steps, not with examples; the square of what is taken for what is kept for up to 512 symbols.
 */
#ifndef S2S_EXPERIMENTS_ANALYSIS_COUNTS_H
#define S2S_EXPERIMENTS_ANALYSIS_COUNTS_H

#include "datasets/dataset.h"
#include "train/runner.h"

enum { S2S_CONFUSED_MAX = 512, S2S_LENGTH_CLASSES = 16 };

/* Of so many, so many were right (symbols), or their absolute errors add up to `hits` (real values). */
typedef struct s2s_tally { int64_t count; double hits; } s2s_tally;

typedef struct s2s_analysis_counts {
    const s2s_dataset *dataset;
    const s2s_split *split;
    int traits;
    s2s_tally trait[S2S_TRAITS_MAX][S2S_TRAIT_CLASSES];        /* whole examples */
    s2s_tally length[S2S_LENGTH_CLASSES];                      /* whole examples, by wanted symbols */
    int64_t steps;                                             /* places in the output, at most */
    s2s_tally *place;                                          /* symbols that are no filler, or real rows */
    s2s_tally known, unknown;                                  /* elements, where the data set tells */
    int64_t width;
    int64_t *wanted, *given, *right;                           /* of each symbol, padding left out */
    int64_t *confused;                                         /* width x width: wanted, given; or NULL */
    int64_t error_count;                                       /* real values */
    double *error;                                             /* their absolute errors */
} s2s_analysis_counts;

s2s_status s2s_analysis_counts_init(s2s_analysis_counts *counts, const s2s_dataset *dataset, const s2s_split *split, s2s_arena *arena, s2s_error *err);

/* For s2s_runner_predict, with the counts as `self`. */
void s2s_analysis_counts_take(void *self, const s2s_output *output);

/* "3", "7 to 8", ... of a class of lengths; at least 32 bytes of room. */
const char *s2s_length_class_name(int which, char *buffer);

#endif
