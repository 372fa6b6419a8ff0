/* lexicon.c -- stems, inflections and frequencies. Frequencies follow Zipf's law: the r-th stem has weight 1 / (r + 3). */
#include "datasets/lexicon.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

const char *const s2s_category_tag[S2S_CATEGORY_COUNT] = {
#define S2S_CATEGORY(name, tag, words) tag,
    S2S_CATEGORIES
#undef S2S_CATEGORY
};

static const char *const closed_words[S2S_CATEGORY_COUNT] = {
#define S2S_CATEGORY(name, tag, words) words,
    S2S_CATEGORIES
#undef S2S_CATEGORY
};

/* ---- what kinds of stems there are ---- */

enum { AS_NOUN = 1, AS_VERB = 2, AS_ADJ = 4, AS_ADV = 8, AS_NAME = 16 };

/* Stems of a kind come from its words first, then are made up. All words inflect regularly. */
static const struct stem_kind {
    unsigned uses;
    double share;                  /* among the unambiguous or among the ambiguous ones */
    const char *words;
} kinds[] = {
    { AS_NOUN, 0.46, "dog girl teacher river garden window letter farmer village tower doctor bridge forest market kitchen engine mirror bottle "
                     "sister river cousin island carpet pencil uncle lawyer wizard teapot hill valley" },
    { AS_VERB, 0.27, "enter follow remember discover carry belong listen arrive describe protect invite destroy borrow appear happen "
                     "receive improve admire deliver collect" },
    { AS_ADJ, 0.13, "tall strange happy heavy quiet tiny honest proud sudden ancient famous gentle hungry wooden lazy" },
    { AS_ADV, 0.06, "often soon always here there again perhaps seldom sometimes indeed" },
    { AS_NAME, 0.08, "Anna Robert Maria Peter Clara Oscar Nora Felix Ines Victor" },
    { AS_NOUN | AS_VERB, 0.5, "watch walk paint plant guard point order answer question call look dance help record visit hammer water work "
                              "talk turn cook race mark paper rest show matter smile bank" },
    { AS_NOUN | AS_ADJ, 0.25, "green light cold human black round giant sweet secret novel elder junior metal iron rebel" },
    { AS_ADJ | AS_VERB, 0.15, "open clean warm cool empty narrow dirty calm busy humble" },
    { AS_ADJ | AS_ADV, 0.1, "fast late early hard high deep near straight daily" },
};
enum { KINDS = sizeof kinds / sizeof *kinds, FIRST_AMBIGUOUS = 5 };

/* ---- endings of new words ---- */

enum { PLAIN, CAPITAL, NESS, MENT, S, ED, ING, OUS, ABLE, LY, ENDINGS };

static const char *const ending_text[ENDINGS] = { "", "", "ness", "ment", "s", "ed", "ing", "ous", "able", "ly" };

static const double ending_probability[S2S_CATEGORY_COUNT][ENDINGS] = {
    [S2S_NOUN_S] = { [PLAIN] = 0.5, [NESS] = 0.25, [MENT] = 0.25 },
    [S2S_NOUN_P] = { [S] = 1 },
    [S2S_NAME] = { [CAPITAL] = 1 },
    [S2S_ADJ] = { [PLAIN] = 0.3, [OUS] = 0.35, [ABLE] = 0.35 },
    [S2S_ADV] = { [PLAIN] = 0.1, [LY] = 0.9 },
    [S2S_VERB_S] = { [S] = 1 },
    [S2S_VERB_P] = { [PLAIN] = 1 },
    [S2S_VERB_PAST] = { [ED] = 1 },
    [S2S_VERB_ING] = { [ING] = 1 },
};

/* ---- the lexicon ---- */

enum { WORD_MAX = 64 };
static const double participle_share = 0.15, adverb_share = 0.3;       /* weight of painted, and of happily, beside paint and happy */

typedef struct entry { int32_t form; double weight; } entry;

typedef struct list {              /* what a category emits from the lexicon; a form may stand several times */
    size_t count, capacity;
    entry *item;
    double *upto;                  /* upto[i]: probability of items 0 .. i */
    double *of_form;               /* by form: its probability */
} list;

struct s2s_lexicon {
    s2s_arena *arena;
    s2s_vocabulary *forms;         /* in small letters, but for names */
    double unknown_rate;
    list list[S2S_CATEGORY_COUNT];
};

static bool is_open(s2s_category category) { return closed_words[category] == NULL; }

static s2s_status out_of_memory(s2s_error *err)
{
    return s2s_fail(err, S2S_MEMORY, "out of memory for the lexicon");
}

static s2s_status add_form(s2s_lexicon *l, s2s_category category, const char *word, double weight, s2s_error *err)
{
    const int32_t form = s2s_vocabulary_add(l->forms, s2s_text_of(word));
    list *to = &l->list[category];
    entry *place = s2s_arena_grow(l->arena, &to->item, &to->count, &to->capacity, sizeof *place);

    if (form < 0 || place == NULL)
        return out_of_memory(err);
    *place = (entry){ form, weight };
    return S2S_OK;
}

/* ---- inflection: stem and suffix by the rules of regular spelling ---- */

static bool ends_with(const char *word, const char *ending)
{
    const size_t n = strlen(word), m = strlen(ending);

    return n >= m && strcmp(word + n - m, ending) == 0;
}

/* happy -> happi- before an ending. */
static bool ends_in_consonant_y(const char *word)
{
    const size_t n = strlen(word);

    return n >= 2 && word[n - 1] == 'y' && strchr("aeiou", word[n - 2]) == NULL;
}

/* The stem without its last `cut` letters, and `ending`. */
static const char *join(const char *stem, size_t cut, const char *ending, char word[WORD_MAX])
{
    snprintf(word, WORD_MAX, "%.*s%s", (int)(strlen(stem) - cut), stem, ending);
    return word;
}

static const char *with_s(const char *stem, char word[WORD_MAX])
{
    static const char *const hissing[] = { "s", "x", "z", "ch", "sh" };

    for (size_t i = 0; i < sizeof hissing / sizeof *hissing; i++) {
        if (ends_with(stem, hissing[i]))
            return join(stem, 0, "es", word);
    }
    return ends_in_consonant_y(stem) ? join(stem, 1, "ies", word) : join(stem, 0, "s", word);
}

static const char *with_ed(const char *stem, char word[WORD_MAX])
{
    if (ends_in_consonant_y(stem))
        return join(stem, 1, "ied", word);
    return join(stem, ends_with(stem, "e"), "ed", word);
}

static const char *with_ing(const char *stem, char word[WORD_MAX])
{
    return join(stem, ends_with(stem, "e") && !ends_with(stem, "ee"), "ing", word);
}

static const char *with_ly(const char *stem, char word[WORD_MAX])
{
    if (ends_in_consonant_y(stem))
        return join(stem, 1, "ily", word);
    return ends_with(stem, "le") ? join(stem, 1, "y", word) : join(stem, 0, "ly", word);
}

/* ---- stems ---- */

static double uniform(const s2s_stream *stream, uint64_t k)
{
    return (double)s2s_random_below(stream, k, 1 << 30) / (1 << 30);
}

/* Syllables of a consonant or two and a vowel, from numbers k, k+1, ... of the stream. */
static void add_syllables(const s2s_stream *stream, uint64_t k, int count, char word[WORD_MAX])
{
    static const char *const onsets[] = { "b", "br", "c", "d", "dr", "f", "fl", "g", "gr", "h", "k", "l", "m", "n", "p", "pl", "r", "s", "st", "t", "tr", "v" };
    static const char *const vowels[] = { "a", "e", "i", "o", "u", "ai", "ea" };

    for (int i = 0; i < count; i++) {
        strcat(word, onsets[s2s_random_below(stream, k++, sizeof onsets / sizeof *onsets)]);
        strcat(word, vowels[s2s_random_below(stream, k++, sizeof vowels / sizeof *vowels)]);
    }
}

/* A stem for the lexicon ends in one of these ... */
static void make_up_stem(const s2s_stream *stream, uint64_t k, char word[WORD_MAX])
{
    static const char *const ends[] = { "n", "r", "l", "t", "d", "nd", "rt" };

    word[0] = '\0';
    add_syllables(stream, k, 2, word);
    strcat(word, ends[s2s_random_below(stream, k + 4, sizeof ends / sizeof *ends)]);
}

/* ... and one of a new word in one of those, so that none is the other. */
static void make_new_stem(const s2s_stream *stream, uint64_t k, char word[WORD_MAX])
{
    static const char *const ends[] = { "oub", "oug", "ouk", "oum", "oup" };

    word[0] = '\0';
    add_syllables(stream, k, 2, word);
    strcat(word, ends[s2s_random_below(stream, k + 4, sizeof ends / sizeof *ends)]);
}

static void capitalise(char *word)
{
    if (word[0] >= 'a' && word[0] <= 'z')
        word[0] = (char)(word[0] - 'a' + 'A');
}

/* The next word of a list between spaces; false at its end. */
static bool next_word(const char **list_of_words, char word[WORD_MAX])
{
    const size_t length = strcspn(*list_of_words, " ");

    if (length == 0)
        return false;
    assert(length < WORD_MAX);
    memcpy(word, *list_of_words, length);
    word[length] = '\0';
    *list_of_words += length + ((*list_of_words)[length] == ' ');
    return true;
}

static s2s_status add_verb(s2s_lexicon *l, const char *stem, double weight, s2s_error *err)
{
    char word[WORD_MAX];

    S2S_TRY(add_form(l, S2S_VERB_P, stem, weight, err));
    S2S_TRY(add_form(l, S2S_VERB_S, with_s(stem, word), weight, err));
    S2S_TRY(add_form(l, S2S_VERB_ING, with_ing(stem, word), weight, err));
    S2S_TRY(add_form(l, S2S_VERB_PAST, with_ed(stem, word), weight, err));
    return add_form(l, S2S_ADJ, word, participle_share * weight, err);
}

/* All forms of a stem. Its second use, if it has one, is rarer or more frequent by chance (`turn`, 0 to 1). */
static s2s_status add_stem(s2s_lexicon *l, unsigned uses, const char *stem, double weight, double turn, s2s_error *err)
{
    const bool two = (uses & (uses - 1)) != 0;
    const double first = two ? weight * turn : weight, second = weight * (1 - turn);
    char word[WORD_MAX];

    if (uses & AS_NOUN) {
        S2S_TRY(add_form(l, S2S_NOUN_S, stem, first, err));
        S2S_TRY(add_form(l, S2S_NOUN_P, with_s(stem, word), first, err));
    }
    if (uses & AS_VERB)
        S2S_TRY(add_verb(l, stem, two ? second : first, err));
    if (uses & AS_ADJ)
        S2S_TRY(add_form(l, S2S_ADJ, stem, uses & AS_NOUN ? second : first, err));
    if ((uses & AS_ADJ) && !(uses & AS_ADV))
        S2S_TRY(add_form(l, S2S_ADV, with_ly(stem, word), adverb_share * weight, err));
    if (uses & AS_ADV)
        S2S_TRY(add_form(l, S2S_ADV, stem, two ? second : first, err));
    if (uses & AS_NAME)
        S2S_TRY(add_form(l, S2S_NAME, stem, weight, err));
    return S2S_OK;
}

/* Which kind, by its share among the ambiguous or among the unambiguous ones. */
static size_t choose_kind(bool ambiguous, double x)
{
    const size_t first = ambiguous ? FIRST_AMBIGUOUS : 0, end = ambiguous ? KINDS : FIRST_AMBIGUOUS;
    size_t kind = first;

    while (kind + 1 < end && x >= kinds[kind].share)
        x -= kinds[kind++].share;
    return kind;
}

static s2s_status add_open_words(s2s_lexicon *l, const s2s_lexicon_options *o, uint64_t seed, s2s_error *err)
{
    enum { NUMBERS = 16 };         /* random numbers for each stem */
    const s2s_stream stream = s2s_stream_make(seed, S2S_RANDOM_DATASET, 1, 0, 0);
    const char *left[KINDS];
    char word[WORD_MAX];

    for (size_t kind = 0; kind < KINDS; kind++)
        left[kind] = kinds[kind].words;
    for (int64_t r = 0; r < o->vocabulary; r++) {
        const uint64_t k = NUMBERS * (uint64_t)r;
        /* The first stems are one of each unambiguous kind, so that no category is empty. */
        const size_t kind = r < FIRST_AMBIGUOUS ? (size_t)r : choose_kind(uniform(&stream, k) < o->ambiguity, uniform(&stream, k + 1));

        if (!next_word(&left[kind], word))
            make_up_stem(&stream, k + 3, word);
        if (kinds[kind].uses & AS_NAME)
            capitalise(word);
        S2S_TRY(add_stem(l, kinds[kind].uses, word, 1 / (double)(r + 3), uniform(&stream, k + 2), err));
    }
    return S2S_OK;
}

/* ---- from weights to probabilities ---- */

static s2s_status finish_list(s2s_lexicon *l, s2s_category category, s2s_error *err)
{
    list *of = &l->list[category];
    const double known = is_open(category) ? 1 - l->unknown_rate : 1;
    double total = 0, upto = 0;

    of->upto = S2S_NEW_ARRAY(l->arena, double, of->count);
    of->of_form = S2S_NEW_ARRAY(l->arena, double, s2s_vocabulary_size(l->forms));
    if (of->upto == NULL || of->of_form == NULL)
        return out_of_memory(err);
    for (size_t i = 0; i < of->count; i++)
        total += of->item[i].weight;
    for (size_t i = 0; i < of->count; i++) {
        const double p = of->item[i].weight / total;

        of->upto[i] = upto += p;
        of->of_form[of->item[i].form] += known * p;
    }
    return S2S_OK;
}

s2s_status s2s_lexicon_create(const s2s_lexicon_options *o, uint64_t seed, s2s_arena *arena, s2s_lexicon **ret, s2s_error *err)
{
    s2s_lexicon *l = S2S_NEW(arena, s2s_lexicon);
    char word[WORD_MAX];

    assert(o->vocabulary >= FIRST_AMBIGUOUS);
    if (l == NULL)
        return out_of_memory(err);
    l->arena = arena;
    l->unknown_rate = o->unknown_rate;
    S2S_TRY(s2s_vocabulary_create(arena, &l->forms, err));
    for (int c = 0; c < S2S_CATEGORY_COUNT; c++) {
        const char *words = is_open((s2s_category)c) ? "" : closed_words[c];
        while (next_word(&words, word))
            S2S_TRY(add_form(l, (s2s_category)c, word, 1, err));
    }
    S2S_TRY(add_open_words(l, o, seed, err));
    for (int c = 0; c < S2S_CATEGORY_COUNT; c++)
        S2S_TRY(finish_list(l, (s2s_category)c, err));
    *ret = l;
    return S2S_OK;
}

/* ---- words out ---- */

static s2s_word_id emit_new(const s2s_lexicon *l, s2s_category category, const s2s_stream *stream, uint64_t k, char word[WORD_MAX])
{
    double x = uniform(stream, k);
    int ending = 0;

    while (ending + 1 < ENDINGS && x >= ending_probability[category][ending])
        x -= ending_probability[category][ending++];
    make_new_stem(stream, k + 1, word);
    strcat(word, ending_text[ending]);
    if (ending == CAPITAL)
        capitalise(word);
    return (s2s_word_id)s2s_vocabulary_size(l->forms) + ending;
}

/* The first item whose upto is greater than x. */
static size_t search(const list *of, double x)
{
    size_t low = 0, high = of->count - 1;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (of->upto[middle] > x)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

s2s_word_id s2s_lexicon_emit(const s2s_lexicon *l, s2s_category category, bool first, const s2s_stream *stream, uint64_t k, s2s_string *ret)
{
    char word[WORD_MAX];
    s2s_word_id id;

    if (is_open(category) && uniform(stream, k) < l->unknown_rate) {
        id = emit_new(l, category, stream, k + 2, word);
    } else {
        s2s_text form;
        id = l->list[category].item[search(&l->list[category], uniform(stream, k + 1))].form;
        form = s2s_vocabulary_symbol(l->forms, id);
        snprintf(word, sizeof word, "%.*s", S2S_TEXT_ARGS(form));
    }
    if (first)
        capitalise(word);
    s2s_string_clear(ret);
    s2s_string_add(ret, word);
    return id;
}

double s2s_lexicon_probability(const s2s_lexicon *l, s2s_category category, bool first, s2s_word_id word)
{
    const int32_t forms = (int32_t)s2s_vocabulary_size(l->forms), ending = word - forms;
    double p;

    if (ending < 0)
        return l->list[category].of_form[word];
    p = ending_probability[category][ending];
    if (first && (ending == PLAIN || ending == CAPITAL))       /* every first word has a capital letter */
        p = ending_probability[category][PLAIN] + ending_probability[category][CAPITAL];
    return is_open(category) ? l->unknown_rate * p : 0;
}
