/* test_run.c -- whole runs in a folder of the test's own, while writes and allocations fail one after the other. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "experiments/model.h"
#include "experiments/run.h"
#include "experiments/run_directory.h"
#include "math/kernels.h"

static const char config[] =
    "seed: 3\n"
    "dataset: {type: addition, digits: 1, samples: 40, validation_split: 0.2}\n"
    "model:\n"
    "  layers:\n"
    "    - {type: LSTM, units: 3}\n"
    "    - {type: RepeatVector, n: auto}\n"
    "    - {type: GRU, units: 2, return_sequences: true, dropout: 0.2}\n"
    "    - {type: TimeDistributed, layer: {type: Dense, units: auto, activation: softmax}}\n"
    "train: {epochs: 2, batch_size: 16, metrics: [exact_match], callbacks: [{type: EarlyStopping, patience: 3}]}\n"
    "log: {samples: 2}\n";

static s2s_arena *arena;
static s2s_terminal terminal;
static char here[64];
static s2s_text whole;                     /* last.safetensors of a run that nothing disturbed */

typedef s2s_status work(const s2s_run_request *request, s2s_error_list *errors);

/* One run or resume. The first error, if any, is left in `err`. */
static s2s_status call(work *what, const char *source, const char *out, s2s_error *err)
{
    const s2s_run_request request = { .source = source, .out = out, .threads = 2, .terminal = &terminal };
    s2s_error_list errors = { .arena = arena };
    const s2s_status status = what(&request, &errors);

    cr_assert((status == S2S_OK) == (errors.count == 0), "status %d with %zu errors", (int)status, errors.count);
    if (status != S2S_OK)
        *err = errors.item[0];
    return status;
}

static s2s_text last_of(const char *run)
{
    s2s_text bytes;

    cr_assert(s2s_file_read(s2s_path_join(arena, run, S2S_RUN_LAST), arena, &bytes, NULL) == S2S_OK, "%s has no model", run);
    return bytes;
}

static void begin(void)
{
    const s2s_text text = s2s_text_of(config);
    s2s_error err;

    cr_assert(s2s_kernels_choose(NULL));
    arena = s2s_arena_create();
    terminal = s2s_terminal_of(fopen("/dev/null", "w"), stderr, true);
    snprintf(here, sizeof here, "run-%d", (int)getpid());
    cr_assert(s2s_folder_make(here, NULL) == S2S_OK && chdir(here) == 0);
    cr_assert(s2s_file_write("config.yaml", &text, 1, NULL) == S2S_OK);
    cr_assert(call(s2s_run, "config.yaml", "whole", &err) == S2S_OK, "%s", err.message);
    whole = last_of("whole");
}

static void end(void)
{
    cr_assert(chdir("..") == 0);
    s2s_folder_remove(here, NULL);
    fclose(terminal.out);
    s2s_arena_free(arena);
}

TestSuite(run, .init = begin, .fini = end, .timeout = 300);

/* After a failure: no run and nothing of it, or a run whose model loads and that goes on to the same end. */
static void check_what_is_left(const char *out, int64_t n)
{
    const char *const *names;
    s2s_model *model;
    s2s_error  err;
    size_t     count;

    cr_assert(s2s_folder_list(".", arena, &names, &count, NULL) == S2S_OK);
    for (size_t i = 0; i < count; i++)
        cr_assert(names[i][0] != '.', "failure %ld left '%s'", (long)n, names[i]);
    if (!s2s_folder_exists(out))
        return;
    cr_assert(s2s_model_load(out, S2S_CHECKPOINT_LAST, NULL, 0, arena, &model, &err) == S2S_OK, "failure %ld: %s", (long)n, err.message);
    cr_assert(call(s2s_resume, out, NULL, &err) == S2S_OK, "failure %ld: %s", (long)n, err.message);
    cr_assert(s2s_text_equal(last_of(out), whole), "failure %ld changed the result", (long)n);
    cr_assert(s2s_folder_remove(out, NULL) == S2S_OK);
}

Test(run, a_disk_that_is_full_from_the_nth_write_on)
{
    s2s_status status = S2S_FAILED;
    s2s_error  err = { 0 };

    for (int64_t n = 1; status != S2S_OK; n++) {
        s2s_file_fail_after(n);
        status = call(s2s_run, "config.yaml", "out", &err);
        s2s_file_fail_after(-1);
        cr_assert(status == S2S_OK || (status == S2S_IO && strstr(err.message, "No space left") != NULL), "write %ld: status %d, %s",
                  (long)n, (int)status, err.message);
        check_what_is_left("out", n);
    }
}

Test(run, an_allocation_that_fails)
{
    const int64_t step = getenv("S2S_LONG") != NULL ? 1 : 7;
    int64_t       before = s2s_memory_allocations(), count;
    s2s_error     err = { 0 };

    cr_assert(call(s2s_run, "config.yaml", "out", &err) == S2S_OK);
    count = s2s_memory_allocations() - before;
    cr_assert(s2s_folder_remove("out", NULL) == S2S_OK);
    for (int64_t n = 1; n <= count; n += step) {
        s2s_status status;

        s2s_memory_fail_after(n);
        status = call(s2s_run, "config.yaml", "out", &err);
        s2s_memory_fail_after(-1);
        cr_assert(status == S2S_OK || status == S2S_MEMORY, "allocation %ld: status %d, %s", (long)n, (int)status, err.message);
        check_what_is_left("out", n);
    }
}

Test(run, one_process_at_a_time)
{
    s2s_lock *lock;
    s2s_error err;

    cr_assert(s2s_folder_lock("whole", &lock, NULL) == S2S_OK);
    cr_assert(call(s2s_resume, "whole", NULL, &err) == S2S_USAGE && strstr(err.message, "another process") != NULL);
    s2s_lock_release(lock);
    cr_assert(call(s2s_resume, "whole", NULL, &err) == S2S_OK);
}
