/* pack.c -- packed rows from columns. See math/steps.h for the layout. */
#include "datasets/pack.h"

#include <assert.h>
#include <string.h>

s2s_steps s2s_steps_pack(const s2s_steps_room *room, int64_t sequences)
{
    const int64_t count = sequences > 0 ? room->length[0] : 0;
    int64_t alive = sequences, row = 0;

    for (int64_t t = 0; t < count; t++) {
        while (room->length[alive - 1] <= t)
            alive--;
        room->offset[t] = row;
        for (int64_t b = 0; b < alive; b++)
            room->sequence_of[row + b] = (int32_t)b;
        row += alive;
    }
    room->offset[count] = row;
    return (s2s_steps){
        .sequences = sequences, .count = count, .rows = row,
        .offset = room->offset, .sequence_of = room->sequence_of, .length = room->length,
    };
}

void s2s_sort_by_length(const int32_t *length, int64_t n, int32_t *bins, int32_t *order)
{
    int32_t longest = 0, place = 0;

    for (int64_t i = 0; i < n; i++)
        longest = length[i] > longest ? length[i] : longest;
    memset(bins, 0, ((size_t)longest + 1) * sizeof *bins);
    for (int64_t i = 0; i < n; i++)
        bins[length[i]]++;
    for (int32_t l = longest; l >= 0; l--) {       /* counts become first places */
        const int32_t here = bins[l];
        bins[l] = place;
        place += here;
    }
    for (int64_t i = 0; i < n; i++)
        order[bins[length[i]]++] = (int32_t)i;
}

#define GATHER(type, none)                                                      \
    do {                                                                        \
        const type *source = (const type *)column->token + start;               \
        for (int64_t t = 0; t < n; t++)                                         \
            to[offset[t]] = source[t] == (none) ? -1 : (int32_t)source[t];      \
    } while (0)

void s2s_gather_run(const s2s_column *column, int64_t start, int64_t n, const int64_t *offset, int32_t *to)
{
    switch (column->token_bytes) {
    case 1: GATHER(uint8_t, UINT8_MAX); break;
    case 2: GATHER(uint16_t, UINT16_MAX); break;
    default: GATHER(int32_t, -1); break;
    }
}

void s2s_gather_tokens(const s2s_column *column, const s2s_steps *steps, const int64_t *example, int32_t *token)
{
    for (int64_t b = 0; b < steps->sequences; b++) {
        const int64_t wanted = steps->length[b], has = s2s_column_length(column, example[b]);
        const int64_t n = has < wanted ? has : wanted;

        s2s_gather_run(column, s2s_column_start(column, example[b]), n, steps->offset, token + b);
        for (int64_t t = n; t < wanted; t++)
            token[steps->offset[t] + b] = -1;
    }
}

void s2s_gather_reals(const s2s_column *column, const s2s_steps *steps, const int64_t *example, real *x)
{
    const int64_t width = column->width;

    for (int64_t b = 0; b < steps->sequences; b++) {
        const real *source = column->x + s2s_column_start(column, example[b]) * width;

        assert(s2s_column_length(column, example[b]) >= steps->length[b]);
        for (int64_t t = 0; t < steps->length[b]; t++)
            memcpy(x + (steps->offset[t] + b) * width, source + t * width, (size_t)width * sizeof(real));
    }
}
