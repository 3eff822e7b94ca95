"""
On a Dask cluster: extraction, negatives and cross-validation
=============================================================

Everything with a parameter ``n_jobs`` runs on a Dask cluster inside
``joblib.parallel_config(backend="dask")``, with the same result. This starts two workers on this
machine; for a cluster that runs already, give its scheduler's address to ``distributed.Client``. It
prints how much data is sent, and the time relative to one process.

    pip install "sklearn-ffrnn[examples,dask]"
    OMP_NUM_THREADS=1 python -m examples.scale_out.scale_out_dask
"""

import argparse
import pickle
import time
from itertools import chain

import joblib
import numpy as np
from distributed import Client, LocalCluster, get_task_stream
from sklearn.model_selection import StratifiedGroupKFold, cross_val_score
from sklearn.pipeline import make_pipeline

from sklearn_ffrnn import FFRNNClassifier, VelocityTransformer
from sklearn_ffrnn.datasets import load_mouse_movements
from sklearn_ffrnn.negatives import make_evaluation_set
from sklearn_ffrnn.sigma_lognormal import extract_strokes


def timed(work, *args, **kwargs):
    """Return what the work gives, and the seconds that it took."""
    started = time.perf_counter()
    return work(*args, **kwargs), time.perf_counter() - started


def kilobytes(what, n=1):
    """Return what travels, shared among `n`, in words."""
    return f"{len(pickle.dumps(what, protocol=5)) / n / 1e3:.1f} kB"


def import_package():
    """Let a worker load the package before a clock runs."""
    from sklearn_ffrnn import FFRNNClassifier  # noqa: F401


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--movements", type=int, default=400, help="of 2,356")
    parser.add_argument("--folds", type=int, default=4)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    human = load_mouse_movements().data[: options.movements]

    with (
        LocalCluster(
            n_workers=options.workers, threads_per_worker=1, dashboard_address=None
        ) as cluster,
        Client(cluster) as client,
    ):
        client.run(import_package)

        plans, alone = timed(extract_strokes, human, on_error="skip")
        with joblib.parallel_config(backend="dask"), get_task_stream(client) as tasks:
            on_cluster, together = timed(extract_strokes, human, on_error="skip")
        n_tasks = len(tasks.data)
        print(f"Extraction from {len(human)} movements, {sum(map(len, human))} points")
        print(f"  same plans: {on_cluster == plans}; time / one process: {together / alone:.2f}")
        print(f"  {n_tasks} tasks of {kilobytes(human, n_tasks)}, on average,", end=" ")
        print(f"results of {kilobytes(plans, n_tasks)}")

        with joblib.parallel_config(backend="dask"):
            X, y, source = make_evaluation_set(human, on_error="skip", random_state=0)
        classifier = FFRNNClassifier(max_iter=options.epochs, random_state=0)
        model = make_pipeline(VelocityTransformer(), classifier)
        folds = list(StratifiedGroupKFold(options.folds).split(X, y, source))
        scores, alone = timed(cross_val_score, model, X, y, cv=folds, scoring="roc_auc")
        # What all folds share goes to each worker once, ahead of the tasks, and stays with all of
        # them: Dask can run a task again, but it cannot get back what it had one copy of.
        client.amm.stop()
        shared = [X, y, *chain(*folds)]
        with joblib.parallel_config(backend="dask", scatter=shared):
            on_cluster, together = timed(cross_val_score, model, X, y, cv=folds, scoring="roc_auc")
        print(f"Cross-validation of {options.folds} folds on {len(X)} movements")
        same = np.array_equal(on_cluster, scores)
        print(f"  same scores: {same}; time / one process: {together / alone:.2f}")
        print(f"  {kilobytes(shared)} once to each worker; {options.folds} tasks of", end=" ")
        print(f"{kilobytes(model)} each without it, {kilobytes((model, X, y, folds[0]))} with it")


if __name__ == "__main__":
    main()
