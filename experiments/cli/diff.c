/* diff.c -- `s2s diff`: the keys in which two configurations or runs differ. */
#include <string.h>

#include "base/file.h"
#include "experiments/cli/command.h"
#include "experiments/record.h"
#include "experiments/run.h"
#include "experiments/run_directory.h"
#include "experiments/sweep.h"

typedef struct side { s2s_pair *pair; size_t count; } side;

static s2s_status load(const s2s_line *line, const char *word, side *ret, s2s_error_list *errors)
{
    s2s_experiment *experiment;
    const char     *path;
    s2s_error       err = { 0 };

    if (strcmp(word, "latest") == 0 && !s2s_file_exists(word) && s2s_run_latest(line->arena, &word, &err) != S2S_OK)
        return s2s_errors_take(errors, &err);
    if (s2s_is_sweep(word))
        path = s2s_path_join(line->arena, word, S2S_SWEEP_BASE);
    else if (s2s_config_find(word, line->arena, &path, &err) != S2S_OK)
        return s2s_errors_take(errors, &err);
    if (path == NULL)
        return s2s_errors_no_memory(errors);
    S2S_TRY(s2s_experiment_load(path, NULL, 0, line->arena, &experiment, errors));
    if (s2s_config_flatten(experiment->config, line->arena, &ret->pair, &ret->count, &err) != S2S_OK)
        return s2s_errors_take(errors, &err);
    return S2S_OK;
}

/* NULL: there is no such key. */
static const char *value_of(const side *s, const char *key)
{
    const s2s_pair *pair = s2s_pairs_find(s->pair, s->count, key);

    return pair ? pair->value : NULL;
}

typedef struct row { const char *key, *a, *b; } row;

static size_t add_rows(const side *keys, const side *a, const side *b, bool only_new, row *rows)
{
    size_t count = 0;

    for (size_t i = 0; i < keys->count; i++) {
        const row r = { keys->pair[i].key, value_of(a, keys->pair[i].key), value_of(b, keys->pair[i].key) };
        const bool same = r.a != NULL && r.b != NULL && strcmp(r.a, r.b) == 0;

        if (!same && (!only_new || r.a == NULL))
            rows[count++] = r;
    }
    return count;
}

static size_t wider(const char *text, size_t width)
{
    const size_t columns = s2s_text_columns(s2s_text_of(text));

    return columns > width ? columns : width;
}

static void add_row(row r, size_t key, size_t first, s2s_string *ret)
{
    enum { GAP = 2 };

    s2s_string_pad(ret, r.key, key + GAP, false);
    s2s_string_pad(ret, r.a ? r.a : "-", first + GAP, false);
    s2s_string_printf(ret, "%s\n", r.b ? r.b : "-");
}

static void print(const row *rows, size_t count, const char *const *names, FILE *stream)
{
    const row  heading = { "key", names[0], names[1] };
    size_t     key = wider(heading.key, 0), first = wider(heading.a, 0);
    s2s_string text = { 0 };

    for (size_t i = 0; i < count; i++) {
        key = wider(rows[i].key, key);
        first = wider(rows[i].a ? rows[i].a : "-", first);
    }
    add_row(heading, key, first, &text);
    for (size_t i = 0; i < count; i++)
        add_row(rows[i], key, first, &text);
    fputs(s2s_string_chars(&text), stream);
    s2s_string_release(&text);
}

static s2s_status run(const s2s_line *line, s2s_error_list *errors)
{
    side   a, b;
    row   *rows;
    size_t count;

    S2S_TRY(load(line, line->word[0], &a, errors));
    S2S_TRY(load(line, line->word[1], &b, errors));
    rows = S2S_NEW_ARRAY(line->arena, row, a.count + b.count);
    if (rows == NULL)
        return s2s_errors_no_memory(errors);
    count = add_rows(&a, &a, &b, false, rows);
    count += add_rows(&b, &a, &b, true, rows + count);
    if (count > 0)
        print(rows, count, line->word, line->terminal->out);
    else if (!line->quiet)
        fprintf(line->terminal->err, "They differ in nothing.\n");
    return S2S_OK;
}

const s2s_command s2s_command_diff = { .least = 2, .most = 2, .run = run };
