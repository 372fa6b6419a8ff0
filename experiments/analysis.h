/*
 * analysis.h -- where a model errs: tables by what the examples are like, by place in the output and by symbol, and what is taken for what.
 *
 *   symbols of their own steps   exact match by the data set's traits and by length of the target; accuracy by place in the output
 *   a symbol for each element    precision, recall and F1 of each symbol; known and unknown elements; whole sequences by length
 *   a symbol for each sequence   precision, recall and F1 of each symbol
 *   real values                  quantiles of the absolute error, and the mean error by place in the output
 *
 * Owns     everything lives in the arena given to make.
 */
#ifndef S2S_EXPERIMENTS_ANALYSIS_H
#define S2S_EXPERIMENTS_ANALYSIS_H

#include <jansson.h>

#include "datasets/dataset.h"
#include "experiments/chart.h"
#include "train/runner.h"

enum { S2S_ANALYSIS_FIGURES = 3 };

typedef struct s2s_analysis_row {
    const char *label;
    int64_t count;
    double figure[S2S_ANALYSIS_FIGURES];           /* NaN: cannot be told */
} s2s_analysis_row;

typedef struct s2s_analysis_table {
    const char *title;             /* "exact match by longest chain of carries" */
    const char *label, *counted;   /* heads of the first two columns: "longest chain of carries", "examples" */
    int figures;
    const char *figure[S2S_ANALYSIS_FIGURES];      /* heads of the others: "exact_match" */
    size_t count;
    const s2s_analysis_row *row;
} s2s_analysis_table;

typedef struct s2s_analysis {
    size_t count;
    const s2s_analysis_table *table;
    const s2s_matrix *confusion;   /* the most frequent symbols; NULL where the target is not symbols, or they are too many */
} s2s_analysis;

/* Predicts the split and counts. */
s2s_status s2s_analysis_make(s2s_runner *runner, const s2s_dataset *dataset, const s2s_split *split, s2s_arena *arena,
                             s2s_analysis *ret, s2s_error *err);

/* For a terminal. */
void s2s_analysis_add(const s2s_analysis *analysis, s2s_string *ret);

/* A list: [{"title", "rows": [{"label", "count", "exact_match"}, ...]}, ...]. */
json_t *s2s_analysis_json(const s2s_analysis *analysis);

#endif
