/*
 * phases.h -- where the time of training steps goes, for `s2s bench`: every thread says what it turns to.
 *
 * Without a clock (NULL), which is how training runs, saying so costs one comparison.
 *
 * Units    seconds of a thread: with N threads a second of the clock on the wall is N of them.
 * Threads  each has a slot of its own, by its number within a parallel region.
 */
#ifndef S2S_TRAIN_PHASES_H
#define S2S_TRAIN_PHASES_H

#include "base/arena.h"

typedef enum s2s_phase {
    S2S_PHASE_DATA,          /* choosing and gathering a batch */
    S2S_PHASE_FORWARD,       /* products and gates, which are one in the kernels */
    S2S_PHASE_LOSS,          /* with softmax, and metrics */
    S2S_PHASE_BACKWARD,      /* gradients of activations */
    S2S_PHASE_GRADIENT,      /* gradients of weights */
    S2S_PHASE_NORM,          /* penalties and norms */
    S2S_PHASE_UPDATE,        /* clipping and optimizer */
    S2S_PHASE_PACKING,       /* constraints, and weights as the kernels read them */
    S2S_PHASE_REST,          /* threads that wait for others, and everything else */
    S2S_PHASE_COUNT
} s2s_phase;

extern const char *const s2s_phase_names[S2S_PHASE_COUNT];

typedef struct s2s_phases s2s_phases;

/* All threads rest. NULL when memory is out. */
s2s_phases *s2s_phases_create(int threads, s2s_arena *arena);

/* Forget what was measured; all threads rest from now on. */
void s2s_phases_restart(s2s_phases *phases);

/* What all threads together spent on each phase since the restart. Call it between steps. */
void s2s_phases_read(const s2s_phases *phases, double seconds[S2S_PHASE_COUNT]);

void s2s_phases_switch(s2s_phases *phases, s2s_phase to);

/* The calling thread turns to a phase. */
static inline void s2s_phase_enter(s2s_phases *phases, s2s_phase to)
{
    if (phases)
        s2s_phases_switch(phases, to);
}

#endif
