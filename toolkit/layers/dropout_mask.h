/*
 * dropout_mask.h -- which elements dropout keeps: a pure function of (seed, epoch, step, layer, example, unit).
 *
 * A factor is 0, or 1/(1-rate) for what is kept (inverted dropout). `example` is the sequence's place in the batch, so shards
 * and threads change nothing.
 */
#ifndef S2S_LAYERS_DROPOUT_MASK_H
#define S2S_LAYERS_DROPOUT_MASK_H

#include "base/random.h"
#include "base/real.h"

/* The counter of element `unit` (t * D + unit where every step draws its own) of an example. */
static inline uint64_t s2s_dropout_index(int64_t example, int64_t unit) { return (uint64_t)example << 32 | (uint64_t)unit; }

real s2s_dropout_factor(const s2s_stream *stream, double rate, int64_t example, int64_t unit);

/* mask (B,D), one row for each example; `first` is the unit number of column 0. */
void s2s_dropout_row(const s2s_stream *stream, double rate, int64_t example, int64_t first, int64_t width, real *mask);
void s2s_dropout_mask(const s2s_stream *stream, double rate, const int64_t *example, int64_t batch, int64_t width, real *mask);

/* A second, independent stream of the same layer and step (recurrent dropout). */
s2s_stream s2s_dropout_second(const s2s_stream *stream);

#endif
