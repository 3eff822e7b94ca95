"""RecorderAugmenter: what another recorder would have made of a movement, in training alone."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.pipeline import make_pipeline

from sklearn_ffrnn import (
    FFRNNClassifier,
    MixedNegativeSampler,
    RecorderAugmenter,
    SequenceBatch,
    VelocityTransformer,
)
from sklearn_ffrnn.negatives import MinimumJerkFamily

PLAIN = {
    "share": 1.0,
    "jitter": 0.0,
    "delay": 0.0,
    "lost": 0.0,
    "ticks": (0.0,),
    "coarseness": 1,
    "missing": 0.0,
}


def movement(seed, n=200, period=4.0):
    rng = np.random.default_rng(seed)
    t = period * np.arange(n)
    waves = rng.normal(size=(2, 3)) @ np.sin(np.outer([0.004, 0.009, 0.02], t))
    return np.column_stack([t / 2 + 30 * waves[0], t / 3 + 30 * waves[1], t]).round()


@pytest.fixture(scope="module")
def X():
    return [movement(seed) for seed in range(40)]


def again(X, **params):
    return RecorderAugmenter(**{**PLAIN, "random_state": 0, **params}).fit_transform(X)


def test_a_plain_recorder_samples_the_same_path(X):
    for made, x in zip(again(X, interval=(20, 20)), X, strict=True):
        np.testing.assert_allclose(np.diff(made[:, 2]), 20)
        for axis in (0, 1):
            there = np.interp(made[:, 2], x[:, 2], x[:, axis])
            assert np.abs(made[:, axis] - there).max() <= 0.5
        assert (made[:, :2] == made[:, :2].round()).all()


def test_intervals_are_drawn_from_the_range_and_never_finer_than_the_source(X):
    usual = [np.median(np.diff(m[:, 2])) for m in again(X, interval=(8, 32))]
    assert min(usual) < 12
    assert max(usual) > 24
    assert all(8 <= u <= 32 for u in usual)
    coarse = [movement(seed, n=40, period=20.0) for seed in range(10)]
    for made in again(coarse, interval=(5, 10)):
        np.testing.assert_allclose(np.diff(made[:, 2]), 20)


def test_share(X):
    same = [np.array_equal(m, x) for m, x in zip(again(X, share=0.4), X, strict=True)]
    assert 14 <= sum(same) <= 34
    for made, x in zip(again(X, share=0.0), X, strict=True):
        np.testing.assert_array_equal(made, x)


def test_jitter_and_delay_move_stamps_only_where_they_should(X):
    jittered = again(X, interval=(20, 20), jitter=0.3)
    assert np.mean([np.diff(m[:, 2]).std() for m in jittered]) > 1
    delayed = again(X, interval=(20, 20), delay=0.5)
    for made, x in zip(delayed, X, strict=True):
        assert (np.diff(made[:, 2]) >= 0).all()
        # A stamp comes after the pointer was there, not before.
        gap = np.abs(x[:, None, :2] - made[None, :, :2]).max(axis=2)
        was_there = x[gap.argmin(axis=0), 2]
        assert np.median(made[:, 2] - was_there) > -4


def test_events_get_lost(X):
    whole, some = again(X, interval=(10, 10)), again(X, interval=(10, 10), lost=0.5)
    shares = [len(s) / len(w) for s, w in zip(some, whole, strict=True)]
    assert 0.65 < np.mean(shares) < 0.85
    assert min(shares) < 0.6


def test_ticks_make_stamps_repeat(X):
    made = again(X, interval=(8, 8), ticks=(20.0,))
    assert all((m[:, 2] % 20 == 0).all() for m in made)
    assert all((np.diff(m[:, 2]) == 0).any() for m in made)


def test_coarse_positions(X):
    steps = [np.unique(m[:, :2] - m[0, :2]) for m in again(X, interval=(8, 8), coarseness=3)]
    coarsest = [min(s for s in (3, 2, 1) if (np.mod(x, s) == 0).all() or s == 1) for x in steps]
    by_three = sum((np.mod(x, 3) == 0).all() for x in steps)
    by_two = sum((np.mod(x, 2) == 0).all() for x in steps)
    assert by_three > 5
    assert by_two > 5
    assert 1 in coarsest


def test_missing_ends(X):
    made = again(X, interval=(8, 8), missing=0.2)
    shares = [(m[-1, 2] - m[0, 2]) / (x[-1, 2] - x[0, 2]) for m, x in zip(made, X, strict=True)]
    assert min(shares) < 0.75
    assert min(shares) > 0.55
    assert np.mean(shares) == pytest.approx(0.8, abs=0.05)


def test_what_is_too_short_stays():
    short = np.array([[0, 0, 0], [5, 5, 10], [9, 9, 20.0]])
    np.testing.assert_array_equal(again([short], interval=(50, 50))[0], short)


def test_strokes_go_along():
    x = np.column_stack([movement(0), np.arange(200) // 100])
    made = again([x], interval=(16, 16))[0]
    assert made.shape[1] == 4
    np.testing.assert_array_equal(made[:, 3], made[:, 2] >= 400)


def test_people_and_negatives_alike_and_nothing_at_prediction(X):
    augmenter = RecorderAugmenter(share=1.0, random_state=0)
    batch = augmenter.fit_transform(SequenceBatch(X[:3], X[3:5], [0, 2]))
    assert all(len(m) != 200 for m in [*batch.rows, *batch.negatives])
    assert batch.source.tolist() == [0, 2]
    assert augmenter.transform(X) is X
    assert clone(augmenter).fit(X).transform(X) is X


def test_in_a_pipeline(X):
    model = make_pipeline(
        MixedNegativeSampler(families=[MinimumJerkFamily()], random_state=0),
        RecorderAugmenter(random_state=0),
        VelocityTransformer(16.0, channels="paced"),
        FFRNNClassifier((8,), max_iter=2, random_state=0),
    ).fit(X)
    assert model.predict_proba(X[:4]).shape == (4, 2)


def test_repeatable(X):
    first, second = (RecorderAugmenter(random_state=3).fit_transform(X) for _ in range(2))
    for a, b in zip(first, second, strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize(
    "params",
    [{"interval": (0, 5)}, {"interval": (9, 5)}, {"ticks": ()}, {"ticks": (-1,)}, {"lost": 1.0}],
    ids=str,
)
def test_parameters_are_checked(X, params):
    with pytest.raises(ValueError, match=next(iter(params))):
        RecorderAugmenter(**params).fit(X)
