"""The samples of one of the study's data sets, as users get them."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.utils import Bunch

from .._input import at_sentinel
from ._study_files import COLUMNS, StudyRecords
from ._study_sets import StudySet

XY = [COLUMNS.index("x"), COLUMNS.index("y")]
ON_BACKWARDS = {"clip", "keep", "drop"}

_DESCR = """\
{title}
{rule}

{n_human} human and {n_synthetic} synthetic samples of {n_writers} writers, {n_points} points.
Read from {origin}.
Human recordings and synthetic ones made from them with the Sigma-Lognormal model, as used in the
study "Exploring the Forward-Forward Algorithm for Training Recurrent Neural Networks"
(repository FChikh/BSP-S5-Forward-Forward-RNN, MIT licence; the underlying recordings belong to
their collectors and are for research use).

:data: list of float arrays (n_points, 3) with x, y and t as recorded; t need not start at 0.
    {units}.
:target: 1 human, 0 synthetic.
:name: name of the file, without folder and ending.
:source: the human trajectory that a sample is, or was made from. Keep a source on one side of
    every split.
:writer: whoever made the source: split by it to score on people not seen in training.
:stroke_id, pen_down: per sample, one value a point.
:time_backwards: whether the recorded time of a sample runs backwards somewhere.

- In {n_backwards_human} human and {n_backwards_synthetic} synthetic samples time runs backwards.
  on_backwards={on_backwards!r}: {backwards_rule}.
- {n_sentinels} point(s) at a sentinel (65535, 32767, ..., no position) were left out.
- {n_short} sample(s) with a single point were left out.
- {n_orphans} synthetic sample(s) have no human source here.
- {n_without_twin} human sample(s) have no synthetic one.
- The clock and the number format alone tell these synthetic samples from the human ones: a score
  on them says little about movement unless both are resampled and rounded alike.
"""

_BACKWARDS_RULES = {
    "clip": "a time stamp before its predecessor is set to it",
    "keep": "left as recorded",
    "drop": "left out",
}


def study_bunch(
    records: StudyRecords, study_set: StudySet, *, origin: str, on_backwards: str, return_X_y: bool
) -> Any:
    """Return the records as a Bunch, or as (data, target)."""
    recorded = np.split(records.points, records.offsets[1:-1])
    samples = [s[~at_sentinel(s[:, XY])] for s in recorded]
    backwards = np.array([bool((np.diff(_column(s, "time")) < 0).any()) for s in samples])
    short = np.array([len(s) < 2 for s in samples])
    kept = ~short & ~(backwards if on_backwards == "drop" else np.zeros_like(backwards))
    chosen = np.flatnonzero(kept)
    data = [_trajectory(samples[i], clip=on_backwards == "clip") for i in chosen]
    label = records.label[kept]
    if return_X_y:
        return data, label
    human, synthetic = label == 1, label == 0
    source = records.source[kept]
    return Bunch(
        data=data,
        target=label,
        target_names=np.array(["synthetic", "human"]),
        name=records.name[kept],
        source=source,
        writer=records.writer[kept],
        stroke_id=[_column(samples[i], "stroke_id").astype(np.int64) for i in chosen],
        pen_down=[_column(samples[i], "is_writing").astype(bool) for i in chosen],
        time_backwards=backwards[kept],
        DESCR=_DESCR.format(
            title=study_set.title,
            rule="=" * len(study_set.title),
            n_human=human.sum(),
            n_synthetic=synthetic.sum(),
            n_writers=len(np.unique(records.writer[kept])),
            n_points=sum(map(len, data)),
            origin=origin,
            units=study_set.units,
            n_backwards_human=backwards[records.label == 1].sum(),
            n_backwards_synthetic=backwards[records.label == 0].sum(),
            on_backwards=on_backwards,
            backwards_rule=_BACKWARDS_RULES[on_backwards],
            n_sentinels=len(records.points) - sum(map(len, samples)),
            n_short=short.sum(),
            n_orphans=(~np.isin(source[synthetic], source[human])).sum(),
            n_without_twin=(~np.isin(source[human], source[synthetic])).sum(),
        ),
    )


def _column(points: np.ndarray, name: str) -> np.ndarray:
    return points[:, COLUMNS.index(name)]


def _trajectory(points: np.ndarray, *, clip: bool) -> np.ndarray:
    t = _column(points, "time")
    if clip:
        t = np.maximum.accumulate(t)
    return np.column_stack([_column(points, "x"), _column(points, "y"), t])
