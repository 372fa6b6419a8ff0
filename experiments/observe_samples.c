/* observe_samples.c -- some validation examples after every epoch: shown with a box that is ticked or crossed, kept in samples.jsonl. */
#include <string.h>

#include "experiments/answers.h"
#include "experiments/json.h"
#include "experiments/sample_view.h"
#include "experiments/session.h"

typedef struct samples {
    s2s_session *session;
    s2s_arena *arena;                  /* emptied after every epoch */
    int64_t count;
    int64_t *example;                  /* this epoch's */
    const char **input;
} samples;

static const s2s_split *validation_of(const samples *self)
{
    return &self->session->experiment->dataset->split[S2S_VALIDATION];
}

/* Others in every epoch, each at most once: f(seed, epoch). */
static void choose(samples *self, int64_t epoch)
{
    const s2s_stream stream = s2s_stream_make((uint64_t)self->session->experiment->options->seed, S2S_RANDOM_SAMPLING, (uint64_t)epoch, 0, 0);
    const int64_t    available = validation_of(self)->count;
    uint64_t         index = 0;

    for (int64_t i = 0; i < self->count; i++) {
        bool again = true;

        while (again) {
            self->example[i] = (int64_t)s2s_random_below(&stream, index++, (uint64_t)available);
            again = false;
            for (int64_t k = 0; k < i; k++)
                again = again || self->example[k] == self->example[i];
        }
    }
}

static s2s_status read_inputs(samples *self, s2s_error *err)
{
    const s2s_dataset *dataset = self->session->experiment->dataset;
    s2s_string text = { 0 };

    self->input = S2S_NEW_ARRAY(self->arena, const char *, self->count);
    for (int64_t i = 0; i < self->count && self->input != NULL; i++) {
        s2s_string_clear(&text);
        dataset->ops->show_input(dataset, validation_of(self), self->example[i], &text);
        self->input[i] = s2s_arena_strdup(self->arena, s2s_string_chars(&text));
    }
    s2s_string_release(&text);
    return s2s_arena_failed(self->arena) ? s2s_fail(err, S2S_MEMORY, "out of memory") : S2S_OK;
}

static s2s_status print(const samples *self, const s2s_answers *answers, s2s_error *err)
{
    const s2s_terminal   *terminal = self->session->terminal;
    const s2s_sample_view view = {
        .split = validation_of(self), .input = self->input, .columns = s2s_terminal_columns(terminal), .colour = terminal->out_colour,
    };
    s2s_string text = { 0 };

    s2s_samples_show(&view, answers, &text);
    fputs(s2s_string_chars(&text), terminal->out);
    fflush(terminal->out);
    const bool failed = text.failed;

    s2s_string_release(&text);
    return failed ? s2s_fail(err, S2S_MEMORY, "out of memory") : S2S_OK;
}

/* For the log, and for whoever else shows them, until the next epoch. */
static s2s_status keep(const samples *self, const s2s_answers *answers, int64_t epoch, s2s_error *err)
{
    const bool symbols = self->session->experiment->signature.target.kind != S2S_STREAM_REALS;
    s2s_string lines = { 0 };
    s2s_status status;

    for (int64_t i = 0; i < self->count; i++) {
        const s2s_answer *answer = &answers->item[i];

        s2s_json_add(json_pack("{s:I, s:s, s:s, s:s, s:o}", "epoch", (json_int_t)epoch, "input", self->input[i],
                               "target", answer->target, "output", answer->output,
                               "correct", symbols ? json_boolean(answer->correct) : json_null()), &lines);
        s2s_string_add(&lines, "\n");
    }
    status = s2s_log_append_string(self->session->samples, &lines, err);
    self->session->shown = (s2s_text){ s2s_arena_strndup(self->arena, s2s_string_chars(&lines), lines.length), lines.length };
    if (status == S2S_OK && self->session->shown.chars == NULL)
        status = s2s_fail(err, S2S_MEMORY, "out of memory");
    s2s_string_release(&lines);
    return status;
}

static s2s_status epoch(void *this, const s2s_epoch_report *report, s2s_error *err)
{
    samples     *self = this;
    s2s_session *session = self->session;
    s2s_answers *answers;

    s2s_arena_reset(self->arena);
    choose(self, report->epoch);
    S2S_TRY(read_inputs(self, err));
    S2S_TRY(s2s_answers_create(session->experiment->dataset, self->example, self->count, self->arena, &answers, err));
    answers->keep_steps = session->experiment->dataset->ops->element != NULL;
    S2S_TRY(s2s_trainer_predict(session->trainer, validation_of(self), self->example, self->count, s2s_answers_take, answers, err));
    S2S_TRY(s2s_answers_check(answers, err));
    if (!session->terminal->quiet)
        S2S_TRY(print(self, answers, err));
    return keep(self, answers, report->epoch, err);
}

static s2s_status end(void *this, s2s_status why, s2s_error *err)
{
    samples *self = this;

    (void)why, (void)err;
    s2s_arena_free(self->arena);
    return S2S_OK;
}

s2s_status s2s_observe_samples(s2s_session *session, s2s_observer *ret, s2s_error *err)
{
    const int64_t wanted = session->experiment->options->log.samples;
    const int64_t available = session->experiment->dataset->split[S2S_VALIDATION].count;
    samples *self = S2S_NEW(session->arena, samples);

    *ret = (s2s_observer){ 0 };
    if (wanted == 0 || available == 0)
        return S2S_OK;
    if (self == NULL)
        return s2s_fail(err, S2S_MEMORY, "out of memory");
    *self = (samples){ .session = session, .count = wanted < available ? wanted : available };
    self->example = S2S_NEW_ARRAY(session->arena, int64_t, self->count);
    self->arena = s2s_arena_create();
    if (self->example == NULL || self->arena == NULL) {
        s2s_arena_free(self->arena);
        return s2s_fail(err, S2S_MEMORY, "out of memory");
    }
    *ret = (s2s_observer){ .self = self, .epoch = epoch, .end = end };
    return S2S_OK;
}
