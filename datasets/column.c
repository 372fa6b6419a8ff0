/* column.c -- tokens are kept in 1, 2 or 4 unsigned bytes; the largest value of each type stands for -1. */
#include "datasets/column.h"

#include <assert.h>

s2s_status s2s_column_create(s2s_stream_kind kind, int64_t width, int64_t elements, s2s_arena *arena, s2s_column *ret, s2s_error *err)
{
    s2s_column c = { .kind = kind, .width = width, .unknown = -1 };
    const size_t bytes = kind == S2S_STREAM_REALS ? sizeof(real) : (size_t)s2s_token_bytes(width);
    size_t count = (size_t)elements;
    void *data;

    assert(width >= 1 && elements >= 0);
    if (kind == S2S_STREAM_REALS && __builtin_mul_overflow(count, (size_t)width, &count))
        return s2s_fail(err, S2S_MEMORY, "%lld rows of %lld numbers are too many", (long long)elements, (long long)width);
    data = s2s_arena_alloc(arena, count, bytes);
    if (data == NULL)
        return s2s_fail(err, S2S_MEMORY, "out of memory for %lld elements of the data set", (long long)elements);
    if (kind == S2S_STREAM_REALS) {
        c.x = data;
    } else {
        c.token = data;
        c.token_bytes = (int)bytes;
    }
    *ret = c;
    return S2S_OK;
}

static s2s_status reserve_fixed(const s2s_stream_info *info, int64_t count, s2s_arena *arena, s2s_column *ret, s2s_error *err)
{
    const int64_t steps = info->steps > 0 ? info->steps : 1;
    int64_t elements;

    assert(info->steps != S2S_LENGTH_ANY && info->kind != S2S_STREAM_GROUPS);
    if (__builtin_mul_overflow(steps, count, &elements))
        return s2s_fail(err, S2S_MEMORY, "%lld examples of %lld steps are too many", (long long)count, (long long)steps);
    S2S_TRY(s2s_column_create(info->kind, info->width, elements, arena, ret, err));
    ret->fixed_steps = steps;
    return S2S_OK;
}

s2s_status s2s_split_reserve(const s2s_signature *signature, int64_t count, s2s_arena *arena, s2s_split *ret, s2s_error *err)
{
    s2s_split split = { .count = count };

    for (int s = 0; s < signature->stream_count; s++)
        S2S_TRY(reserve_fixed(&signature->stream[s], count, arena, &split.stream[s], err));
    S2S_TRY(reserve_fixed(&signature->target, count, arena, &split.target, err));
    *ret = split;
    return S2S_OK;
}

void s2s_column_put(const s2s_column *column, int64_t element, int32_t symbol)
{
    assert(symbol >= -1 && symbol < column->width);
    switch (column->token_bytes) {
    case 1: ((uint8_t *)column->token)[element] = (uint8_t)symbol; break;
    case 2: ((uint16_t *)column->token)[element] = (uint16_t)symbol; break;
    default: ((int32_t *)column->token)[element] = symbol; break;
    }
}

int32_t s2s_column_get(const s2s_column *column, int64_t element)
{
    switch (column->token_bytes) {
    case 1: {
        const uint8_t token = ((const uint8_t *)column->token)[element];
        return token == UINT8_MAX ? -1 : token;
    }
    case 2: {
        const uint16_t token = ((const uint16_t *)column->token)[element];
        return token == UINT16_MAX ? -1 : token;
    }
    default:
        return ((const int32_t *)column->token)[element];
    }
}

int64_t s2s_column_start(const s2s_column *column, int64_t i)
{
    return column->start != NULL ? column->start[i] : i * column->fixed_steps;
}

int64_t s2s_column_length(const s2s_column *column, int64_t i)
{
    return column->start != NULL ? column->start[i + 1] - column->start[i] : column->fixed_steps;
}

bool s2s_column_exists(const s2s_column *column)
{
    return column->token != NULL || column->x != NULL;
}
