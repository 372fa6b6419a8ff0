/*
 * sample_view.h -- how examples and their answers look on a terminal: no wider than its columns, no longer than a few lines.
 *
 *   Q 85+467  T 552  ☑ 552             what fits stands in one line; else input, target and output have a line each, cut where it must be
 *
 *   S The watch stopped                with answers->keep_steps: each word above what was wanted and what was given, in blocks;
 *   T DET NOUN  VERB                   faults are red, or marked * without colour
 *   ☒ DET VERB* VERB
 */
#ifndef S2S_EXPERIMENTS_SAMPLE_VIEW_H
#define S2S_EXPERIMENTS_SAMPLE_VIEW_H

#include "experiments/answers.h"

typedef struct s2s_sample_view {
    const s2s_split *split;        /* that the examples are of */
    const char *const *input;      /* as text, in the order of the answers */
    int columns;
    bool colour;
} s2s_sample_view;

/* All answers, which must have come; each line ends with a newline. Out of memory: ret->failed. */
void s2s_samples_show(const s2s_sample_view *view, const s2s_answers *answers, s2s_string *ret);

#endif
