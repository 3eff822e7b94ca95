"""How a fitted network looks in a notebook: a box for each layer in scikit-learn's diagram."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from sklearn.utils._repr_html.estimator import _VisualBlock

from ..nn import Network


class LayerBox(NamedTuple):
    """What stands in the box of a layer: always, and once it is opened."""

    title: str
    caption: str
    details: dict[str, Any]


def recurrent_boxes(network: Network, built_with: dict[str, Any]) -> list[LayerBox]:
    """Describe the recurrent layers of a network that was built with these parameters."""
    kind = f"{built_with['cell']} units" + " in each direction" * built_with["bidirectional"]
    sizes = np.atleast_1d(built_with["hidden_layer_sizes"])
    layers = network.get_submodule("layers").children()
    boxes = []
    for i, (n_units, layer) in enumerate(zip(sizes, layers, strict=True)):
        n_weights = sum(p.numel() for p in layer.parameters())
        details = {"weights": f"{n_weights:,}"}
        if i == 0:
            details["differences it reads"] = f"{built_with['n_differences']}"
        boxes.append(LayerBox(f"Layer {i + 1}", f"{n_units} {kind}", details))
    return boxes


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
