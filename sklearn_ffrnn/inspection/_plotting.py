"""Shared by the displays: colours, axes, and the classifier at the end of a pipeline."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.pipeline import Pipeline
from sklearn.utils._optional_dependencies import check_matplotlib_support
from sklearn.utils.validation import check_is_fitted

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# From Okabe and Ito (2008), so that colour-blind readers can tell them apart. The first is that of
# the positive class.
PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
RECORDED = "0.5"


def layer_colors(n_layers: int) -> list[Any]:
    """Return a colour for each layer, from dark (the first) to light."""
    from matplotlib import colormaps

    return list(colormaps["viridis"](np.linspace(0.05, 0.8, n_layers)))


def panels(ax: Any, n_panels: int, *, size: tuple[float, float], caller: str) -> np.ndarray:
    """Return `n_panels` axes: those given, or new ones side by side.

    Parameters
    ----------
    ax : Axes, array-like of Axes or None
        What the user gave.
    n_panels : int
        Number of axes to draw on.
    size : (float, float)
        Width and height of a new one, in inches.
    caller : str
        The method, for the message if matplotlib is missing.

    Raises
    ------
    ValueError
        If `ax` holds another number of axes.
    """
    check_matplotlib_support(caller)
    import matplotlib.pyplot as plt

    if ax is None:
        width, height = size
        _, grid = plt.subplots(
            1, n_panels, figsize=(width * n_panels, height), layout="constrained", squeeze=False
        )
        return np.ravel(grid)
    axes = np.ravel(np.asarray(ax, dtype=object))
    if len(axes) != n_panels:
        raise ValueError(
            f"ax holds {len(axes)} axes, but {caller} draws on {n_panels}; give one for each, or "
            "leave ax out."
        )
    return axes


def legend_below(ax: Axes, handles: Sequence[Any], n_columns: int) -> None:
    """Put the legend below the axes, where it hides nothing."""
    ax.legend(
        handles=handles,
        loc="upper center",
        bbox_to_anchor=(0.5, -0.16),
        ncols=n_columns,
        fontsize="small",
        frameon=False,
        columnspacing=1.0,
        handlelength=1.6,
    )


def fitted_classifier(estimator: Any, needs: str) -> Any:
    """Return the classifier of a fitted estimator, pipeline or search.

    Raises
    ------
    NotFittedError
        If it is not fitted.
    TypeError
        If it has no attribute `needs`.
    """
    return _classifier(_best(estimator), needs)


def classifier_and_sequences(estimator: Any, X: Any, needs: str) -> tuple[Any, Any]:
    """Return the classifier, and `X` transformed by the steps before it; errors as above."""
    estimator = _best(estimator)
    classifier = _classifier(estimator, needs)
    if isinstance(estimator, Pipeline) and len(estimator) > 1:
        X = estimator[:-1].transform(X)
    return classifier, X


def _best(estimator: Any) -> Any:
    check_is_fitted(estimator)
    return getattr(estimator, "best_estimator_", estimator)


def _classifier(estimator: Any, needs: str) -> Any:
    classifier = estimator[-1] if isinstance(estimator, Pipeline) else estimator
    if not hasattr(classifier, needs):
        raise TypeError(
            f"{type(classifier).__name__} has no {needs}; give a fitted classifier of "
            "sklearn_ffrnn that has, or a pipeline that ends in one."
        )
    return classifier


def check_names(class_names: Sequence[str] | None, labels: Sequence[Any]) -> list[str]:
    """Return a name for each class, by default its label.

    Raises
    ------
    ValueError
        If there are more or fewer names than labels.
    """
    if class_names is None:
        return [str(x) if isinstance(x, str) else f"class {x}" for x in labels]
    names = [str(name) for name in class_names]
    if len(names) != len(labels):
        raise ValueError(
            f"class_names has {len(names)} entries for the {len(labels)} classes {list(labels)}; "
            "give one for each, in this order."
        )
    return names
