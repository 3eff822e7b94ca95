"""Synthesize movements that have the recording of their source, and differ only in movement."""

from __future__ import annotations

from itertools import pairwise
from numbers import Integral, Real
from typing import Any, NamedTuple

import numpy as np
from scipy.ndimage import gaussian_filter1d
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval, validate_params

from .._recording import Lattice, PointingDevice, find_pointing_device
from ._chunk import SECONDS
from ._perturbation import perturb, while_moving
from ._plan import StrokePlan
from ._pulses import amplitudes, bases

HEADING_SMOOTHING = 0.03  # s; the heading is uncertain where the movement is slow
RESIDUAL_WINDOW = 8.0  # points; slower variations are not tremor


@validate_params(
    {
        "plan": [StrokePlan],
        "strength": [Interval(Real, 0, None, closed="left")],
        "random_state": ["random_state"],
        "n_samples": [Interval(Integral, 1, None, closed="left")],
        "residual": [Interval(Real, 0, 1, closed="both")],
    },
    prefer_skip_nested_validation=True,
)
def synthesize(
    plan: StrokePlan,
    strength: float = 1.0,
    random_state: Any = None,
    n_samples: int = 1,
    *,
    residual: float = 1.0,
) -> list[np.ndarray]:
    """Make synthetic movements from the strokes of a human one.

    The parameters of the strokes are perturbed, and the movement is computed from them. Everything
    else is the source's: its time stamps, the points that repeat the point before, the lattice that
    its coordinates lie on, its pauses and pen-ups. The residual that the strokes leave unexplained,
    mostly tremor of the hand, is added and turned with the heading of the movement.

    Parameters
    ----------
    plan : StrokePlan
        From :func:`extract_strokes`.
    strength : float, default=1.0
        Factor on all perturbations. 0 returns the source, except for the part of the tremor that
        rounding to the lattice would add twice. At 1 the standard deviations are 7.5% of lengths,
        4% of widths, 0.04 rad and 5 ms. Larger factors give movements that are further from their
        source and easier to tell from it.
    random_state : int, RandomState instance or None, default=None
        Pass an int for the same movements on every call.
    n_samples : int, default=1
        Number of movements.
    residual : float, default=1.0
        Share of the residual to add. Movements without it are smoother than people's.

    Returns
    -------
    trajectories : list of ndarray of shape (n_points, 3) or (n_points, 4)
        Columns x, y, t and, if the source had one, stroke_id.

    Raises
    ------
    ValueError
        If the plan has no strokes: there is no movement to make again.

    Notes
    -----
    A synthetic movement shares its source's tremor and clock: keep both on one side of every
    split.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_ffrnn.sigma_lognormal import extract_strokes, position, synthesize
    >>> t = np.arange(0.0, 600.0, 10.0)
    >>> xy = position([[300, 0, 5, 0.2, 0, 1], [200, 200, 5, 0.2, 2, 1.5]], t).round()
    >>> plan, = extract_strokes([np.column_stack([xy, t])])
    >>> movement, = synthesize(plan, random_state=0)
    >>> bool((movement[:, 2] == t).all()), bool((movement == movement.round()).all())
    (True, True)
    """
    if plan.n_strokes == 0:
        raise ValueError(
            "The plan has no strokes, so there is no movement to make again; leave it out."
        )
    rng = check_random_state(random_state)
    source = _source(plan)
    return [_again(source, strength, residual, rng) for _ in range(n_samples)]


class _Movement(NamedTuple):
    """Displacement by the strokes of each part; complex numbers x + iy are points of the plane."""

    displacement: np.ndarray  # of each point from where its part begins
    velocity: np.ndarray
    covered: np.ndarray  # displacement of the last point of each part


class _Source(NamedTuple):
    """A plan with the estimated times of its points, in seconds from the first."""

    plan: StrokePlan
    clock: np.ndarray
    strokes: np.ndarray
    movement: _Movement
    begins: np.ndarray  # of each part
    jumps: np.ndarray  # from the end of each part but the last to the beginning of the next
    closed: float
    residual: np.ndarray
    path: np.ndarray  # of shape (n_points, 2): strokes and residual
    steps: np.ndarray  # of shape (n_points - 1, 2): sizes along x and y, 0 where held
    device: PointingDevice


def _source(plan: StrokePlan) -> _Source:
    second = SECONDS[plan.time_unit]
    clock = (plan.clock - plan.t0) * second
    strokes = plan.strokes.copy()
    strokes[:, 1] *= second
    strokes[:, 2] += np.log(second)
    points = plan.position(plan.times) + plan.residual
    device = find_pointing_device(points)
    movement = _move(_bases(plan, strokes, clock), amplitudes(strokes))
    begins = np.array([part.x + 1j * part.y for part in plan.parts])
    model = begins[_part_of_points(plan)] + movement.displacement
    residual = points - _real(model)
    residual = _complex(residual * _gain(residual, device.lattice))
    path = _real(model + residual)
    return _Source(
        plan,
        clock,
        strokes,
        movement,
        begins,
        jumps=np.diff(begins) - movement.covered[:-1],
        closed=_closed(points),
        residual=residual,
        path=path,
        steps=np.where(device.held[1:], 0, np.abs(np.diff(path, axis=0))),
        device=device,
    )


def _closed(points: np.ndarray) -> float:
    """Return how far a movement comes back to where it began: 0 not at all, 1 all the way."""
    extent = np.linalg.norm(np.ptp(points, axis=0))
    return float(1 - np.linalg.norm(points[-1] - points[0]) / extent) if extent > 0 else 0.0


def _gain(residual: np.ndarray, lattice: Lattice) -> np.ndarray:
    """Return the share of the residual that is not rounding, which will add its noise again."""
    slow = gaussian_filter1d(residual, RESIDUAL_WINDOW, axis=0, mode="nearest")
    variance = gaussian_filter1d((residual - slow) ** 2, RESIDUAL_WINDOW, axis=0, mode="nearest")
    rounding = np.broadcast_to(lattice.noise, variance.shape)
    share = np.divide(rounding, variance, out=np.ones_like(variance), where=variance > rounding)
    return np.sqrt(np.where(lattice.spacing > 0, 1 - share, 1.0))


def _again(
    source: _Source, strength: float, residual: float, rng: np.random.RandomState
) -> np.ndarray:
    """Return one trajectory of perturbed strokes."""
    plan = source.plan
    strokes, change = perturb(source.strokes, strength, rng)
    movement = _move(_bases(plan, strokes, source.clock), amplitudes(strokes))
    # A jump between two parts changes as the stroke before it did.
    jumps = source.jumps * change[[max(part.first_stroke - 1, 0) for part in plan.parts[1:]]]
    # The first point stays where it is, whatever was underway before it.
    begin = source.begins[0] + source.movement.displacement[0] - movement.displacement[0]
    begins = np.cumsum(np.append(begin, movement.covered[:-1] + jumps))
    path = begins[_part_of_points(plan)] + movement.displacement
    path += residual * source.residual * _turn(source, movement)
    deviation = while_moving(_real(path) - source.path, source.steps, source.closed)
    points = source.device.record(source.path + deviation)
    more = [] if plan.stroke_id is None else [plan.stroke_id]
    return np.column_stack([points, plan.times, *more])


def _bases(
    plan: StrokePlan, strokes: np.ndarray, clock: np.ndarray
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return velocity and displacement of unit strokes, part by part."""
    points = pairwise([*(part.first_point for part in plan.parts), len(clock)])
    members = pairwise([*(part.first_stroke for part in plan.parts), len(strokes)])
    return [bases(strokes[j:k], clock[a:b]) for (a, b), (j, k) in zip(points, members, strict=True)]


def _move(parts: list[tuple[np.ndarray, np.ndarray]], amplitude: np.ndarray) -> _Movement:
    of_part = np.split(amplitude, np.cumsum([len(velocity) for velocity, _ in parts])[:-1])
    velocity, displacement = [], []
    for own, (unit_velocity, unit_displacement) in zip(of_part, parts, strict=True):
        velocity.append(own @ unit_velocity)
        displacement.append(own @ unit_displacement)
    covered = np.array([where[-1] for where in displacement])
    return _Movement(np.concatenate(displacement), np.concatenate(velocity), covered)


def _turn(source: _Source, movement: _Movement) -> np.ndarray:
    """Return by how much the heading changed at each point, as complex numbers of length 1."""
    turn = movement.velocity * np.conj(source.movement.velocity)
    step = max(np.median(np.diff(source.clock)), 1e-9)
    turn = gaussian_filter1d(turn, HEADING_SMOOTHING / step, mode="nearest")
    size = np.abs(turn)
    return np.divide(turn, size, out=np.ones_like(turn), where=size > 0)


def _part_of_points(plan: StrokePlan) -> np.ndarray:
    first = [part.first_point for part in plan.parts]
    return np.searchsorted(first, np.arange(len(plan.times)), side="right") - 1


def _complex(points: np.ndarray) -> np.ndarray:
    return points[:, 0] + 1j * points[:, 1]


def _real(points: np.ndarray) -> np.ndarray:
    return np.stack([points.real, points.imag], axis=1)
