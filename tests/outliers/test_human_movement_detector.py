"""HumanMovementDetector: what it tells, what it declines to judge, and what it is set by."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.metrics import roc_auc_score

from sklearn_ffrnn import FFRNNClassifier, HumanMovementDetector, load, save
from sklearn_ffrnn.negatives import MinimumJerkFamily, RetimedFamily, SplineFamily

# Learns in few updates from few people.
FAST = {
    "learning_rate": "adaptive",
    "learning_rate_init": 0.01,
    "batch_size": 64,
    "average": True,
}
QUICK = {
    "families": [MinimumJerkFamily(), SplineFamily(), RetimedFamily()],
    "n_negatives": 2,
    "sequence_estimator": FFRNNClassifier((24,), max_iter=8, **FAST),
    "table_estimator": FFRNNClassifier((24,), n_differences=0, max_iter=12, **FAST),
    "random_state": 0,
}


def person(rng, period=8.0):
    """Return a reach with corrections, tremor and a bend, on whole pixels."""
    end = rng.uniform(200, 600) * np.exp(2j * np.pi * rng.uniform())
    duration = 1000 * (0.2 + 0.13 * np.log2(abs(end) / 16)) * np.exp(0.15 * rng.normal())
    t = np.arange(0, duration, period)
    z = np.zeros(len(t), complex)
    left, begin = end, 0.0
    for share, length in zip(rng.uniform(0.7, 0.95, size=3), (0.6, 0.4, 0.3), strict=True):
        tau = np.clip((t - begin * duration) / (length * duration), 0, 1)
        step = left * (share if begin < 0.6 else 1)
        z += step * np.exp(0.3j * rng.normal() * (1 - tau)) * tau**3 * (10 - 15 * tau + 6 * tau**2)
        left, begin = left - step, begin + 0.3
    tremor = rng.normal(size=(2, 4)) @ np.sin(np.outer(rng.uniform(0.03, 0.08, size=4), t) + 1)
    z += tremor[0] + 1j * tremor[1]
    return np.column_stack([z.real, z.imag, t]).round()


def script(rng, period=8.0):
    """Return a straight way at one speed."""
    t = np.arange(0, rng.uniform(150, 1200), period)
    end = rng.uniform(200, 600) * np.exp(2j * np.pi * rng.uniform())
    z = end * t / t[-1]
    return np.column_stack([z.real, z.imag, t]).round()


def many(make, n, seed, **params):
    rng = np.random.default_rng(seed)
    return [make(rng, **params) for _ in range(n)]


@pytest.fixture(scope="module")
def people():
    return many(person, 240, 0)


@pytest.fixture(scope="module")
def detector(people):
    return HumanMovementDetector(**QUICK).fit(people)


def test_machines_that_were_not_in_training_are_told(detector):
    new, machines = many(person, 100, 1), many(script, 100, 2)
    scores = detector.score_samples(new + machines)
    assert roc_auc_score(np.repeat([1, 0], 100), scores) > 0.97
    assert (detector.predict(machines) == -1).mean() > 0.9


def test_a_movement_played_three_times_too_fast_is_told(detector):
    new = many(person, 100, 3)
    fast = [x / [1, 1, 3] for x in new]
    scores = detector.score_samples(new), detector.score_samples(fast)
    judged = [s[~np.isnan(s)] for s in scores]
    y = np.repeat([1, 0], [len(s) for s in judged])
    assert roc_auc_score(y, np.concatenate(judged)) > 0.9


def test_contamination_is_that_of_new_people(detector, people):
    refused = (detector.predict(many(person, 400, 4)) == -1).mean()
    assert 0.03 < refused < 0.2
    strict = HumanMovementDetector(**{**QUICK, "contamination": 0.4}).fit(people)
    assert strict.offset_ > detector.offset_
    assert (strict.predict(many(person, 400, 4)) == -1).mean() > refused + 0.05


def test_probabilities_are_those_of_even_classes(detector):
    new, machines = many(person, 100, 5), many(script, 100, 6)
    p = detector.predict_proba(new + machines)
    np.testing.assert_allclose(p.sum(axis=1), 1)
    assert detector.classes_.tolist() == [-1, 1]
    assert p[:100, 1].mean() > 0.7
    assert p[100:, 1].mean() < 0.2
    assert np.array_equal(np.argsort(p[:, 1]), np.argsort(detector.score_samples(new + machines)))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda x: x * [1, 1, 0.1], "too short: "),
        (lambda x: np.column_stack([x[::14, :2], np.arange(len(x[::14])) * 110.0]), "too coarse: "),
        (
            lambda x: np.column_stack([x[::9, :2], 30.0 * np.arange(len(x[::9]))])[:8],
            "too few points: ",
        ),
        (lambda x: x * [0, 0, 1], "nothing moves"),
    ],
)
def test_what_cannot_be_judged_is_declined_with_a_reason(detector, change, reason):
    x = many(person, 1, 7)[0]
    X = [x, change(x), x]
    np.testing.assert_array_equal(np.isnan(detector.score_samples(X)), [False, True, False])
    np.testing.assert_array_equal(np.isnan(detector.predict_proba(X)[:, 0]), [False, True, False])
    assert detector.predict(X)[1] == 0
    assert detector.reasons(X)[1].startswith(reason)
    assert detector.reasons(X)[0] == ""
    assert np.isnan(detector.decision_function(X[1:2])).all()  # all of them declined


def test_limits_are_parameters(people):
    coarse = many(person, 60, 8, period=60.0)
    detector = HumanMovementDetector(**{**QUICK, "coarsest": 100.0, "fewest": 5}).fit(coarse)
    assert detector.n_judged_ > 40
    assert np.isfinite(detector.score_samples(coarse)).sum() == detector.n_judged_
    with pytest.raises(ValueError, match=r"0 of the 60 movements .* loosen coarsest"):
        HumanMovementDetector(**QUICK).fit(coarse)


def test_views_are_optional(people, detector):
    without = HumanMovementDetector(**QUICK, n_views=0).fit(people)
    assert (without.predict(people) == 1).mean() > 0.8
    assert not np.array_equal(without.score_samples(people), detector.score_samples(people))


def test_rests_do_not_count(detector):
    x = many(person, 1, 9)[0]
    middle = len(x) // 2
    waited = x.copy()
    waited[middle:, 2] += 2000
    more = x.copy()
    more[middle:, 2] += 5000
    np.testing.assert_allclose(*detector.score_samples([waited, more]), rtol=1e-5)


def test_people_who_are_somewhat_slower_lose_little(detector):
    new = many(person, 100, 15)
    slower = [x * [1, 1, 1.8] for x in new]
    keeps = np.quantile(detector.score_samples(new), 0.1)
    kept = np.mean(detector.score_samples(slower) > keeps)
    allowed = detector.slow_people_
    detector.slow_people_ = allowed._replace(lost=0.0)
    refused = np.mean(detector.score_samples(slower) <= keeps)
    detector.slow_people_ = allowed
    assert allowed.lost > 0
    assert kept > 1 - refused


def test_nobody_else_decides(detector):
    new = many(person, 20, 10)
    scores = detector.score_samples(new)
    np.testing.assert_allclose(detector.score_samples(new[7:8]), scores[7:8], rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(
        detector.score_samples(new[::-1])[::-1], scores, rtol=1e-4, atol=1e-5
    )


def test_repeatable_and_saved(detector, people, tmp_path):
    new = many(person, 20, 11)
    again = clone(detector).fit(people)
    np.testing.assert_array_equal(again.score_samples(new), detector.score_samples(new))
    save(detector, tmp_path / "detector.skops")
    loaded = load(tmp_path / "detector.skops")
    np.testing.assert_array_equal(loaded.predict_proba(new), detector.predict_proba(new))


def test_each_recorder_keeps_its_people():
    fine = many(person, 120, 12)
    # People behind another recorder move at half the pace.
    slow = [x * [1, 1, 2] for x in many(person, 60, 13)]
    recorder = np.repeat(["fine", "slow"], [120, 60])
    together = HumanMovementDetector(**QUICK).fit(fine + slow)
    apart = HumanMovementDetector(**QUICK).fit(fine + slow, groups=recorder)
    new = [x * [1, 1, 2] for x in many(person, 100, 14)]
    assert (apart.predict(new) == -1).mean() <= max(0.2, (together.predict(new) == -1).mean())
    with pytest.raises(ValueError, match="groups has 3 entries"):
        HumanMovementDetector(**QUICK).fit(fine, groups=[1, 2, 3])


def test_fit_predict_is_fit_and_predict(people):
    X = people[:60]
    both = HumanMovementDetector(**QUICK).fit_predict(X)
    np.testing.assert_array_equal(both, HumanMovementDetector(**QUICK).fit(X).predict(X))
