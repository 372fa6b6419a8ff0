/*
 * dataset.h -- what a data set is: it describes itself (cheap), is opened when needed, and can read and write examples as text.
 *
 * To add one: write datasets/my_set.c with a `const s2s_dataset_ops s2s_dataset_my_set`, add S2S_DATASET(my_set) to
 * datasets.def. A data set fills columns; shuffling, bucketing, cutting into shards, packing by length and
 * padding-free gathering are done for all of them by batch.h.
 *
 * Threads  after open, everything but draw is read-only and may be shared (sweeps share one data set among trials).
 */
#ifndef S2S_DATASETS_DATASET_H
#define S2S_DATASETS_DATASET_H

#include "base/random.h"
#include "base/real.h"
#include "config/schema.h"
#include "datasets/vocabulary.h"

typedef enum s2s_split_name { S2S_TRAIN, S2S_VALIDATION, S2S_TEST, S2S_SPLIT_COUNT } s2s_split_name;
extern const char *const s2s_split_names[S2S_SPLIT_COUNT + 1];         /* "train", "validation", "test" */

extern const s2s_registry s2s_datasets;                                /* the registry of datasets.def */

typedef enum s2s_stream_kind { S2S_STREAM_TOKENS, S2S_STREAM_REALS, S2S_STREAM_GROUPS } s2s_stream_kind;

enum { S2S_STREAMS_MAX = 16, S2S_LENGTH_ANY = -1 };

/* One input stream, or the target, as the graph sees it. */
typedef struct s2s_stream_info {
    const char *name;              /* "input" where there is only one; "word", "chars", ... */
    s2s_stream_kind kind;
    int64_t width;                 /* symbols V of tokens and groups, columns D of reals; 0: known after open (described from files) */
    int64_t steps;                 /* fixed length T, S2S_LENGTH_ANY, or 0 where there is no time axis */
} s2s_stream_info;

/* How target rows stand to the inputs. */
typedef enum s2s_alignment {
    S2S_ALIGNED,                   /* one target for each step of the first stream (tagging, language models) */
    S2S_OWN_STEPS,                 /* a sequence of its own, every example padded to `target.steps` (behind RepeatVector) */
    S2S_PER_SEQUENCE               /* one target for the whole sequence (classes, values) */
} s2s_alignment;

typedef struct s2s_signature {
    int stream_count;
    s2s_stream_info stream[S2S_STREAMS_MAX];
    s2s_stream_info target;        /* tokens: symbols or classes; reals: columns */
    s2s_alignment alignment;
    int32_t filler;                /* target symbol that `accuracy` leaves out though the loss counts it (an addition's space); -1: none */
    int64_t examples[S2S_SPLIT_COUNT];     /* expected counts; -1: known after open */
    bool opened;                   /* widths and counts are final */
    const char *text_input, *text_output;  /* what predict reads and prints, in words: "a sum, e.g. 12+345" */
    const char *sample_input, *sample_target;      /* short labels of the shown samples: "Q", "T" */
} s2s_signature;

/* One stream of all examples of a split. Example i has elements start[i] .. start[i+1]-1, or fixed_steps of them where start is NULL. */
typedef struct s2s_column {
    s2s_stream_kind kind;
    int64_t width;
    int64_t fixed_steps;
    const int64_t *start;          /* count + 1, in elements (rows for reals); for groups: in inner sequences (words) */
    int token_bytes;               /* 1, 2 or 4: the smallest that holds V symbols */
    const void *token;
    const real *x;                 /* reals: elements x width */
    const int64_t *inner_start;    /* groups: tokens of inner sequence k are inner_start[k] .. inner_start[k+1]-1 */
} s2s_column;

typedef struct s2s_split {
    int64_t count;
    s2s_column stream[S2S_STREAMS_MAX];
    s2s_column target;             /* tokens (padded to target.steps where S2S_OWN_STEPS), or reals */
} s2s_split;

typedef struct s2s_dataset s2s_dataset;

/* For data sets that renew their training split: which questions to draw. */
typedef struct s2s_draw {
    uint64_t epoch;
    int64_t first, count;          /* examples of the epoch, by position */
    int64_t level;                 /* curriculum; 0: none */
} s2s_draw;

typedef struct s2s_dataset_ops {
    s2s_entry entry;
    /* Cheap: from options alone, or from a look at files; milliseconds. Errors: S2S_CONFIG or S2S_DATA with a place. */
    s2s_status (*describe)(const s2s_object *self, s2s_arena *arena, s2s_signature *ret, s2s_error *err);
    /* Make or read everything. `seed` is dataset.seed. */
    s2s_status (*open)(const s2s_object *self, uint64_t seed, s2s_arena *arena, s2s_dataset *ret, s2s_error *err);
    /* Only what is needed to read and write examples (vocabularies as saved in a model): no files. Fills signature and vocabularies. */
    s2s_status (*restore)(const s2s_object *self, const s2s_vocabulary_list *saved, s2s_arena *arena, s2s_dataset *ret, s2s_error *err);
    /* Fill examples first .. first+count-1 of `into` (a split with room, columns writable). NULL: the training split stands still. */
    void (*draw)(const s2s_dataset *dataset, const s2s_draw *what, s2s_split *into);
    /* One line of a user as a split of one example without target. Errors: S2S_DATA with a message for that line. */
    s2s_status (*encode)(const s2s_dataset *dataset, s2s_text line, s2s_arena *arena, s2s_split *ret, s2s_error *err);
    /* Input `i` of a split as shown text; target or predicted symbols (n of them) as text; for real targets `values`. */
    void (*show_input)(const s2s_dataset *dataset, const s2s_split *split, int64_t i, s2s_string *ret);
    void (*show_target)(const s2s_dataset *dataset, const int32_t *symbols, const real *values, int64_t n, s2s_string *ret);
} s2s_dataset_ops;

struct s2s_dataset {
    const s2s_dataset_ops *ops;
    const s2s_object *self;
    s2s_arena *arena;
    s2s_signature signature;
    s2s_vocabulary_list vocabularies;      /* saved with the model; by stream name, and "target" */
    s2s_split split[S2S_SPLIT_COUNT];      /* count 0 where there is none */
    int64_t levels;                        /* curriculum levels, 0: none */
    bool fresh;                            /* training examples come from draw */
    void *state;                           /* the data set's own */
};

static inline const s2s_dataset_ops *s2s_dataset_of(const s2s_object *object) { return (const s2s_dataset_ops *)object->entry; }

#endif
