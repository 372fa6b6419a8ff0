/*
 * status.h -- what a function that can fail returns, and the error that it fills.
 *
 * Library code never prints and never exits. It returns a status and, when that is not S2S_OK, has filled
 * the caller's error. `*ret` arguments are written on success only.
 */
#ifndef S2S_BASE_STATUS_H
#define S2S_BASE_STATUS_H

#include <stdbool.h>
#include <stddef.h>

typedef enum s2s_status {
    S2S_OK = 0,
    S2S_FAILED,      /* the work failed                    exit 1 */
    S2S_MEMORY,      /* out of memory                      exit 1 */
    S2S_IO,          /* reading or writing a file failed   exit 1 */
    S2S_USAGE,       /* a wrong command line               exit 2 */
    S2S_CONFIG,      /* a wrong configuration              exit 2 */
    S2S_SHAPE,       /* layers that do not fit together    exit 2 */
    S2S_DATA,        /* a wrong or missing input file      exit 2 */
    S2S_NAN,         /* NaN or infinity computed or loaded exit 3 */
    S2S_INTERRUPTED  /* stopped by a signal                exit 130 */
} s2s_status;

/* A place in a text: 1-based line and column (in code points); line 0 says that only the file is known. */
typedef struct s2s_position {
    const char *file;      /* borrowed; NULL: no place is known */
    int line, column;
} s2s_position;

enum { S2S_ERROR_MESSAGE = 1024, S2S_ERROR_FILE = 512, S2S_ERROR_CONTEXT = 768 };

typedef struct s2s_error {
    s2s_status status;
    int line, column;                       /* 0: unknown */
    int span;                               /* code points to underline, at least 1 when the column is known */
    char file[S2S_ERROR_FILE];              /* "" : no place */
    char message[S2S_ERROR_MESSAGE];        /* one sentence, no final newline */
    char context[S2S_ERROR_CONTEXT];        /* the source line and its caret, or "" */
} s2s_error;

#if defined(__GNUC__)
#define S2S_PRINTF(text, first) __attribute__((format(printf, text, first)))
#else
#define S2S_PRINTF(text, first)
#endif

/* Fill err (which may be NULL) and return status, so that `return s2s_fail(...)` reads as it works. */
s2s_status s2s_fail(s2s_error *err, s2s_status status, const char *format, ...) S2S_PRINTF(3, 4);
s2s_status s2s_fail_at(s2s_error *err, s2s_status status, s2s_position at, const char *format, ...) S2S_PRINTF(4, 5);

/* The same, with ": " and the text of errno at the end. */
s2s_status s2s_fail_errno(s2s_error *err, s2s_status status, const char *format, ...) S2S_PRINTF(3, 4);

/* Put "text: " in front of the message of an error that is passed up. Returns err->status. */
s2s_status s2s_error_prefix(s2s_error *err, const char *format, ...) S2S_PRINTF(2, 3);

/* "file:line:column: error: message" and the context, into a buffer of `size` bytes; what does not fit is cut. */
void s2s_error_format(const s2s_error *err, char *buffer, size_t size);

/* The exit code that a status stands for: 0, 1, 2, 3 or 130. */
int s2s_status_exit_code(s2s_status status);

#define S2S_TRY(expression)                     \
    do {                                        \
        s2s_status s2s_try_ = (expression);     \
        if (s2s_try_ != S2S_OK)                 \
            return s2s_try_;                    \
    } while (0)

#endif
