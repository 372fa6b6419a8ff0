/* help.c -- `s2s help`: the commands, or one of them. */
#include "experiments/cli/command.h"

static void list_commands(FILE *stream)
{
    fputs("s2s COMMAND ... -- sequence transduction, one YAML file an experiment\n\n", stream);
    for (size_t i = 0; i < s2s_command_count; i++) {
        const s2s_command_entry *entry = &s2s_commands[i];
        char left[64];

        snprintf(left, sizeof left, "%s %s", entry->name, entry->usage);
        s2s_command_print_entry(left, 31, entry->summary, stream);
    }
    fputs("\nCONFIG  a file, or a run directory\n"
          "RUN     a run directory, a .safetensors file, or `latest`: the run under runs/\n"
          "        that was trained last (trials of sweeps lie deeper and do not count)\n"
          "\ns2s help COMMAND lists options, s2s explain the keys of a configuration,\n"
          "s2s --version the version. Exit codes: 0 ok, 1 the work failed, 2 usage,\n"
          "configuration or data file, 3 NaN or infinity, 130 interrupted.\n", stream);
}

static s2s_status run(const s2s_line *line, s2s_error_list *errors)
{
    const s2s_command_entry *entry;
    s2s_error err;

    if (line->word_count == 0) {
        list_commands(line->terminal->out);
        return S2S_OK;
    }
    entry = s2s_command_named(line->word[0]);
    if (entry == NULL) {
        s2s_fail(&err, S2S_USAGE, "unknown command '%s'; `s2s help` lists them", line->word[0]);
        return s2s_errors_take(errors, &err);
    }
    s2s_command_print_help(entry, line->terminal->out);
    return S2S_OK;
}

const s2s_command s2s_command_help = { .most = 1, .run = run };
