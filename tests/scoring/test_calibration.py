"""Probabilities from scores: Platt's sigmoid and its form for several classes."""

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import expit, log_softmax
from sklearn.calibration import _sigmoid_calibration
from sklearn.metrics import log_loss

from sklearn_ffrnn._scoring import Calibration, to_probabilities


@pytest.fixture
def scored():
    rng = np.random.default_rng(0)
    target = rng.integers(0, 2, size=200)
    return rng.normal(size=200) * 0.3 + target * 0.4 + 5, target


def test_two_classes_are_platts_sigmoid(scored):
    scores, target = scored
    a, b = _sigmoid_calibration(scores, target)
    fitted = Calibration(2).fit(scores, target)
    np.testing.assert_allclose(
        to_probabilities(fitted.logits(scores))[:, 1], expit(-(a * scores + b)), atol=1e-4
    )


def test_more_classes_maximise_the_smoothed_likelihood():
    rng = np.random.default_rng(0)
    target = rng.integers(0, 3, size=90)
    scores = rng.normal(size=(90, 3))
    scores[np.arange(90), target] += 1
    counts = np.bincount(target)[target]
    soft = np.repeat(1 / (counts + 3)[:, None], 3, axis=1)
    soft[np.arange(90), target] = (counts + 1) / (counts + 3)

    def loss(p):
        return -(soft * log_softmax(p[0] * scores + [0, p[1], p[2]], axis=1)).sum()

    best = minimize(loss, [1.0, 0, 0], method="Nelder-Mead", options={"xatol": 1e-6}).x
    fitted = Calibration(3).fit(scores, target)
    np.testing.assert_allclose([fitted.slope, *fitted.intercept[1:]], best, atol=1e-3)
    probabilities = to_probabilities(fitted.logits(scores))
    assert probabilities.shape == (90, 3)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)


def test_decision_at_one_half_is_near_the_best_threshold(scored):
    scores, target = scored  # centred at 5.2, so uncalibrated scores call everything positive
    assert np.mean((scores > 0) == target) < 0.6
    decided = Calibration(2).fit(scores, target).logits(scores) > 0
    best = max(np.mean((scores > s) == target) for s in scores)
    assert np.mean(decided == target) > best - 0.03


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
def test_scale_and_shift_of_the_scores_do_not_matter(scored, scale):
    scores, target = scored
    plain = Calibration(2).fit(scores, target).logits(scores)
    moved = (scores + 3) * scale
    np.testing.assert_allclose(Calibration(2).fit(moved, target).logits(moved), plain, atol=1e-3)


def test_integer_weights_are_repetitions(scored):
    scores, target = scored
    weight = np.arange(200) % 3
    weighted = Calibration(2).fit(scores, target, weight.astype(float)).logits(scores)
    repeated = Calibration(2).fit(scores.repeat(weight), target.repeat(weight)).logits(scores)
    # Sums of the same terms in another order: rounding of 64 bits, a few hundred terms.
    np.testing.assert_allclose(weighted, repeated, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    ("scores", "target"),
    [
        ([0.0, 1.0], [0, 1]),
        ([0.0] * 6, [0, 1] * 3),
        ([1.0, 2.0, 3.0], [1, 1, 1]),
        ([1e8, 1e8 + 1, 3.0], [0, 1, 0]),
    ],
    ids=["separable", "constant", "one class", "outliers"],
)
def test_hard_cases_stay_finite_and_in_order(scores, target):
    scores, target = np.array(scores), np.array(target)
    logits = Calibration(2).fit(scores, target).logits(scores)
    assert np.isfinite(logits).all()
    assert (np.diff(logits[np.argsort(scores)]) >= 0).all()
    # Smoothing keeps a handful of samples from claiming certainty.
    assert np.abs(logits).max() < 20


def test_scores_that_contradict_the_labels_are_not_turned_round():
    fitted = Calibration(2).fit(np.array([3.0, 2, 1, 0]), np.array([0, 0, 1, 1]))
    assert fitted.slope > 0


@pytest.mark.parametrize("n_classes", [2, 4])
@pytest.mark.parametrize("weighted", [False, True])
def test_log_loss_is_that_of_the_probabilities(n_classes, weighted):
    rng = np.random.default_rng(0)
    target = np.arange(200) % n_classes
    scores = rng.normal(size=(200, n_classes)) + 2 * np.eye(n_classes)[target]
    scores = scores[:, 1] if n_classes == 2 else scores
    weight = rng.uniform(size=200) if weighted else None
    calibration = Calibration(n_classes).fit(scores, target, weight)
    expected = log_loss(target, to_probabilities(calibration.logits(scores)), sample_weight=weight)
    assert calibration.log_loss(scores, target, weight) == pytest.approx(expected)
