"""A layer that has died or turned round is named, and the others decide without it."""

import warnings

import numpy as np
import onnxruntime
import pytest
import torch
from skorch.callbacks import Callback

from sklearn_ffrnn import FFRNNClassifier


def separable(n=120, n_classes=2, seed=0):
    rng = np.random.default_rng(seed)
    y = np.arange(n) % n_classes
    return rng.normal(size=(n, 6, 2)) * (1 + 2 * y)[:, None, None], y


class Break(Callback):
    """Kill a layer, or turn its halves round, in the last epoch."""

    def __init__(self, fault, layer):
        self.fault, self.layer = fault, layer

    @torch.no_grad()
    def on_train_end(self, net, **_):
        layer = net.module_.layers[self.layer].recurrent
        if self.fault == "dead":
            layer.w_x.zero_()
            layer.w_h.zero_()
            layer.bias.zero_()
        else:
            half = layer.n_units // 2
            order = torch.cat([torch.arange(half, 2 * half), torch.arange(half)])
            for weight in (layer.w_x, layer.bias):
                weight.copy_(weight[order])
            layer.w_h.copy_(layer.w_h[order][:, order])


def fit_broken(fault, layer, X, y, **settings):
    classifier = FFRNNClassifier(
        (16, 16, 16), max_iter=60, random_state=0, callbacks=[Break(fault, layer)], **settings
    )
    with pytest.warns(UserWarning, match=f"Layer {layer} is {fault}:.*Lower learning_rate_init"):
        return classifier.fit(X, y)


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize(("fault", "layer"), [("dead", 2), ("inverted", 2)])
def test_the_others_decide(fault, layer, n_classes, tmp_path):
    X, y = separable(n_classes=n_classes)
    classifier = fit_broken(fault, layer, X, y)
    assert classifier.score(X, y) > 0.8
    # The verdict is that of the two layers before, everywhere that one is given.
    expected = classifier.predict_proba(X)
    stages = list(classifier.staged_predict_proba(X))
    np.testing.assert_allclose(stages[1], expected)
    over_time = classifier.predict_proba_over_time(X)[:, -1]
    np.testing.assert_allclose(over_time, expected[:, 1] if n_classes == 2 else expected)
    classifier.to_onnx(tmp_path / "model.onnx")
    session = onnxruntime.InferenceSession(tmp_path / "model.onnx")
    inputs = {"steps": X.astype(np.float32), "lengths": np.full(len(X), 6)}
    # single precision through a slope of tens
    np.testing.assert_allclose(session.run(None, inputs)[0], expected, atol=1e-4)


def test_sound_layers_are_not_complained_about():
    X, y = separable()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        FFRNNClassifier((8, 8), max_iter=20, random_state=0).fit(X, y)


def test_samples_of_weight_zero_put_no_layer_at_fault():
    X, y = separable()
    # Three times as many with the opposite labels would make every layer look inverted.
    X, labels = np.tile(X, (4, 1, 1)), np.r_[y, np.tile(1 - y, 3)]
    weight = np.repeat([1.0, 0.0], [len(y), 3 * len(y)])
    classifier = FFRNNClassifier((8, 8), max_iter=20, early_stopping=False, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        classifier.fit(X, labels, sample_weight=weight)


def test_a_network_without_a_sound_layer_keeps_them_all():
    X, y = separable()
    classifier = FFRNNClassifier((8,), max_iter=20, random_state=0, callbacks=[Break("dead", 0)])
    with pytest.warns(UserWarning, match=r"Layer 0 is dead.*No layer is sound"):
        classifier.fit(X, y)
    assert np.isfinite(classifier.predict_proba(X)).all()
