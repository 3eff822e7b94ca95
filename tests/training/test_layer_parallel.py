"""Layers in processes of their own learn what they learn in turn."""

import numpy as np
import pytest
import torch

from sklearn_ffrnn import FFRNNClassifier
from tests.helpers import labelled_noise


def make(**settings):
    settings = {"max_iter": 4, "batch_size": 16, "random_state": 0, **settings}
    return FFRNNClassifier(hidden_layer_sizes=(8, 6), **settings)


@pytest.mark.parametrize(
    "settings",
    [
        {"early_stopping": True, "validation_fraction": 0.3},
        {"goodness": "mean", "objective": "logistic", "threshold": "auto", "weighted": True},
        {"n_classes": 3, "normalization": "layer_norm", "max_grad_norm": None},
    ],
    ids=["held out", "weighted", "three classes"],
)
def test_the_result_is_the_same(settings):
    settings = dict(settings)
    X, y = labelled_noise(60, settings.pop("n_classes", 2))
    weighted = settings.pop("weighted", False)
    weight = np.linspace(0.5, 2, len(y)) if weighted else None
    in_turn, at_once = (
        make(layer_parallel=parallel, warm_start=True, **settings) for parallel in (False, True)
    )
    # A second fit goes on from the first: the optimisers' states have to come back, too.
    for _ in range(2 if weighted else 1):
        in_turn.fit(X, y, sample_weight=weight)
        at_once.fit(X, y, sample_weight=weight)
        np.testing.assert_array_equal(at_once.loss_curve_, in_turn.loss_curve_)
        np.testing.assert_allclose(
            at_once.decision_function(X), in_turn.decision_function(X), rtol=1e-5, atol=1e-5
        )
        np.testing.assert_allclose(at_once.threshold_, in_turn.threshold_)
        assert at_once.history_[0].keys() == in_turn.history_[0].keys()


@pytest.mark.parametrize("layer", [0, 1])
def test_an_error_in_a_worker_is_the_callers(layer):
    X, y = labelled_noise(60)
    classifier = make(layer_parallel=True, max_iter=2, warm_start=True).fit(X, y)
    network = classifier.network_
    weights = network.layers[layer].recurrent.w_x
    weights.data = weights.data[:, :1]  # reads too little
    with pytest.raises(RuntimeError, match="shape"):
        classifier.fit(X, y)
    assert classifier.network_ is network


def test_only_on_the_cpu():
    with pytest.raises(ValueError, match="layer_parallel=True trains on the CPU"):
        make(layer_parallel=True)._trains_in_parallel(torch.device("cuda"))
