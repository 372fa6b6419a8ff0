/*
 * stages.h -- work shared out between threads: stages one after the other, each made of pieces that any thread may do.
 *
 * Pieces are taken up in ascending order, and a stage begins when all pieces of the one before are done. One thread does without OpenMP,
 * whose price a tiny model would feel.
 */
#ifndef S2S_TRAIN_STAGES_H
#define S2S_TRAIN_STAGES_H

#include <stdint.h>

typedef struct s2s_stage {
    void (*run)(void *self, int64_t piece, int thread);      /* thread: 0 .. threads - 1 */
    int64_t pieces;
} s2s_stage;

void s2s_stages_run(int threads, const s2s_stage *stages, int count, void *self);

#endif
