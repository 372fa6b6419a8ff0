/* compare.c -- `s2s compare`. */
#include "experiments/compare.h"

#include "base/file.h"
#include "experiments/cli/command.h"
#include "experiments/report.h"

static const s2s_option options[] = {
    { "metric", "NAME", "the figure that is compared, each run's best (default: the one that chooses `best`)", NULL },
    { "to", "METRIC=VALUE", "also how many epochs and how much time it took to get there", NULL },
    { "csv", "FILE", "write the numbers as comma-separated values (-: standard output)", NULL },
    { "json", NULL, "print the numbers as JSON in place of the table", NULL },
    { "html", "FILE", "write a page with the table and curves: as `report` does", NULL },
    S2S_OPTION_THREADS,
    S2S_OPTION_END
};

/* "val_accuracy=0.99" */
static s2s_status read_threshold(const s2s_line *line, s2s_threshold *ret, s2s_error *err)
{
    const char *text = s2s_line_option(line, "to");
    s2s_text    rest = s2s_text_of(text ? text : ""), name;

    *ret = (s2s_threshold){ 0 };
    if (text == NULL)
        return S2S_OK;
    if (!s2s_text_split(&rest, '=', &name) || name.length == 0 || rest.chars == NULL || !s2s_text_to_real(rest, &ret->value))
        return s2s_fail(err, S2S_USAGE, "--to: expected METRIC=VALUE (val_accuracy=0.99), got '%s'", text);
    ret->metric = s2s_arena_strndup(line->arena, name.chars, name.length);
    return ret->metric ? S2S_OK : s2s_fail(err, S2S_MEMORY, "out of memory");
}

static s2s_status show(const s2s_string *text, FILE *stream, s2s_error *err)
{
    if (text->failed)
        return s2s_fail(err, S2S_MEMORY, "out of memory");
    fputs(s2s_string_chars(text), stream);
    return S2S_OK;
}

static s2s_status write_csv(const s2s_line *line, const s2s_comparison *comparison, s2s_error *err)
{
    const char *path = s2s_line_option(line, "csv");
    s2s_string  text = { 0 };
    s2s_status  status;

    if (path == NULL)
        return S2S_OK;
    s2s_comparison_csv(comparison, &text);
    status = s2s_text_is(s2s_text_of(path), "-") ? show(&text, line->terminal->out, err) : s2s_file_write_string(path, &text, err);
    s2s_string_release(&text);
    return status;
}

static s2s_status write_html(const s2s_line *line, s2s_error *err)
{
    const char *path = s2s_line_option(line, "html");
    s2s_report_request request = {
        .words = line->word, .count = (size_t)line->word_count, .metric = s2s_line_option(line, "metric"), .arena = line->arena,
    };

    if (path == NULL)
        return S2S_OK;
    S2S_TRY(s2s_line_threads(line, &request.threads, err));
    return s2s_report_write(&request, path, err);
}

static s2s_status print(const s2s_line *line, const s2s_comparison *comparison, s2s_error *err)
{
    const char *csv = s2s_line_option(line, "csv");
    s2s_string  text = { 0 };
    s2s_status  status;

    if (csv != NULL && s2s_text_is(s2s_text_of(csv), "-"))
        return S2S_OK;
    if (s2s_line_option(line, "json") != NULL)
        s2s_comparison_json(comparison, &text);
    else
        s2s_comparison_table(comparison, &text);
    status = show(&text, line->terminal->out, err);
    s2s_string_release(&text);
    return status;
}

static s2s_status compare(const s2s_line *line, s2s_error *err)
{
    const s2s_record *record;
    s2s_comparison    comparison;
    s2s_threshold     to;
    size_t            count;

    S2S_TRY(read_threshold(line, &to, err));
    S2S_TRY(s2s_records_read(line->word, (size_t)line->word_count, line->arena, &record, &count, err));
    if (count == 0)
        return s2s_fail(err, S2S_DATA, "there is no trial yet");
    S2S_TRY(s2s_compare(record, count, s2s_line_option(line, "metric"), to, line->arena, &comparison, err));
    S2S_TRY(write_csv(line, &comparison, err));
    S2S_TRY(write_html(line, err));
    return print(line, &comparison, err);
}

static s2s_status run(const s2s_line *line, s2s_error_list *errors)
{
    s2s_error err;

    return compare(line, &err) == S2S_OK ? S2S_OK : s2s_errors_take(errors, &err);
}

const s2s_command s2s_command_compare = { .options = options, .least = 1, .most = -1, .run = run };
