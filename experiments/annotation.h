/*
 * annotation.h -- a whole file of a data set's own format, read, tagged and written again.
 */
#ifndef S2S_EXPERIMENTS_ANNOTATION_H
#define S2S_EXPERIMENTS_ANNOTATION_H

#include "datasets/dataset.h"
#include "train/runner.h"

/* That the data set has a format of that name. Errors: S2S_USAGE. */
s2s_status s2s_format_check(const s2s_dataset *dataset, const char *format, s2s_error *err);

/*
 * s2s_annotate -- the bytes that `split` was parsed from, with the targets that the model gives.
 *
 * Threads  those of the runner.
 */
s2s_status s2s_annotate(s2s_runner *runner, const s2s_dataset *dataset, const s2s_split *split, s2s_text bytes, s2s_arena *arena,
                        s2s_string *ret, s2s_error *err);

#endif
