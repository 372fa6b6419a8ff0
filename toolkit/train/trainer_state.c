/* trainer_state.c -- the list of arrays that makes a resumed run go on to the same bits. */
#include "train/trainer_state.h"

#include <string.h>

/* name NULL: memory is out. */
static void put(s2s_state *state, s2s_state_type type, int64_t count, void *data, const char *name)
{
    state->item[state->count++] = (s2s_state_item){ .name = name, .type = type, .count = count, .data = data };
}

s2s_status s2s_trainer_state(s2s_trainer *t, s2s_arena *arena, s2s_state *ret, s2s_error *err)
{
    const s2s_graph *g = t->graph;
    const size_t most = (size_t)g->weight_count * (2 + S2S_SLOTS_MAX) + 8;
    s2s_state state = { .item = S2S_NEW_ARRAY(arena, s2s_state_item, most) };

    if (state.item == NULL)
        return s2s_fail(err, S2S_MEMORY, "out of memory");
    put(&state, S2S_STATE_INTEGER, S2S_AT_COUNT, t->numbers, "trainer/numbers");
    put(&state, S2S_STATE_DOUBLE, S2S_FIGURE_COUNT, t->figures, "trainer/figures");
    put(&state, S2S_STATE_DOUBLE, 1, &t->sums.loss, "trainer/loss");
    put(&state, S2S_STATE_INTEGER, 1, &t->sums.targets, "trainer/targets");
    put(&state, S2S_STATE_INTEGER, 1, &t->sums.examples, "trainer/examples");
    put(&state, S2S_STATE_DOUBLE, t->engine->metric_first[t->engine->metric_count], t->sums.metric, "trainer/metrics");
    put(&state, S2S_STATE_DOUBLE, (int64_t)t->options->callbacks.count * S2S_CALLBACK_STATE, t->callback_state, "trainer/callbacks");
    for (int i = 0; i < g->weight_count; i++) {
        const s2s_weight *w = &g->weight[i];

        put(&state, S2S_STATE_REAL, w->count, t->plan->weights + w->offset, s2s_arena_printf(arena, "weights/%s", w->name));
        put(&state, S2S_STATE_REAL, w->count, t->best_weights + w->offset, s2s_arena_printf(arena, "best/%s", w->name));
        for (int k = 0; k < t->stepper->slots; k++)
            put(&state, S2S_STATE_REAL, w->count, t->stepper->slot[k] + w->offset,
                s2s_arena_printf(arena, "optimizer/%s/%s", t->stepper->slot_name[k], w->name));
    }
    if (s2s_arena_failed(arena))
        return s2s_fail(err, S2S_MEMORY, "out of memory");
    *ret = state;
    return S2S_OK;
}

void s2s_trainer_state_loaded(s2s_trainer *trainer) { s2s_plan_pack(trainer->plan); }
