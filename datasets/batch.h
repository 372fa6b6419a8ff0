/*
 * batch.h -- from columns to packed shards: the only place that knows how examples become rows.
 *
 * An epoch is an order of examples. A batch is a run of that order; its examples are sorted by length (longest first, stable)
 * and cut into shards of `shard_rows` sequences. Shards depend on batch and config alone, never on threads. All memory
 * is reserved at creation for the largest batch; filling allocates nothing.
 *
 * Threads  s2s_batch_begin runs on one thread; s2s_shard_fill may run for different shards at the same time.
 */
#ifndef S2S_DATASETS_BATCH_H
#define S2S_DATASETS_BATCH_H

#include "datasets/column.h"
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
    const uint8_t *too_long;       /* B: 1 where the target has more steps than target_steps; NULL unless S2S_OWN_STEPS */
    const uint8_t *unseen;         /* aligned targets: for each row, 1 where the first stream's element is new to the training split; or NULL */
} s2s_shard;

typedef struct s2s_batcher s2s_batcher;

/*
 * s2s_batcher_create -- memory for batches of up to `batch_size` examples from any of the splits given (NULL entries are skipped).
 *
 * It suffices for the longest examples of each split coming together in one batch, and no more is reserved. A shard has up to
 * `shard_rows` sequences.
 */
s2s_status s2s_batcher_create(const s2s_signature *signature, const s2s_split *const *splits, int split_count,
                              int64_t batch_size, int64_t shard_rows, s2s_arena *arena, s2s_batcher **ret, s2s_error *err);

/*
 * s2s_batcher_training -- from now on, replace rare symbols by the unknown one (see s2s_column), or stop doing so (training false).
 *
 * Which occurrences is a pure function of seed, epoch, stream, example and step. A new batcher replaces nothing.
 */
void s2s_batcher_training(s2s_batcher *batcher, bool training, uint64_t seed, uint64_t epoch);

/* Choose the examples (indices into split, each at most once) of the next batch: sorts and cuts. Returns the number of shards. */
int s2s_batch_begin(s2s_batcher *batcher, const s2s_split *split, const int64_t *examples, int64_t count);

/* Gather one shard's rows. The result lives until the next s2s_batch_begin. */
const s2s_shard *s2s_shard_fill(s2s_batcher *batcher, int shard);

/* The largest shard that can come, for the plan: sequences; packed rows and steps of each stream; those of groups' inner sequences. */
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
 * bucket 0: a plain shuffle. Otherwise batches of similar length: shuffle, sort runs of bucket*batch_size examples by length (equal
 * ones in random order), cut into batches, shuffle the batches. Allocates nothing.
 */
void s2s_order_make(const s2s_split *split, uint64_t seed, uint64_t epoch, int64_t batch_size, int64_t bucket, int64_t *order);

#endif
