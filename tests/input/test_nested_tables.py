"""sktime's nested form, a Series in each cell of a table, is named, and the way out works."""

import numpy as np
import pandas as pd
import pytest

from sklearn_ffrnn import (
    BPTTRNNClassifier,
    FFRNNClassifier,
    FFRNNOutlierDetector,
    MixedNegativeSampler,
    SigmaLognormalNegativeSampler,
    TrajectoryAugmenter,
    VelocityTransformer,
)


@pytest.fixture
def nested(movements):
    rows = [dict(zip("xyt", map(pd.Series, movement.T), strict=True)) for movement in movements[0]]
    return pd.DataFrame(rows)


ESTIMATORS = [
    FFRNNClassifier,
    BPTTRNNClassifier,
    FFRNNOutlierDetector,
    VelocityTransformer,
    TrajectoryAugmenter,
    SigmaLognormalNegativeSampler,
    MixedNegativeSampler,
]


@pytest.mark.parametrize("as_array", [False, True], ids=["frame", "array"])
@pytest.mark.parametrize("cls", ESTIMATORS)
def test_message(cls, as_array, nested, movements):
    X = nested.to_numpy() if as_array else nested
    with pytest.raises(TypeError, match=r"X is a nested table of shape \(40, 3\).*column_stack"):
        cls().fit(X, movements[1])


def test_at_prediction(make_ff, nested, sequences):
    classifier = make_ff(max_iter=1).fit(*sequences)
    with pytest.raises(TypeError, match="nested table"):
        classifier.predict(nested[["x", "y"]])


def test_remedy(nested, movements):
    for movement, row in zip(movements[0], nested.to_numpy(), strict=True):
        np.testing.assert_array_equal(np.column_stack(row), movement)


def test_long_tables_and_plain_ones_are_not_nested(make_ff):
    with pytest.raises(TypeError, match="one long DataFrame"):
        VelocityTransformer().fit(pd.DataFrame({"x": [0, 1], "y": [0, 1], "t": [0, 1]}))
    table = pd.DataFrame({"a": np.arange(40.0) % 2, "b": [0.5, 1.5] * 20}).astype(object)
    assert make_ff(max_iter=1).fit(table, [0, 1] * 20).n_features_in_ == 2
