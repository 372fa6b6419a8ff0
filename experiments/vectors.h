/*
 * vectors.h -- first values of embeddings from files of vectors: text, a symbol and its numbers a line.
 *
 *   the 0.418 0.24968 -0.41242 ...         between spaces or tabs; a symbol may hold spaces, because the numbers are counted from the end
 *   400000 100                             a first line that tells lines and numbers is passed over
 *
 * Layers do not know symbols and data sets do not know weights: here both are at hand.
 */
#ifndef S2S_EXPERIMENTS_VECTORS_H
#define S2S_EXPERIMENTS_VECTORS_H

#include "experiments/experiment.h"

/*
 * s2s_vectors_load -- fill the rows of every embedding that has `vectors`; other rows stay. Of a symbol that is listed twice the first counts.
 *
 * `notice` gets a line for each: how many symbols the file covers.
 * Errors   S2S_DATA with the file and line, or with the layer's place and the file's name where it covers none; S2S_CONFIG with the
 *          layer's place, where no stream's symbols are read.
 */
s2s_status s2s_vectors_load(const s2s_experiment *experiment, real *weights, s2s_string *notice, s2s_error *err);

#endif
