"""TrajectoryAugmenter: turn, mirror, scale and cut movements at random, in training only."""

from __future__ import annotations

from numbers import Real
from typing import Any

import numpy as np
from sklearn.utils._param_validation import Interval, StrOptions

from .._input import check_range
from ._augmentation import cut, on_lattice_of, turn
from ._base_augmenter import BaseAugmenter

LARGEST = float(np.finfo(float).max)


class TrajectoryAugmenter(BaseAugmenter):
    """Turn, mirror, scale and cut each training movement at random.

    The direction and size of a movement, the phase of the clock and where the recording was cut say
    nothing about who made it, yet differ from device to device. In training, every movement of both
    classes is turned, mirrored, scaled and cut at random, and rounded to its own lattice again.
    Prediction leaves movements unchanged.

    Put it after the sampler of negatives and before :class:`VelocityTransformer`.

    Parameters
    ----------
    rotation : {"quarter", "any"} or None, default="quarter"
        "quarter" turns by multiples of 90 degrees, which preserve the lattice of a screen and
        movements along its axes; "any" turns by any angle.
    mirror : bool, default=True
        Whether to mirror half of the movements.
    scale : tuple of two floats or None, default=(0.5, 2.0)
        Range of the scale factor, which is drawn log-uniformly.
    phase : float or None, default=16.0
        Longest time, in the unit of t, to cut off at the start. Set it to the `resample` period of
        the :class:`VelocityTransformer`, so that its clock starts at a random phase.
    trim : float, default=0.1
        Largest share of the duration to cut off at each end.
    random_state : int, RandomState instance or None, default=None
        Pass an int for the same output on every call.

    Attributes
    ----------
    n_features_in_ : int
        Number of columns of a trajectory, 3 or 4.

    See Also
    --------
    VelocityTransformer : Puts trajectories on one clock and differentiates them.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_ffrnn.preprocessing import TrajectoryAugmenter
    >>> X = [np.array([[0, 0, 0], [10, 0, 16], [60, 10, 32], [90, 10, 48]])]
    >>> augmenter = TrajectoryAugmenter(scale=None, phase=None, trim=0, random_state=0)
    >>> augmenter.fit_transform(X)[0]
    array([[  0.,   0.,   0.],
           [-10.,   0.,  16.],
           [-60., -10.,  32.],
           [-90., -10.,  48.]])
    >>> augmenter.transform(X) is X
    True
    """

    _parameter_constraints: dict[str, list[Any]] = {
        "rotation": [StrOptions({"quarter", "any"}), None],
        "mirror": ["boolean"],
        "scale": [tuple, list, None],
        "phase": [Interval(Real, 0, None, closed="left"), None],
        "trim": [Interval(Real, 0, 0.5, closed="left")],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        *,
        rotation: str | None = "quarter",
        mirror: bool = True,
        scale: tuple[float, float] | None = (0.5, 2.0),
        phase: float | None = 16.0,
        trim: float = 0.1,
        random_state: Any = None,
    ) -> None:
        self.rotation = rotation
        self.mirror = mirror
        self.scale = scale
        self.phase = phase
        self.trim = trim
        self.random_state = random_state

    def _check_params(self) -> None:
        if self.scale is not None:
            check_range("scale", self.scale, np.finfo(float).tiny, LARGEST)

    def _view(
        self, trajectory: np.ndarray, rng: np.random.RandomState, spare: np.random.RandomState
    ) -> np.ndarray:
        # Draw every random number for every movement, so that one option does not change another's.
        phase, first, last, angle, size, side = rng.uniform(size=6)
        begin, end = trajectory[[0, -1], 2]
        duration = end - begin
        view = cut(
            trajectory,
            begin + first * self.trim * duration + phase * (self.phase or 0.0),
            end - last * self.trim * duration,
        ).copy()
        angle = {"quarter": np.floor(4 * angle), "any": 4 * angle, None: 0.0}[self.rotation]
        low, high = self.scale or (1.0, 1.0)
        points = turn(view[:, :2], angle, low * (high / low) ** size, self.mirror and side < 0.5)
        view[:, :2] = on_lattice_of(trajectory[:, :2], points)
        return view
