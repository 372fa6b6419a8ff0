/* data_pool.c -- shared data sets in a list, the most recently used first. */
#include "experiments/data_pool.h"

#include <omp.h>
#include <string.h>

enum { IDLE_MAX = 4 };                 /* data sets kept though nobody uses them */

struct s2s_shared_data {
    s2s_shared_data *next;
    s2s_arena *arena;                  /* holds this entry, too */
    char *key;
    s2s_experiment *owner;
    int users;
};

struct s2s_data_pool {
    const s2s_experiment *base;
    omp_lock_t lock;
    s2s_shared_data *first;
};

s2s_data_pool *s2s_data_pool_create(const s2s_experiment *base)
{
    s2s_data_pool *pool = s2s_memory_zeroed(sizeof *pool);

    if (pool == NULL)
        return NULL;
    pool->base = base;
    omp_init_lock(&pool->lock);
    return pool;
}

void s2s_data_pool_free(s2s_data_pool *pool)
{
    if (pool == NULL)
        return;
    while (pool->first != NULL) {
        s2s_shared_data *next = pool->first->next;

        s2s_arena_free(pool->first->arena);
        pool->first = next;
    }
    omp_destroy_lock(&pool->lock);
    s2s_memory_free(pool);
}

/* Everything that decides the data, as a text. NULL when memory is out. */
static char *key_of(const s2s_experiment *experiment, s2s_arena *arena)
{
    const s2s_dataset_common *common = experiment->options->dataset->common;
    s2s_string text = { 0 };
    s2s_pair  *pairs;
    size_t     count;
    char      *key;

    if (s2s_config_flatten(experiment->config, arena, &pairs, &count, NULL) != S2S_OK)
        return NULL;
    for (size_t i = 0; i < count; i++)
        if (strncmp(pairs[i].key, "dataset.", 8) == 0 || strncmp(pairs[i].key, "model.initial_weights", 21) == 0)
            s2s_string_printf(&text, "%s=%s\n", pairs[i].key, pairs[i].value);
    s2s_string_printf(&text, "seed=%lld\n", (long long)(common->seed != 0 ? common->seed : experiment->options->seed));
    key = text.failed ? NULL : s2s_arena_strdup(arena, text.chars);
    s2s_string_release(&text);
    return key;
}

static s2s_shared_data *find(const s2s_data_pool *pool, const char *key)
{
    for (s2s_shared_data *data = pool->first; data != NULL; data = data->next)
        if (strcmp(data->key, key) == 0)
            return data;
    return NULL;
}

static void unlink_entry(s2s_data_pool *pool, const s2s_shared_data *data)
{
    for (s2s_shared_data **at = &pool->first; *at != NULL; at = &(*at)->next)
        if (*at == data) {
            *at = data->next;
            return;
        }
}

static void put_first(s2s_data_pool *pool, s2s_shared_data *data)
{
    data->next = pool->first;
    pool->first = data;
}

/* A new entry with an experiment of its own that holds the opened data. */
static s2s_status open_entry(s2s_data_pool *pool, const char *key, const s2s_setting *settings, size_t count, s2s_shared_data **ret,
                             s2s_error_list *errors)
{
    s2s_arena       *arena = s2s_arena_create();
    s2s_shared_data *data = arena ? S2S_NEW(arena, s2s_shared_data) : NULL;
    s2s_status       status = S2S_OK;

    if (data != NULL)
        *data = (s2s_shared_data){ .arena = arena, .key = s2s_arena_strdup(arena, key) };
    if (data == NULL || data->key == NULL)
        status = s2s_errors_no_memory(errors);
    if (status == S2S_OK)
        status = s2s_experiment_again(pool->base, settings, count, arena, &data->owner, errors);
    if (status == S2S_OK)
        status = s2s_experiment_open(data->owner, errors);
    if (status == S2S_OK)
        *ret = data;
    else
        s2s_arena_free(arena);
    return status;
}

static s2s_status take(s2s_data_pool *pool, const char *key, const s2s_setting *settings, size_t count, s2s_shared_data **ret,
                       s2s_error_list *errors)
{
    s2s_shared_data *data = find(pool, key);

    if (data != NULL)
        unlink_entry(pool, data);
    else
        S2S_TRY(open_entry(pool, key, settings, count, &data, errors));
    put_first(pool, data);
    data->users++;
    *ret = data;
    return S2S_OK;
}

/* Of those that nobody uses, the last used ones stay. */
static void shrink(s2s_data_pool *pool)
{
    s2s_shared_data *next;
    int idle = 0;

    for (s2s_shared_data *data = pool->first; data != NULL; data = next) {
        next = data->next;
        if (data->users > 0 || ++idle <= IDLE_MAX)
            continue;
        unlink_entry(pool, data);
        s2s_arena_free(data->arena);
    }
}

s2s_status s2s_data_pool_take(s2s_data_pool *pool, s2s_experiment *experiment, const s2s_setting *settings, size_t count,
                              s2s_shared_data **ret, s2s_error_list *errors)
{
    const char *key = key_of(experiment, experiment->arena);
    s2s_shared_data *data;
    s2s_status  status;

    if (key == NULL)
        return s2s_errors_no_memory(errors);
    omp_set_lock(&pool->lock);
    status = take(pool, key, settings, count, &data, errors);
    omp_unset_lock(&pool->lock);
    S2S_TRY(status);
    status = s2s_experiment_share(experiment, data->owner, errors);
    if (status == S2S_OK)
        *ret = data;
    else
        s2s_data_pool_give(pool, data);
    return status;
}

void s2s_data_pool_give(s2s_data_pool *pool, s2s_shared_data *data)
{
    if (data == NULL)
        return;
    omp_set_lock(&pool->lock);
    data->users--;
    shrink(pool);
    omp_unset_lock(&pool->lock);
}
