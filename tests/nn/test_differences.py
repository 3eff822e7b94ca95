"""Differences of the input from step to step, against numpy."""

import numpy as np
import pytest
import torch
from sklearn.metrics import roc_auc_score

from sklearn_ffrnn import BPTTRNNClassifier, FFRNNClassifier
from sklearn_ffrnn.nn import with_every_label
from sklearn_ffrnn.nn._differences import Differences
from tests.helpers import pack

LENGTHS = [5, 1, 9, 2, 9]


def make_sequences(lengths=LENGTHS, n_channels=2, seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(1, 3, size=(n, n_channels)) for n in lengths]


def packed(sequences):
    """Pack sequences, longest first; return the batch and which sequence stands where."""
    batch = pack(sequences)
    return batch.sequences, batch.index.tolist()


def expected(sequence, order):
    """The input and its differences, by numpy."""
    columns = [sequence]
    for _ in range(order):
        columns.append(np.diff(columns[-1], axis=0, prepend=columns[-1][:1]))
    return np.hstack(columns)


@pytest.mark.parametrize("lengths", [LENGTHS, [6, 6, 6], [1, 1]])
@pytest.mark.parametrize("order", [0, 1, 2, 3])
def test_are_those_of_numpy_standardized(lengths, order):
    sequences = make_sequences(lengths)
    batch, index = packed(sequences)
    differences = Differences(2, order, dtype=torch.float64)
    steps = differences.train()(batch).steps.numpy()
    every = [expected(sequence, order) for sequence in sequences]
    flat = np.concatenate(every)[:, 2:]
    for place, i in enumerate(index):
        raw = every[i][:, 2:]
        z = (raw - flat.mean(axis=0)) / np.sqrt(flat.var(axis=0) + 1e-5)
        np.testing.assert_allclose(
            steps[batch.sample.numpy() == place], np.hstack([every[i][:, :2], z])
        )


def test_statistics_are_those_of_all_batches():
    sequences = make_sequences([7] * 40)
    differences = Differences(2, 2, dtype=torch.float64).train()
    for part in (sequences[:10], sequences[10:20], sequences[20:30], sequences[30:]):
        differences(packed(part)[0])
    flat = np.concatenate([expected(sequence, 2) for sequence in sequences])[:, 2:]
    np.testing.assert_allclose(differences.standardize.mean, flat.mean(axis=0))
    # Those of four batches, averaged: short of all by what their means differ.
    np.testing.assert_allclose(differences.standardize.variance, flat.var(axis=0), rtol=0.05)


def test_a_weight_of_two_is_the_sequence_twice():
    sequences = make_sequences()
    once, twice = (Differences(2, 2, dtype=torch.float64).train() for _ in range(2))
    batch, index = packed(sequences)
    once(batch, torch.tensor([2.0 if i < 2 else 1.0 for i in index], dtype=torch.float64))
    twice(packed([*sequences, *sequences[:2]])[0])
    for name, value in once.state_dict().items():
        torch.testing.assert_close(value, twice.state_dict()[name])


def test_labels_have_no_differences():
    batch, _ = packed(make_sequences(n_channels=2))
    labelled, _ = with_every_label(batch, 3)
    assert Differences(2, 2, dtype=torch.float64)(labelled).steps.shape[1] == 2 + 3 + 4


def test_fixed_at_prediction():
    batch, _ = packed(make_sequences())
    other, _ = packed(make_sequences(seed=1))
    differences = Differences(2, 2, dtype=torch.float64)
    differences.train()(batch)
    before = differences.eval()(batch).steps
    differences(other)
    torch.testing.assert_close(differences(batch).steps, before)


@pytest.mark.parametrize("cls", [FFRNNClassifier, BPTTRNNClassifier])
def test_lay_open_what_is_small_beside_the_movement(cls):
    rng = np.random.default_rng(0)
    y = np.arange(200) % 2
    time = np.linspace(0, 2 * np.pi, 30)
    X = [
        np.sin(time + rng.uniform(0, 6))[:, None] + 0.02 * label * rng.normal(size=(30, 1))
        for label in y
    ]
    settings = {"hidden_layer_sizes": (16, 16), "learning_rate_init": 0.01, "max_iter": 20}
    auc = []
    train, test = np.arange(200) < 140, np.arange(200) >= 140
    for n_differences in (0, 2):
        classifier = cls(n_differences=n_differences, random_state=0, **settings)
        classifier.fit([X[i] for i in np.flatnonzero(train)], y[train])
        scores = classifier.decision_function([X[i] for i in np.flatnonzero(test)])
        auc.append(roc_auc_score(y[test], scores))
    assert auc[1] > 0.95
    assert auc[1] > auc[0] + 0.1
