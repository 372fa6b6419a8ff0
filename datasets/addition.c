/*
 * addition.c -- "52+637" -> "689", digit by digit.
 *
 * Operands have 1 to `digits` digits (see questions.h). A question is padded on the right with spaces to 2*digits+1 characters
 * and then, with reverse_input, turned round as a whole; an answer is padded to digits+1. Both are written in the same 12 symbols,
 * numbered as Keras sorts them: ' ' 0, '+' 1, '0'..'9' 2..11.
 *
 * Fresh training questions are drawn, not stored: example p of epoch e is a pure function of seed, e, p and the level (how many
 * digits the curriculum allows), and is never one of the validation or test set.
 * Source   Keras' example addition_rnn.
 */
#include <assert.h>
#include <string.h>

#include "datasets/column.h"
#include "datasets/questions.h"
#include "datasets/split.h"

static const char alphabet[] = " +0123456789";
enum { SPACE, PLUS, ZERO, SYMBOLS = 12 };

enum { RANDOM_QUESTIONS, RANDOM_FRESH };       /* what a stream of random numbers is for */
enum { TRIES_PER_LEVEL = 64 };

static const char *const length_distributions[] = { "uniform_digits", "uniform_value", NULL };
enum { UNIFORM_DIGITS, UNIFORM_VALUE };

typedef struct { int64_t from, over; double threshold; } curriculum_options;

typedef struct {
    int64_t digits, samples, test_samples;
    double validation_split;
    bool reverse_input, fresh;
    int length_distribution;
    curriculum_options *curriculum;
} options;

static const s2s_field curriculum_fields[] = {
    S2S_FIELD_INT(curriculum_options, from, "1", 1, S2S_DIGITS_MAX, "digits", "operands have up to so many digits at the start"),
    S2S_FIELD_REAL(curriculum_options, threshold, "0.9", 0.0, 1.0, "fraction", "exact match at which one more digit is allowed"),
    S2S_FIELD_INT(curriculum_options, over, "10000", 1, S2S_SAMPLES_MAX, "examples", "how many recent questions the exact match is taken over"),
    S2S_FIELD_END
};

static const s2s_field fields[] = {
    S2S_FIELD_INT(options, digits, "3", 1, S2S_DIGITS_MAX, "digits", "each operand has 1 to so many digits"),
    S2S_SPLIT_FIELDS(options, "50000"),
    S2S_FIELD_BOOL(options, reverse_input, "true", "turn the padded question round, so that units come late and close to the answer"),
    S2S_FIELD_BOOL(options, fresh, "false", "new training questions every epoch, never one of the validation or test set"),
    S2S_FIELD_CHOICE(options, length_distribution, "uniform_digits", length_distributions,
                     "uniform_digits: the number of digits is uniform, and each digit; uniform_value: every operand is equally likely"),
    S2S_FIELD_GROUP_OR_NONE(options, curriculum, curriculum_options, "from", curriculum_fields,
                            "start with short operands and allow longer ones as they are learned; needs fresh: true"),
    S2S_FIELD_END
};

typedef struct state {
    const options *options;
    uint64_t seed;
    s2s_question_set held;         /* validation and test, for fresh; else empty */
} state;

static int64_t question_width(const options *o) { return 2 * o->digits + 1; }
static int64_t answer_width(const options *o) { return o->digits + 1; }

static s2s_question_rule rule_of(const options *o, int64_t digits)
{
    return (s2s_question_rule){ .digits = digits, .uniform_value = o->length_distribution == UNIFORM_VALUE };
}

/* ---- describe ---- */

static s2s_status check_curriculum(const s2s_object *self, s2s_error *err)
{
    const options *o = self->options;

    if (o->curriculum == NULL)
        return S2S_OK;
    if (!o->fresh)
        return s2s_dataset_fail(self, "curriculum", err, "needs fresh: true, since a fixed training set cannot grow harder");
    if (o->curriculum->from > o->digits)
        return s2s_dataset_fail(self, "curriculum.from", err, "expected at most digits (%lld), got %lld",
                                (long long)o->digits, (long long)o->curriculum->from);
    return S2S_OK;
}

/* There must be enough distinct questions, and with fresh one that is not held out. */
static s2s_status check_existence(const s2s_object *self, const int64_t size[S2S_SPLIT_COUNT], s2s_error *err)
{
    const options *o = self->options;
    const long long exist = s2s_questions_exist(o->digits), test = size[S2S_TEST];
    const long long held = size[S2S_VALIDATION] + test, wanted = o->fresh ? held + 1 : held + size[S2S_TRAIN];
    const char *plural = o->digits == 1 ? "" : "s";

    if (wanted <= exist)
        return S2S_OK;
    if (o->fresh)
        return s2s_dataset_fail(self, test >= exist ? "test_samples" : "samples", err,
                                "holds out %lld questions for validation and test, which leaves none to train on: only %lld distinct ones "
                                "of up to %lld digit%s exist (a+b and b+a count as one)", held, exist, (long long)o->digits, plural);
    return s2s_dataset_fail(self, o->samples > exist ? "samples" : "test_samples", err,
                            "asks for %lld distinct questions%s, but only %lld of up to %lld digit%s exist (a+b and b+a count as one)",
                            wanted, test > 0 ? ", samples included" : "", exist, (long long)o->digits, plural);
}

static s2s_status describe(const s2s_object *self, s2s_arena *arena, s2s_signature *ret, s2s_error *err)
{
    const options *o = self->options;
    s2s_signature s = {
        .stream_count = 1,
        .stream[0] = { .name = "input", .kind = S2S_STREAM_TOKENS, .width = SYMBOLS, .steps = question_width(o) },
        .target = { .name = "target", .kind = S2S_STREAM_TOKENS, .width = SYMBOLS, .steps = answer_width(o) },
        .alignment = S2S_OWN_STEPS, .filler = SPACE, .opened = true, .curriculum = o->curriculum != NULL,
        .text_input = "a sum, e.g. 12+345", .text_output = "its result", .sample_input = "Q", .sample_target = "T",
    };
    const s2s_split_options sizes = { o->samples, o->test_samples, o->validation_split };

    (void)arena;
    S2S_TRY(s2s_split_sizes(self, &sizes, s.examples, err));
    S2S_TRY(check_existence(self, s.examples, err));
    S2S_TRY(check_curriculum(self, err));
    *ret = s;
    return S2S_OK;
}

/* ---- text to symbols and back ---- */

static int64_t digit_count(int64_t value)
{
    int64_t count = 1;

    for (; value >= 10; value /= 10)
        count++;
    return count;
}

/* The decimal digits of `value` as symbols from column element `at` on, `step` apart. Returns how many. */
static int64_t put_number(const s2s_column *column, int64_t at, int64_t step, int64_t value)
{
    const int64_t count = digit_count(value);

    for (int64_t i = count; i-- > 0; value /= 10)
        s2s_column_put(column, at + i * step, ZERO + (int32_t)(value % 10));
    return count;
}

static void put_spaces(const s2s_column *column, int64_t at, int64_t step, int64_t from, int64_t to)
{
    for (int64_t i = from; i < to; i++)
        s2s_column_put(column, at + i * step, SPACE);
}

static void put_question(const options *o, const s2s_column *column, int64_t example, s2s_question q)
{
    const int64_t width = question_width(o), step = o->reverse_input ? -1 : 1;
    const int64_t at = example * width + (o->reverse_input ? width - 1 : 0);
    int64_t used = put_number(column, at, step, q.a);

    s2s_column_put(column, at + used++ * step, PLUS);
    used += put_number(column, at + used * step, step, q.b);
    put_spaces(column, at, step, used, width);
}

static void put_example(const options *o, const s2s_split *split, int64_t example, s2s_question q)
{
    const int64_t width = answer_width(o), at = example * width;

    put_question(o, &split->stream[0], example, q);
    put_spaces(&split->target, at, 1, put_number(&split->target, at, 1, q.a + q.b), width);
}

/* ---- open ---- */

static s2s_status make_vocabularies(s2s_arena *arena, s2s_vocabulary_list *ret, s2s_error *err)
{
    static const char *const names[] = { "input", "target" };
    s2s_vocabulary_list list = { .count = 2, .item = S2S_NEW_ARRAY(arena, struct s2s_named_vocabulary, 2) };
    s2s_vocabulary *vocabulary;

    S2S_TRY(s2s_vocabulary_create(arena, &vocabulary, err));
    for (int32_t i = 0; i < SYMBOLS; i++) {
        if (s2s_vocabulary_add(vocabulary, (s2s_text){ &alphabet[i], 1 }) != i)
            return s2s_fail(err, S2S_MEMORY, "out of memory for a vocabulary");
    }
    if (list.item == NULL)
        return s2s_fail(err, S2S_MEMORY, "out of memory for a vocabulary");
    for (size_t i = 0; i < list.count; i++)
        list.item[i] = (struct s2s_named_vocabulary){ names[i], vocabulary };
    *ret = list;
    return S2S_OK;
}

/* A level whose questions are all held out borrows from the next one, so that drawing always ends. */
static s2s_question draw_fresh(const state *s, uint64_t epoch, int64_t position, int64_t level)
{
    const s2s_stream stream = s2s_stream_make(s->seed, S2S_RANDOM_DATASET, RANDOM_FRESH, epoch, (uint64_t)position);

    for (uint64_t try = 0;; try++) {
        const int64_t raised = level + (int64_t)(try / TRIES_PER_LEVEL), most = s->options->digits;
        const s2s_question_rule rule = rule_of(s->options, raised < most ? raised : most);
        const s2s_question q = s2s_question_draw(&rule, &stream, try);

        if (!s2s_question_set_has(&s->held, q))
            return q;
    }
}

static void draw(const s2s_dataset *dataset, const s2s_draw *what, s2s_split *into)
{
    const state *s = dataset->state;
    const int64_t level = what->level > 0 ? what->level : s->options->digits;

    assert(what->first >= 0 && what->first + what->count <= into->count);
    for (int64_t i = what->first; i < what->first + what->count; i++)
        put_example(s->options, into, i, draw_fresh(s, what->epoch, i, level));
}

/* Distinct questions in random order: training (unless fresh), validation, test. */
static s2s_status fill_splits(s2s_dataset *dataset, const s2s_question_set *set, s2s_error *err)
{
    const state *s = dataset->state;
    const s2s_stream shuffle = s2s_stream_make(s->seed, S2S_RANDOM_SPLIT, 0, 0, 0);
    int64_t *order = s2s_memory_resize(NULL, (size_t)set->count + 1, sizeof *order), next = 0;

    if (order == NULL)
        return s2s_fail(err, S2S_MEMORY, "out of memory for %lld questions", (long long)set->count);
    s2s_random_permutation(&shuffle, set->count, order);
    for (int k = s->options->fresh ? S2S_VALIDATION : S2S_TRAIN; k < S2S_SPLIT_COUNT; k++) {
        for (int64_t i = 0; i < dataset->split[k].count; i++)
            put_example(s->options, &dataset->split[k], i, set->item[order[next++]]);
    }
    s2s_memory_free(order);
    assert(next == set->count);
    return S2S_OK;
}

static s2s_status make_state(const s2s_object *self, uint64_t seed, s2s_dataset *dataset, s2s_error *err)
{
    state *s = S2S_NEW(dataset->arena, state);

    if (s == NULL)
        return s2s_fail(err, S2S_MEMORY, "out of memory for the data set");
    S2S_TRY(describe(self, dataset->arena, &dataset->signature, err));
    S2S_TRY(make_vocabularies(dataset->arena, &dataset->vocabularies, err));
    *s = (state){ .options = self->options, .seed = seed };
    dataset->state = s;
    return S2S_OK;
}

static s2s_status make_splits(s2s_dataset *dataset, s2s_arena *scratch, s2s_error *err)
{
    state *s = dataset->state;
    const options *o = s->options;
    const s2s_question_rule rule = rule_of(o, o->digits);
    const s2s_stream stream = s2s_stream_make(s->seed, S2S_RANDOM_DATASET, RANDOM_QUESTIONS, 0, 0);
    const int64_t *size = dataset->signature.examples;
    s2s_question_set set;

    for (int k = 0; k < S2S_SPLIT_COUNT; k++)
        S2S_TRY(s2s_split_reserve(&dataset->signature, size[k], dataset->arena, &dataset->split[k], err));
    S2S_TRY(s2s_question_set_create((o->fresh ? 0 : size[S2S_TRAIN]) + size[S2S_VALIDATION] + size[S2S_TEST],
                                    o->fresh ? dataset->arena : scratch, &set, err));
    S2S_TRY(s2s_questions_distinct(&rule, &stream, &set, err));
    S2S_TRY(fill_splits(dataset, &set, err));
    if (o->fresh) {
        s->held = set;
        draw(dataset, &(s2s_draw){ .count = size[S2S_TRAIN] }, &dataset->split[S2S_TRAIN]);
    }
    return S2S_OK;
}

static s2s_status open(const s2s_object *self, uint64_t seed, s2s_arena *arena, s2s_dataset *ret, s2s_error *err)
{
    const options *o = self->options;
    s2s_arena *scratch = s2s_arena_create();
    s2s_status status;

    (void)arena;
    if (scratch == NULL)
        return s2s_fail(err, S2S_MEMORY, "out of memory for the data set");
    status = make_state(self, seed, ret, err);
    if (status == S2S_OK)
        status = make_splits(ret, scratch, err);
    s2s_arena_free(scratch);
    ret->fresh = o->fresh;
    if (o->curriculum != NULL)
        ret->curriculum = (s2s_curriculum){ o->curriculum->from, o->digits, o->curriculum->threshold, o->curriculum->over };
    return status;
}

static s2s_status restore(const s2s_object *self, const s2s_vocabulary_list *saved, s2s_arena *arena, s2s_dataset *ret, s2s_error *err)
{
    (void)saved;                   /* the symbols are always the same */
    (void)arena;
    return make_state(self, 0, ret, err);
}

/* ---- a user's sum ---- */

static void skip_spaces(s2s_text *rest)
{
    while (rest->length > 0 && (rest->chars[0] == ' ' || rest->chars[0] == '\t'))
        *rest = (s2s_text){ rest->chars + 1, rest->length - 1 };
}

/* Digits and the spaces around them. Leading zeros fall away. */
static s2s_status read_operand(const options *o, s2s_text *rest, const char *which, int64_t *ret, s2s_error *err)
{
    s2s_text digits;
    int64_t value = 0;

    skip_spaces(rest);
    for (digits = (s2s_text){ rest->chars, 0 }; digits.length < rest->length; digits.length++) {
        const char c = rest->chars[digits.length];
        if (c < '0' || c > '9')
            break;
    }
    if (digits.length == 0)
        return s2s_fail(err, S2S_DATA, "expected digits %s, as in 12+345", which);
    *rest = (s2s_text){ rest->chars + digits.length, rest->length - digits.length };
    skip_spaces(rest);
    while (digits.length > 1 && digits.chars[0] == '0')
        digits = (s2s_text){ digits.chars + 1, digits.length - 1 };
    if (digits.length > (size_t)o->digits)
        return s2s_fail(err, S2S_DATA, "'%.*s%s' has %zu digits, but this model knows numbers of up to %lld",
                        (int)(digits.length < 40 ? digits.length : 40), digits.chars, digits.length < 40 ? "" : "...",
                        digits.length, (long long)o->digits);
    for (size_t i = 0; i < digits.length; i++)
        value = 10 * value + (digits.chars[i] - '0');
    *ret = value;
    return S2S_OK;
}

static s2s_status unexpected(s2s_text rest, const char *wanted, s2s_error *err)
{
    const size_t length = s2s_text_utf8_length(rest);

    return s2s_fail(err, S2S_DATA, "expected %s, got '%.*s'", wanted, (int)length, rest.chars);
}

static s2s_status read_question(const options *o, s2s_text line, s2s_question *ret, s2s_error *err)
{
    s2s_text rest = line;

    if (s2s_text_utf8_error(line) < line.length)
        return s2s_fail(err, S2S_DATA, "expected a sum such as 12+345, got bytes that are not UTF-8");
    if (s2s_text_trim(line).length == 0)
        return s2s_fail(err, S2S_DATA, "expected a sum such as 12+345, got nothing");
    S2S_TRY(read_operand(o, &rest, "before the '+'", &ret->a, err));
    if (rest.length == 0)
        return s2s_fail(err, S2S_DATA, "expected '+' and a second number, as in 12+345");
    if (rest.chars[0] != '+')
        return unexpected(rest, "'+' between two numbers", err);
    rest = (s2s_text){ rest.chars + 1, rest.length - 1 };
    S2S_TRY(read_operand(o, &rest, "behind the '+'", &ret->b, err));
    if (rest.length > 0)
        return unexpected(rest, "nothing behind the second number", err);
    return S2S_OK;
}

static s2s_status encode(const s2s_dataset *dataset, s2s_text line, s2s_arena *arena, s2s_split *ret, s2s_error *err)
{
    const state *s = dataset->state;
    s2s_question question;
    s2s_split split;

    S2S_TRY(read_question(s->options, line, &question, err));
    S2S_TRY(s2s_split_reserve(&dataset->signature, 1, arena, &split, err));
    put_question(s->options, &split.stream[0], 0, question);
    split.target = (s2s_column){ 0 };
    *ret = split;
    return S2S_OK;
}

/* `n` symbols without the spaces behind the last one that is none. */
static void show(const int32_t *symbols, int64_t n, s2s_string *ret)
{
    while (n > 0 && symbols[n - 1] == SPACE)
        n--;
    for (int64_t i = 0; i < n; i++)
        s2s_string_append(ret, &alphabet[symbols[i]], 1);
}

/* The question as it was asked: turned back if it was turned round. */
static void read_back(const options *o, const s2s_split *split, int64_t i, int32_t symbols[2 * S2S_DIGITS_MAX + 1])
{
    const int64_t width = question_width(o);

    for (int64_t k = 0; k < width; k++)
        symbols[o->reverse_input ? width - 1 - k : k] = s2s_column_get(&split->stream[0], i * width + k);
}

static void show_input(const s2s_dataset *dataset, const s2s_split *split, int64_t i, s2s_string *ret)
{
    const options *o = ((const state *)dataset->state)->options;
    int32_t symbols[2 * S2S_DIGITS_MAX + 1];

    read_back(o, split, i, symbols);
    show(symbols, question_width(o), ret);
}

static void show_target(const s2s_dataset *dataset, const int32_t *symbols, const real *values, int64_t n, s2s_string *ret)
{
    (void)dataset;
    (void)values;
    show(symbols, n, ret);
}

/* ---- error analysis ---- */

static const char *const traits[] = { "digits of the longer number", "longest chain of carries", NULL };

/* How many carries at most follow one another directly: each waits for the one before. */
static int longest_carry_chain(int64_t a, int64_t b)
{
    int chain = 0, longest = 0, carry = 0;

    for (; a > 0 || b > 0; a /= 10, b /= 10) {
        carry = a % 10 + b % 10 + carry >= 10;
        chain = carry ? chain + 1 : 0;
        longest = chain > longest ? chain : longest;
    }
    return longest;
}

static void classify(const s2s_dataset *dataset, const s2s_split *split, int64_t i, int *ret)
{
    const options *o = ((const state *)dataset->state)->options;
    int32_t symbols[2 * S2S_DIGITS_MAX + 1];
    int64_t number[2] = { 0, 0 };
    int     which = 0;

    read_back(o, split, i, symbols);
    for (int64_t k = 0; k < question_width(o); k++) {
        if (symbols[k] == PLUS)
            which = 1;
        else if (symbols[k] >= ZERO)
            number[which] = 10 * number[which] + symbols[k] - ZERO;
    }
    ret[0] = (int)digit_count(number[0] > number[1] ? number[0] : number[1]);
    ret[1] = longest_carry_chain(number[0], number[1]);
}

static const char *const examples[] = {
    "{type: addition, digits: 3, samples: 50000}",
    "{type: addition, digits: 2, samples: 5000, test_samples: 20, reverse_input: false, length_distribution: uniform_value}",
    "{type: addition, digits: 10, samples: 20000, fresh: true, curriculum: {from: 1, threshold: 0.9, over: 5000}}",
    NULL
};

const s2s_dataset_ops s2s_dataset_addition = {
    .entry = { .name = "addition", .summary = "sums of two whole numbers as text, \"52+637\" -> \"689\"",
               .fields = fields, .options_size = sizeof(options), .examples = examples },
    .describe = describe, .open = open, .restore = restore, .draw = draw,
    .encode = encode, .show_input = show_input, .show_target = show_target, .trait = traits, .classify = classify,
};
