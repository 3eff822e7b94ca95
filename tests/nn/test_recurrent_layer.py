"""The recurrent layer, in each of its ways, against torch.nn.RNN and differences."""

import sys
from contextlib import nullcontext

import numpy as np
import pytest
import torch

from sklearn_ffrnn import nn
from sklearn_ffrnn.nn import (
    RecurrentLayer,
    _packed,
    _recurrent_kernel,
    plain_autograd,
    with_every_label,
)
from sklearn_ffrnn.nn._fused_rnn import fused_rnn
from tests.helpers import pack

LENGTHS = {"ragged": [3, 7, 1, 7, 4], "equal": [5, 5, 5], "single": [6], "one step": [1, 1, 1]}


@pytest.fixture(params=LENGTHS)
def lengths(request):
    return LENGTHS[request.param]


@pytest.fixture(params=["compiled loops", "torch's loops", "plain autograd"])
def way(request, monkeypatch):
    """Compute layers in one way or the other."""
    if request.param == "compiled loops" and _recurrent_kernel._compiled_loops() is None:
        pytest.skip("needs numba, and a processor that it is used on")
    if request.param == "torch's loops":
        monkeypatch.setattr(_recurrent_kernel, "_compiled_loops", lambda: None)
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


@pytest.mark.parametrize("n_rows", [4, 3000])
def test_hidden_states_and_gradients_are_those_of_torch(lengths, n_rows, way, monkeypatch):
    monkeypatch.setattr(_packed, "ROWS_IN_CACHE", n_rows)  # blocks of one step or two, or one block
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
def test_gradcheck(lengths, squared, way):
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


def test_single_precision_is_as_precise_as_its_numbers(way):
    # Widths and sizes for whole vectors and for what is left over beside them, and several blocks.
    lengths = np.random.default_rng(0).integers(1, 120, size=90)
    layer, _, sequences = make(lengths, n_channels=7, n_units=43)

    def squares_and_gradients(dtype):
        layer.to(dtype).zero_grad()
        layer.activity_dtype = dtype
        activity, _ = layer.squared_activity(pack([s.to(dtype) for s in sequences]).sequences, 2)
        activity.log1p().sum().backward()
        return [activity.detach(), *gradients(layer)]

    exact = squares_and_gradients(torch.float64)
    # Sums over the steps: rounding errors add up like a random walk.
    rtol = np.finfo(np.float32).eps * np.sqrt(lengths.sum())
    for got, want in zip(squares_and_gradients(torch.float32), exact, strict=True):
        assert (got - want).norm() < rtol * want.norm()


def test_a_unit_saturates_and_what_is_not_a_number_stays_in_its_sequence(way):
    layer = RecurrentLayer(1, 20, dtype=torch.float32)
    with torch.no_grad():
        layer.w_x.fill_(1)
        layer.w_h.copy_(2 * torch.eye(20))
        layer.bias.fill_(1)
    n_steps = 30
    broken = torch.zeros(n_steps, 1)
    broken[3] = torch.nan
    batch = pack([torch.zeros(n_steps, 1) for _ in range(6)])
    layer(batch.sequences).steps.sum().backward()
    together = pack([torch.zeros(n_steps, 1), broken])
    sound, broken = unpack(layer(together.sequences).steps.detach(), together)

    limit = np.float32(np.finfo(np.float32).max ** (1 / 8))
    free = 2.0 ** np.arange(1, n_steps + 1) - 1
    expected = np.minimum(free, limit).astype(np.float32)
    np.testing.assert_array_equal(sound, np.repeat(expected[:, None], 20, axis=1))
    np.testing.assert_array_equal(broken[:3], sound[:3])
    assert broken[3:].isnan().all()
    # A saturated unit passes no gradient on.
    np.testing.assert_allclose(layer.bias.grad, 6 * free[free < limit].sum(), rtol=1e-6)


@pytest.mark.parametrize("numba", ["missing", "too old", "not to compile"])
def test_torchs_loops_stand_in_for_compiled_ones(numba, lengths, monkeypatch):
    if numba == "missing":
        monkeypatch.setitem(sys.modules, "numba", None)
    elif numba == "too old":
        monkeypatch.setattr(pytest.importorskip("numba"), "version_info", (0, 60, 0))
    else:
        monkeypatch.setattr(pytest.importorskip("numba").config, "DISABLE_JIT", True)
    monkeypatch.delitem(sys.modules, f"{nn.__name__}._compiled_loops", raising=False)
    monkeypatch.delattr(nn, "_compiled_loops", raising=False)
    looked_up_anew = _recurrent_kernel._compiled_loops.__wrapped__
    monkeypatch.setattr(_recurrent_kernel, "_compiled_loops", looked_up_anew)
    assert looked_up_anew() is None
    layer, rnn, sequences = make(lengths)
    batch = pack(sequences)
    for got, sequence in zip(unpack(layer(batch.sequences).steps, batch), sequences, strict=True):
        torch.testing.assert_close(got, rnn(sequence)[0])


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
