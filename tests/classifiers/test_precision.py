"""Precision and devices: what a bfloat16 or a GPU may change, and what not."""

import io

import joblib
import numpy as np
import pytest
import torch
from sklearn.metrics import roc_auc_score

from sklearn_ffrnn import BPTTRNNClassifier, FFRNNClassifier
from tests.helpers import labelled_noise

CLASSIFIERS = [FFRNNClassifier, BPTTRNNClassifier]
on_gpu = pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")


def make(kind, **settings):
    return kind((16, 16), **{"max_iter": 3, "random_state": 0, **settings})


@pytest.mark.parametrize("kind", CLASSIFIERS)
class TestMixedPrecision:
    def test_stays_close_to_single_precision(self, kind):
        X, y = labelled_noise(120)
        single, mixed = (
            make(kind, calibrate=False, dtype=dtype).fit(X, y)
            for dtype in ("float32", "mixed_bfloat16")
        )
        difference = single.decision_function(X) - mixed.decision_function(X)
        assert 0 < np.abs(difference).max() < 0.1 * np.ptp(single.decision_function(X))

    def test_weights_and_what_is_judged_stay_in_single_precision(self, kind):
        X, y = labelled_noise(20)
        classifier = make(kind, dtype="mixed_bfloat16").fit(X, y)
        tensors = classifier.network_.state_dict().values()
        assert torch.bfloat16 not in {tensor.dtype for tensor in tensors}
        assert len(np.unique(classifier.decision_function(X))) == 20  # bfloat16 would tie


@pytest.mark.parametrize("normalization", ["standardize", "layer_norm", None])
@pytest.mark.parametrize("goodness", ["log_ratio", "sum"])
def test_forward_forward_learns_in_mixed_precision(normalization, goodness):
    X, y = labelled_noise(120)
    settings = {"normalization": normalization, "goodness": goodness}
    classifier = make(FFRNNClassifier, dtype="mixed_bfloat16", max_iter=10, **settings)
    weight = np.linspace(0.5, 1, len(y))
    decision = classifier.fit(X, y, sample_weight=weight).decision_function(X)
    assert roc_auc_score(y, decision) > 0.9


@on_gpu
@pytest.mark.parametrize("kind", CLASSIFIERS)
class TestGPU:
    def test_scores_are_the_cpus(self, kind):
        X, y = labelled_noise(120)
        classifier = make(kind, device="cpu").fit(X, y)
        on_cpu = classifier.predict_proba(X)
        classifier.network_.to("cuda")
        classifier.device_ = torch.device("cuda")
        np.testing.assert_allclose(classifier.predict_proba(X), on_cpu, atol=1e-4)

    def test_first_epoch_is_the_cpus(self, kind):
        X, y = labelled_noise(120)
        losses = [
            make(kind, device=device, max_iter=1).fit(X, y).loss_curve_
            for device in ("cpu", "cuda")
        ]
        np.testing.assert_allclose(*losses, rtol=1e-3)


@on_gpu
@pytest.mark.parametrize("kind", CLASSIFIERS)
class TestModelFromGPU:
    def test_pickled_model_goes_on_on_the_gpu(self, kind):
        X, y = labelled_noise(120)
        classifier = make(kind, device="cuda").fit(X, y)
        file = io.BytesIO()
        joblib.dump(classifier, file)
        file.seek(0)
        again = joblib.load(file)
        assert again.device_.type == "cuda"
        np.testing.assert_array_equal(again.predict_proba(X), classifier.predict_proba(X))

    def test_mixed_precision(self, kind):
        X, y = labelled_noise(120)
        classifier = make(kind, device="cuda", dtype="mixed_bfloat16", max_iter=20).fit(X, y)
        assert roc_auc_score(y, classifier.decision_function(X)) > 0.9
