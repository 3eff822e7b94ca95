"""Dropout from a generator of its own."""

import pytest
import torch

from sklearn_ffrnn.nn._backprop import Dropout


def drop(rate, shape=(400, 250), seed=0):
    return Dropout(rate, torch.Generator().manual_seed(seed))(torch.ones(shape))


@pytest.mark.parametrize("rate", [0.1, 0.5, 0.9])
def test_drops_its_share_and_keeps_the_mean(rate):
    dropped = drop(rate)
    kept = dropped != 0
    torch.testing.assert_close(dropped[kept], torch.full_like(dropped[kept], 1 / (1 - rate)))
    # Five standard errors; by rows and columns too, for draws come four at once.
    assert kept.float().mean().item() == pytest.approx(1 - rate, abs=0.008)
    assert (kept.float().mean(dim=0) - (1 - rate)).abs().max() < 0.13
    assert (kept.float().mean(dim=1) - (1 - rate)).abs().max() < 0.17


@pytest.mark.parametrize("rate", [1e-9, 1 - 1e-9])
def test_rates_near_the_ends(rate):
    assert (drop(rate, (3, 7)) != 0).all() == (rate < 0.5)


def test_its_generator_decides():
    before = torch.get_rng_state()
    assert torch.equal(drop(0.5), drop(0.5))
    assert not torch.equal(drop(0.5), drop(0.5, seed=1))
    assert torch.equal(torch.get_rng_state(), before)


def test_drops_in_training_only():
    dropout = Dropout(0.5).eval()
    assert torch.equal(dropout(torch.ones(3, 5)), torch.ones(3, 5))
