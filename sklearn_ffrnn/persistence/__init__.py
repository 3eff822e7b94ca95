"""Fitted models as files that run no code when they are loaded."""

from ._models import load, save

__all__ = ["load", "save"]
