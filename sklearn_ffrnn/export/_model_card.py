"""A card beside a saved or exported model, for those who are to rely on it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from sklearn.utils.validation import check_is_fitted
from skops.card import Card

from .._input import check_trajectories
from .._outliers import HumanMovementDetector
from .._outliers._judgeable import Limits
from ._model_parts import find_parts

_DECLINED = """It gives no number, but an error in Python and NaN from an exported graph, for

- fewer than two points, or one time stamp throughout,
- a coordinate or a time that is missing or infinite,
- time that runs backwards,
- a velocity too large for single precision.
"""
_HELD = """In Python, too, it gives NaN for what holds too little to judge:

- a duration of less than {0.shortest:.4g} {1},
- a usual interval between points of more than {0.coarsest:.4g} {1},
- fewer than {0.fewest} points at different times, and not at the place before.
"""
_JUDGED = """It judges the movement alone. Of devices and clocks that it did not learn from, {}it
gives a number all the same: see what it learnt from."""
_OF_ANY_LENGTH = "and of movements much shorter or longer than those, "


def write_model_card(
    model: Any,
    path: str | os.PathLike[str],
    X: Any,
    y: Any = None,
    *,
    recorders: Any = None,
    figures: Mapping[str, Any] | None = None,
    description: str = "",
    length_unit: str = "px",
    time_unit: str = "ms",
) -> None:
    """Write what a model learnt from, how well it does, where it decides and what it declines.

    Parameters
    ----------
    model : sklearn.pipeline.Pipeline, AbstainingClassifier, TunedThresholdClassifierCV, \
FixedThresholdClassifier or HumanMovementDetector
        A fitted model that :func:`to_onnx` takes, or a ``HumanMovementDetector``.
    path : str or path-like
        The card, in Markdown, usually named like the model's file but for its ending ``.md``.
    X : list of array-like of shape (n_points, 3)
        The trajectories that it learnt from.
    y : array-like of shape (n_samples,) or None, default=None
        Their labels; None if it learnt from one class, and made the other itself.
    recorders : array-like of shape (n_samples,) or None, default=None
        What recorded each: a device, a data set, a visitor.
    figures : mapping of str to number or str, or None, default=None
        What was measured, on movements that it did not learn from: say so in the names.
    description : str
        Where the movements come from, and what for the model is made.
    length_unit, time_unit : str
        Units of x and y, and of t.

    Raises
    ------
    TypeError
        If the model is another, or has a part that :func:`to_onnx` does not know.
    ValueError
        If there are more or fewer labels or recorders than trajectories.

    See Also
    --------
    to_onnx : Exports the model.
    save : Saves it.

    Notes
    -----
    The card is one of skops, whose ``skops.card.parse_modelcard`` reads it back (with pandoc).

    Examples
    --------
    >>> import tempfile, pathlib, numpy as np
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn_ffrnn import FFRNNClassifier, VelocityTransformer
    >>> from sklearn_ffrnn.datasets import load_mouse_movements, make_minimum_jerk_movements
    >>> from sklearn_ffrnn.export import write_model_card
    >>> human = load_mouse_movements().data[:50]
    >>> X, y = human + make_minimum_jerk_movements(human, random_state=0), np.repeat([1, 0], 50)
    >>> model = make_pipeline(VelocityTransformer(10.0), FFRNNClassifier(16, max_iter=3)).fit(X, y)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_model_card(model, f"{folder}/model.md", X, y, figures={"AUC, of others": 0.93})
    ...     print(pathlib.Path(folder, "model.md").read_text()[:43])
    # What it is
    <BLANKLINE>
    A FFRNNClassifier that reads
    """
    facts = _facts(model)
    trajectories = check_trajectories(X)
    labels = _of_each(y, "y", len(trajectories), facts.classes[-1])
    sources = _of_each(recorders, "recorders", len(trajectories), "all")
    card = Card(model, template=None, model_diagram=False)
    card.add(
        **{
            "What it is": f"A {facts.name} that reads {facts.reads}, in {length_unit} and "
            f"{time_unit}. Classes: {', '.join(map(repr, facts.classes))}.",
            "What it learnt from": description,
            "How well it does": "" if figures else "Nothing was measured.",
            "Where it decides": facts.decides,
            "What it declines": _declined(facts.limits, time_unit),
        }
    )
    _add_table(card, "What it learnt from", _recordings(trajectories, labels, sources, time_unit))
    if figures:
        rows = {"figure": list(figures), "value": [_short(v) for v in figures.values()]}
        _add_table(card, "How well it does", pd.DataFrame(rows))
    card.save(os.fspath(path))


class _Facts(NamedTuple):
    """What a card says of a model itself."""

    name: str
    reads: str
    classes: list[Any]
    decides: str
    limits: Limits | None


def _facts(model: Any) -> _Facts:
    if isinstance(model, HumanMovementDetector):
        check_is_fitted(model)
        return _Facts(
            type(model).__name__,
            "movements without rests, step by step and by their kinematic features",
            model.classes_.tolist(),
            f"A movement is taken for class -1, a machine's, where its score is below "
            f"{model.offset_:.4g}, as {model.contamination:.4g} of held-out people's are.",
            Limits(model.coarsest, model.shortest, model.fewest),
        )
    transformer, classifier, threshold, limits = find_parts(model)
    classes = classifier.classes_.tolist()
    return _Facts(
        type(classifier).__name__,
        _read(transformer),
        classes,
        f"A movement is taken for class {classes[1]!r} from a probability of {threshold:.4g} on."
        if len(classes) == 2
        else "A movement is taken for the class of the greatest probability.",
        limits,
    )


def _add_table(card: Card, section: str, table: pd.DataFrame) -> None:
    card.add_table(**{f"{section}/Table": table})
    card.select(f"{section}/Table").title = "In numbers"  # else all of the path


def _declined(limits: Limits | None, time_unit: str) -> str:
    held = [] if limits is None else [_HELD.format(limits, time_unit)]
    judged = _JUDGED.format(_OF_ANY_LENGTH if limits is None else "")
    return "\n".join([_DECLINED, *held, judged])


def _of_each(values: Any, name: str, n: int, default: Any) -> np.ndarray:
    """Return one value for each trajectory."""
    column = np.full(n, default) if values is None else np.asarray(values)
    if column.shape != (n,):
        raise ValueError(
            f"{name} has shape {column.shape} for {n} trajectories; give one for each."
        )
    return column


def _read(transformer: Any) -> str:
    clock = "their own clock" if transformer.resample is None else "a clock that ticks every "
    if transformer.resample is not None:
        clock += f"{transformer.resample:g}"
    most = transformer.max_length_
    steps = "all steps" if most is None else f"the first {most} steps"
    return f"{steps} of movements on {clock}, as {transformer.channels} channels"


def _recordings(
    trajectories: list[np.ndarray], labels: np.ndarray, sources: np.ndarray, time_unit: str
) -> pd.DataFrame:
    """Return one row for each recorder and class, with what its movements and clock are like."""
    intervals = [np.diff(x[:, 2]) for x in trajectories]
    each = pd.DataFrame(
        {
            "recorder": sources,
            "class": labels,
            "points": [len(x) for x in trajectories],
            "duration": [np.ptp(x[:, 2]) for x in trajectories],
            "interval": [np.median(dt[dt > 0]) for dt in intervals],
            "equal": [np.mean(dt == 0) for dt in intervals],
        }
    )
    of = each.groupby(["recorder", "class"])
    quartiles = of["interval"].quantile(np.array([0.05, 0.5, 0.95])).unstack().map("{:.3g}".format)
    table = pd.DataFrame(
        {
            "movements": of.size(),
            "points, median": of["points"].median().map("{:g}".format),
            f"duration, median ({time_unit})": of["duration"].median().map("{:.0f}".format),
            f"clock ({time_unit}): 5 %, median, 95 %": quartiles.agg(" / ".join, axis=1),
            "equal times": of["equal"].mean().map("{:.0%}".format),
        }
    )
    return table.reset_index()


def _short(value: Any) -> str:
    return value if isinstance(value, str) else f"{value:.4g}"
