/* golden.c -- read recorded cases. */
#include "golden.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <string.h>

#include "base/real.h"

static golden_array read_array(const json_t *json, const char *name, s2s_arena *arena)
{
    golden_array ret = { .name = name, .count = 1 };
    if (json == NULL)
        return ret;

    const json_t *shape = json_object_get(json, "shape"), *values = json_object_get(json, "values");
    ret.rank = (int)json_array_size(shape);
    cr_assert(ret.rank >= 1 && ret.rank <= GOLDEN_RANK, "%s: rank %d", name, ret.rank);
    for (int i = 0; i < ret.rank; i++) {
        ret.shape[i] = json_integer_value(json_array_get(shape, (size_t)i));
        ret.count *= ret.shape[i];
    }
    cr_assert(json_array_size(values) == (size_t)ret.count, "%s: %zu values, not %ld", name, json_array_size(values), (long)ret.count);

    double *value = S2S_NEW_ARRAY(arena, double, ret.count);
    cr_assert(value != NULL);
    for (int64_t i = 0; i < ret.count; i++)
        value[i] = json_number_value(json_array_get(values, (size_t)i));
    ret.value = value;
    return ret;
}

static golden_arrays read_arrays(json_t *json, s2s_arena *arena)
{
    golden_arrays ret = { 0 };
    const char *name;
    json_t *item;

    json_object_foreach (json, name, item) {
        cr_assert(ret.count < GOLDEN_ARRAYS, "%s: too many arrays", name);
        ret.item[ret.count++] = read_array(item, s2s_arena_strdup(arena, name), arena);
    }
    return ret;
}

static const char *read_text(const json_t *json, s2s_arena *arena)
{
    return json_is_string(json) ? s2s_arena_strdup(arena, json_string_value(json)) : NULL;
}

static golden_case read_case(const json_t *json, s2s_arena *arena)
{
    const json_t *layers = json_object_get(json, "layers"), *train = json_object_get(json, "train");
    const json_t *result = json_object_get(json, S2S_REAL_NAME);
    const json_t *input = json_object_get(json, "input"), *target = json_object_get(train, "target");
    golden_case ret = {
        .name = read_text(json_object_get(json, "name"), arena),
        .layer_count = (int)json_array_size(layers),
        .input = read_array(input, "input", arena),
        .symbols = json_integer_value(json_object_get(input, "symbols")),
        .lengths = read_array(json_object_get(json, "lengths"), "lengths", arena),
        .weights = read_arrays(json_object_get(json, "weights"), arena),
        .torch_weights = read_arrays(json_object_get(json, "torch_weights"), arena),
        .initial_bias = read_array(json_object_get(json, "initial_bias"), "initial bias", arena),
        .dy = read_array(json_object_get(json, "dy"), "dy", arena),
        .optimizer = read_text(json_object_get(train, "optimizer"), arena),
        .loss = read_text(json_object_get(train, "loss"), arena),
        .steps = json_integer_value(json_object_get(train, "steps")),
        .target = read_array(target, "target", arena),
        .schedule = read_text(json_object_get(json, "schedule"), arena),
        .rates = read_array(json_object_get(json, "rates"), "rates", arena),
        .output = read_array(json_object_get(result, "output"), "output", arena),
        .losses = read_array(json_object_get(result, "loss"), "loss", arena),
        .gradients = read_arrays(json_object_get(result, "gradients"), arena),
        .loss_gradients = read_arrays(json_object_get(result, "loss_gradients"), arena),
        .after = read_arrays(json_object_get(result, "after"), arena),
    };

    cr_assert(ret.layer_count <= GOLDEN_LAYERS, "%s: too many layers", ret.name);
    for (int i = 0; i < ret.layer_count; i++)
        ret.layer[i] = read_text(json_array_get(layers, (size_t)i), arena);
    ret.target_symbols = ret.target.rank == ret.output.rank - 1;
    return ret;
}

golden_file golden_read(const char *name, s2s_arena *arena)
{
    json_error_t error;
    json_t *json = json_load_file(s2s_arena_printf(arena, "tests/golden/%s", name), 0, &error);
    cr_assert(json != NULL, "%s:%d: %s", name, error.line, error.text);

    const json_t *cases = json_object_get(json, "cases");
    golden_file ret = { .count = json_array_size(cases) };
    cr_assert(ret.count > 0, "%s: no cases", name);
    ret.item = S2S_NEW_ARRAY(arena, golden_case, ret.count);
    for (size_t i = 0; i < ret.count; i++)
        ret.item[i] = read_case(json_array_get(cases, i), arena);
    json_decref(json);
    return ret;
}

const golden_array *golden_find(const golden_arrays *arrays, const char *name)
{
    for (int i = 0; i < arrays->count; i++)
        if (strcmp(arrays->item[i].name, name) == 0)
            return &arrays->item[i];
    return NULL;
}
