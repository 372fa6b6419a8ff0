"""One peer at one piece of work: python peers.py PEER WORK THREADS, then one order a line on standard input.

Peers    torch, torch-bfloat16, torch-compile, keras-jax, keras-jax-unrolled, keras-tensorflow, keras-tensorflow-unrolled, onnxruntime
Orders   train SECONDS          -> {"samples_per_second"}
         predict BATCH SECONDS  -> {"samples_per_second", "milliseconds_per_step"}       (a step: one call)
         memory                 -> {"peak_memory_bytes"}
Each answer is one JSON line. A worker waits between orders and then uses no CPU, so that several can be measured in turn.
"""
import json
import os
import resource
import sys
import time

PEER, WORK, THREADS = sys.argv[1], sys.argv[2], int(sys.argv[3])
for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
    os.environ[name] = str(THREADS)
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""
if PEER.startswith("keras-"):
    os.environ["KERAS_BACKEND"] = PEER.split("-")[1]
    if "jax" in PEER:
        one = "intra_op_parallelism_threads=1" if THREADS == 1 else f"intra_op_parallelism_threads={THREADS}"
        os.environ["XLA_FLAGS"] = f"--xla_cpu_multi_thread_eigen={'false' if THREADS == 1 else 'true'} {one}"
        os.sched_setaffinity(0, set(sorted(os.sched_getaffinity(0))[:THREADS]))

import numpy as np

from works import WORKS

work = WORKS[WORK]
rng = np.random.default_rng(1)
BATCHES = 24                                    # different batches, used in turn


def batch_of(size):
    """Tokens, lengths (longest first) and targets."""
    x = rng.integers(0, work.symbols, (size, work.steps_in))
    lengths = np.full(size, work.steps_in)
    if work.kind == "tag":
        lengths = np.sort(rng.integers(work.shortest, work.steps_in + 1, size))[::-1].copy()
    steps = work.steps_out if work.kind == "translate" else work.steps_in
    return x, lengths, rng.integers(0, work.targets, (size, steps))


def one_hot(x):
    return np.eye(work.symbols, dtype=np.float32)[x]


class Torch:
    def __init__(self):
        import torch
        from torch import nn
        self.torch = torch
        torch.set_num_threads(THREADS)
        torch.set_flush_denormal(True)
        cell = {"LSTM": nn.LSTM, "GRU": nn.GRU, "SimpleRNN": nn.RNN}[work.cell]
        outer = self

        class Model(nn.Module):
            def __init__(self):
                super().__init__()
                if work.embedding:
                    self.embedding = nn.Embedding(work.symbols, work.embedding)
                self.first = cell(work.embedding or work.symbols, work.units, batch_first=True, bidirectional=work.both,
                                  num_layers=work.layers)
                if work.kind == "translate":
                    self.second = cell(work.units, work.units, batch_first=True)
                self.dense = nn.Linear(work.units * (2 if work.both else 1), work.targets)

            def forward(self, x, lengths):
                if work.embedding:
                    x = self.embedding(x)
                if work.kind == "tag" and len(lengths) > 1:
                    x = nn.utils.rnn.pack_padded_sequence(x, lengths, batch_first=True)
                y, state = self.first(x)
                if work.kind == "translate":
                    last = (state[0] if isinstance(state, tuple) else state)[-1]
                    y, _ = self.second(last.unsqueeze(1).expand(-1, work.steps_out, -1))
                return self.dense(y.data if work.kind == "tag" and len(lengths) > 1 else y)

        self.model = Model()
        self.run = torch.compile(self.model) if PEER == "torch-compile" else self.model
        make = {"Adam": torch.optim.Adam, "SGD": torch.optim.SGD}[work.optimizer]
        self.optimizer = make(self.model.parameters(), lr=work.rate, **({"fused": True} if work.optimizer == "Adam" else {}))
        self.batches = [self.tensors(work.batch) for _ in range(BATCHES)]

    def tensors(self, size):
        torch = self.torch
        x, lengths, target = batch_of(size)
        if work.kind == "tag" and size > 1:     # targets in the order of the packed rows
            target = np.concatenate([target[lengths > t, t] for t in range(work.steps_in)])
        elif work.kind == "tag":
            x, target = x[:, :lengths[0]], target[:, :lengths[0]]
        x = torch.tensor(x) if work.embedding else torch.tensor(one_hot(x))
        return x, torch.tensor(lengths), torch.tensor(target.reshape(-1))

    def autocast(self):
        return self.torch.autocast("cpu", dtype=self.torch.bfloat16, enabled=PEER == "torch-bfloat16")

    def train(self, i):
        x, lengths, target = self.batches[i % BATCHES]
        with self.autocast():
            logits = self.run(x, lengths).reshape(-1, work.targets)
            loss = self.torch.nn.functional.cross_entropy(logits.float(), target)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.optimizer.step()
        return work.batch

    def predictor(self, size):
        x, lengths, _ = self.tensors(size)

        def predict():
            with self.torch.inference_mode(), self.autocast():
                return self.torch.softmax(self.run(x, lengths).float(), -1)
        return predict


class Keras:
    """fit and predict_on_batch, compiled by XLA, several steps an execution: the fastest way that Keras offers."""

    def __init__(self):
        import keras
        from keras import layers
        if "tensorflow" in PEER:
            import tensorflow as tf
            tf.config.threading.set_intra_op_parallelism_threads(THREADS)
            tf.config.threading.set_inter_op_parallelism_threads(THREADS)
        cell = getattr(layers, work.cell)
        options = {"unroll": PEER.endswith("-unrolled")}
        if work.embedding:
            parts = [keras.Input((work.steps_in,), dtype="int32"), layers.Embedding(work.symbols, work.embedding, mask_zero=work.kind == "tag")]
        else:
            parts = [keras.Input((work.steps_in, work.symbols))]
        if work.kind == "translate":
            parts += [cell(work.units, **options), layers.RepeatVector(work.steps_out), cell(work.units, return_sequences=True, **options)]
        else:
            for _ in range(work.layers):
                made = cell(work.units, return_sequences=True, **options)
                parts.append(layers.Bidirectional(made) if work.both else made)
        parts.append(layers.Dense(work.targets, activation="softmax"))
        self.model = keras.Sequential(parts)
        optimizer = {"Adam": keras.optimizers.Adam, "SGD": keras.optimizers.SGD}[work.optimizer](work.rate)
        self.model.compile(optimizer, "sparse_categorical_crossentropy", jit_compile=True, steps_per_execution=BATCHES)
        made = [self.arrays(work.batch) for _ in range(BATCHES)]
        self.x, self.y = np.concatenate([x for x, _ in made]), np.concatenate([y for _, y in made])

    def arrays(self, size):
        x, lengths, target = batch_of(size)
        if work.kind == "tag":                  # symbol 0 is the padding
            x = np.maximum(x, 1) * (np.arange(work.steps_in) < lengths[:, None])
        return (x if work.embedding else one_hot(x)), target

    def train(self, i):
        self.model.fit(self.x, self.y, batch_size=work.batch, epochs=1, shuffle=False, verbose=0)
        return len(self.x)

    def predictor(self, size):
        x, _ = self.arrays(size)
        return lambda: self.model.predict_on_batch(x)


class OnnxRuntime:
    """Prediction only. The graph is written by hand, so that nothing but numpy, onnx and onnxruntime is needed."""

    def __init__(self):
        import onnxruntime
        from onnx import TensorProto, helper, numpy_helper
        if work.kind != "translate":
            raise SystemExit("only the addition model is written for onnxruntime")
        gates = {"LSTM": 4, "GRU": 3, "SimpleRNN": 1}[work.cell]
        op = {"LSTM": "LSTM", "GRU": "GRU", "SimpleRNN": "RNN"}[work.cell]
        constants, H = {}, work.units

        def weight(name, *shape):
            constants[name] = ((rng.random(shape) - 0.5) * 0.2).astype(np.float32)
            return name

        def cell(prefix, x, inputs, outputs):
            extra = {"linear_before_reset": 1} if op == "GRU" else {}
            return helper.make_node(op, [x, weight(f"{prefix}.w", 1, gates * H, inputs), weight(f"{prefix}.r", 1, gates * H, H),
                                         weight(f"{prefix}.b", 1, 2 * gates * H)], outputs, hidden_size=H, **extra)

        constants["repeats"] = np.array([work.steps_out, 1, 1], dtype=np.int64)
        constants["axis"] = np.array([1], dtype=np.int64)
        nodes = [helper.make_node("Transpose", ["x"], ["xt"], perm=[1, 0, 2]),
                 cell("encoder", "xt", work.symbols, ["", "last"]),
                 helper.make_node("Tile", ["last", "repeats"], ["repeated"]),
                 cell("decoder", "repeated", H, ["sequence"]),
                 helper.make_node("Squeeze", ["sequence", "axis"], ["rows"]),
                 helper.make_node("MatMul", ["rows", weight("dense.w", H, work.targets)], ["product"]),
                 helper.make_node("Add", ["product", weight("dense.b", work.targets)], ["logits"]),
                 helper.make_node("Softmax", ["logits"], ["y"], axis=-1)]
        graph = helper.make_graph(nodes, "addition",
                                  [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["B", work.steps_in, work.symbols])],
                                  [helper.make_tensor_value_info("y", TensorProto.FLOAT, [work.steps_out, "B", work.targets])],
                                  [numpy_helper.from_array(value, name) for name, value in constants.items()])
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = THREADS
        self.session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])

    def predictor(self, size):
        x = one_hot(batch_of(size)[0])
        return lambda: self.session.run(None, {"x": x})


def timed(call, seconds):
    """Calls and seconds, after one warm-up call."""
    call(0)
    count, total, start = 0, 0, time.perf_counter()
    while (spent := time.perf_counter() - start) < seconds or count == 0:
        total += call(count)
        count += 1
    return count, total, spent


def obey(peer, order):
    words = order.split()
    if words[0] == "memory":
        return {"peak_memory_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}
    if words[0] == "train":
        count, samples, seconds = timed(peer.train, float(words[1]))
    else:
        size = int(words[1])
        predict = peer.predictor(size)
        count, samples, seconds = timed(lambda i: (predict(), size)[1], float(words[2]))
    return {"samples_per_second": samples / seconds, "milliseconds_per_step": 1000 * seconds / count}


if __name__ == "__main__":
    peer = {"torch": Torch, "keras": Keras, "onnxruntime": OnnxRuntime}[PEER.split("-")[0]]()
    for line in sys.stdin:
        print(json.dumps({"peer": PEER, "work": WORK, "threads": THREADS, "order": line.strip(), **obey(peer, line)}), flush=True)
