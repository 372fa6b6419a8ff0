/* sample_view.c -- lines, blocks, and what is left out of them. */
#include "experiments/sample_view.h"

#include "experiments/terminal.h"

enum { LABEL = 2, GAP = 2, BLOCKS_MAX = 3 };       /* columns; blocks of words for each example */

static const char ellipsis[] = "...";

static int columns_of(const char *text) { return (int)s2s_text_columns(s2s_text_of(text)); }

static bool has_symbols(const s2s_answers *answers) { return answers->dataset->signature.target.kind != S2S_STREAM_REALS; }

/* "☑ " or "☒ ". */
static void add_box(const s2s_sample_view *view, bool correct, s2s_string *ret)
{
    s2s_string_printf(ret, "%s%s%s ", s2s_colour(view->colour, correct ? S2S_GREEN : S2S_RED), correct ? "\u2611" : "\u2612",
                      s2s_colour(view->colour, S2S_PLAIN));
}

/* The text, or as much of its start as leaves room for "..." in so many columns. */
static void add_cut(s2s_text text, int columns, s2s_string *ret)
{
    size_t length = 0;
    int    used = 0;

    if ((int)s2s_text_columns(text) <= columns) {
        s2s_string_append(ret, text.chars, text.length);
        return;
    }
    for (;;) {
        const s2s_text next = { text.chars + length, s2s_text_utf8_length((s2s_text){ text.chars + length, text.length - length }) };

        used += (int)s2s_text_columns(next);
        if (used + (int)sizeof ellipsis - 1 > columns)
            break;
        length += next.length;
    }
    s2s_string_append(ret, text.chars, length);
    s2s_string_add(ret, ellipsis);
}

/* --- a line each --------------------------------------------------------------------------------------------------------- */

/* The widest input, target and output; false if they do not fit into one line. */
static bool measure(const s2s_sample_view *view, const s2s_answers *answers, int *input, int *target)
{
    int output = 0;

    *input = *target = 0;
    for (int64_t i = 0; i < answers->count; i++) {
        const int widths[] = { columns_of(view->input[i]), columns_of(answers->item[i].target), columns_of(answers->item[i].output) };

        *input = widths[0] > *input ? widths[0] : *input;
        *target = widths[1] > *target ? widths[1] : *target;
        output = widths[2] > output ? widths[2] : output;
    }
    return 3 * LABEL + 2 * GAP + *input + *target + output <= view->columns;
}

static void show_in_lines(const s2s_sample_view *view, const s2s_answers *answers, s2s_string *ret)
{
    const s2s_signature *signature = &answers->dataset->signature;
    int        input, target;
    const bool fits = measure(view, answers, &input, &target);

    for (int64_t i = 0; i < answers->count; i++) {
        const s2s_answer *answer = &answers->item[i];

        s2s_string_printf(ret, "%s ", signature->sample_input);
        if (fits)
            s2s_string_pad(ret, view->input[i], (size_t)(input + GAP), false);
        else
            add_cut(s2s_text_of(view->input[i]), view->columns - LABEL, ret);
        s2s_string_printf(ret, "%s%s ", fits ? "" : "\n", signature->sample_target);
        if (fits)
            s2s_string_pad(ret, answer->target, (size_t)(target + GAP), false);
        else
            add_cut(s2s_text_of(answer->target), view->columns - LABEL, ret);
        s2s_string_add(ret, fits ? "" : "\n");
        if (has_symbols(answers))
            add_box(view, answer->correct, ret);
        else if (!fits)
            s2s_string_printf(ret, "%*s", LABEL, "");
        add_cut(s2s_text_of(answer->output), fits ? columns_of(answer->output) : view->columns - LABEL, ret);
        s2s_string_add(ret, "\n");
    }
}

/* --- words above their symbols ------------------------------------------------------------------------------------------- */

typedef enum row { WORD, WANTED, GIVEN, ROWS } row;

/* One block under way. */
typedef struct block {
    const s2s_sample_view *view;
    const s2s_answers *answers;
    s2s_string row[ROWS];
    int used;                      /* columns, the label apart */
    s2s_string cell[ROWS];         /* of the step at hand */
} block;

static bool is_fault(const s2s_answer *answer, int64_t t) { return answer->wanted[t] >= 0 && answer->given[t] != answer->wanted[t]; }

static void add_symbol(const block *b, int32_t symbol, s2s_string *ret)
{
    b->answers->dataset->ops->show_target(b->answers->dataset, &symbol, NULL, 1, ret);
}

/* The cells of step t; returns the columns that they need. */
static int fill_cells(block *b, int64_t i, int64_t example, int64_t t)
{
    const s2s_answer *answer = &b->answers->item[i];
    const int room = b->view->columns - LABEL;
    int widest = 0;

    for (row r = WORD; r < ROWS; r++)
        s2s_string_clear(&b->cell[r]);
    add_cut(b->answers->dataset->ops->element(b->answers->dataset, b->view->split, example, t), room, &b->cell[WORD]);
    add_symbol(b, answer->wanted[t], &b->cell[WANTED]);
    add_symbol(b, answer->given[t], &b->cell[GIVEN]);
    if (is_fault(answer, t) && !b->view->colour)
        s2s_string_add(&b->cell[GIVEN], "*");
    for (row r = WORD; r < ROWS; r++) {
        const int columns = columns_of(s2s_string_chars(&b->cell[r]));

        widest = columns > widest ? columns : widest;
    }
    return widest;
}

/* Put the cells, `width` columns wide, at the end of the block's rows. */
static void place_cells(block *b, int width, bool fault)
{
    const bool red = fault && b->view->colour;

    for (row r = WORD; r < ROWS; r++) {
        const char *cell = s2s_string_chars(&b->cell[r]);

        if (b->used > 0)
            s2s_string_add(&b->row[r], " ");
        s2s_string_printf(&b->row[r], "%s%s%s%*s", red && r == GIVEN ? S2S_RED : "", cell, red && r == GIVEN ? S2S_PLAIN : "",
                          width - columns_of(cell), "");
    }
    b->used += width + (b->used > 0);
}

/* A row without the spaces at its end. */
static void add_row(const s2s_string *from, s2s_string *ret)
{
    size_t length = from->length;

    while (length > 0 && from->chars[length - 1] == ' ')
        length--;
    s2s_string_append(ret, s2s_string_chars(from), length);
    s2s_string_add(ret, "\n");
}

static void end_block(block *b, bool correct, s2s_string *ret)
{
    const s2s_signature *signature = &b->answers->dataset->signature;

    for (row r = WORD; r < ROWS; r++) {
        if (r == GIVEN)
            add_box(b->view, correct, ret);
        else
            s2s_string_printf(ret, "%s ", r == WORD ? signature->sample_input : signature->sample_target);
        add_row(&b->row[r], ret);
        ret->failed = ret->failed || b->row[r].failed || b->cell[r].failed;
        s2s_string_clear(&b->row[r]);
    }
    b->used = 0;
}

static void add_rest(const s2s_answer *answer, int64_t first, s2s_string *ret)
{
    int64_t faults = 0;

    for (int64_t t = first; t < answer->steps; t++)
        faults += is_fault(answer, t);
    s2s_string_printf(ret, "%*s%s %lld more, %lld of them wrong\n", LABEL, "", ellipsis, (long long)(answer->steps - first), (long long)faults);
}

static void show_in_blocks(block *b, int64_t i, s2s_string *ret)
{
    const s2s_answer *answer = &b->answers->item[i];
    const int64_t     example = b->answers->examples ? b->answers->examples[i] : i;
    int blocks = 0;

    for (int64_t t = 0; t < answer->steps; t++) {
        const int width = fill_cells(b, i, example, t);

        if (b->used > 0 && LABEL + b->used + 1 + width > b->view->columns) {
            end_block(b, answer->correct, ret);
            if (++blocks == BLOCKS_MAX) {
                add_rest(answer, t, ret);
                return;
            }
        }
        place_cells(b, width, is_fault(answer, t));
    }
    end_block(b, answer->correct, ret);
}

void s2s_samples_show(const s2s_sample_view *view, const s2s_answers *answers, s2s_string *ret)
{
    block b = { .view = view, .answers = answers };

    if (!answers->keep_steps) {
        show_in_lines(view, answers, ret);
        return;
    }
    for (int64_t i = 0; i < answers->count; i++)
        show_in_blocks(&b, i, ret);
    for (row r = WORD; r < ROWS; r++) {
        s2s_string_release(&b.row[r]);
        s2s_string_release(&b.cell[r]);
    }
}
