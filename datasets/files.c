/* files.c -- see files.h. */
#include "datasets/files.h"

#include <math.h>
#include <stdio.h>

#include "base/file.h"

static s2s_status check_paths(const s2s_object *self, const char *key, const s2s_text_list *paths, s2s_error *err)
{
    for (size_t i = 0; i < paths->count; i++) {
        char item[48];

        snprintf(item, sizeof item, paths->count > 1 ? "%s.%zu" : "%s", key, i);
        if (!s2s_file_exists(paths->item[i]))
            return s2s_dataset_fail(self, item, err, "there is no file '%s'", paths->item[i]);
    }
    return S2S_OK;
}

s2s_status s2s_files_check(const s2s_object *self, const s2s_files_options *o, s2s_error *err)
{
    if (o->train.count == 0)
        return s2s_dataset_fail(self, "train", err, "expected at least one file");
    if (o->validation.count > 0 && o->validation_split > 0)
        return s2s_dataset_fail(self, "validation_split", err, "takes sentences of the training files, but `validation` names files of its own: choose one");
    S2S_TRY(check_paths(self, "train", &o->train, err));
    S2S_TRY(check_paths(self, "validation", &o->validation, err));
    return check_paths(self, "test", &o->test, err);
}

static s2s_status read_all(const s2s_object *self, const s2s_text_list *paths, s2s_corpus_reader read, s2s_arena *scratch, s2s_corpus *corpus, s2s_error *err)
{
    for (size_t i = 0; i < paths->count; i++) {
        s2s_text bytes;

        S2S_TRY(s2s_file_read(paths->item[i], scratch, &bytes, err));
        S2S_TRY(read(self, bytes, paths->item[i], true, corpus, err));
    }
    return S2S_OK;
}

/* Move the last sentences, after a shuffle, from training to validation. */
static s2s_status split_off(const s2s_object *self, double fraction, uint64_t seed, s2s_arena *scratch, s2s_corpus corpora[S2S_SPLIT_COUNT], s2s_error *err)
{
    const s2s_corpus all = corpora[S2S_TRAIN];
    const int64_t count = (int64_t)all.sentences, validation = (int64_t)floor((double)count * fraction + 1e-6);
    const s2s_stream shuffle = s2s_stream_make(seed, S2S_RANDOM_SPLIT, 0, 0, 0);
    int64_t *order = S2S_NEW_ARRAY(scratch, int64_t, count);

    if (order == NULL)
        return s2s_fail(err, S2S_MEMORY, "out of memory for %lld sentences", (long long)count);
    if (validation == 0 || validation == count)
        return s2s_dataset_fail(self, "validation_split", err, "%g of %lld sentences leaves none to %s", fraction, (long long)count,
                                validation == 0 ? "validate with" : "train on");
    s2s_random_permutation(&shuffle, count, order);
    S2S_TRY(s2s_corpus_create(all.forms, all.tags, scratch, &corpora[S2S_TRAIN], err));
    S2S_TRY(s2s_corpus_append(&corpora[S2S_TRAIN], &all, order, count - validation, err));
    return s2s_corpus_append(&corpora[S2S_VALIDATION], &all, order + count - validation, validation, err);
}

/* Forms and tags live in `arena`, the rest of the corpora in `scratch`. */
static s2s_status read_corpora(const s2s_object *self, const s2s_files_options *o, uint64_t seed, s2s_corpus_reader read,
                               s2s_arena *arena, s2s_arena *scratch, s2s_corpus ret[S2S_SPLIT_COUNT], s2s_error *err)
{
    const s2s_text_list *const paths[S2S_SPLIT_COUNT] = { &o->train, &o->validation, &o->test };
    s2s_vocabulary *forms, *tags;

    S2S_TRY(s2s_vocabulary_create(arena, &forms, err));
    S2S_TRY(s2s_vocabulary_create(scratch, &tags, err));
    for (int k = 0; k < S2S_SPLIT_COUNT; k++) {
        S2S_TRY(s2s_corpus_create(forms, tags, scratch, &ret[k], err));
        S2S_TRY(read_all(self, paths[k], read, scratch, &ret[k], err));
    }
    return o->validation_split > 0 ? split_off(self, o->validation_split, seed, scratch, ret, err) : S2S_OK;
}

s2s_status s2s_files_open(s2s_dataset *dataset, const s2s_files_options *files, const s2s_tagging_options *tagging, uint64_t seed,
                          s2s_corpus_reader read, s2s_error *err)
{
    s2s_arena *scratch = s2s_arena_create();
    s2s_corpus corpora[S2S_SPLIT_COUNT];
    s2s_status status;

    if (scratch == NULL)
        return s2s_fail(err, S2S_MEMORY, "out of memory for the data set");
    status = read_corpora(dataset->self, files, seed, read, dataset->arena, scratch, corpora, err);
    if (status == S2S_OK)
        status = s2s_tagging_make(dataset, tagging, read, corpora, err);
    s2s_arena_free(scratch);
    return status;
}
