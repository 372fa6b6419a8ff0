/* test_run_directory.c -- numbering, placing and finding runs, in a folder of the test's own. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "experiments/run_directory.h"

static s2s_arena *arena;
static char here[64];

static void begin(void)
{
    arena = s2s_arena_create();
    snprintf(here, sizeof here, "run-directory-%d", (int)getpid());
    cr_assert(s2s_folder_make(here, NULL) == S2S_OK && chdir(here) == 0);
}

static void end(void)
{
    cr_assert(chdir("..") == 0);
    s2s_folder_remove(here, NULL);
    s2s_arena_free(arena);
}

TestSuite(run_directory, .init = begin, .fini = end);

static void put(const char *folder, const char *name)
{
    const s2s_text text = s2s_text_of("x");

    cr_assert(s2s_file_write(s2s_path_join(arena, folder, name), &text, 1, NULL) == S2S_OK);
}

static const char *make(const char *name, const char *out)
{
    const char *prepared, *path;
    s2s_error   err;

    cr_assert(s2s_run_directory_prepare(name, out, arena, &prepared, &err) == S2S_OK, "%s", err.message);
    put(prepared, S2S_RUN_STATE);
    put(prepared, S2S_RUN_RESOLVED);
    cr_assert(s2s_run_directory_place(prepared, name, out, arena, &path, &err) == S2S_OK, "%s", err.message);
    cr_assert(!s2s_folder_exists(prepared) && s2s_run_is_directory(path));
    return path;
}

Test(run_directory, numbers_go_up_past_the_highest)
{
    cr_assert(strcmp(make("a", NULL), "runs/a-0001") == 0);
    cr_assert(strcmp(make("a", NULL), "runs/a-0002") == 0);
    cr_assert(strcmp(make("a-b", NULL), "runs/a-b-0001") == 0);
    cr_assert(s2s_folder_make("runs/a-0041", NULL) == S2S_OK && s2s_folder_make("runs/a-sweep-0099", NULL) == S2S_OK);
    cr_assert(strcmp(make("a", NULL), "runs/a-0042") == 0);
}

Test(run_directory, out_is_taken_as_it_is_and_only_when_it_is_free)
{
    s2s_error err;

    cr_assert(strcmp(make("a", "deep/er/here//"), "deep/er/here") == 0);
    cr_assert(s2s_run_directory_check("deep/er/here", &err) == S2S_USAGE && strstr(err.message, "exists") != NULL);
    cr_assert(s2s_run_directory_check("", &err) == S2S_USAGE);
    cr_assert(s2s_run_directory_check("deep/er/there", &err) == S2S_OK && s2s_run_directory_check(NULL, &err) == S2S_OK);
}

Test(run_directory, latest_is_the_one_saved_last)
{
    const char *latest;
    s2s_error   err;

    cr_assert(s2s_run_latest(arena, &latest, &err) == S2S_DATA, "a run was found where there is none");
    make("b", NULL);
    usleep(20000);
    make("a", NULL);
    cr_assert(s2s_run_latest(arena, &latest, &err) == S2S_OK && strcmp(latest, "runs/a-0001") == 0);
    usleep(20000);
    put("runs/b-0001", S2S_RUN_STATE);
    cr_assert(s2s_run_latest(arena, &latest, &err) == S2S_OK && strcmp(latest, "runs/b-0001") == 0);
}

Test(run_directory, a_folder_without_a_state_is_no_run)
{
    cr_assert(s2s_folder_make("runs/x-0001", NULL) == S2S_OK);
    put("runs/x-0001", S2S_RUN_RESOLVED);
    cr_assert(!s2s_run_is_directory("runs/x-0001") && !s2s_run_is_directory("nowhere"));
}
