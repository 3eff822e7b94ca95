"""Everything that needs a GPU, in at most eight minutes: tests, epochs, one large fit.

    python -m examples.benchmarks.gpu_check --data DIR

- The tests that are skipped where there is no GPU.
- Epochs of Forward-Forward and of the baseline against cuDNN's `torch.nn.RNN` with backpropagation
  through time, by batch and length: milliseconds a batch, and the ratio. "graph" replays the whole
  training step as one CUDA graph, which the references allow: no shape depends on the data there.
- The operations that a batch of Forward-Forward spends its time on.
- A fit of all of MobileTouchDB at the defaults but for the batches, four writers in five, judged on
  the fifth. DIR holds mobiletouchdb.npz.
"""

import argparse
import gc
import subprocess
import sys
import time
from pathlib import Path

import torch
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from torch.profiler import ProfilerActivity, profile

from examples.benchmarks.bench_study_data import load_folds
from examples.benchmarks.speed.cuda_graph import graphed_epoch
from examples.benchmarks.speed.epochs import ours, theirs
from examples.benchmarks.speed.references import TorchBackprop, TorchForwardForward
from examples.benchmarks.speed.setting import Setting
from examples.benchmarks.speed.timing import alternate, table
from sklearn_ffrnn import FFRNNClassifier, VelocityTransformer

TESTS = ["tests/classifiers/test_precision.py", "tests/persistence"]
REFERENCE = "nn.RNN, BPTT"


def run_tests():
    """Run the tests of classifiers on a GPU."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *TESTS]
    subprocess.run([*command, "-k", "gpu or GPU or cuda"], check=False)


def variants(setting):
    """Return a function for an epoch of each variant, by name; None where there is none."""
    makers = {
        REFERENCE: lambda: theirs(setting, TorchBackprop(setting)),
        "FF, standardize": lambda: ours(setting, setting.forward_forward()),
        "FF, layer_norm": lambda: ours(setting, setting.forward_forward("layer_norm")),
        "FF, mixed_bfloat16": lambda: ours(
            setting, setting.forward_forward(activity_dtype=torch.bfloat16)
        ),
        "our BPTT": lambda: ours(setting, setting.backprop()),
        "FF in the study's way": lambda: theirs(setting, TorchForwardForward(setting)),
    }
    if setting.device == "cuda":
        makers |= {
            "nn.RNN, BPTT, graph": lambda: graphed_epoch(setting, TorchBackprop(setting)),
            "FF in the study's way, graph": lambda: graphed_epoch(
                setting, TorchForwardForward(setting)
            ),
        }
    made = {}
    for name, make in makers.items():
        try:
            made[name] = make()
        except RuntimeError as error:
            print(f"{name}: {str(error).splitlines()[0]}")
    return made


def compare(device, lengths, batches, repeats):
    """Print the table of epochs."""
    rows, titles = {}, []
    for length in lengths:
        for batch in batches:
            if device == "cuda":
                gc.collect()
                torch.cuda.empty_cache()
            n = max(2 * batch, 256)
            n -= n % batch
            setting = Setting(sequences=n, length=length, batch=batch, device=device)
            seconds = alternate(variants(setting), repeats)
            titles.append(f"{length} steps, {batch}")
            for name, value in seconds.items():
                per_batch = 1000 * value * batch / n
                ratio = value / seconds[REFERENCE]
                rows.setdefault(name, {})[titles[-1]] = f"{per_batch:.1f} ms, {ratio:.2f}"
            print(titles[-1], seconds, flush=True)
    cells = [[name, *(found.get(t, "") for t in titles)] for name, found in rows.items()]
    print("\n" + table(["an epoch: a batch, over nn.RNN's", *titles], cells) + "\n")


def show_operations(setting):
    """Print what a batch of Forward-Forward spends its time on."""
    epoch = ours(setting, setting.forward_forward())
    epoch()
    activities = [ProfilerActivity.CPU]
    if setting.device == "cuda":
        activities.append(ProfilerActivity.CUDA)
    with profile(activities=activities) as measured:
        epoch()
    sort_by = "self_cpu_time_total"
    print(measured.key_averages().table(sort_by=sort_by, row_limit=25, max_name_column_width=40))


def fit_all(folder, n_samples, device):
    """Print time and AUC of a fit of MobileTouchDB."""
    X, y, _, splits = load_folds(folder, "mobiletouchdb", n_samples, 5, 0)
    train, test = splits[0]
    for batch_size in (128, 600):
        model = make_pipeline(
            VelocityTransformer(resample=20),
            FFRNNClassifier(device=device, batch_size=batch_size, random_state=0),
        )
        start = time.perf_counter()
        model.fit([X[i] for i in train], y[train])
        seconds = time.perf_counter() - start
        auc = roc_auc_score(y[test], model.decision_function([X[i] for i in test]))
        print(
            f"MobileTouchDB, {len(train)} movements, batches of {batch_size}: fit {seconds:.1f} s, "
            f"{model[-1].n_iter_} epochs, AUC {auc:.3f}",
            flush=True,
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, help="folder of mobiletouchdb.npz")
    parser.add_argument("--device", default="cuda", help="cpu tries the script")
    parser.add_argument("--lengths", type=int, nargs="+", default=[100, 1000])
    parser.add_argument("--batches", type=int, nargs="+", default=[64, 600, 4096])
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--samples", type=int, help="use only N of MobileTouchDB")
    options = parser.parse_args()
    if options.device == "cuda" and not torch.cuda.is_available():
        parser.error("there is no GPU here; --device cpu tries the script")
    print(f"torch {torch.__version__}, {options.device}")
    if options.device == "cuda":
        print(torch.cuda.get_device_name())
        run_tests()
    compare(options.device, options.lengths, options.batches, options.repeats)
    show_operations(
        Setting(
            sequences=2 * options.batches[-1],
            length=options.lengths[0],
            batch=options.batches[-1],
            device=options.device,
        )
    )
    if options.data:
        fit_all(options.data, options.samples, options.device)


if __name__ == "__main__":
    main()
