"""AbstainingClassifier: what it declines, and that the rest is the classifier's own."""

import numpy as np
import pytest
from sklearn.base import clone, is_classifier
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import cross_val_predict
from sklearn.pipeline import make_pipeline

from sklearn_ffrnn import (
    AbstainingClassifier,
    FFRNNClassifier,
    MixedNegativeSampler,
    SequenceBatch,
    VelocityTransformer,
    load,
    save,
)

LIMITS = {"coarsest": 30.0, "shortest": 90.0, "fewest": 6}
SMALL = {"hidden_layer_sizes": (6, 5), "max_iter": 8, "learning_rate_init": 0.02, "random_state": 0}


def pipeline():
    return make_pipeline(VelocityTransformer(), FFRNNClassifier(**SMALL))


def walk(n_points, tick=10.0, seed=0):
    xy = np.random.default_rng(seed).normal(size=(n_points, 2)).cumsum(axis=0)
    return np.column_stack([xy, tick * np.arange(n_points)])


def held(movement, start):
    """Return a movement that stays where it is from a point on."""
    movement = movement.copy()
    movement[start:, :2] = movement[start, :2]
    return movement


ODD = {
    "": walk(20),
    "too short: ": walk(9, 10.0),
    "too coarse: ": walk(20, 31.0),
    "too few points: ": held(walk(20), 4),
    "nothing moves": held(walk(20), 0),
}


@pytest.fixture(scope="module")
def model(movements):
    return AbstainingClassifier(pipeline(), **LIMITS).fit(*movements)


@pytest.mark.parametrize("reason", ODD)
def test_declines_with_a_reason(model, reason):
    X = [ODD[""], ODD[reason], ODD[""]]
    declined = [False, bool(reason), False]
    np.testing.assert_array_equal(np.isnan(model.predict_proba(X)).all(axis=1), declined)
    np.testing.assert_array_equal(model.predict(X) == -1, declined)
    assert model.reasons(X)[1].startswith(reason)
    assert not model.reasons(X)[[0, 2]].any()


def test_all_declined(model):
    X = [ODD["nothing moves"]] * 2
    assert np.isnan(model.predict_proba(X)).all()
    np.testing.assert_array_equal(model.predict(X), [-1, -1])


def test_the_rest_is_the_classifiers_own(model, movements):
    X, y = movements
    judged = model.reasons(X) == ""
    assert 0 < judged.sum() < len(X)
    alone = pipeline().fit([x for x, j in zip(X, judged, strict=True) if j], y[judged])
    chosen = [x for x, j in zip(X, judged, strict=True) if j]
    np.testing.assert_array_equal(model.predict_proba(X)[judged], alone.predict_proba(chosen))
    np.testing.assert_array_equal(model.predict(X)[judged], alone.predict(chosen))
    np.testing.assert_array_equal(model.classes_, alone.classes_)


def test_weights_go_with_their_movements(movements):
    X, y = movements
    X, y = [ODD["nothing moves"], *X], np.append(1 - y[0], y)
    weight = np.random.default_rng(0).uniform(0.5, 2, size=len(X))
    name = {"ffrnnclassifier__sample_weight": weight}
    got = AbstainingClassifier(pipeline(), **LIMITS).fit(X, y, **name)
    judged = got.reasons(X) == ""
    name = {"ffrnnclassifier__sample_weight": weight[judged]}
    alone = pipeline().fit([x for x, j in zip(X, judged, strict=True) if j], y[judged], **name)
    np.testing.assert_array_equal(got.predict_proba([ODD[""]]), alone.predict_proba([ODD[""]]))


def test_people_alone_with_a_sampler(movements):
    human = [walk(30, seed=i) for i in range(12)] + [ODD["nothing moves"]]
    sampler = MixedNegativeSampler(1, random_state=0)
    model = AbstainingClassifier(make_pipeline(sampler, *pipeline()), **LIMITS).fit(human)
    assert np.isfinite(model.predict_proba(human)).all(axis=1).sum() == 12


def test_a_batch_keeps_the_negatives_of_what_is_kept(movements):
    rows = [walk(30, seed=i) for i in range(12)] + [ODD["nothing moves"]]
    negatives = [walk(30, seed=i) * [3, 3, 1] for i in range(12)] + [walk(30, seed=99) * [9, 9, 1]]
    batch = SequenceBatch(rows, negatives, np.arange(13))
    model = AbstainingClassifier(pipeline(), **LIMITS).fit(batch)
    alone = pipeline().fit(SequenceBatch(rows[:12], negatives[:12], np.arange(12)))
    np.testing.assert_array_equal(model.predict_proba(rows[:12]), alone.predict_proba(rows[:12]))


@pytest.mark.parametrize(
    ("labels", "declined"),
    [(["bot", "human"], "unknown"), ([-1, 1], 0), ([3.0, 7.0], -0.5)],
)
def test_any_labels(labels, declined, movements):
    y = np.array(labels)[movements[1]]
    model = AbstainingClassifier(pipeline(), **LIMITS, declined=declined).fit(movements[0], y)
    got = model.predict([ODD[""], ODD["nothing moves"]])
    assert got[0] in labels
    assert got[1] == declined


@pytest.mark.parametrize(
    ("labels", "declined"), [([-1, 1], -1), (["a", "b"], -1), ([0, 1], "none")]
)
def test_declined_must_be_told_from_the_classes(labels, declined, movements):
    model = AbstainingClassifier(pipeline(), **LIMITS, declined=declined)
    with pytest.raises(ValueError, match=rf"declined={declined!r} .* Set it to another"):
        model.fit(movements[0], np.array(labels)[movements[1]])


def test_something_must_be_left_to_learn_from(movements):
    with pytest.raises(ValueError, match=r"None of the 40 movements .* X\[0\] is too short"):
        AbstainingClassifier(pipeline(), shortest=1e6).fit(*movements)


def test_habits_of_scikit_learn(model, movements, tmp_path):
    X, y = movements
    assert is_classifier(model)
    assert clone(model).get_params()["coarsest"] == LIMITS["coarsest"]
    with pytest.raises(NotFittedError):
        clone(model).predict(X)
    probabilities = cross_val_predict(clone(model), X, y, cv=2, method="predict_proba")
    np.testing.assert_array_equal(np.isnan(probabilities[:, 0]), model.reasons(X) != "")
    assert model.score(X, y) == np.mean(model.predict(X) == y)
    save(model, tmp_path / "model.skops")
    loaded = load(tmp_path / "model.skops")
    np.testing.assert_array_equal(loaded.predict_proba(X), model.predict_proba(X))
