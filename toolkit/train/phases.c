/* phases.c -- see phases.h. */
#include "train/phases.h"

#include <assert.h>
#include <omp.h>
#include <string.h>

#include "base/clock.h"

/* 128 bytes, so that no two threads write to one cache line. */
typedef struct slot {
    double seconds[S2S_PHASE_COUNT], since;
    s2s_phase phase;
    char room[44];
} slot;

struct s2s_phases {
    int threads;
    slot *slot;
};

const char *const s2s_phase_names[S2S_PHASE_COUNT] = {
    "data", "forward", "loss", "backward", "weight_gradients", "norms", "update", "packing", "rest",
};

s2s_phases *s2s_phases_create(int threads, s2s_arena *arena)
{
    s2s_phases *phases = S2S_NEW(arena, s2s_phases);

    if (phases == NULL)
        return NULL;
    phases->threads = threads;
    phases->slot = S2S_NEW_ARRAY(arena, slot, threads);
    if (phases->slot == NULL)
        return NULL;
    s2s_phases_restart(phases);
    return phases;
}

void s2s_phases_restart(s2s_phases *phases)
{
    const double now = s2s_clock_seconds();

    for (int i = 0; i < phases->threads; i++)
        phases->slot[i] = (slot){ .since = now, .phase = S2S_PHASE_REST };
}

void s2s_phases_read(const s2s_phases *phases, double seconds[S2S_PHASE_COUNT])
{
    const double now = s2s_clock_seconds();

    memset(seconds, 0, S2S_PHASE_COUNT * sizeof(*seconds));
    for (int i = 0; i < phases->threads; i++) {
        for (int k = 0; k < S2S_PHASE_COUNT; k++)
            seconds[k] += phases->slot[i].seconds[k];
        seconds[phases->slot[i].phase] += now - phases->slot[i].since;
    }
}

void s2s_phases_switch(s2s_phases *phases, s2s_phase to)
{
    const double now = s2s_clock_seconds();
    slot *mine = &phases->slot[omp_get_thread_num()];

    assert(omp_get_thread_num() < phases->threads);
    mine->seconds[mine->phase] += now - mine->since;
    mine->since = now;
    mine->phase = to;
}
