"""How long does a long log take on its way to movements, and how much memory?

    OMP_NUM_THREADS=1 python -m examples.benchmarks.bench_logs [--rows 1000000]

A continuous log of one visitor, or of many whose rows stand mixed, is written as CSV, read by
``read_log`` and cut by ``split_movements``, each time in a process of its own: seconds of the
processor, and the most memory that the process held, the imported packages among it (nan but
on Linux).
"""

import argparse
import multiprocessing
import tempfile
import time
import warnings
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd

from sklearn_ffrnn.datasets import read_log, split_movements

VISITORS = 50
MALFORMED = 0.01  # share of rows, where there are any
WAYS = {  # how it is written, and how it is read
    "plain": ({}, {}),
    "semicolons, decimal commas, Windows": (
        {"sep": ";", "decimal": ",", "lineterminator": "\r\n", "encoding": "utf-8-sig"},
        {},
    ),
    "1 % malformed, skipped": ({}, {"on_error": "skip"}),
    "50 visitors, mixed": ({}, {"movement": "visitor"}),
    "in pieces of 100,000 rows": ({}, {"chunk_rows": 100_000}),
}


def write_log(path, n_rows, way):
    """Write a log of movements of some seconds with rests between them."""
    rng = np.random.default_rng(0)
    steps = rng.choice([8.0, 16.0], size=n_rows)
    steps[rng.random(n_rows) < 1 / 150] = 900.0
    xy = rng.integers(-9, 10, size=(n_rows, 2)).cumsum(axis=0) % 2000
    table = pd.DataFrame({"t": steps.cumsum() / 1000, "x": xy[:, 0], "y": xy[:, 1] + 0.5})
    table["state"] = np.where(rng.random(n_rows) < 0.002, "Pressed", "Move")
    if "mixed" in way:
        table["visitor"] = rng.integers(VISITORS, size=n_rows)
    if "malformed" in way:
        table["x"] = table["x"].astype(object).mask(rng.random(n_rows) < MALFORMED, "left")
    table.to_csv(path, index=False, **WAYS[way][0])


def read(path, way):
    """Return how many movements there are, and what it took."""
    start = time.process_time()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of malformed rows
        log = read_log(path, state="state", time_unit="s", **WAYS[way][1])
        movements = split_movements(log)
    seconds = time.process_time() - start
    return len(movements), seconds, most_memory()


def most_memory():
    """Return the most MB that this process has held; getrusage would count the one before it."""
    status = Path("/proc/self/status")
    if not status.exists():
        return float("nan")
    (line,) = [line for line in status.read_text().splitlines() if "VmHWM" in line]
    return int(line.split()[1]) * 1024 / 1e6


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    options = parser.parse_args()
    print("| log | file, MB | movements | seconds | MB |")
    print("| --- | --- | --- | --- | --- |")
    fresh = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "log.csv")
        for way in WAYS:
            write_log(path, options.rows, way)
            with ProcessPoolExecutor(1, mp_context=fresh) as process:
                n, seconds, memory = process.submit(read, path, way).result()
            size = path.stat().st_size / 1e6
            print(f"| {way} | {size:.0f} | {n} | {seconds:.1f} | {memory:.0f} |")


if __name__ == "__main__":
    main()
