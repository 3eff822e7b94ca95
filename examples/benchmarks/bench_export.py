"""Exported pipelines beside the pipelines themselves: difference, size, time per movement.

    OMP_NUM_THREADS=1 python -m examples.benchmarks.bench_export --data DIR [--sets dollar-one mcyt]

Networks of the default size, trained for two epochs on 200 movements, judge 1,000 movements (as
many as there are and do not run backwards in time), as recorded, and with 100,000 px and 1.7e12 ms
added. onnxruntime has one thread; times are of the processor, medians over movements that are
judged one by one.
"""

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np
import onnxruntime
import pandas as pd
from sklearn.pipeline import make_pipeline

from examples.common.study_data import read_movements
from sklearn_ffrnn import FFRNNClassifier, VelocityTransformer
from sklearn_ffrnn.export import to_onnx

SETS = ["dollar-one", "mobiletouchdb", "mcyt", "mouse-operation"]
ON_LATTICE = {"resample": 16.0, "keep_lattice": True}
TRANSFORMERS = {
    "defaults": {},
    "clock and lattice": ON_LATTICE,
    "recipe": {**ON_LATTICE, "channels": "intrinsic", "max_length": 100},
}
FAR_AWAY = np.array([1e5, -1e5, 1.7e12])
BATCH = 50


def probabilities(session, X):
    """Return what the graph makes of movements."""
    inputs = {"points": np.concatenate(X), "lengths": np.array([len(x) for x in X])}
    return session.run(None, inputs)[0]


def difference(model, session, X):
    """Return the largest difference between the graph and the pipeline."""
    got = [probabilities(session, X[i : i + BATCH]) for i in range(0, len(X), BATCH)]
    return np.abs(np.concatenate(got) - model.predict_proba(X)).max()


def milliseconds(judge, X):
    """Return the median time that one movement takes."""
    times = []
    for x in X:
        start = time.process_time()
        judge([x])
        times.append(time.process_time() - start)
    return 1000 * np.median(times)


def measure(X, y, settings, path):
    """Return one row of the table."""
    model = make_pipeline(
        VelocityTransformer(**settings), FFRNNClassifier(max_iter=2, random_state=0)
    ).fit(X[:200], y[:200])
    to_onnx(model, path)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    return {
        "movements": len(X),
        "points, median": np.median([len(x) for x in X]),
        "difference": f"{difference(model, session, X):.1e}",
        "far away": f"{difference(model, session, [x + FAR_AWAY for x in X]):.1e}",
        "kB": path.stat().st_size / 1000,
        "graph, ms": milliseconds(lambda x: probabilities(session, x), X[:200]),
        "Python, ms": milliseconds(model.predict_proba, X[:200]),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the data sets")
    parser.add_argument("--sets", nargs="+", default=SETS)
    parser.add_argument("--samples", type=int, default=1000)
    options = parser.parse_args()
    rows = {}
    with tempfile.TemporaryDirectory() as folder:
        for name in options.sets:
            table = read_movements(options.data / f"{name}.npz")
            forward = [(np.diff(x[:, 2]) >= 0).all() for x in table["movement"]]
            table = table[forward].sample(frac=1, random_state=0)[: options.samples]
            X, y = table["movement"].tolist(), table["label"].to_numpy()
            for what, settings in TRANSFORMERS.items():
                rows[name, what] = measure(X, y, settings, Path(folder, "model.onnx"))
    print(pd.DataFrame(rows).T.to_string(float_format="{:.2f}".format))


if __name__ == "__main__":
    main()
