/* terminal.c -- what the streams can show, and how numbers look. */
#include "experiments/terminal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static bool is_set(const char *variable)
{
    const char *value = getenv(variable);

    return value != NULL && *value != '\0';
}

s2s_terminal s2s_terminal_of(FILE *out, FILE *err, bool quiet)
{
    const char *kind = getenv("TERM");
    const bool  dumb = kind != NULL && strcmp(kind, "dumb") == 0;
    const bool  colour = !dumb && !is_set("NO_COLOR");
    const bool  out_is_terminal = isatty(fileno(out)), err_is_terminal = isatty(fileno(err));

    return (s2s_terminal){
        .out = out, .err = err, .quiet = quiet, .live = err_is_terminal && !dumb, .shown = out_is_terminal,
        .out_colour = colour && out_is_terminal,
    };
}

int s2s_terminal_columns(const s2s_terminal *terminal)
{
    struct winsize size;

    return ioctl(fileno(terminal->err), TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

const char *s2s_show_figure(double value, char *buffer)
{
    const double magnitude = fabs(value);
    const bool   plain = magnitude == 0 || (magnitude >= 1e-3 && magnitude < 1e5);

    snprintf(buffer, S2S_SHOWN_SIZE, isnan(value) ? "-" : plain ? "%.4f" : "%.2e", value);
    return buffer;
}

const char *s2s_show_count(int64_t count, char *buffer)
{
    char digits[24];
    int  length = snprintf(digits, sizeof digits, "%lld", (long long)count), out = 0;

    for (int i = 0; i < length; i++) {
        buffer[out++] = digits[i];
        if (i + 1 < length && digits[i] != '-' && (length - i - 1) % 3 == 0)
            buffer[out++] = ',';
    }
    buffer[out] = '\0';
    return buffer;
}

const char *s2s_show_seconds(double seconds, char *buffer)
{
    const long whole = lround(seconds);

    if (seconds < 99.95)
        snprintf(buffer, S2S_SHOWN_SIZE, "%.1f s", seconds);
    else if (whole < 3600)
        snprintf(buffer, S2S_SHOWN_SIZE, "%ld:%02ld", whole / 60, whole % 60);
    else
        snprintf(buffer, S2S_SHOWN_SIZE, "%ld:%02ld:%02ld", whole / 3600, whole / 60 % 60, whole % 60);
    return buffer;
}

const char *s2s_show_bytes(int64_t bytes, char *buffer)
{
    static const char *const units[] = { "bytes", "kB", "MB", "GB", "TB", "PB", "EB" };
    double value = (double)bytes;
    int    unit = 0;

    for (; value >= 999.5 && unit < 6; unit++)
        value /= 1000;
    snprintf(buffer, S2S_SHOWN_SIZE, unit == 0 || value >= 99.95 ? "%.0f %s" : "%.1f %s", value, units[unit]);
    return buffer;
}
