/* evaluate.c -- `s2s evaluate`: loss and every metric of a model on a split. */
#include <string.h>

#include "base/file.h"
#include "experiments/analysis.h"
#include "experiments/annotation.h"
#include "experiments/answers.h"
#include "experiments/cli/command.h"
#include "experiments/evaluation.h"
#include "experiments/json.h"
#include "experiments/precision.h"

static const s2s_option options[] = {
    { "split", "NAME", "train, validation or test (default: validation; with --data test)", s2s_split_names },
    { "data", "FILE", "another file; with --split in place of the one that the configuration names", NULL },
    { "predictions", "FILE", "write every answer: one JSON object a line", NULL },
    { "format", "NAME", "with --data: write the predictions as this file with the model's answers in it (conllu, tagged)", NULL },
    { "analysis", NULL, "tables of where the errors are", NULL },
    { "json", NULL, "one JSON object", NULL },
    S2S_OPTION_CHECKPOINT,
    S2S_OPTION_THREADS,
    S2S_OPTION_END
};

typedef struct evaluation {
    const s2s_line *line;
    s2s_evaluation on;
    s2s_figures figures;
    const s2s_analysis *analysis;      /* NULL: not wanted */
} evaluation;

static s2s_status begin(evaluation *self, s2s_error *err)
{
    const s2s_line *line = self->line;
    const int chosen = s2s_line_choice(line, "split");
    s2s_evaluation_request request = {
        .run = line->word[0], .checkpoint = s2s_line_checkpoint(line), .data = s2s_line_option(line, "data"), .arena = line->arena,
    };

    request.data_alone = chosen < 0;
    request.split = chosen >= 0 ? (s2s_split_name)chosen : request.data ? S2S_TEST : S2S_VALIDATION;
    S2S_TRY(s2s_line_threads(line, &request.threads, err));
    return s2s_evaluation_open(&request, &self->on, err);
}

/* Whether --format can be done, before the work. */
static s2s_status check_format(const evaluation *self, s2s_error *err)
{
    const char *format = s2s_line_option(self->line, "format");

    if (format == NULL)
        return S2S_OK;
    S2S_TRY(s2s_format_check(&self->on.model->dataset, format, err));
    if (self->on.bytes.chars == NULL || s2s_line_option(self->line, "predictions") == NULL)
        return s2s_fail(err, S2S_USAGE, "--format: the file to write into comes from --data alone, where to write it from --predictions");
    return S2S_OK;
}

/* --- results ------------------------------------------------------------------------------------------------------------- */

static void add_answer(s2s_string *text, const s2s_model *model, const s2s_split *split, int64_t example, const s2s_answer *answer)
{
    const bool symbols = model->dataset.signature.target.kind != S2S_STREAM_REALS;
    s2s_string input = { 0 };

    model->dataset.ops->show_input(&model->dataset, split, example, &input);
    s2s_json_add(json_pack("{s:s, s:s, s:s, s:o, s:o}", "input", s2s_string_chars(&input), "target", answer->target,
                           "output", answer->output, "correct", symbols ? json_boolean(answer->correct) : json_null(),
                           "probability", s2s_json_number(answer->probability)), text);
    s2s_string_add(text, "\n");
    s2s_string_release(&input);
}

static s2s_status add_answers(const evaluation *self, s2s_string *text, s2s_error *err)
{
    s2s_answers *answers;

    S2S_TRY(s2s_answers_create(&self->on.model->dataset, NULL, self->on.split->count, self->line->arena, &answers, err));
    S2S_TRY(s2s_runner_predict(self->on.runner, self->on.split, NULL, self->on.split->count, s2s_answers_take, answers, err));
    S2S_TRY(s2s_answers_check(answers, err));
    for (int64_t i = 0; i < self->on.split->count; i++)
        add_answer(text, self->on.model, self->on.split, i, &answers->item[i]);
    return S2S_OK;
}

static s2s_status write_predictions(const evaluation *self, const char *path, s2s_error *err)
{
    const s2s_evaluation *on = &self->on;
    s2s_string text = { 0 };
    s2s_status status = s2s_line_option(self->line, "format") != NULL
        ? s2s_annotate(on->runner, &on->model->dataset, on->split, on->bytes, self->line->arena, &text, err)
        : add_answers(self, &text, err);

    if (status == S2S_OK)
        status = s2s_file_write_string(path, &text, err);
    s2s_string_release(&text);
    return status;
}

static const char *checkpoint_name(const s2s_model *model)
{
    return model->checkpoint == S2S_CHECKPOINT_DEFAULT ? NULL : s2s_checkpoint_names[model->checkpoint];
}

static void print_json(const evaluation *self)
{
    const char *checkpoint = checkpoint_name(self->on.model);
    json_t     *metrics = json_object(), *all;
    s2s_string  text = { 0 };

    for (int i = 0; i < self->figures.count; i++)
        json_object_set_new(metrics, self->figures.name[i], s2s_json_number(self->figures.value[i]));
    all = json_pack("{s:s, s:s, s:o, s:I, s:o}", "run", self->on.model->run ? self->on.model->run : self->on.model->path,
                    "split", s2s_split_names[self->on.split_name], "checkpoint", checkpoint ? json_string(checkpoint) : json_null(),
                    "examples", (json_int_t)self->figures.examples, "metrics", metrics);
    if (self->analysis != NULL)
        json_object_set_new(all, "analysis", s2s_analysis_json(self->analysis));
    s2s_json_add(all, &text);
    fprintf(self->line->terminal->out, "%s\n", s2s_string_chars(&text));
    s2s_string_release(&text);
}

static void print_table(const evaluation *self)
{
    FILE *stream = self->line->terminal->out;
    char  shown[S2S_SHOWN_SIZE];

    fprintf(stream, "%s, epoch %lld, on %s ", self->on.model->path, (long long)self->on.model->epoch,
            s2s_show_count(self->figures.examples, shown));
    if (self->on.bytes.chars != NULL)
        fprintf(stream, "examples of %s\n", s2s_line_option(self->line, "data"));
    else
        fprintf(stream, "%s examples\n", s2s_split_names[self->on.split_name]);
    for (int i = 0; i < self->figures.count; i++)
        fprintf(stream, "%-20s %s\n", self->figures.name[i], s2s_show_figure(self->figures.value[i], shown));
    if (self->analysis != NULL) {
        s2s_string text = { 0 };

        s2s_analysis_add(self->analysis, &text);
        s2s_text_make_printable(text.chars, text.length, "\n");
        fputs(s2s_string_chars(&text), stream);
        s2s_string_release(&text);
    }
}

static s2s_status evaluate(evaluation *self, s2s_error *err)
{
    const char  *predictions = s2s_line_option(self->line, "predictions");
    s2s_analysis analysis;

    S2S_TRY(begin(self, err));
    S2S_TRY(check_format(self, err));
    s2s_precision_note(self->on.model->experiment, self->line->terminal);
    S2S_TRY(s2s_runner_evaluate(self->on.runner, self->on.split, &self->figures, err));
    if (predictions != NULL)
        S2S_TRY(write_predictions(self, predictions, err));
    if (s2s_line_option(self->line, "analysis") != NULL) {
        S2S_TRY(s2s_analysis_make(self->on.runner, &self->on.model->dataset, self->on.split, self->line->arena, &analysis, err));
        self->analysis = &analysis;
    }
    if (s2s_line_option(self->line, "json") != NULL)
        print_json(self);
    else
        print_table(self);
    return S2S_OK;
}

static s2s_status run(const s2s_line *line, s2s_error_list *errors)
{
    evaluation self = { .line = line };
    s2s_error  err;

    return evaluate(&self, &err) == S2S_OK ? S2S_OK : s2s_errors_take(errors, &err);
}

const s2s_command s2s_command_evaluate = { .options = options, .least = 1, .most = 1, .run = run };
