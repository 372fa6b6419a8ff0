/*
 * conllu.c -- CoNLL-U: one word a line in ten columns between tabs, a blank line behind every sentence.
 *
 *   # text = ...        comments are passed over
 *   2-3 dont ...        a multiword range: its words follow in lines of their own
 *   2   do   do  AUX ...
 *   3.1 ...             an empty node: no word of the text
 *
 * Source   https://universaldependencies.org/format.html
 */
#include "datasets/files.h"
#include "datasets/lines.h"

enum { COLUMNS = 10, FORM = 1, UPOS = 3, XPOS = 4 };

static const char *const column_names[] = { "upos", "xpos", NULL };

typedef struct {
    s2s_text_list train, validation, test;
    double validation_split;
    int column;
    s2s_group_list streams;
    const char *tokenizer;
} options;

static const s2s_field fields[] = {
    S2S_FILES_FIELDS(options),
    S2S_FIELD_CHOICE(options, column, "upos", column_names, "which tags are learned: upos, the universal ones, or xpos, the language's own"),
    S2S_TAGGING_FIELDS(options),
    S2S_FIELD_END
};

static s2s_files_options files_of(const options *o)
{
    return (s2s_files_options){ o->train, o->validation, o->test, o->validation_split };
}

static s2s_tagging_options tagging_of(const options *o)
{
    return (s2s_tagging_options){ o->streams, o->tokenizer };
}

static int tag_column(const options *o) { return o->column == 0 ? UPOS : XPOS; }

/* ---- lines ---- */

typedef enum id_kind { ID_WORD, ID_RANGE, ID_EMPTY, ID_WRONG } id_kind;

static bool take_number(s2s_text *rest, int64_t *number)
{
    size_t digits = 0;

    *number = 0;
    while (digits < rest->length && digits < 9 && rest->chars[digits] >= '0' && rest->chars[digits] <= '9')
        *number = 10 * *number + (rest->chars[digits++] - '0');
    *rest = (s2s_text){ rest->chars + digits, rest->length - digits };
    return digits > 0;
}

/* "7", "7-8" or "7.1". */
static id_kind read_id(s2s_text id, int64_t *first, int64_t *last)
{
    char between;

    if (!take_number(&id, first))
        return ID_WRONG;
    *last = *first;
    if (id.length == 0)
        return ID_WORD;
    between = id.chars[0];
    id = (s2s_text){ id.chars + 1, id.length - 1 };
    if ((between != '-' && between != '.') || !take_number(&id, last) || id.length > 0)
        return ID_WRONG;
    return between == '-' ? ID_RANGE : ID_EMPTY;
}

/* The columns of a line; returns how many there are, which may be more than COLUMNS. */
static int split_columns(s2s_text line, s2s_text column[COLUMNS])
{
    s2s_text rest = line, field;
    int count = 0;

    while (s2s_text_split(&rest, '\t', &field)) {
        if (count < COLUMNS)
            column[count] = field;
        count++;
    }
    return count;
}

static bool is_comment(s2s_text line) { return line.length > 0 && line.chars[0] == '#'; }
static bool is_blank(s2s_text line) { return s2s_text_trim(line).length == 0; }

/* ---- reading ---- */

typedef struct reader {
    s2s_lines lines;
    s2s_corpus *corpus;
    int tag_column;
    bool begun;                    /* a line of the sentence under way was read */
    int64_t next;                  /* the id that the next word must have */
    int64_t range_end;             /* of the last range; 0: none */
} reader;

static s2s_status read_word(reader *r, const s2s_text column[COLUMNS], int64_t id, s2s_error *err)
{
    const s2s_text tag = column[r->tag_column];

    if (id != r->next)
        return s2s_lines_fail(&r->lines, 1, err, "expected the word with id %lld, got %lld", (long long)r->next, (long long)id);
    if (column[FORM].length == 0)
        return s2s_lines_fail(&r->lines, (int)column[0].length + 2, err, "the form is empty (a word that is missing is written _)");
    if (tag.length == 0)
        return s2s_lines_fail(&r->lines, 1, err, "the %s is empty (one that is missing is written _)", column_names[r->tag_column == XPOS]);
    r->next++;
    return s2s_corpus_add(r->corpus, column[FORM], s2s_text_is(tag, "_") ? (s2s_text){ 0 } : tag, err);
}

static s2s_status read_line(reader *r, s2s_text line, s2s_error *err)
{
    s2s_text column[COLUMNS];
    const int count = split_columns(line, column);
    int64_t first, last;
    id_kind kind;

    if (count != COLUMNS)
        return s2s_lines_fail(&r->lines, 1, err, "expected 10 columns between tabs, got %d", count);
    kind = read_id(column[0], &first, &last);
    r->begun = true;
    switch (kind) {
    case ID_WORD:
        return read_word(r, column, first, err);
    case ID_RANGE:
        if (first != r->next || last < first || first <= r->range_end)
            return s2s_lines_fail(&r->lines, 1, err, "the range %lld-%lld does not begin at the next word, %lld, or overlaps another",
                                  (long long)first, (long long)last, (long long)r->next);
        r->range_end = last;
        return S2S_OK;
    case ID_EMPTY:
        if (first != r->next - 1)
            return s2s_lines_fail(&r->lines, 1, err, "the empty node %lld.%lld does not stand behind word %lld", (long long)first, (long long)last,
                                  (long long)first);
        return S2S_OK;
    default:
        return s2s_lines_fail(&r->lines, 1, err, "expected an id such as 7, 7-8 or 7.1, got '%.*s'",
                              (int)(column[0].length < 40 ? column[0].length : 40), column[0].chars);
    }
}

static s2s_status end_sentence(reader *r, s2s_error *err)
{
    if (r->begun && s2s_corpus_pending(r->corpus) == 0)
        return s2s_lines_fail(&r->lines, 1, err, "the sentence that ends here has no word");
    if (r->range_end >= r->next)
        return s2s_lines_fail(&r->lines, 1, err, "the sentence ends before its last range, which goes to word %lld", (long long)r->range_end);
    r->begun = false;
    r->next = 1;
    r->range_end = 0;
    return s2s_corpus_end_sentence(r->corpus, err);
}

static s2s_status read_file(const s2s_object *self, s2s_text bytes, const char *name, bool to_learn, s2s_corpus *corpus, s2s_error *err)
{
    reader r = { .lines = s2s_lines_of(bytes, name), .corpus = corpus, .tag_column = tag_column(self->options), .next = 1 };
    const size_t before = corpus->sentences;
    s2s_text line;
    bool more;

    (void)to_learn;                /* a missing tag is written down: _ */
    for (;;) {
        S2S_TRY(s2s_lines_next(&r.lines, &line, &more, err));
        if (!more)
            break;
        if (is_blank(line))
            S2S_TRY(end_sentence(&r, err));
        else if (!is_comment(line))
            S2S_TRY(read_line(&r, line, err));
    }
    S2S_TRY(end_sentence(&r, err));
    if (corpus->sentences == before)
        return s2s_fail(err, S2S_DATA, "%s: there is no sentence in this file", name);
    return S2S_OK;
}

/* ---- writing ---- */

/* The same bytes; only the tag column of words is another. */
static void annotate(const s2s_dataset *dataset, s2s_text bytes, const int32_t *symbols, s2s_string *ret)
{
    const s2s_vocabulary *tags = s2s_vocabulary_named(&dataset->vocabularies, "target");
    const int at = tag_column(dataset->self->options);
    s2s_text rest = s2s_lines_of(bytes, NULL).rest, line;

    for (const char *from = bytes.chars; s2s_text_next_line(&rest, &line); from = rest.chars) {
        s2s_text column[COLUMNS], tag;
        int64_t first, last;

        if (!is_comment(line) && split_columns(line, column) == COLUMNS && read_id(column[0], &first, &last) == ID_WORD) {
            tag = s2s_vocabulary_symbol(tags, *symbols++);
            s2s_string_append(ret, from, (size_t)(column[at].chars - from));
            s2s_string_append(ret, tag.chars, tag.length);
            from = column[at].chars + column[at].length;
        }
        s2s_string_append(ret, from, (size_t)(rest.chars - from));
    }
}

/* ---- the data set ---- */

static s2s_status describe(const s2s_object *self, s2s_arena *arena, s2s_signature *ret, s2s_error *err)
{
    const s2s_files_options files = files_of(self->options);
    const s2s_tagging_options tagging = tagging_of(self->options);

    S2S_TRY(s2s_files_check(self, &files, err));
    return s2s_tagging_describe(self, &tagging, arena, ret, err);
}

static s2s_status open(const s2s_object *self, uint64_t seed, s2s_arena *arena, s2s_dataset *ret, s2s_error *err)
{
    const s2s_files_options files = files_of(self->options);
    const s2s_tagging_options tagging = tagging_of(self->options);

    S2S_TRY(describe(self, arena, &ret->signature, err));
    return s2s_files_open(ret, &files, &tagging, seed, read_file, err);
}

static s2s_status restore(const s2s_object *self, const s2s_vocabulary_list *saved, s2s_arena *arena, s2s_dataset *ret, s2s_error *err)
{
    const s2s_tagging_options tagging = tagging_of(self->options);

    (void)arena;
    return s2s_tagging_restore(ret, &tagging, read_file, saved, err);
}

static const char *const examples[] = {
    "{type: conllu, train: train.conllu, validation: dev.conllu, test: test.conllu}",
    "{type: conllu, train: [a.conllu, b.conllu], validation_split: 0.1, column: xpos, "
        "streams: {word: {lowercase: true, min_count: 2}, suffix3: {suffix: 3}, chars: {tokens: characters}}}",
    NULL
};

const s2s_dataset_ops s2s_dataset_conllu = {
    .entry = { .name = "conllu", .summary = "tagged sentences in CoNLL-U files, the format of Universal Dependencies",
               .fields = fields, .options_size = sizeof(options), .examples = examples },
    .describe = describe, .open = open, .restore = restore, S2S_TAGGING_OPS,
    .parse = s2s_tagging_parse, .annotate = annotate, .format = "conllu",
};
