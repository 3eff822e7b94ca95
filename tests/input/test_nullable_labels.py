"""Labels in pandas' nullable and Arrow-backed types are what they say, not floats."""

import numpy as np
import pandas as pd
import pytest

from sklearn_ffrnn import SigmaLognormalNegativeSampler

NUMBERS = ["Int64", "UInt8", "boolean", "int64[pyarrow]", "bool[pyarrow]"]
STRINGS = ["string", "string[pyarrow]", "str", "category"]


def as_series(labels, dtype):
    if "pyarrow" in dtype:
        pytest.importorskip("pyarrow", reason='pip install "sklearn-ffrnn[parquet]"')
    # An index of its own, for labels are taken by position.
    return pd.Series(labels, dtype=dtype, index=range(100, 100 + len(labels)))


@pytest.mark.parametrize("form", ["sequences", "table"])
@pytest.mark.parametrize("dtype", NUMBERS)
def test_numbers(make_classifier, dtype, form, sequences):
    y = sequences[1]
    X = sequences[0] if form == "sequences" else y[:, None] + np.zeros((60, 3))
    series = as_series(y, dtype)
    classifier = make_classifier(max_iter=2).fit(X, series)
    assert classifier.classes_.dtype.kind == dtype[0].lower()
    assert classifier.classes_.tolist() == [0, 1]
    plain = make_classifier(max_iter=2).fit(X, y)
    np.testing.assert_array_equal(classifier.predict_proba(X), plain.predict_proba(X))
    assert classifier.score(X, series) == plain.score(X, y)


@pytest.mark.parametrize("form", ["sequences", "table"])
@pytest.mark.parametrize("dtype", STRINGS)
def test_strings(make_classifier, dtype, form, sequences):
    y = np.array(["bot", "person"])[sequences[1]]
    X = sequences[0] if form == "sequences" else sequences[1][:, None] + np.zeros((60, 3))
    classifier = make_classifier(max_iter=2).fit(X, as_series(y, dtype))
    assert classifier.classes_.tolist() == ["bot", "person"]
    assert set(classifier.predict(X)) <= {"bot", "person"}


def test_classes_of_a_stream(make_ff, sequences):
    X, y = sequences
    classifier = make_ff()
    classifier.partial_fit(X, as_series(y, "Int64"), classes=pd.array([0, 1, 2], dtype="Int64"))
    assert classifier.classes_.dtype.kind == "i"
    assert classifier.classes_.tolist() == [0, 1, 2]


@pytest.mark.parametrize("dtype", ["Int64", "int64[pyarrow]"])
def test_sampler(dtype, movements):
    X, y = movements
    sampler = SigmaLognormalNegativeSampler(mode="resample", random_state=0, on_error="skip")
    _, labels = sampler.fit_resample(X, as_series(y, dtype))
    assert labels.dtype.kind == "i"
    np.testing.assert_array_equal(labels, np.append(y, np.zeros(20)))
