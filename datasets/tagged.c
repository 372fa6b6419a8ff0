/*
 * tagged.c -- tagged words in plain text, in one of two formats:
 *
 *   columns    a word a line, its tag in another column (between tabs, or else spaces), a blank line behind every sentence
 *   word_TAG   a sentence a line, words between spaces, each with its tag behind the last separator
 */
#include "datasets/files.h"
#include "datasets/lines.h"

#include <string.h>

static const char *const formats[] = { "columns", "word_TAG", NULL };
enum { FORMAT_COLUMNS, FORMAT_PAIRS };

static const char *const untagged_choices[] = { "error", "keep", NULL };
enum { UNTAGGED_ERROR, UNTAGGED_KEEP };

enum { COLUMNS_MAX = 64 };

typedef struct {
    s2s_text_list train, validation, test;
    double validation_split;
    int format, untagged;
    int64_t word_column, tag_column;
    const char *separator;
    s2s_group_list streams;
    const char *tokenizer;
} options;

static const s2s_field fields[] = {
    S2S_FILES_FIELDS(options),
    S2S_FIELD_CHOICE(options, format, "columns", formats, "columns: a word a line, a blank line behind a sentence; word_TAG: a sentence a line"),
    S2S_FIELD_INT(options, word_column, "1", 1, COLUMNS_MAX, "column", "format columns: where the word is"),
    S2S_FIELD_INT(options, tag_column, "2", 1, COLUMNS_MAX, "column", "format columns: where its tag is"),
    S2S_FIELD_TEXT(options, separator, "_", "format word_TAG: what stands between word and tag; the last one counts"),
    S2S_FIELD_CHOICE(options, untagged, "error", untagged_choices, "words without a tag in the training files: refuse the file, or keep them as input only"),
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

typedef struct reader {
    const options *options;
    s2s_lines lines;
    s2s_corpus *corpus;
    bool refuse_untagged;
} reader;

/* One word. A tag of no length is none. */
static s2s_status add_word(reader *r, s2s_text line, s2s_text word, s2s_text tag, s2s_error *err)
{
    const int column = (int)s2s_text_codepoints((s2s_text){ line.chars, (size_t)(word.chars - line.chars) }) + 1;
    const int shown = (int)(word.length < 60 ? word.length : 60);

    if (word.length == 0)
        return s2s_lines_fail(&r->lines, column, err, "the word is empty");
    if (tag.length == 0 && r->refuse_untagged)
        return s2s_lines_fail(&r->lines, column, err, "'%.*s' has no tag (`untagged: keep` lets such words be input only)", shown, word.chars);
    return s2s_corpus_add(r->corpus, word, tag.length == 0 ? (s2s_text){ 0 } : tag, err);
}

/* The next run of bytes between separators off *rest; with spaces, several in a row are one. */
static bool take_column(s2s_text *rest, char separator, s2s_text *column)
{
    do {
        if (!s2s_text_split(rest, separator, column))
            return false;
    } while (separator == ' ' && column->length == 0 && rest->chars != NULL);
    return true;
}

static s2s_status read_columns(reader *r, s2s_text line, s2s_error *err)
{
    const char separator = memchr(line.chars, '\t', line.length) != NULL ? '\t' : ' ';
    s2s_text rest = separator == ' ' ? s2s_text_trim(line) : line, column, word = { line.chars, 0 }, tag = { 0 };
    int64_t count = 0;

    if (s2s_text_trim(line).length == 0)
        return s2s_corpus_end_sentence(r->corpus, err);
    while (take_column(&rest, separator, &column)) {
        count++;
        if (count == r->options->word_column)
            word = column;
        if (count == r->options->tag_column)
            tag = column;
    }
    if (count < r->options->word_column)
        return s2s_lines_fail(&r->lines, 1, err, "expected the word in column %lld, got %lld columns", (long long)r->options->word_column, (long long)count);
    return add_word(r, line, word, tag, err);
}

/* Cut at the last separator that has something before it; a token without one is a word without a tag. */
static s2s_status read_pair(reader *r, s2s_text line, s2s_text token, s2s_error *err)
{
    const size_t width = strlen(r->options->separator);

    for (size_t at = token.length + 1; width <= token.length && at-- > 1;) {
        if (at + width > token.length || memcmp(token.chars + at, r->options->separator, width) != 0)
            continue;
        return add_word(r, line, (s2s_text){ token.chars, at }, (s2s_text){ token.chars + at + width, token.length - at - width }, err);
    }
    return add_word(r, line, token, (s2s_text){ 0 }, err);
}

static s2s_status read_pairs(reader *r, s2s_text line, s2s_error *err)
{
    size_t from = 0;

    while (from < line.length) {
        size_t end = from;

        while (end < line.length && line.chars[end] != ' ' && line.chars[end] != '\t')
            end++;
        if (end > from)
            S2S_TRY(read_pair(r, line, (s2s_text){ line.chars + from, end - from }, err));
        from = end + 1;
    }
    return s2s_corpus_end_sentence(r->corpus, err);
}

static s2s_status read_file(const s2s_object *self, s2s_text bytes, const char *name, bool to_learn, s2s_corpus *corpus, s2s_error *err)
{
    const options *o = self->options;
    reader r = { .options = o, .lines = s2s_lines_of(bytes, name), .corpus = corpus, .refuse_untagged = to_learn && o->untagged == UNTAGGED_ERROR };
    const size_t before = corpus->sentences;
    s2s_text line;
    bool more;

    for (;;) {
        S2S_TRY(s2s_lines_next(&r.lines, &line, &more, err));
        if (!more)
            break;
        S2S_TRY(o->format == FORMAT_PAIRS ? read_pairs(&r, line, err) : read_columns(&r, line, err));
    }
    S2S_TRY(s2s_corpus_end_sentence(corpus, err));
    if (corpus->sentences == before)
        return s2s_fail(err, S2S_DATA, "%s: there is no sentence in this file", name);
    return S2S_OK;
}

static s2s_status describe(const s2s_object *self, s2s_arena *arena, s2s_signature *ret, s2s_error *err)
{
    const options *o = self->options;
    const s2s_files_options files = files_of(o);
    const s2s_tagging_options tagging = tagging_of(o);

    if (o->format == FORMAT_PAIRS && o->separator[0] == '\0')
        return s2s_dataset_fail(self, "separator", err, "expected at least one character");
    if (o->format == FORMAT_COLUMNS && o->word_column == o->tag_column)
        return s2s_dataset_fail(self, "tag_column", err, "expected another column than the word's");
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
    "{type: tagged, train: train.tsv, validation: dev.tsv}",
    "{type: tagged, train: news.txt, format: word_TAG, untagged: keep, validation_split: 0.1}",
    NULL
};

const s2s_dataset_ops s2s_dataset_tagged = {
    .entry = { .name = "tagged", .summary = "tagged words in text files: two columns, or word_TAG",
               .fields = fields, .options_size = sizeof(options), .examples = examples },
    .describe = describe, .open = open, .restore = restore, S2S_TAGGING_OPS,
    .parse = s2s_tagging_parse, .format = "tagged",
};
