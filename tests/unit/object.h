/* object.h -- for tests: one object from its YAML text, as a config would give it. */
#ifndef TESTS_UNIT_OBJECT_H
#define TESTS_UNIT_OBJECT_H

#include <criterion/criterion.h>

#include "config/config.h"

/* Lives until the test ends; ends the test if the text is wrong. */
static inline s2s_object *object_of(const s2s_registry *registry, const char *text)
{
    static s2s_arena *arena;           /* one for all objects of a test, which is a process of its own */
    if (arena == NULL)
        arena = s2s_arena_create();
    s2s_error_list errors = { .arena = arena };
    s2s_object *object = NULL;
    const s2s_status status = s2s_object_parse(s2s_text_of(text), "test", registry, arena, &object, &errors);

    cr_assert(status == S2S_OK, "%s '%s': %s", registry->noun, text, errors.count > 0 ? errors.item[0].message : "not parsed");
    return object;
}

/* for every example of every entry: FOR_EACH_EXAMPLE(s2s_losses, text) { ... *text ... } */
#define FOR_EACH_EXAMPLE(registry, text)                                                              \
    for (size_t entry_ = 0; entry_ < (registry).count; entry_++)                                      \
        for (const char *const *text = (registry).entries[entry_]->examples; *text != NULL; text++)

#endif
