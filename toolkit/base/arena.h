/*
 * arena.h -- memory with one owner, freed all at once.
 *
 * Blocks are zeroed and aligned to 64 bytes when they are large (512 bytes or more), else to 16. An arena is
 * used by one thread at a time. A failed allocation returns NULL and is remembered, so that a constructor may
 * allocate everything and look once (s2s_arena_failed).
 */
#ifndef S2S_BASE_ARENA_H
#define S2S_BASE_ARENA_H

#include <stdint.h>

#include "base/status.h"

typedef struct s2s_arena s2s_arena;

/* NULL when memory is out. s2s_arena_free(NULL) is legal. */
s2s_arena *s2s_arena_create(void);
void s2s_arena_free(s2s_arena *arena);

/* Give all blocks back but keep the arena (and one chunk, so that a loop of small steps asks the system for nothing). */
void s2s_arena_reset(s2s_arena *arena);

/* Zeroed memory; NULL when memory is out or count * size overflows. A size of 0 gives a valid pointer. */
void *s2s_arena_alloc(s2s_arena *arena, size_t count, size_t size);
#define S2S_NEW(arena, type) ((type *)s2s_arena_alloc((arena), 1, sizeof(type)))
#define S2S_NEW_ARRAY(arena, type, count) ((type *)s2s_arena_alloc((arena), (size_t)(count), sizeof(type)))

char *s2s_arena_strdup(s2s_arena *arena, const char *text);
char *s2s_arena_strndup(s2s_arena *arena, const char *text, size_t length);
char *s2s_arena_printf(s2s_arena *arena, const char *format, ...) S2S_PRINTF(2, 3);

/*
 * s2s_arena_grow -- room for one more element in an array that lives in the arena.
 *
 * `items` is the address of the caller's array pointer. Doubles the array when *count == *capacity. Returns
 * the address of element *count (zeroed) and raises *count; NULL when memory is out. Old copies stay in the arena: for lists that are built once.
 */
void *s2s_arena_grow(s2s_arena *arena, void *items, size_t *count, size_t *capacity, size_t size);

/* True when any allocation since creation or reset failed. */
bool s2s_arena_failed(const s2s_arena *arena);

/* Bytes handed out and calls to the system's allocator so far (for `check`, `bench` and the no-allocation tests). */
size_t s2s_arena_bytes(const s2s_arena *arena);
int64_t s2s_memory_allocations(void);        /* calls to malloc by the whole process through base/, any thread */

int64_t s2s_memory_peak(void);               /* the most bytes of memory that the process has held at a time */
int64_t s2s_memory_installed(void);          /* bytes of memory that this machine has; INT64_MAX when that is not known */

void *s2s_memory_zeroed(size_t bytes);       /* NULL when memory is out; give it back with s2s_memory_free */

/* Resizable blocks outside any arena, for the few buffers that must grow and shrink. NULL when memory is out. */
void *s2s_memory_resize(void *block, size_t count, size_t size);
void s2s_memory_free(void *block);

/* For tests: the n-th allocation from now (1: the next) fails, once. -1: none does. */
void s2s_memory_fail_after(int64_t n);

#endif
