#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "base/random.h"

/* The vectors of the Random123 distribution's kat_vectors, philox4x32 10. */
Test(random, known_answers)
{
    static const struct { s2s_stream stream; uint64_t q; uint32_t want[4]; } cases[] = {
        { { { 0, 0 }, { 0, 0 } }, 0, { 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8 } },
        { { { 0xffffffff, 0xffffffff }, { 0xffffffff, 0xffffffff } }, UINT64_MAX, { 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd } },
        { { { 0xa4093822, 0x299f31d0 }, { 0x13198a2e, 0x03707344 } }, 0x85a308d3243f6a88, { 0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1 } },
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint32_t got[4];
        s2s_random_block(&cases[i].stream, cases[i].q, got);
        cr_assert(memcmp(got, cases[i].want, sizeof got) == 0, "case %zu", i);
    }
}

Test(random, every_part_of_the_name_makes_another_stream)
{
    const s2s_stream streams[] = {
        s2s_stream_make(1, S2S_RANDOM_INIT, 0, 0, 0), s2s_stream_make(2, S2S_RANDOM_INIT, 0, 0, 0), s2s_stream_make(1, S2S_RANDOM_SHUFFLE, 0, 0, 0),
        s2s_stream_make(1, S2S_RANDOM_INIT, 1, 0, 0), s2s_stream_make(1, S2S_RANDOM_INIT, 0, 1, 0), s2s_stream_make(1, S2S_RANDOM_INIT, 0, 0, 1),
        s2s_stream_make(1, S2S_RANDOM_INIT, 0, 0, UINT64_C(1) << 32), s2s_stream_make(UINT64_C(1) << 32 | 1, S2S_RANDOM_INIT, 0, 0, 0),
    };
    const size_t count = sizeof streams / sizeof streams[0];

    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < i; j++)
            cr_assert(memcmp(&streams[i], &streams[j], sizeof streams[i]) != 0, "%zu and %zu", i, j);
}

Test(random, single_numbers_come_from_blocks)
{
    const s2s_stream stream = s2s_stream_make(7, S2S_RANDOM_TEST, 1, 2, 3);
    uint32_t         block[4];

    s2s_random_block(&stream, 5, block);
    for (uint64_t i = 0; i < 4; i++)
        cr_assert(s2s_random_u32(&stream, 20 + i) == block[i]);
    cr_assert(s2s_random_uniform(&stream, 21) == (block[1] >> 8) / 16777216.0);
}

Test(random, moments)
{
    const s2s_stream stream = s2s_stream_make(3, S2S_RANDOM_TEST, 0, 0, 0);
    const int        n = 200000;
    double           uniform = 0, normal = 0, square = 0;
    int              below[10] = { 0 };

    for (uint64_t i = 0; i < (uint64_t)n; i++) {
        const double x = s2s_random_normal(&stream, i);
        uniform += s2s_random_uniform(&stream, i);
        normal += x;
        square += x * x;
        below[s2s_random_below(&stream, i, 10)]++;
    }
    cr_assert(fabs(uniform / n - 0.5) < 0.003);
    cr_assert(fabs(normal / n) < 0.01);
    cr_assert(fabs(square / n - 1) < 0.02);
    for (int i = 0; i < 10; i++)
        cr_assert(abs(below[i] - n / 10) < 600, "%d: %d", i, below[i]);
    cr_assert(s2s_random_below(&stream, 0, 1) == 0);
}

Test(random, permutations)
{
    const s2s_stream stream = s2s_stream_make(3, S2S_RANDOM_TEST, 0, 0, 0);
    int64_t          order[100];
    bool             seen[100] = { false };
    int              fixed = 0;

    s2s_random_permutation(&stream, 100, order);
    for (int64_t i = 0; i < 100; i++) {
        cr_assert(order[i] >= 0 && order[i] < 100 && !seen[order[i]]);
        seen[order[i]] = true;
        fixed += order[i] == i;
    }
    cr_assert(fixed < 8);
    s2s_random_permutation(&stream, 0, NULL);
}
