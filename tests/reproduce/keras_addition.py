"""The same tasks by Keras itself: python tests/reproduce/keras_addition.py [DIGITS EXAMPLES EPOCHS SEEDS]; default 3 50000 30 5.

Needs: pip install keras jax (or the back end that KERAS_BACKEND names). Prints, for each seed, the first epoch with validation accuracy
(padding counted) >= .99 and the seconds until then, then the median. Training ends there.
"""
import os
import statistics
import sys
import time

os.environ.setdefault("KERAS_BACKEND", "jax")

import keras
import numpy as np
from keras import layers

DIGITS, EXAMPLES, EPOCHS, SEEDS = (int(text) for text in (sys.argv[1:5] if len(sys.argv) > 4 else (3, 50000, 30, 5)))
SYMBOLS = "0123456789+ "


def questions(rng):
    """Distinct on the unordered pair; each operand of 1 to DIGITS digits, each digit uniform; padded, then reversed; shuffled."""
    seen, x, y = set(), [], []
    while len(x) < EXAMPLES:
        a, b = (int("".join(str(d) for d in rng.integers(0, 10, rng.integers(1, DIGITS + 1)))) for _ in range(2))
        if (key := tuple(sorted((a, b)))) in seen:
            continue
        seen.add(key)
        x.append(f"{a}+{b}".ljust(2 * DIGITS + 1)[::-1])
        y.append(str(a + b).ljust(DIGITS + 1))
    one_hot, order = np.eye(len(SYMBOLS), dtype=np.float32), rng.permutation(len(x))
    return tuple(one_hot[[[SYMBOLS.index(c) for c in text] for text in texts]][order] for texts in (x, y))


class Until(keras.callbacks.Callback):
    """Remember the first epoch at .99 and end there."""

    def __init__(self):
        super().__init__()
        self.epoch, self.start, self.seconds = None, time.perf_counter(), 0.0

    def on_epoch_end(self, epoch, logs=None):
        if logs["val_accuracy"] >= 0.99:
            self.epoch, self.seconds, self.model.stop_training = epoch + 1, time.perf_counter() - self.start, True


def train(seed):
    keras.utils.set_random_seed(seed)
    x, y = questions(np.random.default_rng(seed))
    split = len(x) - len(x) // 10
    model = keras.Sequential([layers.Input((2 * DIGITS + 1, len(SYMBOLS))), layers.LSTM(128), layers.RepeatVector(DIGITS + 1),
                              layers.LSTM(128, return_sequences=True), layers.Dense(len(SYMBOLS), activation="softmax")])
    model.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
    until = Until()
    model.fit(x[:split], y[:split], batch_size=32, epochs=EPOCHS, validation_data=(x[split:], y[split:]), callbacks=[until], verbose=0)
    print(f"seed {seed}: epoch {until.epoch or 'never'}, {until.seconds:.0f} s", flush=True)
    return until.epoch or 9999, until.seconds


if __name__ == "__main__":
    found = [train(seed) for seed in range(1, SEEDS + 1)]
    print(f"Keras {keras.__version__} on {keras.backend.backend()}: median epoch {statistics.median(e for e, _ in found):g}, "
          f"{statistics.median(s for _, s in found):.0f} s")
