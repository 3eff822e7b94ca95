"""The detectors that are compared: each learns from people and scores movements."""

from contextlib import contextmanager
from unittest.mock import patch

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.ensemble import HistGradientBoostingClassifier, IsolationForest
from sklearn.linear_model import RidgeClassifierCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from examples.unseen.families import on_its_own_clock
from examples.unseen.feature_noise import learn_table_with_noise
from sklearn_ffrnn import (
    HumanMovementDetector,
    KinematicFeatures,
    MixedNegativeSampler,
    VelocityTransformer,
)
from sklearn_ffrnn._outliers._human_movement_detector import _active

try:
    from aeon.transformations.collection.convolution_based import MiniRocket
except ImportError:
    MiniRocket = None

CLOCK = 16.0  # ms
LONGEST = 100  # steps
OURS = "HumanMovementDetector"


class WithNegatives(BaseEstimator):
    """A pipeline of scikit-learn that learns from people and the negatives made of them."""

    def __init__(self, pipeline, families, n_negatives, seed):
        self.pipeline = pipeline
        self.families = families
        self.n_negatives = n_negatives
        self.seed = seed

    def fit(self, X, y=None):
        sampler = MixedNegativeSampler(
            self.n_negatives,
            families=self.families,
            mode="resample",
            on_error="skip",
            random_state=self.seed,
        )
        self.pipeline.fit(*sampler.fit_resample(X))
        return self

    def score_samples(self, X):
        return self.pipeline.decision_function(X)


class Without(HumanMovementDetector):
    """HumanMovementDetector with one of its pieces replaced, named by its place in the package."""

    def __init__(self, piece, instead, *, families, n_negatives, random_state):
        super().__init__(families=families, n_negatives=n_negatives, random_state=random_state)
        self.piece = piece
        self.instead = instead

    @contextmanager
    def _replaced(self):
        with patch(f"sklearn_ffrnn._outliers.{self.piece}", self.instead):
            yield

    def fit(self, X, y=None, groups=None):
        with self._replaced():
            return super().fit(X, y, groups)

    def score_samples(self, X):
        with self._replaced():
            return super().score_samples(X)


def as_collection(sequences):
    """Return (n, T, C) sequences padded with NaN in aeon's layout, (n, C, T) padded with 0."""
    return np.nan_to_num(sequences).transpose(0, 2, 1).astype(np.float64)


def ours(families, n_negatives, seed):
    return HumanMovementDetector(families=families, n_negatives=n_negatives, random_state=seed)


def forest(families, n_negatives, seed):
    return make_pipeline(KinematicFeatures(), IsolationForest(n_estimators=300, random_state=seed))


def boosting(families, n_negatives, seed):
    model = HistGradientBoostingClassifier(random_state=seed)
    return WithNegatives(make_pipeline(KinematicFeatures(), model), families, n_negatives, seed)


def mini_rocket(families, n_negatives, seed):
    rocket = make_pipeline(
        VelocityTransformer(CLOCK, keep_lattice=True, channels="paced", max_length=LONGEST),
        FunctionTransformer(as_collection),
        MiniRocket(random_state=seed),
        StandardScaler(with_mean=False),
        RidgeClassifierCV(alphas=np.logspace(-3, 3, 10)),
    )
    return WithNegatives(rocket, families, n_negatives, seed)


def members(detector, X):
    """Return the scores of both networks of a fitted HumanMovementDetector."""
    return detector._member_scores(_active(X))


def without_own_clocks(families, n_negatives, seed):
    kept = [family for family in families if not on_its_own_clock(family)]
    return ours(kept, n_negatives, seed)


def without(piece, instead):
    def detector(families, n_negatives, seed):
        made = {"families": families, "n_negatives": n_negatives, "random_state": seed}
        return Without(piece, instead, **made)

    return detector


# All but the forest learn from the same families.
DETECTORS = {
    OURS: ours,
    "IsolationForest": forest,
    "boosting": boosting,
    **({"MiniRocket": mini_rocket} if MiniRocket is not None else {}),
}
# What the score of a fitted HumanMovementDetector is made of.
PARTS = {
    "network on sequences alone": lambda detector, X: members(detector, X)[:, 0],
    "network on features alone": lambda detector, X: members(detector, X)[:, 1],
    "without the allowance for slow people": lambda detector, X: detector._joined(
        members(detector, X)
    ),
}
# What a HumanMovementDetector is like without one of its pieces, or with one that was left out.
PIECES = {
    "without families on clocks of their own": without_own_clocks,
    "without simulated recorders": without("_human_movement_detector.RECORDED_ANEW", 0.0),
    "with rests": without("_human_movement_detector.LONGEST_REST", np.inf),
    "with features that do not belong together": without(
        "_human_movement_detector.learn_table", learn_table_with_noise
    ),
}
