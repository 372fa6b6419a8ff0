/* completion.c -- `s2s completion SHELL`: a script made from the command table, the field tables and the registries. */
#include <string.h>

#include "experiments/cli/command.h"

enum { REGISTRIES_MAX = 64 };

typedef struct seen { const s2s_registry *item[REGISTRIES_MAX]; size_t count; } seen;

static bool is_new(seen *all, const s2s_registry *registry)
{
    for (size_t i = 0; i < all->count; i++)
        if (all->item[i] == registry)
            return false;
    if (all->count < REGISTRIES_MAX)
        all->item[all->count++] = registry;
    return true;
}

/* Everything that `s2s explain` has a page for: registries by their plural, entries by name. */
static void add_topics(const s2s_field *field, seen *all, s2s_string *words)
{
    for (; field != NULL && field->kind != S2S_KIND_END; field++) {
        add_topics(field->fields, all, words);
        if (field->registry == NULL || !is_new(all, field->registry))
            continue;
        s2s_string_printf(words, " %s", field->registry->plural);
        for (size_t i = 0; i < field->registry->count; i++) {
            s2s_string_printf(words, " %s", field->registry->entries[i]->name);
            add_topics(field->registry->entries[i]->fields, all, words);
        }
    }
}

/* KEY= for every key of the groups, and for those of the data sets. */
static void add_keys(const s2s_field *field, const char *prefix, s2s_string *words)
{
    char path[256];

    for (; field != NULL && field->kind != S2S_KIND_END; field++) {
        snprintf(path, sizeof path, "%s%s.", prefix, field->key);
        if (field->kind == S2S_KIND_GROUP || field->kind == S2S_KIND_GROUP_OR_NONE)
            add_keys(field->fields, path, words);
        else if (field->registry == &s2s_datasets)
            for (size_t i = 0; i < s2s_datasets.count; i++)
                add_keys(s2s_datasets.entries[i]->fields, path, words);
        else
            s2s_string_printf(words, " %s%s=", prefix, field->key);
    }
}

static void add_options(const s2s_option *option, s2s_string *words)
{
    for (; option != NULL && option->name != NULL; option++) {
        if (option->words == NULL)
            s2s_string_printf(words, " --%s%s", option->name, option->value ? "=" : "");
        for (int i = 0; option->words != NULL && option->words[i] != NULL; i++)
            s2s_string_printf(words, " --%s=%s", option->name, option->words[i]);
    }
}

/* What may follow a command, apart from files. */
static void add_words(const s2s_command_entry *entry, s2s_string *words)
{
    seen all = { .count = 0 };

    add_options(entry->command->options, words);
    add_options(s2s_common_options, words);
    if (entry->command->settings)
        add_keys(s2s_experiment_fields, "", words);
    if (strcmp(entry->name, "explain") == 0)
        add_topics(s2s_experiment_fields, &all, words);
    if (strcmp(entry->name, "help") == 0)
        for (size_t i = 0; i < s2s_command_count; i++)
            s2s_string_printf(words, " %s", s2s_commands[i].name);
    if (strcmp(entry->name, "completion") == 0)
        s2s_string_add(words, " bash zsh fish");
    if (entry->usage[0] == 'R')
        s2s_string_add(words, " latest");
}

/* --- scripts ------------------------------------------------------------------------------------------------------------- */

/* bash, and zsh through its own emulation of bash's completion. */
static void print_bash(FILE *stream)
{
    fputs("_s2s() {\n"
          "    local word=${COMP_WORDS[COMP_CWORD]} words=\n"
          "    COMPREPLY=()\n"
          "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
          "        words='", stream);
    for (size_t i = 0; i < s2s_command_count; i++)
        fprintf(stream, "%s%s", i ? " " : "", s2s_commands[i].name);
    fputs("'\n    else\n        case ${COMP_WORDS[1]} in\n", stream);
    for (size_t i = 0; i < s2s_command_count; i++) {
        s2s_string words = { 0 };

        add_words(&s2s_commands[i], &words);
        fprintf(stream, "        %s) words='%s' ;;\n", s2s_commands[i].name, s2s_string_chars(&words));
        s2s_string_release(&words);
    }
    fputs("        esac\n"
          "        COMPREPLY=($(compgen -f -- \"$word\"))\n"
          "    fi\n"
          "    COMPREPLY+=($(compgen -W \"$words\" -- \"$word\"))\n"
          "    case ${COMPREPLY[0]} in *=) compopt -o nospace 2>/dev/null ;; esac\n"
          "}\n"
          "complete -o filenames -F _s2s s2s\n", stream);
}

static void print_zsh(FILE *stream)
{
    fputs("#compdef s2s\nautoload -Uz bashcompinit && bashcompinit\n", stream);
    print_bash(stream);
}

static void print_fish(FILE *stream)
{
    for (size_t i = 0; i < s2s_command_count; i++) {
        const s2s_command_entry *entry = &s2s_commands[i];
        s2s_string words = { 0 };

        fprintf(stream, "complete -c s2s -n __fish_use_subcommand -f -a %s -d '%s'\n", entry->name, entry->summary);
        add_words(entry, &words);
        fprintf(stream, "complete -c s2s -n '__fish_seen_subcommand_from %s' -a '%s'\n", entry->name, s2s_string_chars(&words));
        s2s_string_release(&words);
    }
}

static const struct { const char *shell; void (*print)(FILE *stream); } scripts[] = {
    { "bash", print_bash }, { "zsh", print_zsh }, { "fish", print_fish },
};

static s2s_status run(const s2s_line *line, s2s_error_list *errors)
{
    s2s_error err;

    for (size_t i = 0; i < sizeof scripts / sizeof scripts[0]; i++)
        if (strcmp(scripts[i].shell, line->word[0]) == 0) {
            scripts[i].print(line->terminal->out);
            return S2S_OK;
        }
    s2s_fail(&err, S2S_USAGE, "completion: expected bash, zsh or fish, got '%s'", line->word[0]);
    return s2s_errors_take(errors, &err);
}

const s2s_command s2s_command_completion = { .least = 1, .most = 1, .run = run };
