"""From trajectories to the sequences that the classifiers learn from."""

from ._velocity_transformer import VelocityTransformer

__all__ = ["VelocityTransformer"]
