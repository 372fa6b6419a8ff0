/* history.c -- see history.h. */
#include "experiments/history.h"

#include <math.h>
#include <string.h>

#include "base/file.h"
#include "train/metric.h"

static int count_fields(s2s_text line)
{
    s2s_text field;
    int      count = 0;

    while (s2s_text_split(&line, ',', &field))
        count++;
    return count;
}

/* Lines that end in a newline. */
static int64_t count_lines(s2s_text text)
{
    int64_t count = 0;

    for (size_t i = 0; i < text.length; i++)
        count += text.chars[i] == '\n';
    return count;
}

static void read_names(s2s_text line, s2s_arena *arena, const char **name)
{
    s2s_text field;

    for (int i = 0; s2s_text_split(&line, ',', &field); i++)
        name[i] = s2s_arena_strndup(arena, field.chars, field.length);
}

static void read_row(s2s_text line, int columns, double *value)
{
    for (int i = 0; i < columns; i++) {
        s2s_text field;

        if (!s2s_text_split(&line, ',', &field) || !s2s_text_to_real(field, &value[i]))
            value[i] = NAN;
    }
}

s2s_status s2s_history_parse(s2s_text text, s2s_arena *arena, s2s_history *ret, s2s_error *err)
{
    const int64_t lines = count_lines(text);
    s2s_history   history = { 0 };
    s2s_text      line;

    if (lines > 0 && s2s_text_next_line(&text, &line)) {
        history.columns = count_fields(line);
        history.name = S2S_NEW_ARRAY(arena, const char *, history.columns);
        history.value = S2S_NEW_ARRAY(arena, double, (lines - 1) * history.columns);
        if (!s2s_arena_failed(arena))
            read_names(line, arena, history.name);
    }
    if (s2s_arena_failed(arena))
        return s2s_fail(err, S2S_MEMORY, "out of memory");
    for (; history.rows < lines - 1 && s2s_text_next_line(&text, &line); history.rows++)
        read_row(line, history.columns, history.value + history.rows * history.columns);
    *ret = history;
    return S2S_OK;
}

/* From 1, or from 0 where the first row judges the weights as they came: whoever draws counts on it. */
static s2s_status check_epochs(const s2s_history *history, const char *path, s2s_error *err)
{
    const int column = s2s_history_find(history, "epoch");

    if (history->rows > 0 && column < 0)
        return s2s_fail_at(err, S2S_DATA, (s2s_position){ .file = path, .line = 1 }, "there is no column 'epoch'");
    for (int64_t row = 0; row < history->rows; row++) {
        const double epoch = s2s_history_at(history, row, column);

        if (row == 0 ? epoch != 0 && epoch != 1 : epoch != s2s_history_at(history, row - 1, column) + 1)
            return s2s_fail_at(err, S2S_DATA, (s2s_position){ .file = path, .line = (int)row + 2 }, "epochs do not rise by one");
    }
    return S2S_OK;
}

s2s_status s2s_history_read(const char *path, s2s_arena *arena, s2s_history *ret, s2s_error *err)
{
    s2s_history history;
    s2s_text    text;

    S2S_TRY(s2s_file_read(path, arena, &text, err));
    S2S_TRY(s2s_history_parse(text, arena, &history, err));
    S2S_TRY(check_epochs(&history, path, err));
    *ret = history;
    return S2S_OK;
}

int s2s_history_find(const s2s_history *history, const char *name)
{
    for (int i = 0; i < history->columns; i++)
        if (strcmp(history->name[i], name) == 0)
            return i;
    return -1;
}

double s2s_history_at(const s2s_history *history, int64_t row, int column)
{
    return column < 0 ? NAN : history->value[row * history->columns + column];
}

bool s2s_figure_rises(const char *name)
{
    const s2s_metric_ops *metric = s2s_metric_find(strncmp(name, "val_", 4) == 0 ? name + 4 : name);

    return metric != NULL && metric->larger_is_better;
}

int64_t s2s_history_best(const s2s_history *history, int column)
{
    const bool rises = column >= 0 && s2s_figure_rises(history->name[column]);
    int64_t    best = -1;

    for (int64_t row = 0; row < history->rows; row++) {
        const double value = s2s_history_at(history, row, column), old = best < 0 ? NAN : s2s_history_at(history, best, column);

        if (!isnan(value) && (best < 0 || (rises ? value > old : value < old)))
            best = row;
    }
    return best;
}
