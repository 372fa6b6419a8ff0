/* names.c -- see names.h. Open addressing: a name stands in the slot of its hash, or in the first free one behind it. */
#include "graph/names.h"

#include <stdint.h>
#include <string.h>

/* FNV-1a. */
static uint64_t hash_of(const char *name)
{
    uint64_t hash = 0xcbf29ce484222325u;

    for (; *name != '\0'; name++)
        hash = (hash ^ (unsigned char)*name) * 0x100000001b3u;
    return hash;
}

/* Where the name stands, or would stand. There is always a free slot, unless there is none at all. */
static s2s_name *slot_of(const s2s_names *names, const char *name)
{
    size_t i = hash_of(name) & (names->room - 1);

    while (names->slot[i].text != NULL && strcmp(names->slot[i].text, name) != 0)
        i = (i + 1) & (names->room - 1);
    return &names->slot[i];
}

bool s2s_names_have(const s2s_names *names, const char *name)
{
    return names->room > 0 && slot_of(names, name)->text != NULL;
}

static bool make_room(s2s_names *names)
{
    const s2s_names old = *names;

    if (2 * (names->count + 1) <= names->room)
        return true;
    names->room = old.room > 0 ? 2 * old.room : 64;
    names->slot = S2S_NEW_ARRAY(names->arena, s2s_name, names->room);
    if (names->slot == NULL)
        return false;
    for (size_t i = 0; i < old.room; i++)
        if (old.slot[i].text != NULL)
            *slot_of(names, old.slot[i].text) = old.slot[i];
    return true;
}

bool s2s_names_take(s2s_names *names, const char *name)
{
    if (!make_room(names))
        return false;
    *slot_of(names, name) = (s2s_name){ .text = name, .next = 1 };
    names->count++;
    return true;
}

const char *s2s_names_free(s2s_names *names, const char *base)
{
    const char *name = base;

    while (name != NULL && s2s_names_have(names, name))
        name = s2s_arena_printf(names->arena, "%s_%d", base, slot_of(names, base)->next++);
    return name;
}
