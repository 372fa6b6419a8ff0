/* memory.c -- the one place that asks the system for memory, counts how often, and can be made to refuse. */
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/arena.h"

static int64_t allocations;          /* atomic */
static int64_t refusal = -1;         /* atomic: allocations until one fails; 0 or less: none does */

int64_t s2s_memory_allocations(void) { return __atomic_load_n(&allocations, __ATOMIC_RELAXED); }

int64_t s2s_memory_peak(void)
{
    enum { KILOBYTE = 1024 };
    struct rusage usage;

    return getrusage(RUSAGE_SELF, &usage) == 0 ? (int64_t)usage.ru_maxrss * KILOBYTE : 0;
}

int64_t s2s_memory_installed(void)
{
    const int64_t pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);

    return pages > 0 && size > 0 ? pages * size : INT64_MAX;
}

void s2s_memory_fail_after(int64_t n) { __atomic_store_n(&refusal, n, __ATOMIC_RELAXED); }

static bool refused(void)
{
    __atomic_fetch_add(&allocations, 1, __ATOMIC_RELAXED);
    if (__atomic_load_n(&refusal, __ATOMIC_RELAXED) <= 0)
        return false;
    return __atomic_sub_fetch(&refusal, 1, __ATOMIC_RELAXED) == 0;
}

void *s2s_memory_resize(void *block, size_t count, size_t size)
{
    size_t bytes;

    if (__builtin_mul_overflow(count, size, &bytes) || refused())
        return NULL;
    return realloc(block, bytes > 0 ? bytes : 1);
}

/*
 * Where the system offers huge pages to who asks, large blocks do: weights and activations of a large model lie in so many small ones that
 * looking up where they are takes time. Only whole huge pages count, and only those that nobody has written to yet.
 */
static void *in_huge_pages(void *block, size_t bytes)
{
#ifdef MADV_HUGEPAGE
    const uintptr_t huge = 1 << 21, start = ((uintptr_t)block + huge - 1) / huge * huge, end = ((uintptr_t)block + bytes) / huge * huge;

    if (block != NULL && bytes >= 2 * huge)
        (void)madvise((unsigned char *)block + (start - (uintptr_t)block), end - start, MADV_HUGEPAGE);      /* refused: as before */
#else
    (void)bytes;
#endif
    return block;
}

void *s2s_memory_zeroed(size_t bytes)
{
    return refused() ? NULL : in_huge_pages(calloc(1, bytes), bytes);
}

void s2s_memory_free(void *block) { free(block); }
