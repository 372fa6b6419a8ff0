#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

#include "base/status.h"

static s2s_status inner(s2s_error *err) { return s2s_fail(err, S2S_DATA, "no such thing: %d", 7); }

static s2s_status outer(s2s_error *err)
{
    S2S_TRY(inner(err));
    return S2S_OK;
}

Test(status, try_passes_the_first_error_up)
{
    s2s_error err;

    cr_assert(outer(&err) == S2S_DATA);
    cr_assert_str_eq(err.message, "no such thing: 7");
    cr_assert(outer(NULL) == S2S_DATA, "an error that nobody wants is legal");
}

Test(status, format_shows_as_much_of_the_place_as_is_known)
{
    s2s_error err;
    char      text[256];

    s2s_fail_at(&err, S2S_CONFIG, (s2s_position){ "a.yaml", 3, 12 }, "bad");
    s2s_error_format(&err, text, sizeof text);
    cr_assert_str_eq(text, "a.yaml:3:12: error: bad");
    strcpy(err.context, "    3 | x: y");
    s2s_error_format(&err, text, sizeof text);
    cr_assert_str_eq(text, "a.yaml:3:12: error: bad\n    3 | x: y");
    s2s_fail_at(&err, S2S_CONFIG, (s2s_position){ "a.yaml", 0, 0 }, "bad");
    s2s_error_format(&err, text, sizeof text);
    cr_assert_str_eq(text, "a.yaml: error: bad");
    s2s_fail(&err, S2S_CONFIG, "bad");
    s2s_error_format(&err, text, sizeof text);
    cr_assert_str_eq(text, "error: bad");
    s2s_error_format(&err, text, 6);
    cr_assert_str_eq(text, "error");
}

Test(status, prefix_and_errno)
{
    s2s_error err;

    errno = ENOENT;
    cr_assert(s2s_fail_errno(&err, S2S_IO, "cannot read '%s'", "x") == S2S_IO);
    cr_assert(s2s_error_prefix(&err, "layer %d", 3) == S2S_IO);
    cr_assert_str_eq(err.message, "layer 3: cannot read 'x': No such file or directory");
}

Test(status, long_messages_are_cut_not_overrun)
{
    s2s_error err;
    char      text[4 * S2S_ERROR_MESSAGE];

    memset(text, 'x', sizeof text);
    text[sizeof text - 1] = '\0';
    s2s_fail_at(&err, S2S_DATA, (s2s_position){ text, 1, 1 }, "%s", text);
    s2s_error_prefix(&err, "%s", text);
    cr_assert(strlen(err.message) == S2S_ERROR_MESSAGE - 1);
    cr_assert(strlen(err.file) == S2S_ERROR_FILE - 1);
}

Test(status, exit_codes)
{
    cr_assert(s2s_status_exit_code(S2S_OK) == 0);
    cr_assert(s2s_status_exit_code(S2S_MEMORY) == 1);
    cr_assert(s2s_status_exit_code(S2S_SHAPE) == 2);
    cr_assert(s2s_status_exit_code(S2S_NAN) == 3);
    cr_assert(s2s_status_exit_code(S2S_INTERRUPTED) == 130);
}
