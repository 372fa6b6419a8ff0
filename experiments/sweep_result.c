/* sweep_result.c -- trials.csv, the best trial, and the command that repeats it. */
#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "experiments/csv.h"
#include "experiments/sweep_state.h"

/* --- trials.csv ---------------------------------------------------------------------------------------------------------- */

static void add_cell(s2s_string *row, const char *text)
{
    s2s_csv_add(row, text);
    s2s_string_add(row, ",");
}

static void add_number(s2s_string *row, double value)
{
    s2s_csv_add_number(row, value);
    s2s_string_add(row, ",");
}

static void end_row(s2s_string *row)
{
    row->length--;                             /* the last comma */
    s2s_string_add(row, "\n");
}

static void add_header(const s2s_sweep *sweep, s2s_string *row)
{
    s2s_string_add(row, "trial,point,seed,");
    for (size_t i = 0; i < sweep->spec->parameter_count; i++)
        add_cell(row, sweep->spec->parameter[i].path);
    s2s_string_add(row, "state,reason,model_parameters,epochs,");
    add_cell(row, sweep->spec->metric);
    s2s_string_add(row, "best_epoch,seconds,directory,");
    end_row(row);
}

static void add_trial(const s2s_sweep *sweep, const s2s_trial *trial, s2s_string *row)
{
    const s2s_trial_record *record = &trial->record;

    s2s_string_printf(row, "%lld,%lld,%lld,", (long long)record->trial, (long long)record->point, (long long)record->seed);
    for (size_t i = 0; i < sweep->spec->parameter_count; i++)
        add_cell(row, trial->point->text[i]);
    add_cell(row, s2s_trial_state_names[record->state]);
    add_cell(row, record->reason ? record->reason : "");
    s2s_string_printf(row, "%lld,%lld,", (long long)record->model_parameters, (long long)record->epochs);
    add_number(row, record->best);
    add_number(row, record->best_epoch > 0 ? (double)record->best_epoch : NAN);
    s2s_string_printf(row, "%.3f,", record->seconds);
    add_cell(row, record->directory ? record->directory : "");
    end_row(row);
}

s2s_status s2s_sweep_write_csv(s2s_sweep *sweep, s2s_error *err)
{
    const char *path = s2s_path_join(sweep->arena, sweep->folder, S2S_SWEEP_TRIALS);
    s2s_string  text = { 0 };
    s2s_status  status;

    add_header(sweep, &text);
    for (size_t i = 0; i < sweep->trial_count; i++)
        add_trial(sweep, &sweep->trial[i], &text);
    status = path ? s2s_file_write_string(path, &text, err) : s2s_fail(err, S2S_MEMORY, "out of memory");
    s2s_string_release(&text);
    return status;
}

/* --- the command --------------------------------------------------------------------------------------------------------- */

/* A word as a shell reads it back. */
static void add_word(s2s_string *line, const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=./:,@%";

    if (*word != '\0' && word[strspn(word, plain)] == '\0') {
        s2s_string_add(line, word);
        return;
    }
    s2s_string_add(line, "'");
    for (; *word != '\0'; word++)
        s2s_string_printf(line, *word == '\'' ? "'\\'%c" : "%c", *word);
    s2s_string_add(line, "'");
}

static void add_setting(s2s_string *line, const char *key, const char *value)
{
    s2s_string word = { 0 };

    s2s_string_printf(&word, "%s=%s", key, value);
    s2s_string_add(line, " ");
    add_word(line, s2s_string_chars(&word));
    s2s_string_release(&word);
}

/* A word that a later one takes back: a swept key, or the section that `sweep=null` ends with. */
static bool is_overridden(const s2s_setting *setting, size_t count, size_t index)
{
    for (size_t i = index + 1; i < count; i++)
        if (strcmp(setting[i].key, setting[index].key) == 0)
            return true;
    return strncmp(setting[index].key, "sweep.", 6) == 0;
}

/* A trial that was stopped is repeated with as many epochs as it had: they take the place of those that it was to have. */
static void add_command(const s2s_sweep *sweep, const s2s_trial *trial, s2s_string *line)
{
    const bool   stopped = trial->record.state == S2S_TRIAL_STOPPED;
    s2s_arena   *arena = s2s_arena_create();
    s2s_setting *setting;
    size_t       count = 0;
    char         epochs[32];

    s2s_string_add(line, "s2s run ");
    add_word(line, sweep->config);
    if (arena != NULL && s2s_trial_settings(sweep, trial, arena, &setting, &count, NULL) == S2S_OK)
        for (size_t i = 0; i < count; i++)
            if (!is_overridden(setting, count, i) && !(stopped && strcmp(setting[i].key, "train.epochs") == 0))
                add_setting(line, setting[i].key, setting[i].value);
    if (stopped) {
        snprintf(epochs, sizeof epochs, "%lld", (long long)trial->record.epochs);
        add_setting(line, "train.epochs", epochs);
    }
    s2s_arena_free(arena);
}

/* --- what is printed ----------------------------------------------------------------------------------------------------- */

static void print_counts(const s2s_sweep *sweep, FILE *stream)
{
    const char *separator = ": ";
    int64_t     epochs = 0;
    char        shown[S2S_SHOWN_SIZE];

    fprintf(stream, "%zu trials", sweep->trial_count);
    for (int state = 0; s2s_trial_state_names[state] != NULL; state++) {
        size_t count = 0;

        for (size_t i = 0; i < sweep->trial_count; i++)
            count += (int)sweep->trial[i].record.state == state;
        if (count > 0)
            fprintf(stream, "%s%zu %s", separator, count, s2s_trial_state_names[state]);
        separator = count > 0 ? ", " : separator;
    }
    for (size_t i = 0; i < sweep->trial_count; i++)
        epochs += sweep->trial[i].record.epochs;
    fprintf(stream, "; %s, %lld epochs in all\n", s2s_show_seconds(s2s_clock_seconds() - sweep->view.started, shown), (long long)epochs);
}

static void print_best(const s2s_sweep *sweep, const s2s_trial *best, FILE *stream)
{
    s2s_string text = { 0 };
    char       shown[S2S_SHOWN_SIZE];

    s2s_trial_describe(sweep, best, &text);
    fprintf(stream, "Best%s: trial %lld, %s %s at epoch %lld, %s\n", sweep->status == S2S_OK ? "" : " so far", (long long)best->record.trial,
            sweep->spec->metric, s2s_show_figure(best->record.best, shown), (long long)best->record.best_epoch, s2s_string_chars(&text));
    if (best->record.directory != NULL)
        fprintf(stream, "Its directory: %s/%s\n", sweep->folder, best->record.directory);
    s2s_string_clear(&text);
    add_command(sweep, best, &text);
    fprintf(stream, "Again: %s\n", s2s_string_chars(&text));
    s2s_string_release(&text);
}

void s2s_sweep_print_result(const s2s_sweep *sweep)
{
    const s2s_terminal *terminal = sweep->request->terminal;
    const s2s_trial    *best = s2s_sweep_best(sweep);

    if (!terminal->quiet) {
        print_counts(sweep, terminal->out);
        if (best != NULL)
            print_best(sweep, best, terminal->out);
        fflush(terminal->out);
    }
    if (!terminal->quiet && sweep->status == S2S_INTERRUPTED)
        fprintf(terminal->err, "Interrupted and saved. Go on with: s2s sweep %s --resume\n", sweep->folder);
    fprintf(terminal->out, "%s\n", sweep->folder);
    fflush(terminal->out);
}
