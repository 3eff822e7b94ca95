"""Negatives on a clock of their own: how long they take, and that the recording tells nothing."""

import numpy as np
import pytest

from sklearn_ffrnn import MixedNegativeSampler, VelocityTransformer
from sklearn_ffrnn.negatives import (
    AlteredHumanFamily,
    MinimumJerkFamily,
    RetimedFamily,
    SmoothPaceFamily,
)


def movement(seed, n=90, strokes=False):
    """Return a movement on whole pixels and an uneven clock, some stamps of which repeat."""
    rng = np.random.default_rng(seed)
    t = np.cumsum(rng.choice([0.0, 7.0, 8.0, 9.0, 16.0], size=n, p=[0.1, 0.3, 0.3, 0.2, 0.1]))
    steps = 4 + 3 * np.sin(np.outer(np.arange(n), rng.uniform(0.05, 0.3, size=2)))
    points = np.cumsum(steps, axis=0).round()
    columns = [points, t[:, None]]
    return np.column_stack([*columns, np.arange(n) // 30] if strokes else columns)


@pytest.fixture(scope="module")
def X():
    return [movement(seed) for seed in range(30)]


def duration(x):
    return x[-1, 2] - x[0, 2]


FAMILIES = [
    RetimedFamily(),
    RetimedFamily(MinimumJerkFamily()),
    RetimedFamily(duration=(100, 3000)),
    SmoothPaceFamily(),
]


@pytest.mark.parametrize("family", FAMILIES, ids=str)
def test_the_recording_is_like_the_sources(X, family):
    for i, x in enumerate(X):
        made = family(x, i)
        assert made.shape[1] == 3
        assert (made[[0, -1], :2] == x[[0, -1], :2]).all()
        assert (made[:, :2] == made[:, :2].round()).all()
        assert made[0, 2] == x[0, 2]
        assert (np.diff(made[:, 2]) >= 0).all()
        np.testing.assert_array_equal(made, family(x, i))


@pytest.mark.parametrize("pace", [2.0, 3.5])
def test_retimed_either_way(X, pace):
    ratios = np.array(
        [duration(RetimedFamily(pace=(pace, pace))(x, i)) / duration(x) for i, x in enumerate(X)]
    )
    slow = ratios > 1
    assert 8 <= slow.sum() <= 22
    np.testing.assert_allclose(ratios[slow], pace, rtol=0.05)
    np.testing.assert_allclose(ratios[~slow], 1 / pace, rtol=0.1)


def test_intervals_are_those_of_the_source(X):
    for i, x in enumerate(X):
        made = RetimedFamily(pace=(2, 2))(x, i)
        sums = set(np.diff(x[:, 2])) | {a + b for a in (7, 8, 9, 16) for b in (7, 8, 9, 16)}
        # Where the pointer keeps still no point is recorded, and two intervals become one.
        assert np.mean(np.isin(np.diff(made[:, 2]), list(sums))) > 0.9


def test_slower_by_a_range_of_its_own(X):
    family = RetimedFamily(pace=(2, 2), slower=(4, 4))
    ratios = [duration(family(x, i)) / duration(x) for i, x in enumerate(X)]
    faster = np.array(ratios) < 1
    assert faster.any()
    assert not faster.all()
    np.testing.assert_allclose(np.array(ratios)[faster], 1 / 2, rtol=0.05)
    np.testing.assert_allclose(np.array(ratios)[~faster], 4, rtol=0.05)


def test_a_replay_passes_through_the_same_places(X):
    x = X[0]
    slow = RetimedFamily(pace=(4, 4))
    made = next(m for i in range(9) if duration(m := slow(x, i)) > duration(x))
    way = np.linspace(x[:-1, :2], x[1:, :2], 20).reshape(-1, 2)
    gaps = np.linalg.norm(made[:, None, :2] - way, axis=2).min(axis=1)
    assert gaps.max() < 1


def test_time_does_not_grow_with_distance(X):
    far = [x * [5, 5, 1] for x in X]
    family = RetimedFamily(duration=(400, 400))
    for i, x in enumerate(X + far):
        assert duration(family(x, i)) == pytest.approx(400, abs=17)


def relative_speed(x):
    """Return the speed in 20 equal parts of the duration, relative to the mean."""
    t = np.linspace(x[0, 2], x[-1, 2], 21)
    last = np.append(np.diff(x[:, 2]) > 0, True)
    path = np.column_stack([np.interp(t, x[last, 2], axis) for axis in x[last, :2].T])
    speed = np.linalg.norm(np.diff(path, axis=0), axis=1)
    return speed / speed.mean()


def test_one_speed_and_bells(X):
    for i, x in enumerate(X):
        assert relative_speed(SmoothPaceFamily(easing=(1, 1))(x, i)).std() < 0.15
    bells = np.array(
        [relative_speed(SmoothPaceFamily(easing=(3, 3))(x, i)) for i, x in enumerate(X)]
    )
    slow_ends = (bells[:, [0, -1]] < 0.3).all(axis=1)
    assert 12 <= slow_ends.sum() <= 28  # two in three, the others keep one speed
    assert bells[slow_ends, 8:12].mean() > 1.5


def test_strokes_go_along():
    x = movement(0, strokes=True)
    made = RetimedFamily(pace=(2, 2))(x, 0)
    assert made.shape[1] == 4
    assert np.unique(made[:, 3]).tolist() == [0, 1, 2]
    assert (np.diff(made[:, 3]) >= 0).all()


@pytest.mark.parametrize("family", FAMILIES, ids=str)
def test_nothing_is_made_of_what_does_not_move_or_takes_no_time(family):
    t = np.arange(0, 80, 8.0)
    assert family(np.column_stack([0 * t, 0 * t, t]), 0) is None
    assert family(np.column_stack([t, t, 0 * t]), 0) is None


@pytest.mark.parametrize("family", FAMILIES, ids=str)
def test_the_fewest_points(family):
    made = family(np.array([[0, 0, 0], [5, 5, 10], [9, 9, 25.0]]), 0)
    assert len(made) >= 3


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: RetimedFamily(pace=(0, 2)), "pace"),
        (lambda: RetimedFamily(slower=(3, 2)), "slower"),
        (lambda: RetimedFamily(duration=(3, 2)), "duration"),
        (lambda: SmoothPaceFamily(easing=(2, 1)), "easing"),
        (lambda: SmoothPaceFamily(pace=2), "pace"),
    ],
)
def test_ranges_are_checked(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_a_family_that_is_no_family_is_refused():
    with pytest.raises(TypeError, match="family='spline'"):
        RetimedFamily("spline")


def test_any_number_of_points_through_the_sampler_and_a_pipeline(X):
    def twice(x, random_state):
        """Go to the end and back, on twice the points."""
        back = x[::-1] * [1, 1, -1] + [0, 0, 2 * x[-1, 2] + 8]
        return np.vstack([x, back])

    sampler = MixedNegativeSampler(2, families=[twice, RetimedFamily()], random_state=0)
    batch = sampler.fit_transform(X)
    lengths = np.array([len(n) for n in batch.negatives])
    sources = np.array([len(X[i]) for i in batch.source])
    assert (lengths[sampler.family_ == 0] == 2 * sources[sampler.family_ == 0]).all()
    assert (lengths[sampler.family_ == 1] != sources[sampler.family_ == 1]).all()
    out = VelocityTransformer(resample=16).fit_transform(batch)
    assert len(out.negatives) == 60


@pytest.mark.parametrize(
    "broken",
    [
        lambda x: x[:2],
        lambda x: x[:, :2],
        lambda x: x * np.nan,
        lambda x: x[::-1],
        lambda x: x[0],
    ],
)
def test_what_is_no_movement_is_refused(X, broken):
    sampler = MixedNegativeSampler(families=[lambda x, seed: broken(x)])
    with pytest.raises(ValueError, match=r"from X\[0\].*a family must return"):
        sampler.fit_transform(X)


def test_the_default_keeps_the_sources_clock(X):
    batch = MixedNegativeSampler(1, random_state=0).fit_transform(X)
    for negative, source in zip(batch.negatives, batch.source, strict=True):
        np.testing.assert_array_equal(negative[:, 2], X[source][:, 2])


def test_families_nest(X):
    family = RetimedFamily(AlteredHumanFamily(("surrogate",)), pace=(3, 3))
    made = family(X[0], 1)
    assert duration(made) != duration(X[0])
    assert not np.isin(made[1:-1, 0], X[0][:, 0]).all()


def test_calmed_takes_tremor_off_and_nothing_else():
    rng = np.random.default_rng(0)
    t = 8.0 * np.arange(100)
    smooth = np.column_stack([300 * np.sin(t / 400), 200 * np.cos(t / 300)])
    shaken = np.column_stack([smooth + rng.normal(size=smooth.shape), t])
    for seed in range(10):
        calm = AlteredHumanFamily(("calmed",))(shaken, seed)[5:-5, :2]
        tremor = np.abs(np.diff(calm, n=3, axis=0)).mean()
        assert tremor < 0.7 * np.abs(np.diff(shaken[5:-5, :2], n=3, axis=0)).mean()
        assert np.abs(calm - smooth[5:-5]).max() < 6


def test_the_default_alterations_have_no_calmed_one():
    x = movement(0)
    every = ("smoothed", "shaken", "retimed", "shuffled", "surrogate")
    for seed in range(5):
        named = AlteredHumanFamily(every)(x, seed)
        np.testing.assert_array_equal(AlteredHumanFamily()(x, seed), named)
