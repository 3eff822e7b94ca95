"""How a fitted network looks in a notebook: a box for each layer in scikit-learn's diagram."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sklearn.utils._repr_html.estimator import _VisualBlock


class LayerBox(NamedTuple):
    """What stands in the box of a layer: always, and once it is opened."""

    title: str
    caption: str
    details: dict[str, Any]


def diagram(estimator: Any, boxes: Sequence[LayerBox]) -> Any:
    """Return the diagram of `estimator`: its boxes from top to bottom, or itself without any."""
    if not boxes:
        name = type(estimator).__name__
        return _VisualBlock("single", estimator, names=name, name_details=str(estimator))
    blocks = [
        _VisualBlock(
            "single",
            box.title,
            names=box.title,
            name_caption=box.caption,
            name_details="\n".join(f"{key}: {value}" for key, value in box.details.items()),
        )
        for box in boxes
    ]
    return _VisualBlock("serial", blocks, dash_wrapped=False)
