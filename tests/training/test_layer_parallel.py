"""Layers in processes of their own learn what they learn in turn."""

import json
import os
import signal
import socket
import subprocess
import sys

import numpy as np
import pytest
import torch
from skorch.callbacks import Callback

from sklearn_ffrnn import FFRNNClassifier
from tests.helpers import ROOT, labelled_noise, weights


def make(**settings):
    settings = {"max_iter": 4, "batch_size": 16, "random_state": 0, **settings}
    return FFRNNClassifier(hidden_layer_sizes=(8, 6), **settings)


@pytest.mark.parametrize(
    "settings",
    [
        {"early_stopping": True, "validation_fraction": 0.3, "average": True},
        {"goodness": "mean", "objective": "logistic", "threshold": "auto", "weighted": True},
        {
            "n_classes": 3,
            "normalization": "layer_norm",
            "max_grad_norm": None,
            "dtype": "mixed_bfloat16",
        },
    ],
    ids=["held out, averaged", "weighted", "three classes, bfloat16"],
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
        np.testing.assert_array_equal(at_once.decision_function(X), in_turn.decision_function(X))
        np.testing.assert_array_equal(at_once.threshold_, in_turn.threshold_)
        assert at_once.history_[0].keys() == in_turn.history_[0].keys()


@pytest.mark.parametrize("layer", [0, 1])
def test_an_error_in_a_worker_is_the_callers(layer):
    X, y = labelled_noise(60)
    classifier = make(max_iter=2, warm_start=True).fit(X, y).set_params(layer_parallel=True)
    network = classifier.network_
    weights = network.layers[layer].recurrent.w_x
    weights.data = weights.data[:, :1]  # reads too little
    with pytest.raises(RuntimeError, match="shape"):
        classifier.fit(X, y)
    assert classifier.network_ is network


on_posix = pytest.mark.skipif(os.name == "nt", reason="Windows kills by other means")


class Kill(Callback):
    """Kills the process of the last layer when an epoch begins."""

    def __init__(self, epoch):
        self.epoch = epoch

    def on_epoch_begin(self, net, **_):
        if len(net.history) == self.epoch:
            os.kill(net.ranks.processes[-1].pid, signal.SIGKILL)


CONSTANT = {"learning_rate": "constant"}


@on_posix
def test_a_process_that_dies_costs_its_epoch():
    X, y = labelled_noise(60)
    classifier = make(layer_parallel=True, callbacks=[Kill(3)], **CONSTANT)
    with pytest.raises(RuntimeError, match=r"layer 1 ended with code.*epochs before, 2\."):
        classifier.fit(X, y)
    whole = make(max_iter=2, **CONSTANT).fit(X, y)
    assert classifier.loss_curve_ == whole.loss_curve_
    np.testing.assert_array_equal(classifier.decision_function(X), whole.decision_function(X))


@on_posix
def test_a_process_that_dies_in_the_first_epoch_leaves_no_model():
    X, y = labelled_noise(60)
    classifier = make(layer_parallel=True, callbacks=[Kill(1)])
    with pytest.raises(RuntimeError, match=r"layer 1 ended with code"):
        classifier.fit(X, y)
    assert not hasattr(classifier, "network_")
    classifier.set_params(callbacks=None).fit(X, y)  # in new processes


class FitAnother(Callback):
    """Fits another classifier in the middle of a fit."""

    def __init__(self, classifier, X, y):
        self.fit_another = lambda: classifier.fit(X, y)

    def on_train_begin(self, net, **_):
        self.fit_another()


def test_a_fit_within_a_fit_trains_in_turn():
    X, y = labelled_noise(60)
    inner = make(layer_parallel=True, max_iter=2)
    outer = make(layer_parallel=True, max_iter=2, callbacks=[FitAnother(inner, X, y)])
    with pytest.warns(UserWarning, match=r"in turn here, .* another fit of this process"):
        outer.fit(X, y)
    torch.testing.assert_close(weights(inner), weights(outer), rtol=0, atol=0)


# Started by torchrun, once for each layer; each process writes what it ends with.
PROGRAM = """
import json, os, signal, sys
import torch.distributed as dist
from skorch.callbacks import Callback
from sklearn_ffrnn import FFRNNClassifier
from tests.helpers import labelled_noise

class Die(Callback):
    def on_epoch_begin(self, net, **_):
        if len(net.history) == 3:
            os.kill(os.getpid(), signal.SIGKILL)

dist.init_process_group("gloo")
rank, out, dies = dist.get_rank(), sys.argv[1], sys.argv[2] == "dies"
X, y = labelled_noise(60)
settings = dict(max_iter=4, batch_size=16, random_state=0, learning_rate="constant")
classifier = FFRNNClassifier((8, 6), layer_parallel=True, callbacks=[Die()] * dies, **settings)
error = None
for _ in range(2 - dies):  # once more, with a group of its own
    try:
        classifier.fit(X, y)
    except RuntimeError as caught:
        error = str(caught)
found = {"error": error, "losses": classifier.loss_curve_, "n_iter": classifier.n_iter_}
found["decision"] = classifier.decision_function(X).tolist()
with open(f"{out}/{rank}.json", "w") as file:
    json.dump(found, file)
dist.destroy_process_group()
"""


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def run_on_two_nodes(tmp_path, *arguments):
    """Start the program on two "nodes" of the loopback; return what their processes ended with."""
    program = tmp_path / "program.py"
    program.write_text(PROGRAM, encoding="utf-8")
    port = free_port()
    nodes = [
        subprocess.Popen(
            [
                *(sys.executable, "-m", "torch.distributed.run", "--nnodes", "2"),
                *("--nproc-per-node", "1", "--node-rank", str(node)),
                *("--master-addr", "127.0.0.1", "--master-port", str(port)),
                *(str(program), str(tmp_path), *arguments),
            ],
            env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
            stderr=subprocess.PIPE,
            text=True,
        )
        for node in range(2)
    ]
    try:
        said = [node.communicate(timeout=300)[1] for node in nodes]
    finally:
        for node in nodes:
            node.terminate()  # which waits for the other, if that failed
    codes = [node.returncode for node in nodes]
    paths = [tmp_path / f"{rank}.json" for rank in range(2)]
    return codes, [json.loads(p.read_text()) if p.exists() else None for p in paths], said


@pytest.mark.slow
def test_on_two_nodes(tmp_path):
    codes, found, said = run_on_two_nodes(tmp_path, "lives")
    assert codes == [0, 0], said
    X, y = labelled_noise(60)
    expected = make(**CONSTANT).fit(X, y)
    for mine in found:
        assert mine["error"] is None
        assert mine["losses"] == expected.loss_curve_
        np.testing.assert_array_equal(mine["decision"], expected.decision_function(X))


@pytest.mark.slow
@on_posix
def test_a_node_that_dies_costs_its_epoch(tmp_path):
    codes, found, said = run_on_two_nodes(tmp_path, "dies")
    assert found[0] is None
    assert codes[0] != 0
    assert found[1] is not None, said
    X, y = labelled_noise(60)
    expected = make(max_iter=2, **CONSTANT).fit(X, y)
    assert found[1]["n_iter"] == 2
    assert "is gone" in found[1]["error"]
    np.testing.assert_array_equal(found[1]["decision"], expected.decision_function(X))


def test_a_process_for_each_layer(tmp_path):
    store = (tmp_path / "store").as_uri()
    torch.distributed.init_process_group("gloo", init_method=store, rank=0, world_size=1)
    try:
        with pytest.raises(ValueError, match=r"of the 2 layers .* a group of 1 processes"):
            make(layer_parallel=True).fit(*labelled_noise(60))
    finally:
        torch.distributed.destroy_process_group()


def test_only_on_the_cpu():
    with pytest.raises(ValueError, match="layer_parallel=True trains on the CPU"):
        make(layer_parallel=True)._trains_in_parallel(torch.device("cuda"))
