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

/* A table's identifier and its name, where a macro says which table it is. */
#define S2S_TABLE(name)       S2S_TABLE_JOINED(s2s_kernels_, name)
#define S2S_TABLE_NAME(name)  S2S_TABLE_QUOTED(name)
#define S2S_TABLE_JOINED(a, b) a##b
#define S2S_TABLE_QUOTED(name) #name

#endif
