"""The recurrent layer, by kernel and by plain autograd, against torch.nn.RNN and differences."""

from contextlib import nullcontext

import numpy as np
import pytest
import torch

from sklearn_ffrnn.nn import RecurrentLayer, plain_autograd, with_every_label
from sklearn_ffrnn.nn._fused_rnn import fused_rnn
from tests.helpers import pack

LENGTHS = {"ragged": [3, 7, 1, 7, 4], "equal": [5, 5, 5], "single": [6], "one step": [1, 1, 1]}


@pytest.fixture(params=LENGTHS)
def lengths(request):
    return LENGTHS[request.param]


@pytest.fixture(params=["kernel", "plain autograd"])
def way(request):
    """Compute layers in one way or the other."""
    with plain_autograd() if request.param == "plain autograd" else nullcontext():
        yield request.param


def make(lengths, n_channels=3, n_units=6, seed=0):
    """Return a layer, torch's with the same weights, and sequences, in double precision."""
    generator = torch.Generator().manual_seed(seed)
    layer = RecurrentLayer(n_channels, n_units, generator=generator, dtype=torch.float64)
    torchs = torch.nn.RNN(n_channels, n_units, nonlinearity="relu", dtype=torch.float64)
    with torch.no_grad():
        torchs.weight_ih_l0.copy_(layer.w_x)
        torchs.weight_hh_l0.copy_(layer.w_h)
        torchs.bias_ih_l0.copy_(layer.bias)
        torchs.bias_hh_l0.zero_()
    sequences = [
        torch.randn(n, n_channels, generator=generator, dtype=torch.float64) for n in lengths
    ]
    return layer, torchs, sequences


def unpack(per_step, batch):
    """Return what belongs to each sequence, in the order of the data set."""
    parts = {
        int(i): per_step[batch.sequences.sample == position]
        for position, i in enumerate(batch.index)
    }
    return [parts[i] for i in range(len(parts))]


def gradients(layer):
    return [layer.w_x.grad, layer.w_h.grad, layer.bias.grad]


def torch_gradients(rnn):
    return [rnn.weight_ih_l0.grad, rnn.weight_hh_l0.grad, rnn.bias_ih_l0.grad]


def test_hidden_states_and_gradients_are_those_of_torch(lengths, way):
    layer, rnn, sequences = make(lengths)
    batch = pack(sequences)
    steps = batch.sequences.steps.requires_grad_()
    hidden = layer(batch.sequences).steps
    # A loss that weighs every unit of every step differently.
    factors = torch.linspace(-1, 1, layer.w_h.shape[0], dtype=torch.float64)
    (hidden * factors).sin().sum().backward()

    inputs = [s.clone().requires_grad_() for s in sequences]
    expected = [rnn(s)[0] for s in inputs]
    sum((h * factors).sin().sum() for h in expected).backward()

    for got, want in zip(unpack(hidden, batch), expected, strict=True):
        torch.testing.assert_close(got, want)
    for got, want in zip(unpack(steps.grad, batch), inputs, strict=True):
        torch.testing.assert_close(got, want.grad)
    for got, want in zip(gradients(layer), torch_gradients(rnn), strict=True):
        torch.testing.assert_close(got, want)


@pytest.mark.parametrize("n_groups", [1, 2])
def test_squared_activity_and_its_gradients_are_those_of_torch(lengths, n_groups, way):
    layer, rnn, sequences = make(lengths)
    batch = pack(sequences)
    activity, hidden = layer.squared_activity(batch.sequences, n_groups)
    activity.sin().sum().backward()

    def group_means(hidden):
        groups = hidden.square().tensor_split(n_groups, dim=1)
        return torch.stack([group.mean(dim=1) for group in groups], dim=1)

    expected = [rnn(s)[0] for s in sequences]
    sum(group_means(h).sin().sum() for h in expected).backward()

    assert not hidden.steps.requires_grad
    for got, want in zip(unpack(hidden.steps, batch), expected, strict=True):
        torch.testing.assert_close(got, want.detach())
    for got, want in zip(unpack(activity, batch), expected, strict=True):
        torch.testing.assert_close(got, group_means(want))
    for got, want in zip(gradients(layer), torch_gradients(rnn), strict=True):
        torch.testing.assert_close(got, want)


def test_the_operator_of_gpus_computes_the_same(lengths):
    layer, _, sequences = make(lengths)
    x = pack(sequences).sequences
    weights = [layer.w_x, layer.w_h, layer.bias]
    fused = fused_rnn(x, *weights)
    torch.testing.assert_close(fused, layer(x).steps)
    expected = torch.autograd.grad(layer(x).steps.sin().sum(), weights)
    for got, want in zip(torch.autograd.grad(fused.sin().sum(), weights), expected, strict=True):
        torch.testing.assert_close(got, want)
    with torch.no_grad():
        layer.bias.fill_(1e40)  # beyond the limit of double precision, 3.4e38
    assert fused_rnn(x, *weights) is None


@pytest.mark.parametrize("squared", [False, True])
def test_gradcheck(lengths, squared):
    layer, _, sequences = make(lengths, n_channels=2, n_units=4)
    packed = pack(sequences).sequences
    names = [name for name, _ in layer.named_parameters()]

    class Outputs(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = layer

        def forward(self, steps):
            x = packed.with_steps(steps)
            if squared:
                return layer.squared_activity(x, n_groups=2)[0]
            return layer(x).steps

    outputs = Outputs()

    def run(steps, *weights):
        named = {f"layer.{n}": w for n, w in zip(names, weights, strict=True)}
        return torch.func.functional_call(outputs, named, (steps,))

    # The squared activity passes nothing to the layer below, by design.
    steps = packed.steps.requires_grad_(not squared)
    assert torch.autograd.gradcheck(run, (steps, *layer.parameters()))


def test_other_sequences_of_the_batch_change_nothing():
    layer, _, sequences = make([3, 7, 1, 7, 4])
    batch = pack(sequences)
    with torch.no_grad():
        together = unpack(layer(batch.sequences).steps, batch)
        for sequence, expected in zip(sequences, together, strict=True):
            alone = pack([sequence]).sequences
            torch.testing.assert_close(layer(alone).steps, expected)


def test_a_step_depends_on_no_later_one():
    layer, _, (sequence,) = make([6])
    other = sequence.clone()
    other[4:] = 100
    with torch.no_grad():
        packed = [pack([s]).sequences for s in (sequence, other)]
        first, second = (layer(p).steps for p in packed)
    torch.testing.assert_close(first[:4], second[:4], rtol=0, atol=0)
    assert not torch.equal(first[4:], second[4:])


def test_initial_weights_are_drawn_from_the_generator_within_torchs_bounds():
    def draw():
        return RecurrentLayer(50, 100, generator=torch.Generator().manual_seed(1))

    first, second = draw(), draw()
    for a, b in zip(first.parameters(), second.parameters(), strict=True):
        torch.testing.assert_close(a, b, rtol=0, atol=0)
        assert 0.08 < a.abs().max() <= 0.1


class TestPacked:
    @pytest.fixture
    def batch(self, lengths):
        self.sequences = [
            torch.full((n, 1), float(i)) + torch.arange(n)[:, None] / 10
            for i, n in enumerate(lengths)
        ]
        return pack(self.sequences)

    def test_layout_holds_every_step_once(self, batch, lengths):
        for got, want in zip(unpack(batch.sequences.steps, batch), self.sequences, strict=True):
            torch.testing.assert_close(got, want, rtol=0, atol=0)
        assert sum(batch.sequences.sizes) == sum(lengths)

    def test_means_last_steps_and_padding(self, batch):
        packed = batch.sequences
        steps = packed.steps
        ordered = [self.sequences[i] for i in batch.index]
        torch.testing.assert_close(
            packed.mean_over_steps(steps), torch.stack([s.mean(dim=0) for s in ordered])
        )
        torch.testing.assert_close(packed.last_steps(steps), torch.stack([s[-1] for s in ordered]))
        torch.testing.assert_close(packed.pad(steps), torch.nn.utils.rnn.pad_sequence(ordered))
        torch.testing.assert_close(packed.unpad(packed.pad(steps)), steps, rtol=0, atol=0)

    def test_copies_with_labels(self, batch):
        packed = batch.sequences
        copies, labels = with_every_label(packed, 2)
        np.testing.assert_array_equal(labels, np.tile([0, 1], len(packed)))
        padded = copies.pad(copies.steps)
        for position, i in enumerate(batch.index):
            for label in range(2):
                got = padded[: len(self.sequences[i]), 2 * position + label]
                np.testing.assert_array_equal(got[:, :1], self.sequences[i])
                np.testing.assert_array_equal(got[:, 1 + label], 1)
                np.testing.assert_array_equal(got[:, 2 - label], 0)
