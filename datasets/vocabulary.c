/* vocabulary.c -- a list of symbols and an open-addressing table of their numbers, at most half full. */
#include "datasets/vocabulary.h"

#include <assert.h>
#include <string.h>

struct s2s_vocabulary {
    s2s_arena *arena;
    s2s_text *symbol;
    size_t count, capacity;
    int32_t *slot;             /* number + 1; 0: free */
    size_t mask;               /* slots - 1, a power of two minus one */
    int32_t unknown;
};

enum { FIRST_SLOTS = 64 };

s2s_status s2s_vocabulary_create(s2s_arena *arena, s2s_vocabulary **ret, s2s_error *err)
{
    s2s_vocabulary *v = S2S_NEW(arena, s2s_vocabulary);
    int32_t *slot = S2S_NEW_ARRAY(arena, int32_t, FIRST_SLOTS);

    if (v == NULL || slot == NULL)
        return s2s_fail(err, S2S_MEMORY, "out of memory for a vocabulary");
    *v = (s2s_vocabulary){ .arena = arena, .slot = slot, .mask = FIRST_SLOTS - 1, .unknown = -1 };
    *ret = v;
    return S2S_OK;
}

/* FNV-1a, its high bits folded down because the table uses the low ones. */
static size_t hash(s2s_text symbol)
{
    uint64_t h = 0xcbf29ce484222325u;

    for (size_t i = 0; i < symbol.length; i++)
        h = (h ^ (unsigned char)symbol.chars[i]) * 0x100000001b3u;
    return (size_t)(h ^ h >> 32);
}

/* The slot that holds `symbol`, or the free one where it belongs. */
static size_t slot_of(const s2s_vocabulary *v, s2s_text symbol)
{
    size_t at = hash(symbol) & v->mask;

    while (v->slot[at] != 0 && !s2s_text_equal(v->symbol[v->slot[at] - 1], symbol))
        at = (at + 1) & v->mask;
    return at;
}

static bool double_table(s2s_vocabulary *v)
{
    const size_t slots = 2 * (v->mask + 1);
    int32_t *slot = S2S_NEW_ARRAY(v->arena, int32_t, slots);

    if (slot == NULL)
        return false;
    v->slot = slot;
    v->mask = slots - 1;
    for (size_t i = 0; i < v->count; i++)
        slot[slot_of(v, v->symbol[i])] = (int32_t)i + 1;
    return true;
}

int32_t s2s_vocabulary_add(s2s_vocabulary *v, s2s_text symbol)
{
    size_t at = slot_of(v, symbol);
    s2s_text *place;
    char *copy;

    if (v->slot[at] != 0)
        return v->slot[at] - 1;
    if (v->count >= INT32_MAX / 4)
        return -1;
    if (2 * (v->count + 1) > v->mask + 1) {
        if (!double_table(v))
            return -1;
        at = slot_of(v, symbol);
    }
    copy = S2S_NEW_ARRAY(v->arena, char, symbol.length + 1);
    if (copy == NULL)
        return -1;
    place = s2s_arena_grow(v->arena, &v->symbol, &v->count, &v->capacity, sizeof *v->symbol);
    if (place == NULL)
        return -1;
    if (symbol.length > 0)
        memcpy(copy, symbol.chars, symbol.length);
    *place = (s2s_text){ copy, symbol.length };
    v->slot[at] = (int32_t)v->count;
    return v->slot[at] - 1;
}

bool s2s_vocabulary_has(const s2s_vocabulary *v, s2s_text symbol)
{
    return v->slot[slot_of(v, symbol)] != 0;
}

int32_t s2s_vocabulary_find(const s2s_vocabulary *v, s2s_text symbol)
{
    const int32_t number = v->slot[slot_of(v, symbol)] - 1;

    return number >= 0 ? number : v->unknown;
}

int64_t s2s_vocabulary_size(const s2s_vocabulary *v)
{
    return (int64_t)v->count;
}

s2s_text s2s_vocabulary_symbol(const s2s_vocabulary *v, int32_t number)
{
    assert(number >= 0 && (size_t)number < v->count);
    return v->symbol[number];
}

void s2s_vocabulary_set_unknown(s2s_vocabulary *v, int32_t number)
{
    assert(number >= -1 && number < (int32_t)v->count);
    v->unknown = number;
}

int32_t s2s_vocabulary_unknown(const s2s_vocabulary *v)
{
    return v->unknown;
}

s2s_vocabulary *s2s_vocabulary_named(const s2s_vocabulary_list *list, const char *name)
{
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->item[i].name, name) == 0)
            return list->item[i].vocabulary;
    }
    return NULL;
}

int s2s_token_bytes(int64_t symbols)
{
    if (symbols <= UINT8_MAX)
        return 1;
    return symbols <= UINT16_MAX ? 2 : 4;
}
