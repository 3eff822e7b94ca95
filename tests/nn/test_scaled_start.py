"""Each layer starts at the goodness that its threshold asks for, whatever the data."""

import numpy as np
import pytest
import torch

from sklearn_ffrnn.nn import ForwardForwardRNN, SequenceDataset, start_at_threshold


def make_network(threshold, **settings):
    return ForwardForwardRNN(
        2,
        settings.pop("n_classes", 2),
        hidden_layer_sizes=(20, 30, 10),
        threshold=threshold,
        dtype=torch.float64,
        generator=torch.Generator().manual_seed(0),
        **settings,
    )


def make_dataset(scale=1.0, weight=None, rows=slice(None)):
    rng = np.random.default_rng(0)
    lengths = rng.integers(3, 30, size=100)
    sequences = [rng.normal(size=(n, 2)) * scale for n in lengths][rows]
    return SequenceDataset(
        torch.tensor(np.concatenate(sequences)),
        torch.tensor([len(s) for s in sequences]),
        torch.tensor(np.arange(100)[rows] % 2),
        None if weight is None else torch.tensor(weight[rows]),
    )


def mean_goodness(network, dataset):
    """Mean goodness of each layer over all sequences, with statistics of these sequences."""
    batch = dataset.batch(torch.arange(len(dataset)))
    x, _, weight = network.train().positives_and_negatives(batch)
    goodness = [g.per_sequence.detach().numpy() for _, g in network(x, weight)]
    return [np.average(g, weights=None if weight is None else weight.numpy()) for g in goodness]


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e4])
@pytest.mark.parametrize("normalization", ["standardize", "layer_norm", None])
@pytest.mark.parametrize("goodness", ["mean", "sum"])
@pytest.mark.parametrize("n_classes", [2, 3])
def test_goodness_starts_at_the_threshold(goodness, normalization, scale, n_classes):
    thresholds = [(7.0, 7.0), (2.0, 2.0), (12.0, 4.0)]
    network = make_network(
        thresholds, goodness=goodness, normalization=normalization, n_classes=n_classes
    )
    dataset = make_dataset(scale)
    start_at_threshold(network, dataset)
    # The same statistics go into the means as into the scaling: equal but for rounding.
    np.testing.assert_allclose(mean_goodness(network, dataset), [7, 2, 8], rtol=1e-9)


@pytest.mark.parametrize("threshold", [None, [(2.0, 2.0)] * 3])
def test_without_a_level_asked_for_activity_starts_at_one(threshold):
    goodness = "mean" if threshold is None else "log_ratio"
    network = make_network(threshold, goodness=goodness)
    dataset = make_dataset(50.0)
    start_at_threshold(network, dataset)
    x = dataset.batch(torch.arange(100)).sequences
    for layer in network.train().layers:
        activity, hidden = layer.recurrent.squared_activity(x)
        assert hidden.mean_over_steps(activity[:, 0]).mean().item() == pytest.approx(1)
        x = layer.normalize(hidden)


def test_a_weight_of_zero_leaves_a_sequence_out():
    weight = np.r_[np.ones(50), np.zeros(50)]
    weighted, left_out = (make_network([(7.0, 7.0)] * 3, goodness="mean") for _ in range(2))
    start_at_threshold(weighted, make_dataset(weight=weight))
    start_at_threshold(left_out, make_dataset(rows=slice(50)))
    for a, b in zip(weighted.parameters(), left_out.parameters(), strict=True):
        torch.testing.assert_close(a, b)


def test_input_without_a_movement_leaves_the_weights_finite():
    network = make_network([(7.0, 7.0)] * 3, goodness="mean")
    with torch.no_grad():
        for layer in network.layers:
            layer.recurrent.bias.zero_()
    start_at_threshold(network, make_dataset(0.0))
    assert all(bool(p.isfinite().all()) for p in network.parameters())


def test_trains_at_a_high_threshold_where_it_used_to_race_away(make_ff):
    # In the study's setting, on sequences whose channels are small beside the threshold.
    rng = np.random.default_rng(0)
    y = np.arange(300) % 2
    X = [rng.normal(size=(40, 2)) * 0.1 for _ in y]
    X = [np.cumsum(x, axis=0) if label else x for x, label in zip(X, y, strict=True)]
    study = {"goodness": "mean", "objective": "logistic", "n_differences": 0}
    classifier = make_ff(threshold=7.0, hidden_layer_sizes=(16, 16), max_iter=40, **study)
    classifier.fit(X, y)
    # At a goodness near 0 positives alone would cost softplus(7) in each of the two layers.
    assert classifier.history_[0]["train_loss"] < 7
    assert classifier.score(X, y) > 0.9
