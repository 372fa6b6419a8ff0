/*
 * export.h -- a trained model for other programs. To add a format: a function and a row of the table in export.c.
 */
#ifndef S2S_EXPERIMENTS_EXPORT_H
#define S2S_EXPERIMENTS_EXPORT_H

#include "experiments/model.h"

/* Names of the formats, ended by NULL: "safetensors", "keras-npz". */
extern const char *const s2s_export_formats[];

/* The ending that files of a format have: ".npz". */
const char *s2s_export_ending(int format);

/* Writes the model's weights to `path`, whole or not at all. `format`: index into s2s_export_formats. */
s2s_status s2s_export(const s2s_model *model, int format, const char *path, s2s_error *err);

#endif
