/*
 * measure.h -- how much the largest batch of a column can be, so that exactly that is reserved.
 */
#ifndef S2S_DATASETS_MEASURE_H
#define S2S_DATASETS_MEASURE_H

#include "datasets/column.h"

/* The longest of `count` examples, in steps. */
int64_t s2s_column_longest(const s2s_column *column, int64_t count);

/* The longest inner sequence of a groups column. */
int64_t s2s_column_longest_inner(const s2s_column *column, int64_t count);

/* The rows of the k largest of `count` examples together: no k examples have more. `heap` has room for k numbers. */
int64_t s2s_column_largest_rows(const s2s_column *column, int64_t count, int64_t k, int64_t *heap);

/* The same for the rows of inner sequences. */
int64_t s2s_column_largest_inner_rows(const s2s_column *column, int64_t count, int64_t k, int64_t *heap);

#endif
