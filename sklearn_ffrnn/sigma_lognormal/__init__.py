"""The Sigma-Lognormal model: its equations, the strokes of a movement, and movements of strokes."""

from ._evaluation_set import make_evaluation_set
from ._extract import extract_strokes
from ._model import position, snr_position, snr_velocity, speed, velocity
from ._plan import StrokePlan
from ._sampler import SigmaLognormalNegativeSampler
from ._stream import iter_strokes
from ._synthesis import synthesize
from ._transformer import SigmaLognormalTransformer

__all__ = [
    "SigmaLognormalNegativeSampler",
    "SigmaLognormalTransformer",
    "StrokePlan",
    "extract_strokes",
    "iter_strokes",
    "make_evaluation_set",
    "position",
    "snr_position",
    "snr_velocity",
    "speed",
    "synthesize",
    "velocity",
]
