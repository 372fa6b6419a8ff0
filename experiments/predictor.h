/*
 * predictor.h -- lines of a user in, answers out: in order, one for each, whatever a line holds.
 */
#ifndef S2S_EXPERIMENTS_PREDICTOR_H
#define S2S_EXPERIMENTS_PREDICTOR_H

#include "experiments/model.h"

typedef struct s2s_predictor s2s_predictor;

typedef struct s2s_reply {
    const char *output;            /* NULL: the line cannot be answered */
    const char *error;             /* why not; else NULL */
    double probability;            /* of the output; NaN for real values */
} s2s_reply;

enum { S2S_PREDICTOR_LINES = 1024 };       /* at most so many at once */

/* The model is borrowed, and must live as long. Errors: S2S_MEMORY. free: of NULL does nothing. */
s2s_status s2s_predictor_create(const s2s_model *model, int threads, s2s_predictor **ret, s2s_error *err);
void s2s_predictor_free(s2s_predictor *predictor);

/* Replies live until the next call. */
s2s_status s2s_predictor_answer(s2s_predictor *predictor, const s2s_text *lines, size_t count, const s2s_reply **ret, s2s_error *err);

/*
 * s2s_predictor_annotate -- a whole file of the data set's own format (see s2s_format_check), given back with the model's targets.
 *
 * Errors   S2S_DATA with file and line; `name` is the file's, for messages.
 */
s2s_status s2s_predictor_annotate(s2s_predictor *predictor, s2s_text bytes, const char *name, s2s_string *ret, s2s_error *err);

#endif
