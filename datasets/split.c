/* split.c -- sizes of splits. */
#include "datasets/split.h"

#include <math.h>

s2s_status s2s_split_sizes(const s2s_object *self, const s2s_split_options *o, int64_t ret[S2S_SPLIT_COUNT], s2s_error *err)
{
    /* The small addend keeps 0.29 * 100 at 29. */
    const int64_t validation = (int64_t)floor((double)o->samples * o->validation_split + 1e-6);

    if (o->validation_split > 0 && validation == 0)
        return s2s_dataset_fail(self, "validation_split", err, "%g of %lld examples is none: take at least %.0f samples, or 0 for no validation",
                                o->validation_split, (long long)o->samples, ceil(1 / o->validation_split));
    if (validation >= o->samples)
        return s2s_dataset_fail(self, "validation_split", err, "%g of %lld examples leaves none to train on",
                                o->validation_split, (long long)o->samples);
    ret[S2S_TRAIN] = o->samples - validation;
    ret[S2S_VALIDATION] = validation;
    ret[S2S_TEST] = o->test_samples;
    return S2S_OK;
}
