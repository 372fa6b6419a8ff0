/*
 * model_file.h -- what a model's safetensors file says beside its weights, and how users name such a file.
 *
 * Metadata
 *   config         the resolved configuration, paths as given
 *   vocabularies   {"input": {"symbols": [" ", "+", ...], "unknown": -1}, ...}
 *   signature      {"streams": [{"width": 12, "steps": 7}], "target": {"width": 12, "steps": 4}}: sizes that data decided
 *   epoch          the epoch after which the weights were taken
 *
 * Owns     results live in the arena given.
 * Errors   S2S_DATA with the file's name.
 */
#ifndef S2S_EXPERIMENTS_MODEL_FILE_H
#define S2S_EXPERIMENTS_MODEL_FILE_H

#include "experiments/experiment.h"

#define S2S_METADATA_CONFIG       "config"
#define S2S_METADATA_VOCABULARIES "vocabularies"
#define S2S_METADATA_SIGNATURE    "signature"
#define S2S_METADATA_EPOCH        "epoch"

/* What a RUN argument means. */
typedef struct s2s_model_place {
    const char *folder;                /* the run's directory, of a file in it too; NULL for a file that stands alone */
    const char *file;                  /* NULL where the directory was named */
} s2s_model_place;

/* `run` is a run directory, a .safetensors file or `latest`. */
s2s_status s2s_model_find(const char *run, s2s_arena *arena, s2s_model_place *ret, s2s_error *err);

/* The file of a checkpoint; S2S_CHECKPOINT_DEFAULT counts as best here. */
s2s_status s2s_model_file_read(const char *run, s2s_checkpoint checkpoint, s2s_arena *arena, s2s_tensors *ret, s2s_error *err);

/* Empty where the file has none. */
s2s_status s2s_model_file_vocabularies(const s2s_tensors *tensors, s2s_arena *arena, s2s_vocabulary_list *ret, s2s_error *err);

/* Sizes from the file into a signature that has the same streams. */
s2s_status s2s_model_file_signature(const s2s_tensors *tensors, s2s_signature *signature, s2s_error *err);

/*
 * s2s_model_file_check -- whether the file's signature and vocabularies are what its data set, restored with `saved`, makes of them.
 *
 * A data set knows all its sizes once it has its vocabularies. Errors: S2S_DATA that names the first difference.
 */
s2s_status s2s_model_file_check(const s2s_tensors *tensors, const s2s_vocabulary_list *saved, const s2s_dataset *dataset, s2s_error *err);

/* The metadata's texts. */
void s2s_vocabularies_write(const s2s_vocabulary_list *vocabularies, s2s_string *ret);
void s2s_signature_write(const s2s_signature *signature, s2s_string *ret);

#endif
