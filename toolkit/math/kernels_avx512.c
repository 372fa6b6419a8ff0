/* kernels_avx512.c -- the kernels for AVX-512. */
#include "math/tables.h"

#ifdef S2S_HAVE_X86
#include "math/vector_avx512.h"
#include "math/kernel.inc.h"
#endif
