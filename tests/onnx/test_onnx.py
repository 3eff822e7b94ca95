"""Exported graphs, run by onnxruntime, against the classifiers themselves."""

import json
import sys

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import make_pipeline

from sklearn_ffrnn import BPTTRNNClassifier, FFRNNClassifier, VelocityTransformer

onnxruntime = pytest.importorskip("onnxruntime")
pytest.importorskip("spox")

FF = [
    {},
    {"n_differences": 0},
    {"normalization": "layer_norm", "goodness": "mean"},
    {"normalization": None, "goodness": "sum", "threshold": [3.0, 4.0]},
    {"goodness": "mean", "threshold": "auto", "objective": "logistic"},
    {"goodness": "sum", "threshold": (6.0, [2.0, 1.0])},
    {"calibrate": False},
    {"dtype": "float64"},
]
BPTT = [{"pooling": pooling} for pooling in ("flatten", "mean", "last")]
SETTINGS = [(FFRNNClassifier, s) for s in FF] + [(BPTTRNNClassifier, s) for s in BPTT]


def tiny(cls, **settings):
    # An odd number of units, which the log ratio can't halve.
    defaults = {"hidden_layer_sizes": (5, 4), "max_iter": 20, "learning_rate_init": 0.02}
    return cls(**{**defaults, "random_state": 0, **settings})


def judge(path, X):
    """Pad the sequences with what isn't a number, and let onnxruntime judge them."""
    lengths = np.array([len(x) for x in X])
    steps = np.full((len(X), lengths.max(), np.shape(X[0])[1]), np.nan, dtype=np.float32)
    for row, x in zip(steps, X, strict=True):
        row[: len(x)] = x
    return run(path, steps, lengths)


def run(path, steps, lengths):
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    return session.run(["probabilities"], {"steps": steps, "lengths": lengths})[0]


def named(value):
    return getattr(value, "__name__", str(value))


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize(
    ("cls", "settings"), SETTINGS, ids=lambda value: getattr(value, "__name__", str(value))
)
def test_same_probabilities(cls, settings, n_classes, sequences, three_classes, tmp_path):
    X, y = sequences if n_classes == 2 else three_classes
    model = tiny(cls, **settings).fit(X, y)
    path = tmp_path / "model.onnx"
    model.to_onnx(path)
    longer = [np.concatenate([X[0], X[1], X[2]]), X[3]]  # than any that was learnt from
    for batch in (X, X[:1], [X[0][:1], X[1][:2]], longer):
        np.testing.assert_allclose(judge(path, batch), model.predict_proba(batch), atol=1e-5)
    assert np.ptp(model.predict_proba(X)[:, 0]) > 0.02


def test_units_saturate_as_they_do_here(sequences, tmp_path):
    X, y = sequences
    model = tiny(FFRNNClassifier, calibrate=False).fit(X, y)
    for layer in model.network_.layers:
        # Activities double at every step, until they are cut.
        layer.recurrent.w_h.data.abs_().add_(1)
    path = tmp_path / "model.onnx"
    model.to_onnx(path)
    huge = [np.full((60, 2), 1e3), np.full((40, 2), 1.0)]
    np.testing.assert_allclose(judge(path, huge), model.predict_proba(huge), atol=1e-5)


def test_a_table_is_sequences_of_one_step(tmp_path):
    X = np.random.default_rng(0).normal(size=(40, 3))
    model = tiny(FFRNNClassifier).fit(X, X[:, 0] > 0)
    path = tmp_path / "model.onnx"
    model.to_onnx(path)
    np.testing.assert_allclose(judge(path, X[:, None]), model.predict_proba(X), atol=1e-5)


def test_after_the_steps_of_a_pipeline(movements, tmp_path):
    X, y = movements
    model = make_pipeline(VelocityTransformer(), tiny(FFRNNClassifier)).fit(X, y)
    path = tmp_path / "model.onnx"
    model[-1].to_onnx(path)
    steps = model[:-1].transform(X)
    lengths = (~np.isnan(steps[:, :, 0])).sum(axis=1)
    np.testing.assert_allclose(run(path, steps, lengths), model.predict_proba(X), atol=1e-5)


def test_file_names_the_classes(sequences, tmp_path):
    X, y = sequences
    path = tmp_path / "model.onnx"
    tiny(FFRNNClassifier).fit(X, np.array(["bot", "human"])[y]).to_onnx(path)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    properties = session.get_modelmeta().custom_metadata_map
    assert json.loads(properties["classes"]) == ["bot", "human"]


def test_wants_a_fitted_classifier(tmp_path):
    with pytest.raises(NotFittedError):
        tiny(FFRNNClassifier).to_onnx(tmp_path / "model.onnx")


@pytest.mark.parametrize("package", ["onnx", "spox"])
def test_says_what_to_install(package, sequences, tmp_path, monkeypatch):
    model = tiny(FFRNNClassifier).fit(*sequences)
    for name in [name for name in sys.modules if name.startswith("sklearn_ffrnn._onnx")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ImportError, match=r"pip install 'sklearn-ffrnn\[onnx\]'"):
        model.to_onnx(tmp_path / "model.onnx")
