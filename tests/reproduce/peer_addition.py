"""The addition task by Keras or PyTorch themselves, until validation accuracy (padding counted) is .99.

    python tests/reproduce/peer_addition.py keras [--cell LSTM] [--digits 3] [--examples 50000] [--batch 32] [--epochs 100] [--seeds 5]

Needs: pip install keras jax (or the back end that KERAS_BACKEND names), or pip install torch. The questions, the graph and Adam at
0.001 are those of Keras' example; PyTorch's weights are initialised as Keras does it, so that both learn alike. Prints the first
epoch at .99 and the seconds of training and validation until then, for each seed, and the medians; training ends there.
"""
import argparse
import os
import statistics
import time

import numpy as np

SYMBOLS = "0123456789+ "


def questions(o, rng):
    """Distinct on the unordered pair; each operand of 1 to DIGITS digits, each digit uniform; padded, then reversed; shuffled."""
    seen, x, y = set(), [], []
    while len(x) < o.examples:
        a, b = (int("".join(str(d) for d in rng.integers(0, 10, rng.integers(1, o.digits + 1)))) for _ in range(2))
        if (key := tuple(sorted((a, b)))) in seen:
            continue
        seen.add(key)
        x.append(f"{a}+{b}".ljust(2 * o.digits + 1)[::-1])
        y.append(str(a + b).ljust(o.digits + 1))
    order = rng.permutation(len(x))
    return tuple(np.array([[SYMBOLS.index(c) for c in text] for text in texts])[order] for texts in (x, y))


def keras_epochs(o, seed, x, y, split):
    """Validation accuracy after each epoch."""
    os.environ.setdefault("KERAS_BACKEND", "jax")
    import keras
    from keras import layers

    keras.utils.set_random_seed(seed)
    x, y = (np.eye(len(SYMBOLS), dtype=np.float32)[tokens] for tokens in (x, y))
    cell = getattr(layers, o.cell)
    model = keras.Sequential([layers.Input((2 * o.digits + 1, len(SYMBOLS))), cell(128), layers.RepeatVector(o.digits + 1),
                              cell(128, return_sequences=True), layers.Dense(len(SYMBOLS), activation="softmax")])
    model.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
    while True:
        yield model.fit(x[:split], y[:split], batch_size=o.batch, validation_data=(x[split:], y[split:]), verbose=0).history["val_accuracy"][0]


def torch_epochs(o, seed, x, y, split):
    """Validation accuracy after each epoch."""
    import torch
    from torch import nn

    torch.manual_seed(seed)
    cell = {"LSTM": nn.LSTM, "GRU": nn.GRU, "SimpleRNN": nn.RNN}[o.cell]

    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.encoder = cell(len(SYMBOLS), 128, batch_first=True)
            self.decoder = cell(128, 128, batch_first=True)
            self.dense = nn.Linear(128, len(SYMBOLS))
            for name, w in self.named_parameters():
                if "bias" in name:
                    nn.init.zeros_(w)
                    if o.cell == "LSTM" and "bias_ih" in name:
                        nn.init.ones_(w[128:256])          # gates i,f,g,o: the forget gate's
                elif "weight_hh" in name:
                    nn.init.orthogonal_(w)
                else:
                    nn.init.xavier_uniform_(w)

        def forward(self, x):
            state = self.encoder(x)[1]
            last = (state[0] if isinstance(state, tuple) else state)[-1]
            return self.dense(self.decoder(last.unsqueeze(1).expand(-1, o.digits + 1, -1))[0])

    x, y = torch.eye(len(SYMBOLS))[torch.from_numpy(x)], torch.from_numpy(y)
    model, loss = Model(), nn.CrossEntropyLoss()
    adam = torch.optim.Adam(model.parameters(), lr=0.001, eps=1e-7)
    while True:
        for rows in torch.randperm(split).split(o.batch):
            adam.zero_grad()
            loss(model(x[rows]).flatten(0, 1), y[rows].flatten()).backward()
            adam.step()
        with torch.no_grad():
            yield (model(x[split:]).argmax(2) == y[split:]).float().mean().item()


def train(o, seed):
    x, y = questions(o, np.random.default_rng(seed))
    epochs = {"keras": keras_epochs, "torch": torch_epochs}[o.peer](o, seed, x, y, len(x) - len(x) // 10)
    start = time.perf_counter()
    for epoch in range(1, o.epochs + 1):
        if next(epochs) >= 0.99:
            print(f"seed {seed}: epoch {epoch}, {time.perf_counter() - start:.0f} s", flush=True)
            return epoch, time.perf_counter() - start
    print(f"seed {seed}: never in {o.epochs} epochs, {time.perf_counter() - start:.0f} s", flush=True)
    return float("inf"), time.perf_counter() - start


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("peer", choices=["keras", "torch"])
    parser.add_argument("--cell", choices=["LSTM", "GRU", "SimpleRNN"], default="LSTM")
    for name, default in (("digits", 3), ("examples", 50000), ("batch", 32), ("epochs", 100), ("seeds", 5)):
        parser.add_argument(f"--{name}", type=int, default=default)
    o = parser.parse_args()
    found = [train(o, seed) for seed in range(1, o.seeds + 1)]
    print(f"{o.peer}, {o.cell}, {o.digits} digits, batch {o.batch}: median epoch {statistics.median(e for e, _ in found):g}, "
          f"{statistics.median(s for _, s in found):.0f} s")
