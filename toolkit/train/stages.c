/* stages.c -- see stages.h. */
#include "train/stages.h"

#include <omp.h>

#include "math/kernels.h"

static void run_alone(const s2s_stage *stages, int count, void *self)
{
    s2s_denormals_off();
    for (int k = 0; k < count; k++) {
        for (int64_t i = 0; i < stages[k].pieces; i++)
            stages[k].run(self, i, 0);
        if (stages[k].leave)
            stages[k].leave(self, 0);
    }
}

/* By one of a team of threads; nobody leaves before all pieces are done. */
static void run_stage(const s2s_stage *stage, void *self)
{
    const int thread = omp_get_thread_num();

    if (stage->fixed) {
        #pragma omp for schedule(static) nowait
        for (int64_t i = 0; i < stage->pieces; i++)
            stage->run(self, i, thread);
    } else {
        #pragma omp for schedule(monotonic : dynamic) nowait
        for (int64_t i = 0; i < stage->pieces; i++)
            stage->run(self, i, thread);
    }
    if (stage->leave)
        stage->leave(self, thread);
    #pragma omp barrier
}

void s2s_stages_run(int threads, const s2s_stage *stages, int count, void *self)
{
    if (threads == 1) {
        run_alone(stages, count, self);
        return;
    }
    #pragma omp parallel num_threads(threads)
    {
        s2s_denormals_off();
        for (int k = 0; k < count; k++)
            if (stages[k].pieces > 0)
                run_stage(&stages[k], self);
    }
}
