"""SigmaLognormalNegativeSampler in pipelines, and make_evaluation_set."""

import pickle
import warnings

import imblearn.pipeline
import numpy as np
import pandas as pd
import pytest
import sklearn
from sklearn.base import clone
from sklearn.model_selection import StratifiedGroupKFold, cross_val_score
from sklearn.pipeline import Pipeline, make_pipeline

import sklearn_ffrnn
from sklearn_ffrnn import SequenceBatch, SigmaLognormalNegativeSampler, VelocityTransformer
from sklearn_ffrnn.negatives import make_evaluation_set
from sklearn_ffrnn.sigma_lognormal import StrokePlan


@pytest.fixture
def at_rest():
    return np.column_stack([np.full((10, 2), 7.0), np.arange(10.0) * 10])


def sampler(n_negatives=1, **params):
    return SigmaLognormalNegativeSampler(n_negatives, **{"random_state": 0, **params})


def assert_same(a, b):
    assert len(a) == len(b)
    for left, right in zip(a, b, strict=True):
        np.testing.assert_array_equal(left, right)


class TestAttach:
    def test_batch(self, X):
        batch = sampler(2).fit_transform(X, np.ones(12))
        assert isinstance(batch, SequenceBatch)
        assert_same(batch.rows, X)
        np.testing.assert_array_equal(np.bincount(batch.source), np.full(12, 2))
        for negative, source in zip(batch.negatives, batch.source, strict=True):
            np.testing.assert_array_equal(negative[:, 2], X[source][:, 2])
            assert (negative[:, :2] != X[source][:, :2]).any()

    def test_negatives_come_from_human_rows_only(self, X):
        y = np.array(["bot", "person"] * 6)
        fitted = sampler(human_label="person", negative_label="bot")
        batch = fitted.fit_transform(X, y)
        assert set(batch.source) == set(range(1, 12, 2))
        assert batch.negative_label == "bot"
        assert fitted.n_negatives_ == 6

    def test_transform_passes_rows_through(self, X):
        fitted = sampler().fit(X)
        assert fitted.transform(X) is X

    def test_no_resampling_in_this_mode(self):
        assert not hasattr(sampler(), "fit_resample")
        assert hasattr(sampler(), "fit_transform")

    def test_one_class_trains_in_a_pipeline(self, make_classifier, X):
        classifier = make_classifier(max_iter=2)
        model = make_pipeline(sampler(), VelocityTransformer(), classifier)
        model.fit(X, np.ones(12, int))
        assert model[-1].n_negatives_ == 12
        np.testing.assert_array_equal(model.classes_, [0, 1])
        assert model.predict_proba(X[:4]).shape == (4, 2)

    def test_cached_pipeline_gives_the_same_model(self, make_ff, X, tmp_path):
        def fitted():
            steps = [("s", sampler()), ("v", VelocityTransformer()), ("c", make_ff(max_iter=2))]
            return Pipeline(steps, memory=str(tmp_path)).fit(X, np.ones(12, int))

        cold, warm = fitted(), fitted()
        assert warm[-1].n_negatives_ == 12
        np.testing.assert_array_equal(cold.decision_function(X), warm.decision_function(X))

    def test_metadata_routing(self, make_ff, X):
        with sklearn.config_context(enable_metadata_routing=True):
            classifier = make_ff(max_iter=2).set_fit_request(sample_weight=True)
            model = make_pipeline(sampler(), VelocityTransformer(), classifier)
            model.fit(X, np.ones(12, int), sample_weight=np.arange(12.0))
        assert model[-1].n_negatives_ == 12

    def test_cross_validation_on_an_evaluation_set(self, make_ff, X):
        both, y, groups = make_evaluation_set(X, random_state=0)
        model = make_pipeline(VelocityTransformer(), make_ff(max_iter=2))
        scores = cross_val_score(
            model, both, y, groups=groups, cv=StratifiedGroupKFold(3), scoring="roc_auc"
        )
        assert np.isfinite(scores).all()


class TestResample:
    def test_rows_and_negatives(self, X):
        fitted = sampler(mode="resample")
        both, y = fitted.fit_resample(X, np.ones(12, int))
        assert_same(both[:12], X)
        np.testing.assert_array_equal(y, np.repeat([1, 0], 12))
        np.testing.assert_array_equal(fitted.source_, np.arange(12))
        assert_same(both[12:], sampler().fit_transform(X).negatives)

    def test_no_transform_in_this_mode(self):
        assert not hasattr(sampler(mode="resample"), "transform")
        assert not hasattr(sampler(mode="resample"), "fit_transform")

    def test_imbalanced_learn_pipeline(self, make_ff, X):
        model = imblearn.pipeline.make_pipeline(
            sampler(mode="resample"), VelocityTransformer(), make_ff(max_iter=2)
        )
        model.fit(X, np.ones(12, int))
        np.testing.assert_array_equal(model.classes_, [0, 1])
        assert len(model.predict(X[:5])) == 5

    def test_imbalanced_learn_takes_the_other_mode_too(self, make_ff, X):
        model = imblearn.pipeline.make_pipeline(
            sampler(), VelocityTransformer(), make_ff(max_iter=2)
        )
        assert model.fit(X, np.ones(12, int))[-1].n_negatives_ == 12


class TestHowMany:
    @pytest.mark.parametrize(("n_negatives", "expected"), [(1, 12), (3, 36), (0.5, 6), (1.25, 15)])
    def test_per_human(self, X, n_negatives, expected):
        fitted = sampler(n_negatives).fit(X)
        assert fitted.n_negatives_ == len(fitted.source_) == expected
        counts = np.bincount(fitted.source_, minlength=12)
        assert counts.max() - counts.min() <= 1

    def test_balance_counts_the_negatives_that_are_there(self, X):
        y = np.array([0] * 3 + [1] * 9)
        fitted = sampler("balance", mode="resample")
        _, labels = fitted.fit_resample(X, y)
        assert fitted.n_negatives_ == 6
        np.testing.assert_array_equal(np.bincount(labels), [9, 9])

    def test_balance_makes_none_where_none_lack(self, X):
        batch = sampler("balance").fit_transform(X, np.array([0] * 8 + [1] * 4))
        assert len(batch.negatives) == 0
        assert len(batch) == 12


class TestUnmodelled:
    def test_others_stand_in_and_one_warning_names_them(self, X, at_rest):
        rows = [at_rest, *X, at_rest]
        fitted = sampler(2)
        with pytest.warns(UserWarning, match=r"2 of 14 .*X\[0\], X\[13\]") as record:
            batch = fitted.fit_transform(rows)
        assert len(record) == 1
        assert len(batch.negatives) == 28
        assert len(batch) == 14
        assert not {0, 13} & set(batch.source)
        np.testing.assert_array_equal(fitted.unmodelled_, [0, 13])

    def test_index_is_that_of_the_row(self, X, at_rest):
        with pytest.warns(UserWarning, match=r"X\[3\]"):
            sampler().fit([*X[:3], at_rest, *X[3:]], [0, 0] + [1] * 11)

    def test_raise(self, X, at_rest):
        with pytest.raises(ValueError, match=r"1 of 13 .*X\[12\]"):
            sampler(on_error="raise").fit([*X, at_rest])

    def test_skip_says_nothing(self, X, at_rest):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert sampler(on_error="skip").fit([*X, at_rest]).n_negatives_ == 13

    @pytest.mark.parametrize("on_error", ["warn", "skip"])
    def test_nothing_to_make_negatives_from(self, at_rest, on_error):
        with pytest.raises(ValueError, match="2 of 2"):
            sampler(on_error=on_error).fit([at_rest, at_rest])


class TestConventions:
    def test_top_level(self):
        assert sklearn_ffrnn.SigmaLognormalNegativeSampler is SigmaLognormalNegativeSampler

    def test_seed(self, X):
        first = sampler(random_state=1).fit_transform(X).negatives
        assert_same(first, sampler(random_state=1).fit_transform(X).negatives)
        other = sampler(random_state=2).fit_transform(X).negatives
        assert any((a != b).any() for a, b in zip(first, other, strict=True))

    def test_workers_change_nothing(self, X):
        assert_same(
            sampler().fit_transform(X).negatives, sampler(n_jobs=2).fit_transform(X).negatives
        )

    def test_clone_and_pickle(self, X):
        fitted = sampler(2, strength=0.5).fit(X)
        assert clone(fitted).get_params() == fitted.get_params()
        assert not hasattr(clone(fitted), "source_")
        loaded = pickle.loads(pickle.dumps(fitted))
        np.testing.assert_array_equal(loaded.source_, fitted.source_)

    def test_plans_are_kept_on_request_only(self, X):
        assert not hasattr(sampler().fit(X), "plans_")
        plans = sampler(store_plans=True).fit(X, [0] * 4 + [1] * 8).plans_
        assert list(plans) == list(range(4, 12))
        assert all(isinstance(plan, StrokePlan) for plan in plans.values())

    def test_input_is_left_as_it_is(self, X):
        before = [x.copy() for x in X]
        for x in X:
            x.flags.writeable = False
        sampler().fit_transform(X)
        assert_same(X, before)

    def test_forms_of_input(self, X):
        expected = sampler().fit_transform(X).negatives
        frames = pd.Series([pd.DataFrame(x, columns=["x", "y", "t"]) for x in X])
        assert_same(sampler().fit_transform(frames).negatives, expected)
        assert_same(sampler().fit_transform(np.stack(X)).negatives, expected)

    def test_feature_names_and_output(self, X):
        fitted = sampler().fit(X)
        assert list(fitted.get_feature_names_out()) == ["x", "y", "t"]
        model = make_pipeline(sampler(), VelocityTransformer()).set_output(transform="pandas")
        assert isinstance(model.fit(X).transform(X), pd.Series)

    def test_stroke_column(self, X):
        rows = [np.column_stack([x, np.arange(len(x)) > 25]) for x in X]
        fitted = sampler()
        batch = fitted.fit_transform(rows)
        assert fitted.n_features_in_ == 4
        np.testing.assert_array_equal(batch.negatives[0][:, 3], rows[batch.source[0]][:, 3])

    def test_number_of_columns(self, X):
        with pytest.raises(ValueError, match="X has 4 features, but SigmaLognormal"):
            sampler().fit(X).transform([np.column_stack([x, x[:, 0]]) for x in X])


@pytest.mark.parametrize(
    ("params", "y", "error", "message"),
    [
        ({"human_label": 0}, None, ValueError, "label of their own"),
        ({}, [0] * 12, ValueError, "no row of human_label=1"),
        ({}, [1] * 5, ValueError, "5 labels for the 12"),
        ({"human_label": "h"}, ["h"] * 12, TypeError, "different types"),
        ({"n_negatives": 0}, None, ValueError, "n_negatives"),
        ({"n_negatives": "many"}, None, ValueError, "balance"),
        ({"strength": -1}, None, ValueError, "strength"),
        ({"mode": "both"}, None, ValueError, "mode"),
    ],
)
def test_what_is_refused(X, params, y, error, message):
    with pytest.raises(error, match=message):
        sampler(**params).fit(X, y)


def test_a_batch_is_refused(X):
    with pytest.raises(TypeError, match=r"pass X\.rows"):
        sampler().fit(SequenceBatch(X, X[:1], [0]))


class TestEvaluationSet:
    def test_groups_are_sources(self, X):
        both, y, groups = make_evaluation_set(X, n_negatives=2, random_state=0)
        np.testing.assert_array_equal(y, [1] * 12 + [0] * 24)
        for trajectory, group in zip(both, groups, strict=True):
            np.testing.assert_array_equal(trajectory[:, 2], X[group][:, 2])

    def test_groups_of_writers(self, X):
        writers = np.repeat(["a", "b", "c"], 4)
        _, _, groups = make_evaluation_set(X, groups=writers, random_state=0)
        np.testing.assert_array_equal(groups, np.tile(writers, 2))

    def test_wrong_number_of_groups(self, X):
        with pytest.raises(ValueError, match="groups has 3"):
            make_evaluation_set(X, groups=[1, 2, 3])
