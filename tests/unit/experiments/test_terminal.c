/* test_terminal.c -- how numbers look. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "experiments/session.h"

static char shown[S2S_SHOWN_SIZE];

#define SHOWS(call, wanted) cr_assert(strcmp(call, wanted) == 0, "%s: '%s', not '%s'", #call, shown, wanted)

Test(terminal, counts_have_commas)
{
    SHOWS(s2s_show_count(0, shown), "0");
    SHOWS(s2s_show_count(999, shown), "999");
    SHOWS(s2s_show_count(23684, shown), "23,684");
    SHOWS(s2s_show_count(-1234567, shown), "-1,234,567");
    SHOWS(s2s_show_count(INT64_MIN, shown), "-9,223,372,036,854,775,808");
}

Test(terminal, figures_have_four_places_or_an_exponent)
{
    SHOWS(s2s_show_figure(0.25113, shown), "0.2511");
    SHOWS(s2s_show_figure(0, shown), "0.0000");
    SHOWS(s2s_show_figure(1.3e-5, shown), "1.30e-05");
    SHOWS(s2s_show_figure(1e30, shown), "1.00e+30");
    SHOWS(s2s_show_figure(NAN, shown), "-");
}

Test(terminal, durations_and_sizes)
{
    SHOWS(s2s_show_seconds(1.94, shown), "1.9 s");
    SHOWS(s2s_show_seconds(200.4, shown), "3:20");
    SHOWS(s2s_show_seconds(3723, shown), "1:02:03");
    SHOWS(s2s_show_bytes(512, shown), "512 bytes");
    SHOWS(s2s_show_bytes(3200000, shown), "3.2 MB");
    SHOWS(s2s_show_bytes(INT64_MAX, shown), "9.2 EB");
}

Test(terminal, bars_fill_up)
{
    char bar[16];

    s2s_bar_draw(0, 10, 5, bar);
    cr_assert(strcmp(bar, "[>....]") == 0, "%s", bar);
    s2s_bar_draw(6, 10, 5, bar);
    cr_assert(strcmp(bar, "[===>.]") == 0, "%s", bar);
    s2s_bar_draw(10, 10, 5, bar);
    cr_assert(strcmp(bar, "[=====]") == 0, "%s", bar);
    s2s_bar_draw(0, 0, 5, bar);
    cr_assert(strcmp(bar, "[=====]") == 0, "%s", bar);
}
