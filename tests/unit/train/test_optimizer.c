#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "tests/unit/object.h"
#include "train/optimizer.h"

enum { N = 3, STEPS = 3 };

/* Slots at their first values, then the steps: elements [first, first + n) of each gradient. */
static void run(const s2s_object *o, int64_t first, int64_t n, real *w)
{
    static const double gradients[STEPS][N] = { { 0.5, -0.25, 0.0 }, { -0.1, 0.75, 1e-4 }, { 0.3, 0.3, -2.0 } };
    const s2s_optimizer_ops *const ops = s2s_optimizer_of(o);
    const char *name[S2S_SLOTS_MAX];
    real slot[S2S_SLOTS_MAX][N];
    const int slots = ops->slots(o->options, name);

    for (int s = 0; s < slots; s++)
        for (int i = 0; i < N; i++)
            slot[s][i] = ops->slot_start ? (real)ops->slot_start(o->options, s) : 0;
    for (int step = 1; step <= STEPS; step++) {
        const double rate = s2s_learning_rate(s2s_optimizer_common_of(o)->learning_rate, step - 1, 0);
        s2s_factors factors;
        real g[N];

        for (int i = 0; i < N; i++)
            g[i] = (real)gradients[step - 1][i];
        s2s_optimizer_prepare(o, step, rate, &factors);

        s2s_update update = { .n = n, .w = w + first, .g = g + first, .factors = &factors };
        for (int s = 0; s < slots; s++)
            update.slot[s] = slot[s] + first;
        s2s_optimizer_update(o, &update);
    }
}

/* Keras 3.15.1 on JAX 0.10.2, float64: w = [1, -0.5, 0.25] after apply([g]) with the three gradients above, one by one. */
static const struct { const char *text; double want[N]; } known[] = {
    { "sgd", { 0.993, -0.508, 0.269999 } },
    { "{type: SGD, learning_rate: 0.1, momentum: 0.9}", { 0.8535, -0.60475, 0.449981 } },
    { "{type: SGD, learning_rate: 0.1, momentum: 0.9, nesterov: true}", { 0.79815, -0.674275, 0.6299729 } },
    { "{type: SGD, learning_rate: 0.1, weight_decay: 0.05}", { 0.915523625, -0.5724118125, 0.44625876875 } },
    { "rmsprop", { 0.9957623213636, -0.5010323933846, 0.2528476188736 } },
    { "{type: RMSprop, learning_rate: 0.01, rho: 0.8, momentum: 0.5, epsilon: 1e-3, centered: true}",
      { 0.9495161998056, -0.5017205932133, 0.2749328080438 } },
    { "{type: RMSprop, centered: true}", { 0.9954892001287, -0.5009893134107, 0.253018501925 } },
    { "adam", { 0.9978244307384, -0.5000780849055, 0.2499174573645 } },
    { "{type: Adam, learning_rate: 0.01, beta_1: 0.8, beta_2: 0.9, epsilon: 1e-3, amsgrad: true}",
      { 0.9788999741557, -0.5016410379027, 0.256501094978 } },
    { "adamw", { 0.9978124408304, -0.5000720909526, 0.2499144602618 } },
    { "adagrad", { 0.9988742989637, -0.5005929660314, 0.2509874133558 } },
    { "{type: Adagrad, learning_rate: 0.1, initial_accumulator_value: 0.5, epsilon: 1e-3}", { 0.9212462275916, -0.5645808883141, 0.3442563021286 } },
    { "adadelta", { 0.9999979274694, -0.5000014848536, 0.2500013179759 } },
    { "{type: Adadelta, learning_rate: 1.0, rho: 0.9, epsilon: 1e-4}", { 0.9533595823953, -0.5336956383116, 0.2815189830522 } },
    { "adamax", { 0.9981764268712, -0.4997488756077, 0.2498431970669 } },
    { "{type: Adamax, learning_rate: 0.01, beta_1: 0.8, weight_decay: 0.1}", { 0.9792545639552, -0.4966392560197, 0.2478044907219 } },
    { "nadam", { 0.9984739539976, -0.5003162595391, 0.2500483209737 } },
    { "{type: Nadam, learning_rate: 0.1, beta_1: 0.8, beta_2: 0.99}", { 0.8325142768062, -0.5432746147463, 0.2589516490579 } },
};

Test(optimizer, steps_are_those_of_keras)
{
    const double tolerance = sizeof(real) == sizeof(double) ? 1e-10 : 3e-7;

    for (size_t k = 0; k < sizeof(known) / sizeof(known[0]); k++) {
        real w[N] = { 1, (real)-0.5, (real)0.25 };

        run(object_of(&s2s_optimizers, known[k].text), 0, N, w);
        for (int i = 0; i < N; i++)
            cr_expect(fabs((double)w[i] - known[k].want[i]) < tolerance, "%s[%d]: %.13g, Keras has %.13g", known[k].text, i, (double)w[i], known[k].want[i]);
    }
}

Test(optimizer, every_entry_is_compared_with_keras)
{
    for (size_t i = 0; i < s2s_optimizers.count; i++) {
        bool found = false;

        for (size_t k = 0; k < sizeof(known) / sizeof(known[0]); k++)
            found |= object_of(&s2s_optimizers, known[k].text)->entry == s2s_optimizers.entries[i];
        cr_expect(found, "no known values of %s", s2s_optimizers.entries[i]->name);
    }
}

/* Threads take runs of elements: how a weight is cut must not matter to a single bit. */
Test(optimizer, an_update_is_elementwise)
{
    FOR_EACH_EXAMPLE(s2s_optimizers, text) {
        const s2s_object *const o = object_of(&s2s_optimizers, *text);
        real whole[N] = { 1, (real)-0.5, (real)0.25 }, parts[N] = { 1, (real)-0.5, (real)0.25 };

        run(o, 0, N, whole);
        for (int i = 0; i < N; i++)
            run(o, i, 1, parts);
        cr_expect(memcmp(whole, parts, sizeof(whole)) == 0, "%s", *text);
    }
}

/* The same for runs long enough for the widest vectors and their remainders. */
Test(optimizer, wide_runs_are_elementwise)
{
    enum { WIDE = 67 };

    FOR_EACH_EXAMPLE(s2s_optimizers, text) {
        const s2s_object *const o = object_of(&s2s_optimizers, *text);
        const s2s_optimizer_ops *const ops = s2s_optimizer_of(o);
        real g[WIDE], w[2][WIDE], slot[2][S2S_SLOTS_MAX][WIDE];
        s2s_factors factors;

        for (int i = 0; i < WIDE; i++) {
            g[i] = (real)sin(i);
            for (int cut = 0; cut < 2; cut++) {
                w[cut][i] = (real)cos(i);
                for (int s = 0; s < S2S_SLOTS_MAX; s++)
                    slot[cut][s][i] = (real)(0.1 + 0.01 * i);
            }
        }
        s2s_optimizer_prepare(o, 5, 0.01, &factors);
        ops->update(o->options, &(s2s_update){ WIDE, w[0], g, { slot[0][0], slot[0][1], slot[0][2] }, &factors });
        for (int i = 0; i < WIDE; i++)
            ops->update(o->options, &(s2s_update){ 1, w[1] + i, g + i, { slot[1][0] + i, slot[1][1] + i, slot[1][2] + i }, &factors });
        cr_expect(memcmp(w[0], w[1], sizeof(w[0])) == 0 && memcmp(slot[0], slot[1], sizeof(slot[0])) == 0, "%s", *text);
    }
}

Test(optimizer, slots_are_named_and_only_those_needed)
{
    static const struct { const char *text; int count; const char *names; } cases[] = {
        { "sgd", 0, "" }, { "{type: SGD, momentum: 0.5}", 1, "momentum " }, { "rmsprop", 1, "velocity " },
        { "{type: RMSprop, centered: true}", 2, "velocity average_gradient " }, { "{type: RMSprop, momentum: 0.5}", 2, "velocity momentum " },
        { "{type: RMSprop, momentum: 0.5, centered: true}", 3, "velocity momentum average_gradient " },
        { "adam", 2, "momentum velocity " }, { "{type: AdamW, amsgrad: true}", 3, "momentum velocity velocity_hat " },
        { "adagrad", 1, "accumulator " }, { "adadelta", 2, "accumulated_grad accumulated_delta_var " },
        { "adamax", 2, "momentum norm " }, { "nadam", 2, "momentum velocity " },
    };

    for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++) {
        const s2s_object *const o = object_of(&s2s_optimizers, cases[k].text);
        const char *name[S2S_SLOTS_MAX];
        const int count = s2s_optimizer_of(o)->slots(o->options, name);
        char names[128] = "";

        for (int s = 0; s < count; s++)
            strcat(strcat(names, name[s]), " ");
        cr_expect(count == cases[k].count && strcmp(names, cases[k].names) == 0, "%s: %d, %s", cases[k].text, count, names);
    }
}

Test(optimizer, defaults_are_those_of_keras)
{
    static const struct { const char *text; double rate, decay; } cases[] = {
        { "sgd", 0.01, NAN }, { "rmsprop", 0.001, NAN }, { "adam", 0.001, NAN }, { "adamw", 0.001, 0.004 },
        { "adagrad", 0.001, NAN }, { "adadelta", 0.001, NAN }, { "adamax", 0.001, NAN }, { "nadam", 0.001, NAN },
    };

    for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++) {
        const s2s_optimizer_common *const common = s2s_optimizer_common_of(object_of(&s2s_optimizers, cases[k].text));

        cr_expect(s2s_learning_rate(common->learning_rate, 7, 0) == cases[k].rate, "%s", cases[k].text);
        cr_expect(isnan(cases[k].decay) ? isnan(common->weight_decay) : common->weight_decay == cases[k].decay, "%s", cases[k].text);
        cr_expect(isnan(common->clipnorm) && isnan(common->clipvalue) && isnan(common->global_clipnorm) && !common->lazy, "%s", cases[k].text);
    }
}

Test(optimizer, check_says_what_the_tables_cannot)
{
    static const struct { const char *text, *fault; } cases[] = {
        { "{type: Adam, clipnorm: 1.0}", NULL },
        { "{type: Adam, clipnorm: 1.0, global_clipnorm: 1.0}", "at most one of clipnorm" },
        { "{type: SGD, clipvalue: 0.5, global_clipnorm: 1.0}", "at most one of clipnorm" },
        { "{type: SGD, learning_rate: {type: PiecewiseConstantDecay, boundaries: [5, 10], values: [0.1, 0.05, 0.01]}}", NULL },
        { "{type: SGD, learning_rate: {type: PiecewiseConstantDecay, boundaries: [5, 10], values: [0.1, 0.05]}}", "one more of values" },
        { "{type: SGD, learning_rate: {type: PiecewiseConstantDecay, boundaries: [10, 5], values: [0.1, 0.05, 0.01]}}", "that rise" },
        { "{type: SGD, learning_rate: {type: CosineDecay, initial_learning_rate: 0.1, decay_steps: 5, warmup_steps: 3}}", "warmup_target" },
    };

    for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++) {
        s2s_error err = { 0 };
        const s2s_status status = s2s_optimizer_check(object_of(&s2s_optimizers, cases[k].text), &err);

        if (cases[k].fault == NULL)
            cr_expect(status == S2S_OK, "%s: %s", cases[k].text, err.message);
        else
            cr_expect(status == S2S_CONFIG && strstr(err.message, cases[k].fault) != NULL, "%s: %s", cases[k].text, err.message);
    }
}
