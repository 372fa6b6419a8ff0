/*
 * files.h -- which files train, validate and test: the keys that data sets read from files share.
 */
#ifndef S2S_DATASETS_FILES_H
#define S2S_DATASETS_FILES_H

#include "datasets/tagging.h"

typedef struct s2s_files_options {
    s2s_text_list train, validation, test;
    double validation_split;
} s2s_files_options;

/* Rows of a field table, for a struct that has these members. */
#define S2S_FILES_FIELDS(type) \
    S2S_FIELD_PATHS(type, train, S2S_REQUIRED, "file or files to learn from"), \
    S2S_FIELD_PATHS(type, validation, S2S_NONE, "file or files to validate with; not beside validation_split"), \
    S2S_FIELD_PATHS(type, test, S2S_NONE, "file or files for `evaluate --split test`"), \
    S2S_FIELD_REAL(type, validation_split, "0.0", 0.0, 0.999999, "fraction", "share of the training sentences, the last ones after one shuffle, that validate")

/* Both ways of validating at once, or a file that is not there: S2S_CONFIG or S2S_DATA with the place in the config. */
s2s_status s2s_files_check(const s2s_object *self, const s2s_files_options *options, s2s_error *err);

/* Read, split and fill the data set: its `open`, when its signature has been described. */
s2s_status s2s_files_open(s2s_dataset *dataset, const s2s_files_options *files, const s2s_tagging_options *tagging, uint64_t seed,
                          s2s_corpus_reader read, s2s_error *err);

#endif
