/* test_html.c -- text on pages is safe, and charts become SVG that holds together. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "base/random.h"
#include "experiments/chart.h"
#include "experiments/html.h"

static void expect(s2s_string *text, const char *wanted)
{
    cr_assert(strcmp(s2s_string_chars(text), wanted) == 0, "got '%s'", s2s_string_chars(text));
    s2s_string_release(text);
}

Test(html, what_html_takes_for_itself_is_written_out)
{
    s2s_string text = { 0 };

    s2s_html_add(&text, "<script>\"a\" & 'b'</script>");
    expect(&text, "&lt;script&gt;&quot;a&quot; &amp; &#39;b&#39;&lt;/script&gt;");
}

Test(html, broken_bytes_and_control_characters_are_replaced)
{
    s2s_string text = { 0 };

    s2s_html_add(&text, "a\xff\x01z\xc3");
    expect(&text, "a\ufffd\u00b7z\ufffd");
}

Test(html, templates_escape_what_they_take_and_nothing_else)
{
    s2s_string text = { 0 };

    s2s_html_printf(&text, "<td width=\"50%%\">%s</td>%s", "s<%s", "");
    expect(&text, "<td width=\"50%\">s&lt;%s</td>");
}

/* Every tag that opens closes; attributes have both their quotes. Enough for what is written here. */
static bool is_balanced(const char *html)
{
    const char *stack[32];
    size_t length[32];
    int    depth = 0;

    for (const char *c = strchr(html, '<'); c != NULL; c = strchr(c, '<')) {
        const char *end = strchr(c, '>'), *name = c + 1 + (c[1] == '/');
        const size_t n = strcspn(name, " />");
        int quotes = 0;

        if (end == NULL)
            return false;
        for (const char *q = c; q < end; q++)
            quotes += *q == '"';
        if (quotes % 2)
            return false;
        if (c[1] == '/') {
            if (depth == 0 || length[--depth] != n || strncmp(stack[depth], name, n) != 0)
                return false;
        } else if (end[-1] != '/') {
            stack[depth] = name;
            length[depth++] = n;
        }
        c = end;
    }
    return depth == 0;
}

static const char *svg_of(const s2s_chart *chart, s2s_string *text)
{
    s2s_chart_add_html(chart, text);
    return s2s_string_chars(text);
}

/* Whatever the numbers, nothing that is no number reaches the picture, and nothing lies outside it. */
Test(html, charts_of_any_numbers_are_sound)
{
    for (uint64_t seed = 0; seed < 300; seed++) {
        const s2s_stream stream = s2s_stream_make(seed, S2S_RANDOM_TEST, 0, 0, 0);
        double x[50], y[50], low[50], high[50];
        const size_t count = seed % 51;
        s2s_string text = { 0 };

        for (size_t i = 0; i < count; i++) {
            const double size = pow(10, 20 * s2s_random_uniform(&stream, 3 * i) - 10);

            x[i] = (double)i;
            y[i] = s2s_random_below(&stream, 1000 + i, 10) == 0 ? NAN : (s2s_random_uniform(&stream, 3 * i + 1) - (seed % 2 ? 0 : 0.5)) * size;
            low[i] = y[i] / 2;
            high[i] = y[i] * 2;
        }
        const s2s_series series[] = { { .name = "<a>", .count = count, .x = x, .y = y, .low = seed % 3 ? low : NULL, .high = high },
                                      { .count = count, .x = x, .y = low } };
        const s2s_chart chart = { .kind = seed % 5 ? S2S_CHART_LINES : S2S_CHART_POINTS, .title = "t", .x = { .label = "x", .whole = true },
                                  .y = { .label = "y", .logarithmic = seed % 2 }, .series = series, .series_count = 2 };
        const char *svg = svg_of(&chart, &text);

        cr_assert(is_balanced(svg), "seed %d: %s", (int)seed, svg);
        cr_assert(strstr(svg, "nan") == NULL && strstr(svg, "inf") == NULL, "seed %d: %s", (int)seed, svg);
        cr_assert(strstr(svg, "<a>") == NULL && strstr(svg, "aria-label=\"t: y by x.") != NULL);
        s2s_string_release(&text);
    }
}

Test(html, a_page_is_whole)
{
    s2s_string page = { 0 };

    s2s_html_begin(&page, "a < b");
    s2s_html_end(&page);
    cr_assert(strncmp(page.chars, "<!doctype html>", 15) == 0);
    cr_assert(strstr(page.chars, "<title>a &lt; b</title>") != NULL);
    cr_assert(strstr(page.chars, "http") == NULL, "a page asks nobody");
    s2s_string_release(&page);
}
