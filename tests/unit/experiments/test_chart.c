/* test_chart.c -- charts as CSV, table, words and SVG. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "experiments/chart.h"

static const double x[] = { 1, 2, 3 }, up[] = { 0.5, NAN, 2 }, low[] = { 0.25, 0.5, 1 }, high[] = { 1, 2, 4 };

static s2s_chart chart_of(const s2s_series *series, size_t count)
{
    return (s2s_chart){ .title = "A & B", .x.label = "epoch", .y.label = "loss", .series = series, .series_count = count };
}

static void expect(s2s_string *text, const char *wanted)
{
    cr_assert(strcmp(s2s_string_chars(text), wanted) == 0, "got:\n%s", s2s_string_chars(text));
    s2s_string_release(text);
}

Test(chart, csv_has_a_line_a_point_and_nothing_for_a_gap)
{
    const s2s_series series[] = { { .name = "a,b", .count = 3, .x = x, .y = up } };
    const s2s_chart  chart = chart_of(series, 1);
    s2s_string csv = { 0 };

    s2s_chart_add_csv(&chart, &csv);
    expect(&csv, "series,x,y\n\"a,b\",1,0.5\n\"a,b\",2,\n\"a,b\",3,2\n");
}

Test(chart, csv_of_bands_has_their_ends)
{
    const s2s_series series[] = { { .name = "a", .count = 1, .x = x, .y = up, .low = low, .high = high } };
    const s2s_chart  chart = chart_of(series, 1);
    s2s_string csv = { 0 };

    s2s_chart_add_csv(&chart, &csv);
    expect(&csv, "series,x,y,low,high\na,1,0.5,0.25,1\n");
}

Test(chart, the_table_has_a_column_a_series)
{
    const s2s_series series[] = { { .name = "a", .count = 3, .x = x, .y = up }, { .name = "b", .count = 2, .x = x, .y = low } };
    const s2s_chart  chart = chart_of(series, 2);
    s2s_string table = { 0 };

    s2s_chart_add_table(&chart, 10, &table);
    expect(&table, "epoch                    a             b\n"
                   "1                      0.5          0.25\n"
                   "2                                    0.5\n"
                   "3                        2              \n");
}

Test(chart, ranges_cover_bands_and_leave_out_what_a_logarithm_cannot_show)
{
    const double zero[] = { 0, 0.01, 10 };
    const s2s_series series[] = { { .name = "a", .count = 3, .x = x, .y = up, .low = low, .high = high } };
    const s2s_series log_series[] = { { .name = "a", .count = 3, .x = x, .y = zero } };
    s2s_chart chart = chart_of(series, 1), log_chart = chart_of(log_series, 1);

    cr_assert(s2s_chart_range_y(&chart).low == 0.25 && s2s_chart_range_y(&chart).high == 4);
    log_chart.y.logarithmic = true;
    cr_assert(s2s_chart_range_y(&log_chart).low == 0.01 && s2s_chart_range_y(&log_chart).high == 10);
}

Test(chart, an_empty_chart_still_has_a_range)
{
    const s2s_chart chart = chart_of(NULL, 0);

    cr_assert(s2s_chart_range_x(&chart).low < s2s_chart_range_x(&chart).high);
}

Test(chart, room_is_a_part_of_what_an_axis_spans)
{
    const s2s_axis plain = { 0 }, logarithmic = { .logarithmic = true };
    const s2s_range a = s2s_range_with_room(&plain, (s2s_range){ 4, 16 }, 0.25), b = s2s_range_with_room(&logarithmic, (s2s_range){ 1, 16 }, 0.25);

    cr_assert(a.low == 1 && a.high == 19);
    cr_assert(fabs(b.low - 0.5) < 1e-12 && fabs(b.high - 32) < 1e-12);
}

Test(chart, words_say_what_the_picture_shows)
{
    const s2s_series series[] = { { .name = "a", .count = 3, .x = x, .y = up } };
    const s2s_chart  chart = chart_of(series, 1);
    s2s_string text = { 0 };

    s2s_chart_describe(&chart, &text);
    expect(&text, "A & B: loss by epoch. a: from 0.5 to 2, lowest 0.5, highest 2.");
}

Test(chart, a_square_as_csv_and_as_table)
{
    static const char *const word[] = { "N", "V" };
    const double value[] = { 3, 1, 0, 2 };
    const s2s_matrix matrix = { .title = "t", .row_label = "wanted", .column_label = "given", .count = 2, .word = word, .value = value };
    s2s_string text = { 0 };

    s2s_matrix_add_csv(&matrix, &text);
    expect(&text, "wanted,N,V\nN,3,1\nV,0,2\n");
    text = (s2s_string){ 0 };
    s2s_matrix_add_table(&matrix, &text);
    expect(&text, "          N     V\nN         3     1\nV         .     2\n");
}
