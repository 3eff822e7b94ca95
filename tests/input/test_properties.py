"""Whatever comes in: sound input gives numbers, and of unsound input the sample is named.

`FUZZ=1000 pytest tests/input/test_properties.py` hunts through as many examples of each property.
"""

import os
import re
import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.pipeline import make_pipeline

from sklearn_ffrnn import (
    BPTTRNNClassifier,
    FFRNNClassifier,
    SequenceBatch,
    SigmaLognormalNegativeSampler,
    VelocityTransformer,
)
from sklearn_ffrnn.sigma_lognormal import SigmaLognormalTransformer, extract_strokes, synthesize
from tests.helpers import objects, padded


def examples(n):
    """Run a property on `n` examples, always the same ones unless a hunt is on."""
    return settings(
        max_examples=int(os.environ.get("FUZZ", n)),
        derandomize="FUZZ" not in os.environ,
        database=None,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )


def frames(X):
    return [pd.DataFrame(x, columns=["x", "y", "t", "stroke_id"][: x.shape[1]]) for x in X]


RAGGED = {
    "list": list,
    "nested lists": lambda X: [x.tolist() for x in X],
    "object array": objects,
    "Series": lambda X: pd.Series(X, index=range(7, 7 + len(X))),
    "Series of frames": lambda X: pd.Series(frames(X)),
    "frames": frames,
}
FORMS = {**RAGGED, "padded": padded}
BATCHES = {"batch": lambda X: SequenceBatch(X, X[:1], [0], negative_label=0)}
TYPES = ["float64", "float32", "float16", "int64"]

ordinary = st.one_of(st.floats(-100, 100), st.integers(-5, 5).map(float))
extreme = st.one_of(ordinary, st.floats(allow_nan=False, allow_infinity=False))
ticks = st.one_of(st.sampled_from([0.0, 8.0, 16.0]), st.floats(0, 40))


@st.composite
def values(draw, n, n_columns, numbers):
    """Constant, along a line, or anything."""
    kind = draw(st.sampled_from(["constant", "line", "any"]))
    if kind == "any":
        row = st.lists(numbers, min_size=n_columns, max_size=n_columns)
        return np.array(draw(st.lists(row, min_size=n, max_size=n)))
    end = np.array([draw(numbers) for _ in range(n_columns)])
    return np.tile(end, (n, 1)) if kind == "constant" else np.linspace(0, 1, n)[:, None] * end


def as_type(arrays, dtype):
    """Return the arrays in another type, where their values fit into it."""
    limit = np.iinfo(dtype).max / 2 if dtype == "int64" else np.finfo(dtype).max
    if max(np.abs(a).max() for a in arrays) >= limit:
        return arrays
    return [a.astype(dtype) for a in arrays]


@st.composite
def movements(draw, numbers=ordinary, starts=(0.0, -1e3, 1.7e12), max_size=3):
    """Lists of trajectories: any start of the clock, equal stamps, a stroke column or none."""
    with_strokes = draw(st.booleans())
    out = []
    for n in draw(st.lists(st.integers(2, 12), min_size=1, max_size=max_size)):
        steps = np.array(draw(st.lists(ticks, min_size=n, max_size=n)))
        t = draw(st.sampled_from(starts)) + np.cumsum(steps)
        columns = [draw(values(n, 2, numbers)), t]
        if with_strokes:
            columns.append(np.arange(n) // draw(st.integers(1, n)))
        out.append(np.column_stack(columns))
    typed = as_type(out, draw(st.sampled_from(TYPES)))
    in_order = all((np.diff(x[:, 2].astype(float)) >= 0).all() for x in typed)
    return typed if in_order else out


@st.composite
def sequences(draw, numbers=ordinary):
    """Lists of two sequences or more, of any number of channels."""
    n_channels = draw(st.integers(1, 3))
    lengths = draw(st.lists(st.integers(1, 6), min_size=2, max_size=6))
    X = [draw(values(n, n_channels, numbers)) for n in lengths]
    return as_type(X, draw(st.sampled_from(TYPES)))


LABELS = {
    "int": lambda y: y,
    "negative int": lambda y: 3 * y - 5,
    "bool": lambda y: y == 1,
    "str": lambda y: np.array(["a", "b", "zz"])[y],
    "object": lambda y: np.array(["a", "b", "zz"], dtype=object)[y],
    "float": lambda y: y.astype(float),
    "list": lambda y: y.tolist(),
    "Series": lambda y: pd.Series(y, index=y[::-1]),
    "categories": lambda y: pd.Series(np.array(["a", "b", "zz"])[y], dtype="category"),
}
CLASSIFIERS = {
    "default": FFRNNClassifier((4, 3)),
    "another": FFRNNClassifier(
        (4, 3), goodness="mean", objective="logistic", threshold="auto", normalization="layer_norm"
    ),
    "logistic": FFRNNClassifier((4, 3), objective="logistic", class_weight="balanced"),
    "float64": FFRNNClassifier((4,), dtype="float64", normalization=None),
    "baseline": BPTTRNNClassifier((4, 3)),
    "mean": BPTTRNNClassifier((4,), pooling="mean", class_weight="balanced"),
}


@pytest.fixture(autouse=True)
def no_stray_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.filterwarnings("ignore", "X.* holds values up to", UserWarning)
        warnings.filterwarnings("ignore", "X holds .* (no position|a screen)", UserWarning)
        warnings.filterwarnings("ignore", "The median step between points", UserWarning)
        # Two units that have learnt for an epoch may be dead, or order two samples wrongly.
        warnings.filterwarnings("ignore", "Layer . is (dead|inverted)", UserWarning)
        yield


def numbers_or_named(use):
    """Return what `use` does, or None if it says which sample is beyond it."""
    try:
        return use()
    except ValueError as error:
        if not re.search(r"X\[\d+\]", str(error)):
            raise
        return None


@examples(60)
@given(
    X=st.one_of(movements(), movements(extreme, starts=(0.0, 1e300))),
    form=st.sampled_from(sorted(FORMS)),
    scale=st.sampled_from([None, "dataset", "sequence"]),
    max_length=st.sampled_from([None, "mean", 1, 3]),
)
def test_velocities(X, form, scale, max_length):
    transformer = VelocityTransformer(scale=scale, max_length=max_length)
    out = numbers_or_named(lambda: transformer.fit_transform(FORMS[form](X)))
    for row in () if out is None else out:
        n_steps = int(np.isfinite(row).all(axis=1).sum())
        assert n_steps > 0
        assert np.isfinite(row[:n_steps]).all()
        assert np.isnan(row[n_steps:]).all()


@examples(15)
@given(
    X=st.one_of(movements(), movements(extreme, starts=(0.0, 1e300))),
    form=st.sampled_from(sorted(FORMS)),
    settings=st.fixed_dictionaries(
        {"time_unit": st.sampled_from(["ms", "us", "s"]), "smoothing": st.sampled_from([0.0, 12.0])}
    ),
)
def test_strokes(X, form, settings):
    plans = numbers_or_named(lambda: extract_strokes(FORMS[form](X), on_error="skip", **settings))
    if plans is None:
        return
    for movement, plan in zip(X, plans, strict=True):
        assert np.isfinite(plan.strokes).all()
        assert np.isfinite(plan.residual).all()
        if plan.n_strokes:
            (negative,) = synthesize(plan, random_state=0)
            assert negative.shape == movement.shape
            assert np.isfinite(negative).all()
    transformer = SigmaLognormalTransformer(on_error="skip", **settings)
    features = transformer.fit(X).transform(X)
    assert not np.isinf(features).any()
    several = np.array([plan.n_strokes > 1 for plan in plans])
    assert np.isfinite(features[several]).all()


@examples(15)
@given(
    X=movements(max_size=4),
    form=st.sampled_from(sorted(FORMS)),
    labels=st.sampled_from([None, (1, 0), (True, False), ("human", "bot"), (1.0, 0.0)]),
    n_negatives=st.sampled_from([1, 2, 0.5, "balance"]),
    strength=st.sampled_from([0, 1.0, 5.0]),
)
def test_negatives(X, form, labels, n_negatives, strength):
    human, negative = (1, 0) if labels is None else labels
    y = None if labels is None else [human if i % 2 == 0 else negative for i in range(len(X))]
    if isinstance(human, float):
        human, negative = int(human), int(negative)
    sampler = SigmaLognormalNegativeSampler(
        n_negatives,
        strength=strength,
        human_label=human,
        negative_label=negative,
        mode="resample",
        on_error="skip",
        random_state=0,
    )
    made = numbers_or_named(lambda: sampler.fit_resample(FORMS[form](X), y))
    if made is None:
        return
    assert len(made[0]) == len(made[1]) == len(X) + sampler.n_negatives_
    for row, source in zip(made[0][len(X) :], sampler.source_, strict=True):
        assert row.shape == X[source].shape
        assert np.isfinite(row).all()
    assert (made[1][len(X) :] == negative).all()


@examples(20)
@given(
    X=st.one_of(sequences(), sequences(extreme)),
    form=st.sampled_from(
        [*sorted({**FORMS, **BATCHES}.keys() - {"frames", "Series of frames"}), "table"]
    ),
    kind=st.sampled_from(sorted(LABELS)),
    name=st.sampled_from(sorted(CLASSIFIERS)),
    n_classes=st.integers(2, 3),
    streamed=st.booleans(),
)
def test_classifiers(X, form, kind, name, n_classes, streamed):
    y = LABELS[kind](np.arange(len(X)) % min(n_classes, len(X)))
    if form == "batch" and kind in ("str", "object", "categories"):
        form = "list"  # the negatives' label is a number
    data = np.stack([x[0] for x in X]) if form == "table" else {**FORMS, **BATCHES}[form](X)
    classifier = clone(CLASSIFIERS[name]).set_params(max_iter=2, random_state=0)
    fit = classifier.partial_fit if streamed else classifier.fit
    if numbers_or_named(lambda: fit(data, y)) is None:
        return
    probabilities = numbers_or_named(lambda: classifier.predict_proba(data))
    if probabilities is None:
        return
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)
    assert np.isfinite(classifier.decision_function(data)).all()
    known = {*np.asarray(y).tolist(), *([0] if form == "batch" else [])}
    assert set(classifier.predict(data).tolist()) <= known


@examples(8)
@given(X=movements(max_size=4), form=st.sampled_from(sorted(FORMS)))
def test_pipeline(X, form):
    model = make_pipeline(
        SigmaLognormalNegativeSampler(on_error="skip", random_state=0),
        VelocityTransformer(),
        FFRNNClassifier((4, 3), max_iter=2, random_state=0),
    )
    data = FORMS[form](X)
    if numbers_or_named(lambda: model.fit(data, [1] * len(X))) is not None:
        assert np.isfinite(model.predict_proba(data)).all()


def with_value(value):
    def spoil(x):
        x = x.astype(float)
        x[len(x) // 2, 0] = value
        return x

    return spoil


SPOILT = {
    "NaN": with_value(np.nan),
    "infinity": with_value(-np.inf),
    "complex": lambda x: x + 1j,
    "words": lambda x: np.full(x.shape, "a"),
    "None": lambda x: None,
    "a word": lambda x: "a",
    "no steps": lambda x: x[:0],
    "one dimension": lambda x: x[0],
    "ragged": lambda x: [*x.tolist(), [1.0]] if x.shape[1] > 1 else [*x.tolist(), [1.0, 2.0]],
}
SPOILT_MOVEMENTS = {
    **SPOILT,
    "one point": lambda x: x[:1],
    "backwards": lambda x: np.concatenate([x, x[:1].astype(float) - [0, 0, 1, 0][: x.shape[1]]]),
    "two columns": lambda x: x[:, :2],
    "channels by time": lambda x: np.concatenate([x, x, x])[:6].T,
}


@examples(60)
@given(X=movements(), spoilt=st.sampled_from(sorted(SPOILT_MOVEMENTS)), data=st.data())
def test_unsound_movement_is_named(X, spoilt, data):
    where = data.draw(st.integers(0, len(X) - 1))
    X = [*X[:where], SPOILT_MOVEMENTS[spoilt](X[where]), *X[where + 1 :]]
    X = data.draw(st.sampled_from([list, objects, pd.Series]))(X)
    uses = [VelocityTransformer().fit, SigmaLognormalNegativeSampler().fit]
    for use in uses if spoilt == "one point" else [*uses, extract_strokes]:
        with pytest.raises((ValueError, TypeError), match=rf"X\[{where}\]"):
            use(X)


@examples(30)
@given(X=sequences(), spoilt=st.sampled_from(sorted(SPOILT)), data=st.data())
def test_unsound_sequence_is_named(X, spoilt, data):
    y = np.arange(len(X)) % 2
    where = data.draw(st.integers(0, len(X) - 1))
    bad = objects([*X[:where], SPOILT[spoilt](X[where]), *X[where + 1 :]])
    classifier = FFRNNClassifier((2,), max_iter=1, random_state=0)
    for use in (lambda: classifier.fit(bad, y), lambda: classifier.fit(X, y).predict(bad)):
        with pytest.raises((ValueError, TypeError), match=rf"X\[{where}\]"):
            use()
