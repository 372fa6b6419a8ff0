/*
 * arena.c -- chunks in a list, the newest first; blocks are cut off the newest chunk's end.
 *
 *   chunk  | next, size, used | block | block | ... | free |
 *
 * Chunks double from FIRST_CHUNK to LARGEST_CHUNK; a block of more than a quarter of that gets a chunk of its own, kept behind
 * the newest one. Chunks come zeroed from the system (large ones untouched), so only a reset writes zeros.
 */
#include "base/arena.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { FIRST_CHUNK = 4096, LARGEST_CHUNK = 1 << 20, LINE = 64, LARGE_BLOCK = 512 };

typedef struct chunk {
    struct chunk *next;
    size_t size, used;               /* bytes after the header */
} chunk;

struct s2s_arena {
    chunk *newest;
    size_t bytes;
    bool failed;
};

static unsigned char *chunk_data(chunk *c) { return (unsigned char *)c + sizeof(chunk); }

s2s_arena *s2s_arena_create(void) { return s2s_memory_zeroed(sizeof(s2s_arena)); }

static void release_chunks(chunk *c)
{
    while (c != NULL) {
        chunk *next = c->next;
        s2s_memory_free(c);
        c = next;
    }
}

void s2s_arena_free(s2s_arena *arena)
{
    if (arena == NULL)
        return;
    release_chunks(arena->newest);
    s2s_memory_free(arena);
}

void s2s_arena_reset(s2s_arena *arena)
{
    chunk *kept = arena->newest;

    if (kept != NULL && kept->size > LARGEST_CHUNK) {
        release_chunks(kept);
        kept = NULL;
    } else if (kept != NULL) {
        release_chunks(kept->next);
        kept->next = NULL;
        memset(chunk_data(kept), 0, kept->used);
        kept->used = 0;
    }
    *arena = (s2s_arena){ .newest = kept };
}

static chunk *chunk_create(size_t size)
{
    size_t total;
    chunk *c;

    if (__builtin_add_overflow(size, sizeof(chunk), &total))
        return NULL;
    c = s2s_memory_zeroed(total);
    if (c != NULL)
        c->size = size;
    return c;
}

/* `size` bytes at a multiple of `alignment` off the end of a chunk; NULL when they do not fit. */
static void *chunk_cut(chunk *c, size_t size, size_t alignment)
{
    const uintptr_t start = (uintptr_t)(chunk_data(c) + c->used);
    const size_t    gap = (alignment - start % alignment) % alignment;
    void           *block;

    if (gap > c->size - c->used || size > c->size - c->used - gap)
        return NULL;
    block = chunk_data(c) + c->used + gap;
    c->used += gap + size;
    return block;
}

static void *alone(s2s_arena *arena, size_t size)
{
    chunk *c = size > SIZE_MAX - LINE ? NULL : chunk_create(size + LINE);

    if (c == NULL)
        return NULL;
    if (arena->newest == NULL) {
        arena->newest = c;
    } else {
        c->next = arena->newest->next;
        arena->newest->next = c;
    }
    return chunk_cut(c, size, LINE);
}

static void *in_new_chunk(s2s_arena *arena, size_t size, size_t alignment)
{
    size_t next = arena->newest == NULL ? FIRST_CHUNK : 2 * arena->newest->size;
    chunk *c;

    if (next > LARGEST_CHUNK)
        next = LARGEST_CHUNK;
    while (next < size + LINE)
        next *= 2;
    c = chunk_create(next);
    if (c == NULL)
        return NULL;
    c->next = arena->newest;
    arena->newest = c;
    return chunk_cut(c, size, alignment);
}

void *s2s_arena_alloc(s2s_arena *arena, size_t count, size_t size)
{
    void  *block = NULL;
    size_t bytes;

    if (!__builtin_mul_overflow(count, size, &bytes)) {
        const size_t alignment = bytes >= LARGE_BLOCK ? LINE : 16;
        if (arena->newest != NULL)
            block = chunk_cut(arena->newest, bytes, alignment);
        if (block == NULL)
            block = bytes > LARGEST_CHUNK / 4 ? alone(arena, bytes) : in_new_chunk(arena, bytes, alignment);
    }
    if (block == NULL)
        arena->failed = true;
    else
        arena->bytes += bytes;
    return block;
}

char *s2s_arena_strndup(s2s_arena *arena, const char *text, size_t length)
{
    char *copy = length == SIZE_MAX ? NULL : s2s_arena_alloc(arena, length + 1, 1);

    if (copy != NULL && length > 0)
        memcpy(copy, text, length);
    return copy;
}

char *s2s_arena_strdup(s2s_arena *arena, const char *text) { return s2s_arena_strndup(arena, text, strlen(text)); }

char *s2s_arena_printf(s2s_arena *arena, const char *format, ...)
{
    va_list args, again;
    char   *text = NULL;
    int     length;

    va_start(args, format);
    va_copy(again, args);
    length = vsnprintf(NULL, 0, format, args);
    if (length >= 0)
        text = s2s_arena_alloc(arena, (size_t)length + 1, 1);
    if (text != NULL)
        vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    va_end(args);
    return text;
}

void *s2s_arena_grow(s2s_arena *arena, void *items, size_t *count, size_t *capacity, size_t size)
{
    unsigned char *array;

    assert(*count <= *capacity);
    memcpy(&array, items, sizeof array);     /* the caller's pointer may point to anything */
    if (*count == *capacity) {
        const size_t   larger = *capacity == 0 ? 8 : 2 * *capacity;
        unsigned char *copy = s2s_arena_alloc(arena, larger, size);
        if (copy == NULL)
            return NULL;
        if (*count > 0)
            memcpy(copy, array, *count * size);
        array = copy;
        memcpy(items, &array, sizeof array);
        *capacity = larger;
    }
    return array + (*count)++ * size;
}

bool s2s_arena_failed(const s2s_arena *arena) { return arena->failed; }

size_t s2s_arena_bytes(const s2s_arena *arena) { return arena->bytes; }
