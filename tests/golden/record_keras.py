"""Record golden values from Keras 3 on TensorFlow: python tests/golden/record_keras.py

Needs: pip install keras tensorflow. Deterministic: seeds stand beside the cases.

Keras on TensorFlow turns a Python number into a float32 before it casts it to the type that was asked for, so that Adam's betas are
wrong in the 8th digit at floatx float64, which is more than our tolerance. Here such numbers are cast at once.
"""
import os

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import itertools

import keras
import numpy as np
import tensorflow as tf
from keras import layers as K

from record_common import array, arrays, draw, real_steps, shapes, write, write_table

tensorflow_cast = keras.src.backend.core.cast
keras.src.backend.core.cast = lambda x, dtype: tf.constant(x, dtype) if isinstance(x, float) else tensorflow_cast(x, dtype)

VERSIONS = {"keras": keras.__version__, "tensorflow": tf.__version__, "numpy": np.__version__}
PRECISIONS = ("float64", "float32")


class Layer:
    """A layer in both languages. `make` builds the Keras one; `kind` says how its weights are named and how it is called."""

    def __init__(self, name, yaml, make):
        self.name, self.yaml, self.make = name, yaml, make


def yaml(type_, **options):
    def text(value):
        if isinstance(value, bool):
            return str(value).lower()
        if isinstance(value, dict):
            return yaml(value["class_name"], **value["config"])
        return str(value)
    return "{" + ", ".join([f"type: {type_}"] + [f"{key}: {text(value)}" for key, value in options.items()]) + "}"


def layer(type_, name=None, **options):
    """The same options for s2s and for Keras."""
    default = {"SimpleRNN": "simple_rnn", "RepeatVector": "repeat_vector"}.get(type_, type_.lower())
    words = {key: value if not isinstance(value, keras.regularizers.Regularizer | keras.constraints.Constraint)
             else keras.saving.serialize_keras_object(value) for key, value in options.items()}
    head = {"name": name} if name else {}
    return Layer(name or default, yaml(type_, **head, **words), lambda: getattr(K, type_)(**options))


def time_distributed(units, name="time_distributed", **options):
    inner = yaml("Dense", units=units, **options)
    return Layer(name, f"{{type: TimeDistributed, layer: {inner}}}", lambda: K.TimeDistributed(K.Dense(units, **options)))


def bidirectional(cell, merge, **options):
    inner = yaml(cell, **options)
    return Layer("bidirectional", f"{{type: Bidirectional, merge_mode: {merge}, layer: {inner}}}",
                 lambda: K.Bidirectional(getattr(K, cell)(**options), merge_mode=merge))


def variables(graph):
    """Our names of all trainable variables."""
    named = {}
    for entry, made in graph:
        parts = {"": made}
        if isinstance(made, K.Bidirectional):
            parts = {"forward/": made.forward_layer, "backward/": made.backward_layer}
        for prefix, part in parts.items():
            for variable in part.trainable_variables:
                named[f"{entry.name}/{prefix}{variable.path.split('/')[-1]}"] = variable
    return named


def call(graph, x, mask):
    for _, made in graph:
        takes_mask = isinstance(made, (K.RNN, K.Bidirectional, K.SimpleRNN, K.LSTM, K.GRU))
        x = made(x, mask=mask) if takes_mask and mask is not None else made(x)
    return x


class Case:
    def __init__(self, name, covers, layers, input_, seed, lengths=None, optimizer=None, loss="mean_squared_error", target=None,
                 steps=10, symbols=None, one_hot=False, extra=None):
        self.name, self.covers, self.layers, self.input, self.lengths = name, covers, layers, input_, lengths
        self.rng = np.random.default_rng(seed)
        self.optimizer = optimizer or ("{type: SGD, learning_rate: 0.1}", lambda: keras.optimizers.SGD(0.1))
        self.loss, self.target, self.steps, self.symbols, self.one_hot = loss, target, steps, symbols, one_hot
        self.weights, self.extra = None, extra or {}
        self.backwards = any("go_backwards: true" in entry.yaml for entry in layers)

    def mask(self):
        return None if self.lengths is None else tf.constant(real_steps(self.lengths, self.input.shape[1]))

    def shift(self, values, to_keras):
        """Keras runs a masked sequence backwards with its padding first; in s2s a sequence has no padding, so step 0 is its last token."""
        if self.lengths is None or values.ndim < 3:
            return values
        moved = np.zeros_like(values)
        for b, length in enumerate(self.lengths):
            first = values.shape[1] - length if self.backwards else 0
            ours, keras_ = slice(0, length), slice(first, first + length)
            moved[b, keras_ if to_keras else ours] = values[b, ours if to_keras else keras_]
        return moved

    def record(self):
        out = {"name": self.name, "covers": self.covers, "layers": [entry.yaml for entry in self.layers], **self.extra}
        out["input"] = array(self.input)
        if self.symbols:
            out["input"]["symbols"] = self.symbols
        if self.lengths is not None:
            out["lengths"] = array(np.array(self.lengths))
        results = {precision: self.run(precision) for precision in PRECISIONS}
        out["weights"] = arrays(self.weights)
        out["dy"] = array(self.shift(self.dy, to_keras=False))
        out["train"] = {"optimizer": self.optimizer[0], "loss": self.loss, "steps": self.steps, "target": array(self.target)}
        return {**out, **results}

    def run(self, precision):
        keras.config.set_floatx(precision)
        keras.config.set_dtype_policy(precision)
        graph = [(entry, entry.make()) for entry in self.layers]
        x = self.input if self.input.dtype.kind == "i" else self.input.astype(precision)
        if self.one_hot:
            x = np.eye(self.symbols, dtype=precision)[self.input]
        x, mask = tf.constant(x), self.mask()
        shape = call(graph, x, mask).shape
        named = variables(graph)
        self.start(named, shape)
        for name, variable in named.items():
            variable.assign(self.weights[name].astype(precision))

        with tf.GradientTape() as tape:
            if x.dtype.is_floating:
                tape.watch(x)
            y = call(graph, x, mask)
            total = tf.reduce_sum(y * tf.constant(self.dy.astype(precision)))
        wanted = [variable.value for variable in named.values()] + ([x] if x.dtype.is_floating and not self.one_hot else [])
        gradients = [tf.convert_to_tensor(g).numpy() for g in tape.gradient(total, wanted)]
        names = list(named) + ["input"]
        result = {"output": array(self.shift(y.numpy(), to_keras=False), precision),
                  "gradients": arrays(dict(zip(names, gradients)), precision)}
        result.update(self.train(graph, x, mask, named, precision))
        return result

    def start(self, named, shape):
        """Draw what is not given, once for both precisions."""
        if self.weights is not None:
            return
        if "lstm/bias" in named and "unit_forget_bias" in self.layers[0].yaml:
            self.extra["initial_bias"] = array(named["lstm/bias"].numpy())
        self.weights = {name: draw(self.rng, *variable.shape) for name, variable in named.items()}
        self.dy = self.shift(draw(self.rng, *shape), to_keras=True)
        if self.target is None:
            self.target = self.shift(self.shift(draw(self.rng, *shape), to_keras=True), to_keras=False)

    def train(self, graph, x, mask, named, precision):
        optimizer, losses = self.optimizer[1](), []
        target = self.target if self.target.dtype.kind == "i" else self.shift(self.target, to_keras=True).astype(precision)
        for _ in range(self.steps):
            with tf.GradientTape() as tape:
                loss = self.mean_loss(call(graph, x, mask), tf.constant(target))
                for _, made in graph:
                    loss += sum(made.losses)
            losses.append(loss.numpy())
            gradients = tape.gradient(loss, [variable.value for variable in named.values()])
            optimizer.apply([tf.convert_to_tensor(g) for g in gradients], list(named.values()))
        after = {name: variable.numpy() for name, variable in named.items()}
        return {"loss": array(np.array(losses), precision), "after": arrays(after, precision + " trained")}

    def mean_loss(self, y, target):
        """Keras' loss of each row, averaged over the rows that exist."""
        L = keras.losses
        function = {"mean_squared_error": L.mean_squared_error, "mean_absolute_error": L.mean_absolute_error,
                    "binary_crossentropy": L.binary_crossentropy, "categorical_crossentropy": L.sparse_categorical_crossentropy,
                    "{type: BinaryCrossentropy, label_smoothing: 0.1}": lambda t, y: L.binary_crossentropy(t, y, label_smoothing=0.1),
                    "{type: CategoricalCrossentropy, label_smoothing: 0.1}":
                        lambda t, y: L.categorical_crossentropy(tf.one_hot(t, y.shape[-1], dtype=y.dtype), y, label_smoothing=0.1)}[self.loss]
        rows = function(target, y)
        if self.lengths is None or len(rows.shape) < 2:
            return tf.reduce_mean(rows)
        exists = self.shift(real_steps(self.lengths, rows.shape[1])[..., None].astype(float), to_keras=True)[..., 0]
        return tf.reduce_sum(rows * exists.astype(rows.dtype.as_numpy_dtype)) / float(sum(self.lengths))


def lengths_for(batch, steps):
    return [[steps, 1, 2, steps - 1][b % 4] for b in range(batch)]


def recurrent(cell, choice, values, seed):
    """Every combination of choice x return_sequences x go_backwards x use_bias x mask; shapes take turns."""
    cases = []
    flags = itertools.product(values, (False, True), (False, True), (True, False), (False, True))
    for i, (value, sequences, backwards, bias, masked) in enumerate(flags):
        shape = shapes(masked)
        batch, steps, inputs, units = shape[(i // 2) % len(shape)]
        options = {choice: value, "return_sequences": sequences, "go_backwards": backwards, "use_bias": bias}
        covers = [f"{cell}: {key}: {str(text).lower()}" for key, text in options.items()]
        covers += [f"{cell}: lengths" if masked else f"{cell}: equal lengths"]
        covers += [f"{cell}: T = 1"] * (steps == 1) + [f"{cell}: B = 1"] * (batch == 1)
        rng = np.random.default_rng(seed + i)
        words = " ".join(f"{key}={str(text).lower()}" for key, text in options.items())
        cases.append(Case(f"{cell} {words} {'lengths' if masked else 'equal'}", covers, [layer(cell, units=units, **options)],
                          draw(rng, batch, steps, inputs), seed + 1000 + i, lengths_for(batch, steps) if masked else None))
    wide = {"return_sequences": True}
    cases.append(Case(f"{cell} 17 units", [f"{cell}: more units than a panel of 16"], [layer(cell, units=17, **wide)],
                      draw(np.random.default_rng(seed + 500), 2, 2, 2), seed + 1500))
    return cases


def embedding():
    rng = np.random.default_rng(41)
    cases = []
    for batch, steps, symbols, width in [(2, 3, 5, 3), (1, 4, 7, 2), (3, 1, 4, 4), (1, 1, 3, 2)]:
        cases.append(Case(f"Embedding ({batch},{steps}) of {symbols}", ["Embedding"],
                          [layer("Embedding", input_dim=symbols, output_dim=width)],
                          rng.integers(0, symbols, (batch, steps)), 410 + steps, symbols=symbols))
    cases.append(Case("Embedding before LSTM, lengths", ["Embedding: lengths"],
                      [layer("Embedding", input_dim=6, output_dim=2), layer("LSTM", units=3, return_sequences=True)],
                      rng.integers(0, 6, (3, 4)), 419, lengths=[4, 1, 3], symbols=6))
    return cases


def tokens():
    """A recurrent layer that reads symbols: in Keras the product with a one-hot vector."""
    rng = np.random.default_rng(43)
    return [Case(f"{cell} on tokens", [f"{cell}: tokens"], [layer(cell, units=3, return_sequences=True, **options)],
                 rng.integers(0, 5, (2, 4)), 430 + i, symbols=5, one_hot=True)
            for i, (cell, options) in enumerate([("SimpleRNN", {}), ("GRU", {}), ("GRU", {"reset_after": False}), ("LSTM", {})])]


def dense():
    rng = np.random.default_rng(47)
    cases = []
    for i, (batch, inputs, units, bias) in enumerate([(3, 4, 2, True), (1, 3, 5, True), (4, 2, 3, False), (1, 1, 1, True)]):
        cases.append(Case(f"Dense ({batch},{inputs}) -> {units}", [f"Dense: use_bias: {str(bias).lower()}"],
                          [layer("Dense", units=units, use_bias=bias)], draw(rng, batch, inputs), 470 + i))
    cases.append(Case("TimeDistributed Dense", ["TimeDistributed: Dense"], [time_distributed(3)], draw(rng, 2, 3, 4), 478))
    return cases


ACTIVATIONS = [(name, {}) for name in
               ["linear", "tanh", "sigmoid", "relu", "relu6", "leaky_relu", "elu", "celu", "selu", "silu", "gelu", "mish", "softplus",
                "softsign", "exponential", "hard_sigmoid", "hard_silu", "hard_tanh", "log_sigmoid", "squareplus", "tanh_shrink",
                "soft_shrink", "hard_shrink", "sparse_plus", "sparse_sigmoid", "softmax", "log_softmax"]]
ACTIVATIONS += [("relu", {"negative_slope": 0.1, "max_value": 0.75, "threshold": 0.25}), ("leaky_relu", {"negative_slope": 0.05}),
                ("elu", {"alpha": 0.5}), ("celu", {"alpha": 0.5}), ("gelu", {"approximate": True}), ("squareplus", {"b": 1.0}),
                ("soft_shrink", {"threshold": 0.125}), ("hard_shrink", {"threshold": 0.125}),
                ("threshold", {"threshold": 0.25, "default_value": -0.5})]


def activated(name, options):
    """A Dense layer with an activation that has options: in Keras a function."""
    chosen = {"class_name": name, "config": options} if options else name
    words = yaml("Dense", units=3, activation=chosen)
    function = getattr(keras.activations, name)
    return Layer("dense", words, lambda: K.Dense(3, activation=lambda x: function(x, **options)))


def activations():
    rng = np.random.default_rng(53)
    cases = [Case(f"Dense {yaml(name, **options)[7:-1]}", [f"activation: {yaml(name, **options)[7:-1]}"], [activated(name, options)],
                  draw(rng, 4, 3) * 2, 530 + i) for i, (name, options) in enumerate(ACTIVATIONS)]
    for i, (cell, first, second) in enumerate([("LSTM", "relu", "hard_sigmoid"), ("GRU", "softsign", "hard_sigmoid"),
                                               ("LSTM", "linear", "sigmoid"), ("GRU", "elu", "sigmoid")]):
        cases.append(Case(f"{cell} {first} {second}", [f"{cell}: activation", f"{cell}: recurrent_activation"],
                          [layer(cell, units=3, activation=first, recurrent_activation=second, return_sequences=True)],
                          draw(rng, 2, 3, 2), 560 + i))
    return cases


def losses():
    rng = np.random.default_rng(59)
    cases = []
    for i, (batch, steps, symbols) in enumerate([(3, 4, 5), (1, 2, 3), (2, 1, 4)]):
        cases.append(Case(f"softmax and cross-entropy ({batch},{steps}) of {symbols}", ["softmax with categorical_crossentropy"],
                          [time_distributed(symbols), layer("Activation", activation="softmax")], draw(rng, batch, steps, 3), 590 + i,
                          loss="categorical_crossentropy", target=rng.integers(0, symbols, (batch, steps))))
    cases.append(Case("softmax and cross-entropy, one class a sequence", ["softmax with categorical_crossentropy: per sequence"],
                      [layer("LSTM", units=3), layer("Dense", units=4, activation="softmax")], draw(rng, 4, 3, 2), 594,
                      loss="categorical_crossentropy", target=rng.integers(0, 4, (4,))))
    cases.append(Case("softmax and cross-entropy, lengths", ["softmax with categorical_crossentropy: lengths"],
                      [layer("LSTM", units=3, return_sequences=True), time_distributed(4), layer("Activation", activation="softmax")],
                      draw(rng, 3, 4, 2), 595, lengths=[4, 2, 1], loss="categorical_crossentropy", target=rng.integers(0, 4, (3, 4))))
    cases.append(Case("softmax and cross-entropy, smoothed labels", ["softmax with categorical_crossentropy: label_smoothing"],
                      [layer("Dense", units=4, activation="softmax")], draw(rng, 3, 4), 596,
                      loss="{type: CategoricalCrossentropy, label_smoothing: 0.1}", target=rng.integers(0, 4, (3,))))
    for i, (loss, activation) in enumerate([("mean_squared_error", "tanh"), ("mean_absolute_error", "linear"),
                                            ("binary_crossentropy", "sigmoid"), ("{type: BinaryCrossentropy, label_smoothing: 0.1}", "sigmoid")]):
        target = rng.integers(0, 2, (3, 2)).astype(float) if "inary" in loss else None
        cases.append(Case(loss, [f"loss: {loss}"], [layer("Dense", units=2, activation=activation)], draw(rng, 3, 4), 597 + i,
                          loss=loss, target=target))
    return cases


OPTIMIZERS = [("SGD", {}), ("SGD", {"learning_rate": 0.1, "momentum": 0.9}), ("SGD", {"learning_rate": 0.1, "momentum": 0.9, "nesterov": True}),
              ("RMSprop", {}), ("RMSprop", {"momentum": 0.5}), ("RMSprop", {"centered": True}), ("RMSprop", {"rho": 0.8, "epsilon": 1e-3}),
              ("Adam", {}), ("Adam", {"amsgrad": True}), ("Adam", {"beta_1": 0.8, "beta_2": 0.95, "epsilon": 1e-4}),
              ("AdamW", {}), ("AdamW", {"weight_decay": 0.1}), ("Adagrad", {}), ("Adagrad", {"initial_accumulator_value": 0.5}),
              ("Adadelta", {}), ("Adadelta", {"learning_rate": 1.0, "rho": 0.9}), ("Adamax", {}), ("Nadam", {}),
              ("SGD", {"weight_decay": 0.1}), ("RMSprop", {"weight_decay": 0.1})]
CLIPPING = [{"clipnorm": 0.05}, {"clipvalue": 0.02}, {"global_clipnorm": 0.1}]


def optimizers():
    settings = OPTIMIZERS + [(name, {**options, **clip}) for name, options in OPTIMIZERS if options in ({}, OPTIMIZERS[1][1])
                             for clip in CLIPPING]
    cases = []
    for i, (name, options) in enumerate(settings):
        covers = [f"{name}: " + (", ".join(f"{key}: {str(value).lower()}" for key, value in options.items()) or "defaults")]
        cases.append(Case(covers[0], covers, [layer("LSTM", units=2), layer("Dense", units=2)],
                          draw(np.random.default_rng(61), 3, 3, 2), 610,
                          optimizer=(yaml(name, **options), lambda n=name, o=options: getattr(keras.optimizers, n)(**o))))
    return cases


def regularizers():
    rng = np.random.default_rng(67)
    R = keras.regularizers
    made = [("L1", R.L1(0.0625)), ("L2", R.L2(0.05)), ("L1L2", R.L1L2(l1=0.03, l2=0.02))]
    cases = []
    for i, (name, regularizer) in enumerate(made):
        cases.append(Case(f"Dense {name}", [f"{name}: kernel and bias of Dense"],
                          [layer("Dense", units=3, kernel_regularizer=regularizer, bias_regularizer=regularizer)],
                          draw(rng, 3, 4), 670 + i))
        cases.append(Case(f"GRU {name}", [f"{name}: kernel, recurrent_kernel and bias of GRU"],
                          [layer("GRU", units=2, kernel_regularizer=regularizer, recurrent_regularizer=regularizer,
                                 bias_regularizer=regularizer)], draw(rng, 3, 3, 2), 680 + i))
    cases.append(Case("Embedding L2", ["L2: embeddings"], [layer("Embedding", input_dim=5, output_dim=2, embeddings_regularizer=R.L2(0.05))],
                      rng.integers(0, 5, (2, 3)), 690, symbols=5))
    return cases


def constraints():
    rng = np.random.default_rng(71)
    C = keras.constraints
    made = [("MaxNorm", C.MaxNorm(0.8)), ("UnitNorm", C.UnitNorm()), ("NonNeg", C.NonNeg()),
            ("MinMaxNorm", C.MinMaxNorm(min_value=0.5, max_value=0.9, rate=0.5)), ("MaxNorm", C.MaxNorm(0.8, axis=1)),
            ("UnitNorm", C.UnitNorm(axis=1))]
    cases = []
    for i, (name, constraint) in enumerate(made):
        across = getattr(constraint, "axis", 0)
        cases.append(Case(f"Dense {name}", [f"{name}: kernel, axis {across}"], [layer("Dense", units=3, kernel_constraint=constraint)],
                          draw(rng, 3, 4), 710 + i))
        if across == 1:
            continue
        cases.append(Case(f"LSTM {name}", [f"{name}: recurrent_kernel and bias"],
                          [layer("LSTM", units=2, recurrent_constraint=constraint, bias_constraint=constraint)],
                          draw(rng, 3, 3, 2), 720 + i))
    return cases


def addition():
    """The addition model, small: 12 symbols, 5 steps in, 3 out, 8 units, 20 steps of Adam on one batch."""
    rng = np.random.default_rng(73)
    layers = [layer("LSTM", name="encoder", units=8), layer("RepeatVector", n=3),
              layer("LSTM", name="decoder", units=8, return_sequences=True), time_distributed(12),
              layer("Activation", activation="softmax")]
    adam = ("{type: Adam, learning_rate: 0.001}", lambda: keras.optimizers.Adam(0.001))
    return [Case("addition, 2 digits, 8 units", ["the addition model, 20 steps of Adam"], layers, rng.integers(0, 12, (6, 5)), 730,
                 optimizer=adam, loss="categorical_crossentropy", target=rng.integers(0, 12, (6, 3)), steps=20, symbols=12, one_hot=True)]


def both_ways():
    rng = np.random.default_rng(79)
    cases = []
    modes = itertools.product(("SimpleRNN", "GRU", "LSTM"), ("concat", "sum", "mul", "ave"))
    for i, (cell, merge) in enumerate(modes):
        masked, sequences = i % 2 == 1, i % 4 != 2
        covers = [f"Bidirectional {cell}: {merge}", f"Bidirectional: return_sequences: {str(sequences).lower()}"]
        cases.append(Case(f"Bidirectional {cell} {merge}", covers + ["Bidirectional: lengths"] * masked,
                          [bidirectional(cell, merge, units=2, return_sequences=sequences)], draw(rng, 3, 4, 2), 790 + i,
                          lengths=[4, 1, 3] if masked else None))
    return cases


def schedules():
    S = keras.optimizers.schedules
    made = [("{type: ExponentialDecay, initial_learning_rate: 0.01, decay_steps: 7, decay_rate: 0.9}", S.ExponentialDecay(0.01, 7, 0.9)),
            ("{type: ExponentialDecay, initial_learning_rate: 0.01, decay_steps: 7, decay_rate: 0.9, staircase: true}",
             S.ExponentialDecay(0.01, 7, 0.9, staircase=True)),
            ("{type: PiecewiseConstantDecay, boundaries: [5, 12], values: [0.1, 0.01, 0.001]}",
             S.PiecewiseConstantDecay([5, 12], [0.1, 0.01, 0.001])),
            ("{type: CosineDecay, initial_learning_rate: 0.01, decay_steps: 20, alpha: 0.1}", S.CosineDecay(0.01, 20, alpha=0.1)),
            ("{type: CosineDecay, initial_learning_rate: 0.001, decay_steps: 15, warmup_target: 0.01, warmup_steps: 5}",
             S.CosineDecay(0.001, 15, warmup_target=0.01, warmup_steps=5)),
            ("{type: PolynomialDecay, initial_learning_rate: 0.01, decay_steps: 12, end_learning_rate: 0.001, power: 2.0}",
             S.PolynomialDecay(0.01, 12, end_learning_rate=0.001, power=2.0)),
            ("{type: PolynomialDecay, initial_learning_rate: 0.01, decay_steps: 8, end_learning_rate: 0.001, cycle: true}",
             S.PolynomialDecay(0.01, 8, end_learning_rate=0.001, cycle=True)),
            ("{type: CosineDecayRestarts, initial_learning_rate: 0.01, first_decay_steps: 6, t_mul: 2.0, m_mul: 0.8, alpha: 0.1}",
             S.CosineDecayRestarts(0.01, 6, t_mul=2.0, m_mul=0.8, alpha=0.1)),
            ("{type: InverseTimeDecay, initial_learning_rate: 0.01, decay_steps: 4, decay_rate: 0.5}", S.InverseTimeDecay(0.01, 4, 0.5)),
            ("{type: InverseTimeDecay, initial_learning_rate: 0.01, decay_steps: 4, decay_rate: 0.5, staircase: true}",
             S.InverseTimeDecay(0.01, 4, 0.5, staircase=True))]
    keras.config.set_floatx("float64")
    return [{"name": text, "covers": ["schedule: " + text[7:].split(",")[0]], "schedule": text,
             "rates": array(np.array([float(made_(step)) for step in range(30)]))} for text, made_ in made]


FILES = [
    ("simple_rnn.json", "SimpleRNN", lambda: recurrent("SimpleRNN", "activation", ("tanh", "relu"), 10000)),
    ("gru.json", "GRU", lambda: recurrent("GRU", "reset_after", (True, False), 20000)),
    ("lstm.json", "LSTM", lambda: recurrent("LSTM", "unit_forget_bias", (True, False), 30000)),
    ("tokens.json", "recurrent layers that read symbols", tokens),
    ("embedding.json", "Embedding", embedding),
    ("dense.json", "Dense", dense),
    ("activations.json", "activations", activations),
    ("losses.json", "losses, softmax with cross-entropy first", losses),
    ("optimizers.json", "optimizers, alone and with clipping", optimizers),
    ("regularizers.json", "regularisers", regularizers),
    ("constraints.json", "constraints", constraints),
    ("addition_model.json", "the addition model", addition),
    ("bidirectional.json", "Bidirectional", both_ways),
]

if __name__ == "__main__":
    for name, about, make in FILES:
        write(name, about, [case.record() for case in make()], VERSIONS)
    write("schedules.json", "learning rates of steps 0 to 29", schedules(), VERSIONS)
    write_table()
