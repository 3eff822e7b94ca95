"""Machine-made movements by the minimum-jerk model."""

from __future__ import annotations

from itertools import pairwise
from numbers import Real
from typing import Any

import numpy as np
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval, validate_params

from .._input import check_trajectories
from .._typing import FloatArray

_QUANTA = (1.0, 0.5, 0.25, 0.1, 0.05, 0.01, 0.001)
_RETURNS = 0.1  # a chord below this part of the extent is a return to the start
_EDGE = 0.05  # part of the duration over which the source's first and last velocities are taken


@validate_params(
    {
        "lateral_noise": [Interval(Real, 0, None, closed="left")],
        "at_rest": ["boolean"],
        "random_state": ["random_state"],
    },
    prefer_skip_nested_validation=True,
)
def make_minimum_jerk_movements(
    X: Any, *, lateral_noise: float = 0.1, at_rest: bool = False, random_state: Any = None
) -> list[np.ndarray]:
    """Make a smooth synthetic movement from each human one.

    Each movement goes from the first to the last point of its source along the path whose
    integrated squared jerk is least [1]_. What the recording alone gives away is taken from the
    source: its time stamps (with their jitter, equal stamps and pauses between strokes), its end
    points, its first and last velocity, its duration and the lattice on which its coordinates lie
    (integers, hundredths and so on). The movement itself is not human: one stroke, no corrections
    on the way, no tremor.

    Parameters
    ----------
    X : list of array-like of shape (n_points, 3), or any other form of trajectories
        Human movements with columns x, y, t. With a fourth column stroke_id each stroke is made on
        its own, from where it began to where it ended.
    lateral_noise : float, default=0.1
        Standard deviation of the lateral offset of the point through which the path must pass near
        its middle, as a part of the distance from start to end. 0 gives straight paths where the
        source's first and last velocities point along them.
    at_rest : bool, default=False
        Start and end at rest, as in the original model. By default the mean velocities over the
        first and last twentieth of the source's duration are taken, since many recordings begin
        and end within a movement.
    random_state : int, RandomState instance or None, default=None
        Seeds the offsets. Pass an int for the same movements on every call.

    Returns
    -------
    movements : list of ndarray
        In the order of `X` and of the same shapes: movement i is made from ``X[i]``, so keep the
        two on one side of every split.

    Raises
    ------
    TypeError, ValueError
        If `X` is not a collection of trajectories of two points or more.

    Notes
    -----
    With tau from 0 to 1, the path of least jerk between two points with given velocities v and no
    acceleration is the quintic Hermite polynomial. A point through which it must pass at tau_1 adds
    a multiple of the one function that is 1 there, has zero position, velocity and acceleration at
    both ends, and is a quintic on either side of tau_1 with four continuous derivatives
    ([1]_, appendix B). A source that returns to its start, such as a drawn circle, is made to pass
    through its farthest point.

    References
    ----------
    .. [1] T. Flash and N. Hogan, "The coordination of arm movements: an experimentally confirmed
       mathematical model", Journal of Neuroscience 5(7), 1985.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_ffrnn.datasets import make_minimum_jerk_movements
    >>> human = np.array([[0, 0, 0], [10, 3, 16], [60, 5, 31], [90, 2, 48], [100, 0, 64]])
    >>> make_minimum_jerk_movements([human], lateral_noise=0, at_rest=True)[0]
    array([[  0.,   0.,   0.],
           [ 10.,   0.,  16.],
           [ 47.,   0.,  31.],
           [ 90.,   0.,  48.],
           [100.,   0.,  64.]])
    """
    rng = check_random_state(random_state)
    movements = []
    for source in check_trajectories(X):
        movement = source.copy()
        for stroke in _strokes(source):
            path = _least_jerk(source[stroke, :2], source[stroke, 2], lateral_noise, at_rest, rng)
            movement[stroke, :2] = path
        quantum = _quantum(source[:, :2])
        if quantum:
            # Adding 0 turns -0 into 0.
            movement[:, :2] = np.round(movement[:, :2] / quantum) * quantum + 0.0
        movements.append(movement)
    return movements


def _strokes(source: np.ndarray) -> list[slice]:
    changed = source[1:, 3:] != source[:-1, 3:]  # empty without stroke_id
    bounds = [0, *(np.flatnonzero(changed) + 1), len(source)]
    return [slice(a, b) for a, b in pairwise(bounds)]


def _least_jerk(
    points: np.ndarray, t: np.ndarray, lateral_noise: float, at_rest: bool, rng: Any
) -> np.ndarray:
    """Return the path (n_points, 2) at the time stamps of the source."""
    start, end = points[0], points[-1]
    duration = t[-1] - t[0]
    if duration > 0:
        tau = (t - t[0]) / duration
    else:
        tau = np.linspace(0.0, 1.0, len(t))
    v_start, v_end = np.zeros((2, 2))
    if not at_rest and len(t) > 1:
        early = int(np.argmax(tau >= _EDGE))
        late = len(tau) - 1 - int(np.argmax(tau[::-1] <= 1.0 - _EDGE))
        v_start = (points[early] - start) / tau[early]
        v_end = (end - points[late]) / (1.0 - tau[late])
    path = hermite_quintic(tau, start, end, v_start, v_end)
    # Drawn for every movement, so that one odd source does not shift the noise of the others.
    tau_1, offset = rng.uniform(0.3, 0.7), rng.standard_normal() * lateral_noise
    chord = end - start
    distances = np.linalg.norm(points - start, axis=1)
    if np.linalg.norm(chord) < _RETURNS * distances.max():
        farthest = int(np.argmax(distances))
        tau_1 = np.clip(tau[farthest], 0.2, 0.8)
        via = points[farthest] - hermite_quintic(np.array([tau_1]), start, end, v_start, v_end)[0]
    else:
        via = offset * np.array([-chord[1], chord[0]])
    path += np.outer(via_point_bump(tau, float(tau_1)), via)
    path[[0, -1]] = start, end  # free of rounding errors
    return path


def hermite_quintic(
    tau: FloatArray, start: FloatArray, end: FloatArray, v_start: FloatArray, v_end: FloatArray
) -> FloatArray:
    """Return the path of least jerk between two states without acceleration, at tau in [0, 1]."""
    tau = tau[:, None]
    progress = tau**3 * (10 - 15 * tau + 6 * tau**2)
    from_start = tau + tau**3 * (-6 + 8 * tau - 3 * tau**2)
    to_end = tau**3 * (-4 + 7 * tau - 3 * tau**2)
    return start + (end - start) * progress + v_start * from_start + v_end * to_end


def via_point_bump(tau: FloatArray, tau_1: float) -> FloatArray:
    """Return the function of least jerk that is 1 at tau_1 and at rest at 0 at both ends."""

    def terms(x: np.ndarray | float, derivative: int = 0) -> list[Any]:
        late = np.maximum(np.subtract(x, tau_1), 0.0)
        ones = [np.prod(np.arange(p - derivative + 1, p + 1)) for p in (3, 4, 5)]
        powers = [c * x ** (p - derivative) for c, p in zip(ones, (3, 4, 5), strict=True)]
        return [*powers, ones[2] * late ** (5 - derivative)]

    conditions = np.array([terms(tau_1), terms(1.0), terms(1.0, 1), terms(1.0, 2)])
    coefficients: FloatArray = np.linalg.solve(conditions, [1.0, 0.0, 0.0, 0.0])
    return coefficients @ np.array(terms(tau))


def _quantum(values: np.ndarray) -> float | None:
    """Return the coarsest step of which all values are multiples, to float32 accuracy, if any."""
    for quantum in _QUANTA:
        steps = values / quantum
        tolerance = 1e-6 + np.finfo(np.float32).eps * np.abs(steps).max()
        if tolerance < 0.05 and (np.abs(steps - np.round(steps)) <= tolerance).all():
            return quantum
    return None
