/* kernels_avx2.c -- the kernels for AVX2 and FMA. */
#include "math/tables.h"

#ifdef S2S_HAVE_X86
#include "math/vector_avx2.h"
#include "math/kernel.inc.h"
#endif
