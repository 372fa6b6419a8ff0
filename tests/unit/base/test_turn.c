/* test_turn.c -- threads that take turns: everyone in order, and what one wrote the next one sees. */
#include <criterion/criterion.h>

#include "base/turn.h"

enum { PIECES = 2000, PARTS = 3 };

Test(turn, keeps_the_order_however_threads_run)
{
    s2s_turn turn[PARTS] = { { 0 } };
    int64_t last[PARTS] = { 0 }, faults = 0;         /* shared, and guarded by the turns alone */

    #pragma omp parallel for num_threads(3) schedule(monotonic : dynamic) reduction(+ : faults)
    for (int64_t i = 0; i < PIECES; i++)
        for (int p = 0; p < PARTS; p++) {
            s2s_turn_await(&turn[p], i);
            faults += last[p] != i;
            last[p] = i + 1;
            s2s_turn_pass(&turn[p]);
        }
    cr_assert(faults == 0, "%lld times a piece did not follow the one before it", (long long)faults);
    for (int p = 0; p < PARTS; p++)
        cr_assert(last[p] == PIECES, "part %d ended after %lld pieces", p, (long long)last[p]);
}
