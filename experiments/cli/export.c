/* export.c -- `s2s export`: a trained model for other programs. */
#include "base/file.h"
#include "experiments/cli/command.h"
#include "experiments/export.h"

static const s2s_option options[] = {
    { "format", "FORMAT", "safetensors, or keras-npz: arrays in the order of Keras' set_weights", s2s_export_formats },
    { "out", "FILE", "where to (default: NAME and the format's ending, in the working directory)", NULL },
    S2S_OPTION_CHECKPOINT,
    S2S_OPTION_END
};

static s2s_status export_model(const s2s_line *line, s2s_error *err)
{
    const int   format = s2s_line_choice(line, "format");
    const char *path = s2s_line_option(line, "out");
    s2s_model  *model;

    if (format < 0)
        return s2s_fail(err, S2S_USAGE, "--format is missing: safetensors or keras-npz");
    S2S_TRY(s2s_model_load(line->word[0], s2s_line_checkpoint(line), NULL, 0, line->arena, &model, err));
    if (path == NULL)
        path = s2s_arena_printf(line->arena, "%s%s", model->experiment->options->name, s2s_export_ending(format));
    if (path == NULL)
        return s2s_fail(err, S2S_MEMORY, "out of memory");
    if (s2s_file_exists(path))
        return s2s_fail(err, S2S_USAGE, "'%s' is there already; --out names another file", path);
    S2S_TRY(s2s_export(model, format, path, err));
    fprintf(line->terminal->out, "%s\n", path);
    return S2S_OK;
}

static s2s_status run(const s2s_line *line, s2s_error_list *errors)
{
    s2s_error err = { 0 };

    return export_model(line, &err) == S2S_OK ? S2S_OK : s2s_errors_take(errors, &err);
}

const s2s_command s2s_command_export = { .options = options, .least = 1, .most = 1, .run = run };
