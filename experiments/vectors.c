/* vectors.c -- lines to rows. */
#include "experiments/vectors.h"

#include "base/file.h"
#include "datasets/lines.h"

/* A table under way. */
typedef struct table {
    const s2s_weight *weight;
    const s2s_vocabulary *symbols;
    real *rows;
    uint8_t *filled;                   /* for each symbol */
    int64_t covered;
} table;

/* The stream whose symbols the node reads, through layers that leave symbols what they are (dropout); -1: none. */
static int stream_of(const s2s_graph *graph, const s2s_graph_node *node)
{
    int value = node->input[0];

    while (value >= graph->stream_count)
        value = graph->node[graph->value[value].node].input[0];
    return value;
}

static bool is_blank(char c) { return c == ' ' || c == '\t'; }

/* Take the last word off *line. False when there is none. */
static bool take_last(s2s_text *line, s2s_text *word)
{
    size_t end = line->length, start;

    while (end > 0 && is_blank(line->chars[end - 1]))
        end--;
    for (start = end; start > 0 && !is_blank(line->chars[start - 1]);)
        start--;
    *word = (s2s_text){ line->chars + start, end - start };
    line->length = start;
    return end > start;
}

/* "400000 100": how many lines there are, and how many numbers in each. */
static bool is_header(s2s_text line, int64_t width)
{
    s2s_text first, second;
    int64_t  lines, numbers;

    return width != 1 && take_last(&line, &second) && take_last(&line, &first) && s2s_text_trim(line).length == 0 &&
           s2s_text_to_int(first, &lines) && s2s_text_to_int(second, &numbers);
}

/* A number that the computation can hold. */
static bool read_number(s2s_text word, real *ret)
{
    double value;

    if (!s2s_text_to_real(word, &value) || !isfinite((real)value))
        return false;
    *ret = (real)value;
    return true;
}

static s2s_status read_line(table *self, const s2s_lines *lines, s2s_text line, s2s_error *err)
{
    const int64_t width = self->weight->columns;
    s2s_text rest = line, word;
    int32_t  symbol;

    for (int64_t i = 0; i < width; i++)
        if (!take_last(&rest, &word))
            return s2s_lines_fail(lines, 1, err, "expected a symbol and %lld numbers, got %lld words", (long long)width, (long long)i);
    rest = s2s_text_trim(rest);
    if (rest.length == 0)
        return s2s_lines_fail(lines, 1, err, "expected a symbol and %lld numbers, got %lld words", (long long)width, (long long)width);
    if (!s2s_vocabulary_has(self->symbols, rest))
        return S2S_OK;
    symbol = s2s_vocabulary_find(self->symbols, rest);
    if (self->filled[symbol])
        return S2S_OK;
    rest = line;
    for (int64_t i = width - 1; i >= 0; i--) {
        take_last(&rest, &word);
        if (!read_number(word, &self->rows[symbol * width + i]))
            return s2s_lines_fail(lines, (int)(word.chars - line.chars) + 1, err, "expected a number, got '%.*s'",
                                  (int)(word.length < 40 ? word.length : 40), word.chars);
    }
    self->filled[symbol] = 1;
    self->covered++;
    return S2S_OK;
}

static s2s_status read_table(table *self, s2s_text bytes, s2s_error *err)
{
    s2s_lines lines = s2s_lines_of(bytes, self->weight->spec->vectors);
    s2s_text  line;
    bool      more;

    for (bool first = true;; first = false) {
        S2S_TRY(s2s_lines_next(&lines, &line, &more, err));
        if (!more)
            return S2S_OK;
        if (s2s_text_trim(line).length > 0 && !(first && is_header(line, self->weight->columns)))
            S2S_TRY(read_line(self, &lines, line, err));
    }
}

/* One weight, in an arena that goes afterwards: such files are large. */
static s2s_status load(const s2s_experiment *experiment, const s2s_weight *weight, real *rows, s2s_arena *arena, s2s_string *notice,
                       s2s_error *err)
{
    const s2s_graph      *graph = experiment->graph;
    const s2s_graph_node *node = &graph->node[weight->node];
    const char *stream = experiment->signature.stream[stream_of(graph, node)].name;
    table    self = { .weight = weight, .symbols = s2s_vocabulary_named(&experiment->dataset->vocabularies, stream), .rows = rows };
    s2s_text bytes;
    int64_t  count;

    if (self.symbols == NULL)
        return s2s_fail_at(err, S2S_CONFIG, node->at, "%s.vectors: the data set keeps no names for the symbols of '%s'", node->path, stream);
    count = s2s_vocabulary_size(self.symbols);
    self.filled = S2S_NEW_ARRAY(arena, uint8_t, count);
    if (self.filled == NULL)
        return s2s_fail(err, S2S_MEMORY, "out of memory");
    S2S_TRY(s2s_file_read(weight->spec->vectors, arena, &bytes, err));
    S2S_TRY(read_table(&self, bytes, err));
    if (self.covered == 0)
        return s2s_fail_at(err, S2S_DATA, node->at, "%s.vectors: '%s' has no vector for any of the %lld symbols of '%s'", node->path,
                           weight->spec->vectors, (long long)count, stream);
    s2s_string_printf(notice, "%s: %s has vectors for %lld of %lld symbols of '%s' (%.1f %%)\n", node->name, weight->spec->vectors,
                      (long long)self.covered, (long long)count, stream, 100.0 * (double)self.covered / (double)count);
    return S2S_OK;
}

s2s_status s2s_vectors_load(const s2s_experiment *experiment, real *weights, s2s_string *notice, s2s_error *err)
{
    for (int i = 0; i < experiment->graph->weight_count; i++) {
        const s2s_weight *weight = &experiment->graph->weight[i];
        s2s_arena *arena;
        s2s_status status;

        if (weight->spec->vectors == NULL)
            continue;
        arena = s2s_arena_create();
        if (arena == NULL)
            return s2s_fail(err, S2S_MEMORY, "out of memory");
        status = load(experiment, weight, weights + weight->offset, arena, notice, err);
        s2s_arena_free(arena);
        if (status != S2S_OK)
            return status;
    }
    return S2S_OK;
}
