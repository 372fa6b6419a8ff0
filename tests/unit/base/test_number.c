#include <criterion/criterion.h>
#include <float.h>
#include <locale.h>
#include <math.h>

#include "base/random.h"
#include "base/text.h"

Test(number, integers_of_the_core_schema)
{
    static const struct { const char *chars; bool ok; int64_t value; } cases[] = {
        { "12", true, 12 }, { "-3", true, -3 }, { "+4", true, 4 }, { "0x1F", true, 31 }, { "0o17", true, 15 }, { "010", true, 10 },
        { "9223372036854775807", true, INT64_MAX }, { "-9223372036854775808", true, INT64_MIN }, { "9223372036854775808", false, 0 },
        { "", false, 0 }, { "-", false, 0 }, { "12x", false, 0 }, { "1e3", false, 0 }, { "1.0", false, 0 }, { " 1", false, 0 },
        { "0x", false, 0 }, { "-0x1", false, 0 }, { "1_000", false, 0 },
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t    value = 0;
        const bool ok = s2s_text_to_int(s2s_text_of(cases[i].chars), &value);
        cr_assert(ok == cases[i].ok && value == cases[i].value, "'%s' gave %d %lld", cases[i].chars, ok, (long long)value);
    }
}

Test(number, reals_of_the_core_schema)
{
    static const struct { const char *chars; bool ok; double value; } cases[] = {
        { "12", true, 12 }, { "1e-3", true, 0.001 }, { ".5", true, 0.5 }, { "5.", true, 5 }, { "-1.5E+2", true, -150 }, { ".inf", true, INFINITY },
        { "-.INF", true, -INFINITY }, { "0x10", true, 16 }, { "1e999", false, 0 }, { "nan", false, 0 }, { "inf", false, 0 }, { ".", false, 0 },
        { "e5", false, 0 }, { "1e", false, 0 }, { "1 ", false, 0 }, { "0x1p3", false, 0 }, { "", false, 0 }, { "1,5", false, 0 }, { "-.nan", false, 0 },
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        double     value = 0;
        const bool ok = s2s_text_to_real(s2s_text_of(cases[i].chars), &value);
        cr_assert(ok == cases[i].ok && value == cases[i].value, "'%s' gave %d %g", cases[i].chars, ok, value);
    }
    double nan = 0;
    cr_assert(s2s_text_to_real(s2s_text_of(".nan"), &nan) && isnan(nan));
}

Test(number, shortest_decimals_read_back)
{
    const s2s_stream stream = s2s_stream_make(1, S2S_RANDOM_TEST, 0, 0, 0);
    char             text[32];
    double           back;

    s2s_format_double(0.1, text);
    cr_assert_str_eq(text, "0.1");
    s2s_format_double(128, text);
    cr_assert_str_eq(text, "128");
    s2s_format_double(100, text);
    cr_assert_str_eq(text, "100");
    s2s_format_double(-0.0, text);
    cr_assert_str_eq(text, "-0");
    s2s_format_float(0.1f, text);
    cr_assert_str_eq(text, "0.1");
    s2s_format_double(-INFINITY, text);
    cr_assert_str_eq(text, "-inf");
    s2s_format_double(NAN, text);
    cr_assert_str_eq(text, "nan");
    for (uint64_t i = 0; i < 1000; i++) {
        const double value = ldexp(s2s_random_uniform(&stream, i) + 1e-17, (int)(i % 600) - 300);
        s2s_format_double(value, text);
        cr_assert(s2s_text_to_real(s2s_text_of(text), &back) && back == value, "%s", text);
        s2s_format_float((float)value, text);
        cr_assert(!isfinite((float)value) || (s2s_text_to_real(s2s_text_of(text), &back) && (float)back == (float)value), "%s", text);
    }
    s2s_format_double(DBL_TRUE_MIN, text);
    cr_assert_str_eq(text, "5e-324");
}
