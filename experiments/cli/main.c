/* main.c -- finds the command, runs it, prints errors, decides the exit code: nobody else does. */
#include <omp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "experiments/cli/command.h"
#include "experiments/version.h"
#include "math/kernels.h"

static s2s_status unknown_command(const char *name, s2s_error *err)
{
    const char *names[64], *near;

    for (size_t i = 0; i < s2s_command_count; i++)
        names[i] = s2s_commands[i].name;
    near = s2s_nearest_name(name, names, s2s_command_count);
    if (near != NULL)
        return s2s_fail(err, S2S_USAGE, "unknown command '%s'; did you mean '%s'?", name, near);
    return s2s_fail(err, S2S_USAGE, "unknown command '%s'; `s2s help` lists them", name);
}

static s2s_status choose_kernel(s2s_error *err)
{
    const char *name = getenv("S2S_KERNEL");
    const s2s_kernels *const *kernels;
    s2s_string list = { 0 };
    int        count;

    if (s2s_kernels_choose(name && *name ? name : NULL))
        return S2S_OK;
    count = s2s_kernels_available(&kernels);
    for (int i = 0; i < count; i++)
        s2s_string_printf(&list, "%s%s", i ? ", " : "", kernels[i]->name);
    s2s_fail(err, S2S_USAGE, "S2S_KERNEL: this machine can run %s, got '%s'", s2s_string_chars(&list), name);
    s2s_string_release(&list);
    return S2S_USAGE;
}

/* Faults of a configuration come together and end with a line that sums up; others stand alone. */
static void print_errors(const s2s_error_list *errors, s2s_status status)
{
    static char text[sizeof(s2s_error) + 64];
    s2s_string  all = { 0 };

    if (status == S2S_CONFIG || status == S2S_SHAPE) {
        s2s_errors_format(errors, &all);
        fputs(s2s_string_chars(&all), stderr);
        s2s_string_release(&all);
        return;
    }
    for (size_t i = 0; i < errors->count; i++) {
        s2s_error_format(&errors->item[i], text, sizeof text);
        fprintf(stderr, "%s\n", text);
    }
}

/*
 * Threads that wait for each other spin, then sleep. libgomp's own spinning is so long that a run beside other work takes several
 * times as long; 30,000 turns do no harm there. With 3,000, threads of a quiet machine fall asleep between two steps: 5 % slower.
 * It reads its environment before main begins: so begin again, once. Not where a tool has loaded itself into the program (valgrind):
 * it would be lost. If it fails, everything works as before.
 */
static void wait_politely(const s2s_command_entry *entry, char **argv)
{
    char    program[4096];
    ssize_t length;

    if (!s2s_command_takes(entry->command, "threads") || getenv("OMP_WAIT_POLICY") != NULL || getenv("GOMP_SPINCOUNT") != NULL
        || getenv("LD_PRELOAD") != NULL)
        return;
    length = readlink("/proc/self/exe", program, sizeof program - 1);
    if (length <= 0 || setenv("GOMP_SPINCOUNT", "30000", 1) != 0)
        return;
    program[length] = '\0';
    execv(program, argv);
}

/* The command's words are argv[0..argc): its own name first. */
static s2s_status run_command(const s2s_command_entry *entry, int argc, char **argv, s2s_arena *arena, s2s_error_list *errors)
{
    s2s_terminal terminal;
    s2s_error    err = { 0 };
    s2s_line     line;

    if (choose_kernel(&err) != S2S_OK || s2s_line_parse(entry, argc, argv, arena, &line, &err) != S2S_OK)
        return s2s_errors_take(errors, &err);
    if (line.help) {
        s2s_command_print_help(entry, stdout);
        return S2S_OK;
    }
    terminal = s2s_terminal_of(stdout, stderr, line.quiet);
    line.terminal = &terminal;
    return entry->command->run(&line, errors);
}

static s2s_status dispatch(int argc, char **argv, s2s_arena *arena, s2s_error_list *errors)
{
    const s2s_command_entry *entry;
    s2s_error err = { 0 };

    if (argc < 2) {
        s2s_fail(&err, S2S_USAGE, "a command is missing; `s2s help` lists them");
        return s2s_errors_take(errors, &err);
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("s2s %s\n", S2S_VERSION);
        return S2S_OK;
    }
    entry = s2s_command_named(strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ? "help" : argv[1]);
    if (entry == NULL) {
        unknown_command(argv[1], &err);
        return s2s_errors_take(errors, &err);
    }
    wait_politely(entry, argv);
    return run_command(entry, argc - 1, argv + 1, arena, errors);
}

int main(int argc, char **argv)
{
    s2s_arena     *arena = s2s_arena_create();
    s2s_error_list errors = { .arena = arena };
    s2s_status     status;

    if (arena == NULL) {
        fputs("error: out of memory\n", stderr);
        return EXIT_FAILURE;
    }
    status = dispatch(argc, argv, arena, &errors);
    if ((fflush(stdout) != 0 || ferror(stdout)) && status == S2S_OK) {
        s2s_error err;

        status = s2s_fail_errno(&err, S2S_IO, "cannot write standard output");
        s2s_errors_take(&errors, &err);
    }
    print_errors(&errors, status);
    s2s_arena_free(arena);
    omp_pause_resource_all(omp_pause_hard);     /* ends the threads: nothing is left for a leak checker to find */
    return s2s_status_exit_code(status);
}
