/* plan.c -- see plan.h. Every size is computed before the first block is taken. */
#include "graph/plan.h"

#include <assert.h>
#include <string.h>

/* One layer over one shard: the call with all that does not change, and its own copies of the input values. */
typedef struct node_run {
    s2s_layer_call call;
    s2s_value input[S2S_INPUTS_MAX];
    const real *weight[S2S_WEIGHTS_MAX];
} node_run;

/* The fixed steps behind a RepeatVector, for the number of sequences that the shard has. */
typedef struct fixed_steps {
    s2s_steps steps;
    int64_t *offset;
    int32_t *sequence_of, *length;
} fixed_steps;

struct s2s_workspace {
    s2s_value *value;
    node_run *run;
    fixed_steps *fixed;            /* by layout; used where the layout is fixed */
    int64_t **inner_example;       /* by layout; used where the layout is inner: dropout's number of each inner sequence */
    int64_t *row_example;          /* the same by outer row, while it is made */
};

typedef struct extent { int64_t rows, sequences, steps; } extent;

/* The largest that a layout can get. */
static extent bounds_of(const s2s_graph *g, const s2s_plan_bounds *bounds, int layout)
{
    const s2s_layout *l = &g->layout[layout];
    extent base;

    if (l->kind == S2S_LAYOUT_STREAM)
        return (extent){ bounds->stream[l->stream].rows, bounds->sequences, bounds->stream[l->stream].steps };
    if (l->kind == S2S_LAYOUT_INNER)
        return (extent){ bounds->stream[l->stream].inner_rows, bounds->stream[l->stream].rows, bounds->stream[l->stream].inner_steps };
    base = bounds_of(g, bounds, l->stream);
    return (extent){ base.sequences * l->steps, base.sequences, l->steps };
}

static int64_t rows_of(const s2s_shape *shape, extent e)
{
    return shape->form == S2S_MATRIX || shape->form == S2S_CONSTANT ? e.sequences : e.rows;
}

/* True when the value's numbers are its own: not tokens, not somebody else's memory. */
static bool has_numbers(const s2s_graph_value *v)
{
    return v->shape.form != S2S_TOKENS && v->shape.form != S2S_GROUPS;
}

static int64_t need(s2s_memory_need n, extent e)
{
    return n.per_row * e.rows + n.per_sequence * e.sequences + n.per_step * e.steps + n.once;
}

/* --- creation ------------------------------------------------------------------------------------------------------------------- */

/* Numbers of a value itself and of its gradient: 0 where there is none, or where it lies in somebody else's memory. */
typedef struct value_size { int64_t x, dx; } value_size;

static value_size size_of_value(const s2s_graph *g, const s2s_plan_options *o, const s2s_graph_value *v)
{
    const int64_t count = rows_of(&v->shape, bounds_of(g, &o->bounds, v->layout)) * v->shape.width;

    if (v->node < 0 || !has_numbers(v))
        return (value_size){ 0 };
    return (value_size){ g->node[v->node].spec.alias ? 0 : count, o->training && v->wants_gradient ? count : 0 };
}

static s2s_status make_values(const s2s_graph *g, const s2s_plan_options *o, s2s_arena *arena, s2s_workspace *w)
{
    for (int i = 0; i < g->value_count; i++) {
        const value_size size = size_of_value(g, o, &g->value[i]);

        w->value[i].form = g->value[i].shape.form;
        w->value[i].width = g->value[i].shape.width;
        if (size.x > 0)
            w->value[i].x = S2S_NEW_ARRAY(arena, real, size.x);
        if (size.dx > 0)
            w->value[i].dx = S2S_NEW_ARRAY(arena, real, size.dx);
    }
    return s2s_arena_failed(arena) ? S2S_MEMORY : S2S_OK;
}

static int64_t kept_size(const s2s_graph *g, const s2s_plan_bounds *bounds, const s2s_graph_node *node)
{
    return need(node->spec.kept, bounds_of(g, bounds, g->value[node->input[0]].layout));
}

static int64_t scratch_size(const s2s_graph *g, const s2s_plan_bounds *bounds)
{
    int64_t most = 0;

    for (int i = 0; i < g->node_count; i++) {
        const int64_t n = need(g->node[i].spec.scratch, bounds_of(g, bounds, g->value[g->node[i].input[0]].layout));

        most = n > most ? n : most;
    }
    return most;
}

static void make_runs(const s2s_plan *plan, const s2s_plan_options *o, s2s_arena *arena, s2s_workspace *w)
{
    const s2s_graph *g = plan->graph;
    real *scratch = S2S_NEW_ARRAY(arena, real, scratch_size(g, &o->bounds));

    for (int i = 0; i < g->node_count; i++) {
        const s2s_graph_node *node = &g->node[i];
        node_run *run = &w->run[i];

        for (int k = 0; k < node->spec.weight_count; k++)
            run->weight[k] = plan->weights + g->weight[node->weight_first + k].offset;
        for (int k = 0; k < node->input_count; k++)
            run->input[k] = w->value[node->input[k]];
        run->call = (s2s_layer_call){
            .options = node->options, .spec = &node->spec, .input_count = node->input_count, .input = run->input,
            .output = &w->value[node->output], .weight = run->weight, .packed = plan->packed + node->packed_offset,
            .kept = S2S_NEW_ARRAY(arena, real, kept_size(g, &o->bounds, node)), .scratch = scratch,
            .tile_last = node->spec.tiles,
        };
    }
}

static void make_fixed(const s2s_graph *g, const s2s_plan_bounds *bounds, s2s_arena *arena, s2s_workspace *w)
{
    for (int i = 0; i < g->layout_count; i++) {
        const extent e = bounds_of(g, bounds, i);
        fixed_steps *f = &w->fixed[i];

        if (g->layout[i].kind != S2S_LAYOUT_FIXED)
            continue;
        f->offset = S2S_NEW_ARRAY(arena, int64_t, e.steps + 1);
        f->sequence_of = S2S_NEW_ARRAY(arena, int32_t, e.rows);
        f->length = S2S_NEW_ARRAY(arena, int32_t, e.sequences);
        f->steps = (s2s_steps){ .sequences = -1, .offset = f->offset, .sequence_of = f->sequence_of, .length = f->length };
    }
}

static void make_inner(const s2s_graph *g, const s2s_plan_bounds *bounds, s2s_arena *arena, s2s_workspace *w)
{
    int64_t most = 0;

    for (int i = 0; i < g->layout_count; i++) {
        const int64_t sequences = g->layout[i].kind == S2S_LAYOUT_INNER ? bounds_of(g, bounds, i).sequences : 0;

        if (sequences > 0)
            w->inner_example[i] = S2S_NEW_ARRAY(arena, int64_t, sequences);
        most = sequences > most ? sequences : most;
    }
    w->row_example = S2S_NEW_ARRAY(arena, int64_t, most);
}

static s2s_workspace *make_workspace(const s2s_plan *plan, const s2s_plan_options *o, s2s_arena *arena)
{
    const s2s_graph *g = plan->graph;
    s2s_workspace *w = S2S_NEW(arena, s2s_workspace);

    if (w == NULL)
        return NULL;
    w->value = S2S_NEW_ARRAY(arena, s2s_value, g->value_count);
    w->run = S2S_NEW_ARRAY(arena, node_run, g->node_count);
    w->fixed = S2S_NEW_ARRAY(arena, fixed_steps, g->layout_count);
    w->inner_example = S2S_NEW_ARRAY(arena, int64_t *, g->layout_count);
    if (s2s_arena_failed(arena) || make_values(g, o, arena, w) != S2S_OK)
        return NULL;
    make_runs(plan, o, arena, w);
    make_fixed(g, &o->bounds, arena, w);
    make_inner(g, &o->bounds, arena, w);
    return s2s_arena_failed(arena) ? NULL : w;
}

/*
 * Systems promise more memory than they have and kill who takes it: a plan that this machine cannot hold is refused before it is made.
 * Steps and inner examples are left out: they are few beside the numbers.
 */
static s2s_status check_size(const s2s_graph *g, const s2s_plan_options *o, s2s_error *err)
{
    const double installed = (double)s2s_memory_installed();
    double numbers = (double)scratch_size(g, &o->bounds), bytes;

    for (int i = 0; i < g->value_count; i++) {
        const value_size size = size_of_value(g, o, &g->value[i]);

        numbers += (double)size.x + (double)size.dx;
    }
    for (int i = 0; i < g->node_count; i++)
        numbers += (double)kept_size(g, &o->bounds, &g->node[i]);
    bytes = sizeof(real) * (numbers * o->workspaces + (double)g->weight_elements + (double)g->packed_elements);
    if (bytes <= installed)
        return S2S_OK;
    return s2s_fail(err, S2S_MEMORY, "out of memory: weights and the activations of the longest examples need %.1f GB, this machine has %.1f GB",
                    bytes / 1e9, installed / 1e9);
}

s2s_status s2s_plan_create(const s2s_graph *graph, const s2s_plan_options *options, s2s_arena *arena, s2s_plan **ret, s2s_error *err)
{
    s2s_plan *plan = S2S_NEW(arena, s2s_plan);
    size_t before;

    if (plan == NULL)
        return s2s_fail(err, S2S_MEMORY, "out of memory");
    S2S_TRY(check_size(graph, options, err));
    plan->graph = graph;
    plan->training = options->training;
    plan->workspace_count = options->workspaces;
    plan->weights = S2S_NEW_ARRAY(arena, real, graph->weight_elements);
    plan->packed = S2S_NEW_ARRAY(arena, real, graph->packed_elements);
    plan->workspace = S2S_NEW_ARRAY(arena, s2s_workspace *, options->workspaces);
    before = s2s_arena_bytes(arena);
    for (int i = 0; i < options->workspaces && !s2s_arena_failed(arena); i++)
        plan->workspace[i] = make_workspace(plan, options, arena);
    if (s2s_arena_failed(arena))
        return s2s_fail(err, S2S_MEMORY, "out of memory for weights and activations");
    plan->bytes.weights = graph->weight_elements * (int64_t)sizeof(real);
    plan->bytes.packed = graph->packed_elements * (int64_t)sizeof(real);
    plan->bytes.workspaces = (int64_t)(s2s_arena_bytes(arena) - before);
    *ret = plan;
    return S2S_OK;
}

void s2s_plan_pack_node(s2s_plan *plan, int node, s2s_direction direction)
{
    const s2s_graph_node *n = &plan->graph->node[node];

    if (n->ops->pack != NULL && n->spec.packed > 0)
        n->ops->pack(&plan->workspace[0]->run[node].call, direction, plan->packed + n->packed_offset);
}

void s2s_plan_pack(s2s_plan *plan)
{
    for (int i = 0; i < plan->graph->node_count; i++)
        for (s2s_direction d = S2S_FORWARD; d <= (plan->training ? S2S_BACKWARD : S2S_FORWARD); d++)
            s2s_plan_pack_node(plan, i, d);
}

/* --- running ------------------------------------------------------------------------------------------------------------------------ */

s2s_value *s2s_workspace_value(s2s_workspace *workspace, int value) { return &workspace->value[value]; }

static void fix_steps(fixed_steps *f, int64_t sequences, int64_t count)
{
    if (f->steps.sequences == sequences)
        return;
    f->steps.sequences = sequences;
    f->steps.count = count;
    f->steps.rows = sequences * count;
    for (int64_t t = 0; t <= count; t++)
        f->offset[t] = t * sequences;
    for (int64_t r = 0; r < f->steps.rows; r++)
        f->sequence_of[r] = (int32_t)(r % sequences);
    for (int64_t b = 0; b < sequences; b++)
        f->length[b] = (int32_t)count;
}

static void set_streams(const s2s_graph *g, s2s_workspace *w, const s2s_pass *pass)
{
    for (int i = 0; i < g->stream_count; i++) {
        const s2s_plan_input *in = &pass->input[i];
        s2s_value *v = &w->value[i];
        union { const real *in; real *out; } x = { .in = in->x };       /* layers read inputs only */

        v->steps = in->steps;
        v->rows = v->form == S2S_MATRIX ? pass->sequences : in->steps->rows;
        v->x = x.out;
        v->token = in->token;
        v->groups = in->groups;
    }
}

/* Rows and steps of a node's output for this shard. The first input's layout, but behind RepeatVector and unfold. */
static void set_output(const s2s_graph *g, s2s_workspace *w, const s2s_graph_node *node)
{
    const s2s_graph_value *value = &g->value[node->output];
    const s2s_layout *layout = &g->layout[value->layout];
    s2s_value *y = &w->value[node->output];
    const s2s_value *x = &w->value[node->input[0]];
    int64_t sequences = x->form == S2S_MATRIX ? x->rows : x->steps->sequences;

    y->steps = x->steps;
    if (layout->kind == S2S_LAYOUT_FIXED) {
        fix_steps(&w->fixed[value->layout], sequences, layout->steps);
        y->steps = &w->fixed[value->layout].steps;
    } else if (layout->kind == S2S_LAYOUT_STREAM && value->layout != g->value[node->input[0]].layout) {
        y->steps = w->value[layout->stream].steps;
        sequences = y->steps->sequences;
    }
    y->rows = value->shape.form == S2S_MATRIX || value->shape.form == S2S_CONSTANT ? sequences : y->steps->rows;
}

/* Each word of each sentence draws its own: number = sentence's place in the batch and step, whatever the shard. */
static const int64_t *number_inner(s2s_workspace *w, int layout, const s2s_groups *groups, const s2s_steps *outer, const int64_t *position)
{
    int64_t *example = w->inner_example[layout];

    for (int64_t t = 0; t < outer->count; t++)
        for (int64_t r = outer->offset[t]; r < outer->offset[t + 1]; r++)
            w->row_example[r] = position[r - outer->offset[t]] << 16 | (t & 0xFFFF);
    for (int64_t i = 0; i < groups->steps.sequences; i++)
        example[i] = w->row_example[groups->origin[i]];
    return example;
}

static const int64_t *examples_of(const s2s_graph *g, s2s_workspace *w, int value, const s2s_pass *pass)
{
    const int layout = g->value[value].layout, stream = g->layout[layout].stream;

    if (g->layout[layout].kind != S2S_LAYOUT_INNER || !pass->training)
        return pass->position;
    return number_inner(w, layout, w->value[stream].groups, w->value[stream].steps, pass->position);
}

static void run_node(const s2s_plan *plan, s2s_workspace *w, int i, const s2s_pass *pass)
{
    const s2s_graph_node *node = &plan->graph->node[i];
    node_run *run = &w->run[i];

    set_output(plan->graph, w, node);
    for (int k = 0; k < node->input_count; k++)
        run->input[k] = w->value[node->input[k]];
    run->call.training = pass->training;
    run->call.need_gradient = plan->training && !pass->no_gradient;
    run->call.example = examples_of(plan->graph, w, node->input[0], pass);
    run->call.state_norms = pass->state_norms ? pass->state_norms[i] : NULL;
    if (pass->training && node->spec.draws)
        run->call.dropout = s2s_stream_make(pass->seed, S2S_RANDOM_DROPOUT, pass->epoch, pass->step, (uint64_t)i);
    node->ops->forward(&run->call);
}

void s2s_plan_forward(const s2s_plan *plan, s2s_workspace *workspace, const s2s_pass *pass, bool to_logits)
{
    const s2s_graph *g = plan->graph;
    const int skip = to_logits && g->logits >= 0 ? g->value[g->output].node : -1;

    set_streams(g, workspace, pass);
    for (int i = 0; i < g->node_count; i++)
        if (i != skip)
            run_node(plan, workspace, i, pass);
}

void s2s_plan_backward(const s2s_plan *plan, s2s_workspace *workspace, int from)
{
    const s2s_graph *g = plan->graph;

    for (int i = g->stream_count; i < g->value_count; i++) {
        s2s_value *v = &workspace->value[i];

        if (i != from && v->dx)
            memset(v->dx, 0, (size_t)(v->rows * v->width) * sizeof(real));
    }
    for (int i = g->value[from].node; i >= 0; i--)
        if (g->value[g->node[i].output].wants_gradient)
            g->node[i].ops->backward(&workspace->run[i].call);
}

/* Works on a copy of the call: several threads may do different tiles of one shard. */
void s2s_plan_accumulate(const s2s_plan *plan, s2s_workspace *workspace, int node, int64_t first, int64_t last, real *gradient)
{
    const s2s_graph_node *n = &plan->graph->node[node];
    s2s_layer_call call = workspace->run[node].call;
    real *part[S2S_WEIGHTS_MAX];

    for (int k = 0; k < n->spec.weight_count; k++) {
        const s2s_weight *weight = &plan->graph->weight[n->weight_first + k];

        part[k] = weight->trainable ? gradient + weight->offset : NULL;
    }
    call.gradient = part;
    call.tile_first = first;
    call.tile_last = last;
    n->ops->accumulate(&call);
}

static int64_t products_of(s2s_products p, const s2s_value *x)
{
    return p.per_row * (x->steps ? x->steps->rows : x->rows) + p.per_sequence * (x->steps ? x->steps->sequences : x->rows);
}

int64_t s2s_plan_products(const s2s_plan *plan, const s2s_workspace *workspace, bool backward)
{
    const s2s_graph *g = plan->graph;
    int64_t sum = 0;

    for (int i = 0; i < g->node_count; i++) {
        const s2s_graph_node *node = &g->node[i];
        const s2s_value *x = &workspace->value[node->input[0]];
        const int64_t input = products_of(node->spec.input_products, x), state = products_of(node->spec.state_products, x);

        sum += input + state;
        if (backward && g->value[node->output].wants_gradient)
            sum += state + (g->value[node->input[0]].wants_gradient ? input : 0);
        if (backward && node->trainable)
            sum += input + state;
    }
    return sum;
}
