/*
 * advice.h -- what usually goes wrong, seen before a run in its figures and after it in its curves. Plain sentences, each with its figure.
 */
#ifndef S2S_EXPERIMENTS_ADVICE_H
#define S2S_EXPERIMENTS_ADVICE_H

#include "experiments/experiment.h"
#include "experiments/history.h"

/* Lines for `check`. What only the data can tell is said where they are open: check opens them only if it must. */
void s2s_advice_before(const s2s_experiment *experiment, s2s_string *ret);

enum { S2S_ADVICE_LINES = 3 };

/* What is known at the end of a run. */
typedef struct s2s_advice_facts {
    const s2s_history *history;
    const char *monitor;               /* the figure that chooses `best` */
    bool diverged;
    bool all_epochs;                   /* no callback ended it */
    int64_t epochs;                    /* train.epochs */
    int64_t symbols;                   /* of the target; 0: real values */
    const char *same_answer;           /* what every one of several validation examples was answered; NULL: they differ */
    int64_t answers, wanted;           /* how many were looked at, and how many different targets they have */
    const char *folder;                /* the run, for commands */
} s2s_advice_facts;

/* At most S2S_ADVICE_LINES lines; none where there is too little to judge. */
void s2s_advice_after(const s2s_advice_facts *facts, s2s_string *ret);

#endif
