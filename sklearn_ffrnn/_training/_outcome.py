"""The result of a training run."""

from __future__ import annotations

from typing import Any, NamedTuple


class LayerLostError(RuntimeError):
    """A process that trained a layer has ended."""


class Training(NamedTuple):
    """History and optimizer state of a training run, and the error that ended it early."""

    history: list[dict[str, Any]]
    optimizer_state: dict[str, Any] | None  # None if training diverged or lost a layer
    lost: LayerLostError | None = None
