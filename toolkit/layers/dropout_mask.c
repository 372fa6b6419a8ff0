/* dropout_mask.c -- see dropout_mask.h. */
#include "layers/dropout_mask.h"

/* A number below the threshold drops. */
static uint32_t threshold(double rate) { return (uint32_t)(rate * 4294967296.0); }

real s2s_dropout_factor(const s2s_stream *stream, double rate, int64_t example, int64_t unit)
{
    return s2s_random_u32(stream, s2s_dropout_index(example, unit)) < threshold(rate) ? 0 : (real)(1.0 / (1.0 - rate));
}

void s2s_dropout_row(const s2s_stream *stream, double rate, int64_t example, int64_t first, int64_t width, real *mask)
{
    const uint32_t limit = threshold(rate);
    const real keep = (real)(1.0 / (1.0 - rate));
    uint32_t block[4];
    uint64_t loaded = UINT64_MAX;

    for (int64_t i = 0; i < width; i++) {
        const uint64_t index = s2s_dropout_index(example, first + i);

        if (index / 4 != loaded)
            s2s_random_block(stream, loaded = index / 4, block);
        mask[i] = block[index % 4] < limit ? 0 : keep;
    }
}

void s2s_dropout_mask(const s2s_stream *stream, double rate, const int64_t *example, int64_t batch, int64_t width, real *mask)
{
    for (int64_t b = 0; b < batch; b++)
        s2s_dropout_row(stream, rate, example[b], 0, width, mask + b * width);
}

s2s_stream s2s_dropout_second(const s2s_stream *stream)
{
    s2s_stream second = *stream;

    second.counter[1] ^= 0x80000000u;
    return second;
}
