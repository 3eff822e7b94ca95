"""TrajectoryAugmenter: other views in training, nothing at prediction."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.pipeline import make_pipeline

from sklearn_ffrnn import SequenceBatch, VelocityTransformer
from sklearn_ffrnn.preprocessing import TrajectoryAugmenter

NOTHING = {"rotation": None, "mirror": False, "scale": None, "phase": None, "trim": 0.0}


@pytest.fixture(scope="module")
def X():
    rng = np.random.default_rng(0)
    steps = rng.integers(-5, 9, size=(30, 40, 2))
    t = np.cumsum(rng.integers(6, 10, size=(30, 40, 1)), axis=1)
    return [
        np.column_stack([np.cumsum(s, axis=0), u]).astype(float)
        for s, u in zip(steps, t, strict=True)
    ]


def views(X, **params):
    return TrajectoryAugmenter(**{**NOTHING, "random_state": 0, **params}).fit_transform(X)


def shape(x):
    """Return all distances between points, which no rotation changes."""
    return np.linalg.norm(x[:, None, :2] - x[None, :, :2], axis=2)


def test_nothing_asked_nothing_done(X):
    for view, x in zip(views(X), X, strict=True):
        np.testing.assert_array_equal(view, x)


@pytest.mark.parametrize("params", [{"rotation": "quarter"}, {"mirror": True}], ids=str)
def test_congruent_on_the_same_lattice(X, params):
    made = views(X, **params)
    assert any((view != x).any() for view, x in zip(made, X, strict=True))
    for view, x in zip(made, X, strict=True):
        np.testing.assert_allclose(shape(view), shape(x))
        np.testing.assert_array_equal(view, view.round())
        np.testing.assert_array_equal(view[:, 2], x[:, 2])


def test_any_angle_keeps_distances_to_rounding(X):
    for view, x in zip(views(X, rotation="any"), X, strict=True):
        np.testing.assert_allclose(shape(view), shape(x), atol=1.5)
        np.testing.assert_array_equal(view, view.round())


def test_scale_draws_from_its_range(X):
    made = views(X, scale=(0.5, 2))
    factor = [np.ptp(v[:, 0]) / np.ptp(x[:, 0]) for v, x in zip(made, X, strict=True)]
    assert 0.45 < min(factor) < 0.8
    assert 1.3 < max(factor) < 2.1


def test_trim_and_phase_cut_in_time(X):
    for view, x in zip(views(X, trim=0.2), X, strict=True):
        duration = np.ptp(x[:, 2])
        assert view[0, 2] <= x[0, 2] + 0.2 * duration
        assert view[-1, 2] >= x[-1, 2] - 0.2 * duration - 10  # the last point before
        np.testing.assert_array_equal(view[1:], x[np.isin(x[:, 2], view[1:, 2])])
    begins = [view[0, 2] - x[0, 2] for view, x in zip(views(X, phase=16.0), X, strict=True)]
    assert 0 <= min(begins) < 4
    assert 12 < max(begins) <= 16


def test_what_is_too_short_to_cut_stays_whole():
    x = np.array([[0.0, 0, 0], [1, 2, 10], [5, 5, 20]])
    np.testing.assert_array_equal(views([x] * 5, trim=0.4)[3], x)


def test_negatives_ride_along(X):
    batch = SequenceBatch(X[:10], X[10:], np.repeat(np.arange(10), 2), negative_label="bot")
    made = views(batch, rotation="quarter")
    assert (len(made), len(made.negatives), made.negative_label) == (10, 20, "bot")
    np.testing.assert_array_equal(made.source, batch.source)
    for view, x in zip(made.negatives, batch.negatives, strict=True):
        np.testing.assert_allclose(shape(view), shape(x))


def test_prediction_sees_the_movements_themselves(make_ff, X):
    y = np.arange(30) % 2
    model = make_pipeline(
        TrajectoryAugmenter(random_state=0), VelocityTransformer(), make_ff(max_iter=2)
    ).fit(X, y)
    assert model[0].transform(X) is X
    np.testing.assert_array_equal(model.predict_proba(X), model[1:].predict_proba(X))


def test_seed_and_clone(X):
    augmenter = TrajectoryAugmenter(random_state=3)
    first = augmenter.fit_transform(X)
    again = clone(augmenter).fit_transform(X)
    for a, b in zip(first, again, strict=True):
        np.testing.assert_array_equal(a, b)


def test_stroke_column_and_number_of_columns(X):
    rows = [np.column_stack([x, np.arange(len(x)) > 20]) for x in X]
    augmenter = TrajectoryAugmenter(random_state=0)
    assert augmenter.fit_transform(rows)[0].shape[1] == 4
    assert list(augmenter.get_feature_names_out()) == ["x", "y", "t", "stroke_id"]
    with pytest.raises(ValueError, match="X has 3 features"):
        augmenter.transform(X)


@pytest.mark.parametrize(
    "params", [{"scale": (2, 1)}, {"scale": (0, 1)}, {"trim": 0.5}, {"rotation": "half"}], ids=str
)
def test_what_is_refused(X, params):
    with pytest.raises(ValueError, match=next(iter(params))):
        views(X, **params)
