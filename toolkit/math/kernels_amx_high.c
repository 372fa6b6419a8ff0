/* kernels_amx_high.c -- the kernels for AMX with two bfloat16 for each float32: three products. */
#include "math/tables.h"

#ifdef S2S_HAVE_X86
#include "math/vector_avx512.h"

#define AMX_NAME amx_high
enum { TERMS = 2 };

#include "math/kernel_amx.inc.h"
#endif
