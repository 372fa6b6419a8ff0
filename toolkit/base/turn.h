/*
 * turn.h -- threads that pass a thing on in a fixed order: number 0 has it first, then number 1, and so on.
 *
 * Who waits spins for a moment and then lets others run. Set the turn to 0 before threads share it.
 *
 * Threads  everything that was written before s2s_turn_pass is seen after the s2s_turn_await that it ends.
 */
#ifndef S2S_BASE_TURN_H
#define S2S_BASE_TURN_H

#include <stdbool.h>
#include <stdint.h>

typedef struct s2s_turn { int64_t number; } s2s_turn;

/* Until it is `number`'s turn. */
void s2s_turn_await(const s2s_turn *turn, int64_t number);

/* Whether it is `number`'s turn. */
static inline bool s2s_turn_is(const s2s_turn *turn, int64_t number) { return __atomic_load_n(&turn->number, __ATOMIC_ACQUIRE) == number; }

/* The next one's turn. */
static inline void s2s_turn_pass(s2s_turn *turn) { __atomic_store_n(&turn->number, turn->number + 1, __ATOMIC_RELEASE); }

#endif
