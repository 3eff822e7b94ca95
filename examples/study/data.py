"""One of the study's data sets, from a compact file or from the archive's folders."""

import hashlib
from pathlib import Path
from typing import NamedTuple

import numpy as np

from examples.common.study_data import read_movements
from sklearn_ffrnn.datasets import load_study_folder

DATA_SETS = {
    "dollar-one": "$1",
    "mobiletouchdb": "MobileTouchDB",
    "mcyt": "MCYT",
    "mouse-operation": "Mouse-Operation",
}


class MovementSet(NamedTuple):
    """Trajectories with their labels (1 for human) and writers, and the stroke of each point."""

    X: list[np.ndarray]
    y: np.ndarray
    writer: np.ndarray
    stroke_id: list[np.ndarray]

    def fingerprint(self):
        """Return a digest of all numbers, labels and writers."""
        digest = hashlib.sha256()
        for part in (self.y, np.array([len(x) for x in self.X]), np.concatenate(self.X)):
            digest.update(np.ascontiguousarray(part).tobytes())
        digest.update("\n".join(map(str, self.writer)).encode())
        return digest.hexdigest()


def load_set(folder: Path, name: str, n_samples: int | None = None) -> MovementSet:
    """Read NAME.npz (see `examples/common/study_data.py`), the folder NAME, or the archive itself.

    With `n_samples`, read only so many samples, always the same ones.
    """
    npz = folder / f"{name}.npz"
    if npz.is_file():
        table = read_movements(npz)
        columns = ("movement", "label", "writer", "stroke_id")
        X, y, writer, stroke_id = (table[c].to_list() for c in columns)
    else:
        study = load_study_folder(folder / name if (folder / name).is_dir() else folder, name)
        X, y, writer, stroke_id = study.data, study.target, study.writer, study.stroke_id
    y, writer = np.asarray(y), np.asarray(writer)
    # As in datasets.load_study_folder: some recorded clocks step back.
    X = [np.column_stack([x[:, :2], np.maximum.accumulate(x[:, 2])]) for x in X]
    takes_time = np.flatnonzero([x[-1, 2] > x[0, 2] for x in X])
    chosen = np.random.default_rng(0).permutation(takes_time)[:n_samples]
    return MovementSet(
        [X[i] for i in chosen], y[chosen], writer[chosen], [stroke_id[i] for i in chosen]
    )
