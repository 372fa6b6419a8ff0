/* sweep_trials.c -- points times seeds: the trials of a sweep, and what each changes in the configuration. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "experiments/sweep_state.h"

static s2s_status no_memory(s2s_error *err) { return s2s_fail(err, S2S_MEMORY, "out of memory"); }

/* --- settings ------------------------------------------------------------------------------------------------------------ */

static bool is_swept(const s2s_sweep *sweep, const char *path)
{
    for (size_t i = 0; i < sweep->spec->parameter_count; i++)
        if (strcmp(sweep->spec->parameter[i].path, path) == 0)
            return true;
    return false;
}

static const char *number_text(s2s_arena *arena, int64_t number) { return s2s_arena_printf(arena, "%lld", (long long)number); }

s2s_status s2s_trial_settings(const s2s_sweep *sweep, const s2s_trial *trial, s2s_arena *arena, s2s_setting **ret, size_t *count, s2s_error *err)
{
    enum { OWN = 3 };                  /* sweep, seed, dataset.seed */
    const s2s_experiment_options *options = sweep->base->options;
    const s2s_dataset_common *data = options->dataset->common;
    s2s_setting *setting = S2S_NEW_ARRAY(arena, s2s_setting, sweep->setting_count + sweep->spec->parameter_count + OWN);
    size_t length = sweep->setting_count;

    if (setting == NULL)
        return no_memory(err);
    memcpy(setting, sweep->setting, length * sizeof *setting);
    for (size_t i = 0; i < sweep->spec->parameter_count; i++)
        setting[length++] = (s2s_setting){ .key = sweep->spec->parameter[i].path, .value = trial->point->text[i], .origin = S2S_ORIGIN_SWEEP,
                                           .node = trial->point->value[i] };
    setting[length++] = (s2s_setting){ .key = "sweep", .value = "null", .origin = S2S_ORIGIN_SWEEP };
    if (trial->record.seed != options->seed) {
        setting[length++] = (s2s_setting){ .key = "seed", .value = number_text(arena, trial->record.seed), .origin = S2S_ORIGIN_SWEEP };
        /* What the first seed decides about the data stays as it is. */
        if (data->seed == 0 && !is_swept(sweep, "dataset.seed"))
            setting[length++] = (s2s_setting){ .key = "dataset.seed", .value = number_text(arena, options->seed), .origin = S2S_ORIGIN_SWEEP };
    }
    if (s2s_arena_failed(arena))
        return no_memory(err);
    *ret = setting;
    *count = length;
    return S2S_OK;
}

void s2s_trial_describe(const s2s_sweep *sweep, const s2s_trial *trial, s2s_string *ret)
{
    for (size_t i = 0; i < sweep->spec->parameter_count; i++)
        s2s_string_printf(ret, "%s%s=%s", i > 0 ? " " : "", sweep->spec->parameter[i].label, trial->point->text[i]);
    if (sweep->spec->repeats > 1)
        s2s_string_printf(ret, " seed=%lld", (long long)trial->record.seed);
}

const char *s2s_trial_name(const s2s_trial *trial, char buffer[S2S_TRIAL_NAME])
{
    snprintf(buffer, S2S_TRIAL_NAME, "trial-%04lld", (long long)trial->record.trial);
    return buffer;
}

/* --- trials -------------------------------------------------------------------------------------------------------------- */

/* Numbered from 1, the seeds of a point together. */
static s2s_status lay_out(s2s_sweep *sweep, s2s_error *err)
{
    const size_t repeats = (size_t)sweep->spec->repeats;

    if (sweep->points.count > S2S_SWEEP_POINTS_MAX / repeats)
        return s2s_fail(err, S2S_CONFIG, "sweep.repeats: more than %d trials", S2S_SWEEP_POINTS_MAX);
    sweep->trial_count = sweep->points.count * repeats;
    sweep->trial = S2S_NEW_ARRAY(sweep->arena, s2s_trial, sweep->trial_count);
    if (sweep->trial == NULL)
        return no_memory(err);
    for (size_t i = 0; i < sweep->trial_count; i++)
        sweep->trial[i] = (s2s_trial){
            .record = { .trial = (int64_t)i + 1, .point = (int64_t)(i / repeats) + 1, .seed = sweep->base->options->seed + (int64_t)(i % repeats),
                        .best = NAN },
            .point = &sweep->points.item[i / repeats],
        };
    return S2S_OK;
}

static bool is_known(const s2s_error_list *errors, const s2s_error *err)
{
    for (size_t i = 0; i < errors->count; i++)
        if (errors->item[i].line == err->line && errors->item[i].column == err->column && strcmp(errors->item[i].file, err->file) == 0
            && strncmp(errors->item[i].message, err->message, strlen(err->message)) == 0)
            return true;
    return false;
}

/* Faults of a point, each said once though many points may have it. */
static void take_errors(const s2s_sweep *sweep, const s2s_trial *trial, const s2s_error_list *found, s2s_error_list *errors)
{
    s2s_string text = { 0 };

    s2s_trial_describe(sweep, trial, &text);
    for (size_t i = 0; i < found->count; i++) {
        s2s_error    err = found->item[i];
        const size_t length = strlen(err.message);

        if (is_known(errors, &err))
            continue;
        snprintf(err.message + length, sizeof err.message - length, " (with %s)", s2s_string_chars(&text));
        s2s_errors_take(errors, &err);
    }
    s2s_string_release(&text);
}

/* A point's configuration must be right before the first trial begins; its numbers go to all of the point's trials. */
static s2s_status check_point(s2s_sweep *sweep, size_t first, s2s_arena *arena, s2s_error_list *errors)
{
    s2s_error_list  found = { .arena = arena };
    s2s_experiment *experiment;
    s2s_setting    *setting;
    s2s_error       err = { 0 };
    size_t          count;
    s2s_status      status;

    if (s2s_trial_settings(sweep, &sweep->trial[first], arena, &setting, &count, &err) != S2S_OK)
        return s2s_errors_take(errors, &err);
    status = s2s_experiment_again(sweep->base, setting, count, arena, &experiment, &found);
    if (status != S2S_OK) {
        take_errors(sweep, &sweep->trial[first], &found, errors);
        return status == S2S_MEMORY ? status : S2S_CONFIG;
    }
    for (size_t i = first; i < first + (size_t)sweep->spec->repeats; i++) {
        sweep->trial[i].epochs = experiment->options->train.epochs;
        sweep->trial[i].record.model_parameters = experiment->graph ? experiment->graph->parameters : 0;
    }
    return S2S_OK;
}

static s2s_status check_points(s2s_sweep *sweep, s2s_error_list *errors)
{
    s2s_arena *arena = s2s_arena_create();
    s2s_status status = S2S_OK, one = S2S_OK;

    if (arena == NULL)
        one = status = s2s_errors_no_memory(errors);
    for (size_t i = 0; i < sweep->trial_count && one != S2S_MEMORY && errors->more == 0; i += (size_t)sweep->spec->repeats) {
        one = check_point(sweep, i, arena, errors);
        status = one != S2S_OK ? one : status;
        s2s_arena_reset(arena);
    }
    s2s_arena_free(arena);
    return status;
}

s2s_status s2s_sweep_plan(s2s_sweep *sweep, s2s_error_list *errors)
{
    s2s_error err = { 0 };

    if (s2s_sweep_points_make(sweep->spec, (uint64_t)sweep->base->options->seed, sweep->arena, &sweep->points, &err) != S2S_OK
        || lay_out(sweep, &err) != S2S_OK)
        return s2s_errors_take(errors, &err);
    return check_points(sweep, errors);
}
