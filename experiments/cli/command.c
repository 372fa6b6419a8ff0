/* command.c -- command lines by table: parsing, looking up, help. */
#include "experiments/cli/command.h"

#include <assert.h>
#include <omp.h>
#include <string.h>

#define S2S_COMMAND(name, usage, summary) extern const s2s_command s2s_command_##name;
#include "experiments/cli/commands.def"
#undef S2S_COMMAND

const s2s_command_entry s2s_commands[] = {
#define S2S_COMMAND(name, usage, summary) { #name, usage, summary, &s2s_command_##name },
#include "experiments/cli/commands.def"
#undef S2S_COMMAND
};
const size_t s2s_command_count = sizeof s2s_commands / sizeof s2s_commands[0];

const s2s_option s2s_common_options[] = {
    { "quiet", NULL, "results and errors only", NULL },
    { "help", NULL, "this text", NULL },
    S2S_OPTION_END
};

static const s2s_option no_options[] = { S2S_OPTION_END };

static const s2s_option *options_of(const s2s_command *command) { return command->options ? command->options : no_options; }

const s2s_command_entry *s2s_command_named(const char *name)
{
    for (size_t i = 0; i < s2s_command_count; i++)
        if (strcmp(s2s_commands[i].name, name) == 0)
            return &s2s_commands[i];
    return NULL;
}

/* --- parsing ------------------------------------------------------------------------------------------------------------- */

enum { OPTIONS_MAX = 24 };

static int find_option(const s2s_option *options, s2s_text name)
{
    for (int i = 0; options[i].name != NULL; i++)
        if (s2s_text_is(name, options[i].name))
            return i;
    return -1;
}

bool s2s_command_takes(const s2s_command *command, const char *option)
{
    return find_option(options_of(command), s2s_text_of(option)) >= 0;
}

static s2s_status unknown_option(const s2s_option *options, s2s_text name, const char *command, s2s_error *err)
{
    const char *names[OPTIONS_MAX], *near;
    char        copy[64];
    size_t      count = 0;

    for (int i = 0; options[i].name != NULL && count < OPTIONS_MAX; i++)
        names[count++] = options[i].name;
    for (int i = 0; s2s_common_options[i].name != NULL && count < OPTIONS_MAX; i++)
        names[count++] = s2s_common_options[i].name;
    snprintf(copy, sizeof copy, "%.*s", S2S_TEXT_ARGS(name));
    near = s2s_nearest_name(copy, names, count);
    if (near != NULL)
        return s2s_fail(err, S2S_USAGE, "unknown option --%s; did you mean --%s?", copy, near);
    return s2s_fail(err, S2S_USAGE, "unknown option --%s; `s2s help %s` lists the options", copy, command);
}

static s2s_status check_value(const s2s_option *option, const char *value, s2s_error *err)
{
    char   list[256] = "";
    size_t length = 0;

    if (option->words == NULL)
        return S2S_OK;
    for (int i = 0; option->words[i] != NULL; i++) {
        if (strcmp(option->words[i], value) == 0)
            return S2S_OK;
        length += (size_t)snprintf(list + length, sizeof list - length, "%s%s", i ? ", " : "", option->words[i]);
        assert(length < sizeof list);
    }
    return s2s_fail(err, S2S_USAGE, "--%s: expected one of %s, got '%s'", option->name, list, value);
}

/* Options without a value: the command's own, --quiet and --help. */
static s2s_status take_flag(s2s_line *line, int index, s2s_text name, bool has_value, s2s_error *err)
{
    if (has_value)
        return s2s_fail(err, S2S_USAGE, "--%.*s takes no value", S2S_TEXT_ARGS(name));
    if (index >= 0)
        line->given[index] = "";
    line->quiet = line->quiet || s2s_text_is(name, "quiet");
    line->help = line->help || s2s_text_is(name, "help");
    return S2S_OK;
}

/* argv[*at] starts with "--": take it and, where it has one, its value. */
static s2s_status take_option(s2s_line *line, int argc, char **argv, int *at, s2s_error *err)
{
    const s2s_option *options = options_of(line->command);
    const char *equals = strchr(argv[*at], '=');
    s2s_text rest = s2s_text_of(argv[*at] + 2), name = { "", 0 };
    int index;

    s2s_text_split(&rest, '=', &name);
    index = find_option(options, name);
    if (index < 0 && find_option(s2s_common_options, name) < 0)
        return unknown_option(options, name, line->name, err);
    if (index < 0 || options[index].value == NULL)
        return take_flag(line, index, name, equals != NULL, err);
    if (equals == NULL && *at + 1 >= argc)
        return s2s_fail(err, S2S_USAGE, "--%s needs a value: --%s %s", options[index].name, options[index].name, options[index].value);
    line->given[index] = equals ? equals + 1 : argv[++*at];
    return check_value(&options[index], line->given[index], err);
}

static s2s_status take_word(s2s_line *line, const char *word, s2s_error *err)
{
    const char *equals = strchr(word, '=');

    if (!line->command->settings || line->word_count < line->command->least) {
        line->word[line->word_count++] = word;
        return S2S_OK;
    }
    if (equals == NULL || equals == word)
        return s2s_fail(err, S2S_USAGE, "expected KEY=VALUE, got '%s'", word);
    line->setting[line->setting_count++] = (s2s_setting){
        .key = s2s_arena_strndup(line->arena, word, (size_t)(equals - word)), .value = equals + 1, .origin = S2S_ORIGIN_COMMAND_LINE,
    };
    return S2S_OK;
}

static s2s_status check_words(const s2s_line *line, const char *usage, s2s_error *err)
{
    const s2s_command *command = line->command;

    if (line->word_count < command->least)
        return s2s_fail(err, S2S_USAGE, "something is missing: s2s %s %s", line->name, usage);
    if (command->most >= 0 && line->word_count > command->most)
        return s2s_fail(err, S2S_USAGE, "'%s' is one word too many: s2s %s %s", line->word[command->most], line->name, usage);
    return S2S_OK;
}

s2s_status s2s_line_parse(const s2s_command_entry *entry, int argc, char **argv, s2s_arena *arena, s2s_line *ret, s2s_error *err)
{
    s2s_line line = {
        .command = entry->command, .name = entry->name, .arena = arena, .argc = argc, .argv = argv,
        .word = S2S_NEW_ARRAY(arena, const char *, argc), .setting = S2S_NEW_ARRAY(arena, s2s_setting, argc),
        .given = S2S_NEW_ARRAY(arena, const char *, OPTIONS_MAX),
    };
    bool only_words = false;

    if (s2s_arena_failed(arena))
        return s2s_fail(err, S2S_MEMORY, "out of memory");
    for (int i = 1; i < argc; i++) {
        if (!only_words && strcmp(argv[i], "--") == 0)
            only_words = true;
        else if (!only_words && strcmp(argv[i], "-h") == 0)
            line.help = true;
        else if (!only_words && strncmp(argv[i], "--", 2) == 0)
            S2S_TRY(take_option(&line, argc, argv, &i, err));
        else
            S2S_TRY(take_word(&line, argv[i], err));
    }
    if (!line.help)
        S2S_TRY(check_words(&line, entry->usage, err));
    *ret = line;
    return S2S_OK;
}

/* --- looking up ---------------------------------------------------------------------------------------------------------- */

static int index_of(const s2s_line *line, const char *name)
{
    const int index = find_option(options_of(line->command), s2s_text_of(name));

    assert(index >= 0);
    return index;
}

const char *s2s_line_option(const s2s_line *line, const char *name) { return line->given[index_of(line, name)]; }

s2s_status s2s_line_number(const s2s_line *line, const char *name, int64_t least, int64_t most, int64_t fallback, int64_t *ret, s2s_error *err)
{
    const char *text = s2s_line_option(line, name);
    int64_t     number = fallback;

    if (text != NULL && (!s2s_text_to_int(s2s_text_of(text), &number) || number < least || number > most))
        return s2s_fail(err, S2S_USAGE, "--%s: expected a whole number from %lld to %lld, got '%s'", name, (long long)least,
                        (long long)most, text);
    *ret = number;
    return S2S_OK;
}

s2s_status s2s_line_threads(const s2s_line *line, int *ret, s2s_error *err)
{
    enum { THREADS_MAX = 1024 };
    int64_t number;

    S2S_TRY(s2s_line_number(line, "threads", 1, THREADS_MAX, omp_get_num_procs(), &number, err));
    *ret = (int)number;
    return S2S_OK;
}

int s2s_line_choice(const s2s_line *line, const char *name)
{
    const int index = index_of(line, name);
    const char *const *words = options_of(line->command)[index].words;

    for (int i = 0; line->given[index] != NULL && words[i] != NULL; i++)
        if (strcmp(words[i], line->given[index]) == 0)
            return i;
    return -1;
}

s2s_checkpoint s2s_line_checkpoint(const s2s_line *line) { return (s2s_checkpoint)s2s_line_choice(line, "checkpoint"); }

/* --- help ---------------------------------------------------------------------------------------------------------------- */

void s2s_command_print_entry(const char *left, int left_width, const char *text, FILE *stream)
{
    enum { COLUMNS = 80 };
    const size_t room = (size_t)(COLUMNS - left_width - 3);

    for (; *text != '\0'; left = "") {
        size_t length = strlen(text);

        for (size_t end = room; length > room && end > 0; end--)
            if (text[end] == ' ')
                length = end;
        fprintf(stream, "  %-*s %.*s\n", left_width, left, (int)length, text);
        text += length + (text[length] == ' ');
    }
}

static void print_options(const s2s_option *options, FILE *stream)
{
    char left[64];

    for (int i = 0; options[i].name != NULL; i++) {
        snprintf(left, sizeof left, "--%s%s%s", options[i].name, options[i].value ? " " : "", options[i].value ? options[i].value : "");
        s2s_command_print_entry(left, 20, options[i].help, stream);
    }
}

void s2s_command_print_help(const s2s_command_entry *entry, FILE *stream)
{
    fprintf(stream, "s2s %s%s%s\n  %s\n\n", entry->name, *entry->usage ? " " : "", entry->usage, entry->summary);
    print_options(options_of(entry->command), stream);
    print_options(s2s_common_options, stream);
}
