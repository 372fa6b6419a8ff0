#include <criterion/criterion.h>
#include <string.h>

#include "base/clock.h"
#include "mini.h"

TestSuite(reference, .init = mini_begin, .fini = mini_end);

/* The messages of all errors, one a line. */
static const char *messages(const char *text)
{
    const char *all = "";

    cr_assert(mini_parse(text, NULL) == NULL, "%s", text);
    for (size_t i = 0; i < mini_errors.count; i++)
        all = s2s_arena_printf(mini_arena, "%s%d:%d: %s\n", all, mini_errors.item[i].line, mini_errors.item[i].column, mini_errors.item[i].message);
    return all;
}

Test(reference, whole_ones_become_the_node_type_and_all)
{
    const s2s_config *config = mini_parse(
        "vars: {n: 7, yes: true, cell: {type: LSTM, units: '${vars.n}'}, list: [a, b], "
        "deep: {er: {x: 0.25}}, again: '${vars.deep.er}'}\n"
        "dataset: {type: addition, digits: '${vars.n}', reverse_input: \"${vars.yes}\", validation_split: '${vars.again.x}'}\n"
        "model: {layers: ['${vars.cell}', '${vars.cell}', {type: Dense, units: '${model.layers.0.units}'}]}\n"
        "train: {metrics: '${vars.list}', epochs: '${seed}'}\nseed: 4\n",
        NULL);
    const mini_root     *root = mini_values(config);
    const mini_addition *addition = root->dataset->options;

    cr_assert(addition->digits == 7 && addition->reverse_input && addition->validation_split == 0.25);
    cr_assert(((mini_lstm *)root->model.layers.item[1]->options)->units == 7);
    cr_assert(((mini_dense *)root->model.layers.item[2]->options)->units == 7);
    cr_assert(root->train.metrics.count == 2 && root->train.epochs == 4);
    cr_assert_str_eq(s2s_config_at(config, "dataset.digits")->reference, "${vars.n}");
}

Test(reference, inside_text_they_are_spliced_and_doubled_dollars_are_literal)
{
    const mini_root *root = mini_values(mini_parse(MINI "vars: {a: 12, b: x}\nname: run-${vars.a}-${vars.b}$${no} $ {\nseed: 1${vars.a}\n", NULL));

    cr_assert_str_eq(root->name, "run-12-x${no} $ {");
    cr_assert(root->seed == 112);
}

Test(reference, paths_are_relative_to_where_they_start)
{
    static const char *const words[] = { "vars.d=here/y", NULL };
    static const char        text[] = "vars: {d: data/x}\ndataset: {type: files, train: ['${vars.d}-train', '${vars.d}', 'a${vars.d}']}\nmodel: {layers: []}\n";
    const mini_files        *files = mini_values(mini_parse(text, NULL))->dataset->options;

    cr_assert_str_eq(files->train.item[0], "dir/data/x-train");
    cr_assert_str_eq(files->train.item[1], "dir/data/x");
    cr_assert_str_eq(files->train.item[2], "dir/adata/x");
    files = mini_values(mini_parse(text, words))->dataset->options;
    cr_assert_str_eq(files->train.item[0], "here/y-train");
    cr_assert_str_eq(files->train.item[1], "here/y");
    cr_assert_str_eq(files->train.item[2], "dir/ahere/y");
}

Test(reference, mistakes)
{
    cr_assert_str_eq(messages(MINI "name: ${vars.x}\n"), "3:7: ${vars.x}: nothing of this name is written here\n");
    cr_assert_str_eq(messages(MINI "vars: {units: 1}\nname: ${vars.unit}\ntrain: {epochs: '${vars.units}'}\n"),
                     "4:7: ${vars.unit}: nothing of this name is written here; did you mean 'vars.units'?\n");
    cr_assert_str_eq(messages(MINI "vars: {a: '${vars.b}', b: '${vars.a}'}\n"), "3:27: ${vars.a}: leads back to itself\n");
    cr_assert_str_eq(messages(MINI "name: ${name}\n"), "3:7: ${name}: leads back to itself\n");
    cr_assert_str_eq(messages(MINI "vars: {a: {b: '${vars.a}'}}\n"), "3:15: ${vars.a}: leads back to itself\n");
    cr_assert_str_eq(messages(MINI "name: ${vars.m.x}\nvars: {m: {x: '${vars.m}'}}\n"), "4:15: ${vars.m}: leads back to itself\n");
    cr_assert_str_eq(messages(MINI "name: x${\n"), "3:7: a ${ without its } ($${ stands for itself)\n");
    cr_assert_str_eq(messages(MINI "name: x${}\n"), "3:7: ${}: nothing of this name is written here\n");
    cr_assert_str_eq(messages(MINI "vars: {m: {a: 1}, l: [1]}\nname: x${vars.m}${vars.l}\n"), "4:7: ${vars.m}: a map cannot stand inside a text\n");
    cr_assert_str_eq(messages(MINI "vars: {e: 12x}\ntrain: {epochs: '${vars.e}'}\n"),
        "3:11: train.epochs: expected an integer from 0 to 1000000000, got '12x'\n");
    cr_assert_str_eq(messages(MINI "vars: {a: 1, b: {c: 2, d: 3}, e: {f: 1}}\ntrain: {epochs: '${vars.b.c}'}\n"),
                     "3:8: vars.a: nothing uses this name\n3:24: vars.b.d: nothing uses this name\n3:31: vars.e: nothing uses this name\n");
}

Test(reference, what_multiplies_is_stopped)
{
    s2s_string   text = { 0 };
    const double start = s2s_clock_seconds();

    s2s_string_add(&text, MINI "vars:\n  v0: [x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 12; i++) {
        s2s_string_printf(&text, "  v%d: [", i);
        for (int j = 0; j < 9; j++)
            s2s_string_printf(&text, "'${vars.v%d}', ", i - 1);
        s2s_string_add(&text, "]\n");
    }
    s2s_string_add(&text, "sweep: ['${vars.v11}']\n");
    cr_assert(strstr(messages(text.chars), "with its references this grows beyond 100000 values or 64 levels") != NULL);
    s2s_string_clear(&text);
    s2s_string_add(&text, MINI "vars:\n  v0: 1\n");
    for (int i = 1; i < 9000; i++)
        s2s_string_printf(&text, "  v%d: ${vars.v%d}\n", i, i - 1);
    s2s_string_add(&text, "train: {epochs: '${vars.v8999}'}\n");
    cr_assert(strstr(messages(text.chars), "too many references behind each other") != NULL);
    cr_assert(s2s_clock_seconds() - start < 10, "%g s", s2s_clock_seconds() - start);
    s2s_string_release(&text);
}
