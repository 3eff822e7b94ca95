"""What the Forward-Forward layers minimise, and that each learns from its own loss alone."""

import numpy as np
import pytest
import torch
from scipy.special import expit
from skorch.callbacks import Callback

from sklearn_ffrnn import FFRNNClassifier
from sklearn_ffrnn.nn import ForwardForwardRNN
from tests.helpers import pack

SEVEN = [(7.0, 7.0)] * 3
NORMALIZATIONS = ["standardize", "layer_norm", None]


def make_network(n_classes=2, sizes=(6, 8, 8), **settings):
    settings = {"threshold": [(7.0, 7.0)] * len(sizes), "goodness": "mean", **settings}
    return ForwardForwardRNN(
        2,
        n_classes,
        hidden_layer_sizes=sizes,
        dtype=torch.float64,
        generator=torch.Generator().manual_seed(0),
        **settings,
    )


@pytest.fixture
def data():
    rng = np.random.default_rng(0)
    sequences = [rng.normal(size=(n, 2)) * 4 for n in (3, 8, 5, 8, 2, 6, 4)]
    return sequences, np.array([0, 1, 1, 0, 1, 0, 0]), rng.uniform(0.5, 2, size=7)


def hidden_states(layer, sequence):
    """h_t = relu(W_x x_t + W_h h_{t-1} + b), written out."""
    w_x, w_h, bias = (p.detach().numpy() for p in (layer.w_x, layer.w_h, layer.bias))
    h, states = np.zeros(len(bias)), []
    for x in sequence:
        h = np.maximum(w_x @ x + w_h @ h + bias, 0)
        states.append(h)
    return np.array(states)


def normalized(network, i, states, eps=1e-5):
    if network_kind(network, i) == "standardize":
        fitted = network.layers[i].normalize
        return (states - fitted.mean.numpy()) / np.sqrt(fitted.variance.numpy() + eps)
    if network_kind(network, i) == "layer_norm":
        return states / np.sqrt((states**2).mean(axis=1, keepdims=True) + eps)
    return states


def network_kind(network, i):
    names = {"Standardize": "standardize", "LayerNorm": "layer_norm"}
    return names.get(type(network.layers[i].normalize).__name__)


def goodness_by_layer(network, sequence):
    """Goodness of every step, layer by layer: the mean over units of h^2."""
    goodness, states = [], sequence
    for i, layer in enumerate(network.layers):
        states = hidden_states(layer.recurrent, states)
        goodness.append((states**2).mean(axis=1))
        states = normalized(network, i, states)
    return goodness


def study_losses(network, sequences, target, weight, theta):
    """-E_pos[mean_t log sigma(g_t - theta)] - E_neg[mean_t log sigma(theta - g_t)]."""
    losses = np.zeros(len(network.layers))
    for label in (0, 1):
        of_class = np.flatnonzero(target == label)
        share = weight[of_class] / weight[of_class].sum()
        for i, w in zip(of_class, share, strict=True):
            for layer, g in enumerate(goodness_by_layer(network, sequences[i])):
                sign = 1 if label else -1
                losses[layer] -= w * np.mean(np.log(expit(sign * (g - theta))))
    return losses


@pytest.mark.parametrize("normalization", NORMALIZATIONS)
@pytest.mark.parametrize("weighted", [False, True])
def test_logistic_objective_is_the_studys_formula(normalization, weighted, data):
    sequences, target, weight = data
    network = make_network(normalization=normalization, objective="logistic")
    batch = pack(sequences, target, weight if weighted else None)
    list(network.train().layer_losses(batch))  # fits the statistics of "standardize"
    network.eval()
    expected = study_losses(
        network, sequences, target, weight if weighted else np.ones(len(target)), theta=7
    )
    losses = [loss.item() for loss in network.layer_losses(batch)]
    np.testing.assert_allclose(losses, expected, rtol=1e-9)
    np.testing.assert_allclose([loss.item() for loss in network.evaluate(batch)[0]], losses)


def test_badly_wrong_samples_keep_their_gradient():
    # log(sigmoid(x) + 1e-10) is flat where a negative's goodness is far above the threshold.
    network = make_network(sizes=(4,), threshold=[(0.0, 0.0)], objective="logistic")
    batch = pack([np.full((5, 2), 1e3)], np.array([0]))
    (loss,) = network.layer_losses(batch)
    loss.backward()
    assert loss.item() > 1e3
    assert torch.isfinite(loss)
    assert network.layers[0].recurrent.w_x.grad.abs().max() > 1


@pytest.mark.parametrize("normalization", NORMALIZATIONS)
@pytest.mark.parametrize("objective", ["symmetric", "logistic"])
@pytest.mark.parametrize(("n_classes", "threshold"), [(2, SEVEN), (3, SEVEN), (2, None)])
def test_a_layers_loss_reaches_no_other_layer(normalization, objective, n_classes, threshold, data):
    sequences, target, weight = data
    network = make_network(
        n_classes, normalization=normalization, objective=objective, threshold=threshold
    )
    batch = pack(sequences, target + (np.arange(7) == 3) * (n_classes - 2), weight)
    losses = list(network.train().layer_losses(batch))
    assert len(losses) == 3
    for i, loss in enumerate(losses):
        for j, layer in enumerate(network.layers):
            gradients = torch.autograd.grad(
                loss, list(layer.parameters()), allow_unused=True, retain_graph=True
            )
            if i == j:
                assert all(g.abs().max() > 0 for g in gradients)
            else:
                assert all(g is None or not g.any() for g in gradients)


@pytest.mark.parametrize("objective", ["symmetric", "logistic"])
def test_gradient_of_a_loss_is_that_of_finite_differences(objective, data):
    network = make_network(sizes=(4,), threshold=[(0.5, 0.5)], objective=objective)
    batch = pack(*data)
    (loss,) = network.layer_losses(batch)
    loss.backward()
    for parameter in network.parameters():
        numeric = torch.empty_like(parameter)
        for index in np.ndindex(*parameter.shape):
            values = []
            for step in (1e-6, -2e-6):
                with torch.no_grad():
                    parameter[index] += step
                    values.append(next(iter(network.layer_losses(batch))).item())
            with torch.no_grad():
                parameter[index] += 1e-6
            numeric[index] = (values[0] - values[1]) / 2e-6
        torch.testing.assert_close(parameter.grad, numeric, rtol=1e-4, atol=1e-6)


def test_symmetric_objective_orders_positives_above_negatives(data):
    sequences, _, _ = data
    network = make_network(sizes=(4,), threshold=[(1.0, 1.0)], objective="symmetric").eval()
    goodness = np.array([goodness_by_layer(network, s)[0].mean() for s in sequences])
    by_goodness = np.argsort(goodness)
    right, wrong = np.zeros((2, 7), dtype=int)
    right[by_goodness[4:]] = wrong[by_goodness[:3]] = 1
    losses = [
        next(network.layer_losses(pack(sequences, labels))).item() for labels in (right, wrong)
    ]
    assert losses[0] < losses[1]


def test_log_ratio_compares_the_two_halves_of_a_layer(data):
    sequences, target, weight = data
    settings = {"goodness": "log_ratio", "objective": "logistic"}
    network = make_network(sizes=(7,), threshold=[(1.0, 1.0)], **settings)
    losses, penalty = np.zeros(len(sequences)), np.zeros(len(sequences))
    for i, sequence in enumerate(sequences):
        squares = hidden_states(network.layers[0].recurrent, sequence) ** 2
        for_, against = squares[:, :4].mean(axis=1), squares[:, 4:].mean(axis=1)
        g = 10 * np.log((for_ + 0.01) / (against + 0.01))
        losses[i] = -np.mean(np.log(expit((1 if target[i] else -1) * (g - 1.0))))
        penalty[i] = 0.01 * np.mean((for_ + against) / 2)
    expected = sum(
        np.average(losses[target == label], weights=weight[target == label]) for label in (0, 1)
    ) + np.average(penalty, weights=weight)
    (loss,) = network.layer_losses(pack(sequences, target, weight))
    assert loss.item() == pytest.approx(expected, rel=1e-9)


def test_log_ratio_needs_two_units_a_layer(sequences, make_ff):
    with pytest.raises(ValueError, match=r"hidden_layer_sizes.*two units or more"):
        make_ff(hidden_layer_sizes=(8, 1)).fit(*sequences)


def test_goodness_sum_is_mean_times_units(sequences, make_ff):
    X, y = sequences
    settings = {"hidden_layer_sizes": (8, 4), "normalization": "layer_norm", "max_iter": 1}
    mean = make_ff(**settings, goodness="mean").fit(X, y)
    pooled = make_ff(**settings, goodness="sum").fit(X, y)
    pooled.network_.load_state_dict(mean.network_.state_dict())
    np.testing.assert_allclose(pooled.layer_goodness(X), mean.layer_goodness(X) * [8, 4], rtol=1e-6)


@pytest.mark.parametrize("objective", ["symmetric", "logistic"])
@pytest.mark.parametrize("goodness", ["mean", "log_ratio"])
def test_threshold_changes_the_fit(objective, goodness, sequences, make_ff):
    X, y = sequences
    fitted = []
    for threshold in (1, 10):
        classifier = make_ff(
            objective=objective,
            goodness=goodness,
            threshold=threshold,
            batch_size=15,
            max_iter=30,
            hidden_layer_sizes=(8,),
        ).fit(X, y)
        np.testing.assert_array_equal(classifier.threshold_, threshold)
        fitted.append(np.median(classifier.layer_goodness(X)[y == 1, 0]))
    assert fitted[1] > 1.1 * fitted[0]


def test_thresholds_by_layer(sequences, make_ff):
    X, y = sequences
    classifier = make_ff(threshold=[2, 5], objective="logistic").fit(X, y)
    np.testing.assert_array_equal(classifier.threshold_, [2, 5])
    same = make_ff(threshold=(2, 2), objective="logistic").fit(X, y)
    one = make_ff(threshold=2, objective="logistic").fit(X, y)
    np.testing.assert_array_equal(same.predict_proba(X), one.predict_proba(X))
    first, second = (c.layer_goodness(X) for c in (classifier, same))
    np.testing.assert_array_equal(first[:, 0], second[:, 0])
    assert np.abs(first[:, 1] - second[:, 1]).max() > 1e-3
    with pytest.raises(ValueError, match=r"threshold=\[1, 2, 3\] has 3 entries for 2 layer"):
        make_ff(threshold=[1, 2, 3]).fit(X, y)


def test_automatic_threshold_lies_between_the_classes(sequences, make_ff):
    X, y = sequences
    classifier = make_ff(threshold="auto", max_iter=40).fit(X, y)
    goodness = classifier.layer_goodness(X)
    assert (goodness[y == 0].mean(axis=0) < classifier.threshold_).all()
    assert (classifier.threshold_ < goodness[y == 1].mean(axis=0)).all()


def test_uncalibrated_probability_is_that_of_the_design(sequences, make_ff):
    X, y = sequences
    classifier = make_ff(threshold=[1.5, 3], calibrate=False).fit(X, y)
    expected = expit((classifier.layer_goodness(X) - [1.5, 3]).mean(axis=1))
    np.testing.assert_allclose(classifier.predict_proba(X)[:, 1], expected, rtol=1e-6)


class Watch(Callback):
    """Keeps what training is done with."""

    def on_train_begin(self, net, **_):
        self.optimizer, self.rates, self.batches = net.optimizer_, [], []

    def on_epoch_begin(self, net, **_):
        self.rates.append(net.optimizer_.param_groups[0]["lr"])

    def on_batch_begin(self, net, batch, training, **_):
        if training:
            self.batches.append(len(batch))


@pytest.mark.parametrize("normalization", ["standardize", "layer_norm"])
def test_studys_setting_by_plain_parameters(normalization):
    rng = np.random.default_rng(0)
    y = np.arange(720) % 2
    X = rng.normal(size=(720, 3, 2)) * (1 + y)[:, None, None]
    watch = Watch()
    classifier = FFRNNClassifier(
        hidden_layer_sizes=(96, 96, 96),
        threshold=7,
        normalization=normalization,
        goodness="mean",
        objective="logistic",
        batch_size=600,
        max_iter=200,
        learning_rate="adaptive",
        learning_rate_init=1e-3,
        alpha=1e-5,
        max_grad_norm=None,
        early_stopping=True,
        validation_fraction=1 / 8,
        n_iter_no_change=10,
        calibrate=False,
        tol=1e9,  # so that no epoch after the first counts as better
        callbacks=[watch],
        random_state=0,
    ).fit(X, y)
    assert type(watch.optimizer) is torch.optim.Adam
    assert watch.optimizer.param_groups[0]["weight_decay"] == 1e-5
    assert watch.batches[:2] == [600, 30]
    recurrent_weights = [layer.recurrent.w_h for layer in classifier.network_.layers]
    assert [tuple(weights.shape) for weights in recurrent_weights] == [(96, 96)] * 3
    assert classifier.n_iter_ == 11
    assert watch.rates[:6] == [1e-3] * 6
    assert watch.rates[-1] == 5e-4
    # Stopping restores the best epoch, here the first.
    first = FFRNNClassifier(**{**classifier.get_params(), "max_iter": 1}).fit(X, y)
    for a, b in zip(first.network_.parameters(), classifier.network_.parameters(), strict=True):
        torch.testing.assert_close(a, b, rtol=0, atol=0)
    epoch = classifier.history_[0]
    by_layer = [epoch[f"valid_loss_layer_{i}"] for i in range(3)]
    assert epoch["valid_loss"] == pytest.approx(sum(by_layer))
    assert classifier.best_loss_ == min(e["valid_loss"] for e in classifier.history_)
