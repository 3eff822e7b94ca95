"""The study's data sets as tables of movements."""

from itertools import pairwise

import numpy as np
import pandas as pd

from sklearn_ffrnn.datasets import split_movements


def read_movements(path, *, single_strokes=False, min_points=2):
    """Return a table with columns movement, label (1 human), source, writer and stroke_id.

    Parameters
    ----------
    path : Path
        NAME.npz with points (x, y, t in ms), stroke_id, offsets, label, source and writer.
    single_strokes : bool
        Cut recordings into the runs of one stroke_id, and these at rests of over 500 ms.
    min_points : int
        Shorter strokes are left out, as is what does not move or takes no time.
    """
    with np.load(path) as archive:
        points, stroke_id = archive["points"].astype(np.float64), archive["stroke_id"]
        columns = [archive[name] for name in ("label", "source", "writer")]
        offsets = archive["offsets"]
    rows = []
    for (a, b), *of_recording in zip(pairwise(offsets), *columns, strict=True):
        movements = [(points[a:b], stroke_id[a:b])]
        if single_strokes:
            starts = np.flatnonzero(np.diff(stroke_id[a:b])) + 1
            runs = zip(*(np.split(part, starts) for part in movements[0]), strict=True)
            movements = [
                (m, run_id[: len(m)])
                for run, run_id in runs
                for m in split_movements(run, min_points=min_points)
            ]
        rows += [(m, *of_recording, strokes) for m, strokes in movements if _moves(m)]
    return pd.DataFrame(rows, columns=["movement", "label", "source", "writer", "stroke_id"])


def _moves(movement):
    return movement[-1, 2] > movement[0, 2] and bool(np.ptp(movement[:, :2], axis=0).any())
