/* stages.c -- see stages.h. */
#include "train/stages.h"

#include <omp.h>

#include "math/kernels.h"

static void run_alone(const s2s_stage *stages, int count, void *self)
{
    s2s_denormals_off();
    for (int k = 0; k < count; k++)
        for (int64_t i = 0; i < stages[k].pieces; i++)
            stages[k].run(self, i, 0);
}

void s2s_stages_run(int threads, const s2s_stage *stages, int count, void *self)
{
    if (threads == 1) {
        run_alone(stages, count, self);
        return;
    }
    #pragma omp parallel num_threads(threads)
    {
        const int thread = omp_get_thread_num();

        s2s_denormals_off();
        for (int k = 0; k < count; k++) {
            if (stages[k].pieces == 0)
                continue;
            #pragma omp for schedule(monotonic : dynamic)
            for (int64_t i = 0; i < stages[k].pieces; i++)
                stages[k].run(self, i, thread);
        }
    }
}
