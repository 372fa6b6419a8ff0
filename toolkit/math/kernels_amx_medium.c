/* kernels_amx_medium.c -- the kernels for AMX with one bfloat16 for each float32. */
#include "math/tables.h"

#ifdef S2S_HAVE_X86
#include "math/vector_avx512.h"

#define AMX_NAME amx_medium
enum { TERMS = 1 };

#include "math/kernel_amx.inc.h"
#endif
