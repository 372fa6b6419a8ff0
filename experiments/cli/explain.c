/* explain.c -- `s2s explain` and `s2s schema`: the reference, from the tables that the parser reads. */
#include "experiments/cli/command.h"

static s2s_status print(const s2s_line *line, s2s_string *text, s2s_status status, const s2s_error *err, s2s_error_list *errors)
{
    if (status == S2S_OK)
        fputs(s2s_string_chars(text), line->terminal->out);
    s2s_string_release(text);
    return status == S2S_OK ? S2S_OK : s2s_errors_take(errors, err);
}

static s2s_status explain(const s2s_line *line, s2s_error_list *errors)
{
    const bool markdown = s2s_line_option(line, "markdown") != NULL;
    s2s_string text = { 0 };
    s2s_error  err = { 0 };
    const s2s_status status = markdown ? s2s_explain_markdown(s2s_experiment_fields, &text, &err)
                                       : s2s_explain(s2s_experiment_fields, line->word_count ? line->word[0] : NULL, &text, &err);

    return print(line, &text, status, &err, errors);
}

static s2s_status schema(const s2s_line *line, s2s_error_list *errors)
{
    s2s_string text = { 0 };
    s2s_error  err = { 0 };
    const s2s_status status = s2s_json_schema(s2s_experiment_fields, &text, &err);

    return print(line, &text, status, &err, errors);
}

static const s2s_option explain_options[] = {
    { "markdown", NULL, "the whole reference, as the README prints it", NULL },
    S2S_OPTION_END
};

const s2s_command s2s_command_explain = { .options = explain_options, .most = 1, .run = explain };
const s2s_command s2s_command_schema = { .run = schema };
