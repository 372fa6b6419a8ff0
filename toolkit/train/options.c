/* options.c -- the `train` section: its table, and what a table cannot say. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "train/trainer.h"

const char *const s2s_precision_names[S2S_PRECISIONS + 1] = { [S2S_HIGHEST] = "highest", [S2S_HIGH] = "high", [S2S_MEDIUM] = "medium" };

const s2s_field s2s_train_fields[] = {
    { .key = "epochs", .kind = S2S_KIND_INT, .flags = S2S_FLAG_RESUME, .offset = S2S_OFFSET(s2s_train_options, epochs, int64_t),
      .preset = "10", .minimum = 0, .maximum = 1e9, .unit = "epochs", .help = "passes over the training examples; 0: initialise or load, evaluate, save" },
    S2S_FIELD_INT(s2s_train_options, batch_size, "32", 1, 1e7, "examples", "examples in each optimizer step"),
    S2S_FIELD_OBJECT(s2s_train_options, loss, "categorical_crossentropy", &s2s_losses, "what training makes small"),
    S2S_FIELD_OBJECT(s2s_train_options, optimizer, "Adam", &s2s_optimizers, "how weights follow their gradients"),
    S2S_FIELD_NAMES(s2s_train_options, metrics, S2S_NONE, &s2s_metrics,
                    "figures beside the loss, by name; null: accuracy for symbols, mae for real values"),
    S2S_FIELD_TEXT(s2s_train_options, monitor, S2S_NONE,
                   "the figure that chooses `best`; default of callbacks and sweeps; null: val_loss, or loss without validation"),
    S2S_FIELD_OBJECTS(s2s_train_options, callbacks, S2S_NONE, &s2s_callbacks, "what watches the figures from epoch to epoch"),
    S2S_FIELD_BOOL(s2s_train_options, shuffle, "true", "a new order of the examples in every epoch"),
    S2S_FIELD_INT(s2s_train_options, bucket, "0", 0, 100000, "batches", "put examples of similar length together, within runs of so many batches; 0: no"),
    S2S_FIELD_INT_OR_AUTO(s2s_train_options, shard_rows, S2S_AUTO, 1, 4096, "examples",
                          "examples that one thread takes through the network together; auto: 16, 32 or 64, by the recurrent weights and matmul_precision. "
                          "Where lengths differ much, 8 share out better between threads"),
    S2S_FIELD_CHOICE(s2s_train_options, matmul_precision, "highest", s2s_precision_names,
                     "factors of matrix products: float32; two bfloat16 each; one bfloat16. Sums are float32; without AMX all are highest"),
    S2S_FIELD_END
};

static s2s_position place(const s2s_node *section, const char *key)
{
    const s2s_node *node = s2s_node_get(section, key);

    return node ? node->at : section ? section->at : (s2s_position){0};
}

static bool listed(const s2s_text_list *names, const char *name)
{
    for (size_t i = 0; i < names->count; i++)
        if (strcmp(names->item[i], name) == 0)
            return true;
    return false;
}

static void append(s2s_text_list *names, const char *name)
{
    if (!listed(names, name))
        names->item[names->count++] = name;
}

s2s_status s2s_train_metrics(const s2s_train_options *options, const s2s_signature *signature, bool curriculum, s2s_arena *arena,
                             s2s_text_list *ret, s2s_error *err)
{
    const bool symbols = signature->target.kind == S2S_STREAM_TOKENS;
    s2s_text_list names = { .item = S2S_NEW_ARRAY(arena, const char *, options->metrics.count + 4) };

    if (names.item == NULL)
        return s2s_fail(err, S2S_MEMORY, "out of memory");
    for (size_t i = 0; i < options->metrics.count; i++)
        append(&names, options->metrics.item[i]);
    if (options->metrics.count == 0)
        append(&names, symbols ? "accuracy" : "mae");
    if (signature->filler >= 0)
        append(&names, "accuracy_padded");
    if (curriculum)
        append(&names, "exact_match");
    *ret = names;
    return S2S_OK;
}

static void check_metrics(const s2s_train_options *o, bool symbols, s2s_error_list *errors)
{
    for (size_t i = 0; i < o->metrics.count; i++) {
        const s2s_metric_ops *metric = s2s_metric_find(o->metrics.item[i]);

        if (!(symbols ? metric->for_symbols : metric->for_reals))
            s2s_errors_add(errors, o->metrics.at[i], 1, "train.metrics: '%s' is for %s, but the target holds %s", o->metrics.item[i],
                           symbols ? "real values" : "symbols", symbols ? "symbols" : "real values");
    }
}

static s2s_status check_monitor(const char *monitor, const s2s_text_list *metrics, bool validates, const char *key, s2s_position at, s2s_error *err)
{
    const bool val = strncmp(monitor, "val_", 4) == 0;
    const char *name = val ? monitor + 4 : monitor;

    if (val && !validates)
        return s2s_fail_at(err, S2S_CONFIG, at, "%s: '%s' needs validation examples, and the data set keeps none", key, monitor);
    if (strcmp(name, "loss") == 0 || listed(metrics, name))
        return S2S_OK;
    if (s2s_metric_find(name))
        return s2s_fail_at(err, S2S_CONFIG, at, "%s: '%s' is watched, but '%s' is not in train.metrics", key, monitor, name);
    return s2s_fail_at(err, S2S_CONFIG, at, "%s: there is no figure '%s'; figures are loss, the names in train.metrics, and both with val_", key, monitor);
}

const char *s2s_train_monitor(const s2s_train_options *options, bool validates)
{
    return options->monitor && *options->monitor ? options->monitor : validates ? "val_loss" : "loss";
}

const char *s2s_callback_monitor(const s2s_object *callback, const char *preset)
{
    const s2s_callback_ops *ops = (const s2s_callback_ops *)callback->entry;
    const char *own = ops->monitor ? ops->monitor(callback->options) : NULL;

    return own && *own ? own : preset;
}

/* The figure of the config, and those that callbacks name themselves. */
static void check_monitors(const s2s_train_options *o, const s2s_node *section, const s2s_text_list *metrics, bool validates, s2s_error_list *errors)
{
    const char *preset = s2s_train_monitor(o, validates);
    s2s_error err = { 0 };

    if (check_monitor(preset, metrics, validates, "train.monitor", place(section, "monitor"), &err) != S2S_OK)
        s2s_errors_take(errors, &err);
    for (size_t i = 0; i < o->callbacks.count; i++) {
        const s2s_object *c = o->callbacks.item[i];
        const char *own = s2s_callback_monitor(c, preset);
        char key[128];

        err = (s2s_error){ 0 };
        snprintf(key, sizeof(key), "%s.monitor", c->path ? c->path : "train.callbacks");
        if (own != preset && check_monitor(own, metrics, validates, key, c->at, &err) != S2S_OK)
            s2s_errors_take(errors, &err);
    }
}

s2s_status s2s_train_check_figure(const s2s_train_options *options, const s2s_signature *signature, const char *name, const char *key,
                                  s2s_position at, s2s_error *err)
{
    s2s_arena *arena = s2s_arena_create();
    s2s_text_list metrics;
    s2s_status status = arena ? s2s_train_metrics(options, signature, signature->curriculum, arena, &metrics, err) : s2s_fail(err, S2S_MEMORY, "out of memory");

    if (status == S2S_OK)
        status = check_monitor(name, &metrics, signature->examples[S2S_VALIDATION] != 0, key, at, err);
    s2s_arena_free(arena);
    return status;
}

/* The loss against what the target holds. */
static void check_loss(const s2s_train_options *o, const s2s_node *section, bool symbols, s2s_error_list *errors)
{
    const s2s_loss_ops *loss = (const s2s_loss_ops *)o->loss->entry;
    const char *name = o->loss->entry->name;

    if (loss->wants_symbols && !symbols)
        s2s_errors_add(errors, place(section, "loss"), 1,
                       "train.loss: %s needs symbols as target, but the data set's target holds real values: use mean_squared_error", name);
    if (!loss->wants_symbols && symbols)
        s2s_errors_add(errors, place(section, "loss"), 1,
                       "train.loss: %s needs real values as target, but the data set's target holds symbols: use categorical_crossentropy", name);
}

void s2s_train_check(const s2s_train_options *options, const s2s_node *section, const s2s_signature *signature, s2s_error_list *errors)
{
    const bool symbols = signature->target.kind == S2S_STREAM_TOKENS, validates = signature->examples[S2S_VALIDATION] != 0;
    const int64_t examples = signature->examples[S2S_TRAIN];
    s2s_text_list metrics;
    s2s_error err = { 0 };

    if (s2s_train_metrics(options, signature, signature->curriculum, errors->arena, &metrics, &err) != S2S_OK) {
        s2s_errors_take(errors, &err);
        return;
    }
    check_metrics(options, symbols, errors);
    check_monitors(options, section, &metrics, validates, errors);
    check_loss(options, section, symbols, errors);
    if (s2s_optimizer_check(options->optimizer, &err) != S2S_OK)
        s2s_errors_take(errors, &err);
    if (examples >= 0 && options->batch_size > examples)
        s2s_errors_add(errors, place(section, "batch_size"), 1, "train.batch_size: %lld is more than the %lld training examples",
                       (long long)options->batch_size, (long long)examples);
}

/* --- graph against target ---------------------------------------------------------------------------------------------------------- */

static s2s_status misfit(const s2s_graph *graph, s2s_error *err, const char *wanted, const char *cure)
{
    const s2s_graph_row *last = &graph->row[graph->row_count - 1];
    char got[64];

    s2s_shape_format(&last->output, got, sizeof(got));
    return s2s_fail_at(err, S2S_SHAPE, last->at, "model.layers: the last layer, %s '%s', gives %s, but the target is %s. %s",
                       last->type, last->name, got, wanted, cure);
}

static s2s_status fit_steps(const s2s_graph *graph, const s2s_signature *signature, s2s_error *err)
{
    const s2s_graph_value *out = &graph->value[graph->output];
    const s2s_layout *layout = &graph->layout[out->layout];
    const bool sequence = s2s_shape_is_sequence(&out->shape);
    char wanted[128];

    if (signature->alignment == S2S_PER_SEQUENCE)
        return sequence ? misfit(graph, err, "one for each sequence", "Let the last recurrent layer leave return_sequences out") : S2S_OK;
    if (signature->alignment == S2S_ALIGNED) {
        if (!sequence || layout->kind != S2S_LAYOUT_STREAM)
            return misfit(graph, err, "one for each step of the input", "Set return_sequences: true in the recurrent layers and leave RepeatVector out");
        return S2S_OK;
    }
    snprintf(wanted, sizeof(wanted), "a sequence of %lld steps of its own", (long long)signature->target.steps);
    if (!sequence || layout->kind != S2S_LAYOUT_FIXED || layout->steps != signature->target.steps)
        return misfit(graph, err, wanted, "Put RepeatVector with n: auto between encoder and decoder");
    return S2S_OK;
}

s2s_status s2s_train_fit(const s2s_train_options *options, const s2s_graph *graph, const s2s_signature *signature, s2s_error *err)
{
    const s2s_graph_row *last = &graph->row[graph->row_count - 1];
    const s2s_loss_ops *loss = (const s2s_loss_ops *)options->loss->entry;
    char wanted[128];

    S2S_TRY(fit_steps(graph, signature, err));
    if (loss->fused_softmax && graph->logits < 0)
        return s2s_fail_at(err, S2S_CONFIG, last->at, "model.layers: %s needs softmax as the last activation; the last layer is %s '%s'. "
                           "Add {type: Activation, activation: softmax}", options->loss->entry->name, last->type, last->name);
    if (graph->value[graph->output].shape.width == signature->target.width)
        return S2S_OK;
    snprintf(wanted, sizeof(wanted), "of %lld %s", (long long)signature->target.width, signature->target.kind == S2S_STREAM_TOKENS ? "symbols" : "columns");
    return misfit(graph, err, wanted, "Write units: auto in the output layer");
}
