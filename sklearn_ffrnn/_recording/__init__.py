"""How a movement was recorded: the clock, the lattice of its coordinates, the device."""

from ._clock import regular_clock
from ._lattice import Lattice, find_lattice
from ._median import median
from ._pen_strokes import stroke_starts
from ._pointing_device import PointingDevice, find_pointing_device

__all__ = [
    "Lattice",
    "PointingDevice",
    "find_lattice",
    "find_pointing_device",
    "median",
    "regular_clock",
    "stroke_starts",
]
