/* clock.c -- the only place that asks what time it is. */
#include "base/clock.h"

#include <time.h>

double s2s_clock_seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

double s2s_clock_wall(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

void s2s_clock_date(char *buffer, size_t size)
{
    const time_t now = time(NULL);
    struct tm    utc;

    if (gmtime_r(&now, &utc) == NULL || strftime(buffer, size, "%Y-%m-%dT%H:%M:%SZ", &utc) == 0)
        if (size > 0)
            buffer[0] = '\0';
}
