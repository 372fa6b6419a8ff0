/*
 * data_pool.h -- data sets that many experiments of one process share: each is made once.
 *
 * Experiments share a data set when their `dataset` section, the seed that decides it, and the weights and vocabularies that they start from are
 * the same. A few that nobody uses just now are kept, the rest is given back.
 *
 * Threads  take and give may be called from several at once; a data set that is being opened keeps the others waiting.
 */
#ifndef S2S_EXPERIMENTS_DATA_POOL_H
#define S2S_EXPERIMENTS_DATA_POOL_H

#include "experiments/experiment.h"

typedef struct s2s_data_pool s2s_data_pool;
typedef struct s2s_shared_data s2s_shared_data;

/* All experiments come from `base`, which must outlive the pool. NULL when memory is out. */
s2s_data_pool *s2s_data_pool_create(const s2s_experiment *base);
void s2s_data_pool_free(s2s_data_pool *pool);                  /* NULL is legal; nothing may be in use */

/* Put a data set into an experiment that was loaded with these settings (instead of opening it). Give it back when the experiment is done. */
s2s_status s2s_data_pool_take(s2s_data_pool *pool, s2s_experiment *experiment, const s2s_setting *settings, size_t count,
                              s2s_shared_data **ret, s2s_error_list *errors);
void s2s_data_pool_give(s2s_data_pool *pool, s2s_shared_data *data);           /* NULL is legal */

#endif
