/*
 * stages.h -- work shared out between threads: stages one after the other, each made of pieces that any thread may do.
 *
 * A stage begins when all pieces of the one before are done. Pieces are taken up in ascending order by whoever is free; fixed ones, each of
 * about the same work, by the same thread in every step, so that what they read and write stays in that core's cache. One thread does
 * without OpenMP, whose price a tiny model would feel.
 */
#ifndef S2S_TRAIN_STAGES_H
#define S2S_TRAIN_STAGES_H

#include <stdbool.h>
#include <stdint.h>

typedef struct s2s_stage {
    void (*run)(void *self, int64_t piece, int thread);      /* thread: 0 .. threads - 1 */
    int64_t pieces;
    bool fixed;
    void (*leave)(void *self, int thread);                   /* for each thread that finds no more pieces; NULL: nothing */
} s2s_stage;

/*
 * s2s_stages_run -- all stages, `self` given to each piece.
 *
 * Threads  called outside parallel regions. Several threads pass over a stage without pieces and do not leave it; one thread does.
 */
void s2s_stages_run(int threads, const s2s_stage *stages, int count, void *self);

#endif
