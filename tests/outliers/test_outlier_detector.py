"""The detector that learns from human movements alone, and the negatives that it makes."""

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import estimator_checks_generator, parametrize_with_checks

from sklearn_ffrnn import (
    BPTTRNNClassifier,
    FFRNNClassifier,
    FFRNNOutlierDetector,
    SequenceBatch,
    VelocityTransformer,
    load,
    save,
)
from sklearn_ffrnn._outliers._distortions import DISTORTIONS, make_distorted


def small(**settings):
    classifier = FFRNNClassifier(hidden_layer_sizes=(16,), max_iter=20, learning_rate_init=0.01)
    return FFRNNOutlierDetector(**{"estimator": classifier, "random_state": 0} | settings)


@pytest.mark.slow
@parametrize_with_checks([FFRNNOutlierDetector()])
def test_scikit_learn_check(estimator, check):
    check(estimator)


def test_no_tag_opts_out_of_the_checks():
    assert len(list(estimator_checks_generator(small()))) >= 45


def wavering_movements(n, seed, wavering=1.0):
    """Movements of one to three strokes whose speed wavers, of 20 to 40 points on a 16 ms clock."""
    rng = np.random.default_rng(seed)
    movements = []
    for _ in range(n):
        s = np.linspace(0, 1, rng.integers(20, 41))
        speed = sum(
            rng.uniform(0.3, 1) * np.exp(-(((s - at) / 0.12) ** 2))
            for at in rng.uniform(0.2, 0.8, rng.integers(1, 4))
        )
        steps = speed[:, None] * rng.normal(size=2) + wavering * 0.1 * rng.normal(size=(len(s), 2))
        movements.append(np.column_stack([100 * steps.cumsum(axis=0), 16 * np.arange(len(s))]))
    return movements


@pytest.fixture(scope="module")
def humans():
    return wavering_movements(80, seed=0)


@pytest.fixture(scope="module")
def detector(humans):
    return make_pipeline(VelocityTransformer(), small()).fit(humans)


def test_machines_that_were_never_seen_score_below_humans(detector):
    new = wavering_movements(60, seed=1)
    constant = [np.column_stack([np.linspace(m[0, :2], m[-1, :2], len(m)), m[:, 2]]) for m in new]
    steady = wavering_movements(60, seed=2, wavering=0.0)
    for machines in (constant, steady):
        y, X = np.repeat([1, 0], 60), new + machines
        assert roc_auc_score(y, detector.score_samples(X)) > 0.8


@pytest.mark.parametrize("contamination", [0.05, 0.3])
def test_contamination_is_the_share_of_training_samples_called_outliers(humans, contamination):
    detector = make_pipeline(VelocityTransformer(), small(contamination=contamination))
    labels = detector.fit_predict(humans)
    assert set(labels) == {1, -1}
    assert (labels == -1).mean() == pytest.approx(contamination, abs=0.01)
    decision = detector.decision_function(humans)
    np.testing.assert_array_equal(labels, np.where(decision >= 0, 1, -1))
    np.testing.assert_allclose(decision, detector.score_samples(humans) - detector[-1].offset_)


def test_a_point_far_from_a_table_is_an_outlier():
    table = np.random.default_rng(0).normal([3, 50], [1, 20], size=(200, 2))
    classifier = FFRNNClassifier(hidden_layer_sizes=(64,), max_iter=40, learning_rate_init=0.01)
    detector = small(estimator=classifier, contamination=0.05)
    detector = make_pipeline(StandardScaler(), detector).fit(table)
    assert detector.predict([[3, 50], [9, 50], [3, -100], [9, 200]]).tolist() == [1, -1, -1, -1]


def test_same_seed_same_scores_and_clone(detector, humans):
    again = clone(detector).fit(humans)
    np.testing.assert_array_equal(again.score_samples(humans), detector.score_samples(humans))
    other = clone(detector).set_params(ffrnnoutlierdetector__random_state=1).fit(humans)
    assert np.abs(other.score_samples(humans) - detector.score_samples(humans)).max() > 1e-3


def test_joblib(detector, humans, tmp_path):
    joblib.dump(detector, tmp_path / "detector.joblib")
    loaded = joblib.load(tmp_path / "detector.joblib")
    np.testing.assert_array_equal(loaded.predict(humans), detector.predict(humans))


@pytest.mark.parametrize("estimator", [None, BPTTRNNClassifier((8,), max_iter=2)])
def test_save_and_load(estimator, humans, tmp_path):
    detector = small(distortions=["smooth", "mix"])
    if estimator is None:  # the default, of which a small table takes little time
        X = np.random.default_rng(0).normal(size=(10, 3))
        X = pd.DataFrame(X, columns=["a", "b", "c"])
    else:
        X = VelocityTransformer().fit_transform(humans)
    detector = detector.set_params(estimator=estimator).fit(X)
    save(detector, tmp_path / "detector.skops")
    loaded = load(tmp_path / "detector.skops")
    np.testing.assert_array_equal(loaded.decision_function(X), detector.decision_function(X))
    np.testing.assert_array_equal(loaded.predict(X), detector.predict(X))
    assert repr(loaded) == repr(detector)
    assert clone(loaded).fit(X).offset_ == detector.offset_
    if estimator is None:
        assert loaded.feature_names_in_.tolist() == ["a", "b", "c"]


def test_what_no_file_may_hold_is_refused(humans, tmp_path):
    class Mine(FFRNNClassifier):
        pass

    def own(sequence, other, random_state):
        return sequence[::-1]

    X = VelocityTransformer().fit_transform(humans)
    for settings in ({"estimator": Mine((8,), max_iter=1)}, {"distortions": [own]}):
        detector = small(**settings).fit(X)
        with pytest.raises(TypeError, match="FFRNNOutlierDetector"):
            save(detector, tmp_path / "detector.skops")
    assert not list(tmp_path.iterdir())


def test_the_estimator_given_is_left_as_it_is(humans):
    estimator = BPTTRNNClassifier(hidden_layer_sizes=(8,), max_iter=1)
    X = VelocityTransformer().fit_transform(humans)
    detector = small(estimator=estimator).fit(X)
    assert type(detector.estimator_) is BPTTRNNClassifier
    assert not hasattr(estimator, "network_")
    assert estimator.random_state is None


def test_all_forms_of_sequences(humans):
    padded = VelocityTransformer().fit_transform(humans)
    ragged = [s[np.isfinite(s[:, 0])] for s in padded]
    detector = small().fit(ragged)
    expected = detector.score_samples(ragged)
    for X in (padded, tuple(ragged), pd.Series(ragged), SequenceBatch(ragged, [], [])):
        np.testing.assert_array_equal(detector.score_samples(X), expected)


def test_negatives_that_a_batch_carries_are_learnt_too(humans):
    right = [np.abs(m - m[0]) for m in humans]
    left = [m * [-1, 1, 1] for m in right]
    transformer = VelocityTransformer(scale=None)
    batch = transformer.fit_transform(SequenceBatch(right, left, np.arange(len(left))))
    detectors = small().fit(batch), small().fit(batch.rows)
    X, y = transformer.transform(right + left), np.repeat([1, 0], len(right))
    with_them, without = (roc_auc_score(y, detector.score_samples(X)) for detector in detectors)
    assert with_them > max(without, 0.9)
    assert [d.estimator_.n_negatives_ for d in detectors] == [3 * len(right), 2 * len(right)]


def test_scoring_in_cross_validation(humans):
    def kept(model, X, y=None):
        return (model.predict(X) == 1).mean()

    model = make_pipeline(VelocityTransformer(), small())
    folds = cross_validate(model, humans, cv=2, scoring=kept, error_score="raise")
    assert ((folds["test_score"] > 0) & (folds["test_score"] <= 1)).all()


@pytest.mark.parametrize(
    ("settings", "match"),
    [
        ({"distortions": ["smooth", "polish"]}, r"distortions=.*polish.*'mix'.*functions"),
        ({"distortions": []}, "one or more"),
        ({"distortions": "smooth"}, "'distortions' parameter"),
        ({"estimator": FFRNNClassifier}, "'estimator' parameter"),
        ({"contamination": 0.6}, "'contamination' parameter"),
        ({"n_negatives": 0}, "'n_negatives' parameter"),
        (
            {"distortions": [lambda sequence, other, rng: sequence[:, :1]]},
            r"distortions\[0\] made.*2 channel",
        ),
        ({"distortions": [lambda sequence, other, rng: sequence[:0]]}, r"distortions\[0\]"),
    ],
)
def test_wrong_settings(humans, settings, match):
    with pytest.raises(ValueError, match=match):
        small(**settings).fit(VelocityTransformer().fit_transform(humans))


def test_wrong_input(detector, humans):
    with pytest.raises(NotFittedError):
        small().predict(humans)
    with pytest.raises(ValueError, match="1 sample"):
        small().fit([humans[0]])
    with pytest.raises(ValueError, match=r"X\[1\] at step 2"):
        small().fit([humans[0], np.diag([1, 1, np.inf])])
    with pytest.raises(ValueError, match=r"3 features.*expecting 2"):
        detector[-1].predict(humans)


@pytest.mark.parametrize("name", DISTORTIONS)
@pytest.mark.parametrize("n_steps", [4, 5, 30])
def test_a_distorted_sequence_differs_and_stays_finite(name, n_steps):
    rng = np.random.RandomState(0)
    sequences = [rng.normal(size=(n, 3)) for n in (n_steps, 7, 1, n_steps)]
    sequences.append(np.zeros((n_steps, 3)))
    for sequence, other in zip(sequences, [*sequences[1:], sequences[0]], strict=True):
        if len(sequence) < 4:
            continue
        distorted = DISTORTIONS[name](sequence, other, rng)
        assert distorted.shape == sequence.shape
        assert np.isfinite(distorted).all()
        assert not sequence.any() or np.abs(distorted - sequence).max() > 1e-6


def test_what_distortions_leave():
    rng = np.random.RandomState(0)
    sequence, other = rng.normal(size=(40, 2)), rng.normal(size=(25, 2))

    def distort(name):
        return DISTORTIONS[name](sequence, other, rng)

    flat = distort("flatten_speed")
    cosines = (flat * sequence).sum(axis=1)
    sizes = np.linalg.norm(flat, axis=1)
    np.testing.assert_allclose(cosines, sizes * np.linalg.norm(sequence, axis=1))
    assert sizes.std() < np.linalg.norm(sequence, axis=1).std()
    randomized = distort("phase_randomize")
    np.testing.assert_allclose(*(np.abs(np.fft.fft(s, axis=0)) for s in (randomized, sequence)))
    np.testing.assert_allclose(distort("warp").sum(axis=0), sequence.sum(axis=0))
    assert sorted(distort("circular_shift").tolist()) == sorted(sequence.tolist())
    assert np.diff(distort("smooth"), axis=0).std() < np.diff(sequence, axis=0).std()


def test_negatives_are_made_of_two_samples_and_know_one():
    sequences = [np.full((n, 1), n, dtype=float) for n in (4, 6, 9)]
    pairs = []

    def remember(sequence, other, rng):
        pairs.append((len(sequence), len(other)))
        return sequence

    negatives, source = make_distorted(sequences, [remember], 5, np.random.RandomState(0))
    assert [len(n) for n in negatives] == [(4, 6, 9)[i] for i in source]
    assert np.bincount(source).tolist() == [5, 5, 5]
    assert all(one != other for one, other in pairs)
