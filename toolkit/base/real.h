/* real.h -- the one number type of the toolkit: float, or double in the twin that proves gradients. */
#ifndef S2S_BASE_REAL_H
#define S2S_BASE_REAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef S2S_DOUBLE
typedef double real;
#define S2S_REAL_NAME "float64"
#define S2S_REAL_SAFETENSORS "F64"
#else
typedef float real;
#define S2S_REAL_NAME "float32"
#define S2S_REAL_SAFETENSORS "F32"
#endif

/* One rounding, written out wherever it is meant: nothing is contracted behind our backs. */
#ifdef S2S_DOUBLE
#define S2S_FMA(a, b, c) __builtin_fma((a), (b), (c))
#else
#define S2S_FMA(a, b, c) __builtin_fmaf((a), (b), (c))
#endif

/*
 * Elementwise loops that only add, multiply, divide, take roots or call fma are compiled once for each
 * vector width and chosen when the program starts. Bits do not change: no operation is contracted or reordered.
 */
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(S2S_DOUBLE) && !defined(S2S_NO_CLONES)
#define S2S_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define S2S_CLONES
#endif

#endif
