"""The detectors that are compared: each learns from people and scores movements."""

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.ensemble import HistGradientBoostingClassifier, IsolationForest
from sklearn.linear_model import RidgeClassifierCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from sklearn_ffrnn import (
    HumanMovementDetector,
    KinematicFeatures,
    MixedNegativeSampler,
    VelocityTransformer,
)

try:
    from aeon.transformations.collection.convolution_based import MiniRocket
except ImportError:
    MiniRocket = None

CLOCK = 16.0  # ms
LONGEST = 100  # steps


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


def as_collection(sequences):
    """Return (n, T, C) sequences padded with NaN in aeon's layout, (n, C, T) padded with 0."""
    return np.nan_to_num(sequences).transpose(0, 2, 1).astype(np.float64)


def detectors(families, n_negatives, seed):
    """Return {name: untrained detector}; all but the forest learn from the same families."""
    made = {"families": families, "n_negatives": n_negatives, "seed": seed}
    found = {
        "HumanMovementDetector": HumanMovementDetector(
            families=families, n_negatives=n_negatives, random_state=seed
        ),
        "isolation forest": make_pipeline(
            KinematicFeatures(), IsolationForest(n_estimators=300, random_state=seed)
        ),
        "boosting": WithNegatives(
            make_pipeline(KinematicFeatures(), HistGradientBoostingClassifier(random_state=seed)),
            **made,
        ),
    }
    if MiniRocket is not None:
        rocket = make_pipeline(
            VelocityTransformer(CLOCK, keep_lattice=True, channels="paced", max_length=LONGEST),
            FunctionTransformer(as_collection),
            MiniRocket(random_state=seed),
            StandardScaler(with_mean=False),
            RidgeClassifierCV(alphas=np.logspace(-3, 3, 10)),
        )
        found["MiniRocket"] = WithNegatives(rocket, **made)
    return found
