/*
 * compare.h -- runs and trials side by side: a row for each group that differs in its seed alone.
 *
 * Means are over the runs of a group that have a figure; diverged and failed ones are counted, not averaged. The test is the paired
 * t test, two-sided, of each group against the first, over the seeds that both have.
 *
 * Units    seconds of training; samples a second.
 * Owns     everything lives in the arena given; it borrows from the records.
 * Errors   S2S_USAGE: a figure that no record has. S2S_MEMORY.
 */
#ifndef S2S_EXPERIMENTS_COMPARE_H
#define S2S_EXPERIMENTS_COMPARE_H

#include "experiments/record.h"
#include "experiments/statistics.h"

typedef struct s2s_threshold { const char *metric; double value; } s2s_threshold;      /* val_accuracy=0.99; metric NULL: none */

typedef struct s2s_compare_row {
    const char *name;                  /* of its first run */
    const char **value;                /* of each key; NULL: the configuration has no such key */
    size_t runs;                       /* all of them: */
    size_t finished, stopped, diverged, failed, unfinished;
    int64_t parameters;
    s2s_summary_figure best, epoch;    /* each run's best figure, and its epoch */
    s2s_summary_figure seconds, rate;  /* of all epochs */
    s2s_summary_figure to_epochs, to_seconds;      /* up to the threshold, of those that reached it */
    s2s_t_test test;                   /* against the first row; nothing in the first row itself */
} s2s_compare_row;

typedef struct s2s_comparison {
    const char *metric;
    bool rises;                        /* larger is better */
    s2s_threshold to;
    size_t key_count, row_count;
    const char *const *key;            /* that differ, the seed apart */
    s2s_compare_row *row;
} s2s_comparison;

/* `metric`: NULL for the figure that chooses `best` in the first record. */
s2s_status s2s_compare(const s2s_record *record, size_t count, const char *metric, s2s_threshold to, s2s_arena *arena, s2s_comparison *ret,
                       s2s_error *err);

/* A table for people, rows of numbers for programs, and the same as JSON. */
void s2s_comparison_table(const s2s_comparison *comparison, s2s_string *ret);
void s2s_comparison_csv(const s2s_comparison *comparison, s2s_string *ret);
void s2s_comparison_json(const s2s_comparison *comparison, s2s_string *ret);

/* The table with its notes for a page (html.h). */
void s2s_comparison_html(const s2s_comparison *comparison, s2s_string *ret);

#endif
