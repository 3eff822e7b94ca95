"""Movements in, probabilities out: the estimators inside scikit-learn's tools."""

import numpy as np
import pytest
from sklearn import config_context
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import StackingClassifier, VotingClassifier
from sklearn.exceptions import FitFailedWarning, NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import get_scorer
from sklearn.model_selection import (
    GridSearchCV,
    GroupKFold,
    StratifiedKFold,
    TunedThresholdClassifierCV,
    cross_val_predict,
    cross_val_score,
    cross_validate,
)
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import Pipeline

from sklearn_ffrnn import SequenceBatch, VelocityTransformer


@pytest.fixture
def make_pipeline(make_classifier):
    def build(memory=None, **settings):
        steps = [("velocity", VelocityTransformer()), ("clf", make_classifier(**settings))]
        return Pipeline(steps, memory=memory)

    return build


@pytest.fixture
def ff_pipeline(make_ff):
    return Pipeline([("velocity", VelocityTransformer()), ("clf", make_ff(max_iter=5))])


@pytest.mark.filterwarnings("error")
def test_fit_and_predict(make_pipeline, movements):
    X, y = movements
    pipe = make_pipeline(max_iter=60).fit(X, y)
    assert pipe.score(X, y) > 0.9
    assert pipe.n_features_in_ == 3
    assert pipe.classes_.tolist() == [0, 1]
    assert pipe.predict(X[:1]).shape == (1,)


def test_unfitted(make_pipeline, movements):
    with pytest.raises(NotFittedError):
        make_pipeline().predict(movements[0])


def test_cross_val_score(make_pipeline, movements):
    X, y = movements
    cv = StratifiedKFold(3, shuffle=True, random_state=0)
    pipe = make_pipeline(max_iter=40)
    scores = cross_val_score(pipe, X, y, scoring="roc_auc", cv=cv, error_score="raise")
    assert scores.mean() > 0.9


def test_grid_search_over_threshold_and_normalization(ff_pipeline, movements):
    grid = {"clf__threshold": [2, 7], "clf__normalization": ["standardize", "layer_norm"]}
    search = GridSearchCV(
        ff_pipeline, grid, scoring="roc_auc", cv=2, n_jobs=2, error_score="raise"
    ).fit(*movements)
    assert len(search.cv_results_["params"]) == 4
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()
    best = search.best_estimator_[-1]
    assert (best.threshold_ == search.best_params_["clf__threshold"]).all()
    assert search.predict_proba(movements[0]).shape == (40, 2)
    alone = clone(search).set_params(n_jobs=None).fit(*movements)
    np.testing.assert_allclose(
        alone.cv_results_["mean_test_score"], search.cv_results_["mean_test_score"]
    )


def test_grid_value_that_is_not_allowed(ff_pipeline, movements):
    grid = {"clf__normalization": ["batch_norm"]}
    search = GridSearchCV(ff_pipeline, grid, cv=2, error_score="raise")
    with pytest.raises(ValueError, match=r"'normalization' parameter of FFRNN.*'batch_norm'"):
        search.fit(*movements)
    some = GridSearchCV(ff_pipeline, {"clf__threshold": [2, [1, 2, 3]]}, cv=2)
    with pytest.warns((FitFailedWarning, UserWarning)):
        assert some.fit(*movements).best_params_ == {"clf__threshold": 2}


def test_clone_of_a_fitted_pipeline(make_pipeline, movements):
    pipe = make_pipeline(max_iter=3).fit(*movements)
    copy = clone(pipe)
    assert repr(copy) == repr(pipe)
    with pytest.raises(NotFittedError):
        copy.predict(movements[0])
    np.testing.assert_array_equal(
        copy.fit(*movements).predict_proba(movements[0]), pipe.predict_proba(movements[0])
    )


def test_memory_never_returns_stale_negatives(make_pipeline, movements, tmp_path):
    X, y = movements
    pipes = [make_pipeline(max_iter=3, memory=m) for m in (str(tmp_path), None)]
    for negatives in (X[:4], X[4:8], X[:4]):  # the third time from a warm cache
        batch = SequenceBatch(X, negatives, range(4))
        cached, plain = (clone(p).fit(batch, y).predict_proba(X) for p in pipes)
        np.testing.assert_array_equal(cached, plain)


def test_slices(make_pipeline, movements):
    X, y = movements
    pipe = make_pipeline(max_iter=3).fit(X, y)
    velocities = pipe[:-1].transform(X)
    np.testing.assert_array_equal(velocities, VelocityTransformer().fit_transform(X))
    np.testing.assert_array_equal(pipe[-1].predict(velocities), pipe.predict(X))
    assert pipe[:-1].get_feature_names_out().tolist() == ["velocity_x", "velocity_y"]


def test_set_output(make_pipeline, movements):
    X, y = movements
    expected = make_pipeline(max_iter=3).fit(X, y).predict_proba(X)
    pandas = make_pipeline(max_iter=3).set_output(transform="pandas").fit(X, y)
    np.testing.assert_allclose(pandas.predict_proba(X), expected, atol=1e-6)
    assert list(pandas[:-1].transform(X)[0].columns) == ["velocity_x", "velocity_y"]


def test_sample_weight_and_groups_by_metadata_routing(make_pipeline, movements):
    X, y = movements
    weight, groups = np.linspace(0.1, 3, 40), np.arange(40) // 2
    with config_context(enable_metadata_routing=True):
        pipe = make_pipeline(max_iter=3)
        pipe[-1].set_fit_request(sample_weight=True, groups=True)
        routed = clone(pipe).fit(X, y, sample_weight=weight, groups=groups).predict_proba(X)
        scores = cross_validate(
            pipe,
            X,
            y,
            params={"sample_weight": weight, "groups": groups},
            scoring=get_scorer("roc_auc").set_score_request(sample_weight=True),
            cv=GroupKFold(2),
            error_score="raise",
        )["test_score"]
    np.testing.assert_array_equal(
        routed, make_pipeline(max_iter=3).fit(X, y, clf__sample_weight=weight).predict_proba(X)
    )
    plain = make_pipeline(max_iter=3).fit(X, y).predict_proba(X)
    assert np.abs(routed - plain).max() > 1e-4
    assert scores.shape == (2,)


@pytest.mark.parametrize(
    "wrap",
    [
        lambda pipe: CalibratedClassifierCV(pipe, cv=2),
        lambda pipe: CalibratedClassifierCV(pipe, cv=2, method="isotonic", ensemble=False),
        lambda pipe: TunedThresholdClassifierCV(pipe, cv=2),
        lambda pipe: VotingClassifier([("a", pipe), ("b", clone(pipe))], voting="soft"),
        lambda pipe: StackingClassifier([("a", pipe), ("b", clone(pipe))], cv=2),
        lambda pipe: StackingClassifier([("a", pipe)], LogisticRegression(), cv=2, n_jobs=2),
        lambda pipe: OneVsRestClassifier(pipe),
    ],
    ids=["calibrated", "isotonic", "tuned", "voting", "stacking", "stacking 2 jobs", "one vs rest"],
)
def test_inside_a_meta_estimator(wrap, ff_pipeline, movements):
    X, y = movements
    names = np.array(["human", "machine"])[y]
    ff_pipeline.set_params(clf__max_iter=40)
    model = wrap(ff_pipeline).fit(X, names)
    assert model.predict_proba(X).shape == (40, 2)
    assert model.score(X, names) > 0.8


def test_negatives_made_of_training_rows_stay_with_them_in_cross_validation(
    make_classifier, movements
):
    # All rows are human, and each carries a slow copy of itself.
    X = [m.copy() for m, label in zip(*movements, strict=True) if label]
    negatives = [m * [0.1, 0.1, 1] for m in X]
    batch = SequenceBatch(X, negatives, np.arange(20))
    classifier = make_classifier(max_iter=40, learning_rate_init=0.005)
    pipe = Pipeline([("velocity", VelocityTransformer()), ("clf", classifier)])
    folds = cross_validate(
        pipe, batch, np.ones(20, dtype=int), cv=4, return_estimator=True, error_score="raise"
    )
    for fitted in folds["estimator"]:
        assert fitted[-1].n_negatives_ == 15
        assert fitted[-1].classes_.tolist() == [0, 1]
    whole = pipe.fit(batch, np.ones(20, dtype=int))
    assert whole.predict(X).mean() > 0.8
    assert whole.predict(negatives).mean() < 0.2
    assert cross_val_predict(pipe, batch, np.ones(20, dtype=int), cv=4).mean() > 0.6


def test_one_class_without_negatives_says_what_to_do(make_pipeline, movements):
    with pytest.raises(ValueError, match=r"one class only, 1.*SigmaLognormalNegativeSampler"):
        make_pipeline().fit(movements[0], [1] * 40)


def test_bad_movement_is_named_through_the_pipeline(make_pipeline, movements):
    X, y = movements
    bad = [*X[:3], X[3][::-1], *X[4:]]
    with pytest.raises(ValueError, match=r"X\[3\].*time goes backwards"):
        make_pipeline().fit(bad, y)
