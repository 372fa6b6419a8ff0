/* corpus.c -- see corpus.h. */
#include "datasets/corpus.h"

#include <assert.h>

static s2s_status out_of_memory(s2s_error *err)
{
    return s2s_fail(err, S2S_MEMORY, "out of memory for sentences");
}

static bool push(s2s_arena *arena, int32_t **items, size_t *count, size_t *room, int32_t value)
{
    int32_t *place = s2s_arena_grow(arena, items, count, room, sizeof *place);

    if (place != NULL)
        *place = value;
    return place != NULL;
}

s2s_status s2s_corpus_create(s2s_vocabulary *forms, s2s_vocabulary *tags, s2s_arena *arena, s2s_corpus *ret, s2s_error *err)
{
    s2s_corpus corpus = { .arena = arena, .forms = forms, .tags = tags };
    size_t starts = 0;

    if (s2s_arena_grow(arena, &corpus.start, &starts, &corpus.start_room, sizeof *corpus.start) == NULL)
        return out_of_memory(err);
    *ret = corpus;
    return S2S_OK;
}

static s2s_status add_numbers(s2s_corpus *c, int32_t form, int32_t tag, s2s_error *err)
{
    const bool added = push(c->arena, &c->form, &c->words, &c->form_room, form) && push(c->arena, &c->tag, &c->tagged, &c->tag_room, tag);

    return added ? S2S_OK : out_of_memory(err);
}

s2s_status s2s_corpus_add(s2s_corpus *c, s2s_text form, s2s_text tag, s2s_error *err)
{
    const int32_t form_number = s2s_vocabulary_add(c->forms, form);
    const int32_t tag_number = tag.chars == NULL ? -1 : s2s_vocabulary_add(c->tags, tag);

    if (form_number < 0 || (tag.chars != NULL && tag_number < 0))
        return out_of_memory(err);
    return add_numbers(c, form_number, tag_number, err);
}

int64_t s2s_corpus_pending(const s2s_corpus *c)
{
    return (int64_t)c->words - c->start[c->sentences];
}

s2s_status s2s_corpus_end_sentence(s2s_corpus *c, s2s_error *err)
{
    size_t starts = c->sentences + 1;
    int64_t *end;

    if (s2s_corpus_pending(c) == 0)
        return S2S_OK;
    end = s2s_arena_grow(c->arena, &c->start, &starts, &c->start_room, sizeof *end);
    if (end == NULL)
        return out_of_memory(err);
    *end = (int64_t)c->words;
    c->sentences++;
    return S2S_OK;
}

s2s_status s2s_corpus_append(s2s_corpus *to, const s2s_corpus *from, const int64_t *order, int64_t count, s2s_error *err)
{
    assert(to->forms == from->forms && to->tags == from->tags);
    for (int64_t i = 0; i < count; i++) {
        for (int64_t k = from->start[order[i]]; k < from->start[order[i] + 1]; k++)
            S2S_TRY(add_numbers(to, from->form[k], from->tag[k], err));
        S2S_TRY(s2s_corpus_end_sentence(to, err));
    }
    return S2S_OK;
}
