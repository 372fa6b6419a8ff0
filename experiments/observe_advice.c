/* observe_advice.c -- at the end of a run, on the error stream, in a few lines: what the curves show. */
#include <string.h>

#include "experiments/advice.h"
#include "experiments/answers.h"
#include "experiments/run_directory.h"
#include "experiments/session.h"

enum { ANSWERS = 200 };

/* Validation examples are answered; do the answers, and the targets, differ? */
static s2s_status look_at_answers(const s2s_session *session, s2s_arena *arena, s2s_advice_facts *facts, s2s_error *err)
{
    const s2s_split *validation = &session->experiment->dataset->split[S2S_VALIDATION];
    const int64_t    count = validation->count < ANSWERS ? validation->count : ANSWERS;
    s2s_answers     *answers;
    int64_t         *example = S2S_NEW_ARRAY(arena, int64_t, count);

    if (example == NULL)
        return s2s_fail(err, S2S_MEMORY, "out of memory");
    for (int64_t i = 0; i < count; i++)
        example[i] = i;
    S2S_TRY(s2s_answers_create(session->experiment->dataset, example, count, arena, &answers, err));
    S2S_TRY(s2s_trainer_predict(session->trainer, validation, example, count, s2s_answers_take, answers, err));
    S2S_TRY(s2s_answers_check(answers, err));
    facts->answers = count;
    facts->same_answer = count > 0 ? answers->item[0].output : NULL;
    for (int64_t i = 0; i < count; i++) {
        bool known = false;

        if (facts->same_answer != NULL && strcmp(answers->item[i].output, facts->same_answer) != 0)
            facts->same_answer = NULL;
        for (int64_t k = 0; k < i && !known; k++)
            known = strcmp(answers->item[i].target, answers->item[k].target) == 0;
        facts->wanted += !known;
    }
    return S2S_OK;
}

static s2s_status say(const s2s_session *session, s2s_status why, s2s_arena *arena, s2s_error *err)
{
    const s2s_train_options *train = &session->experiment->options->train;
    const s2s_stream_info   *target = &session->experiment->signature.target;
    const bool   validates = session->experiment->dataset->split[S2S_VALIDATION].count > 0;
    const char  *path = s2s_path_join(arena, session->folder, S2S_RUN_HISTORY);
    s2s_history  history;
    s2s_advice_facts facts = {
        .history = &history, .monitor = s2s_train_monitor(train, validates), .diverged = why == S2S_NAN, .epochs = train->epochs,
        .all_epochs = s2s_trainer_epochs_done(session->trainer) >= train->epochs,
        .symbols = target->kind == S2S_STREAM_TOKENS ? target->width : 0, .folder = session->folder,
    };
    s2s_string text = { 0 };

    if (path == NULL)
        return s2s_fail(err, S2S_MEMORY, "out of memory");
    S2S_TRY(s2s_history_read(path, arena, &history, err));
    if (facts.symbols > 0 && validates)
        S2S_TRY(look_at_answers(session, arena, &facts, err));
    s2s_advice_after(&facts, &text);
    fflush(session->terminal->out);
    fputs(s2s_string_chars(&text), session->terminal->err);
    s2s_string_release(&text);
    return S2S_OK;
}

static s2s_status end(void *self, s2s_status why, s2s_error *err)
{
    s2s_arena *arena;
    s2s_status status;

    if (why != S2S_OK && why != S2S_NAN)
        return S2S_OK;
    arena = s2s_arena_create();
    status = arena ? say(self, why, arena, err) : s2s_fail(err, S2S_MEMORY, "out of memory");
    s2s_arena_free(arena);
    return status;
}

s2s_status s2s_observe_advice(s2s_session *session, s2s_observer *ret, s2s_error *err)
{
    (void)err;
    *ret = (s2s_observer){ .self = session, .end = session->terminal->quiet ? NULL : end };
    return S2S_OK;
}
