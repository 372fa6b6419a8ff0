#include <criterion/criterion.h>
#include <stdio.h>

#include "datasets/vocabulary.h"

static s2s_vocabulary *create(s2s_arena *arena)
{
    s2s_vocabulary *v = NULL;
    cr_assert(s2s_vocabulary_create(arena, &v, NULL) == S2S_OK);
    return v;
}

Test(vocabulary, numbers_run_in_the_order_of_adding)
{
    s2s_arena *arena = s2s_arena_create();
    s2s_vocabulary *v = create(arena);
    char name[32];

    for (int i = 0; i < 20000; i++) {
        snprintf(name, sizeof name, "word%d", i);
        cr_assert(s2s_vocabulary_add(v, s2s_text_of(name)) == i);
    }
    cr_assert(s2s_vocabulary_size(v) == 20000);
    for (int i = 0; i < 20000; i++) {
        snprintf(name, sizeof name, "word%d", i);
        cr_assert(s2s_vocabulary_find(v, s2s_text_of(name)) == i);
        cr_assert(s2s_vocabulary_add(v, s2s_text_of(name)) == i, "a second adding changes nothing");
        cr_assert(s2s_text_is(s2s_vocabulary_symbol(v, i), name));
    }
    cr_assert(s2s_vocabulary_size(v) == 20000);
    s2s_arena_free(arena);
}

Test(vocabulary, unknown_symbols)
{
    s2s_arena *arena = s2s_arena_create();
    s2s_vocabulary *v = create(arena);

    cr_assert(s2s_vocabulary_find(v, s2s_text_of("x")) == -1);
    s2s_vocabulary_add(v, s2s_text_of("<unk>"));
    s2s_vocabulary_add(v, s2s_text_of("y"));
    s2s_vocabulary_set_unknown(v, 0);
    cr_assert(s2s_vocabulary_find(v, s2s_text_of("x")) == 0);
    cr_assert(s2s_vocabulary_find(v, s2s_text_of("y")) == 1);
    cr_assert(!s2s_vocabulary_has(v, s2s_text_of("x")) && s2s_vocabulary_has(v, s2s_text_of("y")));
    cr_assert(s2s_vocabulary_unknown(v) == 0);
    s2s_arena_free(arena);
}

Test(vocabulary, symbols_may_hold_any_bytes)
{
    s2s_arena *arena = s2s_arena_create();
    s2s_vocabulary *v = create(arena);
    const s2s_text with_nul = { "a\0b", 3 }, other = { "a\0c", 3 }, empty = { "", 0 };

    cr_assert(s2s_vocabulary_add(v, with_nul) == 0);
    cr_assert(s2s_vocabulary_add(v, other) == 1);
    cr_assert(s2s_vocabulary_add(v, empty) == 2);
    cr_assert(s2s_vocabulary_find(v, with_nul) == 0 && s2s_vocabulary_find(v, empty) == 2);
    cr_assert(s2s_vocabulary_find(v, s2s_text_of("a")) == -1);
    s2s_arena_free(arena);
}

Test(vocabulary, one_token_value_is_left_for_nothing)
{
    cr_assert(s2s_token_bytes(1) == 1 && s2s_token_bytes(255) == 1);
    cr_assert(s2s_token_bytes(256) == 2 && s2s_token_bytes(65535) == 2);
    cr_assert(s2s_token_bytes(65536) == 4);
}
