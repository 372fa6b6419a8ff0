/*
 * process.h -- another program, fed through a pipe.
 *
 * Threads  one call at a time: SIGPIPE is ignored while it runs.
 */
#ifndef S2S_BASE_PROCESS_H
#define S2S_BASE_PROCESS_H

#include "base/text.h"

/* True if a program of that name lies in the PATH. */
bool s2s_program_exists(const char *name);

/*
 * s2s_program_run -- run words[0] (found in the PATH) with the words behind it, up to NULL.
 *
 * `input` goes to its standard input; what it prints is added to `output`, which may fail (see s2s_string). Up to 63 words.
 * Errors   S2S_FAILED: it cannot be started, or ends with another code than 0; the message has the last line that it printed
 *          on standard error. S2S_IO: no pipes.
 */
s2s_status s2s_program_run(const char *const *words, s2s_text input, s2s_string *output, s2s_error *err);

#endif
