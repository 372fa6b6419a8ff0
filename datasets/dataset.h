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

/* Keys that every data set takes. */
typedef struct s2s_dataset_common { int64_t seed; } s2s_dataset_common;       /* 0: auto, the seed of the run */

typedef enum s2s_stream_kind { S2S_STREAM_TOKENS, S2S_STREAM_REALS, S2S_STREAM_GROUPS } s2s_stream_kind;

enum { S2S_STREAMS_MAX = 16, S2S_LENGTH_ANY = -1 };

/* One input stream, or the target, as the graph sees it. */
typedef struct s2s_stream_info {
    const char *name;              /* "input" where there is only one; "word", "chars", ... */
    s2s_stream_kind kind;
    int64_t width;                 /* symbols V of tokens and groups, columns D of reals; 0: known after open (described from files) */
    int64_t steps;                 /* fixed length T, S2S_LENGTH_ANY, or 0 where there is no time axis. All streams of length ANY
                                      have the same length in any one example */
} s2s_stream_info;

/* How target rows stand to the inputs. */
typedef enum s2s_alignment {
    S2S_ALIGNED,                   /* one target for each step of the first stream (tagging, language models) */
    S2S_OWN_STEPS,                 /* a sequence of its own, of target.steps steps for every example (behind RepeatVector): a shorter one
                                      wants nothing at its last steps, a longer one cannot be answered */
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
    bool curriculum;               /* level by level: exact_match is always made */
    const char *text_input, *text_output;  /* what predict reads and prints, in words: "a sum, e.g. 12+345" */
    const char *sample_input, *sample_target;      /* short labels of the shown samples: "Q", "T" */
} s2s_signature;

/*
 * One stream of all examples of a split. Example i has elements start[i] .. start[i+1]-1, or fixed_steps of them where start is
 * NULL (1 where there is no time axis). The largest value of the token type means "nothing wanted here" and reaches targets as -1.
 */
typedef struct s2s_column {
    s2s_stream_kind kind;
    int64_t width;
    int64_t fixed_steps;
    const int64_t *start;          /* count + 1, in elements (rows for reals); for groups: in inner sequences (words) */
    int token_bytes;               /* 1, 2 or 4: the smallest that holds V symbols (see s2s_token_bytes) */
    void *token;
    real *x;                       /* reals: elements x width */
    const int64_t *inner_start;    /* groups: tokens of inner sequence k are inner_start[k] .. inner_start[k+1]-1; none is empty */
    const uint8_t *rare;           /* width flags: symbols that training may replace by `unknown`, so that it is learned; or NULL */
    int32_t unknown;
    double replace_rate;           /* fraction of the rare symbols' occurrences that are replaced */
} s2s_column;

typedef struct s2s_split {
    int64_t count;
    s2s_column stream[S2S_STREAMS_MAX];
    s2s_column target;             /* tokens or reals, see s2s_alignment. No token and no x: there are no targets */
    const void *own;               /* the data set's own, e.g. the words as they were written */
    const uint8_t *unseen;         /* elements of the first stream: 1 where the training split has no such element (a new word); or NULL */
} s2s_split;

typedef struct s2s_dataset s2s_dataset;

enum { S2S_TRAITS_MAX = 4, S2S_TRAIT_CLASSES = 32 };

/* Fresh examples that grow harder: one level up whenever the exact match over the last `over` examples reaches `threshold`. */
typedef struct s2s_curriculum {
    int64_t first, last;           /* levels; last 0: there is no curriculum */
    double threshold;              /* fraction */
    int64_t over;                  /* examples */
} s2s_curriculum;

/* For data sets that renew their training split: which questions to draw. */
typedef struct s2s_draw {
    uint64_t epoch;
    int64_t first, count;          /* examples of the epoch, by position */
    int64_t level;                 /* curriculum; 0: the highest */
} s2s_draw;

typedef struct s2s_dataset_ops {
    s2s_entry entry;
    /* Cheap: from options alone, or from a look at files; milliseconds. Errors: S2S_CONFIG or S2S_DATA with a place. */
    s2s_status (*describe)(const s2s_object *self, s2s_arena *arena, s2s_signature *ret, s2s_error *err);
    /* Make or read everything. `ret` comes with ops, self, arena and, where they are to be kept, vocabularies. */
    s2s_status (*open)(const s2s_object *self, uint64_t seed, s2s_arena *arena, s2s_dataset *ret, s2s_error *err);
    /* Only what is needed to read and write examples (vocabularies as saved in a model): no files. Fills signature and vocabularies. */
    s2s_status (*restore)(const s2s_object *self, const s2s_vocabulary_list *saved, s2s_arena *arena, s2s_dataset *ret, s2s_error *err);
    /* Fill examples first .. first+count-1 of `into` (from s2s_split_reserve). NULL: the training split stands still. */
    void (*draw)(const s2s_dataset *dataset, const s2s_draw *what, s2s_split *into);
    /* One line of a user as a split of one example without target. Errors: S2S_DATA with a message for that line. */
    s2s_status (*encode)(const s2s_dataset *dataset, s2s_text line, s2s_arena *arena, s2s_split *ret, s2s_error *err);
    /* Input `i` of a split as shown text; target or predicted symbols (n of them) as text; for real targets `values`. */
    void (*show_input)(const s2s_dataset *dataset, const s2s_split *split, int64_t i, s2s_string *ret);
    void (*show_target)(const s2s_dataset *dataset, const int32_t *symbols, const real *values, int64_t n, s2s_string *ret);

    /* The rest may be NULL. */

    /* What predict prints for input i; NULL: show_target. */
    void (*show_answer)(const s2s_dataset *dataset, const s2s_split *split, int64_t i, const int32_t *symbols, const real *values, int64_t n,
                        s2s_string *ret);
    /* Element t of input i, for displays that set each beside its target: a word of a sentence. */
    s2s_text (*element)(const s2s_dataset *dataset, const s2s_split *split, int64_t i, int64_t t);
    /* A whole file of the data set's own format as one more split; with `targets` those that it has, each one that the model knows.
       `name` is for messages. */
    s2s_status (*parse)(const s2s_dataset *dataset, s2s_text bytes, const char *name, bool targets, s2s_arena *arena, s2s_split *ret, s2s_error *err);
    /* Those bytes, which parse has accepted, with other targets: `symbols` has one for each element of each example, in order. */
    void (*annotate)(const s2s_dataset *dataset, s2s_text bytes, const int32_t *symbols, s2s_string *ret);
    const char *format;            /* the name of that format: "conllu" */
    /* Ways to sort examples in an error analysis ("longest chain of carries"), ended by NULL; the class of input i in each, from 0
       to S2S_TRAIT_CLASSES - 1. */
    const char *const *trait;
    void (*classify)(const s2s_dataset *dataset, const s2s_split *split, int64_t i, int *ret);
} s2s_dataset_ops;

struct s2s_dataset {
    const s2s_dataset_ops *ops;
    const s2s_object *self;
    s2s_arena *arena;
    s2s_signature signature;
    s2s_vocabulary_list vocabularies;      /* saved with the model; by stream name, and "target" */
    s2s_split split[S2S_SPLIT_COUNT];      /* count 0 where there is none */
    bool fresh;                            /* training examples come from draw; split[S2S_TRAIN] holds those of epoch 0 at the highest level */
    s2s_curriculum curriculum;
    const char *notes;                     /* what is worth knowing before training, in lines (baselines, limits); or NULL */
    void *state;                           /* the data set's own */
};

static inline const s2s_dataset_ops *s2s_dataset_of(const s2s_object *object) { return (const s2s_dataset_ops *)object->entry; }

/*
 * What callers use: the registered functions, with `ret` made ready for them. The seed of the run counts unless the data set
 * names its own. `keep` (may be NULL or empty): vocabularies of a model whose training goes on, used in place of new ones.
 */
s2s_status s2s_dataset_describe(const s2s_object *self, s2s_arena *arena, s2s_signature *ret, s2s_error *err);
s2s_status s2s_dataset_open(const s2s_object *self, uint64_t seed, const s2s_vocabulary_list *keep, s2s_arena *arena,
                            s2s_dataset *ret, s2s_error *err);
s2s_status s2s_dataset_restore(const s2s_object *self, const s2s_vocabulary_list *saved, s2s_arena *arena, s2s_dataset *ret, s2s_error *err);

/* An error at an option: the place is that of `key` ("digits", "curriculum.from", "train.0") in the config, the message starts with its path. */
s2s_status s2s_dataset_fail(const s2s_object *self, const char *key, s2s_error *err, const char *format, ...) S2S_PRINTF(4, 5);

#endif
