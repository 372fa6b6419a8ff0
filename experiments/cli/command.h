/*
 * command.h -- a command: what it takes, said once for parsing, help and completion, and what it does.
 *
 * To add one: a file with a `const s2s_command s2s_command_NAME`, and a line in commands.def.
 */
#ifndef S2S_EXPERIMENTS_CLI_COMMAND_H
#define S2S_EXPERIMENTS_CLI_COMMAND_H

#include "experiments/experiment.h"
#include "experiments/terminal.h"

typedef struct s2s_option {
    const char *name;                  /* "threads": --threads N or --threads=N */
    const char *value;                 /* "N", "FILE"; NULL: the option takes none */
    const char *help;
    const char *const *words;          /* the only legal values, ended by NULL; or NULL: any */
} s2s_option;

#define S2S_OPTION_END { .name = NULL }
#define S2S_OPTION_THREADS { "threads", "N", "compute with N threads (default: all cores)", NULL }
#define S2S_OPTION_CHECKPOINT { "checkpoint", "NAME", "best or last (default: best where a callback restores it, else last)", s2s_checkpoint_names }

typedef struct s2s_line s2s_line;

typedef struct s2s_command {
    const s2s_option *options;         /* ended by S2S_OPTION_END; NULL: none but those that every command takes */
    int least, most;                   /* how many words it takes; most -1: any number */
    bool settings;                     /* KEY=VALUE may follow */
    s2s_status (*run)(const s2s_line *line, s2s_error_list *errors);
} s2s_command;

/* A parsed command line. All texts are borrowed. */
struct s2s_line {
    const s2s_command *command;
    const char *name;
    s2s_arena *arena;
    const s2s_terminal *terminal;
    int word_count, setting_count;
    const char **word;
    s2s_setting *setting;
    const char **given;                /* for each option: its value, "" for one without; NULL: not given */
    bool quiet, help;
    int argc;                          /* all words as they were typed, the command's name first, NULL behind the last */
    char **argv;
};

/* An entry of commands.def. */
typedef struct s2s_command_entry {
    const char *name, *usage, *summary;
    const s2s_command *command;
} s2s_command_entry;

extern const s2s_command_entry s2s_commands[];
extern const size_t s2s_command_count;
const s2s_command_entry *s2s_command_named(const char *name);          /* NULL: unknown */

/* True if the command has an option of that name. */
bool s2s_command_takes(const s2s_command *command, const char *option);

/* Options that every command takes. */
extern const s2s_option s2s_common_options[];

/* The command's words: argv[0] is its own name. Errors: S2S_USAGE. */
s2s_status s2s_line_parse(const s2s_command_entry *entry, int argc, char **argv, s2s_arena *arena, s2s_line *ret, s2s_error *err);

/* The value of an option that the command has; NULL when it was not given. */
const char *s2s_line_option(const s2s_line *line, const char *name);

/* A whole number from an option; `fallback` when it was not given. */
s2s_status s2s_line_number(const s2s_line *line, const char *name, int64_t least, int64_t most, int64_t fallback, int64_t *ret, s2s_error *err);

/* --threads: what was given, else all cores. */
s2s_status s2s_line_threads(const s2s_line *line, int *ret, s2s_error *err);

/* The index of an option's value among its words; -1: not given. */
int s2s_line_choice(const s2s_line *line, const char *name);

/* --checkpoint. */
s2s_checkpoint s2s_line_checkpoint(const s2s_line *line);

/* One line of help, or several: `left` in left_width columns, and the text beside it, cut between words so that 80 columns are enough. */
void s2s_command_print_entry(const char *left, int left_width, const char *text, FILE *stream);

/* What `help NAME` prints. */
void s2s_command_print_help(const s2s_command_entry *entry, FILE *stream);

#endif
