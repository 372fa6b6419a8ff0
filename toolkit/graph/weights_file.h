/*
 * weights_file.h -- safetensors: a JSON header and little-endian arrays. Any safetensors reader opens what this writes.
 *
 *   8 bytes: header length, little-endian | header (JSON, padded with spaces to a multiple of 8) | data, each tensor contiguous
 *
 * Reading trusts nothing: lengths, offsets, overlaps, shapes, types and the header's JSON are all checked.
 */
#ifndef S2S_GRAPH_WEIGHTS_FILE_H
#define S2S_GRAPH_WEIGHTS_FILE_H

#include "graph/graph.h"

typedef struct s2s_tensor {
    const char *name;
    const char *type;              /* "F32", "F64", "I64", "U8" */
    int rank;
    int64_t shape[4];
    int64_t count;                 /* elements */
    const void *data;              /* count elements of `type`; unaligned when read from a file */
} s2s_tensor;

typedef struct s2s_metadata { const char *key, *value; } s2s_metadata;

typedef struct s2s_tensors {
    size_t count, metadata_count;
    s2s_tensor *tensor;
    s2s_metadata *metadata;
} s2s_tensors;

/* Tensors are written in the order given; the bytes depend on nothing else. */
s2s_status s2s_tensors_write(const char *path, const s2s_tensors *tensors, s2s_error *err);

/* Everything into the arena. Errors: S2S_DATA with the file's name. */
s2s_status s2s_tensors_read(const char *path, s2s_arena *arena, s2s_tensors *ret, s2s_error *err);

const s2s_tensor *s2s_tensors_find(const s2s_tensors *tensors, const char *name);
const char *s2s_metadata_find(const s2s_tensors *tensors, const char *key);        /* NULL: none */

/* A tensor of any real type (no other: that is the caller's to know) as `real`. */
void s2s_tensor_to_real(const s2s_tensor *tensor, real *ret);

/* The weights of a graph as tensors that borrow from `weights`. */
s2s_status s2s_tensors_of_weights(const s2s_graph *graph, const real *weights, s2s_arena *arena, s2s_tensors *ret, s2s_error *err);

typedef enum s2s_mismatch { S2S_MISMATCH_ERROR, S2S_MISMATCH_INITIALISE } s2s_mismatch;

/*
 * s2s_weights_load -- tensors into a graph's weights, by name.
 *
 * Errors   S2S_DATA that names the first tensor that is missing, extra or of another shape (both shapes are printed). With
 *          S2S_MISMATCH_INITIALISE such weights keep their first values and `notice` says which. S2S_NAN that names the first one
 *          that holds NaN or infinity.
 */
s2s_status s2s_weights_load(const s2s_graph *graph, const s2s_tensors *tensors, s2s_mismatch mismatch, real *weights,
                            s2s_string *notice, s2s_error *err);

#endif
