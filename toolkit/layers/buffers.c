/* buffers.c -- see buffers.h. */
#include "layers/buffers.h"

enum { LINE = 16 };

s2s_memory_need s2s_buffers_need(const s2s_buffer *buffers, int count)
{
    s2s_memory_need need = {0};

    for (int i = 0; i < count; i++) {
        need.per_row += buffers[i].per_row;
        need.per_sequence += buffers[i].per_sequence;
        need.per_step += buffers[i].per_step;
        need.once += buffers[i].once + LINE;
    }
    return need;
}

void s2s_buffers_carve(const s2s_buffer *buffers, int count, int64_t rows, int64_t sequences, int64_t steps, real *base, real **ret)
{
    for (int i = 0; i < count; i++) {
        const s2s_buffer *b = &buffers[i];
        const int64_t n = b->per_row * rows + b->per_sequence * sequences + b->per_step * steps + b->once;

        ret[i] = n > 0 ? base : NULL;
        base += (n + LINE - 1) / LINE * LINE;
    }
}
