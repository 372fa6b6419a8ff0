/* given_files.h -- files of a test, in a folder of its own: TestSuite(x, .init = given_begin, .fini = given_end). */
#ifndef TESTS_DATASETS_GIVEN_FILES_H
#define TESTS_DATASETS_GIVEN_FILES_H

#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "given.h"

static char given_folder[64];
static s2s_arena *arena;

static void given_begin(void)
{
    snprintf(given_folder, sizeof given_folder, "%s/s2s-test-XXXXXX", P_tmpdir);
    cr_assert(mkdtemp(given_folder) != NULL);
    arena = s2s_arena_create();
}

static void given_end(void)
{
    cr_assert(s2s_folder_remove(given_folder, NULL) == S2S_OK);
    s2s_arena_free(arena);
}

/* Write bytes; the path. */
static inline const char *given_file(const char *name, const char *chars, size_t length)
{
    const char *path = s2s_path_join(arena, given_folder, name);
    const s2s_text piece = { chars, length };

    cr_assert(s2s_file_write(path, &piece, 1, NULL) == S2S_OK);
    return path;
}

/* Open `{type: TYPE, train: FILE, REST}`; NULL with the error text in *message ("file:line:column: error: ..." without the folder). */
static inline s2s_dataset *given_open(const char *type, const char *path, const char *rest, const char **message)
{
    const char *yaml = s2s_arena_printf(arena, "{type: %s, train: %s%s%s}", type, path, rest[0] != '\0' ? ", " : "", rest);
    s2s_dataset *dataset = S2S_NEW(arena, s2s_dataset);
    s2s_error err = { 0 };
    char text[4096];

    if (s2s_dataset_open(given_object(yaml, arena), 1, NULL, arena, dataset, &err) == S2S_OK)
        return dataset;
    s2s_error_format(&err, text, sizeof text);
    if (message != NULL)
        *message = s2s_arena_strdup(arena, strncmp(text, given_folder, strlen(given_folder)) == 0 ? text + strlen(given_folder) + 1 : text);
    return NULL;
}

#endif
