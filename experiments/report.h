/*
 * report.h -- one page of HTML for a run or a comparison: it needs no network, no other file and no program.
 *
 *   one run        facts, what the curves show, curves, samples through the epochs, where the errors are, environment, configuration
 *   several        the same figures in one table, curves with bands over seeds, each key against the best figure, every run in a
 *                  line; and all of the above for the best one that has a directory
 *
 * What cannot be made (the error analysis of a run whose data are gone, ...) is said in its place; the rest comes.
 */
#ifndef S2S_EXPERIMENTS_REPORT_H
#define S2S_EXPERIMENTS_REPORT_H

#include "experiments/record.h"

typedef struct s2s_report_request {
    const char *const *words;          /* run directories, `latest`, sweeps */
    size_t count;
    const char *metric;                /* NULL: the figure that chooses `best` */
    int threads;                       /* for the error analysis */
    s2s_arena *arena;
} s2s_report_request;

/* The page, as a file. Errors: as for reading records and comparing them. */
s2s_status s2s_report_write(const s2s_report_request *request, const char *path, s2s_error *err);

/* The sections of a run that has a directory. For report.c. */
s2s_status s2s_report_add_run(const s2s_record *record, int threads, s2s_arena *arena, s2s_string *ret, s2s_error *err);

#endif
