/* kernels_neon.c -- the kernels for 64-bit ARM. */
#include "math/tables.h"

#ifdef S2S_HAVE_NEON
#include "math/vector_neon.h"
#include "math/kernel.inc.h"
#endif
