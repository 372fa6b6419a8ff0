/* predict.c -- `s2s predict`: one line out for each line in, in order, whatever it holds. */
#include <errno.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "experiments/annotation.h"
#include "experiments/cli/command.h"
#include "experiments/json.h"
#include "experiments/precision.h"
#include "experiments/predictor.h"

static const s2s_option options[] = {
    { "input", "FILE", "answer the lines of a file", NULL },
    { "output", "FILE", "write the answers to a file", NULL },
    { "format", "NAME", "input is a file of the data set's own format (conllu, tagged), and comes out again with the model's answers in it", NULL },
    { "json", NULL, "one object a line: input, output, probability", NULL },
    S2S_OPTION_CHECKPOINT,
    S2S_OPTION_THREADS,
    S2S_OPTION_END
};

typedef struct job {
    s2s_predictor *predictor;
    s2s_string     pending;            /* what goes to --output: written whole, at the end */
    FILE          *stream;             /* NULL: answers go to pending */
    bool           shown;              /* the stream is a terminal */
    bool           json;
    int64_t        failures;
} job;

/* --- answers out --------------------------------------------------------------------------------------------------------- */

static void add_json(s2s_string *text, s2s_text input, const s2s_reply *reply)
{
    json_t *object = json_object();
    json_t *given = json_stringn(input.chars, input.length);

    json_object_set_new(object, "input", given ? given : json_null());        /* null: not UTF-8 */
    if (reply->error != NULL) {
        json_object_set_new(object, "error", json_string(reply->error));
    } else {
        json_object_set_new(object, "output", json_string(reply->output));
        json_object_set_new(object, "probability", s2s_json_number(reply->probability));
    }
    s2s_json_add(object, text);
}

/* What is pending goes out, byte for byte but on a terminal, which obeys some of them; `keep`: control characters that it may have. */
static s2s_status flush(job *self, const char *keep, s2s_error *err)
{
    if (self->pending.failed)
        return s2s_fail(err, S2S_MEMORY, "out of memory");
    if (self->stream == NULL)
        return S2S_OK;
    if (self->shown)
        s2s_text_make_printable(self->pending.chars, self->pending.length, keep);
    fwrite(s2s_string_chars(&self->pending), 1, self->pending.length, self->stream);
    fflush(self->stream);
    s2s_string_clear(&self->pending);
    return ferror(self->stream) ? s2s_fail_errno(err, S2S_IO, "cannot write the answers") : S2S_OK;
}

static s2s_status answer(job *self, const s2s_text *lines, size_t count, s2s_error *err)
{
    const s2s_reply *replies;

    S2S_TRY(s2s_predictor_answer(self->predictor, lines, count, &replies, err));
    for (size_t i = 0; i < count; i++) {
        const size_t before = self->pending.length;

        if (self->json)
            add_json(&self->pending, lines[i], &replies[i]);
        else
            s2s_string_printf(&self->pending, "%s%s", replies[i].error ? "error: " : "", replies[i].error ? replies[i].error : replies[i].output);
        if (!self->json && replies[i].error != NULL)      /* it quotes the input; each answer is one line */
            s2s_text_make_printable(self->pending.chars + before, self->pending.length - before, "");
        s2s_string_add(&self->pending, "\n");
        self->failures += replies[i].error != NULL;
    }
    return flush(self, "\n", err);
}

/* --- lines in ------------------------------------------------------------------------------------------------------------ */

/* Answer the whole lines at the start of *rest; with `all` its last one needs no newline. */
static s2s_status answer_lines(job *self, s2s_text *rest, bool all, s2s_error *err)
{
    s2s_text lines[S2S_PREDICTOR_LINES];
    size_t count = 0;

    while (rest->length > 0 && (all || memchr(rest->chars, '\n', rest->length) != NULL)) {
        s2s_text_next_line(rest, &lines[count++]);
        if (count == S2S_PREDICTOR_LINES) {
            S2S_TRY(answer(self, lines, count, err));
            count = 0;
        }
    }
    return count > 0 ? answer(self, lines, count, err) : S2S_OK;
}

/* What has come is answered before more is waited for, so that a program may talk to us line by line. */
static s2s_status answer_stream(job *self, s2s_error *err)
{
    static char chunk[65536];
    s2s_string  buffer = { 0 }, tail = { 0 };
    s2s_status  status = S2S_OK;
    bool        more = true;

    while (more && status == S2S_OK) {
        const ssize_t got = read(STDIN_FILENO, chunk, sizeof chunk);
        s2s_text rest;

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            status = s2s_fail_errno(err, S2S_DATA, "cannot read standard input");
        more = got > 0;
        s2s_string_append(&buffer, chunk, got > 0 ? (size_t)got : 0);
        rest = (s2s_text){ s2s_string_chars(&buffer), buffer.length };
        if (status == S2S_OK)
            status = buffer.failed || tail.failed ? s2s_fail(err, S2S_MEMORY, "out of memory") : answer_lines(self, &rest, !more, err);
        s2s_string_clear(&tail);
        s2s_string_append(&tail, rest.chars, rest.length);
        s2s_string_clear(&buffer);
        s2s_string_append(&buffer, s2s_string_chars(&tail), tail.length);
    }
    s2s_string_release(&buffer);
    s2s_string_release(&tail);
    return status;
}

/* A person types: a prompt on standard error, one answer after each line, until the end of input. */
static s2s_status answer_person(job *self, const s2s_model *model, const s2s_terminal *terminal, s2s_error *err)
{
    char   line[65536];
    size_t length;

    if (!terminal->quiet)
        fprintf(terminal->err, "Give %s; Ctrl-D ends.\n", model->dataset.signature.text_input);
    for (;;) {
        s2s_text text;

        fputs("> ", terminal->err);
        fflush(terminal->err);
        if (fgets(line, sizeof line, stdin) == NULL)
            break;
        length = strcspn(line, "\r\n");
        text = (s2s_text){ line, length };
        S2S_TRY(answer(self, &text, 1, err));
    }
    fputc('\n', terminal->err);
    return S2S_OK;
}

static s2s_status answer_words(job *self, const s2s_line *line, s2s_error *err)
{
    s2s_text words[S2S_PREDICTOR_LINES];
    size_t   count = 0;

    for (int i = 1; i < line->word_count; i++) {
        words[count++] = s2s_text_of(line->word[i]);
        if (count == S2S_PREDICTOR_LINES || i + 1 == line->word_count) {
            S2S_TRY(answer(self, words, count, err));
            count = 0;
        }
    }
    return S2S_OK;
}

static s2s_status answer_all(job *self, const s2s_line *line, const s2s_model *model, s2s_error *err)
{
    const char *file = s2s_line_option(line, "input");
    s2s_text    text;

    if (line->word_count > 1)
        return answer_words(self, line, err);
    if (file == NULL)
        return isatty(STDIN_FILENO) ? answer_person(self, model, line->terminal, err) : answer_stream(self, err);
    S2S_TRY(s2s_file_read(file, line->arena, &text, err));
    return answer_lines(self, &text, true, err);
}

/* The whole input at once: a file, or standard input to its end. */
static s2s_status answer_file(job *self, const s2s_line *line, s2s_error *err)
{
    const char *file = s2s_line_option(line, "input");
    s2s_text    bytes;

    S2S_TRY(s2s_file_read(file ? file : "/dev/stdin", line->arena, &bytes, err));
    S2S_TRY(s2s_predictor_annotate(self->predictor, bytes, file ? file : "standard input", &self->pending, err));
    return flush(self, "\n\t", err);
}

/* Whether the options agree with each other. */
static s2s_status check(const s2s_line *line, s2s_error *err)
{
    if (line->word_count > 1 && s2s_line_option(line, "input") != NULL)
        return s2s_fail(err, S2S_USAGE, "give inputs as arguments or with --input, not both");
    if (s2s_line_option(line, "format") == NULL)
        return S2S_OK;
    if (line->word_count > 1)
        return s2s_fail(err, S2S_USAGE, "--format: the file comes from --input or standard input, not from arguments");
    if (s2s_line_option(line, "json") != NULL)
        return s2s_fail(err, S2S_USAGE, "--format and --json are two ways to write the answers: choose one");
    return S2S_OK;
}

static s2s_status predict(const s2s_line *line, job *self, s2s_error *err)
{
    const char *output = s2s_line_option(line, "output"), *format = s2s_line_option(line, "format");
    s2s_model  *model;
    int         threads;

    S2S_TRY(check(line, err));
    S2S_TRY(s2s_line_threads(line, &threads, err));
    S2S_TRY(s2s_model_load(line->word[0], s2s_line_checkpoint(line), NULL, 0, line->arena, &model, err));
    if (format != NULL)
        S2S_TRY(s2s_format_check(&model->dataset, format, err));
    s2s_precision_note(model->experiment, line->terminal);
    S2S_TRY(s2s_predictor_create(model, threads, &self->predictor, err));
    S2S_TRY(format ? answer_file(self, line, err) : answer_all(self, line, model, err));
    if (output != NULL)
        S2S_TRY(s2s_file_write_string(output, &self->pending, err));
    if (self->failures > 0)
        return s2s_fail(err, S2S_FAILED, "%lld input%s could not be answered", (long long)self->failures, self->failures == 1 ? "" : "s");
    return S2S_OK;
}

static s2s_status run(const s2s_line *line, s2s_error_list *errors)
{
    job self = {
        .json = s2s_line_option(line, "json") != NULL, .stream = s2s_line_option(line, "output") ? NULL : line->terminal->out,
        .shown = line->terminal->shown,
    };
    s2s_error  err;
    s2s_status status = predict(line, &self, &err);

    s2s_predictor_free(self.predictor);
    s2s_string_release(&self.pending);
    return status == S2S_OK ? S2S_OK : s2s_errors_take(errors, &err);
}

const s2s_command s2s_command_predict = { .options = options, .least = 1, .most = -1, .run = run };
