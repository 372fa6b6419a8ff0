/*
 * terminal.h -- the two streams that a person reads, what they can show, and how numbers look on them.
 */
#ifndef S2S_EXPERIMENTS_TERMINAL_H
#define S2S_EXPERIMENTS_TERMINAL_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

typedef struct s2s_terminal {
    FILE *out, *err;
    bool quiet;                        /* results and errors only */
    bool live;                         /* err is a terminal: lines on it may be drawn over */
    bool shown;                        /* out is a terminal: it would obey control characters */
    bool out_colour;
} s2s_terminal;

/* Looks at the streams, NO_COLOR and TERM. */
s2s_terminal s2s_terminal_of(FILE *out, FILE *err, bool quiet);

/* Columns of the terminal behind err; 80 when it does not say. */
int s2s_terminal_columns(const s2s_terminal *terminal);

/* Text for switching colours, "" without. */
#define S2S_GREEN "\033[32m"
#define S2S_RED   "\033[31m"
#define S2S_PLAIN "\033[0m"
static inline const char *s2s_colour(bool on, const char *code) { return on ? code : ""; }

/* What a figure, a count, a duration looks like; each needs S2S_SHOWN_SIZE bytes and returns its buffer. */
enum { S2S_SHOWN_SIZE = 32 };
const char *s2s_show_figure(double value, char *buffer);       /* "0.2511", "1.30e-05", "-" where nothing can be said (NaN) */
const char *s2s_show_count(int64_t count, char *buffer);       /* "23,684" */
const char *s2s_show_seconds(double seconds, char *buffer);    /* "1.9 s", "3:20", "1:02:03" */
const char *s2s_show_bytes(int64_t bytes, char *buffer);       /* "3.2 MB" */

#endif
