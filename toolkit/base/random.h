/*
 * random.h -- named, counter-based streams of random numbers: nothing to save, nothing to share.
 *
 * A stream is a key made from a seed, a purpose and up to three numbers; the i-th number of a stream is a pure
 * function of key and i. So shuffle = f(seed, epoch), dropout = f(seed, step, layer, example, unit).
 *
 * Threads  all functions are pure.
 * Source   Philox4x32-10: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", 2011.
 */
#ifndef S2S_BASE_RANDOM_H
#define S2S_BASE_RANDOM_H

#include <stdint.h>

typedef enum s2s_purpose {
    S2S_RANDOM_INIT = 1, S2S_RANDOM_SHUFFLE, S2S_RANDOM_DROPOUT, S2S_RANDOM_SAMPLING, S2S_RANDOM_DATASET,
    S2S_RANDOM_SPLIT, S2S_RANDOM_SWEEP, S2S_RANDOM_TEST
} s2s_purpose;

typedef struct s2s_stream {
    uint32_t key[2];
    uint32_t counter[2];       /* the high half of the counter; the low half is the index */
} s2s_stream;

s2s_stream s2s_stream_make(uint64_t seed, s2s_purpose purpose, uint64_t a, uint64_t b, uint64_t c);

/* Four numbers at once: index 4q .. 4q+3. */
void s2s_random_block(const s2s_stream *stream, uint64_t q, uint32_t ret[4]);

uint32_t s2s_random_u32(const s2s_stream *stream, uint64_t index);

/* Uniform in [0,1), 24 bits in float terms: the same value in float and double builds. */
double s2s_random_uniform(const s2s_stream *stream, uint64_t index);

/* Standard normal (Box-Muller, in double; uses u32 indices 2*index and 2*index+1). */
double s2s_random_normal(const s2s_stream *stream, uint64_t index);

/* Uniform in 0..n-1 without bias worth speaking of (64-bit multiply); n >= 1. Uses indices 2*index and 2*index+1. */
uint64_t s2s_random_below(const s2s_stream *stream, uint64_t index, uint64_t n);

/* order[0..n) becomes a random permutation of 0..n-1 (Fisher-Yates). */
void s2s_random_permutation(const s2s_stream *stream, int64_t n, int64_t *order);

#endif
