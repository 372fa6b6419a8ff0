/*
 * copying.h -- what `copy` and `reverse` share: sequences of random symbols, to be said again.
 *
 *   own steps (default)   input a b c _ _          target a b c        (_: blank, here delay 2; an answer is padded with blanks
 *                                                                      to max_length)
 *   aligned               input a b c _ _ | _ _ _  target _ _ _ _ _ _ a b c        (|: the signal to answer)
 *
 * Numbers: blank 0, the symbols 1..symbols, the signal symbols+1. Sequences are distinct; their length is uniform.
 * Source   the copying problem of Hochreiter and Schmidhuber, "Long short-term memory", 1997, in the form of Arjovsky, Shah and
 *          Bengio, "Unitary evolution recurrent neural networks", 2016 (symbols 8, length 10).
 */
#ifndef S2S_DATASETS_COPYING_H
#define S2S_DATASETS_COPYING_H

#include "datasets/split.h"

typedef struct s2s_copying_options {
    int64_t symbols, min_length, max_length, delay, samples, test_samples;
    double validation_split;
    bool aligned;
} s2s_copying_options;

extern const s2s_field s2s_copying_fields[];

s2s_status s2s_copying_describe(const s2s_object *self, s2s_arena *arena, s2s_signature *ret, s2s_error *err);

/* `reverse`: the last symbol is said first. */
s2s_status s2s_copying_open(const s2s_object *self, bool reverse, uint64_t seed, s2s_dataset *ret, s2s_error *err);
s2s_status s2s_copying_restore(const s2s_object *self, const s2s_vocabulary_list *saved, s2s_arena *arena, s2s_dataset *ret, s2s_error *err);
s2s_status s2s_copying_encode(const s2s_dataset *dataset, s2s_text line, s2s_arena *arena, s2s_split *ret, s2s_error *err);
void s2s_copying_show_input(const s2s_dataset *dataset, const s2s_split *split, int64_t i, s2s_string *ret);
void s2s_copying_show_target(const s2s_dataset *dataset, const int32_t *symbols, const real *values, int64_t n, s2s_string *ret);

#endif
