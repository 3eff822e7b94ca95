"""What a data set or a fitted model gives away."""

from ._recording_artefacts import recording_artefacts

__all__ = ["recording_artefacts"]
