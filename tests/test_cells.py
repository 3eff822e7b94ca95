"""Gated units and both directions, for both classifiers."""

import numpy as np
import pytest
import torch

from sklearn_ffrnn import BPTTRNNClassifier, FFRNNClassifier
from sklearn_ffrnn._input._sequences import check_sequences
from sklearn_ffrnn._training._data import make_dataset
from sklearn_ffrnn.nn import ForwardForwardRNN, Packed
from sklearn_ffrnn.nn._make_layers import make_layers


def make_data(n=80, seed=0):
    rng = np.random.default_rng(seed)
    y = np.arange(n) % 2
    X = [rng.normal(size=(rng.integers(3, 12), 2)) * (1 + 2 * label) for label in y]
    return X, y


def pack(X):
    data = make_dataset(check_sequences(X, dtype="float64"), torch.device("cpu"))
    return data.batch(torch.arange(len(X)))


KINDS = [(cell, both) for cell in ("relu", "gru", "lstm") for both in (False, True)]


@pytest.mark.parametrize(("cell", "bidirectional"), KINDS)
class TestLayers:
    def layer(self, cell, bidirectional):
        generator = torch.Generator().manual_seed(0)
        settings = {"bidirectional": bidirectional, "generator": generator}
        return make_layers(2, [6], cell=cell, dtype=torch.float64, **settings)[0]

    def reference(self, layer, cell, bidirectional):
        """Return torch's own layer with the same weights."""
        kind = {"relu": torch.nn.RNN, "gru": torch.nn.GRU, "lstm": torch.nn.LSTM}[cell]
        settings = {"nonlinearity": "relu"} if cell == "relu" else {}
        rnn = kind(2, 6, bidirectional=bidirectional, dtype=torch.float64, **settings)
        parts = [layer.forwards, layer.backwards] if bidirectional else [layer]
        with torch.no_grad():
            for part, suffix in zip(parts, ("", "_reverse"), strict=False):
                if cell == "relu":
                    for name, value in (
                        ("weight_ih", part.w_x),
                        ("weight_hh", part.w_h),
                        ("bias_ih", part.bias),
                        ("bias_hh", torch.zeros(6)),
                    ):
                        getattr(rnn, f"{name}_l0{suffix}").copy_(value)
                else:
                    for name, value in part.cell.named_parameters():
                        getattr(rnn, f"{name}{suffix}").copy_(value)
        return rnn

    def test_hidden_states_and_gradients_are_torchs(self, cell, bidirectional):
        batch = pack(make_data(6)[0])
        layer = self.layer(cell, bidirectional)
        rnn = self.reference(layer, cell, bidirectional)
        packed = torch.nn.utils.rnn.PackedSequence(
            batch.sequences.steps, torch.tensor(batch.sequences.sizes)
        )
        expected = rnn(packed)[0].data
        got = layer(batch.sequences).steps
        torch.testing.assert_close(got, expected)
        for n_groups in (1, 2):
            layer.zero_grad()
            rnn.zero_grad()
            activity, hidden = layer.squared_activity(batch.sequences, n_groups)
            torch.testing.assert_close(hidden.steps, expected)
            assert not hidden.steps.requires_grad
            # A group has its share of both directions.
            by_direction = (rnn(packed)[0].data ** 2).unflatten(1, (-1, n_groups, 6 // n_groups))
            reference = by_direction.mean(dim=(1, 3))
            torch.testing.assert_close(activity, reference)
            (activity * torch.arange(1.0, n_groups + 1)).sum().backward()
            (reference * torch.arange(1.0, n_groups + 1)).sum().backward()
            name = "weight_hh_l0" + ("_reverse" if bidirectional else "")
            part = layer.backwards if bidirectional else layer
            mine = part.w_h if cell == "relu" else part.cell.weight_hh_l0
            torch.testing.assert_close(mine.grad, getattr(rnn, name).grad)


@pytest.mark.parametrize(("cell", "bidirectional"), KINDS)
@pytest.mark.parametrize("make", [FFRNNClassifier, BPTTRNNClassifier])
def test_learns_and_repeats(make, cell, bidirectional):
    X, y = make_data()
    state = torch.get_rng_state()
    settings = {"cell": cell, "bidirectional": bidirectional, "random_state": 0, "max_iter": 60}
    first = make(hidden_layer_sizes=(8, 8), **settings).fit(X, y)
    assert first.score(X, y) > 0.8
    again = make(hidden_layer_sizes=(8, 8), **settings).fit(X, y)
    np.testing.assert_array_equal(first.predict_proba(X), again.predict_proba(X))
    assert torch.equal(torch.get_rng_state(), state)
    # Neither company nor order changes a prediction.
    alone = np.concatenate([first.predict_proba([x]) for x in X[:5]])
    np.testing.assert_allclose(alone, first.predict_proba(X)[:5], rtol=1e-5)


def test_no_gradient_between_gated_layers():
    network = ForwardForwardRNN(2, 2, hidden_layer_sizes=[4, 4], threshold=[(0, 0)] * 2, cell="gru")
    batch = pack(make_data(6)[0])
    sequences = batch.sequences.with_steps(batch.sequences.steps.float())
    _, second = network(sequences)
    second.goodness.per_step.sum().backward()
    assert all(p.grad is None for p in network.layers[0].parameters())
    assert all(p.grad is not None for p in network.layers[1].parameters())


def test_threshold_out_of_reach():
    X, y = make_data()
    settings = {"cell": "gru", "hidden_layer_sizes": (4, 6), "max_iter": 1}
    with pytest.raises(ValueError, match=r"out of reach.*below 1"):
        FFRNNClassifier(goodness="mean", **settings).fit(X, y)
    with pytest.raises(ValueError, match=r"out of reach.*below 4"):
        FFRNNClassifier(goodness="sum", threshold=4.5, **settings).fit(X, y)
    FFRNNClassifier(goodness="mean", threshold=0.3, **settings).fit(X, y)
    FFRNNClassifier(goodness="mean", threshold="auto", **settings).fit(X, y)


def test_mirror_and_select():
    X = [np.arange(3 * n, dtype=float).reshape(n, 3) for n in (5, 2, 4)]
    sequences = pack(X).sequences
    by_length = [X[0], X[2], X[1]]
    mirrored = Packed(
        sequences.steps[sequences.mirror], sequences.sizes, sequences.sample, sequences.lengths
    )
    for i, x in enumerate(by_length):
        np.testing.assert_array_equal(mirrored.steps[sequences.sample == i], x[::-1])
    chosen = sequences.select(torch.tensor([True, False, True]))
    assert chosen.sizes == [2, 2, 1, 1, 1]
    for i, x in enumerate([X[0], X[1]]):
        np.testing.assert_array_equal(chosen.steps[chosen.sample == i], x)
