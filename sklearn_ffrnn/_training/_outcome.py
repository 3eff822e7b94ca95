"""What a training leaves."""

from __future__ import annotations

from typing import Any, NamedTuple


class LayerLostError(RuntimeError):
    """A process that trained a layer is gone."""


class Training(NamedTuple):
    """History and optimizer state of a training, and what cut it short."""

    history: list[dict[str, Any]]
    optimizer_state: dict[str, Any] | None  # None where it holds nothing to go on from
    lost: LayerLostError | None = None
