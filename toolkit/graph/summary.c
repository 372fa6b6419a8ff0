/* summary.c -- the table that Keras users know. 80 columns. */
#include <stdio.h>

#include "graph/graph.h"

enum { LEFT = 38, MIDDLE = 24, RIGHT = 14 };

/* 205324 -> "205,324". */
static void with_commas(int64_t n, char *ret, size_t size)
{
    char digits[32];
    const int length = snprintf(digits, sizeof(digits), "%lld", (long long)n);
    size_t at = 0;

    for (int i = 0; i < length && at + 2 < size; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            ret[at++] = ',';
        ret[at++] = digits[i];
    }
    ret[at] = '\0';
}

static void line(s2s_string *ret, char c)
{
    for (int i = 0; i < LEFT + MIDDLE + RIGHT; i++)
        s2s_string_append(ret, &c, 1);
    s2s_string_add(ret, "\n");
}

static void row(s2s_string *ret, const char *left, const char *middle, const char *right)
{
    s2s_string_printf(ret, "%-*s%-*s%*s\n", LEFT, left, MIDDLE, middle, RIGHT, right);
}

void s2s_graph_summary(const s2s_graph *graph, s2s_string *ret)
{
    char left[256], shape[64], count[40];

    row(ret, "Layer (type)", "Output shape", "Parameters");
    line(ret, '=');
    for (int i = 0; i < graph->row_count; i++) {
        const s2s_graph_row *r = &graph->row[i];

        snprintf(left, sizeof(left), "%s (%s)", r->name, r->type);
        s2s_shape_format(&r->output, shape, sizeof(shape));
        with_commas(r->parameters, count, sizeof(count));
        row(ret, left, shape, count);
    }
    line(ret, '=');
    with_commas(graph->parameters, count, sizeof(count));
    s2s_string_printf(ret, "Total parameters: %s\n", count);
    with_commas(graph->parameters - graph->frozen, count, sizeof(count));
    s2s_string_printf(ret, "Trainable parameters: %s\n", count);
    with_commas(graph->frozen, count, sizeof(count));
    s2s_string_printf(ret, "Frozen parameters: %s\n", count);
}
