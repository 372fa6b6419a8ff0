/* Batches of random columns against the definition in math/steps.h, element by element. */
#include <criterion/criterion.h>
#include <string.h>

#include "datasets/batch.h"

enum { EXAMPLES = 200, WORDS = 300, CHARS = 90, COLUMNS = 3 };

static uint32_t random_number;
static int64_t below(int64_t n)
{
    random_number = random_number * 1664525 + 1013904223;
    return (int64_t)(random_number >> 8) % n;
}

/* Sentences of 1 to `longest` words: tokens, groups of characters, reals, aligned targets. */
static void make_tagging(s2s_arena *arena, int64_t longest, s2s_signature *signature, s2s_split *split)
{
    int64_t *start = S2S_NEW_ARRAY(arena, int64_t, EXAMPLES + 1), *inner, words, chars = 0;

    for (int64_t i = 0; i < EXAMPLES; i++)
        start[i + 1] = start[i] + 1 + below(longest);
    words = start[EXAMPLES];
    inner = S2S_NEW_ARRAY(arena, int64_t, words + 1);
    for (int64_t k = 0; k < words; k++)
        inner[k + 1] = chars += 1 + below(12);
    *split = (s2s_split){ .count = EXAMPLES };
    s2s_column_create(S2S_STREAM_TOKENS, WORDS, words, arena, &split->stream[0], NULL);
    s2s_column_create(S2S_STREAM_GROUPS, CHARS, chars, arena, &split->stream[1], NULL);
    s2s_column_create(S2S_STREAM_REALS, COLUMNS, words, arena, &split->stream[2], NULL);
    s2s_column_create(S2S_STREAM_TOKENS, 17, words, arena, &split->target, NULL);
    for (int s = 0; s < 3; s++)
        split->stream[s].start = start;
    split->target.start = start;
    split->stream[1].inner_start = inner;
    for (int64_t k = 0; k < words; k++) {
        s2s_column_put(&split->stream[0], k, (int32_t)below(WORDS));
        s2s_column_put(&split->target, k, (int32_t)below(18) - 1);
    }
    for (int64_t k = 0; k < chars; k++)
        s2s_column_put(&split->stream[1], k, (int32_t)below(CHARS));
    for (int64_t k = 0; k < words * COLUMNS; k++)
        split->stream[2].x[k] = (real)below(1000);
    *signature = (s2s_signature){
        .stream_count = 3, .opened = true, .alignment = S2S_ALIGNED,
        .stream = { { "word", S2S_STREAM_TOKENS, WORDS, S2S_LENGTH_ANY }, { "chars", S2S_STREAM_GROUPS, CHARS, S2S_LENGTH_ANY },
                    { "x", S2S_STREAM_REALS, COLUMNS, S2S_LENGTH_ANY } },
        .target = { "target", S2S_STREAM_TOKENS, 17, S2S_LENGTH_ANY },
    };
}

static void check_steps(const s2s_steps *steps)
{
    int64_t rows = 0;

    for (int64_t b = 0; b < steps->sequences; b++) {
        rows += steps->length[b];
        cr_assert(b == 0 || steps->length[b] <= steps->length[b - 1]);
    }
    cr_assert(steps->rows == rows && steps->offset[0] == 0 && steps->offset[steps->count] == rows);
    cr_assert(steps->count == (steps->sequences > 0 ? steps->length[0] : 0));
    for (int64_t t = 0; t < steps->count; t++) {
        for (int64_t row = steps->offset[t]; row < steps->offset[t + 1]; row++) {
            cr_assert(steps->sequence_of[row] == row - steps->offset[t]);
            cr_assert(steps->length[steps->sequence_of[row]] > t);
        }
    }
}

static void check_groups(const s2s_column *column, const s2s_steps *outer, const int64_t *example, const s2s_groups *groups)
{
    char seen[4096] = { 0 };

    check_steps(&groups->steps);
    cr_assert(groups->steps.sequences == outer->rows);
    for (int64_t i = 0; i < outer->rows; i++) {
        const int32_t row = groups->origin[i], b = outer->sequence_of[row];
        int64_t t = 0, k;

        while (outer->offset[t + 1] <= row)
            t++;
        k = column->start[example[b]] + t;
        cr_assert(!seen[row], "outer row %d has two inner sequences", row);
        seen[row] = 1;
        cr_assert(groups->steps.length[i] == column->inner_start[k + 1] - column->inner_start[k]);
        for (int64_t c = 0; c < groups->steps.length[i]; c++)
            cr_assert(groups->token[groups->steps.offset[c] + i] == s2s_column_get(column, column->inner_start[k] + c));
    }
}

static void check_tagging_shard(const s2s_split *split, const s2s_shard *shard, const s2s_shard_bounds *bounds)
{
    const s2s_steps *steps = shard->stream[0].steps;

    check_steps(steps);
    cr_assert(shard->target_steps == steps && shard->stream[1].steps == steps);
    cr_assert(steps->rows <= bounds->rows[0] && steps->count <= bounds->steps[0] && shard->count <= bounds->sequences);
    cr_assert(steps->rows <= bounds->target_rows && steps->count <= bounds->target_steps);
    for (int64_t b = 0; b < shard->count; b++) {
        const int64_t start = split->stream[0].start[shard->example[b]];

        cr_assert(steps->length[b] == s2s_column_length(&split->stream[0], shard->example[b]));
        for (int64_t t = 0; t < steps->length[b]; t++) {
            const int64_t row = steps->offset[t] + b;
            cr_assert(shard->stream[0].token[row] == s2s_column_get(&split->stream[0], start + t));
            cr_assert(shard->target[row] == s2s_column_get(&split->target, start + t));
            cr_assert(memcmp(shard->stream[2].x + row * COLUMNS, split->stream[2].x + (start + t) * COLUMNS, COLUMNS * sizeof(real)) == 0);
        }
    }
    check_groups(&split->stream[1], steps, shard->example, shard->stream[1].groups);
    cr_assert(shard->stream[1].groups->steps.rows <= bounds->inner_rows[1] && shard->stream[1].groups->steps.count <= bounds->inner_steps[1]);
}

Test(batch, tagging_rows_lie_as_steps_says)
{
    static const int64_t sizes[][2] = { { 1, 16 }, { 32, 16 }, { 7, 3 }, { 200, 64 } };       /* batch, shard rows */
    s2s_signature signature;
    s2s_split split;
    const s2s_split *splits[] = { NULL, &split };

    random_number = 5;
    for (size_t c = 0; c < sizeof sizes / sizeof *sizes; c++) {
        s2s_arena *arena = s2s_arena_create();
        s2s_batcher *batcher;
        s2s_shard_bounds bounds;
        int64_t before;

        make_tagging(arena, 40, &signature, &split);
        cr_assert(s2s_batcher_create(&signature, splits, 2, sizes[c][0], sizes[c][1], arena, &batcher, NULL) == S2S_OK);
        bounds = s2s_batcher_bounds(batcher);
        before = s2s_memory_allocations();
        for (int round = 0; round < 20; round++) {
            const int64_t count = 1 + below(sizes[c][0]);
            int64_t examples[EXAMPLES], total = 0;
            int shards;

            s2s_order_make(&split, 1, (uint64_t)round, EXAMPLES, 0, examples);
            shards = s2s_batch_begin(batcher, &split, examples, count);
            cr_assert(shards == (count + sizes[c][1] - 1) / sizes[c][1] && shards <= bounds.shards);
            for (int s = 0; s < shards; s++) {
                const s2s_shard *shard = s2s_shard_fill(batcher, s);
                check_tagging_shard(&split, shard, &bounds);
                for (int64_t b = 0; b < shard->count; b++)
                    cr_assert(examples[shard->position[b]] == shard->example[b]);
                total += shard->count;
            }
            cr_assert(total == count, "count in is count out");
        }
        cr_assert(s2s_memory_allocations() == before, "filling allocates nothing");
        s2s_arena_free(arena);
    }
}

Test(batch, the_longest_examples_together_fit)
{
    s2s_arena *arena = s2s_arena_create();
    s2s_signature signature;
    s2s_split split;
    const s2s_split *splits[] = { &split };
    s2s_batcher *batcher;
    s2s_shard_bounds bounds;
    int64_t order[EXAMPLES];
    const s2s_shard *shard;

    random_number = 9;
    make_tagging(arena, 60, &signature, &split);
    cr_assert(s2s_batcher_create(&signature, splits, 1, 32, 16, arena, &batcher, NULL) == S2S_OK);
    bounds = s2s_batcher_bounds(batcher);
    s2s_order_make(&split, 1, 1, EXAMPLES, 1, order);         /* one batch of all, sorted: the longest first */
    s2s_batch_begin(batcher, &split, order, 32);
    shard = s2s_shard_fill(batcher, 0);
    check_tagging_shard(&split, shard, &bounds);
    cr_assert(shard->stream[0].steps->rows == bounds.rows[0], "the bound is met, not only kept");
    cr_assert(shard->stream[0].steps->count == bounds.steps[0]);
    s2s_arena_free(arena);
}

Test(batch, equal_lengths_share_their_steps)
{
    s2s_arena *arena = s2s_arena_create();
    const s2s_signature signature = {
        .stream_count = 1, .opened = true, .alignment = S2S_OWN_STEPS,
        .stream[0] = { "input", S2S_STREAM_TOKENS, 12, 7 }, .target = { "target", S2S_STREAM_TOKENS, 12, 4 },
    };
    s2s_split split;
    const s2s_split *splits[] = { &split };
    s2s_batcher *batcher;
    int64_t examples[10] = { 3, 1, 4, 1, 5, 9, 2, 6, 5, 3 };
    const s2s_shard *first, *last;

    cr_assert(s2s_split_reserve(&signature, 10, arena, &split, NULL) == S2S_OK);
    for (int64_t i = 0; i < 70; i++)
        s2s_column_put(&split.stream[0], i, (int32_t)(i % 12));
    for (int64_t i = 0; i < 40; i++)
        s2s_column_put(&split.target, i, (int32_t)(i % 11));
    cr_assert(s2s_batcher_create(&signature, splits, 1, 10, 4, arena, &batcher, NULL) == S2S_OK);
    cr_assert(s2s_batch_begin(batcher, &split, examples, 10) == 3);
    first = s2s_shard_fill(batcher, 0);
    last = s2s_shard_fill(batcher, 2);
    cr_assert(first->stream[0].steps == s2s_shard_fill(batcher, 1)->stream[0].steps);
    cr_assert(last->count == 2 && last->stream[0].steps->sequences == 2 && last->target_steps->rows == 8);
    check_steps(first->stream[0].steps);
    check_steps(last->stream[0].steps);
    check_steps(last->target_steps);
    for (int64_t b = 0; b < 2; b++) {
        cr_assert(last->example[b] == examples[8 + b] && last->position[b] == 8 + b && last->too_long[b] == 0);
        for (int64_t t = 0; t < 7; t++)
            cr_assert(last->stream[0].token[t * 2 + b] == (examples[8 + b] * 7 + t) % 12);
        for (int64_t t = 0; t < 4; t++)
            cr_assert(last->target[t * 2 + b] == (examples[8 + b] * 4 + t) % 11);
    }
    cr_assert(s2s_batch_begin(batcher, &split, examples, 3) == 1);
    last = s2s_shard_fill(batcher, 0);
    check_steps(last->stream[0].steps);
    cr_assert(last->stream[0].steps->sequences == 3);
    s2s_arena_free(arena);
}

Test(batch, own_targets_may_be_short_or_too_long)
{
    s2s_arena *arena = s2s_arena_create();
    const s2s_signature signature = {
        .stream_count = 1, .opened = true, .alignment = S2S_OWN_STEPS,
        .stream[0] = { "input", S2S_STREAM_REALS, 2, 0 }, .target = { "target", S2S_STREAM_TOKENS, 300, 3 },
    };
    const int64_t start[] = { 0, 2, 5, 9 }, examples[] = { 0, 1, 2 };
    s2s_split split = { .count = 3 };
    const s2s_split *splits[] = { &split };
    s2s_batcher *batcher;
    const s2s_shard *shard;

    s2s_column_create(S2S_STREAM_REALS, 2, 3, arena, &split.stream[0], NULL);
    s2s_column_create(S2S_STREAM_TOKENS, 300, 9, arena, &split.target, NULL);
    split.stream[0].fixed_steps = 1;
    split.target.start = start;
    for (int64_t i = 0; i < 9; i++)
        s2s_column_put(&split.target, i, (int32_t)(290 + i));
    cr_assert(s2s_batcher_create(&signature, splits, 1, 3, 3, arena, &batcher, NULL) == S2S_OK);
    s2s_batch_begin(batcher, &split, examples, 3);
    shard = s2s_shard_fill(batcher, 0);
    cr_assert(shard->stream[0].steps == NULL, "no time axis");
    cr_assert(shard->target[0] == 290 && shard->target[3] == 291 && shard->target[6] == -1);
    cr_assert(shard->target[2] == 295 && shard->target[8] == 297);
    cr_assert(!shard->too_long[0] && !shard->too_long[1] && shard->too_long[2]);
    s2s_arena_free(arena);
}

Test(batch, one_target_for_a_sequence)
{
    s2s_arena *arena = s2s_arena_create();
    s2s_signature signature;
    s2s_split split;
    const s2s_split *splits[] = { &split };
    s2s_batcher *batcher;
    int64_t examples[20];
    const s2s_shard *shard;

    random_number = 1;
    make_tagging(arena, 9, &signature, &split);
    signature.alignment = S2S_PER_SEQUENCE;
    signature.target = (s2s_stream_info){ "target", S2S_STREAM_REALS, 1, 0 };
    s2s_column_create(S2S_STREAM_REALS, 1, EXAMPLES, arena, &split.target, NULL);
    split.target.fixed_steps = 1;
    for (int64_t i = 0; i < EXAMPLES; i++)
        split.target.x[i] = (real)i;
    for (int64_t i = 0; i < 20; i++)
        examples[i] = 19 - i;
    cr_assert(s2s_batcher_create(&signature, splits, 1, 20, 8, arena, &batcher, NULL) == S2S_OK);
    s2s_batch_begin(batcher, &split, examples, 20);
    shard = s2s_shard_fill(batcher, 2);
    cr_assert(shard->target_steps->rows == 4 && shard->target == NULL);
    for (int64_t b = 0; b < 4; b++)
        cr_assert(shard->target_x[b] == (real)shard->example[b]);
    s2s_arena_free(arena);
}

Test(batch, equal_lengths_keep_their_order)
{
    s2s_arena *arena = s2s_arena_create();
    s2s_signature signature;
    s2s_split split;
    const s2s_split *splits[] = { &split };
    s2s_batcher *batcher;
    int64_t examples[EXAMPLES];
    const s2s_shard *shard;

    random_number = 3;
    make_tagging(arena, 5, &signature, &split);
    for (int64_t i = 0; i < EXAMPLES; i++)
        examples[i] = i;
    cr_assert(s2s_batcher_create(&signature, splits, 1, EXAMPLES, EXAMPLES, arena, &batcher, NULL) == S2S_OK);
    s2s_batch_begin(batcher, &split, examples, EXAMPLES);
    shard = s2s_shard_fill(batcher, 0);
    for (int64_t b = 1; b < EXAMPLES; b++) {
        if (shard->stream[0].steps->length[b] == shard->stream[0].steps->length[b - 1])
            cr_assert(shard->position[b] > shard->position[b - 1]);
    }
    s2s_arena_free(arena);
}

/* How many of the first stream's tokens and of the characters were replaced. */
static int count_replaced(const s2s_split *split, s2s_batcher *batcher, const int64_t *examples, int64_t count, int *inner)
{
    const int shards = s2s_batch_begin(batcher, split, examples, count);
    int replaced = 0;

    *inner = 0;
    for (int s = 0; s < shards; s++) {
        const s2s_shard *shard = s2s_shard_fill(batcher, s);
        const s2s_steps *steps = shard->stream[0].steps;

        for (int64_t row = 0; row < steps->rows; row++)
            replaced += shard->stream[0].token[row] == 0;
        for (int64_t row = 0; row < shard->stream[1].groups->steps.rows; row++)
            *inner += shard->stream[1].groups->token[row] == 0;
    }
    return replaced;
}

Test(batch, rare_symbols_are_replaced_in_training_only)
{
    s2s_arena *arena = s2s_arena_create();
    s2s_signature signature;
    s2s_split split;
    const s2s_split *splits[] = { &split };
    s2s_batcher *a, *b;
    uint8_t rare[WORDS];
    int64_t examples[EXAMPLES];
    int plain, plain_inner, n, inner, m, m_inner;

    random_number = 8;
    make_tagging(arena, 30, &signature, &split);
    memset(rare, 1, sizeof rare);
    rare[0] = 0;
    for (int64_t i = 0; i < EXAMPLES; i++)
        examples[i] = i;
    cr_assert(s2s_batcher_create(&signature, splits, 1, EXAMPLES, 16, arena, &a, NULL) == S2S_OK);
    cr_assert(s2s_batcher_create(&signature, splits, 1, EXAMPLES, 5, arena, &b, NULL) == S2S_OK);
    for (int s = 0; s < 2; s++) {
        split.stream[s].rare = rare;
        split.stream[s].unknown = 0;
        split.stream[s].replace_rate = 0.25;
    }
    plain = count_replaced(&split, a, examples, EXAMPLES, &plain_inner);
    s2s_batcher_training(a, true, 1, 1);
    s2s_batcher_training(b, true, 1, 1);
    n = count_replaced(&split, a, examples, EXAMPLES, &inner);
    m = count_replaced(&split, b, examples, EXAMPLES, &m_inner);
    cr_assert(n == m && inner == m_inner, "the same whatever the shards");
    cr_assert(n > plain + 500 && n < plain + 1100, "about a quarter of 3,100 words, got %d", n - plain);
    cr_assert(inner > plain_inner + 4000 && inner < plain_inner + 6500, "about a quarter of 20,000 characters, got %d", inner - plain_inner);
    s2s_batcher_training(a, true, 1, 2);
    cr_assert(count_replaced(&split, a, examples, EXAMPLES, &inner) != n || inner != m_inner, "another epoch, other ones");
    s2s_batcher_training(a, false, 0, 0);
    cr_assert(count_replaced(&split, a, examples, EXAMPLES, &inner) == plain && inner == plain_inner);
    s2s_arena_free(arena);
}

Test(batch, unseen_elements_go_with_their_rows)
{
    s2s_arena *arena = s2s_arena_create();
    s2s_signature signature;
    s2s_split split;
    const s2s_split *splits[] = { &split };
    s2s_batcher *batcher;
    int64_t examples[16];
    uint8_t *unseen;
    const s2s_shard *shard;

    random_number = 8;
    make_tagging(arena, 30, &signature, &split);
    unseen = S2S_NEW_ARRAY(arena, uint8_t, split.stream[0].start[EXAMPLES]);
    for (int64_t k = 0; k < split.stream[0].start[EXAMPLES]; k++)
        unseen[k] = (uint8_t)below(2);
    split.unseen = unseen;
    for (int64_t i = 0; i < 16; i++)
        examples[i] = 2 * i;
    cr_assert(s2s_batcher_create(&signature, splits, 1, 16, 8, arena, &batcher, NULL) == S2S_OK);
    s2s_batch_begin(batcher, &split, examples, 16);
    shard = s2s_shard_fill(batcher, 1);
    for (int64_t b = 0; b < shard->count; b++)
        for (int64_t t = 0; t < shard->target_steps->length[b]; t++)
            cr_assert(shard->unseen[shard->target_steps->offset[t] + b] == unseen[split.stream[0].start[shard->example[b]] + t]);
    s2s_arena_free(arena);
}

static void assert_permutation(const int64_t *order, int64_t n)
{
    char seen[EXAMPLES] = { 0 };

    for (int64_t i = 0; i < n; i++) {
        cr_assert(order[i] >= 0 && order[i] < n && !seen[order[i]]);
        seen[order[i]] = 1;
    }
}

Test(order, depends_on_seed_and_epoch_and_nothing_else)
{
    s2s_arena *arena = s2s_arena_create();
    s2s_signature signature;
    s2s_split split;
    int64_t a[EXAMPLES], b[EXAMPLES];

    random_number = 2;
    make_tagging(arena, 20, &signature, &split);
    for (int64_t bucket = 0; bucket < 30; bucket += 4) {
        s2s_order_make(&split, 1, 1, 16, bucket, a);
        assert_permutation(a, EXAMPLES);
        s2s_order_make(&split, 1, 1, 16, bucket, b);
        cr_assert(memcmp(a, b, sizeof a) == 0);
        s2s_order_make(&split, 1, 2, 16, bucket, b);
        cr_assert(memcmp(a, b, sizeof a) != 0);
        s2s_order_make(&split, 2, 1, 16, bucket, b);
        cr_assert(memcmp(a, b, sizeof a) != 0);
    }
    s2s_arena_free(arena);
}

Test(order, buckets_make_batches_of_similar_length)
{
    s2s_arena *arena = s2s_arena_create();
    s2s_signature signature;
    s2s_split split;
    int64_t order[EXAMPLES], spread[2] = { 0, 0 };

    random_number = 2;
    make_tagging(arena, 40, &signature, &split);
    for (int k = 0; k < 2; k++) {
        s2s_order_make(&split, 1, 1, 10, k == 0 ? 0 : 10, order);
        for (int64_t i = 0; i < EXAMPLES; i += 10) {
            int64_t least = 1000, most = 0;
            for (int64_t j = i; j < i + 10; j++) {
                const int64_t length = s2s_column_length(&split.stream[0], order[j]);
                least = length < least ? length : least;
                most = length > most ? length : most;
            }
            spread[k] += most - least;
        }
    }
    cr_assert(spread[1] * 4 < spread[0], "%ld against %ld", (long)spread[1], (long)spread[0]);
    s2s_arena_free(arena);
}
