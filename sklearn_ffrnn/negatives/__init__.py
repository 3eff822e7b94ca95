"""Negatives: samplers of machine-made movements, families that make them, evaluation sets.

A family is a callable that takes a movement and a random state and returns another movement, or
None if it cannot make one from that movement. Most keep end points, time stamps and lattice of
their source, so that these tell nothing; those that get the pace wrong have a clock of their own.
"""

from ._altered_family import AlteredHumanFamily
from ._base_sampler import BaseNegativeSampler
from ._evaluation_set import make_evaluation_set
from ._family import NegativeFamily, record_like
from ._minimum_jerk_family import MinimumJerkFamily
from ._mixed_sampler import MixedNegativeSampler
from ._pursuit_family import PursuitFamily
from ._retimed_family import RetimedFamily
from ._scorer import make_negatives_scorer
from ._sigma_lognormal_family import SigmaLognormalFamily
from ._sigma_lognormal_sampler import SigmaLognormalNegativeSampler
from ._smooth_pace_family import SmoothPaceFamily
from ._spline_family import SplineFamily

__all__ = [
    "AlteredHumanFamily",
    "BaseNegativeSampler",
    "MinimumJerkFamily",
    "MixedNegativeSampler",
    "NegativeFamily",
    "PursuitFamily",
    "RetimedFamily",
    "SigmaLognormalFamily",
    "SigmaLognormalNegativeSampler",
    "SmoothPaceFamily",
    "SplineFamily",
    "make_evaluation_set",
    "make_negatives_scorer",
    "record_like",
]
