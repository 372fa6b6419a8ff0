/*
 * history.h -- history.csv as a table: one row an epoch, one column a figure.
 *
 * Owns     everything lives in the arena given.
 */
#ifndef S2S_EXPERIMENTS_HISTORY_H
#define S2S_EXPERIMENTS_HISTORY_H

#include "base/text.h"

typedef struct s2s_history {
    int64_t rows;
    int columns;
    const char **name;             /* "epoch", "seconds", ..., "loss", "val_loss" */
    double *value;                 /* rows x columns; NaN where a cell is empty or no number */
} s2s_history;

/*
 * A last line without its newline is left out: it was being written.
 *
 * Errors   S2S_DATA when the file cannot be read; with its line where epochs do not rise by one from row to row, from 0 or 1.
 */
s2s_status s2s_history_read(const char *path, s2s_arena *arena, s2s_history *ret, s2s_error *err);

/* The same from text, whatever its epochs are. Errors: S2S_MEMORY. */
s2s_status s2s_history_parse(s2s_text text, s2s_arena *arena, s2s_history *ret, s2s_error *err);

/* The number of a column; -1: there is none of that name. */
int s2s_history_find(const s2s_history *history, const char *name);

/* NaN for column -1. */
double s2s_history_at(const s2s_history *history, int64_t row, int column);

/* True for figures that are better when they are larger: "val_accuracy"; false for losses and what is no figure. */
bool s2s_figure_rises(const char *name);

/* The row with the best value of a column (the first of equals); -1 when it has none. */
int64_t s2s_history_best(const s2s_history *history, int column);

#endif
