/* clock.h -- seconds since some fixed moment (for durations), and the date (for records). */
#ifndef S2S_BASE_CLOCK_H
#define S2S_BASE_CLOCK_H

#include <stddef.h>

double s2s_clock_seconds(void);                          /* monotonic, seconds */
double s2s_clock_about(void);                            /* the same, some milliseconds late and at a fraction of the price */
double s2s_clock_wall(void);                             /* seconds since 1970 */
void s2s_clock_date(char *buffer, size_t size);          /* "2026-01-31T12:00:00Z", 21 bytes */

#endif
