"""
More movements than memory holds: training from a Parquet file
==============================================================

A file of points is read a few thousand rows at a time; ``whole_sequences`` cuts it between
movements, wherever the reader cut it. The first pass learns the scale of the velocities, the next
ones make negatives of each batch of human movements and train on both. Every fifth movement, with
its negatives, is only scored. A hash of its name decides which, so that no list of them is needed.

    pip install "sklearn-ffrnn[examples,parquet]"
    python -m examples.scale_out.stream_parquet
"""

import argparse
import resource
import sys
import tempfile
import warnings
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from zlib import crc32

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
from sklearn.metrics import roc_auc_score

from sklearn_ffrnn import FFRNNClassifier, VelocityTransformer, sequences_from_frame
from sklearn_ffrnn.datasets import load_mouse_movements, whole_sequences
from sklearn_ffrnn.negatives import make_evaluation_set


def write(path, n_movements, row_group_size):
    """Write recorded mouse movements as a table of points; return how many there are."""
    movements = load_mouse_movements()
    data, source = movements.data[:n_movements], movements.source[:n_movements]
    table = pd.DataFrame(np.concatenate(data), columns=["x", "y", "t"])
    table.insert(0, "movement", np.repeat(source, [len(x) for x in data]))
    table.to_parquet(path, row_group_size=row_group_size)
    return len(table)


def batches(path, n_rows, *, held_out):
    """Yield the movements of the training or of the held-out part, some at a time."""
    frames = (batch.to_pandas() for batch in pq.ParquetFile(path).iter_batches(batch_size=n_rows))
    for frame in whole_sequences(frames, id="movement"):
        chosen = frame["movement"].map(lambda name: crc32(name.encode()) % 5 == 0) == held_out
        if chosen.any():
            yield sequences_from_frame(frame[chosen], id="movement")


def peak():
    """Return the most memory that this process has ever held, in MB."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1e6 if sys.platform == "darwin" else 1e3)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--movements", type=int, default=600, help="of 2,356")
    parser.add_argument("--rows", type=int, default=2000, help="read at a time")
    parser.add_argument("--passes", type=int, default=3, help="of training")
    parser.add_argument("--strength", type=float, default=8.0, help="of the perturbation")
    options = parser.parse_args()
    warnings.filterwarnings("ignore", ".*cannot be modelled", UserWarning)

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "movements.parquet")
        with ProcessPoolExecutor(1) as other:  # its memory does not count
            n_points = other.submit(write, path, options.movements, 2 * options.rows).result()
        print(f"{n_points} points in the file, {options.rows} read at a time")
        before = peak()

        velocity = VelocityTransformer()
        for X in batches(path, options.rows, held_out=False):
            velocity.partial_fit(X)
        print(f"scale of {velocity.n_steps_seen_} steps: {velocity.scale_.round(3)}")

        # One generator for all batches: an int would perturb every batch in the same way.
        rng = np.random.RandomState(0)
        negatives = {"strength": options.strength, "random_state": rng}
        classifier = FFRNNClassifier(random_state=0)
        for i in range(options.passes):
            losses = []
            for X in batches(path, options.rows, held_out=False):
                both, y, _ = make_evaluation_set(X, **negatives)
                classifier.partial_fit(velocity.transform(both), y, classes=[0, 1])
                losses.append(classifier.loss_curve_[-1])
            print(f"pass {i + 1}: loss {np.mean(losses):.3f}", flush=True)

        labels, decisions = [], []
        for X in batches(path, options.rows, held_out=True):
            both, y, _ = make_evaluation_set(X, **negatives)
            labels.append(y)
            decisions.append(classifier.decision_function(velocity.transform(both)))
        auc = roc_auc_score(np.concatenate(labels), np.concatenate(decisions))
        print(f"AUC on {sum(map(len, labels)) // 2} movements held out, with negatives: {auc:.3f}")
        print(
            f"peak memory: {before:.0f} MB before the file was opened, {peak():.0f} MB at the end"
        )


if __name__ == "__main__":
    main()
