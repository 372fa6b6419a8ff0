/* kernels.c -- which table of kernels runs. */
#include "math/kernels.h"

#include <string.h>

#include "math/tables.h"

#ifdef S2S_HAVE_X86
#include <immintrin.h>
#endif
#if defined(S2S_HAVE_X86) && defined(__linux__)
#define S2S_HAVE_TILES 1
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

const s2s_kernels *s2s_kernel = &s2s_kernels_plain;

static bool chosen_freely = true;          /* by no name */

enum { TABLES_MAX = 3 };

/* From the slowest to the fastest. */
int s2s_kernels_available(const s2s_kernels *const **ret)
{
    static const s2s_kernels *found[TABLES_MAX];
    int count = 0;

    found[count++] = &s2s_kernels_plain;
#ifdef S2S_HAVE_X86
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2"))
        found[count++] = &s2s_kernels_avx2;
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("bmi2"))
        found[count++] = &s2s_kernels_avx512;
#endif
#ifdef S2S_HAVE_NEON
    found[count++] = &s2s_kernels_neon;
#endif
    *ret = found;
    return count;
}

bool s2s_kernels_choose(const char *name)
{
    const s2s_kernels *const *table;
    int count = s2s_kernels_available(&table);

    for (int i = count - 1; i >= 0; i--)
        if (name == NULL || strcmp(name, table[i]->name) == 0) {
            s2s_kernel = table[i];
            chosen_freely = name == NULL;
            return true;
        }
    return false;
}

#ifdef S2S_HAVE_TILES
/* Whether CPU and system let this process use tiles: Linux wants to be asked first. */
static bool tiles_are_ours(void)
{
    enum { FEATURES = 7, AMX_BF16 = 1 << 22, AMX_TILE = 1 << 24, AVX512_BF16 = 1 << 5, ARCH_REQ_XCOMP_PERM = 0x1023, XFEATURE_XTILEDATA = 18 };
    unsigned a, b, c, d, more;

    return __get_cpuid_count(FEATURES, 0, &a, &b, &c, &d) && (d & AMX_TILE) && (d & AMX_BF16) &&
           __get_cpuid_count(FEATURES, 1, &more, &b, &c, &d) && (more & AVX512_BF16) && s2s_kernel == &s2s_kernels_avx512 &&
           syscall(SYS_arch_prctl, ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA) == 0;
}

const s2s_kernels *s2s_kernels_for(s2s_precision precision)
{
    static const s2s_kernels *const tables[S2S_PRECISIONS] = { [S2S_HIGH] = &s2s_kernels_amx_high, [S2S_MEDIUM] = &s2s_kernels_amx_medium };

    return tables[precision] != NULL && chosen_freely && tiles_are_ours() ? tables[precision] : s2s_kernel;
}
#else
const s2s_kernels *s2s_kernels_for(s2s_precision precision)
{
    (void)precision;
    return s2s_kernel;
}
#endif

void s2s_denormals_off(void)
{
#if defined(S2S_HAVE_X86)
    const unsigned off = _MM_FLUSH_ZERO_ON | 0x0040;             /* 0x0040: denormals are zeros */

    if ((_mm_getcsr() & off) != off)                             /* writing takes much longer than reading */
        _mm_setcsr(_mm_getcsr() | off);
#elif defined(S2S_HAVE_NEON)
    uint64_t control;

    __asm__ volatile("mrs %0, fpcr" : "=r"(control));
    __asm__ volatile("msr fpcr, %0" : : "r"(control | (uint64_t)1 << 24));       /* FZ */
#endif
}
