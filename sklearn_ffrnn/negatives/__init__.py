"""Families of machine-made movements, and a sampler that mixes them.

A family is a callable that takes a movement and a random state and returns another movement with
the same end points, time stamps and lattice, or None if it can make nothing of that movement.
"""

from ._altered import AlteredHumanFamily
from ._family import NegativeFamily, record_like
from ._minimum_jerk import MinimumJerkFamily
from ._mixed_sampler import MixedNegativeSampler
from ._pursuit import PursuitFamily
from ._scorer import make_negatives_scorer
from ._sigma_lognormal import SigmaLognormalFamily
from ._spline import SplineFamily

__all__ = [
    "AlteredHumanFamily",
    "MinimumJerkFamily",
    "MixedNegativeSampler",
    "NegativeFamily",
    "PursuitFamily",
    "SigmaLognormalFamily",
    "SplineFamily",
    "make_negatives_scorer",
    "record_like",
]
