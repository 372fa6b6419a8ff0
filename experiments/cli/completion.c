/* completion.c -- `s2s completion SHELL`: a script made from the command table, the field tables and the registries. */
#include <string.h>

#include "experiments/cli/command.h"

/* --- words that may follow a command, apart from files ------------------------------------------------------------------------ */

static void add_options(const s2s_option *option, s2s_string *words)
{
    for (; option != NULL && option->name != NULL; option++) {
        if (option->words == NULL)
            s2s_string_printf(words, " --%s%s", option->name, option->value ? "=" : "");
        for (int i = 0; option->words != NULL && option->words[i] != NULL; i++)
            s2s_string_printf(words, " --%s=%s", option->name, option->words[i]);
    }
}

/* A list of one word a line, each with `end` behind it. */
static s2s_status add_list(s2s_status (*list)(const s2s_field *, s2s_string *, s2s_error *), const char *end, s2s_string *words, s2s_error *err)
{
    s2s_string lines = { 0 };
    s2s_status status = list(s2s_experiment_fields, &lines, err);
    s2s_text   rest = { s2s_string_chars(&lines), lines.length }, line;

    while (status == S2S_OK && s2s_text_next_line(&rest, &line))
        s2s_string_printf(words, " %.*s%s", S2S_TEXT_ARGS(line), end);
    s2s_string_release(&lines);
    return status;
}

static void add_commands(s2s_string *words)
{
    for (size_t i = 0; i < s2s_command_count; i++)
        s2s_string_printf(words, " %s", s2s_commands[i].name);
}

static s2s_status add_words(const s2s_command_entry *entry, s2s_string *words, s2s_error *err)
{
    add_options(entry->command->options, words);
    add_options(s2s_common_options, words);
    if (entry->command->settings)
        S2S_TRY(add_list(s2s_complete_keys, "=", words, err));
    if (strcmp(entry->name, "explain") == 0)
        S2S_TRY(add_list(s2s_complete_topics, "", words, err));
    if (strcmp(entry->name, "help") == 0)
        add_commands(words);
    if (strcmp(entry->name, "completion") == 0)
        s2s_string_add(words, " bash zsh fish");
    if (strncmp(entry->usage, "RUN", 3) == 0)
        s2s_string_add(words, " latest");
    return S2S_OK;
}

/* --- scripts ------------------------------------------------------------------------------------------------------------------- */

static s2s_status bash(s2s_string *script, s2s_error *err)
{
    s2s_string_add(script, "_s2s() {\n"
                           "    local word=${COMP_WORDS[COMP_CWORD]} words\n"
                           "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
                           "        COMPREPLY=()\n"
                           "        words='");
    add_commands(script);
    s2s_string_add(script, "'\n    else\n"
                           "        COMPREPLY=($(compgen -f -- \"$word\"))\n"
                           "        case ${COMP_WORDS[1]} in\n");
    for (size_t i = 0; i < s2s_command_count; i++) {
        s2s_string_printf(script, "        %s) words='", s2s_commands[i].name);
        S2S_TRY(add_words(&s2s_commands[i], script, err));
        s2s_string_add(script, "' ;;\n");
    }
    s2s_string_add(script, "        esac\n"
                           "    fi\n"
                           "    COMPREPLY+=($(compgen -W \"$words\" -- \"$word\"))\n"
                           "    case ${COMPREPLY[0]} in *=) compopt -o nospace 2>/dev/null ;; esac\n"
                           "}\n"
                           "COMP_WORDBREAKS=${COMP_WORDBREAKS//=}\n"
                           "complete -o filenames -F _s2s s2s\n");
    return S2S_OK;
}

/* zsh knows bash's functions under another name. */
static s2s_status zsh(s2s_string *script, s2s_error *err)
{
    s2s_string_add(script, "#compdef s2s\nautoload -Uz bashcompinit && bashcompinit\n");
    return bash(script, err);
}

static s2s_status fish(s2s_string *script, s2s_error *err)
{
    for (size_t i = 0; i < s2s_command_count; i++) {
        const s2s_command_entry *entry = &s2s_commands[i];

        s2s_string_printf(script, "complete -c s2s -n __fish_use_subcommand -f -a %s -d '%s'\n", entry->name, entry->summary);
        s2s_string_printf(script, "complete -c s2s -n '__fish_seen_subcommand_from %s' -a '", entry->name);
        S2S_TRY(add_words(entry, script, err));
        s2s_string_add(script, "'\n");
    }
    return S2S_OK;
}

static const struct { const char *name; s2s_status (*write)(s2s_string *script, s2s_error *err); } shells[] = {
    { "bash", bash }, { "zsh", zsh }, { "fish", fish },
};

static s2s_status write_script(const char *shell, s2s_string *script, s2s_error *err)
{
    for (size_t i = 0; i < sizeof shells / sizeof shells[0]; i++)
        if (strcmp(shells[i].name, shell) == 0)
            return shells[i].write(script, err);
    return s2s_fail(err, S2S_USAGE, "completion: expected bash, zsh or fish, got '%s'", shell);
}

static s2s_status run(const s2s_line *line, s2s_error_list *errors)
{
    s2s_string script = { 0 };
    s2s_error  err;
    const s2s_status status = write_script(line->word[0], &script, &err);

    if (status == S2S_OK)
        fputs(s2s_string_chars(&script), line->terminal->out);
    s2s_string_release(&script);
    return status == S2S_OK ? S2S_OK : s2s_errors_take(errors, &err);
}

const s2s_command s2s_command_completion = { .least = 1, .most = 1, .run = run };
