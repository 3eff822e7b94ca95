"""The Sigma-Lognormal model: its equations, the strokes of a movement, and movements of strokes."""

from ._extract import extract_strokes
from ._model import position, snr_position, snr_velocity, speed, velocity
from ._plan import StrokePlan
from ._transformer import SigmaLognormalTransformer

__all__ = [
    "SigmaLognormalTransformer",
    "StrokePlan",
    "extract_strokes",
    "position",
    "snr_position",
    "snr_velocity",
    "speed",
    "velocity",
]
