"""The part that fit holds out: no copy of a training sequence may be in it."""

import numpy as np
import pytest

from sklearn_ffrnn._input import Ragged
from sklearn_ffrnn._training import TrainingData
from sklearn_ffrnn._training._held_out import COMMON_LENGTH, split_off


def make_data(lengths, y, groups=None):
    lengths = np.asarray(lengths)
    return TrainingData(Ragged(np.zeros((lengths.sum(), 1)), lengths), np.asarray(y), None, groups)


@pytest.fixture
def pairs():
    """Lengths of 200 human movements and, after them, of their synthetic copies."""
    own = np.random.default_rng(0).integers(20, 140, size=200)
    return np.tile(own, 2), np.repeat([1, 0], 200)


def test_copies_are_held_out_together(pairs):
    lengths, y = pairs
    for seed in range(5):
        held = split_off(make_data(lengths, y), 0.1, np.random.RandomState(seed))
        np.testing.assert_array_equal(held[:200], held[200:])
        assert 0.07 < held.mean() < 0.13


def test_both_classes_and_another_part_for_another_seed(pairs):
    parts = [split_off(make_data(*pairs), 0.1, np.random.RandomState(seed)) for seed in (0, 1)]
    assert (parts[0] != parts[1]).any()
    for held in parts:
        assert set(pairs[1][held]) == set(pairs[1][~held]) == {0, 1}


def test_a_length_of_many_says_nothing(pairs):
    lengths, y = pairs
    cut = np.minimum(lengths, 100)
    assert (cut == 100).mean() > COMMON_LENGTH
    held = split_off(make_data(cut, y), 0.1, np.random.RandomState(0))
    long = cut == 100
    assert 0 < held[long].mean() < 0.3  # neither all of them nor none
    np.testing.assert_array_equal(held[:200][~long[:200]], held[200:][~long[200:]])


def test_equal_lengths_are_split_at_random():
    held = split_off(make_data(np.full(200, 9), np.arange(200) % 2), 0.1, np.random.RandomState(0))
    assert held.sum() == 20


def test_groups_come_first(pairs):
    lengths, y = pairs
    groups = np.tile(np.arange(200) // 10, 2)
    held = split_off(make_data(lengths, y, groups), 0.1, np.random.RandomState(0))
    assert not set(groups[held]) & set(groups[~held])
