/*
 * curves.h -- charts of runs and trials: figures by epoch, a parameter against a figure, all parameters side by side.
 *
 * Records that differ in their seed alone are one line: the mean, in a band from the lowest to the highest, as long as half of them
 * are left. The best eight are named and in colour; the others lie faintly behind them.
 *
 * Owns     charts live in the arena given; they borrow from the records.
 * Errors   S2S_USAGE: a figure or a key that no record has. S2S_MEMORY.
 */
#ifndef S2S_EXPERIMENTS_CURVES_H
#define S2S_EXPERIMENTS_CURVES_H

#include "experiments/chart.h"
#include "experiments/record.h"

/*
 * `metrics`: columns of the histories with commas between ("loss,val_loss"); NULL: the figure that chooses `best`, of a single run in
 * training and in validation.
 */
s2s_status s2s_curves_chart(const s2s_record *record, size_t count, const char *metrics, s2s_arena *arena, s2s_chart *ret, s2s_error *err);

/* A point a record: its value of `key` against its best `metric`. NULL: the first key that differs; the figure that chooses `best`. */
s2s_status s2s_scatter_chart(const s2s_record *record, size_t count, const char *key, const char *metric, s2s_arena *arena,
                             s2s_chart *ret, s2s_error *err);

/* A line a point of the sweep, through an axis for each key that differs to its best `metric`. */
s2s_status s2s_parallel_chart(const s2s_record *record, size_t count, const char *metric, s2s_arena *arena, s2s_chart *ret, s2s_error *err);

/* The key's last part (with the one before where it is `value` or `type`), or all of it where another of the keys ends alike. */
const char *s2s_key_short(const char *key, const char *const *keys, size_t count);

/* Numbers of the records from the best figure to the worst; those without one come last, as they came. */
s2s_status s2s_records_rank(const s2s_record *record, size_t count, const char *metric, s2s_arena *arena, const size_t **ret, s2s_error *err);

/* The best value of a figure in a record's history; NaN: none. */
double s2s_record_best(const s2s_record *record, const char *metric);

#endif
