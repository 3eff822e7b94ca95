"""What both classifiers promise beyond scikit-learn's checks: predictions and fits."""

import os
import pickle
import subprocess
import sys
from pathlib import Path

import joblib
import numpy as np
import pytest
import torch
from sklearn.metrics import roc_auc_score

import sklearn_ffrnn
from sklearn_ffrnn import SequenceBatch

HELD_OUT = {"early_stopping": True, "validation_fraction": 0.3}
FITTED = [
    ("FF", {}, 2),
    ("FF", {}, 3),
    ("FF", {"normalization": "layer_norm", "objective": "logistic"}, 2),
    ("FF", HELD_OUT, 2),
    ("BPTT", {}, 2),
    ("BPTT", {}, 3),
    ("BPTT", {"pooling": "mean"}, 2),
    ("BPTT", {"pooling": "last"}, 2),
    ("BPTT", HELD_OUT, 2),
]


def assert_same_fit(first, second):
    for a, b in zip(first.network_.parameters(), second.network_.parameters(), strict=True):
        torch.testing.assert_close(a, b, rtol=0, atol=0)


class TestPredictions:
    @pytest.fixture(params=FITTED, ids=str)
    def classifier(self, request, make, three_classes, sequences):
        name, settings, n_classes = request.param
        return make(name, **settings).fit(*(sequences if n_classes == 2 else three_classes))

    @pytest.mark.parametrize("method", ["decision_function", "predict_proba"])
    def test_depend_on_the_sample_alone(self, classifier, method, sequences):
        X, _ = sequences
        predict = getattr(classifier, method)
        together = predict(X)
        one_by_one = np.concatenate([predict([x]) for x in X])
        # Products of other sizes are added up in another order: some roundings of single
        # precision (6e-8), times ten in the log ratio and times the calibration's slope.
        tolerance = {"rtol": 1e-5, "atol": 1e-5}
        np.testing.assert_allclose(one_by_one, together, **tolerance)
        order = np.random.default_rng(1).permutation(len(X))
        np.testing.assert_allclose(predict([X[i] for i in order]), together[order], **tolerance)
        np.testing.assert_allclose(predict(X[7:9]), together[7:9], **tolerance)

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


def test_saved_models_predict_the_same_in_a_new_process(make, sequences, three_classes, tmp_path):
    # Which imports neither numba before a layer is computed nor matplotlib before it draws.
    X, _ = sequences
    models = [
        make(name, **settings).fit(*(sequences if n_classes == 2 else three_classes))
        for name, settings, n_classes in FITTED
    ]
    joblib.dump((models, X), tmp_path / "models")
    code = (
        "import joblib, sys; models, X = joblib.load(sys.argv[1]);"
        "assert 'numba' not in sys.modules;"
        "joblib.dump([m.predict_proba(X) for m in models], sys.argv[2]);"
        "import sklearn_ffrnn.inspection; assert 'matplotlib' not in sys.modules"
    )
    paths = [str(tmp_path / "models"), str(tmp_path / "probabilities")]
    here = str(Path(sklearn_ffrnn.__file__).parents[1])
    subprocess.run(
        [sys.executable, "-c", code, *paths], check=True, env={**os.environ, "PYTHONPATH": here}
    )
    for model, loaded in zip(models, joblib.load(paths[1]), strict=True):
        np.testing.assert_array_equal(loaded, model.predict_proba(X))


def test_pickling_leaves_the_model_as_it_was(make_classifier, sequences):
    X, y = sequences
    model, untouched = (make_classifier().partial_fit(X, y) for _ in range(2))
    pickle.dumps(model)
    assert model.device_ == untouched.device_
    for one in (model, untouched):
        one.partial_fit(X, y)
    np.testing.assert_array_equal(model.predict_proba(X), untouched.predict_proba(X))


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

    def test_numpy_numbers_as_parameters(self, make_classifier, sequences):
        given = {"batch_size": np.int32(7), "max_iter": np.int64(2), "alpha": np.float32(0)}
        assert make_classifier(**given).fit(*sequences).n_iter_ == 2

    def test_float64(self, make_classifier, sequences):
        X, y = sequences
        classifier = make_classifier(dtype="float64").fit(X, y)
        assert {p.dtype for p in classifier.network_.parameters()} == {torch.float64}


class TestRandomness:
    @pytest.mark.parametrize("settings", [{}, HELD_OUT, {"batch_size": 7}], ids=str)
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
                np.random.get_state()[1].tolist(),  # noqa: NPY002 - the legacy stream is tested
                torch.get_rng_state().tolist(),
                torch.get_num_threads(),
                torch.get_default_dtype(),
                torch.is_grad_enabled(),
                torch.are_deterministic_algorithms_enabled(),
                np.geterr(),
            )

        before = state()
        make_classifier(**HELD_OUT).fit(*sequences).predict(sequences[0])
        make_classifier(max_iter=1).partial_fit(*sequences)
        assert state() == before
        # Without a random_state numpy's global stream seeds, as everywhere in scikit-learn.
        make_classifier(random_state=None, max_iter=1).fit(*sequences)
        assert state()[1:] == before[1:]

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
        weighted = make_classifier().fit(nonsense, y, sample_weight=weight)
        without = make_classifier().fit(X[:40], y[:40])
        np.testing.assert_allclose(
            weighted.predict_proba(X), without.predict_proba(X), rtol=1e-5, atol=1e-6
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
            [*humans, *machines],
            np.repeat([1, 0], 30),
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
