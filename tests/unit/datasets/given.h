/* given.h -- a data set from a line of YAML, for tests. */
#ifndef TESTS_DATASETS_GIVEN_H
#define TESTS_DATASETS_GIVEN_H

#include <criterion/criterion.h>

#include "config/config.h"
#include "datasets/column.h"

static inline const s2s_object *given_object(const char *yaml, s2s_arena *arena)
{
    s2s_error_list errors = { .arena = arena };
    s2s_object *object = NULL;

    cr_assert(s2s_object_parse(s2s_text_of(yaml), "test", &s2s_datasets, arena, &object, &errors) == S2S_OK,
              "%s: %s", yaml, errors.count > 0 ? errors.item[0].message : "?");
    return object;
}

static inline s2s_dataset *given_dataset(const char *yaml, uint64_t seed, s2s_arena *arena)
{
    s2s_dataset *dataset = S2S_NEW(arena, s2s_dataset);
    s2s_error err = { 0 };

    cr_assert(s2s_dataset_open(given_object(yaml, arena), seed, NULL, arena, dataset, &err) == S2S_OK, "%s: %s", yaml, err.message);
    return dataset;
}

/* The message of describe, which must fail at this line and column of the text. */
static inline const char *given_fault(const char *yaml, int column, s2s_arena *arena)
{
    s2s_error *err = S2S_NEW(arena, s2s_error);
    s2s_signature signature;

    cr_assert(s2s_dataset_describe(given_object(yaml, arena), arena, &signature, err) == S2S_CONFIG, "%s", yaml);
    cr_assert(err->line == 1 && err->column == column, "%s: %d:%d %s", yaml, err->line, err->column, err->message);
    return err->message;
}

/* Input or target of example i as shown; the text lives in the arena. */
static inline const char *given_input(const s2s_dataset *d, const s2s_split *split, int64_t i, s2s_arena *arena)
{
    s2s_string text = { 0 };
    const char *copy;

    d->ops->show_input(d, split, i, &text);
    copy = s2s_arena_strdup(arena, s2s_string_chars(&text));
    s2s_string_release(&text);
    return copy;
}

static inline const char *given_target(const s2s_dataset *d, const s2s_split *split, int64_t i, s2s_arena *arena)
{
    const int64_t n = s2s_column_length(&split->target, i), start = s2s_column_start(&split->target, i);
    int32_t *symbols = S2S_NEW_ARRAY(arena, int32_t, n);
    s2s_string text = { 0 };
    const char *copy;

    for (int64_t k = 0; k < n && split->target.token != NULL; k++)
        symbols[k] = s2s_column_get(&split->target, start + k);
    d->ops->show_target(d, symbols, split->target.x != NULL ? split->target.x + start * split->target.width : NULL, n, &text);
    copy = s2s_arena_strdup(arena, s2s_string_chars(&text));
    s2s_string_release(&text);
    return copy;
}

/* Raw symbols of example i of a column, as a string of the vocabulary's symbols. */
static inline const char *given_symbols(const s2s_dataset *d, const char *vocabulary, const s2s_column *column, int64_t i, s2s_arena *arena)
{
    const s2s_vocabulary *v = s2s_vocabulary_named(&d->vocabularies, vocabulary);
    s2s_string text = { 0 };
    const char *copy;

    for (int64_t k = 0; k < s2s_column_length(column, i); k++) {
        const s2s_text symbol = s2s_vocabulary_symbol(v, s2s_column_get(column, s2s_column_start(column, i) + k));
        s2s_string_append(&text, symbol.chars, symbol.length);
    }
    copy = s2s_arena_strdup(arena, s2s_string_chars(&text));
    s2s_string_release(&text);
    return copy;
}

#endif
