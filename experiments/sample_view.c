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

static s2s_text text_of(const s2s_string *string) { return (s2s_text){ s2s_string_chars(string), string->length }; }

/* What data or model say, in place of what is in `ret`, and nothing that a terminal would obey. */
static void set_printable(s2s_text text, s2s_string *ret)
{
    ret->length = 0;
    s2s_string_append(ret, text.chars, text.length);
    s2s_text_make_printable(ret->chars, ret->length, "");
}

/* --- a line each --------------------------------------------------------------------------------------------------------- */

typedef enum row { WORD, WANTED, GIVEN, ROWS } row;        /* of a block; and an example's input, target and output */

static void read_texts(const s2s_sample_view *view, const s2s_answers *answers, int64_t i, s2s_string text[ROWS])
{
    const char *const given[ROWS] = { view->input[i], answers->item[i].target, answers->item[i].output };

    for (row r = WORD; r < ROWS; r++)
        set_printable(s2s_text_of(given[r]), &text[r]);
}

/* The widest input, target and output; false if they do not fit into one line. */
static bool measure(const s2s_sample_view *view, const s2s_answers *answers, s2s_string text[ROWS], int widest[ROWS])
{
    for (int64_t i = 0; i < answers->count; i++) {
        read_texts(view, answers, i, text);
        for (row r = WORD; r < ROWS; r++) {
            const int columns = columns_of(s2s_string_chars(&text[r]));

            widest[r] = columns > widest[r] ? columns : widest[r];
        }
    }
    return 3 * LABEL + 2 * GAP + widest[WORD] + widest[WANTED] + widest[GIVEN] <= view->columns;
}

static void show_in_lines(const s2s_sample_view *view, const s2s_answers *answers, s2s_string *ret)
{
    const s2s_signature *signature = &answers->dataset->signature;
    s2s_string text[ROWS] = { 0 };
    int        widest[ROWS] = { 0 };
    const bool fits = measure(view, answers, text, widest);

    for (int64_t i = 0; i < answers->count; i++) {
        read_texts(view, answers, i, text);
        for (row r = WORD; r < GIVEN; r++) {
            s2s_string_printf(ret, "%s ", r == WORD ? signature->sample_input : signature->sample_target);
            if (fits)
                s2s_string_pad(ret, s2s_string_chars(&text[r]), (size_t)(widest[r] + GAP), false);
            else
                add_cut(text_of(&text[r]), view->columns - LABEL, ret);
            s2s_string_add(ret, fits ? "" : "\n");
        }
        if (has_symbols(answers))
            add_box(view, answers->item[i].correct, ret);
        else if (!fits)
            s2s_string_printf(ret, "%*s", LABEL, "");
        add_cut(text_of(&text[GIVEN]), fits ? widest[GIVEN] : view->columns - LABEL, ret);
        s2s_string_add(ret, "\n");
    }
    for (row r = WORD; r < ROWS; r++) {
        ret->failed = ret->failed || text[r].failed;
        s2s_string_release(&text[r]);
    }
}

/* --- words above their symbols ------------------------------------------------------------------------------------------- */

/* One block under way. */
typedef struct block {
    const s2s_sample_view *view;
    const s2s_answers *answers;
    s2s_string row[ROWS];
    int used;                      /* columns, the label apart */
    s2s_string cell[ROWS];         /* of the step at hand */
    s2s_string word;               /* that step's, whole */
} block;

static bool is_fault(const s2s_answer *answer, int64_t t) { return answer->wanted[t] >= 0 && answer->given[t] != answer->wanted[t]; }

static void add_symbol(const block *b, int32_t symbol, s2s_string *ret)
{
    b->answers->dataset->ops->show_target(b->answers->dataset, &symbol, NULL, 1, ret);
    s2s_text_make_printable(ret->chars, ret->length, "");
}

/* The cells of step t; returns the columns that they need. */
static int fill_cells(block *b, int64_t i, int64_t example, int64_t t)
{
    const s2s_answer *answer = &b->answers->item[i];
    const int room = b->view->columns - LABEL;
    int widest = 0;

    for (row r = WORD; r < ROWS; r++)
        s2s_string_clear(&b->cell[r]);
    set_printable(b->answers->dataset->ops->element(b->answers->dataset, b->view->split, example, t), &b->word);
    add_cut(text_of(&b->word), room, &b->cell[WORD]);
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
        ret->failed = ret->failed || b->row[r].failed || b->cell[r].failed || b->word.failed;
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
    s2s_string_release(&b.word);
}
