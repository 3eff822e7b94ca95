"""make_negatives_scorer: scores of models that were given human movements only."""

import pickle

import imblearn.pipeline
import numpy as np
import pytest
from sklearn import config_context
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import (
    GridSearchCV,
    GroupKFold,
    KFold,
    StratifiedKFold,
    TunedThresholdClassifierCV,
    cross_val_score,
    cross_validate,
)
from sklearn.pipeline import Pipeline, make_pipeline

from sklearn_ffrnn import (
    FFRNNOutlierDetector,
    MixedNegativeSampler,
    SigmaLognormalNegativeSampler,
    VelocityTransformer,
)
from sklearn_ffrnn.negatives import make_negatives_scorer
from sklearn_ffrnn.sigma_lognormal import make_evaluation_set
from tests.helpers import gestures


@pytest.fixture(scope="module")
def human():
    return gestures(24)


@pytest.fixture
def model(make_ff):
    """A pipeline whose negatives are coarse enough to be told after a few epochs."""
    return Pipeline(
        [
            ("sampler", SigmaLognormalNegativeSampler(strength=4.0, random_state=1)),
            ("velocity", VelocityTransformer()),
            ("clf", make_ff(max_iter=5)),
        ]
    )


def checksum(estimator, X, y):
    """Stand in for a score: what was scored on, as one number."""
    return float(sum(np.abs(x).sum() * (1 + i) for i, x in enumerate(X)))


def test_score_is_that_of_an_evaluation_set_of_the_test_fold(model, human):
    scores = cross_val_score(
        model, human, scoring=make_negatives_scorer(random_state=7), cv=3, error_score="raise"
    )
    for (train, test), score in zip(KFold(3).split(human), scores, strict=True):
        model.fit([human[i] for i in train])
        X, y, _ = make_evaluation_set([human[i] for i in test], strength=4.0, random_state=7)
        assert score == roc_auc_score(y, model.decision_function(X))


def test_negatives_are_of_test_rows_alone(model, human):
    scored_on = []

    def keep(estimator, X, y):
        scored_on.append((X, y))
        return 0.0

    groups = np.repeat(np.arange(6), 4)
    folds = GroupKFold(3)
    scorer = make_negatives_scorer(keep)
    cross_val_score(model, human, groups=groups, cv=folds, scoring=scorer, error_score="raise")
    for (_, test), (X, y) in zip(folds.split(human, groups=groups), scored_on, strict=True):
        assert y.tolist() == [1] * 8 + [0] * 8
        for i, row, negative in zip(test, X[:8], X[8:], strict=True):
            np.testing.assert_array_equal(row, human[i])
            np.testing.assert_array_equal(negative[:, 2], human[i][:, 2])


def test_labels_of_ones_are_the_same_as_none(model, human):
    settings = {"scoring": make_negatives_scorer(), "error_score": "raise"}
    model.set_params(clf__max_iter=1)
    expected = cross_val_score(model, human, cv=KFold(2), **settings)
    assert np.isfinite(expected).all()
    for y in (np.ones(24, int), np.ones(24), [1] * 24):
        scores = cross_val_score(model, human, y, cv=KFold(2), **settings)
        np.testing.assert_array_equal(scores, expected)
    assert len(cross_val_score(model, human, y, cv=StratifiedKFold(2), **settings)) == 2


def test_grid_search_in_two_processes_by_group(model, human):
    grid = {"clf__threshold": [0.0, 2.0]}
    settings = {"scoring": make_negatives_scorer(), "cv": GroupKFold(2), "error_score": "raise"}
    groups = np.arange(24) // 3
    search = GridSearchCV(model, grid, n_jobs=2, **settings).fit(human, groups=groups)
    alone = GridSearchCV(model, grid, **settings).fit(human, np.ones(24, int), groups=groups)
    scores = search.cv_results_["mean_test_score"]
    assert len(np.unique(scores)) > 1
    np.testing.assert_allclose(scores, alone.cv_results_["mean_test_score"])
    assert search.predict_proba(human).shape == (24, 2)
    assert search.score(human) == search.scorer_(search.best_estimator_, human)


class TestCandidates:
    """A checksum in place of a score says whether they were given the same negatives."""

    def checksums(self, model, human, grid, scorer):
        search = GridSearchCV(
            model.set_params(clf__max_iter=1), grid, scoring=scorer, cv=2, error_score="raise"
        ).fit(human)
        return np.array([search.cv_results_[f"split{i}_test_score"] for i in range(2)])

    def test_share_negatives(self, model, human):
        grid = {"clf__threshold": [0, 2], "sampler__random_state": [1, 2]}
        sums = self.checksums(model, human, grid, make_negatives_scorer(checksum))
        assert (sums == sums[:, :1]).all()

    def test_have_their_own_of_each_strength(self, model, human):
        grid = {"sampler__strength": [1.0, 4.0]}
        sums = self.checksums(model, human, grid, make_negatives_scorer(checksum))
        assert (sums[:, 0] != sums[:, 1]).all()

    def test_of_each_strength_share_those_of_one_sampler(self, model, human):
        scorer = make_negatives_scorer(checksum, sampler=SigmaLognormalNegativeSampler(strength=2))
        sums = self.checksums(model, human, {"sampler__strength": [1.0, 4.0]}, scorer)
        assert (sums == sums[:, :1]).all()


def test_seed(model, human):
    model.set_params(clf__max_iter=1).fit(human)
    first, again, other = (
        make_negatives_scorer(checksum, random_state=seed)(model, human) for seed in (0, 0, 1)
    )
    assert first == again != other


def test_other_metrics(model, human):
    scoring = {
        "auc": make_negatives_scorer(),
        "precision": make_negatives_scorer("average_precision"),
        "loss": make_negatives_scorer("neg_log_loss"),
        "recall": "accuracy",  # on humans alone
    }
    scores = cross_validate(
        model, human, np.ones(24, int), scoring=scoring, cv=2, error_score="raise"
    )
    assert (scores["test_loss"] < 0).all()
    assert (scores["test_precision"] > 0).all()
    auc = cross_val_score(model, human, scoring=scoring["auc"], cv=2)
    np.testing.assert_array_equal(scores["test_auc"], auc)


class TestSampleWeight:
    @pytest.fixture
    def weight(self):
        return np.linspace(0.1, 3, 24)

    def test_negatives_have_that_of_their_source(self, model, human, weight):
        model.fit(human)
        X, y, source = make_evaluation_set(human, strength=4.0, random_state=0)
        expected = roc_auc_score(y, model.decision_function(X), sample_weight=weight[source])
        scorer = make_negatives_scorer()
        assert scorer(model, human, sample_weight=weight) == expected != scorer(model, human)

    def test_metadata_routing(self, model, human, weight):
        with config_context(enable_metadata_routing=True):
            model[-1].set_fit_request(sample_weight=False, groups=False)
            scorer = make_negatives_scorer().set_score_request(sample_weight=True)
            routed = cross_val_score(
                model, human, params={"sample_weight": weight}, scoring=scorer, cv=KFold(2)
            )
        for (train, test), score in zip(KFold(2).split(human), routed, strict=True):
            model.fit([human[i] for i in train])
            rows = [human[i] for i in test]
            assert score == make_negatives_scorer()(model, rows, sample_weight=weight[test])

    def test_is_refused_where_the_metric_has_none(self, model, human, weight):
        assert make_negatives_scorer()._accept_sample_weight()
        assert not make_negatives_scorer(checksum)._accept_sample_weight()


def test_sampler_of_another_kind(model, human):
    model.fit(human)
    machines = make_negatives_scorer(checksum, sampler=MixedNegativeSampler())
    assert machines(model, human) != make_negatives_scorer(checksum)(model, human)


def test_labels_of_words(model, human):
    model.set_params(sampler__human_label="person", sampler__negative_label="bot")
    scores = cross_val_score(
        model, human, scoring=make_negatives_scorer(), cv=KFold(2), error_score="raise"
    )
    model.set_params(sampler__human_label=1, sampler__negative_label=0)
    expected = cross_val_score(model, human, scoring=make_negatives_scorer(), cv=KFold(2))
    # "person" sorts after "bot" as 1 does after 0.
    np.testing.assert_array_equal(scores, expected)


def test_machines_in_the_test_fold_count_too(model, human):
    y = np.arange(24) % 4 > 0
    model.set_params(sampler__human_label=True, sampler__negative_label=False)
    seen = []
    scorer = make_negatives_scorer(lambda estimator, X, y: seen.append(y) or 0.0)
    cross_val_score(model, human, y, scoring=scorer, cv=KFold(2), error_score="raise")
    for labels in seen:
        assert np.bincount(labels).tolist() == [3 + 9, 9]


def test_imbalanced_learns_pipeline(make_ff, human):
    model = imblearn.pipeline.make_pipeline(
        SigmaLognormalNegativeSampler(strength=4.0, mode="resample", random_state=1),
        VelocityTransformer(),
        make_ff(max_iter=5),
    )
    scores = cross_val_score(
        model, human, scoring=make_negatives_scorer(), cv=2, error_score="raise"
    )
    assert np.isfinite(scores).all()


def test_sampler_deep_inside(model, human):
    inner = make_pipeline("passthrough", model)
    y = np.repeat([0, 1], 12)
    model.set_params(clf__max_iter=1)
    tuned = TunedThresholdClassifierCV(inner, cv=2).fit(human, y)
    assert 0 <= make_negatives_scorer()(tuned, human) <= 1


def test_outlier_detector(make_ff, human):
    detector = FFRNNOutlierDetector(make_ff(max_iter=5), random_state=0)
    sampler = SigmaLognormalNegativeSampler(strength=8.0, negative_label=-1)
    model = make_pipeline(VelocityTransformer(), detector).fit(human)
    X, y, _ = make_evaluation_set(human, strength=8.0, random_state=0)
    expected = roc_auc_score(y, model.decision_function(X))
    assert make_negatives_scorer(sampler=sampler)(model, human) == expected
    accuracy = make_negatives_scorer("accuracy", sampler=sampler)(model, human)
    assert accuracy == np.mean(model.predict(X) == np.where(y, 1, -1))


def test_the_fitted_model_is_left_as_it_is(model, human):
    model.fit(human)
    before = pickle.dumps(model["sampler"].source_), model["sampler"].get_params()
    make_negatives_scorer()(model, human[:6])
    assert (pickle.dumps(model["sampler"].source_), model["sampler"].get_params()) == before


def test_pickle_and_repr(model, human):
    scorer = make_negatives_scorer(sampler=SigmaLognormalNegativeSampler(strength=3.0))
    model.fit(human)
    assert pickle.loads(pickle.dumps(scorer))(model, human) == scorer(model, human)
    assert repr(scorer).startswith("make_negatives_scorer(make_scorer(roc_auc_score")
    assert "SigmaLognormalNegativeSampler(strength=3.0)" in repr(scorer)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"scoring": "roc_auk"}, "'scoring' parameter"),
        ({"random_state": None}, "'random_state' parameter"),
        ({"sampler": VelocityTransformer()}, "'sampler' parameter"),
    ],
    ids=str,
)
def test_what_is_refused(settings, message):
    with pytest.raises(ValueError, match=message):
        make_negatives_scorer(**settings)


def test_no_sampler_in_the_pipeline(make_ff, movements):
    model = make_pipeline(VelocityTransformer(), make_ff(max_iter=1)).fit(*movements)
    with pytest.raises(ValueError, match=r"Pipeline has 0 samplers.*sampler=\.\.\."):
        make_negatives_scorer()(model, *movements)
