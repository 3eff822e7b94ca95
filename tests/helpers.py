"""What several test modules make or read off: movements, sequences, batches, legends."""

import threading
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import torch

from sklearn_ffrnn._training import _one_cycle
from sklearn_ffrnn.nn import SequenceDataset
from sklearn_ffrnn.sigma_lognormal import position

ROOT = Path(__file__).parents[1]
STUDY_DATA = ROOT.parent / "shared" / "data"


def study_file(name):
    """Return the file of a set of the study's data; skip the test where it is missing."""
    path = STUDY_DATA / f"{name}.npz"
    if not path.exists():
        pytest.skip(f"the study's data ({path.name}) are not in ../shared/data")
    return path


def labelled_noise(n, n_classes=2, scale=2, seed=0):
    """Sequences of 4 to 9 steps and 2 channels, the larger the class the larger the values."""
    rng = np.random.default_rng(seed)
    y = np.arange(n) % n_classes
    return [rng.normal(size=(rng.integers(4, 10), 2)) * (1 + scale * label) for label in y], y


def walk(n_points, speed, rng):
    """A movement x, y, t with an uneven clock."""
    t = np.cumsum(rng.integers(5, 15, size=n_points))
    return np.column_stack([rng.normal(size=(n_points, 2)).cumsum(0) * speed, t])


def gestures(n, seed=0):
    """Movements of two strokes on whole pixels; no two share a clock, so it tells them apart."""
    rng = np.random.default_rng(seed)
    made = []
    for _ in range(n):
        t = np.cumsum(rng.integers(6, 15, size=50)).astype(float)
        a, b, turn = *rng.uniform(80, 300, 2), rng.uniform(-2, 2)
        strokes = [[a, -50, 5, 0.25, 0, turn], [b, 150, 5, 0.25, turn + 1, turn]]
        made.append(np.column_stack([position(strokes, t).round(), t]))
    return made


def objects(items):
    """Return the items as an array of objects."""
    out = np.empty(len(items), dtype=object)
    out[:] = items
    return out


def padded(X):
    """Return sequences as one array, padded with NaN to two steps more than the longest has."""
    out = np.full((len(X), max(map(len, X)) + 2, X[0].shape[1]), np.nan)
    for row, sequence in zip(out, X, strict=True):
        row[: len(sequence)] = sequence
    return out


def pack(sequences, target=None, weight=None):
    """Return all sequences, arrays or tensors, as one batch."""
    dataset = SequenceDataset(
        torch.cat([torch.as_tensor(s) for s in sequences]),
        torch.tensor([len(s) for s in sequences]),
        None if target is None else torch.tensor(target),
        None if weight is None else torch.tensor(weight),
    )
    return dataset.batch(torch.arange(len(sequences)))


def weights(classifier):
    """Return all weights of a fitted classifier, one after another."""
    return torch.cat([p.detach().flatten() for p in classifier.network_.parameters()])


def shorten_training(check, monkeypatch):
    """Let max_iter="auto" be at most 40 epochs instead of 200, in most of scikit-learn's checks.

    What they check depends neither on how well the network learns, nor on how roundings add up.
    """
    in_full = {"check_classifiers_train", "check_sample_weight_equivalence_on_dense_data"}
    if check.func.__name__ not in in_full or check.keywords:  # such as readonly_memmap=True
        monkeypatch.setattr(_one_cycle, "MAX_EPOCHS", 40)


def legend(ax):
    """Return the words of a legend."""
    return [text.get_text() for text in ax.get_legend().get_texts()]


@contextmanager
def serving(server):
    """Let a server answer in a thread of its own."""
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()
