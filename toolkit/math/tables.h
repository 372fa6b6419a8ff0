/* tables.h -- the tables that this build can hold, one for each kernels_*.c. */
#ifndef S2S_MATH_TABLES_H
#define S2S_MATH_TABLES_H

#include "math/kernels.h"

#if defined(__x86_64__) && !defined(S2S_DOUBLE)
#define S2S_HAVE_X86 1
#endif
#if defined(__aarch64__) && !defined(S2S_DOUBLE)
#define S2S_HAVE_NEON 1
#endif

extern const s2s_kernels s2s_kernels_plain, s2s_kernels_avx2, s2s_kernels_avx512, s2s_kernels_neon, s2s_kernels_amx_high, s2s_kernels_amx_medium;

#endif
