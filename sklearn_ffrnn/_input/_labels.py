"""Check labels and class weights, and convert them to class indices and sample weights."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils import column_or_1d
from sklearn.utils.class_weight import compute_sample_weight
from sklearn.utils.multiclass import check_classification_targets


def without_extension_dtype(target: Any) -> Any:
    """Convert labels of a pandas extension type to a numpy type; return all others unchanged.

    scikit-learn would turn nullable and Arrow-backed integers and booleans into floats.

    Raises
    ------
    ValueError
        If a label of such a type is missing.
    """
    dtype = getattr(target, "dtype", None)
    if not isinstance(dtype, pd.api.extensions.ExtensionDtype):
        return target
    _refuse_unusable(pd.isna(target))
    own = np.dtype(getattr(dtype, "numpy_dtype", object))
    # Before version 3, pandas converts nullable numbers to objects by default.
    return target.to_numpy(own) if own.kind in "biuf" else np.asarray(target)


def check_labels(target: Any) -> np.ndarray:
    """Return `target` as a one-dimensional array of class labels.

    Raises
    ------
    ValueError
        If a label is missing or infinite, or `target` is not a classification target.
    TypeError
        If strings and numbers are mixed.
    """
    y: np.ndarray = column_or_1d(without_extension_dtype(target), warn=True)
    _refuse_unusable(pd.isna(y) | (np.isinf(y) if y.dtype.kind == "f" else False))
    if y.dtype == object:
        strings = np.array([isinstance(label, str) for label in y])
        odd = np.flatnonzero(strings != strings[:1])
        if len(odd):
            raise TypeError(
                f"y mixes strings and numbers: y[{odd[0]}] is {y[odd[0]]!r} where y[0] is "
                f"{y[0]!r}; turn all labels into one type."
            )
    check_classification_targets(y)
    return y


def _refuse_unusable(unusable: np.ndarray) -> None:
    bad = np.flatnonzero(unusable)
    if len(bad):
        raise ValueError(f"Input y contains NaN or infinity, at sample {bad[0]}; drop it.")


def find_classes(y: np.ndarray, known: np.ndarray | None, *, caller: str) -> np.ndarray:
    """Return the sorted classes of `y`, or those already known, which must include them.

    Raises
    ------
    ValueError
        If `y` has an unknown class, or there is only one class.
    """
    classes = np.unique(y) if known is None else known
    if not np.isin(y, classes).all():
        raise ValueError(
            f"y holds {np.setdiff1d(y, classes)}, which the classes {classes} lack; name "
            "all classes in the first call of partial_fit."
        )
    if len(classes) < 2:
        raise ValueError(
            f"{caller} needs samples of two classes or more, but y holds one class only, "
            f"{classes.tolist()[0]!r} (samples of zero weight don't count). Add samples of another "
            "class, or put a SigmaLognormalNegativeSampler first in the pipeline: it makes "
            "negatives from human samples. Negatives carried by a SequenceBatch must have "
            "another label."
        )
    return classes


def class_weights(class_weight: Any, y: np.ndarray) -> np.ndarray:
    """Return the weight of each sample's class.

    Raises
    ------
    ValueError
        If `class_weight` names unknown classes, or a weight is negative or not finite.
    """
    weight: np.ndarray = compute_sample_weight(class_weight, y)
    if not (np.isfinite(weight) & (weight >= 0)).all():
        raise ValueError(f"class_weight={class_weight!r} must hold finite weights of 0 or more.")
    return weight
