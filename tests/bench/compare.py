"""s2s beside its peers, in one go and in alternation: python tests/bench/compare.py [options]; see --help and `make bench-peers`.

Every round gives each contender one block of every measurement, in turn, so that a slow minute of the machine hits all. Medians over
the rounds are printed as a table, one a piece of work and number of threads, with the ratio of s2s to each; every single
measurement goes to --jsonl FILE. At the end stand s2s and the fastest peer of each kind, a line for each piece of work. A peer that is
not installed is left out, and said so. Peers do the same work with their best settings: see peers.py. The work is listed in works.py.
"""
import argparse
import json
import os
import pathlib
import random
import statistics
import subprocess
import sys
import tempfile
import time

from works import WORKS

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PEERS = ["torch", "torch-bfloat16", "keras-jax", "keras-jax-unrolled", "keras-tensorflow", "keras-tensorflow-unrolled", "onnxruntime"]
NEEDS = {"torch": ["torch"], "keras-jax": ["keras", "jax"], "keras-tensorflow": ["keras", "tensorflow"], "onnxruntime": ["onnx", "onnxruntime"]}
COLUMNS = [("train", "samples_per_second", "training, samples/s", True), ("predict 1", "milliseconds_per_step", "one answer, ms", False),
           ("predict 1000", "samples_per_second", "1,000 answers, samples/s", True), ("start", "seconds", "start to first answer, s", False),
           ("memory", "peak_memory_bytes", "peak memory, MB", False)]


class Peer:
    """A worker process that waits for orders."""

    def __init__(self, name, work, threads):
        self.name, self.work, self.threads = name, work, threads
        self.process = subprocess.Popen(self.command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.failed = False

    def command(self):
        return [sys.executable, str(HERE / "peers.py"), self.name, self.work.name, str(self.threads)]

    def order(self, text):
        """The answer, or None: a peer that cannot do it is not asked again."""
        if self.failed or (self.name == "onnxruntime" and text.startswith("train")):
            return None
        try:
            self.process.stdin.write(text + "\n")
            self.process.stdin.flush()
            return json.loads(self.process.stdout.readline())
        except (BrokenPipeError, ValueError):
            self.failed = True
            return None

    def settle(self):
        """Wait until it has started: nobody is measured beside another one's imports."""
        self.order("memory")

    def measure(self, seconds):
        found = {"train": self.order(f"train {seconds}"), "predict 1": self.order(f"predict 1 {seconds / 4}"),
                 "predict 1000": self.order(f"predict 1000 {seconds / 2}"), "memory": self.order("memory")}
        return {key: value for key, value in found.items() if value is not None}

    def start(self):
        """From the start of the process to the first answer, with the weights it starts with."""
        begin = time.perf_counter()
        subprocess.run(self.command(), input="predict 1 0\n", capture_output=True, text=True, check=False)
        return {"seconds": time.perf_counter() - begin}

    def close(self):
        try:
            self.process.stdin.close()
        except BrokenPipeError:                 # it is gone already
            pass
        self.process.wait()


class S2s:
    failed = False

    def __init__(self, program, work, threads, folder, precision):
        self.name = "s2s" if precision == "highest" else f"s2s-{precision}"
        self.program, self.work, self.threads = program, work, threads
        self.config = [str(ROOT / work.config), *(text.format(folder=folder) for text in work.settings), f"train.matmul_precision={precision}"]
        self.model = os.path.join(folder, f"{work.name}-{threads}-{precision}")
        if work.kind == "translate":
            self.run("run", *self.config, "train.epochs=0", "dataset.samples=2000", "--out", self.model)

    def run(self, *words):
        return subprocess.run([self.program, *words], capture_output=True, text=True, check=True).stdout

    def settle(self):
        pass

    def measure(self, seconds):
        found = json.loads(self.run("bench", *self.config, "--threads", str(self.threads), "--seconds", str(seconds), "--json"))
        for key in ("train", "predict", "predict_one"):
            found[key]["milliseconds"] = found[key]["milliseconds_per_step"]
        return {"train": found["train"], "predict 1": found["predict_one"], "predict 1000": found["predict"],
                "memory": {"peak_memory_bytes": found["peak_memory_bytes"]}}

    def start(self):
        begin = time.perf_counter()
        self.run("predict", self.model, "12+345")
        return {"seconds": time.perf_counter() - begin}

    def close(self):
        pass


def write_sentences(path, count=3000):
    """Random words and tags, a word a line, for tests/bench/tagger.yaml: lengths as peers.py draws them."""
    work, rng = WORKS["tagger"], random.Random(1)
    with open(path, "w", encoding="utf-8") as out:
        for _ in range(count):
            for _ in range(rng.randint(work.shortest, work.steps_in)):
                out.write(f"w{rng.randrange(work.symbols)}\tt{rng.randrange(work.targets)}\n")
            out.write("\n")


def installed(name):
    """A peer's packages are looked for, not imported."""
    from importlib.util import find_spec
    packages = next(packages for prefix, packages in NEEDS.items() if name.startswith(prefix))
    return all(find_spec(package) is not None for package in packages)


def median(results, contender, order, key):
    """Over the rounds; None where a contender has no such figure."""
    values = [found[order][key] for found in results.get(contender, []) if order in found]
    return statistics.median(values) if values else None


def shown(value):
    return "" if value is None else f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def show(work, threads, results):
    """One table: medians, and s2s' advantage in brackets."""
    print(f"\n### {work.name}, {threads} thread{'s' if threads > 1 else ''}\n")
    print("| | " + " | ".join(title for _, _, title, _ in COLUMNS) + " |\n|---|" + "---:|" * len(COLUMNS))
    for contender in results:
        cells = []
        for order, key, _, more_is_better in COLUMNS:
            value, ours = median(results, contender, order, key), median(results, "s2s", order, key)
            scale = 1e-6 if key == "peak_memory_bytes" else 1
            text = shown(value and value * scale)
            if value and ours and contender != "s2s":
                text += f" ({ours / value if more_is_better else value / ours:.2f})"
            cells.append(text)
        print(f"| {contender} | " + " | ".join(cells) + " |", flush=True)


def summary(all_results, order, key, more_is_better):
    """One line a piece of work: s2s, and the fastest of the peers with s2s' advantage: those of float32, those of bfloat16 beside medium."""
    def fastest(results, wanted):
        values = [(median(results, name, order, key), name) for name in results if wanted(name)]
        values = [pair for pair in values if pair[0]]
        return (max if more_is_better else min)(values) if values else (None, "")

    def pair(ours, peer):
        advantage = f" ({ours / peer[0] if more_is_better else peer[0] / ours:.2f})" if ours and peer[0] else ""
        return f"{shown(ours)} | {peer[1]} {shown(peer[0])}{advantage} |"

    print("| work | threads | s2s | fastest peer, float32 | s2s, medium | fastest peer, bfloat16 |\n|---|---:|---:|---:|---:|---:|")
    for (work, threads), results in all_results.items():
        full = fastest(results, lambda name: not name.startswith("s2s") and not name.endswith("bfloat16"))
        half = fastest(results, lambda name: name.endswith("bfloat16"))
        print(f"| {work} | {threads} | {pair(median(results, 's2s', order, key), full)} {pair(median(results, 's2s-medium', order, key), half)}")


def compare(work, threads, options, folder, log):
    contenders = []
    if (ROOT / work.config).is_file():
        contenders += [S2s(options.s2s, work, threads, folder, precision) for precision in options.precisions.split(",")]
    else:
        print(f"{work.name}: no {work.config}, so without s2s", file=sys.stderr)
    contenders += [Peer(name, work, threads) for name in options.peers]
    results = {contender.name: [] for contender in contenders}
    for contender in contenders:
        contender.settle()
    for number in range(options.rounds):
        for contender in contenders[number % len(contenders):] + contenders[:number % len(contenders)]:
            found = contender.measure(options.seconds)
            if not contender.failed and work.kind == "translate":
                found["start"] = contender.start()
            results[contender.name].append(found)
            log.write(json.dumps({"work": work.name, "threads": threads, "round": number, "contender": contender.name, **found}) + "\n")
            log.flush()
    for contender in contenders:
        contender.close()
    show(work, threads, results)
    return results


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--s2s", default=str(ROOT / "build/s2s"), help="the program")
    parser.add_argument("--works", default=",".join(WORKS), help="names from works.py, with commas")
    parser.add_argument("--peers", default=",".join(PEERS), help="names from peers.py, with commas")
    parser.add_argument("--precisions", default="highest,high,medium", help="of s2s' matrix products, with commas; without AMX all are highest")
    parser.add_argument("--threads", default=f"1,{os.cpu_count()}", help="numbers of threads, with commas")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=4, help="length of a training block")
    parser.add_argument("--jsonl", default=os.devnull, help="every measurement, one JSON object a line")
    options = parser.parse_args()
    options.peers = [name for name in options.peers.split(",") if name]
    for name in [name for name in options.peers if not installed(name)]:
        print(f"{name} is not installed for {sys.executable}: left out", file=sys.stderr)
        options.peers.remove(name)
    with tempfile.TemporaryDirectory() as folder, open(options.jsonl, "a", encoding="utf-8") as log:
        results = {}
        write_sentences(os.path.join(folder, "tagger.tsv"))
        for name in options.works.split(","):
            for threads in sorted({int(text) for text in options.threads.split(",")}):
                results[name, threads] = compare(WORKS[name], threads, options, folder, log)
    for order, key, title, more_is_better in COLUMNS[:3]:
        print(f"\n### {title}\n")
        summary(results, order, key, more_is_better)


if __name__ == "__main__":
    main()
