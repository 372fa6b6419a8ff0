/* precision.c -- see precision.h. */
#include "experiments/precision.h"

#include "math/kernels.h"

void s2s_precision_note(const s2s_experiment *experiment, const s2s_terminal *terminal)
{
    const s2s_precision wanted = (s2s_precision)experiment->options->train.matmul_precision;

    if (wanted == S2S_HIGHEST || experiment->graph == NULL || experiment->graph->kernels != s2s_kernel || terminal->quiet)
        return;
    fprintf(terminal->err, "train.matmul_precision: %s needs AMX, and a kernel that S2S_KERNEL did not choose; here, %s computes it as highest\n",
            s2s_precision_names[wanted], s2s_kernel->name);
}
