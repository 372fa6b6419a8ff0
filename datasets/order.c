/* order.c -- in which order an epoch sees its examples. Everything is a pure function of seed, epoch and the lengths. */
#include "datasets/batch.h"

/* What a run is sorted by: length, then a random number of the example's own, so that sorting undoes no shuffling. */
typedef struct sorting {
    const s2s_column *column;
    s2s_stream ties;
} sorting;

static bool comes_before(const sorting *by, int64_t i, int64_t j)
{
    const int64_t length_i = s2s_column_length(by->column, i), length_j = s2s_column_length(by->column, j);
    uint32_t tie_i, tie_j;

    if (length_i != length_j)
        return length_i > length_j;
    tie_i = s2s_random_u32(&by->ties, (uint64_t)i);
    tie_j = s2s_random_u32(&by->ties, (uint64_t)j);
    return tie_i != tie_j ? tie_i < tie_j : i < j;
}

/* Heap order: no element comes before its children. */
static void sift_down(const sorting *by, int64_t *heap, int64_t at, int64_t n)
{
    const int64_t moving = heap[at];

    for (int64_t child = 2 * at + 1; child < n; child = 2 * at + 1) {
        if (child + 1 < n && comes_before(by, heap[child], heap[child + 1]))
            child++;
        if (!comes_before(by, moving, heap[child]))
            break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = moving;
}

static void sort_run(const sorting *by, int64_t *order, int64_t n)
{
    for (int64_t i = n / 2; i-- > 0; )
        sift_down(by, order, i, n);
    for (int64_t last = n - 1; last > 0; last--) {
        const int64_t top = order[0];
        order[0] = order[last];
        order[last] = top;
        sift_down(by, order, 0, last);
    }
}

/* Fisher-Yates over the whole batches; a shorter last one stays last. */
static void shuffle_batches(const s2s_stream *stream, int64_t *order, int64_t batches, int64_t batch_size)
{
    for (int64_t i = batches - 1; i > 0; i--) {
        const int64_t j = (int64_t)s2s_random_below(stream, (uint64_t)i, (uint64_t)i + 1);

        for (int64_t k = 0; k < batch_size; k++) {
            const int64_t kept = order[i * batch_size + k];
            order[i * batch_size + k] = order[j * batch_size + k];
            order[j * batch_size + k] = kept;
        }
    }
}

/* The column whose lengths differ; NULL when all are fixed. */
static const s2s_column *variable_column(const s2s_split *split)
{
    for (int s = 0; s < S2S_STREAMS_MAX; s++) {
        if (split->stream[s].start != NULL)
            return &split->stream[s];
    }
    return NULL;
}

void s2s_order_make(const s2s_split *split, uint64_t seed, uint64_t epoch, int64_t batch_size, int64_t bucket, int64_t *order)
{
    const s2s_stream shuffle = s2s_stream_make(seed, S2S_RANDOM_SHUFFLE, epoch, 0, 0);
    sorting by = { .column = variable_column(split) };
    s2s_stream batches;
    const int64_t whole = split->count / batch_size, run = bucket < whole ? bucket * batch_size : split->count;

    s2s_random_permutation(&shuffle, split->count, order);
    if (bucket == 0 || by.column == NULL)
        return;
    batches = s2s_stream_make(seed, S2S_RANDOM_SHUFFLE, epoch, 1, 0);
    by.ties = s2s_stream_make(seed, S2S_RANDOM_SHUFFLE, epoch, 2, 0);
    for (int64_t first = 0; first < split->count; first += run)
        sort_run(&by, order + first, split->count - first < run ? split->count - first : run);
    shuffle_batches(&batches, order, whole, batch_size);
}
