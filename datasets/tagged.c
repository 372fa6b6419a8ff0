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

/* ---- where word and tag lie ---- */

typedef struct pair { s2s_text word, tag; } pair;      /* without chars: there is none */

/* The next run of bytes between separators off *rest; with spaces, several in a row are one. */
static bool take_column(s2s_text *rest, char separator, s2s_text *column)
{
    do {
        if (!s2s_text_split(rest, separator, column))
            return false;
    } while (separator == ' ' && column->length == 0 && rest->chars != NULL);
    return true;
}

/* A line without tabs has its columns between spaces. */
static char separator_of(s2s_text line) { return memchr(line.chars, '\t', line.length) != NULL ? '\t' : ' '; }

/* The word and the tag of a line; returns how many columns there are. */
static int64_t cut_columns(const options *o, s2s_text line, pair *ret)
{
    const char separator = separator_of(line);
    s2s_text rest = separator == ' ' ? s2s_text_trim(line) : line, column;
    int64_t count = 0;

    *ret = (pair){ 0 };
    while (take_column(&rest, separator, &column)) {
        count++;
        if (count == o->word_column)
            ret->word = column;
        if (count == o->tag_column)
            ret->tag = column;
    }
    return count;
}

/* Cut at the last separator that has something before it; a token without one is a word without a tag. */
static pair cut_token(const options *o, s2s_text token)
{
    const size_t width = strlen(o->separator);

    for (size_t at = token.length + 1; width <= token.length && at-- > 1;)
        if (at + width <= token.length && memcmp(token.chars + at, o->separator, width) == 0)
            return (pair){ { token.chars, at }, { token.chars + at + width, token.length - at - width } };
    return (pair){ .word = token };
}

/* The next token of a line of word_TAG, off *rest. */
static bool take_token(s2s_text *rest, s2s_text *token)
{
    size_t from = 0, end;

    while (from < rest->length && (rest->chars[from] == ' ' || rest->chars[from] == '\t'))
        from++;
    for (end = from; end < rest->length && rest->chars[end] != ' ' && rest->chars[end] != '\t'; end++)
        ;
    *token = (s2s_text){ rest->chars + from, end - from };
    *rest = (s2s_text){ rest->chars + end, rest->length - end };
    return token->length > 0;
}

/* ---- reading ---- */

typedef struct reader {
    const options *options;
    s2s_lines lines;
    s2s_corpus *corpus;
    bool refuse_untagged;
} reader;

static int column_of(s2s_text line, s2s_text word)
{
    return (int)s2s_text_codepoints((s2s_text){ line.chars, (size_t)(word.chars - line.chars) }) + 1;
}

/* One word. A tag of no length is none. */
static s2s_status add_word(reader *r, s2s_text line, pair p, s2s_error *err)
{
    const int shown = (int)(p.word.length < 60 ? p.word.length : 60);

    if (p.word.length == 0)
        return s2s_lines_fail(&r->lines, column_of(line, p.word), err, "the word is empty");
    if (p.tag.length == 0 && r->refuse_untagged)
        return s2s_lines_fail(&r->lines, column_of(line, p.word), err, "'%.*s' has no tag (`untagged: keep` lets such words be input only)",
                              shown, p.word.chars);
    return s2s_corpus_add(r->corpus, p.word, p.tag.length == 0 ? (s2s_text){ 0 } : p.tag, err);
}

static s2s_status read_columns(reader *r, s2s_text line, s2s_error *err)
{
    int64_t count;
    pair p;

    if (s2s_text_trim(line).length == 0)
        return s2s_corpus_end_sentence(r->corpus, err);
    count = cut_columns(r->options, line, &p);
    if (count < r->options->word_column)
        return s2s_lines_fail(&r->lines, 1, err, "expected the word in column %lld, got %lld columns", (long long)r->options->word_column, (long long)count);
    return add_word(r, line, p, err);
}

static s2s_status read_pairs(reader *r, s2s_text line, s2s_error *err)
{
    s2s_text rest = line, token;

    while (take_token(&rest, &token))
        S2S_TRY(add_word(r, line, cut_token(r->options, token), err));
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

/* ---- writing ---- */

/* Up to the place of a tag, the new tag, and on behind the old one. */
static void put_tag(s2s_string *ret, const char **from, s2s_text old, s2s_text tag)
{
    s2s_string_append(ret, *from, (size_t)(old.chars - *from));
    s2s_string_append(ret, tag.chars, tag.length);
    *from = old.chars + old.length;
}

/* A line that ends before its tag's column gets what is missing. */
static void put_in_columns(const options *o, s2s_text line, s2s_text tag, const char **from, s2s_string *ret)
{
    const char separator = separator_of(line);
    const s2s_text whole = separator == ' ' ? s2s_text_trim(line) : line;
    pair p;
    int64_t count = cut_columns(o, line, &p);
    const char between = count > 1 ? separator : '\t';

    if (p.tag.chars != NULL) {
        put_tag(ret, from, p.tag, tag);
        return;
    }
    put_tag(ret, from, (s2s_text){ whole.chars + whole.length, 0 }, (s2s_text){ 0 });
    for (; count < o->tag_column; count++) {
        s2s_string_append(ret, &between, 1);
        s2s_string_append(ret, count + 1 < o->tag_column ? "_" : tag.chars, count + 1 < o->tag_column ? 1 : tag.length);
    }
}

static void put_in_pair(const options *o, s2s_text token, s2s_text tag, const char **from, s2s_string *ret)
{
    const pair p = cut_token(o, token);

    if (p.tag.chars != NULL) {
        put_tag(ret, from, p.tag, tag);
        return;
    }
    put_tag(ret, from, (s2s_text){ token.chars + token.length, 0 }, s2s_text_of(o->separator));
    s2s_string_append(ret, tag.chars, tag.length);
}

/* The same bytes; only the tags are others. */
static void annotate(const s2s_dataset *dataset, s2s_text bytes, const int32_t *symbols, s2s_string *ret)
{
    const options *o = dataset->self->options;
    const s2s_vocabulary *tags = s2s_vocabulary_named(&dataset->vocabularies, "target");
    s2s_text rest = s2s_lines_of(bytes, NULL).rest, line, token;
    const char *from = bytes.chars;

    while (s2s_text_next_line(&rest, &line)) {
        if (o->format == FORMAT_COLUMNS && s2s_text_trim(line).length > 0)
            put_in_columns(o, line, s2s_vocabulary_symbol(tags, *symbols++), &from, ret);
        while (o->format == FORMAT_PAIRS && take_token(&line, &token))
            put_in_pair(o, token, s2s_vocabulary_symbol(tags, *symbols++), &from, ret);
    }
    s2s_string_append(ret, from, (size_t)(bytes.chars + bytes.length - from));
}

/* ---- the data set ---- */

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
    .parse = s2s_tagging_parse, .annotate = annotate, .format = "tagged",
};
