"""The families of negatives that all detectors learn from, by kind, to leave one out."""

from sklearn_ffrnn._outliers._human_movement_detector import FAMILIES
from sklearn_ffrnn.negatives import (
    AlteredHumanFamily,
    MinimumJerkFamily,
    PursuitFamily,
    RetimedFamily,
    SigmaLognormalFamily,
    SmoothPaceFamily,
    SplineFamily,
)

KINDS = {
    "Sigma-Lognormal": SigmaLognormalFamily,
    "minimum jerk": MinimumJerkFamily,
    "spline": SplineFamily,
    "pursuit": PursuitFamily,
    "altered human": AlteredHumanFamily,
    "retimed human": (RetimedFamily, SmoothPaceFamily),
}


def is_of(kind, family):
    """Return whether a family, or the one that it retimes, is of a kind."""
    return isinstance(getattr(family, "family", None) or family, KINDS[kind])


def families(without=None):
    """Return those of HumanMovementDetector, each as often as it is drawn, but for one kind."""
    return [
        family
        for family, weight in FAMILIES.items()
        for _ in range(weight)
        if without is None or not is_of(without, family)
    ]


def on_its_own_clock(family):
    return isinstance(family, (RetimedFamily, SmoothPaceFamily))
