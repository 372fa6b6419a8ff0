/* graph.c -- expands wrappers, converts forms, infers shapes, names weights. */
#include "graph/graph.h"

#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "graph/names.h"
#include "layers/activation.h"
#include "layers/initializer.h"
#include "layers/plain.h"

extern const s2s_layer_ops s2s_layer_activation, s2s_layer_repeat_vector;

enum { WEIGHT_ALIGNMENT = 16, NODES_LIMIT = 10000 };

/* What surrounds the layer that is being built. */
typedef struct scope {
    const char *name;              /* prefix of weight names */
    const char *type, *path;
    s2s_position at;
    unsigned flags;                /* that children inherit */
    int row;
    bool trainable;
} scope;

typedef struct builder {
    s2s_expander expander;         /* first: expand gets a pointer to it */
    const s2s_graph_source *source;
    s2s_graph *graph;
    scope scope;
    size_t values, value_room, nodes, node_room, weights, weight_room, layouts, layout_room, rows, row_room;
    s2s_names names;               /* of layers and streams; wrappers' inner names as "outer/inner" */
    s2s_graph_value *value;
    s2s_graph_node *node;
    s2s_weight *weight;
    s2s_layout *layout;
    s2s_graph_row *row;
} builder;

static s2s_status no_memory(s2s_error *err) { return s2s_fail(err, S2S_MEMORY, "out of memory while building the graph"); }

/* Room for one more element of a list in the builder. */
static void *grow(builder *b, void *items, size_t *count, size_t *room, size_t size)
{
    return s2s_arena_grow(b->expander.arena, items, count, room, size);
}

/* --- names -------------------------------------------------------------------------------------------------------------------------- */

/* "SimpleRNN" -> "simple_rnn", "LSTM" -> "lstm", "SpatialDropout1D" -> "spatial_dropout1d": Keras' rule. */
static void snake_case(const char *type, char *ret, size_t size)
{
    size_t n = 0;

    for (size_t i = 0; type[i] != '\0' && n + 2 < size; i++) {
        const bool upper = isupper((unsigned char)type[i]) != 0;
        const bool before_word = i > 0 && upper && type[i + 1] != '\0' && islower((unsigned char)type[i + 1]);
        const bool after_lower = i > 0 && upper && islower((unsigned char)type[i - 1]);

        if (before_word || after_lower)
            ret[n++] = '_';
        ret[n++] = (char)tolower((unsigned char)type[i]);
    }
    ret[n] = '\0';
}

static s2s_status take_name(builder *b, const char *name, s2s_error *err)
{
    return name != NULL && s2s_names_take(&b->names, name) ? S2S_OK : no_memory(err);
}

/* Where the file or the command line says what the layer is called. */
static s2s_position place_of_name(const s2s_object *layer)
{
    const s2s_node *name = layer->node != NULL ? s2s_node_get(layer->node, "name") : NULL;

    return name != NULL ? name->at : layer->at;
}

static s2s_status name_layer(builder *b, const s2s_object *layer, const char *prefix, const char **ret, s2s_error *err)
{
    const s2s_layer_common *common = layer->common;
    char type[128];

    if (common && common->name) {
        const char *name = *prefix ? s2s_arena_printf(b->expander.arena, "%s/%s", prefix, common->name) : common->name;

        if (name && (strchr(common->name, '/') || strchr(common->name, '.') || *common->name == '\0'))
            return s2s_fail_at(err, S2S_CONFIG, place_of_name(layer), "%s.name: '%s' cannot be a name: it is a part of paths, so no '/' or '.'",
                               layer->path, common->name);
        if (name && s2s_names_have(&b->names, name))
            return s2s_fail_at(err, S2S_CONFIG, place_of_name(layer), "%s.name: '%s' is already the name of another layer or stream", layer->path,
                               common->name);
        *ret = name;
    } else {
        const char *base;

        snake_case(layer->entry->name, type, sizeof(type));
        base = s2s_arena_printf(b->expander.arena, "%s%s%s", prefix, *prefix ? "/" : "", type);
        *ret = base ? s2s_names_free(&b->names, base) : NULL;
    }
    return take_name(b, *ret, err);
}

/* --- values and layouts ------------------------------------------------------------------------------------------------------------------ */

static const s2s_shape *shape_of(const s2s_expander *self, int value)
{
    const builder *b = (const builder *)self;

    return &b->value[value].shape;
}

static s2s_status add_layout(builder *b, s2s_layout layout, int *ret, s2s_error *err)
{
    s2s_layout *slot = grow(b, &b->layout, &b->layouts, &b->layout_room, sizeof(layout));

    if (slot == NULL)
        return no_memory(err);
    *slot = layout;
    *ret = (int)b->layouts - 1;
    return S2S_OK;
}

/* How the rows of a node's output lie. */
static s2s_status layout_of(builder *b, const s2s_graph_node *node, int *ret, s2s_error *err)
{
    const s2s_graph_value *x = &b->value[node->input[0]];

    if (node->ops == &s2s_plain_fold)
        return add_layout(b, (s2s_layout){ .kind = S2S_LAYOUT_INNER, .stream = b->layout[x->layout].stream }, ret, err);
    if (node->ops == &s2s_plain_unfold) {
        *ret = b->value[node->input[1]].layout;
        return S2S_OK;
    }
    if (node->spec.output.form == S2S_CONSTANT && x->shape.form == S2S_MATRIX)
        return add_layout(b, (s2s_layout){ .kind = S2S_LAYOUT_FIXED, .stream = x->layout, .steps = node->spec.output.steps }, ret, err);
    *ret = x->layout;
    return S2S_OK;
}

/* --- messages ----------------------------------------------------------------------------------------------------------------------------- */

static const s2s_graph_node *maker_of(const builder *b, int value)
{
    return b->value[value].node < 0 ? NULL : &b->node[b->value[value].node];
}

static const char *cure_for(const builder *b, const s2s_layer_ops *ops, int input)
{
    const s2s_graph_node *maker = maker_of(b, input);
    const bool from_recurrent = maker && maker->ops->recurrent;
    const s2s_form form = b->value[input].shape.form;

    if (ops == &s2s_layer_repeat_vector && form != S2S_MATRIX)
        return from_recurrent ? ". Leave return_sequences out there" : ". Put a recurrent layer without return_sequences between";
    if (form == S2S_MATRIX && from_recurrent)
        return ". Set return_sequences: true there, or put RepeatVector between";
    if (form == S2S_MATRIX)
        return ". Put RepeatVector between";
    return "";
}

/* What a layer reads, by name and line. A conversion in front of the layer bears the layer's name: then what that reads is meant. */
static void add_source(const builder *b, int input, s2s_string *text)
{
    const s2s_graph_node *maker = maker_of(b, input);

    for (; maker != NULL && strcmp(b->row[maker->row].name, b->scope.name) == 0; maker = maker_of(b, input))
        input = maker->input[0];
    if (maker == NULL) {
        s2s_string_printf(text, "stream '%s'", b->source->stream[input].name);
        return;
    }
    s2s_string_printf(text, "%s '%s'", b->row[maker->row].type, b->row[maker->row].name);
    if (s2s_position_shown(maker->at).line > 0)
        s2s_string_printf(text, " (line %d)", maker->at.line);
    else if (maker->at.file != NULL)
        s2s_string_printf(text, " (%s)", maker->at.file);
}

/* "model.layers.1: LSTM 'lstm_1' <message>; it reads LSTM 'lstm' (line 14). <cure>" */
static s2s_status explain(const builder *b, const s2s_layer_ops *ops, const int *inputs, int count, s2s_error *err)
{
    const s2s_status status = err->status;
    char message[S2S_ERROR_MESSAGE];
    s2s_string sources = { 0 };

    snprintf(message, sizeof(message), "%s", err->message);
    if (status == S2S_MEMORY)
        return status;
    for (int i = 0; i < count; i++) {
        s2s_string_add(&sources, i == 0 ? "" : i + 1 < count ? ", " : " and ");
        add_source(b, inputs[i], &sources);
    }
    s2s_fail_at(err, status, b->scope.at, "%s: %s '%s' %s; it reads %s%s", b->scope.path ? b->scope.path : "model", b->scope.type,
                b->scope.name, message, s2s_string_chars(&sources), status == S2S_SHAPE ? cure_for(b, ops, inputs[0]) : "");
    s2s_string_release(&sources);
    return status;
}

/* --- nodes ----------------------------------------------------------------------------------------------------------------------------------- */

static s2s_status add_weights(builder *b, s2s_graph_node *node, s2s_error *err)
{
    s2s_graph *g = b->graph;

    node->weight_first = (int)b->weights;
    for (int i = 0; i < node->spec.weight_count; i++) {
        const s2s_weight_spec *spec = &node->spec.weight[i];
        s2s_weight *w = grow(b, &b->weight, &b->weights, &b->weight_room, sizeof(*w));

        if (w == NULL)
            return no_memory(err);
        w->name = s2s_arena_printf(b->expander.arena, "%s/%s", node->name, spec->name);
        w->node = (int)b->nodes - 1;
        w->rows = spec->rank == 2 ? spec->shape[0] : 1;
        w->columns = spec->rank == 2 ? spec->shape[1] : spec->shape[0];
        if (__builtin_mul_overflow(w->rows, w->columns, &w->count) || w->count > INT64_MAX / 64)
            return s2s_fail(err, S2S_SHAPE, "needs a weight of %lld times %lld numbers, which no memory holds", (long long)w->rows, (long long)w->columns);
        w->offset = g->weight_elements;
        w->trainable = node->trainable && !spec->frozen;
        g->weight_elements += (w->count + WEIGHT_ALIGNMENT - 1) / WEIGHT_ALIGNMENT * WEIGHT_ALIGNMENT;
        g->parameters += w->count;
        g->frozen += w->trainable ? 0 : w->count;
        b->row[node->row].parameters += w->count;
        if (w->name == NULL)
            return no_memory(err);
    }
    node->packed_offset = g->packed_elements;
    g->packed_elements += (node->spec.packed + WEIGHT_ALIGNMENT - 1) / WEIGHT_ALIGNMENT * WEIGHT_ALIGNMENT;
    return S2S_OK;
}

static bool trains(const builder *b, const s2s_graph_node *node)
{
    bool any = false;

    for (int i = 0; i < node->spec.weight_count; i++)
        any |= b->weight[node->weight_first + i].trainable;
    for (int i = 0; i < node->input_count; i++)
        any |= b->value[node->input[i]].wants_gradient;
    return any;
}

static s2s_status add_value(builder *b, s2s_graph_node *node, s2s_error *err)
{
    s2s_graph_value *v = grow(b, &b->value, &b->values, &b->value_room, sizeof(*v));

    if (v == NULL)
        return no_memory(err);
    v->shape = node->spec.output;
    v->node = (int)b->nodes - 1;
    node->output = (int)b->values - 1;
    S2S_TRY(add_weights(b, node, err));
    v->wants_gradient = trains(b, node);
    return layout_of(b, node, &v->layout, err);
}

static s2s_status add_node(builder *b, const s2s_layer_ops *ops, const void *options, const char *name, const int *inputs, int count,
                           unsigned flags, int *ret, s2s_error *err);

/* A dense version of a value whose form the layer does not take. */
static s2s_status convert(builder *b, const s2s_layer_ops *ops, int *input, s2s_error *err)
{
    if ((ops->forms & 1u << b->value[*input].shape.form) != 0)
        return S2S_OK;
    if (b->value[*input].shape.form == S2S_MATRIX || b->value[*input].shape.form == S2S_DENSE)
        return S2S_OK;                                    /* infer says what is wrong */
    return add_node(b, &s2s_plain_to_dense, NULL, "to_dense", input, 1, 0, input, err);
}

/* All streams of one example have the same length, so any two of them share their time axis. */
static bool same_axis(const builder *b, const s2s_graph_value *x, const s2s_graph_value *y)
{
    const s2s_layout *p = &b->layout[x->layout], *q = &b->layout[y->layout];

    if (!s2s_shape_is_sequence(&x->shape) || !s2s_shape_is_sequence(&y->shape))
        return true;                                      /* forms are infer's to compare */
    return p->kind == q->kind && x->shape.steps == y->shape.steps;
}

static s2s_status check_inputs(const builder *b, const s2s_layer_ops *ops, const int *inputs, int count, unsigned flags, s2s_error *err)
{
    if (count > 1 && !ops->merges)
        return s2s_fail(err, S2S_SHAPE, "takes one input, got %d", count);
    if ((flags & S2S_FOLDED) != 0 && ops->recurrent)
        return s2s_fail(err, S2S_SHAPE, "inside TimeDistributed needs a sequence at every step, which only a stream of characters has");
    if (ops == &s2s_plain_unfold)
        return S2S_OK;
    for (int i = 1; i < count; i++)
        if (!same_axis(b, &b->value[inputs[0]], &b->value[inputs[i]]))
            return s2s_fail(err, S2S_SHAPE, "cannot merge sequences with different time axes");
    return S2S_OK;
}

static s2s_status infer_node(builder *b, s2s_graph_node *node, unsigned flags, s2s_error *err)
{
    s2s_shape shape[S2S_INPUTS_MAX];
    const s2s_layer_input in = {
        .count = node->input_count, .shape = shape, .flags = flags, .kernels = b->graph->kernels,
        .target_steps = b->source->target_steps, .target_symbols = b->source->target_symbols,
    };
    s2s_status status;

    for (int i = 0; i < node->input_count; i++)
        shape[i] = b->value[node->input[i]].shape;
    status = check_inputs(b, node->ops, node->input, node->input_count, flags, err);
    if (status == S2S_OK)
        status = node->ops->infer(node->options, &in, &node->spec, err);
    node->spec.kernels = in.kernels;
    return status == S2S_OK ? S2S_OK : explain(b, node->ops, node->input, node->input_count, err);
}

static s2s_status add_node(builder *b, const s2s_layer_ops *ops, const void *options, const char *name, const int *inputs, int count,
                           unsigned flags, int *ret, s2s_error *err)
{
    int input[S2S_INPUTS_MAX];
    s2s_graph_node *node;

    assert(count >= 1 && count <= S2S_INPUTS_MAX);
    for (int i = 0; i < count; i++) {
        input[i] = inputs[i];
        S2S_TRY(convert(b, ops, &input[i], err));
    }
    if (b->nodes >= NODES_LIMIT)
        return s2s_fail_at(err, S2S_CONFIG, b->scope.at, "model.layers: more than %d layers", NODES_LIMIT);
    node = grow(b, &b->node, &b->nodes, &b->node_room, sizeof(*node));
    if (node == NULL)
        return no_memory(err);
    node->name = name;
    node->path = b->scope.path;
    node->at = b->scope.at;
    node->ops = ops;
    node->options = options;
    node->input_count = count;
    memcpy(node->input, input, sizeof(input));
    node->row = b->scope.row;
    node->trainable = b->scope.trainable;
    S2S_TRY(infer_node(b, node, flags, err));
    S2S_TRY(add_value(b, node, err));
    *ret = node->output;
    return S2S_OK;
}

static s2s_status add_plain(s2s_expander *self, const s2s_layer_ops *ops, const void *options, const int *inputs, int count, int *ret, s2s_error *err)
{
    builder *b = (builder *)self;

    return add_node(b, ops, options, b->scope.name, inputs, count, b->scope.flags, ret, err);
}

/* One copy of a layer under its final name. */
static s2s_status build_copy(builder *b, const s2s_object *layer, const char *name, const int *inputs, int count, unsigned flags, int *ret, s2s_error *err)
{
    const s2s_layer_ops *ops = s2s_layer_of(layer);
    const s2s_layer_common *common = layer->common;
    const scope outer = b->scope;
    s2s_status status;

    b->scope.name = name;
    b->scope.type = layer->entry->name;
    b->scope.path = layer->path ? layer->path : outer.path;
    b->scope.at = layer->at.line > 0 ? layer->at : outer.at;
    b->scope.flags = flags;
    b->scope.trainable = outer.trainable && (common == NULL || common->trainable);
    if (ops->expand == NULL) {
        status = add_node(b, ops, layer->options, name, inputs, count, flags, ret, err);
    } else {
        status = ops->expand(layer->options, &b->expander, inputs, count, ret, err);
        if (status != S2S_OK && err->line == 0)
            status = explain(b, ops, inputs, count, err);
    }
    b->scope = outer;
    return status;
}

/* `repeat` copies on top of each other: x, x_1, ...; all but the last give sequences. */
static s2s_status build_layer(builder *b, const s2s_object *layer, const char *name, const int *inputs, int count, unsigned flags, int *ret, s2s_error *err)
{
    const s2s_layer_common *common = layer->common;
    const int64_t copies = common ? common->repeat : 1;
    int made = inputs[0];

    for (int64_t i = 0; i < copies; i++) {
        const char *copy = i == 0 ? name : s2s_names_free(&b->names, name);

        if (i > 0)
            S2S_TRY(take_name(b, copy, err));
        S2S_TRY(build_copy(b, layer, copy, i == 0 ? inputs : &made, i == 0 ? count : 1, flags | (i + 1 < copies ? S2S_SEQUENCES : 0), &made, err));
    }
    *ret = made;
    return S2S_OK;
}

static s2s_status add_child(s2s_expander *self, const s2s_object *layer, const char *role, const int *inputs, int count, unsigned flags,
                            int *ret, s2s_error *err)
{
    builder *b = (builder *)self;
    const s2s_layer_common *common = layer->common;
    const char *name = b->scope.name;

    if (role && *role) {
        name = s2s_arena_printf(b->expander.arena, "%s/%s", b->scope.name, role);
        S2S_TRY(take_name(b, name, err));
    } else if (role || (common && common->name))
        S2S_TRY(name_layer(b, layer, b->scope.name, &name, err));
    if (name == NULL)
        return no_memory(err);
    return build_layer(b, layer, name, inputs, count, flags | (b->scope.flags & (S2S_FOLDED | S2S_SEQUENCES)), ret, err);
}

/* --- the top level -------------------------------------------------------------------------------------------------------------------------------- */

static int find_row(const builder *b, const char *name)
{
    for (size_t i = 0; i < b->rows; i++)
        if (strcmp(b->row[i].name, name) == 0)
            return (int)i;
    return -1;
}

static s2s_status unknown_input(const builder *b, const s2s_object *layer, const char *name, s2s_position at, s2s_error *err)
{
    const char *known[256], *near;
    size_t n = 0;

    for (int i = 0; i < b->source->stream_count && n < 256; i++)
        known[n++] = b->source->stream[i].name;
    for (size_t i = 0; i + 1 < b->rows && n < 256; i++)
        known[n++] = b->row[i].name;
    near = s2s_nearest_name(name, known, n);
    return s2s_fail_at(err, S2S_CONFIG, at, "%s.inputs: no stream and no earlier layer is called '%s'%s%s%s", layer->path, name,
                       near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
}

static s2s_status find_inputs(const builder *b, const s2s_object *layer, const int *row_value, int last, int *inputs, int *count, s2s_error *err)
{
    const s2s_layer_common *common = layer->common;
    const s2s_text_list *names = &common->inputs;

    *count = 0;
    if (names->count > S2S_INPUTS_MAX)
        return s2s_fail_at(err, S2S_CONFIG, layer->at, "%s.inputs: at most %d inputs", layer->path, S2S_INPUTS_MAX);
    for (size_t i = 0; i < names->count; i++) {
        int value = -1, row = find_row(b, names->item[i]);

        for (int s = 0; s < b->source->stream_count; s++)
            if (strcmp(b->source->stream[s].name, names->item[i]) == 0)
                value = s;
        if (value < 0 && row >= 0 && row + 1 < (int)b->rows)
            value = row_value[row];
        if (value < 0)
            return unknown_input(b, layer, names->item[i], names->at ? names->at[i] : layer->at, err);
        inputs[(*count)++] = value;
    }
    if (names->count > 0)
        return S2S_OK;
    if (last < 0)
        return s2s_fail_at(err, S2S_CONFIG, layer->at, "%s: the data set has %d streams; say which ones it reads with inputs: [...]",
                           layer->path, b->source->stream_count);
    inputs[(*count)++] = last;
    return S2S_OK;
}

static s2s_status add_row(builder *b, const s2s_object *layer, const char *name, s2s_error *err)
{
    s2s_graph_row *row = grow(b, &b->row, &b->rows, &b->row_room, sizeof(*row));

    if (row == NULL)
        return no_memory(err);
    row->name = name;
    row->type = layer->entry->name;
    row->at = layer->at;
    return S2S_OK;
}

static s2s_status build_all(builder *b, s2s_error *err)
{
    const s2s_graph_source *source = b->source;
    int last = source->stream_count == 1 ? 0 : -1;
    int *row_value = S2S_NEW_ARRAY(b->expander.arena, int, source->layers->count + 1);

    if (row_value == NULL)
        return no_memory(err);
    for (size_t i = 0; i < source->layers->count; i++) {
        const s2s_object *layer = source->layers->item[i];
        int inputs[S2S_INPUTS_MAX], count;
        const char *name;

        if (((const s2s_layer_common *)layer->common)->repeat == 0)
            continue;
        S2S_TRY(name_layer(b, layer, "", &name, err));
        S2S_TRY(add_row(b, layer, name, err));
        S2S_TRY(find_inputs(b, layer, row_value, last, inputs, &count, err));
        b->scope.row = (int)b->rows - 1;
        S2S_TRY(build_layer(b, layer, name, inputs, count, 0, &last, err));
        row_value[b->rows - 1] = last;
        b->row[b->rows - 1].output = b->value[last].shape;
    }
    if (b->nodes == 0)
        return s2s_fail_at(err, S2S_CONFIG, source->at, "model.layers: no layer is left to train");
    b->graph->output = last;
    if (b->value[last].shape.form == S2S_CONSTANT || b->value[last].shape.form == S2S_TOKENS)
        return add_node(b, &s2s_plain_to_dense, NULL, "to_dense", &last, 1, 0, &b->graph->output, err);
    return S2S_OK;
}

/* The value before a final softmax. */
static int logits_of(const builder *b)
{
    const s2s_graph_node *node = maker_of(b, b->graph->output);
    const s2s_activation_options *o = node->options;

    if (node->ops != &s2s_layer_activation || strcmp(o->activation->entry->name, "softmax") != 0)
        return -1;
    return node->input[0];
}

static void finish(builder *b)
{
    s2s_graph *g = b->graph;

    g->stream_count = b->source->stream_count;
    g->value_count = (int)b->values, g->value = b->value;
    g->node_count = (int)b->nodes, g->node = b->node;
    g->weight_count = (int)b->weights, g->weight = b->weight;
    g->layout_count = (int)b->layouts, g->layout = b->layout;
    g->row_count = (int)b->rows, g->row = b->row;
    for (int i = 0; i < g->weight_count; i++)           /* nodes stand still only now */
        g->weight[i].spec = &g->node[g->weight[i].node].spec.weight[i - g->node[g->weight[i].node].weight_first];
    g->logits = logits_of(b);
}

s2s_status s2s_graph_create(const s2s_graph_source *source, s2s_arena *arena, s2s_graph **ret, s2s_error *err)
{
    builder b = {
        .expander = { .arena = arena, .add = add_child, .add_plain = add_plain, .shape = shape_of },
        .source = source, .graph = S2S_NEW(arena, s2s_graph), .scope = { .name = "", .at = source->at, .trainable = true },
    };

    if (b.graph == NULL)
        return no_memory(err);
    b.names.arena = b.expander.arena;
    b.graph->kernels = s2s_kernels_for(source->precision);
    if (source->layers->count == 0)
        return s2s_fail_at(err, S2S_CONFIG, source->at, "model.layers: expected at least one layer, got an empty list");
    for (int i = 0; i < source->stream_count; i++) {
        s2s_graph_value *v = grow(&b, &b.value, &b.values, &b.value_room, sizeof(*v));

        if (v == NULL)
            return no_memory(err);
        *v = (s2s_graph_value){ .shape = source->stream[i].shape, .node = -1 };
        S2S_TRY(add_layout(&b, (s2s_layout){ .kind = S2S_LAYOUT_STREAM, .stream = i }, &v->layout, err));
        S2S_TRY(take_name(&b, source->stream[i].name, err));
    }
    S2S_TRY(build_all(&b, err));
    finish(&b);
    *ret = b.graph;
    return S2S_OK;
}
