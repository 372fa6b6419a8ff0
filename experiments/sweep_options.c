/* sweep_options.c -- the tables of the `sweep` section, and what they cannot say. */
#include "experiments/sweep_options.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* --- tables -------------------------------------------------------------------------------------------------------------- */

enum { METHOD_UNKNOWN = -1, GRID, RANDOM };
enum { GOAL_AUTO, MINIMIZE, MAXIMIZE };

typedef struct parameter_options {
    int distribution;
    const s2s_node *value, *values, *min, *max;
    s2s_real_list probabilities;
    double q, mu, sigma;
} parameter_options;

typedef struct metric_options { const char *name; int goal; } metric_options;
typedef struct halving_options { int type; int64_t grace_period, reduction_factor; } halving_options;

typedef struct sweep_options {
    int method;
    metric_options metric;
    s2s_group_list parameters;
    int64_t repeats, run_cap, keep;
    halving_options *early_terminate;
} sweep_options;

static const char *const methods[] = { "grid", "random", NULL };
static const char *const goals[] = { "auto", "minimize", "maximize", NULL };
static const char *const halving_types[] = { "successive_halving", NULL };
static const char *const distributions[] = {
    [S2S_DRAW_AUTO] = "auto", [S2S_DRAW_CONSTANT] = "constant", [S2S_DRAW_CATEGORICAL] = "categorical", [S2S_DRAW_INT_UNIFORM] = "int_uniform",
    [S2S_DRAW_UNIFORM] = "uniform", [S2S_DRAW_Q_UNIFORM] = "q_uniform", [S2S_DRAW_LOG_UNIFORM_VALUES] = "log_uniform_values",
    [S2S_DRAW_Q_LOG_UNIFORM_VALUES] = "q_log_uniform_values", [S2S_DRAW_NORMAL] = "normal", [S2S_DRAW_Q_NORMAL] = "q_normal", NULL
};

static const s2s_field parameter_fields[] = {
    S2S_FIELD_ANY   (parameter_options, value, "the only value"),
    S2S_FIELD_ANY   (parameter_options, values, "a list of values"),
    S2S_FIELD_REALS (parameter_options, probabilities, S2S_NONE, 0.0, 1.0, "fraction", "how often each of `values` is drawn; null: all alike"),
    S2S_FIELD_ANY   (parameter_options, min, "the smallest value; with whole min and max only whole numbers are drawn"),
    S2S_FIELD_ANY   (parameter_options, max, "the largest value"),
    S2S_FIELD_CHOICE(parameter_options, distribution, "auto", distributions, "how values are drawn; auto: categorical, int_uniform or uniform"),
    S2S_FIELD_REAL  (parameter_options, q, S2S_NONE, 1e-300, 1e300, NULL, "what the q_ distributions round to a multiple of; null: 1"),
    S2S_FIELD_REAL  (parameter_options, mu, S2S_NONE, -1e300, 1e300, NULL, "mean of the normal distributions"),
    S2S_FIELD_REAL  (parameter_options, sigma, S2S_NONE, 0.0, 1e300, NULL, "their standard deviation"),
    S2S_FIELD_END
};

static const s2s_field metric_fields[] = {
    S2S_FIELD_TEXT  (metric_options, name, S2S_NONE, "the figure that ranks trials, each by its best epoch; null: train.monitor"),
    S2S_FIELD_CHOICE(metric_options, goal, "auto", goals, "which way is better; auto: the metric's own"),
    S2S_FIELD_END
};

static const s2s_field halving_fields[] = {
    S2S_FIELD_CHOICE(halving_options, type, "successive_halving", halving_types, "how trials are stopped early"),
    S2S_FIELD_INT   (halving_options, grace_period, "1", 1, 1e9, "epochs", "no trial is stopped before"),
    S2S_FIELD_INT   (halving_options, reduction_factor, "3", 2, 1e6, NULL, "one trial in so many goes on, for so many times the epochs"),
    S2S_FIELD_END
};

const s2s_field s2s_sweep_fields[] = {
    S2S_FIELD_CHOICE(sweep_options, method, "grid", methods, "all combinations, or points drawn at random"),
    S2S_FIELD_GROUP (sweep_options, metric, metric_options, metric_fields, "what is looked for"),
    S2S_FIELD_GROUPS(sweep_options, parameters, parameter_options, parameter_fields, "which keys take which values, by dotted path"),
    S2S_FIELD_INT   (sweep_options, repeats, "1", 1, 1e6, "seeds", "trials of each point: seed, seed + 1, ..."),
    S2S_FIELD_INT   (sweep_options, run_cap, S2S_NONE, 1, 1e5, "points", "at most so many; null: the whole grid"),
    S2S_FIELD_GROUP_OR_NONE(sweep_options, early_terminate, halving_options, NULL, halving_fields, "stop trials that fall behind"),
    S2S_FIELD_INT   (sweep_options, keep, "5", 0, 1e6, "trials", "so many of the best keep a run directory"),
    S2S_FIELD_END
};

/* --- one parameter ------------------------------------------------------------------------------------------------------- */

typedef struct reader {
    const s2s_config *config;
    s2s_error_list *errors;
    const s2s_node *section, *parameters;      /* nodes of `sweep` and `sweep.parameters`; NULL where they are missing */
    const sweep_options *options;
} reader;

/* The parameter that is being read. */
typedef struct subject {
    const reader *r;
    const char *path;
    s2s_position at;                           /* of its key */
    int span;
    const s2s_node *node;
    const parameter_options *o;
} subject;

/* "sweep.parameters.PATH.KEY: ...": at the value of KEY, or at the parameter's own name. */
static void S2S_PRINTF(3, 4) complain(const subject *s, const char *key, const char *format, ...)
{
    const s2s_node *node = key ? s2s_node_get(s->node, key) : NULL;
    char    message[256];
    va_list args;

    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    s2s_errors_add(s->r->errors, node ? node->at : s->at, node ? node->span : s->span, "sweep.parameters.%s%s%s: %s", s->path,
                   key ? "." : "", key ? key : "", message);
}

static bool is_grid(const subject *s) { return s->r->options->method == GRID; }

/* Which keys a distribution needs and may have. */
enum { VALUE = 1, VALUES = 2, MIN = 4, MAX = 8, PROBABILITIES = 16, Q = 32, MU = 64, SIGMA = 128 };
static const struct { const char *key; unsigned bit; } keys[] = {
    { "value", VALUE }, { "values", VALUES }, { "min", MIN }, { "max", MAX }, { "probabilities", PROBABILITIES }, { "q", Q }, { "mu", MU },
    { "sigma", SIGMA },
};
static const struct { unsigned needed, allowed; bool log, continuous; } rules[] = {
    [S2S_DRAW_CONSTANT] = { VALUE, VALUE, false, false },
    [S2S_DRAW_CATEGORICAL] = { VALUES, VALUES | PROBABILITIES, false, false },
    [S2S_DRAW_INT_UNIFORM] = { MIN | MAX, MIN | MAX, false, false },
    [S2S_DRAW_UNIFORM] = { MIN | MAX, MIN | MAX, false, true },
    [S2S_DRAW_Q_UNIFORM] = { MIN | MAX, MIN | MAX | Q, false, true },
    [S2S_DRAW_LOG_UNIFORM_VALUES] = { MIN | MAX, MIN | MAX, true, true },
    [S2S_DRAW_Q_LOG_UNIFORM_VALUES] = { MIN | MAX, MIN | MAX | Q, true, true },
    [S2S_DRAW_NORMAL] = { MU | SIGMA, MU | SIGMA, false, true },
    [S2S_DRAW_Q_NORMAL] = { MU | SIGMA, MU | SIGMA | Q, false, true },
};

static unsigned given_keys(const parameter_options *o)
{
    return (o->value ? VALUE : 0) | (o->values ? VALUES : 0) | (o->min ? MIN : 0) | (o->max ? MAX : 0) | (o->probabilities.item ? PROBABILITIES : 0)
         | (isnan(o->q) || o->q == 0 ? 0 : Q) | (isnan(o->mu) ? 0 : MU) | (isnan(o->sigma) ? 0 : SIGMA);
}

static s2s_distribution distribution_of(const parameter_options *o)
{
    int64_t whole;

    if (o->distribution != S2S_DRAW_AUTO)
        return (s2s_distribution)o->distribution;
    if (o->value != NULL)
        return S2S_DRAW_CONSTANT;
    if (o->values != NULL)
        return S2S_DRAW_CATEGORICAL;
    if (o->min == NULL && o->max == NULL)
        return S2S_DRAW_AUTO;
    return o->min != NULL && o->max != NULL && s2s_node_to_int(o->min, &whole) && s2s_node_to_int(o->max, &whole) ? S2S_DRAW_INT_UNIFORM : S2S_DRAW_UNIFORM;
}

/* True if exactly the keys are there that the distribution takes. */
static bool check_keys(const subject *s, s2s_distribution distribution)
{
    const unsigned given = given_keys(s->o);
    const bool     chosen = s->o->distribution != S2S_DRAW_AUTO;
    bool good = true;

    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        const bool missing = (rules[distribution].needed & keys[i].bit) && !(given & keys[i].bit);
        const bool idle = (given & keys[i].bit) && !(rules[distribution].allowed & keys[i].bit);

        if (missing && s2s_node_get(s->node, keys[i].key) == NULL)
            complain(s, NULL, "`%s` is missing: %s needs it", keys[i].key, distributions[distribution]);
        else if (idle)
            complain(s, keys[i].key, "%s does not use it%s", distributions[distribution], chosen ? "" : "; `distribution` chooses another");
        good = good && !missing && !idle;
    }
    return good;
}

static bool same_value(const s2s_node *a, const s2s_node *b)
{
    s2s_string first = { 0 }, second = { 0 };
    const bool same = s2s_node_write(a, &first) && s2s_node_write(b, &second) && strcmp(first.chars, second.chars) == 0;

    s2s_string_release(&first);
    s2s_string_release(&second);
    return same;
}

static void check_distinct(const subject *s, const s2s_node *values)
{
    for (size_t i = 1; i < values->count; i++)
        for (size_t k = 0; k < i; k++)
            if (same_value(values->child[i], values->child[k])) {
                s2s_errors_add(s->r->errors, values->child[i]->at, values->child[i]->span, "sweep.parameters.%s.values: the value is listed twice", s->path);
                break;
            }
}

static void check_probabilities(const subject *s, size_t values)
{
    const s2s_real_list *list = &s->o->probabilities;
    double sum = 0;

    if (list->item == NULL)
        return;
    for (size_t i = 0; i < list->count; i++)
        sum += list->item[i];
    if (list->count != values)
        complain(s, "probabilities", "expected one for each of the %zu values, got %zu", values, list->count);
    else if (fabs(sum - 1) > 1e-6)
        complain(s, "probabilities", "expected numbers whose sum is 1, got a sum of %g", sum);
    else if (is_grid(s))
        complain(s, "probabilities", "a grid takes every value once; method: random draws");
}

static void read_values(const subject *s, s2s_sweep_parameter *p)
{
    const s2s_node *values = s->o->values;

    if (values->kind != S2S_NODE_LIST || values->count == 0) {
        complain(s, "values", values->kind == S2S_NODE_LIST ? "expected at least one value" : "expected a list of values; [ ] make a list");
        return;
    }
    check_distinct(s, values);
    check_probabilities(s, values->count);
    p->count = values->count;
    p->value = values->child;
    p->probability = s->o->probabilities.item;
}

/* A number from min or max, whole where the distribution asks for it. */
static bool read_end(const subject *s, const char *key, const s2s_node *node, s2s_distribution distribution, double *ret)
{
    int64_t whole;

    if (distribution == S2S_DRAW_INT_UNIFORM && (!s2s_node_to_int(node, &whole) || whole < -(INT64_C(1) << 53) || whole > INT64_C(1) << 53)) {
        complain(s, key, "expected a whole number");
        return false;
    }
    if (!s2s_node_to_real(node, ret) || !isfinite(*ret)) {
        complain(s, key, "expected a number");
        return false;
    }
    if (rules[distribution].log && *ret <= 0) {
        complain(s, key, "expected a number above 0: its logarithm is taken");
        return false;
    }
    return true;
}

static void read_range(const subject *s, s2s_sweep_parameter *p)
{
    const bool low = read_end(s, "min", s->o->min, p->distribution, &p->minimum);
    const bool high = read_end(s, "max", s->o->max, p->distribution, &p->maximum);
    char       text[32];

    if (low && high && p->minimum > p->maximum) {
        s2s_format_double(p->minimum, text);
        complain(s, "max", "expected at least min, which is %s", text);
    }
}

static void read_distribution(const subject *s, s2s_sweep_parameter *p)
{
    if (!check_keys(s, p->distribution))
        return;
    if (is_grid(s) && rules[p->distribution].continuous)
        complain(s, NULL, "a grid needs `values`, or whole min and max: a continuous range has no end of values (or use method: random)");
    p->q = isnan(s->o->q) || s->o->q == 0 ? 1 : s->o->q;
    p->mu = s->o->mu;
    p->sigma = s->o->sigma;
    if (p->distribution == S2S_DRAW_CONSTANT) {
        s2s_node **only = S2S_NEW(s->r->config->arena, s2s_node *);

        if (only != NULL)
            *only = s2s_node_get(s->node, "value");
        p->value = only;
        p->count = only != NULL;
    } else if (p->distribution == S2S_DRAW_CATEGORICAL) {
        read_values(s, p);
    } else if (rules[p->distribution].needed & MIN) {
        read_range(s, p);
    }
}

/* Keys that make trials what they are. */
static const char *why_not_swept(const char *path)
{
    static const struct { const char *path, *why; } table[] = {
        { "seed", "`repeats` counts it up" }, { "sweep", "a sweep cannot change itself" }, { "version", "there is only one" },
        { "name", "it names the sweep's own directory" },
    };

    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        const size_t length = strlen(table[i].path);

        if (strncmp(path, table[i].path, length) == 0 && (path[length] == '\0' || path[length] == '.'))
            return table[i].why;
    }
    return NULL;
}

static void check_path(const subject *s)
{
    const char *why = why_not_swept(s->path);

    if (why != NULL)
        complain(s, NULL, "this key cannot be swept: %s", why);
    else if (!s2s_config_knows(s->r->config, s->path, NULL))
        complain(s, NULL, "there is no such key in this configuration");
}

static void read_parameter(const reader *r, size_t i, s2s_sweep_parameter *p)
{
    const s2s_group_list *list = &r->options->parameters;
    const subject s = {
        .r = r, .path = list->key[i], .at = r->parameters->key_at[i], .span = (int)s2s_text_codepoints(r->parameters->key[i]),
        .node = r->parameters->child[i], .o = list->item[i],
    };

    *p = (s2s_sweep_parameter){ .path = s.path, .node = s.node, .distribution = distribution_of(s.o) };
    check_path(&s);
    if (s.node->kind != S2S_NODE_MAP)
        return;                                /* the tables have said so */
    if (p->distribution == S2S_DRAW_AUTO && !s2s_node_get(s.node, "min") && !s2s_node_get(s.node, "max"))
        complain(&s, NULL, "expected `values`, `value`, or `min` and `max`");
    else if (p->distribution != S2S_DRAW_AUTO)
        read_distribution(&s, p);
}

/* --- the section --------------------------------------------------------------------------------------------------------- */

/* The shortest end of a path, from a dot on, that no other path has too. */
static const char *shortest_end(const reader *r, size_t i)
{
    const s2s_group_list *list = &r->options->parameters;
    const char *path = list->key[i], *end = path + strlen(path);

    while (end > path) {
        bool shared = false;

        while (end > path && end[-1] != '.')
            end--;
        for (size_t k = 0; k < list->count; k++) {
            const size_t length = strlen(list->key[k]), wanted = strlen(end);

            shared = shared || (k != i && length >= wanted && strcmp(list->key[k] + length - wanted, end) == 0);
        }
        if (!shared || end == path)
            break;
        end--;
    }
    return end;
}

static void read_parameters(const reader *r, s2s_sweep_spec *spec)
{
    const s2s_position at = r->parameters ? r->parameters->at : r->section->at;

    spec->parameter_count = r->options->parameters.count;
    if (spec->parameter_count == 0) {
        if (r->parameters == NULL || r->parameters->kind == S2S_NODE_MAP)
            s2s_errors_add(r->errors, at, 1, "sweep.parameters: expected at least one path with its values");
        return;
    }
    spec->parameter = S2S_NEW_ARRAY(r->config->arena, s2s_sweep_parameter, spec->parameter_count);
    for (size_t i = 0; spec->parameter != NULL && i < spec->parameter_count; i++) {
        read_parameter(r, i, &spec->parameter[i]);
        spec->parameter[i].label = shortest_end(r, i);
    }
}

static bool is_given(const s2s_node *node) { return node != NULL && !s2s_node_is_null(node); }

static s2s_position place(const reader *r, const char *group, const char *key)
{
    const s2s_node *section = group ? s2s_node_get(r->section, group) : r->section;
    const s2s_node *node = section ? s2s_node_get(section, key) : NULL;

    return node ? node->at : section ? section->at : r->section->at;
}

static void read_metric(const reader *r, const s2s_train_options *train, const s2s_signature *signature, s2s_sweep_spec *spec)
{
    const metric_options *o = &r->options->metric;
    const bool  validates = signature != NULL && signature->examples[S2S_VALIDATION] != 0;
    const s2s_metric_ops *metric;
    s2s_error   err;

    spec->metric = o->name && *o->name ? o->name : s2s_train_monitor(train, validates);
    if (signature == NULL)
        return;
    if (s2s_train_check_figure(train, signature, spec->metric, "sweep.metric.name", place(r, "metric", "name"), &err) != S2S_OK) {
        s2s_errors_take(r->errors, &err);
        return;
    }
    metric = s2s_metric_find(strncmp(spec->metric, "val_", 4) == 0 ? spec->metric + 4 : spec->metric);
    spec->larger_is_better = metric != NULL && metric->larger_is_better;
    if (o->goal != GOAL_AUTO && (o->goal == MAXIMIZE) != spec->larger_is_better)
        s2s_errors_add(r->errors, place(r, "metric", "goal"), (int)strlen(goals[o->goal]), "sweep.metric.goal: %s is better when it is %s: %s",
                       spec->metric, spec->larger_is_better ? "large" : "small", goals[spec->larger_is_better ? MAXIMIZE : MINIMIZE]);
}

static void read_halving(const reader *r, const s2s_train_options *train, s2s_sweep_spec *spec)
{
    const halving_options *o = r->options->early_terminate;
    bool epochs_swept = false;

    if (o == NULL || o->grace_period == 0 || o->reduction_factor == 0)
        return;
    spec->grace_period = o->grace_period;
    spec->reduction_factor = o->reduction_factor;
    for (size_t i = 0; i < spec->parameter_count; i++)
        epochs_swept = epochs_swept || strcmp(r->options->parameters.key[i], "train.epochs") == 0;
    if (!epochs_swept && spec->grace_period >= train->epochs)
        s2s_errors_add(r->errors, place(r, "early_terminate", "grace_period"), 1,
                       "sweep.early_terminate.grace_period: nothing would be stopped before train.epochs, which is %lld", (long long)train->epochs);
}

s2s_status s2s_sweep_read(const s2s_config *config, const s2s_train_options *train, const s2s_signature *signature,
                          s2s_sweep_spec **ret, s2s_error_list *errors)
{
    const size_t  before = errors->count;
    sweep_options options = { .method = METHOD_UNKNOWN };
    const s2s_node *section = s2s_node_get(config->complete, "sweep"), *parameters = s2s_node_get(section, "parameters");
    const reader  r = { .config = config, .errors = errors, .section = section, .parameters = parameters, .options = &options };
    s2s_sweep_spec *spec;

    *ret = NULL;
    if (section == NULL || s2s_node_is_null(section))
        return S2S_OK;
    spec = S2S_NEW(config->arena, s2s_sweep_spec);
    if (spec == NULL || s2s_section_read(config, "sweep", &options, errors) == S2S_MEMORY)
        return s2s_errors_no_memory(errors);
    *spec = (s2s_sweep_spec){ .grid = options.method == GRID, .repeats = options.repeats, .run_cap = options.run_cap, .keep = options.keep };
    if (section->kind == S2S_NODE_MAP) {
        read_parameters(&r, spec);
        read_metric(&r, train, signature, spec);
        read_halving(&r, train, spec);
        if (options.method == RANDOM && !is_given(s2s_node_get(section, "run_cap")))
            s2s_errors_add(errors, place(&r, NULL, "method"), 1, "sweep.run_cap: missing; method: random needs the number of points to draw");
    }
    if (s2s_arena_failed(config->arena))
        return s2s_errors_no_memory(errors);
    *ret = spec;
    return errors->count > before ? S2S_CONFIG : S2S_OK;
}
