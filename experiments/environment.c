/* environment.c -- facts about the machine, the program and the data, as JSON. */
#include "experiments/environment.h"

#include <string.h>
#include <sys/utsname.h>
#if defined(__x86_64__)
#include <cpuid.h>
#endif

#include "base/clock.h"
#include "experiments/json.h"
#include "experiments/run_directory.h"
#include "experiments/version.h"
#include "math/kernels.h"

#ifndef S2S_FLAGS
#define S2S_FLAGS ""           /* the Makefile tells */
#endif

enum { DATE_SIZE = 24, CPU_SIZE = 64 };

/* The processor's own name; elsewhere than on x86 the kind of machine. */
static void cpu_name(char name[CPU_SIZE])
{
    struct utsname machine;
#if defined(__x86_64__)
    unsigned words[12];
    bool     known = true;

    for (unsigned i = 0; i < 3; i++)
        known = known && __get_cpuid(0x80000002u + i, &words[4 * i], &words[4 * i + 1], &words[4 * i + 2], &words[4 * i + 3]);
    if (known) {
        memcpy(name, words, sizeof words);
        name[sizeof words] = '\0';
        return;
    }
#endif
    snprintf(name, CPU_SIZE, "%.60s", uname(&machine) == 0 ? machine.machine : "unknown");
}

static json_t *date(void)
{
    char text[DATE_SIZE];

    s2s_clock_date(text, sizeof text);
    return json_string(text);
}

static void add_file(json_t *files, const char *path)
{
    char digest[65];

    if (path != NULL && *path != '\0')
        json_object_set_new(files, path, s2s_file_sha256(path, digest, NULL) == S2S_OK ? json_string(digest) : json_null());
}

/* Every file that the data set's options name, with its SHA-256. */
static json_t *dataset_files(const s2s_experiment *experiment)
{
    const s2s_object *dataset = experiment->options->dataset;
    json_t *files = json_object();

    for (const s2s_field *field = dataset->entry->fields; field != NULL && field->kind != S2S_KIND_END; field++) {
        const char *member = (const char *)dataset->options + field->offset;
        const char *path;

        if (field->kind == S2S_KIND_PATH) {
            memcpy(&path, member, sizeof path);
            add_file(files, path);
        } else if (field->kind == S2S_KIND_PATHS) {
            s2s_text_list list;

            memcpy(&list, member, sizeof list);
            for (size_t i = 0; i < list.count; i++)
                add_file(files, list.item[i]);
        }
    }
    return files;
}

/* These, and the vectors that embeddings begin with. */
static json_t *data_files(const s2s_experiment *experiment)
{
    const s2s_graph *graph = experiment->graph;
    json_t *files = dataset_files(experiment);

    for (int i = 0; i < graph->weight_count; i++)
        add_file(files, graph->weight[i].spec->vectors);
    return files;
}

static json_t *facts(const s2s_session *session)
{
    const s2s_experiment_options *options = session->experiment->options;
    char cpu[CPU_SIZE];

    cpu_name(cpu);
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:i, s:I, s:o}",
                     "s2s", S2S_VERSION, "compiler", __VERSION__, "flags", S2S_FLAGS, "precision", S2S_REAL_NAME,
                     "cpu", cpu, "kernel", session->experiment->graph->kernels->name, "threads", session->threads, "seed", (json_int_t)options->seed,
                     "data", data_files(session->experiment));
}

static s2s_status write_json(const s2s_session *session, json_t *json, s2s_error *err)
{
    const char *path = s2s_path_join(session->arena, session->folder, S2S_RUN_ENVIRONMENT);
    s2s_string  text = { 0 };
    s2s_status  status;

    s2s_json_add_pretty(json, &text);
    status = path ? s2s_file_write_string(path, &text, err) : s2s_fail(err, S2S_MEMORY, "out of memory");
    s2s_string_release(&text);
    return status;
}

/* What is there already, or NULL. */
static json_t *read_json(const s2s_session *session)
{
    const char *path = s2s_path_join(session->arena, session->folder, S2S_RUN_ENVIRONMENT);
    s2s_text    text;

    if (path == NULL || s2s_file_read(path, session->arena, &text, NULL) != S2S_OK)
        return NULL;
    return json_loadb(text.chars, text.length, 0, NULL);
}

/* File by file in the order of the options: the same file has another path seen from elsewhere. Short forms of digests tell them apart. */
static s2s_status compare_files(json_t *then, json_t *now, s2s_error *err)
{
    void *old = json_object_iter(then), *new = json_object_iter(now);

    for (; old != NULL && new != NULL; old = json_object_iter_next(then, old), new = json_object_iter_next(now, new)) {
        const char *was = json_string_value(json_object_iter_value(old)), *is = json_string_value(json_object_iter_value(new));

        if (was != NULL && is != NULL && strcmp(is, was) != 0)
            return s2s_fail(err, S2S_DATA, "data file '%s' is not the one that this run began with (SHA-256 %.12s..., it was %.12s...); "
                            "put that one back, or begin a new run", json_object_iter_key(new), is, was);
    }
    return S2S_OK;
}

s2s_status s2s_environment_check_data(const s2s_session *session, s2s_error *err)
{
    json_t          *old = read_json(session), *now = dataset_files(session->experiment);
    const s2s_status status = compare_files(json_object_get(old, "data"), now, err);

    json_decref(now);
    json_decref(old);
    return status;
}

s2s_status s2s_environment_write(const s2s_session *session, s2s_error *err)
{
    json_t *old = read_json(session), *start = json_object_get(old, "start"), *now = facts(session);

    json_object_set_new(now, "start", start ? json_incref(start) : date());
    json_object_set_new(now, "end", json_null());
    json_object_set_new(now, "status", json_string("running"));
    json_decref(old);
    return write_json(session, now, err);
}

s2s_status s2s_environment_finish(const s2s_session *session, s2s_status why, s2s_error *err)
{
    const char *word = why == S2S_OK ? "finished" : why == S2S_INTERRUPTED ? "interrupted" : why == S2S_NAN ? "diverged" : "failed";
    json_t     *json = read_json(session);

    if (!json_is_object(json)) {
        json_decref(json);
        json = facts(session);
    }
    json_object_set_new(json, "end", date());
    json_object_set_new(json, "status", json_string(word));
    return write_json(session, json, err);
}
