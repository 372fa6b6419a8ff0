/* data.c -- `s2s data`: examples as the model sees them, step by step; streams and target separated by tabs. */
#include "datasets/column.h"
#include "experiments/cli/load.h"
#include "experiments/evaluation.h"

static const s2s_option options[] = {
    { "split", "NAME", "train (the default), validation or test", s2s_split_names },
    { "count", "N", "how many examples (default: 10)", NULL },
    S2S_OPTION_END
};

/* Symbols of one character each (the unknown one apart) stand side by side; longer ones have spaces between them. */
static bool are_characters(const s2s_vocabulary *vocabulary)
{
    for (int32_t i = 0; i < s2s_vocabulary_size(vocabulary); i++)
        if (i != s2s_vocabulary_unknown(vocabulary) && s2s_text_codepoints(s2s_vocabulary_symbol(vocabulary, i)) != 1)
            return false;
    return true;
}

/* A symbol; control characters would break the table. */
static void add_symbol(s2s_string *line, const s2s_vocabulary *vocabulary, int32_t number)
{
    const s2s_text symbol = vocabulary && number >= 0 ? s2s_vocabulary_symbol(vocabulary, number) : (s2s_text){ "", 0 };

    if (vocabulary == NULL)
        s2s_string_printf(line, "%d", number);
    for (size_t i = 0; i < symbol.length; i++) {
        const unsigned char c = (unsigned char)symbol.chars[i];

        if (c < ' ')
            s2s_string_printf(line, "\\x%02x", c);
        else
            s2s_string_append(line, &symbol.chars[i], 1);
    }
}

static void add_tokens(s2s_string *line, const s2s_column *column, int64_t first, int64_t last, const s2s_vocabulary *vocabulary)
{
    const bool characters = vocabulary != NULL && are_characters(vocabulary);

    for (int64_t k = first; k < last; k++) {
        s2s_string_add(line, k > first && !characters ? " " : "");
        add_symbol(line, vocabulary, s2s_column_get(column, k));
    }
}

static void add_reals(s2s_string *line, const s2s_column *column, int64_t first, int64_t last)
{
    char number[32];

    for (int64_t k = first * column->width; k < last * column->width; k++) {
        s2s_format_double((double)column->x[k], number);
        s2s_string_printf(line, "%s%s", k > first * column->width ? " " : "", number);
    }
}

static void add_column(s2s_string *line, const s2s_column *column, int64_t example, const s2s_vocabulary *vocabulary)
{
    const int64_t first = s2s_column_start(column, example), last = first + s2s_column_length(column, example);

    if (column->kind == S2S_STREAM_REALS) {
        add_reals(line, column, first, last);
    } else if (column->kind == S2S_STREAM_TOKENS) {
        add_tokens(line, column, first, last, vocabulary);
    } else {
        for (int64_t word = first; word < last; word++) {
            s2s_string_add(line, word > first ? " " : "");
            add_tokens(line, column, column->inner_start[word], column->inner_start[word + 1], vocabulary);
        }
    }
}

static void add_example(s2s_string *line, const s2s_dataset *dataset, const s2s_split *split, int64_t example)
{
    const s2s_signature *signature = &dataset->signature;

    for (int i = 0; i < signature->stream_count; i++) {
        add_column(line, &split->stream[i], example, s2s_vocabulary_named(&dataset->vocabularies, signature->stream[i].name));
        s2s_string_add(line, "\t");
    }
    if (s2s_column_exists(&split->target))
        add_column(line, &split->target, example, s2s_vocabulary_named(&dataset->vocabularies, signature->target.name));
    s2s_string_add(line, "\n");
}

static s2s_status run(const s2s_line *line, s2s_error_list *errors)
{
    const int chosen = s2s_line_choice(line, "split");
    const s2s_split_name name = chosen >= 0 ? (s2s_split_name)chosen : S2S_TRAIN;
    s2s_experiment  *experiment;
    const s2s_split *split;
    s2s_string       text = { 0 };
    s2s_error        err;
    int64_t          count;

    if (s2s_line_number(line, "count", 0, INT64_MAX, 10, &count, &err) != S2S_OK)
        return s2s_errors_take(errors, &err);
    S2S_TRY(s2s_line_load(line, true, &experiment, errors));
    split = &experiment->dataset->split[name];
    if (s2s_split_check(split, name, &err) != S2S_OK)
        return s2s_errors_take(errors, &err);
    for (int64_t i = 0; i < count && i < split->count; i++) {
        s2s_string_clear(&text);
        add_example(&text, experiment->dataset, split, i);
        fputs(s2s_string_chars(&text), line->terminal->out);
    }
    s2s_string_release(&text);
    return S2S_OK;
}

const s2s_command s2s_command_data = { .options = options, .least = 1, .most = 1, .settings = true, .run = run };
