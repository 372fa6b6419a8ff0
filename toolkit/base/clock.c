/* clock.c -- the only place that asks what time it is. */
#include "base/clock.h"

#include <time.h>

static double seconds_of(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

double s2s_clock_seconds(void) { return seconds_of(CLOCK_MONOTONIC); }
double s2s_clock_wall(void) { return seconds_of(CLOCK_REALTIME); }

double s2s_clock_about(void)
{
#ifdef CLOCK_MONOTONIC_COARSE
    return seconds_of(CLOCK_MONOTONIC_COARSE);
#else
    return seconds_of(CLOCK_MONOTONIC);
#endif
}

void s2s_clock_date(char *buffer, size_t size)
{
    const time_t now = time(NULL);
    struct tm    utc;

    if (gmtime_r(&now, &utc) == NULL || strftime(buffer, size, "%Y-%m-%dT%H:%M:%SZ", &utc) == 0)
        if (size > 0)
            buffer[0] = '\0';
}
