/*
 * steps.h -- how the sequences of one shard lie in memory.
 *
 * Sequences are time-major and packed: rows are sorted by length, longest first, so that at step t the rows 0..n_t-1 are
 * alive, and step t+1 follows right behind. There are no padded rows at all:
 *
 *     t=0: b0 b1 b2 b3 | t=1: b0 b1 b2 | t=2: b0          offset = 0 4 7 8,   rows N = 8
 *
 * With equal lengths this is the plain (T,B,D) block. Packed row of (t,b) = offset[t] + b.
 */
#ifndef S2S_MATH_STEPS_H
#define S2S_MATH_STEPS_H

#include <stdint.h>

typedef struct s2s_steps {
    int64_t sequences;             /* B, rows alive at step 0 */
    int64_t count;                 /* T, steps of the longest */
    int64_t rows;                  /* N = offset[count] */
    const int64_t *offset;         /* count + 1; n_t = offset[t+1] - offset[t], never growing with t */
    const int32_t *sequence_of;    /* N: the b of each packed row */
    const int32_t *length;         /* B, never growing with b */
} s2s_steps;

/*
 * One inner sequence for each row of an outer packed sequence (the characters of each word), longest first: folding turns
 * (T,B,C) into (C, T*B), so that a layer inside TimeDistributed sees an ordinary packed sequence.
 */
typedef struct s2s_groups {
    s2s_steps steps;               /* sequences = packed rows of the outer sequence */
    const int32_t *token;          /* packed by `steps` */
    const int32_t *origin;         /* outer packed row of inner sequence i */
} s2s_groups;

#endif
