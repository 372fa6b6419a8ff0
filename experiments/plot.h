/*
 * plot.h -- charts drawn by gnuplot, a program of its own: on a terminal, as SVG or as PNG.
 *
 * Errors   S2S_FAILED with what to install when gnuplot is missing: callers then print the table instead.
 */
#ifndef S2S_EXPERIMENTS_PLOT_H
#define S2S_EXPERIMENTS_PLOT_H

#include "experiments/chart.h"
#include "experiments/terminal.h"

#define S2S_PLOT_MISSING "gnuplot draws pictures and is not installed: apt install gnuplot-nox (Debian, Ubuntu), " \
                         "dnf install gnuplot, pacman -S gnuplot, brew install gnuplot"

bool s2s_plot_possible(void);

typedef enum s2s_plot_kind { S2S_PLOT_TERMINAL, S2S_PLOT_SVG, S2S_PLOT_PNG } s2s_plot_kind;

typedef struct s2s_plot_place {
    s2s_plot_kind kind;
    int width, height;             /* characters on a terminal, else pixels; 0: usual */
    bool colour;                   /* on a terminal */
} s2s_plot_place;

/* Pictures are added to `ret`. */
s2s_status s2s_plot_chart(const s2s_chart *chart, const s2s_plot_place *place, s2s_string *ret, s2s_error *err);
s2s_status s2s_plot_matrix(const s2s_matrix *matrix, const s2s_plot_place *place, s2s_string *ret, s2s_error *err);

/*
 * What a command does with its chart or matrix (the other is NULL): `out` NULL draws on the terminal, or, without gnuplot, prints the
 * table and says on the error stream what to install. A name ending in .svg, .png or .csv is the file to write.
 */
s2s_status s2s_plot_show(const s2s_chart *chart, const s2s_matrix *matrix, const char *out, const s2s_terminal *terminal, s2s_error *err);

/* S2S_USAGE unless `out` is NULL or has an ending that show knows: for a look before long work. */
s2s_status s2s_plot_check(const char *out, s2s_error *err);

#endif
