/* turn.c -- see turn.h. */
#include "base/turn.h"

#include <sched.h>

enum { SPINS = 1000 };

static void rest(void)
{
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

void s2s_turn_await(const s2s_turn *turn, int64_t number)
{
    for (int spins = 0; !s2s_turn_is(turn, number); spins++) {
        if (spins < SPINS)
            rest();
        else
            sched_yield();
    }
}
