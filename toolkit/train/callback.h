/*
 * callback.h -- what watches a figure from epoch to epoch. State is a few doubles, kept in the checkpoint.
 */
#ifndef S2S_TRAIN_CALLBACK_H
#define S2S_TRAIN_CALLBACK_H

#include "config/schema.h"

enum { S2S_CALLBACK_STATE = 6 };

typedef struct s2s_callback_event {
    int64_t epoch;                  /* 1-based, just finished */
    double value;                   /* the monitored figure */
    bool larger_is_better;
    double learning_rate;           /* of the epoch's last step */
    bool stop;                      /* out: end training */
    double learning_rate_factor;    /* out: multiplies the rate of all later steps; 1 unless set */
    double minimum_learning_rate;   /* out, with a factor: no later step's rate is below it; 0 unless set */
    char notice[160];               /* out: one line for the user, or "" */
} s2s_callback_event;

typedef struct s2s_callback_ops {
    s2s_entry entry;
    const char *(*monitor)(const void *options);                 /* NULL or "": train.monitor */
    bool (*restores_best)(const void *options);                  /* NULL: no */
    void (*epoch_end)(const void *options, double state[S2S_CALLBACK_STATE], s2s_callback_event *event);   /* state starts as zeros; state[0] = 1 once used */
} s2s_callback_ops;

extern const s2s_registry s2s_callbacks;

/* Keras' `mode`: which way is better. */
enum { S2S_MODE_AUTO, S2S_MODE_MIN, S2S_MODE_MAX };
extern const char *const s2s_callback_modes[];

/* The event's figure is better than `reference` by more than min_delta. NaN is never better; anything is better than a reference of NaN. */
bool s2s_improves(const s2s_callback_event *event, int mode, double min_delta, double reference);

#endif
