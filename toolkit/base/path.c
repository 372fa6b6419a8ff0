/* path.c -- paths as text: nothing here looks at the disk but for the working directory. */
#include <string.h>
#include <unistd.h>

#include "base/file.h"

char *s2s_path_join(s2s_arena *arena, const char *base, const char *path)
{
    const size_t length = strlen(base);

    if (path[0] == '/' || length == 0 || strcmp(base, ".") == 0)
        return s2s_arena_strdup(arena, path);
    return s2s_arena_printf(arena, "%s%s%s", base, base[length - 1] == '/' ? "" : "/", path);
}

const char *s2s_path_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash == NULL ? path : slash + 1;
}

char *s2s_path_folder(s2s_arena *arena, const char *path)
{
    const char *name = s2s_path_name(path);

    if (name == path)
        return s2s_arena_strdup(arena, ".");
    return s2s_arena_strndup(arena, path, name == path + 1 ? 1 : (size_t)(name - path) - 1);
}

/* "/a/./b//../c" -> "/a/c", in place. */
static void simplify(char *path)
{
    char    *end = path;
    s2s_text rest = s2s_text_of(path), part;

    while (s2s_text_split(&rest, '/', &part)) {
        if (part.length == 0 || s2s_text_is(part, "."))
            continue;
        if (s2s_text_is(part, "..")) {
            while (end > path && *--end != '/')
                ;
            continue;
        }
        *end++ = '/';
        memmove(end, part.chars, part.length);
        end += part.length;
    }
    if (end == path)
        *end++ = '/';
    *end = '\0';
}

char *s2s_path_absolute(s2s_arena *arena, const char *path)
{
    char  here[4096];
    char *whole;

    if (path[0] != '/' && getcwd(here, sizeof here) == NULL)
        return NULL;
    whole = path[0] == '/' ? s2s_arena_strdup(arena, path) : s2s_path_join(arena, here, path);
    if (whole != NULL)
        simplify(whole);
    return whole;
}

/* Bytes that two absolute paths share, whole parts only. */
static size_t shared_length(const char *a, const char *b)
{
    size_t shared = 0;

    for (size_t i = 0;; i++) {
        const bool a_ends = a[i] == '\0' || a[i] == '/', b_ends = b[i] == '\0' || b[i] == '/';
        if (a_ends && b_ends)
            shared = i;
        if (a[i] != b[i] || a[i] == '\0')
            return shared;
    }
}

char *s2s_path_relative(s2s_arena *arena, const char *folder, const char *path)
{
    char       *from, *to;
    size_t      shared;
    s2s_string  ups = { 0 };
    char       *result;

    if (path[0] == '/')
        return s2s_arena_strdup(arena, path);
    from = s2s_path_absolute(arena, folder);
    to = s2s_path_absolute(arena, path);
    if (from == NULL || to == NULL)
        return NULL;
    if (strcmp(from, "/") == 0)
        from[0] = '\0';
    shared = shared_length(from, to);
    for (const char *c = from + shared; *c != '\0'; c++)
        if (*c == '/')
            s2s_string_add(&ups, "../");
    to += shared + (to[shared] == '/');
    if (*to == '\0' && ups.length == 0)
        result = s2s_arena_strdup(arena, ".");
    else
        result = s2s_arena_printf(arena, "%s%s", s2s_string_chars(&ups), to);
    if (ups.failed)
        result = NULL;
    s2s_string_release(&ups);
    return result;
}
