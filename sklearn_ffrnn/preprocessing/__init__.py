"""Turn trajectories into the sequences that the classifiers learn from."""

from ._trajectory_augmenter import TrajectoryAugmenter
from ._velocity_transformer import VelocityTransformer

__all__ = ["TrajectoryAugmenter", "VelocityTransformer"]
