"""The Sigma-Lognormal model: its equations, the strokes of a movement, and movements of strokes."""

from ._model import position, snr_position, snr_velocity, speed, velocity

__all__ = ["position", "snr_position", "snr_velocity", "speed", "velocity"]
