/*
 * pack.h -- the loops under batch.h: sorting by length, laying out packed steps, gathering tokens and reals.
 *
 * Errors   none; all room is the caller's.
 */
#ifndef S2S_DATASETS_PACK_H
#define S2S_DATASETS_PACK_H

#include "datasets/column.h"
#include "math/steps.h"

/* Writable room for one s2s_steps. */
typedef struct s2s_steps_room {
    int64_t *offset;               /* longest + 1 */
    int32_t *sequence_of;          /* rows */
    int32_t *length;               /* sequences */
} s2s_steps_room;

/* Lay out sequences whose lengths stand in room->length, longest first. */
s2s_steps s2s_steps_pack(const s2s_steps_room *room, int64_t sequences);

/* order[0..n) becomes 0..n-1 sorted by length, longest first, equal ones as they came. `bins` has room for the longest length + 1. */
void s2s_sort_by_length(const int32_t *length, int64_t n, int32_t *bins, int32_t *order);

/*
 * token[row of (t,b)] = element t of example[b], with -1 where nothing is wanted and behind the end of an example that is
 * shorter than steps->length[b].
 */
void s2s_gather_tokens(const s2s_column *column, const s2s_steps *steps, const int64_t *example, int32_t *token);

/* The same for rows of column->width reals; no example may be shorter. */
void s2s_gather_reals(const s2s_column *column, const s2s_steps *steps, const int64_t *example, real *x);

/* to[offset[t]] = element start + t of a token column, t < n. */
void s2s_gather_run(const s2s_column *column, int64_t start, int64_t n, const int64_t *offset, int32_t *to);

#endif
