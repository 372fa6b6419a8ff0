/* measure.c -- the k largest of n numbers in one pass, by a heap with the smallest of them on top. */
#include "datasets/measure.h"

static int64_t larger(int64_t a, int64_t b) { return a > b ? a : b; }

int64_t s2s_column_longest(const s2s_column *column, int64_t count)
{
    int64_t longest = 0;

    for (int64_t i = 0; i < count; i++)
        longest = larger(longest, s2s_column_length(column, i));
    return longest;
}

static int64_t inner_length(const s2s_column *column, int64_t k)
{
    return column->inner_start[k + 1] - column->inner_start[k];
}

int64_t s2s_column_longest_inner(const s2s_column *column, int64_t count)
{
    int64_t longest = 0;

    for (int64_t k = 0; k < column->start[count]; k++)
        longest = larger(longest, inner_length(column, k));
    return longest;
}

static void sift_up(int64_t *heap, int64_t at, int64_t value)
{
    for (; at > 0 && heap[(at - 1) / 2] > value; at = (at - 1) / 2)
        heap[at] = heap[(at - 1) / 2];
    heap[at] = value;
}

static void replace_smallest(int64_t *heap, int64_t n, int64_t value)
{
    int64_t at = 0;

    for (int64_t child = 1; child < n; child = 2 * at + 1) {
        if (child + 1 < n && heap[child + 1] < heap[child])
            child++;
        if (heap[child] >= value)
            break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = value;
}

static int64_t inner_rows(const s2s_column *column, int64_t i)
{
    return column->inner_start[column->start[i + 1]] - column->inner_start[column->start[i]];
}

static int64_t sum_of_largest(const s2s_column *column, int64_t count, int64_t (*rows)(const s2s_column *, int64_t), int64_t k, int64_t *heap)
{
    int64_t n = 0, sum = 0;

    for (int64_t i = 0; i < count; i++) {
        const int64_t value = rows(column, i);

        if (n < k)
            sift_up(heap, n++, value);
        else if (value > heap[0])
            replace_smallest(heap, n, value);
    }
    for (int64_t i = 0; i < n; i++)
        sum += heap[i];
    return sum;
}

int64_t s2s_column_largest_rows(const s2s_column *column, int64_t count, int64_t k, int64_t *heap)
{
    return sum_of_largest(column, count, s2s_column_length, k, heap);
}

int64_t s2s_column_largest_inner_rows(const s2s_column *column, int64_t count, int64_t k, int64_t *heap)
{
    return sum_of_largest(column, count, inner_rows, k, heap);
}
