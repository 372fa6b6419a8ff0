/*
 * test_config_bad.c -- every wrong file here is refused with exactly the errors that it expects of itself.
 *
 * To add one: a file whose last lines read "# expect: LINE:COLUMN: error: MESSAGE", one for each error, in order. An
 * expectation may be the beginning of a message. Run from the top of the source tree, or with S2S_SOURCE set to it.
 */
#if __has_include("experiments/experiment.h")
#include "experiments/experiment.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"

static s2s_arena *arena;

static const char *folder(void)
{
    const char *source = getenv("S2S_SOURCE");

    return s2s_path_join(arena, source == NULL ? "." : source, "tests/config_bad");
}

/* The expectations of a file, in order. */
static size_t expectations(const char *path, s2s_text ret[S2S_ERRORS_SHOWN])
{
    s2s_text text = { "", 0 }, line;
    size_t   count = 0;

    cr_assert(s2s_file_read(path, arena, &text, NULL) == S2S_OK, "%s", path);
    while (s2s_text_next_line(&text, &line))
        if (s2s_text_starts_with(line, "# expect: ") && count < S2S_ERRORS_SHOWN)
            ret[count++] = (s2s_text){ line.chars + 10, line.length - 10 };
    return count;
}

static void check_file(const char *name)
{
    const char     *path = s2s_path_join(arena, folder(), name), *shown;
    s2s_error_list  errors = { .arena = arena };
    s2s_experiment *experiment = NULL;
    s2s_text        expected[S2S_ERRORS_SHOWN];
    const size_t    count = expectations(path, expected);
    s2s_string      all = { 0 };

    const s2s_status status = s2s_experiment_load(path, NULL, 0, arena, &experiment, &errors);
    s2s_errors_format(&errors, &all);
    cr_expect(status != S2S_OK && s2s_status_exit_code(status) == 2, "%s: status %d", name, (int)status);
    cr_expect(count > 0, "%s expects nothing", name);
    cr_expect(errors.count == count, "%s: %zu errors, %zu expected\n%s", name, errors.count, count, s2s_string_chars(&all));
    for (size_t i = 0; i < count && i < errors.count; i++) {
        shown = s2s_arena_printf(arena, "%d:%d: error: %s", errors.item[i].line, errors.item[i].column, errors.item[i].message);
        cr_expect(strncmp(shown, expected[i].chars, expected[i].length) == 0, "%s: %s\nexpected: %.*s", name, shown, S2S_TEXT_ARGS(expected[i]));
    }
    s2s_string_release(&all);
}

Test(config_bad, every_file)
{
    const char *const *names;
    size_t             count, checked = 0;

    arena = s2s_arena_create();
    cr_assert(s2s_folder_list(folder(), arena, &names, &count, NULL) == S2S_OK, "run from the top of the source tree, or set S2S_SOURCE");
    for (size_t i = 0; i < count; i++)
        if (strstr(names[i], ".yaml") != NULL) {
            check_file(names[i]);
            checked++;
        }
    cr_assert(checked >= 60, "%zu files", checked);
    s2s_arena_free(arena);
}
#endif
