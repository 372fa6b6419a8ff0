"""The work that is measured: what the graph is, what goes in, and how s2s is told to do the same.

Kinds:  translate  encoder cell, last state repeated, decoder cell, dense softmax at every output step (addition)
        predict    `layers` cells on symbols, dense softmax at every step (characters)
        tag        embedding, cell (both ways with `both`), dense softmax at every step, sequences of different lengths
"""
from dataclasses import dataclass, field


@dataclass
class Work:
    name: str
    kind: str
    cell: str = "LSTM"
    units: int = 128
    batch: int = 128
    symbols: int = 12              # input symbols
    targets: int = 12              # output symbols
    steps_in: int = 7
    steps_out: int = 4
    layers: int = 1
    embedding: int = 0
    shortest: int = 0              # tag: lengths from `shortest` to steps_in
    both: bool = False
    rate: float = 0.001            # Adam's; tiny taggers use SGD
    optimizer: str = "Adam"
    config: str = ""               # for `s2s bench`; the work is left out for s2s where it is not there
    settings: list = field(default_factory=list)


PLAIN_ADAM = ["train.optimizer.learning_rate=0.001", "train.optimizer.global_clipnorm=null"]      # as the peers have it


def addition(digits, cell):
    return Work(f"addition-{digits}-{cell}", "translate", cell, steps_in=2 * digits + 1, steps_out=digits + 1,
                config="configs/addition.yaml", settings=[f"vars.rnn={cell}", f"dataset.digits={digits}", *PLAIN_ADAM])


def characters(units):
    return Work(f"characters-2x{units}", "predict", units=units, symbols=65, targets=65, steps_in=100, layers=2,
                config=f"tests/bench/characters-{units}.yaml")


WORKS = {work.name: work for work in [
    *(addition(digits, cell) for digits in (3, 10) for cell in ("LSTM", "GRU", "SimpleRNN")),
    characters(128), characters(512),
    Work("tagger", "tag", batch=32, symbols=10000, targets=17, embedding=100, shortest=5, steps_in=60,
         config="tests/bench/tagger.yaml", settings=["dataset.train={folder}/tagger.tsv"]),
    Work("tagger-both", "tag", batch=32, symbols=10000, targets=17, embedding=100, shortest=5, steps_in=60, both=True,
         config="tests/bench/tagger-both.yaml", settings=["dataset.train={folder}/tagger.tsv"]),
    Work("tagger-tiny", "tag", units=6, batch=1, symbols=9, targets=3, embedding=6, shortest=4, steps_in=5, rate=0.1, optimizer="SGD",
         config="configs/pos-toy.yaml"),
]}
