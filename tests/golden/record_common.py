"""What both recording scripts share: how numbers are drawn, how a case looks, how a file is written.

A file holds {"about", "command", "versions", "cases"}; a case holds

  name, covers        what it is, and the options that it proves (README.md is made of these)
  layers              one s2s YAML object for each layer
  input               {"shape": [B,T,D] or [B,D], "values"}, or for tokens {"shape": [B,T], "symbols": V, "values"}
  lengths             (B) real steps of each sequence, where they differ; steps behind them are zeros here and do not exist in s2s
  weights             by s2s' names, in Keras' layout
  dy                  the gradient that comes from above, shaped like the output
  train               optimizer (YAML), loss (YAML), steps, target (like the output, or symbols)
  float64, float32    what came out: output; gradients of the weights and of "input" for that dy; loss before each step;
                      weights after the last step

Inputs, weights, dy and targets are multiples of 1/64: the same numbers in both precisions, and short. Arrays are row-major.
"""
import json
import os
import sys

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
# After training it is the change that is compared, which may be a small part of a weight.
DIGITS = {"float64": 10, "float32": 7, "float64 trained": 14, "float32 trained": 7}


def draw(rng, *shape):
    """Seeded values in (-1, 1), none of them zero."""
    values = rng.integers(1, 64, size=shape) * rng.choice([-1, 1], size=shape)
    return values / 64.0


def array(values, precision="float64"):
    values = np.asarray(values)
    if values.dtype.kind in "iu":
        return {"shape": list(values.shape), "values": [int(v) for v in values.ravel()]}
    return {"shape": list(values.shape), "values": [shorten(v, precision) for v in values.ravel()]}


def shorten(value, precision):
    value = float(f"{float(value):.{DIGITS[precision]}g}")
    return int(value) if value == int(value) and abs(value) < 1e6 else value


def arrays(named, precision="float64"):
    return {name: array(values, precision) for name, values in named.items()}


def write(name, about, cases, versions):
    """One case a line: small, and a diff still shows which case changed."""
    script = os.path.basename(sys.argv[0])
    head = {"about": about, "command": f"python tests/golden/{script}", "versions": versions}
    lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
    text = json.dumps(head, indent=1)[:-2] + ',\n "cases": [\n' + lines + "\n]}\n"
    json.loads(text)
    with open(os.path.join(HERE, name), "w") as out:
        out.write(text)
    print(f"{name}: {len(cases)} cases, {len(text) // 1024} KiB")


def real_steps(lengths, steps):
    """(B,T) booleans: which steps exist."""
    return np.arange(steps)[None, :] < np.asarray(lengths)[:, None]


def shapes(masked):
    """Batch, steps, inputs, units: one of each kind, one step and one sequence among them."""
    if masked:
        return [(3, 4, 2, 3), (4, 5, 3, 2)]
    return [(2, 3, 2, 3), (1, 4, 3, 2), (3, 1, 2, 3), (4, 5, 3, 4), (1, 1, 2, 2), (2, 6, 1, 5)]


README = """# Golden values

Numbers recorded from Keras and from PyTorch, so that anyone can see that s2s computes what they compute. `make test` compares
them in float and in double and needs no Python. Every file states the versions and the command that made it; `record_common.py`
says what is in one. Compared, relative to the largest entry of each tensor: 2e-6 in double with what was recorded
in float64, 1e-4 in float with what was recorded in float32.

To record anew: `python tests/golden/record_keras.py` (keras, tensorflow) and `python tests/golden/record_torch.py` (torch). Either
writes this page too.

| file | from | cases |
|---|---|---|
"""


def write_table():
    """README.md: the files, and every option that some case covers."""
    options, files = {}, []
    for name in sorted(n for n in os.listdir(HERE) if n.endswith(".json")):
        with open(os.path.join(HERE, name)) as file:
            content = json.load(file)
        versions = content["versions"]
        maker = f"Keras {versions['keras']} on TensorFlow {versions['tensorflow']}" if "keras" in versions else f"PyTorch {versions['torch']}"
        files.append(f"| `{name}`: {content['about']} | {maker} | {len(content['cases'])} |\n")
        for case in content["cases"]:
            for cover in case["covers"]:
                subject, _, option = cover.partition(": ")
                counts = options.setdefault(subject, {})
                counts[option] = counts.get(option, 0) + 1
    text = README + "".join(files) + "\nWhat is covered, and by how many cases:\n\n| subject | options (cases) |\n|---|---|\n"
    for subject in sorted(options, key=str.lower):
        listed = "; ".join((f"{option} ({count})" if option else f"({count})") for option, count in sorted(options[subject].items()))
        text += f"| {subject} | {listed} |\n"
    with open(os.path.join(HERE, "README.md"), "w") as out:
        out.write(text)
