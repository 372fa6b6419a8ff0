/* kernels_plain.c -- the kernels in portable C: any machine, and the double-precision twin. */
#include "math/vector_plain.h"
#include "math/kernel.inc.h"
