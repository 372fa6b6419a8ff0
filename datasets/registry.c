/* registry.c -- the data sets, the keys that they share, and the way into them. */
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "datasets/dataset.h"

#define S2S_DATASET(name) extern const s2s_dataset_ops s2s_dataset_##name;
#include "datasets/datasets.def"
#undef S2S_DATASET

static const s2s_entry *const entries[] = {
#define S2S_DATASET(name) &s2s_dataset_##name.entry,
#include "datasets/datasets.def"
#undef S2S_DATASET
};

static const s2s_field common[] = {
    S2S_FIELD_INT_OR_AUTO(s2s_dataset_common, seed, S2S_AUTO, 1, 9007199254740991.0, NULL,
                          "decides what is generated and how it is split; auto: the seed of the run"),
    S2S_FIELD_END
};

const s2s_registry s2s_datasets = {
    .noun = "dataset", .plural = "datasets",
    .entries = entries, .count = sizeof entries / sizeof *entries,
    .common = common, .common_size = sizeof(s2s_dataset_common),
};

const char *const s2s_split_names[S2S_SPLIT_COUNT + 1] = { "train", "validation", "test", NULL };

s2s_status s2s_dataset_describe(const s2s_object *self, s2s_arena *arena, s2s_signature *ret, s2s_error *err)
{
    s2s_signature signature = { .filler = -1 };

    S2S_TRY(s2s_dataset_of(self)->describe(self, arena, &signature, err));
    *ret = signature;
    return S2S_OK;
}

s2s_status s2s_dataset_open(const s2s_object *self, uint64_t seed, const s2s_vocabulary_list *keep, s2s_arena *arena,
                            s2s_dataset *ret, s2s_error *err)
{
    const s2s_dataset_common *own = self->common;
    s2s_dataset dataset = { .ops = s2s_dataset_of(self), .self = self, .arena = arena, .signature.filler = -1 };

    if (keep != NULL)
        dataset.vocabularies = *keep;
    if (own != NULL && own->seed != 0)
        seed = (uint64_t)own->seed;
    S2S_TRY(dataset.ops->open(self, seed, arena, &dataset, err));
    assert(dataset.signature.opened);
    *ret = dataset;
    return S2S_OK;
}

s2s_status s2s_dataset_restore(const s2s_object *self, const s2s_vocabulary_list *saved, s2s_arena *arena, s2s_dataset *ret, s2s_error *err)
{
    s2s_dataset dataset = { .ops = s2s_dataset_of(self), .self = self, .arena = arena, .signature.filler = -1, .vocabularies = *saved };

    S2S_TRY(dataset.ops->restore(self, saved, arena, &dataset, err));
    *ret = dataset;
    return S2S_OK;
}

/* The value under a key of a map, or at a 0-based index of a list. */
static const s2s_node *child_of(const s2s_node *node, s2s_text part)
{
    char name[64];
    int64_t index;

    if (node->kind == S2S_NODE_LIST)
        return s2s_text_to_int(part, &index) && index >= 0 && (size_t)index < node->count ? node->child[index] : NULL;
    snprintf(name, sizeof name, "%.*s", S2S_TEXT_ARGS(part));
    return s2s_node_get(node, name);
}

/* The node at a dotted key below `node`, or the nearest one above it that was written. */
static const s2s_node *node_at(const s2s_node *node, const char *key)
{
    s2s_text rest = s2s_text_of(key), part;

    while (node != NULL && s2s_text_split(&rest, '.', &part)) {
        const s2s_node *child = child_of(node, part);

        if (child == NULL)
            break;
        node = child;
    }
    return node;
}

s2s_status s2s_dataset_fail(const s2s_object *self, const char *key, s2s_error *err, const char *format, ...)
{
    const s2s_node *node = node_at(self->node, key);
    const char *path = self->path == NULL ? "" : self->path;
    char message[S2S_ERROR_MESSAGE];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    s2s_fail_at(err, S2S_CONFIG, node != NULL ? node->at : self->at, "%s%s%s: %s",
                path, path[0] != '\0' ? "." : "", key, message);
    if (err != NULL && node != NULL && node->span > 0)
        err->span = node->span;
    return S2S_CONFIG;
}
