"""A fit leaves its input and the rest of the process alone, and other threads' fits too."""

import copy
import random
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.base import clone
from sklearn.pipeline import make_pipeline
from threadpoolctl import threadpool_info, threadpool_limits

from sklearn_ffrnn import (
    BPTTRNNClassifier,
    FFRNNClassifier,
    SequenceBatch,
    SigmaLognormalNegativeSampler,
    VelocityTransformer,
)
from sklearn_ffrnn.sigma_lognormal import SigmaLognormalTransformer, extract_strokes
from tests.helpers import padded

SMALL = {"hidden_layer_sizes": (6, 4), "max_iter": 3, "random_state": 0}
ESTIMATORS = {
    "FF": FFRNNClassifier(**SMALL, early_stopping=True, validation_fraction=0.25),
    "FF, logistic": FFRNNClassifier(**SMALL, objective="logistic", threshold="auto"),
    "BPTT": BPTTRNNClassifier(**SMALL, dropout=0.5),
    "velocity": VelocityTransformer(),
    "strokes": SigmaLognormalTransformer(on_error="skip"),
    "pipeline": make_pipeline(
        SigmaLognormalNegativeSampler(random_state=0, on_error="skip"),
        VelocityTransformer(),
        FFRNNClassifier(**SMALL),
    ),
}


@pytest.fixture(params=ESTIMATORS)
def estimator(request):
    return clone(ESTIMATORS[request.param])


def result(estimator, X, y):
    estimator.fit(X, y)
    return estimator.predict_proba(X) if hasattr(estimator, "predict") else estimator.transform(X)


def bits(X):
    """Return all that `X` holds, as bytes, and the types that hold it."""
    if isinstance(X, SequenceBatch):
        return bits(X.rows), bits(X.negatives), X.source.tobytes(), X.negative_label
    if isinstance(X, np.ndarray):
        return X.tobytes(), X.dtype, X.shape
    if isinstance(X, pd.Series):
        return bits(X.tolist()), X.index.tolist()
    if isinstance(X, pd.DataFrame):
        return bits(X.to_numpy()), X.columns.tolist(), X.dtypes.tolist()
    return [bits(x) for x in X]


@pytest.mark.parametrize(
    "form",
    [
        list,
        padded,
        pd.Series,
        lambda X: [pd.DataFrame(x, columns=["x", "y", "t"]) for x in X],
        lambda X: SequenceBatch(X, copy.deepcopy(X[:4]), [0, 0, 2, 3]),
    ],
    ids=["list", "padded array", "Series", "frames", "batch"],
)
def test_input_is_left_as_it_is(estimator, form, movements):
    X, y = copy.deepcopy(movements)
    X = form(X)
    if isinstance(X, SequenceBatch) and hasattr(estimator, "steps"):
        pytest.skip("the sampler takes no batch")
    before = bits(X), y.tobytes()
    result(estimator, X, y)
    assert (bits(X), y.tobytes()) == before


def test_weights_and_groups_are_left_as_they_are(make_classifier, sequences):
    X, y = sequences
    weight, groups = np.linspace(0, 1e30, len(y)), np.arange(len(y)) // 2 * 2 + y
    before = weight.tobytes(), groups.tobytes()
    held_out = {"early_stopping": True, "validation_fraction": 0.25}
    make_classifier(max_iter=1, class_weight="balanced", **held_out).fit(X, y, weight, groups)
    assert (weight.tobytes(), groups.tobytes()) == before


def test_the_process_is_left_as_it_is(estimator, movements):
    def state():
        return (
            random.getstate(),
            np.random.get_state()[1].tolist(),  # noqa: NPY002 - the legacy stream is tested
            torch.get_rng_state().tolist(),
            torch.get_default_dtype(),
            torch.get_num_threads(),
            [(pool["filepath"], pool["num_threads"]) for pool in threadpool_info()],
            np.geterr(),
        )

    torch.get_num_threads()  # starts the pools that threadpool_info shall list
    before = state()
    result(estimator, *movements)
    assert state() == before


def test_fits_in_two_threads_do_not_disturb_each_other(estimator, movements):
    X, y = movements
    inputs = [(X, y), ([2 * x for x in X[::-1]], y[::-1])]
    expected = [result(clone(estimator), *data) for data in inputs]
    together = Barrier(2)

    def fit(data):
        mine = clone(estimator)
        together.wait()
        return result(mine, *data)

    with ThreadPoolExecutor(2) as threads:
        for got, alone in zip(threads.map(fit, inputs), expected, strict=True):
            np.testing.assert_array_equal(got, alone)


def test_threads_leave_the_limit_on_blas_as_it_is(movements):
    def limits():
        return [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]

    with threadpool_limits(2, user_api="blas"):
        before = limits()
        with ThreadPoolExecutor(4) as threads:
            list(threads.map(lambda _: extract_strokes(movements[0][:4]), range(8)))
        assert limits() == before
