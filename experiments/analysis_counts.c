/* analysis_counts.c -- see analysis_counts.h. */
#include "experiments/analysis_counts.h"

#include <math.h>
#include <stdio.h>

#include "datasets/column.h"

/* The longest length of each class; the last one has no end. */
static const int64_t class_ends[S2S_LENGTH_CLASSES - 1] = { 0, 1, 2, 3, 4, 5, 6, 8, 12, 16, 24, 32, 48, 64, 128 };

static int length_class(int64_t length)
{
    int which = 0;

    while (which < S2S_LENGTH_CLASSES - 1 && length > class_ends[which])
        which++;
    return which;
}

const char *s2s_length_class_name(int which, char *buffer)
{
    const long long first = which > 0 ? class_ends[which - 1] + 1 : 0;

    if (which == S2S_LENGTH_CLASSES - 1)
        snprintf(buffer, 32, "%lld and more", first);
    else if (first == class_ends[which])
        snprintf(buffer, 32, "%lld", first);
    else
        snprintf(buffer, 32, "%lld to %lld", first, (long long)class_ends[which]);
    return buffer;
}

static void count(s2s_tally *tally, double hits)
{
    tally->count++;
    tally->hits += hits;
}

/* The longest target of the split, in steps. */
static int64_t longest_target(const s2s_split *split)
{
    int64_t longest = 0;

    for (int64_t i = 0; i < split->count; i++) {
        const int64_t length = s2s_column_length(&split->target, i);
        longest = length > longest ? length : longest;
    }
    return longest;
}

s2s_status s2s_analysis_counts_init(s2s_analysis_counts *counts, const s2s_dataset *dataset, const s2s_split *split, s2s_arena *arena, s2s_error *err)
{
    const s2s_stream_info *target = &dataset->signature.target;
    const bool symbols = target->kind == S2S_STREAM_TOKENS;
    int64_t    longest = longest_target(split);

    if (dataset->signature.alignment == S2S_OWN_STEPS && target->steps > longest)
        longest = target->steps;
    *counts = (s2s_analysis_counts){ .dataset = dataset, .split = split, .width = target->width, .steps = longest };
    while (symbols && dataset->ops->trait != NULL && counts->traits < S2S_TRAITS_MAX && dataset->ops->trait[counts->traits] != NULL)
        counts->traits++;
    counts->place = S2S_NEW_ARRAY(arena, s2s_tally, longest);
    if (symbols) {
        counts->wanted = S2S_NEW_ARRAY(arena, int64_t, target->width);
        counts->given = S2S_NEW_ARRAY(arena, int64_t, target->width);
        counts->right = S2S_NEW_ARRAY(arena, int64_t, target->width);
        if (target->width <= S2S_CONFUSED_MAX)
            counts->confused = S2S_NEW_ARRAY(arena, int64_t, target->width * target->width);
    } else {
        counts->error = S2S_NEW_ARRAY(arena, double, split->count * longest * target->width);
    }
    return s2s_arena_failed(arena) ? s2s_fail(err, S2S_MEMORY, "out of memory for an error analysis") : S2S_OK;
}

/* One place of an output. True if the symbol is right. */
static bool take_symbol(s2s_analysis_counts *c, const s2s_shard *shard, int64_t t, int64_t row, int32_t given, bool lost)
{
    const int32_t wanted = shard->target[row];
    const bool    right = given == wanted && !lost;

    if (wanted != c->dataset->signature.filler) {
        count(&c->place[t], right);
        if (shard->unseen != NULL)
            count(shard->unseen[row] ? &c->unknown : &c->known, right);
    }
    c->wanted[wanted]++;
    c->given[given]++;
    c->right[wanted] += given == wanted;
    if (c->confused != NULL)
        c->confused[wanted * c->width + given]++;
    return right;
}

static void take_example(s2s_analysis_counts *c, const s2s_output *output, int64_t b)
{
    const s2s_shard *shard = output->shard;
    const s2s_steps *steps = shard->target_steps;
    const bool       lost = shard->too_long != NULL && shard->too_long[b];     /* it has more steps than can be answered */
    int64_t wanted = 0;
    bool    exact = !lost;
    int     class[S2S_TRAITS_MAX] = { 0 };

    for (int64_t t = 0; t < steps->length[b]; t++) {
        const int64_t row = steps->offset[t] + b;

        if (shard->target[row] < 0)
            continue;
        wanted += shard->target[row] != c->dataset->signature.filler;
        exact = take_symbol(c, shard, t, row, output->predicted[row], lost) && exact;
    }
    count(&c->length[length_class(wanted)], exact);
    if (c->traits > 0)
        c->dataset->ops->classify(c->dataset, c->split, shard->example[b], class);
    for (int i = 0; i < c->traits; i++)
        count(&c->trait[i][class[i]], exact);
}

static void take_values(s2s_analysis_counts *c, const s2s_output *output, int64_t b)
{
    const s2s_steps *steps = output->shard->target_steps;

    for (int64_t t = 0; t < steps->length[b]; t++)
        for (int64_t k = 0; k < output->width; k++) {
            const int64_t i = (steps->offset[t] + b) * output->width + k;
            const double  error = fabs((double)output->y[i] - (double)output->shard->target_x[i]);

            c->error[c->error_count++] = error;
            count(&c->place[t], error);
        }
}

void s2s_analysis_counts_take(void *self, const s2s_output *output)
{
    s2s_analysis_counts *c = self;

    for (int64_t b = 0; b < output->shard->count; b++) {
        if (output->shard->target != NULL)
            take_example(c, output, b);
        else if (output->shard->target_x != NULL)
            take_values(c, output, b);
    }
}
