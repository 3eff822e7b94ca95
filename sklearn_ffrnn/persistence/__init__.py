"""Fitted models in files that hold no code."""

from ._save_load import load, save

__all__ = ["load", "save"]
