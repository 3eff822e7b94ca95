"""How fast is it? Forward-Forward against backpropagation through `torch.nn.RNN` and autograd.

    OMP_NUM_THREADS=1 python -m examples.benchmarks.bench_speed
    OMP_NUM_THREADS=1 python -m examples.benchmarks.bench_speed --only parallel
    OMP_NUM_THREADS=1 python -m examples.benchmarks.bench_speed --only scaling
    OMP_NUM_THREADS=1 python -m examples.benchmarks.bench_speed --only auc --data DIR

Every figure is a ratio within one run: the variants take turns, and the medians of their times are
divided. With one thread the time is CPU time of the process, so that other jobs on a shared machine
matter little; with more it is wall-clock time. The reference is three ReLU layers of `nn.RNN` with
dropout under one output that reads all steps, Adam, gradients clipped like ours; sequences of 100
steps of 2 channels. An epoch is the training steps alone, including shuffling and batching.
"""

import argparse
from pathlib import Path

import torch

from examples.benchmarks.speed.epochs import epochs, fit_overhead
from examples.benchmarks.speed.memory import memory
from examples.benchmarks.speed.parallel import parallel
from examples.benchmarks.speed.prediction import prediction, single_trajectory
from examples.benchmarks.speed.scaling import scaling
from examples.benchmarks.speed.setting import Setting
from examples.benchmarks.speed.time_to_auc import time_to_auc
from examples.benchmarks.speed.timing import table

PARTS = ("epochs", "fit", "prediction", "memory", "parallel", "scaling", "auc")


def rows_of(part, setting, options):
    """Answer one question."""
    if part == "epochs":
        return epochs(setting, options.repeats)
    if part == "fit":
        return fit_overhead(setting, options.repeats)
    if part == "prediction":
        many = prediction(setting, options.repeats, options.predict)
        return many + single_trajectory(setting)
    if part == "parallel":
        return parallel(setting, options.repeats)
    if part == "memory":
        return memory(setting)
    return time_to_auc(options.data, options.samples)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS[:4])
    parser.add_argument("--repeats", type=int, default=7, help="turns of each variant")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--sequences", type=int, default=1200, help="in an epoch")
    parser.add_argument("--length", type=int, default=100, help="steps of a sequence")
    parser.add_argument("--units", type=int, default=96, help="of each layer")
    parser.add_argument("--predict", type=int, default=10_000, help="sequences to predict")
    parser.add_argument("--data", type=Path, help="folder with dollar-one.npz, for auc")
    parser.add_argument("--samples", type=int, default=None, help="use only N of dollar-one")
    parser.add_argument("--device", default="cpu", help="of the epochs: cpu or cuda")
    options = parser.parse_args()
    if "auc" in options.only and options.data is None:
        parser.error("auc needs --data DIR")
    if options.device != "cpu" and options.only != ["epochs"]:
        parser.error("--device is for --only epochs")

    torch.set_num_threads(options.threads)
    print(f"torch {torch.__version__}, {torch.get_num_threads()} thread(s), {options.device}\n")
    setting = Setting(
        sequences=options.sequences,
        length=options.length,
        units=options.units,
        device=options.device,
    )
    rows = [
        row.cells()
        for part in options.only
        if part != "scaling"
        for row in rows_of(part, setting, options)
    ]
    if rows:
        print(table(["against nn.RNN, BPTT, = 1.00", "ratio", "target", ""], rows), end="\n\n")
    if "scaling" in options.only:
        print(scaling(setting, options.repeats))


if __name__ == "__main__":
    main()
