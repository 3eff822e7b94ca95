"""Quality and speed of the extraction of strokes from recorded human movements.

    python -m examples.benchmarks.bench_sigma_lognormal [--data DIR] [--seed 0] [--n-jobs 2]

DIR holds the study's data sets as NAME.npz: points (x, y, t in ms), stroke_id, offsets and label,
1 for human. Only human trajectories are read, in an order drawn by the seed:

- $1: 600 whole gestures; MCYT: 250 whole signatures;
- mouse: 600 single strokes, the runs of one stroke_id, cut at rests of over 500 ms;
- touch: 600 single strokes, the runs of one stroke_id.

A single stroke has 6 points or more and moves. Both SNRs are those of the plans: all modelled parts
of a trajectory together, against its positions smoothed by a Gaussian of 12 ms. Strokes per second
are all strokes divided by the duration of all parts that have strokes. Trajectories a second are by
processor time on one core, the best of three runs; the last line compares wall times, which means
something on an idle machine only.
"""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path

import numpy as np

from examples.common.study_data import read_movements
from sklearn_ffrnn.sigma_lognormal import StrokePlan, extract_strokes

SETS = {  # title: file, how many, SNRv median and p10, SNRt median, trajectories/s
    "$1": ("dollar-one", 600, (26, 23, 40, 100)),
    "MCYT": ("mcyt", 250, (26, 24, 37, 50)),
    "mouse strokes": ("mouse-operation", 600, (26, 23, 38, 250)),
    "touch strokes": ("mobiletouchdb", 600, (26, 23, 38, 250)),
}
MAX_RATE = 14
MIN_POINTS = 6
REPEATS = 3


def load(path: Path, n: int, single_strokes: bool, seed: int) -> list[np.ndarray]:
    """Return `n` human trajectories, or as many of their strokes."""
    table = read_movements(path, single_strokes=single_strokes, min_points=MIN_POINTS)
    human = table.loc[table["label"] == 1, "movement"]
    return human.sample(min(n, len(human)), random_state=seed).to_list()


def seconds_of_movement(plan: StrokePlan) -> float:
    """Return how long the parts of a plan that have strokes last together."""
    points = [part.first_point for part in plan.parts] + [len(plan.times)]
    strokes = [part.first_stroke for part in plan.parts] + [plan.n_strokes]
    return (
        sum(
            plan.times[points[k + 1] - 1] - plan.times[points[k]]
            for k in range(len(plan.parts))
            if strokes[k + 1] > strokes[k]
        )
        / 1e3
    )


def measure(X: list[np.ndarray], **kwargs: int) -> tuple[list[StrokePlan], float, float]:
    """Return the plans, and the best processor and wall time of several runs."""
    times = []
    for _ in range(REPEATS):
        wall, cpu = time.perf_counter(), time.process_time()
        plans = extract_strokes(X, on_error="skip", **kwargs)
        times.append((time.process_time() - cpu, time.perf_counter() - wall))
    return plans, *np.min(times, axis=0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--samples", type=int, help="use at most N of each data set")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--n-jobs", type=int, default=2)
    options = parser.parse_args()
    print(
        "| data | n | SNRv median, dB | SNRv p10 | SNRt median | strokes | trajectories/s "
        "| strokes/s of movement |\n|---|---|---|---|---|---|---|---|"
    )
    every = []
    for title, (name, n, wanted) in SETS.items():
        single = title.endswith("strokes")
        n = min(n, options.samples or n)
        X = load(options.data / f"{name}.npz", n, single, options.seed)
        every += X
        extract_strokes(X[:20], on_error="skip")  # imports and caches
        plans, cpu, _ = measure(X)
        modelled = [plan for plan in plans if plan.n_strokes]
        snr_v = [plan.snr_velocity for plan in modelled]
        reached = (
            np.median(snr_v),
            np.percentile(snr_v, 10),
            np.median([plan.snr_position for plan in modelled]),
            len(X) / cpu,
        )
        strokes = [plan.n_strokes for plan in modelled]
        rate = sum(strokes) / sum(map(seconds_of_movement, modelled))
        v, p10, p, speed = (
            f"{value:.{digits}f} (>= {target}{'' if value >= target else ', missed'})"
            for value, target, digits in zip(reached, wanted, (1, 1, 1, 0), strict=True)
        )
        too_many = "" if rate <= MAX_RATE else ", missed"
        print(
            f"| {title} | {len(modelled)} of {len(X)} | {v} | {p10} | {p} "
            f"| {np.median(strokes):.0f} | {speed} | {rate:.1f} (<= {MAX_RATE}{too_many}) |",
            flush=True,
        )
    alone, _, one = measure(every)
    extract_strokes(every, on_error="skip", n_jobs=options.n_jobs)  # starts the workers
    shared, _, many = measure(every, n_jobs=options.n_jobs)
    print(
        f"\nAll {len(every)}: 1 process {one:.2f} s, {options.n_jobs} processes {many:.2f} s, "
        f"{one / many:.2f} times as fast on {os.cpu_count()} processors; plans "
        f"{'equal to the last bit' if alone == shared else 'DIFFER'}."
    )


if __name__ == "__main__":
    main()
