#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "config/internal.h"
#include "mini.h"

TestSuite(yaml, .init = mini_begin, .fini = mini_end);

static s2s_node *parse(s2s_text text)
{
    mini_errors = (s2s_error_list){ .arena = mini_arena };
    s2s_errors_source(&mini_errors, "x.yaml", text, false);
    return s2s_yaml_parse(text, (s2s_position){ "x.yaml", 1, 1 }, false, ".", mini_arena, &mini_errors);
}

/* "line:column: message" of the first error. */
static const char *complaint(s2s_text text)
{
    const s2s_node *node = parse(text);

    cr_assert(mini_errors.count > 0, "no error in '%.*s'", S2S_TEXT_ARGS(text));
    (void)node;
    return s2s_arena_printf(mini_arena, "%d:%d: %s", mini_errors.item[0].line, mini_errors.item[0].column, mini_errors.item[0].message);
}

Test(yaml, nodes_know_where_they_stand)
{
    const s2s_node *root = parse(s2s_text_of("a: 1\nb:\n  - \"\xC3\xA9\xC3\xA9\": xyz\n  - [q, {r: s}]\n"));
    const s2s_node *b = s2s_node_get(root, "b"), *xyz = s2s_node_find(root, "b.0.\xC3\xA9\xC3\xA9"), *s = s2s_node_find(root, "b.1.1.r");

    cr_assert(root != NULL && root->kind == S2S_NODE_MAP && root->count == 2);
    cr_assert(root->key_at[1].line == 2 && root->key_at[1].column == 1);
    cr_assert(b->kind == S2S_NODE_LIST && b->at.line == 3 && b->at.column == 3);
    cr_assert(xyz != NULL && xyz->at.line == 3 && xyz->at.column == 11 && xyz->span == 3, "columns count code points: %d", xyz->at.column);
    cr_assert(s != NULL && s->at.line == 4 && s->at.column == 13);
    cr_assert(s2s_node_find(root, "b.2") == NULL && s2s_node_find(root, "a.b") == NULL && s2s_node_find(root, "") == NULL);
}

Test(yaml, scalars_follow_the_core_schema)
{
    const s2s_node *root = parse(s2s_text_of("[no, on, 'true', true, 1e-3, 0x10, ~, '', 12_000, \"12\", .inf, +.INF, 0o17, null, NULL, nULL, 1.]"));
    static const char kinds[] = "tttbriNttrrrrNNtr";        /* text, bool, real, int counted as real, null */
    static const char quoted12 = 't';

    for (size_t i = 0; i < root->count; i++) {
        const s2s_node *node = root->child[i];
        double          real;
        int64_t         whole;
        bool            truth;
        const bool      number = s2s_node_to_real(node, &real);
        char            kind = s2s_node_is_null(node) ? 'N' : s2s_node_to_bool(node, &truth) ? 'b' : number ? 'r' : 't';
        char            want = i == 9 ? quoted12 : kinds[i] == 'i' ? 'r' : kinds[i];
        cr_assert(kind == want, "%s: %c", node->text.chars, kind);
        cr_assert((kind == 't') == s2s_node_is_text(node), "%s", node->text.chars);
        cr_assert(!s2s_node_to_int(node, &whole) || number);
    }
}

Test(yaml, what_has_no_use_is_refused_with_its_place)
{
    cr_assert_str_eq(complaint(s2s_text_of("a: &x 1\n")), "1:4: anchors (&x) are not supported; name the value under `vars` and write ${vars.x}");
    cr_assert_str_eq(complaint(s2s_text_of("a: 1\nb: *x\n")), "2:4: aliases (*x) are not supported; name the value under `vars` and write ${vars.x}");
    cr_assert_str_eq(complaint(s2s_text_of("a: !!str 1\n")), "1:4: tags (!!str) are not supported; quotes make a text");
    cr_assert_str_eq(complaint(s2s_text_of("a: 1\n---\nb: 2\n")), "2:1: a second document starts here; one file is one experiment");
    cr_assert_str_eq(complaint(s2s_text_of("a: 1\nb:\n  c: 1\n  d: 2\n  c: 3\n")), "5:3: b.c: duplicate key; it is on line 3 already");
    cr_assert_str_eq(complaint(s2s_text_of("- {x: 1, x: 2}\n")), "1:10: 0.x: duplicate key; it is on line 1 already");
    cr_assert_str_eq(complaint(s2s_text_of("? [a]\n: 1\n")), "1:3: a key must be one word, not a list or a map (was \"${...}\" meant, in quotes?)");
    cr_assert_str_eq(complaint(s2s_text_of("a: 1\n\tb: 2\n")), "2:1: a tab; YAML indents with spaces only");
    cr_assert_str_eq(complaint(s2s_text_of("a:\n  - b\n \t c: 2\n")), "3:2: a tab; YAML indents with spaces only");
    cr_assert_str_eq(complaint(s2s_text_of("a: {b: ${c}}\n")), "1:9: inside { } and [ ] a reference needs quotes: \"${...}\"");
    cr_assert_str_eq(complaint(s2s_text_of("a: \"x\\0y\"\n")), "1:4: a NUL character has no place in a configuration");
    cr_assert_str_eq(complaint(s2s_text_of("a: b: c\n")), "1:5: YAML: mapping values are not allowed in this context");
    cr_assert_str_eq(complaint(s2s_text_of("a: [1,\n  2\n")), "1:4: YAML: did not find expected ',' or ']' while parsing a flow sequence");
}

Test(yaml, what_is_no_text_is_refused_with_its_place)
{
    cr_assert_str_eq(complaint(s2s_text_of("")), "1:1: the file is empty: a configuration was expected");
    cr_assert_str_eq(complaint(s2s_text_of("# nothing\n\n")), "1:1: the file is empty: a configuration was expected");
    cr_assert_str_eq(complaint(s2s_text_of("a: 1\nb\xC3\xA9: \xFFx\n")), "2:5: not UTF-8: byte 0xFF");
    cr_assert_str_eq(complaint(s2s_text_of("\xFF\xFE" "a")), "1:1: not UTF-8: byte 0xFF");
    cr_assert_str_eq(complaint((s2s_text){ "a: 1\n\0b", 7 }), "2:1: not a text file: the character U+0000 has no place in YAML");
    cr_assert_str_eq(complaint(s2s_text_of("a: \x07\n")), "1:4: not a text file: the character U+0007 has no place in YAML");
}

Test(yaml, document_marks_and_byte_order_marks_are_fine)
{
    cr_assert(s2s_node_get(parse(s2s_text_of("\xEF\xBB\xBF---\r\na: 1\r\n...\r\n")), "a") != NULL);
    cr_assert(mini_errors.count == 0);
}

Test(yaml, brackets_do_not_take_minutes)
{
    const size_t size = S2S_CONFIG_BYTES;
    char        *text = malloc(size + 1);
    const double start = s2s_clock_seconds();

    for (const char *pattern = "[{-"; *pattern != '\0'; pattern++) {
        for (size_t i = 0; i < size; i++)
            text[i] = *pattern == '-' && i % 2 == 1 ? ' ' : *pattern;
        cr_assert(parse((s2s_text){ text, size }) == NULL && mini_errors.count == 1);
    }
    cr_assert(strstr(complaint((s2s_text){ text, 10000 }), "nested more than 64 deep") != NULL);
    cr_assert(parse((s2s_text){ text, size + 1 }) == NULL && strstr(mini_errors.item[0].message, "larger than 1 MiB") != NULL);
    cr_assert(s2s_clock_seconds() - start < 2);
    free(text);
}

Test(yaml, many_keys_do_not_take_minutes)
{
    s2s_string   text = { 0 };
    const double start = s2s_clock_seconds();

    for (int i = 0; i < 9999; i++)
        s2s_string_printf(&text, "k%d: 1\n", i);
    s2s_string_add(&text, "k5: 2\n");
    cr_assert_str_eq(complaint((s2s_text){ text.chars, text.length }), "10000:1: k5: duplicate key; it is on line 6 already");
    s2s_string_add(&text, "last: 2\n");
    cr_assert_str_eq(complaint((s2s_text){ text.chars, text.length }), "10001:7: more than 10000 entries in one list or map");
    cr_assert(s2s_clock_seconds() - start < 2);
    s2s_string_release(&text);
}

/* Random bytes and random YAML-like characters: any answer but a crash. */
Test(yaml, noise)
{
    static const char alphabet[] = "abc:-[]{}, \n\t'\"#&*!|>%@`?1.${}\\\xC3\xA9";
    uint32_t          state = 12345;
    char              text[200];

    for (int round = 0; round < 20000; round++) {
        size_t length = 0;
        for (; length < sizeof text && (state = state * 1664525u + 1013904223u) >> 24 > 2; length++)
            text[length] = round % 4 == 0 ? (char)(state >> 16) : alphabet[(state >> 10) % (sizeof alphabet - 1)];
        parse((s2s_text){ text, length });
        s2s_arena_reset(mini_arena);
    }
}
