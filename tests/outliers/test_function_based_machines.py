"""The example's machines: what BeCAPTCHA-Mouse describes, and that one movement gives them away."""

import numpy as np
import pytest
from sklearn.ensemble import IsolationForest
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline

from sklearn_ffrnn import HumanMovementDetector, KinematicFeatures
from sklearn_ffrnn.datasets import load_mouse_movements

pytest.importorskip("cursory")


@pytest.fixture(scope="module")
def people():
    return load_mouse_movements().data


@pytest.fixture(scope="module")
def unseen():
    return pytest.importorskip("examples.unseen.machines")


@pytest.fixture(scope="module")
def machines(people, unseen):
    return unseen.make_unseen_machines(people[-400:], 12, seed=0)


def long_ones(movements):
    """Return those that are long and slow enough for rounding to count for little."""
    return [m for m in movements if np.hypot(*(m[-1, :2] - m[0, :2])) > 400 and len(m) > 40]


def progress(movement):
    """Return the part of the way along the chord that is done at each tenth of the duration."""
    way = movement[-1, :2] - movement[0, :2]
    along = (movement[:, :2] - movement[0, :2]) @ way / (way @ way)
    return np.interp(np.linspace(0, movement[-1, 2], 11), movement[:, 2], along)


def test_all_report_as_a_browser_does(machines):
    assert len(machines) >= 25
    for movements in machines.values():
        for m in movements:
            assert (m[:, :2] == m[:, :2].round()).all()
            assert np.diff(m[:, :2], axis=0).any(axis=1).all()
            assert np.diff(m[:, 2]).min() > 6.5
        assert min(np.diff(m[:, 2]).min() for m in movements) < 9


def test_paces(machines):
    for m in long_ones(machines["linear, constant"]):
        np.testing.assert_allclose(progress(m), np.linspace(0, 1, 11), atol=0.02)
    for m in long_ones(machines["linear, accelerating"]):
        assert (np.diff(progress(m), n=2) > -0.005).all()
    for m in long_ones(machines["linear, bell"]):
        steps = np.diff(progress(m))
        top = steps.argmax()
        assert 1 <= top <= 8
        assert (np.diff(steps[: top + 1]) > -0.01).all()
        assert (np.diff(steps[top:]) < 0.01).all()


def test_paths(machines):
    def sideways(m):
        way = (m[-1, :2] - m[0, :2]) @ np.array([1, 1j])
        z = (m[:, :2] - m[0, :2]) @ np.array([1, 1j]) / way
        return z.real, z.imag

    for m in long_ones(machines["linear, bell"]):
        assert np.abs(sideways(m)[1]).max() < 0.01
    for m in long_ones(machines["quadratic, constant"]):
        s, beside = sideways(m)
        fitted = np.polynomial.Polynomial.fit(s, beside, 2)(s)
        assert np.abs(fitted - beside).max() < 0.01


def test_replays_are_too_fast_or_too_slow(people, machines):
    usual = np.median([np.ptp(m[:, 2]) for m in people])
    assert np.median([np.ptp(m[:, 2]) for m in machines["replay, fast"]]) < usual / 1.5
    assert np.median([np.ptp(m[:, 2]) for m in machines["replay, slow"]]) > usual * 1.5


def functions(unseen, machines):
    return [m for name in unseen.FUNCTIONS for m in machines[name]]


def test_features_of_one_movement_give_functions_away(people, unseen, machines):
    forest = make_pipeline(KinematicFeatures(), IsolationForest(random_state=0)).fit(people[:400])
    new, made = people[400:500], functions(unseen, machines)
    y = np.repeat([1, 0], [len(new), len(made)])
    assert roc_auc_score(y, forest.score_samples([*new, *made])) > 0.97


@pytest.mark.slow
def test_the_detector_gives_functions_away(people, unseen, machines):
    detector = HumanMovementDetector(n_negatives=2, random_state=0).fit(people[:400])
    new, made = people[400:500], functions(unseen, machines)
    scores = detector.score_samples([*new, *made])
    y = np.repeat([1, 0], [len(new), len(made)])
    judged = ~np.isnan(scores)
    assert judged.mean() > 0.9
    assert roc_auc_score(y[judged], scores[judged]) > 0.95
