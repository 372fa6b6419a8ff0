/* test_csv.c -- cells as other programs read them. */
#include <criterion/criterion.h>
#include <math.h>

#include "experiments/csv.h"

Test(csv, texts_are_quoted_where_they_must_be_and_what_is_no_number_is_empty)
{
    s2s_string row = { 0 };

    s2s_csv_add(&row, "plain \u00b1");
    s2s_string_add(&row, ",");
    s2s_csv_add(&row, "a, \"b\"");
    s2s_string_add(&row, ",");
    s2s_csv_add_number(&row, 0.1);
    s2s_string_add(&row, ",");
    s2s_csv_add_number(&row, NAN);
    s2s_csv_add_number(&row, -INFINITY);
    cr_assert_str_eq(s2s_string_chars(&row), "plain \u00b1,\"a, \"\"b\"\"\",0.1,");
    s2s_string_release(&row);
}
