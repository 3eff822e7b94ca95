"""Dropout between recurrent layers, through the classifier that has it."""

import numpy as np
import pytest
import torch

from sklearn_ffrnn.nn import SequenceDataset
from sklearn_ffrnn.nn._dropout import Dropout
from tests.helpers import pack


def drop(rate, lengths=(400, 400, 300), n_units=250, seed=0):
    x = pack([torch.ones(n, n_units) for n in lengths]).sequences
    dropped = Dropout(rate, torch.Generator().manual_seed(seed))(x)
    return [dropped.steps[x.sample == i] for i in range(len(lengths))]


@pytest.mark.parametrize("rate", [0.1, 0.5, 0.9])
def test_drops_its_share_and_keeps_the_mean(rate):
    dropped = drop(rate)[0]
    kept = dropped != 0
    torch.testing.assert_close(dropped[kept], torch.full_like(dropped[kept], 1 / (1 - rate)))
    # Five standard errors of 100,000 draws, of 400 and of 250.
    error = np.sqrt(rate * (1 - rate))
    assert abs(kept.float().mean().item() - (1 - rate)) < 5 * error / np.sqrt(kept.numel())
    assert (kept.float().mean(dim=0) - (1 - rate)).abs().max() < 5 * error / np.sqrt(400)
    assert (kept.float().mean(dim=1) - (1 - rate)).abs().max() < 5 * error / np.sqrt(250)


def test_all_sequences_lose_the_same_at_a_time_step():
    first, second, shorter = drop(0.5)
    assert torch.equal(first, second)
    assert torch.equal(first[:300], shorter)


def test_its_generator_decides():
    before = torch.get_rng_state()
    first, again, other = drop(0.5)[0], drop(0.5)[0], drop(0.5, seed=1)[0]
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert torch.equal(torch.get_rng_state(), before)


def test_drops_in_training_only():
    dataset = SequenceDataset(torch.ones(3, 5), torch.tensor([3]))
    x = dataset.batch(torch.arange(1)).sequences
    assert torch.equal(Dropout(0.5).eval()(x).steps, torch.ones(3, 5))


def test_goes_on_where_it_was_saved():
    x = SequenceDataset(torch.ones(50, 20), torch.tensor([50])).batch(torch.arange(1)).sequences
    one, other = Dropout(0.5), Dropout(0.5)
    one(x)
    other.load_state_dict(one.state_dict())
    assert torch.equal(one(x).steps, other(x).steps)
