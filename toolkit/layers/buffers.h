/*
 * buffers.h -- a layer's kept or scratch memory as a short table of buffers.
 *
 *   | buffer 0 | buffer 1 | ...      each rounded up to 16 elements, so that every one starts on a cache line
 */
#ifndef S2S_LAYERS_BUFFERS_H
#define S2S_LAYERS_BUFFERS_H

#include "layers/layer.h"

typedef struct s2s_buffer { int64_t per_row, per_sequence, per_step, once; } s2s_buffer;

/* What a table of buffers needs, for s2s_layer_spec. */
s2s_memory_need s2s_buffers_need(const s2s_buffer *buffers, int count);

/* Where each buffer starts for so many rows, sequences and steps; ret has room for `count` pointers. Empty buffers are NULL. */
void s2s_buffers_carve(const s2s_buffer *buffers, int count, int64_t rows, int64_t sequences, int64_t steps, real *base, real **ret);

/* Elements of `real` that hold so many int32 or int64. */
static inline int64_t s2s_reals_for(int64_t count, size_t size) { return (int64_t)((size_t)count * size + sizeof(real) - 1) / (int64_t)sizeof(real); }

#endif
