#include <criterion/criterion.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"

Test(arena, blocks_are_zeroed_aligned_and_apart)
{
    s2s_arena *arena = s2s_arena_create();

    for (int round = 0; round < 3; round++) {
        for (size_t size = 0; size < 3000; size += 7) {
            unsigned char *block = s2s_arena_alloc(arena, size, 1);
            cr_assert(block != NULL);
            cr_assert((uintptr_t)block % (size >= 512 ? 64 : 16) == 0, "size %zu", size);
            for (size_t i = 0; i < size; i++)
                cr_assert(block[i] == 0, "size %zu", size);
            memset(block, 0xAA, size);
        }
        s2s_arena_reset(arena);
    }
    cr_assert(s2s_arena_bytes(arena) == 0);
    s2s_arena_free(arena);
    s2s_arena_free(NULL);
}

Test(arena, large_blocks_leave_the_current_chunk_in_use)
{
    s2s_arena *arena = s2s_arena_create();
    char      *a = s2s_arena_alloc(arena, 1, 16);
    char      *large = s2s_arena_alloc(arena, 3, 1 << 20);
    char      *b = s2s_arena_alloc(arena, 1, 16);

    cr_assert(large != NULL && (uintptr_t)large % 64 == 0);
    cr_assert(b == a + 16);
    cr_assert(s2s_arena_bytes(arena) == 32 + (3u << 20));
    s2s_arena_free(arena);
}

Test(arena, overflow_and_refusal_give_null_and_are_remembered)
{
    s2s_arena *arena = s2s_arena_create();

    cr_assert(s2s_arena_alloc(arena, SIZE_MAX / 2, 3) == NULL);
    cr_assert(s2s_arena_alloc(arena, SIZE_MAX, 1) == NULL);
    cr_assert(s2s_arena_failed(arena));
    s2s_arena_reset(arena);
    cr_assert(!s2s_arena_failed(arena));
    s2s_memory_fail_after(2);
    cr_assert(s2s_arena_alloc(arena, 1, 3000) != NULL);
    cr_assert(s2s_arena_alloc(arena, 1, 3000) == NULL);
    cr_assert(s2s_arena_alloc(arena, 1, 3000) != NULL, "only one allocation fails");
    cr_assert(s2s_arena_failed(arena));
    s2s_arena_free(arena);
}

Test(arena, a_reset_arena_asks_the_system_for_nothing)
{
    s2s_arena *arena = s2s_arena_create();
    int64_t    before;

    s2s_arena_alloc(arena, 1, 1000);
    before = s2s_memory_allocations();
    for (int i = 0; i < 100; i++) {
        s2s_arena_reset(arena);
        s2s_arena_alloc(arena, 1, 1000);
    }
    cr_assert(s2s_memory_allocations() == before);
    s2s_arena_free(arena);
}

Test(arena, grow_keeps_what_is_there)
{
    s2s_arena *arena = s2s_arena_create();
    int       *items = NULL;
    size_t     count = 0, capacity = 0;

    for (int i = 0; i < 1000; i++)
        *(int *)s2s_arena_grow(arena, &items, &count, &capacity, sizeof *items) = i;
    cr_assert(count == 1000);
    for (int i = 0; i < 1000; i++)
        cr_assert(items[i] == i);
    s2s_arena_free(arena);
}

Test(arena, text)
{
    s2s_arena *arena = s2s_arena_create();

    cr_assert_str_eq(s2s_arena_strdup(arena, "abc"), "abc");
    cr_assert_str_eq(s2s_arena_strndup(arena, "abc", 2), "ab");
    cr_assert_str_eq(s2s_arena_strndup(arena, NULL, 0), "");
    cr_assert_str_eq(s2s_arena_printf(arena, "%d-%s", 5, "x"), "5-x");
    s2s_arena_free(arena);
}

Test(arena, resizable_blocks)
{
    char *block = s2s_memory_resize(NULL, 4, 1);

    memcpy(block, "abc", 4);
    block = s2s_memory_resize(block, 1000, 10);
    cr_assert_str_eq(block, "abc");
    cr_assert(s2s_memory_resize(block, SIZE_MAX, 2) == NULL);
    s2s_memory_free(block);
}
