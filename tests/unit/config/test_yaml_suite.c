/*
 * test_yaml_suite.c -- the cases of yaml-test-suite, where its archive is at hand: S2S_TEST_DATA or ../shared/data.
 *
 * libyaml is known to differ from YAML 1.2 in a few dozen cases (tabs, empty keys, odd flow maps); the bounds below are what
 * 0.2.5 does, so that a change of ours would show.
 */
#include <criterion/criterion.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "config/internal.h"

typedef struct tally { int equal, different, refused, accepted; } tally;      /* accepted: though the suite calls it invalid */

static s2s_arena *arena;

static json_t *json_of(const s2s_node *node)
{
    json_t *json = node->kind == S2S_NODE_LIST ? json_array() : json_object();
    int64_t whole;
    double  real;
    bool    truth;

    for (size_t i = 0; i < node->count; i++)
        if (node->kind == S2S_NODE_LIST)
            json_array_append_new(json, json_of(node->child[i]));
        else
            json_object_set_new(json, node->key[i].chars, json_of(node->child[i]));
    if (node->kind != S2S_NODE_SCALAR)
        return json;
    json_decref(json);
    if (s2s_node_is_null(node))
        return json_null();
    if (s2s_node_to_bool(node, &truth))
        return json_boolean(truth);
    if (s2s_node_to_int(node, &whole))
        return json_integer(whole);
    return s2s_node_to_real(node, &real) ? json_real(real) : json_stringn(node->text.chars, node->text.length);
}

static void compare(const s2s_node *node, const char *expected, tally *t)
{
    json_t *want = json_load_file(expected, JSON_DECODE_ANY, NULL), *got = json_of(node);

    if (want != NULL)
        *(json_equal(want, got) ? &t->equal : &t->different) += 1;
    json_decref(want);
    json_decref(got);
}

static void try_case(const char *folder, tally *t)
{
    s2s_error_list  errors = { .arena = s2s_arena_create() };
    const char     *path = s2s_path_join(arena, folder, "in.yaml");
    const s2s_node *node;
    s2s_text        text;

    cr_assert(s2s_file_read(path, arena, &text, NULL) == S2S_OK);
    s2s_errors_source(&errors, path, text, false);
    node = s2s_yaml_parse(text, (s2s_position){ path, 1, 1 }, false, ".", errors.arena, &errors);
    if (errors.count > 0)
        t->refused++;
    else if (s2s_file_exists(s2s_path_join(arena, folder, "error")))
        t->accepted++;
    else
        compare(node, s2s_path_join(arena, folder, "in.json"), t);
    s2s_arena_free(errors.arena);
}

/* Every case once: the archive lists them again by name and by tag. */
static void walk(const char *folder, tally *t)
{
    const char *const *names;
    size_t             count;

    if (s2s_file_exists(s2s_path_join(arena, folder, "in.yaml")))
        try_case(folder, t);
    cr_assert(s2s_folder_list(folder, arena, &names, &count, NULL) == S2S_OK);
    for (size_t i = 0; i < count; i++) {
        const char *below = s2s_path_join(arena, folder, names[i]);
        if (s2s_folder_exists(below) && strcmp(names[i], "name") != 0 && strcmp(names[i], "tags") != 0)
            walk(below, t);
    }
}

Test(yaml_suite, every_case)
{
    const char *data = getenv("S2S_TEST_DATA");
    char        folder[64], command[4400];
    tally       t = { 0 };

    arena = s2s_arena_create();
    const char *archive = s2s_path_join(arena, data == NULL ? "../shared/data" : data, "adversarial/yaml-test-suite-data-2022-01-17.tar.gz");
    if (s2s_file_exists(archive)) {
        snprintf(folder, sizeof folder, "%s/s2s-test-XXXXXX", P_tmpdir);
        cr_assert(mkdtemp(folder) != NULL);
        snprintf(command, sizeof command, "tar -xzf '%s' -C %s", archive, folder);
        cr_assert(system(command) == 0);
        walk(folder, &t);
        s2s_folder_remove(folder, NULL);
        cr_assert(t.equal >= 172 && t.different <= 4 && t.accepted <= 12 && t.equal + t.different + t.refused + t.accepted >= 400,
                  "equal %d, different %d, refused %d, accepted %d", t.equal, t.different, t.refused, t.accepted);
    }
    s2s_arena_free(arena);
}
