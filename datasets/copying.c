/* copying.c -- see copying.h. A set of distinct sequences is a vocabulary whose symbols are whole sequences. */
#include "datasets/copying.h"

#include <stdio.h>
#include <string.h>

#include "datasets/column.h"

enum { BLANK = 0, LETTERS = 26, SYMBOLS_MAX = 10000, LENGTH_MAX = 10000 };

typedef s2s_copying_options options;

const s2s_field s2s_copying_fields[] = {
    S2S_FIELD_INT(options, symbols, "8", 1, SYMBOLS_MAX, "symbols", "different symbols"),
    S2S_FIELD_INT(options, min_length, "10", 1, LENGTH_MAX, "symbols", "length of the shortest sequence"),
    S2S_FIELD_INT(options, max_length, "10", 1, LENGTH_MAX, "symbols", "length of the longest sequence; all between are equally likely"),
    S2S_FIELD_INT(options, delay, "0", 0, 100000, "steps", "blanks behind the sequence, through which it must be remembered"),
    S2S_FIELD_BOOL(options, aligned, "false", "answer at the input's own steps, behind the delay and a signal; else in steps of its own, as a decoder does"),
    S2S_SPLIT_FIELDS(options, "10000"),
    S2S_FIELD_END
};

static int64_t input_steps(const options *o, int64_t length) { return o->aligned ? 2 * length + o->delay + 1 : length + o->delay; }
static int64_t target_steps(const options *o, int64_t length) { return o->aligned ? input_steps(o, length) : o->max_length; }

/* How many sequences there are, or `enough` when they are at least that many. */
static int64_t sequences_exist(const options *o, int64_t enough)
{
    int64_t sum = 0, power = 1;

    for (int64_t length = 1; length <= o->max_length && sum < enough; length++) {
        power = power > enough / o->symbols ? enough : power * o->symbols;
        if (length >= o->min_length)
            sum += power;
    }
    return sum < enough ? sum : enough;
}

s2s_status s2s_copying_describe(const s2s_object *self, s2s_arena *arena, s2s_signature *ret, s2s_error *err)
{
    const options *o = self->options;
    const bool fixed = o->min_length == o->max_length;
    const s2s_split_options sizes = { o->samples, o->test_samples, o->validation_split };
    const int64_t wanted = o->samples + o->test_samples, exist = sequences_exist(o, 2 * wanted);
    s2s_signature s = {
        .stream_count = 1,
        .stream[0] = { .name = "input", .kind = S2S_STREAM_TOKENS, .width = o->symbols + (o->aligned ? 2 : 1),
                       .steps = fixed ? input_steps(o, o->max_length) : S2S_LENGTH_ANY },
        .target = { .name = "target", .kind = S2S_STREAM_TOKENS, .width = o->symbols + 1,
                    .steps = fixed || !o->aligned ? target_steps(o, o->max_length) : S2S_LENGTH_ANY },
        .alignment = o->aligned ? S2S_ALIGNED : S2S_OWN_STEPS, .filler = BLANK, .opened = true,
        .text_input = o->symbols <= LETTERS ? "letters, e.g. abca" : "numbers from 1 on, e.g. 4 17 4", .text_output = "the sequence again",
        .sample_input = "I", .sample_target = "T",
    };

    (void)arena;
    if (o->min_length > o->max_length)
        return s2s_dataset_fail(self, "min_length", err, "expected at most max_length (%lld), got %lld",
                                (long long)o->max_length, (long long)o->min_length);
    if (exist < 2 * wanted)
        return s2s_dataset_fail(self, "samples", err, "asks for %lld distinct sequences, but only %lld of these lengths exist, of which half may be drawn",
                                (long long)wanted, (long long)exist);
    S2S_TRY(s2s_split_sizes(self, &sizes, s.examples, err));
    *ret = s;
    return S2S_OK;
}

/* ---- symbols as text ---- */

/* "a", "b", ... or "1", "2", ...; "_" and "|". At least 8 bytes of room. */
static void symbol_name(const options *o, int32_t symbol, char *name)
{
    if (symbol == BLANK)
        strcpy(name, "_");
    else if (symbol > o->symbols)
        strcpy(name, "|");
    else
        snprintf(name, 8, o->symbols <= LETTERS ? "%c" : "%d", o->symbols <= LETTERS ? 'a' + symbol - 1 : symbol);
}

static s2s_status make_vocabulary(const options *o, int64_t width, s2s_arena *arena, s2s_vocabulary **ret, s2s_error *err)
{
    char name[8];

    S2S_TRY(s2s_vocabulary_create(arena, ret, err));
    for (int32_t i = 0; i < width; i++) {
        symbol_name(o, i, name);
        if (s2s_vocabulary_add(*ret, s2s_text_of(name)) != i)
            return s2s_fail(err, S2S_MEMORY, "out of memory for a vocabulary");
    }
    return S2S_OK;
}

s2s_status s2s_copying_restore(const s2s_object *self, const s2s_vocabulary_list *saved, s2s_arena *arena, s2s_dataset *ret, s2s_error *err)
{
    const options *o = self->options;
    struct s2s_named_vocabulary *item = S2S_NEW_ARRAY(arena, struct s2s_named_vocabulary, 2);

    (void)saved;                   /* the symbols follow from the options */
    if (item == NULL)
        return s2s_fail(err, S2S_MEMORY, "out of memory for the data set");
    S2S_TRY(s2s_copying_describe(self, arena, &ret->signature, err));
    item[0].name = "input";
    item[1].name = "target";
    S2S_TRY(make_vocabulary(o, ret->signature.stream[0].width, arena, &item[0].vocabulary, err));
    S2S_TRY(make_vocabulary(o, ret->signature.target.width, arena, &item[1].vocabulary, err));
    ret->vocabularies = (s2s_vocabulary_list){ .count = 2, .item = item };
    return S2S_OK;
}

static void show(const options *o, const int32_t *symbols, int64_t n, s2s_string *ret)
{
    char name[8];

    for (int64_t i = 0; i < n; i++) {
        symbol_name(o, symbols[i], name);
        s2s_string_printf(ret, "%s%s", i > 0 && o->symbols > LETTERS ? " " : "", name);
    }
}

void s2s_copying_show_input(const s2s_dataset *dataset, const s2s_split *split, int64_t i, s2s_string *ret)
{
    const options *o = dataset->self->options;
    const s2s_column *column = &split->stream[0];
    const int64_t start = s2s_column_start(column, i), length = s2s_column_length(column, i);

    for (int64_t k = 0; k < length; k++) {
        const int32_t symbol = s2s_column_get(column, start + k);
        if (symbol == BLANK || symbol > o->symbols)
            break;
        if (k > 0 && o->symbols > LETTERS)
            s2s_string_add(ret, " ");
        show(o, &symbol, 1, ret);
    }
}

/* Without the blanks at the end and, where they wait for the signal, at the start. */
void s2s_copying_show_target(const s2s_dataset *dataset, const int32_t *symbols, const real *values, int64_t n, s2s_string *ret)
{
    const options *o = dataset->self->options;

    (void)values;
    while (n > 0 && symbols[n - 1] == BLANK)
        n--;
    for (; o->aligned && n > 0 && symbols[0] == BLANK; n--)
        symbols++;
    show(o, symbols, n, ret);
}

/* ---- sequences to columns ---- */

/* Columns for `count` sequences of these lengths in all; start is filled where lengths differ. */
static s2s_status make_columns(const options *o, const s2s_signature *signature, const int64_t *length, int64_t count,
                               s2s_arena *arena, s2s_split *ret, s2s_error *err)
{
    s2s_split split = { .count = count };
    int64_t *start;

    if (signature->stream[0].steps != S2S_LENGTH_ANY)
        return s2s_split_reserve(signature, count, arena, ret, err);
    start = S2S_NEW_ARRAY(arena, int64_t, count + 1);
    if (start == NULL)
        return s2s_fail(err, S2S_MEMORY, "out of memory for %lld sequences", (long long)count);
    for (int64_t i = 0; i < count; i++)
        start[i + 1] = start[i] + input_steps(o, length[i]);
    S2S_TRY(s2s_column_create(S2S_STREAM_TOKENS, signature->stream[0].width, start[count], arena, &split.stream[0], err));
    split.stream[0].start = start;
    S2S_TRY(s2s_column_create(S2S_STREAM_TOKENS, signature->target.width, o->aligned ? start[count] : count * o->max_length, arena, &split.target, err));
    split.target.start = o->aligned ? start : NULL;
    split.target.fixed_steps = o->max_length;
    *ret = split;
    return S2S_OK;
}

/* Columns are zero, which is BLANK. */
static void put_sequence(const options *o, bool reverse, const uint16_t *symbol, int64_t length, const s2s_split *split, int64_t i)
{
    const int64_t input = s2s_column_start(&split->stream[0], i);
    const int64_t target = s2s_column_start(&split->target, i) + (o->aligned ? length + o->delay + 1 : 0);

    for (int64_t k = 0; k < length; k++) {
        s2s_column_put(&split->stream[0], input + k, symbol[k]);
        s2s_column_put(&split->target, target + (reverse ? length - 1 - k : k), symbol[k]);
    }
    if (o->aligned)
        s2s_column_put(&split->stream[0], input + length + o->delay, (int32_t)o->symbols + 1);
}

/* Random sequences until the set holds `count` of them, as text of two bytes a symbol. */
static s2s_status draw_sequences(const options *o, uint64_t seed, int64_t count, s2s_arena *scratch, s2s_vocabulary **ret, s2s_error *err)
{
    uint16_t *symbol = S2S_NEW_ARRAY(scratch, uint16_t, o->max_length);
    s2s_vocabulary *set = NULL;

    if (symbol == NULL)
        return s2s_fail(err, S2S_MEMORY, "out of memory for sequences");
    S2S_TRY(s2s_vocabulary_create(scratch, &set, err));
    for (uint64_t try = 0; s2s_vocabulary_size(set) < count; try++) {
        const s2s_stream stream = s2s_stream_make(seed, S2S_RANDOM_DATASET, try, 0, 0);
        const uint64_t lengths = (uint64_t)(o->max_length - o->min_length + 1);
        const int64_t length = o->min_length + (int64_t)s2s_random_below(&stream, 0, lengths);

        for (int64_t k = 0; k < length; k++)
            symbol[k] = (uint16_t)(1 + s2s_random_below(&stream, 1 + (uint64_t)k, (uint64_t)o->symbols));
        if (s2s_vocabulary_add(set, (s2s_text){ (const char *)symbol, (size_t)length * sizeof *symbol }) < 0)
            return s2s_fail(err, S2S_MEMORY, "out of memory for %lld sequences", (long long)count);
    }
    *ret = set;
    return S2S_OK;
}

static s2s_status fill_split(const options *o, bool reverse, const s2s_vocabulary *set, const int64_t *order, s2s_arena *scratch,
                             s2s_dataset *dataset, s2s_split_name which, s2s_error *err)
{
    const int64_t count = dataset->signature.examples[which];
    int64_t *length = S2S_NEW_ARRAY(scratch, int64_t, count);

    if (length == NULL)
        return s2s_fail(err, S2S_MEMORY, "out of memory for %lld sequences", (long long)count);
    for (int64_t i = 0; i < count; i++)
        length[i] = (int64_t)s2s_vocabulary_symbol(set, (int32_t)order[i]).length / 2;
    S2S_TRY(make_columns(o, &dataset->signature, length, count, dataset->arena, &dataset->split[which], err));
    for (int64_t i = 0; i < count; i++) {
        /* The symbols of a vocabulary come from its arena, aligned for any small type. */
        const void *symbol = s2s_vocabulary_symbol(set, (int32_t)order[i]).chars;
        put_sequence(o, reverse, symbol, length[i], &dataset->split[which], i);
    }
    return S2S_OK;
}

static s2s_status make_splits(const options *o, bool reverse, uint64_t seed, s2s_arena *scratch, s2s_dataset *dataset, s2s_error *err)
{
    const int64_t count = o->samples + o->test_samples;
    const s2s_stream shuffle = s2s_stream_make(seed, S2S_RANDOM_SPLIT, 0, 0, 0);
    int64_t *order = S2S_NEW_ARRAY(scratch, int64_t, count);
    s2s_vocabulary *set = NULL;

    if (order == NULL)
        return s2s_fail(err, S2S_MEMORY, "out of memory for %lld sequences", (long long)count);
    S2S_TRY(draw_sequences(o, seed, count, scratch, &set, err));
    s2s_random_permutation(&shuffle, count, order);
    for (int k = 0; k < S2S_SPLIT_COUNT; k++) {
        S2S_TRY(fill_split(o, reverse, set, order, scratch, dataset, (s2s_split_name)k, err));
        order += dataset->signature.examples[k];
    }
    return S2S_OK;
}

s2s_status s2s_copying_open(const s2s_object *self, bool reverse, uint64_t seed, s2s_dataset *ret, s2s_error *err)
{
    s2s_arena *scratch = s2s_arena_create();
    s2s_status status;

    if (scratch == NULL)
        return s2s_fail(err, S2S_MEMORY, "out of memory for the data set");
    status = s2s_copying_restore(self, NULL, ret->arena, ret, err);
    if (status == S2S_OK)
        status = make_splits(self->options, reverse, seed, scratch, ret, err);
    s2s_arena_free(scratch);
    return status;
}

/* ---- a user's sequence ---- */

/* The next symbol off *rest: a letter, or a number and the spaces before it. */
static s2s_status read_symbol(const options *o, s2s_text *rest, uint16_t *ret, s2s_error *err)
{
    s2s_text word = { rest->chars, o->symbols <= LETTERS ? s2s_text_utf8_length(*rest) : 0 };
    int64_t number = 0;

    while (o->symbols > LETTERS && word.length < rest->length && rest->chars[word.length] != ' ')
        word.length++;
    *rest = (s2s_text){ rest->chars + word.length, rest->length - word.length };
    if (o->symbols <= LETTERS && word.length == 1)
        number = word.chars[0] - 'a' + 1;
    else if (o->symbols > LETTERS && !s2s_text_to_int(word, &number))
        number = 0;
    if (number < 1 || number > o->symbols) {
        char last[8];
        symbol_name(o, (int32_t)o->symbols, last);
        return s2s_fail(err, S2S_DATA, "expected symbols from %s to %s, got '%.*s'", o->symbols <= LETTERS ? "a" : "1", last,
                        (int)(word.length < 40 ? word.length : 40), word.chars);
    }
    *ret = (uint16_t)number;
    return S2S_OK;
}

s2s_status s2s_copying_encode(const s2s_dataset *dataset, s2s_text line, s2s_arena *arena, s2s_split *ret, s2s_error *err)
{
    const options *o = dataset->self->options;
    uint16_t *symbol = S2S_NEW_ARRAY(arena, uint16_t, o->max_length);
    int64_t length = 0;
    s2s_text rest = s2s_text_trim(line);
    s2s_split split;

    if (symbol == NULL)
        return s2s_fail(err, S2S_MEMORY, "out of memory for a line");
    if (s2s_text_utf8_error(line) < line.length)
        return s2s_fail(err, S2S_DATA, "expected a sequence, got bytes that are not UTF-8");
    while (rest.length > 0) {
        if (length == o->max_length)
            return s2s_fail(err, S2S_DATA, "expected at most %lld symbols", (long long)o->max_length);
        S2S_TRY(read_symbol(o, &rest, &symbol[length++], err));
        rest = s2s_text_trim(rest);
    }
    if (length < o->min_length)
        return s2s_fail(err, S2S_DATA, "expected at least %lld symbols, got %lld", (long long)o->min_length, (long long)length);
    S2S_TRY(make_columns(o, &dataset->signature, &length, 1, arena, &split, err));
    put_sequence(o, false, symbol, length, &split, 0);
    split.target = (s2s_column){ 0 };
    *ret = split;
    return S2S_OK;
}
