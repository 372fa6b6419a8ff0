/* evaluate.c -- `s2s evaluate`: loss and every metric of a model on a split. */
#include <string.h>

#include "base/file.h"
#include "experiments/analysis.h"
#include "experiments/answers.h"
#include "experiments/cli/command.h"
#include "experiments/json.h"
#include "experiments/model.h"
#include "train/runner.h"

static const s2s_option options[] = {
    { "split", "NAME", "train, validation or test (default: validation; with --data test)", s2s_split_names },
    { "data", "FILE", "a file in place of the one that the configuration names for the split", NULL },
    { "predictions", "FILE", "write every answer: one JSON object a line", NULL },
    { "analysis", NULL, "tables of where the errors are", NULL },
    { "json", NULL, "one JSON object", NULL },
    S2S_OPTION_CHECKPOINT,
    S2S_OPTION_THREADS,
    S2S_OPTION_END
};

typedef struct evaluation {
    const s2s_line *line;
    s2s_model *model;
    s2s_runner *runner;
    s2s_split_name split_name;
    const s2s_split *split;
    s2s_figures figures;
    const s2s_analysis *analysis;      /* NULL: not wanted */
} evaluation;

/* The model with its data; --data changes where the data come from. */
static s2s_status load(evaluation *self, s2s_error *err)
{
    const s2s_line *line = self->line;
    const char     *data = s2s_line_option(line, "data");
    const int       chosen = s2s_line_choice(line, "split");
    s2s_setting     setting = { .value = data, .origin = S2S_ORIGIN_COMMAND_LINE };

    self->split_name = chosen >= 0 ? (s2s_split_name)chosen : data ? S2S_TEST : S2S_VALIDATION;
    setting.key = s2s_arena_printf(line->arena, "dataset.%s", s2s_split_names[self->split_name]);
    if (setting.key == NULL)
        return s2s_fail(err, S2S_MEMORY, "out of memory");
    S2S_TRY(s2s_model_load(line->word[0], s2s_line_checkpoint(line), &setting, data != NULL, line->arena, &self->model, err));
    S2S_TRY(s2s_model_open_data(self->model, err));
    self->split = &self->model->dataset.split[self->split_name];
    if (self->split->count == 0)
        return s2s_fail(err, S2S_USAGE, "--split: there is no %s data in this configuration", s2s_split_names[self->split_name]);
    return S2S_OK;
}

static s2s_status make_runner(evaluation *self, s2s_error *err)
{
    const s2s_model         *model = self->model;
    const s2s_train_options *train = &model->experiment->options->train;
    s2s_runner_setup setup = {
        .graph = model->experiment->graph, .signature = &model->dataset.signature, .splits = &self->split, .split_count = 1,
        .batch_size = train->batch_size, .shard_rows = train->shard_rows, .loss = train->loss, .arena = self->line->arena,
    };

    S2S_TRY(s2s_line_threads(self->line, &setup.threads, err));
    S2S_TRY(s2s_train_metrics(train, setup.signature, model->dataset.curriculum.last > 0, setup.arena, &setup.metrics, err));
    S2S_TRY(s2s_runner_create(&setup, &self->runner, err));
    S2S_TRY(s2s_model_weights(model, s2s_runner_weights(self->runner), err));
    s2s_runner_ready(self->runner);
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

static s2s_status write_predictions(const evaluation *self, const char *path, s2s_error *err)
{
    s2s_answers *answers;
    s2s_string   text = { 0 };
    s2s_status   status;

    S2S_TRY(s2s_answers_create(&self->model->dataset, NULL, self->split->count, self->line->arena, &answers, err));
    S2S_TRY(s2s_runner_predict(self->runner, self->split, NULL, self->split->count, s2s_answers_take, answers, err));
    S2S_TRY(s2s_answers_check(answers, err));
    for (int64_t i = 0; i < self->split->count; i++)
        add_answer(&text, self->model, self->split, i, &answers->item[i]);
    status = text.failed ? s2s_fail(err, S2S_MEMORY, "out of memory")
                         : s2s_file_write(path, &(s2s_text){ s2s_string_chars(&text), text.length }, 1, err);
    s2s_string_release(&text);
    return status;
}

static const char *checkpoint_name(const s2s_model *model)
{
    return model->checkpoint == S2S_CHECKPOINT_DEFAULT ? NULL : s2s_checkpoint_names[model->checkpoint];
}

static void print_json(const evaluation *self)
{
    const char *checkpoint = checkpoint_name(self->model);
    json_t     *metrics = json_object(), *all;
    s2s_string  text = { 0 };

    for (int i = 0; i < self->figures.count; i++)
        json_object_set_new(metrics, self->figures.name[i], s2s_json_number(self->figures.value[i]));
    all = json_pack("{s:s, s:s, s:o, s:I, s:o}", "run", self->model->run ? self->model->run : self->model->path,
                    "split", s2s_split_names[self->split_name], "checkpoint", checkpoint ? json_string(checkpoint) : json_null(),
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

    fprintf(stream, "%s, epoch %lld, on %s %s examples\n", self->model->path, (long long)self->model->epoch,
            s2s_show_count(self->figures.examples, shown), s2s_split_names[self->split_name]);
    for (int i = 0; i < self->figures.count; i++)
        fprintf(stream, "%-20s %s\n", self->figures.name[i], s2s_show_figure(self->figures.value[i], shown));
    if (self->analysis != NULL) {
        s2s_string text = { 0 };

        s2s_analysis_add(self->analysis, &text);
        fputs(s2s_string_chars(&text), stream);
        s2s_string_release(&text);
    }
}

static s2s_status evaluate(evaluation *self, s2s_error *err)
{
    const char  *predictions = s2s_line_option(self->line, "predictions");
    s2s_analysis analysis;

    S2S_TRY(load(self, err));
    S2S_TRY(make_runner(self, err));
    S2S_TRY(s2s_runner_evaluate(self->runner, self->split, &self->figures, err));
    if (predictions != NULL)
        S2S_TRY(write_predictions(self, predictions, err));
    if (s2s_line_option(self->line, "analysis") != NULL) {
        S2S_TRY(s2s_analysis_make(self->runner, &self->model->dataset, self->split, self->line->arena, &analysis, err));
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
