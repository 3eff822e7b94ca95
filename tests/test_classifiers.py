"""What both classifiers promise beyond scikit-learn's checks: predictions and fits."""

import subprocess
import sys

import joblib
import numpy as np
import pytest
import torch
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.metrics import roc_auc_score

from sklearn_ffrnn import SequenceBatch

SETTINGS = [
    {},
    {"normalization": "layer_norm", "objective": "logistic"},
    {"pooling": "mean"},
    {"pooling": "last"},
    {"early_stopping": True, "validation_fraction": 0.3},
]


def assert_same_fit(first, second):
    for a, b in zip(first.network_.parameters(), second.network_.parameters(), strict=True):
        torch.testing.assert_close(a, b, rtol=0, atol=0)


class TestPredictions:
    @pytest.fixture(params=SETTINGS, ids=str)
    def classifier(self, request, make_classifier, three_classes, sequences):
        given = request.param
        if not given.keys() <= make_classifier().get_params().keys():
            pytest.skip("a parameter of the other classifier")
        return make_classifier(**given).fit(*(three_classes if not given else sequences))

    @pytest.mark.parametrize("method", ["decision_function", "predict_proba"])
    def test_depend_on_the_sample_alone(self, classifier, method, sequences):
        X, _ = sequences
        predict = getattr(classifier, method)
        together = predict(X)
        one_by_one = np.concatenate([predict([x]) for x in X])
        np.testing.assert_allclose(one_by_one, together, rtol=1e-6, atol=1e-6)
        order = np.random.default_rng(1).permutation(len(X))
        np.testing.assert_allclose(
            predict([X[i] for i in order]), together[order], rtol=1e-6, atol=1e-6
        )
        np.testing.assert_allclose(predict(X[7:9]), together[7:9], rtol=1e-6, atol=1e-6)

    def test_do_not_see_padding(self, classifier, sequences):
        X, _ = sequences
        padded = np.full((len(X), 40, 2), np.nan)
        for row, sequence in zip(padded, X, strict=True):
            row[: len(sequence)] = sequence
        np.testing.assert_allclose(
            classifier.predict_proba(padded), classifier.predict_proba(X), rtol=1e-6, atol=1e-6
        )

    def test_agree_with_each_other(self, classifier, sequences):
        X, _ = sequences
        probabilities = classifier.predict_proba(X)
        np.testing.assert_allclose(probabilities.sum(axis=1), 1)
        np.testing.assert_array_equal(
            classifier.predict(X), classifier.classes_[probabilities.argmax(axis=1)]
        )
        decision = classifier.decision_function(X)
        if decision.ndim == 1:
            np.testing.assert_allclose(1 / (1 + np.exp(-decision)), probabilities[:, 1])
        else:
            np.testing.assert_array_equal(decision.argmax(axis=1), probabilities.argmax(axis=1))

    def test_survive_a_new_process_bit_for_bit(self, classifier, sequences, tmp_path):
        X, _ = sequences
        joblib.dump((classifier, X), tmp_path / "model")
        code = (
            "import joblib, sys; model, X = joblib.load(sys.argv[1]);"
            "joblib.dump(model.predict_proba(X), sys.argv[2])"
        )
        paths = [str(tmp_path / "model"), str(tmp_path / "out")]
        subprocess.run([sys.executable, "-c", code, *paths], check=True, env=child_environment())
        np.testing.assert_array_equal(joblib.load(paths[1]), classifier.predict_proba(X))


def child_environment():
    import os
    from pathlib import Path

    import sklearn_ffrnn

    return {**os.environ, "PYTHONPATH": str(Path(sklearn_ffrnn.__file__).parents[1])}


class TestForwardForwardStages:
    @pytest.mark.parametrize("calibrate", [True, False])
    def test_last_stage_is_the_prediction(self, calibrate, make_ff, sequences, three_classes):
        for X, y in (sequences, three_classes):
            classifier = make_ff(hidden_layer_sizes=(8, 8, 8), calibrate=calibrate).fit(X, y)
            stages = list(classifier.staged_predict_proba(X))
            assert len(stages) == 3
            np.testing.assert_array_equal(stages[-1], classifier.predict_proba(X))
            assert np.abs(stages[0] - stages[-1]).max() > 1e-3
            for stage in stages:
                np.testing.assert_allclose(stage.sum(axis=1), 1)

    def test_shape_of_layer_goodness(self, make_ff, sequences, three_classes):
        X, y = sequences
        goodness = make_ff(goodness="mean").fit(X, y).layer_goodness(X)
        assert goodness.shape == (60, 2)
        assert (goodness >= 0).all()
        X, y = three_classes
        assert make_ff().fit(X, y).layer_goodness(X).shape == (60, 2, 3)

    def test_first_layers_do_not_know_how_many_follow(self, make_ff, sequences):
        X, y = sequences
        one, two = (make_ff(hidden_layer_sizes=sizes).fit(X, y) for sizes in [(8,), (8, 8)])
        first, same = (clf.layer_goodness(X)[:, 0] for clf in (one, two))
        np.testing.assert_allclose(first, same, rtol=1e-3, atol=1e-4)


class TestLearning:
    def test_two_classes(self, make_classifier, sequences):
        X, y = sequences
        classifier = make_classifier(max_iter=120).fit(X, y)
        assert roc_auc_score(y, classifier.decision_function(X)) > 0.95
        assert classifier.score(X, y) > 0.85
        assert classifier.loss_curve_[-1] < classifier.loss_curve_[0]

    def test_three_classes(self, make_classifier, three_classes):
        X, y = three_classes
        classifier = make_classifier(max_iter=150, learning_rate_init=0.005).fit(X, y)
        assert classifier.predict_proba(X).shape == (60, 3)
        assert classifier.decision_function(X).shape == (60, 3)
        assert classifier.score(X, y) > 0.6

    @pytest.mark.parametrize("n_classes", [2, 3])
    @pytest.mark.parametrize(
        "names",
        [["human", "machine", "other"], [-1.0, 0.0, 7.0], [10, 20, 30]],
        ids=["strings", "floats", "integers"],
    )
    def test_labels_of_any_kind(self, make_classifier, names, n_classes, sequences):
        X, _ = sequences
        y = np.arange(60) % n_classes
        named = np.array(names)[y]
        classifier = make_classifier(max_iter=3).fit(X, named)
        assert classifier.classes_.tolist() == names[:n_classes]
        assert classifier.predict(X).dtype == named.dtype
        plain = make_classifier(max_iter=3).fit(X, y)
        np.testing.assert_array_equal(classifier.predict(X), np.array(names)[plain.predict(X)])

    def test_float64(self, make_classifier, sequences):
        X, y = sequences
        classifier = make_classifier(dtype="float64").fit(X, y)
        assert {p.dtype for p in classifier.network_.parameters()} == {torch.float64}


class TestRandomness:
    @pytest.mark.parametrize(
        "settings", [{}, {"early_stopping": True, "validation_fraction": 0.3}, {"batch_size": 7}]
    )
    def test_random_state_repeats_a_fit(self, make_classifier, settings, sequences):
        dropout = {"dropout": 0.5} if "dropout" in make_classifier().get_params() else {}
        fits = [make_classifier(**settings, **dropout).fit(*sequences) for _ in range(2)]
        assert_same_fit(*fits)
        other = make_classifier(random_state=1).fit(*sequences)
        assert np.abs(other.predict_proba(sequences[0]) - fits[0].predict_proba(sequences[0])).max()

    def test_generator_objects_move_on(self, make_classifier, sequences):
        X, y = sequences
        state = np.random.RandomState(0)
        first, second = (make_classifier(random_state=state).fit(X, y) for _ in range(2))
        assert (first.predict_proba(X) != second.predict_proba(X)).any()

    def test_global_state_is_left_alone(self, make_classifier, sequences):
        def state():
            return (
                np.random.get_state()[1].tolist(),  # noqa: NPY002
                torch.get_rng_state().tolist(),
                torch.get_num_threads(), torch.get_default_dtype(), torch.is_grad_enabled(),
                torch.are_deterministic_algorithms_enabled(), np.geterr(),
            )

        before = state()
        classifier = make_classifier(early_stopping=True).fit(*sequences)
        classifier.predict(sequences[0])
        make_classifier(random_state=None, max_iter=1).partial_fit(*sequences)
        after = state()
        # Without a random_state numpy's global stream is what seeds, as everywhere in scikit-learn.
        assert before[1:] == after[1:]
        make_classifier().fit(*sequences)
        assert state()[0] == after[0]

    def test_global_settings_of_torch_do_not_matter(self, make_classifier, sequences):
        expected = make_classifier().fit(*sequences)
        torch.set_default_dtype(torch.float64)
        try:
            assert_same_fit(make_classifier().fit(*sequences), expected)
        finally:
            torch.set_default_dtype(torch.float32)


class TestWeights:
    def test_zero_weight_leaves_a_sample_out(self, make_classifier, sequences):
        X, y = sequences
        weight = (np.arange(60) < 40).astype(float)
        nonsense = [*X[:40], *(x * 1e3 for x in X[40:])]
        assert_same_fit(
            make_classifier().fit(nonsense, y, sample_weight=weight),
            make_classifier().fit(X[:40], y[:40]),
        )

    @pytest.mark.parametrize("scale", [2.0**-80, 2.0**80])
    def test_scale_of_weights_does_not_change_the_network(self, make_classifier, scale, sequences):
        weight = np.random.default_rng(0).uniform(1, 3, size=60)
        assert_same_fit(
            make_classifier().fit(*sequences, sample_weight=weight),
            make_classifier().fit(*sequences, sample_weight=weight * scale),
        )

    def test_class_weight_is_a_sample_weight(self, make_classifier, sequences):
        X, y = sequences
        by_class = make_classifier(class_weight={0: 1, 1: 5}).fit(X, y)
        by_sample = make_classifier().fit(X, y, sample_weight=np.where(y == 1, 5.0, 1.0))
        np.testing.assert_allclose(by_class.predict_proba(X), by_sample.predict_proba(X))
        plain = make_classifier().fit(X, y)
        assert by_class.predict_proba(X)[:, 1].mean() > plain.predict_proba(X)[:, 1].mean() + 0.05

    @pytest.mark.parametrize(
        ("weight", "message"),
        [
            (np.zeros(60), "non-zero"),
            (np.ones(59), r"sample_weight.shape == \(59,\)"),
            (-np.ones(60), "Negative values.*sample_weight"),
            (np.full(60, np.nan), "sample_weight contains NaN"),
            (np.arange(60) % 2, "one class only, 1"),
        ],
    )
    def test_mistakes(self, make_classifier, weight, message, sequences):
        with pytest.raises(ValueError, match=message):
            make_classifier().fit(*sequences, sample_weight=weight)


class TestNegativesOfABatch:
    def test_are_trained_on_with_their_parents_weight(self, make_classifier, sequences):
        X, _ = sequences
        humans, machines = [X[i] for i in range(1, 60, 2)], [X[i] for i in range(0, 60, 2)]
        weight = np.linspace(0.5, 2, 30)
        batch = SequenceBatch(humans, machines, np.arange(30)[::-1])
        carried = make_classifier().fit(batch, np.ones(30, dtype=int), sample_weight=weight)
        assert carried.n_negatives_ == 30
        assert carried.classes_.tolist() == [0, 1]
        plain = make_classifier().fit(
            [*humans, *machines], np.repeat([1, 0], 30),
            sample_weight=np.concatenate([weight, weight[::-1]]),
        )
        assert_same_fit(carried, plain)
        assert plain.n_negatives_ == 0
        # At prediction the batch is its rows.
        assert len(carried.predict(batch)) == 30

    def test_label_of_their_own(self, make_classifier, sequences):
        X, _ = sequences
        batch = SequenceBatch(X, X[:9], np.arange(9), negative_label="machine")
        classifier = make_classifier(max_iter=1).fit(batch, ["human"] * 60)
        assert classifier.classes_.tolist() == ["human", "machine"]

    @pytest.mark.parametrize(
        ("negatives", "label", "y", "error", "message"),
        [
            (0, 0, 1, ValueError, "one class only, 1.*SigmaLognormalNegativeSampler"),
            (3, 1, 1, ValueError, "one class only, 1.*another label"),
            (3, 0, "human", TypeError, "label 0.*'human'.*set negative_label"),
        ],
    )
    def test_mistakes(self, make_classifier, negatives, label, y, error, message, sequences):
        X, _ = sequences
        batch = SequenceBatch(X, X[:negatives], range(negatives), negative_label=label)
        with pytest.raises(error, match=message):
            make_classifier().fit(batch, [y] * 60)

    def test_other_channels(self, make_classifier, sequences):
        X, _ = sequences
        batch = SequenceBatch(X, [np.ones((4, 3))], [0])
        with pytest.raises(ValueError, match=r"X\.negatives have 3 channels.*2"):
            make_classifier().fit(batch, [1] * 60)


class TestMistakes:
    @pytest.mark.parametrize(
        ("y", "error", "message"),
        [
            (None, ValueError, "y.*None"),
            ([0] * 60, ValueError, "one class only, 0.*Add samples of another"),
            ([0, 1] * 29, ValueError, r"inconsistent numbers of samples: \[60, 58\]"),
            (np.linspace(0, 1, 60), ValueError, "continuous"),
            ([0, np.nan] * 30, ValueError, "y contains NaN.*sample 1; drop it"),
            (np.array(["a", None] * 30), ValueError, "y contains NaN.*sample 1"),
            (np.array(["a", 1] * 30, dtype=object), TypeError, r"y\[1\] is 1 where y\[0\] is 'a'"),
            (np.eye(2)[[0, 1] * 30], ValueError, "1d array"),
        ],
    )
    @pytest.mark.parametrize("form", ["sequences", "table"])
    def test_labels(self, make_classifier, y, error, message, form, sequences):
        X = sequences[0] if form == "sequences" else np.random.default_rng(0).normal(size=(60, 3))
        if form == "table" and y is not None and np.asarray(y).dtype.kind == "f":
            message = "NaN|continuous|1d array"  # scikit-learn's own words
        with pytest.raises(error, match=message):
            make_classifier().fit(X, y)

    def test_one_sample(self, make_classifier, sequences):
        with pytest.raises(ValueError, match="two classes"):
            make_classifier().fit(sequences[0][:1], [1])

    @pytest.mark.parametrize(
        ("parameter", "value"),
        [
            ("hidden_layer_sizes", ()), ("hidden_layer_sizes", (8, 0)),
            ("hidden_layer_sizes", (8.5,)), ("hidden_layer_sizes", "8"), ("batch_size", 0),
            ("max_iter", 0), ("learning_rate_init", 0), ("learning_rate", "step"), ("alpha", -1),
            ("max_grad_norm", 0), ("early_stopping", "yes"), ("validation_fraction", 1.0),
            ("device", "tpu"), ("dtype", "float16"), ("class_weight", "even"),
            ("class_weight", {0: -1, 1: 1}), ("random_state", "seed"), ("verbose", -1),
            ("callbacks", [print]), ("threshold", "high"), ("threshold", np.nan),
            ("threshold", ["a", "b"]), ("normalization", "batch"), ("goodness", "max"),
            ("objective", "mse"), ("pooling", "max"), ("dropout", 1.0),
        ],
    )
    def test_value_not_allowed(self, make_classifier, parameter, value, sequences):
        if parameter not in make_classifier().get_params():
            pytest.skip("a parameter of the other classifier")
        with pytest.raises((ValueError, TypeError), match=parameter):
            make_classifier(**{parameter: value}).fit(*sequences)

    @pytest.mark.parametrize(
        "method",
        [
            "predict", "predict_proba", "decision_function", "layer_goodness",
            "staged_predict_proba",
        ],
    )
    def test_unfitted(self, make_classifier, method, sequences):
        if not hasattr(make_classifier(), method):
            pytest.skip("a method of the other classifier")
        with pytest.raises(NotFittedError, match="not fitted yet"):
            list(getattr(make_classifier(), method)(sequences[0]))

    def test_other_channels_at_prediction(self, make_classifier, sequences):
        classifier = make_classifier(max_iter=1).fit(*sequences)
        with pytest.raises(ValueError, match=r"X has 3 features.*expecting 2.*channels"):
            classifier.predict([np.ones((4, 3))])

    @pytest.mark.parametrize("y", [[0] * 60, None])
    def test_failed_fit_leaves_the_model_as_it_was(self, make_classifier, y, sequences):
        X, good = sequences
        classifier = make_classifier().fit(X, good)
        before, state = classifier.predict_proba(X), set(vars(classifier))
        for refit in (classifier.fit, classifier.partial_fit):
            with pytest.raises(ValueError):
                refit([np.ones((3, 5))] * 60, y)
        assert classifier.n_features_in_ == 2
        assert set(vars(classifier)) == state
        np.testing.assert_array_equal(classifier.predict_proba(X), before)

    def test_failed_first_fit_leaves_it_unfitted(self, make_classifier, sequences):
        classifier = make_classifier()
        with pytest.raises(ValueError):
            classifier.fit(sequences[0], [0] * 60)
        assert not [name for name in vars(classifier) if name.endswith("_")]
        assert repr(clone(classifier)) == repr(classifier)
