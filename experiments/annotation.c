/* annotation.c -- answers go back to the places that they have in the file. */
#include "experiments/annotation.h"

#include <string.h>

#include "datasets/column.h"

s2s_status s2s_format_check(const s2s_dataset *dataset, const char *format, s2s_error *err)
{
    const char *own = dataset->ops->format;

    if (own != NULL && strcmp(own, format) == 0)
        return S2S_OK;
    if (own != NULL)
        return s2s_fail(err, S2S_USAGE, "--format: expected %s, the format of this model's data set, got '%s'", own, format);
    return s2s_fail(err, S2S_USAGE, "--format: this model's data set, %s, has no file format of its own", dataset->ops->entry.name);
}

typedef struct places {
    const s2s_column *column;          /* the first stream: one symbol for each of its elements */
    int32_t *symbol;
} places;

static void take(void *self, const s2s_output *output)
{
    const places *p = self;

    for (int64_t b = 0; b < output->shard->count; b++) {
        int32_t *symbol = p->symbol + s2s_column_start(p->column, output->shard->example[b]);

        for (int64_t t = 0; t < output->steps->length[b]; t++)
            symbol[t] = output->predicted[output->steps->offset[t] + b];
    }
}

s2s_status s2s_annotate(s2s_runner *runner, const s2s_dataset *dataset, const s2s_split *split, s2s_text bytes, s2s_arena *arena,
                        s2s_string *ret, s2s_error *err)
{
    const s2s_column *column = &split->stream[0];
    places p = { .column = column, .symbol = S2S_NEW_ARRAY(arena, int32_t, s2s_column_start(column, split->count)) };

    if (p.symbol == NULL)
        return s2s_fail(err, S2S_MEMORY, "out of memory");
    S2S_TRY(s2s_runner_predict(runner, split, NULL, split->count, take, &p, err));
    dataset->ops->annotate(dataset, bytes, p.symbol, ret);
    return ret->failed ? s2s_fail(err, S2S_MEMORY, "out of memory") : S2S_OK;
}
