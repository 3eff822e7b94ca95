"""What the classifiers say about what they can't take, and that nothing is lost by it."""

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from skorch.callbacks import Callback

from sklearn_ffrnn import SequenceBatch


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
def test_bad_labels(make_classifier, y, error, message, form, sequences):
    X = sequences[0] if form == "sequences" else np.random.default_rng(0).normal(size=(60, 3))
    if form == "table" and y is not None and np.asarray(y).dtype.kind == "f":
        message = "NaN|continuous|1d array"  # scikit-learn's own words
    with pytest.raises(error, match=message):
        make_classifier().fit(X, y)


def test_one_sample(make_classifier, sequences):
    with pytest.raises(ValueError, match="two classes"):
        make_classifier().fit(sequences[0][:1], [1])


@pytest.mark.parametrize("form", ["sequences", "table"])
@pytest.mark.parametrize("dtype", ["Int64", "int64[pyarrow]", "boolean", "string[pyarrow]"])
def test_missing_nullable_label_is_named(make_classifier, dtype, form, sequences):
    if "pyarrow" in dtype:
        pytest.importorskip("pyarrow", reason='pip install "sklearn-ffrnn[parquet]"')
    labels = ["a", "b"] if "string" in dtype else [0, 1]
    y = pd.Series([*labels, None] * 20, dtype=dtype)
    X = sequences[0] if form == "sequences" else np.zeros((60, 3))
    with pytest.raises(ValueError, match=r"y contains NaN.*sample 2; drop it"):
        make_classifier().fit(X, y)


@pytest.mark.parametrize(
    ("name", "parameter", "value"),
    [
        ("FF", "hidden_layer_sizes", ()),
        ("FF", "hidden_layer_sizes", (8, 0)),
        ("FF", "hidden_layer_sizes", (8.5,)),
        ("BPTT", "hidden_layer_sizes", "8"),
        ("FF", "batch_size", 0),
        ("BPTT", "max_iter", 0),
        ("FF", "learning_rate_init", 0),
        ("BPTT", "learning_rate", "step"),
        ("FF", "alpha", -1),
        ("FF", "max_grad_norm", 0),
        ("FF", "early_stopping", "yes"),
        ("BPTT", "validation_fraction", 1.0),
        ("FF", "device", "tpu"),
        ("FF", "dtype", "float16"),
        ("FF", "class_weight", "even"),
        ("BPTT", "class_weight", {0: -1, 1: 1}),
        ("FF", "random_state", "seed"),
        ("FF", "verbose", -1),
        ("BPTT", "callbacks", [print]),
        ("FF", "threshold", "high"),
        ("FF", "threshold", np.nan),
        ("FF", "threshold", ["a", "b"]),
        ("FF", "normalization", "batch"),
        ("FF", "goodness", "max"),
        ("FF", "objective", "mse"),
        ("BPTT", "pooling", "max"),
        ("BPTT", "dropout", 1.0),
    ],
    ids=str,
)
def test_value_not_allowed(make, name, parameter, value, sequences):
    with pytest.raises((ValueError, TypeError), match=parameter):
        make(name, **{parameter: value}).fit(*sequences)


@pytest.mark.parametrize(
    ("name", "method"),
    [
        ("FF", "predict"),
        ("FF", "predict_proba"),
        ("FF", "decision_function"),
        ("FF", "layer_goodness"),
        ("FF", "staged_predict_proba"),
        ("BPTT", "predict"),
    ],
)
def test_unfitted(make, name, method, sequences):
    with pytest.raises(NotFittedError, match="not fitted yet"):
        list(getattr(make(name), method)(sequences[0]))


def test_other_channels_at_prediction(make_classifier, sequences):
    classifier = make_classifier(max_iter=1).fit(*sequences)
    with pytest.raises(ValueError, match=r"X has 3 features.*expecting 2.*channels"):
        classifier.predict([np.ones((4, 3))])


def test_huge_values_saturate(make_classifier, sequences):
    X, y = sequences
    classifier = make_classifier(max_iter=1).fit(X, y)
    assert np.isfinite(classifier.predict_proba([X[0], X[1] * 1e30])).all()
    for learn in (classifier.fit, classifier.partial_fit):
        with pytest.warns(UserWarning, match=r"X\[1\] holds values up to .*[Ss]cale it") as caught:
            learn([X[0], X[1] * 1e30, *X[2:]], y)
        assert {warning.filename for warning in caught if "holds" in str(warning.message)} == {
            __file__
        }


def test_values_that_overflow_at_prediction(make_ff, sequences):
    X, y = sequences
    classifier = make_ff(max_iter=1, n_differences=0).fit(X, y)
    huge = [X[0], np.full((3, 2), 3e38), X[2]]
    for use in (classifier.predict, lambda X: classifier.fit(X, [0, 1, 0])):
        with pytest.raises(ValueError, match=r"X\[1\] holds values too large.*float32.*3\.4e\+32"):
            use(huge)
    assert np.isfinite(classifier.decision_function([X[0], np.full((3, 2), 3e32)])).all()


def test_scores_that_are_not_finite(make_ff, sequences):
    X, y = sequences
    classifier = make_ff(max_iter=1).fit(X, y)
    with torch.no_grad():
        classifier.network_.layers[0].theta.fill_(torch.inf)
    with pytest.raises(ValueError, match=r"X\[0\] gives a score that is not finite"):
        classifier.predict(X)


@pytest.mark.parametrize("y", [[0] * 60, None])
def test_failed_fit_leaves_the_model_as_it_was(make_classifier, y, sequences):
    X, good = sequences
    classifier = make_classifier().fit(X, good)
    before, state = classifier.predict_proba(X), set(vars(classifier))
    for refit in (classifier.fit, classifier.partial_fit):
        with pytest.raises(ValueError):
            refit([np.ones((3, 5))] * 60, y)
    assert classifier.n_features_in_ == 2
    assert set(vars(classifier)) == state
    np.testing.assert_array_equal(classifier.predict_proba(X), before)


class Failure(Callback):
    def on_epoch_end(self, net, **_):
        raise RuntimeError("in the middle of training")


@pytest.mark.parametrize("warm_start", [False, True])
def test_failure_in_training_leaves_the_model_as_it_was(make_classifier, warm_start, sequences):
    X, y = sequences
    classifier = make_classifier(warm_start=warm_start).fit(X, y)
    before, state = classifier.predict_proba(X), dict(vars(classifier))
    batch = SequenceBatch(X, X[:5], np.arange(5))
    classifier.callbacks = state["callbacks"] = [Failure()]
    for refit in (classifier.fit, classifier.partial_fit):
        with pytest.raises(RuntimeError, match="middle"):
            refit(batch, y)
        assert all(vars(classifier)[name] is value for name, value in state.items())
        np.testing.assert_array_equal(classifier.predict_proba(X), before)


def test_failed_first_fit_leaves_it_unfitted(make_classifier, sequences):
    classifier = make_classifier()
    with pytest.raises(ValueError):
        classifier.fit(sequences[0], [0] * 60)
    assert not [name for name in vars(classifier) if name.endswith("_")]
    assert repr(clone(classifier)) == repr(classifier)
