"""Ctrl-C in the middle of training: what was learnt by then makes a model."""

import os
import signal
import threading

import numpy as np
import pytest
import torch
from skorch.callbacks import Callback

from tests.helpers import weights

HELD_OUT = {"early_stopping": True, "validation_fraction": 0.25}


class CtrlC(Callback):
    """Interrupts in a training or validation batch of an epoch, as the signal would."""

    def __init__(self, epoch, batch, training=True):
        self.epoch, self.batch, self.training = epoch, batch, training

    def on_epoch_begin(self, net, **_):
        self.batches = 0

    def on_batch_begin(self, net, training, **_):
        self.batches += training == self.training
        if len(net.history) == self.epoch and self.batches == self.batch:
            raise KeyboardInterrupt


def assert_usable(classifier, X, n_iter):
    assert classifier.n_iter_ == len(classifier.loss_curve_) == n_iter
    assert np.isfinite(classifier.predict_proba(X)).all()
    assert np.isfinite(classifier.loss_curve_).all()


@pytest.mark.parametrize("settings", [{}, HELD_OUT], ids=["no held-out part", "held out"])
@pytest.mark.parametrize("epoch", [1, 3])
def test_in_an_epoch(make_classifier, epoch, settings, sequences):
    # Of a rate that does not depend on how many epochs there are to be.
    settings = {"batch_size": 16, "learning_rate": "constant", **settings}
    classifier = make_classifier(callbacks=[CtrlC(epoch, 2)], **settings)
    with pytest.warns(UserWarning, match=f"interrupted in epoch {epoch};.*Call fit again"):
        classifier.fit(*sequences)
    assert_usable(classifier, sequences[0], n_iter=epoch - 1)
    if "early_stopping" in settings and epoch > 1:  # the best epoch is restored
        whole = make_classifier(max_iter=epoch - 1, **settings).fit(*sequences)
        torch.testing.assert_close(weights(classifier), weights(whole), rtol=0, atol=0)
    classifier.set_params(callbacks=None, warm_start=True, max_iter=2).fit(*sequences)
    assert_usable(classifier, sequences[0], n_iter=2)


def test_in_the_validation_of_an_epoch(make_classifier, sequences):
    callbacks = [CtrlC(2, 1, training=False)]
    classifier = make_classifier(batch_size=16, callbacks=callbacks, **HELD_OUT)
    with pytest.warns(UserWarning, match="interrupted in epoch 2"):
        classifier.fit(*sequences)
    assert_usable(classifier, sequences[0], n_iter=1)
    assert len(classifier.validation_scores_) == 1


def test_before_anything_was_learnt(make_classifier, sequences):
    X, y = sequences
    classifier = make_classifier(max_iter=2).fit(X, y)
    before = classifier.predict_proba(X)
    with pytest.raises(KeyboardInterrupt):
        classifier.set_params(callbacks=[CtrlC(1, 1)]).fit(X, y)
    np.testing.assert_array_equal(classifier.predict_proba(X), before)


def test_in_a_stream(make_classifier, sequences):
    classifier = make_classifier(batch_size=16).partial_fit(*sequences)
    with pytest.warns(UserWarning, match="interrupted in epoch 1"):
        classifier.set_params(callbacks=[CtrlC(1, 3)]).partial_fit(*sequences)
    assert_usable(classifier, sequences[0], n_iter=1)


class SignalToAll(Callback):
    """Sends the signal of Ctrl-C to this process and its children, as a terminal does."""

    def on_epoch_begin(self, net, **_):
        if len(net.history) == 2:  # so that there is a first
            for process in (*net.ranks.processes, None):
                pid = os.getpid() if process is None else process.pid
                threading.Timer(0.0, os.kill, (pid, signal.SIGINT)).start()


@pytest.fixture
def heeds_ctrl_c():
    """Python's own handler; a shell starts what it runs in the background without one."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.skipif(os.name == "nt", reason="Windows sends Ctrl-C by other means")
@pytest.mark.usefixtures("heeds_ctrl_c")
def test_layers_side_by_side(make_ff, sequences):
    X, y = sequences
    settings = {"layer_parallel": True, "batch_size": 4, "learning_rate": "constant"}
    classifier = make_ff(callbacks=[SignalToAll()], max_iter=1000, **settings)
    with pytest.warns(UserWarning, match=r"interrupted in epoch \d+;"):
        classifier.fit(X, y)
    assert 1 <= classifier.n_iter_ < 1000
    assert_usable(classifier, X, classifier.n_iter_)
    # All that is left is that of whole epochs: the weights, and the optimiser's state.
    whole = make_ff(max_iter=classifier.n_iter_, **{**settings, "layer_parallel": False}).fit(X, y)
    torch.testing.assert_close(weights(classifier), weights(whole), rtol=1e-5, atol=1e-6)
    for mine, theirs in zip(
        classifier._optimizer_state["state"].values(),
        whole._optimizer_state["state"].values(),
        strict=True,
    ):
        torch.testing.assert_close(mine, theirs, rtol=1e-4, atol=1e-6)
