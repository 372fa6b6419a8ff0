"""Record golden values from PyTorch: python tests/golden/record_torch.py

Needs: pip install torch numpy. Weights are drawn in PyTorch's layout (`torch_weights`: one row for each gate and unit; LSTM gates
i,f,g,o, GRU gates r,z,n; two biases) and stand there too in Keras' layout under s2s' names, so that a file proves both the
numbers and the way of bringing weights over.
"""
import itertools

import numpy as np
import torch

from record_common import array, arrays, draw, shapes, write, write_table

VERSIONS = {"torch": torch.__version__, "numpy": np.__version__}
PRECISIONS = {"float64": torch.float64, "float32": torch.float32}

# Keras' gate k is PyTorch's gate ORDER[k]:  LSTM i,f,c,o = i,f,g,o;  GRU z,r,h = r,z,n with the first two exchanged.
ORDER = {"SimpleRNN": [0], "LSTM": [0, 1, 2, 3], "GRU": [1, 0, 2]}
CELLS = {"SimpleRNN": torch.nn.RNN, "LSTM": torch.nn.LSTM, "GRU": torch.nn.GRU}


def keras_order(cell, rows):
    """(G*H, ...) in PyTorch's gate order -> Keras' gate order."""
    gates = np.split(np.asarray(rows), len(ORDER[cell]))
    return np.concatenate([gates[k] for k in ORDER[cell]])


def to_keras(cell, weights, suffix=""):
    """One layer's PyTorch tensors as kernel, recurrent_kernel and bias."""
    w = {name: keras_order(cell, weights[f"{name}_l0{suffix}"]) for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")}
    bias = np.stack([w["bias_ih"], w["bias_hh"]]) if cell == "GRU" else w["bias_ih"] + w["bias_hh"]
    return {"kernel": w["weight_ih"].T, "recurrent_kernel": w["weight_hh"].T, "bias": bias}


def gradients_to_keras(cell, weights, suffix=""):
    """The same for gradients: where two biases are one, either has its gradient."""
    out = to_keras(cell, weights, suffix)
    if cell != "GRU":
        out["bias"] = keras_order(cell, weights[f"bias_ih_l0{suffix}"])
    return out


def run_packed(module, x, lengths):
    packed = torch.nn.utils.rnn.pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
    y, state = module(packed)
    y, _ = torch.nn.utils.rnn.pad_packed_sequence(y, batch_first=True, total_length=x.shape[1])
    return y, (state[0] if isinstance(state, tuple) else state)


def recurrent_case(cell, seed, shape, lengths, sequences, both, activation="tanh"):
    batch, steps, inputs, units = shape
    rng = np.random.default_rng(seed)
    options = {"nonlinearity": activation} if cell == "SimpleRNN" else {}
    x_values = draw(rng, batch, steps, inputs)
    torch_weights, dy, out = None, None, {}
    for precision, dtype in PRECISIONS.items():
        module = CELLS[cell](inputs, units, batch_first=True, bidirectional=both, dtype=dtype, **options)
        if torch_weights is None:
            torch_weights = {name: draw(rng, *p.shape) for name, p in module.named_parameters()}
        for name, parameter in module.named_parameters():
            parameter.data = torch.tensor(torch_weights[name], dtype=dtype)
        x = torch.tensor(x_values, dtype=dtype, requires_grad=True)
        y, state = run_packed(module, x, lengths)
        if not sequences:
            y = torch.cat(list(state), dim=1)
        if dy is None:
            dy = draw(rng, *y.shape)
            if sequences:
                dy *= (np.arange(steps)[None, :] < np.array(lengths)[:, None])[..., None]
        (y * torch.tensor(dy, dtype=dtype)).sum().backward()
        raw = {name: p.grad.numpy() for name, p in module.named_parameters()}
        gradients = named(cell, both, raw, gradients_to_keras)
        out[precision] = {"output": array(y.detach().numpy(), precision),
                          "gradients": arrays({**gradients, "input": x.grad.numpy()}, precision)}

    inner = f"{{type: {cell}, units: {units}, return_sequences: {str(sequences).lower()}"
    inner += f", activation: {activation}}}" if cell == "SimpleRNN" else "}"
    equal = "equal" if len(set(lengths)) == 1 else "lengths"
    title = f"{'Bidirectional ' if both else ''}{cell} {activation if cell == 'SimpleRNN' else ''} ({batch},{steps},{inputs},{units}) {equal}"
    covers = [f"PyTorch {'Bidirectional ' if both else ''}{cell}" + (f": {activation}" if cell == "SimpleRNN" else ""),
              f"PyTorch packed sequences: return_sequences: {str(sequences).lower()}"]
    return {"name": title.replace("  ", " "), "covers": covers,
            "layers": [f"{{type: Bidirectional, layer: {inner}}}" if both else inner],
            "input": array(x_values), "lengths": array(np.array(lengths)), "weights": arrays(named(cell, both, torch_weights, to_keras)),
            "torch_weights": arrays(torch_weights), "dy": array(dy), **out}


def named(cell, both, weights, convert):
    """Under s2s' names."""
    if not both:
        layer = "simple_rnn" if cell == "SimpleRNN" else cell.lower()
        return {f"{layer}/{name}": values for name, values in convert(cell, weights).items()}
    return {f"bidirectional/{way}/{name}": values for way, suffix in (("forward", ""), ("backward", "_reverse"))
            for name, values in convert(cell, weights, suffix).items()}


def packed(both):
    cases = []
    kinds = [("SimpleRNN", "tanh"), ("SimpleRNN", "relu"), ("GRU", "tanh"), ("LSTM", "tanh")]
    for i, ((cell, activation), sequences) in enumerate(itertools.product(kinds, (True, False))):
        for k, shape in enumerate(shapes(masked=True) + shapes(masked=False)[1:3]):
            lengths = [[shape[1], 1, 2, shape[1] - 1][b % 4] for b in range(shape[0])] if shape[0] > 1 and shape[1] > 2 else [shape[1]] * shape[0]
            cases.append(recurrent_case(cell, 100 * i + k + (5000 if both else 0), shape, lengths, sequences, both, activation))
    return cases


def symbols():
    """Embedding, Linear and cross-entropy, as a tagger uses them."""
    cases = []
    for i, (batch, steps, vocabulary, width, tags) in enumerate([(2, 3, 5, 3, 4), (1, 1, 3, 2, 2), (3, 4, 6, 2, 5)]):
        rng = np.random.default_rng(9000 + i)
        tokens, target = rng.integers(0, vocabulary, (batch, steps)), rng.integers(0, tags, (batch, steps))
        weights = {"embedding.weight": draw(rng, vocabulary, width), "linear.weight": draw(rng, tags, width), "linear.bias": draw(rng, tags)}
        out = {}
        for precision, dtype in PRECISIONS.items():
            table, w, b = (torch.tensor(value, dtype=dtype, requires_grad=True) for value in weights.values())
            logits = torch.nn.functional.embedding(torch.tensor(tokens), table) @ w.T + b
            loss = torch.nn.functional.cross_entropy(logits.reshape(-1, tags), torch.tensor(target).reshape(-1))
            loss.backward()
            out[precision] = {"output": array(torch.softmax(logits, -1).detach().numpy(), precision),
                              "loss": array(np.array([loss.item()]), precision),
                              "loss_gradients": arrays({"embedding/embeddings": table.grad.numpy(), "time_distributed/kernel": w.grad.numpy().T,
                                                        "time_distributed/bias": b.grad.numpy()}, precision)}
        cases.append({"name": f"Embedding, Linear, cross_entropy ({batch},{steps}) of {vocabulary}",
                      "covers": ["PyTorch Embedding, Linear, cross_entropy"],
                      "layers": [f"{{type: Embedding, input_dim: {vocabulary}, output_dim: {width}}}",
                                 f"{{type: TimeDistributed, layer: {{type: Dense, units: {tags}}}}}", "{type: Activation, activation: softmax}"],
                      "input": {**array(tokens), "symbols": vocabulary}, "torch_weights": arrays(weights),
                      "weights": arrays({"embedding/embeddings": weights["embedding.weight"],
                                         "time_distributed/kernel": weights["linear.weight"].T,
                                         "time_distributed/bias": weights["linear.bias"]}),
                      "train": {"loss": "categorical_crossentropy", "target": array(target)}, **out})
    return cases


if __name__ == "__main__":
    torch.set_num_threads(1)
    write("torch_packed.json", "recurrent layers on packed sequences, with PyTorch's own weights", packed(both=False), VERSIONS)
    write("torch_bidirectional.json", "bidirectional layers on packed sequences", packed(both=True), VERSIONS)
    write("torch_symbols.json", "Embedding, Linear and cross-entropy", symbols(), VERSIONS)
    write_table()
