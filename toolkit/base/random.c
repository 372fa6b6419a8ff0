/* random.c -- Philox4x32-10 and what is made from it. */
#include "base/random.h"

#include <assert.h>
#include <math.h>

/* Ten rounds of Philox on a 128-bit counter under a 64-bit key. */
static void philox(const uint32_t key[2], const uint32_t counter[4], uint32_t ret[4])
{
    uint32_t k0 = key[0], k1 = key[1];
    uint32_t x0 = counter[0], x1 = counter[1], x2 = counter[2], x3 = counter[3];

    for (int round = 0; round < 10; round++) {
        const uint64_t p0 = UINT64_C(0xD2511F53) * x0, p1 = UINT64_C(0xCD9E8D57) * x2;
        x0 = (uint32_t)(p1 >> 32) ^ x1 ^ k0;
        x1 = (uint32_t)p1;
        x2 = (uint32_t)(p0 >> 32) ^ x3 ^ k1;
        x3 = (uint32_t)p0;
        k0 += UINT32_C(0x9E3779B9);
        k1 += UINT32_C(0xBB67AE85);
    }
    ret[0] = x0;
    ret[1] = x1;
    ret[2] = x2;
    ret[3] = x3;
}

/* Philox is its own hash: seed, purpose and a make a key under which b and c make the stream. */
s2s_stream s2s_stream_make(uint64_t seed, s2s_purpose purpose, uint64_t a, uint64_t b, uint64_t c)
{
    const uint32_t seed_key[2] = { (uint32_t)seed, (uint32_t)(seed >> 32) };
    const uint32_t first[4] = { (uint32_t)purpose, 0, (uint32_t)a, (uint32_t)(a >> 32) };
    uint32_t       middle[4], last[4];

    philox(seed_key, first, middle);
    const uint32_t second[4] = { (uint32_t)b ^ middle[2], (uint32_t)(b >> 32) ^ middle[3], (uint32_t)c, (uint32_t)(c >> 32) };
    philox(middle, second, last);
    return (s2s_stream){ .key = { last[0], last[1] }, .counter = { last[2], last[3] } };
}

void s2s_random_block(const s2s_stream *stream, uint64_t q, uint32_t ret[4])
{
    const uint32_t counter[4] = { (uint32_t)q, (uint32_t)(q >> 32), stream->counter[0], stream->counter[1] };

    philox(stream->key, counter, ret);
}

uint32_t s2s_random_u32(const s2s_stream *stream, uint64_t index)
{
    uint32_t block[4];

    s2s_random_block(stream, index / 4, block);
    return block[index % 4];
}

double s2s_random_uniform(const s2s_stream *stream, uint64_t index)
{
    return (s2s_random_u32(stream, index) >> 8) * 0x1p-24;
}

/* The numbers 2*index and 2*index+1, which always lie in one block. */
static void pair(const s2s_stream *stream, uint64_t index, uint32_t ret[2])
{
    uint32_t block[4];

    s2s_random_block(stream, index / 2, block);
    ret[0] = block[index % 2 * 2];
    ret[1] = block[index % 2 * 2 + 1];
}

double s2s_random_normal(const s2s_stream *stream, uint64_t index)
{
    uint32_t u[2];

    pair(stream, index, u);
    const double radius = sqrt(-2.0 * log((u[0] + 0.5) * 0x1p-32));     /* never log 0 */
    return radius * cos(2.0 * M_PI * 0x1p-32 * u[1]);
}

uint64_t s2s_random_below(const s2s_stream *stream, uint64_t index, uint64_t n)
{
    uint32_t u[2];

    assert(n >= 1);
    pair(stream, index, u);
    const uint64_t wide = (uint64_t)u[0] << 32 | u[1];
    return (uint64_t)(((unsigned __int128)wide * n) >> 64);
}

void s2s_random_permutation(const s2s_stream *stream, int64_t n, int64_t *order)
{
    for (int64_t i = 0; i < n; i++)
        order[i] = i;
    for (int64_t i = n - 1; i > 0; i--) {
        const int64_t j = (int64_t)s2s_random_below(stream, (uint64_t)i, (uint64_t)i + 1);
        const int64_t kept = order[i];
        order[i] = order[j];
        order[j] = kept;
    }
}
