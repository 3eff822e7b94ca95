"""scikit-learn's own checks, and what they ask in the same spirit of a transformer of movements."""

import pickle

import numpy as np
import pytest
from sklearn import config_context
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.utils.estimator_checks import estimator_checks_generator, parametrize_with_checks

from sklearn_ffrnn import BPTTRNNClassifier, FFRNNClassifier, SequenceBatch, VelocityTransformer
from tests.helpers import shorten_training

# At their defaults, which is what users get.
ESTIMATORS = [FFRNNClassifier(), BPTTRNNClassifier()]


@pytest.mark.slow
@parametrize_with_checks(ESTIMATORS)
def test_scikit_learn_check(estimator, check, monkeypatch):
    shorten_training(check, monkeypatch)
    check(estimator)


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=lambda e: type(e).__name__)
def test_no_tag_opts_out_of_the_checks(estimator):
    assert len(list(estimator_checks_generator(estimator))) >= 60


@pytest.fixture(
    params=[
        {},
        {"scale": "sequence", "max_length": "mean"},
        {"scale": None, "max_length": 4, "resample": 7.0},
    ],
    ids=str,
)
def transformer(request):
    return VelocityTransformer(**request.param)


class TestVelocityTransformer:
    def test_clone_and_parameters(self, transformer, movements):
        transformer.fit(movements[0])
        copy = clone(transformer)
        assert copy.get_params() == transformer.get_params()
        assert not [name for name in vars(copy) if name.endswith("_")]
        assert transformer.set_params(scale=None).scale is None

    def test_fit_changes_no_parameter_and_returns_the_transformer(self, transformer, movements):
        before = transformer.get_params()
        assert transformer.fit(*movements) is transformer
        assert transformer.get_params() == before

    def test_pickle(self, transformer, movements):
        expected = transformer.fit_transform(movements[0])
        loaded = pickle.loads(pickle.dumps(transformer))
        np.testing.assert_array_equal(loaded.transform(movements[0]), expected)

    def test_fit_is_idempotent_and_same_as_fit_transform(self, transformer, movements):
        X, y = movements
        first = transformer.fit(X, y).transform(X)
        np.testing.assert_array_equal(transformer.fit(X).transform(X), first)
        np.testing.assert_array_equal(clone(transformer).fit_transform(X, y), first)

    def test_subset_invariance(self, transformer, movements):
        X, _ = movements
        together = transformer.fit(X).transform(X)
        for movement, expected in zip(X, together, strict=True):
            alone = transformer.transform([movement])[0]
            np.testing.assert_array_equal(alone, expected[: len(alone)])
            assert np.isnan(expected[len(alone) :]).all()

    def test_order_invariance(self, transformer, movements):
        X, _ = movements
        order = np.random.default_rng(0).permutation(len(X))
        together = transformer.fit(X).transform(X)
        shuffled = transformer.transform([X[i] for i in order])
        np.testing.assert_array_equal(shuffled, together[order])

    def test_input_is_read_only_and_left_as_it_is(self, transformer, movements):
        X = [movement.copy() for movement in movements[0]]
        for movement in X:
            movement.flags.writeable = False
        transformer.fit(X).transform(X)
        for movement, original in zip(X, movements[0], strict=True):
            np.testing.assert_array_equal(movement, original)

    def test_output_is_the_users_own(self, movements):
        # Without scaling, nothing must be left that writes through to the fitted state or input.
        X, _ = movements
        transformer = VelocityTransformer(scale=None).fit(X)
        first = transformer.transform(X)
        expected = first.copy()
        first[:] = 0
        np.testing.assert_array_equal(transformer.transform(X), expected)

    def test_unfitted(self, transformer, movements):
        for use in (lambda: transformer.transform(movements[0]), transformer.get_feature_names_out):
            with pytest.raises(NotFittedError):
                use()

    def test_number_of_columns(self, movements):
        X, _ = movements
        transformer = VelocityTransformer().fit(X)
        assert transformer.n_features_in_ == 3
        with_strokes = [np.column_stack([m, np.zeros(len(m))]) for m in X]
        with pytest.raises(ValueError, match=r"X has 4 features.*expecting 3 features"):
            transformer.transform(with_strokes)
        assert VelocityTransformer().fit(with_strokes).n_features_in_ == 4

    def test_feature_names(self, movements):
        transformer = VelocityTransformer().fit(movements[0])
        names = transformer.get_feature_names_out()
        assert names.dtype == object
        assert names.tolist() == ["velocity_x", "velocity_y"]
        assert transformer.get_feature_names_out(["x", "y", "t"]).tolist() == names.tolist()
        with pytest.raises(ValueError, match="input_features"):
            transformer.get_feature_names_out(["x"])

    @pytest.mark.parametrize("by", ["method", "config"])
    def test_set_output(self, by, movements):
        X, _ = movements
        transformer = VelocityTransformer(max_length=5).fit(X)
        expected = transformer.transform(X)
        if by == "method":
            frames = clone(transformer).set_output(transform="pandas").fit(X).transform(X)
            with pytest.raises(ValueError, match="polars"):
                transformer.set_output(transform="polars")
        else:
            with config_context(transform_output="pandas"):
                frames = transformer.transform(X)
        assert len(frames) == len(X)
        for frame, padded in zip(frames, expected, strict=True):
            assert list(frame.columns) == ["velocity_x", "velocity_y"]
            np.testing.assert_array_equal(frame, padded[: len(frame)])
            assert len(frame) == np.isfinite(padded[:, 0]).sum()

    def test_batch_of_negatives_keeps_their_sources(self, transformer, movements):
        X, _ = movements
        batch = SequenceBatch(X, X[5:8], [0, 0, 3], negative_label="machine")
        out = transformer.fit_transform(batch)
        assert out.source.tolist() == [0, 0, 3]
        assert out.negative_label == "machine"
        np.testing.assert_array_equal(out.rows, clone(transformer).fit(X).transform(X))
