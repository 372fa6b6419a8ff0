/* errors.c -- the list of everything that is wrong, in the order of the file, each with its line and caret. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "config/internal.h"

enum { LINE_SHOWN = 110 };        /* code points of a source line; longer ones are cut around the caret */

void s2s_errors_source(s2s_error_list *errors, const char *file, s2s_text text, bool words)
{
    struct s2s_source *source = s2s_arena_grow(errors->arena, &errors->source, &errors->source_count, &errors->source_capacity, sizeof *source);

    if (source != NULL)
        *source = (struct s2s_source){ file, text, words };
}

static const struct s2s_source *find_source(const s2s_error_list *errors, const char *file, size_t *index)
{
    for (*index = 0; *index < errors->source_count; ++*index)
        if (file != NULL && strcmp(errors->source[*index].file, file) == 0)
            return &errors->source[*index];
    return NULL;
}

/* Line `number` (from 1) as libyaml counts lines: a lone carriage return ends one too. */
static s2s_text line_of(s2s_text text, int number)
{
    size_t start = 0, end;

    for (int line = 1;; line++) {
        for (end = start; end < text.length && text.chars[end] != '\n' && text.chars[end] != '\r';)
            end++;
        if (line == number)
            return (s2s_text){ text.chars + start, end - start };
        if (end == text.length)
            return (s2s_text){ text.chars + end, 0 };
        start = end + 1 + (text.chars[end] == '\r' && end + 1 < text.length && text.chars[end + 1] == '\n');
    }
}

/* `count` code points from number `first` on. */
static s2s_text slice(s2s_text text, size_t first, size_t count)
{
    size_t start = 0, end;

    for (; first > 0 && start < text.length; first--)
        start += s2s_text_utf8_length((s2s_text){ text.chars + start, text.length - start });
    for (end = start; count > 0 && end < text.length; count--)
        end += s2s_text_utf8_length((s2s_text){ text.chars + end, text.length - end });
    return (s2s_text){ text.chars + start, end - start };
}

/*
 *    14 |     units: 12x
 *       |            ^~~
 */
static void make_context(s2s_error *err, s2s_text text, bool words)
{
    const s2s_text line = line_of(text, err->line);
    const int      length = (int)s2s_text_codepoints(line);
    const int      first = length <= LINE_SHOWN || err->column <= LINE_SHOWN / 2 ? 0 : err->column - 1 - LINE_SHOWN / 2;
    const s2s_text shown = slice(line, (size_t)first, LINE_SHOWN);
    const s2s_text before = slice(shown, 0, (size_t)(err->column - 1 - first));
    const s2s_text marked = slice(shown, (size_t)(err->column - 1 - first), (size_t)err->span);
    const int      under = (int)s2s_text_columns(marked);
    const char    *dots = first > 0 ? "..." : "";
    char           gutter[16] = "  ";
    const int      pad = (int)(strlen(dots) + s2s_text_columns(before));
    char           tildes[2 * LINE_SHOWN + 1];

    memset(tildes, '~', sizeof tildes);
    if (!words)
        snprintf(gutter, sizeof gutter, "%5d | ", err->line);
    snprintf(err->context, sizeof err->context, "%s%s%.*s\n%*s%s%*s^%.*s", gutter, dots, S2S_TEXT_ARGS(shown),
             (int)strlen(gutter) - (words ? 0 : 2), "", words ? "" : "| ", pad, "", under > 1 ? under - 1 : 0, tildes);
}

/* Room for an error of this rank, in order; NULL when it comes after all that are shown. */
static s2s_error *insert(s2s_error_list *errors, int64_t rank)
{
    size_t at = errors->count;

    if (errors->capacity == 0) {
        errors->item = S2S_NEW_ARRAY(errors->arena, s2s_error, S2S_ERRORS_SHOWN);
        errors->rank = S2S_NEW_ARRAY(errors->arena, int64_t, S2S_ERRORS_SHOWN);
        errors->capacity = S2S_ERRORS_SHOWN;
    }
    if (errors->item == NULL || errors->rank == NULL) {
        errors->item = &errors->spare;
        errors->count = 1;
        return &errors->spare;
    }
    while (at > 0 && errors->rank[at - 1] > rank)
        at--;
    if (errors->count == errors->capacity) {
        errors->more++;
        if (at == errors->count)
            return NULL;
    } else {
        errors->count++;
    }
    memmove(errors->item + at + 1, errors->item + at, (errors->count - 1 - at) * sizeof *errors->item);
    memmove(errors->rank + at + 1, errors->rank + at, (errors->count - 1 - at) * sizeof *errors->rank);
    errors->rank[at] = rank;
    return &errors->item[at];
}

s2s_status s2s_errors_take(s2s_error_list *errors, const s2s_error *err)
{
    size_t                   index;
    const struct s2s_source *source = find_source(errors, err->file, &index);
    s2s_error               *slot = insert(errors, ((int64_t)index << 48) + ((int64_t)err->line << 24) + err->column);

    if (slot == NULL)
        return err->status;
    *slot = *err;
    if (source != NULL && slot->line > 0 && slot->column > 0 && slot->context[0] == '\0')
        make_context(slot, source->text, source->words);
    s2s_text_make_printable(slot->message, strlen(slot->message), "");
    s2s_text_make_printable(slot->context, strlen(slot->context), "\n");
    if (s2s_position_shown((s2s_position){ slot->file, slot->line, slot->column }).line == 0)
        slot->line = slot->column = 0;
    return err->status;
}

void s2s_errors_add(s2s_error_list *errors, s2s_position at, int span, const char *format, ...)
{
    s2s_error err = { .status = S2S_CONFIG, .line = at.line, .column = at.column, .span = span > 1 ? span : 1 };
    va_list   args;

    if (at.file != NULL)
        snprintf(err.file, sizeof err.file, "%s", at.file);
    va_start(args, format);
    vsnprintf(err.message, sizeof err.message, format, args);
    va_end(args);
    s2s_errors_take(errors, &err);
}

s2s_status s2s_errors_no_memory(s2s_error_list *errors)
{
    return s2s_errors_take(errors, &(s2s_error){ .status = S2S_MEMORY, .message = "out of memory" });
}

s2s_status s2s_errors_first(const s2s_error_list *errors, s2s_error *err)
{
    if (err != NULL)
        *err = errors->item[0];
    return errors->item[0].status;
}

/* "2 errors; nothing was run. `s2s explain LSTM` lists every key." */
static void add_summary(const s2s_error_list *errors, s2s_string *ret)
{
    const size_t count = errors->count + errors->more;

    s2s_string_printf(ret, "%zu error%s; nothing was run.", count, count == 1 ? "" : "s");
    if (errors->topic != NULL)
        s2s_string_printf(ret, " `s2s explain %s` lists every key.", errors->topic);
}

void s2s_errors_format(const s2s_error_list *errors, s2s_string *ret)
{
    for (size_t i = 0; i < errors->count; i++) {
        char text[S2S_ERROR_FILE + S2S_ERROR_MESSAGE + S2S_ERROR_CONTEXT + 64];
        s2s_error_format(&errors->item[i], text, sizeof text);
        s2s_string_printf(ret, "%s\n", text);
    }
    if (errors->more > 0)
        s2s_string_printf(ret, "... and %zu more\n", errors->more);
    add_summary(errors, ret);
    s2s_string_add(ret, "\n");
}
