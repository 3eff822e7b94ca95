"""The Sigma-Lognormal model: equations, extraction of strokes, and synthesis."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from ._extract import extract_strokes
from ._model import position, snr_position, snr_velocity, speed, velocity
from ._plan import StrokePlan
from ._stream import iter_strokes
from ._synthesis import synthesize
from ._transformer import SigmaLognormalTransformer

__all__ = [
    "SigmaLognormalTransformer",
    "StrokePlan",
    "extract_strokes",
    "iter_strokes",
    "position",
    "snr_position",
    "snr_velocity",
    "speed",
    "synthesize",
    "velocity",
]


def __getattr__(name: str) -> Any:
    """Return names of `negatives` that this package also offers.

    They are imported on demand, because this package must not import what builds on it.
    """
    if name in {"SigmaLognormalNegativeSampler", "make_evaluation_set"}:
        return getattr(import_module("sklearn_ffrnn.negatives"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
