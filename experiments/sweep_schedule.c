/* sweep_schedule.c -- who runs when, who is stopped early, who keeps a directory. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "experiments/sweep_state.h"

/* --- ranks --------------------------------------------------------------------------------------------------------------- */

bool s2s_trial_is_better(const s2s_sweep *sweep, const s2s_trial *a, const s2s_trial *b)
{
    const double x = a->record.best, y = b->record.best;

    if (isnan(x) != isnan(y))
        return isnan(y);
    if (isnan(x) || x == y)
        return a->record.trial < b->record.trial;
    return sweep->spec->larger_is_better ? x > y : x < y;
}

size_t s2s_trial_rank(const s2s_sweep *sweep, const s2s_trial *trial)
{
    size_t rank = 0;

    for (size_t i = 0; i < sweep->trial_count; i++)
        rank += &sweep->trial[i] != trial && s2s_trial_counts(&sweep->trial[i]) && s2s_trial_is_better(sweep, &sweep->trial[i], trial);
    return rank;
}

const s2s_trial *s2s_sweep_best(const s2s_sweep *sweep)
{
    const s2s_trial *best = NULL;

    for (size_t i = 0; i < sweep->trial_count; i++) {
        const s2s_trial *trial = &sweep->trial[i];

        if (trial->record.state < S2S_TRIAL_DIVERGED && trial->record.best_epoch > 0 && (best == NULL || s2s_trial_is_better(sweep, trial, best)))
            best = trial;
    }
    return best;
}

/* The ledger lets go of a directory before it is deleted: what a crash leaves over belongs to nobody. */
s2s_status s2s_sweep_prune(s2s_sweep *sweep, s2s_error *err)
{
    for (size_t i = 0; i < sweep->trial_count; i++) {
        s2s_trial  *trial = &sweep->trial[i];
        const char *directory = trial->record.directory, *path;

        if (directory == NULL || !s2s_trial_counts(trial) || s2s_trial_rank(sweep, trial) < (size_t)sweep->spec->keep)
            continue;
        path = s2s_path_join(sweep->arena, sweep->folder, directory);
        if (path == NULL)
            return s2s_fail(err, S2S_MEMORY, "out of memory");
        trial->record.directory = NULL;
        S2S_TRY(s2s_ledger_put(sweep->ledger, &trial->record, err));
        s2s_folder_remove(path, NULL);
    }
    return S2S_OK;
}

/* --- running ------------------------------------------------------------------------------------------------------------- */

/* The next trial that must run to come to sweep->until epochs; NULL when there is none, or the sweep is to end. */
static s2s_trial *next_trial(s2s_sweep *sweep, size_t *next)
{
    s2s_trial *found = NULL;

    omp_set_lock(&sweep->lock);
    while (found == NULL && *next < sweep->trial_count && sweep->status == S2S_OK) {
        s2s_trial *trial = &sweep->trial[(*next)++];

        if (!s2s_trial_has_ended(trial) && (trial->record.state != S2S_TRIAL_PAUSED || trial->record.epochs < sweep->until))
            found = trial;
    }
    omp_unset_lock(&sweep->lock);
    return found;
}

static void note_status(s2s_sweep *sweep, s2s_status status, const s2s_error *err)
{
    omp_set_lock(&sweep->lock);
    if (sweep->status == S2S_OK && status != S2S_OK) {
        sweep->status = status;
        sweep->error = *err;
    }
    omp_unset_lock(&sweep->lock);
}

/* All trials up to sweep->until, sweep->parallel at a time, in the order of their numbers. */
static s2s_status run_all(s2s_sweep *sweep, s2s_error *err)
{
    size_t next = 0;

    omp_set_max_active_levels(sweep->request->threads > 1 ? 2 : 1);
    #pragma omp parallel num_threads(sweep->parallel) if (sweep->parallel > 1)
    {
        s2s_trial *trial;

        while ((trial = next_trial(sweep, &next)) != NULL) {
            s2s_error        own = { 0 };
            const s2s_status status = s2s_trial_run(sweep, trial, &own);

            note_status(sweep, status, &own);
        }
    }
    if (sweep->status != S2S_OK)
        *err = sweep->error;
    return sweep->status;
}

/* --- successive halving -------------------------------------------------------------------------------------------------- */

int64_t s2s_sweep_most_epochs(const s2s_sweep *sweep)
{
    int64_t most = 0;

    for (size_t i = 0; i < sweep->trial_count; i++)
        most = sweep->trial[i].epochs > most ? sweep->trial[i].epochs : most;
    return most;
}

int64_t s2s_sweep_rung(const s2s_sweep *sweep, int64_t rung)
{
    const int64_t most = s2s_sweep_most_epochs(sweep);
    int64_t       epochs = sweep->spec->grace_period;

    for (int64_t i = 0; i < rung && epochs < most; i++)
        epochs = epochs > most / sweep->spec->reduction_factor ? most : epochs * sweep->spec->reduction_factor;
    return sweep->spec->grace_period > 0 && epochs < most ? epochs : INT64_MAX;
}

/* Trials that were not stopped before: those that ended by themselves keep their places in the ranking. */
static bool takes_part(const s2s_trial *trial) { return trial->record.state != S2S_TRIAL_STOPPED; }

static size_t place_of(const s2s_sweep *sweep, const s2s_trial *trial)
{
    size_t place = 0;

    for (size_t i = 0; i < sweep->trial_count; i++) {
        const s2s_trial *other = &sweep->trial[i];
        const bool ranked = other->record.state == S2S_TRIAL_PAUSED || other->record.state == S2S_TRIAL_FINISHED;

        place += other != trial && ranked && s2s_trial_is_better(sweep, other, trial);
    }
    return place;
}

/* One in reduction_factor of those that began the rung goes on, at least one. */
static s2s_status stop_trials(s2s_sweep *sweep, s2s_error *err)
{
    bool  *behind = S2S_NEW_ARRAY(sweep->arena, bool, sweep->trial_count);
    size_t count = 0, going_on;

    if (behind == NULL)
        return s2s_fail(err, S2S_MEMORY, "out of memory");
    for (size_t i = 0; i < sweep->trial_count; i++)
        count += takes_part(&sweep->trial[i]);
    going_on = count / (size_t)sweep->spec->reduction_factor;
    going_on = going_on > 0 ? going_on : 1;
    for (size_t i = 0; i < sweep->trial_count; i++)
        behind[i] = sweep->trial[i].record.state == S2S_TRIAL_PAUSED && place_of(sweep, &sweep->trial[i]) >= going_on;
    for (size_t i = 0; i < sweep->trial_count; i++) {
        s2s_trial *trial = &sweep->trial[i];

        if (!behind[i])
            continue;
        trial->record.state = S2S_TRIAL_STOPPED;
        trial->record.reason = s2s_arena_printf(sweep->arena, "behind after epoch %lld", (long long)sweep->until);
        S2S_TRY(s2s_ledger_put(sweep->ledger, &trial->record, err));
    }
    return S2S_OK;
}

/* The decision of a rung is one change of the ledger: it was made, or it was not. */
static s2s_status decide(s2s_sweep *sweep, s2s_error *err)
{
    char rungs[32];

    snprintf(rungs, sizeof rungs, "%lld", (long long)sweep->rungs + 1);
    S2S_TRY(s2s_ledger_begin(sweep->ledger, err));
    S2S_TRY(stop_trials(sweep, err));
    S2S_TRY(s2s_ledger_set(sweep->ledger, "rungs", rungs, err));
    S2S_TRY(s2s_ledger_commit(sweep->ledger, err));
    sweep->rungs++;
    s2s_sweep_view_rung(sweep);
    return s2s_sweep_prune(sweep, err);
}

s2s_status s2s_sweep_schedule(s2s_sweep *sweep, s2s_error *err)
{
    for (;;) {
        sweep->until = s2s_sweep_rung(sweep, sweep->rungs);
        S2S_TRY(run_all(sweep, err));
        if (sweep->until == INT64_MAX)
            return S2S_OK;
        S2S_TRY(decide(sweep, err));
    }
}
