"""RecorderAugmenter: movements as other recorders would have taken them, in training only."""

from __future__ import annotations

from numbers import Real
from typing import Any

import numpy as np
from sklearn.utils._param_validation import Interval

from .._input import check_range
from ._base_augmenter import BaseAugmenter
from ._recorders import Recorder, record_again, usual_interval


class RecorderAugmenter(BaseAugmenter):
    """Replace training movements by what another recorder would have made of them.

    A model that has seen one recorder learns its clock and its grid along with the movements, and
    takes people behind another one for machines. Here every movement, people's and machines' alike,
    is recorded once more in training, by a recorder drawn anew each time: with its own interval
    between events, some of which come late, are merged or lost, with coarse time stamps, rounded
    positions and missing ends. At prediction nothing changes.

    Put it after the sampler of negatives and before :class:`VelocityTransformer` or
    :class:`KinematicFeatures`.

    Parameters
    ----------
    share : float, default=0.75
        Share of the movements that are recorded anew; the others stay as they are.
    interval : tuple of two floats, default=(7.0, 24.0)
        Range of the interval between events, in the unit of t, drawn by orders of magnitude. A
        movement is never recorded at a finer one than it has: there is nothing to record.
    jitter : float, default=0.3
        Up to so much is the standard deviation of when an event comes, relative to the interval.
    delay : float, default=0.2
        Up to so much is the standard deviation of how late an event's stamp is, likewise.
    lost : float, default=0.3
        Up to this share of the events is merged into the next one.
    ticks : sequence of float, default=(0.0, 1.0, 4.0, 8.0)
        Time stamps are multiples of one of these, in the unit of t; 0 is any number. Where several
        events share a stamp, the last counts.
    coarseness : int, default=2
        Positions are rounded to up to so many spacings of their grid.
    missing : float, default=0.1
        Up to this part of the duration is missing at either end.
    random_state : int, RandomState instance or None, default=None
        Pass an int for the same recorders on every call.

    Attributes
    ----------
    n_features_in_ : int
        Number of columns of a trajectory, 3 or 4.

    See Also
    --------
    TrajectoryAugmenter : Movements seen from other sides.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_ffrnn.preprocessing import RecorderAugmenter
    >>> t = np.arange(0.0, 400.0, 4.0)
    >>> X = [np.column_stack([t, 2 * t, t])]
    >>> clean = {"jitter": 0, "delay": 0, "lost": 0, "ticks": [0], "coarseness": 1, "missing": 0}
    >>> augmenter = RecorderAugmenter(share=1, interval=(20, 20), **clean, random_state=0)
    >>> again = augmenter.fit_transform(X)[0]
    >>> np.diff(again[:, 2]).round(9).tolist()[:3]
    [20.0, 20.0, 20.0]
    >>> augmenter.transform(X) is X
    True
    """

    _parameter_constraints: dict[str, list[Any]] = {
        "share": [Interval(Real, 0, 1, closed="both")],
        "interval": [tuple, list],
        "jitter": [Interval(Real, 0, None, closed="left")],
        "delay": [Interval(Real, 0, None, closed="left")],
        "lost": [Interval(Real, 0, 1, closed="left")],
        "ticks": [tuple, list],
        "coarseness": [Interval(Real, 1, None, closed="left")],
        "missing": [Interval(Real, 0, 0.5, closed="left")],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        *,
        share: float = 0.75,
        interval: tuple[float, float] = (7.0, 24.0),
        jitter: float = 0.3,
        delay: float = 0.2,
        lost: float = 0.3,
        ticks: Any = (0.0, 1.0, 4.0, 8.0),
        coarseness: int = 2,
        missing: float = 0.1,
        random_state: Any = None,
    ) -> None:
        self.share = share
        self.interval = interval
        self.jitter = jitter
        self.delay = delay
        self.lost = lost
        self.ticks = ticks
        self.coarseness = coarseness
        self.missing = missing
        self.random_state = random_state

    def _check_params(self) -> None:
        check_range("interval", self.interval, np.finfo(float).tiny)
        if not len(self.ticks) or not all(tick >= 0 for tick in self.ticks):
            raise ValueError(f"ticks={self.ticks!r} must be numbers from 0 on, one or more.")

    def _view(
        self, trajectory: np.ndarray, rng: np.random.RandomState, spare: np.random.RandomState
    ) -> np.ndarray:
        # All is drawn for every movement, so that leaving one thing out changes no other.
        drawn, interval, phase, jitter, delay, lost, tick, coarse, first, last = rng.uniform(
            size=10
        )
        seed = rng.randint(np.iinfo(np.int32).max)
        own = usual_interval(trajectory)
        if drawn >= self.share or own == 0:
            return trajectory
        low, high = self.interval
        period = low * (high / low) ** interval
        recorder = Recorder(
            period=max(period, own),
            phase=phase,
            jitter=jitter * self.jitter,
            delay=delay * self.delay,
            lost=lost * self.lost,
            tick=self.ticks[int(tick * len(self.ticks))],
            coarseness=1 + int(coarse * self.coarseness),
            missing=(first * self.missing, last * self.missing),
        )
        spare.seed(seed)
        return record_again(trajectory, recorder, spare)
