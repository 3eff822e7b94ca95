"""Turn trajectories into the sequences and features that models learn from."""

from ._kinematic_features import KinematicFeatures
from ._recorder_augmenter import RecorderAugmenter
from ._trajectory_augmenter import TrajectoryAugmenter
from ._velocity_transformer import VelocityTransformer

__all__ = ["KinematicFeatures", "RecorderAugmenter", "TrajectoryAugmenter", "VelocityTransformer"]
