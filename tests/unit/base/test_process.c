/* test_process.c -- programs fed through a pipe: much data both ways, failures, what is missing. */
#include <criterion/criterion.h>
#include <string.h>

#include "base/process.h"

static s2s_status run(const char *script, s2s_text input, s2s_string *output, s2s_error *err)
{
    return s2s_program_run((const char *const[]){ "sh", "-c", script, NULL }, input, output, err);
}

Test(process, more_than_a_pipe_holds_goes_through_and_back)
{
    enum { SIZE = 3000000 };
    static char bytes[SIZE];
    s2s_string output = { 0 };

    memset(bytes, 'x', SIZE);
    cr_assert(run("cat", (s2s_text){ bytes, SIZE }, &output, NULL) == S2S_OK);
    cr_assert(output.length == SIZE && memcmp(output.chars, bytes, SIZE) == 0);
    s2s_string_release(&output);
}

Test(process, who_does_not_read_is_no_trouble)
{
    static char bytes[1000000];
    s2s_string output = { 0 };

    memset(bytes, 'x', sizeof bytes);
    cr_assert(run("exec <&-; echo done", (s2s_text){ bytes, sizeof bytes }, &output, NULL) == S2S_OK);
    cr_assert(strcmp(s2s_string_chars(&output), "done\n") == 0);
    s2s_string_release(&output);
}

Test(process, a_failure_carries_the_last_complaint)
{
    s2s_string output = { 0 };
    s2s_error  err;

    cr_assert(run("echo first >&2; echo 'line 3: no such thing' >&2; exit 2", s2s_text_of(""), &output, &err) == S2S_FAILED);
    cr_assert(strcmp(err.message, "sh failed: line 3: no such thing") == 0, "got '%s'", err.message);
    s2s_string_release(&output);
}

Test(process, a_missing_program_is_said)
{
    s2s_string output = { 0 };
    s2s_error  err;

    cr_assert(s2s_program_exists("sh") && !s2s_program_exists("no-such-program-here"));
    cr_assert(s2s_program_run((const char *const[]){ "no-such-program-here", NULL }, s2s_text_of(""), &output, &err) == S2S_FAILED);
    cr_assert(strstr(err.message, "no-such-program-here") != NULL);
    s2s_string_release(&output);
}
