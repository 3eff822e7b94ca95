"""On a Dask cluster of two processes results are those of one, even if a worker is killed."""

import os
import signal
import warnings
from itertools import chain

import joblib
import numpy as np
import pytest
from sklearn.model_selection import GridSearchCV, StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline

from sklearn_ffrnn import FFRNNClassifier, SigmaLognormalNegativeSampler, VelocityTransformer
from sklearn_ffrnn.sigma_lognormal import _extract, extract_strokes, position

distributed = pytest.importorskip(
    "distributed", reason='Dask is not installed: pip install "sklearn-ffrnn[dask]"'
)


@pytest.fixture(scope="module")
def client():
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client


@pytest.fixture
def on_dask(client):
    client.wait_for_workers(2, timeout=100)
    with joblib.parallel_config(backend="dask"):
        yield


@pytest.fixture
def killer(client, tmp_path):
    """Kill the worker that begins the third task, once; return the file that tells of it."""
    started, died = tmp_path / "started", tmp_path / "died"

    class Killer(distributed.WorkerPlugin):
        name = "killer"

        def transition(self, key, start, finish, **_):
            if finish != "executing" or not str(key).startswith("batch_of_"):
                return
            with started.open("a") as file:
                file.write(".")
            if started.stat().st_size >= 3 and not died.exists():
                died.touch()
                os.kill(os.getpid(), signal.SIGKILL)

    client.register_plugin(Killer())
    yield died
    client.unregister_worker_plugin("killer")


@pytest.fixture(scope="module")
def humans():
    """Forty movements of two or three strokes."""
    rng = np.random.default_rng(0)
    t = np.arange(0.0, 600.0, 10.0)
    out = []
    for n_strokes in np.resize([2, 3], 40):
        theta = rng.uniform(-3, 3, n_strokes)
        onset = 100.0 * np.arange(n_strokes)
        strokes = [rng.uniform(50, 300, n_strokes), onset, np.full(n_strokes, 5.0)]
        strokes = np.column_stack([*strokes, np.full(n_strokes, 0.2), theta, theta + 1])
        out.append(np.column_stack([position(strokes, t).round(), t]))
    return out


@pytest.fixture
def small_chunks(monkeypatch):
    """Chunks of five movements or so."""
    monkeypatch.setattr(_extract, "SMALLEST_CHUNK", 300)


def ff(**settings):
    return FFRNNClassifier((4, 4), max_iter=2, random_state=0, **settings)


def test_extraction(on_dask, small_chunks, humans):
    in_turn = extract_strokes(humans, n_jobs=1)
    assert extract_strokes(humans) == in_turn


def test_negatives(on_dask, client, humans):
    """n_jobs=1 stays in this process, though joblib's backend knows no number of jobs."""

    def n_tasks():
        return len(client.get_task_stream())

    before = n_tasks()
    here = SigmaLognormalNegativeSampler(n_jobs=1, random_state=0).fit_transform(humans)
    assert n_tasks() == before
    there = SigmaLognormalNegativeSampler(random_state=0).fit_transform(humans)
    assert n_tasks() > before
    for one, other in zip(here.negatives, there.negatives, strict=True):
        np.testing.assert_array_equal(one, other)


def test_grid_search_over_a_pipeline_that_spreads_work_itself(on_dask, movements):
    sampler = SigmaLognormalNegativeSampler("balance", random_state=0)
    grid = GridSearchCV(
        make_pipeline(sampler, VelocityTransformer(), ff()),
        {"ffrnnclassifier__threshold": [1.0, 2.0]},
        scoring="roc_auc",
        cv=2,
        refit=False,
        error_score="raise",
    )
    X, y = movements[0][:20], movements[1][:20]
    on_cluster = grid.fit(X, y).cv_results_["mean_test_score"]
    with joblib.parallel_config(backend="sequential"):
        in_turn = grid.fit(X, y).cv_results_["mean_test_score"]
    np.testing.assert_array_equal(on_cluster, in_turn)


def test_layer_parallel_in_a_worker_trains_in_turn(client, movements):
    X = VelocityTransformer().fit_transform(movements[0])

    def fit(X, y):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            fitted = ff(layer_parallel=True).fit(X, y)
        return fitted, [str(warning.message) for warning in caught]

    fitted, messages = client.submit(fit, X, movements[1]).result()
    assert "in turn here, with the same result" in " ".join(messages)
    expected = ff().fit(X, movements[1])
    np.testing.assert_array_equal(fitted.decision_function(X), expected.decision_function(X))


def test_extraction_outlives_a_worker(on_dask, killer, small_chunks, humans):
    in_turn = extract_strokes(humans, n_jobs=1)
    assert extract_strokes(humans) == in_turn
    assert killer.exists()


def test_cross_validation_outlives_a_worker(client, killer, movements):
    """As docs/scale_out.md advises: what all folds share lies with every worker from the start."""
    X, y = movements
    model = make_pipeline(VelocityTransformer(), ff())
    folds = list(StratifiedKFold(4).split(y, y))
    expected = cross_val_predict(model, X, y, cv=folds, method="decision_function")
    client.wait_for_workers(2, timeout=100)
    client.amm.stop()  # it would drop all copies but one
    with joblib.parallel_config(backend="dask", scatter=[X, y, *chain(*folds)]):
        got = cross_val_predict(model, X, y, cv=folds, method="decision_function")
    assert killer.exists()
    np.testing.assert_array_equal(got, expected)
