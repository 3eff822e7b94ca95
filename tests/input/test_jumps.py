"""Sentinels and jumps of more than a screen are named, and ordinary recordings aren't suspected."""

import re
import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.pipeline import make_pipeline

from sklearn_ffrnn import (
    FFRNNClassifier,
    SigmaLognormalNegativeSampler,
    TrajectoryAugmenter,
    VelocityTransformer,
)
from sklearn_ffrnn.datasets import load_mouse_movements
from sklearn_ffrnn.sigma_lognormal import SigmaLognormalTransformer, position

SENTINEL = r"holds 1 sentinel point\(s\), .* no position, the first X\[4\] at point 7"


def movements(n=12, start=0.0):
    t = np.arange(0.0, 400, 8)
    return [
        np.column_stack([start + position([[300 + 20 * i, 0, 5, 0.3, i, i + 1]], t).round(), t])
        for i in range(n)
    ]


def with_value(value, *, axes=(0, 1), sample=4, point=7):
    X = movements()
    X[sample][point, list(axes)] = value
    return X


def messages(call):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        call()
    return [str(w.message) for w in caught if "holds" in str(w.message)]


def fit(X):
    return messages(lambda: VelocityTransformer().fit(X))


@pytest.mark.parametrize("value", [65535, 32767, -32768, 2**31 - 1, -(2**31), 2**32 - 1])
@pytest.mark.parametrize("axes", [(0,), (1,), (0, 1)])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_sentinel_is_named(value, axes, dtype):
    (message,) = fit([x.astype(dtype) for x in with_value(value, axes=axes)])
    assert re.search(f"X {SENTINEL}", message)
    assert "jump(s)" not in message
    assert "split_movements" in message


def test_all_are_counted_in_one_warning():
    X = with_value(65535)
    X[2][[0, 1, -1], :2] = 32767
    X[9][40:, 0] += 50_000
    (message,) = fit(X)
    assert "X holds 4 sentinel point(s)" in message
    assert "the first X[2] at point 0, (32767, 32767)" in message
    assert "1 jump(s) of more than a screen (4096 units)" in message
    assert "the first X[9] at point 40" in message


def test_jump_there_and_back():
    X = movements()
    X[3][10, 1] -= 6000
    (message,) = fit(X)
    assert "2 jump(s)" in message
    assert "X[3] at point 10." in message


@pytest.mark.parametrize("form", [list, lambda X: pd.Series(X, index=range(5, 5 + len(X)))])
def test_position_in_X_whatever_its_form(form):
    (message,) = fit(form(with_value(65535)))
    assert "X[4] at point 7" in message


class TestOnceForEachCall:
    X = with_value(65535)
    y = np.arange(12) % 2

    def test_transformer(self):
        model = VelocityTransformer()
        assert len(messages(lambda: model.fit(self.X))) == 1
        assert len(messages(lambda: model.transform(self.X))) == 1
        assert len(messages(lambda: model.fit_transform(self.X))) == 1
        assert len(messages(lambda: model.partial_fit(self.X))) == 1
        assert messages(lambda: model.transform(self.X[:4])) == []

    def test_sampler(self):
        sampler = SigmaLognormalNegativeSampler(random_state=0)
        assert len(messages(lambda: sampler.fit(self.X))) == 1
        assert len(messages(lambda: sampler.fit_transform(self.X))) == 1
        sampler.set_params(mode="resample")
        assert len(messages(lambda: sampler.fit_resample(self.X))) == 1

    def test_features(self):
        assert len(messages(lambda: SigmaLognormalTransformer().fit_transform(self.X))) == 1

    @pytest.mark.parametrize(
        "steps",
        [
            [],
            [SigmaLognormalNegativeSampler(random_state=0)],
            [TrajectoryAugmenter(random_state=0, trim=0, phase=None)],
            [SigmaLognormalNegativeSampler(random_state=0), TrajectoryAugmenter(random_state=0)],
        ],
    )
    def test_pipeline(self, steps):
        classifier = FFRNNClassifier((4,), max_iter=1, random_state=0)
        model = make_pipeline(*steps, VelocityTransformer(), classifier)
        assert len(messages(lambda: model.fit(self.X, self.y))) == 1
        assert len(messages(lambda: model.predict(self.X))) == 1


@pytest.fixture(scope="module")
def recorded():
    pytest.importorskip("cursory")
    return load_mouse_movements().data


class TestNoFalseAlarms:
    def test_recorded_mouse_movements(self, recorded):
        X = recorded
        assert fit(X) == []
        for x in X[::20]:
            assert fit([x]) == []

    @pytest.mark.parametrize("largest", [10_000, 32_767, 65_535])
    def test_the_same_on_devices_that_count_further(self, largest, recorded):
        X = recorded[:500]
        X = [np.column_stack([(x[:, :2] / 2000 * largest).clip(0, largest), x[:, 2]]) for x in X]
        assert np.concatenate(X)[:, 0].max() == largest  # some stop at the edge
        assert fit(X) == []

    def test_a_gap_in_the_recording_is_no_jump(self):
        X = movements()
        X[3][20:, 0] += 6000
        X[3][20:, 2] += 300
        assert fit(X) == []

    def test_a_place_far_away_is_no_jump(self):
        assert fit(movements(start=1e6)) == []

    def test_a_pointer_that_stays_at_the_corner(self):
        corner = np.column_stack([np.full((5, 2), 32767.0), np.arange(5)])
        assert fit([corner]) == []
        assert fit([corner, corner]) == []


@settings(max_examples=100, deadline=None, derandomize=True, database=None)
@given(
    st.sets(st.tuples(st.integers(0, 11), st.integers(0, 49)), min_size=1, max_size=20),
    st.sampled_from([65535, 32767, -32768]),
)
def test_any_sentinels_are_counted_and_the_first_is_named(places, value):
    X = movements()
    for sample, point in places:
        X[sample][point, :2] = value
    sample, point = min(places)
    (message,) = fit(X)
    assert f"X holds {len(places)} sentinel point(s)" in message
    assert f"the first X[{sample}] at point {point}, ({value}, {value})" in message
