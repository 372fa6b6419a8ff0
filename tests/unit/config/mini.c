#include "mini.h"

#include <criterion/criterion.h>
#include <string.h>

static const s2s_entry relu = { .name = "ReLU", .alias = "relu", .summary = "max(x,0)" };
static const s2s_entry tanh_entry = { .name = "Tanh", .alias = "tanh", .summary = "hyperbolic tangent" };
static const s2s_entry *const activation_entries[] = { &relu, &tanh_entry };
static const s2s_registry activations = { .noun = "activation", .plural = "activations", .entries = activation_entries, .count = 2 };

static const s2s_field constant_fields[] = {
    S2S_FIELD_REAL(mini_constant, value, "0.0", -1e9, 1e9, "", "the value"),
    S2S_FIELD_END
};
static const s2s_entry zeros = { .name = "Zeros", .alias = "zeros", .summary = "all 0" };
static const s2s_entry constant = { .name = "Constant", .alias = "constant", .summary = "one value", .fields = constant_fields,
    .options_size = sizeof(mini_constant) };
static const s2s_entry *const initializer_entries[] = { &constant, &zeros };
static const s2s_registry initializers = {
    .noun = "initializer", .plural = "initializers", .entries = initializer_entries, .count = 2, .number_entry = "Constant"
};

static const s2s_field dense_fields[] = {
    S2S_FIELD_INT_OR_AUTO(mini_dense, units, S2S_REQUIRED, 1, 65536, "units", "width of the output"),
    S2S_FIELD_OBJECT(mini_dense, activation, S2S_NONE, &activations, "nonlinearity"),
    S2S_FIELD_OBJECT(mini_dense, kernel_initializer, "{type: Constant, value: 0.5}", &initializers, "first values of the kernel"),
    S2S_FIELD_END
};
static const s2s_field lstm_fields[] = {
    S2S_FIELD_INT(mini_lstm, units, S2S_REQUIRED, 1, 65536, "units", "hidden state size H"),
    S2S_FIELD_REAL(mini_lstm, dropout, "0.0", 0.0, 0.99, "fraction", "share of inputs dropped in training"),
    S2S_FIELD_BOOL(mini_lstm, return_sequences, "false", "emit every step, not just the last"),
    S2S_FIELD_OBJECT(mini_lstm, activation, "tanh", &activations, "candidate-state nonlinearity"),
    S2S_FIELD_OBJECT(mini_lstm, recurrent_activation, "tanh", &activations, "gate nonlinearity"),
    S2S_FIELD_END
};
static const s2s_field repeat_fields[] = {
    S2S_FIELD_INT_OR_AUTO(mini_repeat, n, S2S_AUTO, 1, 10000, "steps", "how many time steps to emit"),
    S2S_FIELD_END
};
static const s2s_field wrapper_fields[] = {
    S2S_FIELD_OBJECT(mini_wrapper, layer, S2S_REQUIRED, &mini_layers, "the layer to apply at every step"),
    S2S_FIELD_END
};
static const s2s_field stack_fields[] = {
    S2S_FIELD_OBJECTS(mini_stack, layers, S2S_REQUIRED, &mini_layers, "layers, one after the other"),
    S2S_FIELD_END
};
static const s2s_field layer_common[] = {
    S2S_FIELD_TEXT(mini_layer, name, S2S_NONE, "the layer's own name"),
    S2S_FIELD_TEXTS(mini_layer, inputs, "[]", "names of earlier layers"),
    S2S_FIELD_INT(mini_layer, repeat, "1", 0, 1000, "copies", "so many copies on top of each other"),
    S2S_FIELD_BOOL(mini_layer, trainable, "true", "whether training changes the weights"),
    S2S_FIELD_END
};
static const char *const dense_examples[] = { "{type: Dense, units: 3}", NULL };
static const s2s_entry dense = { .name = "Dense", .summary = "y = x W + b", .fields = dense_fields, .options_size = sizeof(mini_dense),
    .examples = dense_examples };
static const s2s_entry gru = { .name = "GRU", .summary = "gated recurrent unit", .fields = lstm_fields, .options_size = sizeof(mini_lstm) };
static const s2s_entry lstm = { .name = "LSTM", .summary = "long short-term memory", .fields = lstm_fields, .options_size = sizeof(mini_lstm) };
static const s2s_entry flatten = { .name = "Flatten", .summary = "one row" };
static const s2s_entry repeat = { .name = "RepeatVector", .summary = "the same vector at every step", .fields = repeat_fields,
    .options_size = sizeof(mini_repeat) };
static const s2s_entry sequential = { .name = "Sequential", .summary = "a stack", .fields = stack_fields, .options_size = sizeof(mini_stack) };
static const s2s_entry wrapper = { .name = "TimeDistributed", .summary = "a layer at every step", .fields = wrapper_fields,
    .options_size = sizeof(mini_wrapper) };
static const s2s_entry *const layer_entries[] = { &dense, &flatten, &gru, &lstm, &repeat, &sequential, &wrapper };
const s2s_registry mini_layers = {
    .noun = "layer", .plural = "layers", .entries = layer_entries, .count = 7, .common = layer_common, .common_size = sizeof(mini_layer)
};

static const s2s_field decay_fields[] = {
    S2S_FIELD_REAL(mini_decay, initial_learning_rate, "0.001", 0, 10, "", "rate of the first step"),
    S2S_FIELD_REAL(mini_decay, decay_rate, S2S_REQUIRED, 0, 1, "", "factor"),
    S2S_FIELD_REALS(mini_decay, steps, "[1, 2.5]", 0, INFINITY, "steps", "when"),
    S2S_FIELD_END
};
static const s2s_entry decay = { .name = "ExponentialDecay", .summary = "a falling rate", .fields = decay_fields, .options_size = sizeof(mini_decay) };
static const s2s_entry *const schedule_entries[] = { &constant, &decay };
static const s2s_registry schedules = { .noun = "schedule", .plural = "schedules", .entries = schedule_entries, .count = 2, .number_entry = "Constant" };

static const s2s_field rates[] = {
    S2S_FIELD_OBJECT(mini_rates, learning_rate, "0.001", &schedules, "a number or a schedule"),
    S2S_FIELD_REAL(mini_rates, clipnorm, S2S_NONE, 0, INFINITY, "", "largest norm of one weight's gradient"),
    S2S_FIELD_REAL(mini_rates, global_clipnorm, S2S_NONE, 0, INFINITY, "", "largest norm of the whole gradient"),
    S2S_FIELD_END
};
static const s2s_field adam_fields[] = {
    S2S_FIELD_REAL(mini_adam, beta_1, "0.9", 0, 1, "fraction", "decay of the first moment"),
    S2S_FIELD_END
};
static const s2s_entry adam = { .name = "Adam", .alias = "adam", .summary = "adaptive moments", .fields = adam_fields, .options_size = sizeof(mini_adam) };
static const s2s_entry sgd = { .name = "SGD", .alias = "sgd", .summary = "gradient descent" };
static const s2s_entry *const optimizer_entries[] = { &adam, &sgd };
static const s2s_registry optimizers = {
    .noun = "optimizer", .plural = "optimizers", .entries = optimizer_entries, .count = 2, .common = rates, .common_size = sizeof(mini_rates)
};

static const s2s_field addition_fields[] = {
    S2S_FIELD_INT(mini_addition, digits, "3", 1, 18, "digits", "largest number of digits of an operand"),
    S2S_FIELD_REAL(mini_addition, validation_split, "0.1", 0, 0.99, "fraction", "share kept for validation"),
    S2S_FIELD_BOOL(mini_addition, reverse_input, "true", "reverse the question"),
    S2S_FIELD_END
};
static const s2s_field stream_fields[] = {
    S2S_FIELD_TEXT(mini_stream, from, "form", "the column"),
    S2S_FIELD_INT(mini_stream, min_count, "1", 1, 1000000, "times", "rarer symbols are unknown"),
    S2S_FIELD_END
};
static const s2s_field files_fields[] = {
    S2S_FIELD_PATHS(mini_files, train, S2S_REQUIRED, "training files"),
    S2S_FIELD_PATH(mini_files, vectors, S2S_NONE, "word vectors"),
    S2S_FIELD_GROUPS(mini_files, streams, mini_stream, stream_fields, "input streams"),
    S2S_FIELD_END
};
static const s2s_entry addition = { .name = "addition", .summary = "sums", .fields = addition_fields, .options_size = sizeof(mini_addition) };
static const s2s_entry files = { .name = "files", .summary = "from files", .fields = files_fields, .options_size = sizeof(mini_files) };
static const s2s_entry *const dataset_entries[] = { &addition, &files };
static const s2s_registry datasets = { .noun = "data set", .plural = "datasets", .entries = dataset_entries, .count = 2 };

static const char *const checkpoints[] = { "best", "last", NULL };
static const char *const precisions[] = { "highest", "high", "medium", NULL };
static const s2s_field weights_fields[] = {
    S2S_FIELD_PATH(mini_weights, from, S2S_REQUIRED, "a file or a run"),
    S2S_FIELD_CHOICE(mini_weights, checkpoint, "best", checkpoints, "which checkpoint"),
    S2S_FIELD_END
};
static const s2s_field model_fields[] = {
    S2S_FIELD_OBJECTS(struct mini_model, layers, S2S_REQUIRED, &mini_layers, "the network"),
    S2S_FIELD_GROUP_OR_NONE(struct mini_model, initial_weights, mini_weights, "from", weights_fields, "where training starts"),
    S2S_FIELD_END
};
static const s2s_field train_fields[] = {
    { .key = "epochs", .kind = S2S_KIND_INT, .flags = S2S_FLAG_RESUME, .offset = offsetof(struct mini_train, epochs), .preset = "40",
      .maximum = 1e9, .unit = "epochs", .help = "how often to go through the data" },
    S2S_FIELD_INT(struct mini_train, batch_size, "128", 1, 1e6, "examples", "examples of a step"),
    S2S_FIELD_CHOICE(struct mini_train, precision, "highest", precisions, "of products"),
    S2S_FIELD_OBJECT(struct mini_train, optimizer, "Adam", &optimizers, "update rule"),
    S2S_FIELD_TEXTS(struct mini_train, metrics, "[accuracy]", "what to measure"),
    S2S_FIELD_INTS(struct mini_train, rungs, "[]", 1, 100, "epochs", "where to look"),
    S2S_FIELD_END
};
static const s2s_field log_fields[] = {
    S2S_FIELD_INT(struct mini_log, samples, "10", 0, 1000, "examples", "shown after every epoch"),
    S2S_FIELD_END
};
const s2s_field mini_fields[] = {
    S2S_FIELD_INT(mini_root, version, "1", 1, 1, "", "of the grammar"),
    S2S_FIELD_TEXT(mini_root, name, "unnamed", "of the run"),
    S2S_FIELD_INT(mini_root, seed, "1", 0, INFINITY, "", "decides everything random"),
    S2S_FIELD_OBJECT(mini_root, dataset, S2S_REQUIRED, &datasets, "what to learn"),
    S2S_FIELD_GROUP(mini_root, model, struct mini_model, model_fields, "the network"),
    S2S_FIELD_GROUP(mini_root, train, struct mini_train, train_fields, "how to learn"),
    { .key = "log", .kind = S2S_KIND_GROUP, .flags = S2S_FLAG_RESUME, .offset = offsetof(mini_root, log), .fields = log_fields,
      .size = sizeof(struct mini_log), .help = "what to show" },
    S2S_FIELD_NODE(mini_root, sweep, "points to try"),
    S2S_FIELD_END
};

s2s_arena *mini_arena;
s2s_error_list mini_errors;

void mini_begin(void)
{
    mini_arena = s2s_arena_create();
    mini_errors = (s2s_error_list){ .arena = mini_arena };
}

void mini_end(void) { s2s_arena_free(mini_arena); }

s2s_config *mini_parse(const char *text, const char *const *words)
{
    s2s_setting  settings[16];
    size_t       count = 0;
    s2s_config  *config = NULL;
    const size_t size = sizeof(mini_root);

    mini_errors = (s2s_error_list){ .arena = mini_arena };
    for (; words != NULL && words[count] != NULL; count++) {
        const char *equals = strchr(words[count], '=');
        settings[count] = (s2s_setting){ .key = s2s_arena_strndup(mini_arena, words[count], (size_t)(equals - words[count])),
                                         .value = equals + 1, .origin = S2S_ORIGIN_COMMAND_LINE };
    }
    const s2s_status status = s2s_config_parse(s2s_text_of(text), "dir/x.yaml", settings, count, mini_fields, size, mini_arena, &config, &mini_errors);
    cr_assert((status == S2S_OK) == (config != NULL));
    cr_assert((status == S2S_OK) == (mini_errors.count == 0));
    return config;
}

const mini_root *mini_values(const s2s_config *config)
{
    cr_assert(config != NULL, "%s", mini_report());
    return config->values;
}

const char *mini_report(void)
{
    s2s_string  text = { 0 };
    const char *copy;

    s2s_errors_format(&mini_errors, &text);
    copy = s2s_arena_strdup(mini_arena, s2s_string_chars(&text));
    s2s_string_release(&text);
    return copy;
}
