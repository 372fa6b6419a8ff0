/*
 * grammar.c -- the network. A state is a place with the number of the subject and the kind of clause:
 *
 *   number   S, P                  set by the subject's determiner, pronoun or noun, asked by its noun and by its verb
 *   clause   MAIN, SUB, TAIL, ASK  a main clause; one that a comma and a TAIL end; the last one; a question
 *
 * What makes context necessary: nouns, verbs and adjectives share forms (the lexicon's doing); "watches" is a noun behind "the guards
 * near the gate" and a verb behind "the guard near the gate", however long the phrase between is; "that" is a determiner, two
 * pronouns and a conjunction; "her" before a noun or alone, "the green" before a noun or as one, are told by the next word only.
 */
#include "datasets/grammar.h"

#include <assert.h>
#include <string.h>

/* ---- the table ---- */

typedef enum place {
    START, FRONT, CLAUSE, SUBJECT, SUBJECT_HEAD, SUBJECT_BARE, BEHIND_SUBJECT,
    RELATIVE, RELATIVE_OBJECT, RELATIVE_S, RELATIVE_P, RELATIVE_BE, PHRASE, PHRASE_S, PHRASE_P, PHRASE_HEAD_S, PHRASE_HEAD_P, BEHIND_PHRASE,
    PREDICATE, FINITE, INFINITIVE, INFINITIVE_VERB, COPULA, COPULA_ADJ, PASSIVE,
    OBJECT, OBJECT_S, OBJECT_P, OBJECT_HEAD_S, OBJECT_HEAD_P, BEHIND_VERB, LAST_PHRASE, LAST_S, LAST_P, BEHIND_ALL, FINISH, END, PLACES
} place;

enum { ANY_NUMBER = 0, S = 1, P = 2 };
enum { ANY_CLAUSE = 0, MAIN = 1, SUB = 2, TAIL = 4, QUESTION = 8 };    /* conditions may join several */
enum { NUMBERS = 2, CLAUSES = 4, STATES = PLACES * NUMBERS * CLAUSES };

/* No word is emitted. */
#define NOTHING S2S_CATEGORY_COUNT
#define ROW(from_, to_, word_, weight_, ...) { .from = from_, .to = to_, .word = word_, .weight = weight_, ##__VA_ARGS__ }

static const struct row {
    place from, to;
    int word;                      /* category, or NOTHING */
    double weight;                 /* beside those of the other arcs that may be taken here */
    bool more;                     /* the sentence grows longer than it must be */
    int if_number, if_clause;      /* ANY: always */
    int set_number, set_clause;    /* ANY: as it was */
} rows[] = {
    ROW(START, CLAUSE, NOTHING, 6, .set_clause = MAIN),
    ROW(START, CLAUSE, S2S_SUBORD, 2, .more = true, .set_clause = SUB),
    ROW(START, FRONT, S2S_ADV, 1, .more = true),
    ROW(START, CLAUSE, S2S_MODAL, 0.8, .set_clause = QUESTION),
    ROW(FRONT, CLAUSE, S2S_COMMA, 1, .set_clause = MAIN),

    ROW(CLAUSE, SUBJECT, S2S_DET_S, 5, .set_number = S),
    ROW(CLAUSE, SUBJECT, S2S_DET_P, 4, .set_number = P),
    ROW(CLAUSE, PREDICATE, S2S_PRON_S, 1.5, .set_number = S),
    ROW(CLAUSE, PREDICATE, S2S_PRON_P, 1.5, .set_number = P),
    ROW(CLAUSE, BEHIND_SUBJECT, S2S_NAME, 1.5, .set_number = S),
    ROW(CLAUSE, BEHIND_SUBJECT, S2S_NOUN_P, 1, .set_number = P),
    ROW(CLAUSE, SUBJECT_BARE, S2S_ADJ, 0.6, .more = true, .set_number = P),
    ROW(SUBJECT, SUBJECT, S2S_ADJ, 2.5, .more = true),
    ROW(SUBJECT, BEHIND_SUBJECT, S2S_NOUN_S, 4, .if_number = S),
    ROW(SUBJECT, BEHIND_SUBJECT, S2S_NOUN_P, 4, .if_number = P),
    ROW(SUBJECT, SUBJECT_HEAD, S2S_NOUN_S, 1, .more = true),
    ROW(SUBJECT_HEAD, BEHIND_SUBJECT, S2S_NOUN_S, 1, .if_number = S),
    ROW(SUBJECT_HEAD, BEHIND_SUBJECT, S2S_NOUN_P, 1, .if_number = P),
    ROW(SUBJECT_BARE, BEHIND_SUBJECT, S2S_NOUN_P, 4),
    ROW(SUBJECT_BARE, SUBJECT_BARE, S2S_ADJ, 1, .more = true),
    ROW(BEHIND_SUBJECT, PREDICATE, NOTHING, 4),
    ROW(BEHIND_SUBJECT, PHRASE, S2S_ADP, 3, .more = true),
    ROW(BEHIND_SUBJECT, RELATIVE, S2S_RELATIVE, 1.5, .more = true),

    ROW(RELATIVE, RELATIVE_OBJECT, S2S_VERB_S, 2, .if_number = S),
    ROW(RELATIVE, RELATIVE_OBJECT, S2S_VERB_P, 2, .if_number = P),
    ROW(RELATIVE, RELATIVE_OBJECT, S2S_VERB_PAST, 1),
    ROW(RELATIVE, RELATIVE_BE, S2S_BE_S, 0.6, .if_number = S),
    ROW(RELATIVE, RELATIVE_BE, S2S_BE_P, 0.6, .if_number = P),
    ROW(RELATIVE_BE, PREDICATE, S2S_ADJ, 1),
    ROW(RELATIVE_OBJECT, RELATIVE_S, S2S_DET_S, 3),
    ROW(RELATIVE_OBJECT, RELATIVE_P, S2S_DET_P, 2),
    ROW(RELATIVE_OBJECT, PREDICATE, S2S_PRON_OBJ, 1),
    ROW(RELATIVE_OBJECT, PREDICATE, NOTHING, 0.7),
    ROW(RELATIVE_S, RELATIVE_S, S2S_ADJ, 1, .more = true),
    ROW(RELATIVE_S, PREDICATE, S2S_NOUN_S, 3),
    ROW(RELATIVE_P, RELATIVE_P, S2S_ADJ, 1, .more = true),
    ROW(RELATIVE_P, PREDICATE, S2S_NOUN_P, 3),

    ROW(PHRASE, PHRASE_S, S2S_DET_S, 4),
    ROW(PHRASE, PHRASE_P, S2S_DET_P, 3),
    ROW(PHRASE, BEHIND_PHRASE, S2S_NAME, 1),
    ROW(PHRASE, BEHIND_PHRASE, S2S_PRON_OBJ, 0.7),
    ROW(PHRASE, BEHIND_PHRASE, S2S_NOUN_P, 0.7),
    ROW(PHRASE_S, PHRASE_S, S2S_ADJ, 1.5, .more = true),
    ROW(PHRASE_S, BEHIND_PHRASE, S2S_NOUN_S, 4),
    ROW(PHRASE_S, PHRASE_HEAD_S, S2S_NOUN_S, 1, .more = true),
    ROW(PHRASE_P, PHRASE_P, S2S_ADJ, 1.5, .more = true),
    ROW(PHRASE_P, BEHIND_PHRASE, S2S_NOUN_P, 4),
    ROW(PHRASE_P, PHRASE_HEAD_P, S2S_NOUN_S, 1.5, .more = true),
    ROW(PHRASE_HEAD_S, BEHIND_PHRASE, S2S_NOUN_S, 1),
    ROW(PHRASE_HEAD_P, BEHIND_PHRASE, S2S_NOUN_P, 1),
    ROW(BEHIND_PHRASE, PREDICATE, NOTHING, 4),
    ROW(BEHIND_PHRASE, PHRASE, S2S_ADP, 1.5, .more = true),

    ROW(PREDICATE, FINITE, NOTHING, 5, .if_clause = MAIN | SUB | TAIL),
    ROW(PREDICATE, FINITE, S2S_ADV, 1, .more = true, .if_clause = MAIN | SUB | TAIL),
    ROW(PREDICATE, INFINITIVE, NOTHING, 1, .if_clause = QUESTION),
    ROW(FINITE, OBJECT, S2S_VERB_S, 4, .if_number = S),
    ROW(FINITE, OBJECT, S2S_VERB_P, 4, .if_number = P),
    ROW(FINITE, OBJECT, S2S_VERB_PAST, 3),
    ROW(FINITE, INFINITIVE, S2S_MODAL, 1.5),
    ROW(FINITE, COPULA, S2S_BE_S, 2, .if_number = S),
    ROW(FINITE, COPULA, S2S_BE_P, 2, .if_number = P),
    ROW(INFINITIVE, OBJECT, S2S_VERB_P, 5),
    ROW(INFINITIVE, INFINITIVE_VERB, S2S_NOT, 1),
    ROW(INFINITIVE, INFINITIVE_VERB, S2S_ADV, 0.7, .more = true),
    ROW(INFINITIVE_VERB, OBJECT, S2S_VERB_P, 1),
    ROW(COPULA, BEHIND_VERB, S2S_ADJ, 3),
    ROW(COPULA, COPULA_ADJ, S2S_DEGREE, 1, .more = true),
    ROW(COPULA, COPULA_ADJ, S2S_NOT, 0.7),
    ROW(COPULA, OBJECT, S2S_VERB_ING, 2),
    ROW(COPULA, PASSIVE, S2S_VERB_PAST, 1.5),
    ROW(COPULA, OBJECT_S, S2S_DET_S, 1, .if_number = S),
    ROW(COPULA, OBJECT_P, S2S_DET_P, 1, .if_number = P),
    ROW(COPULA, LAST_PHRASE, S2S_ADP, 1),
    ROW(COPULA_ADJ, BEHIND_VERB, S2S_ADJ, 1),
    ROW(PASSIVE, BEHIND_VERB, NOTHING, 1),
    ROW(PASSIVE, LAST_PHRASE, S2S_ADP, 2, .more = true),

    ROW(OBJECT, BEHIND_VERB, NOTHING, 3),
    ROW(OBJECT, OBJECT_S, S2S_DET_S, 4),
    ROW(OBJECT, OBJECT_P, S2S_DET_P, 3),
    ROW(OBJECT, BEHIND_VERB, S2S_PRON_OBJ, 1.5),
    ROW(OBJECT, BEHIND_VERB, S2S_NAME, 1),
    ROW(OBJECT, BEHIND_VERB, S2S_NOUN_P, 1),
    ROW(OBJECT, CLAUSE, S2S_THAT, 1.5, .more = true, .if_clause = MAIN, .set_clause = TAIL),
    ROW(OBJECT, INFINITIVE, S2S_TO, 1, .more = true),
    ROW(OBJECT_S, OBJECT_S, S2S_ADJ, 2.5, .more = true),
    ROW(OBJECT_S, BEHIND_VERB, S2S_NOUN_S, 4),
    ROW(OBJECT_S, OBJECT_HEAD_S, S2S_NOUN_S, 1, .more = true),
    ROW(OBJECT_P, OBJECT_P, S2S_ADJ, 2.5, .more = true),
    ROW(OBJECT_P, BEHIND_VERB, S2S_NOUN_P, 4),
    ROW(OBJECT_P, OBJECT_HEAD_P, S2S_NOUN_S, 1, .more = true),
    ROW(OBJECT_HEAD_S, BEHIND_VERB, S2S_NOUN_S, 1),
    ROW(OBJECT_HEAD_P, BEHIND_VERB, S2S_NOUN_P, 1),

    ROW(BEHIND_VERB, FINISH, NOTHING, 4),
    ROW(BEHIND_VERB, BEHIND_ALL, S2S_ADV, 1.5, .more = true),
    ROW(BEHIND_VERB, LAST_PHRASE, S2S_ADP, 3, .more = true),
    ROW(LAST_PHRASE, LAST_S, S2S_DET_S, 4),
    ROW(LAST_PHRASE, LAST_P, S2S_DET_P, 3),
    ROW(LAST_PHRASE, BEHIND_ALL, S2S_NAME, 1),
    ROW(LAST_PHRASE, BEHIND_ALL, S2S_PRON_OBJ, 0.7),
    ROW(LAST_PHRASE, BEHIND_ALL, S2S_NOUN_P, 0.7),
    ROW(LAST_S, LAST_S, S2S_ADJ, 1.5, .more = true),
    ROW(LAST_S, BEHIND_ALL, S2S_NOUN_S, 4),
    ROW(LAST_P, LAST_P, S2S_ADJ, 1.5, .more = true),
    ROW(LAST_P, BEHIND_ALL, S2S_NOUN_P, 4),
    ROW(BEHIND_ALL, FINISH, NOTHING, 4),
    ROW(BEHIND_ALL, LAST_PHRASE, S2S_ADP, 1, .more = true),

    ROW(FINISH, CLAUSE, S2S_COMMA, 1, .if_clause = SUB, .set_clause = TAIL),
    ROW(FINISH, END, S2S_STOP, 4, .if_clause = MAIN | TAIL),
    ROW(FINISH, END, S2S_ASK, 1, .if_clause = QUESTION),
    ROW(FINISH, CLAUSE, S2S_CONJ, 1.5, .more = true, .if_clause = MAIN, .set_clause = TAIL),
    ROW(FINISH, CLAUSE, S2S_SUBORD, 1, .more = true, .if_clause = MAIN, .set_clause = TAIL),
};
enum { ROWS = sizeof rows / sizeof *rows };

/* ---- states and arcs ---- */

/* Bits of number and clause as 0-based indices. */
static int state_of(place at, int number, int clause)
{
    return ((int)at * NUMBERS + (number == P)) * CLAUSES + (clause == MAIN ? 0 : clause == SUB ? 1 : clause == TAIL ? 2 : 3);
}

static int number_of(int state) { return state / CLAUSES % NUMBERS == 0 ? S : P; }
static int clause_of(int state) { return 1 << state % CLAUSES; }
static place place_of(int state) { return (place)(state / (NUMBERS * CLAUSES)); }

/* A step with a word: those without one are folded into what follows them. */
typedef struct arc {
    int from, to;
    s2s_category word;
    double probability;
} arc;

struct s2s_grammar {
    const s2s_lexicon *lexicon;
    double elaboration;
    size_t count, capacity;
    arc *arcs;                     /* sorted by from */
    size_t first[STATES + 1];      /* arcs of state s: first[s] .. first[s+1]-1 */
};

static double weight_of(const s2s_grammar *g, const struct row *row, int state)
{
    if (row->from != place_of(state) || (row->if_number != 0 && row->if_number != number_of(state)) ||
        (row->if_clause != 0 && !(row->if_clause & clause_of(state))))
        return 0;
    return row->weight * (row->more ? g->elaboration : 1 - g->elaboration);
}

/* Arcs from `from` that pass through `state` with this probability. */
static s2s_status add_arcs(s2s_grammar *g, s2s_arena *arena, int from, int state, double probability, s2s_error *err)
{
    double total = 0;

    for (size_t i = 0; i < ROWS; i++)
        total += weight_of(g, &rows[i], state);
    for (size_t i = 0; i < ROWS; i++) {
        const struct row *row = &rows[i];
        const double p = total > 0 ? probability * weight_of(g, row, state) / total : 0;
        const int to = state_of(row->to, row->set_number != 0 ? row->set_number : number_of(state), row->set_clause != 0 ? row->set_clause : clause_of(state));
        arc *next;

        if (p == 0)
            continue;
        if (row->word == NOTHING) {
            S2S_TRY(add_arcs(g, arena, from, to, p, err));
            continue;
        }
        next = s2s_arena_grow(arena, &g->arcs, &g->count, &g->capacity, sizeof *next);
        if (next == NULL)
            return s2s_fail(err, S2S_MEMORY, "out of memory for the grammar");
        *next = (arc){ from, to, (s2s_category)row->word, p };
    }
    return S2S_OK;
}

s2s_status s2s_grammar_create(const s2s_lexicon *lexicon, double elaboration, s2s_arena *arena, s2s_grammar **ret, s2s_error *err)
{
    s2s_grammar *g = S2S_NEW(arena, s2s_grammar);

    if (g == NULL)
        return s2s_fail(err, S2S_MEMORY, "out of memory for the grammar");
    g->lexicon = lexicon;
    g->elaboration = elaboration;
    for (int state = 0; state < STATES; state++) {
        g->first[state] = g->count;
        S2S_TRY(add_arcs(g, arena, state, state, 1, err));
    }
    g->first[STATES] = g->count;
    *ret = g;
    return S2S_OK;
}

int64_t s2s_grammar_draw(const s2s_grammar *g, const s2s_stream *stream, int64_t longest, s2s_category *category)
{
    int state = state_of(START, S, MAIN);

    for (int64_t n = 0;; n++) {
        double x = s2s_random_uniform(stream, (uint64_t)n);
        size_t i = g->first[state];

        if (place_of(state) == END)
            return n;
        if (n == longest)
            return -1;
        assert(i < g->first[state + 1]);
        while (i + 1 < g->first[state + 1] && x >= g->arcs[i].probability)
            x -= g->arcs[i++].probability;
        category[n] = g->arcs[i].word;
        state = g->arcs[i].to;
    }
}

/* ---- reading ---- */

struct s2s_reader {
    const s2s_grammar *grammar;
    int64_t longest;
    double *forward, *backward;    /* (longest + 1) x STATES */
    double emission[S2S_CATEGORY_COUNT];
};

s2s_status s2s_reader_create(const s2s_grammar *grammar, int64_t longest, s2s_arena *arena, s2s_reader **ret, s2s_error *err)
{
    s2s_reader *r = S2S_NEW(arena, s2s_reader);

    if (r == NULL)
        return s2s_fail(err, S2S_MEMORY, "out of memory for the grammar");
    *r = (s2s_reader){ .grammar = grammar, .longest = longest };
    r->forward = s2s_arena_alloc(arena, (size_t)longest + 1, STATES * sizeof *r->forward);
    r->backward = s2s_arena_alloc(arena, (size_t)longest + 1, STATES * sizeof *r->backward);
    if (r->forward == NULL || r->backward == NULL)
        return s2s_fail(err, S2S_MEMORY, "out of memory for the grammar");
    *ret = r;
    return S2S_OK;
}

static void read_word(s2s_reader *r, s2s_word_id word, bool first)
{
    for (int c = 0; c < S2S_CATEGORY_COUNT; c++)
        r->emission[c] = s2s_lexicon_probability(r->grammar->lexicon, (s2s_category)c, first, word);
}

static void normalise(double *p)
{
    double sum = 0;

    for (int s = 0; s < STATES; s++)
        sum += p[s];
    assert(sum > 0);
    for (int s = 0; s < STATES; s++)
        p[s] /= sum;
}

/* The tag with the largest share of the paths over word t, by a category that has it. `after` NULL: whatever follows. */
static s2s_category best_tag(const s2s_reader *r, const double *before, const double *after)
{
    const s2s_grammar *g = r->grammar;
    double share[S2S_CATEGORY_COUNT] = { 0 };
    int best = 0;

    for (size_t i = 0; i < g->count; i++) {
        const arc *a = &g->arcs[i];
        share[a->word] += before[a->from] * a->probability * r->emission[a->word] * (after == NULL ? 1 : after[a->to]);
    }
    for (int c = 0; c < S2S_CATEGORY_COUNT; c++) {         /* categories of one tag count together, at the first of them */
        int first = 0;
        while (strcmp(s2s_category_tag[first], s2s_category_tag[c]) != 0)
            first++;
        if (first < c)
            share[first] += share[c];
    }
    for (int c = 0; c < S2S_CATEGORY_COUNT; c++)
        best = share[c] > share[best] ? c : best;
    return (s2s_category)best;
}

void s2s_reader_best(s2s_reader *r, const s2s_word_id *word, int64_t n, s2s_category *both, s2s_category *left)
{
    const s2s_grammar *g = r->grammar;

    assert(n <= r->longest);
    memset(r->forward, 0, ((size_t)n + 1) * STATES * sizeof *r->forward);
    memset(r->backward, 0, ((size_t)n + 1) * STATES * sizeof *r->backward);
    r->forward[state_of(START, S, MAIN)] = 1;
    for (int s = 0; s < STATES; s++)
        r->backward[n * STATES + s] = place_of(s) == END;
    for (int64_t t = 0; t < n; t++) {
        double *next = r->forward + (t + 1) * STATES;

        read_word(r, word[t], t == 0);
        for (size_t i = 0; i < g->count; i++)
            next[g->arcs[i].to] += r->forward[t * STATES + g->arcs[i].from] * g->arcs[i].probability * r->emission[g->arcs[i].word];
        normalise(next);
        left[t] = best_tag(r, r->forward + t * STATES, NULL);
    }
    for (int64_t t = n - 1; t >= 0; t--) {
        double *before = r->backward + t * STATES;

        read_word(r, word[t], t == 0);
        both[t] = best_tag(r, r->forward + t * STATES, r->backward + (t + 1) * STATES);
        for (size_t i = 0; i < g->count; i++)
            before[g->arcs[i].from] += g->arcs[i].probability * r->emission[g->arcs[i].word] * r->backward[(t + 1) * STATES + g->arcs[i].to];
        normalise(before);
    }
}
