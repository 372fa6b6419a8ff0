/* runs.c -- `s2s runs` and `s2s clean`: what lies in the folder of runs, and what may go. */
#include <string.h>
#include <unistd.h>

#include "experiments/cli/command.h"
#include "experiments/housekeeping.h"
#include "experiments/run_directory.h"

/* --- runs ---------------------------------------------------------------------------------------------------------------- */

enum { CELL = 128, COLUMNS = 5, GAP = 2 };

static void make_cells(const s2s_listed_run *run, char cell[COLUMNS][CELL])
{
    char shown[S2S_SHOWN_SIZE];

    snprintf(cell[0], CELL, "%s", run->path);
    snprintf(cell[1], CELL, "%s", run->state);
    snprintf(cell[2], CELL, run->best_trial ? "-" : "%lld", (long long)run->epochs);
    if (run->metric != NULL)
        snprintf(cell[3], CELL, "%s %s at epoch %lld%s%s", run->metric, s2s_show_figure(run->best, shown), (long long)run->best_epoch,
                 run->best_trial ? ", trial " : "", run->best_trial ? s2s_path_name(run->best_trial) : "");
    else
        snprintf(cell[3], CELL, "-");
    s2s_show_bytes(run->bytes, cell[4]);
}

static void widen(char cell[COLUMNS][CELL], size_t width[COLUMNS])
{
    for (int c = 0; c < COLUMNS; c++) {
        const size_t columns = s2s_text_columns(s2s_text_of(cell[c]));

        width[c] = columns > width[c] ? columns : width[c];
    }
}

static void add_line(char cell[COLUMNS][CELL], const size_t width[COLUMNS], s2s_string *ret)
{
    for (int c = 0; c + 1 < COLUMNS; c++)
        s2s_string_pad(ret, cell[c], width[c] + GAP, false);
    s2s_string_printf(ret, "%s\n", cell[COLUMNS - 1]);
}

static void print_list(const s2s_listed_run *list, size_t count, FILE *stream)
{
    char heading[COLUMNS][CELL] = { "run", "state", "epochs", "best", "size" }, cell[COLUMNS][CELL];
    size_t     width[COLUMNS] = { 0 };
    s2s_string text = { 0 };

    widen(heading, width);
    for (size_t i = 0; i < count; i++) {
        make_cells(&list[i], cell);
        widen(cell, width);
    }
    add_line(heading, width, &text);
    for (size_t i = 0; i < count; i++) {
        make_cells(&list[i], cell);
        add_line(cell, width, &text);
    }
    fputs(s2s_string_chars(&text), stream);
    s2s_string_release(&text);
}

static s2s_status runs(const s2s_line *line, s2s_error_list *errors)
{
    const char     *folder = line->word_count > 0 ? line->word[0] : S2S_RUNS_FOLDER;
    s2s_listed_run *list = NULL;
    size_t          count = 0;
    s2s_error       err;

    if ((line->word_count > 0 || s2s_folder_exists(folder)) && s2s_runs_list(folder, line->arena, &list, &count, &err) != S2S_OK)
        return s2s_errors_take(errors, &err);
    if (count > 0)
        print_list(list, count, line->terminal->out);
    else if (!line->quiet)
        fprintf(line->terminal->err, "There is no run in %s/\n", folder);
    return S2S_OK;
}

const s2s_command s2s_command_runs = { .least = 0, .most = 1, .run = runs };

/* --- clean --------------------------------------------------------------------------------------------------------------- */

static const s2s_option clean_options[] = {
    { "yes", NULL, "delete without asking", NULL },
    S2S_OPTION_END
};

static s2s_status collect(const s2s_line *line, s2s_litter **ret, size_t *count, s2s_error *err)
{
    *ret = NULL;
    *count = 0;
    if (line->word_count == 0)
        return s2s_folder_exists(S2S_RUNS_FOLDER) ? s2s_litter_find(S2S_RUNS_FOLDER, line->arena, ret, count, err) : S2S_OK;
    *ret = S2S_NEW_ARRAY(line->arena, s2s_litter, line->word_count);
    if (*ret == NULL)
        return s2s_fail(err, S2S_MEMORY, "out of memory");
    for (int i = 0; i < line->word_count; i++)
        S2S_TRY(s2s_litter_of(line->word[i], line->arena, &(*ret)[(*count)++], err));
    return S2S_OK;
}

static void show(const s2s_litter *list, size_t count, FILE *stream)
{
    int64_t bytes = 0;
    char    shown[S2S_SHOWN_SIZE];

    for (size_t i = 0; i < count; i++) {
        fprintf(stream, "%s  %s  %s\n", list[i].path, s2s_show_bytes(list[i].bytes, shown), list[i].why);
        bytes += list[i].bytes;
    }
    fprintf(stream, "%zu in all, %s\n", count, s2s_show_bytes(bytes, shown));
    fflush(stream);
}

/* Yes by option, or by a word at the terminal. */
static bool is_confirmed(const s2s_line *line)
{
    char answer[16] = "";

    if (s2s_line_option(line, "yes") != NULL)
        return true;
    if (!isatty(STDIN_FILENO)) {
        fprintf(line->terminal->err, "Nothing was deleted; --yes deletes.\n");
        return false;
    }
    fprintf(line->terminal->err, "Delete? [y/N] ");
    fflush(line->terminal->err);
    return fgets(answer, sizeof answer, stdin) != NULL && (strcmp(answer, "y\n") == 0 || strcmp(answer, "yes\n") == 0);
}

static s2s_status clean(const s2s_line *line, s2s_error_list *errors)
{
    s2s_litter *list;
    size_t      count;
    s2s_error   err;

    if (collect(line, &list, &count, &err) != S2S_OK)
        return s2s_errors_take(errors, &err);
    if (count == 0) {
        if (!line->quiet)
            fprintf(line->terminal->err, "There is nothing to delete.\n");
        return S2S_OK;
    }
    show(list, count, line->terminal->out);
    if (!is_confirmed(line))
        return S2S_OK;
    for (size_t i = 0; i < count; i++)
        if (s2s_litter_remove(&list[i], &err) != S2S_OK)
            return s2s_errors_take(errors, &err);
    return S2S_OK;
}

const s2s_command s2s_command_clean = { .options = clean_options, .least = 0, .most = -1, .run = clean };
