"""Families of negatives, and the sampler that mixes them."""

import pickle
import warnings

import imblearn.pipeline
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.pipeline import make_pipeline

from sklearn_ffrnn import SequenceBatch, VelocityTransformer
from sklearn_ffrnn.negatives import (
    AlteredHumanFamily,
    MinimumJerkFamily,
    MixedNegativeSampler,
    PursuitFamily,
    SigmaLognormalFamily,
    SplineFamily,
    record_like,
)
from sklearn_ffrnn.negatives._pursuit_family import pursue
from sklearn_ffrnn.negatives._spline_family import bezier, through

FAMILIES = [
    SigmaLognormalFamily(),
    MinimumJerkFamily(),
    SplineFamily(),
    PursuitFamily(),
    AlteredHumanFamily(),
]
by_name = pytest.mark.parametrize("family", FAMILIES, ids=lambda f: type(f).__name__)


def sampler(n_negatives=1, **params):
    cheap = {"families": [MinimumJerkFamily(), SplineFamily()], "random_state": 0}
    return MixedNegativeSampler(n_negatives, **{**cheap, **params})


def speed_peaks(movement):
    """Return how many local maxima the speed has."""
    speed = np.linalg.norm(np.diff(movement[:, :2], axis=0), axis=1)
    return int(((speed[1:-1] > speed[:-2]) & (speed[1:-1] >= speed[2:])).sum())


class TestFamilies:
    @by_name
    def test_clock_and_lattice_are_the_sources(self, family, X):
        for i, movement in enumerate(X):
            made = family(movement, i)
            np.testing.assert_array_equal(made[:, 2], movement[:, 2])
            np.testing.assert_array_equal(made, made.round())
            assert (made[:, :2] != movement[:, :2]).any()

    @by_name
    def test_end_points(self, family, X):
        for i, movement in enumerate(X):
            made = family(movement, i)
            np.testing.assert_array_equal(made[0], movement[0])
            if not isinstance(family, SigmaLognormalFamily):  # ends where its strokes lead
                np.testing.assert_array_equal(made[-1], movement[-1])

    @by_name
    def test_seed(self, family, X):
        first = family(X[0], 1)
        np.testing.assert_array_equal(first, family(X[0], 1))
        np.testing.assert_array_equal(first, family(X[0], np.random.RandomState(1)))
        assert any((first != family(X[0], seed)).any() for seed in range(2, 5))

    @by_name
    def test_source_is_left_as_it_is(self, family, X):
        movement = X[0].copy()
        movement.flags.writeable = False
        family(movement, 0)

    @by_name
    def test_no_motion_gives_none(self, family):
        at_rest = np.column_stack([np.full((10, 2), 7.0), np.arange(10.0) * 10])
        assert family(at_rest, 0) is None

    @by_name
    def test_each_stroke_begins_and_ends_where_it_did(self, family, X):
        stroke = np.repeat([0.0, 1.0], 25)
        movement = np.column_stack([X[0], stroke])
        made = family(movement, 3)
        np.testing.assert_array_equal(made[:, 3], stroke)
        if not isinstance(family, SigmaLognormalFamily):
            np.testing.assert_array_equal(made[[0, 24, 25, 49]], movement[[0, 24, 25, 49]])

    @by_name
    def test_repeated_points_and_equal_stamps(self, family, X):
        movement = X[0].copy()
        movement[10:14, :2] = movement[10, :2]
        movement[21, 2] = movement[20, 2]
        made = family(movement, 0)
        np.testing.assert_array_equal(made[:, 2], movement[:, 2])
        assert (np.diff(made[10:14, :2], axis=0) == 0).all()
        assert np.isfinite(made).all()

    @by_name
    def test_unit_of_length(self, family, X):
        in_thousandths = X[1] / [1000, 1000, 1]
        made = family(in_thousandths, 0)[:, :2] * 1000
        np.testing.assert_allclose(made, made.round(), atol=1e-6)

    def test_a_closed_movement_goes_out_and_comes_back(self):
        angle = np.linspace(0, 2 * np.pi, 60)
        circle = np.column_stack([100 * np.cos(angle), 100 * np.sin(angle), 10 * np.arange(60)])
        for family in (MinimumJerkFamily(), SplineFamily(), PursuitFamily(damping=(1.0, 1.0))):
            made = family(circle.round(), 0)
            assert np.linalg.norm(made[:, :2] - made[0, :2], axis=1).max() > 150


class TestEachFamily:
    def test_single_minimum_jerk_reach_is_the_closed_form(self):
        t = np.arange(0.0, 610.0, 10.0)
        source = np.column_stack([np.geomspace(1, 1e4, 61).round(6), t**1.5 / 7, t])
        made = MinimumJerkFamily(max_submovements=1, curvature=0)(source, 0)
        tau = t / t[-1]
        share = tau**3 * (10 - 15 * tau + 6 * tau**2)
        way = source[-1, :2] - source[0, :2]
        np.testing.assert_allclose(made[:, :2], source[0, :2] + np.outer(share, way), atol=1e-5)

    def test_submovements_add_peaks_of_speed(self, X):
        one = MinimumJerkFamily(max_submovements=1, curvature=0)
        many = MinimumJerkFamily(max_submovements=5, error=(0.3, 0.3), curvature=0)
        t = np.arange(0.0, 1000.0, 5.0)
        source = np.column_stack([t**1.5, np.sqrt(t), t])
        assert max(speed_peaks(one(source, i)) for i in range(10)) == 1
        assert max(speed_peaks(many(source, i)) for i in range(10)) >= 3

    def test_strokes_go_beyond_the_goal_or_fall_short(self):
        t = np.arange(0.0, 1000.0, 5.0)
        source = np.column_stack([t, np.zeros(len(t)), t])
        family = MinimumJerkFamily(max_submovements=2, error=(0.3, 0.3), curvature=0)
        farthest = np.array([family(source, seed)[:, 0].max() for seed in range(60)])
        assert 0.05 < (farthest > source[-1, 0]).mean() < 0.4

    @pytest.mark.parametrize("damping", [0.3, 0.8])
    def test_undisturbed_pursuit_is_a_damped_oscillation(self, damping):
        tau, rate = np.linspace(0, 1, 20001), 9.0
        z = pursue(
            np.array([1 + 1j, 4 + 5j]),
            np.array([]),
            tau,
            rate=rate,
            damping=damping,
            noise=0.0,
            memory=0.1,
            top_speed=np.inf,
            rng=np.random.RandomState(0),
        )
        beat = np.sqrt(1 - damping**2)
        swing = np.cos(beat * rate * tau) + damping / beat * np.sin(beat * rate * tau)
        done = 1 - np.exp(-damping * rate * tau) * swing
        np.testing.assert_allclose(z, 1 + 1j + (3 + 4j) * done, atol=0.01)

    def test_pursuit_keeps_to_its_top_speed(self):
        tau = np.linspace(0, 1, 2001)
        settings = {"rate": 20.0, "damping": 0.7, "noise": 0.5, "memory": 0.05}
        for top_speed in (1.5, 3.0):
            rng = np.random.RandomState(0)
            z = pursue(
                np.array([0j, 1]), np.array([]), tau, top_speed=top_speed, rng=rng, **settings
            )
            assert (np.abs(np.diff(z)) * 2000).max() == pytest.approx(top_speed)

    def test_disturbed_pursuit_settles_around_its_goal(self):
        tau, goals = np.linspace(0, 40, 8001), np.array([0j, 10])
        settings = {"rate": 20.0, "damping": 1.0, "noise": 0.2, "memory": 5.0, "top_speed": np.inf}
        rng = np.random.RandomState(0)
        z = np.concatenate(
            [pursue(goals, np.array([]), tau, rng=rng, **settings) for _ in range(20)]
        )
        # A slow push is followed closely, so it has the deviation of the push: 0.2 of the way.
        assert z.reshape(20, -1)[:, 4000:].real.std() == pytest.approx(2.0, rel=0.2)

    def test_residual_is_what_the_shares_say(self, X):
        rng = np.random.default_rng(0)
        rough = X[0].copy()
        rough[1:-1, :2] = np.round(rough[1:-1, :2] + rng.normal(scale=3, size=(48, 2)))

        def roughness(share):
            family = SigmaLognormalFamily((0.5, 0.5), (share, share))
            return np.mean(np.diff(family(rough, 0)[:, :2], n=3, axis=0) ** 2)

        assert roughness(0.0) < 0.5 * roughness(1.0)

    def test_bezier_and_spline_go_through_their_ends(self):
        control = np.array([[0.0, 0.0], [30.0, 40.0], [70.0, -20.0], [100.0, 0.0]])
        for curve in (bezier, through):
            ends = curve(control, np.array([0.0, 1.0]))
            np.testing.assert_allclose(ends, control[[0, -1]], atol=1e-9)
        # De Casteljau's construction of the middle point
        points = control
        while len(points) > 1:
            points = 0.5 * (points[1:] + points[:-1])
        np.testing.assert_allclose(bezier(control, np.array([0.5])), points)

    def test_a_script_without_bend_easing_and_noise_is_an_even_line(self):
        t = np.arange(0.0, 1000.0, 10.0)
        source = np.column_stack([np.sqrt(t) * np.e, t * np.pi, t])
        family = SplineFamily(0, easing=(1, 1), pace_noise=(1e-9, 1e-9), noise=(1e-9, 1e-9))
        line = np.linspace(source[0, :2], source[-1, :2], len(t))
        np.testing.assert_allclose(family(source, 0)[:, :2], line, atol=1e-4)

    @pytest.mark.parametrize("name", ["retimed", "shaken", "shuffled", "smoothed", "surrogate"])
    def test_every_alteration_moves_the_points(self, name, X):
        made = AlteredHumanFamily((name,))(X[2], 0)
        assert (made[1:-1, :2] != X[2][1:-1, :2]).any(axis=1).mean() > 0.5

    def test_shuffled_steps_are_the_sources(self, X):
        steps = np.random.default_rng(0).integers(2, 9, size=(40, 2))
        source = np.column_stack([np.cumsum(steps, axis=0), np.arange(40.0) * 9])
        made = AlteredHumanFamily(("shuffled",))(source, 0)
        assert (made != source).any()
        steps = [np.diff(m[:, :2], axis=0) for m in (made, source)]
        a, b = (s[np.lexsort(s.T)] for s in steps)
        np.testing.assert_array_equal(a, b)

    @pytest.mark.parametrize(
        "make",
        [
            lambda: SigmaLognormalFamily(strength=(2, 1)),
            lambda: SigmaLognormalFamily(residual=(0, 2)),
            lambda: SigmaLognormalFamily(strength=1.0),
            lambda: MinimumJerkFamily(max_submovements=0),
            lambda: MinimumJerkFamily(curvature=-1),
            lambda: SplineFamily(noise=(0, 1)),
            lambda: PursuitFamily(damping=(0, 1)),
            lambda: AlteredHumanFamily(("turned",)),
            lambda: AlteredHumanFamily(()),
        ],
    )
    def test_what_is_refused(self, make):
        with pytest.raises(ValueError, match="must"):
            make()


class TestSampler:
    def test_batch(self, X):
        batch = sampler(2).fit_transform(X, np.ones(12))
        assert isinstance(batch, SequenceBatch)
        np.testing.assert_array_equal(np.bincount(batch.source), np.full(12, 2))
        for negative, source in zip(batch.negatives, batch.source, strict=True):
            np.testing.assert_array_equal(negative[:, 2], X[source][:, 2])

    def test_one_class_trains_in_a_pipeline(self, make_classifier, X):
        model = make_pipeline(sampler(), VelocityTransformer(), make_classifier(max_iter=2))
        model.fit(X, np.ones(12, int))
        assert model[-1].n_negatives_ == 12
        assert model.predict_proba(X[:4]).shape == (4, 2)

    def test_imbalanced_learn_pipeline(self, make_ff, X):
        model = imblearn.pipeline.make_pipeline(
            sampler(mode="resample"), VelocityTransformer(), make_ff(max_iter=2)
        )
        np.testing.assert_array_equal(model.fit(X, np.ones(12, int)).classes_, [0, 1])

    def test_default_families(self, X):
        fitted = MixedNegativeSampler(random_state=0).fit(X)
        assert {type(f) for f in fitted.families_} == {type(f) for f in FAMILIES}

    def test_weights(self, X):
        fitted = sampler(4, weights=[1, 3])
        fitted.fit_transform(X)
        np.testing.assert_array_equal(np.bincount(fitted.family_), [12, 36])
        assert set(sampler(weights=[0, 2]).fit(X).families_) == set(sampler().fit(X).families_)

    def test_seed_and_workers(self, X):
        first = sampler().fit_transform(X).negatives
        for again in (sampler(), sampler(n_jobs=2)):
            for a, b in zip(first, again.fit_transform(X).negatives, strict=True):
                np.testing.assert_array_equal(a, b)
        other = sampler(random_state=1).fit_transform(X).negatives
        assert any((a != b).any() for a, b in zip(first, other, strict=True))

    def test_clone_and_pickle(self, X):
        fitted = sampler(2, weights=[1, 2]).fit(X)
        assert clone(fitted).get_params() == fitted.get_params()
        np.testing.assert_array_equal(pickle.loads(pickle.dumps(fitted)).source_, fitted.source_)

    def test_family_of_ones_own(self, X):
        def line(movement, random_state):
            start, end = movement[[0, -1], :2]
            return record_like(movement, np.linspace(start, end, len(movement)))

        batch = sampler(families=[line]).fit_transform(X)
        for negative in batch.negatives:
            way = negative[-1, :2] - negative[0, :2]
            offset = negative[:, :2] - negative[0, :2]
            across = offset[:, 0] * way[1] - offset[:, 1] * way[0]
            assert np.abs(across).max() / np.linalg.norm(way) < 2

    def test_the_next_family_stands_in_for_one_that_passes(self, X):
        def passes(movement, random_state):
            return None

        batch = sampler(families=[passes, MinimumJerkFamily()]).fit_transform(X)
        assert len(batch.negatives) == 12
        with pytest.raises(ValueError, match=r"No family can make a negative from X\[0\]"):
            sampler(families=[passes]).fit_transform(X)

    def test_a_negative_of_too_few_points_is_refused(self, X):
        with pytest.raises(ValueError, match=r"shape \(2, 3\) from X\[0\]"):
            sampler(families=[lambda movement, _: movement[:2]]).fit_transform(X)

    def test_others_stand_in_for_what_rests(self, X):
        at_rest = np.column_stack([np.full((10, 2), 7.0), np.arange(10.0) * 10])
        with pytest.warns(UserWarning, match=r"1 of 13 .*X\[12\]"):
            fitted = sampler().fit([*X, at_rest])
        assert 12 not in fitted.source_
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            sampler(on_error="skip").fit([*X, at_rest])

    @pytest.mark.parametrize(
        ("params", "error", "message"),
        [
            ({"families": []}, ValueError, "families is empty"),
            ({"families": [MinimumJerkFamily]}, TypeError, r"families\[0\]"),
            ({"families": ["spline"]}, TypeError, r"families\[0\]"),
            ({"weights": [1]}, ValueError, r"shape \(1,\) for 2 families"),
            ({"weights": [1, -1]}, ValueError, "0 or more"),
            ({"weights": [0, 0]}, ValueError, "not all 0"),
        ],
    )
    def test_what_is_refused(self, X, params, error, message):
        with pytest.raises(error, match=message):
            sampler(**params).fit(X)


def test_record_like_takes_no_shorter_step_than_the_device():
    rng = np.random.default_rng(0)
    steps = rng.choice([-1, 1], size=(300, 2)) * rng.integers(3, 9, size=(300, 2))
    movement = np.column_stack([np.cumsum(steps, axis=0), np.arange(300.0) * 8])
    slow = np.cumsum(rng.normal(scale=1, size=(300, 2)), axis=0)
    made = np.abs(np.diff(record_like(movement, slow)[:, :2], axis=0))
    assert ((made == 0) | (made >= 3)).all()


def test_strokes_of_movements_together_as_one_at_a_time(X):
    family = SigmaLognormalFamily()
    still = np.column_stack([np.ones(5), np.ones(5), 8.0 * np.arange(5)])
    movements = [*X, still]
    made = family.make_each(movements, range(len(movements)))
    assert made[-1] is None
    for seed, (negative, movement) in enumerate(zip(made[:-1], X, strict=True)):
        np.testing.assert_array_equal(negative, family(movement, seed))


def test_a_negative_does_not_depend_on_how_many_a_family_makes_at_once(X):
    def alone(movement, random_state):
        return SigmaLognormalFamily()(movement, random_state)

    def draw(movement, random_state):
        return movement + np.append(random_state.uniform(size=2), 0.0)

    settings = {"mode": "resample", "random_state": 0}
    made, expected = (
        MixedNegativeSampler(3, families=[family, draw], **settings).fit_resample(X)[0]
        for family in (SigmaLognormalFamily(), alone)
    )
    for negative, other in zip(made, expected, strict=True):
        np.testing.assert_array_equal(negative, other)
