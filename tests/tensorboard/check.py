"""check.py RUN or SWEEP... -- TensorBoard's own reader finds every figure of every epoch in the event files made with log.tensorboard=true.

A run is held against its history.csv, a sweep's trials against the ledger.

Needs the package `tensorboard` (pip install tensorboard). Written for 2.21.0.
"""
import csv
import os
import sqlite3
import sys

from tensorboard.backend.event_processing import event_accumulator


def check(run):
    events = event_accumulator.EventAccumulator(run, size_guidance={event_accumulator.SCALARS: 0, event_accumulator.TENSORS: 0})
    events.Reload()
    rows = list(csv.DictReader(open(os.path.join(run, "history.csv"))))
    columns = [column for column in rows[0] if column not in ("epoch", "seconds")]
    tags = events.Tags()
    assert sorted(tags["scalars"]) == sorted(columns), (tags["scalars"], columns)
    compared = 0
    for column in columns:
        wanted = {int(row["epoch"]): float(row[column]) for row in rows if row[column]}
        found = {event.step: event.value for event in events.Scalars(column)}
        assert sorted(wanted) == sorted(found), (column, wanted, found)
        for epoch, value in wanted.items():
            tolerance = 0.1 if column == "samples_per_second" else 1e-6 * abs(value)       # history.csv keeps one digit of it
            assert abs(found[epoch] - value) <= tolerance, (column, epoch, value, found[epoch])
            compared += 1
    shown = os.path.getsize(os.path.join(run, "samples.jsonl")) > 0
    assert ("samples" in tags["tensors"]) == shown, tags["tensors"]
    assert "_hparams_/session_start_info" in tags["tensors"] and "_hparams_/session_end_info" in tags["tensors"]
    print(f"{run}: {compared} figures of {len(rows)} epochs, as in history.csv")


def check_sweep(sweep):
    ledger = sqlite3.connect(os.path.join(sweep, "ledger.sqlite"))
    compared = 0
    trials = [row[0] for row in ledger.execute("SELECT trial FROM trials ORDER BY trial")]
    for trial in trials:
        folder = os.path.join(sweep, "tensorboard", f"trial-{trial:04d}")
        events = event_accumulator.EventAccumulator(folder, size_guidance={event_accumulator.SCALARS: 0})
        events.Reload()
        found = {(tag, event.step): event.value for tag in events.Tags()["scalars"] for event in events.Scalars(tag)}
        wanted = {(figure, epoch): value for epoch, figure, value in ledger.execute(
            "SELECT epoch, figure, value FROM epochs WHERE trial = ? AND figure != 'seconds' AND value IS NOT NULL", (trial,))}
        assert sorted(found) == sorted(wanted), (trial, sorted(set(found) ^ set(wanted))[:5])
        assert all(abs(found[key] - value) <= 1e-6 * abs(value) for key, value in wanted.items()), trial
        assert "_hparams_/session_start_info" in events.Tags()["tensors"], trial
        compared += len(wanted)
    print(f"{sweep}: {compared} figures of {len(trials)} trials, as in the ledger")


for name in sys.argv[1:]:
    check_sweep(name) if os.path.exists(os.path.join(name, "ledger.sqlite")) else check(name)
