/*
 * batch.h -- from columns to packed shards: the only place that knows how examples become rows.
 *
 * An epoch is an order of examples. A batch is a run of that order; its examples are sorted by length (longest first, stable)
 * and cut into shards of `shard_rows` sequences. Shards depend on batch and config alone, never on threads. All memory
 * is reserved at creation for the largest batch; filling allocates nothing.
 *
 * Threads  s2s_batch_fill runs on one thread; s2s_shard_fill may run for different shards at the same time.
 */
#ifndef S2S_DATASETS_BATCH_H
#define S2S_DATASETS_BATCH_H

#include "datasets/dataset.h"
#include "math/steps.h"

typedef struct s2s_shard_stream {
    s2s_stream_kind kind;
    int64_t width;
    const s2s_steps *steps;        /* NULL where the stream has no time axis */
    const int32_t *token;          /* N packed */
    const real *x;                 /* N x D packed */
    const s2s_groups *groups;
} s2s_shard_stream;

typedef struct s2s_shard {
    int64_t count;                 /* B */
    const int64_t *position;       /* B: place in the batch, for dropout */
    const int64_t *example;        /* B: index in the split */
    int stream_count;
    s2s_shard_stream stream[S2S_STREAMS_MAX];
    const s2s_steps *target_steps; /* aligned: the first stream's; own steps: target.steps for all B; per sequence: one step */
    const int32_t *target;         /* target_steps->rows symbols, -1 where nothing is wanted; NULL for reals or without targets */
    const real *target_x;          /* target_steps->rows x width */
} s2s_shard;

typedef struct s2s_batcher s2s_batcher;

/*
 * s2s_batcher_create -- memory for batches of up to `batch_size` examples from any of the splits given.
 *
 * `longest` of each variable stream is taken from the splits (NULL entries are skipped), so that no later batch needs more.
 */
s2s_status s2s_batcher_create(const s2s_signature *signature, const s2s_split *const *splits, int split_count,
                              int64_t batch_size, int64_t shard_rows, s2s_arena *arena, s2s_batcher **ret, s2s_error *err);

/* Choose the examples (indices into split) of the next batch: sorts and cuts. Returns the number of shards. */
int s2s_batch_begin(s2s_batcher *batcher, const s2s_split *split, const int64_t *examples, int64_t count);

/* Gather one shard's rows. The result lives until the next s2s_batch_begin. */
const s2s_shard *s2s_shard_fill(s2s_batcher *batcher, int shard);

/* The largest shard that can come: for the plan. Sequences, packed rows per stream, steps, inner rows of groups, target rows. */
typedef struct s2s_shard_bounds {
    int64_t shards, sequences;
    int64_t rows[S2S_STREAMS_MAX], steps[S2S_STREAMS_MAX];
    int64_t inner_rows[S2S_STREAMS_MAX], inner_steps[S2S_STREAMS_MAX];
    int64_t target_rows, target_steps;
} s2s_shard_bounds;
s2s_shard_bounds s2s_batcher_bounds(const s2s_batcher *batcher);

/*
 * s2s_order_make -- the order of an epoch: f(seed, epoch). order has room for split->count indices.
 *
 * bucket 0: a plain shuffle. Otherwise batches of similar length: shuffle, sort runs of bucket*batch_size examples by length, cut
 * into batches, shuffle the batches.
 */
void s2s_order_make(const s2s_split *split, uint64_t seed, uint64_t epoch, int64_t batch_size, int64_t bucket, int64_t *order);

/* Steps of example i of a column. */
int64_t s2s_column_length(const s2s_column *column, int64_t i);

#endif
