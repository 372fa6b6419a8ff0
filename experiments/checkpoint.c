/* checkpoint.c -- the trainer's state as safetensors, and back. */
#include "experiments/checkpoint.h"

#include <string.h>

#include "experiments/model.h"
#include "experiments/run_directory.h"

#define HISTORY_BYTES "history_bytes"
#define SAMPLES_BYTES "samples_bytes"
#define CONFIG        "config"

static const char *const type_names[] = {
    [S2S_STATE_REAL] = S2S_REAL_SAFETENSORS, [S2S_STATE_DOUBLE] = "F64", [S2S_STATE_INTEGER] = "I64",
};
static const size_t type_sizes[] = {
    [S2S_STATE_REAL] = sizeof(real), [S2S_STATE_DOUBLE] = sizeof(double), [S2S_STATE_INTEGER] = sizeof(int64_t),
};

/* --- writing ------------------------------------------------------------------------------------------------------------- */

static s2s_status write_state(const s2s_session *session, const char *path, s2s_arena *arena, s2s_error *err)
{
    s2s_state   state;
    s2s_tensor *tensor;

    S2S_TRY(s2s_trainer_state(session->trainer, arena, &state, err));
    tensor = S2S_NEW_ARRAY(arena, s2s_tensor, state.count);
    s2s_metadata metadata[] = {
        { CONFIG, session->config },
        { HISTORY_BYTES, s2s_arena_printf(arena, "%lld", (long long)s2s_log_size(session->history)) },
        { SAMPLES_BYTES, s2s_arena_printf(arena, "%lld", (long long)s2s_log_size(session->samples)) },
    };
    if (s2s_arena_failed(arena))
        return s2s_fail(err, S2S_MEMORY, "out of memory");
    for (int i = 0; i < state.count; i++) {
        const s2s_state_item *item = &state.item[i];
        tensor[i] = (s2s_tensor){ .name = item->name, .type = type_names[item->type], .rank = 1, .shape = { item->count },
                                  .count = item->count, .data = item->data };
    }
    return s2s_tensors_write(path, &(s2s_tensors){ (size_t)state.count, sizeof metadata / sizeof metadata[0], tensor, metadata }, err);
}

/* Logs reach the disk before the state that counts their bytes. */
static s2s_status write_all(const s2s_session *session, s2s_arena *arena, s2s_error *err)
{
    const char *state = s2s_path_join(arena, session->folder, S2S_RUN_STATE);
    const char *last = s2s_path_join(arena, session->folder, S2S_RUN_LAST);
    const char *best = s2s_path_join(arena, session->folder, S2S_RUN_BEST);
    const real *weights = s2s_trainer_plan(session->trainer)->weights, *best_weights;
    const int64_t epoch = s2s_trainer_epochs_done(session->trainer);
    int64_t best_epoch = epoch;
    double  figure;

    if (s2s_arena_failed(arena))
        return s2s_fail(err, S2S_MEMORY, "out of memory");
    S2S_TRY(s2s_log_sync(session->history, err));
    S2S_TRY(s2s_log_sync(session->samples, err));
    S2S_TRY(write_state(session, state, arena, err));
    S2S_TRY(s2s_model_save(last, session->experiment, session->config, weights, epoch, err));
    best_weights = s2s_trainer_best(session->trainer, &figure, &best_epoch);
    return s2s_model_save(best, session->experiment, session->config, best_weights ? best_weights : weights,
                          best_weights ? best_epoch : epoch, err);
}

s2s_status s2s_checkpoint_write(const s2s_session *session, s2s_error *err)
{
    s2s_arena *arena = s2s_arena_create();
    s2s_status status = arena ? write_all(session, arena, err) : s2s_fail(err, S2S_MEMORY, "out of memory");

    s2s_arena_free(arena);
    return status;
}

/* --- reading ------------------------------------------------------------------------------------------------------------- */

static bool read_bytes(const s2s_tensors *tensors, const char *key, int64_t *ret)
{
    const char *text = s2s_metadata_find(tensors, key);

    return text != NULL && s2s_text_to_int(s2s_text_of(text), ret) && *ret >= 0;
}

s2s_status s2s_checkpoint_read(const char *folder, s2s_arena *arena, s2s_tensors *ret, s2s_checkpoint_info *info, s2s_error *err)
{
    const char *path = s2s_path_join(arena, folder, S2S_RUN_STATE);

    if (path == NULL)
        return s2s_fail(err, S2S_MEMORY, "out of memory");
    S2S_TRY(s2s_tensors_read(path, arena, ret, err));
    info->config = s2s_metadata_find(ret, CONFIG);
    if (info->config == NULL || !read_bytes(ret, HISTORY_BYTES, &info->history_bytes) || !read_bytes(ret, SAMPLES_BYTES, &info->samples_bytes))
        return s2s_fail(err, S2S_DATA, "'%s' is not the state of a run", path);
    return S2S_OK;
}

s2s_status s2s_checkpoint_restore(const s2s_tensors *tensors, s2s_trainer *trainer, s2s_arena *arena, s2s_error *err)
{
    s2s_state state;

    S2S_TRY(s2s_trainer_state(trainer, arena, &state, err));
    for (int i = 0; i < state.count; i++) {
        const s2s_state_item *item = &state.item[i];
        const s2s_tensor     *found = s2s_tensors_find(tensors, item->name);

        if (found == NULL || found->count != item->count || strcmp(found->type, type_names[item->type]) != 0)
            return s2s_fail(err, S2S_DATA, "the run's state does not fit its configuration: '%s'", item->name);
    }
    for (int i = 0; i < state.count; i++)
        if (state.item[i].count > 0)
            memcpy(state.item[i].data, s2s_tensors_find(tensors, state.item[i].name)->data,
                   (size_t)state.item[i].count * type_sizes[state.item[i].type]);
    s2s_trainer_state_loaded(trainer);
    return S2S_OK;
}
