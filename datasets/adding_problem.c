/*
 * adding_problem.c -- two marked numbers in a long sequence; the answer is their sum.
 *
 * Each step is a row (value, marker): values are uniform in [0,1), the marker is 1 at two steps, one in each half of the sequence,
 * and 0 elsewhere. Whoever always answers 1 has a mean squared error of 1/6.
 * Source   Hochreiter and Schmidhuber, "Long short-term memory", 1997, with the values of Le, Jaitly and Hinton, "A simple way to
 *          initialize recurrent networks of rectified linear units", 2015.
 */
#include "datasets/column.h"
#include "datasets/split.h"

enum { VALUE, MARKER, COLUMNS };

typedef struct {
    int64_t steps, samples, test_samples;
    double validation_split;
} options;

static const s2s_field fields[] = {
    S2S_FIELD_INT(options, steps, "50", 2, 100000, "steps", "length of every sequence"),
    S2S_SPLIT_FIELDS(options, "10000"),
    S2S_FIELD_END
};

static s2s_status describe(const s2s_object *self, s2s_arena *arena, s2s_signature *ret, s2s_error *err)
{
    const options *o = self->options;
    const s2s_split_options sizes = { o->samples, o->test_samples, o->validation_split };
    s2s_signature s = {
        .stream_count = 1,
        .stream[0] = { .name = "input", .kind = S2S_STREAM_REALS, .width = COLUMNS, .steps = o->steps },
        .target = { .name = "target", .kind = S2S_STREAM_REALS, .width = 1, .steps = 0 },
        .alignment = S2S_PER_SEQUENCE, .filler = -1, .opened = true,
        .text_input = "numbers, two of them marked: 0.3 0.52* 0.9 0.1*", .text_output = "the sum of the marked ones",
        .sample_input = "I", .sample_target = "T",
    };

    (void)arena;
    S2S_TRY(s2s_split_sizes(self, &sizes, s.examples, err));
    *ret = s;
    return S2S_OK;
}

static s2s_status restore(const s2s_object *self, const s2s_vocabulary_list *saved, s2s_arena *arena, s2s_dataset *ret, s2s_error *err)
{
    (void)saved;
    return describe(self, arena, &ret->signature, err);
}

static void put_example(const s2s_stream *stream, int64_t steps, real *row, real *target)
{
    const uint64_t last = (uint64_t)steps, half = last / 2;        /* indices behind those of the values */
    const int64_t first = (int64_t)s2s_random_below(stream, last, half);
    const int64_t second = (int64_t)(half + s2s_random_below(stream, last + 1, last - half));

    for (int64_t t = 0; t < steps; t++) {
        row[t * COLUMNS + VALUE] = (real)s2s_random_uniform(stream, (uint64_t)t);
        row[t * COLUMNS + MARKER] = t == first || t == second;
    }
    *target = row[first * COLUMNS + VALUE] + row[second * COLUMNS + VALUE];
}

/* Every example is a function of the seed and its place, so no shuffle is needed: training, validation, test. */
static s2s_status open(const s2s_object *self, uint64_t seed, s2s_arena *arena, s2s_dataset *ret, s2s_error *err)
{
    const options *o = self->options;
    uint64_t place = 0;

    S2S_TRY(describe(self, arena, &ret->signature, err));
    for (int k = 0; k < S2S_SPLIT_COUNT; k++) {
        s2s_split *split = &ret->split[k];

        S2S_TRY(s2s_split_reserve(&ret->signature, ret->signature.examples[k], arena, split, err));
        for (int64_t i = 0; i < split->count; i++) {
            const s2s_stream stream = s2s_stream_make(seed, S2S_RANDOM_DATASET, place++, 0, 0);
            put_example(&stream, o->steps, split->stream[0].x + i * o->steps * COLUMNS, &split->target.x[i]);
        }
    }
    return S2S_OK;
}

/* One word: a number, with '*' behind it when it is marked. */
static s2s_status read_step(s2s_text word, real *row, s2s_error *err)
{
    const bool marked = word.length > 0 && word.chars[word.length - 1] == '*';
    double value;

    if (!s2s_text_to_real((s2s_text){ word.chars, word.length - marked }, &value) || !(value >= -1e6 && value <= 1e6))
        return s2s_fail(err, S2S_DATA, "expected a number, with * behind it if it is marked, got '%.*s'",
                        (int)(word.length < 40 ? word.length : 40), word.chars);
    row[VALUE] = (real)value;
    row[MARKER] = marked;
    return S2S_OK;
}

static s2s_status encode(const s2s_dataset *dataset, s2s_text line, s2s_arena *arena, s2s_split *ret, s2s_error *err)
{
    const options *o = dataset->self->options;
    int64_t steps = 0, marked = 0;
    s2s_text rest = line, word;
    s2s_split split;

    S2S_TRY(s2s_split_reserve(&dataset->signature, 1, arena, &split, err));
    while (s2s_text_split(&rest, ' ', &word)) {
        real *row = split.stream[0].x + steps * COLUMNS;

        word = s2s_text_trim(word);
        if (word.length == 0)
            continue;
        if (steps++ == o->steps)
            return s2s_fail(err, S2S_DATA, "expected %lld numbers, got more", (long long)o->steps);
        S2S_TRY(read_step(word, row, err));
        marked += row[MARKER] > 0;
    }
    if (steps < o->steps)
        return s2s_fail(err, S2S_DATA, "expected %lld numbers, got %lld", (long long)o->steps, (long long)steps);
    if (marked != 2)
        return s2s_fail(err, S2S_DATA, "expected two numbers marked with *, got %lld", (long long)marked);
    split.target = (s2s_column){ 0 };
    *ret = split;
    return S2S_OK;
}

/* The marked ones only: "0.520 (step 7) + 0.331 (step 41)". */
static void show_input(const s2s_dataset *dataset, const s2s_split *split, int64_t i, s2s_string *ret)
{
    const options *o = dataset->self->options;
    const real *row = split->stream[0].x + i * o->steps * COLUMNS;
    const char *between = "";

    for (int64_t t = 0; t < o->steps; t++) {
        if (row[t * COLUMNS + MARKER] == 0)
            continue;
        s2s_string_printf(ret, "%s%.3f (step %lld)", between, (double)row[t * COLUMNS + VALUE], (long long)t + 1);
        between = " + ";
    }
}

static void show_target(const s2s_dataset *dataset, const int32_t *symbols, const real *values, int64_t n, s2s_string *ret)
{
    (void)dataset;
    (void)symbols;
    for (int64_t i = 0; i < n; i++)
        s2s_string_printf(ret, "%s%.3f", i > 0 ? " " : "", (double)values[i]);
}

static const char *const examples[] = {
    "{type: adding_problem, steps: 50, samples: 10000}",
    "{type: adding_problem, steps: 2, samples: 100, test_samples: 10, validation_split: 0.2}",
    NULL
};

const s2s_dataset_ops s2s_dataset_adding_problem = {
    .entry = { .name = "adding_problem", .summary = "two marked numbers in a long sequence, to be added",
               .fields = fields, .options_size = sizeof(options), .examples = examples },
    .describe = describe, .open = open, .restore = restore,
    .encode = encode, .show_input = show_input, .show_target = show_target,
};
