/*
 * column.h -- making, filling and reading the columns of a split.
 *
 * Owns     a column's arrays live in the arena given.
 * Errors   S2S_MEMORY only.
 */
#ifndef S2S_DATASETS_COLUMN_H
#define S2S_DATASETS_COLUMN_H

#include "datasets/dataset.h"

/* `elements` tokens of `width` symbols, or rows of `width` reals, all zero. The caller sets fixed_steps or start. */
s2s_status s2s_column_create(s2s_stream_kind kind, int64_t width, int64_t elements, s2s_arena *arena, s2s_column *ret, s2s_error *err);

/*
 * s2s_split_reserve -- room for `count` examples of a data set in which every length is fixed, e.g. for what `draw` fills.
 *
 * Asserts that no stream has S2S_LENGTH_ANY.
 */
s2s_status s2s_split_reserve(const s2s_signature *signature, int64_t count, s2s_arena *arena, s2s_split *ret, s2s_error *err);

/* One token, by element. -1 means that nothing is wanted there. */
void s2s_column_put(const s2s_column *column, int64_t element, int32_t symbol);
int32_t s2s_column_get(const s2s_column *column, int64_t element);

/* Where the elements of example i begin, and how many they are. */
int64_t s2s_column_start(const s2s_column *column, int64_t i);
int64_t s2s_column_length(const s2s_column *column, int64_t i);

/* False for the target of a split that has none (a user's line). */
bool s2s_column_exists(const s2s_column *column);

#endif
