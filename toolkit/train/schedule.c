/*
 * schedule.c -- the learning rate of a step. To add one: options that start with `per`, a rate function of the position, a row in
 * the list at the end.
 *
 * A position is the number of steps done before this one or, with `per: epoch`, of epochs; so the first step has position 0.
 *
 * Source  Keras 3's schedules; `per` is ours. Loshchilov and Hutter 2017 (cosine).
 */
#include <math.h>

#include "train/optimizer.h"

enum { PER_STEP, PER_EPOCH };
static const char *const units[] = { "step", "epoch", NULL };

#define PER(type) S2S_FIELD_CHOICE(type, per, "step", units, "what positions and lengths count")
#define RATE(type, member, preset, help) S2S_FIELD_REAL(type, member, preset, 0.0, 1e6, "", help)
#define STEPS(type, member) S2S_FIELD_INT(type, member, S2S_REQUIRED, 1, 1e15, "steps or epochs", "length of the decay")

/* Every schedule but Constant starts so. */
typedef struct { int per; } base_options;

static double position_of(const void *options, int64_t step, int64_t epoch)
{
    return (double)(((const base_options *)options)->per == PER_EPOCH ? epoch : step);
}

/* --- Constant -------------------------------------------------------------------------------------------------------------- */

typedef struct { double value; } constant_options;

static const s2s_field constant_fields[] = {
    RATE(constant_options, value, S2S_REQUIRED, "the learning rate of every step"),
    S2S_FIELD_END
};

static double constant_rate(const void *options, int64_t step, int64_t epoch)
{
    (void)step, (void)epoch;
    return ((const constant_options *)options)->value;
}

/* --- ExponentialDecay: rate * decay_rate ^ (position / decay_steps); InverseTimeDecay: rate / (1 + decay_rate * position / decay_steps) */

typedef struct { int per; double initial_learning_rate; int64_t decay_steps; double decay_rate; bool staircase; } decay_options;
typedef decay_options exponential_decay_options, inverse_time_decay_options;

#define DECAY_FIELDS(high)                                                                                              \
    RATE(decay_options, initial_learning_rate, S2S_REQUIRED, "learning rate of the first step"),                        \
    STEPS(decay_options, decay_steps),                                                                                  \
    S2S_FIELD_REAL(decay_options, decay_rate, S2S_REQUIRED, 0.0, high, "", "strength of the decay over decay_steps"),   \
    S2S_FIELD_BOOL(decay_options, staircase, "false", "in whole jumps, every decay_steps"),                             \
    PER(decay_options),                                                                                                 \
    S2S_FIELD_END

static const s2s_field exponential_decay_fields[] = { DECAY_FIELDS(1.0) };
static const s2s_field inverse_time_decay_fields[] = { DECAY_FIELDS(1e6) };

static double lengths_done(const decay_options *o, double position)
{
    const double done = position / (double)o->decay_steps;

    return o->staircase ? floor(done) : done;
}

static double exponential_decay_rate(const void *options, int64_t step, int64_t epoch)
{
    const decay_options *o = options;

    return o->initial_learning_rate * pow(o->decay_rate, lengths_done(o, position_of(o, step, epoch)));
}

static double inverse_time_decay_rate(const void *options, int64_t step, int64_t epoch)
{
    const decay_options *o = options;

    return o->initial_learning_rate / (1.0 + o->decay_rate * lengths_done(o, position_of(o, step, epoch)));
}

/* --- PiecewiseConstantDecay: values[k] up to and with boundaries[k] ------------------------------------------------------------ */

typedef struct { int per; s2s_int_list boundaries; s2s_real_list values; } piecewise_constant_decay_options;

static const s2s_field piecewise_constant_decay_fields[] = {
    S2S_FIELD_INTS(piecewise_constant_decay_options, boundaries, S2S_REQUIRED, 0, 1e15, "steps or epochs", "last position of each value but the last, rising"),
    S2S_FIELD_REALS(piecewise_constant_decay_options, values, S2S_REQUIRED, 0.0, 1e6, "", "learning rates, one more than boundaries"),
    PER(piecewise_constant_decay_options),
    S2S_FIELD_END
};

static double piecewise_constant_decay_rate(const void *options, int64_t step, int64_t epoch)
{
    const piecewise_constant_decay_options *o = options;
    const double position = position_of(o, step, epoch);
    size_t k = 0;

    while (k < o->boundaries.count && position > (double)o->boundaries.item[k])
        k++;
    return o->values.item[k];
}

static const char *piecewise_constant_decay_fault(const void *options)
{
    const piecewise_constant_decay_options *o = options;

    if (o->values.count != o->boundaries.count + 1)
        return "expected one more of values than of boundaries";
    for (size_t k = 1; k < o->boundaries.count; k++)
        if (o->boundaries.item[k] <= o->boundaries.item[k - 1])
            return "expected boundaries that rise";
    return NULL;
}

/* --- PolynomialDecay: (rate - end) (1 - position / decay_steps) ^ power + end --------------------------------------------------- */

typedef struct { int per; double initial_learning_rate; int64_t decay_steps; double end_learning_rate, power; bool cycle; } polynomial_decay_options;

static const s2s_field polynomial_decay_fields[] = {
    RATE(polynomial_decay_options, initial_learning_rate, S2S_REQUIRED, "learning rate of the first step"),
    STEPS(polynomial_decay_options, decay_steps),
    RATE(polynomial_decay_options, end_learning_rate, "0.0001", "learning rate at the end"),
    S2S_FIELD_REAL(polynomial_decay_options, power, "1.0", 0.0, 100.0, "", "1: a straight line"),
    S2S_FIELD_BOOL(polynomial_decay_options, cycle, "false", "begin again after decay_steps, each time over a longer way"),
    PER(polynomial_decay_options),
    S2S_FIELD_END
};

static double polynomial_decay_rate(const void *options, int64_t step, int64_t epoch)
{
    const polynomial_decay_options *o = options;
    double position = position_of(o, step, epoch), length = (double)o->decay_steps;

    if (!o->cycle)
        position = fmin(position, length);
    else if (position > 0.0)
        length *= ceil(position / length);
    return (o->initial_learning_rate - o->end_learning_rate) * pow(1.0 - position / length, o->power) + o->end_learning_rate;
}

/* --- CosineDecay, with a straight way up before it if wanted --------------------------------------------------------------------- */

typedef struct {
    int per;
    double initial_learning_rate;
    int64_t decay_steps;
    double alpha, warmup_target;        /* NaN: no way up */
    int64_t warmup_steps;
} cosine_decay_options;

static const s2s_field cosine_decay_fields[] = {
    RATE(cosine_decay_options, initial_learning_rate, S2S_REQUIRED, "learning rate of the first step"),
    STEPS(cosine_decay_options, decay_steps),
    S2S_FIELD_REAL(cosine_decay_options, alpha, "0.0", 0.0, 1.0, "fraction", "share of the rate that is left at the end"),
    RATE(cosine_decay_options, warmup_target, S2S_NONE, "rise to this rate first; null: no rise"),
    S2S_FIELD_INT(cosine_decay_options, warmup_steps, "0", 0, 1e15, "steps or epochs", "length of the rise, before decay_steps"),
    PER(cosine_decay_options),
    S2S_FIELD_END
};

/* From 1 at 0 to 0 at 1, half a wave. */
static double half_wave(double done) { return 0.5 * (1.0 + cos(M_PI * done)); }

static double cosine_decay_rate(const void *options, int64_t step, int64_t epoch)
{
    const cosine_decay_options *o = options;
    const bool rises = !isnan(o->warmup_target);
    const double rise = rises ? (double)o->warmup_steps : 0.0, top = rises ? o->warmup_target : o->initial_learning_rate;
    const double position = position_of(o, step, epoch);

    if (position < rise)
        return (o->warmup_target - o->initial_learning_rate) * (position / rise) + o->initial_learning_rate;
    return top * ((1.0 - o->alpha) * half_wave(fmin((position - rise) / (double)o->decay_steps, 1.0)) + o->alpha);
}

static const char *cosine_decay_fault(const void *options)
{
    const cosine_decay_options *o = options;

    return isnan(o->warmup_target) && o->warmup_steps > 0 ? "expected warmup_target where there are warmup_steps" : NULL;
}

/* --- CosineDecayRestarts: wave k is t_mul^k times as long and m_mul^k times as high as the first ------------------------------------ */

typedef struct { int per; double initial_learning_rate; int64_t first_decay_steps; double t_mul, m_mul, alpha; } cosine_decay_restarts_options;

static const s2s_field cosine_decay_restarts_fields[] = {
    RATE(cosine_decay_restarts_options, initial_learning_rate, S2S_REQUIRED, "learning rate of the first step"),
    STEPS(cosine_decay_restarts_options, first_decay_steps),
    S2S_FIELD_REAL(cosine_decay_restarts_options, t_mul, "2.0", 1.0, 1000.0, "", "how much longer each wave is than the one before"),
    S2S_FIELD_REAL(cosine_decay_restarts_options, m_mul, "1.0", 0.0, 1000.0, "", "how much higher each wave starts than the one before"),
    S2S_FIELD_REAL(cosine_decay_restarts_options, alpha, "0.0", 0.0, 1.0, "fraction", "share of the rate that is left at the end of a wave"),
    PER(cosine_decay_restarts_options),
    S2S_FIELD_END
};

static double cosine_decay_restarts_rate(const void *options, int64_t step, int64_t epoch)
{
    const cosine_decay_restarts_options *o = options;
    double left = position_of(o, step, epoch) / (double)o->first_decay_steps, wave = 0.0, length = 1.0;

    if (o->t_mul == 1.0) {
        wave = floor(left);
        left -= wave;
    } else
        for (; left >= length; wave += 1.0, length *= o->t_mul)
            left -= length;
    return o->initial_learning_rate * ((1.0 - o->alpha) * pow(o->m_mul, wave) * half_wave(left / length) + o->alpha);
}

/* --- the table ------------------------------------------------------------------------------------------------------------------------ */

/* function, Keras' class name, what else its table cannot say, summary, example */
#define SCHEDULES(ROW)                                                                                                       \
    ROW(constant, "Constant", NULL, "the same rate always; a bare number means this", "{type: Constant, value: 0.001}")      \
    ROW(cosine_decay, "CosineDecay", cosine_decay_fault, "half a cosine wave down, after a straight rise if wanted",         \
        "{type: CosineDecay, initial_learning_rate: 0.0, decay_steps: 1000, warmup_target: 1e-3, warmup_steps: 100}")        \
    ROW(cosine_decay_restarts, "CosineDecayRestarts", NULL, "cosine waves, one after the other",                             \
        "{type: CosineDecayRestarts, initial_learning_rate: 1e-3, first_decay_steps: 1000}")                                 \
    ROW(exponential_decay, "ExponentialDecay", NULL, "times decay_rate every decay_steps",                                   \
        "{type: ExponentialDecay, initial_learning_rate: 2e-3, decay_steps: 1, decay_rate: 0.97, per: epoch}")               \
    ROW(inverse_time_decay, "InverseTimeDecay", NULL, "divided by 1 + decay_rate * steps / decay_steps",                     \
        "{type: InverseTimeDecay, initial_learning_rate: 1e-2, decay_steps: 100, decay_rate: 0.5, staircase: true}")         \
    ROW(piecewise_constant_decay, "PiecewiseConstantDecay", piecewise_constant_decay_fault, "a list of rates and when they change", \
        "{type: PiecewiseConstantDecay, boundaries: [10, 20], values: [1e-3, 5e-4, 1e-4], per: epoch}")                      \
    ROW(polynomial_decay, "PolynomialDecay", NULL, "down to end_learning_rate along a power of the way left",                \
        "{type: PolynomialDecay, initial_learning_rate: 1e-3, decay_steps: 1000, power: 2.0}")

#define DEFINE(function, name_, fault_, summary_, example)                                                                   \
    static const s2s_schedule_ops function##_ops = {                                                                         \
        .entry = { .name = name_, .summary = summary_, .fields = function##_fields, .options_size = sizeof(function##_options), \
                   .examples = (const char *const[]){ example, NULL } },                                                     \
        .rate = function##_rate, .fault = fault_,                                                                            \
    };
SCHEDULES(DEFINE)

#define ADDRESS(function, ...) &function##_ops.entry,
static const s2s_entry *const entries[] = { SCHEDULES(ADDRESS) };

const s2s_registry s2s_schedules = {
    .noun = "schedule", .plural = "schedules", .entries = entries, .count = sizeof(entries) / sizeof(entries[0]),
    .number_entry = "Constant",
};

double s2s_learning_rate(const s2s_object *schedule, int64_t step, int64_t epoch)
{
    return ((const s2s_schedule_ops *)schedule->entry)->rate(schedule->options, step, epoch);
}
