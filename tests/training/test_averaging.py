"""The average of the weights over epochs, against the weighted mean that it stands for."""

import numpy as np
import pytest
import torch
from skorch.callbacks import Callback

from sklearn_ffrnn._training._averaging import AverageOverEpochs


class Snapshots(Callback):
    """Keeps the weights that each epoch ends with."""

    def __init__(self):
        self.weights = []

    def on_epoch_end(self, net, **_):
        state = net.module_.state_dict()
        self.weights.append({name: value.clone() for name, value in state.items()})


def polynomial_decay(values, decay=3):
    """The weighted mean that the recursion of Shamir & Zhang (2013) stands for."""
    n = len(values)
    shares = np.empty(n)
    left = 1.0
    for t in range(n, 0, -1):
        share = (decay + 1) / (t + decay)
        shares[t - 1] = left * share
        left *= 1 - share
    assert shares.sum() == pytest.approx(1)
    return sum(share * value for share, value in zip(shares, values, strict=True))


def test_is_the_weighted_mean_of_the_epochs():
    network = torch.nn.BatchNorm1d(1).double()  # a weight, a statistic and a count
    average = AverageOverEpochs(network)
    weights = [3.0, -1.0, 4.0, 1.0, 5.0]
    for i, weight in enumerate(weights, start=1):
        average.restore_weights()
        if i > 1:  # the weights themselves are what is learnt on
            assert float(network.weight.detach()) == weights[i - 2]
        with torch.no_grad():
            network.weight.fill_(weight)
            network.running_var.fill_(10 * weight)
            network.num_batches_tracked.fill_(i)
        average.swap_in_average()
        assert float(network.weight.detach()) == pytest.approx(polynomial_decay(weights[:i]))
        assert float(network.running_var) == pytest.approx(10 * polynomial_decay(weights[:i]))
        assert int(network.num_batches_tracked) == i


def test_training_goes_on_with_the_weights_and_keeps_their_average(make_ff, sequences):
    X, y = sequences
    snapshots = Snapshots()
    settings = {"learning_rate": "constant", "early_stopping": False, "max_iter": 6}
    make_ff(average=False, callbacks=[snapshots], **settings).fit(X, y)
    averaged = make_ff(average=True, **settings).fit(X, y)
    for name, value in averaged.network_.state_dict().items():
        if value.is_floating_point():
            by_hand = polynomial_decay([weights[name] for weights in snapshots.weights])
            torch.testing.assert_close(value, by_hand.to(value.dtype), rtol=1e-4, atol=1e-5)


def test_the_average_is_judged(make_classifier, sequences):
    X, y = sequences
    settings = {"max_iter": 8, "early_stopping": True, "validation_fraction": 0.3}
    one, other = (make_classifier(average=a, **settings).fit(X, y).history_ for a in (False, True))
    # They learn the same, and differ in what is judged.
    assert [e["train_loss"] for e in one] == [e["train_loss"] for e in other]
    assert one[3]["valid_loss"] != other[3]["valid_loss"]
