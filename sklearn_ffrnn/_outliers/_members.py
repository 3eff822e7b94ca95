"""The two networks that a HumanMovementDetector joins, and what they see movements through."""

from __future__ import annotations

import warnings

import numpy as np
from sklearn.base import clone
from sklearn.pipeline import Pipeline, make_pipeline

from .._classifiers import BaseRNNClassifier, FFRNNClassifier
from .._typing import FloatArray
from ..preprocessing import VelocityTransformer
from ..preprocessing._feature_table import FEATURES, USUAL_GROUPS
from ..preprocessing._kinematics import kinematics
from ._table_scale import TableScale

PERIOD = 16.0  # ms; of the clock that all movements are put on
LONGEST = 80  # steps of a sequence
FEATURE_NAMES = [feature.name for feature in FEATURES if feature.group in USUAL_GROUPS]


def sequence_network() -> FFRNNClassifier:
    """Return the untrained default network for sequences."""
    return FFRNNClassifier((96, 96), learning_rate_init=5e-4, max_iter=12)


def table_network() -> FFRNNClassifier:
    """Return the untrained default network for tables."""
    return FFRNNClassifier((96, 96), n_differences=0, learning_rate_init=5e-4, max_iter=15)


def learn_sequences(
    people: list[np.ndarray],
    machines: list[np.ndarray],
    network: BaseRNNClassifier,
    source: np.ndarray,
) -> Pipeline:
    """Return a pipeline from movements to the verdict of a network on their sequences.

    Parameters
    ----------
    people, machines : list of ndarray of shape (n_points, 3)
        Movements.
    network : BaseRNNClassifier
        Not changed.
    source : ndarray of shape (n_people + n_machines,)
        Person's movement that each comes from, so that none is on both sides of a split.
    """
    view = VelocityTransformer(PERIOD, keep_lattice=True, channels="paced", max_length=LONGEST)
    with warnings.catch_warnings():
        # Simulated recorders may be coarse, which their user knows nothing of.
        warnings.filterwarnings("ignore", ".*far coarser than resample", UserWarning)
        sequences = view.fit_transform(people + machines)
    y = np.repeat([1, -1], [len(people), len(machines)])
    return make_pipeline(view, clone(network).fit(sequences, y, groups=source))


def describe(movements: list[np.ndarray]) -> FloatArray:
    """Return what the other network sees: KinematicFeatures of checked movements."""
    return kinematics(movements, PERIOD, FEATURE_NAMES)


def learn_table(
    people: FloatArray,
    machines: FloatArray,
    network: BaseRNNClassifier,
    source: np.ndarray,
) -> tuple[TableScale, BaseRNNClassifier]:
    """Return the scale of tables and a network that has learnt from them."""
    scale = TableScale.of(people)
    X = np.vstack([scale.apply(people), scale.apply(machines)]).astype(np.float32)
    y = np.repeat([1, -1], [len(people), len(machines)])
    fitted: BaseRNNClassifier = clone(network).fit(X, y, groups=source)
    return scale, fitted
