/* process.c -- see process.h. Three pipes and one loop that serves whichever is ready: nobody waits for anybody for ever. */
#include "base/process.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

enum { IN, OUT, ERR, STREAMS };

bool s2s_program_exists(const char *name)
{
    const char *list = getenv("PATH");
    s2s_text    rest = s2s_text_of(list ? list : ""), folder;
    char        path[4096];

    while (s2s_text_split(&rest, ':', &folder))
        if (snprintf(path, sizeof path, "%.*s/%s", S2S_TEXT_ARGS(folder), name) < (int)sizeof path && access(path, X_OK) == 0)
            return true;
    return false;
}

static void shut(int *descriptor)
{
    if (*descriptor >= 0)
        close(*descriptor);
    *descriptor = -1;
}

/* ours[i] and theirs[i] become the two ends of stream i; no other child inherits them. */
static s2s_status make_pipes(int ours[STREAMS], int theirs[STREAMS], s2s_error *err)
{
    for (int i = 0; i < STREAMS; i++) {
        int ends[2];

        if (pipe2(ends, O_CLOEXEC) != 0)
            return s2s_fail_errno(err, S2S_IO, "cannot make a pipe");
        ours[i] = ends[i == IN];
        theirs[i] = ends[i != IN];
    }
    return S2S_OK;
}

enum { WORDS_MAX = 63 };

static s2s_status start(const char *const *words, const int theirs[STREAMS], pid_t *ret, s2s_error *err)
{
    posix_spawn_file_actions_t actions;
    char *copy[WORDS_MAX + 1];
    int   count = 0, fault;

    for (; words[count] != NULL; count++) {
        assert(count < WORDS_MAX);
        memcpy(&copy[count], &words[count], sizeof copy[count]);       /* posix_spawn takes them without const */
    }
    copy[count] = NULL;
    posix_spawn_file_actions_init(&actions);
    for (int i = 0; i < STREAMS; i++)
        posix_spawn_file_actions_adddup2(&actions, theirs[i], i);
    fault = posix_spawnp(ret, words[0], &actions, NULL, copy, environ);
    posix_spawn_file_actions_destroy(&actions);
    errno = fault;
    return fault ? s2s_fail_errno(err, S2S_FAILED, "cannot start '%s'", words[0]) : S2S_OK;
}

/* Write what fits; at the end, or when nobody reads any more, close. */
static void feed(int *descriptor, s2s_text *rest)
{
    const ssize_t n = rest->length > 0 ? write(*descriptor, rest->chars, rest->length) : 0;

    if (n > 0)
        *rest = (s2s_text){ rest->chars + n, rest->length - (size_t)n };
    if (rest->length == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
        shut(descriptor);
}

static void take(int *descriptor, s2s_string *ret)
{
    char    buffer[65536];
    ssize_t n = read(*descriptor, buffer, sizeof buffer);

    if (n > 0)
        s2s_string_append(ret, buffer, (size_t)n);
    else if (n == 0 || errno != EINTR)
        shut(descriptor);
}

/* Until the child has closed both of its outputs. */
static void serve(int ours[STREAMS], s2s_text input, s2s_string *output, s2s_string *complaint)
{
    fcntl(ours[IN], F_SETFL, O_NONBLOCK);
    while (ours[OUT] >= 0 || ours[ERR] >= 0) {
        struct pollfd ready[STREAMS];

        for (int i = 0; i < STREAMS; i++)
            ready[i] = (struct pollfd){ .fd = ours[i], .events = i == IN ? POLLOUT : POLLIN };
        if (poll(ready, STREAMS, -1) < 0) {
            if (errno == EINTR)
                continue;
            break;
        }
        if (ready[IN].revents)
            feed(&ours[IN], &input);
        if (ready[OUT].revents)
            take(&ours[OUT], output);
        if (ready[ERR].revents)
            take(&ours[ERR], complaint);
    }
}

static s2s_status finish(const char *name, pid_t child, const s2s_string *complaint, s2s_error *err)
{
    s2s_text rest = s2s_text_trim((s2s_text){ s2s_string_chars(complaint), complaint->length }), line = { "", 0 };
    int      code = 0;

    while (waitpid(child, &code, 0) < 0 && errno == EINTR) {}
    while (s2s_text_next_line(&rest, &line)) {}
    if (WIFEXITED(code) && WEXITSTATUS(code) == 0)
        return S2S_OK;
    return s2s_fail(err, S2S_FAILED, "%s failed%s%.*s", name, line.length ? ": " : "", (int)(line.length < 400 ? line.length : 400), line.chars);
}

s2s_status s2s_program_run(const char *const *words, s2s_text input, s2s_string *output, s2s_error *err)
{
    struct sigaction ignore = { .sa_handler = SIG_IGN }, before;
    int        ours[STREAMS] = { -1, -1, -1 }, theirs[STREAMS] = { -1, -1, -1 };
    s2s_string complaint = { 0 };
    pid_t      child = -1;
    s2s_status status = make_pipes(ours, theirs, err);

    sigaction(SIGPIPE, &ignore, &before);
    if (status == S2S_OK)
        status = start(words, theirs, &child, err);
    for (int i = 0; i < STREAMS; i++)
        shut(&theirs[i]);
    if (status == S2S_OK) {
        serve(ours, input, output, &complaint);
        shut(&ours[IN]);
        status = finish(words[0], child, &complaint, err);
    }
    for (int i = 0; i < STREAMS; i++)
        shut(&ours[i]);
    sigaction(SIGPIPE, &before, NULL);
    s2s_string_release(&complaint);
    return status;
}
