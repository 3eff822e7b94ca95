"""The detectors that are compared: each learns from labelled movements and scores others."""

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier, IsolationForest
from sklearn.linear_model import RidgeClassifierCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from sklearn_ffrnn import BPTTRNNClassifier, FFRNNClassifier, VelocityTransformer
from sklearn_ffrnn.preprocessing import KinematicFeatures

try:
    from aeon.transformations.collection.convolution_based import MiniRocket
except ImportError:
    MiniRocket = None

CLOCK = 16.0  # ms
LONGEST = 100  # steps


def as_collection(sequences):
    """Return (n, T, C) sequences padded with NaN in aeon's layout, (n, C, T) padded with 0."""
    return np.nan_to_num(sequences).transpose(0, 2, 1).astype(np.float64)


def representation(**params):
    """Return the transformer that the networks see movements through."""
    settings = {"resample": CLOCK, "keep_lattice": True, "channels": "intrinsic"}
    return VelocityTransformer(**{**settings, "max_length": LONGEST, **params})


def detectors(epochs, seed):
    """Return {name: untrained pipeline}."""
    settings = {"max_iter": epochs, "random_state": seed}
    found = {
        "FF": make_pipeline(representation(), FFRNNClassifier(**settings)),
        "BPTT": make_pipeline(representation(), BPTTRNNClassifier(**settings)),
        "boosting": make_pipeline(
            KinematicFeatures(), HistGradientBoostingClassifier(random_state=seed)
        ),
        "isolation forest": make_pipeline(
            KinematicFeatures(), IsolationForest(n_estimators=300, random_state=seed)
        ),
    }
    if MiniRocket is not None:
        found["MiniRocket"] = make_pipeline(
            representation(),
            FunctionTransformer(as_collection),
            MiniRocket(random_state=seed),
            StandardScaler(with_mean=False),
            RidgeClassifierCV(alphas=np.logspace(-3, 3, 10)),
        )
    return found


def train(detector, X, y, groups):
    """Fit a detector; one that learns from people alone gets no others."""
    last, estimator = detector.steps[-1]
    if isinstance(estimator, IsolationForest):
        return detector.fit([x for x, label in zip(X, y, strict=True) if label == 1])
    if isinstance(estimator, (FFRNNClassifier, BPTTRNNClassifier)):
        return detector.fit(X, y, **{f"{last}__groups": groups})
    return detector.fit(X, y)
