"""Build a network from plain values."""

from __future__ import annotations

from typing import Any

import torch

from ..nn import Network

_TYPES = ("dtype", "activity_dtype")


def build_network(
    network_class: type[Network], settings: dict[str, Any], generator: torch.Generator
) -> Network:
    """Return an untrained network.

    Parameters
    ----------
    network_class : type
        Class of the network.
    settings : dict
        Its parameters as plain values; a type is a name such as "float32".
    generator : torch.Generator
        Draws the initial weights.
    """
    types = {name: getattr(torch, settings[name]) for name in _TYPES}
    return network_class(**{**settings, **types}, generator=generator)
