/*
 * batch.c -- one pool of rows for each stream, cut among the shards of a batch.
 *
 *   layout   how rows lie, shared by all streams of one length: T steps, or "any" (all streams of variable length agree)
 *   pool     packed rows of one stream for the whole batch; a shard's begin where those of the shards before it end
 *
 * Layouts of T steps are built once for full shards, and again for a smaller last one only when its size changes.
 */
#include "datasets/batch.h"

#include <assert.h>
#include <string.h>

#include "datasets/measure.h"
#include "datasets/pack.h"

/* Tells the random numbers of replacement from others made for data sets. */
enum { RANDOM_REPLACE = 0x5eb1ace };

/* Layouts of T steps: at most one for each stream and one for the target. */
typedef struct fixed_layout {
    int64_t steps;                 /* T */
    s2s_steps full, partial;
    s2s_steps_room partial_room;
} fixed_layout;

/* The layout of all streams of variable length. */
typedef struct any_layout {
    int64_t longest, batch_rows;   /* the most that can come: steps of an example, packed rows of a batch */
    s2s_steps_room room;           /* offset: longest + 1 for each shard; sequence_of: batch_rows; length: a batch */
    int64_t *row_start;            /* shards + 1: where the rows of each shard begin */
    s2s_steps *steps;              /* shards */
    int32_t *unsorted, *order, *bins;      /* lengths as given, places sorted by length, room for sorting */
} any_layout;

/* The inner sequences of a groups stream: one for each row of the outer one. */
typedef struct inner_pool {
    int64_t longest, batch_rows;
    s2s_steps_room room;           /* offset: longest + 1 for each shard; sequence_of: batch_rows; length: outer rows */
    int64_t *row_start;            /* shards + 1 */
    int64_t *first;                /* outer rows: the inner sequence of each, as a number in the column */
    int32_t *unsorted, *origin, *bins, *token;
    s2s_groups *groups;            /* shards */
} inner_pool;

typedef struct pool {
    const fixed_layout *fixed;     /* NULL: any */
    int32_t *token;
    real *x;
    inner_pool inner;
} pool;

struct s2s_batcher {
    s2s_signature signature;
    int64_t batch_size, shard_rows;
    s2s_shard_bounds bounds;
    int fixed_count;
    fixed_layout fixed[S2S_STREAMS_MAX + 1];
    any_layout any;
    pool stream[S2S_STREAMS_MAX], target;
    s2s_shard *shard;
    int64_t *example, *position;   /* a batch, sorted */
    uint8_t *too_long, *unseen;    /* a batch; rows of the first stream */

    const s2s_split *split;        /* of the current batch */
    int64_t count;
    bool training;                 /* replacement is on */
    uint64_t seed, epoch;
};

static int64_t larger(int64_t a, int64_t b) { return a > b ? a : b; }

/* ---- creation: what can come, and room for it ---- */

/* All variable streams of a split must have the same lengths. */
static bool lengths_agree(const s2s_signature *signature, const s2s_split *split)
{
    const int64_t *first = NULL;

    for (int s = 0; s < signature->stream_count; s++) {
        const int64_t *start = split->stream[s].start;

        if (start != NULL && first == NULL)
            first = start;
        if (start != first && start != NULL && memcmp(start, first, (size_t)(split->count + 1) * sizeof *start) != 0)
            return false;
    }
    return true;
}

static void measure_stream(s2s_batcher *b, int s, const s2s_column *column, int64_t count, int64_t *heap)
{
    s2s_shard_bounds *bounds = &b->bounds;
    inner_pool *inner = &b->stream[s].inner;

    bounds->rows[s] = larger(bounds->rows[s], s2s_column_largest_rows(column, count, b->shard_rows, heap));
    bounds->steps[s] = larger(bounds->steps[s], s2s_column_longest(column, count));
    b->any.longest = larger(b->any.longest, bounds->steps[s]);
    b->any.batch_rows = larger(b->any.batch_rows, s2s_column_largest_rows(column, count, b->batch_size, heap));
    if (column->kind != S2S_STREAM_GROUPS)
        return;
    bounds->inner_rows[s] = larger(bounds->inner_rows[s], s2s_column_largest_inner_rows(column, count, b->shard_rows, heap));
    inner->longest = bounds->inner_steps[s] = larger(bounds->inner_steps[s], s2s_column_longest_inner(column, count));
    inner->batch_rows = larger(inner->batch_rows, s2s_column_largest_inner_rows(column, count, b->batch_size, heap));
}

/* The layout of T steps, made at the first call for that T. NULL when memory is out. */
static const fixed_layout *fixed_layout_of(s2s_batcher *b, int64_t steps, s2s_arena *arena)
{
    const int64_t sequences = b->bounds.sequences;
    fixed_layout *layout = b->fixed;
    s2s_steps_room room[2];

    for (; layout < b->fixed + b->fixed_count; layout++) {
        if (layout->steps == steps)
            return layout;
    }
    b->fixed_count++;
    for (int i = 0; i < 2; i++) {
        room[i].offset = S2S_NEW_ARRAY(arena, int64_t, steps + 1);
        room[i].sequence_of = S2S_NEW_ARRAY(arena, int32_t, sequences * steps);
        room[i].length = S2S_NEW_ARRAY(arena, int32_t, sequences);
    }
    if (s2s_arena_failed(arena))
        return NULL;
    for (int64_t i = 0; i < sequences; i++)
        room[0].length[i] = room[1].length[i] = (int32_t)steps;
    *layout = (fixed_layout){ .steps = steps, .full = s2s_steps_pack(&room[0], sequences), .partial_room = room[1] };
    return layout;
}

static void create_any(s2s_batcher *b, s2s_arena *arena)
{
    any_layout *any = &b->any;
    const int64_t shards = b->bounds.shards;

    any->room.offset = S2S_NEW_ARRAY(arena, int64_t, shards * (any->longest + 1));
    any->room.sequence_of = S2S_NEW_ARRAY(arena, int32_t, any->batch_rows);
    any->room.length = S2S_NEW_ARRAY(arena, int32_t, b->batch_size);
    any->row_start = S2S_NEW_ARRAY(arena, int64_t, shards + 1);
    any->steps = S2S_NEW_ARRAY(arena, s2s_steps, shards);
    any->unsorted = S2S_NEW_ARRAY(arena, int32_t, b->batch_size);
    any->order = S2S_NEW_ARRAY(arena, int32_t, b->batch_size);
    any->bins = S2S_NEW_ARRAY(arena, int32_t, any->longest + 1);
}

static void create_inner(s2s_batcher *b, inner_pool *inner, s2s_arena *arena)
{
    const int64_t shards = b->bounds.shards, outer_rows = b->any.batch_rows;

    inner->room.offset = S2S_NEW_ARRAY(arena, int64_t, shards * (inner->longest + 1));
    inner->room.sequence_of = S2S_NEW_ARRAY(arena, int32_t, inner->batch_rows);
    inner->room.length = S2S_NEW_ARRAY(arena, int32_t, outer_rows);
    inner->row_start = S2S_NEW_ARRAY(arena, int64_t, shards + 1);
    inner->first = S2S_NEW_ARRAY(arena, int64_t, outer_rows);
    inner->unsorted = S2S_NEW_ARRAY(arena, int32_t, outer_rows);
    inner->origin = S2S_NEW_ARRAY(arena, int32_t, outer_rows);
    inner->bins = S2S_NEW_ARRAY(arena, int32_t, shards * (inner->longest + 1));
    inner->token = S2S_NEW_ARRAY(arena, int32_t, inner->batch_rows);
    inner->groups = S2S_NEW_ARRAY(arena, s2s_groups, shards);
}

/* Room for the rows of one stream, or of the target where `inner` is not wanted. */
static void create_pool(s2s_batcher *b, pool *p, const s2s_stream_info *info, int64_t rows, s2s_arena *arena)
{
    if (info->kind == S2S_STREAM_GROUPS)
        create_inner(b, &p->inner, arena);
    else if (info->kind == S2S_STREAM_REALS)
        p->x = s2s_arena_alloc(arena, (size_t)rows, (size_t)info->width * sizeof(real));
    else
        p->token = S2S_NEW_ARRAY(arena, int32_t, rows);
}

static void create_stream(s2s_batcher *b, int s, s2s_arena *arena)
{
    const s2s_stream_info *info = &b->signature.stream[s];
    const int64_t steps = info->steps > 0 ? info->steps : 1;

    if (info->steps == S2S_LENGTH_ANY) {
        create_pool(b, &b->stream[s], info, b->any.batch_rows, arena);
        return;
    }
    b->stream[s].fixed = fixed_layout_of(b, steps, arena);
    b->bounds.rows[s] = b->bounds.sequences * steps;
    b->bounds.steps[s] = steps;
    create_pool(b, &b->stream[s], info, b->batch_size * steps, arena);
}

static void create_target(s2s_batcher *b, s2s_arena *arena)
{
    const s2s_stream_info *info = &b->signature.target;
    s2s_shard_bounds *bounds = &b->bounds;

    if (b->signature.alignment == S2S_ALIGNED) {
        const fixed_layout *fixed = b->target.fixed = b->stream[0].fixed;
        const int64_t rows = fixed != NULL ? b->batch_size * fixed->steps : b->any.batch_rows;

        bounds->target_steps = bounds->steps[0];
        bounds->target_rows = bounds->rows[0];
        b->unseen = S2S_NEW_ARRAY(arena, uint8_t, rows);
        create_pool(b, &b->target, info, rows, arena);
        return;
    }
    bounds->target_steps = b->signature.alignment == S2S_OWN_STEPS ? info->steps : 1;
    bounds->target_rows = bounds->sequences * bounds->target_steps;
    b->target.fixed = fixed_layout_of(b, bounds->target_steps, arena);
    b->too_long = S2S_NEW_ARRAY(arena, uint8_t, b->batch_size);
    create_pool(b, &b->target, info, b->batch_size * bounds->target_steps, arena);
}

s2s_status s2s_batcher_create(const s2s_signature *signature, const s2s_split *const *splits, int split_count,
                              int64_t batch_size, int64_t shard_rows, s2s_arena *arena, s2s_batcher **ret, s2s_error *err)
{
    s2s_batcher *b = S2S_NEW(arena, s2s_batcher);
    int64_t *heap = S2S_NEW_ARRAY(arena, int64_t, batch_size);

    assert(batch_size >= 1 && shard_rows >= 1);
    if (b == NULL || heap == NULL)
        return s2s_fail(err, S2S_MEMORY, "out of memory for batches of %lld examples", (long long)batch_size);
    b->signature = *signature;
    b->batch_size = batch_size;
    b->shard_rows = shard_rows < batch_size ? shard_rows : batch_size;
    b->bounds.shards = (batch_size + shard_rows - 1) / shard_rows;
    b->bounds.sequences = b->shard_rows;
    for (int i = 0; i < split_count; i++) {
        if (splits[i] == NULL)
            continue;
        assert(lengths_agree(signature, splits[i]));
        for (int s = 0; s < signature->stream_count; s++) {
            if (signature->stream[s].steps == S2S_LENGTH_ANY)
                measure_stream(b, s, &splits[i]->stream[s], splits[i]->count, heap);
        }
    }
    create_any(b, arena);
    for (int s = 0; s < signature->stream_count; s++)
        create_stream(b, s, arena);
    create_target(b, arena);
    b->shard = S2S_NEW_ARRAY(arena, s2s_shard, b->bounds.shards);
    b->example = S2S_NEW_ARRAY(arena, int64_t, batch_size);
    b->position = S2S_NEW_ARRAY(arena, int64_t, batch_size);
    if (s2s_arena_failed(arena))
        return s2s_fail(err, S2S_MEMORY, "out of memory for batches of %lld examples", (long long)batch_size);
    *ret = b;
    return S2S_OK;
}

s2s_shard_bounds s2s_batcher_bounds(const s2s_batcher *b) { return b->bounds; }

void s2s_batcher_training(s2s_batcher *b, bool training, uint64_t seed, uint64_t epoch)
{
    b->training = training;
    b->seed = seed;
    b->epoch = epoch;
}

/* ---- a batch: who is in it, in which order, and where each shard's rows begin ---- */

static const s2s_column *variable_column(const s2s_batcher *b)
{
    for (int s = 0; s < b->signature.stream_count; s++) {
        if (b->signature.stream[s].steps == S2S_LENGTH_ANY)
            return &b->split->stream[s];
    }
    return NULL;
}

/* Fill example, position and lengths, longest first; cut the rows. */
static void sort_batch(s2s_batcher *b, const s2s_column *column, const int64_t *examples, int shards)
{
    any_layout *any = &b->any;
    int64_t row = 0;

    for (int64_t i = 0; i < b->count; i++) {
        const int64_t length = s2s_column_length(column, examples[i]);
        assert(length <= any->longest);
        any->unsorted[i] = (int32_t)length;
    }
    s2s_sort_by_length(any->unsorted, b->count, any->bins, any->order);
    for (int64_t i = 0; i < b->count; i++) {
        b->position[i] = any->order[i];
        b->example[i] = examples[any->order[i]];
        any->room.length[i] = any->unsorted[any->order[i]];
        if (i % b->shard_rows == 0)
            any->row_start[i / b->shard_rows] = row;
        row += any->room.length[i];
    }
    any->row_start[shards] = row;
    assert(row <= any->batch_rows);
}

static void cut_inner(s2s_batcher *b, int s, int shards)
{
    const s2s_column *column = &b->split->stream[s];
    inner_pool *inner = &b->stream[s].inner;
    int64_t row = 0;

    for (int64_t i = 0; i < b->count; i++) {
        const int64_t example = b->example[i];

        if (i % b->shard_rows == 0)
            inner->row_start[i / b->shard_rows] = row;
        row += column->inner_start[column->start[example + 1]] - column->inner_start[column->start[example]];
    }
    inner->row_start[shards] = row;
    assert(row <= inner->batch_rows);
}

int s2s_batch_begin(s2s_batcher *b, const s2s_split *split, const int64_t *examples, int64_t count)
{
    const int shards = (int)((count + b->shard_rows - 1) / b->shard_rows);
    const int64_t rest = count % b->shard_rows;
    const s2s_column *column;

    assert(count >= 0 && count <= b->batch_size);
    b->split = split;
    b->count = count;
    column = variable_column(b);
    if (column != NULL) {
        sort_batch(b, column, examples, shards);
    } else {
        memcpy(b->example, examples, (size_t)count * sizeof *examples);
        for (int64_t i = 0; i < count; i++)
            b->position[i] = i;
    }
    for (int s = 0; s < b->signature.stream_count; s++) {
        if (b->signature.stream[s].kind == S2S_STREAM_GROUPS)
            cut_inner(b, s, shards);
    }
    for (int i = 0; i < b->fixed_count && rest != 0; i++) {
        if (b->fixed[i].partial.sequences != rest)
            b->fixed[i].partial = s2s_steps_pack(&b->fixed[i].partial_room, rest);
    }
    return shards;
}

/* ---- a shard: its rows ---- */

/* The steps of a pool's rows in this shard, and the first of its rows in the pool. */
static const s2s_steps *steps_of(const s2s_batcher *b, const pool *p, int shard, int64_t *first_row)
{
    const int64_t first = shard * b->shard_rows, sequences = b->shard[shard].count;

    if (p->fixed == NULL) {
        *first_row = b->any.row_start[shard];
        return &b->any.steps[shard];
    }
    *first_row = first * p->fixed->steps;
    return sequences == p->fixed->full.sequences ? &p->fixed->full : &p->fixed->partial;
}

/* What decides which rare symbols of an example become the unknown one: number k for its element k. */
static s2s_stream replacing(const s2s_batcher *b, int s, int64_t example)
{
    return s2s_stream_make(b->seed, S2S_RANDOM_DATASET, RANDOM_REPLACE + (uint64_t)s, b->epoch, (uint64_t)example);
}

static void replace_rare(const s2s_batcher *b, int s, const s2s_steps *steps, const int64_t *example, int32_t *token)
{
    const s2s_column *column = &b->split->stream[s];

    if (!b->training || column->rare == NULL)
        return;
    for (int64_t i = 0; i < steps->sequences; i++) {
        const s2s_stream stream = replacing(b, s, example[i]);

        for (int64_t t = 0; t < steps->length[i]; t++) {
            int32_t *here = &token[steps->offset[t] + i];
            if (column->rare[*here] && s2s_random_uniform(&stream, (uint64_t)t) < column->replace_rate)
                *here = column->unknown;
        }
    }
}

/* The same for column `i` of the inner rows: sequence k of the groups. */
static void replace_rare_inner(const s2s_batcher *b, int s, int64_t example, int64_t k, const s2s_steps_room *room, int64_t i, int32_t *token)
{
    const s2s_column *column = &b->split->stream[s];
    const int64_t before = column->inner_start[k] - column->inner_start[column->start[example]];
    const s2s_stream stream = replacing(b, s, example);

    for (int64_t t = 0; t < room->length[i]; t++) {
        int32_t *here = &token[room->offset[t] + i];
        if (column->rare[*here] && s2s_random_uniform(&stream, (uint64_t)(before + t)) < column->replace_rate)
            *here = column->unknown;
    }
}

/* The inner sequence of every outer row, longest first. */
static void sort_inner(const s2s_column *column, const s2s_steps *outer, const int64_t *example, inner_pool *inner, int64_t first_row, int32_t *bins)
{
    int64_t *first = inner->first + first_row;
    int32_t *unsorted = inner->unsorted + first_row, *origin = inner->origin + first_row;

    for (int64_t t = 0; t < outer->count; t++) {
        for (int64_t row = outer->offset[t]; row < outer->offset[t + 1]; row++) {
            const int64_t k = column->start[example[row - outer->offset[t]]] + t;

            first[row] = k;
            unsorted[row] = (int32_t)(column->inner_start[k + 1] - column->inner_start[k]);
            assert(unsorted[row] >= 1);
        }
    }
    s2s_sort_by_length(unsorted, outer->rows, bins, origin);
    for (int64_t i = 0; i < outer->rows; i++)
        inner->room.length[first_row + i] = unsorted[origin[i]];
}

static void fill_inner(s2s_batcher *b, int s, int shard, const s2s_steps *outer, int64_t first_row)
{
    const s2s_column *column = &b->split->stream[s];
    const int64_t *example = b->shard[shard].example;
    inner_pool *inner = &b->stream[s].inner;
    int32_t *token = inner->token + inner->row_start[shard];
    const s2s_steps_room room = {
        .offset = inner->room.offset + shard * (inner->longest + 1),
        .sequence_of = inner->room.sequence_of + inner->row_start[shard],
        .length = inner->room.length + first_row,
    };
    s2s_groups *groups = &inner->groups[shard];

    sort_inner(column, outer, example, inner, first_row, inner->bins + shard * (inner->longest + 1));
    *groups = (s2s_groups){ .steps = s2s_steps_pack(&room, outer->rows), .token = token, .origin = inner->origin + first_row };
    for (int64_t i = 0; i < outer->rows; i++) {
        const int32_t row = groups->origin[i];
        const int64_t k = inner->first[first_row + row];

        s2s_gather_run(column, column->inner_start[k], room.length[i], room.offset, token + i);
        if (b->training && column->rare != NULL)
            replace_rare_inner(b, s, example[outer->sequence_of[row]], k, &room, i, token);
    }
}

static void fill_stream(s2s_batcher *b, int s, int shard)
{
    const s2s_stream_info *info = &b->signature.stream[s];
    const s2s_column *column = &b->split->stream[s];
    const pool *p = &b->stream[s];
    const int64_t *example = b->shard[shard].example;
    int64_t first_row;
    const s2s_steps *steps = steps_of(b, p, shard, &first_row);
    s2s_shard_stream *to = &b->shard[shard].stream[s];

    *to = (s2s_shard_stream){ .kind = info->kind, .width = info->width, .steps = info->steps != 0 ? steps : NULL };
    if (info->kind == S2S_STREAM_GROUPS) {
        fill_inner(b, s, shard, steps, first_row);
        to->groups = &p->inner.groups[shard];
    } else if (info->kind == S2S_STREAM_REALS) {
        s2s_gather_reals(column, steps, example, p->x + first_row * info->width);
        to->x = p->x + first_row * info->width;
    } else {
        s2s_gather_tokens(column, steps, example, p->token + first_row);
        replace_rare(b, s, steps, example, p->token + first_row);
        to->token = p->token + first_row;
    }
}

static void fill_unseen(const s2s_batcher *b, const s2s_steps *steps, const int64_t *example, uint8_t *unseen)
{
    for (int64_t i = 0; i < steps->sequences; i++) {
        const uint8_t *source = b->split->unseen + s2s_column_start(&b->split->stream[0], example[i]);

        for (int64_t t = 0; t < steps->length[i]; t++)
            unseen[steps->offset[t] + i] = source[t];
    }
}

static void fill_target(s2s_batcher *b, int shard_number)
{
    s2s_shard *shard = &b->shard[shard_number];
    const s2s_column *column = &b->split->target;
    const pool *p = &b->target;
    int64_t first_row;

    shard->target_steps = steps_of(b, p, shard_number, &first_row);
    shard->target = NULL;
    shard->target_x = NULL;
    shard->too_long = shard->unseen = NULL;
    if (b->signature.alignment == S2S_ALIGNED && b->split->unseen != NULL) {
        fill_unseen(b, shard->target_steps, shard->example, b->unseen + first_row);
        shard->unseen = b->unseen + first_row;
    }
    if (!s2s_column_exists(column))
        return;
    if (column->kind == S2S_STREAM_REALS) {
        s2s_gather_reals(column, shard->target_steps, shard->example, p->x + first_row * column->width);
        shard->target_x = p->x + first_row * column->width;
    } else {
        s2s_gather_tokens(column, shard->target_steps, shard->example, p->token + first_row);
        shard->target = p->token + first_row;
    }
    if (b->signature.alignment == S2S_OWN_STEPS) {
        uint8_t *too_long = b->too_long + shard_number * b->shard_rows;

        for (int64_t i = 0; i < shard->count; i++)
            too_long[i] = s2s_column_length(column, shard->example[i]) > shard->target_steps->count;
        shard->too_long = too_long;
    }
}

const s2s_shard *s2s_shard_fill(s2s_batcher *b, int shard)
{
    const int64_t first = shard * b->shard_rows, left = b->count - first;
    any_layout *any = &b->any;

    assert(shard >= 0 && left > 0);
    b->shard[shard].count = left < b->shard_rows ? left : b->shard_rows;
    b->shard[shard].position = b->position + first;
    b->shard[shard].example = b->example + first;
    b->shard[shard].stream_count = b->signature.stream_count;
    if (variable_column(b) != NULL) {
        const s2s_steps_room room = {
            .offset = any->room.offset + shard * (any->longest + 1),
            .sequence_of = any->room.sequence_of + any->row_start[shard],
            .length = any->room.length + first,
        };
        any->steps[shard] = s2s_steps_pack(&room, b->shard[shard].count);
    }
    for (int s = 0; s < b->signature.stream_count; s++)
        fill_stream(b, s, shard);
    fill_target(b, shard);
    return &b->shard[shard];
}
